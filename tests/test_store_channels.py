"""What every back end promises about channels that subscribe in chat; see test_store_pauses.py for pauses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import StoreError
from bot.model import Change, Channel, Delivery, PostState, Settings, Watched
from bot.store import Store
from tests import stores
from tests.chat_channels import (
    ANNA,
    BEN,
    LOUNGE,
    RIGHTS,
    SIXTEEN_IN_PARIS,
    TUESDAY_NINE,
    a_wish,
    file_says,
    news,
    owed,
    settings,
    subscribe,
    wishes,
)
from tests.stores import (
    CONVENTION,
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    NINE_IN_VIENNA,
    NOW,
    RATIFICATION,
    ROOM,
    SCREEN,
    SLACK,
    TERMINAL,
    WISHES,
    a_draft,
    claimed,
    state,
)

store = stores.store  # the fixture: every back end in turn


# ── subscribe


async def test_a_channel_subscribed_in_chat_gets_what_was_wished(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",))
    lounge = Channel(id=LOUNGE, digest=NINE_IN_VIENNA, set_by="chat", owner=ANNA)
    wished = (a_wish("ratification", "instant"), a_wish("convention", "digest"))
    assert await store.settings(LOUNGE) == Settings(channel=lounge, subscriptions=wished, next_digest=TUESDAY_NINE)
    assert await store.channels() == [ROOM, lounge, SCREEN]
    assert await store.subscriptions() == [*wished, *WISHES]
    assert (await store.status()).digests == ((LOUNGE, TUESDAY_NINE),)


async def test_a_channel_that_nobody_subscribed_has_no_settings(store: Store) -> None:
    assert await store.settings(LOUNGE) is None


async def test_a_channel_of_the_file_has_settings_too(store: Store) -> None:
    assert await store.settings(TERMINAL) == Settings(channel=SCREEN, subscriptions=WISHES, next_digest=None)


async def test_only_what_is_new_from_then_on_is_owed(store: Store) -> None:
    await news(store, "before", "convention")
    await subscribe(store, instant=("convention",))
    await news(store, "after", "convention")
    assert await owed(store) == {"story after": "instant"}


async def test_what_was_told_before_is_not_owed_again(store: Store) -> None:
    await subscribe(store, instant=("convention",))
    await news(store, "a", "convention")
    await store.plan(LOUNGE, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    await store.unsubscribe(LOUNGE, ["convention"], by=ANNA, now=NOW)
    await subscribe(store, digest=("convention",))
    again = Delivery(channel=LOUNGE, story="story a", wish="digest")
    await store.keep(Watched(state=state(), deliveries=(again,)))
    assert await owed(store) == {}


async def test_the_same_wish_again_changes_nothing(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    before = await settings(store), await store.changes(limit=9)
    await subscribe(store, digest=("convention",), due=TUESDAY_NINE + DAY, now=NOW + HOUR)
    assert (await settings(store), await store.changes(limit=9)) == before


async def test_a_topic_moves_to_the_wish_named_last_and_stands_once(store: Store) -> None:
    await subscribe(store, digest=("convention", "ratification"))
    await subscribe(store, instant=("ratification",))
    assert await wishes(store) == {"convention": "digest", "ratification": "instant"}
    await subscribe(store, digest=("ratification",))
    assert await wishes(store) == {"convention": "digest", "ratification": "digest"}


async def test_what_was_owed_at_once_stays_so_when_its_topic_moves(store: Store) -> None:
    await subscribe(store, instant=("convention",))
    await news(store, "a", "convention")
    await subscribe(store, digest=("convention",))
    await news(store, "b", "convention")
    assert await owed(store) == {"story a": "instant", "story b": "digest"}


async def test_another_cadence_moves_the_next_digest(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await subscribe(store, digest=("convention",), cadence=SIXTEEN_IN_PARIS, due=NOW + 4 * DAY)
    shown = await settings(store)
    assert (shown.channel.digest, shown.next_digest) == (SIXTEEN_IN_PARIS, NOW + 4 * DAY)
    assert await store.claim_channels(TUESDAY_NINE, limit=1, lease=LEASE) == []


async def test_a_topic_at_once_leaves_the_digest_as_it_is(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await subscribe(store, instant=("ratification",))
    shown = await settings(store)
    assert (shown.channel.digest, shown.next_digest) == (NINE_IN_VIENNA, TUESDAY_NINE)


async def test_a_digest_whose_last_topic_moves_away_ends_and_what_it_held_is_owed_at_once(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await news(store, "a", "convention")
    await subscribe(store, instant=("convention",))
    shown = await settings(store)
    assert (shown.channel.digest, shown.next_digest) == (None, None)
    assert await owed(store) == {"story a": "instant"}


async def test_nothing_of_a_feeds_first_reading_is_ever_owed_at_once(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await news(store, "old", "convention", silent=True)
    assert await owed(store) == {"story old": "digest"}
    await subscribe(store, instant=("convention",))
    assert await owed(store) == {}


async def test_a_second_person_subscribes_too_and_the_first_stays_the_owner(store: Store) -> None:
    await subscribe(store, instant=("convention",), by=ANNA)
    await subscribe(store, instant=("ratification",), by=BEN)
    assert (await settings(store)).channel.owner == ANNA


async def test_a_channel_of_the_file_is_not_changed_by_chat(store: Store) -> None:
    before = await store.subscriptions(), await store.channels()
    with pytest.raises(StoreError, match=r"slack:T1:C1 stands in feeds\.yaml; change it there"):
        await subscribe(store, instant=("convention",), channel=SLACK)
    with pytest.raises(StoreError, match=r"terminal stands in feeds\.yaml; change it there"):
        await store.unsubscribe(TERMINAL, ["convention"], by=ANNA, now=NOW)
    assert (await store.subscriptions(), await store.channels()) == before
    assert await store.changes(limit=9) == []


# ── unsubscribe


async def test_ending_a_topic_drops_what_is_owed_for_it_alone(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("human-rights",))
    await news(store, "a", "ratification")
    await news(store, "b", "ratification", "human-rights")
    await news(store, "c", "human-rights")
    await store.unsubscribe(LOUNGE, ["ratification"], by=ANNA, now=NOW)
    assert set(await owed(store)) == {"story b", "story c"}
    assert await wishes(store) == {"human-rights": "digest"}


async def test_with_its_last_topic_the_digest_ends_and_what_is_still_wished_is_owed_at_once(store: Store) -> None:
    await subscribe(store, digest=("human-rights",))
    await news(store, "a", "ratification", "human-rights")
    await news(store, "b", "human-rights")
    await subscribe(store, instant=("ratification",))
    await store.unsubscribe(LOUNGE, ["human-rights"], by=ANNA, now=NOW)
    shown = await settings(store)
    assert (shown.channel.digest, shown.next_digest) == (None, None)
    assert await owed(store) == {"story a": "instant"}


async def test_a_channel_that_ends_everything_gets_nothing_more_what_was_planned_included(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",))
    await news(store, "a", "ratification")
    await news(store, "b", "convention")
    await store.plan(LOUNGE, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    await store.unsubscribe(LOUNGE, ["convention", "ratification"], by=ANNA, now=NOW)
    assert await store.settings(LOUNGE) is None
    assert await owed(store) == {}
    assert await store.claim_channels(NOW + 9 * DAY, limit=1, lease=LEASE, platforms=["slack"]) == []
    assert (await store.status()).posts == {PostState.REFUSED: 1}


async def test_a_channel_that_comes_back_begins_anew(store: Store) -> None:
    await subscribe(store, digest=("convention",), by=ANNA)
    await store.unsubscribe(LOUNGE, ["convention"], by=ANNA, now=NOW)
    await subscribe(store, digest=("convention",), by=BEN, due=TUESDAY_NINE + DAY)
    shown = await settings(store)
    assert (shown.channel.owner, shown.channel.digest, shown.next_digest) == (BEN, NINE_IN_VIENNA, TUESDAY_NINE + DAY)


async def test_ending_what_is_not_wished_changes_nothing(store: Store) -> None:
    await subscribe(store, instant=("convention",))
    before = await settings(store), await store.changes(limit=9)
    await store.unsubscribe(LOUNGE, ["ratification"], by=BEN, now=NOW)
    await store.unsubscribe(LOUNGE._replace(channel="C9"), ["ratification"], by=BEN, now=NOW)
    assert (await settings(store), await store.changes(limit=9)) == before


async def test_a_story_routed_just_before_its_topic_was_ended_is_not_owed(store: Store) -> None:
    await subscribe(store, instant=("ratification", "human-rights"))
    late = Delivery(channel=LOUNGE, story="story a", wish="instant")
    await store.unsubscribe(LOUNGE, ["human-rights"], by=ANNA, now=NOW)
    await news(store, "a", "human-rights")
    await store.keep(Watched(state=state(), deliveries=(late,)))
    assert await owed(store) == {}


async def test_a_story_routed_to_a_digest_that_ended_meanwhile_is_owed_at_once(store: Store) -> None:
    await subscribe(store, instant=("human-rights",))
    await news(store, "a", "human-rights")
    await store.plan(LOUNGE, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    item = stores.an_item("b")
    reading = stores.a_reading(item, to=(LOUNGE,), wish="digest")
    await store.keep(replace(reading, matches=(stores.a_match(item, "human-rights"),)))
    assert await owed(store) == {"story b": "instant"}


# ── chat and the file


async def test_the_file_read_again_leaves_channels_of_chat_alone(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",))
    await news(store, "a", "ratification")
    before = await settings(store), await owed(store), await store.changes(limit=9)
    assert await file_says(store) == []
    assert (await settings(store), await owed(store), await store.changes(limit=9)) == before


async def test_a_topic_taken_out_of_the_file_ends_in_chat_too_and_is_given_once(store: Store) -> None:
    await subscribe(store, instant=("ratification", "human-rights"), digest=("convention",))
    await subscribe(store, digest=("human-rights",), channel=LOUNGE._replace(channel="C3"))
    await news(store, "a", "human-rights")
    ended = [(LOUNGE, "human-rights"), (LOUNGE._replace(channel="C3"), "human-rights")]
    assert await file_says(store, topics=(CONVENTION, RATIFICATION), now=NOW + HOUR) == ended
    assert await file_says(store, topics=(CONVENTION, RATIFICATION)) == []
    assert await wishes(store) == {"ratification": "instant", "convention": "digest"}
    assert await owed(store) == {}
    assert await store.settings(LOUNGE._replace(channel="C3")) is None
    told = [(change.at, change.channel, change.by, change.told) for change in (await store.changes(limit=2))[::-1]]
    words = "human-rights, taken out of feeds.yaml"
    assert told == [(NOW + HOUR, channel, "treatywatch", words) for channel, _ in ended]


async def test_a_channel_of_chat_that_the_file_names_is_the_files(store: Store) -> None:
    await subscribe(store, instant=("ratification", "human-rights"))
    await news(store, "a", "ratification")
    await news(store, "b", "human-rights")
    named = Channel(id=LOUNGE, digest=None, always=True)
    assert await file_says(store, also=((named, (a_wish("ratification"),)),)) == []
    assert await store.settings(LOUNGE) == Settings(
        channel=named, subscriptions=(a_wish("ratification"),), next_digest=None
    )
    assert await owed(store) == {"story a": "instant"}
    with pytest.raises(StoreError, match=r"stands in feeds\.yaml"):
        await subscribe(store, instant=("human-rights",))


async def test_a_channel_that_left_the_file_can_be_subscribed_in_chat(store: Store) -> None:
    named = Channel(id=LOUNGE, digest=SIXTEEN_IN_PARIS, always=True)
    await file_says(store, also=((named, (a_wish("human-rights", "digest"),)),))
    await news(store, "a", "human-rights")
    await file_says(store)
    assert await store.settings(LOUNGE) is None
    await subscribe(store, instant=(RIGHTS.id,))
    assert (await settings(store)).channel == Channel(id=LOUNGE, digest=None, set_by="chat", owner=ANNA)
    assert await owed(store) == {}


# ── the audit, and commands that come twice


async def test_who_changed_what_is_written_down_newest_first(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention", "human-rights"))
    await subscribe(store, digest=("convention",), cadence=SIXTEEN_IN_PARIS, by=BEN, now=NOW + HOUR)
    await store.unsubscribe(LOUNGE, ["ratification", "convention", "none"], by=BEN, now=NOW + DAY)
    changes = await store.changes(limit=9)
    assert changes[0] == Change(
        at=NOW + DAY, channel=LOUNGE, by=BEN, what="unsubscribed", told="convention, ratification"
    )
    assert [(change.by, change.what, change.told) for change in changes[1:]] == [
        (BEN, "cadence", "16:00 Europe/Paris fri"),
        (ANNA, "cadence", "09:00 Europe/Vienna mon,tue,wed,thu,fri"),
        (ANNA, "subscribed", "ratification at once; convention, human-rights in the digest"),
    ]
    assert await store.changes(limit=1) == changes[:1]


async def test_a_command_answered_before_is_known_for_a_day(store: Store) -> None:
    assert not await store.was_answered("trigger 1")
    await store.answered("trigger 1", now=NOW)
    await store.answered("trigger 1", now=NOW + MINUTE)
    await store.answered("trigger 2", now=NOW + DAY - MINUTE)
    assert await store.was_answered("trigger 1")
    await store.answered("trigger 3", now=NOW + DAY)
    assert [await store.was_answered(f"trigger {number}") for number in (1, 2, 3)] == [False, True, True]


async def test_a_channel_of_chat_is_claimed_like_any_other(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await news(store, "a", "convention")
    claim = await claimed(store, TUESDAY_NINE)
    assert (claim.channel.id, claim.channel.set_by, claim.digest is not None) == (LOUNGE, "chat", True)
