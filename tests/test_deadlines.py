"""Which dates are told on a day, and in which words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.delivery.deadlines import days_before, due, today_in
from bot.delivery.quote import quote_of
from bot.model import DATES, Coverage, Deadline, Evidence, Topic
from tests.world import vienna

CLOSES = date(2026, 12, 31)
SIGNATURE = Deadline(day=CLOSES, what="Signature closes", topic="ratification", source="article 64")
TOPICS = (
    Topic(id="convention", name="UN Convention against Cybercrime"),
    Topic(id="ratification", name="Signature and ratification", within="convention"),
)


@pytest.mark.parametrize(
    ("today", "before"),
    [
        (date(2026, 11, 30), None),
        (date(2026, 12, 1), 30),
        (date(2026, 12, 23), 30),
        (date(2026, 12, 24), 7),
        (date(2026, 12, 26), 7),
        (date(2026, 12, 29), 7),
        (date(2026, 12, 30), 1),
        (date(2026, 12, 31), 1),
        (date(2027, 1, 1), None),
    ],
    ids=str,
)
def test_a_date_is_told_as_of_the_nearest_of_its_days_that_has_come(today: date, before: int | None) -> None:
    assert days_before(CLOSES, today=today) == before


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(vienna("2026-12-01 07:59"), date(2026, 11, 30), id="before eight"),
        pytest.param(vienna("2026-12-01 08:00"), date(2026, 12, 1), id="at eight"),
        pytest.param(vienna("2026-12-01 23:59"), date(2026, 12, 1), id="at night"),
    ],
)
def test_a_day_begins_at_eight_in_the_morning_of_the_zone(moment: datetime, day: date) -> None:
    assert today_in("Europe/Vienna", now=moment) == day


@pytest.mark.parametrize(
    ("now", "summary"),
    [
        ("2026-12-01", "On 1 December 2026, 30 days are left (article 64)."),
        ("2026-12-26", "On 26 December 2026, 5 days are left (article 64)."),
        ("2026-12-30", "On 30 December 2026, 1 day is left (article 64)."),
        ("2026-12-31", "On 31 December 2026, it is the last day (article 64)."),
    ],
)
def test_a_date_says_on_which_day_how_many_days_are_left(now: str, summary: str) -> None:
    moment = vienna(f"{now} 09:00")
    (one,) = due([SIGNATURE], TOPICS, now=moment, zone="Europe/Vienna")
    assert (one.item.title, one.item.summary) == ("Signature closes on 31 December 2026", summary)
    assert (one.item.feed, one.item.link, one.item.published, one.item.seen) == (DATES.id, "", None, moment)


def test_a_date_is_about_its_topic_and_those_around_it_and_says_so_in_its_quote() -> None:
    (one,) = due([SIGNATURE], TOPICS, now=datetime(2026, 12, 1, 12, tzinfo=UTC), zone="UTC")
    proof = Evidence(field="summary", phrase="Signature closes", text="30 days are left", start=20, end=36)
    assert [(match.topic, match.evidence) for match in one.matches] == [
        ("ratification", (proof,)),
        ("convention", (proof,)),
    ]
    coverage = Coverage(item=one.item, outlet="Dates", rank=DATES.rank, matches=one.matches)
    assert quote_of(coverage, ["ratification"], 200).text == "On 1 December 2026, 30 days are left (article 64)."


def test_each_time_a_date_is_told_it_is_another_story() -> None:
    days = ("2026-12-01", "2026-12-24", "2026-12-30")
    told = [due([SIGNATURE], TOPICS, now=vienna(f"{day} 09:00"), zone="Europe/Vienna") for day in days]
    assert len({one.story for each in told for one in each}) == 3
    assert [one.item.key for each in told for one in each] == [
        "2026-12-31 30 Signature closes",
        "2026-12-31 7 Signature closes",
        "2026-12-31 1 Signature closes",
    ]
