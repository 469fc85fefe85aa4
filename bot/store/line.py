"""The one thread that uses a database, and the order in which it works.

Units of work stand in one line and are done in the order in which they were sent. Units that write and wait at the
same time share a transaction, since to bring it to the disk costs more than most of them:

* each runs between marks of its own: one that fails is undone alone, and raises where it was sent;
* none is answered before the commit;
* a commit that fails, or a fault that ends the transaction (a full disk), undoes and fails all of them;
* where the disk is full, the room that is kept beside the file is given up, and what found none is done once more.

A unit that was sent runs, even if nobody waits for its answer any more.

Whoever has the answer to a `write` has it on disk. What is only noted (`note`) survives the end of our process, however
it comes, but not always that of the machine: a power cut may undo the last seconds of it, in order and each unit
whole. A reading of a feed may be lost so, since with it are lost the validators, and the feed tells it again. A later
write brings all notes before it to the disk too; so no post is ever sent of a story that could be forgotten.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from bot.errors import Blocked, Full, StoreError
from bot.log import log
from bot.store import reserve
from bot.store import statements as sql
from bot.store.opening import COMMITS_NOTED, EVERY_COMMIT_ON_DISK, Opened, said_plainly, transaction

P = ParamSpec("P")
T = TypeVar("T")

# Units of one transaction, and how long they may take before it is committed: the first of them waits for the last.
MOST_TOGETHER = 64
LONGEST_SECONDS = 0.05
# How long until what must be written is tried again where nothing is taken, and until room is kept again.
AGAIN_SECONDS = 1.0
ROOM_SECONDS = 10.0
# How long a transaction of another process is waited for: less where it has taken long already, since whoever asks how
# we are, or tells us to stop, stands in the same line.
PATIENT = "PRAGMA busy_timeout = 10000"  # BUSY_SECONDS
IMPATIENT = "PRAGMA busy_timeout = 1000"


@dataclass(slots=True, eq=False)
class Sent:
    """A unit of work on its way, and where its answer is waited for."""

    unit: Callable[[sqlite3.Connection], Any]  # what it gives is known to its sender alone
    writes: Literal["", "noted", "on disk"]
    answer: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def run(self, connection: sqlite3.Connection, path: Path) -> None:
        """Do it, and note what came of it."""
        try:
            with said_plainly(path):
                self.result = self.unit(connection)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the unit was sent
            self.error = error

    def run_between_marks(self, connection: sqlite3.Connection, path: Path) -> None:
        """Do it inside an open transaction; should it fail, nothing of it stays."""
        connection.execute(sql.BEGIN_UNIT)
        self.run(connection, path)
        if self.error is None:
            connection.execute(sql.END_UNIT)
        elif connection.in_transaction:
            connection.execute(sql.UNDO_UNIT)
            connection.execute(sql.END_UNIT)
        else:
            raise self.error  # SQLite ended the transaction, and with it what others had written in it

    def tell(self) -> None:
        """Answer, unless nobody waits any more."""
        if self.answer.done():
            return
        if self.error is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.error)


class Line:
    """One database in one thread: each unit of work is sent there whole, and is all or nothing.

    A hop to the thread costs fifty times a point query, so a unit is never sent statement by statement.
    """

    def __init__(self, executor: ThreadPoolExecutor, opened: Opened) -> None:
        self._executor = executor
        self._opened = opened
        self._loop = asyncio.get_running_loop()
        self._door = Lock()  # for the next two
        self._waiting: deque[Sent] = deque()
        self._called = False  # the thread is at work, or on its way
        self._closed = False
        self._synchronous: Literal["", "noted", "on disk"] = ""  # as the thread has set it
        self._gave_up = float("-inf")  # when the room that is kept was given up last, by time.monotonic
        self.trouble = ""  # why nothing can be written at the moment, as it was met last

    @property
    def path(self) -> Path:
        """The file."""
        return self._opened.path

    @classmethod
    async def open(cls, opening: Callable[[Path], Opened], path: Path) -> Line:
        """The database, opened in the thread where it will be used."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            opened = await asyncio.get_running_loop().run_in_executor(executor, opening, path)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(executor, opened)

    async def read(self, unit: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the unit gives; its statements see one state of the file."""
        return await self._send(lambda connection: unit(connection, *args, **kwargs), writes="")

    async def write(
        self, unit: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What the unit gives, once all it wrote is on disk."""
        return await self._send(lambda connection: unit(connection, *args, **kwargs), writes="on disk")

    async def note(self, unit: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the unit gives, once it is written; a power cut may undo it."""
        return await self._send(lambda connection: unit(connection, *args, **kwargs), writes="noted")

    async def insist(
        self, unit: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `write`, tried until the database takes it: for what somebody else has done, and cannot be undone."""
        while True:
            try:
                return await self.write(unit, *args, **kwargs)
            except Blocked:
                await asyncio.sleep(AGAIN_SECONDS)

    async def has_room(self) -> bool:
        """Whether the file may grow; room is kept beside it again, where there is some by now."""
        if reserve.is_laid(self.path):
            return True
        if time.monotonic() - self._gave_up < ROOM_SECONDS:
            return False
        with said_plainly(self.path):
            is_laid = await asyncio.to_thread(reserve.lay, self.path)
        if is_laid:
            log.info("disk.has_room", path=str(self.path))
        return is_laid

    async def _send(self, unit: Callable[[sqlite3.Connection], T], *, writes: Literal["", "noted", "on disk"]) -> T:
        if self._closed:
            raise StoreError(f"{self._opened.path} is closed already; open it again")
        answer: asyncio.Future[T] = self._loop.create_future()
        with self._door:
            self._waiting.append(Sent(unit, writes, answer))
            called, self._called = self._called, True
        if not called:
            self._executor.submit(self._serve)
        return await answer

    async def close(self) -> None:
        """Finish what was sent before, and let go of the file; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        await self._loop.run_in_executor(self._executor, self._opened.close)
        self._executor.shutdown()

    # ── in the thread

    def _serve(self) -> None:
        """Work until nothing waits."""
        while first := self._next():
            served = self._write(first) if first.writes else self._read(first)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more, and the rest runs all the same
                self._loop.call_soon_threadsafe(_tell, served)

    def _next(self) -> Sent | None:
        with self._door:
            if not self._waiting:
                self._called = False
                return None
            return self._waiting.popleft()

    def _next_like(self, first: Sent) -> Sent | None:
        with self._door:
            is_like = bool(self._waiting) and self._waiting[0].writes == first.writes
            return self._waiting.popleft() if is_like else None

    def _read(self, sent: Sent) -> Sequence[Sent]:
        connection, path = self._opened.database.conn, self._opened.path
        with _failing([sent]), said_plainly(path), transaction(connection, sql.BEGIN_READ):
            sent.run(connection, path)
        return [sent]

    @contextmanager
    def _to_disk(self, first: Sent) -> Iterator[None]:
        """How far the next commit goes; SQLite takes no change of it inside a transaction."""
        if first.writes != self._synchronous:
            pragma = EVERY_COMMIT_ON_DISK if first.writes == "on disk" else COMMITS_NOTED
            self._opened.database.conn.execute(pragma)
            self._synchronous = first.writes
        yield

    def _write(self, first: Sent) -> Sequence[Sent]:
        together = [first]
        self._transact(together, like=first)
        full = [sent for sent in together if isinstance(sent.error, Full)]
        if full and reserve.give_up(self.path):
            self._gave_up = time.monotonic()
            log.error("disk.full", path=str(self.path), why=str(full[0].error))
            for sent in full:
                sent.error = None
            self._transact(full, like=None)
        self._remark(next((sent.error for sent in together if isinstance(sent.error, Blocked)), None))
        return together

    def _transact(self, together: list[Sent], *, like: Sent | None) -> None:
        """Run these units in one transaction; others like that one, which wait, join them while it goes on."""
        connection, begin = self._opened.database.conn, sql.BEGIN_WRITE
        with _failing(together), said_plainly(self.path), self._to_disk(together[0]), transaction(connection, begin):
            until = time.monotonic() + LONGEST_SECONDS
            for sent in together:  # grows meanwhile
                sent.run_between_marks(connection, self.path)
                if like is None or len(together) == MOST_TOGETHER or time.monotonic() >= until:
                    continue
                if (another := self._next_like(like)) is not None:
                    together.append(another)

    def _remark(self, error: Blocked | None) -> None:
        """Say once that nothing is taken, and once that it is taken again."""
        if error is not None and not self.trouble:
            log.error("store.blocked", why=str(error))
            self._opened.database.conn.execute(IMPATIENT)
        if error is None and self.trouble:
            log.info("store.resumed")
            self._opened.database.conn.execute(PATIENT)
        self.trouble = "" if error is None else str(error)


@contextmanager
def _failing(together: Sequence[Sent]) -> Iterator[None]:
    """What goes wrong with a transaction goes wrong with every unit in it."""
    try:
        yield
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the units were sent
        for sent in together:
            sent.error = sent.error or error


def _tell(served: Sequence[Sent]) -> None:
    for sent in served:
        sent.tell()
