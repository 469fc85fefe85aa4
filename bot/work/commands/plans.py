"""What a wish changes in a channel, before it is done and in words afterwards (pure).

Subscribe ─planned──┐
Arrange ──arranged──┴→ Plan ─foreseen→ View, as the channel will be
                            ─notice_of→ what all in the channel are told
                            ─told→ what the asker is told
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.config.schema import DigestKeys, WeeklyKeys
from bot.config.values import WEEK
from bot.delivery.calendar import local_day, next_digest
from bot.delivery.notes import WEEKDAYS, cadence_words, many
from bot.model import (
    DIGEST_KINDS,
    Cadence,
    Channel,
    ChannelId,
    DigestKind,
    Quiet,
    Settings,
    Subscription,
    Wish,
)
from bot.work.commands.standing import View, quiet_words
from bot.work.commands.wanted import Arrange, Subscribe

NOTHING_LEFT = "Nothing is subscribed here any more."
HOWS: tuple[Wish, ...] = ("digest", "weekly", "instant")
WISH: Mapping[DigestKind, Wish] = {"daily": "digest", "weekly": "weekly"}
_DAILY, _WEEKLY = DigestKeys(), WeeklyKeys()
# When a digest comes that says nothing else: the same in chat as in feeds.yaml.
USUAL: Mapping[DigestKind, Cadence] = {
    "daily": Cadence(at=_DAILY.at, zone="UTC", days=_DAILY.days),
    "weekly": Cadence(at=_WEEKLY.at, zone="UTC", days=frozenset({_WEEKLY.day})),
}
COMING = "The next digest comes {}, if there is anything new by then."
WEEKLY = "The next weekly digest comes {}, if there is anything new by then."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """When a channel's digest of one kind came, and when it comes now."""

    kind: DigestKind
    before: Cadence | None
    after: Cadence | None

    @property
    def moved(self) -> bool:
        """Whether a digest that there was comes at another time now."""
        return self.before is not None and self.after is not None and self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a wish changes."""

    channel: Channel  # as it is from now on
    all: tuple[Subscription, ...]  # what it wishes from now on
    wishes: tuple[Subscription, ...]  # of these, what is new or not as it was
    same: tuple[str, ...] = ()  # topics that were named and stay as they are
    ended: tuple[str, ...] = ()  # topics that it no longer gets, in the order of feeds.yaml
    shifts: tuple[Shift, ...]  # of the daily and of the weekly digest
    quiet: Quiet | None  # as it was

    @property
    def changes(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.wishes or self.ended or self.moved or self.hushed)

    @property
    def moved(self) -> bool:
        """Whether a digest that there was comes at another time now."""
        return any(shift.moved for shift in self.shifts)

    @property
    def hushed(self) -> bool:
        """Whether other hours are quiet now; those of a channel that gets nothing do not count."""
        return bool(self.all) and self.quiet != self.channel.quiet

    @property
    def topics(self) -> list[str]:
        """Those whose wish is new."""
        return [wish.topic for wish in self.wishes]

    @property
    def concerned(self) -> tuple[DigestKind, ...]:
        """The digests that it speaks of; none: it speaks of what comes at once."""
        kinds = {wish.wish for wish in self.wishes}
        return tuple(shift.kind for shift in self.shifts if shift.moved or WISH[shift.kind] in kinds)

    def due(self, kind: DigestKind, view: View) -> datetime | None:
        """When its next digest of that kind comes, seen from how the channel was; None: it has none."""
        stands = view.settings
        made = None if stands is None else stands.last_digest if kind == "daily" else stands.last_weekly
        return first_due(self.channel.cadence(kind), now=view.now, made=made)


def planned(wanted: Subscribe, where: ChannelId, view: View) -> Plan:
    """What it takes to fulfil a wish.

    One that names no cadence leaves a topic as it is, or puts it into the daily digest, but into the weekly one where
    the channel has only that.
    """
    have = _have(view)
    named, usual = _named(wanted, have, view), WISH[view.digests[0] if view.digests else "daily"]
    wishes: dict[str, Wish] = {topic: named or have.get(topic, usual) for topic in wanted.topics}
    after = have | wishes
    cadences = {
        kind: _cadence(kind, wanted, named, view) if WISH[kind] in after.values() else None for kind in DIGEST_KINDS
    }
    quiet = view.channel.quiet if view.channel else None
    plan = _plan(after, cadences, quiet and replace(quiet, zone=wanted.zone or quiet.zone), where, view)
    return replace(plan, same=tuple(topic for topic, wish in wishes.items() if have.get(topic) == wish))


def arranged(wanted: Arrange, where: ChannelId, view: View) -> Plan:
    """What it takes to make a channel as it was arranged; a weekly topic stays so unless it is named."""
    have = _have(view)
    after: dict[str, Wish] = {topic: wish for topic, wish in have.items() if wish == "weekly"}
    chosen: tuple[tuple[Sequence[str], Wish], ...] = ((wanted.digest, "digest"), (wanted.instant, "instant"))
    for topics, wish in chosen:
        after |= dict.fromkeys(topics, wish)
    weekly = view.cadence("weekly") if "weekly" in after.values() else None
    daily = Cadence(at=wanted.at, zone=wanted.zone, days=wanted.days) if "digest" in after.values() else None
    quiet = wanted.quiet and Quiet(begins=wanted.quiet[0], ends=wanted.quiet[1], zone=wanted.zone)
    return _plan(after, {"daily": daily, "weekly": weekly and replace(weekly, zone=wanted.zone)}, quiet, where, view)


def _have(view: View) -> dict[str, Wish]:
    return {wish.topic: wish.wish for wish in view.wishes}


def _plan(
    after: Mapping[str, Wish],
    cadences: Mapping[DigestKind, Cadence | None],
    quiet: Quiet | None,
    where: ChannelId,
    view: View,
) -> Plan:
    """What leads from the channel as it stands to these wishes and hours."""
    have = _have(view)
    before = view.channel or Channel(id=where, digest=None, set_by="chat")
    wishes = tuple(Subscription(channel=where, topic=topic, wish=wish) for topic, wish in after.items())
    return Plan(
        channel=replace(before, digest=cadences["daily"], weekly=cadences["weekly"], quiet=quiet),
        all=wishes,
        wishes=tuple(wish for wish in wishes if have.get(wish.topic) != wish.wish),
        ended=tuple(topic for topic in view.subscribed if topic not in after),
        shifts=tuple(Shift(kind=kind, before=view.cadence(kind), after=cadences[kind]) for kind in DIGEST_KINDS),
        quiet=before.quiet,
    )


def _named(wanted: Subscribe, have: Mapping[str, Wish], view: View) -> Wish | None:
    """How the topics are to come, if that was said; an hour or a zone alone means the digest that they are in."""
    if wanted.how == "instant":
        return "instant"
    if wanted.how is not None:
        return WISH[wanted.how]
    if wanted.at is None and wanted.zone is None:
        return None
    all_weekly = all(have.get(topic) == "weekly" for topic in wanted.topics)
    return "weekly" if all_weekly or view.digests == ("weekly",) else "digest"


def _cadence(kind: DigestKind, wanted: Subscribe, named: Wish | None, view: View) -> Cadence:
    """When a digest comes now: as was said, else as it does, else as usual; both digests are in the channel's zone."""
    present = view.cadence(kind) or USUAL[kind]
    if named != WISH[kind]:
        return replace(present, zone=wanted.zone or view.zone)
    days = present.days if wanted.day is None else frozenset({wanted.day})
    return Cadence(at=wanted.at or present.at, zone=wanted.zone or view.zone, days=days)


