"""What every back end promises about the file, readings and stories; see test_store_feeds.py, test_store_news.py, …"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import StoreError
from bot.model import Coverage, Delivery, Evidence, FeedState, Match, Rank, Receipt, Subscription, Watched
from bot.store import Store
from tests import stores
from tests.stores import (
    DAY,
    GAZETTE,
    HOUR,
    LEASE,
    MINUTE,
    NINE_IN_VIENNA,
    NOW,
    ROOM,
    SCREEN,
    SLACK,
    TERMINAL,
    UN_PRESS,
    WISHES,
    a_draft,
    a_match,
    a_reading,
    an_item,
    begun,
    claimed,
    configure,
    planned,
    state,
)

store = stores.store  # the fixture: every back end in turn


def feeds_of(states: list[FeedState]) -> set[str]:
    return {state.feed for state in states}


# ── what feeds.yaml says


async def test_a_new_feed_is_due_now_and_never_read(store: Store) -> None:
    assert await store.feed_states() == [FeedState(feed="gazette", due=NOW), FeedState(feed="un-press", due=NOW)]


async def test_the_same_file_again_changes_no_feed(store: Store) -> None:
    await store.keep(Watched(state=replace(state(), etag='"1"')))
    await configure(store, now=NOW + MINUTE)
    assert (await store.feed_states())[1] == replace(state(), etag='"1"')


async def test_a_feed_with_another_address_is_due_now_without_the_old_validators(store: Store) -> None:
    await store.keep(Watched(state=replace(state(), etag='"1"', modified="yesterday", body_hash="ab")))
    await configure(store, feeds=(replace(UN_PRESS, url="https://un.example/new"), GAZETTE), now=NOW + MINUTE)
    assert (await store.feed_states())[1] == replace(state(), due=NOW + MINUTE)


async def test_a_feed_taken_out_keeps_its_items_and_is_no_longer_due(store: Store) -> None:
    await store.keep(a_reading(an_item("a")))
    await configure(store, feeds=(GAZETTE,))
    assert feeds_of(await store.claim_feeds(NOW + DAY, limit=9, lease=LEASE)) == {"gazette"}
    assert feeds_of(await store.feed_states()) == {"gazette"}
    assert [found.item.key for found in await store.latest(topic=None, limit=9)] == ["a"]


async def test_a_feed_that_comes_back_is_due_now_and_keeps_its_state(store: Store) -> None:
    await store.keep(Watched(state=replace(state(), etag='"1"')))
    await configure(store, feeds=(GAZETTE,))
    await configure(store, now=NOW + MINUTE)
    assert (await store.feed_states())[1] == replace(state(), etag='"1"', due=NOW + MINUTE)


async def test_channels_and_wishes_are_what_the_file_says(store: Store) -> None:
    assert await store.channels() == [ROOM, SCREEN]
    assert await store.subscriptions() == list(WISHES)


async def test_a_channel_written_without_a_workspace_reads_back_equal(store: Store) -> None:
    bare = replace(ROOM, id=SLACK._replace(workspace=""), always=True)
    await configure(store, channels=(bare,))
    assert await store.channels() == [bare]


async def test_a_wish_for_a_topic_that_is_gone_ends(store: Store) -> None:
    wishes = [Subscription(channel=SLACK, topic="gone", wish="digest")]
    await store.settle_config(feeds=[], topics=[], channels=[(ROOM, wishes)], now=NOW)
    assert await store.subscriptions() == []


async def test_a_channel_taken_out_gets_nothing_more(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(SLACK,)))
    await claimed(store)
    await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    await store.release(SLACK)
    await configure(store, channels=(SCREEN,))
    await store.keep(a_reading(an_item("c"), to=(SLACK,)))
    assert await store.claim_channels(NOW + DAY, limit=1, lease=LEASE) == []
    assert await store.owed(SLACK) == []
    assert await store.claim_view(SLACK) is None
    await configure(store)
    assert await store.claim_channels(NOW + DAY, limit=1, lease=LEASE) == []


async def test_a_digest_is_to_be_reckoned_until_it_has_a_due_time(store: Store) -> None:
    assert await store.undated() == [(SCREEN, "daily")]
    await store.set_digest(TERMINAL, due=NOW + DAY)
    assert await store.undated() == []
    await configure(store)
    assert await store.undated() == []


async def test_another_cadence_has_the_next_digest_reckoned_anew(store: Store) -> None:
    await store.set_digest(TERMINAL, due=NOW)
    later = replace(SCREEN, digest=replace(NINE_IN_VIENNA, days=frozenset({6})))
    await configure(store, channels=(later, ROOM))
    assert await store.undated() == [(later, "daily")]
    assert await store.claim_channels(NOW + DAY, limit=1, lease=LEASE) == []


async def test_the_digest_of_an_unknown_channel_cannot_be_set(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no channel slack:T1:C9"):
        await store.set_digest(SLACK._replace(channel="C9"), due=NOW)


# ── keep


async def test_a_reading_is_kept_whole(store: Store) -> None:
    item = replace(an_item("a"), summary="Sum", content="Full", lang="pt-BR", published=NOW - DAY)
    proof = Evidence(field="content", phrase="ful*", text="Full", start=0, end=4)
    match = Match(item=item.id, topic="convention", score=0.5, evidence=(proof,))
    deliveries = (Delivery(channel=TERMINAL, story="s", wish="digest", before=True),)
    await store.keep(
        Watched(state=state(), items=(item,), matches=(match,), stories=(("s", item.id),), deliveries=deliveries)
    )
    [owed] = await store.owed(TERMINAL)
    assert owed.delivery == deliveries[0]
    assert (owed.story.id, owed.story.seen) == ("s", NOW)
    assert owed.story.told_by == (Coverage(item=item, outlet="UN Press", rank=Rank.UN, matches=(match,)),)


BROKEN = a_reading(an_item("a"), an_item("b"), to=(SLACK,))
NOBODY = SLACK._replace(channel="C9")


@pytest.mark.parametrize(
    "watched",
    [
        pytest.param(
            replace(BROKEN, deliveries=(*BROKEN.deliveries, Delivery(channel=NOBODY, story="story a", wish="digest"))),
            id="delivery-to-an-unknown-channel",
        ),
        pytest.param(
            replace(BROKEN, deliveries=(Delivery(channel=SLACK, story="story z", wish="digest"),)),
            id="delivery-of-an-unknown-story",
        ),
        pytest.param(replace(BROKEN, matches=(a_match(an_item("z")),)), id="match-of-an-unknown-item"),
        pytest.param(replace(BROKEN, stories=(("s", an_item("z").id),)), id="story-of-an-unknown-item"),
        pytest.param(replace(BROKEN, stories=(*BROKEN.stories, ("s", an_item("a").id))), id="item-in-two-stories"),
        pytest.param(replace(BROKEN, items=(*BROKEN.items, an_item("old"))), id="item-that-is-kept-already"),
        pytest.param(replace(BROKEN, state=state("nobody")), id="unknown-feed"),
    ],
)
async def test_a_reading_that_cannot_be_kept_whole_leaves_nothing(store: Store, watched: Watched) -> None:
    await store.keep(Watched(state=state(due=NOW), items=(an_item("old"),)))
    before = await store.status()
    await store.claim_feeds(NOW, limit=9, lease=LEASE)
    with pytest.raises(StoreError):
        await store.keep(watched)
    assert await store.status() == before
    assert await store.tellings(since=NOW - DAY, after=0) == []
    assert await store.search("title a", limit=9) == []
    assert await store.claim_feeds(NOW, limit=9, lease=LEASE) == [], "the lease has not ended"


async def test_a_story_is_owed_to_a_channel_once(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(TERMINAL,), wish="digest"))
    again = Delivery(channel=TERMINAL, story="story a", wish="instant")
    await store.keep(Watched(state=state(), deliveries=(again,)))
    assert [owed.delivery.wish for owed in await store.owed(TERMINAL)] == ["digest"]


async def test_a_told_story_is_not_owed_again(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    late = an_item("late", feed="gazette", seen=NOW + HOUR)
    again = replace(a_reading(late, to=(SLACK,)), stories=(("story a", late.id),))
    await store.keep(replace(again, deliveries=(Delivery(channel=SLACK, story="story a", wish="instant"),)))
    assert await store.owed(SLACK) == []
    [story] = await store.told(SLACK, since=NOW)
    assert [part.item.key for part in story.told_by] == ["a", "late"]
    assert story.seen == NOW


async def test_told_stories_are_those_that_a_post_tells_since_then_and_was_not_refused(store: Store) -> None:
    [early] = await planned(store, "early", now=NOW - DAY)
    await store.settle(await begun(store, early, NOW - DAY), Receipt(message="m1"))
    [refused] = await planned(store, "refused")
    await store.refuse(refused, why="no such channel")
    await planned(store, "new", now=NOW + HOUR)
    await store.keep(a_reading(an_item("owed"), to=(SLACK,)))
    told = await store.told(SLACK, since=NOW - DAY)
    assert sorted(story.id for story in told) == ["story early", "story new"]
    assert [story.id for story in await store.told(SLACK, since=NOW)] == ["story new"]
    assert await store.told(TERMINAL, since=NOW - DAY) == []


async def test_a_story_is_led_by_the_outlet_nearest_to_the_facts_then_the_earliest(store: Store) -> None:
    gazette = [an_item(key, feed="gazette", seen=seen) for key, seen in (("g2", NOW), ("g1", NOW - HOUR))]
    stories = tuple(("s", item.id) for item in gazette)
    await store.keep(Watched(state=state("gazette"), items=tuple(gazette), stories=stories))
    official = an_item("u", seen=NOW + HOUR)
    to_slack = (Delivery(channel=SLACK, story="s", wish="digest"),)
    watched = Watched(state=state(), items=(official,), stories=(("s", official.id),), deliveries=to_slack)
    await store.keep(watched)
    [owed] = await store.owed(SLACK)
    assert [part.item.key for part in owed.story.told_by] == ["u", "g1", "g2"]


async def test_tellings_come_in_the_order_in_which_they_were_kept_each_once(store: Store) -> None:
    for hour, key in ((3, "c"), (1, "a"), (2, "b")):
        await store.keep(a_reading(an_item(key, seen=NOW + hour * HOUR)))
    first, second = await store.tellings(since=NOW + 2 * HOUR, after=0)
    assert (first.story, second.story) == ("story c", "story b")
    assert await store.tellings(since=NOW + 2 * HOUR, after=first.serial) == [second]
    assert await store.tellings(since=NOW + 2 * HOUR, after=second.serial) == []


async def test_a_telling_opens_with_the_summary_else_with_the_beginning_of_the_text(store: Store) -> None:
    summed = replace(an_item("a"), summary="Sum", content="Full")
    full = replace(an_item("b"), summary="", content="Full " * 1000)
    await store.keep(a_reading(summed, full))
    first, second = await store.tellings(since=NOW, after=0)
    assert (first.opening, second.opening) == ("Sum", ("Full " * 1000)[:1200])
    assert (first.feed, first.link, first.title) == (summed.feed, summed.link, summed.title)
    assert (first.seen, first.published) == (summed.seen, summed.published)


async def test_owed_stories_come_oldest_first(store: Store) -> None:
    for hour, key in ((2, "b"), (1, "a")):
        await store.keep(a_reading(an_item(key, seen=NOW + hour * HOUR), to=(SLACK,)))
    assert [owed.story.id for owed in await store.owed(SLACK)] == ["story a", "story b"]


# ── how the whole stands


async def test_readings_count_items_since_then_and_name_failing_feeds_longest_first(store: Store) -> None:
    await store.keep(a_reading(an_item("old", seen=NOW - DAY), an_item("new")))
    await store.keep(Watched(state=state(), items=(an_item("other"),)))
    for feed, since in (("gazette", NOW), ("un-press", NOW - DAY)):
        await store.keep(Watched(state=replace(state(feed, failures=2), failing_since=since, error="It is down.")))
    readings = await store.readings(since=NOW - HOUR)
    assert (readings.feeds, readings.items, readings.matched) == (2, 2, 1)
    assert [failing.feed for failing in readings.failing] == ["un-press", "gazette"]
    assert readings.failing[0].error == "It is down."
    assert (await store.readings(since=None)).items == 3


async def test_the_status_of_an_empty_store_is_all_noughts(store: Store) -> None:
    status = await store.status()
    assert (status.items, status.matched, status.stories, status.owed) == (0, 0, 0, 0)
    assert (status.oldest_owed, status.posts, status.digests, status.beat) == (None, {}, (), None)


async def test_the_last_beat_shows_in_the_status(store: Store) -> None:
    for moment in (NOW, NOW + MINUTE):
        await store.beat(moment, ["post", "poll"])
    assert (await store.status()).beat == NOW + MINUTE


async def test_times_keep_their_microseconds_and_are_utc(store: Store) -> None:
    seen = datetime.fromisoformat("2025-10-27T10:30:00.000001+02:00")
    await store.keep(a_reading(an_item("a", seen=seen)))
    [telling] = await store.tellings(since=seen, after=0)
    assert telling.seen.isoformat() == "2025-10-27T08:30:00.000001+00:00"
