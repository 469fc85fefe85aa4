"""The demo: recorded feeds on loopback, read by the very same worker, into the terminal.

The scene is the weekend on which the convention was opened for signature in Hanoi. The clock is turned, nothing else
is: fetching, parsing, judging, storing and posting are the ones of `run`, over a database that is thrown away.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from aiohttp import web

from bot.app import App, build
from bot.chat import Chat
from bot.config import Bot, Config, load
from bot.demo.recordings import Recording, recordings
from bot.model import Cadence, Channel, ChannelId, Feed, Subscription
from bot.store.sqlite import SqliteStore
from bot.work.clock import SystemClock

ZONE = "Europe/Vienna"
FIRST_READING = datetime(2025, 10, 27, 7, 15, tzinfo=UTC)  # Monday, 08:15 in Vienna
SECOND_READING = FIRST_READING + timedelta(minutes=40)
DIGEST = datetime(2025, 10, 27, 8, 0, tzinfo=UTC)  # 09:00 in Vienna


@dataclass(slots=True)
class Turned:
    """A clock that goes on by itself from wherever it was turned to."""

    start: datetime
    _system: SystemClock = field(default_factory=SystemClock)
    _since: datetime = field(default_factory=lambda: datetime.now(UTC))

    def turn(self, to: datetime) -> None:
        """Go on from there."""
        self.start, self._since = to, self._system.now()

    def now(self) -> datetime:
        """The demo's present."""
        return self.start + (self._system.now() - self._since)

    async def wait(self, until: datetime | None, wake: asyncio.Event) -> None:
        """As the machine's clock does, for as long as it takes from the demo's present."""
        await self._system.wait(until and self._system.now() + (until - self.now()), wake)


class Outlets:
    """Serves each recording on loopback: the first serving, and the second once `newest` is set."""

    def __init__(self, recorded: list[Recording]) -> None:
        self.newest = False
        self._recorded = {recording.path: recording for recording in recorded}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Listen on a free port; gives the address before the paths."""
        pages = web.Application()
        pages.router.add_get("/{name}", self._serve)
        runner = web.AppRunner(pages, access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        recording = self._recorded.get(request.path)
        if recording is None:
            raise web.HTTPNotFound
        body = recording.after if self.newest else recording.before
        return web.Response(body=body, status=recording.status, headers={"Content-Type": recording.content_type})


def configured(address: str, recorded: list[Recording], database: Path) -> Config:
    """The shipped topics over the recorded feeds, and the terminal as the one channel."""
    with as_file(files("bot.demo") / "feeds.yaml") as shipped:
        topics = load(shipped, environ={}).topics
    terminal = ChannelId("terminal")
    cadence = Cadence(at=time(9, 0), zone=ZONE, days=frozenset(range(5)))
    wishes = (
        Subscription(channel=terminal, topic="convention", wish="digest"),
        Subscription(channel=terminal, topic="human-rights", wish="instant"),
    )
    feeds = tuple(
        Feed(id=one.feed, name=one.name, url=address + one.path, every=timedelta(minutes=5), rank=one.rank)
        for one in recorded
    )
    return Config(
        bot=Bot(allow_networks=("127.0.0.0/8",), zone=ZONE),
        feeds=feeds,
        topics=topics,
        channels=((Channel(id=terminal, digest=cadence), wishes),),
        database=database,
        web=None,
    )


async def play(chat: Chat, *, stay: bool, tell: Callable[[str], None]) -> None:
    """The whole demo into that chat; `tell` gets a line of what is happening."""
    recorded, clock = recordings(), Turned(FIRST_READING)
    outlets = Outlets(recorded)
    with tempfile.TemporaryDirectory(prefix="treatywatch-demo-") as folder:
        async with outlets.open() as address:
            config = configured(address, recorded, Path(folder) / "demo.db")
            store = await SqliteStore.open(config.database, worker="demo")
            try:
                async with build(config, clock=clock, store=store, chats=[chat]) as app:
                    await _scenes(app, clock, outlets, tell)
                    if stay:
                        tell("The demo goes on watching; Ctrl-C ends it.")
                        await _stay(app)
            finally:
                await store.close()


async def _scenes(app: App, clock: Turned, outlets: Outlets, tell: Callable[[str], None]) -> None:
    tell(
        f"Monday 27 October 2025, 08:15 in Vienna: {len(app.config.feeds)} recorded feeds are read for the first time."
    )
    tell("A first reading is silent: what was there before is known now, and not posted.\n")
    await app.worker.once()
    tell("08:55: the feeds have gained items. Stories about human rights are posted at once.\n")
    outlets.newest = True
    clock.turn(SECOND_READING)
    await app.worker.once()
    tell("09:00: the daily digest.\n")
    clock.turn(DIGEST)
    await app.worker.once()


async def _stay(app: App) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await app.run(stop)
