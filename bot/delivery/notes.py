"""The words of a digest around its stories: how many are new, what was read, why it is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.delivery.quote import clip, one_line
from bot.model import Cadence, Channel, DigestKind, FeedState, Readings, Wish

NAME = 80  # characters of a name that the operator or a publisher chose
UNREAD = 8  # feeds named as unread
HOWS: tuple[tuple[Wish, str], ...] = (("digest", "daily"), ("weekly", "weekly"), ("instant", "at once"))
# What a status means to whoever reads of it.
REFUSALS = {
    401: "access refused",
    403: "access refused",
    404: "not found at its address",
    410: "taken away by its publisher",
    429: "its server asks for a pause",
}
FOOT = 480  # characters that these lines may take; half of it the topics in the why line

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def date_words(day: date) -> str:
    """Monday, 27 October 2025; in English whatever the machine's locale."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def moment(instant: datetime, zone: str) -> str:
    """26 October 2025, 15:05 CET: when an item was published, on the zone's wall; of midnight in UTC only the date.

    Feeds that know no more than a date give midnight; in New York that would be the day before.
    """
    told = instant.astimezone(UTC)
    if told.time() == time(0):
        return f"{told.day} {MONTHS[told.month - 1]} {told.year}"
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M %Z}"


def read_line(readings: Readings) -> str:
    """Read 8 of 9 feeds: 214 new items, 6 about the convention."""
    failing = len(readings.failing)
    feeds = f"{readings.feeds - failing:,} of {readings.feeds:,}" if failing else f"{readings.feeds:,}"
    matched = f"{readings.matched:,}" if readings.matched else "none"
    items = f"{many(readings.items, 'new item')}, {matched} about the convention"
    return f"Read {feeds} feed{'s' * (readings.feeds != 1)}: {items if readings.items else 'no new items'}."


def unread_lines(failing: Sequence[FeedState], names: Mapping[str, str], *, day: date, zone: str) -> tuple[str, ...]:
    """A line for each feed that could not be read, and one that counts those that have no line.

    `names` by Feed.id; a time is the zone's, with its date where that is not `day`.
    """
    lines: list[str] = []
    for state in failing:
        name = clip(one_line(names.get(state.feed, state.feed)), NAME)
        line = f"Could not be read: {name} ({failure(state, day, ZoneInfo(zone))})"
        if len(lines) == UNREAD or sum(map(len, lines)) + len(line) > FOOT:
            more = "more feed" if lines else "feed"
            return (*lines, f"Could not be read: {many(len(failing) - len(lines), more)}")
        lines.append(line)
    return tuple(lines)


def held_lines(held: Sequence[FeedState], names: Mapping[str, str]) -> tuple[str, ...]:
    """A line for each feed that brought more at once than channels can bear, and one for those that have no line."""
    told = [
        f"Held back: {many(state.held, 'story')} that {clip(one_line(names.get(state.feed, state.feed)), NAME)} "
        "brought at once"
        for state in held[:UNREAD]
    ]
    more = [f"Held back: stories of {many(len(held) - UNREAD, 'more feed')}"] if len(held) > UNREAD else []
    return (*told, *more)


def failure(state: FeedState, day: date, zone: ZoneInfo) -> str:
    """What went wrong and since when, for whoever knows no status: `server out of order since 08:12, error 503`.

    A time has its date where that is not `day`.
    """
    since = ""
    if state.failing_since is not None:
        local = state.failing_since.astimezone(zone)
        date_too = "" if local.date() == day else f"{local.day} {MONTHS[local.month - 1]}, "
        since = f" since {date_too}{local:%H:%M}"
    if state.status is not None and state.status >= 400:
        refused = "server out of order" if state.status >= 500 else "refused by its server"
        return f"{REFUSALS.get(state.status, refused)}{since}, error {state.status}"
    error = clip(one_line(state.error or "no answer").rstrip("."), 2 * NAME)
    return f"{error},{since}" if since else error


