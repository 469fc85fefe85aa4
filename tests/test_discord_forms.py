"""What a form looks like as a modal, and what comes back of it; the command, its words, and who may change what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat.discord.forms import filled, form_of, groups, has_room, modal
from bot.chat.discord.people import (
    ADMINISTRATOR,
    MANAGE_CHANNELS,
    MANAGE_SERVER,
    NOT_ADMIN,
    NOT_ASKED,
    NOT_IN_ROLE,
    NOT_MANAGER,
    People,
    Rights,
)
from bot.chat.discord.tree import SUBCOMMANDS, choices, commands, is_registered, shown, typing, words
from bot.model import ChannelId, Choices, Field, Form, Hour, Lookup, Option, Place
from bot.work.commands.wanted import MANY
from tests.fake_discord import payloads

HERE = ChannelId("discord", "900", "101")
TOPICS = (Option(value="convention", label="UN Convention", told="12 items"), Option(value="rights", label="Rights"))
DAYS = (Option(value="mon", label="Monday"), Option(value="tue", label="Tuesday"))
SEVEN: tuple[Field, ...] = (
    Choices(name="digest", label="Topics in the digest", options=TOPICS, chosen=("convention",)),
    Choices(name="instant", label="Topics at once", options=TOPICS, hint="Told as soon as it is found."),
    Hour(name="at", label="Hour of the digest", chosen="09:00"),
    Lookup(name="zone", label="Time zone", chosen="Europe/Vienna", hint="A part of a city's name."),
    Choices(name="days", label="Days", options=DAYS, chosen=("mon", "tue")),
    Hour(name="quiet_from", label="Quiet from", optional=True),
    Hour(name="quiet_to", label="Quiet to", optional=True, hint="Nothing comes at once then."),
)
FORM = Form(name="subscribe", title="What this channel gets", submit="Save", channel=HERE, fields=SEVEN)


def sent(**values: Any) -> dict[str, tuple[str, ...]]:
    """What comes back of the form with these values by custom_id; `.` and `+` are written as `_`."""
    drawn = modal(FORM)
    ids = [row["component"]["custom_id"] for row in drawn["components"]]
    named = {one: values[key] for one in ids if (key := one.replace(".", "_").replace("+", "_")) in values}
    return dict(filled("subscribe", payloads.sent(drawn, named)).values)


def test_a_form_of_seven_fields_has_its_typed_ones_in_pairs() -> None:
    assert [[field.name for field in group] for group in groups(SEVEN)] == [
        ["digest"],
        ["instant"],
        ["at", "zone"],
        ["days"],
        ["quiet_from", "quiet_to"],
    ]
    assert [len(group) for group in groups(SEVEN[:5])] == [1] * 5


def test_a_modal_shows_what_a_channel_has() -> None:
    drawn = modal(FORM)
    assert (drawn["custom_id"], drawn["title"]) == ("form:subscribe:101", "What this channel gets")
    topics, _, hour, _, quiet = drawn["components"]
    assert topics == {
        "type": 18,
        "label": "Topics in the digest",
        "component": {
            "type": 3,
            "custom_id": "choices.digest",
            "options": [
                {"label": "UN Convention", "value": "convention", "default": True, "description": "12 items"},
                {"label": "Rights", "value": "rights", "default": False},
            ],
            "min_values": 0,
            "max_values": 2,
            "required": False,
        },
    }
    assert (hour["label"], hour["component"]["value"]) == ("Hour of the digest · Time zone", "09:00 Europe/Vienna")
    assert "value" not in quiet["component"]
    assert quiet["component"]["placeholder"] == "20:00 07:00"


def test_a_form_without_a_channel_asks_for_one() -> None:
    form = Form(name="subscribe", title="t", submit="s", channel=None, fields=(Place(name="channel", label="Channel"),))
    (row,) = modal(form)["components"]
    assert (modal(form)["custom_id"], row["component"]["type"]) == ("form:subscribe:", 8)
    assert filled("subscribe", payloads.sent(modal(form), {"place.channel": ["106"]})).values == {"channel": ("106",)}


def test_of_more_topics_than_a_menu_holds_it_is_said_how_many_there_are() -> None:
    topics = tuple(Option(value=f"t{number}", label=f"Topic {number}") for number in range(33))
    short, long = (
        "A topic covers those within it.",
        "Told as soon as a story is found. One that is chosen above comes too.",
    )
    fields = tuple(Choices(name=hint[:4], label="Topics", options=topics, hint=hint) for hint in (short, long))
    drawn = modal(Form(name="subscribe", title="t", submit="s", channel=HERE, fields=fields))["components"]
    assert [len(row["component"]["options"]) for row in drawn] == [25, 25]
    cut = "25 of 33 topics; others by /treaty subscribe topics:"
    assert [row["description"] for row in drawn] == [f"{short} {cut}", cut]


def test_what_was_not_touched_comes_back_as_it_was_shown() -> None:
    assert sent() == {
        "digest": ("convention",),
        "instant": (),
        "at": ("09:00",),
        "zone": ("Europe/Vienna",),
        "days": ("mon", "tue"),
        "quiet_from": (),
        "quiet_to": (),
    }


@pytest.mark.parametrize(
    ("typed", "at", "zone"),
    [
        ("16:30 America/New_York", ("16:30",), ("America/New_York",)),
        ("America/New_York, 9", ("09:00",), ("America/New_York",)),
        ("9.15 new york", ("09:15",), ("new york",)),
        ("7:05", ("07:05",), ()),
        ("Vienna", (), ("Vienna",)),
        ("", (), ()),
        ("25:00 UTC", ("25:00",), ("UTC",)),
        ("noon Etc/GMT+5", (), ("noon Etc/GMT+5",)),
        ("9pm Europe/Vienna", ("21:00",), ("Europe/Vienna",)),
        ("8 PM Europe/Vienna", ("20:00",), ("Europe/Vienna",)),
        ("12 am UTC", ("00:00",), ("UTC",)),
        ("13pm UTC", ("13pm",), ("UTC",)),
        ("09:00 10:00 Europe/Vienna", ("09:00 10:00",), ("Europe/Vienna",)),
    ],
)
def test_an_hour_and_a_zone_are_told_apart_however_they_were_typed(
    typed: str, at: tuple[str, ...], zone: tuple[str, ...]
) -> None:
    found = sent(hour_at_lookup_zone=typed)
    assert (found["at"], found["zone"]) == (at, zone)


@pytest.mark.parametrize(
    ("typed", "begins", "ends"),
    [
        ("20:00 07:00", ("20:00",), ("07:00",)),
        ("20-7", ("20:00",), ("07:00",)),
        ("20:00 – 7:30", ("20:00",), ("07:30",)),
        ("20h30", ("20:30",), ()),
        ("in the evening", ("in the evening",), ()),
        ("20:00 dawn", ("20:00",), ("dawn",)),
        ("10 pm 7 am", ("22:00",), ("07:00",)),
        ("10pm-7am", ("22:00",), ("07:00",)),
        ("from 20:00 to 07:00", ("20:00",), ("07:00",)),
        ("20:00 07:00 12:00", ("20:00",), ("07:00 12:00",)),
        ("20:00 07:00 Vienna", ("20:00",), ("07:00 Vienna",)),
    ],
)
def test_two_hours_come_back_in_their_order_and_what_is_none_as_it_was_typed(
    typed: str, begins: tuple[str, ...], ends: tuple[str, ...]
) -> None:
    found = sent(hour_quiet_from_hour_quiet_to=typed)
    assert (found["quiet_from"], found["quiet_to"]) == (begins, ends)


def test_a_modal_keeps_the_forms_stamp_in_little_room() -> None:
    drawn = modal(replace(FORM, channel=HERE._replace(channel="1" * 20), stamp="1a2b3c4d"))
    assert len(drawn["custom_id"]) <= 100
    found = form_of(drawn["custom_id"], HERE)
    assert found is not None
    assert filled(found[0], payloads.sent(drawn, {}), found[2]).stamp == "1a2b3c4d"


def test_of_more_choices_than_there_is_room_for_those_chosen_go_first() -> None:
    options = tuple(Option(value=f"t{number}", label=f"Topic {number}") for number in range(40))
    choices = Choices(name="digest", label="Topics", options=options, chosen=("t3", "t39"))
    drawn = modal(replace(FORM, fields=(choices,)))["components"][0]["component"]["options"]
    assert [one["value"] for one in drawn] == ["t3", "t39", *(f"t{n}" for n in range(24) if n != 3)]
    assert [one["value"] for one in drawn if one["default"]] == ["t3", "t39"]


def test_a_form_of_more_chosen_than_there_is_room_for_is_none() -> None:
    options = tuple(Option(value=f"t{number}", label=f"Topic {number}") for number in range(40))
    many = [
        replace(FORM, fields=(Choices(name="a", label="A", options=options, chosen=tuple(f"t{n}" for n in range(c))),))
        for c in (25, 26)
    ]
    assert [has_room(form) for form in many] == [True, False]


def test_a_line_of_its_own_keeps_all_that_is_typed_into_it() -> None:
    alone = {"components": [{"component": {"custom_id": "lookup.zone", "value": "9 Vienna"}}]}
    assert filled("f", alone).values == {"zone": ("Vienna 09:00",)}


def test_a_modal_says_for_which_channel_it_is() -> None:
    assert form_of("form:subscribe:106:1a2b3c4d", HERE) == ("subscribe", HERE._replace(channel="106"), "1a2b3c4d")
    assert form_of("form:subscribe:106", HERE) == ("subscribe", HERE._replace(channel="106"), "")
    assert form_of("form:subscribe::", HERE) == ("subscribe", HERE, "")
    assert form_of("words:::list", HERE) is None


# ── the command ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "options", "typed"),
    [
        ("help", {}, "help"),
        ("subscribe", {}, "subscribe"),
        (
            "subscribe",
            {"topics": "ratification human-rights", "when": "instant"},
            "subscribe ratification human-rights instant",
        ),
        (
            "subscribe",
            {"zone": "Europe/Vienna", "hour": "16:00", "day": "fri", "when": "weekly", "topics": "ratification"},
            "subscribe ratification weekly fri 16:00 Europe/Vienna",
        ),
        ("subscribe", {"topics": "x", "hour": "8"}, "subscribe x 8"),
        ("subscribe", {"topics": "x", "day": "fri", "hour": "8"}, "subscribe x weekly fri 8"),
        ("latest", {"topic": "x", "number": 3}, "latest x 3"),
        ("pause", {"until": "forever"}, "pause forever"),
        ("pause", {"until": "2026-12-01 14:00"}, "pause 2026-12-01 14:00"),
        ("search", {"words": " data  protection "}, "search data  protection"),
    ],
)
def test_a_command_is_put_into_the_words_that_anybody_would_type(
    name: str, options: dict[str, Any], typed: str
) -> None:
    assert words(payloads.command(name, options)) == typed


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("subscribe ratification daily 09:00", "subscribe topics:ratification when:daily hour:09:00"),
        (
            "subscribe ratification human-rights weekly fri 16:00 Europe/Vienna",
            "subscribe topics:ratification human-rights when:weekly day:fri hour:16:00 zone:Europe/Vienna",
        ),
        ("unsubscribe all", "unsubscribe topics:all"),
        ("latest ratification 5", "latest topic:ratification number:5"),
        ("latest 5", "latest number:5"),
        ("search data protection", "search words:data protection"),
        ("why https://a.example/b", "why link:https://a.example/b"),
        ("pause monday 14:00", "pause until:monday 14:00"),
        ("mute un-press", "mute outlet:un-press"),
        ("pause", "pause"),
        ("list", "list"),
    ],
)
def test_a_command_is_shown_as_it_is_given_here_with_its_options(typed: str, given: str) -> None:
    assert shown(f"/treaty {typed}") == f"/treaty {given}"


@pytest.mark.parametrize(
    "typed",
    ["/treaty subscribe TOPIC [daily]", "/treaty subscribe daily ratification", "/treaty dance now", "treaty", "09:00"],
)
def test_what_cannot_be_told_apart_is_shown_as_it_is(typed: str) -> None:
    assert shown(typed) == typed


def test_every_word_is_registered_with_a_description() -> None:
    (treaty,) = commands()
    assert [one["name"] for one in treaty["options"]] == list(SUBCOMMANDS)
    assert len(SUBCOMMANDS) <= 25
    assert {len(one["description"]) <= 100 for one in treaty["options"]} == {True}


def test_commands_that_discord_gives_back_with_its_own_additions_are_known_again() -> None:
    (treaty,) = commands()
    options = [{key: value for key, value in one.items() if value} for one in treaty["options"]]
    found = {**treaty, "id": "1", "version": "7", "nsfw": False, "options": options}
    assert is_registered([found])
    assert not is_registered([])
    assert not is_registered([{**found, "description": "Another"}])
    assert not is_registered([{**found, "options": options[1:]}])
    changed = [{**options[0], "options": [{**options[0]["options"][0], "autocomplete": False}]}, *options[1:]]
    assert not is_registered([{**found, "options": changed}])


def test_the_last_of_several_topics_is_looked_up() -> None:
    asked = typing(payloads.command("subscribe", {"topics": "ratification hum"}, focused="topics"))
    assert asked is not None
    assert (asked.form, asked.field, asked.typed, asked.before) == ("words", "topic", "hum", "ratification ")
    found = [Option(value="human-rights", label="Human rights"), Option(value="x" * 99, label="Too long")]
    assert choices(found, asked.before) == [{"name": "ratification Human rights", "value": "ratification human-rights"}]


@pytest.mark.parametrize(
    ("name", "option", "typed", "offered"),
    [
        ("pause", "until", "", ["1d", "3d", "7d", "forever"]),
        ("pause", "until", "for a w", ["7d"]),
        ("pause", "until", "friday", []),
        ("unsubscribe", "topics", "al", ["all"]),
        ("unsubscribe", "topics", "ratification a", []),
    ],
)
def test_what_is_mostly_meant_is_offered_and_anything_else_can_be_typed(
    name: str, option: str, typed: str, offered: list[str]
) -> None:
    asked = typing(payloads.command(name, {option: typed}, focused=option))
    assert asked is not None
    assert [one.value for one in asked.known] == offered


def test_what_is_not_looked_up_offers_nothing() -> None:
    assert typing(payloads.command("subscribe", {"hour": "9"}, focused="hour")) is None
    assert typing({}) is None


# ── who may ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "permissions", "roles", "why"),
    [
        ("anyone", 0, (), NOT_MANAGER),
        ("anyone", MANAGE_CHANNELS, (), ""),
        ("anyone", MANAGE_SERVER, (), ""),
        ("anyone", ADMINISTRATOR, (), ""),
        ("creators", 0, (), NOT_MANAGER),
        ("creators", MANAGE_CHANNELS, (), ""),
        ("admins", MANAGE_SERVER, (), NOT_ADMIN),
        ("admins", ADMINISTRATOR, (), ""),
        ("501", MANAGE_SERVER, (), NOT_IN_ROLE),
        ("501", 0, ("500", "501"), ""),
        ("501", ADMINISTRATOR, (), ""),
    ],
)
def test_who_may_change_what_a_channel_gets_is_discord_s_to_say(
    rule: str, permissions: int, roles: tuple[str, ...], why: str
) -> None:
    people = People()
    people.met(HERE, "11", Rights(permissions=permissions, roles=frozenset(roles)))
    assert people.may_not_change(HERE, "11", rule) == why


def test_of_who_did_not_ask_in_a_channel_nothing_is_known() -> None:
    people = People()
    people.met(HERE, "11", Rights(permissions=ADMINISTRATOR, roles=frozenset()))
    assert people.may_not_change(HERE._replace(channel="106"), "11", "anyone") == NOT_ASKED
    assert people.may_not_change(HERE, "12", "anyone") == NOT_ASKED


def test_ends_of_a_pause_are_offered_and_any_other_may_be_typed() -> None:
    registered = {one["name"]: one["options"] for one in commands()[0]["options"]}
    (until,) = registered["pause"]
    assert (until["autocomplete"], "choices" in until) == (True, False)
    every, some = (typing(payloads.command("pause", {"until": typed}, focused="until")) for typed in ("", "week"))
    assert every is not None
    assert some is not None
    assert [one["value"] for one in choices(every.known, every.before)] == ["1d", "3d", "7d", "forever"]
    assert choices(some.known, some.before) == [{"name": "For a week", "value": "7d"}]


def test_no_more_items_are_offered_than_latest_lists() -> None:
    registered = {one["name"]: one["options"] for one in commands()[0]["options"]}
    (_, number) = registered["latest"]
    assert number["max_value"] == MANY