def first_due(cadence: Cadence | None, *, now: datetime, made: datetime | None) -> datetime | None:
    """When a digest with a new hour first comes; never on a day whose digest was already made. None: it has none."""
    if cadence is None:
        return None
    due = next_digest(cadence, after=now)
    if made is not None and local_day(due, cadence) <= local_day(made, cadence):
        return next_digest(cadence, after=due)
    return due


def foreseen(plan: Plan, view: View) -> View:
    """The channel as it will be; what is not moved keeps its next digest."""
    kept = {shift.kind for shift in plan.shifts if shift.before == shift.after}
    settings = view.settings or Settings(channel=plan.channel, subscriptions=(), next_digest=None)
    after = replace(
        settings,
        channel=plan.channel,
        subscriptions=plan.all,
        next_digest=settings.next_digest if "daily" in kept else plan.due("daily", view),
        next_weekly=settings.next_weekly if "weekly" in kept else plan.due("weekly", view),
    )
    return replace(view, settings=after)


# ── in words


def notice_of(plan: Plan, after: View) -> str:
    """What changed, for all in the channel; "" if nothing did."""
    wished = {wish: [each.topic for each in plan.wishes if each.wish == wish] for wish in HOWS}
    new = "; ".join(f"{after.names(topics)} {_comes(wish, after)}" for wish, topics in wished.items() if topics)
    said = [f"From now on here: {new}."] if new else []
    for shift in plan.shifts:
        if shift.moved and shift.before and shift.after:
            whose = "The" if said else "This channel's"
            said.append(f"{whose} {shift.kind} digest {_moved(shift.kind, shift.before, shift.after)}")
    if plan.ended:
        said.append(f"This channel no longer gets {after.names(plan.ended)}.")
    if not plan.all:
        return " ".join([*said, NOTHING_LEFT] if plan.ended else said)
    said += [
        f"Nothing is left in the {shift.kind} digest, so it ends."
        for shift in plan.shifts
        if shift.before and not shift.after
    ]
    if plan.hushed:
        said.append(_hushed(plan.channel.quiet))
    return " ".join(said)


