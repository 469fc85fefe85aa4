"""What a form changes that was sent, and what is said of it."""

from __future__ import annotations

from datetime import time

from bot.model import Cadence, Quiet
from tests import rooms
from tests.rooms import FILLED, NOWHERE, THERE, WORKDAYS, Room, buttons, told
from tests.stores import DAY, NOW, TERMINAL

room = rooms.room


async def test_a_sent_form_is_told_to_the_channel_and_explained_to_the_asker(room: Room) -> None:
    answer = await room.fills(FILLED | {"instant": ("human-rights",), "quiet_from": ("20:00",), "quiet_to": ("07:00",)})
    said = (
        "From now on here: Signature and ratification in the daily digest (09:00 Europe/Vienna, Monday to Friday); "
        "Human rights at once. "
        "Nothing comes at once from 20:00 to 07:00 Europe/Vienna; it waits until then."
    )
    assert answer.notice == said
    assert told(answer) == [
        said,
        "The next digest comes tomorrow at 09:00 Europe/Vienna, if there is anything new by then.",
        "/treaty list → what this channel gets",
        "[Show the latest: latest ratification] [Change: subscribe]",
    ]


async def test_what_was_chosen_is_kept_in_one_go(room: Room) -> None:
    await room.types("subscribe convention daily 17:00")
    await room.fills(
        FILLED
        | {"instant": ("human-rights",), "days": ("mon", "thu"), "quiet_from": ("20:00",), "quiet_to": ("07:00",)},
        person="U7",
    )
    settings = await room.settings()
    assert await room.wishes() == [("ratification", "digest"), ("human-rights", "instant")]
    assert settings.channel.digest == Cadence(at=time(9), zone="Europe/Vienna", days=frozenset({0, 3}))
    assert settings.channel.quiet == Quiet(begins=time(20), ends=time(7), zone="Europe/Vienna")
    assert settings.next_digest == NOW.replace(hour=8, minute=0) + 3 * DAY
    assert await room.audit() == [
        *("U1 subscribed", "U1 cadence", "U7 subscribed", "U7 cadence", "U7 quiet", "U7 unsubscribed"),
    ]


async def test_the_channel_hears_exactly_what_changed(room: Room) -> None:
    await room.types("subscribe convention human-rights daily 17:00")
    answer = await room.fills(FILLED | {"digest": ("ratification", "convention")})
    assert answer.notice == (
        "From now on here: Signature and ratification in the daily digest (09:00 Europe/Vienna, Monday to Friday). "
        "The daily digest moved from 17:00 Europe/Vienna to 09:00 Europe/Vienna, for all its topics. "
        "This channel no longer gets Human rights."
    )
    assert told(answer)[1] == (
        "Stories about Human rights still come with UN Convention against Cybercrime, which covers it."
    )


