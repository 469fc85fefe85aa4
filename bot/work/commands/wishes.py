"""subscribe, unsubscribe, pause, resume: what changes what a channel gets.

Each says to the asker what holds now and how to go back, and to the channel that it changed. Done again, each changes
nothing and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Answer, Button, Buttons, Command, Example, Line, Part, Pause
from bot.store import Store
from bot.work.commands.bounds import Bounds
from bot.work.commands.plans import (
    COMING,
    NOTHING_LEFT,
    Plan,
    arranged,
    notice_of,
    planned,
    still_covered,
    told,
    way_back,
)
from bot.work.commands.standing import (
    BY_HAND,
    View,
    change,
    facts,
    nothing_here,
    pause_or_resume,
    set_by_the_file,
    until_words,
)
from bot.work.commands.wanted import Arrange, Subscribe, Unsubscribe

# How long a press on a button pauses; another time is typed.
PAUSES = (("1 day", "1d"), ("3 days", "3d"), ("1 week", "1w"), ("Until somebody resumes", "until resumed"))
FEW = 5  # topics that are named in a command
NO_ZONE = "There is no digest here, so the time zone was not kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Does what a channel's people wish."""

    store: Store

    async def subscribe(self, wanted: Subscribe, command: Command, view: View) -> Answer:
        """Subscribe the channel to exactly what was named."""
        if view.set_by_file:
            return Answer(parts=set_by_the_file(view))
        plan = planned(wanted, command.channel, view)
        if refusal := await Bounds(self.store).refusal(plan, view):
            return _refused(refusal)
        if plan.changes:
            await self.store.subscribe(
                replace(plan.channel, owner=command.person),
                plan.wishes,
                next_digest=plan.due("daily", view),
                next_weekly=plan.due("weekly", view),
                now=view.now,
            )
        after = await self.look_again(command, view)
        first = wanted.topics[0]
        zone_lost = wanted.zone and not (after.digests or plan.channel.quiet)
        parts = (
            *map(_line, [*told(plan, after), *[NO_ZONE] * bool(zone_lost)]),
            *after.paused(),
            Example(command=f"latest {first}", told="try it now"),
            Example(command=f"unsubscribe {first}", told="end it"),
        )
        return Answer(parts=parts, notice=notice_of(plan, after))

    async def arrange(self, wanted: Arrange, command: Command, view: View) -> Answer:
        """Make the channel exactly as it was arranged."""
        if view.set_by_file:
            return Answer(parts=set_by_the_file(view))
        plan = arranged(wanted, command.channel, view)
        if not plan.all and not plan.ended:
            return Answer(parts=(Line(text="No topic was chosen, so nothing is subscribed."), *nothing_here(view)[1:]))
        if refusal := await Bounds(self.store).refusal(plan, view):
            return _refused(refusal)
        if plan.changes:
            await self.store.arrange(
                plan.channel,
                plan.all,
                by=command.person,
                next_digest=plan.due("daily", view),
                next_weekly=plan.due("weekly", view),
                now=view.now,
            )
        after = await self.look_again(command, view)
        said = list(told(plan, after)) if plan.changes else [f"Nothing changed. This channel gets {after.gets()}."]
        return Answer(
            parts=(*map(_line, said), *after.paused(), *_onward(plan, view, after)), notice=notice_of(plan, after)
        )

    async def unsubscribe(self, wanted: Unsubscribe, command: Command, view: View) -> Answer:
        """End what was named, or all."""
        if view.set_by_file:
            return Answer(parts=set_by_the_file(view))
        have = view.subscribed
        if not have:
            return Answer(parts=nothing_here(view))
        ended = [topic for topic in have if wanted.topics is None or topic in wanted.topics]
        absent = [topic for topic in wanted.topics or () if topic not in have]
        notice = ""
        if ended:
            await self.store.unsubscribe(command.channel, ended, by=command.person, now=view.now)
            left = "" if len(ended) < len(have) else f" {NOTHING_LEFT}"
            notice = f"This channel no longer gets {view.names(ended)}.{left}"
        after = await self.look_again(command, view)
        said = [notice] if notice else []
        said += [f"Not subscribed here, nothing changed: {view.names(absent)}."] * bool(absent)
        said += still_covered([*ended, *absent], after)
        said += [f"It still gets {after.gets()}."] * bool(after.subscribed)
        return Answer(parts=(*map(_line, said), *_back(ended, view, after)), notice=notice)

    def ask_until(self, view: View) -> Answer:
        """Ask until when to pause; where it is paused, until when that is."""
        if not view.subscribed:
            return Answer(parts=nothing_here(view))
        if view.pause:
            words = until_words(view, view.pause)
            longer = Example(command="pause 1w", told="until another time")
            said = Line(text=_posts_nothing(words))
            return Answer(parts=(said, longer, Buttons(buttons=(pause_or_resume(view),))))
        presses = tuple(Button(label=label, words=f"pause {until}") for label, until in PAUSES)
        return Answer(
            parts=(
                Line(text=f"Until when shall nothing be posted here? {_catch_up(view)}"),
                Buttons(buttons=presses),
                Example(command="pause monday 14:00", told="until any other time: 2h, tomorrow, 2026-12-01"),
            )
        )

    async def pause(self, until: datetime | None, command: Command, view: View) -> Answer:
        """Post nothing for a while."""
        if not view.subscribed:
            return Answer(parts=nothing_here(view))
        pause = Pause(until=until, why=BY_HAND)
        words = until_words(view, pause)
        notice = f"{_posts_nothing(words)} `/treaty resume` ends that."
        said = [_posts_nothing(words), _catch_up(view)]
        if view.pause == pause:
            said, notice = [f"Already paused {words}; nothing changed."], ""
        else:
            await self.store.pause(command.channel, pause, by=command.person, now=view.now)
        after = await self.look_again(command, view)
        back = (Example(command="resume", told="go on before that"), Buttons(buttons=(pause_or_resume(after),)))
        return Answer(parts=(*map(_line, said), *back), notice=notice)

    async def resume(self, command: Command, view: View) -> Answer:
        """End a pause."""
        if not view.subscribed:
            return Answer(parts=nothing_here(view))
        waited = any(one.delivery.wish == "instant" for one in await self.store.owed(command.channel))
        was_paused = await self.store.resume(command.channel, by=command.person, now=view.now)
        after = await self.look_again(command, view)
        notice = "TreatyWatch posts here again." if was_paused else ""
        said = [notice] if was_paused else ["Nothing is paused here; nothing changed."]
        if was_paused:
            said.append(_caught_up(after, waited=waited))
        if coming := after.next_digest():
            said.append(COMING.format(coming))
        return Answer(parts=tuple(map(_line, said)), notice=notice)

    async def look_again(self, command: Command, view: View) -> View:
        """The channel as it is after a change."""
        return replace(view, settings=await self.store.settings(command.channel))


