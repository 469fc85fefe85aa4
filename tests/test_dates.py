"""Days as pages write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.dates import date_in

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def day(text: str, lang: str | None = None) -> str:
    """The day that is read, or "" if none is."""
    found = date_in(text, lang=lang, now=NOW)
    return f"{found:%Y-%m-%d}" if found else ""


def moment(text: str) -> str:
    found = date_in(text, lang=None, now=NOW)
    return f"{found:%Y-%m-%d %H:%M:%S %Z}" if found else ""


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-12",
        "2026/3/12",
        "2026. 3. 12.",
        "12.03.2026",
        "12. 3. 2026",
        "12.03.26",
        "12/03/2026",
        "12-03-2026",
        "12 March 2026",
        "12th of March, 2026",
        "Thursday, 12 March 2026, 10:30",
        "March 12, 2026",
        "MARCH 12TH 2026",
        "Mar 12, 2026",
        "2026 March 12",
        "12. März 2026",
        "12.März 2026",
        "Donnerstag, den 12. Mrz. 2026",
        "12 mars 2026",
        "le jeudi 12 mars 2026 à 10:30",
        "12 de marzo de 2026",
        "12 mar. 2026",
        "12 marzo del 2026",
        "12 марта 2026",
        "12 марта 2026 г.",
        "12 марта 2026г.",
        "12 мар 2026",
        "2026年3月12日",
        "2026 年 3 月 12 日",
        "二〇二六 (2026年03月12日 10:30)",
        "2026년 3월 12일",
        "12 مارس 2026",
        "١٢ مارس ٢٠٢٦",
        "12 آذار/مارس 2026",
        "12 مارس عام 2026",
        "12 de março de 2026",
        "12 Maret 2026",
        "ngày 12 tháng 3 năm 2026",
        "Published on 12 March 2026 by the press office",
        "5 comments · 12 March 2026",
        "12 min read · March 12, 2026",
    ],
)
def test_the_twelfth_of_march_is_read(text: str) -> None:
    assert day(text) == "2026-03-12"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1er janvier 2026", "2026-01-01"),
        ("12 janv. 2026", "2026-01-12"),
        ("3 févr. 2026", "2026-02-03"),
        ("1º de fevereiro de 2026", "2026-02-01"),
        ("4 abr. 2026", "2026-04-04"),
        ("5 mai 2026", "2026-05-05"),
        ("5 ايار 2026", "2026-05-05"),
        ("6 juin 2026", "2026-06-06"),
        ("7 июля 2026", "2026-07-07"),
        ("8. Aug. 2026", "2026-08-08"),
        ("8 août 2026", "2026-08-08"),
        ("9 setembro 2026", "2026-09-09"),
        ("9 Sept. 2026", "2026-09-09"),
        ("10 de out. de 2026", "2026-10-10"),
        ("24 تشرين الأول 2025", "2025-10-24"),
        ("25 أكتوبر 2025", "2025-10-25"),
        ("11. November 2026", "2026-11-11"),
        ("24 Dez 2025", "2025-12-24"),
        ("31 كانون الأول/ديسمبر 2025", "2025-12-31"),
        ("29 February 2024", "2024-02-29"),
    ],
)
def test_months_are_read_in_their_languages_long_and_short(text: str, read: str) -> None:
    assert day(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-12T10:00:00Z", "2026-03-12 10:00:00 UTC"),
        ("2026-03-12T10:00:00.123+01:00", "2026-03-12 09:00:00 UTC"),
        ("2026-03-12T23:30-0400", "2026-03-13 03:30:00 UTC"),
        ("2026-03-12 10:00", "2026-03-12 10:00:00 UTC"),
        ("2026-03-12T10:00:60Z", "2026-03-12 00:00:00 UTC"),
        ("Thu, 12 Mar 2026 10:00:00 GMT", "2026-03-12 10:00:00 UTC"),
        ("Thu, 12 Mar 2026 10:00:00 +0200", "2026-03-12 08:00:00 UTC"),
        ("12 Mar 2026 10:00", "2026-03-12 10:00:00 UTC"),
        ("12 March 2026 23:59", "2026-03-12 23:59:00 UTC"),
        ("12 mars 2026 23:59", "2026-03-12 00:00:00 UTC"),
    ],
)
def test_hours_count_where_they_stand_with_a_day_in_figures_or_as_in_mail(text: str, read: str) -> None:
    assert moment(text) == read


@pytest.mark.parametrize(
    ("text", "lang", "read"),
    [
        ("03/04/2026", "en-US", "2026-03-04"),
        ("03/04/2026", "en-us", "2026-03-04"),
        ("03/04/2026", "en-GB", "2026-04-03"),
        ("03/04/2026", "en", "2026-04-03"),
        ("03/04/2026", None, "2026-04-03"),
        ("03-04-26", "en-US", "2026-03-04"),
        ("03.04.2026", "en-US", "2026-04-03"),
        ("03/14/2026", "en-GB", "2026-03-14"),
        ("14/03/2026", "en-US", "2026-03-14"),
        ("03/04/98", "fr", "1998-04-03"),
    ],
)
def test_the_language_decides_whether_the_month_comes_first(text: str, lang: str | None, read: str) -> None:
    assert day(text, lang) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12 March", "2026-03-12"),
        ("March 12", "2026-03-12"),
        ("10:30 March 12", "2026-03-12"),
        ("24. Dezember", "2025-12-24"),
        ("3月12日", "2026-03-12"),
        ("12月24日", "2025-12-24"),
        ("21 November", "2026-11-21"),
        ("22 November", "2026-11-22"),
        ("23 November", "2025-11-23"),
        ("29 February", "2024-02-29"),
    ],
    ids=[
        *("day first", "month first", "after hours", "last year", "Chinese", "Chinese, last year"),
        *("today", "begun in the east", "not begun", "a leap day"),
    ],
)
def test_a_day_without_a_year_is_the_latest_that_has_begun(text: str, read: str) -> None:
    evening = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    found = date_in(text, lang=None, now=evening)
    assert found == min(datetime.fromisoformat(f"{read}T00:00:00+00:00"), evening)


@pytest.mark.parametrize(
    "text",
    [
        *("", "News", "2026", "March 2026", "May 2026", "2 days ago", "yesterday", "12", "12.5", "v1.2.3"),
        *("31 February 2026", "2026-13-01", "00.00.2026", "32/01/2026", "12 March 1945", "1970-01-01T00:00:00Z"),
        *("31 February", "may 40", "1.2.3.4", "+49 69 95 91 04 0", "0001-01-01", "0000-00-00T00:00:00Z"),
    ],
)
def test_what_is_no_day_since_1990_is_none(text: str) -> None:
    assert day(text) == ""


@pytest.mark.parametrize(
    "text", ["2026-11-22", "12 March 2126", "9999-12-31T23:59:59-14:00", "2026-11-21T13:00:00+00:00", "Dec 31, 2026"]
)
def test_a_day_in_the_future_is_now(text: str) -> None:
    assert date_in(text, lang=None, now=NOW) == NOW


def test_a_day_far_behind_in_a_long_text_is_not_looked_for() -> None:
    assert day("word " * 200 + "12 March 2026") == ""


@given(
    st.text(alphabet="0123456789٣年月日-/.: +ZTMarchmars марта#", max_size=60), st.sampled_from([None, "en-US", "ru"])
)
def test_whatever_is_written_a_date_lies_between_1990_and_now(text: str, lang: str | None) -> None:
    found = date_in(text, lang=lang, now=NOW)
    assert found is None or (found <= NOW and found.year >= 1990 and found.tzinfo is UTC)
