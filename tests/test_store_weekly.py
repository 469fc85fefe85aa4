"""A channel's weekly digest, beside its daily one or alone, and how many stories there were each week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.delivery.route import Told, route
from bot.model import DATES, Channel, DigestKey, Pause, PostState, Receipt, Watched
from bot.store import Store
from tests import stores
from tests.chat_channels import (
    ANNA,
    FOUR_ON_FRIDAYS,
    FRIDAY_FOUR,
    LOUNGE,
    a_wish,
    file_says,
    news,
    owed,
    settings,
    subscribe,
    wishes,
)
from tests.stores import (
    DAY,
    HOUR,
    LEASE,
    NINE_IN_VIENNA,
    NOW,
    SCREEN,
    SLACK,
    TERMINAL,
    WISHES,
    a_draft,
    a_match,
    an_item,
    begun,
    claimed,
    configure,
    state,
)

store = stores.store

WEEK = timedelta(days=7)
FRIDAY, NEXT_FRIDAY = (DigestKey(cadence="weekly", day=date(2025, 10, 31) + n * WEEK) for n in (0, 1))
FRIDAYS = DigestKey(cadence="daily", day=date(2025, 10, 31))
AN_HOUR = Pause(until=NOW + HOUR, why="paused by hand")
BOTH = replace(SCREEN, weekly=FOUR_ON_FRIDAYS)
ONLY_WEEKLY = replace(SCREEN, digest=None, weekly=FOUR_ON_FRIDAYS)


# ── when it is due


async def test_each_digest_of_a_channel_is_to_be_reckoned_until_it_has_a_due_time(store: Store) -> None:
    await configure(store, channels=(BOTH,))
    assert await store.undated() == [(BOTH, "daily"), (BOTH, "weekly")]
    await store.set_digest(TERMINAL, due=NOW)
    assert await store.undated() == [(BOTH, "weekly")]
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR, kind="weekly")
    assert await store.undated() == []
    assert (await store.status()).digests == ((TERMINAL, NOW), (TERMINAL, FRIDAY_FOUR))


async def test_another_day_has_the_weekly_digest_alone_reckoned_anew(store: Store) -> None:
    await configure(store, channels=(BOTH,))
    await store.set_digest(TERMINAL, due=NOW + HOUR)
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR, kind="weekly")
    moved = replace(BOTH, weekly=replace(FOUR_ON_FRIDAYS, days=frozenset({0})))
    await configure(store, channels=(moved,))
    assert await store.undated() == [(moved, "weekly")]


async def test_a_weekly_digest_is_claimed_when_it_is_due_and_not_before(store: Store) -> None:
    await configure(store, channels=(ONLY_WEEKLY,))
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR, kind="weekly")
    assert await store.next_channel() == FRIDAY_FOUR
    assert await store.claim_channels(FRIDAY_FOUR - HOUR, limit=1, lease=LEASE) == []
    assert (await claimed(store, FRIDAY_FOUR)).digest == FRIDAY


async def test_of_two_digests_that_are_due_the_daily_one_comes_first(store: Store) -> None:
    await configure(store, channels=(BOTH,))
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR)
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR - HOUR, kind="weekly")
    first = (await claimed(store, FRIDAY_FOUR)).digest
    assert first == FRIDAYS
    await store.plan(TERMINAL, [], digest=first, next_digest=FRIDAY_FOUR + DAY, now=FRIDAY_FOUR)
    await store.release(TERMINAL)
    assert (await claimed(store, FRIDAY_FOUR)).digest == FRIDAY


async def test_each_digest_tells_what_is_new_since_the_last_of_its_own_kind(store: Store) -> None:
    await configure(store, channels=(BOTH,))
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR)
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR, kind="weekly")
    await store.plan(TERMINAL, [], digest=FRIDAYS, next_digest=FRIDAY_FOUR + 3 * DAY, now=FRIDAY_FOUR)
    weekly = await claimed(store, FRIDAY_FOUR + HOUR)
    assert (weekly.digest, weekly.since) == (FRIDAY, None)
    await store.plan(TERMINAL, [], digest=FRIDAY, next_digest=FRIDAY_FOUR + WEEK, now=FRIDAY_FOUR + HOUR)
    await store.release(TERMINAL)
    assert (await claimed(store, FRIDAY_FOUR + 3 * DAY)).since == FRIDAY_FOUR
    await store.plan(TERMINAL, [], digest=None, next_digest=None, now=NOW)
    shown = await store.settings(TERMINAL)
    assert shown is not None
    assert (shown.next_digest, shown.next_weekly) == (FRIDAY_FOUR + 3 * DAY, FRIDAY_FOUR + WEEK)
    assert (shown.last_digest, shown.last_weekly) == (FRIDAY_FOUR, FRIDAY_FOUR + HOUR)


async def test_a_weekly_digest_of_one_day_is_made_once_also_beside_the_daily_one(store: Store) -> None:
    await configure(store, channels=(BOTH,))
    draft = a_draft(kind="digest")
    assert len(await store.plan(TERMINAL, [draft], digest=FRIDAYS, next_digest=None, now=NOW)) == 1
    assert len(await store.plan(TERMINAL, [draft], digest=FRIDAY, next_digest=None, now=NOW)) == 1
    assert await store.plan(TERMINAL, [draft], digest=FRIDAY, next_digest=None, now=NOW + HOUR) == []


async def test_looking_at_a_channel_shows_the_digest_that_comes_first(store: Store) -> None:
    await configure(store, channels=(BOTH,))
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR + 3 * DAY)
    await store.set_digest(TERMINAL, due=FRIDAY_FOUR, kind="weekly")
    shown = await store.claim_view(TERMINAL)
    assert shown is not None
    assert shown.digest == FRIDAY


# ── what is owed to it


async def test_what_the_daily_digest_still_owed_goes_into_the_weekly_one_when_it_ends(store: Store) -> None:
    await subscribe(store, digest=("convention",), weekly=("human-rights",))
    await news(store, "a", "convention")
    await news(store, "old", "convention", silent=True)
    await news(store, "b", "human-rights")
    assert await owed(store) == {"story a": "digest", "story old": "digest", "story b": "weekly"}
    await subscribe(store, weekly=("convention",))
    shown = await settings(store)
    assert (shown.channel.digest, shown.channel.weekly) == (None, FOUR_ON_FRIDAYS)
    assert await owed(store) == {"story a": "weekly", "story old": "weekly", "story b": "weekly"}


async def test_what_the_weekly_digest_still_owed_goes_into_the_daily_one_when_it_ends(store: Store) -> None:
    await subscribe(store, digest=("convention",), weekly=("human-rights",))
    await news(store, "b", "human-rights")
    await subscribe(store, digest=("human-rights",))
    shown = await settings(store)
    assert (shown.channel.digest, shown.channel.weekly, shown.next_weekly) == (NINE_IN_VIENNA, None, None)
    assert await owed(store) == {"story b": "digest"}
    assert await store.claim_channels(FRIDAY_FOUR, limit=1, lease=LEASE, platforms=["slack"])


async def test_with_the_last_weekly_topic_the_digest_ends_and_what_is_still_wished_comes_at_once(store: Store) -> None:
    await subscribe(store, weekly=("human-rights",))
    await news(store, "a", "ratification", "human-rights")
    await news(store, "b", "human-rights")
    await subscribe(store, instant=("ratification",))
    await store.unsubscribe(LOUNGE, ["human-rights"], by=ANNA, now=NOW)
    shown = await settings(store)
    assert (shown.channel.weekly, shown.next_weekly, shown.channel.zone) == (None, None, "UTC")
    assert await owed(store) == {"story a": "instant"}


async def test_a_topic_moves_between_the_digests_and_the_channel_keeps_its_zone(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await subscribe(store, weekly=("convention",))
    assert await wishes(store) == {"convention": "weekly"}
    shown = await settings(store)
    assert (shown.channel.zone, shown.next_digest, shown.next_weekly) == ("Europe/Vienna", None, FRIDAY_FOUR)
    assert [change.told for change in await store.changes(limit=2)] == [
        "weekly 16:00 Europe/Vienna fri",
        "convention in the weekly digest",
    ]


async def test_a_story_routed_to_a_weekly_digest_that_ended_meanwhile_is_owed_at_once(store: Store) -> None:
    await subscribe(store, instant=("human-rights",))
    item = an_item("b")
    reading = stores.a_reading(item, to=(LOUNGE,), wish="weekly")
    await store.keep(replace(reading, matches=(a_match(item, "human-rights"),)))
    assert await owed(store) == {"story b": "instant"}


@pytest.mark.parametrize(
    ("topic", "comes"),
    [("ratification", "instant"), ("convention", "digest"), ("human-rights", "weekly")],
)
async def test_a_weekly_story_comes_sooner_when_later_coverage_is_about_what_is_wished_sooner(
    store: Store, topic: str, comes: str
) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",), weekly=("human-rights",))
    await news(store, "a", "human-rights")
    later = an_item("later")
    (delivery,) = route(
        [Told(story="story a", topics=frozenset({topic}), published=NOW)],
        [wish for wish in await store.subscriptions() if wish.channel == LOUNGE],
        silent=False,
        now=NOW,
    ).deliveries
    await store.keep(
        Watched(
            state=state(),
            items=(later,),
            matches=(a_match(later, topic),),
            stories=(("story a", later.id),),
            deliveries=(delivery,),
        )
    )
    assert await owed(store) == {"story a": comes}


async def test_after_a_pause_what_waited_goes_into_the_weekly_digest_where_there_is_no_daily_one(store: Store) -> None:
    await subscribe(store, instant=("ratification",), weekly=("convention",))
    await store.pause(LOUNGE, AN_HOUR, by=ANNA, now=NOW)
    await news(store, "a", "ratification")
    await store.resume(LOUNGE, by=ANNA, now=NOW + HOUR)
    assert await owed(store) == {"story a": "weekly"}
    (claim,) = await store.claim_channels(NOW + HOUR, limit=1, lease=LEASE, platforms=["slack"])
    assert claim.digest == DigestKey(cadence="weekly", day=date(2025, 10, 27), catch_up=True)


async def test_after_a_pause_what_waited_goes_into_the_daily_digest_where_there_are_both(store: Store) -> None:
    await subscribe(store, instant=("ratification",), weekly=("convention",), digest=("human-rights",))
    await store.pause(LOUNGE, AN_HOUR, by=ANNA, now=NOW)
    await news(store, "a", "ratification")
    await store.resume(LOUNGE, by=ANNA, now=NOW + HOUR)
    assert await owed(store) == {"story a": "digest"}


async def test_a_file_that_makes_a_daily_digest_weekly_loses_nothing_that_was_owed(store: Store) -> None:
    await news(store, "a", "convention")
    assert await owed(store, TERMINAL) == {"story a": "digest"}
    weekly = (replace(WISHES[0], wish="weekly"),)
    await store.settle_config(
        feeds=(stores.UN_PRESS,), topics=(stores.CONVENTION,), channels=[(ONLY_WEEKLY, weekly)], now=NOW
    )
    assert await owed(store, TERMINAL) == {"story a": "weekly"}


async def test_a_story_routed_to_a_digest_that_the_file_ended_meanwhile_is_owed_at_once(store: Store) -> None:
    await store.keep(stores.a_reading(an_item("a"), to=(SLACK,), wish="digest"))
    await store.keep(stores.a_reading(an_item("b"), to=(SLACK,), wish="weekly"))
    assert await owed(store, SLACK) == {"story a": "instant", "story b": "instant"}


async def test_a_channel_of_the_file_keeps_both_cadences(store: Store) -> None:
    named = Channel(id=LOUNGE, digest=NINE_IN_VIENNA, weekly=FOUR_ON_FRIDAYS)
    await file_says(store, also=((named, (a_wish("convention", "digest"),)),))
    assert (await settings(store)).channel == named


# ── what was told before it


async def test_a_weekly_digest_counts_what_was_told_at_once_and_daily_since_the_last_one(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",), weekly=("human-rights",))
    for key, topic in (("a", "ratification"), ("b", "convention"), ("c", "human-rights"), ("late", "convention")):
        await news(store, key, topic)
    for key, when in (("a", NOW), ("b", NOW + HOUR), ("late", NOW + DAY)):
        (post,) = await store.plan(LOUNGE, [a_draft(key)], digest=None, next_digest=None, now=when)
        if key != "late":
            await store.settle(await begun(store, post, now=when), Receipt(message=key))
    assert (await store.status()).posts == {PostState.SENT: 2, PostState.OWED: 1}
    assert await store.earlier(LOUNGE, since=None, kind="weekly") == 2
    assert await store.earlier(LOUNGE, since=NOW + HOUR, kind="weekly") == 1
    assert await store.earlier(LOUNGE, since=None) == 1


# ── how many stories there were each week

ENDS = [FRIDAY_FOUR - weeks * WEEK for weeks in (3, 2, 1, 0)]


async def began(store: Store, key: str, seen: datetime, *topics: str, published: datetime | None = None) -> None:
    """A story about these topics begins."""
    item = replace(an_item(key, seen=seen), published=published)
    matches = tuple(a_match(item, topic) for topic in topics)
    await store.keep(Watched(state=state(), items=(item,), matches=matches, stories=((key, item.id),)))


async def test_stories_are_counted_by_topic_in_the_week_in_which_they_were_first_read(store: Store) -> None:
    await began(store, "a", ENDS[3], "convention", "ratification")
    await began(store, "b", ENDS[2] + stores.MINUTE, "convention")
    await began(store, "c", ENDS[2], "convention")
    await began(store, "too old", ENDS[0], "convention")
    await began(store, "still to come", ENDS[3] + stores.MINUTE, "convention")
    assert await store.stories_by_week(["ratification", "convention", "rights"], weeks=ENDS) == {
        "ratification": [0, 0, 1],
        "convention": [0, 1, 2],
        "rights": [0, 0, 0],
    }


async def test_two_items_that_tell_one_story_are_one_and_count_when_it_began(store: Store) -> None:
    await began(store, "a", ENDS[1] + HOUR, "convention")
    later = an_item("later", seen=ENDS[3] - HOUR)
    await store.keep(Watched(state=state(), items=(later,), matches=(a_match(later),), stories=(("a", later.id),)))
    assert await store.stories_by_week(["convention"], weeks=ENDS) == {"convention": [0, 1, 0]}


@pytest.mark.parametrize(
    ("age", "counts"),
    [(timedelta(days=8), [0, 1, 0]), (timedelta(days=6), [0, 0, 1]), (timedelta(days=400), [0, 0, 0])],
    ids=["older than a week", "younger", "older than all weeks"],
)
async def test_what_an_archive_brings_counts_by_its_date(store: Store, age: timedelta, counts: list[int]) -> None:
    seen = ENDS[3] - HOUR
    await began(store, "a", seen, "convention", published=seen - age)
    assert await store.stories_by_week(["convention"], weeks=ENDS) == {"convention": counts}


async def test_a_date_of_the_file_is_no_story_of_its_week(store: Store) -> None:
    item = an_item("a", feed=DATES.id)
    watched = Watched(state=state(DATES.id), items=(item,), matches=(a_match(item),), stories=(("a", item.id),))
    await store.keep(watched)
    assert await store.stories_by_week(["convention"], weeks=ENDS) == {"convention": [0, 0, 0]}
