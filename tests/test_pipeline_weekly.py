"""Weekly digests through the whole program: on a screen, and in Slack."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake_slack import FakeSlack
from tests.feed_server import Told
from tests.world import World, vienna

FRIDAY, NEXT = "2025-10-31 16:00", "2025-11-07 16:00"
WEEKLY = """
  - channel: terminal
    topics: [convention]
    instant: [human-rights]
    weekly: {day: fri, at: "16:00", zone: Europe/Vienna}
"""
BOTH = """
  - channel: terminal
    topics: [convention]
    digest: {at: "09:00", zone: Europe/Vienna, days: mon-fri}
    weekly: {day: fri, at: "16:00"}
"""


def about(state: str, moment: str) -> Told:
    """A development that is like no other one."""
    return Told(
        title=f"{state} ratifies the UN Convention against Cybercrime",
        link=f"https://gazette.example/{state.lower()}",
        guid=state,
        summary=f"Parliament in {state} approved the ratification of the UN Convention against Cybercrime.",
        published=vienna(moment),
    )


RIGHTS = Told(
    title="Human rights groups warn of the UN Convention against Cybercrime",
    link="https://gazette.example/rights",
    guid="rights",
    summary="Human rights groups say the UN Convention against Cybercrime threatens privacy and human rights.",
    published=vienna("2025-10-29 07:00"),
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, channels=WEEKLY) as opened:
        await opened.at("2025-10-27 08:00")
        yield opened


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, channels=BOTH) as opened:
        await opened.at("2025-10-27 08:00")
        yield opened


async def test_a_weeks_stories_come_on_its_day_with_the_week_at_a_glance(world: World) -> None:
    world.feed("gazette").gains(about("Norway", "2025-10-28 10:00"))
    assert await world.at("2025-10-28 11:00") == ""
    world.feed("gazette").gains(about("Ghana", "2025-10-30 10:00"))
    assert await world.at("2025-10-30 11:00") == ""
    assert await world.at("2025-10-31 15:59") == ""
    digest = await world.at(FRIDAY)
    assert "week to Friday, 31 October 2025" in digest
    assert "2 new stories" in digest
    assert [digest.count(f"https://gazette.example/{state}") for state in ("norway", "ghana")] == [1, 1]
    assert "▁▁▁▁▁▁▁█  Signature and ratification: 2 stories, none the week" in digest
    assert "Every Friday at 16:00 Europe/Vienna" in digest
    assert await world.at("2025-10-31 18:00") == ""


async def test_what_came_at_once_is_counted_at_the_end_of_the_week(world: World) -> None:
    world.feed("gazette").gains(RIGHTS)
    assert "https://gazette.example/rights" in await world.at("2025-10-29 08:00")
    digest = await world.at(FRIDAY)
    assert "1 story since Friday, 24 October 2025, posted earlier" in digest
    assert "https://gazette.example/rights" not in digest
    assert await world.at(NEXT) == ""  # nothing happened: silent


async def test_a_daily_digest_tells_the_stories_and_the_weekly_one_counts_them(both: World) -> None:
    await both.at("2025-10-28 09:00")
    both.feed("gazette").gains(about("Norway", "2025-10-28 10:00"))
    await both.at("2025-10-28 11:00")
    assert "1 new story" in await both.at("2025-10-29 09:00")
    await both.at("2025-10-31 09:00")
    both.feed("gazette").gains(about("Ghana", "2025-10-31 10:00"))
    await both.at("2025-10-31 11:00")
    look_back = await both.at(FRIDAY)
    assert "1 story since Friday, 24 October 2025, posted earlier" in look_back
    assert "2 stories, none the week" in look_back
    assert "https://gazette.example" not in look_back
    monday = await both.at("2025-11-03 09:00")
    assert monday.count("https://gazette.example/ghana") == 1
    assert "The week at a glance" not in monday


async def test_two_digests_due_at_the_same_time_both_come_the_daily_one_first(tmp_path: Path) -> None:
    same = BOTH.replace("16:00", "09:00")
    async with World(tmp_path, channels=same) as world:
        await world.at("2025-10-30 09:00")
        world.feed("gazette").gains(about("Norway", "2025-10-30 10:00"))
        await world.at("2025-10-30 11:00")
        daily, weekly = (await world.at("2025-10-31 09:00")).split("week to Friday")
        assert "https://gazette.example/norway" in daily
        assert "1 story since Friday, 24 October 2025, posted earlier" in weekly


@pytest.mark.parametrize(
    ("back", "day"),
    [("2025-11-04 10:00", "Friday, 31 October 2025"), ("2025-11-19 10:00", "Friday, 14 November 2025")],
    ids=["days later", "weeks later"],
)
async def test_a_weekly_digest_that_was_missed_comes_once_for_the_whole_time(world: World, back: str, day: str) -> None:
    world.feed("gazette").gains(about("Norway", "2025-10-28 10:00"))
    await world.at("2025-10-28 11:00")
    await world.close()
    world.clock.moment = vienna(back)
    await world.open()
    digest = await world.at(back)
    assert digest.count("week to ") == 1
    assert f"week to {day}" in digest
    assert digest.count("https://gazette.example/norway") == 1
    assert await world.at(back.replace("10:00", "12:00")) == ""


async def test_a_daily_digest_that_was_missed_for_days_is_that_of_the_last_day(both: World) -> None:
    await both.at("2025-10-27 09:00")
    both.feed("gazette").gains(about("Norway", "2025-10-27 10:00"))
    await both.at("2025-10-27 11:00")
    digest = await both.at("2025-10-30 15:00")
    assert digest.count("1 new story") == 1
    assert "Thursday, 30 October 2025" in digest


async def test_a_week_in_which_the_clocks_change_has_one_digest(tmp_path: Path) -> None:
    at_night = WEEKLY.replace("fri", "sun").replace("16:00", "02:30")
    async with World(tmp_path, channels=at_night) as world:
        await world.at("2026-10-24 08:00")
        world.feed("gazette").gains(about("Norway", "2026-10-24 10:00"))
        await world.at("2026-10-24 11:00")
        posted = [await world.at(f"2026-10-25 {hour}") for hour in ("02:29", "02:30", "03:00", "03:30")]
        assert [text.count("week to Sunday, 25 October 2026") for text in posted] == [0, 1, 0, 0]


# ── in Slack


@pytest.fixture
async def slack(reference: Path | None) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(reference=reference) as opened:
        yield opened


async def test_in_slack_a_channel_subscribes_weekly_and_gets_what_the_command_showed(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with World(tmp_path, channels=" []\n", slack=slack) as world:
        await world.at("2025-10-27 08:00")
        answer = await world.asks("subscribe convention weekly fri 16:00 Europe/Vienna")
        assert "in the weekly digest (every Friday at 16:00 Europe/Vienna)" in answer.notice
        world.feed("gazette").gains(about("Norway", "2025-10-28 10:00"))
        await world.at("2025-10-28 11:00")
        world.clock.moment = vienna("2025-10-31 15:59")
        (preview,) = (await world.asks("digest")).preview
        told = len(slack.posts("C1"))
        await world.at(FRIDAY)
        (digest,) = slack.posts("C1")[told:]
        assert digest.blocks == json.loads(world.app.chats["slack"].render(preview))["blocks"]
        for words in (
            "week to Friday, 31 October 2025",
            "The week at a glance",
            "1 story, none the week before",
            "Norway ratifies",
        ):
            assert words in digest.words


async def test_a_daily_digest_that_ends_hands_what_it_owes_to_the_weekly_one(tmp_path: Path, slack: FakeSlack) -> None:
    async with World(tmp_path, channels=" []\n", slack=slack) as world:
        await world.at("2025-10-28 08:00")
        await world.asks("subscribe convention daily 18:00 Europe/Vienna")
        world.feed("gazette").gains(about("Norway", "2025-10-28 10:00"))
        await world.at("2025-10-28 11:00")
        await world.asks("subscribe convention weekly")
        await world.at("2025-10-28 18:00")
        assert [post for post in slack.posts("C1") if "Norway" in post.words] == []
        await world.at(FRIDAY)
        assert len([post for post in slack.posts("C1") if "Norway" in post.words]) == 1
