"""A channel whose people type /treaty, over a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from bot.model import (
    Answer,
    Button,
    Buttons,
    ChannelId,
    Command,
    Deed,
    Entry,
    Example,
    Fact,
    Filled,
    Heading,
    Item,
    Limits,
    Line,
    Part,
    Press,
    Settings,
    Topic,
)
from bot.store.sqlite import SqliteStore
from bot.topics.rules import compile_rules
from bot.work.commands import Commands, House
from bot.work.editor import Editor
from tests.stores import (
    CONVENTION,
    GAZETTE,
    NOW,
    RATIFICATION,
    SCREEN,
    UN_PRESS,
    WISHES,
    a_reading,
)
from tests.world import TurnedClock

RIGHTS = Topic(id="human-rights", name="Human rights", within="convention")
TOPICS = (CONVENTION, RATIFICATION, RIGHTS)
HERE, THERE = ChannelId("slack", "T1", "C1"), ChannelId("slack", "T1", "C2")
LIMITS = Limits(title=150, quote=200, stories=20, whole=20_000)
WORKDAYS = frozenset({0, 1, 2, 3, 4})
NOWHERE = ChannelId("slack", "T1")  # where a form asks for its channel
# A form as a channel without anything is offered it, with one topic ticked.
FILLED = {
    "digest": ("ratification",),
    "instant": (),
    "at": ("09:00",),
    "zone": ("Europe/Vienna",),
    "days": ("mon", "tue", "wed", "thu", "fri"),
    "quiet_from": (),
    "quiet_to": (),
}


def shown(part: Part) -> str:
    """A part of an answer on one line."""
    match part:
        case Line():
            return part.text
        case Example():
            return f"/treaty {part.command} → {part.told}" if part.told else f"/treaty {part.command}"
        case Fact():
            return f"{part.name}: {part.told}"
        case Entry():
            return f"{part.outlet}: {part.title}"
        case Heading():
            return " ".join(filter(None, ("#", part.text, str(part.channel or ""))))
        case Buttons():
            return " ".join(f"[{button.label}: {button.words}]" for button in part.buttons)


def told(answer: Answer) -> list[str]:
    return [shown(part) for part in answer.parts]


def buttons(answer: Answer) -> list[Button]:
    return [button for part in answer.parts if isinstance(part, Buttons) for button in part.buttons]


def filled(values: Mapping[str, tuple[str, ...]], *, done: bool = True, stamp: str = "") -> Filled:
    return Filled(form="subscribe", values=values, done=done, stamp=stamp)


@dataclass
class Directory:
    """A platform that knows its people: their zones, and who may change nothing."""

    zones: dict[str, str] = field(default_factory=dict)  # by person
    barred: dict[str, str] = field(default_factory=dict)  # why, by person
    asked: list[tuple[ChannelId, str, str]] = field(default_factory=list)

    async def zone(self, person: str) -> str | None:
        return self.zones.get(person)

    async def may_not_change(self, channel: ChannelId, person: str, rule: str) -> str:
        self.asked.append((channel, person, rule))
        return self.barred.get(person, "")


@dataclass
class Room:
    """A channel whose people type commands; it is Monday, half past nine in Vienna."""

    store: SqliteStore
    clock: TurnedClock = field(default_factory=lambda: TurnedClock(NOW))
    numbers: count[int] = field(default_factory=count)
    people: Directory = field(default_factory=Directory)
    commands: Commands = field(init=False)

    def __post_init__(self) -> None:
        self.judges_by(TOPICS)

    def judges_by(self, topics: tuple[Topic, ...]) -> None:
        """Answer by a feeds.yaml with these topics."""
        self.commands = Commands(
            self.store,
            Editor(reader=self.store, topics=topics, feeds=(UN_PRESS, GAZETTE)),
            house=House(rules=compile_rules(topics), zone="Europe/Vienna"),
            clock=self.clock,
            limits={"slack": LIMITS, "terminal": LIMITS},
            people={"slack": self.people},
        )

    async def types(
        self, words: str, *, again: str = "", person: str = "U1", to: ChannelId = HERE, name: str = ""
    ) -> Answer:
        key = again or f"command {next(self.numbers)}"
        return await self.commands.answer(Command(id=key, channel=to, person=person, words=words, name=name))

    async def presses(self, deed: Deed, story: str, about: str = "", *, again: str = "", person: str = "U1") -> Answer:
        name = again or f"command {next(self.numbers)}"
        press = Press(deed=deed, story=story, about=about)
        return await self.commands.answer(Command(id=name, channel=HERE, person=person, press=press))

    async def fills(
        self,
        values: Mapping[str, tuple[str, ...]],
        *,
        done: bool = True,
        again: str = "",
        person: str = "U1",
        to: ChannelId = HERE,
        stamp: str = "",
    ) -> Answer:
        name = again or f"command {next(self.numbers)}"
        form = filled(values, done=done, stamp=stamp)
        return await self.commands.answer(Command(id=name, channel=to, person=person, filled=form))

    def faults(
        self, values: Mapping[str, tuple[str, ...]], *, again: str = "", to: ChannelId = HERE, stamp: str = ""
    ) -> Mapping[str, str]:
        """What is said of a form before it is sent."""
        form = filled(values, stamp=stamp)
        return self.commands.faults(Command(id=again or "a form", channel=to, person="U1", filled=form))

    async def settings(self, channel: ChannelId = HERE) -> Settings:
        found = await self.store.settings(channel)
        assert found is not None
        return found

    async def wishes(self) -> list[tuple[str, str]]:
        found = await self.store.settings(HERE)
        return [(wish.topic, wish.wish) for wish in found.subscriptions] if found else []

    async def audit(self) -> list[str]:
        return [f"{change.by} {change.what}" for change in reversed(await self.store.changes(limit=20))]

    async def finds(self, *items: Item, to: tuple[ChannelId, ...] = ()) -> None:
        """Items about the convention, owed to the digests of these channels."""
        await self.store.keep(a_reading(*items, to=to, wish="digest"))


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """Two feeds, three topics, a screen that feeds.yaml names, and a channel that nobody subscribed."""
    store = await SqliteStore.open(tmp_path / "test.db", worker="one")
    await store.settle_config(feeds=(UN_PRESS, GAZETTE), topics=TOPICS, channels=[(SCREEN, WISHES)], now=NOW)
    yield Room(store)
    await store.close()
