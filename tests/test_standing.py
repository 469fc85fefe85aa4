"""How a feed stands, in one word, and what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.feeds.standing import standing, to_do
from bot.model import Feed, FeedFault, FeedState, Move
from tests.conftest import ROOT

NOW = datetime(2025, 10, 27, 8, 0, tzinfo=UTC)
FEED = Feed(id="gazette", name="The Gazette", url="https://gazette.example/feed", every=timedelta(minutes=30))
NEW = FeedState(feed="gazette", due=NOW)
WELL = replace(NEW, first_read=NOW, last_read=NOW, status=200, items=10)
MOVED = replace(WELL, move=Move(url="https://gazette.example/new", days=3, last=date(2025, 10, 27)))


def failing(fault: FeedFault, *, times: int = 1, days: int = 0) -> FeedState:
    since = NOW - timedelta(days=days)
    return replace(WELL, fault=fault, failures=times, failing_since=since, error="does not matter")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (NEW, "new"),
        (WELL, "ok"),
        (MOVED, "moved"),
        (replace(MOVED, move=Move(url="https://gazette.example/new", days=2, last=date(2025, 10, 27))), "ok"),
        (failing(FeedFault.EMPTY), "empty"),
        (failing(FeedFault.PAGE), "page"),
        (failing(FeedFault.CHALLENGE), "challenge"),
        (failing(FeedFault.GONE, times=4, days=9), "gone"),
        (failing(FeedFault.GONE, times=5, days=7), "paused"),
        (failing(FeedFault.STATUS, times=50, days=70), "status"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_feed_stands_in_one_word(state: FeedState, word: str) -> None:
    assert standing(FEED, state, now=NOW) == word


@pytest.mark.parametrize("fault", FeedFault)
def test_there_is_something_to_do_about_every_fault(fault: FeedFault) -> None:
    advice = to_do(FEED, failing(fault), now=NOW)
    assert advice
    assert advice[0].islower()
    assert not advice.endswith(".")


def test_nothing_need_be_done_about_a_feed_that_is_well() -> None:
    assert to_do(FEED, WELL, now=NOW) is None
    assert to_do(FEED, NEW, now=NOW) is None


def test_a_feed_that_moved_names_the_address_to_write_down() -> None:
    assert to_do(FEED, MOVED, now=NOW) == "write its new address into feeds.yaml: https://gazette.example/new"


def test_of_a_record_laid_out_anew_no_selectors_are_asked() -> None:
    record = replace(FEED, kind="treaty-status")
    assert to_do(record, failing(FeedFault.CHANGED), now=NOW) == (
        "look whether its address is that of this convention's record; what was known stays"
    )


def test_the_guide_tells_each_state_once() -> None:
    rows = [line for line in (ROOT / "docs/feeds.md").read_text().splitlines() if line.startswith("| `")]
    told = [line.split("`")[1] for line in rows]
    for word in ["new", "ok", "moved", "paused", *(fault.value for fault in FeedFault)]:
        assert told.count(word) == 1, word
