"""The depositary's record on its way: from the child that reads it, and into the store and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import ParseError
from bot.feeds.sandbox import Sandbox
from bot.feeds.treaty import read_record
from bot.feeds.treaty_rows import record_of, written
from bot.model import Feed, FeedFault, Fetched, Participant, Record
from tests.treaties import AFTER, BEFORE, NOW

URL = "https://treaties.example.org/XVIII-16.en.xml"
FEED = Feed(id="treaty-status", name="UN Treaty Collection", url=URL, every=timedelta(hours=6), kind="treaty-status")


def fetched(body: bytes) -> Fetched:
    return Fetched(url=URL, status=200, body=body)


async def test_a_child_reads_the_record_as_it_stands_there() -> None:
    async with Sandbox(size=1) as sandbox:
        for body in (BEFORE, AFTER):
            assert await sandbox.record(fetched(body), feed=FEED, now=NOW) == read_record(body, now=NOW)


@pytest.mark.parametrize(
    ("body", "sentence", "fault"),
    [
        (b"<html>urgent maintenance", "is under maintenance, says the site", FeedFault.MAINTENANCE),
        (b"<rss/>", "holds no table of participants", FeedFault.UNREADABLE),
        (BEFORE.replace(b"25 Oct", b"32 Oct", 1), "a day that does not exist", FeedFault.DOUBTED),
    ],
    ids=["maintenance", "unreadable", "doubted"],
)
async def test_what_is_no_record_comes_back_as_its_failure(body: bytes, sentence: str, fault: FeedFault) -> None:
    async with Sandbox(size=1) as sandbox:
        with pytest.raises(ParseError, match=sentence) as raised:
            await sandbox.record(fetched(body), feed=FEED, now=NOW)
    assert (raised.value.fault, raised.value.status) == (fault, 200)


def test_a_record_written_down_is_the_same_again() -> None:
    record = read_record(AFTER, now=NOW)
    assert record_of(written(record)) == record
    not_understood = replace(record, statements=None)
    assert record_of(written(not_understood)) == not_understood


def test_a_record_is_one_object_with_days_as_text() -> None:
    named = Participant(state="Viet Nam", name="Viet Nam")
    assert written(Record(title="T", participants=(named,))) == (
        '{"title": "T", "participants": [["Viet Nam", "Viet Nam", null, null, null, []]], "statements": []}'
    )
