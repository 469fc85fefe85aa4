"""What is at an address: feeds find, and what selectors catch, as a person or a script meets them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.feed_server import FeedServer, Page, Told
from tests.test_cli import Bot, Said, bot
from tests.test_pipeline_pages import AUSTRIA, GARDEN, KENYA, json_feed, page
from tests.world import topics, vienna

__all__ = ["bot"]  # the fixture

SIGNED = Told(title="Signed", link="https://a.example/1", guid="1", published=vienna("2026-11-20 10:00"))
OLDER = Told(title="Drafted", link="https://a.example/0", guid="0", published=vienna("2026-10-20 10:00"))
FRONT = b"""<html lang="en"><title>The Board</title>
<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml">
<a href="/dead.rss">RSS</a>"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        (tmp_path / "feeds.yaml").write_text(f"bot: {{allow_networks: [127.0.0.0/8]}}\nfeeds: []\n{topics()}")
        yield server


async def found(bot: Bot, url: str, *words: str) -> Said:
    return await asyncio.to_thread(bot, "feeds", "find", url, *words)


async def records(bot: Bot, url: str) -> list[tuple[object, ...]]:
    """Path, state, number of items, and the newest title, of each address."""
    said = await found(bot, url, "--json")
    host = url.split("/")[2]
    return [(str(one["url"]).partition(host)[2], one["state"], one["items"], one["newest"]) for one in said.records()]


# ── feeds find


async def test_feeds_that_a_page_names_are_asked_and_shown_with_what_they_hold(bot: Bot, server: FeedServer) -> None:
    server.page("/", Page(body=FRONT))
    server.feed("/news.xml", [OLDER, SIGNED])
    assert await records(bot, server.url("/")) == [
        ("/news.xml", "ok", 2, "Signed"),
        ("/dead.rss", "status", 0, None),
        ("/", "watchable", 0, None),
    ]


async def test_the_text_says_how_we_came_by_each_and_what_to_write(bot: Bot, server: FeedServer) -> None:
    server.page("/", Page(body=FRONT))
    server.feed("/news.xml", [SIGNED])
    said = await found(bot, server.url("/"))
    assert said.status == 0
    assert "1 item, the newest: Signed (2026-11-20)" in said.out
    assert "News · the page names it as its feed" in said.out
    assert "answered 404 Not Found" in said.out
    assert f'  - {{id: news, name: "News", url: "{server.url("/news.xml")}"}}\n' in said.out
    assert (said.err, "\x1b" in said.out) == ("", False)


async def test_usual_addresses_are_tried_and_named_only_where_a_feed_is(bot: Bot, server: FeedServer) -> None:
    server.page("/", Page(body=b"<title>The Board</title>"))
    server.page("/rss", Page(body=b"<html><p>All about RSS", headers={"Content-Type": "text/html"}))
    server.feed("/rss.xml", [SIGNED])
    assert await records(bot, server.url("/")) == [("/rss.xml", "ok", 1, "Signed"), ("/", "watchable", 0, None)]


async def test_the_same_feed_under_another_address_is_shown_once(bot: Bot, server: FeedServer) -> None:
    server.page("/", Page(body=FRONT))
    server.feed("/news.xml", [SIGNED])
    server.feed("/feed.xml", [SIGNED])
    server.moves("/rss", "/news.xml")
    assert [path for path, state, *_ in await records(bot, server.url("/")) if state == "ok"] == ["/news.xml"]


@pytest.mark.parametrize("kind", ["rss", "json"])
async def test_an_address_that_is_a_feed_itself_is_shown_alone(bot: Bot, server: FeedServer, kind: str) -> None:
    server.feed("/it", [SIGNED]) if kind == "rss" else server.page("/it", json_feed(AUSTRIA))
    ((path, state, items, _),) = await records(bot, server.url("/it"))
    assert (path, state, items) == ("/it", "ok", 1)


