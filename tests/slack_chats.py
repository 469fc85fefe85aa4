"""SlackChat joined with the fake Slack, for tests of either half of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat import Clerk
from bot.chat.slack.app import SlackChat
from bot.model import Answer, ChannelId, Command, Line, Option, Post
from tests.conftest import ROOT
from tests.fake_slack import FakeSlack
from tests.slack_shapes import SIGNED, digest

SOON = timedelta(milliseconds=200)
READING = ("commands", "chat:write", "chat:write.public", "channels:history", "groups:history")
# Slack's own references hold every request, where they are there.
ORACLES = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "oracles"
CHANNEL = ChannelId("slack", "T1", "C1")


def fake(scopes: Sequence[str] = READING) -> FakeSlack:
    """A Slack that also lets us read."""
    return FakeSlack(reference=ORACLES if ORACLES.is_dir() else None, scopes=scopes)


def opened(slack: FakeSlack, *, bot: str = "", app: str = "") -> AbstractAsyncContextManager[SlackChat]:
    """A chat with the fake's tokens or others, that soon asks for a new connection."""
    return SlackChat.open(
        bot_token=bot or slack.bot_token, app_token=app or slack.app_token, api_url=slack.url, patience=SOON
    )


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """That one, begun."""
    async with fake() as made:
        yield made


@pytest.fixture
async def chat(slack: FakeSlack) -> AsyncIterator[SlackChat]:
    """That chat, open."""
    async with opened(slack) as made:
        yield made


def post(chat: SlackChat, channel: str = "C1", *, thread: str | None = None, repeat: bool = False) -> Post:
    """A digest that is being sent."""
    now = datetime.now(UTC)
    return Post(
        id="p1",
        channel=ChannelId("slack", "T1", channel),
        kind="digest",
        payload=chat.render(digest(SIGNED, why="Daily at 09:00")),
        due=now,
        first_try=now,
        thread=thread,
        repeat=repeat,
    )


class Desk:
    """A Clerk that answers as told, and keeps what it was asked."""

    def __init__(self, reply: Answer | Callable[[Command], Awaitable[Answer]] | None = None) -> None:
        self.reply = reply or Answer(parts=(Line(text="Done."),))
        self.commands: list[Command] = []
        self.wrong: dict[str, str] = {}
        self.found: tuple[Option, ...] = ()
        self.welcoming: Answer | None = None
        self._taken: Answer | None = None  # the welcome that was given out
        self.page = Answer(parts=(Line(text="Nothing is subscribed yet."),))
        self.looks: list[str] = []  # whose homes were made

    async def answer(self, command: Command) -> Answer:
        self.commands.append(command)
        return self.reply if isinstance(self.reply, Answer) else await self.reply(command)

    def faults(self, command: Command) -> Mapping[str, str]:
        return self.wrong

    def lookup(self, form: str, field: str, typed: str) -> tuple[Option, ...]:
        return self.found

    async def home(self, platform: str, workspace: str, person: str) -> Answer:
        self.looks.append(person)
        return self.page

    async def welcome(self, platform: str, workspace: str) -> Answer | None:
        told, self.welcoming, self._taken = self.welcoming, None, self.welcoming
        return told

    async def take_back_welcome(self, platform: str, workspace: str) -> None:
        self.welcoming = self._taken


@asynccontextmanager
async def listening(chat: SlackChat, slack: FakeSlack, clerk: Clerk) -> AsyncIterator[asyncio.Event]:
    """The chat takes commands; set what this gives, and it stops."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(chat.listen(clerk, stop))
        await slack.connected()
        yield stop
        stop.set()
