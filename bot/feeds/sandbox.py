"""Runs feeds.read in child processes with a time and a memory limit.

A document of 1 MB can keep the parser busy for minutes, and a thread cannot be stopped; a process can. Children are
started when first needed and used again, since a start takes seconds. What a child does stands in feeds.reader, what
is said to it in feeds.wire; this is the side of the parent, who kills what takes too long.
"""

from __future__ import annotations

import asyncio
import math
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import ParseError
from bot.feeds.queue import Queue
from bot.feeds.wire import LENGTH, PING, document_in, frame, places_in, record_in, to_find, to_read
from bot.model import Candidate, Document, Feed, FeedFault, Fetched, Record

LIMIT = timedelta(seconds=5)  # for one document
_START = timedelta(seconds=60)  # for a child to come up; on a busy machine the imports alone take seconds
_CHILDREN = 2
_RESERVED = 1  # besides, for feeds that could be read the last time; started when they would have to wait
_DOCUMENTS = 200  # then a child is replaced: whatever it lost of its memory comes back
_MOST_ANSWER = 64 * 1024 * 1024  # bytes; a body of 5 MiB gives no more than some 20
_ROOT = Path(__file__).resolve().parents[2]  # where the package `bot` lies


class Sandbox:
    """Parses at arm's length; an async context manager."""

    def __init__(self, *, size: int = _CHILDREN, limit: timedelta = LIMIT) -> None:
        self._limit = limit
        self._queue = Queue(common=size, reserved=_RESERVED)
        self._idle: list[_Child] = []
        self._children: set[_Child] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def parse(self, fetched: Fetched, *, feed: Feed, now: datetime, is_known: bool = False) -> Document:
        """As feeds.read.read. ParseError with the fault KILLED where the document takes too long or kills its reader.

        `is_known`: the feed could be read the last time, and goes before others. The limit holds for the reading alone:
        not for waiting for a free child, nor for its start.
        """
        answer = await self._answer(to_read(fetched, feed, now), fetched, is_known=is_known)
        return document_in(answer, feed=feed, now=now)

    async def record(self, fetched: Fetched, *, feed: Feed, now: datetime, is_known: bool = False) -> Record:
        """As feeds.treaty.read_record, within the same limits; of a feed of that kind."""
        return record_in(await self._answer(to_read(fetched, feed, now), fetched, is_known=is_known))

    async def find(self, fetched: Fetched) -> list[Candidate]:
        """As feeds.read.find, within the same limits."""
        return places_in(await self._answer(to_find(fetched), fetched, is_known=False))

    async def _answer(self, asked: bytes, fetched: Fetched, *, is_known: bool) -> bytes:
        async with self._queue.place(is_known=is_known, length=len(fetched.body)):
            try:
                return await self._ask_any(asked, fetched.body)
            except _NoReaderError as error:
                raise _killed(fetched, "could not be read: no reader could be started") from error
            except TimeoutError as error:  # an OSError too
                sentence = f"took longer than {self._limit.total_seconds():g} s to read and was given up"
                raise _killed(fetched, sentence) from error
            except (EOFError, OSError) as error:
                raise _killed(fetched, "could not be read: its reader died of it") from error

    async def close(self) -> None:
        """End all children; none is left when this returns."""
        for child in self._children:
            child.kill()
        for child in list(self._children):
            await child.ended()
        self._children.clear()
        self._idle.clear()

    async def _ask_any(self, asked: bytes, body: bytes) -> bytes:
        """The answer of a child that waits, else of a new one."""
        self._children = {child for child in self._children if not child.is_gone}
        while self._idle:
            child = self._idle.pop()
            if child.is_gone:
                continue
            try:
                return await self._ask(child, asked, body)
            except TimeoutError:
                raise
            except (EOFError, OSError):
                # It may have been killed while it waited, by the system for want of memory, or have given up its
                # place: the document shall not take the blame, and is asked of a new child.
                break
        return await self._ask(await self._new_child(), asked, body)

    async def _ask(self, child: _Child, asked: bytes, body: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._limit.total_seconds()):
                return await child.ask(asked, body)
        finally:
            self._take_back(child)

    async def _new_child(self) -> _Child:
        try:
            child = await _Child.start(self._limit)
        except OSError as error:
            raise _NoReaderError from error
        self._children.add(child)
        if not await child.is_there():
            raise _NoReaderError
        return child

    def _take_back(self, child: _Child) -> None:
        """Also after a cancellation in the middle of an answer: such a child cannot be used again."""
        if child.is_fit:
            self._idle.append(child)
        else:
            child.kill()


class _NoReaderError(Exception):
    """A child could not be started, or did not come up."""


class _Child:
    """One process that parses, as its parent sees it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._between = False  # nothing was asked that is not answered yet
        self._hung_up = False  # its end of the pipes is closed: it has ended, or is about to
        self._read = 0  # documents

    @classmethod
    async def start(cls, limit: timedelta) -> _Child:
        """A child that is coming up, with nothing of our environment: tokens stand there."""
        # A session of its own: Ctrl-C in the terminal is for the parent, which ends its children in order.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "bot.feeds.reader", str(math.ceil(limit.total_seconds()))),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
            start_new_session=True,
        )
        return cls(process)

    @property
    def is_gone(self) -> bool:
        """Whether it has ended, and the system has told us."""
        return self._process.returncode is not None

    @property
    def is_fit(self) -> bool:
        """Whether it can be asked again."""
        return self._between and self._read < _DOCUMENTS and not self.is_gone

    async def is_there(self) -> bool:
        """Whether it is up and answers; if not, it is killed."""
        try:
            async with asyncio.timeout(_START.total_seconds()):
                return await self._exchange(PING) == PING
        except (TimeoutError, EOFError, OSError):
            return False
        finally:
            if not self._between:
                self.kill()

    async def ask(self, asked: bytes, body: bytes) -> bytes:
        """Its answer. EOFError or OSError if it dies over it."""
        self._read += 1
        return await self._exchange(asked, body)

    async def _exchange(self, *contents: bytes) -> bytes:
        if self._process.stdin is None:
            raise EOFError
        self._between = False
        try:
            self._process.stdin.writelines(map(frame, contents))
            await self._process.stdin.drain()
            answer = await self._receive()
        except (EOFError, OSError):
            self._hung_up = True
            raise
        self._between = True
        return answer

    async def _receive(self) -> bytes:
        if self._process.stdout is None:
            raise EOFError
        length = int.from_bytes(await self._process.stdout.readexactly(LENGTH))
        if length > _MOST_ANSWER:
            self.kill()
            raise EOFError
        return await self._process.stdout.readexactly(length)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        # Not one that has hung up: the signal would take the news of its end from the loop, which would then wonder.
        if not (self.is_gone or self._hung_up):
            with suppress(ProcessLookupError):  # gone meanwhile
                self._process.kill()

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._process.wait()


def _killed(fetched: Fetched, sentence: str) -> ParseError:
    return ParseError(sentence, fault=FeedFault.KILLED, status=fetched.status)
