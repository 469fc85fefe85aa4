"""Outlets that a channel has muted, through the whole program: what they alone tell is told elsewhere only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import DATES, ChannelId
from tests.fake_slack import FakeSlack
from tests.feed_server import Told
from tests.place import told
from tests.world import World, vienna

MUTED = {"its outlet is muted here": 1}
READABLE = ("commands", "chat:write", "chat:write.public", "channels:history")
MORNING = "2025-10-27 08:00"
HERE, THERE = ChannelId("slack", "T1", "C1"), ChannelId("slack", "T1", "C2")
AT_ONCE = """
  - {channel: "slack:T1:C1", instant: [ratification]}
  - {channel: "slack:T1:C2", instant: [ratification]}
"""
IN_DIGEST = """
  - channel: slack:T1:C1
    topics: [convention]
    digest: {at: "09:00", zone: Europe/Vienna, days: daily}
"""
BOTH = f"{IN_DIGEST}    instant: [ratification]\n"
SIGNATURE_CLOSES = """
dates:
  - {date: 2025-11-27, what: Signature closes, topic: ratification, source: article 64}
"""


@pytest.fixture
async def slack(reference: Path | None) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(reference=reference, scopes=READABLE) as opened:
        opened.room("C2").member = True
        yield opened


@pytest.fixture
async def world(tmp_path: Path, slack: FakeSlack, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Two outlets, the gazette and the courier, which were read before; the parameter is who gets what."""
    channels, more = getattr(request, "param", (AT_ONCE, ""))
    async with World(tmp_path, channels=channels, slack=slack, sections=more) as opened:
        await opened.at(MORNING)
        yield opened


def by_courier() -> Told:
    """What `told(0)` of the gazette tells, by the courier."""
    return Told(
        title="Norway ratifies UN Convention against Cybercrime",
        guid="courier-1",
        link="https://courier.example/norway",
        summary="Oslo has ratified the UN Convention against Cybercrime.",
    )


async def mute(world: World, feed: str, channel: ChannelId = HERE) -> None:
    assert await world.app.store.mute(channel, feed, by="U1", now=world.clock.now())


def said(slack: FakeSlack, channel: str = "C1") -> list[str]:
    return [post.words for post in slack.posts(channel)]


# ── at once


async def test_a_muted_outlet_is_heard_in_the_other_channel_only(world: World, slack: FakeSlack) -> None:
    await mute(world, "gazette")
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    assert said(slack, "C1") == []
    assert len(said(slack, "C2")) == 1
    assert await world.app.store.owed(HERE) == []


async def test_what_another_outlet_tells_later_is_told_then_and_without_the_muted_one(
    world: World, slack: FakeSlack
) -> None:
    await mute(world, "gazette")
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    world.feed("courier").gains(by_courier())
    await world.at("2025-10-27 09:30")
    (words,) = said(slack, "C1")
    assert "Norway ratifies UN Convention against Cybercrime" in words
    assert "The Courier" in words
    assert "Gazette" not in words
    assert "Also told by The Courier" in said(slack, "C2")[1]


async def test_of_outlets_that_tell_it_at_the_same_time_the_other_one_leads(world: World, slack: FakeSlack) -> None:
    await mute(world, "gazette")
    world.feed("gazette").gains(told(0))
    world.feed("courier").gains(by_courier())
    await world.at("2025-10-27 08:35")
    (words,) = said(slack, "C1")
    assert "The Courier" in words
    assert "Gazette" not in words


async def test_later_coverage_by_a_muted_outlet_goes_into_no_thread(world: World, slack: FakeSlack) -> None:
    await mute(world, "courier")
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    world.feed("courier").gains(by_courier())
    await world.at("2025-10-27 09:30")
    assert (len(said(slack, "C1")), len(said(slack, "C2"))) == (1, 2)
    assert await world.app.store.outdated(HERE) == []


