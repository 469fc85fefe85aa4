"""One polite, conditional, bounded GET; the only file that knows the HTTP client.

Polite: it says who asks, sends back the validators it was given, and takes one answer at a time from a host. Bounded:
in time, in bytes after decoding, in moves from address to address. The guard is asked where the socket is made, so
names, literal addresses and redirects all pass it, each time anew; a resolver would never see a literal.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import aiohttp
from yarl import URL

from bot.errors import FetchError
from bot.feeds.guard import Guard
from bot.model import Feed, FeedState, Fetched

LONGEST_RETRY_AFTER = timedelta(days=7)
_MOVED = frozenset({301, 302, 303, 307, 308})
# What we ask for. Anything else, and one on top of another, would come back undecoded and look like a broken feed.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate", "br"})
_HEADERS = {
    "Accept": "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
}
# A validator is sent back as it came: printable, and no longer than any honest one.
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,1024}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much one fetch may take, and how many go on at once."""

    total: timedelta = timedelta(seconds=30)  # from the first connection to the last byte, moves included
    connect: timedelta = timedelta(seconds=10)
    silence: timedelta = timedelta(seconds=10)  # between two pieces of an answer
    body_bytes: int = 5 * 1024 * 1024  # after decoding
    moves: int = 5
    at_once: int = 16


# What the client and the system raise, in our words; the most specific first.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ConnectionTimeoutError, "could not be connected within {connect:g} s"),
    (aiohttp.SocketTimeoutError, "fell silent for {silence:g} s"),
    (TimeoutError, "did not answer within {total:g} s"),
    (aiohttp.ClientConnectorCertificateError, "has a certificate that cannot be trusted"),
    (aiohttp.ClientConnectorDNSError, "its server's name could not be looked up"),
    (aiohttp.ClientSSLError, "could not be connected securely"),
    (aiohttp.ClientConnectorError, "could not be connected ({reason})"),
    (aiohttp.ClientPayloadError, "sent an answer that is damaged or breaks off"),
    (aiohttp.ClientResponseError, "answered in a way that is not HTTP"),
    (ValueError, "has an address that cannot be read"),  # aiohttp.InvalidURL is one too
    (Exception, "closed the connection before it had answered"),
)


