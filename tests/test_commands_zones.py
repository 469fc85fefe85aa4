"""Which zones are offered to somebody who types a part of a name."""

from __future__ import annotations

import pytest

from bot.work.commands.zones import MOST, zones_like
from tests import rooms
from tests.rooms import Room

room = rooms.room


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("vienna", "Europe/Vienna"),
        ("VIE", "Europe/Vienna"),
        ("new york", "America/New_York"),
        ("new_y", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("europe/vie", "Europe/Vienna"),
        ("cet", "CET"),
        ("utc", "UTC"),
        ("são paulo", "America/Sao_Paulo"),
        ("sao p", "America/Sao_Paulo"),
        ("kolkatta", "Asia/Kolkata"),
        ("viena", "Europe/Vienna"),
        ("  Tokyo ", "Asia/Tokyo"),
        ("rusal", "Asia/Jerusalem"),
    ],
)
def test_the_likeliest_zone_comes_first(typed: str, first: str) -> None:
    assert zones_like(typed)[0].value == first


def test_a_city_that_begins_so_goes_before_one_that_only_holds_it() -> None:
    assert [option.value for option in zones_like("ber")] == [
        *("Europe/Berlin", "Atlantic/Bermuda", "Australia/Canberra"),
    ]


def test_nothing_typed_offers_a_few_common_ones_from_all_over_the_world() -> None:
    continents = {option.value.partition("/")[0] for option in zones_like("")}
    assert {"UTC", "Europe", "Africa", "Asia", "Australia", "America"} == continents


@pytest.mark.parametrize("typed", ["", "a", "america", "e", "/", "_", "...", "x" * 10_000, "\0", "Etc"])
def test_never_more_are_offered_than_can_be_shown(typed: str) -> None:
    options = zones_like(typed)
    assert len(options) <= MOST
    assert len({option.value for option in options}) == len(options)


def test_what_is_near_nothing_offers_nothing() -> None:
    assert zones_like("qqqqqqqq") == ()


def test_a_name_is_shown_with_blanks_and_comes_back_as_it_is() -> None:
    (option,) = zones_like("port of spain")
    assert (option.value, option.label) == ("America/Port_of_Spain", "America/Port of Spain")


def test_offsets_whose_signs_mislead_are_not_offered() -> None:
    assert not [option for option in zones_like("gmt") if option.value.startswith("Etc/")]


async def test_only_the_zone_of_the_form_is_looked_up(room: Room) -> None:
    assert room.commands.lookup("subscribe", "zone", "vienna")[0].value == "Europe/Vienna"
    assert room.commands.lookup("subscribe", "at", "vienna") == ()
    assert room.commands.lookup("another", "zone", "vienna") == ()


async def test_a_topic_is_found_by_a_part_of_its_name_or_id(room: Room) -> None:
    found = [
        [option.value for option in room.commands.lookup("words", "topic", typed)]
        for typed in ("", "RIGHTS", "rat", "x")
    ]
    assert found == [["convention", "ratification", "human-rights"], ["human-rights"], ["ratification"], []]
