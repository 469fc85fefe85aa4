"""How long a publisher wants to be left alone, as its headers say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.feeds.answers import Head, wait_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
AT_NOON = "Sat, 21 Nov 2026 12:00:00 GMT"
AT_ONE = "Sat, 21 Nov 2026 13:00:00 GMT"
AT_TWO = "Sat, 21 Nov 2026 14:00:00 GMT"


def wait(*headers: tuple[str, str]) -> timedelta | None:
    return wait_of(Head.of(200, headers), NOW)


def test_nothing_said_is_nothing_to_wait_for() -> None:
    assert wait() is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3600", HOUR),
        (" 3600 ", HOUR),
        ("0003600", HOUR),
        ("99999999999", WEEK),
        ("9" * 5000, WEEK),
        (AT_ONE, HOUR),
        ("Saturday, 21-Nov-26 13:00:00 GMT", HOUR),
        ("Sat Nov 21 13:00:00 2026", HOUR),
        ("Fri, 31 Dec 9999 23:59:59 GMT", WEEK),
        ("-1", None),
        ("0", None),
        ("", None),
        ("1.5", None),
        ("٣٦٠٠", None),
        ("soon", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_a_week(value: str, expected: timedelta | None) -> None:
    assert wait(("Retry-After", value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("max-age=3600", HOUR),
        ("public, max-age=3600, must-revalidate", HOUR),
        ('MAX-AGE="3600"', HOUR),
        ("s-maxage=3600", HOUR),
        ("max-age=3600, s-maxage=31536000", HOUR),
        ("max-age=0, s-maxage=31536000", None),
        ("max-age=3600, max-age=60", HOUR),
        ("max-age=99999999999999999999999", WEEK),
        ('no-cache="set-cookie, max-age=1", max-age=3600', HOUR),
        ("no-cache, max-age=3600", None),
        ("no-store, max-age=3600", None),
        ("no-cache, no-store, must-revalidate", None),
        ("max-age", None),
        ("max-age=", None),
        ("max-age=-5", None),
        ("max-age=soon", None),
        ("private", None),
        (',,;=",', None),
    ],
)
def test_an_answer_is_fresh_as_long_as_cache_control_says(value: str, expected: timedelta | None) -> None:
    assert wait(("Cache-Control", value)) == expected


def test_cache_control_may_come_in_several_lines() -> None:
    assert wait(("Cache-Control", "public"), ("cache-control", "max-age=3600")) == HOUR


@pytest.mark.parametrize(
    ("age", "expected"),
    [("1800", timedelta(minutes=30)), ("3600", None), ("7200", None), ("old", HOUR), ("-5", HOUR)],
)
def test_the_time_that_an_answer_lay_in_a_cache_counts(age: str, expected: timedelta | None) -> None:
    assert wait(("Cache-Control", "max-age=3600"), ("Age", age)) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param([("Expires", AT_TWO), ("Date", AT_ONE)], HOUR, id="by the server's own clock"),
        pytest.param([("Expires", AT_ONE)], HOUR, id="by ours if it has none"),
        pytest.param([("Expires", AT_ONE), ("Date", "yesterday")], HOUR, id="by ours if its own cannot be read"),
        pytest.param([("Expires", AT_ONE), ("Date", AT_TWO)], None, id="past"),
        pytest.param([("Expires", "0")], None, id="no date"),
        pytest.param([("Expires", "Fri, 31 Dec 9999 23:59:59 GMT"), ("Date", AT_NOON)], WEEK, id="never"),
        pytest.param([("Expires", AT_TWO), ("Cache-Control", "max-age=3600")], HOUR, id="outweighed by max-age"),
        pytest.param([("Expires", AT_TWO), ("Cache-Control", "max-age=0")], None, id="outweighed by no age at all"),
        pytest.param([("Expires", AT_TWO), ("Cache-Control", "no-cache")], None, id="outweighed by no-cache"),
        pytest.param([("Expires", AT_ONE), ("Cache-Control", "public")], HOUR, id="beside another directive"),
    ],
)
def test_an_answer_is_fresh_until_it_expires(headers: list[tuple[str, str]], expected: timedelta | None) -> None:
    assert wait(*headers) == expected


@pytest.mark.parametrize(("after", "age"), [("3600", "60"), ("60", "3600")])
def test_the_longest_of_all_counts(after: str, age: str) -> None:
    assert wait(("Retry-After", after), ("Cache-Control", f"max-age={age}")) == HOUR


ANY = some.text() | some.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d [-+A-Z\d]{1,6}")


@given(some.lists(some.tuples(some.sampled_from(["Retry-After", "Cache-Control", "Expires", "Date", "Age"]), ANY)))
def test_whatever_is_said_a_wait_is_more_than_nothing_and_at_most_a_week(headers: list[tuple[str, str]]) -> None:
    answer = wait(*headers)
    assert answer is None or timedelta(0) < answer <= WEEK