async def test_other_days_are_said_as_days(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.fills(FILLED | {"days": ("mon",)})
    assert answer.notice == (
        "This channel's daily digest moved, for all its topics: it came daily at 09:00 Europe/Vienna, "
        "Monday to Friday, and comes every Monday at 09:00 Europe/Vienna."
    )


async def test_quiet_hours_that_end_are_said(room: Room) -> None:
    await room.fills(FILLED | {"quiet_from": ("20:00",), "quiet_to": ("07:00",)})
    assert (await room.fills(FILLED)).notice == "There are no quiet hours here any more."
    assert (await room.settings()).channel.quiet is None


async def test_a_form_that_changes_nothing_says_so_and_is_not_told_to_the_channel(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.fills(FILLED, person="U2")
    assert (answer.notice, told(answer)[0]) == (
        "",
        (
            "Nothing changed. This channel gets Signature and ratification: "
            "daily digest at 09:00 Europe/Vienna, Monday to Friday."
        ),
    )
    assert await room.audit() == ["U1 subscribed", "U1 cadence"]


async def test_a_topic_chosen_twice_comes_at_once(room: Room) -> None:
    await room.fills(FILLED | {"instant": ("ratification",)})
    assert await room.wishes() == [("ratification", "instant")]


async def test_no_ticks_at_all_end_everything_and_offer_the_way_back(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("subscribe human-rights instant")
    answer = await room.fills(FILLED | {"digest": ()})
    assert answer.notice == (
        "This channel no longer gets Signature and ratification · Human rights. Nothing is subscribed here any more."
    )
    assert told(answer)[1:] == [
        "/treaty subscribe ratification daily 09:00 Europe/Vienna → take it up again",
        "/treaty subscribe human-rights instant → take it up again",
        "[Subscribe: subscribe]",
    ]
    assert await room.wishes() == []


async def test_no_ticks_where_nothing_was_subscribed_change_nothing(room: Room) -> None:
    answer = await room.fills(FILLED | {"digest": ()})
    assert (answer.notice, told(answer)) == (
        "",
        [
            "No topic was chosen, so nothing is subscribed.",
            "/treaty subscribe ratification → begin with a topic",
            "[Subscribe: subscribe]",
        ],
    )


async def test_a_weekly_topic_stays_weekly_unless_it_is_chosen(room: Room) -> None:
    await room.types("subscribe human-rights convention weekly fri")
    await room.fills(FILLED | {"digest": ("ratification", "convention")})
    assert sorted(await room.wishes()) == [
        *(("convention", "digest"), ("human-rights", "weekly"), ("ratification", "digest")),
    ]


async def test_a_field_that_was_not_shown_stays_as_it_was(room: Room) -> None:
    await room.fills(FILLED | {"quiet_from": ("20:00",), "quiet_to": ("07:00",), "days": ("mon",)})
    await room.fills({"digest": ("convention",), "at": ("10:00",)})
    channel = (await room.settings()).channel
    assert channel.digest == Cadence(at=time(10), zone="Europe/Vienna", days=frozenset({0}))
    assert channel.quiet == Quiet(begins=time(20), ends=time(7), zone="Europe/Vienna")


async def test_a_city_that_was_typed_is_understood(room: Room) -> None:
    await room.fills(FILLED | {"zone": ("new york",)})
    assert (await room.settings()).channel.digest == Cadence(at=time(9), zone="America/New_York", days=WORKDAYS)


async def test_a_topic_that_is_no_longer_there_is_not_subscribed(room: Room) -> None:
    await room.fills(FILLED | {"digest": ("ratification", "gone")})
    assert await room.wishes() == [("ratification", "digest")]


async def test_a_form_sent_again_is_not_done_again(room: Room) -> None:
    await room.fills(FILLED, again="one")
    await room.types("unsubscribe all")
    answer = await room.fills(FILLED, again="one")
    assert (answer.notice, told(answer)[0]) == (
        "",
        "That was already done. This is how it stands:",
    )
    assert await room.wishes() == []


async def test_a_form_that_named_its_channel_subscribes_that_one(room: Room) -> None:
    answer = await room.fills(FILLED | {"channel": ("C2",)}, to=NOWHERE)
    assert answer.notice.startswith("From now on here: Signature and ratification")
    assert [wish.topic for wish in (await room.settings(THERE)).subscriptions] == ["ratification"]
    assert {button.channel for button in buttons(answer)} == {THERE}


async def test_a_form_that_never_showed_what_a_channel_has_only_adds_to_it(room: Room) -> None:
    await room.types("subscribe human-rights daily 17:00", to=THERE)
    await room.types("subscribe convention instant", to=THERE)
    answer = await room.fills(FILLED | {"channel": ("C2",)}, to=NOWHERE)
    assert answer.notice == (
        "From now on here: Signature and ratification in the daily digest (17:00 Europe/Vienna, Monday to Friday)."
    )
    settings = await room.settings(THERE)
    assert {(wish.topic, wish.wish) for wish in settings.subscriptions} == {
        ("human-rights", "digest"),
        ("convention", "instant"),
        ("ratification", "digest"),
    }


async def test_a_channel_of_the_file_is_not_changed_by_a_form(room: Room) -> None:
    before = await room.settings(TERMINAL)
    answer = await room.fills(FILLED, to=TERMINAL)
    assert told(answer)[0].startswith("What this channel gets is set in feeds.yaml")
    assert await room.settings(TERMINAL) == before


async def test_every_button_of_an_answer_means_the_channel_that_it_speaks_of(room: Room) -> None:
    await room.types("subscribe ratification", to=THERE)
    assert {button.channel for button in buttons(await room.types("list", to=THERE))} == {THERE}
