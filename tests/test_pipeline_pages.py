"""Pages without a feed, and JSON Feed, through the whole program: what a channel hears of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.feeds.standing import standing, to_do
from bot.model import FeedFault, FeedState
from tests.feed_server import Page
from tests.world import World

CHANNEL = """
  - channel: terminal
    instant: [ratification]
"""
SIGNS = "signs the UN Convention against Cybercrime"
GARDEN = ("A page about gardening", "garden.html")
AUSTRIA = (f"Austria {SIGNS}", "austria.html")
KENYA = (f"Kenya {SIGNS}", "kenya.html")


def page(*rows: tuple[str, str], item: str = '<li class="news">{}</li>') -> Page:
    """A page that lists these titles and links, newest first."""
    items = "".join(item.format(f'<h3>{title}</h3><a href="{link}">more</a>') for title, link in rows)
    html = f'<html lang="en"><nav><li><a href="/">Home</a></li></nav><ul>{items}</ul></html>'
    return Page(body=html.encode(), headers={"Content-Type": "text/html; charset=utf-8"}, conditional=True)


def json_feed(*rows: tuple[str, str]) -> Page:
    items = [{"id": link, "url": link, "title": title} for title, link in rows]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Board", "items": items})
    return Page(body=body.encode(), headers={"Content-Type": "application/feed+json"}, conditional=True)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    pages = {"board": '{item: "li.news", title: h3}'}
    async with World(tmp_path, feeds=("board",), pages=pages, channels=CHANNEL) as opened:
        opened.feed("board").page(page(GARDEN))
        yield opened


async def state_of(world: World) -> FeedState:
    (state,) = await world.app.store.feed_states()
    return state


async def test_what_a_page_gains_is_posted_once_with_its_absolute_link(world: World) -> None:
    world.feed("board").page(page(KENYA, GARDEN))
    assert await world.at("2025-10-27 08:00") == ""  # the first reading is silent
    world.feed("board").page(page(AUSTRIA, KENYA, GARDEN))
    posted = await world.at("2025-10-27 09:00")
    assert f"Austria {SIGNS}" in posted
    assert world.server.url("/austria.html") in posted
    assert "Kenya" not in posted
    assert await world.at("2025-10-27 10:00") == ""


async def test_a_page_that_changes_its_layout_is_named_and_told_and_told_again_when_it_is_back(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("board").page(page(AUSTRIA, GARDEN, item='<li class="card">{}</li>'))
    assert await world.at("2025-10-27 09:00") == ""
    state = await state_of(world)
    (feed,) = world.app.config.feeds
    now = world.clock.now()
    assert (state.fault, standing(feed, state, now=now)) == (FeedFault.CHANGED, "changed")
    assert state.error == 'holds nothing that the selector "li.news" finds; its layout may have changed'
    assert to_do(feed, state, now=now) == "look at the page, and write selectors that fit what stands there now"
    told = await world.at("2025-10-28 12:00")
    assert 'Could not be read: The Board (holds nothing that the selector "li.news" finds' in told
    world.feed("board").page(page(AUSTRIA, GARDEN))
    back = await world.at("2025-10-31 12:00")
    assert "Read again: The Board" in back
    assert f"Austria {SIGNS}" in back


async def test_a_wall_before_a_page_is_no_item(world: World) -> None:
    await world.at("2025-10-27 08:00")
    wall = b'<html><title>Just a moment...</title><li class="news"><a href="/x">UN Convention against Cybercrime</a>'
    world.feed("board").page(Page(body=wall, headers={"Content-Type": "text/html"}))
    assert await world.at("2025-10-27 09:00") == ""
    assert (await state_of(world)).fault is FeedFault.CHALLENGE


async def test_a_page_that_did_not_change_is_not_read_again(world: World) -> None:
    await world.at("2025-10-27 08:00")
    await world.at("2025-10-27 09:00")
    assert "If-None-Match" in world.server.pages["/board"].asked[-1]
    assert ((await state_of(world)).status, (await state_of(world)).items) == (304, 1)


async def test_what_a_json_feed_gains_is_posted_once(tmp_path: Path) -> None:
    async with World(tmp_path, feeds=("board",), channels=CHANNEL) as world:
        world.feed("board").page(json_feed(GARDEN))
        assert await world.at("2025-10-27 08:00") == ""
        world.feed("board").page(json_feed(AUSTRIA, GARDEN))
        posted = await world.at("2025-10-27 09:00")
        assert f"Austria {SIGNS}" in posted
        assert world.server.url("/austria.html") in posted
        assert await world.at("2025-10-27 10:00") == ""


async def test_a_json_feed_that_breaks_is_told_by_its_state(tmp_path: Path) -> None:
    async with World(tmp_path, feeds=("board",), channels=CHANNEL) as world:
        world.feed("board").page(json_feed(GARDEN))
        await world.at("2025-10-27 08:00")
        world.feed("board").page(Page(body=json_feed(AUSTRIA).body[:-5]))
        assert await world.at("2025-10-27 09:00") == ""
        assert (await state_of(world)).error == "is broken as JSON at line 1"
