"""A channel is told an event once, also where two processes began a story of it each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.once import MUTED, once
from bot.model import ChannelId, Delivery, Evidence, Match, Owed, Story, Watched, Wish
from tests.feed_server import Told
from tests.stores import state
from tests.test_stories import item, story
from tests.world import World

TERMINAL = ChannelId("terminal")
FIRST = story("first", item("a", "Ghana signs UN cybercrime treaty"))
AGAIN = story("again", item("b", "Ghana joins the UN convention against cybercrime"))
OTHER = story("other", item("c", "Kenya signs UN cybercrime treaty"))


def owed(one: Story, wish: Wish = "digest", *, before: bool = False) -> Owed:
    return Owed(delivery=Delivery(channel=TERMINAL, story=one.id, wish=wish, before=before), story=one, since=one.seen)


def test_a_story_that_the_channel_was_told_is_not_told_again() -> None:
    news = once([owed(AGAIN), owed(OTHER)], [FIRST])
    assert [one.story.id for one in news.owed] == ["other"]
    assert [delivery.story for delivery in news.never] == ["again"]


def test_two_owed_stories_of_one_event_become_one_with_both_coverages() -> None:
    news = once([owed(FIRST), owed(OTHER), owed(AGAIN)], [])
    assert [one.story.id for one in news.owed] == ["first", "other"]
    assert [part.item.feed for part in news.owed[0].story.told_by] == ["a", "b"]
    assert news.all_of(["first", "other"]) == ("first", "other", "again")


def test_what_was_there_before_joins_only_its_like() -> None:
    news = once([owed(FIRST, before=True), owed(AGAIN)], [])
    assert [one.story.id for one in news.owed] == ["first", "again"]


def test_what_is_dropped_takes_along_what_was_put_under_it() -> None:
    news = once([owed(FIRST, before=True), owed(AGAIN, before=True)], [])
    [kept] = news.owed
    assert [delivery.story for delivery in news.all_dropped([kept.delivery])] == ["first", "again"]


def test_what_only_muted_outlets_tell_is_never_told_and_says_why() -> None:
    news = once([owed(FIRST), owed(OTHER)], [], muted={"a"})
    assert [one.story.id for one in news.owed] == ["other"]
    assert [(delivery.story, delivery.why) for delivery in news.never] == [("first", MUTED)]


def test_of_a_story_that_others_tell_too_another_one_leads() -> None:
    both = replace(FIRST, told_by=(*FIRST.told_by, *AGAIN.told_by))
    [kept] = once([owed(both)], [], muted={"a"}).owed
    assert [part.item.feed for part in kept.story.told_by] == ["b"]


def test_a_muted_outlet_is_not_brought_back_by_a_story_that_was_put_under_another() -> None:
    both = replace(AGAIN, told_by=(*AGAIN.told_by, *OTHER.told_by))
    [kept] = once([owed(FIRST), owed(both)], [], muted={"c"}).owed
    assert [part.item.feed for part in kept.story.told_by] == ["a", "b"]


def test_nothing_owed_is_nothing() -> None:
    news = once([], [FIRST])
    assert (news.owed, news.joined, news.never) == ((), {}, ())


SIGNED = Told(
    title="Ghana signs UN Convention against Cybercrime",
    guid="signed",
    link="https://gazette.example/signed",
    summary="Ghana has signed the UN Convention against Cybercrime.",
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as opened:
        yield opened


async def begun_elsewhere(world: World, title: str, *, wish: Wish, feed: str = "courier") -> None:
    """Another process keeps a story of its own."""
    late = replace(item(feed, title), link=f"https://{feed}.example/late", seen=world.clock.now())
    words = "cybercrime"
    proof = Evidence(field="title", phrase=words, text=words, start=title.index(words), end=title.index(words) + 10)
    await world.app.store.keep(
        Watched(
            state=state(feed, due=world.clock.now()),
            items=(late,),
            matches=(Match(item=late.id, topic="convention", score=0.9, evidence=(proof,)),),
            stories=((f"begun by {feed}", late.id),),
            deliveries=(Delivery(channel=TERMINAL, story=f"begun by {feed}", wish=wish),),
        )
    )


async def test_of_two_stories_of_one_event_the_second_is_not_posted(world: World) -> None:
    await world.at("2025-10-27 07:10")
    world.feed("gazette").gains(SIGNED)
    assert "Ghana signs UN Convention against Cybercrime" in await world.at("2025-10-27 07:45")
    await begun_elsewhere(world, "Ghana joins UN pact against cybercrime", wish="instant")
    assert await world.at("2025-10-27 07:46") == ""
    assert await world.app.store.owed(TERMINAL) == []


async def test_a_story_for_the_digest_that_was_told_at_once_is_not_told_again(world: World) -> None:
    await world.at("2025-10-27 07:10")
    world.feed("gazette").gains(SIGNED)
    await world.at("2025-10-27 07:45")
    await begun_elsewhere(world, "Ghana joins UN pact against cybercrime", wish="digest")
    assert "Ghana joins" not in await world.at("2025-10-27 09:00")
    assert await world.app.store.owed(TERMINAL) == []


async def test_two_stories_of_one_event_stand_once_in_the_digest_with_both_outlets(world: World) -> None:
    await world.at("2025-10-27 07:10")
    await begun_elsewhere(world, "Ghana signs UN treaty on cybercrime", wish="digest", feed="gazette")
    await begun_elsewhere(world, "Ghana joins UN pact against cybercrime", wish="digest")
    digest = await world.at("2025-10-27 09:00")
    assert "Ghana joins UN pact against cybercrime" in digest
    assert "Also in The Gazette" in " ".join(digest.split())
    assert "Ghana signs" not in digest
    assert await world.app.store.owed(TERMINAL) == []


async def test_two_stories_of_one_event_owed_at_once_are_one_post(world: World) -> None:
    await world.at("2025-10-27 07:10")
    await begun_elsewhere(world, "Ghana signs UN treaty on cybercrime", wish="instant", feed="gazette")
    await begun_elsewhere(world, "Ghana joins UN pact against cybercrime", wish="instant")
    posted = await world.at("2025-10-27 07:46")
    assert "Ghana joins UN pact against cybercrime" in posted
    assert "Also in The Gazette" in " ".join(posted.split())
    assert "Ghana signs" not in posted
    assert await world.app.store.owed(TERMINAL) == []


async def test_what_was_told_fifteen_days_ago_may_be_told_again(world: World) -> None:
    await world.at("2025-10-27 07:10")
    await begun_elsewhere(world, "Ghana signs UN treaty on cybercrime", wish="instant", feed="gazette")
    await world.at("2025-10-27 07:46")
    world.clock.moment += timedelta(days=15)
    await begun_elsewhere(world, "Ghana joins UN pact against cybercrime", wish="instant")
    assert "Ghana joins" in await world.at("2025-11-11 08:00")
