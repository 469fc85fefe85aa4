"""What every back end promises about channels, digests and posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.errors import StoreError
from bot.model import Cadence, Claim, Delivery, DigestKey, Post, PostState, Receipt, Watched
from bot.store import Store
from tests import stores
from tests.stores import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    NINE_IN_VIENNA,
    NOW,
    ROOM,
    SCREEN,
    SLACK,
    TERMINAL,
    a_draft,
    a_reading,
    an_item,
    begun,
    claimed,
    configure,
    planned,
    state,
)

store = stores.store  # the fixture: every back end in turn

MONDAY = DigestKey(cadence="daily", day=date(2025, 10, 27))
RECEIPT = Receipt(message="1761553800.000100")


async def unsettled(store: Store) -> tuple[Post, ...]:
    claim = await store.claim_view(SLACK)
    assert claim is not None
    return claim.posts


async def sending(store: Store, *keys: str) -> Post:
    post, *_ = await planned(store, *keys or ("a",))
    return await begun(store, post)


# ── which channel is claimed, and when


async def test_a_channel_where_nothing_is_due_is_not_claimed(store: Store) -> None:
    assert await store.claim_channels(NOW, limit=1, lease=LEASE) == []
    assert await store.next_channel() is None


async def test_a_story_owed_at_once_makes_its_channel_due(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    assert await store.next_channel() == NOW
    assert await claimed(store) == Claim(channel=ROOM, digest=None, since=None, posts=())


async def test_a_story_kept_for_the_digest_makes_nothing_due(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(TERMINAL,), wish="digest"))
    assert await store.claim_channels(NOW + DAY, limit=1, lease=LEASE) == []


async def test_a_leased_channel_is_claimed_by_none_until_the_lease_ends(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await claimed(store)
    assert await store.claim_channels(NOW + LEASE - MINUTE, limit=1, lease=LEASE) == []
    assert await store.next_channel() == NOW + LEASE
    assert (await claimed(store, NOW + LEASE)).channel == ROOM


async def test_a_released_channel_is_claimed_again_at_once(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await claimed(store)
    await store.release(SLACK)
    assert (await claimed(store)).channel == ROOM


async def test_the_channel_that_has_waited_longest_is_claimed_first(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await store.set_digest(TERMINAL, due=NOW - HOUR)
    assert [(await claimed(store)).channel for _ in range(2)] == [SCREEN, ROOM]


async def test_a_digest_is_claimed_when_it_is_due_and_not_before(store: Store) -> None:
    await store.set_digest(TERMINAL, due=NOW)
    assert await store.claim_channels(NOW - MINUTE, limit=1, lease=LEASE) == []
    assert await claimed(store) == Claim(channel=SCREEN, digest=MONDAY, since=None, posts=())


@pytest.mark.parametrize(
    ("zone", "due", "day"),
    [
        pytest.param("Pacific/Auckland", "2025-10-26T20:00:00Z", date(2025, 10, 27), id="east"),
        pytest.param("America/New_York", "2025-10-27T03:59:00Z", date(2025, 10, 26), id="west"),
    ],
)
async def test_a_digest_belongs_to_the_date_of_its_due_time_in_the_channels_zone(
    store: Store, zone: str, due: str, day: date
) -> None:
    cadence = Cadence(at=time(9), zone=zone, days=NINE_IN_VIENNA.days)
    await configure(store, channels=(replace(SCREEN, digest=cadence),))
    await store.set_digest(TERMINAL, due=datetime.fromisoformat(due))
    assert (await claimed(store, NOW)).digest == DigestKey(cadence="daily", day=day)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2025-10-28T07:59:59Z", date(2025, 10, 27)),
        ("2025-10-28T08:00:00Z", date(2025, 10, 28)),
        ("2025-11-01T12:00:00Z", date(2025, 10, 31)),
        ("2026-11-01T12:00:00Z", date(2026, 10, 30)),
    ],
    ids=["a day late", "as the next is due", "days later, on a Saturday", "a year later"],
)
async def test_after_a_standstill_the_digest_is_that_of_the_day_missed_last(store: Store, now: str, day: date) -> None:
    await store.set_digest(TERMINAL, due=datetime.fromisoformat("2025-10-27T08:00:00Z"))
    assert (await claimed(store, datetime.fromisoformat(now))).digest == DigestKey(cadence="daily", day=day)


async def test_looking_at_a_channel_shows_its_next_digest_and_claims_nothing(store: Store) -> None:
    await store.set_digest(TERMINAL, due=NOW + HOUR)
    shown = await store.claim_view(TERMINAL)
    assert shown == Claim(channel=SCREEN, digest=MONDAY, since=None, posts=())
    assert (await claimed(store, NOW + HOUR)).channel == SCREEN


async def test_no_one_sees_an_unknown_channel(store: Store) -> None:
    assert await store.claim_view(SLACK._replace(channel="C9")) is None


# ── plan


async def test_planned_posts_are_owed_and_tell_their_stories(store: Store) -> None:
    posts = await planned(store, "a", "b")
    assert [(post.kind, post.payload, post.state, post.due) for post in posts] == [
        ("instant", "message a", PostState.OWED, NOW),
        ("instant", "message b", PostState.OWED, NOW),
    ]
    assert await store.owed(SLACK) == []
    assert await unsettled(store) == tuple(posts)


async def test_what_does_not_fit_goes_into_the_thread_of_the_first(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), an_item("c"), to=(SLACK,), wish="digest"))
    drafts = [a_draft("a", kind="digest"), a_draft("b", kind="rest"), a_draft("c", kind="rest")]
    first, second, third = await store.plan(SLACK, drafts, digest=MONDAY, next_digest=None, now=NOW)
    assert (first.parent, second.parent, third.parent) == (None, first.id, first.id)
    await begun(store, first)
    await store.settle(first, RECEIPT)
    assert [post.thread for post in await unsettled(store)] == [RECEIPT.message, RECEIPT.message]


async def test_a_digest_of_one_day_is_made_once(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(TERMINAL,), wish="digest"))
    await store.set_digest(TERMINAL, due=NOW)
    draft = a_draft("a", kind="digest")
    made = await store.plan(TERMINAL, [draft], digest=MONDAY, next_digest=NOW + DAY, now=NOW)
    assert [post.kind for post in made] == ["digest"]
    again = a_draft("b", kind="digest")
    assert await store.plan(TERMINAL, [again], digest=MONDAY, next_digest=NOW + 2 * DAY, now=NOW + HOUR) == []
    assert [owed.story.id for owed in await store.owed(TERMINAL)] == ["story b"]
    shown = await store.claim_view(TERMINAL)
    assert shown is not None
    assert (shown.since, shown.posts) == (NOW, tuple(made))
    assert (await store.status()).digests == ((TERMINAL, NOW + 2 * DAY),)


async def test_a_digest_with_nothing_to_say_is_made_all_the_same(store: Store) -> None:
    await store.set_digest(TERMINAL, due=NOW)
    assert await store.plan(TERMINAL, [], digest=MONDAY, next_digest=NOW + DAY, now=NOW) == []
    assert await store.claim_channels(NOW, limit=1, lease=LEASE) == []
    assert (await claimed(store, NOW + DAY)).since == NOW


async def test_a_message_at_once_leaves_the_next_digest_alone(store: Store) -> None:
    await store.set_digest(TERMINAL, due=NOW + HOUR)
    await store.keep(a_reading(an_item("a"), to=(TERMINAL,)))
    await store.plan(TERMINAL, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    assert (await store.status()).digests == ((TERMINAL, NOW + HOUR),)


async def test_dropped_stories_are_never_told(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(SLACK,)))
    dropped = [Delivery(channel=SLACK, story="story a", wish="instant")]
    await store.plan(SLACK, [a_draft("b")], digest=None, next_digest=None, dropped=dropped, now=NOW)
    assert await store.owed(SLACK) == []
    await store.keep(Watched(state=state(), deliveries=tuple(dropped)))
    assert await store.owed(SLACK) == []


async def test_a_story_that_is_not_owed_cannot_be_planned_and_nothing_of_the_plan_stays(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    with pytest.raises(StoreError, match="story b is not owed to slack:T1:C1"):
        await store.plan(SLACK, [a_draft("a"), a_draft("b")], digest=MONDAY, next_digest=NOW, now=NOW)
    assert await unsettled(store) == ()
    assert [owed.story.id for owed in await store.owed(SLACK)] == ["story a"]


# ── a post's way


async def test_a_post_is_begun_and_settled(store: Store) -> None:
    post = await sending(store)
    assert (post.state, post.tries, post.first_try) == (PostState.SENDING, 1, NOW)
    await store.settle(post, RECEIPT)
    assert await unsettled(store) == ()
    assert (await store.status()).posts == {PostState.SENT: 1}
    assert await store.claim_channels(NOW + DAY, limit=1, lease=LEASE) == []


async def test_only_an_owed_post_can_be_begun(store: Store) -> None:
    post = await sending(store)
    with pytest.raises(StoreError, match="is sending"):
        await begun(store, post)
    await store.settle(post, RECEIPT)
    with pytest.raises(StoreError, match="is sent"):
        await begun(store, post)


async def test_two_posts_of_a_channel_are_never_under_way_together(store: Store) -> None:
    first, second = await planned(store, "a", "b")
    await begun(store, first)
    with pytest.raises(StoreError):
        await begun(store, second)
    assert [post.state for post in await unsettled(store)] == [PostState.OWED]


async def test_beginning_renews_the_lease(store: Store) -> None:
    [post] = await planned(store, "a")
    await begun(store, post, NOW + LEASE - MINUTE)
    assert await store.claim_channels(NOW + 2 * LEASE - 2 * MINUTE, limit=1, lease=LEASE) == []


async def test_beginning_never_shortens_the_lease(store: Store) -> None:
    [post] = await planned(store, "a")
    await begun(store, post, lease=MINUTE)
    assert await store.claim_channels(NOW + LEASE - MINUTE, limit=1, lease=LEASE) == []


async def test_a_post_put_off_waits_and_keeps_its_first_try(store: Store) -> None:
    post = await sending(store)
    await store.put_off(post, due=NOW + HOUR, why="rate limited")
    await store.release(SLACK)
    assert await store.claim_channels(NOW + HOUR - MINUTE, limit=1, lease=LEASE) == []
    [waiting] = (await claimed(store, NOW + HOUR)).posts
    assert waiting == replace(post, state=PostState.OWED, due=NOW + HOUR)
    again = await begun(store, waiting, NOW + HOUR)
    assert (again.tries, again.first_try) == (2, NOW)


async def test_a_post_whose_worker_went_away_is_unknown_when_it_is_time_to_look(store: Store) -> None:
    post = await sending(store)
    look = NOW + LEASE + 2 * MINUTE
    assert await store.claim_channels(look - MINUTE, limit=1, lease=LEASE) == []
    assert await store.next_channel() == look
    [lost] = (await claimed(store, look)).posts
    assert lost == replace(post, state=PostState.UNKNOWN, due=look)


async def test_a_post_under_way_is_left_alone_while_the_lease_lives(store: Store) -> None:
    [post] = await planned(store, "a")
    await store.begin(post, now=NOW, lease=LEASE, look=NOW)
    assert await store.claim_channels(NOW + LEASE - MINUTE, limit=1, lease=LEASE) == []
    assert (await claimed(store, NOW + LEASE)).posts[0].state is PostState.UNKNOWN


async def test_looks_in_vain_are_counted_until_the_next_try(store: Store) -> None:
    post = await sending(store)
    unknown = await store.doubt(post, due=NOW + MINUTE, why="no answer")
    assert unknown == replace(post, state=PostState.UNKNOWN, due=NOW + MINUTE)
    unknown = await store.doubt(post, due=NOW + 2 * MINUTE, why="not found")
    assert [unknown] == list(await unsettled(store))
    assert (unknown.state, unknown.looks, unknown.due) == (PostState.UNKNOWN, 1, NOW + 2 * MINUTE)
    repeated = await store.repeat(post, marked=False)
    assert (await begun(store, repeated, NOW + 2 * MINUTE)).looks == 0


@pytest.mark.parametrize("marked", [True, False], ids=["could-not-be-looked-for", "was-not-found"])
async def test_a_repeated_post_is_owed_at_once_byte_equal_and_marked_if_it_may_be_a_double(
    store: Store, marked: bool
) -> None:
    post = await sending(store)
    await store.doubt(post, due=NOW + DAY, why="no answer")
    repeated = await store.repeat(post, marked=marked)
    assert repeated == replace(post, state=PostState.OWED, due=NOW, repeat=marked)
    await store.release(SLACK)
    assert (await claimed(store)).posts == (repeated,)


async def test_a_mark_stays_with_the_post(store: Store) -> None:
    post = await sending(store)
    await store.doubt(post, due=NOW, why="no answer")
    again = await begun(store, await store.repeat(post, marked=True))
    await store.doubt(again, due=NOW, why="no answer")
    assert (await store.repeat(post, marked=False)).repeat


async def test_an_unknown_post_that_is_found_is_sent(store: Store) -> None:
    post = await sending(store)
    await store.doubt(post, due=NOW, why="no answer")
    await store.settle(post, RECEIPT)
    assert (await store.status()).posts == {PostState.SENT: 1}


async def test_a_refused_post_is_never_sent_nor_what_belongs_in_its_thread(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), an_item("c"), to=(SLACK,)))
    drafts = [a_draft("a"), a_draft("b", kind="rest"), a_draft("c")]
    first, _, third = await store.plan(SLACK, drafts, digest=None, next_digest=None, now=NOW)
    post = await begun(store, first)
    await store.refuse(post, why="the channel is archived")
    assert [each.id for each in await unsettled(store)] == [third.id]
    assert (await store.status()).posts == {PostState.REFUSED: 2, PostState.OWED: 1}


@pytest.mark.parametrize("move", ["put_off", "doubt", "repeat", "refuse"])
async def test_a_sent_post_stays_sent(store: Store, move: str) -> None:
    post = await sending(store)
    await store.settle(post, RECEIPT)
    moves = {
        "put_off": store.put_off(post, due=NOW, why=""),
        "doubt": store.doubt(post, due=NOW, why=""),
        "repeat": store.repeat(post, marked=False),
        "refuse": store.refuse(post, why=""),
    }
    chosen = moves.pop(move)
    for other in moves.values():
        other.close()
    with pytest.raises(StoreError, match="is sent"):
        await chosen


async def test_a_post_that_does_not_exist_cannot_move(store: Store) -> None:
    [post] = await planned(store, "a")
    with pytest.raises(StoreError, match="there is no post nobody"):
        await store.settle(replace(post, id="nobody"), RECEIPT)


# ── one message in flight


async def test_posts_are_claimed_oldest_first(store: Store) -> None:
    await planned(store, "b", "a")
    await store.release(SLACK)
    assert [post.payload for post in (await claimed(store)).posts] == ["message b", "message a"]


@pytest.mark.parametrize("how", ["put_off", "doubt"])
async def test_while_a_post_waits_nothing_else_of_its_channel_is_due(store: Store, how: str) -> None:
    await store.set_digest(TERMINAL, due=NOW)
    await store.keep(a_reading(an_item("a"), an_item("b"), an_item("c"), to=(TERMINAL,)))
    first, _ = await store.plan(TERMINAL, [a_draft("a"), a_draft("b")], digest=None, next_digest=None, now=NOW)
    await begun(store, first)
    wait = {"put_off": store.put_off, "doubt": store.doubt}[how]
    await wait(first, due=NOW + HOUR, why="later")
    await store.release(TERMINAL)
    assert await store.claim_channels(NOW + HOUR - MINUTE, limit=1, lease=LEASE) == []
    assert await store.next_channel() == NOW + HOUR
    claim = await claimed(store, NOW + HOUR)
    assert [post.payload for post in claim.posts] == ["message a", "message b"]
    assert claim.digest == MONDAY


# ── counts


async def test_earlier_counts_stories_sent_at_once_since_then(store: Store) -> None:
    for hour, key in enumerate("abcd"):
        [post] = await planned(store, key, now=NOW + hour * HOUR)
        under_way = await begun(store, post, NOW + hour * HOUR)
        if key == "d":
            await store.refuse(under_way, why="no")
        else:
            await store.settle(under_way, RECEIPT)
        await store.release(SLACK)
    await store.keep(a_reading(an_item("e"), to=(SLACK,), wish="digest"))
    assert await store.earlier(SLACK, since=None) == 3
    assert await store.earlier(SLACK, since=NOW + HOUR) == 2
    assert await store.earlier(TERMINAL, since=None) == 0


async def test_a_story_counts_as_owed_until_its_post_is_sent(store: Store) -> None:
    post = await sending(store)
    await store.keep(a_reading(an_item("b", seen=NOW + MINUTE), to=(TERMINAL,), wish="digest"))
    status = await store.status()
    assert (status.owed, status.oldest_owed) == (2, NOW)
    await store.settle(post, RECEIPT)
    status = await store.status()
    assert (status.owed, status.oldest_owed) == (1, None)
    assert (status.items, status.matched, status.stories) == (2, 2, 2)
