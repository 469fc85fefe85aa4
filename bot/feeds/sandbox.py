"""Runs parse in child processes with a time and a memory limit.

A document of 1 MB can keep the parser busy for minutes, and a thread cannot be stopped; a process can. Children are
started when first needed and used again, since a start takes seconds. Parent and child talk over the child's standard
input and output in frames: four bytes of length (big-endian), then so many bytes. A question is two frames, JSON and
the document; an answer is one, JSON. A `?` is answered by a `?`. Never pickle: the child reads what strangers wrote.

A child ends with its standard input, so it does not outlive its parent.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import resource
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from bot.errors import ParseError
from bot.feeds.parse import parse
from bot.model import Feed, Fetched, Item, Rank

LIMIT = timedelta(seconds=5)  # for one document
_START = timedelta(seconds=60)  # for a child to come up; on a busy machine the imports alone take seconds
_CHILDREN = 2
_DOCUMENTS = 200  # then a child is replaced: whatever it lost of its memory comes back
_ROOM_BYTES = 256 * 1024 * 1024  # beyond what the imports take
_FILES = 32
_MOST_ANSWER = 64 * 1024 * 1024  # bytes; a body of 5 MiB gives no more than some 20
_PING = b"?"  # a question without a document; answered by itself
_NO_READER = "could not be read: no reader could be started"
_ROOT = Path(__file__).resolve().parents[2]  # where the package `bot` lies


class Sandbox:
    """Parses at arm's length; an async context manager."""

    def __init__(self, *, size: int = _CHILDREN, limit: timedelta = LIMIT) -> None:
        self._limit = limit
        self._turns = asyncio.Semaphore(size)
        self._idle: list[_Child] = []
        self._children: set[_Child] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def parse(self, fetched: Fetched, *, feed: Feed, now: datetime) -> list[Item]:
        """As feeds.parse.parse. ParseError also where the document takes too long or kills its reader.

        The limit holds for the parsing alone: not for waiting for a free child, nor for its start.
        """
        async with self._turns:
            child = await self._free_child()
            try:
                async with asyncio.timeout(self._limit.total_seconds()):
                    answer = await child.ask(_question(fetched, feed, now), fetched.body)
            except TimeoutError as error:
                sentence = f"took longer than {self._limit.total_seconds():g} s to read and was given up"
                raise ParseError(sentence) from error
            except (EOFError, OSError) as error:
                raise ParseError("could not be read: its reader died of it") from error
            finally:
                self._take_back(child)
        return _items(answer)

    async def close(self) -> None:
        """End all children; none is left when this returns."""
        for child in self._children:
            child.kill()
        for child in list(self._children):
            await child.ended()
        self._children.clear()
        self._idle.clear()

    async def _free_child(self) -> _Child:
        self._children = {child for child in self._children if not child.is_gone}
        while self._idle:
            child = self._idle.pop()
            if await child.is_there():
                return child
        try:
            child = await _Child.start(self._limit)
        except OSError as error:
            raise ParseError(_NO_READER) from error
        self._children.add(child)
        if not await child.is_there():
            raise ParseError(_NO_READER)
        return child

    def _take_back(self, child: _Child) -> None:
        """Also after a cancellation in the middle of an answer: such a child cannot be used again."""
        if child.is_fit:
            self._idle.append(child)
        else:
            child.kill()


class _Child:
    """One process that parses, as its parent sees it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._between = False  # nothing was asked that is not answered yet
        self._read = 0  # documents

    @classmethod
    async def start(cls, limit: timedelta) -> _Child:
        """A child that is coming up, with nothing of our environment: tokens stand there."""
        # A session of its own: Ctrl-C in the terminal is for the parent, which ends its children in order.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "bot.feeds.sandbox", str(math.ceil(limit.total_seconds()))),
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
        """Whether it is up and answers; if not, it is killed.

        A child may have been killed while it waited, by the system for want of memory: the next document shall not
        take the blame.
        """
        try:
            async with asyncio.timeout(_START.total_seconds()):
                return await self._exchange(_PING) == _PING
        except (TimeoutError, EOFError, OSError):
            return False
        finally:
            if not self._between:
                self.kill()

    async def ask(self, question: bytes, body: bytes) -> bytes:
        """Its answer. EOFError or OSError if it dies over it."""
        self._read += 1
        return await self._exchange(question, body)

    async def _exchange(self, *frames: bytes) -> bytes:
        self._between = False
        if self._process.stdin is None:
            raise EOFError
        for frame in frames:
            self._process.stdin.write(len(frame).to_bytes(4) + frame)
        await self._process.stdin.drain()
        answer = await self._receive()
        self._between = True
        return answer

    async def _receive(self) -> bytes:
        if self._process.stdout is None:
            raise EOFError
        length = int.from_bytes(await self._process.stdout.readexactly(4))
        if length > _MOST_ANSWER:
            raise EOFError
        return await self._process.stdout.readexactly(length)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if not self.is_gone:
            with suppress(ProcessLookupError):  # gone meanwhile
                self._process.kill()

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._process.wait()


# ── what goes over the pipe


def _question(fetched: Fetched, feed: Feed, now: datetime) -> bytes:
    return json.dumps(
        {
            "feed": {**asdict(feed), "every": feed.every.total_seconds()},
            "fetched": {"url": fetched.url, "status": fetched.status, "content_type": fetched.content_type},
            "now": now.isoformat(),
        }
    ).encode()


def _answer(question: bytes, body: bytes) -> bytes:
    asked = json.loads(question)
    every, rank = timedelta(seconds=asked["feed"].pop("every")), Rank(asked["feed"].pop("rank"))
    feed = Feed(**asked["feed"], every=every, rank=rank)
    fetched = Fetched(**asked["fetched"], body=body)
    try:
        items = parse(fetched, feed=feed, now=datetime.fromisoformat(asked["now"]))
        return json.dumps({"items": [asdict(item) for item in items]}, default=datetime.isoformat).encode()
    except ParseError as error:
        return json.dumps({"error": str(error)}).encode()
    except MemoryError:
        return json.dumps({"error": "takes more memory to read than a feed may"}).encode()


def _items(answer: bytes) -> list[Item]:
    told = json.loads(answer)
    if "error" in told:
        raise ParseError(told["error"])
    return [_item(row) for row in told["items"]]


def _item(row: dict[str, Any]) -> Item:
    published = row.pop("published")
    seen = datetime.fromisoformat(row.pop("seen"))
    return Item(**row, published=published and datetime.fromisoformat(published), seen=seen)


# ── the child


def main() -> None:
    """Answer questions until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a print in some library must not get between the frames
    _confine()
    # Without its parent nobody would stop it over a bad document.
    longest_seconds = int(sys.argv[1]) + 5
    while question := _read(source):
        if question == _PING:
            _send(sink, _PING)
            continue
        body = _read(source)
        signal.alarm(longest_seconds)
        _send(sink, _answer(question, body))
        signal.alarm(0)


def _confine() -> None:
    """No more memory and files than parsing takes, and no core dump of what strangers sent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    statm = Path("/proc/self/statm")
    if statm.exists():  # elsewhere than on Linux the limit on memory does not hold anyway
        room = int(statm.read_text().split()[0]) * resource.getpagesize() + _ROOM_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (room, room))


def _send(sink: BinaryIO, frame: bytes) -> None:
    sink.write(len(frame).to_bytes(4) + frame)
    sink.flush()


def _read(source: BinaryIO) -> bytes:
    """The next frame; empty at the end of the input."""
    return source.read(int.from_bytes(source.read(4)))


if __name__ == "__main__":
    main()
