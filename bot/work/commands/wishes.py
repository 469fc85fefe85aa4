"""subscribe, unsubscribe, pause, resume: what changes what a channel gets.

Each says to the asker what holds now and how to go back, and to the channel that it changed. Done again, each changes
nothing and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.config.schema import DigestKeys
from bot.delivery.calendar import local_day, next_digest
from bot.model import Answer, Cadence, Channel, Command, Example, Line, Part, Pause, Subscription, Wish
from bot.store import Store
from bot.work.commands.standing import BY_HAND, View, facts, nothing_here, until_words
from bot.work.commands.words import Subscribe, Unsubscribe

USUAL = DigestKeys()  # when a digest comes that says nothing else: the same in chat as in feeds.yaml
COMING = "The next digest comes {}, if there is anything new by then."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a subscription changes."""

    wishes: tuple[Subscription, ...]  # new, or not as they were; all at once or all in the digest
    same: tuple[str, ...]  # topics that stay as they are
    before: Cadence | None
    after: Cadence | None

    @property
    def moved(self) -> bool:
        """Whether a digest that there was comes at another time now."""
        return self.before is not None and self.after is not None and self.before != self.after

    @property
    def topics(self) -> list[str]:
        """Those whose wish is new."""
        return [wish.topic for wish in self.wishes]


def planned(wanted: Subscribe, command: Command, view: View) -> Plan:
    """What it takes to fulfil a wish. One that names no cadence leaves a topic as it is, or puts it into the digest."""
    have: dict[str, Wish] = {wish.topic: wish.wish for wish in view.wishes}
    named: Wish | None = "digest" if wanted.how or wanted.at or wanted.zone else None
    if wanted.how == "instant":
        named = "instant"
    wishes: dict[str, Wish] = {topic: named or have.get(topic, "digest") for topic in wanted.topics}
    present = view.cadence
    after = Cadence(
        at=wanted.at or (present.at if present else USUAL.at),
        zone=wanted.zone or (present.zone if present else view.home),
        days=present.days if present else USUAL.days,
    )
    return Plan(
        wishes=tuple(
            Subscription(channel=command.channel, topic=topic, wish=wish)
            for topic, wish in wishes.items()
            if have.get(topic) != wish
        ),
        same=tuple(topic for topic, wish in wishes.items() if have.get(topic) == wish),
        before=present,
        after=after if "digest" in (have | wishes).values() else None,
    )


def first_due(cadence: Cadence, *, now: datetime, made: datetime | None) -> datetime:
    """When a digest with a new hour first comes; never on a day whose digest was already made."""
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
            claim = await self.store.claim_view(command.channel)
            due = first_due(plan.after, now=view.now, made=claim.since if claim else None) if plan.after else None
            before = view.channel or Channel(id=command.channel, digest=None, set_by="chat")
            channel = replace(before, digest=plan.after, owner=command.person)
            await self.store.subscribe(channel, plan.wishes, next_digest=due, now=view.now)
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
    if plan.moved and plan.before and plan.after:
        whose = "Its" if plan.wishes else "This channel's"
        old, new = (f"{cadence.at:%H:%M} {cadence.zone}" for cadence in (plan.before, plan.after))
        said.append(f"{whose} daily digest moved from {old} to {new}, for all its topics.")
    if plan.before and not plan.after:
        said.append("Nothing is left in the daily digest, so it ends.")
    return " ".join(said)


def _told(plan: Plan, wanted: Subscribe, after: View) -> Iterator[str]:
    """What the asker is told: what changed and what not, and when it first comes."""
    if notice := _notice(plan, after):
        yield notice
    if plan.same:
        yield f"Already subscribed, nothing changed: {after.names(plan.same)}."
    for topic in plan.topics:
        if covered := after.within(topic):
            yield f"{after.name(topic)} covers what is within it: {after.names(covered)}."
    if wanted.zone and not plan.after:
        yield "There is no digest here, so the time zone was not kept."
    if coming := after.next_digest():
        yield COMING.format(coming)


def _still_covered(topics: Sequence[str], after: View) -> list[str]:
    """A sentence for each topic whose stories still come, since a wider one is subscribed."""
    return [
        f"Stories about {after.name(topic)} still come with {after.name(wider[0])}, which covers it."
        for topic in topics
        if (wider := [each for each in after.above(topic) if each in after.subscribed])
    ]


def _catch_up(view: View) -> str:
    """What becomes of the stories of a pause."""
    if view.cadence is None:
        return "Nothing is lost: what is found meanwhile is posted when the pause ends."
    at_once = " Stories that would have come at once go into it too." if view.followed("instant") else ""
    return f"Nothing is lost: what is found meanwhile is told in the first digest after the pause.{at_once}"


def _caught_up(after: View) -> str:
    """What becomes of the stories of a pause that has just ended."""
    if after.cadence is None:
        return "What was found meanwhile is posted now."
    return "What was found meanwhile is told in the next digest."
