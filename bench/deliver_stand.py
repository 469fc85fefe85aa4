"""What all of bench.deliver stands on: the fake Slack and its log, the program over it, and the bare loop beside it."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from typing import Any, NamedTuple
from uuid import uuid4

import aiohttp

from bench.poll_program import Place
from tests.fake_slack import RemoteSlack, running

LIMIT = timedelta(seconds=1)  # from one message of a channel to the next
FAR = timedelta(milliseconds=200)  # from a message to its answer, as over a long way
TOPICS = "  convention: {name: Convention, any: [cybercrime convention]}\n"
_GLANCE = 0.2  # seconds
POSTED = '"event": "posted"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    channels: int = 1_000  # whose digest is due at once
    stories: int = 5  # in each of these digests
    start: float = 8  # seconds for the program to be up before they are due
    line: int = 60  # messages to one channel
    feeds: int = 12  # each with a channel of its own
    items: int = 9  # of each feed, one after the other; a feed may tell ten an hour at once
    gap: float = 0.5  # seconds from one item of all feeds to the next
    patience: float = 180  # seconds; how long a part lasts at most


QUICK = Scale(channels=12, stories=3, start=2, line=4, feeds=2, items=2, gap=1.5, patience=60)


class Came(NamedTuple):
    """One message as the fake got it."""

    at: float  # seconds since 1970
    channel: str
    payload: Mapping[str, Any]  # the arguments of chat.postMessage
    wait: float | None  # seconds of Retry-After where it was answered with 429; None: it was taken


class Stand:
    """A fake Slack that holds the limit, and its log."""

    def __init__(self, slack: RemoteSlack, log: Path) -> None:
        self.slack, self._log = slack, log

    def came(self, channels: Sequence[str]) -> list[Came]:
        """All messages to these channels so far, in order."""
        rows = [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]
        waits = {row["told"]["number"]: float(row["told"]["retry_after"]) for row in rows if row["event"] == "limited"}
        asked = [row["told"] for row in rows if row["event"] == "asked"]
        wanted = set(channels)
        return [
            Came(
                datetime.fromisoformat(one["at"]).timestamp(),
                one["arguments"]["channel"],
                one["arguments"],
                waits.get(one["number"]),
            )
            for one in asked
            if one["method"] == "chat.postMessage" and one["arguments"]["channel"] in wanted
        ]

    async def taken(self, count: int, patience: float, process: subprocess.Popen[bytes]) -> None:
        """Come back when so many messages stand in all channels; RuntimeError where they do not in time."""
        async with asyncio.timeout(patience):
            while self._log.read_text(encoding="utf-8").count(POSTED) < count:
                if process.poll() is not None:
                    raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
                await asyncio.sleep(_GLANCE)

    def payload(self, rendered: str) -> dict[str, Any]:
        """The arguments of a message that nobody stored."""
        metadata = {"event_type": "treatywatch_post", "event_payload": {"id": uuid4().hex}}
        return {**json.loads(rendered), "metadata": metadata}

    async def post(self, session: aiohttp.ClientSession, channel: str, payload: Mapping[str, Any]) -> None:
        """What the bare loop does: one message, once more after each 429."""
        headers = {"Authorization": f"Bearer {self.slack.bot_token}"}
        body = {**payload, "channel": channel}
        while True:
            async with session.post(f"{self.slack.url}chat.postMessage", json=body, headers=headers) as response:
                if (await response.json())["ok"]:
                    return
                wait = int(response.headers["Retry-After"])
            await asyncio.sleep(wait)


@asynccontextmanager
async def stand(folder: Path, channels: Sequence[str], *, answer: timedelta = timedelta()) -> AsyncIterator[Stand]:
    """A fake with these rooms; leaving it fails if a request broke a rule, as one before Retry-After was over."""
    async with running(folder / "slack.jsonl") as slack:
        await slack.open_rooms(channels)
        await slack.limit(LIMIT, answer)
        yield Stand(slack, folder / "slack.jsonl")


def bare() -> aiohttp.ClientSession:
    """The client of the bare loop: a new connection for each request, as the program has it."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))


def place_of(folder: Path, feeds: Sequence[str], topics: str, channels: str) -> Place:
    """A folder for the program: feeds.yaml of these parts, each feed asked every second."""
    rows = "".join(f"- {{id: f{number}, url: {url}}}\n" for number, url in enumerate(feeds))
    text = f"bot: {{allow_networks: [127.0.0.0/8], poll: 1s}}\nfeeds:\n{rows}topics:\n{topics}channels:\n{channels}"
    return Place(folder / "place", text)


def title(number: int) -> str:
    """Words of which no other title has any."""
    letters = random.Random(number)  # noqa: S311 - the same titles each time
    return " ".join("".join(letters.choices(ascii_lowercase, k=9)) for _ in range(6)).capitalize()


def refused(came: Sequence[Came]) -> int:
    """How many were answered with 429."""
    return sum(one.wait is not None for one in came)


def gaps(came: Sequence[Came]) -> list[float]:
    """Seconds between the messages that were taken, in order."""
    return [later.at - sooner.at for sooner, later in pairwise(one for one in came if one.wait is None)]
