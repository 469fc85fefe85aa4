"""The guard at work: what is fetched leads to no private address, and no parcel is unpacked without end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FetchError
from bot.feeds.fetch import Fetcher, FetchLimits
from bot.feeds.guard import Guard, parse_network
from tests.feed_server import FeedServer, Page
from tests.test_fetch import BRIEF, answer, failure


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


class Listener:
    """Counts who connects."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0

    def called(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A listener on one port of 127.0.0.1 and, where there is one, of ::1."""
    listener = Listener()
    four = await asyncio.start_server(listener.called, "127.0.0.1", 0)
    listener.port = four.sockets[0].getsockname()[1]
    try:
        six = await asyncio.start_server(listener.called, "::1", listener.port)
    except OSError:
        six = None
    try:
        yield listener
    finally:
        for server in (four, six):
            if server is not None:
                server.close()
                await server.wait_closed()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"])
async def test_nothing_private_is_connected_however_it_is_spelled(host: str) -> None:
    async with listening() as listener:
        error = await failure(f"http://{host}:{listener.port}/", guard=Guard())
    assert str(error).endswith("is private and not allowed (bot.allow_networks)")
    assert listener.connections == 0


async def test_an_allowed_server_cannot_send_us_to_a_private_one(server: FeedServer) -> None:
    only = Guard([parse_network(f"127.0.0.1/32:{server.port}")])
    async with listening() as listener:
        server.moves("/old", f"http://127.0.0.1:{listener.port}/")
        error = await failure(server.url("/old"), guard=only)
    assert str(error) == "the address 127.0.0.1 is private and not allowed (bot.allow_networks)"
    assert listener.connections == 0


def cases(shared: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((shared / "oracles" / name).read_text())
    return rows


# Names that only a server beyond this machine could look up.
FAR = ("example.com:", "http://a b/")


@pytest.mark.shared
@pytest.mark.parametrize("encoding", ["gzip", "br"])
async def test_a_gigabyte_in_a_small_parcel_is_not_unpacked(shared: Path, server: FeedServer, encoding: str) -> None:
    bomb = (shared / "oracles" / "bombs" / f"1GiB-zeros.{encoding}").read_bytes()
    server.page("/rss.xml", Page(body=bomb, headers={"Content-Encoding": encoding}))
    assert str(await failure(server.url("/rss.xml"), limits=FetchLimits())) == "sent more than 5 MiB"


@pytest.mark.shared
async def test_no_spelling_of_this_machine_is_connected(shared: Path) -> None:
    async with listening() as listener, Fetcher(Guard(), limits=BRIEF) as fetcher:
        urls = [
            case["url"].replace("{port}", str(listener.port))
            for case in cases(shared, "ssrf/urls.json")
            if "url" in case
        ]
        near = [url for url in urls if not url.startswith(tuple(f"http://{name}" for name in FAR))]
        answers = await asyncio.gather(*(answer(fetcher, url) for url in near), return_exceptions=True)
    assert [url for url, answer in zip(near, answers, strict=True) if not isinstance(answer, FetchError)] == []
    assert len(near) > 80
    assert listener.connections == 0


@pytest.mark.shared
async def test_no_redirect_leads_to_this_machine(shared: Path, server: FeedServer) -> None:
    only = Guard([parse_network(f"127.0.0.1/32:{server.port}")])
    rows = [case for case in cases(shared, "ssrf/urls.json") if "location" in case]
    async with listening() as listener, Fetcher(only, limits=BRIEF) as fetcher:
        for number, case in enumerate(rows):
            location = case["location"].replace("{port}", str(listener.port))
            server.moves(f"/{number}", location, case["redirect_from_public"])
        server.moves("/loop", "/loop")
        answers = await asyncio.gather(
            *(answer(fetcher, server.url(f"/{number}")) for number in range(len(rows))),
            return_exceptions=True,
        )
    assert len(rows) == 45
    assert all(isinstance(answer, FetchError) for answer in answers)
    assert listener.connections == 0
