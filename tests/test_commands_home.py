"""A page of a person's own, and how a workspace is welcomed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Channel, ChannelId, Deed, Heading, Subscription
from tests import rooms
from tests.rooms import HERE, TOPICS, Room, buttons, told
from tests.stores import DAY, GAZETTE, NINE_IN_VIENNA, NOW, UN_PRESS, a_reading, an_item, state

room = rooms.room

ELSEWHERE = ChannelId("slack", "T2", "C1")
WELCOME = [
    (
        "I read the feeds that my operator names, and tell channels what is new about the UN Convention against "
        "Cybercrime: at once, or in a digest. I post only where somebody asked for it."
    ),
    "Begin in the channel that should get the news; if it is private, let me in there first:",
    "1. `/treaty topics` – what there is",
    "2. `/treaty subscribe ratification` – a daily digest, at 09:00 on weekdays",
    "3. `/treaty latest ratification` – what was found already",
]


async def home(room: Room, person: str = "U1") -> list[str]:
    return told(await room.commands.home("slack", "T1", person))


async def test_who_is_new_is_told_how_to_begin(room: Room) -> None:
    assert await home(room) == [
        *WELCOME,
        "[Subscribe a channel: subscribe]",
        "# Feeds",
        "0 of 2 feeds are read well. 2 not read yet; that takes a few minutes.",
    ]


async def test_a_person_sees_what_each_channel_gets_and_can_change_it(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("subscribe human-rights instant")
    await room.types("mute gazette")
    assert (await home(room))[1:] == [
        "# slack:T1:C1",
        "Daily digest: 09:00 Europe/Vienna, Monday to Friday; next tomorrow",
        "Topics: Signature and ratification",
        "At once: Human rights",
        "Muted: The Gazette",
        "[Change: subscribe] [Pause: pause] [Show next digest: digest]",
        "[Subscribe another channel: subscribe]",
        "# Feeds",
        "0 of 2 feeds are read well. 2 not read yet; that takes a few minutes.",
    ]


async def test_the_buttons_of_a_channel_mean_that_channel(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.commands.home("slack", "T1", "U1")
    assert [(button.words, button.channel) for button in buttons(answer)] == [
        *(("subscribe", HERE), ("pause", HERE), ("digest", HERE), ("subscribe", None)),
    ]


async def test_a_channel_is_named_by_the_platform(room: Room) -> None:
    await room.types("subscribe ratification")
    parts = (await room.commands.home("slack", "T1", "U1")).parts
    assert Heading(text="", channel=HERE) in parts


async def test_a_paused_channel_can_be_resumed_from_here(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("pause friday")
    page = await home(room)
    assert "Paused: until Friday at 09:00 Europe/Vienna" in page
    assert "[Change: subscribe] [Resume: resume] [Show next digest: digest]" in page


async def test_channels_in_which_a_person_never_did_anything_are_counted_and_not_named(room: Room) -> None:
    await room.types("subscribe ratification")
    page = await home(room, person="U2")
    assert page[:5] == WELCOME
    assert page[5] == "1 channel of this workspace gets something."
    assert not [line for line in page if "C1" in line]


async def test_other_workspaces_are_not_even_counted(room: Room) -> None:
    await room.types("subscribe ratification", to=ELSEWHERE)
    page = await home(room)
    assert page[5] == "[Subscribe a channel: subscribe]"


async def test_a_word_on_a_story_makes_a_channel_known(room: Room) -> None:
    await room.types("subscribe convention")
    await room.finds(an_item("a"), to=(HERE,))
    await room.presses("relevant", "story a", "convention", person="U2")
    assert "# slack:T1:C1" in await home(room, person="U2")


async def test_at_most_ten_channels_are_shown_and_the_rest_is_counted(room: Room) -> None:
    for number in range(12):
        await room.types("subscribe ratification", to=ChannelId("slack", "T1", f"C{number + 10}"))
    page = await home(room)
    assert len([line for line in page if line.startswith("# slack:")]) == 10
    assert "… and 2 more channels that you know; `/treaty list` shows each where it is." in page


async def test_a_channel_of_the_file_is_shown_and_not_changed(room: Room) -> None:
    await room.types("subscribe ratification")
    wish = Subscription(channel=HERE, topic="convention", wish="digest")
    of_the_file = [(Channel(id=HERE, digest=NINE_IN_VIENNA), (wish,))]
    await room.store.settle_config(feeds=(UN_PRESS, GAZETTE), topics=TOPICS, channels=of_the_file, now=NOW)
    page = await home(room)
    assert "Set: in feeds.yaml by the operator; chat does not change it" in page
    assert "[Pause: pause] [Show next digest: digest]" in page


async def test_times_are_in_the_persons_zone_where_a_channel_has_none(room: Room) -> None:
    room.people.zones["U1"] = "Asia/Tokyo"
    await room.types("subscribe ratification instant")
    await room.types("pause 2h")
    assert "Paused: until today at 19:30 Asia/Tokyo" in await home(room)


async def test_feeds_that_fail_are_counted(room: Room) -> None:
    await room.store.keep(replace(a_reading(), state=state("gazette", failures=3)))
    assert (await home(room))[-1] == (
        "0 of 2 feeds are read well. 1 not read yet; that takes a few minutes. "
        "1 cannot be read just now; it is tried again by itself."
    )


async def test_it_tells_how_often_people_found_the_rules_right(room: Room) -> None:
    await room.types("subscribe convention")
    await room.finds(*(an_item(key) for key in "abc"))
    marks: tuple[tuple[str, Deed], ...] = (("a", "relevant"), ("b", "irrelevant"))
    for key, deed in marks:
        await room.presses(deed, f"story {key}", "convention")
    room.clock.moment = NOW.replace(month=11)
    await room.presses("relevant", "story c", "convention")
    assert (await home(room))[-2:] == [
        "# What people marked in chat",
        "UN Convention against Cybercrime: November: 1 of 1 marked story relevant; October: 1 of 2 marked stories relevant",
    ]


# ── welcome


async def test_a_workspace_is_welcomed_once(room: Room) -> None:
    answer = await room.commands.welcome("slack", "T1")
    assert answer is not None
    assert told(answer) == [*WELCOME, "[Subscribe a channel: subscribe]"]
    room.clock.moment = NOW + DAY
    assert await room.commands.welcome("slack", "T1") is None
    assert await room.commands.welcome("slack", "T2") is not None


@pytest.mark.parametrize("words", ["topics", "subscribe ratification", "latest ratification"])
async def test_every_first_step_can_be_typed(room: Room, words: str) -> None:
    answer = await room.types(words)
    assert not [line for line in told(answer) if "is no " in line]
