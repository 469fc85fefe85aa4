"""What the words after /treaty change, and what is said of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time

import pytest

from bot.delivery.calendar import local_day
from bot.model import Cadence, DigestKey, Example, Subscription
from tests import rooms
from tests.rooms import HERE, THERE, WORKDAYS, Room, told
from tests.stores import DAY, LEASE, NINE_IN_VIENNA, NOW, TERMINAL, WISHES

room = rooms.room


# ── subscribe


async def test_a_subscription_is_told_to_the_channel_and_explained_to_the_asker(room: Room) -> None:
    answer = await room.types("subscribe ratification")
    said = "From now on here: Signature and ratification in the daily digest (09:00 Europe/Vienna, Monday to Friday)."
    assert answer.notice == said
    assert told(answer) == [
        said,
        "The next digest comes tomorrow at 09:00 Europe/Vienna, if there is anything new by then.",
        "/treaty latest ratification → try it now",
        "/treaty unsubscribe ratification → end it",
    ]


async def test_a_subscription_is_kept_with_its_cadence_and_who_asked(room: Room) -> None:
    await room.types("subscribe ratification", person="U7")
    settings = await room.settings()
    assert settings.subscriptions == (Subscription(channel=HERE, topic="ratification", wish="digest"),)
    assert (settings.channel.digest, settings.channel.set_by, settings.channel.owner) == (NINE_IN_VIENNA, "chat", "U7")
    assert settings.next_digest == NOW.replace(hour=8, minute=0) + DAY
    assert await room.audit() == ["U7 subscribed", "U7 cadence"]


async def test_nobody_is_ever_mentioned(room: Room) -> None:
    answers = [
        await room.types(words, person="<@U7>")
        for words in ("subscribe convention", "pause forever", "list", "help", "resume", "unsubscribe all", "list")
    ]
    assert "U7" not in repr(answers)


async def test_exactly_what_was_named_is_subscribed_and_what_it_covers_is_said(room: Room) -> None:
    answer = await room.types("subscribe convention")
    assert await room.wishes() == [("convention", "digest")]
    assert told(answer)[1] == ("UN Convention against Cybercrime covers 2 narrower topics (`/treaty topics`).")


async def test_stories_come_at_once_where_that_is_wished(room: Room) -> None:
    answer = await room.types("subscribe ratification human-rights instant")
    assert answer.notice == ("From now on here: Signature and ratification · Human rights at once.")
    assert await room.wishes() == [("ratification", "instant"), ("human-rights", "instant")]
    assert (await room.settings()).channel.digest is None


async def test_subscribing_again_is_no_error_and_changes_nothing(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("subscribe ratification daily 9:00 vienna", person="U2")
    assert answer.notice == ""
    assert told(answer)[:2] == [
        "Already subscribed, nothing changed: Signature and ratification.",
        "The next digest comes tomorrow at 09:00 Europe/Vienna, if there is anything new by then.",
    ]
    assert await room.audit() == ["U1 subscribed", "U1 cadence"]


async def test_a_topic_that_comes_at_once_stays_so_unless_another_way_is_named(room: Room) -> None:
    await room.types("subscribe ratification instant")
    await room.types("subscribe ratification human-rights")
    assert await room.wishes() == [("ratification", "instant"), ("human-rights", "digest")]
    await room.types("subscribe ratification daily")
    assert await room.wishes() == [("ratification", "digest"), ("human-rights", "digest")]


async def test_another_hour_moves_the_digest_of_the_whole_channel_and_that_is_said(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("subscribe human-rights daily 17:30 new york")
    assert answer.notice == (
        "From now on here: Human rights in the daily digest (17:30 America/New_York, Monday to Friday). "
        "The daily digest moved from 09:00 Europe/Vienna to 17:30 America/New_York, for all its topics."
    )
    assert told(answer)[1] == (
        "The next digest comes today at 17:30 America/New_York, if there is anything new by then."
    )


async def test_only_the_hour_can_be_moved(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("subscribe ratification 10")
    assert answer.notice == (
        "This channel's daily digest moved from 09:00 Europe/Vienna to 10:00 Europe/Vienna, for all its topics."
    )
    assert told(answer)[1] == "Already subscribed: Signature and ratification."  # and not: nothing changed
    assert (await room.settings()).next_digest == NOW.replace(hour=9, minute=0)


async def test_without_words_the_present_cadence_holds(room: Room) -> None:
    await room.types("subscribe ratification daily 17:30 UTC")
    answer = await room.types("subscribe human-rights")
    assert "moved" not in answer.notice
    assert (await room.settings()).channel.digest == Cadence(at=time(17, 30), zone="UTC", days=WORKDAYS)


async def test_a_digest_moved_to_later_on_the_day_it_was_made_comes_the_next_day(room: Room) -> None:
    await room.types("subscribe ratification")
    room.clock.moment = NOW.replace(hour=8, minute=1) + DAY
    assert await room.store.claim_channels(room.clock.now(), limit=1, lease=LEASE, platforms=["slack"])
    today = DigestKey(cadence="daily", day=local_day(room.clock.now(), NINE_IN_VIENNA))
    later = NOW.replace(hour=8, minute=0) + 2 * DAY
    await room.store.plan(HERE, [], digest=today, next_digest=later, now=room.clock.now())
    await room.types("subscribe ratification 18:00")
    assert (await room.settings()).next_digest == NOW.replace(hour=17, minute=0) + 2 * DAY


async def test_the_digest_ends_when_its_last_topic_comes_at_once(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("subscribe ratification instant")
    assert answer.notice == (
        "From now on here: Signature and ratification at once. Nothing is left in the daily digest, so it ends."
    )
    assert (await room.settings()).channel.digest is None


async def test_a_time_zone_without_a_digest_is_said_to_be_of_no_use(room: Room) -> None:
    answer = await room.types("subscribe ratification instant Asia/Tokyo")
    assert told(answer)[1] == "There is no digest here, so the time zone was not kept."


async def test_who_subscribes_a_paused_channel_hears_that_it_is_paused(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("pause forever")
    assert told(await room.types("subscribe human-rights"))[1:4] == [
        "The next digest comes when somebody has resumed it, if there is anything new by then.",
        "It is paused until somebody resumes it.",
        "/treaty resume → go on",
    ]


@pytest.mark.parametrize("words", ["subscribe human-rights", "unsubscribe convention", "unsubscribe all"])
async def test_a_channel_that_the_file_names_is_not_changed_by_chat(room: Room, words: str) -> None:
    answer = await room.types(words, to=TERMINAL)
    assert (answer.notice, told(answer)) == (
        "",
        [
            "What this channel gets is set in feeds.yaml by the operator; chat does not change it.",
            "/treaty list → what it gets",
        ],
    )
    assert (await room.settings(TERMINAL)).subscriptions == WISHES


async def test_two_people_who_subscribe_at_the_same_time_do_not_undo_each_other(room: Room) -> None:
    await room.types("subscribe convention")
    await asyncio.gather(room.types("subscribe ratification 17:00"), room.types("subscribe human-rights"))
    settings = await room.settings()
    assert {wish.topic for wish in settings.subscriptions} == {"convention", "ratification", "human-rights"}
    assert settings.channel.digest == replace(NINE_IN_VIENNA, at=time(17))


# ── unsubscribe


async def test_unsubscribing_ends_what_was_named_and_says_what_is_left(room: Room) -> None:
    await room.types("subscribe ratification human-rights")
    answer = await room.types("unsubscribe ratification", person="U2")
    assert answer.notice == "This channel no longer gets Signature and ratification."
    assert told(answer) == [
        "This channel no longer gets Signature and ratification.",
        "It still gets Human rights: daily digest at 09:00 Europe/Vienna, Monday to Friday.",
        "/treaty subscribe ratification → take it up again",
    ]
    assert (await room.audit())[-1] == "U2 unsubscribed"


async def test_unsubscribing_all_leaves_nothing(room: Room) -> None:
    await room.types("subscribe ratification human-rights")
    answer = await room.types("unsubscribe all")
    assert answer.notice == (
        "This channel no longer gets Signature and ratification · Human rights. Nothing is subscribed here any more."
    )
    assert await room.wishes() == []


async def test_what_ended_can_be_taken_up_again_as_it_was(room: Room) -> None:
    await room.types("subscribe ratification daily 17:30 new york")
    await room.types("subscribe human-rights weekly mon 8")
    await room.types("subscribe convention instant")
    before = (await room.settings()).channel
    for part in (await room.types("unsubscribe all")).parts:
        if isinstance(part, Example):
            await room.types(part.command)
    assert await room.wishes() == [("ratification", "digest"), ("human-rights", "weekly"), ("convention", "instant")]
    assert (await room.settings()).channel == before


async def test_unsubscribing_what_is_not_subscribed_is_no_error(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("unsubscribe human-rights")
    assert (answer.notice, told(answer)) == (
        "",
        [
            "Not subscribed here, nothing changed: Human rights.",
            "It still gets Signature and ratification: daily digest at 09:00 Europe/Vienna, Monday to Friday.",
        ],
    )


async def test_who_ends_a_topic_hears_that_a_wider_one_still_covers_it(room: Room) -> None:
    await room.types("subscribe convention human-rights")
    assert told(await room.types("unsubscribe human-rights"))[1] == (
        "Stories about Human rights still come with UN Convention against Cybercrime, which covers it."
    )


@pytest.mark.parametrize(
    "words",
    [
        "unsubscribe all",
        "unsubscribe ratification",
        "pause",
        "pause 3d",
        "resume",
        "mute",
        "mute gazette",
        "list",
        "digest",
    ],
)
async def test_an_empty_channel_is_told_the_next_step(room: Room, words: str) -> None:
    answer = await room.types(words)
    assert (answer.notice, told(answer)) == (
        "",
        [
            "Nothing is subscribed here yet.",
            "/treaty subscribe ratification → begin with a topic",
            "[Subscribe: subscribe]",
        ],
    )


# ── by whom


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna", " Set by Anna."),
        ("", ""),
        ("  Anna\n\u202e Adler ", " Set by Anna Adler."),
        ("`/treaty resume`", " Set by ’/treaty resume’."),
        ("x" * 60, f" Set by {'x' * 39}…."),
        ("\u200b", ""),
    ],
    ids=["a name", "not told", "odd blanks", "our own marks", "long", "nothing to see"],
)
async def test_the_channel_hears_who_changed_it(room: Room, name: str, shown: str) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("unsubscribe all", name=name)
    assert answer.notice == (
        f"This channel no longer gets Signature and ratification. Nothing is subscribed here any more.{shown}"
    )
    assert "Set by" not in " ".join(told(answer))


async def test_where_nothing_changed_nobody_did_it(room: Room) -> None:
    assert (await room.types("unsubscribe all", name="Anna")).notice == ""


# ── the same command twice


async def test_a_change_delivered_again_is_not_done_again(room: Room) -> None:
    await room.types("subscribe ratification", again="one")
    await room.types("unsubscribe ratification", again="two")
    answer = await room.types("subscribe ratification", again="one")
    assert (answer.notice, told(answer)) == (
        "",
        [
            "That was already done. This is how it stands:",
            "Nothing is subscribed here yet.",
            "/treaty subscribe ratification → begin with a topic",
            "[Subscribe: subscribe]",
        ],
    )


async def test_a_question_delivered_again_is_answered_again(room: Room) -> None:
    first = await room.types("list", again="one")
    assert await room.types("list", again="one") == first


async def test_a_command_delivered_while_it_is_being_answered_gets_the_same_answer(room: Room) -> None:
    first, second = await asyncio.gather(
        room.types("subscribe ratification", again="one"), room.types("subscribe ratification", again="one")
    )
    assert first is second
    assert await room.audit() == ["U1 subscribed", "U1 cadence"]


async def test_who_waits_for_an_answer_that_was_given_up_gets_one_of_their_own(room: Room) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(room.types("subscribe ratification", again="one"))
        await asyncio.sleep(0)
        second = group.create_task(room.types("subscribe ratification", again="one"))
        await asyncio.sleep(0)
        first.cancel()
    assert told(second.result())
    assert await room.wishes() == [("ratification", "digest")]


async def test_channels_do_not_see_each_others_subscriptions(room: Room) -> None:
    await room.types("subscribe ratification")
    assert told(await room.types("list", to=THERE))[0] == "Nothing is subscribed here yet."
