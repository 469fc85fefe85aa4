"""The same on either kind of event loop: they make sockets, errors and pieces of an answer in ways of their own."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import FetchError
from bot.feeds.fetch import Fetcher, FetchLimits
from bot.feeds.guard import Guard, parse_network
from bot.model import FeedFault
from tests.feed_server import FeedServer, Page
from tests.test_fetch import LOOPBACK, answer, failure
from tests.test_fetch_faults import UNTRUSTED, speaking
from tests.test_fetch_guard import listening

Run = Callable[[Coroutine[object, object, None]], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a story on that kind of loop."""
    loops = asyncio if request.param == "asyncio" else pytest.importorskip("uvloop")

    def run_there(story: Coroutine[object, object, None]) -> None:
        with asyncio.Runner(loop_factory=loops.new_event_loop) as runner:
            runner.run(story)

    return run_there


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"])
def test_nothing_private_is_connected(run: Run, host: str) -> None:
    async def story() -> None:
        async with listening() as listener:
            error = await failure(f"http://{host}:{listener.port}/", guard=Guard())
        assert str(error).endswith("is private and not allowed (bot.allow_networks)")
        assert error.fault == FeedFault.REFUSED
        assert listener.connections == 0

    run(story())


def test_a_redirect_to_a_private_address_is_not_followed(run: Run) -> None:
    async def story() -> None:
        async with listening() as listener, FeedServer() as server:
            only = Guard([parse_network(f"127.0.0.1/32:{server.port}")])
            server.moves("/old", f"http://127.0.0.1:{listener.port}/")
            error = await failure(server.url("/old"), guard=only)
        assert (error.fault, listener.connections) == (FeedFault.REFUSED, 0)

    run(story())


def test_a_refused_connection_is_told_with_its_reason(run: Run) -> None:
    async def story() -> None:
        async with FeedServer() as gone:
            address = gone.url("/rss.xml")
        error = await failure(address)
        assert (str(error), error.fault) == ("could not be connected (Connection refused)", FeedFault.UNREACHABLE)

    run(story())


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(run: Run) -> None:
    async def story() -> None:
        trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trust.load_cert_chain(UNTRUSTED)
        async with speaking(b"HTTP/1.1 200 OK\r\n\r\n<rss/>", trust=trust) as place:
            error = await failure(f"https://{place}")
        assert (str(error), error.fault) == ("has a certificate that cannot be trusted", FeedFault.UNTRUSTED)

    run(story())


def test_plain_http_on_a_secure_address_is_not_trusted(run: Run) -> None:
    async def story() -> None:
        async with FeedServer() as server:
            error = await failure(server.url("/rss.xml").replace("http:", "https:"))
        assert (str(error), error.fault) == ("could not be connected securely", FeedFault.UNTRUSTED)

    run(story())


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        pytest.param(Page(fault="hangs"), FeedFault.SLOW, id="no answer"),
        pytest.param(Page(body=b"x" * 1000, fault="stalls"), FeedFault.SLOW, id="silence in the middle"),
        pytest.param(Page(body=b"x" * 1000, fault="cut"), FeedFault.DAMAGED, id="end in the middle"),
        pytest.param(Page(body=bytes(2**21), encoding="br"), FeedFault.LARGE, id="too much once it is unpacked"),
    ],
)
def test_a_bad_answer_has_the_same_name(run: Run, page: Page, fault: FeedFault) -> None:
    async def story() -> None:
        async with FeedServer() as server:
            server.page("/rss.xml", page)
            assert (await failure(server.url("/rss.xml"))).fault == fault

    run(story())


def test_a_large_answer_comes_whole(run: Run) -> None:
    async def story() -> None:
        body = bytes(range(256)) * 2**14
        async with FeedServer() as server, Fetcher(LOOPBACK) as fetcher:
            server.page("/rss.xml", Page(body=body, encoding="gzip"))
            assert (await answer(fetcher, server.url("/rss.xml"))).body == body

    run(story())


# ── a server that says whatever it likes

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
def test_no_server_is_too_bad_to_be_named(run: Run, shared: Path, name: str) -> None:
    cases = json.loads((shared / "oracles" / "http-wire" / "cases.json").read_text())
    assert {case["name"] for case in cases} == set(WIRE)
    (case,) = (case for case in cases if case["name"] == name)
    limits = FetchLimits(total=timedelta(seconds=0.6), silence=timedelta(seconds=0.3))

    async def story() -> None:
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(saying(case))
            fetcher = await stack.enter_async_context(Fetcher(LOOPBACK, limits=limits))
            try:
                fault = None
                await answer(fetcher, url)
            except FetchError as error:
                fault = error.fault
            assert fault == WIRE[name]

    run(story())
