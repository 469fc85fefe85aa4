"""Servers that say whatever they like: each gets a name, and none keeps us."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import FetchError
from bot.feeds.fetch import Fetcher, FetchLimits
from bot.model import FeedFault
from tests.test_fetch import LOOPBACK, answer

WIRE = {
    "endless_body": FeedFault.LARGE,
    "endless_chunked": FeedFault.LARGE,
    "one_byte_chunks": FeedFault.SLOW,
    "chunk_ext": FeedFault.SLOW,
    "header_line_endless": FeedFault.DAMAGED,
    "headers_endless": FeedFault.DAMAGED,
    "1xx_flood": FeedFault.SLOW,
    "drip_body": FeedFault.SLOW,
    "drip_header": FeedFault.SLOW,
    "never_answers": FeedFault.SLOW,
    "close_at_once": FeedFault.UNREACHABLE,
    "redirect_loop": FeedFault.REDIRECT,
    "redirect_huge_location": FeedFault.DAMAGED,
    "redirect_no_location": FeedFault.REDIRECT,
    "status_garbage": FeedFault.DAMAGED,
    "neg_length": FeedFault.DAMAGED,
    "two_lengths": FeedFault.DAMAGED,
    "short_body": FeedFault.DAMAGED,
    "lying_gzip": FeedFault.DAMAGED,
    "double_gzip": FeedFault.ENCODING,
    "http09": FeedFault.DAMAGED,
    "nul_header": FeedFault.DAMAGED,
    "etag_100k": FeedFault.DAMAGED,
    "etag_crlf": FeedFault.DAMAGED,
    "304_without_request": FeedFault.STATUS,
    "200_empty": None,
    "retry_after_huge": FeedFault.STATUS,
    "retry_after_neg": FeedFault.STATUS,
    "retry_after_date": FeedFault.STATUS,
    "cache_control_huge": None,
    "410": FeedFault.GONE,
}


@asynccontextmanager
async def saying(case: dict[str, str]) -> AsyncIterator[str]:
    """A server as bad as the case tells, and its address."""
    first, loop = base64.b64decode(case["first_b64"]), base64.b64decode(case["loop_b64"])
    over = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(first)
            await writer.drain()
            while loop and not writer.is_closing() and not over.is_set():
                writer.write(loop)
                await writer.drain()
                await asyncio.wait([waiting], timeout=float(case["loop_pause_s"]))
            if not case["close_after_first"]:
                await over.wait()
        except (OSError, asyncio.IncompleteReadError):
            pass  # it was left
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    waiting = asyncio.ensure_future(over.wait())
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        over.set()
        await waiting


@pytest.mark.shared
@pytest.mark.parametrize("name", WIRE)
async def test_no_server_is_too_bad_to_be_named(shared: Path, name: str) -> None:
    cases = json.loads((shared / "oracles" / "http-wire" / "cases.json").read_text())
    assert {case["name"] for case in cases} == set(WIRE)
    (case,) = (case for case in cases if case["name"] == name)
    slow = FetchLimits(total=timedelta(seconds=0.6), silence=timedelta(seconds=0.3))
    limits = slow if WIRE[name] == FeedFault.SLOW else FetchLimits()
    async with saying(case) as url, Fetcher(LOOPBACK, limits=limits) as fetcher:
        try:
            fault = None
            await answer(fetcher, url)
        except FetchError as error:
            fault = error.fault
    assert fault == WIRE[name]
