"""The count, as `/treaty treaty` and `treatywatch treaty` tell it, and as it stands under a digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.chat.slack.answers import payloads
from bot.delivery.compose import compose_digest
from bot.delivery.count import count, unread_line
from bot.model import Feed, FeedFault, FeedState, Record, Watched
from bot.show import treaty_record
from tests import rooms
from tests.desks import LIMITS, desk, edition
from tests.rooms import Room, told
from tests.stores import GAZETTE, NOW, state
from tests.test_treaty_count import SMALL, bound
from tests.world import vienna

room = rooms.room

RECORD = Feed(
    id="treaty-status",
    name="UN Treaty Collection",
    url="https://treaties.example.org/XVIII-16.en.xml",
    every=timedelta(hours=6),
    kind="treaty-status",
)


async def read(room: Room, record: Record, moment: str, *, failures: int = 0) -> None:
    """UN Press, of all feeds, has told this record at that time in Vienna."""
    room.clock.moment = vienna(moment)
    read_now = replace(state(), last_read=room.clock.moment)
    await room.store.keep(Watched(state=read_now, record=record))
    if failures:
        failed = replace(
            read_now, failures=failures, failing_since=room.clock.moment, status=503, fault=FeedFault.STATUS
        )
        await room.store.keep(Watched(state=failed))


async def test_the_count_is_told_with_who_they_are_and_when_it_was_read(room: Room) -> None:
    await read(room, SMALL, "2026-11-21 08:05")
    assert told(await room.types("treaty")) == [
        "4 signatories: 3 states and the European Union.",
        "3 of 40 ratifications: Qatar, Viet Nam and Iran. 37 are missing.",
        "Bound too, but not counted among the forty: the European Union.",
        "If the fortieth came today, the convention would enter into force on 19 February 2027, the ninetieth day after.",
        "Signature closes in 40 days (31 December 2026).",
        (
            "Latest: Canada signed on 30 June 2026; Iran acceded on 4 May 2026; the European Union approved on 16 April "
            "2026; Viet Nam accepted on 12 April 2026; Qatar ratified on 3 March 2026."
        ),
        "Signed by Canada, Qatar, Viet Nam and the European Union.",
        "Last read: 21 November 2026, 08:05 CET, from UN Press (https://un.example/rss).",
    ]


@pytest.mark.parametrize(
    ("record", "moment", "line"),
    [
        pytest.param(
            bound(40, date(2027, 12, 1)),
            "2027-12-01 12:00",
            "The convention enters into force on 29 February 2028.",
            id="the fortieth came: a leap day",
        ),
        pytest.param(
            bound(40, date(2027, 10, 3)),
            "2028-01-01 12:00",
            "The convention has been in force since 1 January 2028.",
            id="in force with the new year",
        ),
        pytest.param(
            bound(39, date(2027, 12, 2)),
            "2027-12-02 12:00",
            "If the fortieth came today, the convention would enter into force on 1 March 2028, the ninetieth day after.",
            id="one is missing, over a leap day",
        ),
    ],
)
async def test_the_day_of_entry_into_force_is_told(room: Room, record: Record, moment: str, line: str) -> None:
    await read(room, record, moment)
    assert line in told(await room.types("treaty"))
    assert "Signature closed on 31 December 2026." in told(await room.types("treaty"))


async def test_a_record_that_cannot_be_read_any_more_is_told_with_since_when(room: Room) -> None:
    await read(room, SMALL, "2026-11-21 08:05", failures=2)
    assert told(await room.types("treaty"))[-1] == (
        "Last read: 21 November 2026, 08:05 CET, from UN Press (https://un.example/rss). "
        "It cannot be read just now: server out of order since 08:05, error 503."
    )


async def test_where_no_feed_is_the_record_that_is_said(room: Room) -> None:
    assert told(await room.types("treaty")) == [
        "No feed of feeds.yaml is the depositary's record; it is one with kind: treaty-status.",
        "/treaty feeds → whether the feeds are read",
    ]


@pytest.mark.parametrize("words", ["count", "ratifications", "signatories", "depositary", "treety"])
async def test_other_words_for_the_count_are_asked_back(room: Room, words: str) -> None:
    assert told(await room.types(words))[-1] == "/treaty treaty"


def test_a_record_that_was_not_read_yet_is_told_with_why() -> None:
    new = FeedState(feed="treaty-status", due=NOW)
    failed = replace(new, failures=1, failing_since=NOW, fault=FeedFault.MAINTENANCE, error="is under maintenance")
    told = [unread_line([GAZETTE, RECORD], [one], day=NOW.date(), zone="UTC") for one in (new, failed)]
    assert told == [
        "The depositary's record has not been read yet; that takes a few minutes.",
        "The depositary's record could not be read yet: is under maintenance, since 08:30.",
    ]


async def test_slack_shows_the_count_in_one_message(room: Room) -> None:
    await read(room, SMALL, "2026-11-21 08:05")
    (payload,) = payloads(await room.types("treaty"))
    assert "3 of 40 ratifications: Qatar, Viet Nam and Iran." in payload


async def test_a_script_gets_the_count_with_all_names(room: Room) -> None:
    await read(room, SMALL, "2026-11-21 08:05")
    (kept,) = await room.store.records()
    assert treaty_record(kept, count(kept.record, now=date(2026, 11, 21))) == {
        "day": "2026-11-21",
        "signatories": 4,
        "signed": ["Canada", "Qatar", "Viet Nam"],
        "organisations_signed": ["European Union"],
        "ratifications": 3,
        "needed": 40,
        "missing": 37,
        "bound": ["Qatar", "Viet Nam", "Iran"],
        "organisations_bound": ["European Union"],
        "latest": [
            {"state": "Canada", "kind": "signature", "day": "2026-06-30"},
            {"state": "Iran", "kind": "accession", "day": "2026-05-04"},
            {"state": "European Union", "kind": "approval", "day": "2026-04-16"},
            {"state": "Viet Nam", "kind": "acceptance", "day": "2026-04-12"},
            {"state": "Qatar", "kind": "ratification", "day": "2026-03-03"},
        ],
        "in_force": None,
        "earliest": "2027-02-19",
        "closes": "2026-12-31",
        "closes_in": 40,
        "feed": "un-press",
        "url": "https://un.example/rss",
        "read": "2026-11-21T07:05:00+00:00",
        "fault": None,
        "error": None,
    }


def test_a_digest_has_the_count_in_one_line_of_its_foot() -> None:
    counted = replace(edition(), count=count(SMALL, now=date(2026, 11, 21)))
    always = desk(channel=replace(desk().channel, always=True))
    (message,) = compose_digest([], desk=always, edition=counted, limits=LIMITS).messages
    assert message.foot[0] == (
        "The depositary's record: 4 signatories, 3 of 40 ratifications; signature closes in 40 days (31 December 2026)."
    )
