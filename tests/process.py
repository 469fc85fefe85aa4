"""The same app as a process of its own, with a clock that a test turns.

    python -m tests.process CONFIG DATABASE CLOCK [PARTS]

CLOCK is a file that holds an instant (ISO 8601), where the program's time stands still until the file says another; or,
with a sign before it, by how many seconds its time is before the machine's, with which it goes on.
What it posts goes where `treatywatch run` would send it: to Slack where the environment has its tokens, else to
standard output. PARTS is what `run --only` takes: poll,post,chat,web.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.app import Rereading, build
from bot.config import load, reread
from bot.log import set_up
from bot.model import DUTIES, Duty
from bot.store.sqlite import SqliteStore
from bot.ways import ways_out
from tests.clock_file import time_in

SOON = timedelta(milliseconds=200)  # until a platform that could not be reached is tried again


class FileClock:
    """Time as a file tells it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """What the file says."""
        return time_in(self._path)

    async def wait(self, _until: datetime | None, wake: asyncio.Event) -> None:
        """Look at the file again soon."""
        try:
            async with asyncio.timeout(0.02):
                await wake.wait()
        except TimeoutError:
            return


async def run(config_path: Path, database: str, clock: Path, duties: frozenset[Duty]) -> None:
    """The bot until SIGTERM."""
    config = load(config_path, environ=os.environ, database=database)
    stop, asked = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    store = await SqliteStore.open(config.database, worker=f"test:{os.getpid()}", duties=duties)
    try:
        async with (
            ways_out(config, duties, all_at_once=False) as chats,
            build(config, clock=FileClock(clock), store=store, chats=chats, duties=duties, again=SOON) as app,
        ):
            await app.run(stop, Rereading(asked=asked, load=partial(reread, config_path, config)))
    finally:
        await store.close()


def duties_of(words: Sequence[str]) -> frozenset[Duty]:
    """The parts that are named; none named: all."""
    return frozenset(duty for duty in DUTIES if not words or duty in words[0].split(","))


def main(words: Sequence[str]) -> None:
    """With the arguments of the command line."""
    config, database, clock, *parts = words
    set_up("info")
    asyncio.run(run(Path(config), database, Path(clock), duties_of(parts)))


if __name__ == "__main__":
    main(sys.argv[1:])
