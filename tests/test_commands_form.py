"""The form that a bare `/treaty subscribe` opens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import ChannelId, Choices, Entry, Form, Hour, Lookup, Option, Place
from tests import rooms
from tests.rooms import FILLED, HERE, NOWHERE, THERE, Room, shown, told
from tests.stores import DAY, MINUTE, NOW, TERMINAL, a_match, a_reading, an_item

room = rooms.room


async def opened(room: Room, *, to: ChannelId = HERE, person: str = "U1") -> Form:
    form = (await room.types("subscribe", to=to, person=person)).form
    assert form is not None
    return form


async def redrawn(room: Room, values: dict[str, tuple[str, ...]], *, to: ChannelId = HERE) -> Form:
    form = (await room.fills(values, done=False, to=to)).form
    assert form is not None
    return form


def stands(form: Form) -> dict[str, object]:
    """What stands in each field."""
    return {field.name: getattr(field, "chosen", None) for field in form.fields}


def below(form: Form) -> list[str]:
    return [shown(part) for part in form.parts]


# ── opened


async def test_a_bare_subscribe_opens_a_form_with_what_is_usual(room: Room) -> None:
    form = await opened(room)
    assert (form.name, form.title, form.submit, form.channel) == (
        "subscribe",
        "What this channel gets",
        "Subscribe",
        HERE,
    )
    assert stands(form) == {
        "digest": (),
        "instant": (),
        "at": "09:00",
        "zone": "Europe/Vienna",
        "days": ("mon", "tue", "wed", "thu", "fri"),
        "quiet_from": "",
        "quiet_to": "",
    }


async def test_the_fields_are_of_kinds_that_each_platform_can_draw(room: Room) -> None:
    kinds = [type(field) for field in (await opened(room)).fields]
    assert kinds == [Choices, Choices, Hour, Lookup, Choices, Hour, Hour]


async def test_where_no_form_can_be_opened_the_words_are_told(room: Room) -> None:
    answer = await room.types("subscribe")
    assert told(answer) == [
        "Nothing is subscribed here yet.",
        "/treaty subscribe ratification daily 09:00 → into the daily digest; several topics can be named",
        "/treaty subscribe ratification weekly fri 16:00 → into a weekly digest",
        "/treaty subscribe ratification instant → at once, as each story is found",
        "/treaty topics → what there is to subscribe to",
    ]
    assert answer.notice == ""
    assert await room.wishes() == []


@pytest.mark.parametrize("words", ["subscribe ratification", "subscribe daily 10:00"])
async def test_words_act_or_are_asked_back_and_open_no_form(room: Room, words: str) -> None:
    assert (await room.types(words)).form is None


async def test_the_form_shows_what_the_channel_has(room: Room) -> None:
    await room.types("subscribe ratification daily 17:30 new york")
    await room.types("subscribe human-rights instant")
    form = await opened(room)
    assert form.submit == "Save"
    assert stands(form) == {
        "digest": ("ratification",),
        "instant": ("human-rights",),
        "at": "17:30",
        "zone": "America/New_York",
        "days": ("mon", "tue", "wed", "thu", "fri"),
        "quiet_from": "",
        "quiet_to": "",
    }


async def test_each_topic_says_how_much_it_brings_and_what_it_is_part_of(room: Room) -> None:
    old = an_item("old", seen=NOW - 31 * DAY)
    await room.finds(old, an_item("a"), an_item("b"))
    digest, *_ = (await opened(room)).fields
    assert isinstance(digest, Choices)
    assert digest.options == (
        Option(
            value="convention",
            label="UN Convention against Cybercrime",
            told="2 items in the last 30 days; covers 2 other topics",
        ),
        Option(
            value="ratification",
            label="Signature and ratification",
            told="nothing in the last 30 days",
        ),
        Option(
            value="human-rights",
            label="Human rights",
            told="nothing in the last 30 days",
        ),
    )


async def test_counts_are_taken_anew_after_ten_minutes(room: Room) -> None:
    async def counted() -> str:
        digest, *_ = (await opened(room)).fields
        assert isinstance(digest, Choices)
        return digest.options[0].told

    assert await counted() == "nothing in the last 30 days; covers 2 other topics"
    await room.finds(an_item("a"))
    room.clock.moment += 9 * MINUTE
    assert await counted() == "nothing in the last 30 days; covers 2 other topics"
    room.clock.moment += MINUTE
    assert await counted() == "1 item in the last 30 days; covers 2 other topics"


async def test_the_zone_is_the_askers_where_the_channel_has_none(room: Room) -> None:
    room.people.zones["U7"] = "Asia/Tokyo"
    assert stands(await opened(room, person="U7"))["zone"] == "Asia/Tokyo"
    await room.types("subscribe ratification daily 09:00 UTC")
    assert stands(await opened(room, person="U7"))["zone"] == "UTC"


async def test_a_channel_that_the_file_names_has_no_form(room: Room) -> None:
    answer = await room.types("subscribe", to=TERMINAL)
    assert (answer.form, told(answer)[0]) == (
        None,
        "What this channel gets is set in feeds.yaml by the operator; chat does not change it.",
    )


async def test_from_nowhere_the_form_asks_for_the_channel_first(room: Room) -> None:
    form = await opened(room, to=NOWHERE)
    assert (form.channel, form.title) == (None, "Subscribe a channel")
    assert form.fields[0] == Place(name="channel", label="Channel")
    assert stands(form)["at"] == "09:00"


# ── open, with a preview


async def test_the_preview_tells_what_would_come_and_shows_the_newest_items(room: Room) -> None:
    items = [
        an_item(key, seen=NOW + number * MINUTE, title=f"Cybercrime treaty {key}") for number, key in enumerate("abcd")
    ]
    await room.finds(*items)
    form = await redrawn(room, FILLED | {"digest": ("convention",)})
    assert below(form) == [
        (
            "The channel then gets UN Convention against Cybercrime: daily digest at 09:00 Europe/Vienna, "
            "Monday to Friday. The first digest comes tomorrow at 09:00 Europe/Vienna."
        ),
        "# The newest about these topics",
        "UN Press: Cybercrime treaty d",
        "UN Press: Cybercrime treaty c",
        "UN Press: Cybercrime treaty b",
    ]
    entry = form.parts[2]
    assert isinstance(entry, Entry)
    assert entry.quote.text == "Cybercrime treaty d"
    assert await room.wishes() == []


async def test_an_item_of_two_chosen_topics_is_shown_once(room: Room) -> None:
    item = an_item("a", title="Signed")
    reading = a_reading(item)
    await room.store.keep(replace(reading, matches=(*reading.matches, a_match(item, "ratification", "signed"))))
    form = await redrawn(room, FILLED | {"digest": ("ratification",), "instant": ("convention",)})
    assert below(form).count("UN Press: Signed") == 1


async def test_topics_without_items_say_so(room: Room) -> None:
    assert below(await redrawn(room, FILLED))[1:] == ["Nothing about these topics in the archive yet."]


async def test_the_form_keeps_what_was_changed_in_it(room: Room) -> None:
    changed = FILLED | {"at": ("17:00",), "days": ("mon",), "quiet_from": ("20:00",), "quiet_to": ("07:00",)}
    assert stands(await redrawn(room, changed)) == {
        "digest": ("ratification",),
        "instant": (),
        "at": "17:00",
        "zone": "Europe/Vienna",
        "days": ("mon",),
        "quiet_from": "20:00",
        "quiet_to": "07:00",
    }


async def test_nothing_chosen_yet_is_said_and_is_no_fault(room: Room) -> None:
    assert below(await redrawn(room, FILLED | {"digest": ()})) == ["No topic is chosen yet."]


async def test_taking_all_ticks_away_is_said_to_end_everything(room: Room) -> None:
    await room.types("subscribe ratification")
    form = await redrawn(room, FILLED | {"digest": ()})
    assert below(form) == ["With no topic chosen, all that this channel gets ends."]


async def test_a_fault_is_told_in_the_preview(room: Room) -> None:
    assert below(await redrawn(room, FILLED | {"quiet_from": ("20:00",)}))[0] == (
        "Say until when it is quiet, or leave both empty."
    )


async def test_a_weekly_digest_is_left_alone_and_the_form_says_so(room: Room) -> None:
    await room.types("subscribe human-rights weekly fri")
    assert below(await opened(room))[1:3] == [
        "In the weekly digest, and left there: Human rights. Another day or hour is set in words:",
        "/treaty subscribe human-rights weekly mon 16:00",
    ]


async def test_the_preview_of_a_chosen_channel_is_that_channels(room: Room) -> None:
    await room.types("subscribe human-rights", to=THERE)
    form = await redrawn(room, FILLED | {"channel": ("C2",)}, to=NOWHERE)
    assert (form.channel, stands(form)["digest"]) == (None, ("ratification",))
    assert below(form)[0].startswith("The channel then gets Signature and ratification · Human rights: daily digest")


# ── faults, before it is sent


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({}, {}),
        ({"digest": (), "instant": ()}, {}),
        ({"zone": ("vienna",)}, {}),
        ({"zone": ("Europe/Viena",)}, {"zone": '"Europe/Viena" is no time zone; did you mean "Europe/Vienna"?'}),
        ({"zone": ()}, {"zone": "Choose a time zone: type a part of a city's name."}),
        ({"days": ()}, {"days": "Choose at least one day, or no topic for the digest."}),
        ({"days": (), "digest": (), "instant": ("convention",)}, {}),
        ({"days": (), "instant": ("ratification",)}, {}),
        ({"at": ()}, {"at": "Choose the hour of the digest."}),
        ({"at": ("25:00",)}, {"at": '"25:00" is no time of day; write 09:00, 9am or 21:30.'}),
        ({"at": ("soon",)}, {"at": "Write an hour as in 09:00."}),
        ({"quiet_from": ("20:00",)}, {"quiet_to": "Say until when it is quiet, or leave both empty."}),
        ({"quiet_to": ("07:00",)}, {"quiet_from": "Say from when it is quiet, or leave both empty."}),
        (
            {"quiet_from": ("07:00",), "quiet_to": ("07:00",)},
            {"quiet_to": "Quiet hours need two different times; leave both empty for none."},
        ),
        ({"channel": ()}, {"channel": "Choose the channel."}),
        ({"channel": ("C2",), "digest": ()}, {"digest": "Choose at least one topic."}),
        ({"channel": ("C2",)}, {}),
    ],
    ids=[
        *("as offered", "nothing chosen", "a city", "a misspelt zone", "no zone", "no day", "no day at once"),
        *("no day but at once", "no hour", "no such hour", "no hour at all", "half quiet", "the other half"),
        *("quiet for nothing", "no channel", "nothing chosen for a channel", "a channel"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(
    room: Room, values: dict[str, tuple[str, ...]], fault: dict[str, str]
) -> None:
    assert room.faults(FILLED | values) == fault


async def test_a_form_with_a_fault_changes_nothing(room: Room) -> None:
    answer = await room.fills(FILLED | {"days": ()})
    assert (told(answer), await room.wishes()) == (["Choose at least one day, or no topic for the digest."], [])
