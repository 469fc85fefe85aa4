"""What every back end promises about many channels at once, and about the pace of each."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Receipt
from bot.store import Store
from tests import stores
from tests.stores import (
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    ROOM,
    SCREEN,
    SLACK,
    TERMINAL,
    a_reading,
    an_item,
    begun,
    claimed,
    configure,
    planned,
)

store = stores.store  # the fixture: every back end in turn


async def test_many_channels_are_claimed_at_once_and_no_more_than_asked_for(store: Store) -> None:
    rooms = [replace(ROOM, id=SLACK._replace(channel=f"C{number}")) for number in range(1, 4)]
    await configure(store, channels=tuple(rooms))
    await store.keep(a_reading(an_item("a"), to=tuple(room.id for room in rooms)))
    first = await store.claim_channels(NOW, limit=2, lease=LEASE)
    second = await store.claim_channels(NOW, limit=2, lease=LEASE)
    assert (len(first), len(second)) == (2, 1)
    assert sorted(claim.channel.id for claim in first + second) == [room.id for room in rooms]


async def test_after_a_request_nothing_is_due_in_its_channel_until_the_pace_is_over(store: Store) -> None:
    post, _ = await planned(store, "a", "b")
    await store.keep(a_reading(an_item("c"), to=(TERMINAL,)))
    begun_post = await store.begin(post, now=NOW, lease=LEASE, look=NOW + HOUR, pace=MINUTE)
    await store.settle(begun_post, Receipt(message="1"))
    await store.release(SLACK)
    assert [claim.channel for claim in await store.claim_channels(NOW, limit=9, lease=LEASE)] == [SCREEN]
    assert await store.next_channel(platforms=["slack"]) == NOW + MINUTE
    assert (await claimed(store, NOW + MINUTE)).channel == ROOM


async def test_a_post_that_is_put_off_puts_off_its_channel_whatever_becomes_of_it(store: Store) -> None:
    first, _ = await planned(store, "a", "b")
    post = await begun(store, first)
    await store.put_off(post, due=NOW + HOUR, why="Slack asks to wait")
    await store.release(SLACK)
    assert await store.drop(post.id)
    assert await store.next_channel() == NOW + HOUR


async def test_a_post_that_is_sent_may_put_off_its_channel_further(store: Store) -> None:
    first, _ = await planned(store, "a", "b")
    post = await store.begin(first, now=NOW, lease=LEASE, look=NOW + HOUR, pace=MINUTE)
    await store.settle(post, Receipt(message="1"), next_send=NOW + 2 * MINUTE)
    await store.release(SLACK)
    assert await store.next_channel() == NOW + 2 * MINUTE
