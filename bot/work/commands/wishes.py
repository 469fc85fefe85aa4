"""subscribe, unsubscribe, pause, resume: what changes what a channel gets.

Each says to the asker what holds now and how to go back, and to the channel that it changed. Done again, each changes
nothing and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.config.schema import DigestKeys, WeeklyKeys
from bot.delivery.calendar import local_day, next_digest
from bot.delivery.notes import WEEKDAYS
from bot.model import (
    DIGEST_KINDS,
    Answer,
    Cadence,
    Channel,
    Command,
    DigestKind,
    Example,
    Line,
    Part,
    Pause,
    Subscription,
    Wish,
)
from bot.store import Store
from bot.work.commands.standing import BY_HAND, View, facts, nothing_here, until_words
from bot.work.commands.wanted import Subscribe, Unsubscribe

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
    """What a subscription changes."""

    wishes: tuple[Subscription, ...]  # new, or not as they were; all of the same wish
    same: tuple[str, ...]  # topics that stay as they are
    shifts: tuple[Shift, ...]  # of the daily and of the weekly digest

    @property
    def moved(self) -> bool:
        """Whether a digest that there was comes at another time now."""
        return any(shift.moved for shift in self.shifts)

    @property
    def topics(self) -> list[str]:
        """Those whose wish is new."""
        return [wish.topic for wish in self.wishes]

    def after(self, kind: DigestKind) -> Cadence | None:
        """When the digest of that kind comes now; None: there is none."""
        return next(shift.after for shift in self.shifts if shift.kind == kind)

    @property
    def concerned(self) -> tuple[DigestKind, ...]:
        """The digests that it speaks of; none: it speaks of what comes at once."""
        kinds = {wish.wish for wish in self.wishes}
        return tuple(shift.kind for shift in self.shifts if shift.moved or WISH[shift.kind] in kinds)


def planned(wanted: Subscribe, command: Command, view: View) -> Plan:
    """What it takes to fulfil a wish.

    One that names no cadence leaves a topic as it is, or puts it into the daily digest, but into the weekly one where
    the channel has only that.
    """
    have: dict[str, Wish] = {wish.topic: wish.wish for wish in view.wishes}
    named, usual = _named(wanted, have, view), WISH[view.digests[0] if view.digests else "daily"]
    wishes: dict[str, Wish] = {topic: named or have.get(topic, usual) for topic in wanted.topics}
    wished = set((have | wishes).values())
    return Plan(
        wishes=tuple(
            Subscription(channel=command.channel, topic=topic, wish=wish)
            for topic, wish in wishes.items()
            if have.get(topic) != wish
        ),
        same=tuple(topic for topic, wish in wishes.items() if have.get(topic) == wish),
        shifts=tuple(
            Shift(
                kind=kind,
                before=view.cadence(kind),
                after=_cadence(kind, wanted, named, view) if WISH[kind] in wished else None,
            )
            for kind in DIGEST_KINDS
        ),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Does what a channel's people wish."""

    store: Store

    async def subscribe(self, wanted: Subscribe, command: Command, view: View) -> Answer:
        """Subscribe the channel to exactly what was named."""
        if view.set_by_file:
            return _by_the_file(view)
        plan = planned(wanted, command, view)
        if plan.wishes or plan.moved:
            before = view.channel or Channel(id=command.channel, digest=None, set_by="chat")
            daily, weekly, made = plan.after("daily"), plan.after("weekly"), view.settings
            await self.store.subscribe(
                replace(before, digest=daily, weekly=weekly, owner=command.person),
                plan.wishes,
                next_digest=first_due(daily, now=view.now, made=made.last_digest if made else None),
                next_weekly=first_due(weekly, now=view.now, made=made.last_weekly if made else None),
                now=view.now,
            )
        after = await self.look_again(command, view)
        first = wanted.topics[0]
        parts = (
            *map(_line, _told(plan, wanted, after)),
            *after.paused(),
            Example(command=f"latest {first}", told="try it now"),
            Example(command=f"unsubscribe {first}", told="end it"),
        )
        return Answer(parts=parts, notice=_notice(plan, after))

    async def unsubscribe(self, wanted: Unsubscribe, command: Command, view: View) -> Answer:
        """End what was named, or all."""
        if view.set_by_file:
            return _by_the_file(view)
        have = view.subscribed
        if not have:
            return Answer(parts=nothing_here(view))
        ended = [topic for topic in have if wanted.topics is None or topic in wanted.topics]
        absent = [topic for topic in wanted.topics or () if topic not in have]
        notice = ""
        if ended:
            await self.store.unsubscribe(command.channel, ended, by=command.person, now=view.now)
            left = "" if len(ended) < len(have) else " Nothing is subscribed here any more."
            notice = f"This channel no longer gets {view.names(ended)}.{left}"
        after = await self.look_again(command, view)
        said = [notice] if notice else []
        said += [f"Not subscribed here, nothing changed: {view.names(absent)}."] * bool(absent)
        said += _still_covered([*ended, *absent], after)
        said += [f"It still gets {after.gets()}."] * bool(after.subscribed)
        back = [Example(command=f"subscribe {' '.join(ended)}", told="take it up again")] * (0 < len(ended) <= 5)
        return Answer(parts=(*map(_line, said), *back), notice=notice)

    async def pause(self, until: datetime | None, command: Command, view: View) -> Answer:
        """Post nothing for a while."""
        if not view.subscribed:
            return Answer(parts=nothing_here(view))
        pause = Pause(until=until, why=BY_HAND)
        words = until_words(view, pause)
        notice = f"This channel is paused {words}."
        said = [notice, _catch_up(view)]
        if view.pause == pause:
            said, notice = [f"Already paused {words}; nothing changed."], ""
        else:
            await self.store.pause(command.channel, pause, by=command.person, now=view.now)
        return Answer(parts=(*map(_line, said), Example(command="resume", told="go on before that")), notice=notice)

    async def resume(self, command: Command, view: View) -> Answer:
        """End a pause."""
        if not view.subscribed:
            return Answer(parts=nothing_here(view))
        was_paused = await self.store.resume(command.channel, by=command.person, now=view.now)
        after = await self.look_again(command, view)
        notice = "This channel is no longer paused." if was_paused else ""
        said = [notice] if was_paused else ["This channel is not paused; nothing changed."]
        if was_paused:
            said.append(_caught_up(after))
        if coming := after.next_digest():
            said.append(COMING.format(coming))
        return Answer(parts=tuple(map(_line, said)), notice=notice)

    async def look_again(self, command: Command, view: View) -> View:
        """The channel as it is after a change."""
        return replace(view, settings=await self.store.settings(command.channel))


