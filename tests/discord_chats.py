"""DiscordChat joined with the fake Discord, for tests of either half of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat import Clerk
from bot.chat.discord.app import DiscordChat
from bot.model import ChannelId, Post
from tests.conftest import ROOT
from tests.fake_discord import FakeDiscord
from tests.fake_discord.guild import GUILD
from tests.slack_shapes import SIGNED, digest

SOON = timedelta(milliseconds=200)
ORACLES = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "oracles"
CHANNEL = ChannelId("discord", GUILD, "101")


def fake() -> FakeDiscord:
    """A Discord whose own description holds every request, where it is there."""
    return FakeDiscord(reference=ORACLES if ORACLES.is_dir() else None)


def opened(discord: FakeDiscord, *, token: str = "") -> AbstractAsyncContextManager[DiscordChat]:
    """A chat with the fake's token or another, that soon begins a new client."""
    return DiscordChat.open(
        token=token or discord.token,
        api_url=discord.url,
        gateway_url=discord.gateway_url,
        pace=timedelta(),
        patience=timedelta(seconds=2),
        between=timedelta(),
    )


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    """That one, begun."""
    async with fake() as made:
        yield made


@pytest.fixture
async def chat(discord: FakeDiscord) -> AsyncIterator[DiscordChat]:
    """That chat, open."""
    async with opened(discord) as made:
        yield made


def post(chat: DiscordChat, channel: str = "101", *, thread: str | None = None, repeat: bool = False) -> Post:
    """A digest that is being sent."""
    now = datetime.now(UTC)
    return Post(
        id="p1",
        channel=CHANNEL._replace(channel=channel),
        kind="digest",
        payload=chat.render(digest(SIGNED, why="Daily at 09:00")),
        due=now,
        first_try=now,
        thread=thread,
        repeat=repeat,
    )


@asynccontextmanager
async def listening(chat: DiscordChat, discord: FakeDiscord, clerk: Clerk) -> AsyncIterator[asyncio.Event]:
    """The chat takes what people do; set what this gives, and it stops."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(chat.listen(clerk, stop))
        await discord.connected()
        yield stop
        stop.set()
