"""The same app as a process of its own, with a clock that a test turns.

    python -m tests.process CONFIG DATABASE CLOCK

CLOCK is a file that holds an instant (ISO 8601), where the program's time stands still until the file says another; or,
with a sign before it, by how many seconds its time is before the machine's, with which it goes on.
What it posts goes where `treatywatch run` would send it: to Slack where the environment has its tokens, else to
standard output.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import build, ways_out
from bot.config import load
from bot.log import set_up
from bot.store.sqlite import SqliteStore


class FileClock:
    """Time as a file tells it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """What the file says."""
        told = self._path.read_text().strip()
        if told.startswith(("+", "-")):
            return datetime.now(UTC) + timedelta(seconds=float(told))
        return datetime.fromisoformat(told)

    async def wait(self, _until: datetime | None, wake: asyncio.Event) -> None:
        """Look at the file again soon."""
        try:
            async with asyncio.timeout(0.02):
                await wake.wait()
        except TimeoutError:
            return


async def run(config_path: Path, database: str, clock: Path) -> None:
    """The bot until SIGTERM."""
    config = load(config_path, environ=os.environ, database=database)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = await SqliteStore.open(config.database, worker=f"test:{os.getpid()}")
    try:
        async with (
            ways_out(config) as chats,
            build(config, clock=FileClock(clock), store=store, chats=chats) as app,
        ):
            await app.run(stop)
    finally:
        await store.close()


if __name__ == "__main__":
    set_up("info")
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
