"""Places for whole processes: one whose channel is a file, and one whose channel is a room in a fake Slack."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake_slack import RemoteSlack, running
from tests.feed_server import FeedServer, Told
from tests.place import Place

GARDEN = Told(title="A page about gardening", guid="garden")
ROOM = """
  - channel: slack:T1:C1
    instant: [convention]
"""


def a_free_address() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{one.getsockname()[1]}"


@pytest.fixture
async def slack(tmp_path: Path, reference: Path | None) -> AsyncIterator[RemoteSlack]:
    async with running(tmp_path / "slack.jsonl", reference=reference) as opened:
        await opened.grant(["commands", "chat:write", "chat:write.public", "channels:history"])
        yield opened


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A place whose channel is a file."""
    async with FeedServer() as server:
        server.feed("/rss", [GARDEN])
        yield Place(tmp_path, server)


@pytest.fixture
async def office(tmp_path: Path, slack: RemoteSlack) -> AsyncIterator[Place]:
    """A place whose channel is one of Slack's, with a web address."""
    env = {**slack.env, "TREATYWATCH_WEB": a_free_address()}
    async with FeedServer() as server:
        server.feed("/rss", [GARDEN])
        yield Place(tmp_path, server, channels=ROOM, env=env)


async def said(place: Place, *words: str) -> tuple[int, str]:
    """The exit status of a command that ends by itself, and what it said on standard error."""
    process = await asyncio.create_subprocess_exec(
        *place.command(*words), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, env=place.env
    )
    async with asyncio.timeout(60):
        _, told = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()