def again(view: View) -> Answer:
    """The answer to a change that was delivered before: how it stands by now, with nothing done."""
    return Answer(parts=(Line(text="That was done already, and not a second time. It stands so:"), *facts(view)))


def _line(text: str) -> Part:
    return Line(text=text)


def _by_the_file(view: View) -> Answer:
    text = "What this channel gets is set in feeds.yaml by the operator; chat does not change it."
    return Answer(parts=(Line(text=text), Example(command="list", told="what it gets"), *view.paused()))


def _notice(plan: Plan, after: View) -> str:
    """What changed, for all in the channel; "" if nothing did."""
    said = []
    if plan.wishes:
        said.append(f"This channel now gets {after.names(plan.topics)}: {after.how(plan.wishes[0].wish)}.")
    for shift in plan.shifts:
        if shift.moved and shift.before and shift.after:
            whose = "Its" if said else "This channel's"
            old, new = (_hour(shift.kind, cadence) for cadence in (shift.before, shift.after))
            said.append(f"{whose} {shift.kind} digest moved from {old} to {new}, for all its topics.")
        if shift.before and not shift.after:
            said.append(f"Nothing is left in the {shift.kind} digest, so it ends.")
    return " ".join(said)


def _hour(kind: DigestKind, cadence: Cadence) -> str:
    """09:00 Europe/Vienna; of a weekly digest Friday 16:00 Europe/Vienna."""
    day = f"{WEEKDAYS[min(cadence.days)]} " if kind == "weekly" else ""
    return f"{day}{cadence.at:%H:%M} {cadence.zone}"


def _told(plan: Plan, wanted: Subscribe, after: View) -> Iterator[str]:
    """What the asker is told: what changed and what not, and when it first comes."""
    if notice := _notice(plan, after):
        yield notice
    if plan.same:
        yield f"Already subscribed, nothing changed: {after.names(plan.same)}."
    for topic in plan.topics:
        if covered := after.within(topic):
            yield f"{after.name(topic)} covers what is within it: {after.names(covered)}."
    if wanted.zone and not any(shift.after for shift in plan.shifts):
        yield "There is no digest here, so the time zone was not kept."
    if coming := after.next_digest(*plan.concerned):
        yield (WEEKLY if plan.concerned == ("weekly",) else COMING).format(coming)


def _still_covered(topics: Sequence[str], after: View) -> list[str]:
    """A sentence for each topic whose stories still come, since a wider one is subscribed."""
    return [
        f"Stories about {after.name(topic)} still come with {after.name(wider[0])}, which covers it."
        for topic in topics
        if (wider := [each for each in after.above(topic) if each in after.subscribed])
    ]


def _catch_up(view: View) -> str:
    """What becomes of the stories of a pause."""
    if not view.digests:
        return "Nothing is lost: what is found meanwhile is posted when the pause ends."
    at_once = " Stories that would have come at once come together when it ends." if view.followed("instant") else ""
    return f"Nothing is lost: what is found meanwhile is told in the first digest after the pause.{at_once}"


def _caught_up(after: View) -> str:
    """What becomes of the stories of a pause that has just ended."""
    if not after.digests:
        return "What was found meanwhile is posted now."
    if after.followed("instant"):
        return "What would have come at once meanwhile comes now, in one digest; all else in the next one."
    return "What was found meanwhile is told in the next digest."
