"""Slack takes a message a second and channel: the whole app in this process, and a Slack that counts by its clock."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase

import pytest

from bot.model import ChannelId, PostState
from tests.fake_slack import FakeSlack, Fault
from tests.feed_server import Told
from tests.place import told
from tests.world import World, vienna

SECOND = timedelta(seconds=1)
BOTH = """
  - {channel: "slack:T1:C1", instant: [ratification]}
  - {channel: "slack:T1:C3", instant: [ratification]}
"""
ONE = '\n  - {channel: "slack:T1:C1", instant: [ratification]}\n'
WITH_DIGEST = """
  - channel: slack:T1:C1
    topics: [convention]
    instant: [convention]
    digest: {at: "09:00", zone: Europe/Vienna, days: daily}
"""


@pytest.fixture
async def slack(reference: Path | None) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(reference=reference) as opened:
        opened.rate.every = SECOND
        yield opened


async def opened(folder: Path, slack: FakeSlack, channels: str) -> World:
    """A world that is one clock with its Slack, its feeds read for the first time."""
    world = World(folder, channels=channels, slack=slack)
    slack.workspace.now = world.clock.now
    return world


def moments(slack: FakeSlack, channel: str) -> list[datetime]:
    """When each message came."""
    return [one.at for one in slack.calls("chat.postMessage") if one.arguments["channel"] == channel]


async def test_messages_of_a_channel_are_a_pace_apart_and_channels_do_not_wait_for_each_other(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with await opened(tmp_path, slack, BOTH) as world:
        await world.at("2025-10-27 08:00")
        world.feed("gazette").holds(*map(told, range(5)))
        await world.at("2025-10-27 08:35")
        begun = vienna("2025-10-27 08:35")
        expected = [begun + timedelta(seconds=1.02) * number for number in range(5)]
        assert (moments(slack, "C1"), moments(slack, "C3")) == (expected, expected)
        assert (len(slack.posts("C1")), len(slack.posts("C3"))) == (5, 5)


async def test_a_restart_in_the_middle_keeps_the_pace(tmp_path: Path, slack: FakeSlack) -> None:
    async with await opened(tmp_path, slack, ONE) as world:
        await world.at("2025-10-27 08:00")
        world.feed("gazette").holds(told(0))
        await world.at("2025-10-27 08:35")
        await world.close()
        await world.open()
        world.feed("gazette").gains(told(1))
        await world.app.worker.poll(["gazette"])
        assert await world.app.store.next_channel() == vienna("2025-10-27 08:35") + timedelta(seconds=1.02)


@pytest.mark.parametrize(
    ("retry_after", "before", "after"),
    [
        (5, "08:35:03", "08:35:05"),
        (None, "08:35:28", "08:35:30"),
        ("abc", "08:35:28", "08:35:30"),
        (99999999, "08:44:58", "08:45:00"),
    ],
    ids=["sane", "absent", "no number", "three years"],
)
async def test_after_429_a_channel_waits_over_a_restart_too_and_others_go_on(
    tmp_path: Path, slack: FakeSlack, retry_after: int | str | None, before: str, after: str
) -> None:
    async with await opened(tmp_path, slack, BOTH) as world:
        await world.at("2025-10-27 08:00")
        slack.faults.add("chat.postMessage", Fault.rate_limited(retry_after))
        world.feed("gazette").holds(told(0))
        await world.at("2025-10-27 08:35")
        assert (len(slack.posts("C1")), len(slack.posts("C3"))) == (0, 1)
        await world.close()
        await world.open()
        await world.at(f"2025-10-27 {before}")
        assert len(slack.calls("chat.postMessage")) == 2
        await world.at(f"2025-10-27 {after}")
        assert (len(slack.posts("C1")), len(slack.posts("C3"))) == (1, 1)


async def test_a_retry_after_of_nothing_is_the_pace(tmp_path: Path, slack: FakeSlack) -> None:
    async with await opened(tmp_path, slack, ONE) as world:
        await world.at("2025-10-27 08:00")
        slack.faults.add("chat.postMessage", Fault.rate_limited(0))
        world.feed("gazette").holds(told(0))
        await world.at("2025-10-27 08:35")
        first, second = moments(slack, "C1")
        assert second - first == timedelta(seconds=1.02)


async def test_a_post_that_is_dropped_while_slack_asks_to_wait_lets_no_other_go_before(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with await opened(tmp_path, slack, ONE) as world:
        await world.at("2025-10-27 08:00")
        slack.faults.add("chat.postMessage", Fault.rate_limited(300))
        world.feed("gazette").holds(told(0), told(1))
        await world.at("2025-10-27 08:35")
        first, _second = await world.app.store.outbox()
        assert await world.app.store.drop(first.id)
        await world.at("2025-10-27 08:39")
        assert slack.posts("C1") == []
        await world.at("2025-10-27 08:40")
        assert len(slack.posts("C1")) == 1


async def test_a_pass_does_not_wait_longer_than_the_pace(tmp_path: Path, slack: FakeSlack) -> None:
    async with await opened(tmp_path, slack, ONE) as world:
        await world.at("2025-10-27 08:00")
        slack.faults.add("chat.postMessage", Fault.rate_limited(3))
        world.feed("gazette").holds(told(0))
        await world.at("2025-10-27 08:35")
        assert (world.clock.now(), slack.posts("C1")) == (vienna("2025-10-27 08:35"), [])


async def test_a_slack_that_says_wait_a_second_for_ever_ends_a_pass_after_ten_minutes(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with await opened(tmp_path, slack, ONE) as world:
        await world.at("2025-10-27 08:00")
        slack.faults.add("chat.postMessage", Fault.rate_limited(1), times=None)
        world.feed("gazette").holds(told(0))
        await world.at("2025-10-27 08:35")
        assert vienna("2025-10-27 08:44:58") < world.clock.now() <= vienna("2025-10-27 08:45")


def news(number: int) -> Told:
    """The n-th of many stories, none like another."""
    letters = random.Random(number)
    words = ["".join(letters.choices(ascii_lowercase, k=9)) for _ in range(8)]
    return Told(
        title=f"{' '.join(words).title()}: UN Convention against Cybercrime",
        guid=f"item-{number}",
        link=f"https://gazette.example/{number:04}",
    )


async def test_after_six_hours_without_slack_all_is_told_once_and_a_message_a_second(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with await opened(tmp_path, slack, WITH_DIGEST) as world:
        await world.at("2025-10-27 09:01")
        await slack.go_down()
        stories = [news(number) for number in range(144)]
        for quarter in range(24):
            for place, name in enumerate(("gazette", "courier")):
                for story in stories[quarter * 6 + place * 3 :][:3]:
                    world.feed(name).gains(story)
            await world.at(f"2025-10-27 {10 + quarter // 4}:{quarter % 4 * 15:02}")
        assert slack.posts("C1") == []
        await slack.come_up()
        for moment in ("2025-10-27 16:30", "2025-10-27 17:30", "2025-10-28 09:00", "2025-10-28 09:30"):
            await world.at(moment)
        shown = Counter(
            story.link for post in slack.posts("C1") for story in stories if str(story.link) in json.dumps(post.blocks)
        )
        assert shown == {story.link: 1 for story in stories}
        assert min(later - sooner for sooner, later in pairwise(moments(slack, "C1"))) >= SECOND
        status = await world.app.store.status()
        assert (status.owed, [state for state, count in status.posts.items() if count]) == (0, [PostState.SENT])
        assert await world.app.store.owed(ChannelId("slack", "T1", "C1")) == []