def _comes(wish: Wish, after: View) -> str:
    """How it comes, behind its name: `at once`, `in the daily digest (09:00 Europe/Vienna, Monday to Friday)`."""
    kind: DigestKind = "daily" if wish == "digest" else "weekly"
    cadence = None if wish == "instant" else after.cadence(kind)
    return (
        f"in the {kind} digest ({_small(cadence_words(cadence)).removeprefix('daily at ')})" if cadence else "at once"
    )


def _hushed(quiet: Quiet | None) -> str:
    if quiet is None:
        return "There are no quiet hours here any more."
    return f"Nothing comes at once from {quiet_words(quiet)}; it waits until then."


def _moved(kind: DigestKind, before: Cadence, after: Cadence) -> str:
    """The end of the sentence: from when to when; the days only where others are meant."""
    if kind == "daily" and before.days != after.days:
        old, new = (_small(cadence_words(cadence)) for cadence in (before, after))
        return f"moved, for all its topics: it came {old}, and comes {new}."
    old, new = (_hour(kind, cadence) for cadence in (before, after))
    return f"moved from {old} to {new}, for all its topics."


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _hour(kind: DigestKind, cadence: Cadence) -> str:
    """09:00 Europe/Vienna; of a weekly digest Friday 16:00 Europe/Vienna."""
    day = f"{WEEKDAYS[min(cadence.days)]} " if kind == "weekly" else ""
    return f"{day}{cadence.at:%H:%M} {cadence.zone}"


def told(plan: Plan, after: View) -> Iterator[str]:
    """What the asker is told: what changed and what not, and when it first comes."""
    if notice := notice_of(plan, after):
        yield notice
    if plan.same:
        yield f"Already subscribed{'' if plan.moved else ', nothing changed'}: {after.names(plan.same)}."
    for topic in plan.topics:
        if covered := after.within(topic):
            yield f"{after.name(topic)} covers {many(len(covered), 'narrower topic')} (`/treaty topics`)."
    yield from still_covered(plan.ended, after)
    if coming := after.next_digest(*plan.concerned):
        yield (WEEKLY if plan.concerned == ("weekly",) else COMING).format(coming)


def still_covered(topics: Sequence[str], after: View) -> list[str]:
    """A sentence for each topic whose stories still come, since a wider one is subscribed."""
    return [
        f"Stories about {after.name(topic)} still come with {after.name(wider[0])}, which covers it."
        for topic in topics
        if (wider := [each for each in after.above(topic) if each in after.subscribed])
    ]


def way_back(ended: Sequence[str], before: View, after: View) -> list[str]:
    """The commands that take topics up again as they were, but for the days of a daily digest."""
    topics = {wish: [topic for topic in before.followed(wish) if topic in ended] for wish in HOWS}
    return [f"subscribe {' '.join(topics[wish])}{_as_it_was(wish, before, after)}" for wish in HOWS if topics[wish]]


def _as_it_was(wish: Wish, before: View, after: View) -> str:
    """` daily 17:30 UTC`; less where the digest is still there, or the word alone means it."""
    if wish == "instant":
        return " instant"
    kind: DigestKind = "daily" if wish == "digest" else "weekly"
    cadence = before.cadence(kind)
    if cadence is None or after.cadence(kind):
        return "" if after.digests[:1] == (kind,) else f" {kind}"
    day = f"{WEEK[min(cadence.days)]} " if kind == "weekly" else ""
    return f" {kind} {day}{cadence.at:%H:%M} {cadence.zone}"
