"""When a feed is next due."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.schedule import is_paused, next_due
from bot.model import Feed, FeedFault, FeedState, Pace

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY
SATURDAY, SUNDAY = 5, 6

NEW = FeedState(feed="un-press", due=NOW, first_read=NOW, last_read=NOW)
KNOWN = replace(NEW, first_read=NOW - 30 * DAY)  # read on time


def a_feed(every: timedelta = HOUR, feed: str = "un-press") -> Feed:
    return Feed(id=feed, name="UN Press", url="https://example.org/rss.xml", every=every)


def failing(failures: int, *, since: timedelta = HOUR, fault: FeedFault = FeedFault.STATUS) -> FeedState:
    return replace(KNOWN, failures=failures, fault=fault, failing_since=NOW - since)


def holding(items: int, *, oldest: timedelta) -> FeedState:
    """A feed whose document holds so many items, the oldest that old."""
    return replace(KNOWN, items=items, pace=Pace(oldest=NOW - oldest))


def wait(state: FeedState, *, every: timedelta = HOUR, asked: timedelta | None = None) -> timedelta:
    return next_due(a_feed(every), state, now=NOW, wait=asked) - NOW


# ── promises


@pytest.mark.parametrize("state", [NEW, KNOWN, failing(1), failing(5)], ids=["new", "known", "failed", "failing"])
@pytest.mark.parametrize(
    ("every", "asked", "pace", "least"),
    [
        pytest.param(DAY, None, Pace(), DAY, id="what feeds.yaml says"),
        pytest.param(HOUR, 2 * DAY, Pace(), 2 * DAY, id="what the answer says"),
        pytest.param(HOUR, None, Pace(wait=2 * DAY), 2 * DAY, id="what the document says"),
        pytest.param(HOUR, 2 * DAY, Pace(wait=3 * DAY), 3 * DAY, id="the longest of them"),
        pytest.param(2 * DAY, MINUTE, Pace(wait=MINUTE), 2 * DAY, id="a short one shortens nothing"),
        pytest.param(30 * DAY, None, Pace(), 30 * DAY, id="feeds.yaml counts as it stands"),
    ],
)
def test_a_feed_is_never_asked_sooner_than_promised(
    state: FeedState, every: timedelta, asked: timedelta | None, pace: Pace, least: timedelta
) -> None:
    assert wait(replace(state, pace=pace), every=every, asked=asked) >= least


@pytest.mark.parametrize(
    ("asked", "pace"),
    [
        pytest.param(400 * DAY, Pace(), id="an answer"),
        pytest.param(None, Pace(wait=400 * DAY), id="a document"),
    ],
)
def test_a_publisher_is_believed_for_a_week_at_most(asked: timedelta | None, pace: Pace) -> None:
    assert WEEK <= wait(replace(KNOWN, pace=pace), asked=asked) <= WEEK * 1.1


# ── while it answers


@pytest.mark.parametrize(
    ("every", "items", "oldest", "interval"),
    [
        pytest.param(30 * MINUTE, 50, 50 * HOUR, HOUR, id="as often as it publishes"),
        pytest.param(30 * MINUTE, 50, 5 * HOUR, 30 * MINUTE, id="never more often than it may be asked"),
        pytest.param(15 * MINUTE, 50, 50 * DAY, 2 * HOUR, id="at least every eighth time"),
        pytest.param(2 * HOUR, 50, 50 * DAY, 6 * HOUR, id="at least every six hours"),
        pytest.param(12 * HOUR, 50, 50 * DAY, 12 * HOUR, id="unless it may be asked less often"),
        pytest.param(30 * MINUTE, 16, 16 * DAY, 4 * HOUR, id="sixteen items are many"),
        pytest.param(30 * MINUTE, 15, 15 * DAY, HOUR, id="fifteen are few: every hour"),
        pytest.param(10 * MINUTE, 5, 5 * DAY, 20 * MINUTE, id="or every second time"),
        pytest.param(2 * HOUR, 5, 5 * DAY, 2 * HOUR, id="few, but it may be asked less often"),
        pytest.param(30 * MINUTE, 5, 225 * MINUTE, 45 * MINUTE, id="few, as often as it publishes"),
        pytest.param(30 * MINUTE, 0, 50 * DAY, 30 * MINUTE, id="without items nothing is known"),
        pytest.param(30 * MINUTE, 50, -DAY, 30 * MINUTE, id="nor from dates in the future"),
        pytest.param(10 * SECOND, 50, 50 * DAY, 10 * SECOND, id="a trial keeps its beat"),
    ],
)
def test_a_feed_is_asked_about_as_often_as_it_publishes(
    every: timedelta, items: int, oldest: timedelta, interval: timedelta
) -> None:
    assert interval <= wait(holding(items, oldest=oldest), every=every) <= interval * 1.1


def test_a_feed_without_dates_is_asked_as_often_as_it_may_be() -> None:
    assert HOUR <= wait(replace(KNOWN, items=50)) <= HOUR * 1.1


# ── while it fails


@pytest.mark.parametrize(
    ("every", "failures", "least"),
    [
        pytest.param(HOUR, 1, 2 * HOUR, id="after one failure twice as long"),
        pytest.param(HOUR, 3, 8 * HOUR, id="after three, eight times"),
        pytest.param(HOUR, 5, DAY, id="never backed off more than a day"),
        pytest.param(HOUR, 100_000, DAY, id="whatever the failures"),
        pytest.param(365 * DAY, 100_000, 365 * DAY, id="however long it waits anyway"),
        pytest.param(3 * DAY, 4, 3 * DAY, id="but never sooner than it may be asked"),
        pytest.param(SECOND, 4, 16 * SECOND, id="a trial too"),
    ],
)
def test_a_feed_that_fails_is_left_alone_for_longer_each_time(
    every: timedelta, failures: int, least: timedelta
) -> None:
    assert least <= wait(failing(failures), every=every) <= least * 1.2


def test_how_often_a_failing_feed_published_does_not_matter() -> None:
    state = replace(failing(1), items=50, pace=Pace(oldest=NOW - 50 * DAY))
    assert 2 * MINUTE <= wait(state, every=MINUTE) <= 2 * MINUTE * 1.1


def test_feeds_that_fail_together_come_back_apart_and_in_another_order_each_time() -> None:
    def order(failures: int) -> list[str]:
        due = {
            feed: next_due(a_feed(feed=feed), failing(failures), now=NOW)
            for feed in (f"feed-{number}" for number in range(100))
        }
        assert max(due.values()) - min(due.values()) > HOUR * 2**failures * 0.18
        return sorted(due, key=lambda feed: due[feed])

    assert order(2) != order(3)


@pytest.mark.parametrize(
    ("state", "paused"),
    [
        pytest.param(failing(5, since=WEEK, fault=FeedFault.GONE), True, id="five times in a week"),
        pytest.param(failing(99, since=400 * DAY, fault=FeedFault.GONE), True, id="and ever after"),
        pytest.param(failing(4, since=WEEK, fault=FeedFault.GONE), False, id="four times"),
        pytest.param(failing(9, since=WEEK - SECOND, fault=FeedFault.GONE), False, id="in less than a week"),
        pytest.param(failing(99, since=400 * DAY, fault=FeedFault.STATUS), False, id="only failing"),
        pytest.param(KNOWN, False, id="well"),
    ],
)
def test_a_feed_is_paused_when_it_is_gone_for_good(state: FeedState, paused: bool) -> None:
    assert is_paused(state, now=NOW) is paused


def test_a_paused_feed_is_still_asked_once_a_week() -> None:
    assert WEEK <= wait(failing(12, since=30 * DAY, fault=FeedFault.GONE)) <= WEEK * 1.2


# ── not all at once


def test_a_feed_keeps_its_beat() -> None:
    assert wait(KNOWN) == wait(KNOWN)


def thousands(number: int, state: FeedState, *, every: timedelta = HOUR) -> list[timedelta]:
    """How long so many feeds wait that are in the same state."""
    return [next_due(a_feed(every, f"feed-{one}"), state, now=NOW) - NOW for one in range(number)]


def test_feeds_that_were_asked_together_drift_apart_evenly() -> None:
    tenths = Counter((waited - HOUR) // (HOUR * 0.01) for waited in thousands(1000, KNOWN))
    assert sorted(tenths) == list(range(10))
    assert min(tenths.values()) > 70
    assert max(tenths.values()) < 130


@pytest.mark.parametrize(
    ("state", "every", "minutes"),
    [
        pytest.param(NEW, 30 * MINUTE, 30, id="read for the first time"),
        pytest.param(replace(NEW, first_read=None), 30 * MINUTE, 30, id="never read"),
        pytest.param(replace(KNOWN, due=NOW - 15 * MINUTE), 30 * MINUTE, 30, id="late by half an interval"),
        pytest.param(replace(KNOWN, due=NOW - 9 * DAY), HOUR, 60, id="late by days, after a long stop"),
    ],
)
def test_ten_thousand_feeds_read_at_once_are_spread_evenly_over_their_interval(
    state: FeedState, every: timedelta, minutes: int
) -> None:
    crowd = Counter((waited - every) // MINUTE for waited in thousands(10_000, state, every=every))
    assert sorted(crowd) == list(range(minutes))
    assert max(crowd.values()) < 2 * 10_000 / minutes


def test_feeds_stay_spread_in_the_hours_that_follow() -> None:
    crowd: Counter[int] = Counter()
    for number in range(2000):
        feed = a_feed(30 * MINUTE, f"feed-{number}")
        state, at = NEW, NOW
        while at < NOW + 10 * HOUR:
            at = next_due(feed, replace(state, due=at), now=at)
            state = KNOWN
            crowd[(at - NOW) // MINUTE] += 1
    settled = [crowd[minute] for minute in range(60, 600)]
    assert max(settled) < 2 * sum(settled) / len(settled)


@pytest.mark.parametrize(
    ("late", "most"),
    [
        pytest.param(-DAY, 66 * MINUTE, id="asked for before its time"),
        pytest.param(timedelta(0), 66 * MINUTE, id="on time"),
        pytest.param(3 * MINUTE, 66 * MINUTE, id="hardly late"),
        pytest.param(10 * MINUTE, 80 * MINUTE, id="late: by up to twice the delay"),
        pytest.param(30 * MINUTE, 120 * MINUTE, id="late by half an interval: by up to a whole one"),
        pytest.param(9 * DAY, 120 * MINUTE, id="never more"),
    ],
)
def test_the_later_feeds_are_read_the_wider_they_are_spread(late: timedelta, most: timedelta) -> None:
    longest = max(thousands(1000, replace(KNOWN, due=NOW - late)))
    assert most - MINUTE < longest < most


def test_feeds_that_wait_long_are_put_off_by_a_day_at_most() -> None:
    longest = max(thousands(1000, NEW, every=5 * DAY))
    assert 6 * DAY - HOUR < longest < 6 * DAY


def test_a_first_reading_that_fails_is_not_put_off() -> None:
    assert wait(replace(failing(1), first_read=None)) <= 2 * HOUR * 1.1


@pytest.mark.parametrize(
    "state", [NEW, replace(KNOWN, due=NOW - DAY)], ids=["at its first reading", "after a long stop"]
)
def test_a_trial_keeps_its_beat(state: FeedState) -> None:
    assert SECOND <= wait(state, every=SECOND) <= SECOND * 1.1


# ── hours and days to skip

NIGHT = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
WEEKEND = frozenset({SATURDAY, SUNDAY})


@pytest.mark.parametrize(
    ("at", "pace", "hour"),
    [
        pytest.param("2026-11-18 20:30", Pace(skip_hours=NIGHT), "2026-11-18 21", id="an hour that is not skipped"),
        pytest.param("2026-11-18 21:30", Pace(skip_hours=NIGHT), "2026-11-19 06", id="skipped until the morning"),
        pytest.param("2026-11-19 03:10", Pace(skip_hours=NIGHT), "2026-11-19 06", id="skipped since midnight"),
        pytest.param("2026-11-20 23:30", Pace(skip_days=WEEKEND), "2026-11-23 00", id="skipped until Monday"),
        pytest.param(
            "2026-11-20 23:30",
            Pace(skip_hours=NIGHT, skip_days=WEEKEND),
            "2026-11-23 06",
            id="until the morning of Monday",
        ),
        pytest.param("2026-12-31 23:40", Pace(skip_hours=frozenset({0})), "2027-01-01 01", id="into the new year"),
        pytest.param("2026-11-19 03:40", Pace(skip_hours=frozenset(range(24))), "2026-11-19 04", id="all hours: none"),
        pytest.param("2026-11-19 03:40", Pace(skip_days=frozenset(range(7))), "2026-11-19 04", id="all days: none"),
    ],
)
def test_a_feed_is_not_asked_in_hours_and_days_that_it_wants_to_be_left_alone(at: str, pace: Pace, hour: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    state = replace(KNOWN, due=now, pace=pace)
    due = next_due(a_feed(30 * MINUTE), state, now=now)
    assert f"{due:%Y-%m-%d %H}" == hour


def test_feeds_that_skipped_the_night_do_not_all_come_as_it_ends() -> None:
    state = replace(KNOWN, pace=Pace(skip_hours=frozenset({13, 14, 15})))  # due at 13 o'clock
    minutes = Counter((waited - 4 * HOUR) // MINUTE for waited in thousands(2000, state))
    assert sorted(minutes) == list(range(60))
    assert max(minutes.values()) < 2 * 2000 / 60


def test_what_a_feed_skips_puts_it_off_by_a_week_at_most() -> None:
    only_sunday = Pace(wait=2 * DAY, skip_days=frozenset(range(6)))
    assert wait(replace(KNOWN, pace=only_sunday)) == WEEK  # Monday; Sunday would be the eighth day


# ── whatever a feed says

durations = st.timedeltas(SECOND, 365 * DAY)
moments = st.timedeltas(-5000 * DAY, 5000 * DAY).map(NOW.__add__)
paces = st.builds(
    Pace,
    wait=st.timedeltas(-DAY, WEEK),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
    oldest=st.none() | moments,
)
states = st.builds(
    FeedState,
    feed=st.just("un-press"),
    due=moments,
    first_read=st.none() | st.just(NOW) | moments,
    items=st.integers(0, 2000),
    failures=st.integers(0, 3) | st.integers(0, 10**6),
    failing_since=st.none() | moments,
    fault=st.none() | st.sampled_from(FeedFault),
    pace=paces,
)
waits = st.none() | st.timedeltas(-DAY, 400 * DAY)


@given(every=durations, state=states, asked=waits)
def test_no_promise_is_ever_broken_and_no_feed_ever_forgotten(
    every: timedelta, state: FeedState, asked: timedelta | None
) -> None:
    waited = wait(state, every=every, asked=asked)
    assert waited >= max(every, state.pace.wait, min(asked or SECOND, WEEK))
    assert waited <= 1.2 * max(every, WEEK)


@given(state=states, asked=waits)
def test_a_skipped_hour_or_day_is_skipped_whenever_that_takes_no_more_than_a_week(
    state: FeedState, asked: timedelta | None
) -> None:
    due = NOW + wait(state, asked=asked)
    pace = state.pace
    skipped = (len(pace.skip_hours) < 24 and due.hour in pace.skip_hours) or (
        len(pace.skip_days) < 7 and due.weekday() in pace.skip_days
    )
    assert not skipped or due >= NOW + WEEK
