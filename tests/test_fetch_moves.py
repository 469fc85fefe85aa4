"""Following a feed to where it has moved, and telling whether it has moved for good."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.feeds.answers import Step, lasting_move
from bot.model import FeedFault
from tests.feed_server import FeedServer, Page
from tests.test_fetch import failure, fetched


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


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
    error = await failure(server.url("/loop"))
    assert (str(error), error.fault, error.status) == ("moved more than 5 times", FeedFault.REDIRECT, 301)
    assert len(page.asked) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1/", "javascript:alert(1)", "http://["])
async def test_a_move_out_of_the_web_is_not_followed(server: FeedServer, location: str) -> None:
    server.moves("/old", location)
    error = await failure(server.url("/old"))
    assert (str(error), error.fault) == ("moved to an address that is not http or https", FeedFault.REDIRECT)


async def test_a_move_to_nowhere_is_a_failure(server: FeedServer) -> None:
    server.page("/old", Page(status=302))
    error = await failure(server.url("/old"))
    assert (str(error), error.fault, error.status) == (
        "answered 302 Found without saying where",
        FeedFault.REDIRECT,
        302,
    )


async def test_a_feed_that_is_where_it_was_has_not_moved(server: FeedServer) -> None:
    server.feed("/rss.xml", [])
    assert (await fetched(server.url("/rss.xml"))).moved is None


async def test_where_a_feed_is_for_good_is_told_with_its_answer(server: FeedServer) -> None:
    server.moves("/first", "/second", 301)
    server.moves("/second", "/third#top", 308)
    server.moves("/third", "/today.xml", 302)
    server.feed("/today.xml", [])
    answer = await fetched(server.url("/first"))
    assert (answer.moved, answer.url) == (server.url("/third"), server.url("/today.xml"))


@pytest.mark.parametrize(
    ("start", "steps", "place"),
    [
        pytest.param("http://a/", [], None, id="no move"),
        pytest.param("http://a/", [(301, "http://b/")], "http://b/", id="one for good"),
        pytest.param("http://a/", [(308, "https://a/")], "https://a/", id="to https"),
        pytest.param("http://a/", [(301, "http://b/"), (308, "http://c/")], "http://c/", id="two for good"),
        pytest.param(
            "http://a/", [(301, "http://b/"), (301, "http://c/"), (302, "http://d/")], "http://c/", id="then for now"
        ),
        pytest.param("http://a/", [(302, "http://b/")], None, id="for now"),
        pytest.param("http://a/", [(303, "http://b/")], None, id="see other"),
        pytest.param("http://a/", [(307, "http://b/"), (301, "http://c/")], None, id="for now first"),
        pytest.param("https://a/", [(301, "http://a/")], None, id="from https to http"),
        pytest.param(
            "https://a/", [(301, "http://b/"), (301, "https://c/")], None, id="from https to http, and back again"
        ),
        pytest.param(
            "https://a/", [(301, "https://b/"), (302, "http://c/")], "https://b/", id="http only after it, for now"
        ),
        pytest.param("http://a/", [(301, "http://b/"), (301, "http://a/")], None, id="back to the start"),
        pytest.param("http://me:word@a/", [(301, "http://me:word@a/b")], None, id="with a password"),
        pytest.param("http://a/", [(301, "http://me:word@b/")], None, id="to a password"),
    ],
)
def test_only_moves_for_good_at_the_beginning_of_the_way_last(
    start: str, steps: list[tuple[int, str]], place: str | None
) -> None:
    assert lasting_move(start, [Step(*step) for step in steps]) == place
