"""How a channel stands, in words: what it gets, when the next digest comes, whether it is paused (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.delivery.calendar import next_digest
from bot.delivery.notes import MONTHS, NAME, WEEKDAYS, cadence_words
from bot.delivery.quote import clip, one_line
from bot.model import (
    Button,
    Buttons,
    Cadence,
    Channel,
    DigestKind,
    Example,
    Fact,
    Line,
    Part,
    Pause,
    Quiet,
    Settings,
    Subscription,
    Topic,
    Wish,
)
from bot.work.commands.words import sample_of

NAMED = 12  # topics named in one sentence; the rest is counted
NOTHING_HERE = "Nothing is subscribed here yet."
BY_HAND = "asked for with /treaty pause"  # Pause.why of our own pauses


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A channel at one moment, as somebody in it asks."""

    settings: Settings | None  # None: nobody has subscribed it
    topics: Sequence[Topic]  # in the order of feeds.yaml
    now: datetime
    home: str  # the zone where the channel has none
    muted: frozenset[str] = frozenset()  # Feed.id of what is not told here
    outlets: Mapping[str, str] = field(default_factory=dict)  # names by Feed.id, in the order of feeds.yaml

    @property
    def sample(self) -> str:
        """A topic for examples."""
        return sample_of(self.topics)

    @property
    def channel(self) -> Channel | None:
        """The channel; None: nothing is known of it."""
        return self.settings.channel if self.settings else None

    @property
    def wishes(self) -> Sequence[Subscription]:
        """What it is subscribed to."""
        return self.settings.subscriptions if self.settings else ()

    @property
    def digests(self) -> Sequence[DigestKind]:
        """Which digests it has, the daily one first."""
        return self.channel.digests if self.channel else ()

    def cadence(self, kind: DigestKind) -> Cadence | None:
        """When its digest of that kind comes; None: it has none."""
        return self.channel.cadence(kind) if self.channel else None

    @property
    def has_zone(self) -> bool:
        """Whether the channel has a zone of its own."""
        return self.channel is not None and bool(self.digests or self.channel.quiet)

    @property
    def zone(self) -> str:
        """In which its hours are told."""
        return self.channel.zone if self.channel and self.has_zone else self.home

    @property
    def set_by_file(self) -> bool:
        """Whether only the operator can change it."""
        return self.channel is not None and self.channel.set_by == "file"

    @property
    def pause(self) -> Pause | None:
        """The pause that holds now; one that has run out is none, even if nobody noted it yet."""
        pause = self.channel.pause if self.channel else None
        return None if pause is None or (pause.until and pause.until <= self.now) else pause

    # ── topics

    def followed(self, *hows: Wish) -> list[str]:
        """Topics wished so, in the order of feeds.yaml."""
        wished = {wish.topic for wish in self.wishes if wish.wish in hows}
        return [topic.id for topic in self.topics if topic.id in wished]

    def name(self, topic: str) -> str:
        """The topic's name, at a length that fits."""
        return next((clip(one_line(each.name), NAME) for each in self.topics if each.id == topic), topic)

    def names(self, topics: Sequence[str]) -> str:
        """Names in a row; a dot between them, since a name may have commas of its own."""
        more = [f"{len(topics) - NAMED} more"] if len(topics) > NAMED else []
        return " · ".join([*map(self.name, topics[:NAMED]), *more])

    def within(self, topic: str) -> list[str]:
        """All topics that it covers, directly or through another."""
        return [each.id for each in self.topics if topic in self.above(each.id)]

    def above(self, topic: str) -> list[str]:
        """The topics that cover it, the nearest first."""
        parents = {each.id: each.within for each in self.topics}
        path: list[str] = []
        step = parents.get(topic)
        while step is not None and step not in path:
            path.append(step)
            step = parents.get(step)
        return path

    @property
    def subscribed(self) -> list[str]:
        """All topics that it gets, however."""
        return self.followed("digest", "weekly", "instant")

    # ── outlets

    def outlet(self, feed: str) -> str:
        """The outlet's name, at a length that fits; of one that is no longer read its id."""
        return clip(one_line(self.outlets.get(feed, feed)), NAME)

    @property
    def muted_names(self) -> str:
        """What is muted here, in a row; the order of feeds.yaml, then what is no longer read."""
        feeds = sorted(self.muted, key=lambda feed: ([*self.outlets, feed].index(feed), feed))
        more = [f"{len(feeds) - NAMED} more"] if len(feeds) > NAMED else []
        return " · ".join([*map(self.outlet, feeds[:NAMED]), *more])

    # ── sentences

    def when(self, moment: datetime) -> str:
        """`on Friday at 09:00 Europe/Vienna`: a time to come, on the channel's wall; `in a moment` if it is over."""
        if moment <= self.now:
            return "in a moment"
        local, today = moment.astimezone(ZoneInfo(self.zone)), self.now.astimezone(ZoneInfo(self.zone)).date()
        ahead = (local.date() - today) // timedelta(days=1)
        day = {0: "today", 1: "tomorrow"}.get(ahead, f"on {WEEKDAYS[local.weekday()]}")
        if ahead > 6:
            day += f", {local.day} {MONTHS[local.month - 1]} {local.year}"
        return f"{day} at {local:%H:%M} {self.zone}"

    def how(self, wish: Wish) -> str:
        """How stories of that wish come: at once, or in which digest."""
        cadence = None if wish == "instant" else self.cadence("daily" if wish == "digest" else "weekly")
        if cadence is None:
            return "at once, as each story is found"
        return f"weekly {digest_words(cadence)}" if wish == "weekly" else digest_words(cadence)

    def gets(self) -> str:
        """What it gets, as the end of a sentence that begins with `This channel gets`."""
        hows: tuple[Wish, ...] = ("digest", "weekly", "instant")
        return "; ".join(f"{self.names(topics)}: {self.how(how)}" for how in hows if (topics := self.followed(how)))

    def next_digest(self, *kinds: DigestKind) -> str | None:
        """When the next digest of these kinds comes, of any if none is named; None: there is none."""
        dues = [due for kind in kinds or self.digests if (due := self._due(kind))]
        if not dues:
            return None
        due = min(dues)
        if self.pause is None:
            return self.when(due)
        return self.when(max(due, self.pause.until)) if self.pause.until else "when somebody has resumed it"

    def _due(self, kind: DigestKind) -> datetime | None:
        cadence = self.cadence(kind)
        if self.settings is None or cadence is None:
            return None
        due = self.settings.next_digest if kind == "daily" else self.settings.next_weekly
        return due or next_digest(cadence, after=self.now)

    def paused(self) -> list[Part]:
        """A warning, where it is paused."""
        if self.pause is None:
            return []
        return [Line(text=f"It is paused {until_words(self, self.pause)}."), Example(command="resume", told="go on")]