class Fetcher:
    """Fetches feeds over one pool of connections; an async context manager."""

    def __init__(self, guard: Guard, *, contact: str | None = None, limits: FetchLimits | None = None) -> None:
        self._guard = guard
        self._limits = limits or FetchLimits()
        self._agent = f"treatywatch/{version('treatywatch')}" + (f" (+{contact})" if contact else "")
        self._slots = asyncio.Semaphore(self._limits.at_once)
        self._hosts: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._limits.at_once, ttl_dns_cache=300, socket_factory=_guarded(self._guard)
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={**_HEADERS, "User-Agent": self._agent},
            trust_env=False,  # a proxy would hide the address from the guard
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, feed: Feed, state: FeedState) -> Fetched:
        """What the publisher answers: status 200 with the body, or 304 without.

        Raises FetchError for everything else; its text is one sentence without its subject, "answered 503 Service
        Unavailable". Waiting for a turn does not count as the publisher's time.
        """
        url, left = _address(feed.url), self._limits.total
        conditions = _conditions(state)
        for _ in range(self._limits.moves + 1):
            async with self._turn(url.host or ""):
                started = asyncio.get_running_loop().time()
                answer = await self._ask(url, conditions, left)
                left -= timedelta(seconds=asyncio.get_running_loop().time() - started)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise FetchError(f"moved more than {self._limits.moves} times")

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        # The host first: many feeds of one host must not hold the places that others could use.
        lock = self._hosts.setdefault(host, asyncio.Lock())
        async with lock, self._slots:
            yield

    async def _ask(self, url: URL, conditions: Mapping[str, str], left: timedelta) -> Fetched | URL:
        """One request: an answer that can be used, or the address it points to."""
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        timeout = aiohttp.ClientTimeout(
            total=max(left.total_seconds(), 0.001),
            sock_connect=self._limits.connect.total_seconds(),
            sock_read=self._limits.silence.total_seconds(),
        )
        try:
            async with self._session.get(url, headers=conditions, timeout=timeout, allow_redirects=False) as response:
                if response.status in _MOVED:
                    return _moved(url, response)
                _judge(response, conditions)
                body = b"" if response.status == HTTPStatus.NOT_MODIFIED else await self._body(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchError(_sentence(error, self._limits)) from error
        return _fetched(url, response, body)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        # Never read() at once: a gzip of 1 MB may hold 1 GB.
        body = bytearray()
        async for piece in response.content.iter_chunked(65536):
            body += piece
            if len(body) > self._limits.body_bytes:
                raise FetchError(f"sent more than {self._limits.body_bytes / 2**20:g} MiB")
        return bytes(body)


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
        return socket.socket(family, kind, protocol)

    return make


def _address(text: str, base: URL | None = None) -> URL:
    """The address, absolute; FetchError if it is none of the web."""
    try:
        url = base.join(URL(text)) if base else URL(text)
    except ValueError as error:
        raise FetchError("has an address that cannot be read") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError("has an address that is not http or https")
    return url


def _moved(url: URL, response: aiohttp.ClientResponse) -> URL:
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchError(f"{_answered(response.status)} without saying where", status=response.status)
    try:
        return _address(location, base=url)
    except FetchError as error:
        raise FetchError("moved to an address that is not http or https", status=response.status) from error


def _conditions(state: FeedState) -> dict[str, str]:
    """The headers of a conditional request (RFC 9110, section 13.1); none if nothing is known."""
    headers = {"If-None-Match": _validator(state.etag), "If-Modified-Since": _validator(state.modified)}
    return {name: value for name, value in headers.items() if value is not None}


def _validator(value: str | None) -> str | None:
    return value if value is not None and _VALIDATOR.fullmatch(value) else None


def _judge(response: aiohttp.ClientResponse, conditions: Mapping[str, str]) -> None:
    """FetchError unless the answer is one to our question that we can decode."""
    status = response.status
    if status == HTTPStatus.NOT_MODIFIED and not conditions:
        raise FetchError(f"{_answered(status)} though we have nothing of it", status=status)
    if status not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        raise FetchError(_answered(status), status=status, retry_after=_retry_after(response))
    encoding = ", ".join(response.headers.getall("Content-Encoding", [])).strip().lower()
    if encoding not in _ENCODINGS:
        raise FetchError("sent its answer in an encoding we did not ask for", status=status)


def _fetched(url: URL, response: aiohttp.ClientResponse, body: bytes) -> Fetched:
    content_type = response.headers.get("Content-Type")
    return Fetched(
        url=str(url.with_user(None).with_fragment(None)),  # a password must not get into the links made from it
        status=response.status,
        body=body,
        content_type=content_type[:200] if content_type else None,
        etag=_validator(response.headers.get("ETag")),
        modified=_validator(response.headers.get("Last-Modified")),
        retry_after=_retry_after(response),
    )


def _retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    """Seconds or a date (RFC 9110, section 10.2.3), at most a week; None if absent, unreadable or past."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=int(value[:9]))
    else:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(wait, LONGEST_RETRY_AFTER) if wait > timedelta(0) else None


def _answered(status: int) -> str:
    """With our own words for the status: the server's may say anything."""
    try:
        return f"answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"answered {status}"


def _sentence(error: Exception, limits: FetchLimits) -> str:
    """What went wrong, for a reader who is no programmer."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, _RefusedError):
        return error.os_error.why
    words = next(words for kind, words in _WORDS if isinstance(error, kind))
    return words.format(
        connect=limits.connect.total_seconds(),
        silence=limits.silence.total_seconds(),
        total=limits.total.total_seconds(),
        reason=_reason(error),
    )


def _reason(error: Exception) -> str:
    number = error.os_error.errno if isinstance(error, aiohttp.ClientConnectorError) else None
    return os.strerror(number) if number else "no address answered"
