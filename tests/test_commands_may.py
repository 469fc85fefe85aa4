"""Who may change what a channel gets, in whose zone, and how much."""

from __future__ import annotations

import pytest

from bot.model import Channel, ChannelId, Subscription, Topic
from bot.topics.rules import compile_rules
from bot.work.commands import House
from bot.work.editor import Editor
from tests import rooms
from tests.rooms import HERE, THERE, TOPICS, Room, told
from tests.stores import GAZETTE, HOUR, MINUTE, NOW, UN_PRESS, an_item

room = rooms.room

WHY = "Only whoever made this channel, or an admin, changes what it gets here."
CHANGES = [
    *("subscribe", "subscribe human-rights", "unsubscribe ratification", "unsubscribe all"),
    *("pause 3d", "resume", "mute gazette", "unmute gazette"),
]


@pytest.fixture
async def closed(room: Room) -> Room:
    """A subscribed channel in which U2 may change nothing."""
    await room.types("subscribe ratification")
    room.people.barred["U2"] = WHY
    return room


@pytest.mark.parametrize("words", CHANGES)
async def test_who_may_not_change_a_channel_is_told_why_and_changes_nothing(closed: Room, words: str) -> None:
    before = await closed.audit()
    answer = await closed.types(words, person="U2")
    assert (answer.notice, answer.form, told(answer)) == (
        "",
        None,
        [WHY, "/treaty list → what this channel gets"],
    )
    assert await closed.audit() == before


async def test_who_may_not_change_a_channel_cannot_send_its_form_or_mute_by_a_press(closed: Room) -> None:
    assert told(await closed.fills({"digest": ("convention",)}, person="U2"))[0] == WHY
    assert told(await closed.presses("mute", "story a", "gazette", person="U2"))[0] == WHY
    assert await closed.wishes() == [("ratification", "digest")]


@pytest.mark.parametrize("words", ["help", "list", "latest", "search x", "topics", "digest", "feeds", "pause", "mute"])
async def test_everybody_may_look(closed: Room, words: str) -> None:
    assert WHY not in told(await closed.types(words, person="U2"))


async def test_everybody_may_say_what_they_think_of_a_story(closed: Room) -> None:
    await closed.finds(an_item("a"))
    assert told(await closed.presses("relevant", "story a", person="U2"))[0].startswith("Noted")


async def test_the_platform_is_asked_by_the_rule_of_the_file(room: Room) -> None:
    editor = Editor(reader=room.store, topics=TOPICS, feeds=(UN_PRESS, GAZETTE))
    await room.types("subscribe ratification")
    room.commands.follow(editor, House(rules=compile_rules(TOPICS), zone="UTC", may_change="S0123ABCD"))
    await room.types("unsubscribe all", person="U2")
    assert room.people.asked == [(HERE, "U1", "anyone"), (HERE, "U2", "S0123ABCD")]


async def test_of_a_form_that_names_its_channel_that_one_is_asked_about(room: Room) -> None:
    await room.fills({"channel": ("C2",), "digest": ("convention",)}, to=ChannelId("slack", "T1"))
    assert room.people.asked == [(THERE, "U1", "anyone")]


async def test_a_platform_that_knows_nobody_bars_nobody(room: Room) -> None:
    elsewhere = ChannelId("terminal", "", "screen")
    assert (await room.types("subscribe ratification", to=elsewhere)).notice


# ── whose zone


async def test_a_digest_comes_by_the_clock_of_who_subscribes_first(room: Room) -> None:
    room.people.zones["U7"] = "Asia/Tokyo"
    answer = await room.types("subscribe ratification daily 09:00", person="U7")
    assert answer.notice == (
        "From now on here: Signature and ratification in the daily digest (09:00 Asia/Tokyo, Monday to Friday)."
    )


async def test_the_zone_of_the_channel_goes_before_the_askers(room: Room) -> None:
    await room.types("subscribe ratification daily 09:00 UTC")
    room.people.zones["U7"] = "Asia/Tokyo"
    await room.types("subscribe human-rights daily 10:00", person="U7")
    digest = (await room.settings()).channel.digest
    assert digest is not None
    assert digest.zone == "UTC"


async def test_a_zone_that_is_named_goes_before_all(room: Room) -> None:
    room.people.zones["U7"] = "Asia/Tokyo"
    await room.types("subscribe ratification daily 09:00 new york", person="U7")
    assert (await room.settings()).channel.zone == "America/New_York"


async def test_whose_zone_is_not_told_gets_the_files(room: Room) -> None:
    await room.types("subscribe ratification daily 09:00")
    assert (await room.settings()).channel.zone == "Europe/Vienna"


async def test_a_pause_of_a_channel_without_hours_ends_by_the_askers_clock(room: Room) -> None:
    room.people.zones["U7"] = "Asia/Tokyo"
    await room.types("subscribe ratification instant")
    answer = await room.types("pause tomorrow", person="U7")
    assert (
        answer.notice
        == "TreatyWatch posts nothing here until tomorrow at 09:00 Asia/Tokyo. `/treaty resume` ends that."
    )


# ── how much


async def test_a_channel_has_at_most_fifty_topics(room: Room) -> None:
    topics = tuple(Topic(id=f"topic-{number}", name=f"Topic {number}") for number in range(51))
    room.judges_by(topics)
    await room.store.settle_config(feeds=(UN_PRESS, GAZETTE), topics=topics, channels=[], now=NOW)
    await room.fills({"digest": tuple(topic.id for topic in topics[:50])})
    answer = await room.types("subscribe topic-50")
    assert (answer.notice, told(answer)[0]) == (
        "",
        "A channel can have 50 topics; end some before, or name a wider topic, which covers others.",
    )
    assert len(await room.wishes()) == 50


async def test_a_workspace_has_at_most_five_hundred_channels(room: Room) -> None:
    for number in range(500):
        where = ChannelId("slack", "T1", f"D{number}")
        wish = Subscription(channel=where, topic="convention", wish="instant")
        channel = Channel(id=where, digest=None, set_by="chat", owner="U1")
        await room.store.subscribe(channel, [wish], next_digest=None, now=NOW)
    answer = await room.types("subscribe ratification")
    assert (answer.notice, told(answer)[0]) == (
        "",
        "500 channels of this workspace get something, and that is the most; end one before.",
    )
    assert (await room.types("subscribe ratification", to=ChannelId("slack", "T2", "C1"))).notice


async def subscribes(room: Room, times: int) -> None:
    """So many acts of subscribing, a minute apart."""
    for _ in range(times):
        await room.types("subscribe ratification")
        await room.types("unsubscribe ratification")
        room.clock.moment += MINUTE


async def test_a_channel_is_subscribed_at_most_ten_times_an_hour(room: Room) -> None:
    await subscribes(room, 10)
    answer = await room.types("subscribe ratification")
    assert (answer.notice, told(answer)[0]) == (
        "",
        (
            "Something was subscribed here 10 times within an hour, and that is the most; "
            "go on today at 10:30 Europe/Vienna."
        ),
    )
    room.clock.moment = NOW + HOUR
    assert (await room.types("subscribe ratification")).notice


async def test_ending_and_moving_is_always_possible(room: Room) -> None:
    await subscribes(room, 9)
    await room.types("subscribe ratification")
    assert (await room.types("subscribe ratification 10:00")).notice
    assert (await room.types("unsubscribe all")).notice


async def test_another_channel_can_be_subscribed_meanwhile(room: Room) -> None:
    await subscribes(room, 10)
    assert (await room.types("subscribe ratification", to=THERE)).notice
