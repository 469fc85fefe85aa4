"""A form is of the channel as it showed it: what changed meanwhile is not overwritten."""

from __future__ import annotations

import asyncio

from bot.model import ChannelId, Form, Topic
from tests import rooms
from tests.rooms import FILLED, HERE, NOWHERE, THERE, TOPICS, Room, buttons, shown, told

room = rooms.room

BOTH = FILLED | {"digest": ("ratification", "human-rights")}
MEANWHILE = (
    "Somebody changed this channel meanwhile: it now gets Human rights: "
    "daily digest at 10:00 Europe/Vienna, Monday to Friday."
)


async def opened(room: Room, *, to: ChannelId = HERE) -> Form:
    form = (await room.types("subscribe", to=to)).form
    assert form is not None
    return form


async def stamp(room: Room, *, to: ChannelId = HERE) -> str:
    return (await opened(room, to=to)).stamp


async def redrawn(room: Room, values: dict[str, tuple[str, ...]], stamp: str, *, to: ChannelId = HERE) -> Form:
    form = (await room.fills(values, done=False, to=to, stamp=stamp)).form
    assert form is not None
    return form


def stands(form: Form, *names: str) -> list[object]:
    fields = {field.name: getattr(field, "chosen", None) for field in form.fields}
    return [fields[name] for name in names]


async def test_a_stamp_is_a_short_word_and_another_for_another_channel(room: Room) -> None:
    nothing = await stamp(room)
    assert (len(nothing), nothing.isalnum(), await stamp(room, to=THERE)) == (8, True, nothing)
    await room.types("subscribe ratification")
    seen = {nothing, await stamp(room)}
    for words in ("subscribe ratification 10:00", "subscribe human-rights weekly fri", "unsubscribe ratification"):
        await room.types(words)
        seen.add(await stamp(room))
    assert len(seen) == 5


async def test_a_pause_leaves_the_stamp_as_it_was(room: Room) -> None:
    await room.types("subscribe ratification")
    before = await stamp(room)
    await room.types("pause 3d")
    assert await stamp(room) == before


async def test_the_second_of_two_open_forms_does_not_undo_the_first(room: Room) -> None:
    mine = theirs = await stamp(room)
    assert room.faults(FILLED, stamp=mine) == {}
    await room.fills(FILLED | {"digest": ("human-rights",), "at": ("10:00",)}, stamp=theirs, person="U2")
    assert room.faults(FILLED, stamp=mine) == {"digest": f"{MEANWHILE} Close this form and open it again."}
    answer = await room.fills(FILLED, stamp=mine)
    assert (told(answer)[0], answer.notice) == (f"{MEANWHILE} So nothing was changed by your form.", "")
    assert [button.words for button in buttons(answer)] == ["subscribe"]
    assert await room.wishes() == [("human-rights", "digest")]
    assert room.faults(BOTH, stamp=await stamp(room)) == {}


async def test_of_two_forms_sent_in_the_same_instant_one_is_carried_out(room: Room) -> None:
    at_first = await stamp(room)
    await asyncio.gather(
        room.fills(FILLED, stamp=at_first),
        room.fills(FILLED | {"digest": (), "instant": ("human-rights",)}, stamp=at_first, person="U2"),
    )
    assert len(await room.wishes()) == 1


async def test_a_form_that_is_delivered_again_is_the_same_request(room: Room) -> None:
    at_first = await stamp(room)
    await room.fills(FILLED, stamp=at_first, again="one")
    assert room.faults(FILLED, stamp=at_first, again="one") == {}
    answer = await room.fills(FILLED, stamp=at_first, again="one")
    assert told(answer)[0] == "That was already done. This is how it stands:"


async def test_a_form_without_a_stamp_is_taken_as_it_is(room: Room) -> None:
    await room.types("subscribe human-rights")
    assert room.faults(FILLED) == {}
    await room.fills(FILLED)
    assert await room.wishes() == [("ratification", "digest")]


async def test_what_was_only_seen_before_feeds_yaml_changed_is_no_fault(room: Room) -> None:
    before = await stamp(room)
    room.judges_by((*TOPICS, Topic(id="new", name="New")))
    assert room.faults(FILLED, stamp=before) == {}  # nobody has looked at the channel since
    assert await stamp(room) != before
    assert list(room.faults(FILLED, stamp=before)) == ["digest"]


