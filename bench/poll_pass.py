"""One who polls, in a process of its own: `python -m bench.poll_pass WHO PLACE LOG`, for bench.poll_steady.

It reads all feeds of the feeds.yaml in the folder PLACE once, says so with a line, and then, for each line that it is
given, polls all of them again and says how many seconds of wall time and of its own processor time that took.

WHO is `program`, the worker of treatywatch with its database and its log, in the loop in which its commands run; or
`asyncio` or `uvloop`, a bare aiohttp client in that loop: fifty at once, validators sent back, the answer's status
looked at, nothing else.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TextIO

import aiohttp

from bot.app import build
from bot.chat.terminal import Terminal
from bot.cli.options import run_async
from bot.config import Config, load
from bot.log import set_up
from bot.store.sqlite import SqliteStore
from bot.work.clock import GLANCE_SECONDS

AT_ONCE = 50
_LONG = timedelta(days=8)  # no feed's next poll is later than a week
_WATCHED = '"feed.watched"'


async def _answer(polled: Callable[[], Awaitable[None]]) -> None:
    """Poll for each line of the input; the first time before any."""
    await polled()
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        wall, processor = time.perf_counter(), time.process_time()
        await polled()
        print(time.perf_counter() - wall, time.process_time() - processor, flush=True)


# ── the program


class Turned:
    """A clock that stands still until it is turned, and wakes who waits for that."""

    def __init__(self) -> None:
        self._now, self._turned = datetime.now(UTC), asyncio.Event()

    def now(self) -> datetime:
        """Where it stands."""
        return self._now

    def turn(self) -> None:
        """Far enough for every feed to be due."""
        self._now += _LONG
        self._turned.set()
        self._turned = asyncio.Event()

    async def wait(self, until: datetime | None, wake: asyncio.Event) -> None:
        """Come back when woken or turned; else as the machine's own clock would, which looks again after a while."""
        gap = GLANCE_SECONDS if until is None else (until - self._now).total_seconds()
        ends = [asyncio.ensure_future(one.wait()) for one in (wake, self._turned)]
        try:
            await asyncio.wait(ends, timeout=max(0.01, min(gap, GLANCE_SECONDS)), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()


class Counted:
    """Standard error for a log: written to a file, and its readings counted."""

    def __init__(self, path: Path) -> None:
        self._file, self._left, self._done = path.open("w", encoding="utf-8"), 0, asyncio.Event()

    def write(self, text: str) -> int:
        """As a file."""
        if _WATCHED in text:
            self._left -= 1
            if self._left == 0:
                self._done.set()
        return self._file.write(text)

    def flush(self) -> None:
        """As a file."""
        self._file.flush()

    def isatty(self) -> bool:
        """As a file."""
        return False

    async def readings(self, count: int) -> None:
        """Come back when so many more are logged."""
        self._left, self._done = count, asyncio.Event()
        await self._done.wait()


async def _program(config: Config, log: Path, screen: TextIO) -> None:
    clock, counted = Turned(), Counted(log)
    sys.stderr = counted  # it has the methods that a log uses
    set_up("info")
    store = await SqliteStore.open(config.database, worker="bench")
    stop = asyncio.Event()

    async def polled() -> None:
        async with asyncio.timeout(600):
            readings = asyncio.ensure_future(counted.readings(len(config.feeds)))
            await asyncio.sleep(0)  # it counts from here
            clock.turn()
            await readings

    chats = [Terminal(screen, colour=False, width=80)]
    async with build(config, clock=clock, store=store, chats=chats) as app, asyncio.TaskGroup() as group:
        group.create_task(app.worker.run(stop), name="worker")
        await _answer(polled)
        stop.set()
    await store.close()


# ── the bare client


async def _bare(urls: Sequence[str]) -> None:
    etags: dict[str, str] = {}

    async def ask(session: aiohttp.ClientSession, left: list[str]) -> None:
        while left:
            url = left.pop()
            known = etags.get(url)
            async with session.get(url, headers={"If-None-Match": known} if known else {}) as response:
                await response.read()
                if response.status != (304 if known else 200):
                    raise RuntimeError(f"{url} answered {response.status}")
                etags[url] = response.headers["ETag"]

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=AT_ONCE), cookie_jar=aiohttp.DummyCookieJar()
    ) as session:

        async def polled() -> None:
            left = list(urls)
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(ask(session, left))

        await _answer(polled)


def main() -> None:
    """Poll, as the command line says."""
    who, place, log = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    config = load(place / "feeds.yaml", environ={}, database=str(place / "bench.db"))
    if who == "program":
        with Path(os.devnull).open("w", encoding="utf-8") as screen:
            run_async(_program(config, log, screen))
        return
    factory = asyncio.new_event_loop if who == "asyncio" else import_module("uvloop").new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_bare([feed.url for feed in config.feeds]))


if __name__ == "__main__":
    main()
