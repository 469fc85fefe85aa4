"""Dates of feeds.yaml through the whole program: told 30, 7 and 1 days before, each time once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.feed_server import Told
from tests.world import World, vienna

DATES = """
dates:
  - {date: 2026-12-31, what: Signature closes, topic: ratification, source: article 64}
  - {date: 2026-11-01, what: A date long past, topic: ratification}
"""
AT_ONCE = """
  - channel: terminal
    instant: [ratification]
"""
IN_DIGEST = """
  - channel: terminal
    topics: [convention]
    digest: {at: "09:00", zone: Europe/Vienna, days: mon-fri}
"""
TITLE = "Signature closes on 31 December 2026"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, feeds=("gazette",), channels=AT_ONCE, sections=DATES) as opened:
        yield opened


async def told_on(world: World, *days: str, at: str = "08:30") -> dict[str, int]:
    """How often the date was told on each of these days, in two passes and with a restart between them."""
    counts = {}
    for day in days:
        said = await world.at(f"{day} {at}")
        await world.close()
        await world.open()
        said += await world.at(f"{day} 22:00")
        counts[day] = said.count(TITLE)
    return counts


async def test_who_wants_its_topic_at_once_is_told_three_times_each_once(world: World) -> None:
    december = ("2026-12-01", "2026-12-02", "2026-12-23", "2026-12-24", "2026-12-25", "2026-12-30", "2026-12-31")
    told = await told_on(world, "2026-11-30", *december, "2027-01-01")
    assert [day for day, times in told.items() if times] == ["2026-12-01", "2026-12-24", "2026-12-30"]
    assert set(told.values()) == {0, 1}


async def test_a_bot_started_five_days_before_tells_that_and_the_last_day(world: World) -> None:
    assert await told_on(world, "2026-12-26", "2026-12-27", "2026-12-30", "2026-12-31") == {
        "2026-12-26": 1,
        "2026-12-27": 0,
        "2026-12-30": 1,
        "2026-12-31": 0,
    }


async def test_the_message_says_what_when_and_by_what(world: World) -> None:
    said = " ".join((await world.at("2026-12-01 08:00")).split())
    assert TITLE in said
    assert "On 1 December 2026, 30 days are left (article 64)." in said
    assert "At once: Signature and ratification" in said


async def test_at_night_nobody_is_told(world: World) -> None:
    assert await world.at("2026-12-01 00:30") == ""
    assert TITLE in await world.at("2026-12-01 08:00")


async def test_it_stands_in_the_digest_of_whoever_follows_the_topic_around_it(tmp_path: Path) -> None:
    async with World(tmp_path, feeds=("gazette",), channels=IN_DIGEST, sections=DATES) as world:
        assert await world.at("2026-11-30 10:00") == ""
        assert await world.at("2026-12-01 08:30") == ""
        digest = await world.at("2026-12-01 09:00")
        assert digest.count(TITLE) == 1
        assert "Read 1 feed: 1 new item, none about the convention." in digest  # the date itself was not read
        assert await world.at("2026-12-02 09:00") == ""


def report(day: str) -> Told:
    return Told(
        title=TITLE,
        link="https://gazette.example/closes",
        summary="The UN cybercrime convention is open for signature until then.",
        guid="closes",
        published=vienna(f"{day} 07:00"),
    )


async def test_an_outlet_that_told_the_same_before_takes_nothing_from_it(world: World) -> None:
    await world.at("2026-11-29 08:00")
    world.feed("gazette").gains(report("2026-11-30"))
    assert "The Gazette" in await world.at("2026-11-30 08:00")
    assert "30 days are left" in " ".join((await world.at("2026-12-01 08:00")).split())


async def test_an_outlet_that_tells_the_same_later_loses_nothing_by_it(world: World) -> None:
    assert TITLE in await world.at("2026-12-01 08:00")
    world.feed("gazette").gains(report("2026-12-02"))
    assert "The Gazette" in await world.at("2026-12-02 08:00")


async def test_a_program_that_ends_between_keeping_and_posting_posts_it_when_it_is_back(world: World) -> None:
    world.clock.moment = vienna("2026-12-01 08:00")
    await world.app.worker.deeds.deadlines.tell()
    await world.close()
    await world.open()
    assert (await world.at("2026-12-01 08:01")).count(TITLE) == 1
    assert await world.at("2026-12-01 12:00") == ""


async def test_dates_are_no_feed_that_anybody_watches(world: World) -> None:
    await world.at("2026-12-01 08:00")
    assert [state.feed for state in await world.app.store.feed_states()] == ["gazette"]
    assert (await world.app.store.latest(topic="ratification", limit=1))[0].outlet == "Dates"
