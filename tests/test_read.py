"""Whatever kind of feed it is, its document is read as that kind; in this process, and in a child of the sandbox."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import ParseError
from bot.feeds.read import find, read
from bot.feeds.sandbox import Sandbox
from bot.model import Candidate, Feed, FeedFault, Fetched, Select
from tests.feed_server import Told, rss

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FEED = Feed(id="board", name="The Board", url="https://example.org/news", every=timedelta(hours=6))
PAGE = replace(FEED, kind="page", select=Select(item="li", title="b", date="i", summary="p"))
JSON = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "Signé"}]})
HTML = "<ul><li><b>Signé</b> <a href=/1>more</a> <i>12 March 2026</i><p>By all.</p></li></ul>"
WALL = "<title>Just a moment...</title><ul><li><a href=/1>Reload</a></li></ul>"


def fetched(body: str | bytes) -> Fetched:
    return Fetched(url=FEED.url, status=200, body=body if isinstance(body, bytes) else body.encode())


def titles(body: str | bytes, feed: Feed = FEED) -> list[str]:
    return [item.title for item in read(fetched(body), feed=feed, now=NOW).items]


def complaint(body: str | bytes, feed: Feed = FEED) -> tuple[str, FeedFault]:
    with pytest.raises(ParseError) as raised:
        read(fetched(body), feed=feed, now=NOW)
    return str(raised.value), raised.value.fault


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(size=1) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("body", "feed"),
    [
        (rss("News", [Told(title="Signé")]), FEED),
        (JSON, FEED),
        ("\ufeff \n" + JSON, FEED),
        (JSON.encode("utf-16"), FEED),
        (HTML, PAGE),
        (HTML.encode("latin-1"), PAGE),
    ],
    ids=["rss", "json", "json behind blanks", "json in UTF-16", "page", "page in Latin-1"],
)
def test_a_document_is_read_as_what_it_is(body: str | bytes, feed: Feed) -> None:
    assert titles(body, feed) == ["Signé"]


def test_other_json_is_no_feed() -> None:
    assert complaint('{"items": []}') == ("answered with JSON, not a feed", FeedFault.UNREADABLE)


def test_a_page_is_no_feed_where_no_selectors_are_given() -> None:
    assert complaint(f"<html>{HTML}") == ("answered with a page, not a feed (HTML)", FeedFault.PAGE)


def test_a_wall_is_no_page_even_where_the_selectors_find_something_on_it() -> None:
    expected = ("answered with a page that asks whether we are human", FeedFault.CHALLENGE)
    assert complaint(WALL, replace(PAGE, select=Select(item="li"))) == expected


def test_a_page_where_nothing_is_found_has_changed() -> None:
    told = 'holds nothing that the selector "li" finds; its layout may have changed'
    assert complaint("<p>Nothing here.", PAGE) == (told, FeedFault.CHANGED)


def test_no_feed_is_looked_for_on_a_wall() -> None:
    with pytest.raises(ParseError, match="asks whether we are human"):
        find(fetched(WALL))


@pytest.mark.parametrize(("body", "feed"), [(JSON, FEED), (HTML, PAGE)], ids=["json", "page"])
async def test_a_child_reads_the_same(sandbox: Sandbox, body: str, feed: Feed) -> None:
    document = await sandbox.parse(fetched(body), feed=feed, now=NOW)
    assert document == read(fetched(body), feed=feed, now=NOW)


async def test_a_child_tells_that_a_page_has_changed(sandbox: Sandbox) -> None:
    with pytest.raises(ParseError) as raised:
        await sandbox.parse(fetched("<p>x"), feed=PAGE, now=NOW)
    assert raised.value.fault is FeedFault.CHANGED


async def test_a_child_finds_where_feeds_may_be(sandbox: Sandbox) -> None:
    page = fetched('<link rel=alternate type="application/atom+xml" title="Actualités" href="/a">')
    found = await sandbox.find(page)
    assert found == find(page)
    assert found[0] == Candidate(
        url="https://example.org/a", title="Actualités", kind="atom", why="the page names it as its feed"
    )


async def test_a_child_that_finds_a_wall_says_so(sandbox: Sandbox) -> None:
    with pytest.raises(ParseError, match="asks whether we are human"):
        await sandbox.find(fetched(WALL))


async def test_a_page_whose_search_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    # Attributes beyond number keep the engine busy for minutes.
    slow = "<p " + " ".join(f"a{number}=x" for number in range(200_000)) + "><a href=/1>x</a>"
    async with Sandbox(size=1, limit=timedelta(seconds=2)) as sandbox:
        with pytest.raises(ParseError, match="took longer"):
            await sandbox.find(fetched(slow))
        assert [one.kind for one in await sandbox.find(fetched("<title>x</title>"))][-1] == "page"