def until_words(view: View, pause: Pause) -> str:
    """Until when, and why where that is not plain: `until tomorrow at 09:00 Europe/Vienna`."""
    until = f"until {view.when(pause.until).removeprefix('on ')}" if pause.until else "until somebody resumes it"
    return until if pause.why == BY_HAND else f"{until}: {pause.why}"


def digest_words(cadence: Cadence) -> str:
    """`daily digest at 09:00 Europe/Vienna, Monday to Friday`."""
    words = cadence_words(cadence)
    return f"{'daily ' * words.startswith('Daily')}digest {words.removeprefix('Daily ').replace('Every', 'every')}"


def quiet_words(quiet: Quiet) -> str:
    """`20:00 to 07:00 Europe/Vienna`."""
    return f"{quiet.begins:%H:%M} to {quiet.ends:%H:%M} {quiet.zone}"


def what_it_gets(view: View) -> Iterable[Fact]:
    """All that is set for the channel, and where."""
    digests: tuple[tuple[str, DigestKind, Wish], ...] = (
        ("Daily digest", "daily", "digest"),
        ("Weekly digest", "weekly", "weekly"),
    )
    for name, kind, how in digests:
        if cadence := view.cadence(kind):
            yield Fact(name=name, told=f"{_times(cadence)}; next {_next(view, kind, cadence)}")
        if topics := view.followed(how):
            yield Fact(name="Topics", told=view.names(topics))
    if topics := view.followed("instant"):
        yield Fact(name="At once", told=view.names(topics))
    if view.channel and view.channel.quiet:
        yield Fact(name="Quiet hours", told=f"{quiet_words(view.channel.quiet)}; nothing comes at once then")
    if view.pause:
        yield Fact(name="Paused", told=until_words(view, view.pause))
    if view.muted:
        yield Fact(name="Muted", told=view.muted_names)
    if view.set_by_file:
        yield Fact(name="Set", told="in feeds.yaml by the operator; chat does not change it")


def _times(cadence: Cadence) -> str:
    """`09:00 Europe/Vienna, Monday to Friday`; of one day in the week `Friday at 16:00 Europe/Vienna`."""
    return cadence_words(cadence).removeprefix("Daily at ").removeprefix("Every ")


def _next(view: View, kind: DigestKind, cadence: Cadence) -> str:
    """When the next one comes; the hour only where it is another than the usual."""
    return (view.next_digest(kind) or "").removesuffix(f" at {cadence.at:%H:%M} {cadence.zone}")


def facts(view: View) -> tuple[Part, ...]:
    """All that is set for the channel, as `list` shows it, and how to change it; where nothing is, the next step."""
    if not view.subscribed:
        return nothing_here(view)
    all_of_it = Button(
        label="Unsubscribe all", words="unsubscribe all", sure="End all that this channel gets, for everybody in it?"
    )
    ends = [] if view.set_by_file else [all_of_it]
    return (*what_it_gets(view), *examples(view), Buttons(buttons=(*change(view), pause_or_resume(view), *ends)))


def examples(view: View) -> Iterable[Part]:
    """How to change what the channel gets."""
    if view.pause:
        yield Example(command="resume", told="end the pause")
    if view.muted:
        first = min(view.muted)
        yield Example(command=f"unmute {first}", told=f"tell what {view.outlet(first)} brings again")
    if view.set_by_file:
        return
    for other in [topic.id for topic in view.topics if topic.id not in view.subscribed][:1]:
        yield Example(command=f"subscribe {other}", told="add a topic")
    yield Example(command=f"unsubscribe {view.subscribed[0]}", told="end one, or all")


def nothing_here(view: View) -> tuple[Part, ...]:
    """What an empty channel is told."""
    return (
        Line(text=NOTHING_HERE),
        Example(command=f"subscribe {view.sample}", told="begin with a topic"),
        Buttons(buttons=change(view)),
    )


def set_by_the_file(view: View) -> tuple[Part, ...]:
    """What is said where only the operator can change what the channel gets."""
    text = "What this channel gets is set in feeds.yaml by the operator; chat does not change it."
    return (Line(text=text), Example(command="list", told="what it gets"), *view.paused())


def change(view: View) -> tuple[Button, ...]:
    """The button that opens the form; none where the file decides."""
    label = "Change" if view.subscribed else "Subscribe"
    return () if view.set_by_file else (Button(label=label, words="subscribe"),)


def pause_or_resume(view: View) -> Button:
    """Whichever of the two there is to do."""
    word = "resume" if view.pause else "pause"
    return Button(label=word.capitalize(), words=word)
