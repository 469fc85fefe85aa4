"""One polite, conditional, bounded GET, against a publisher on loopback."""

from __future__ import annotations

import asyncio
import base64
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version

import pytest

from bot.errors import FetchError
from bot.feeds.fetch import Fetcher, FetchLimits
from bot.feeds.guard import Guard, parse_network
from bot.model import Feed, FeedState, Fetched
from tests.feed_server import FeedServer, Page, Told

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
LOOPBACK = Guard([parse_network("127.0.0.0/8"), parse_network("::1/128")])
BRIEF = FetchLimits(
    total=timedelta(seconds=0.6), connect=timedelta(seconds=0.4), silence=timedelta(seconds=0.3), body_bytes=2**20
)


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
    url: str, state: FeedState | None = None, *, guard: Guard = LOOPBACK, limits: FetchLimits = BRIEF
) -> Fetched:
    async with Fetcher(guard, contact="https://example.org/treatywatch", limits=limits) as fetcher:
        return await answer(fetcher, url, state)


async def failure(url: str, *, guard: Guard = LOOPBACK, limits: FetchLimits = BRIEF) -> FetchError:
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


async def test_cookies_are_not_kept(server: FeedServer) -> None:
    page = server.page("/rss.xml", Page(headers={"Set-Cookie": "who=me"}))
    async with Fetcher(LOOPBACK, limits=BRIEF) as fetcher:
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


# ── what does not come


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (403, "answered 403 Forbidden"),
        (404, "answered 404 Not Found"),
        (410, "answered 410 Gone"),
        (503, "answered 503 Service Unavailable"),
        (204, "answered 204 No Content"),
        (599, "answered 599"),
    ],
)
async def test_another_status_is_a_failure_told_in_our_own_words(
    server: FeedServer, status: int, sentence: str
) -> None:
    server.page("/rss.xml", Page(status=status))
    error = await failure(server.url("/rss.xml"))
    assert (str(error), error.status) == (sentence, status)


async def test_not_modified_without_a_condition_is_a_failure(server: FeedServer) -> None:
    server.page("/rss.xml", Page(status=304))
    assert str(await failure(server.url("/rss.xml"))) == "answered 304 Not Modified though we have nothing of it"


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        pytest.param(Page(fault="hangs"), "fell silent for 0.3 s", id="no answer"),
        pytest.param(Page(body=b"x" * 1000, fault="stalls"), "fell silent for 0.3 s", id="silence in the middle"),
        pytest.param(
            Page(body=b"x" * 1000, fault="cut"), "sent an answer that is damaged or breaks off", id="end in the middle"
        ),
        pytest.param(Page(body=b"x" * (2**20 + 1)), "sent more than 1 MiB", id="too much"),
        pytest.param(
            Page(body=bytes(2**24), encoding="gzip"), "sent more than 1 MiB", id="too much once it is unpacked"
        ),
        pytest.param(
            Page(body=b"plain", headers={"Content-Encoding": "gzip"}),
            "sent an answer that is damaged or breaks off",
            id="not packed as it says",
        ),
        pytest.param(
            Page(body=b"x", encoding="compress"),
            "sent its answer in an encoding we did not ask for",
            id="unknown encoding",
        ),
        pytest.param(
            Page(body=gzip.compress(b"x"), encoding="gzip, gzip"),
            "sent its answer in an encoding we did not ask for",
            id="stacked encodings",
        ),
    ],
)
async def test_a_bad_answer_is_a_failure_in_one_plain_sentence(server: FeedServer, page: Page, sentence: str) -> None:
    server.page("/rss.xml", page)
    assert str(await failure(server.url("/rss.xml"))) == sentence


async def test_a_whole_fetch_has_a_limit_of_its_own(server: FeedServer) -> None:
    server.page("/rss.xml", Page(fault="hangs"))
    limits = FetchLimits(total=timedelta(seconds=0.1))
    assert str(await failure(server.url("/rss.xml"), limits=limits)) == "did not answer within 0.1 s"


async def test_a_port_where_nobody_listens_is_a_failure() -> None:
    async with FeedServer() as gone:
        address = gone.url("/rss.xml")
    assert str(await failure(address)) == "could not be connected (Connection refused)"


