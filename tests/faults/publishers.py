"""Publishers on loopback, each on an address of its own, that send whatever bytes they are told to.

async with Publishers() as publishers:
    page = await publishers.add(lambda ask: Reply(answer(b"<rss/>")))
    ...                                    # ask page.url; page.asked holds what was asked, and when

Addresses count by themselves, so feeds on different ones are read side by side.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self

from tests.feed_server import Told, rss

_LONGEST_HEAD = 65536  # bytes of a request


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request."""

    path: str
    head: str  # all of it, as it came
    at: float  # time.time()
    number: int  # of this publisher's requests, from 0

    def header(self, name: str) -> str | None:
        """A header's value; None if it was not sent."""
        for row in self.head.split("\r\n")[1:]:
            told, _, value = row.partition(":")
            if told.lower() == name.lower():
                return value.strip()
        return None


@dataclass(frozen=True, slots=True)
class Reply:
    """Raw bytes, then the same bytes again and again, or nothing until the other side goes, or the end."""

    first: bytes
    loop: bytes = b""
    pause_s: float = 0
    close: bool = True


HANGS = Reply(b"", close=False)


def answer(body: bytes = b"", *, status: int = 200, **headers: str) -> bytes:
    """An HTTP answer; `Retry_After="5"` is the header Retry-After."""
    rows = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Connection: close"]
    rows += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if status != HTTPStatus.NOT_MODIFIED:
        rows.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*rows, "", ""]).encode() + body


def later(seconds: float) -> Reply:
    """Ask again after so many seconds."""
    return Reply(answer(status=503, Retry_After=f"{seconds:g}"))


@dataclass(slots=True)
class Publisher:
    """One address and what it was asked."""

    host: str
    port: int
    reply: Callable[[Ask], Reply]
    asked: list[Ask] = field(default_factory=list)
    answered: list[float] = field(
        default_factory=list
    )  # time.time() when each answer's first bytes were taken, or refused

    @property
    def url(self) -> str:
        """Where its feed is."""
        return f"http://{self.host}:{self.port}/feed"


class Publishers:
    """All of them; an async context manager. They share a port, so that a free one is looked for only once."""

    def __init__(self) -> None:
        self._port = 0
        self._hosts = _hosts()
        self._servers: list[asyncio.Server] = []
        self._over = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for server in self._servers:
            server.close()
        await asyncio.sleep(0)  # connections that wait for the end see it

    async def add(self, reply: Callable[[Ask], Reply], *, port: int | None = None) -> Publisher:
        """One more, on the next address; on the port that all have, or on one of its own."""
        publisher = Publisher(next(self._hosts), self._port if port is None else port, reply)
        serve = partial(self._serve, publisher)
        server = await asyncio.start_server(serve, publisher.host, publisher.port, limit=_LONGEST_HEAD)
        publisher.port = int(server.sockets[0].getsockname()[1])
        self._port = self._port or publisher.port
        self._servers.append(server)
        return publisher

    async def _serve(self, publisher: Publisher, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            ask = Ask(path=head.split(" ")[1], head=head, at=time.time(), number=len(publisher.asked))
            publisher.asked.append(ask)
            reply = publisher.reply(ask)
            writer.write(reply.first)
            try:
                await writer.drain()
            finally:  # also where the reader went before the end
                publisher.answered.append(time.time())
            await self._go_on(reply, reader, writer)
        writer.close()

    async def _go_on(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while reply.loop and not self._over.is_set():
            writer.write(reply.loop)
            await writer.drain()
            await asyncio.sleep(reply.pause_s)
        if not reply.loop and not reply.close:
            gone = asyncio.ensure_future(reader.read())
            over = asyncio.ensure_future(self._over.wait())
            await asyncio.wait([gone, over], return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            over.cancel()


def _hosts() -> Iterator[str]:
    for number in range(1 << 16):
        yield f"127.{80 + (number >> 12)}.{(number >> 6) & 63}.{(number & 63) + 1}"


@dataclass(slots=True)
class Growing:
    """A healthy feed: at each reading it has one more item, which is about nothing that anybody follows."""

    name: str
    items: list[Told] = field(default_factory=list)

    def __call__(self, ask: Ask) -> Reply:
        """The feed with its newest item first."""
        number = len(self.items)
        self.items.insert(0, Told(title=f"Gardening, part {number}", guid=f"{self.name}-{number}"))
        return Reply(answer(rss(self.name, self.items[:50]), Content_Type="application/rss+xml"))


@dataclass(slots=True)
class Turns:
    """Replies one after the other; the last stays."""

    replies: Iterable[Reply]

    def __call__(self, ask: Ask) -> Reply:
        """The one whose turn it is."""
        replies = list(self.replies)
        return replies[min(ask.number, len(replies) - 1)]
