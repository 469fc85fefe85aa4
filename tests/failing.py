"""The same app as tests/process.py, with a fault at a place that is counted out beforehand.

    python -m tests.failing CONFIG DATABASE CLOCK PLACE WHEN NUMBER DEED

PLACE is what is counted: `commit` (a transaction that changed something), `call` (a statement given to SQLite; of each
text only the first three times, since many are asked again and again while nothing is to be done), or `request` (a send
or a look at a platform). WHEN: `before` or `after`. DEED: `kill` (the process ends as by kill -9) or `raise` (SQLite's
own error, before a commit or a call). NUMBER 0 does nothing. The database is wrapped at the seam where it is opened, the
platforms at the one where the app is built; the app knows nothing of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from bot.app import build
from bot.chat import Chat
from bot.config import load
from bot.log import log, set_up
from bot.store.line import Line
from bot.store.opening import Opened, for_writing
from bot.store.sqlite import SqliteStore
from bot.ways import ways_out
from tests.process import FileClock

Place = Literal["commit", "call", "request"]
When = Literal["before", "after"]
Deed = Literal["kill", "raise"]
SAME = 3  # times that one statement counts


@dataclass(slots=True)
class Point:
    """Where something goes wrong."""

    place: Place
    when: When
    number: int  # from 1; 0: nowhere
    deed: Deed
    passed: int = 0
    statements: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, words: Sequence[str]) -> Point:
        """PLACE WHEN NUMBER DEED."""
        place, when, number, deed = words
        return cls(cast(Place, place), cast(When, when), int(number), cast(Deed, deed))

    def reach(self, place: Place, when: When, what: str) -> None:
        """Here the program is now."""
        if (place, when) != (self.place, self.when):
            return
        self.passed += 1
        if self.passed != self.number:
            return
        log.info("test.failpoint", place=place, when=when, number=self.number, what=what)
        sys.stderr.flush()
        if self.deed == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise sqlite3.OperationalError(f"disk I/O error, made at {what}")


class FailingConnection:
    """A connection that tells the point of each statement and each commit."""

    def __init__(self, real: sqlite3.Connection, point: Point) -> None:
        self._real, self._point = real, point
        self._before = 0  # changes when the transaction began

    def execute(self, statement: str, *bound: Any) -> sqlite3.Cursor:
        """As the real one."""
        words = statement.split(maxsplit=2)
        if words[0] == "BEGIN":
            self._before = self._real.total_changes
        if words[0] == "COMMIT":
            return self._commit(statement)
        self._point.statements[statement] += 1
        if self._point.statements[statement] <= SAME:
            self._point.reach("call", "before", " ".join(words))
        return self._real.execute(statement, *bound)

    def _commit(self, statement: str) -> sqlite3.Cursor:
        changed = self._real.total_changes != self._before
        if changed:
            self._point.reach("commit", "before", "a commit")
        done = self._real.execute(statement)
        if changed:
            self._point.reach("commit", "after", "a commit")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class FailingChat:
    """A platform that tells the point of each request."""

    def __init__(self, real: Chat, point: Point) -> None:
        self._real, self._point = real, point

    def __getattr__(self, name: str) -> Any:
        there = getattr(self._real, name)
        return self._told(name, there) if name in {"send", "find", "tell_owner", "edit"} else there

    def _told(self, name: str, there: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
        async def asked(*given: Any) -> Any:
            self._point.reach("request", "before", name)
            answer = await there(*given)
            self._point.reach("request", "after", name)
            return answer

        return asked


def opening(point: Point) -> Callable[[Path], Opened]:
    """`for_writing`, with a connection that fails."""

    def opened(path: Path) -> Opened:
        made = for_writing(path)
        made.database.conn = cast(sqlite3.Connection, FailingConnection(made.database.conn, point))
        return made

    return opened


async def run(config_path: Path, database: str, clock: Path, point: Point) -> None:
    """The bot until SIGTERM, or until the point is reached."""
    config = load(config_path, environ=os.environ, database=database)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = SqliteStore(await Line.open(opening(point), config.database), worker=f"test:{os.getpid()}")
    try:
        async with ways_out(config) as chats:
            failing = [cast(Chat, FailingChat(chat, point)) for chat in chats]
            async with build(config, clock=FileClock(clock), store=store, chats=failing) as app:
                await app.run(stop)
    finally:
        await store.close()


def main(words: Sequence[str]) -> None:
    """With the arguments of the command line."""
    config, database, clock, *point = words
    set_up("info")
    asyncio.run(run(Path(config), database, Path(clock), Point.of(point)))


if __name__ == "__main__":
    main(sys.argv[1:])
