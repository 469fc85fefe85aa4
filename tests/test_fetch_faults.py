"""What does not come, and by which name it is kept."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.feeds.fetch import FetchLimits
from bot.model import FeedFault
from tests.feed_server import FeedServer, Page
from tests.test_fetch import BRIEF, PATIENT, failure

UNTRUSTED = Path(__file__).parent / "data" / "untrusted.pem"


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


@asynccontextmanager
async def speaking(answer: bytes, *, trust: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server that says just this, and its address."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=trust)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}/rss.xml"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (403, "answered 403 Forbidden"),
        (404, "answered 404 Not Found"),
        (503, "answered 503 Service Unavailable"),
        (204, "answered 204 No Content"),
        (300, "answered 300 Multiple Choices"),
        (599, "answered 599"),
    ],
)
async def test_another_status_is_a_failure_told_in_our_own_words(
    server: FeedServer, status: int, sentence: str
) -> None:
    server.page("/rss.xml", Page(status=status))
    error = await failure(server.url("/rss.xml"))
    assert (str(error), error.fault, error.status) == (sentence, FeedFault.STATUS, status)


async def test_a_feed_that_was_taken_away_is_gone(server: FeedServer) -> None:
    server.page("/rss.xml", Page(status=410))
    error = await failure(server.url("/rss.xml"))
    assert (str(error), error.fault, error.status) == ("answered 410 Gone", FeedFault.GONE, 410)


async def test_not_modified_without_a_condition_is_a_failure(server: FeedServer) -> None:
    server.page("/rss.xml", Page(status=304))
    error = await failure(server.url("/rss.xml"))
    assert (str(error), error.fault) == (
        "answered 304 Not Modified though we have nothing of it",
        FeedFault.STATUS,
    )


async def test_how_long_to_wait_is_told_with_a_failure(server: FeedServer) -> None:
    server.page("/rss.xml", Page(status=429, headers={"Retry-After": "120"}))
    assert (await failure(server.url("/rss.xml"))).wait == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("page", "fault", "sentence"),
    [
        pytest.param(
            Page(body=b"x" * 1000, fault="stalls"), FeedFault.SLOW, "fell silent for 1 s", id="silence in the middle"
        ),
        pytest.param(
            Page(body=b"x" * 1000, fault="cut"),
            FeedFault.DAMAGED,
            "sent an answer that is damaged or breaks off",
            id="end in the middle",
        ),
        pytest.param(Page(body=b"x" * (2**20 + 1)), FeedFault.LARGE, "sent more than 1 MiB", id="too much"),
        pytest.param(
            Page(body=bytes(2**21), encoding="gzip"),
            FeedFault.LARGE,
            "sent more than 1 MiB",
            id="too much once it is unpacked",
        ),
        pytest.param(
            Page(body=b"plain", headers={"Content-Encoding": "gzip"}),
            FeedFault.DAMAGED,
            "sent an answer that is damaged or breaks off",
            id="not packed as it says",
        ),
        pytest.param(
            Page(body=b"x", encoding="compress"),
            FeedFault.ENCODING,
            "sent its answer in an encoding we did not ask for",
            id="unknown encoding",
        ),
        pytest.param(
            Page(body=gzip.compress(b"x"), encoding="gzip, gzip"),
            FeedFault.ENCODING,
            "sent its answer in an encoding we did not ask for",
            id="stacked encodings",
        ),
    ],
)
async def test_a_bad_answer_is_a_failure_in_one_plain_sentence(
    server: FeedServer, page: Page, fault: FeedFault, sentence: str
) -> None:
    page.headers = {**page.headers, "Retry-After": "60"}
    server.page("/rss.xml", page)
    error = await failure(server.url("/rss.xml"), limits=BRIEF if fault == FeedFault.SLOW else PATIENT)
    assert (str(error), error.fault, error.status) == (sentence, fault, 200)
    assert error.wait == timedelta(minutes=1)


async def test_no_answer_is_a_failure_without_a_status(server: FeedServer) -> None:
    server.page("/rss.xml", Page(fault="hangs"))
    error = await failure(server.url("/rss.xml"), limits=BRIEF)
    assert (str(error), error.fault, error.status) == ("fell silent for 1 s", FeedFault.SLOW, None)


async def test_a_whole_fetch_has_a_limit_of_its_own(server: FeedServer) -> None:
    server.page("/rss.xml", Page(fault="hangs"))
    error = await failure(server.url("/rss.xml"), limits=FetchLimits(total=timedelta(seconds=0.1)))
    assert (str(error), error.fault) == ("did not answer within 0.1 s", FeedFault.SLOW)


@pytest.mark.parametrize(
    ("answer", "fault", "sentence"),
    [
        pytest.param(b"", FeedFault.UNREACHABLE, "closed the connection before it had answered", id="no byte"),
        pytest.param(b"<rss/>", FeedFault.DAMAGED, "answered in a way that is not HTTP", id="no HTTP"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n",
            FeedFault.DAMAGED,
            "answered in a way that is not HTTP",
            id="no length of a chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<rss\r\nffffffffffffffffffff\r\n",
            FeedFault.DAMAGED,
            "answered in a way that is not HTTP",
            id="an absurd length of a chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<rss\r\n",
            FeedFault.DAMAGED,
            "sent an answer that is damaged or breaks off",
            id="no last chunk",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n<rss",
            FeedFault.LARGE,
            "sent more than 1 MiB",
            id="a length that is too much",
        ),
    ],
)
async def test_an_answer_that_is_hardly_http_is_a_failure(answer: bytes, fault: FeedFault, sentence: str) -> None:
    async with speaking(answer) as place:
        error = await failure(f"http://{place}")
    assert (str(error), error.fault) == (sentence, fault)


async def test_a_port_where_nobody_listens_is_a_failure() -> None:
    async with FeedServer() as gone:
        address = gone.url("/rss.xml")
    error = await failure(address)
    assert (str(error), error.fault) == ("could not be connected (Connection refused)", FeedFault.UNREACHABLE)


async def test_plain_http_on_a_secure_address_is_a_failure(server: FeedServer) -> None:
    error = await failure(server.url("/rss.xml").replace("http:", "https:"))
    assert (str(error), error.fault) == ("could not be connected securely", FeedFault.UNTRUSTED)


async def test_a_certificate_that_nobody_vouches_for_is_a_failure() -> None:
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(UNTRUSTED)
    async with speaking(b"HTTP/1.1 200 OK\r\n\r\n<rss/>", trust=trust) as place:
        error = await failure(f"https://{place}")
    assert (str(error), error.fault) == ("has a certificate that cannot be trusted", FeedFault.UNTRUSTED)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "/etc/passwd", "http://", "http://[", ""])
async def test_only_addresses_of_the_web_are_fetched(url: str) -> None:
    error = await failure(url)
    assert (str(error), error.fault) == ("has an address that is not http or https", FeedFault.REFUSED)
