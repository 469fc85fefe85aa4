"""One polite, conditional, bounded GET; the only file of the feeds that knows the HTTP client.

Polite: it says who asks, sends back the validators it was given, and asks a publisher one thing at a time. Bounded: in
time, in bytes after decoding, in bytes held at once, in moves from address to address. The guard is asked where the
socket is made, so names, literal addresses and redirects all pass it, each time anew; a resolver would never see a
literal.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bot.errors import FetchError
from bot.feeds import answers, pages
from bot.feeds.answers import Head, Step
from bot.feeds.guard import Guard
from bot.feeds.moves import address_of
from bot.feeds.owner import owner_of
from bot.feeds.turns import Hold, Turns
from bot.model import Feed, FeedFault, FeedKind, FeedState, Fetched

_FEEDS = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json"
_ACCEPT: Mapping[FeedKind, str] = {
    "feed": f"{_FEEDS}, application/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
    "treaty-status": "application/xml, text/xml, */*;q=0.5",
}
# Bytes that the client may hold of an answer before we have taken them: twice this, and one read of the socket.
_BUFFER = 32 * 1024
# Bytes that the system may hold besides. A server that sends without end is so taken in small pieces, and others get
# their turn between them: with the system's own choice, a flood of "100 Continue" stopped the whole loop for 2 s and
# took 144 MiB. From a server 250 ms away, 5 MiB still come within 30 s.
_RECEIVED = 48 * 1024
# Of an answer that cannot be used, so much is read to tell a wall from a plain refusal.
_GLANCE = pages.LOOKED_AT


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much one fetch may take, and how many go on at once."""

    total: timedelta = timedelta(seconds=30)  # from the first connection to the last byte, moves included
    connect: timedelta = timedelta(seconds=10)
    silence: timedelta = timedelta(seconds=10)  # between two pieces of an answer
    body_bytes: int = 5 * 1024 * 1024  # after decoding
    moves: int = 5
    at_once: int = 256  # some hundred that never answer leave room for the others
    small_bytes: int = 128 * 1024  # a body beyond this needs one of the large places
    large_at_once: int = 4


# What the client and the system raise, in our words; the most specific first.
_WORDS: tuple[tuple[type[Exception], FeedFault, str], ...] = (
    (aiohttp.ConnectionTimeoutError, FeedFault.UNREACHABLE, "could not be connected within {connect:g} s"),
    (aiohttp.SocketTimeoutError, FeedFault.SLOW, "fell silent for {silence:g} s"),
    (TimeoutError, FeedFault.SLOW, "did not answer within {total:g} s"),
    (
        aiohttp.ClientConnectorCertificateError,
        FeedFault.UNTRUSTED,
        "has a certificate that cannot be trusted",
    ),
    (aiohttp.ClientConnectorDNSError, FeedFault.UNREACHABLE, "its server's name could not be looked up"),
    (aiohttp.ClientSSLError, FeedFault.UNTRUSTED, "could not be connected securely"),
    (aiohttp.ClientConnectorError, FeedFault.UNREACHABLE, "could not be connected{reason}"),
    (aiohttp.ClientPayloadError, FeedFault.DAMAGED, "sent an answer that is damaged or breaks off"),
    (aiohttp.ClientResponseError, FeedFault.DAMAGED, "answered in a way that is not HTTP"),
    # aiohttp.InvalidURL is one too.
    (ValueError, FeedFault.UNREACHABLE, "has an address that cannot be read"),
    (Exception, FeedFault.UNREACHABLE, "closed the connection before it had answered"),
)


@dataclass(slots=True)
class _Visit:
    """One feed being asked: where we are, what is held, which way it sent us, how much of its time is left."""

    url: URL
    start: str  # the first address
    accept: str
    conditions: Mapping[str, str]
    hold: Hold
    left: float  # seconds
    steps: list[Step] = field(default_factory=list)


