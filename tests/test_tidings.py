"""What channels are told of the feeds themselves, and in what words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.delivery.tidings import compose_tidings, tidings
from bot.model import FeedFault, FeedState

NOW = datetime(2025, 10, 27, 8, 0, tzinfo=UTC)
NAMES = {"gazette": "The Gazette", "courier": "The Courier"}


def well(feed: str = "gazette") -> FeedState:
    return FeedState(feed=feed, due=NOW, first_read=NOW, last_read=NOW, status=200, items=10)


def failing(feed: str = "gazette", *, hours: int) -> FeedState:
    since = NOW - timedelta(hours=hours)
    return replace(
        well(feed), failures=3, failing_since=since, fault=FeedFault.STATUS, status=503, error="answered 503"
    )


def test_a_feed_that_fails_for_more_than_a_day_is_told_once() -> None:
    assert tidings([failing(hours=24)], now=NOW).broken == ()
    assert tidings([failing(hours=25)], now=NOW).broken == (failing(hours=25),)
    assert tidings([replace(failing(hours=25), told_failing=True)], now=NOW).noted == ()


def test_a_feed_that_is_back_is_told_where_its_failing_was() -> None:
    assert tidings([replace(well(), told_failing=True)], now=NOW).back == (replace(well(), told_failing=True),)
    assert tidings([well()], now=NOW).noted == ()


def test_what_was_held_back_is_told_once() -> None:
    flooded = replace(well(), held=4_990, held_at=NOW, told_held=False)
    assert tidings([flooded], now=NOW).held == (flooded,)
    assert tidings([replace(flooded, told_held=True)], now=NOW).noted == ()


def test_what_is_told_is_noted() -> None:
    broken, back = (
        failing("courier", hours=25),
        replace(well(), told_failing=True, held=5, held_at=NOW, told_held=False),
    )
    assert set(tidings([broken, back], now=NOW).noted) == {
        replace(broken, told_failing=True),
        replace(back, told_failing=False, told_held=True),
    }


def test_the_longest_broken_stands_first() -> None:
    found = tidings([failing("courier", hours=25), failing("gazette", hours=60)], now=NOW)
    assert [state.feed for state in found.broken] == ["gazette", "courier"]


def test_a_broken_feed_is_told_with_since_when_and_why() -> None:
    message = compose_tidings(
        tidings([failing(hours=26)], now=NOW), NAMES, day=date(2025, 10, 27), zone="Europe/Vienna"
    )
    assert message.heading == "1 feed cannot be read"
    assert message.unread == (
        "Could not be read: The Gazette (server out of order since 26 October, 07:00, error 503)",
    )
    assert message.lead == "Nothing is lost that a feed still holds when it is back; you will be told when it is."
    assert message.why == "/treaty feeds shows how every feed stands."


def test_feeds_that_are_back_are_named() -> None:
    states = [replace(well("gazette"), told_failing=True), replace(well("courier"), told_failing=True)]
    message = compose_tidings(tidings(states, now=NOW), NAMES, day=date(2025, 10, 27), zone="UTC")
    assert message.heading == "2 feeds can be read again"
    assert message.unread == ("Read again: The Gazette", "Read again: The Courier")


def test_a_flood_is_told_with_its_number_and_where_to_find_it() -> None:
    flooded = replace(well(), held=4_990, held_at=NOW, told_held=False)
    message = compose_tidings(tidings([flooded], now=NOW), NAMES, day=date(2025, 10, 27), zone="UTC")
    assert message.heading == "1 feed brought much at once"
    assert message.unread == ("Held back: 4,990 stories that The Gazette brought at once",)
    assert "/treaty search" in message.lead


def test_more_feeds_than_fit_are_counted() -> None:
    states = [replace(well(f"feed-{number}"), told_failing=True) for number in range(11)]
    message = compose_tidings(tidings(states, now=NOW), {}, day=date(2025, 10, 27), zone="UTC")
    assert len(message.unread) == 9
    assert message.unread[-1] == "Read again: 3 more feeds"


def test_different_tidings_share_one_message() -> None:
    states = [failing("courier", hours=30), replace(well(), told_failing=True)]
    assert compose_tidings(tidings(states, now=NOW), NAMES, day=date(2025, 10, 27), zone="UTC").heading == (
        "News of the feeds"
    )
