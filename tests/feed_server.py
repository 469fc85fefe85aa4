"""A publisher on loopback, as good or as bad as a test wants it, and a maker of RSS documents.

async with FeedServer() as server:
    page = server.feed("/rss.xml", [Told(title="Signed", link="https://example.org/1")])
    ...                                 # ask server.url("/rss.xml")
    assert len(page.asked) == 1
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Literal, Self
from xml.sax.saxutils import escape

import brotli  # type: ignore[import-untyped]  # ships no types
from aiohttp import web

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One item as a publisher writes it; what is None is left out of the document."""

    title: str | None = None
    link: str | None = None
    guid: str | None = None
    summary: str | None = None  # HTML, into description
    content: str | None = None  # HTML, into content:encoded
    published: datetime | None = None


def rss(title: str, items: Iterable[Told], *, language: str = "en") -> bytes:
    """An RSS 2.0 document in UTF-8, as WordPress makes them."""
    rows = "\n".join(_rss_item(item) for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>\n'
        f"<title>{escape(title)}</title><link>https://example.org/</link><language>{language}</language>\n"
        f"{rows}\n</channel></rss>\n"
    ).encode()


def _rss_item(item: Told) -> str:
    parts = {
        "title": item.title,
        "link": item.link,
        "description": item.summary,
        "content:encoded": item.content,
        "pubDate": format_datetime(item.published.astimezone(UTC), usegmt=True) if item.published else None,
    }
    rows = [f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text is not None]
    if item.guid is not None:
        rows.append(f'<guid isPermaLink="false">{escape(item.guid)}</guid>')
    return f"<item>{''.join(rows)}</item>"


@dataclass(kw_only=True)
class Page:
    """What stands at one path; a test may change it between two readings."""

    body: bytes = b""
    next: list[bytes] = field(default_factory=list)  # of the requests to come, before `body` for good
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""  # gzip, deflate, br: the body is sent so; anything else is only said
    conditional: bool = False  # with an ETag, and 304 for who has it
    modified: str | None = None  # Last-Modified, and 304 for who has it
    fault: Literal["", "hangs", "stalls", "cut"] = ""  # no answer · half of it, then silence · half, then the end
    asked: list[Mapping[str, str]] = field(default_factory=list)  # the headers of each request, in order

    @property
    def etag(self) -> str:
        """A validator of the body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


class FeedServer:
    """Serves pages on one address of loopback; an async context manager."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self.port, self.host = port, host
        self.pages: dict[str, Page] = {}
        self.most_at_once = 0  # requests that were under way together
        self._under_way = 0
        self._closing, self._asked = asyncio.Event(), asyncio.Event()
        app = web.Application()
        app.router.add_route("GET", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    def url(self, path: str, host: str | None = None) -> str:
        """The address of a path."""
        return f"http://{host or self.host}:{self.port}{path}"

    def page(self, path: str, page: Page) -> Page:
        """Put a page there; a page that stood there before hands on what it was asked."""
        if path in self.pages:
            page.asked = self.pages[path].asked
        self.pages[path] = page
        return page

    def feed(self, path: str, items: Iterable[Told], *, title: str = "A publisher") -> Page:
        """Put a well-behaved feed there, or its next state."""
        body = rss(title, items)
        return self.page(
            path,
            Page(body=body, conditional=True, headers={"Content-Type": "application/rss+xml; charset=utf-8"}),
        )

    async def asked_again(self, path: str) -> None:
        """Return once that path is asked once more."""
        before = len(self.pages[path].asked)
        async with asyncio.timeout(30):
            while len(self.pages[path].asked) == before:
                self._asked.clear()
                await self._asked.wait()

    def moves(self, path: str, to: str, status: int = 301) -> Page:
        """Let a path point elsewhere."""
        return self.page(path, Page(status=status, headers={"Location": to}))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=404)
        page.asked.append(dict(request.headers))
        self._asked.set()
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            for _ in range(50):  # turns of the loop, so that others can come in if they may
                await asyncio.sleep(0)
            return await self._send(request, page)
        finally:
            self._under_way -= 1

    async def _send(self, request: web.Request, page: Page) -> web.StreamResponse:
        if page.fault == "hangs":
            await self._closing.wait()
        headers = dict(page.headers)
        if page.conditional:
            headers["ETag"] = page.etag
        if page.modified:
            headers["Last-Modified"] = page.modified
        if _is_known(request, page):
            return web.Response(status=304, headers=headers)
        body = page.next.pop(0) if page.next else page.body
        if page.encoding:
            headers["Content-Encoding"] = page.encoding
            body = ENCODERS.get(page.encoding, bytes)(body)
        if page.fault not in ("stalls", "cut"):
            return web.Response(status=page.status, headers=headers, body=body)
        return await self._send_half(request, web.StreamResponse(status=page.status, headers=headers), body, page)

    async def _send_half(
        self, request: web.Request, response: web.StreamResponse, body: bytes, page: Page
    ) -> web.StreamResponse:
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if page.fault == "stalls":
            await self._closing.wait()
        if request.transport:
            request.transport.close()
        return response


def _is_known(request: web.Request, page: Page) -> bool:
    if page.conditional and request.headers.get("If-None-Match") == page.etag:
        return True
    return page.modified is not None and request.headers.get("If-Modified-Since") == page.modified
