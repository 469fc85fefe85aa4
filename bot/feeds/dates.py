"""The day that a text names, as pages write it in many languages (pure).

    2026-03-12T10:00:00+01:00 · Thu, 12 Mar 2026 10:00 GMT · 2026年3月12日 · 12.03.2026 · 03/12/26
    March 12th, 2026 · 12. März 2026 · 12 de marzo de 2026 · 12 марта · 12 آذار/مارس 2026 · ngày 12 tháng 3 năm 2026

Hours count only where they stand with a day in figures; a day alone is its midnight, in UTC. "Yesterday" and
"2 days ago" are no dates here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from bot.topics.days import MONTHS
from bot.topics.names import Names
from bot.topics.text import normalise

FIRST_YEAR = 1990  # earlier than any feed: the zero of some system's calendar
_LONGEST = 500  # characters; the day stands at the beginning, or this is no date
_AHEAD = timedelta(hours=14)  # where the day begins first, it is by so much later than in UTC

# What stands for a month only beside a day: in running text "mar" is Spanish for sea, and "set" no month at all.
_SHORT = Names("""
1: janv, ene, янв, كانون الثاني, جانفي
2: févr, fév, fev, фев, февр, شباط, فيفري
3: mar, mrz, мар, اذار
4: avr, abr, апр, نيسان, افريل
5: ايار
6: jun, июн, حزيران, جوان
7: jul, juil, июл, تموز, جويليه
8: ago, ags, авг, اب, اوت
9: setiembre, set, сен, сент, ايلول
10: okt, out, ott, окт, تشرين الاول
11: noviembre, ноя, нояб, تشرين الثاني
12: dez, déc, dic, des, дек, كانون الاول
""")


def date_in(text: str, *, lang: str | None, now: datetime) -> datetime | None:
    """The first day that can be read, in UTC and never later than `now`; None if there is none since 1990.

    `lang` decides only what 03/04/2026 is: 4 March in en-US, else 3 April. A day without a year is the latest such
    day that has begun somewhere.
    """
    text = text[:_LONGEST]
    found = (moment for moment in _moments(text, lang, now) if moment.year >= FIRST_YEAR)
    first = next(found, None)
    return min(first, now) if first else None


def _moments(text: str, lang: str | None, now: datetime) -> Iterator[datetime]:
    yield from _with_hours(text)
    days = (*_in_figures(text, lang, now), *_in_words(text, now))
    yield from (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days if day)


# ── with hours: ISO 8601, and what mail and HTTP write (RFC 5322, section 3.3)

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d\d)-(\d\d)[Tt ]{1,2}(\d\d):(\d\d)(?::(\d\d))?(?:[.,]\d{1,9})?"
    r"\s?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?(?!\d)"
)
_MAIL = re.compile(r"(?<!\d)\d{1,2}\s+[A-Za-z]{3,9}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?(?:\s+(?:[+-]\d{4}|[A-Z]{1,4})\b)?")


def _with_hours(text: str) -> Iterator[datetime]:
    for found in _ISO.finditer(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
        try:
            zone = timezone(-offset if found[7] == "-" else offset)
            yield datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):  # 31 February, 24:00, the end of the year 9999
            continue
    for found in _MAIL.finditer(text):
        try:
            moment = parsedate_to_datetime(found[0])
            yield (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue


# ── in figures

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-./年년]\s?(\d{1,2})\s?[-./月월]\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d./-])(\d{1,2})\s?([-./])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?![\d/-])")
_NO_YEAR = re.compile(r"(?<!\d)(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号일]")


def _in_figures(text: str, lang: str | None, now: datetime) -> Iterator[date | None]:
    for found in _YEAR_FIRST.finditer(text):
        yield _day(int(found[1]), int(found[2]), int(found[3]))
    for found in _YEAR_LAST.finditer(text):
        day, month = int(found[1]), int(found[3])
        month_first = (lang or "").lower() == "en-us" and found[2] != "."
        if month > 12 or (month_first and day <= 12):
            day, month = month, day
        yield _day(_year(found[4], now), month, day)
    for found in _NO_YEAR.finditer(text):
        yield _latest(int(found[1]), int(found[2]), now)


def _year(written: str, now: datetime) -> int:
    """98 is 1998, and 26 is 2026."""
    year = int(written)
    if len(written) == 4:
        return year
    return 2000 + year if 2000 + year <= now.year + 1 else 1900 + year


# ── in words

_HOURS = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:\s*[ap]\.?m\b)?", re.IGNORECASE)
_VIETNAMESE = re.compile(r"\bthang (\d{1,2})\b")
_TWICE = re.compile(r"(#\d+)(?: \1)+\b")  # "آذار/مارس": the same month as two countries call it
_OF = r"(?:(?:de|del|d|do|of|the|du|nam|عام|سنه) )?"
_DAY = r"(?<!\S)(\d{1,2})(?:st|nd|rd|th|er|o|ro|º)?"
_DAY_MONTH_YEAR = re.compile(rf"{_DAY} {_OF}#(\d+) {_OF}(\d{{4}})(?:г|م)?(?!\S)")
_MONTH_DAY_YEAR = re.compile(r"#(\d+) (?:the )?(\d{1,2})(?:st|nd|rd|th)? (\d{4})(?!\S)")
_YEAR_MONTH_DAY = re.compile(r"(?<!\S)(\d{4}) #(\d+) (\d{1,2})(?!\S)")
_DAY_MONTH = re.compile(rf"{_DAY} {_OF}#(\d+)(?!\S)(?! {_OF}\d{{4}}(?!\S))")
_MONTH_DAY = re.compile(r"#(\d+) (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?!\S)(?! \d{4}(?!\S))")


def _in_words(text: str, now: datetime) -> Iterator[date | None]:
    words = _numbered(text)
    for found in _DAY_MONTH_YEAR.finditer(words):
        yield _day(int(found[3]), int(found[2]), int(found[1]))
    for found in _MONTH_DAY_YEAR.finditer(words):
        yield _day(int(found[3]), int(found[1]), int(found[2]))
    for found in _YEAR_MONTH_DAY.finditer(words):
        yield _day(int(found[1]), int(found[2]), int(found[3]))
    for found in _DAY_MONTH.finditer(words):
        yield _latest(int(found[2]), int(found[1]), now)
    for found in _MONTH_DAY.finditer(words):
        yield _latest(int(found[1]), int(found[2]), now)


def _numbered(text: str) -> str:
    """The text's normalised words, each name of a month as #1 … #12, which no normalised text holds."""
    normal = normalise(_HOURS.sub(" ", text))
    words = normal.words
    mentions = {mention.start: mention for mention in (*_SHORT.find(normal), *MONTHS.find(normal))}
    for start in sorted(mentions, reverse=True):
        words = f"{words[:start]}#{mentions[start].name}{words[mentions[start].end :]}"
    return _TWICE.sub(r"\1", _VIETNAMESE.sub(r"#\1", words))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _latest(month: int, day: int, now: datetime) -> date | None:
    """The latest such day that has begun somewhere; eight years back, for 29 February."""
    last = (now + _AHEAD).date()
    days = (_day(year, month, day) for year in range(last.year, last.year - 9, -1))
    return next((found for found in days if found and found <= last), None)
