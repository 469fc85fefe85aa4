"""When a digest is due, against instants that zdump gave (tests/data/dst_digest_instants.json), not Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.delivery.calendar import due_on, last_due, last_quiet_end, local_day, next_digest, quiet_end, weeks_to
from bot.model import Cadence, Quiet

Case = tuple[str, str, str, str | None, str | None, str]
CASES: list[Case] = [
    tuple(case)
    for case in json.loads((Path(__file__).parent / "data" / "dst_digest_instants.json").read_text())["cases"]
]
ZONES = sorted({case[0] for case in CASES})
SECOND = timedelta(seconds=1)


def daily(zone: str, at: str, days: str = "0123456") -> Cadence:
    return Cadence(at=time.fromisoformat(at), zone=zone, days=frozenset(int(day) for day in days))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def walk(cadence: Cadence, start: datetime, end: datetime) -> Iterator[datetime]:
    due = next_digest(cadence, after=start)
    while due < end:
        yield due
        due = next_digest(cadence, after=due)


def test_the_table_holds_every_kind_of_day() -> None:
    assert len(CASES) == 4213
    assert {case[5] for case in CASES} == {"once", "gap", "twice", "date does not exist"}


@pytest.mark.parametrize("zone", ZONES)
def test_a_digest_is_due_at_its_wall_time_or_as_a_gap_ends(zone: str) -> None:
    wrong = [
        (case, due)
        for case in CASES
        if case[0] == zone and case[3] is not None
        for due in [next_digest(daily(zone, case[2]), after=utc(case[3]) - SECOND)]
        if due != utc(case[3])
    ]
    assert wrong == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_weekly_digest_is_due_at_the_same_instants_on_its_own_day(zone: str) -> None:
    wrong = [
        case
        for case in CASES
        if case[0] == zone and case[3] is not None
        for cadence in [daily(zone, case[2], days=str(date.fromisoformat(case[1]).weekday()))]
        if next_digest(cadence, after=utc(case[3]) - timedelta(days=6)) != utc(case[3])
    ]
    assert wrong == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_due_digest_belongs_to_its_local_date(zone: str) -> None:
    wrong = [
        case
        for case in CASES
        if case[0] == zone and case[3] is not None
        if local_day(utc(case[3]), daily(zone, case[2])) != date.fromisoformat(case[1])
    ]
    assert wrong == []


@pytest.mark.parametrize("zone", ZONES)
def test_the_next_digest_after_one_is_another_dates(zone: str) -> None:
    wrong = [
        case
        for case in CASES
        if case[0] == zone and case[4] is not None
        for cadence in [daily(zone, case[2])]
        if local_day(next_digest(cadence, after=utc(case[4])), cadence) <= date.fromisoformat(case[1])
    ]
    assert wrong == []


@pytest.mark.parametrize("at", sorted({case[2] for case in CASES if case[5] == "date does not exist"}))
def test_a_date_that_a_zone_never_had_has_no_digest(at: str) -> None:
    cadence = daily("Pacific/Apia", at)
    days = [local_day(due, cadence) for due in walk(cadence, utc("2011-12-28T09:59:59Z"), utc("2012-01-01T09:00:00Z"))]
    assert date(2011, 12, 30) not in days
    assert date(2011, 12, 29) in days
    assert date(2011, 12, 31) in days


@pytest.mark.parametrize("at", ["00:00", "02:15", "23:30"])
@pytest.mark.parametrize("zone", [*ZONES, "America/Nuuk"])
def test_a_year_has_one_digest_for_each_local_date(zone: str, at: str) -> None:
    cadence = daily(zone, at)
    year = 2011 if zone == "Pacific/Apia" else 2018 if zone == "America/Sao_Paulo" else 2026
    days = [
        local_day(due, cadence)
        for due in walk(cadence, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    ]
    existing = [days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days + 1)]
    if zone == "Pacific/Apia":
        existing.remove(date(2011, 12, 30))
    assert days == existing
    assert len(days) in {364, 365}


def test_a_digest_in_a_gap_over_midnight_comes_as_the_next_date_begins_and_is_the_old_dates() -> None:
    cadence = daily("America/Nuuk", "23:30")
    due = next_digest(cadence, after=utc("2026-03-28T12:00:00Z"))
    assert due == utc("2026-03-29T01:00:00Z")
    assert local_day(due, cadence) == date(2026, 3, 28)
    assert local_day(due, daily("America/Nuuk", "00:00")) == date(2026, 3, 29)


def test_a_day_is_skipped_that_the_cadence_does_not_name() -> None:
    weekdays = daily("Europe/Vienna", "09:00", days="01234")
    assert next_digest(weekdays, after=utc("2025-10-24T07:00:00Z")) == utc("2025-10-27T08:00:00Z")


def test_the_weekday_is_the_channels_own() -> None:
    mondays = daily("Pacific/Kiritimati", "09:00", days="0")  # fourteen hours ahead: still Sunday in UTC
    assert next_digest(mondays, after=utc("2025-10-24T00:00:00Z")) == utc("2025-10-26T19:00:00Z")


def test_a_digest_due_right_now_is_not_the_next_one() -> None:
    assert next_digest(daily("UTC", "09:00"), after=utc("2026-01-01T09:00:00Z")) == utc("2026-01-02T09:00:00Z")


def test_a_digest_made_late_belongs_to_the_date_on_the_wall() -> None:
    assert local_day(utc("2025-10-27T23:30:00Z"), daily("Europe/Vienna", "09:00")) == date(2025, 10, 28)


# ── weeks


@pytest.mark.parametrize("at", ["00:00", "02:15", "02:30", "23:30"])
@pytest.mark.parametrize("weekday", [5, 6, 0], ids=["saturdays", "sundays", "mondays"])
@pytest.mark.parametrize("zone", [*ZONES, "America/Nuuk"])
def test_a_weekly_digest_comes_exactly_once_a_week_whatever_the_clocks_do(zone: str, weekday: int, at: str) -> None:
    cadence = daily(zone, at, days=str(weekday))
    year = 2011 if zone == "Pacific/Apia" else 2018 if zone == "America/Sao_Paulo" else 2026
    dues = list(walk(cadence, datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)))
    days = [local_day(due, cadence) for due in dues]
    assert {day.weekday() for day in days} == {weekday}
    assert {later - day for day, later in pairwise(days)} == {timedelta(days=7)}
    assert len(days) in {52, 53}
    assert max(later - due for due, later in pairwise(dues)) <= timedelta(days=7, hours=24)


def test_a_week_without_its_day_has_no_digest() -> None:
    fridays = daily("Pacific/Apia", "09:00", days="4")
    days = [local_day(due, fridays) for due in walk(fridays, utc("2011-12-16T00:00:00Z"), utc("2012-01-14T00:00:00Z"))]
    assert days == [date(2011, 12, 16), date(2011, 12, 23), date(2012, 1, 6), date(2012, 1, 13)]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2025-10-24T14:00:00Z", "2025-10-24T14:00:00Z"),
        ("2025-10-27T08:00:00Z", "2025-10-24T14:00:00Z"),
        ("2025-10-31T14:59:59Z", "2025-10-24T14:00:00Z"),
        ("2025-11-17T08:00:00Z", "2025-11-14T15:00:00Z"),
    ],
    ids=["now", "days later", "a second before the next", "weeks later, in winter"],
)
def test_of_weekly_digests_that_were_missed_the_last_one_counts(now: str, last: str) -> None:
    fridays = daily("Europe/Vienna", "16:00", days="4")
    assert last_due(fridays, due=utc("2025-10-24T14:00:00Z"), now=utc(now)) == utc(last)


def test_the_digest_of_a_date_is_due_at_its_hour_there() -> None:
    fridays = daily("Europe/Vienna", "16:00", days="4")
    assert due_on(date(2025, 10, 31), fridays) == utc("2025-10-31T15:00:00Z")


def test_the_weeks_before_an_instant_end_at_its_hour_on_the_wall_through_a_change_of_the_clocks() -> None:
    ends = weeks_to(utc("2025-10-31T15:00:00Z"), zone="Europe/Vienna", number=2)
    assert ends == [utc("2025-10-17T14:00:00Z"), utc("2025-10-24T14:00:00Z"), utc("2025-10-31T15:00:00Z")]


# ── quiet hours


def quiet(begins: str, ends: str, zone: str = "Europe/Vienna") -> Quiet:
    return Quiet(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), zone=zone)


@pytest.mark.parametrize(
    ("hours", "at", "end"),
    [
        (quiet("20:00", "07:00"), "2025-10-25T20:00:00Z", "2025-10-26T06:00:00Z"),  # the night with the hour twice
        (quiet("20:00", "07:00"), "2026-03-28T20:00:00Z", "2026-03-29T05:00:00Z"),  # the night with an hour less
        (quiet("02:15", "02:45"), "2026-03-29T00:30:00Z", None),  # hours that the clocks skip are none
        (quiet("22:00", "02:30"), "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"),  # their end is where the gap ends
        (quiet("12:00", "14:00"), "2025-10-27T12:00:00Z", "2025-10-27T13:00:00Z"),
        (quiet("12:00", "14:00"), "2025-10-27T13:00:00Z", None),
        (None, "2025-10-27T13:00:00Z", None),
    ],
    ids=["hour twice", "hour less", "skipped", "end skipped", "at noon", "over", "none"],
)
def test_quiet_hours_end_as_the_wall_says(hours: Quiet | None, at: str, end: str | None) -> None:
    assert quiet_end(hours, at=utc(at)) == (utc(end) if end else None)


def test_the_last_quiet_hours_are_those_that_are_over() -> None:
    night = quiet("20:00", "07:00")
    assert last_quiet_end(night, before=utc("2025-10-27T12:00:00Z")) == utc("2025-10-27T06:00:00Z")
    assert last_quiet_end(night, before=utc("2025-10-27T20:00:00Z")) == utc("2025-10-27T06:00:00Z")
    assert last_quiet_end(None, before=utc("2025-10-27T20:00:00Z")) is None
