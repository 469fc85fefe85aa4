"""When a feed is next due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.schedule import next_due
from bot.model import Feed

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_feed(every: timedelta, feed: str = "un-press") -> Feed:
    return Feed(id=feed, name="UN Press", url="https://example.org/rss.xml", every=every)


def wait(every: timedelta, *, failures: int = 0, retry_after: timedelta | None = None) -> timedelta:
    return next_due(a_feed(every), now=NOW, failures=failures, retry_after=retry_after) - NOW


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("every", "failures", "least"),
    [
        pytest.param(HOUR, 0, HOUR, id="after an answer"),
        pytest.param(HOUR, 1, 2 * HOUR, id="after one failure twice as long"),
        pytest.param(HOUR, 3, 8 * HOUR, id="after three, eight times"),
        pytest.param(HOUR, 5, DAY, id="never backed off more than a day"),
        pytest.param(HOUR, 100_000, DAY, id="whatever the failures"),
        pytest.param(3 * DAY, 4, 3 * DAY, id="but never sooner than it may be asked"),
        pytest.param(timedelta(seconds=1), 0, timedelta(seconds=1), id="a feed of a second"),
    ],
)
def test_a_feed_is_due_after_its_interval_and_at_most_a_tenth_more(
    every: timedelta, failures: int, least: timedelta
) -> None:
    assert least <= wait(every, failures=failures) <= least + every * 0.1


@pytest.mark.parametrize("failures", [0, 1], ids=["with an answer", "with a failure"])
def test_a_feed_is_not_asked_before_the_publisher_allows_it(failures: int) -> None:
    assert wait(HOUR, failures=failures, retry_after=2 * DAY) == 2 * DAY


def test_a_shorter_retry_after_does_not_make_a_feed_due_sooner() -> None:
    assert wait(HOUR, retry_after=timedelta(minutes=1)) >= HOUR


def test_a_feed_keeps_its_beat() -> None:
    assert wait(HOUR) == wait(HOUR)


def test_feeds_that_were_asked_together_drift_apart_evenly() -> None:
    seconds = [
        (next_due(a_feed(HOUR, f"feed-{number}"), now=NOW) - NOW - HOUR).total_seconds() for number in range(1000)
    ]
    tenths = [sum(36 * part <= second < 36 * (part + 1) for second in seconds) for part in range(10)]
    assert min(tenths) > 70
    assert max(tenths) < 130
