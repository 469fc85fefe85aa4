"""Feeds that fail, move, lie or flood, through the whole program: what a channel hears of it, and what it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.feeds.standing import standing
from bot.model import FeedState
from tests.feed_server import Page, Told
from tests.world import World, vienna

TOPIC = "signs the UN Convention against Cybercrime"
CHANNEL = """
  - channel: terminal
    instant: [ratification]
"""
# Every state signs, each on its own: no two of these are one story.
STATES = (
    *("Austria", "Belgium", "Chile", "Denmark", "Ecuador", "Finland", "Ghana", "Haiti", "Iceland", "Jamaica"),
    *("Kenya", "Latvia", "Malta", "Norway", "Oman", "Peru", "Qatar", "Rwanda", "Senegal", "Tunisia"),
)


def signs(state: str, *, at: str = "2025-10-27 07:40", guid: str = "") -> Told:
    return Told(
        title=f"{state} {TOPIC}",
        link=f"https://gazette.example/{state.lower()}",
        guid=guid or state,
        published=vienna(at),
    )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, channels=CHANNEL) as opened:
        yield opened


async def state_of(world: World, feed: str) -> FeedState:
    return next(state for state in await world.app.store.feed_states() if state.feed == feed)


async def word_of(world: World, feed: str) -> str:
    known = next(each for each in world.app.config.feeds if each.id == feed)
    return standing(known, await state_of(world, feed), now=world.clock.now())


# ── failing and coming back


async def test_a_channel_hears_once_that_a_feed_fails_for_more_than_a_day_and_once_that_it_is_back(
    world: World,
) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").page(Page(status=503))
    for hour in range(9, 24):
        assert await world.at(f"2025-10-27 {hour:02}:00") == ""
    assert "Could not be read: The Gazette (server out of order since" in await world.at("2025-10-28 12:00")
    for day in (29, 30, 31):
        assert await world.at(f"2025-10-{day} 12:00") == ""
    world.feed("gazette").gains(signs("Austria"))
    back = await world.at("2025-11-02 12:00")
    assert "Read again: The Gazette" in back
    assert f"Austria {TOPIC}" in back
    assert await world.at("2025-11-03 12:00") == ""


async def test_a_feed_that_was_gone_for_an_hour_is_no_news(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").page(Page(status=503))
    await world.at("2025-10-27 09:00")
    world.feed("gazette").holds(Told(title="A page about gardening", guid="garden"))
    assert await world.at("2025-10-27 12:00") == ""
    assert await world.at("2025-10-29 12:00") == ""


async def test_what_is_told_of_a_feed_is_not_told_again_by_the_next_start(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").page(Page(status=503))
    await world.at("2025-10-27 09:00")
    assert "Could not be read" in await world.at("2025-10-28 12:00")
    await world.close()
    await world.open()
    assert await world.at("2025-10-29 12:00") == ""


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (Page(body=b"<rss version='2.0'><channel><title>T</title></channel></rss>"), "empty"),
        (Page(body=b"<!doctype html><html><title>News</title><p>Welcome</p></html>"), "page"),
        (
            Page(
                status=403,
                headers={"cf-mitigated": "challenge", "Content-Type": "text/html"},
                body=b"<!doctype html><html><title>Just a moment...</title></html>",
            ),
            "challenge",
        ),
        (Page(status=410), "gone"),
    ],
    ids=["empty", "page", "challenge", "gone"],
)
async def test_four_ways_to_be_no_feed_have_four_names(world: World, page: Page, word: str) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").page(page)
    await world.at("2025-10-27 09:00")
    assert await word_of(world, "gazette") == word
    assert await word_of(world, "courier") == "ok"


async def test_a_feed_that_is_gone_for_a_week_is_asked_once_a_week(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").page(Page(status=410))
    for day in range(10):
        await world.at(f"2025-11-{day + 1:02} 08:00")
    assert await word_of(world, "gazette") == "paused"
    asked = len(world.server.pages["/gazette"].asked)
    for day in range(11, 17):
        await world.at(f"2025-11-{day:02} 08:00")
    assert len(world.server.pages["/gazette"].asked) - asked <= 1
    assert await world.at("2025-11-30 08:00") == ""


# ── moving


async def test_a_move_is_believed_after_three_equal_answers_on_three_days(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.server.feed("/new", [signs("Austria")])
    world.server.moves("/gazette", world.server.url("/new"))
    for moment in ("2025-10-27 09:00", "2025-10-27 12:00", "2025-10-28 09:00"):
        await world.at(moment)
        assert await word_of(world, "gazette") == "ok"
    await world.at("2025-10-29 09:00")
    assert await word_of(world, "gazette") == "moved"
    asked = len(world.server.pages["/gazette"].asked)
    await world.at("2025-10-29 12:00")
    assert len(world.server.pages["/gazette"].asked) == asked
    assert world.screen().count(f"Austria {TOPIC}") == 1


# ── guids


async def test_another_article_under_a_used_guid_is_told(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(signs("Austria", guid="bulletin"))
    assert f"Austria {TOPIC}" in await world.at("2025-10-27 09:00")
    world.feed("gazette").holds(
        Told(
            title="Kenya's parliament votes to ratify UN cybercrime treaty",
            link="https://gazette.example/kenya-ratifies",
            guid="bulletin",
            published=vienna("2025-10-27 09:40"),
        )
    )
    assert "Kenya's parliament votes" in await world.at("2025-10-27 10:00")
    assert await world.at("2025-10-27 14:00") == ""
    assert len(await world.app.store.search("cybercrime", limit=10)) == 2


async def test_an_edited_title_changes_the_archive_and_what_was_told(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(signs("Austria"))
    await world.at("2025-10-27 09:00")
    world.feed("gazette").holds(replace(signs("Austria"), title=f"Austria {TOPIC} in Hanoi"))
    told = await world.at("2025-10-27 10:00")
    assert f"• Austria {TOPIC} in Hanoi" in told
    assert f"Edited: the title was “Austria {TOPIC}”." in told
    assert await world.at("2025-10-27 11:00") == ""
    assert [found.item.title for found in await world.app.store.search("Austria", limit=10)] == [
        f"Austria {TOPIC} in Hanoi"
    ]


async def test_an_edition_that_brings_the_convention_in_is_told(world: World) -> None:
    await world.at("2025-10-27 08:00")
    bland = replace(signs("Austria"), title="Austria signs")
    world.feed("gazette").gains(bland)
    assert await world.at("2025-10-27 09:00") == ""
    world.feed("gazette").holds(signs("Austria"))
    assert f"Austria {TOPIC}" in await world.at("2025-10-27 10:00")


async def test_a_new_guid_at_each_build_is_not_a_new_item(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(signs("Austria", guid="build-0"))
    await world.at("2025-10-27 09:00")
    for build in range(1, 5):
        world.feed("gazette").holds(signs("Austria", guid=f"build-{build}"))
        assert await world.at(f"2025-10-27 {9 + build}:00") == ""


# ── too much at once


def posted(screen: str) -> int:
    return screen.count(TOPIC)


async def test_of_a_flood_ten_stories_are_posted_and_the_rest_is_held_back_and_said(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").holds(*(signs(state) for state in STATES))
    screen = await world.at("2025-10-27 09:00")
    assert posted(screen) == 10
    assert "Held back: 10 stories that The Gazette brought at once" in screen
    assert posted(await world.at("2025-10-27 12:00")) == 0
    assert len(await world.app.store.search("cybercrime", limit=50)) == 20


async def test_an_hour_later_a_feed_may_tell_ten_more(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").holds(*(signs(state) for state in STATES[:8]))
    assert posted(await world.at("2025-10-27 09:00")) == 8
    world.feed("gazette").holds(*(signs(state) for state in STATES[8:14]))
    assert posted(await world.at("2025-10-27 09:40")) == 2
    world.feed("gazette").holds(*(signs(state) for state in STATES[14:]))
    assert posted(await world.at("2025-10-27 11:00")) == 6


async def test_a_date_in_the_future_counts_as_now(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(replace(signs("Austria"), published=datetime.fromisoformat("2099-01-01T00:00:00Z")))
    await world.at("2025-10-27 09:00")
    (found,) = await world.app.store.search("Austria", limit=10)
    assert found.item.published == vienna("2025-10-27 09:00")
    world.feed("gazette").gains(signs("Kenya"))
    assert f"Kenya {TOPIC}" in await world.at("2025-10-27 10:00")


# ── never sooner than promised


async def test_a_feed_is_not_asked_before_its_publisher_wants(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.server.page(
        "/gazette", Page(body=world.server.pages["/gazette"].body, headers={"Cache-Control": "max-age=14400"})
    )
    await world.at("2025-10-27 09:00")
    asked = len(world.server.pages["/gazette"].asked)
    await world.at("2025-10-27 12:59")
    assert len(world.server.pages["/gazette"].asked) == asked
    state = await state_of(world, "gazette")
    assert state.due >= vienna("2025-10-27 09:00") + timedelta(hours=4)