async def test_an_open_form_that_somebody_overtook_shows_how_the_channel_stands(room: Room) -> None:
    await room.types("subscribe ratification")
    before = await stamp(room)
    await room.types("subscribe human-rights daily 10:00", person="U2")
    form = await redrawn(room, FILLED, before)
    assert stands(form, "digest", "at") == [("ratification", "human-rights"), "10:00"]
    assert shown(form.parts[0]) == "Somebody changed this channel meanwhile; the form shows now what it has."
    assert form.stamp == await stamp(room)


# ── another channel chosen in the form


async def test_a_channel_that_is_chosen_is_shown_as_it_stands(room: Room) -> None:
    await room.types("subscribe human-rights daily 17:00", to=THERE)
    form = await redrawn(room, FILLED | {"channel": ("C2",), "digest": ()}, await stamp(room, to=NOWHERE), to=NOWHERE)
    assert stands(form, "digest", "at", "zone") == [("human-rights",), "17:00", "Europe/Vienna"]
    assert form.channel is None


async def test_topics_that_were_chosen_before_the_channel_stay_chosen(room: Room) -> None:
    await room.types("subscribe human-rights daily 17:00", to=THERE)
    form = await redrawn(room, FILLED | {"channel": ("C2",)}, await stamp(room, to=NOWHERE), to=NOWHERE)
    assert stands(form, "digest", "at") == [("human-rights", "ratification"), "17:00"]


async def test_choosing_yet_another_channel_leaves_nothing_of_the_last_one(room: Room) -> None:
    await room.types("subscribe human-rights daily 17:00", to=THERE)
    there = (await redrawn(room, FILLED | {"channel": ("C2",)}, await stamp(room, to=NOWHERE), to=NOWHERE)).stamp
    form = await redrawn(room, FILLED | {"channel": ("C3",), "digest": ("human-rights",)}, there, to=NOWHERE)
    assert stands(form, "digest", "at") == [(), "09:00"]


async def test_all_that_was_filled_in_for_a_chosen_channel_holds(room: Room) -> None:
    await room.types("subscribe human-rights daily 17:00", to=THERE)
    there = (await redrawn(room, FILLED | {"channel": ("C2",)}, await stamp(room, to=NOWHERE), to=NOWHERE)).stamp
    values = FILLED | {"channel": ("C2",), "at": ("08:00",), "quiet_from": ("20:00",), "quiet_to": ("07:00",)}
    assert room.faults(values, stamp=there, to=NOWHERE) == {}
    await room.fills(values, stamp=there, to=NOWHERE)
    settings = await room.settings(THERE)
    assert [wish.topic for wish in settings.subscriptions] == ["ratification"]
    assert settings.channel.digest is not None
    assert (settings.channel.digest.at.hour, settings.channel.quiet is not None) == (8, True)


async def test_a_form_sent_before_it_showed_the_chosen_channel_changes_nothing(room: Room) -> None:
    await room.types("subscribe human-rights daily 10:00", to=THERE)
    nothing = await stamp(room, to=NOWHERE)
    values = FILLED | {"channel": ("C2",)}
    assert room.faults(values, stamp=nothing, to=NOWHERE) == {
        "digest": (
            "This form did not show yet what the channel has: it gets Human rights: "
            "daily digest at 10:00 Europe/Vienna, Monday to Friday. Change anything in it to see that."
        )
    }
    await room.fills(values, stamp=nothing, to=NOWHERE)
    assert [wish.topic for wish in (await room.settings(THERE)).subscriptions] == ["human-rights"]


# ── what the channel does not allow


async def test_nothing_chosen_where_nothing_is_subscribed_is_said_before_it_is_sent(room: Room) -> None:
    nothing = await stamp(room)
    assert room.faults(FILLED | {"digest": ()}, stamp=nothing) == {"digest": "Choose at least one topic."}


async def test_nothing_chosen_ends_what_there_is(room: Room) -> None:
    await room.types("subscribe ratification")
    assert room.faults(FILLED | {"digest": ()}, stamp=await stamp(room)) == {}


async def test_too_many_topics_are_said_before_it_is_sent(room: Room) -> None:
    room.judges_by(tuple(Topic(id=f"t{number}", name=f"Topic {number}") for number in range(60)))
    values = FILLED | {"digest": tuple(f"t{number}" for number in range(51))}
    assert room.faults(values, stamp=await stamp(room)) == {
        "digest": "A channel can have 50 topics: choose fewer, or a wider one, which covers others."
    }