class Fetcher:
    """Fetches feeds; an async context manager."""

    def __init__(self, guard: Guard, *, contact: str | None = None, limits: FetchLimits | None = None) -> None:
        self._guard = guard
        self._limits = limits = limits or FetchLimits()
        self._agent = f"treatywatch/{version('treatywatch')}" + (f" (+{contact})" if contact else "")
        self._turns = Turns(at_once=limits.at_once, large_at_once=limits.large_at_once)
        self._timeout = aiohttp.ClientTimeout(
            total=None,  # counted here: it stands still while we wait for ourselves
            sock_connect=limits.connect.total_seconds(),
            sock_read=limits.silence.total_seconds(),
        )
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # the places are the limit
                # The next question to a host is minutes away. Kept connections would be a thousand open files, and a
                # server could go on sending into them.
                force_close=True,
                ttl_dns_cache=300,
                socket_factory=_guarded(self._guard),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "gzip, deflate, br", "User-Agent": self._agent},
            timeout=self._timeout,
            read_bufsize=_BUFFER,
            trust_env=False,  # a proxy would hide the address from the guard
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def open(self, feed: Feed, state: FeedState) -> AsyncIterator[Fetched]:
        """What the publisher answers: status 200 with the body, or 304 without; to be used inside `async with`.

        Its bytes count against what is held at once until the block ends, so nothing else is opened inside. Raises
        FetchError, on entering, for every other answer; its text is one sentence without its subject, "answered 503
        Service Unavailable". Waiting for a turn or a place does not count as the publisher's time.
        """
        with self._turns.hold() as hold:
            url = _address(address_of(feed, state))
            yield await self._follow(
                _Visit(
                    url=url,
                    start=str(url),
                    accept=_ACCEPT[feed.kind],
                    conditions=_conditions(state),
                    hold=hold,
                    left=self._limits.total.total_seconds(),
                )
            )

    async def _follow(self, visit: _Visit) -> Fetched:
        """The answer at the end of all moves."""
        while True:
            # The owner first: many feeds of one must not hold the places that others could use.
            async with self._turns.of(owner_of(str(visit.url))):
                await visit.hold.place()
                fetched = await self._ask(visit)
            if fetched is not None:
                return fetched
            visit.hold.give_back()
            if len(visit.steps) > self._limits.moves:
                raise FetchError(
                    f"moved more than {self._limits.moves} times",
                    fault=FeedFault.REDIRECT,
                    status=visit.steps[-1].status,
                )

    async def _ask(self, visit: _Visit) -> Fetched | None:
        """One request: an answer that can be used, or None where it points elsewhere."""
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        head = None
        time = asyncio.timeout(visit.left)
        headers = {"Accept": visit.accept, **visit.conditions}
        asking = self._session.get(visit.url, headers=headers, allow_redirects=False)
        try:
            async with time, asking as response:
                head = Head.of(response.status, response.headers.items())
                return await self._judge(visit, head, response, time)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _translated(error, head, self._limits) from error
        finally:
            visit.left = _left(time)

    async def _judge(
        self, visit: _Visit, head: Head, response: aiohttp.ClientResponse, time: asyncio.Timeout
    ) -> Fetched | None:
        if head.status in answers.MOVED:
            _move(visit, head)
            return None
        if head.status == HTTPStatus.NOT_MODIFIED and visit.conditions:
            return _fetched(visit, head, b"")
        if head.status != HTTPStatus.OK:
            raise _refusal(
                head, walled=answers.is_wall(head) or pages.is_wall(await self._glance(head, response, time))
            )
        if answers.is_wall(head):
            raise _refusal(head, walled=True)
        if not answers.is_decodable(head):
            raise _failure(head, FeedFault.ENCODING, "sent its answer in an encoding we did not ask for")
        return _fetched(visit, head, await self._body(visit.hold, head, response, time))

    async def _body(self, hold: Hold, head: Head, response: aiohttp.ClientResponse, time: asyncio.Timeout) -> bytes:
        # Never read() at once: a gzip of 1 MB may hold 1 GB.
        limits, body = self._limits, bytearray()
        try:
            if (response.content_length or 0) > limits.body_bytes:
                raise _too_large(head, limits)
            async for piece in response.content.iter_chunked(_BUFFER):
                body += piece
                if len(body) > limits.body_bytes:
                    raise _too_large(head, limits)
                if len(body) > limits.small_bytes and not hold.is_large:
                    await _grow(hold, time)
            return bytes(body)
        finally:
            body.clear()  # an error keeps this frame, and with it what no place is held for any more

    async def _glance(self, head: Head, response: aiohttp.ClientResponse, time: asyncio.Timeout) -> str:
        """The beginning of a body that we cannot use, as far as it comes in time; that it does not is no news."""
        left, beginning = _left(time), bytearray()
        time.reschedule(None)
        with suppress(aiohttp.ClientError, OSError):
            async with asyncio.timeout(min(left, self._limits.silence.total_seconds())):
                while answers.is_decodable(head) and len(beginning) < _GLANCE:
                    piece = await response.content.read(_BUFFER)
                    if not piece:
                        break
                    beginning += piece
        return beginning.decode("utf-8", "replace")


class _RefusedError(OSError):
    """The guard's word at the moment of connecting.

    All have the same text: where each address of a name is refused, the client then raises the first as it is.
    """

    def __init__(self, why: str) -> None:
        super().__init__("refused by the guard")
        self.why = why