def again(view: View) -> Answer:
    """The answer to a change that was delivered before: how it stands by now, with nothing done."""
    return Answer(parts=(Line(text="That was already done. This is how it stands:"), *facts(view)))


def _line(text: str) -> Part:
    return Line(text=text)


def _refused(why: str) -> Answer:
    return Answer(parts=(Line(text=why), Example(command="list", told="what this channel gets")))


def _onward(plan: Plan, before: View, after: View) -> tuple[Part, ...]:
    """What there is to do next."""
    if not after.subscribed:
        return (*_back(plan.ended, before, after), Buttons(buttons=change(after)))
    look = Button(label="Show the latest", words=f"latest {after.subscribed[0]}")
    return (Example(command="list", told="what this channel gets"), Buttons(buttons=(look, *change(after))))


def _back(ended: Sequence[str], before: View, after: View) -> list[Part]:
    """How to take up again what ended, where that takes few words."""
    if len(ended) > FEW:
        return []
    return [Example(command=command, told="take it up again") for command in way_back(ended, before, after)]


def _catch_up(view: View) -> str:
    """What becomes of the stories of a pause."""
    if not view.digests:
        return "Nothing is lost: what is found meanwhile is posted when the pause ends."
    at_once = " Stories that would have come at once come together when it ends." if view.followed("instant") else ""
    return f"Nothing is lost: what is found meanwhile is told in the first digest after the pause.{at_once}"


def _posts_nothing(words: str) -> str:
    return f"TreatyWatch posts nothing here {words}."


def _caught_up(after: View, *, waited: bool) -> str:
    """What becomes of the stories of a pause that has just ended; `waited`: some would have come at once."""
    if not after.digests:
        return "What was found meanwhile is posted now."
    if waited:
        later = "; what is for the weekly digest waits for that" if len(after.digests) > 1 else ""
        return f"What was found meanwhile comes now, in one digest{later}."
    return "What was found meanwhile is told in the next digest."
