"""What every back end promises about whose turn it is among feeds, and what is known of how each stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import StoreError
from bot.model import Delivery, Draft, Feed, FeedFault, FeedState, Move, Pace, Receipt, Watched, Wish
from bot.store import Store
from tests import stores
from tests.stores import (
    DAY,
    GAZETTE,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    ROOM,
    SCREEN,
    SLACK,
    TERMINAL,
    UN_PRESS,
    a_draft,
    a_reading,
    an_item,
    begun,
    claimed,
    configure,
    state,
)

store = stores.store  # the fixture: every back end in turn


def feeds_of(states: list[FeedState]) -> set[str]:
    return {state.feed for state in states}


async def claim(store: Store, now: datetime = NOW, *, limit: int = 9, only: list[str] | None = None) -> set[str]:
    return feeds_of(await store.claim_feeds(now, limit=limit, lease=LEASE, only=only))


async def standing(store: Store, feed: str = "un-press") -> FeedState:
    [found] = [state for state in await store.feed_states() if state.feed == feed]
    return found


# ── leases of feeds


async def test_a_leased_feed_is_claimed_by_none_until_the_lease_ends(store: Store) -> None:
    assert feeds_of(await store.claim_feeds(NOW, limit=9, lease=LEASE)) == {"un-press", "gazette"}
    assert await store.claim_feeds(NOW + LEASE - MINUTE, limit=9, lease=LEASE) == []
    assert feeds_of(await store.claim_feeds(NOW + LEASE, limit=9, lease=LEASE)) == {"un-press", "gazette"}


async def test_a_feed_whose_lease_was_ended_unread_is_due_as_before(store: Store) -> None:
    await store.claim_feeds(NOW, limit=9, lease=LEASE)
    await store.release_feed("gazette")
    assert feeds_of(await store.claim_feeds(NOW, limit=9, lease=LEASE)) == {"gazette"}


async def test_no_more_feeds_are_claimed_than_asked_for_the_longest_due_first(store: Store) -> None:
    await store.keep(Watched(state=state("un-press", due=NOW - HOUR)))
    assert feeds_of(await store.claim_feeds(NOW, limit=1, lease=LEASE)) == {"un-press"}


async def test_a_feed_that_is_not_due_is_claimed_only_by_name(store: Store) -> None:
    await store.keep(Watched(state=state("un-press", due=NOW + HOUR)))
    assert feeds_of(await store.claim_feeds(NOW, limit=9, lease=LEASE, only=["un-press"])) == {"un-press"}
    assert feeds_of(await store.claim_feeds(NOW, limit=9, lease=LEASE)) == {"gazette"}


async def test_a_leased_feed_is_not_claimed_by_name_either(store: Store) -> None:
    await store.claim_feeds(NOW, limit=9, lease=LEASE)
    assert await store.claim_feeds(NOW, limit=9, lease=LEASE, only=["un-press", "nobody"]) == []


async def test_keeping_a_reading_ends_the_lease(store: Store) -> None:
    await store.claim_feeds(NOW, limit=9, lease=LEASE)
    await store.keep(Watched(state=state("un-press", due=NOW)))
    assert feeds_of(await store.claim_feeds(NOW, limit=9, lease=LEASE)) == {"un-press"}


async def test_the_next_feed_is_the_one_that_can_be_claimed_first(store: Store) -> None:
    assert await store.next_feed() == NOW
    await store.keep(Watched(state=state("gazette", due=NOW + HOUR)))
    await store.claim_feeds(NOW, limit=9, lease=LEASE)
    assert await store.next_feed() == NOW + LEASE
    await configure(store, feeds=())
    assert await store.next_feed() is None


# ── one at a time of each owner


def of(owner: str, *ids: str) -> tuple[Feed, ...]:
    """Feeds of one owner."""
    return tuple(Feed(id=id_, name=id_, url=f"https://{owner}.example/{id_}", every=HOUR) for id_ in ids)


async def test_of_one_owner_one_feed_is_claimed_at_a_time(store: Store) -> None:
    await configure(store, feeds=(*of("one", "a", "b", "c"), *of("two", "d")))
    assert await claim(store) == {"a", "d"}
    assert await claim(store) == set()
    await store.keep(Watched(state=state("a")))
    assert await claim(store) == {"b"}
    assert await claim(store, NOW + LEASE) == {"b", "d"}, "the one that was claimed is due longest, as before"


async def test_of_one_owner_one_feed_is_claimed_by_name_at_a_time(store: Store) -> None:
    await configure(store, feeds=(*of("one", "a", "b", "c"), *of("two", "d")))
    assert await claim(store, only=["c", "b"]) == {"b"}
    assert await claim(store, only=["a", "c", "d"]) == {"d"}
    assert await claim(store) == set()


async def test_a_feed_that_was_taken_out_while_it_is_read_keeps_its_owner_busy(store: Store) -> None:
    await configure(store, feeds=of("one", "a", "b"))
    assert await claim(store) == {"a"}
    await configure(store, feeds=of("one", "b"))
    assert await claim(store) == set()
    assert await store.next_feed() == NOW + LEASE
    await store.keep(Watched(state=state("a")))
    assert await claim(store) == {"b"}


async def test_the_healthy_are_claimed_before_those_that_failed_then_the_longest_due(store: Store) -> None:
    await configure(store, feeds=tuple(feed for id_ in "abcd" for feed in of(id_, id_)))
    for id_, minutes, failures in (("a", 9, 3), ("b", 1, 0), ("c", 8, 1), ("d", 2, 0)):
        await store.keep(Watched(state=state(id_, due=NOW - minutes * MINUTE, failures=failures)))
    turns = [await claim(store, limit=1) for _ in range(5)]
    assert turns == [{"d"}, {"b"}, {"a"}, {"c"}, set()]


async def test_a_healthy_feed_goes_before_one_of_its_owner_that_failed_if_it_is_due(store: Store) -> None:
    await configure(store, feeds=of("one", "a", "b"))
    await store.keep(Watched(state=state("a", due=NOW - HOUR, failures=1)))
    await store.keep(Watched(state=state("b", due=NOW)))
    assert await claim(store) == {"b"}
    await store.keep(Watched(state=state("b", due=NOW + MINUTE)))
    assert await claim(store) == {"a"}


async def test_a_feed_with_another_address_belongs_to_another_owner(store: Store) -> None:
    await configure(store, feeds=of("one", "a", "b"))
    await configure(store, feeds=(*of("one", "a"), *of("two", "b")))
    assert await claim(store) == {"a", "b"}


async def test_the_next_feed_of_a_busy_owner_waits_for_the_end_of_the_lease(store: Store) -> None:
    await configure(store, feeds=(*of("one", "a", "b"), *of("two", "c")))
    await store.keep(Watched(state=state("c", due=NOW + MINUTE)))
    assert await claim(store) == {"a"}
    assert await store.next_feed() == NOW + MINUTE
    assert await claim(store, NOW + MINUTE) == {"c"}
    assert await store.next_feed() == NOW + LEASE
    await store.keep(Watched(state=state("a", due=NOW + DAY)))
    assert await store.next_feed() == NOW


# ── how a feed stands

WHOLE = FeedState(
    feed="un-press",
    due=NOW + HOUR,
    etag='"1"',
    modified="yesterday",
    body_hash="ab",
    first_read=NOW - DAY,
    last_read=NOW,
    status=503,
    items=10,
    failures=2,
    failing_since=NOW - HOUR,
    error="It is down.",
    fault=FeedFault.CHALLENGE,
    pace=Pace(
        wait=timedelta(minutes=90, microseconds=1),
        skip_hours=frozenset({0, 23}),
        skip_days=frozenset({5, 6}),
        oldest=datetime(2025, 10, 1, 12, 0, 0, 5, tzinfo=UTC),
    ),
    move=Move(url='https://elsewhere.example/ü?a="b"', days=2, last=date(2025, 10, 26)),
    held=12,
    held_at=NOW - MINUTE,
    told_held=False,
)


async def test_all_that_a_reading_leaves_known_reads_back_equal(store: Store) -> None:
    await store.keep(Watched(state=WHOLE))
    assert await standing(store) == WHOLE
    [claimed] = await store.claim_feeds(NOW, limit=1, lease=LEASE, only=["un-press"])
    assert claimed == WHOLE


@pytest.mark.parametrize("pace", [Pace(), Pace(wait=MINUTE), Pace(oldest=NOW)], ids=["none", "wait", "oldest"])
async def test_a_pace_that_says_little_reads_back_equal(store: Store, pace: Pace) -> None:
    await store.keep(Watched(state=replace(state(), pace=pace)))
    assert (await standing(store)).pace == pace


async def test_what_was_known_of_an_address_is_known_of_no_other(store: Store) -> None:
    await store.keep(Watched(state=WHOLE))
    await store.announce([], [replace(WHOLE, told_failing=True)])
    await configure(store, feeds=(replace(UN_PRESS, url="https://un.example/new"), GAZETTE), now=NOW + MINUTE)
    assert await standing(store) == FeedState(
        feed="un-press",
        due=NOW + MINUTE,
        first_read=NOW - DAY,
        last_read=NOW,
        items=10,
        told_failing=True,  # so that the channels are told when it is back
        held=12,
        held_at=NOW - MINUTE,
        told_held=False,
    )


async def test_another_name_or_rank_changes_nothing_that_is_known_of_a_feed(store: Store) -> None:
    await store.keep(Watched(state=WHOLE))
    await configure(store, feeds=(replace(UN_PRESS, name="Press", rank=GAZETTE.rank), GAZETTE), now=NOW + MINUTE)
    assert await standing(store) == WHOLE


# ── what channels are told of feeds

BROKEN = replace(state(failures=3), failing_since=NOW - 2 * DAY, error="It is down.", fault=FeedFault.STATUS)
FLOODED = replace(state(), held=12, held_at=NOW, told_held=False)
WORD = Draft(kind="instant", payload="It is broken.", stories=())


async def test_what_is_announced_is_owed_to_its_channels_and_noted_of_its_feeds(store: Store) -> None:
    await store.keep(Watched(state=BROKEN))
    await store.announce([(SLACK, WORD), (TERMINAL, WORD)], [replace(BROKEN, told_failing=True)])
    assert await standing(store) == replace(BROKEN, told_failing=True)
    for _ in range(2):
        [post] = (await claimed(store)).posts
        assert (post.kind, post.payload) == ("instant", "It is broken.")
        await store.settle(await begun(store, post), Receipt(message="1"))
    assert await store.claim_channels(NOW, limit=1, lease=LEASE) == []


async def test_the_same_is_not_announced_twice(store: Store) -> None:
    await store.keep(Watched(state=BROKEN))
    told = replace(BROKEN, told_failing=True)
    await store.announce([(SLACK, WORD)], [told])
    with pytest.raises(StoreError):
        await store.announce([(SLACK, WORD)], [told])
    assert len(await store.outbox()) == 1


async def test_that_a_feed_is_back_and_fails_again_is_announced_each_time(store: Store) -> None:
    for day in range(2):
        since = NOW + day * 9 * DAY
        broken = replace(BROKEN, failing_since=since)
        await store.keep(Watched(state=broken))
        await store.announce([(SLACK, WORD)], [replace(broken, told_failing=True)])
        well = replace(state(), last_read=since + 5 * DAY)
        await store.keep(Watched(state=well))
        await store.announce([(SLACK, WORD)], [well])
    assert len(await store.outbox()) == 4


async def test_an_announcement_of_an_unknown_feed_changes_nothing(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no feed nobody"):
        await store.announce([(SLACK, WORD)], [replace(BROKEN, told_failing=True), replace(BROKEN, feed="nobody")])
    assert await store.outbox() == []
    assert not (await standing(store)).told_failing


async def test_a_channel_that_gets_nothing_more_is_told_nothing_of_feeds(store: Store) -> None:
    await configure(store, channels=(SCREEN,))
    await store.announce([(SLACK, WORD), (TERMINAL, WORD)], [replace(BROKEN, told_failing=True)])
    assert [post.channel for post in await store.outbox()] == [TERMINAL]


@pytest.mark.parametrize("failures", [0, 4], ids=["back", "still-failing"])
async def test_a_reading_begun_before_an_announcement_does_not_undo_it(store: Store, failures: int) -> None:
    await store.keep(Watched(state=BROKEN))
    [before] = await store.claim_feeds(NOW, limit=1, lease=LEASE, only=["un-press"])
    await store.announce([(SLACK, WORD)], [replace(BROKEN, told_failing=True)])
    await store.keep(Watched(state=replace(before, failures=failures)))
    assert (await standing(store)).told_failing


async def test_a_reading_begun_before_its_flood_was_told_does_not_undo_that(store: Store) -> None:
    await store.keep(Watched(state=FLOODED))
    [before] = await store.claim_feeds(NOW, limit=1, lease=LEASE, only=["un-press"])
    await store.announce([], [replace(FLOODED, told_held=True)])
    await store.keep(Watched(state=before))
    assert (await standing(store)).told_held


async def test_nobody_was_told_of_a_new_flood_whatever_was_announced_meanwhile(store: Store) -> None:
    await store.keep(Watched(state=FLOODED))
    second = replace(FLOODED, held=5, held_at=NOW + HOUR)
    await store.keep(Watched(state=second))
    await store.announce([], [replace(FLOODED, told_held=True)])
    assert await standing(store) == second


async def test_readings_name_the_feeds_that_brought_too_much_since_then(store: Store) -> None:
    await store.keep(Watched(state=FLOODED))
    await store.keep(Watched(state=replace(FLOODED, feed="gazette", held=3, held_at=NOW - HOUR)))
    for since, held in ((NOW, ["un-press"]), (NOW - HOUR, ["gazette", "un-press"]), (NOW + MINUTE, [])):
        assert [state.feed for state in (await store.readings(since=since)).held] == held
    assert len((await store.readings(since=None)).held) == 2
    await store.keep(Watched(state=replace(FLOODED, held=0)))
    assert [state.feed for state in (await store.readings(since=None)).held] == ["gazette"]


# ── how much a feed makes owed at once


async def test_stories_that_became_owed_at_once_are_counted_each_once(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(SLACK, TERMINAL)))
    await store.keep(a_reading(an_item("c", seen=NOW + HOUR), to=(SLACK,)))
    assert await store.at_once("un-press", since=NOW) == 3
    assert await store.at_once("un-press", since=NOW + MINUTE) == 1
    assert await store.at_once("gazette", since=NOW) == 0
    await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    assert await store.at_once("un-press", since=NOW) == 3, "told or not"


@pytest.mark.parametrize("wish", ["instant", "digest"])
async def test_a_story_counts_for_the_feed_with_whose_item_it_began(store: Store, wish: Wish) -> None:
    await store.keep(a_reading(an_item("a", feed="gazette")))
    later = an_item("b", seen=NOW + HOUR)
    delivery = Delivery(channel=TERMINAL, story="story a", wish=wish)
    await store.keep(Watched(state=state(), items=(later,), stories=(("story a", later.id),), deliveries=(delivery,)))
    counted = (await store.at_once("gazette", since=NOW), await store.at_once("un-press", since=NOW))
    assert counted == ((1, 0) if wish == "instant" else (0, 0))


async def test_a_story_for_a_channel_that_gets_nothing_more_is_not_counted(store: Store) -> None:
    await configure(store, channels=(SCREEN,))
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    assert await store.at_once("un-press", since=NOW) == 0
    await configure(store, channels=(SCREEN, ROOM))