def _guarded(guard: Guard) -> aiohttp.SocketFactoryType:
    """Sockets only for addresses that the guard lets pass."""

    def make(info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        if why := guard.refusal(str(address[0]), int(address[1])):
            raise _RefusedError(why)
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED)
        return made

    return make


async def _grow(hold: Hold, time: asyncio.Timeout) -> None:
    """A large place; while we wait for one, the publisher's time stands still.

    The client's own limit on silence does so too: it stops reading once its buffer is full, and its clock with it.
    """
    left = _left(time)
    time.reschedule(None)
    await hold.large_place()
    time.reschedule(asyncio.get_running_loop().time() + left)


def _left(time: asyncio.Timeout) -> float:
    """Seconds until it is up; 0 if it no longer counts."""
    when = time.when()
    return 0 if when is None else max(when - asyncio.get_running_loop().time(), 0)


@lru_cache(maxsize=16_384)
def _address(text: str) -> URL:
    """The address a feed is asked at; FetchError if it is none of the web."""
    try:
        return _of_the_web(URL(text)).with_fragment(None)
    except ValueError as error:
        raise FetchError("has an address that is not http or https", fault=FeedFault.REFUSED) from error


def _of_the_web(url: URL) -> URL:
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(url)
    return url


def _move(visit: _Visit, head: Head) -> None:
    """Turn to where the answer points."""
    location = head.get("location")
    if not location:
        what = f"{answers.status_words(head.status)} without saying where"
        raise _failure(head, FeedFault.REDIRECT, what)
    try:
        visit.url = _of_the_web(visit.url.join(URL(location))).with_fragment(None)
    except ValueError as error:
        raise _failure(head, FeedFault.REDIRECT, "moved to an address that is not http or https") from error
    visit.steps.append(Step(head.status, str(visit.url)))


def _conditions(state: FeedState) -> dict[str, str]:
    """The headers of a conditional request (RFC 9110, section 13.1); none if we do not know the bytes they are of."""
    if state.body_hash is None:
        return {}
    headers = {
        "If-None-Match": answers.validator(state.etag),
        "If-Modified-Since": answers.validator(state.modified),
    }
    return {name: value for name, value in headers.items() if value is not None}


def _fetched(visit: _Visit, head: Head, body: bytes) -> Fetched:
    # Without name and password: they must not get into the links that are made from it.
    return Fetched(
        url=str(visit.url.with_user(None) if visit.url.raw_user is not None else visit.url),
        status=head.status,
        body=body,
        content_type=head.get("content-type")[:200] or None,
        etag=answers.validator(head.get("etag")),
        modified=answers.validator(head.get("last-modified")),
        wait=answers.wait_of(head, datetime.now(UTC)),
        moved=answers.lasting_move(visit.start, visit.steps),
    )


# ── what went wrong


def _failure(head: Head, fault: FeedFault, what: str) -> FetchError:
    """The error of an answer that came and cannot be used."""
    return FetchError(what, fault=fault, status=head.status, wait=answers.wait_of(head, datetime.now(UTC)))


def _refusal(head: Head, *, walled: bool) -> FetchError:
    words = answers.status_words(head.status)
    if walled:
        return _failure(head, FeedFault.CHALLENGE, f"{words}, with a page that asks whether we are human")
    if head.status == HTTPStatus.NOT_MODIFIED:
        words += " though we have nothing of it"
    return _failure(head, FeedFault.GONE if head.status == HTTPStatus.GONE else FeedFault.STATUS, words)


def _too_large(head: Head, limits: FetchLimits) -> FetchError:
    return _failure(head, FeedFault.LARGE, f"sent more than {limits.body_bytes / 2**20:g} MiB")


def _translated(error: Exception, head: Head | None, limits: FetchLimits) -> FetchError:
    """What the client and the system say, for a reader who is no programmer."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, _RefusedError):
        return FetchError(error.os_error.why, fault=FeedFault.REFUSED)
    fault, words = next((fault, words) for kind, fault, words in _WORDS if isinstance(error, kind))
    what = words.format(
        connect=limits.connect.total_seconds(),
        silence=limits.silence.total_seconds(),
        total=limits.total.total_seconds(),
        reason=_reason(error),
    )
    return _failure(head, fault, what) if head else FetchError(what, fault=fault)


def _reason(error: Exception) -> str:
    number = error.os_error.errno if isinstance(error, aiohttp.ClientConnectorError) else None
    return f" ({os.strerror(number)})" if number else ""
