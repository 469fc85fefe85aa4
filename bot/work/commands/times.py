"""Hours and the ends of pauses, as people type them (pure).

A rule takes words in lower case and gives our noun, or a ValueError: a sentence that says what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.config.values import WEEK
from bot.config.words import say
from bot.delivery.notes import WEEKDAYS

MORNING = time(9)  # of a day named without an hour
LONGEST_PAUSE = timedelta(days=366)
NO_TIME = "write 2h, 3d, tomorrow, monday, 18:00, 2026-12-01, 2026-12-01 14:00 or forever"

_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?")
_LIKE_AN_HOUR = re.compile(r"\d+(?:[:.]\d*)*(?:am|pm)?")
_SPAN = re.compile(r"(\d{1,5}) ?(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
# What lasts until somebody resumes, in the words of people and of our own button.
OPEN = frozenset({"forever", "indefinitely", "resumed", "resume", "somebody resumes", "someone resumes"})


def hour_of(word: str) -> time | None:
    """`9`, `9:00`, `09:00`, `9.30`, `9am`, `9:30pm`, `21:30`; None: this does not look like an hour.

    Raises ValueError for one that looks so and is none: `25:00`, `13pm`.
    """
    if not _LIKE_AN_HOUR.fullmatch(word):
        return None
    found = _HOUR.fullmatch(word)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if found and found[3]:
        hour = hour % 12 + 12 * (found[3] == "pm") if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        raise ValueError(f"{say(word)} is no time of day; write 09:00, 9am or 21:30.")
    return time(hour, minute)


def weekday_of(word: str) -> int | None:
    """`fri`, `friday` or `fridays`, 0 = Monday; None: this is no day of the week."""
    for number, name in enumerate(WEEKDAYS):
        if word in {WEEK[number], name.lower(), f"{name.lower()}s"}:
            return number
    return None


# ── how long a pause lasts


def until_of(words: Sequence[str], *, now: datetime, zone: str) -> datetime | None:
    """When a pause ends, in UTC; None: when somebody resumes.

    A day without an hour means nine in the morning, an hour without a day the next time the clock shows it, both in
    that zone. Raises ValueError for what is no time, is over, or is more than a year away.
    """
    if " ".join(words) in OPEN:
        return None
    minute = now.replace(second=0, microsecond=0)
    until = _span(words, minute, ZoneInfo(zone)) or _moment(words, minute, ZoneInfo(zone))
    if until <= now:
        raise ValueError("That time has passed; name one that is still to come.")
    return until


def _span(words: Sequence[str], now: datetime, zone: ZoneInfo) -> datetime | None:
    """`2h`, `3 days`; days and weeks end at the same hour on the wall, whatever the clocks do meanwhile."""
    found = _SPAN.fullmatch(" ".join(words))
    if not found:
        return None
    number, unit = int(found[1]), found[2][0]
    length = number * {"m": timedelta(minutes=1), "h": timedelta(hours=1)}.get(unit, timedelta(days=1))
    length *= 7 if unit == "w" else 1
    if length > LONGEST_PAUSE:
        raise _too_long()
    return now + length if unit in "mh" else (now.astimezone(zone) + length).astimezone(UTC)


def _moment(words: Sequence[str], now: datetime, zone: ZoneInfo) -> datetime:
    """A day, an hour, or both, in either order."""
    today = now.astimezone(zone).date()
    days = [day for word in words if (day := _day(word, today)) is not None]
    rest = [word for word in words if _day(word, today) is None]
    hours = [hour for word in rest if (hour := hour_of(word)) is not None]
    bare = not days and rest and rest[0].isdecimal()  # `18` may be hours or an hour
    if len(days) > 1 or len(hours) > 1 or len(hours) < len(rest) or bare:
        raise ValueError(f"{say(' '.join(words))} is no time that I understand; {NO_TIME}.")
    if not days:
        later = _wall(today, hours[0], zone)
        return later if later > now else _wall(today + timedelta(days=1), hours[0], zone)
    if days[0] > today + LONGEST_PAUSE:
        raise _too_long()
    if days[0] < today:
        raise ValueError("That day has passed; name one that is still to come.")
    return _wall(days[0], hours[0] if hours else MORNING, zone)


def _day(word: str, today: date) -> date | None:
    """`today`, `tomorrow`, `monday` (never today), `fri`, `2026-12-01`; None: no day."""
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=word == "tomorrow")
    if (number := weekday_of(word)) is not None:
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    if not _DATE.fullmatch(word):
        return None
    try:
        year, month, day = map(int, word.split("-"))
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{say(word)} is no date; write one as in 2026-12-01.") from None


def _wall(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """That wall time, in UTC; one that the clocks skip counts as if they had not."""
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)


def _too_long() -> ValueError:
    return ValueError("That is more than a year away; `/treaty pause forever` lasts until somebody resumes.")
