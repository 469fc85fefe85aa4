"""What every back end promises about a channel that a form arranges: all of its wishes at once, and nothing besides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from bot.errors import StoreError
from bot.model import Cadence, Change, Channel, Delivery, Pause, PostState, Quiet, Subscription, Watched
from bot.store import Store
from tests import stores
from tests.chat_channels import (
    ANNA,
    BEN,
    FOUR_ON_FRIDAYS,
    FRIDAY_FOUR,
    LOUNGE,
    SIXTEEN_IN_PARIS,
    TUESDAY_NINE,
    a_wish,
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
    ROOM,
    SCREEN,
    TERMINAL,
    WISHES,
    a_draft,
    state,
)

store = stores.store  # the fixture: every back end in turn

AT_NIGHT = Quiet(begins=time(20), ends=time(7), zone="Europe/Vienna")


async def arrange(
    store: Store,
    *wished: Subscription,
    digest: Cadence | None = None,
    weekly: Cadence | None = None,
    quiet: Quiet | None = None,
    due: datetime | None = TUESDAY_NINE,
    by: str = ANNA,
) -> None:
    """Somebody submits the form of the lounge."""
    await store.arrange(
        Channel(id=LOUNGE, digest=digest, weekly=weekly, quiet=quiet, set_by="chat"),
        wished,
        by=by,
        next_digest=due if digest else None,
        next_weekly=FRIDAY_FOUR if weekly else None,
        now=NOW,
    )


async def audit(store: Store) -> list[tuple[str, str, str]]:
    """Who did what, oldest first."""
    return [(each.by, each.what, each.told) for each in reversed(await store.changes(limit=20))]


# ── wishes


async def test_a_new_channel_gets_what_the_form_says_and_is_owned_by_who_sent_it(store: Store) -> None:
    wished = (a_wish("ratification", "instant"), a_wish("convention", "digest"))
    await arrange(store, *wished, digest=NINE_IN_VIENNA, quiet=AT_NIGHT)
    shown = await settings(store)
    assert shown.channel == Channel(id=LOUNGE, digest=NINE_IN_VIENNA, quiet=AT_NIGHT, set_by="chat", owner=ANNA)
    assert shown.subscriptions == wished
    assert (shown.next_digest, shown.next_weekly) == (TUESDAY_NINE, None)


async def test_exactly_these_wishes_stay(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",))
    await arrange(store, a_wish("human-rights", "digest"), a_wish("ratification", "digest"), digest=NINE_IN_VIENNA)
    assert await wishes(store) == {"ratification": "digest", "human-rights": "digest"}


async def test_who_arranges_a_channel_of_another_does_not_become_its_owner(store: Store) -> None:
    await subscribe(store, instant=("convention",), by=ANNA)
    await arrange(store, a_wish("convention", "digest"), digest=NINE_IN_VIENNA, by=BEN)
    assert (await settings(store)).channel.owner == ANNA


async def test_what_is_owed_for_nothing_but_an_ended_topic_is_dropped(store: Store) -> None:
    await subscribe(store, instant=("ratification", "human-rights"))
    await news(store, "a", "ratification")
    await news(store, "b", "ratification", "human-rights")
    await arrange(store, a_wish("human-rights", "instant"))
    assert await owed(store) == {"story b": "instant"}
    assert (await store.status()).dropped == {"nothing that it is about is subscribed any more": 1}


async def test_what_an_ended_digest_still_owed_comes_in_the_other_one(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await news(store, "a", "convention")
    await arrange(store, a_wish("convention", "weekly"), weekly=FOUR_ON_FRIDAYS)
    assert await owed(store) == {"story a": "weekly"}


async def test_what_an_ended_digest_still_owed_comes_at_once_where_there_is_no_other(store: Store) -> None:
    await subscribe(store, digest=("convention",))
    await news(store, "a", "convention")
    await arrange(store, a_wish("convention", "instant"))
    assert await owed(store) == {"story a": "instant"}


async def test_what_was_told_before_is_not_owed_again(store: Store) -> None:
    await subscribe(store, instant=("convention",))
    await news(store, "a", "convention")
    await store.plan(LOUNGE, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    await arrange(store, a_wish("convention", "digest"), digest=NINE_IN_VIENNA)
    await store.keep(Watched(state=state(), deliveries=(Delivery(channel=LOUNGE, story="story a", wish="digest"),)))
    assert await owed(store) == {}


async def test_a_channel_that_is_left_nothing_is_listed_no_more_and_what_was_planned_is_not_sent(store: Store) -> None:
    await subscribe(store, instant=("convention",))
    await news(store, "a", "convention")
    await store.plan(LOUNGE, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    await news(store, "b", "convention")
    await arrange(store)
    assert await store.settings(LOUNGE) is None
    assert await store.channels() == [ROOM, SCREEN]
    assert await store.owed(LOUNGE) == []
    assert (await store.status()).posts == {PostState.REFUSED: 1}
    assert (await audit(store))[-1] == (ANNA, "unsubscribed", "convention")


async def test_a_form_without_a_topic_for_a_channel_that_gets_nothing_changes_nothing(store: Store) -> None:
    await arrange(store, quiet=AT_NIGHT)
    assert await store.settings(LOUNGE) is None
    assert await store.changes(limit=9) == []


async def test_what_the_file_sets_is_not_arranged_by_chat(store: Store) -> None:
    with pytest.raises(StoreError, match=r"terminal stands in feeds\.yaml; change it there"):
        await store.arrange(replace(SCREEN, set_by="chat"), [], by=ANNA, next_digest=None, now=NOW)
    assert (await settings(store, TERMINAL)).subscriptions == WISHES
    assert await store.changes(limit=9) == []


# ── cadences, quiet hours, pauses


async def test_cadences_and_quiet_hours_are_as_given_and_not_as_they_were(store: Store) -> None:
    await arrange(
        store,
        a_wish("convention", "digest"),
        a_wish("ratification", "weekly"),
        digest=NINE_IN_VIENNA,
        weekly=FOUR_ON_FRIDAYS,
        quiet=AT_NIGHT,
    )
    await arrange(store, a_wish("convention", "digest"), digest=SIXTEEN_IN_PARIS, due=NOW + 4 * DAY)
    shown = await settings(store)
    assert (shown.channel.digest, shown.channel.weekly, shown.channel.quiet) == (SIXTEEN_IN_PARIS, None, None)
    assert (shown.next_digest, shown.next_weekly) == (NOW + 4 * DAY, None)


async def test_the_same_form_again_moves_no_digest_and_is_not_written_down(store: Store) -> None:
    wished = (a_wish("convention", "digest"), a_wish("ratification", "instant"))
    await arrange(store, *wished, digest=NINE_IN_VIENNA, quiet=AT_NIGHT)
    before = await settings(store), await audit(store)
    await arrange(store, *wished, digest=NINE_IN_VIENNA, quiet=AT_NIGHT, due=TUESDAY_NINE + DAY, by=BEN)
    assert (await settings(store), await audit(store)) == before


async def test_a_digest_without_a_topic_has_no_hour(store: Store) -> None:
    await arrange(store, a_wish("convention", "instant"), digest=NINE_IN_VIENNA)
    shown = await settings(store)
    assert (shown.channel.digest, shown.next_digest) == (None, None)


async def test_when_quiet_hours_end_by_a_form_what_waited_for_them_is_due(store: Store) -> None:
    await arrange(store, a_wish("convention", "instant"), quiet=AT_NIGHT)
    await news(store, "a", "convention")
    await store.wait(LOUNGE, until=NOW + 9 * HOUR)
    await arrange(store, a_wish("convention", "instant"), quiet=AT_NIGHT)
    assert await store.next_channel(platforms=["slack"]) == NOW + 9 * HOUR
    await arrange(store, a_wish("convention", "instant"))
    assert await store.next_channel(platforms=["slack"]) == NOW


async def test_a_paused_channel_stays_paused(store: Store) -> None:
    pause = Pause(until=None, why="paused by hand")
    await subscribe(store, instant=("convention",))
    await store.pause(LOUNGE, pause, by=ANNA, now=NOW)
    await news(store, "a", "convention")
    await arrange(store, a_wish("convention", "instant"), a_wish("ratification", "instant"), quiet=AT_NIGHT)
    assert (await settings(store)).channel.pause == pause
    assert await store.claim_channels(NOW + 99 * DAY, limit=9, lease=LEASE, platforms=["slack"]) == []


# ── the audit


async def test_each_kind_of_change_has_a_line_of_its_own(store: Store) -> None:
    await subscribe(store, instant=("ratification",), digest=("convention",), by=ANNA)
    await arrange(
        store,
        a_wish("human-rights", "instant"),
        a_wish("convention", "weekly"),
        weekly=FOUR_ON_FRIDAYS,
        quiet=AT_NIGHT,
        by=BEN,
    )
    assert await audit(store) == [
        (ANNA, "subscribed", "ratification at once; convention in the digest"),
        (ANNA, "cadence", "09:00 Europe/Vienna mon,tue,wed,thu,fri"),
        (BEN, "subscribed", "human-rights at once; convention in the weekly digest"),
        (BEN, "cadence", "weekly 16:00 Europe/Vienna fri"),
        (BEN, "quiet", "20:00 to 07:00 Europe/Vienna"),
        (BEN, "unsubscribed", "ratification"),
    ]


async def test_that_quiet_hours_ended_is_written_down(store: Store) -> None:
    await arrange(store, a_wish("convention", "instant"), quiet=AT_NIGHT)
    await arrange(store, a_wish("convention", "instant"), by=BEN)
    assert await store.changes(limit=1) == [Change(at=NOW, channel=LOUNGE, by=BEN, what="quiet", told="none")]


async def test_quiet_hours_stay_where_somebody_subscribes_in_words(store: Store) -> None:
    await arrange(store, a_wish("convention", "instant"), quiet=AT_NIGHT)
    await subscribe(store, instant=("ratification",))
    assert (await settings(store)).channel.quiet == AT_NIGHT
