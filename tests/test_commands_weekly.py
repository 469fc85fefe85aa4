"""A channel's weekly digest, as people ask for it, move it, end it and look at it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.delivery.calendar import local_day
from bot.model import Cadence, DigestKey
from tests import rooms
from tests.rooms import HERE, Room, told
from tests.stores import DAY, HOUR, NINE_IN_VIENNA, NOW, a_reading, an_item

room = rooms.room

FRIDAY_FOUR = NOW.replace(day=31, hour=15, minute=0)  # in Vienna, in winter
ON_FRIDAYS = Cadence(at=time(16), zone="Europe/Vienna", days=frozenset({4}))


async def cadences(room: Room) -> tuple[Cadence | None, Cadence | None]:
    channel = (await room.settings()).channel
    return channel.digest, channel.weekly


# ── subscribe


async def test_a_weekly_subscription_is_told_to_the_channel_and_explained_to_the_asker(room: Room) -> None:
    answer = await room.types("subscribe ratification weekly")
    said = "From now on here: Signature and ratification in the weekly digest (every Friday at 16:00 Europe/Vienna)."
    assert answer.notice == said
    assert told(answer)[:2] == [
        said,
        "The next weekly digest comes on Friday at 16:00 Europe/Vienna, if there is anything new by then.",
    ]
    assert await room.wishes() == [("ratification", "weekly")]
    assert await cadences(room) == (None, ON_FRIDAYS)
    assert (await room.settings()).next_weekly == FRIDAY_FOUR
    assert await room.audit() == ["U1 subscribed", "U1 cadence"]


async def test_day_hour_and_zone_can_be_named(room: Room) -> None:
    await room.types("subscribe ratification weekly monday 8:30 new york")
    weekly = Cadence(at=time(8, 30), zone="America/New_York", days=frozenset({0}))
    assert await cadences(room) == (None, weekly)


async def test_a_channel_may_have_both_digests_each_at_its_own_hour(room: Room) -> None:
    await room.types("subscribe ratification daily 9")
    await room.types("subscribe human-rights weekly fri 16:00")
    assert await room.wishes() == [("ratification", "digest"), ("human-rights", "weekly")]
    assert await cadences(room) == (NINE_IN_VIENNA, ON_FRIDAYS)


async def test_another_day_moves_the_weekly_digest_of_the_whole_channel_and_that_is_said(room: Room) -> None:
    await room.types("subscribe ratification weekly")
    answer = await room.types("subscribe human-rights weekly mon 10")
    assert answer.notice == (
        "From now on here: Human rights in the weekly digest (every Monday at 10:00 Europe/Vienna). The weekly digest "
        "moved from Friday 16:00 Europe/Vienna to Monday 10:00 Europe/Vienna, for all its topics."
    )


async def test_a_zone_moves_both_digests_since_a_channel_has_one(room: Room) -> None:
    await room.types("subscribe ratification daily 9")
    await room.types("subscribe human-rights weekly")
    answer = await room.types("subscribe ratification tokyo")
    assert answer.notice == (
        "This channel's daily digest moved from 09:00 Europe/Vienna to 09:00 Asia/Tokyo, for all its topics. "
        "The weekly digest moved from Friday 16:00 Europe/Vienna to Friday 16:00 Asia/Tokyo, for all its topics."
    )


async def test_an_hour_alone_moves_the_digest_that_the_topics_are_in(room: Room) -> None:
    await room.types("subscribe ratification daily 9")
    await room.types("subscribe human-rights weekly")
    await room.types("subscribe human-rights 17")
    daily, weekly = await cadences(room)
    assert daily == NINE_IN_VIENNA
    assert weekly == Cadence(at=time(17), zone="Europe/Vienna", days=frozenset({4}))
    assert await room.wishes() == [("ratification", "digest"), ("human-rights", "weekly")]


async def test_in_a_channel_with_a_weekly_digest_alone_new_topics_go_into_it(room: Room) -> None:
    await room.types("subscribe ratification weekly")
    await room.types("subscribe human-rights")
    assert await room.wishes() == [("ratification", "weekly"), ("human-rights", "weekly")]
    await room.types("subscribe convention 10:00")
    assert dict(await room.wishes())["convention"] == "weekly"
    assert await cadences(room) == (None, Cadence(at=time(10), zone="Europe/Vienna", days=frozenset({4})))


async def test_in_a_channel_with_both_new_topics_go_into_the_daily_digest(room: Room) -> None:
    await room.types("subscribe ratification daily")
    await room.types("subscribe human-rights weekly")
    await room.types("subscribe convention")
    assert dict(await room.wishes())["convention"] == "digest"


async def test_a_topic_that_comes_weekly_stays_so_unless_another_way_is_named(room: Room) -> None:
    await room.types("subscribe ratification weekly")
    await room.types("subscribe human-rights daily")
    answer = await room.types("subscribe ratification")
    assert told(answer)[0] == "Already subscribed, nothing changed: Signature and ratification."
    await room.types("subscribe ratification instant")
    assert dict(await room.wishes())["ratification"] == "instant"


async def test_a_digest_ends_when_its_last_topic_moves_into_the_other_one(room: Room) -> None:
    await room.types("subscribe ratification daily")
    answer = await room.types("subscribe ratification weekly")
    assert answer.notice == (
        "From now on here: Signature and ratification in the weekly digest (every Friday at 16:00 Europe/Vienna). "
        "Nothing is left in the daily digest, so it ends."
    )
    answer = await room.types("subscribe ratification daily")
    assert answer.notice.endswith("Nothing is left in the weekly digest, so it ends.")
    assert await cadences(room) == (NINE_IN_VIENNA, None)


async def test_a_weekly_digest_moved_to_later_on_the_day_it_was_made_comes_the_next_week(room: Room) -> None:
    await room.types("subscribe ratification weekly")
    room.clock.moment = FRIDAY_FOUR + timedelta(minutes=1)
    today = DigestKey(cadence="weekly", day=local_day(FRIDAY_FOUR, ON_FRIDAYS))
    await room.store.plan(HERE, [], digest=today, next_digest=FRIDAY_FOUR + 7 * DAY, now=room.clock.now())
    await room.types("subscribe ratification 18:00")
    assert (await room.settings()).next_weekly == FRIDAY_FOUR + 2 * HOUR + 7 * DAY


async def test_with_its_last_topic_the_weekly_digest_ends(room: Room) -> None:
    await room.types("subscribe ratification weekly")
    await room.types("subscribe human-rights daily")
    answer = await room.types("unsubscribe ratification")
    assert answer.notice == "This channel no longer gets Signature and ratification."
    assert told(answer)[1] == ("It still gets Human rights: daily digest at 09:00 Europe/Vienna, Monday to Friday.")
    assert await cadences(room) == (NINE_IN_VIENNA, None)


# ── list, topics, help


async def test_the_list_shows_both_digests_with_their_topics_and_when_each_comes_next(room: Room) -> None:
    await room.types("subscribe ratification daily")
    await room.types("subscribe human-rights weekly")
    assert told(await room.types("list"))[:4] == [
        "In the digest: Signature and ratification",
        "In the weekly digest: Human rights",
        "Digest: Daily at 09:00 Europe/Vienna, Monday to Friday; the next one tomorrow at 09:00 Europe/Vienna",
        "Weekly digest: Every Friday at 16:00 Europe/Vienna; the next one on Friday at 16:00 Europe/Vienna",
    ]


async def test_topics_say_which_come_weekly(room: Room) -> None:
    await room.types("subscribe ratification weekly")
    line = "ratification: Signature and ratification · within convention · subscribed here, in the weekly digest"
    assert line in told(await room.types("topics"))


async def test_help_says_what_comes_weekly(room: Room) -> None:
    await room.types("subscribe ratification weekly")
    assert told(await room.types("help"))[0] == (
        "This channel gets Signature and ratification: weekly digest every Friday at 16:00 Europe/Vienna."
    )


# ── digest


async def test_of_two_digests_the_one_that_comes_next_is_shown(room: Room) -> None:
    await room.types("subscribe ratification daily")
    await room.types("subscribe convention weekly")
    await room.store.keep(a_reading(an_item("a", title="A cybercrime treaty"), to=(HERE,), wish="weekly"))
    assert told(await room.types("digest"))[0] == (
        "Nothing new yet. The next digest, the daily one, comes tomorrow at 09:00 Europe/Vienna. "
        "If that stays so, it is silent."
    )
    room.clock.moment = FRIDAY_FOUR - HOUR
    await room.store.set_digest(HERE, due=FRIDAY_FOUR + 3 * DAY)
    answer = await room.types("digest")
    assert told(answer) == [
        "The next digest, the weekly one, comes today at 16:00 Europe/Vienna. Now it would say this; only you see it."
    ]
    (message,) = answer.preview
    assert message.heading == "UN Convention against Cybercrime · week to Friday, 31 October 2025"
    assert message.stories == ("story a",)


@pytest.mark.parametrize("words", ["pause 3d", "pause forever"])
async def test_a_pause_says_that_what_waits_comes_in_the_digest(room: Room, words: str) -> None:
    await room.types("subscribe ratification weekly")
    await room.types("subscribe human-rights instant")
    answer = await room.types(words)
    assert told(answer)[1] == (
        "Nothing is lost: what is found meanwhile is told in the first digest after the pause. "
        "Stories that would have come at once come together when it ends."
    )


async def test_looked_at_in_the_evening_the_weekly_digest_counts_what_the_afternoon_brought(room: Room) -> None:
    """It looked back from the hour at which digests come, as if one had been due on that day."""
    await room.types("subscribe convention weekly fri 10:00")
    await room.store.keep(a_reading(an_item("a", seen=NOW + 10 * HOUR), to=(HERE,), wish="weekly"))
    room.clock.moment = NOW + 11 * HOUR
    (message,) = (await room.types("digest")).preview
    assert message.glance is not None
    assert message.glance.trends[0].bar[-1] == "█"