async def test_where_the_page_cannot_be_read_the_usual_addresses_are_tried(bot: Bot, server: FeedServer) -> None:
    server.page("/", Page(status=403, body=b"<title>Just a moment...</title>"))
    server.feed("/feed/", [SIGNED])
    assert await records(bot, server.url("/")) == [("/feed/", "ok", 1, "Signed"), ("/", "challenge", 0, None)]


async def test_where_there_is_no_feed_the_answer_is_no_and_the_way_out_is_said(bot: Bot, server: FeedServer) -> None:
    server.page("/", page(GARDEN))
    said = await found(bot, server.url("/"))
    assert said.status == 1
    assert "no feed was found; the page itself can be watched with selectors, see docs/feeds.md" in said.err
    assert said.out.startswith("watchable")


@pytest.mark.parametrize(
    ("url", "status", "told"),
    [
        ("http://10.0.0.1/", 1, "the address 10.0.0.1 is private and not allowed (bot.allow_networks)"),
        ("http://[::ffff:10.0.0.1]/", 1, "is private and not allowed"),
        ("file:///etc/passwd", 2, "is not a web address"),
        ("javascript:alert(1)", 2, "is not a web address"),
        ("example.org", 2, "is not a web address"),
    ],
)
async def test_only_the_web_is_asked(bot: Bot, server: FeedServer, url: str, status: int, told: str) -> None:
    said = await found(bot, url)
    assert (said.status, told in said.err, said.out) == (status, True, "")


async def test_what_a_page_points_to_passes_the_guard_too(bot: Bot, server: FeedServer) -> None:
    server.page("/", Page(body=b'<link rel=alternate type="application/rss+xml" href="http://10.0.0.1/rss">'))
    states = [state for _, state, *_ in await records(bot, server.url("/"))]
    assert states == ["refused", "watchable"]


async def test_a_page_that_wants_to_keep_us_is_given_up(bot: Bot, server: FeedServer) -> None:
    body = b"<p " + b" ".join(b"a%d=x" % number for number in range(400_000)) + b">"
    server.page("/", Page(body=body))
    server.feed("/feed/", [SIGNED])
    assert await records(bot, server.url("/")) == [("/feed/", "ok", 1, "Signed"), ("/", "killed", 0, None)]


# ── check --online


async def test_check_online_shows_what_the_selectors_of_a_page_catch(
    bot: Bot, server: FeedServer, tmp_path: Path
) -> None:
    rows = [AUSTRIA, KENYA, GARDEN, ("A fourth", "4.html"), ("A fifth", "5.html")]
    server.page("/board", page(*rows, item='<li class="news">{}<time>12 March 2026</time></li>'))
    (tmp_path / "feeds.yaml").write_text(
        "bot: {allow_networks: [127.0.0.0/8], zone: America/New_York}\nfeeds:\n"
        f"  - {{id: board, url: {server.url('/board')}, kind: page, select: {{item: li.news, title: h3}}}}\n{topics()}"
    )
    text = (await asyncio.to_thread(bot, "check", "--online")).out
    assert "board   200  read: 5 items" in text
    assert f"    {AUSTRIA[0]}\n      2026-03-12 · {server.url('/austria.html')}\n" in text
    assert text.endswith("    and 2 more items\n")
    (record,) = (await asyncio.to_thread(bot, "check", "--online", "--json")).records()
    assert record["caught"] == [
        {"title": title, "link": server.url(f"/{link}"), "published": "2026-03-12T00:00:00+00:00"}
        for title, link in rows[:3]
    ]


async def test_check_online_says_which_selector_finds_nothing(bot: Bot, server: FeedServer, tmp_path: Path) -> None:
    server.page("/board", page(GARDEN))
    (tmp_path / "feeds.yaml").write_text(
        "bot: {allow_networks: [127.0.0.0/8]}\nfeeds:\n"
        f"  - {{id: board, url: {server.url('/board')}, kind: page, select: {{item: article}}}}\n{topics()}"
    )
    said = await asyncio.to_thread(bot, "check", "--online")
    assert said.status == 1
    assert 'failed (changed): holds nothing that the selector "article" finds' in said.out
