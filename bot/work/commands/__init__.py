"""A command → its answer, the same on every platform.

A platform delivers a command again when it missed our answer. What only looks is then answered again; what changes
something is done once, and a second time answered with how it stands. A fault of the database is let through: who
asked gets a reference from the platform's adapter.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from bot.chat import People
from bot.chat.lately import remember
from bot.chat.shown import plain
from bot.delivery.quote import clip, one_line
from bot.log import log
from bot.model import Answer, Buttons, ChannelId, Command, Example, Filled, Limits, Line, Option, Part, Press
from bot.store import Store
from bot.work.clock import Clock
from bot.work.commands.filling import Counts, Filling
from bot.work.commands.forms import arrange_of, faults_of, faults_there, meant, outdated, place_of
from bot.work.commands.home import Home
from bot.work.commands.lists import Lists, help_parts, topic_parts
from bot.work.commands.mutes import Mutes
from bot.work.commands.opinions import Opinions
from bot.work.commands.reasons import Reasons
from bot.work.commands.standing import View, change, facts
from bot.work.commands.views import House, Viewer
from bot.work.commands.wanted import (
    Ask,
    Changing,
    Latest,
    Mute,
    PauseUntil,
    Search,
    Subscribe,
    Unclear,
    Unmute,
    Unsubscribe,
    Wanted,
    WhyLink,
)
from bot.work.commands.wishes import Wishes, again
from bot.work.commands.words import Grammar, topics_like
from bot.work.commands.zones import zones_like
from bot.work.editor import Editor

__all__ = ["Commands", "House"]

NAME = 40  # characters of a person's name
KNOWN = 1_000  # channels, and changes, that are remembered to judge forms by


class Commands:
    """Answers what people type after /treaty, press and fill in."""

    def __init__(
        self,
        store: Store,
        editor: Editor,
        *,
        house: House,
        clock: Clock,
        limits: Mapping[str, Limits],
        people: Mapping[str, People],
    ) -> None:
        """`limits` and `people` by platform, of all whose commands come here."""
        self._store, self._clock, self._limits, self._people = store, clock, limits, people
        self._wishes, self._mutes, self._opinions = Wishes(store=store), Mutes(store=store), Opinions(store=store)
        self._under_way: dict[str, asyncio.Future[Answer]] = {}
        # Two people who subscribe a channel in the same instant must each see what the other set.
        self._changing = asyncio.Lock()
        # What a form is held against while it is still open; whoever carries it out looks again.
        self._seen: OrderedDict[ChannelId, View] = OrderedDict()
        self._lately: OrderedDict[str, bool] = OrderedDict()  # Command.id of what was changed
        self.follow(editor, house)

    def follow(self, editor: Editor, house: House) -> None:
        """Answer by another feeds.yaml from the next command on."""
        self._editor, self._house = editor, house
        self._seen.clear()
        self._reasons, self._counts = Reasons(editor=editor, rules=house.rules), Counts(reader=self._store)
        self._viewer = Viewer(reader=self._store, editor=editor, clock=self._clock, zone=house.zone)

    async def answer(self, command: Command) -> Answer:
        """What is said to the asker, and to the channel where something changed for it.

        The same command, delivered again while it is being answered, gets the same answer. Raises StoreError.
        """
        while (other := self._under_way.get(command.id)) is not None:
            await asyncio.wait([other])
            if not other.cancelled():
                return other.result()
        mine = self._under_way[command.id] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._answer(command)
            mine.set_result(answer)
        finally:
            del self._under_way[command.id]
            mine.cancel()  # where there is no result, those who wait for it try themselves
        return answer

    def faults(self, command: Command) -> Mapping[str, str]:
        """What of a form cannot be as it was filled in, by the field's name; of the channel what was seen last."""
        filled = command.filled
        if filled is None:
            return {}
        view = self._seen.get(place_of(filled, command.channel))
        there = faults_there(filled, view) if view and command.id not in self._lately else {}
        return faults_of(filled) | there

    def lookup(self, form: str, field: str, typed: str) -> tuple[Option, ...]:
        """What a person may mean who types this into a field."""
        match form, field:
            case "words", "topic":  # of a command whose words are typed one by one
                return topics_like(typed, self._editor.topics)
            case "subscribe", "zone":
                return zones_like(typed)
        return ()

    async def home(self, platform: str, workspace: str, person: str) -> Answer:
        """All that concerns a person in a workspace."""
        zone = await self._zone_of(platform, person)
        return await Home(store=self._store, viewer=self._viewer).page(platform, workspace, person, zone=zone)

    async def welcome(self, platform: str, workspace: str) -> Answer | None:
        """How to begin, for the first person of a workspace who meets the bot."""
        return await Home(store=self._store, viewer=self._viewer).welcome(platform, workspace)

    async def take_back_welcome(self, platform: str, workspace: str) -> None:
        """Welcome the next person there, since the first surely could not be told."""
        await self._store.take_back_welcome(platform, workspace)

    # ── what is wanted

    async def _answer(self, command: Command) -> Answer:
        if (filled := command.filled) is not None:
            command = replace(command, channel=place_of(filled, command.channel))
            what, answer = f"form {filled.form}", await self._filled(filled, command)
        elif command.press is not None:
            what, answer = f"press {command.press.deed}", await self._pressed(command.press, command)
        else:
            what, answer = await self._typed(command)
        log.info("command.answered", channel=str(command.channel), what=what)
        return _there(answer, command.channel)

    async def _typed(self, command: Command) -> tuple[str, Answer]:
        """What kind of words these were, for the log: never the words themselves. And the answer."""
        view = await self._viewer.view(command.channel)
        wanted = _grammar(view).read(command.words)
        if isinstance(wanted, Subscribe | PauseUntil) or wanted == Ask(what="subscribe"):
            view = await self._view(command)
            wanted = _grammar(view).read(command.words)  # hours are meant as the asker's clock shows them
        what = wanted.what if isinstance(wanted, Ask) else type(wanted).__name__.lower()
        match wanted:
            case Unclear():
                return what, Answer(parts=(Line(text=wanted.what), Example(command=wanted.nearest)))
            case Subscribe() | Unsubscribe() | PauseUntil() | Mute() | Unmute() | Ask(what="resume"):
                return what, await self._change(wanted, command, home=view.home)
            case Ask(what="subscribe"):
                return what, await self._refused(command) or await self._filling(command).open(command.channel, view)
        return what, await self._look(wanted, command, view)

    async def _pressed(self, press: Press, command: Command) -> Answer:
        match press.deed:
            case "why":
                return await self._reasons.why_story(press.story, await self._viewer.view(command.channel))
            case "relevant" | "irrelevant":
                return await self._opinions.say(press, command, await self._viewer.view(command.channel))
            case "mute":
                return await self._change(Mute(feed=press.about), command)
            case _:
                assert_never(press.deed)

    async def _filled(self, filled: Filled, command: Command) -> Answer:
        view = await self._view(command)
        if not filled.done:
            return await self._filling(command).go_on(filled, command.channel, view)
        if faults := faults_of(filled):  # a chat asks before; a form that was open meanwhile may still be sent
            return Answer(parts=tuple(Line(text=fault) for fault in faults.values()))
        return await self._change(filled, command, home=view.home)

    # ── looking

    def _lists(self, command: Command) -> Lists:
        return Lists(editor=self._editor, limits=self._limits[command.channel.platform])

    def _filling(self, command: Command) -> Filling:
        return Filling(counts=self._counts, lists=self._lists(command))

    async def _view(self, command: Command) -> View:
        """The channel, its hours meant in the asker's zone where it has none of its own."""
        view = await self._viewer.view(command.channel)
        remember(self._seen, command.channel, view, most=KNOWN)
        if view.has_zone:
            return view
        return replace(view, home=await self._zone_of(command.channel.platform, command.person) or view.home)

    async def _zone_of(self, platform: str, person: str) -> str | None:
        return await self._people[platform].zone(person) if platform in self._people else None

    async def _look(self, wanted: Wanted, command: Command, view: View) -> Answer:
        lists = self._lists(command)
        match wanted:
            case Latest():
                return await lists.latest(wanted, view)
            case Search():
                return await lists.search(wanted, view)
            case WhyLink():
                return await self._reasons.why(wanted, view)
            case Ask(what="digest" | "treaty" | "feeds"):
                look = {"digest": lists.digest, "treaty": lists.treaty, "feeds": lists.feeds}[wanted.what]
                return await look(view)
        return self._shown(wanted, view)

    def _shown(self, wanted: Wanted, view: View) -> Answer:
        """What needs no other look than the one at the channel; all else is help."""
        match wanted:
            case Ask(what="pause"):
                return self._wishes.ask_until(view)
            case Ask(what="mute"):
                return self._mutes.ask(view)
            case Ask(what="topics"):
                return Answer(parts=topic_parts(view))
            case Ask(what="list"):
                return Answer(parts=facts(view))
        return Answer(parts=help_parts(view))

    # ── changing

    async def _refused(self, command: Command) -> Answer | None:
        """The answer to who may not change what the channel gets; None: the person may.

        The platform is asked whatever the rule, since on some it is the platform's own permissions that decide.
        """
        people = self._people.get(command.channel.platform)
        why = await people.may_not_change(command.channel, command.person, self._house.may_change) if people else ""
        return Answer(parts=(Line(text=why), Example(command="list", told="what this channel gets"))) if why else None

    async def _change(self, wanted: Changing | Ask | Filled, command: Command, *, home: str | None = None) -> Answer:
        """Do it, if the person may, unless it was done, and note that it is; `home` as in View."""
        # The platform may have to be asked, so not while others wait to change something.
        if refused := await self._refused(command):
            return refused
        async with self._changing:
            view = await self._viewer.view(command.channel, home=home)
            if await self._store.was_answered(command.id):
                return again(view)
            if isinstance(wanted, Filled) and (late := outdated(wanted, view)):
                again_button = Buttons(buttons=change(view))
                return Answer(parts=(Line(text=f"{late} So nothing was changed by your form."), again_button))
            answer = _signed(await self._done(wanted, command, view), command)
            await self._store.answered(command.id, now=view.now)
            remember(self._lately, command.id, True, most=KNOWN)
            remember(self._seen, command.channel, await self._viewer.view(command.channel), most=KNOWN)
            return answer

    async def _done(self, wanted: Changing | Ask | Filled, command: Command, view: View) -> Answer:
        match wanted:
            case Filled():
                return await self._wishes.arrange(arrange_of(meant(wanted, view)), command, view)
            case Subscribe():
                return await self._wishes.subscribe(wanted, command, view)
            case Unsubscribe():
                return await self._wishes.unsubscribe(wanted, command, view)
            case PauseUntil():
                return await self._wishes.pause(wanted.until, command, view)
            case Mute() | Unmute():
                return await self._mutes.change(wanted, command, view)
        return await self._wishes.resume(command, view)


def _grammar(view: View) -> Grammar:
    gone = {feed: feed for feed in view.muted if feed not in view.outlets}  # these can still be unmuted
    return Grammar(
        topics=view.topics, now=view.now, zone=view.zone, outlets={**view.outlets, **gone}, have=view.subscribed
    )


def _signed(answer: Answer, command: Command) -> Answer:
    """The answer whose notice says who did it; the name is from outside, and must not look like our own words."""
    name = clip(one_line(plain(command.name)).replace("`", "’"), NAME)
    return replace(answer, notice=f"{answer.notice} Set by {name}.") if answer.notice and name else answer


def _there(answer: Answer, channel: ChannelId) -> Answer:
    """The answer with buttons that mean the channel of which it speaks, wherever they are pressed."""
    if not channel.channel:
        return answer
    return replace(answer, parts=tuple(_for(part, channel) for part in answer.parts))


def _for(part: Part, channel: ChannelId) -> Part:
    if not isinstance(part, Buttons):
        return part
    return Buttons(buttons=tuple(replace(button, channel=button.channel or channel) for button in part.buttons))