def why_line(channel: Channel, kind: DigestKind, names: Mapping[Wish, Sequence[str]]) -> str:
    """How a digest of that kind comes to be here; the names of the topics in it, and of those that come otherwise."""
    cadence = channel.cadence(kind)
    own: Wish = "digest" if kind == "daily" else "weekly"
    others = [(how, names[wish]) for wish, how in HOWS if wish != own and names.get(wish)]
    parts = [
        cadence_words(cadence) if cadence else "",
        f"topics: {_row(names[own], FOOT // 2)}" if names.get(own) else "",
        *(f"{how}: {_row(topics, FOOT // 2 // len(others))}" for how, topics in others),
        set_where(channel),
    ]
    return " · ".join(filter(None, parts))


def set_where(channel: Channel) -> str:
    """Where it is set what a channel gets, which is also where it is changed."""
    return "set in feeds.yaml" if channel.set_by == "file" else "set here with /treaty"


def _row(names: Sequence[str], room: int) -> str:
    """Names in a row of so many characters, those that do not fit as a count."""
    shown = list(names)
    while sum(map(len, shown)) + 2 * len(shown) > room:
        shown.pop()
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(shown) < len(names) else "")


def cadence_words(cadence: Cadence) -> str:
    """Daily at 09:00 Europe/Vienna, Monday to Friday."""
    days = sorted(cadence.days)
    names = [WEEKDAYS[day] for day in days]
    at = f"at {cadence.at:%H:%M} {cadence.zone}"
    if len(days) == 7:
        return f"Daily {at}"
    if len(days) == 1:
        return f"Every {names[0]} {at}"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"Daily {at}, {names[0]} to {names[-1]}"
    return f"Daily {at}, {', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many stories a digest tells, in words."""

    kind: DigestKind = "daily"
    new: int
    before: int  # from before the channel subscribed
    earlier: int  # told at once since the last digest; before a weekly one also daily
    others: bool = False  # whether there were stories that neither it nor they told
    since: datetime | None  # when that was made; None: this is the first
    day: date  # this one's
    zone: str

    @property
    def told(self) -> int:
        """Stories in all its messages."""
        return self.new + self.before

    def lead(self, *, elsewhere: int) -> str:
        """The sentence under the heading; `elsewhere` counts the stories that stand in the thread."""
        if self.kind == "weekly" and not self.told and (self.earlier or self.others):
            return self._looked_back()
        new = [many(self.new, "new story")] if self.new else []
        before = [f"{self.before if new else many(self.before, 'story')} from before you subscribed"]
        parts = [" and ".join(new + before * (self.before > 0)) or f"Nothing new {self._since()}"]
        parts += [f"{elsewhere} of them in the thread"] * (elsewhere > 0)
        parts += [f"{self.earlier} posted earlier"] * (self.earlier > 0)
        return ", ".join(parts) + "." * (self.told == 0)

    def _looked_back(self) -> str:
        """The same of a weekly digest that only looks back."""
        if not self.earlier:
            return "No story waited for this digest."
        return f"{many(self.earlier, 'story')} {self._since()}, {'all ' * (self.earlier > 1)}posted earlier"

    def span(self, first: int, last: int) -> str:
        """Which of all the stories a message in the thread holds."""
        return f"Stories {first} to {last} of {self.told}" if first < last else f"Story {first} of {self.told}"

    def _since(self) -> str:
        if self.since is None:
            return "yet"
        since = self.since.astimezone(ZoneInfo(self.zone))
        days = (self.day - since.date()).days
        if days <= 0:
            return f"since {since:%H:%M}"
        return f"since {WEEKDAYS[since.weekday()]}" if days < 7 else f"since {date_words(since.date())}"


def many(number: int, noun: str) -> str:
    """1 new story, 1,200 new stories, 3 days."""
    if number == 1:
        return f"1 {noun}"
    ends = noun.endswith("y") and noun[-2:-1] not in "aeou"
    return f"{number:,} {noun[:-1]}ies" if ends else f"{number:,} {noun}s"
