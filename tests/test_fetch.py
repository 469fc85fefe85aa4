"""One polite, conditional, bounded GET, against a publisher on loopback."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest

from bot.errors import FetchError
from bot.feeds.fetch import Fetcher, FetchLimits
from bot.feeds.guard import Guard, parse_network
from bot.model import Feed, FeedKind, FeedState, Fetched, Move
from tests.feed_server import FeedServer, Page, Told

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LOOPBACK = Guard([parse_network("127.0.0.0/8"), parse_network("::1/128")])
# Whoever answers may take long: the machine may be busy.
PATIENT = FetchLimits(
    total=timedelta(seconds=60), connect=timedelta(seconds=60), silence=timedelta(seconds=60), body_bytes=2**20
)
BRIEF = replace(PATIENT, silence=timedelta(seconds=1))  # with who falls silent


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


def a_feed(url: str) -> Feed:
    return Feed(id="a-feed", name="A feed", url=url, every=timedelta(hours=1))


def known(etag: str | None = None, modified: str | None = None, *, body_hash: str | None = "a-hash") -> FeedState:
    return FeedState(feed="a-feed", due=NOW, etag=etag, modified=modified, body_hash=body_hash)


async def answer(fetcher: Fetcher, url: str, state: FeedState | None = None) -> Fetched:
    async with fetcher.open(a_feed(url), state or known()) as fetched:
        return fetched


async def fetched(
    url: str, state: FeedState | None = None, *, guard: Guard = LOOPBACK, limits: FetchLimits = PATIENT
) -> Fetched:
    async with Fetcher(guard, contact="https://example.org/treatywatch", limits=limits) as fetcher:
        return await answer(fetcher, url, state)


async def failure(url: str, *, guard: Guard = LOOPBACK, limits: FetchLimits = PATIENT) -> FetchError:
    with pytest.raises(FetchError) as raised:
        await fetched(url, guard=guard, limits=limits)
    return raised.value


# ── what comes


async def test_a_feed_comes_with_its_bytes_type_and_validators(server: FeedServer) -> None:
    page = server.feed("/rss.xml", [Told(title="Signed")])
    page.modified = "Sat, 21 Nov 2026 08:00:00 GMT"
    assert await fetched(server.url("/rss.xml")) == Fetched(
        url=server.url("/rss.xml"),
        status=200,
        body=page.body,
        content_type="application/rss+xml; charset=utf-8",
        etag=page.etag,
        modified="Sat, 21 Nov 2026 08:00:00 GMT",
    )


async def test_a_feed_that_did_not_change_is_not_sent_again(server: FeedServer) -> None:
    page = server.feed("/rss.xml", [Told(title="Signed")])
    answer = await fetched(server.url("/rss.xml"), known(etag=page.etag))
    assert (answer.status, answer.body) == (304, b"")


async def test_the_date_of_the_last_change_is_asked_for_as_it_was_sent(server: FeedServer) -> None:
    page = server.page("/rss.xml", Page(body=b"<rss/>", modified="21 November, 8 o'clock"))
    answer = await fetched(server.url("/rss.xml"), known(modified="21 November, 8 o'clock"))
    assert answer.status == 304
    assert "If-None-Match" not in page.asked[0]


@pytest.mark.parametrize("etag", ['"' + "a" * 1024 + '"', '"a\r\nX-Injected: 1"', '"\ud800"', ""])
async def test_a_validator_that_no_honest_server_gave_is_not_sent_back(server: FeedServer, etag: str) -> None:
    page = server.feed("/rss.xml", [])
    await fetched(server.url("/rss.xml"), known(etag=etag))
    assert "If-None-Match" not in page.asked[0]


async def test_an_overlong_validator_is_not_kept(server: FeedServer) -> None:
    server.page("/rss.xml", Page(headers={"ETag": '"' + "a" * 1024 + '"'}))
    assert (await fetched(server.url("/rss.xml"))).etag is None


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", ""])
async def test_a_body_is_decoded(server: FeedServer, encoding: str) -> None:
    server.page("/rss.xml", Page(body=b"<rss/>" * 100, encoding=encoding))
    assert (await fetched(server.url("/rss.xml"))).body == b"<rss/>" * 100


async def test_the_publisher_is_told_who_asks(server: FeedServer) -> None:
    page = server.feed("/rss.xml", [])
    await fetched(server.url("/rss.xml"))
    agent = f"treatywatch/{version('treatywatch')} (+https://example.org/treatywatch)"
    assert page.asked[0]["User-Agent"] == agent
    assert page.asked[0]["Accept-Encoding"] == "gzip, deflate, br"


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("feed", "application/rss+xml"), ("page", "text/html"), ("treaty-status", "application/xml")],
)
async def test_the_publisher_is_told_what_is_wanted(server: FeedServer, kind: FeedKind, wanted: str) -> None:
    page = server.page("/news", Page())
    async with Fetcher(LOOPBACK) as fetcher, fetcher.open(replace(a_feed(server.url("/news")), kind=kind), known()):
        assert page.asked[0]["Accept"].split(",")[0] == wanted


async def test_nothing_is_conditional_while_the_bytes_are_not_known(server: FeedServer) -> None:
    page = server.feed("/rss.xml", [])
    assert (await fetched(server.url("/rss.xml"), known(etag=page.etag, body_hash=None))).status == 200
    assert "If-None-Match" not in page.asked[0]


async def test_a_feed_that_has_moved_for_good_is_asked_at_its_new_address(server: FeedServer) -> None:
    server.feed("/new.xml", [])
    state = replace(known(), move=Move(url=server.url("/new.xml"), days=3, last=NOW.date()))
    assert (await fetched(server.url("/old.xml"), state)).url == server.url("/new.xml")


async def test_how_long_to_wait_is_told_with_an_answer(server: FeedServer) -> None:
    page = server.feed("/rss.xml", [])
    page.headers = {"Cache-Control": "max-age=3600"}
    assert (await fetched(server.url("/rss.xml"))).wait == timedelta(hours=1)
    unchanged = await fetched(server.url("/rss.xml"), known(etag=page.etag))
    assert (unchanged.status, unchanged.wait) == (304, timedelta(hours=1))


async def test_cookies_are_not_kept(server: FeedServer) -> None:
    page = server.page("/rss.xml", Page(headers={"Set-Cookie": "who=me"}))
    async with Fetcher(LOOPBACK, limits=PATIENT) as fetcher:
        for _ in range(2):
            await answer(fetcher, server.url("/rss.xml"))
    assert "Cookie" not in page.asked[1]


async def test_a_proxy_in_the_environment_is_not_used(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server.feed("/rss.xml", [])
    assert (await fetched(server.url("/rss.xml"))).status == 200


async def test_a_password_in_the_address_is_used_and_not_handed_on(server: FeedServer) -> None:
    page = server.feed("/rss.xml", [])
    address = server.url("/rss.xml").replace("http://", "http://reader:secret@")
    assert (await fetched(address)).url == server.url("/rss.xml")
    assert page.asked[0]["Authorization"] == "Basic " + base64.b64encode(b"reader:secret").decode()