async def test_plain_http_on_a_secure_address_is_a_failure(server: FeedServer) -> None:
    address = server.url("/rss.xml").replace("http:", "https:")
    assert str(await failure(address)) == "could not be connected securely"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "/etc/passwd", "http://", ""])
async def test_only_addresses_of_the_web_are_fetched(url: str) -> None:
    assert str(await failure(url)) == "has an address that is not http or https"


# ── moves


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_move_is_followed_and_the_last_address_told(server: FeedServer, status: int) -> None:
    server.moves("/old", "/new.xml", status)
    server.feed("/new.xml", [])
    assert (await fetched(server.url("/old"))).url == server.url("/new.xml")


async def test_five_moves_are_followed(server: FeedServer) -> None:
    for number in range(5):
        server.moves(f"/{number}", f"/{number + 1}")
    server.feed("/5", [])
    assert (await fetched(server.url("/0"))).status == 200


async def test_more_than_five_moves_are_not(server: FeedServer) -> None:
    page = server.moves("/loop", "/loop")
    assert str(await failure(server.url("/loop"))) == "moved more than 5 times"
    assert len(page.asked) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "javascript:alert(1)", "http://["])
async def test_a_move_out_of_the_web_is_not_followed(server: FeedServer, location: str) -> None:
    server.moves("/old", location)
    assert str(await failure(server.url("/old"))) == "moved to an address that is not http or https"


async def test_a_move_to_nowhere_is_a_failure(server: FeedServer) -> None:
    server.page("/old", Page(status=302))
    assert str(await failure(server.url("/old"))) == "answered 302 Found without saying where"


# ── Retry-After


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999999", WEEK),
        ("9" * 5000, WEEK),
        ("Fri, 31 Dec 9999 23:59:59 GMT", WEEK),
        ("-1", None),
        ("0", None),
        ("soon", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", None),
    ],
)
async def test_how_long_to_wait_is_heard_and_clamped_to_a_week(
    server: FeedServer, value: str, wait: timedelta | None
) -> None:
    server.page("/rss.xml", Page(status=429, headers={"Retry-After": value}))
    assert (await failure(server.url("/rss.xml"))).wait == wait


async def test_how_long_to_wait_is_heard_with_a_good_answer_too(server: FeedServer) -> None:
    server.page("/rss.xml", Page(headers={"Retry-After": "3600"}))
    assert (await fetched(server.url("/rss.xml"))).wait == timedelta(hours=1)


async def test_a_date_to_wait_for_counts_from_now(server: FeedServer) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    server.page("/rss.xml", Page(status=503, headers={"Retry-After": date}))
    wait = (await failure(server.url("/rss.xml"))).wait
    assert wait is not None
    assert timedelta(minutes=119) < wait <= timedelta(hours=2)


# ── how many at once


async def all_at_once(urls: list[str], limits: FetchLimits) -> None:
    async with Fetcher(LOOPBACK, limits=limits) as fetcher, asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(answer(fetcher, url), name=url)


async def test_a_host_is_asked_one_thing_at_a_time(server: FeedServer) -> None:
    server.feed("/rss.xml", [])
    await all_at_once([server.url("/rss.xml")] * 5, FetchLimits())
    assert (len(server.pages["/rss.xml"].asked), server.most_at_once) == (5, 1)


@pytest.mark.parametrize("at_once", [1, 2])
async def test_hosts_are_asked_together_up_to_a_limit(server: FeedServer, at_once: int) -> None:
    server.feed("/rss.xml", [])
    urls = [server.url("/rss.xml"), server.url("/rss.xml", host="localhost")]
    await all_at_once(urls, FetchLimits(at_once=at_once))
    assert server.most_at_once == at_once


async def test_waiting_for_a_turn_is_not_the_publishers_time(server: FeedServer) -> None:
    server.page("/rss.xml", Page(fault="hangs"))
    limits = FetchLimits(total=timedelta(seconds=0.2), silence=timedelta(seconds=0.2))
    async with Fetcher(LOOPBACK, limits=limits) as fetcher:
        errors = await asyncio.gather(
            *(answer(fetcher, server.url("/rss.xml")) for _ in range(3)), return_exceptions=True
        )
    assert len(server.pages["/rss.xml"].asked) == 3
    assert all(isinstance(error, FetchError) for error in errors)
