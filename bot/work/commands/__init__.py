"""A command → its answer, the same on every platform.

A platform delivers a command again when it missed our answer. What only looks is then answered again; what changes
something is done once, and a second time answered with how it stands. A fault of the database is let through: who
asked gets a reference from the platform's adapter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.log import log
from bot.model import Answer, Command, Example, Filled, Limits, Line, Option
from bot.store import Store
from bot.work.clock import Clock
from bot.work.commands.lists import Lists, help_parts, topic_parts
from bot.work.commands.reasons import Reasons
from bot.work.commands.standing import View, facts
from bot.work.commands.wanted import (
    Ask,
    Latest,
    PauseUntil,
    Search,
    Subscribe,
    Unclear,
    Unsubscribe,
    Wanted,
    WhyLink,
)
from bot.work.commands.wishes import Wishes, again
from bot.work.commands.words import Grammar
from bot.work.editor import Editor


class Commands:
    """Answers what people type after /treaty."""

    def __init__(self, store: Store, editor: Editor, *, zone: str, clock: Clock, limits: Mapping[str, Limits]) -> None:
        """`zone`: IANA name, where a channel has none; `limits` by platform, of all whose commands come here."""
        self._store, self._editor, self._clock = store, editor, clock
        self._zone, self._limits = zone, limits
        self._wishes = Wishes(store=store)
        self._reasons = Reasons(editor)
        self._under_way: dict[str, asyncio.Future[Answer]] = {}
        # Two people who subscribe a channel in the same instant must each see what the other set.
        self._changing = asyncio.Lock()

    def follow(self, editor: Editor, *, zone: str) -> None:
        """Answer by another feeds.yaml from the next command on."""
        self._editor, self._zone, self._reasons = editor, zone, Reasons(editor)

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

    def faults(self, filled: Filled) -> Mapping[str, str]:
        """What of a form cannot be as it was filled in, by the field's name."""
        raise NotImplementedError

    def lookup(self, form: str, field: str, typed: str) -> tuple[Option, ...]:
        """What a person may mean who types this into a field."""
        raise NotImplementedError

    async def home(self, platform: str, workspace: str, person: str) -> Answer:
        """All that concerns a person in a workspace."""
        raise NotImplementedError

    async def welcome(self, platform: str, workspace: str) -> Answer | None:
        """How to begin, for the first person of a workspace who meets the bot."""
        raise NotImplementedError

    async def _answer(self, command: Command) -> Answer:
        view = await self._view(command)
        wanted = Grammar(topics=view.topics, now=view.now, zone=view.zone).read(command.words)
        match wanted:
            case Unclear():
                answer = Answer(parts=(Line(text=wanted.what), Example(command=wanted.nearest)))
            case Subscribe() | Unsubscribe() | PauseUntil() | Ask(what="resume"):
                async with self._changing:
                    answer = await self._change(wanted, command)
            case _:
                answer = await self._look(wanted, command, view)
        log.info("command.answered", channel=str(command.channel), what=_word(wanted))
        return answer

    async def _view(self, command: Command) -> View:
        topics = self._editor.topics
        return View(
            settings=await self._store.settings(command.channel),
            topics=topics,
            now=self._clock.now(),
            home=self._zone,
        )

    async def _look(self, wanted: Ask | Latest | Search | WhyLink, command: Command, view: View) -> Answer:
        lists = Lists(editor=self._editor, limits=self._limits[command.channel.platform])
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
        told = {"topics": topic_parts, "list": facts}.get(wanted.what, help_parts)
        return Answer(parts=told(view))

    async def _change(self, wanted: Wanted, command: Command) -> Answer:
        """Do it, unless it was done, and note that it is."""
        view = await self._view(command)
        if await self._store.was_answered(command.id):
            return again(view)
        match wanted:
            case Subscribe():
                answer = await self._wishes.subscribe(wanted, command, view)
            case Unsubscribe():
                answer = await self._wishes.unsubscribe(wanted, command, view)
            case PauseUntil():
                answer = await self._wishes.pause(wanted.until, command, view)
            case _:
                answer = await self._wishes.resume(command, view)
        await self._store.answered(command.id, now=view.now)
        return answer


def _word(wanted: Wanted) -> str:
    """What was wanted, for the log: its kind, never the words themselves."""
    return wanted.what if isinstance(wanted, Ask) else type(wanted).__name__.lower()
