"""What every back end promises about pauses: nothing is posted meanwhile, and nothing is lost by them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.errors import StoreError
from bot.model import Change, ChannelId, DigestKey, Pause
from bot.store import Store
from tests import stores
from tests.chat_channels import ANNA, BEN, LOUNGE, TUESDAY_NINE, news, owed, settings, subscribe
from tests.stores import (
    DAY,
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
)

store = stores.store  # the fixture: every back end in turn

FOR_GOOD = Pause(until=None, why="paused by hand")
AN_HOUR = Pause(until=NOW + HOUR, why="paused by hand")


async def test_nothing_of_a_paused_channel_is_claimed_until_somebody_resumes(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await store.pause(SLACK, FOR_GOOD, by=ANNA, now=NOW)
    assert (await settings(store, SLACK)).channel == replace(ROOM, pause=FOR_GOOD)
    assert await store.claim_channels(NOW + 999 * DAY, limit=1, lease=LEASE) == []
    assert await store.next_channel() is None
    assert await store.resume(SLACK, by=BEN, now=NOW + DAY)
    assert (await claimed(store, NOW + DAY)).channel == ROOM


async def test_a_pause_with_an_end_runs_out_by_itself(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await store.pause(SLACK, AN_HOUR, by=ANNA, now=NOW)
    assert await store.next_channel() == NOW + HOUR
    assert await store.claim_channels(NOW + HOUR - MINUTE, limit=1, lease=LEASE) == []
    assert (await claimed(store, NOW + HOUR)).channel == ROOM
    [resumed, _] = await store.changes(limit=9)
    assert (resumed.by, resumed.what, resumed.told) == ("treatywatch", "resumed", "the pause ran out")


async def test_what_is_planned_and_not_sent_waits_too(store: Store) -> None:
    await stores.planned(store, "a")
    await store.release(SLACK)
    await store.pause(SLACK, AN_HOUR, by=ANNA, now=NOW)
    assert await store.claim_channels(NOW + HOUR - MINUTE, limit=1, lease=LEASE) == []
    assert [post.payload for post in (await claimed(store, NOW + HOUR)).posts] == ["message a"]


async def test_a_post_that_may_have_been_accepted_is_looked_for_after_the_pause(store: Store) -> None:
    [post] = await stores.planned(store, "a")
    await store.doubt(await begun(store, post), due=NOW, why="no answer")
    await store.release(SLACK)
    await store.pause(SLACK, FOR_GOOD, by=ANNA, now=NOW)
    assert await store.claim_channels(NOW + DAY, limit=1, lease=LEASE) == []
    await store.resume(SLACK, by=ANNA, now=NOW + DAY)
    assert [one.id for one in (await claimed(store, NOW + DAY)).posts] == [post.id]


async def test_a_digest_that_fell_into_the_pause_comes_once_after_it(store: Store) -> None:
    await store.set_digest(TERMINAL, due=NOW)
    await store.pause(TERMINAL, Pause(until=NOW + 3 * DAY, why="holiday"), by=ANNA, now=NOW)
    assert await store.claim_channels(NOW + 2 * DAY, limit=1, lease=LEASE) == []
    claim = await claimed(store, NOW + 3 * DAY)
    assert (claim.channel, claim.digest is not None) == (SCREEN, True)


async def run_out(store: Store, channel: ChannelId) -> None:
    assert await store.claim_channels(NOW + HOUR, limit=1, lease=LEASE, platforms=["none"]) == []
    assert not await store.resume(channel, by=ANNA, now=NOW + HOUR)


async def by_hand(store: Store, channel: ChannelId) -> None:
    assert await store.resume(channel, by=ANNA, now=NOW + MINUTE)


@pytest.mark.parametrize("end", [run_out, by_hand], ids=["by-itself", "by-hand"])
async def test_what_was_owed_at_once_goes_into_the_digest_where_there_is_one(
    store: Store, end: Callable[[Store, ChannelId], Awaitable[None]]
) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",))
    await news(store, "a", "ratification")
    await store.pause(LOUNGE, AN_HOUR, by=ANNA, now=NOW)
    await news(store, "b", "ratification")
    await news(store, "c", "convention")
    await end(store, LOUNGE)
    assert await owed(store) == {"story a": "digest", "story b": "digest", "story c": "digest"}
    (claim,) = await store.claim_channels(NOW + HOUR, limit=1, lease=LEASE, platforms=["slack"])
    assert claim.digest == DigestKey(cadence="daily", day=date(2025, 10, 27), catch_up=True)
    await store.plan(LOUNGE, [], digest=claim.digest, next_digest=None, now=NOW + HOUR)
    await store.release(LOUNGE)
    assert await store.next_channel(platforms=["slack"]) == TUESDAY_NINE
    assert (await store.changes(limit=1))[0].told.endswith("2 stories that waited go into the digest")


async def test_without_a_digest_what_was_owed_at_once_still_is(store: Store) -> None:
    await subscribe(store, instant=("ratification",))
    await store.pause(LOUNGE, AN_HOUR, by=ANNA, now=NOW)
    await news(store, "a", "ratification")
    await store.resume(LOUNGE, by=ANNA, now=NOW)
    assert await owed(store) == {"story a": "instant"}
    assert (await claimed(store)).channel.id == LOUNGE


async def test_a_channel_that_is_not_paused_cannot_be_resumed(store: Store) -> None:
    assert not await store.resume(SLACK, by=ANNA, now=NOW)
    assert not await store.resume(LOUNGE, by=ANNA, now=NOW)
    assert await store.changes(limit=9) == []


async def test_a_channel_that_never_was_cannot_be_paused(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no channel slack:T1:C2"):
        await store.pause(LOUNGE, FOR_GOOD, by=ANNA, now=NOW)


async def test_a_later_pause_takes_the_place_of_the_one_before(store: Store) -> None:
    await store.pause(SLACK, FOR_GOOD, by=ANNA, now=NOW)
    await store.pause(SLACK, AN_HOUR, by=BEN, now=NOW)
    assert (await settings(store, SLACK)).channel.pause == AN_HOUR


async def test_a_pause_outlives_a_new_reading_of_the_file(store: Store) -> None:
    await store.pause(SLACK, FOR_GOOD, by=ANNA, now=NOW)
    await configure(store)
    assert (await settings(store, SLACK)).channel.pause == FOR_GOOD


async def test_a_pause_stays_while_topics_come_and_go_and_ends_with_the_last(store: Store) -> None:
    await subscribe(store, instant=("ratification",))
    await store.pause(LOUNGE, FOR_GOOD, by=ANNA, now=NOW)
    await subscribe(store, instant=("convention",))
    await store.unsubscribe(LOUNGE, ["ratification"], by=ANNA, now=NOW)
    assert (await settings(store)).channel.pause == FOR_GOOD
    await store.unsubscribe(LOUNGE, ["convention"], by=ANNA, now=NOW)
    await subscribe(store, instant=("convention",))
    assert (await settings(store)).channel.pause is None


async def test_a_paused_workspace_pauses_its_channels_and_no_others(store: Store) -> None:
    elsewhere = ChannelId("slack", "T2", "C1")
    by_hand_already, bare = LOUNGE._replace(channel="C3"), ChannelId("slack", "", "C4")
    for channel in (LOUNGE, elsewhere, by_hand_already, bare):
        await subscribe(store, instant=("convention",), channel=channel)
    await store.pause(by_hand_already, AN_HOUR, by=ANNA, now=NOW)
    revoked = Pause(until=None, why="Slack says the token is revoked")
    await store.pause_workspace("slack", "T1", revoked, now=NOW)
    pauses = {str(channel.id): channel.pause for channel in await store.channels()}
    assert pauses == {
        "slack:C4": None,
        "slack:T1:C1": revoked,
        "slack:T1:C2": revoked,
        "slack:T1:C3": AN_HOUR,
        "slack:T2:C1": None,
        "terminal": None,
    }
    assert [change.by for change in await store.changes(limit=2)] == ["treatywatch", "treatywatch"]


async def test_pauses_are_written_down(store: Store) -> None:
    await store.pause(SLACK, FOR_GOOD, by=ANNA, now=NOW)
    await store.pause(SLACK, AN_HOUR, by=BEN, now=NOW)
    await store.resume(SLACK, by=ANNA, now=NOW + MINUTE)
    assert await store.changes(limit=9) == [
        Change(at=NOW + MINUTE, channel=SLACK, by=ANNA, what="resumed", told=""),
        Change(at=NOW, channel=SLACK, by=BEN, what="paused", told="until 2025-10-27 09:30 UTC: paused by hand"),
        Change(at=NOW, channel=SLACK, by=ANNA, what="paused", told="until somebody resumes: paused by hand"),
    ]


async def test_a_story_that_waits_for_the_end_of_a_pause_is_not_late(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await store.pause(SLACK, FOR_GOOD, by=ANNA, now=NOW)
    status = await store.status()
    assert (status.owed, status.oldest_owed) == (1, None)


async def test_a_digest_that_ends_before_it_caught_up_makes_nothing_due(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",))
    await store.pause(LOUNGE, FOR_GOOD, by=ANNA, now=NOW)
    await news(store, "a", "ratification")
    await store.resume(LOUNGE, by=ANNA, now=NOW + HOUR)
    await subscribe(store, instant=("convention",))
    (claim,) = await store.claim_channels(NOW + HOUR, limit=1, lease=LEASE, platforms=["slack"])
    assert (claim.digest, await owed(store)) == (None, {"story a": "instant"})
    await store.plan(
        LOUNGE, [], digest=None, next_digest=None, dropped=[(await store.owed(LOUNGE))[0].delivery], now=NOW
    )
    await store.release(LOUNGE)
    assert await store.next_channel(platforms=["slack"]) is None