async def test_what_a_muted_outlet_corrects_stays_as_it_was_told(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    await mute(world, "gazette")
    world.feed("gazette").holds(replace(told(0), title="Norway rejects the UN Convention against Cybercrime"))
    await world.at("2025-10-27 09:30")
    assert [post.edits for post in (*slack.posts("C1"), *slack.posts("C2"))] == [0, 1]


async def test_unmuted_it_is_heard_from_then_on(world: World, slack: FakeSlack) -> None:
    await mute(world, "gazette")
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    assert await world.app.store.unmute(HERE, "gazette", by="U1", now=world.clock.now())
    world.feed("gazette").gains(told(1))
    await world.at("2025-10-27 09:30")
    (words,) = said(slack)
    assert "Ghana" in words


# ── what was owed before


async def reads(world: World, moment: str) -> None:
    """The feeds are read, and nothing is posted yet."""
    world.clock.moment = vienna(moment)
    await world.app.worker.poll(None)


async def test_what_is_owed_at_once_is_dropped_when_its_outlet_is_muted_before_it_is_told(
    world: World, slack: FakeSlack
) -> None:
    world.feed("gazette").gains(told(0))
    await reads(world, "2025-10-27 08:35")
    await mute(world, "gazette")
    await world.at("2025-10-27 08:36")
    assert (len(said(slack, "C1")), len(said(slack, "C2"))) == (0, 1)
    assert (await world.app.store.status()).dropped == MUTED
    assert await world.app.store.next_channel() is None


async def test_what_was_dropped_is_told_when_another_outlet_tells_it(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(told(0))
    await reads(world, "2025-10-27 08:35")
    await mute(world, "gazette")
    await world.at("2025-10-27 08:36")
    world.feed("courier").gains(by_courier())
    await world.at("2025-10-27 20:00")
    (words,) = said(slack)
    assert "The Courier" in words
    assert "Gazette" not in words
    assert (await world.app.store.status()).dropped == {}


digests = pytest.mark.parametrize("world", [(IN_DIGEST, "")], indirect=True, ids=["digest"])


@digests
async def test_a_digest_and_its_preview_hold_neither_what_a_muted_outlet_leads_nor_its_name(
    world: World, slack: FakeSlack
) -> None:
    world.feed("gazette").gains(told(0))
    world.feed("gazette").gains(told(1))
    world.feed("courier").gains(by_courier())
    await world.at("2025-10-27 08:35")
    await mute(world, "gazette")
    (preview,) = (await world.asks("digest")).preview
    assert [(entry.title, entry.outlet, entry.also) for group in preview.groups for entry in group.entries] == [
        ("Norway ratifies UN Convention against Cybercrime", "The Courier", ())
    ]
    await world.at("2025-10-27 09:00")
    (words,) = said(slack)
    assert "1 new story" in words
    assert "Ghana" not in words
    assert "Gazette" not in words
    assert (await world.app.store.status()).dropped == MUTED


@digests
async def test_a_digest_of_nothing_but_a_muted_outlet_is_silent(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    await mute(world, "gazette")
    await world.at("2025-10-27 09:00")
    assert said(slack) == []


@pytest.mark.parametrize("world", [(BOTH, "")], indirect=True, ids=["both"])
async def test_what_a_pause_kept_back_is_told_without_the_muted_outlet(world: World, slack: FakeSlack) -> None:
    await world.at("2025-10-27 09:00")
    await world.asks("pause 14:00")
    world.feed("gazette").gains(told(1))
    world.feed("courier").gains(by_courier())
    await world.at("2025-10-27 11:00")
    await mute(world, "gazette")
    await world.at("2025-10-27 14:00")
    (words,) = said(slack)
    assert "while this channel was paused" in words
    assert "Norway" in words
    assert "Ghana" not in words


async def test_of_many_stories_at_once_those_of_the_muted_outlet_are_left_out(tmp_path: Path, slack: FakeSlack) -> None:
    async with World(tmp_path, channels=AT_ONCE, slack=slack, bot=", instant_per_hour: 1") as world:
        await world.at(MORNING)
        for number in (1, 2, 3):
            world.feed("gazette").gains(told(number))
        for number in (4, 5):
            world.feed("courier").gains(told(number))
        await reads(world, "2025-10-27 08:35")
        await mute(world, "gazette")
        await world.at("2025-10-27 08:36")
    (words,), (all_words,) = said(slack, "C1"), said(slack, "C2")
    assert [country in words for country in ("Ghana", "Chile", "Fiji", "Nepal", "Malta")] == [False] * 3 + [True] * 2
    assert "2 stories at once" in words
    assert "5 stories at once" in all_words


# ── what is no outlet like others


@pytest.mark.parametrize("world", [(AT_ONCE, SIGNATURE_CLOSES)], indirect=True, ids=["dates"])
async def test_dates_can_be_muted_too(world: World, slack: FakeSlack) -> None:
    await mute(world, DATES.id)
    await world.at("2025-10-28 08:35")
    assert (len(said(slack, "C1")), len(said(slack, "C2"))) == (0, 1)
    assert "Signature closes" in said(slack, "C2")[0]
