"""What a document says of its own rhythm: how long it wants to be left alone, and when (pure)."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST = timedelta(days=7)  # longer waits are not believed
_HEAD = 65_536  # characters; what stands before the first item
_SKIPPED = 4_000  # characters of <skipHours> or <skipDays>; all that may stand in one takes 600
# https://www.rssboard.org/rss-specification#ltttlgtSubelementOfLtchannelgt
_MINUTES = re.compile(r"\+?([0-9]+)(?:\.[0-9]*)?")
# https://web.resource.org/rss/1.0/modules/syndication/
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FIRST_ITEM = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_HOUR = re.compile(r"<hour>\s*([0-9]{1,2})\s*</hour", re.IGNORECASE)
_DAY = re.compile(r"<day>\s*([a-z]{1,9})\s*</day", re.IGNORECASE)


def wait_of(*, ttl: str, period: str, frequency: str) -> timedelta:
    """How long the document asks to be left alone, at most 7 days; 0 where it does not say, or nothing that can be.

    The longer of <ttl>, in minutes, and sy:updatePeriod divided by sy:updateFrequency, which is 1 where it is not
    given and counts only beside a period. All three are as they stand in the document, "" where they do not.
    """
    told = _whole(ttl)
    by_ttl = timedelta(minutes=told) if told < LONGEST / timedelta(minutes=1) else LONGEST
    by_period = _PERIODS.get(period.strip().lower(), timedelta(0)) / (_whole(frequency) or 1)
    return min(max(by_ttl, by_period), LONGEST)


def skipped_in(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """The hours (0 to 23) and the days (0 = Monday) in which the document wants to be left alone, both UTC.

    They stand before its first item. Where they leave no hour or no day at all they are not believed.
    """
    head = text[:_HEAD]
    first = _FIRST_ITEM.search(head)
    head = _uncommented(head[: first.start()] if first else head)
    hours = frozenset(int(hour) % 24 for hour in _HOUR.findall(_inside(head, "skiphours")) if int(hour) <= 24)
    days = {day.lower() for day in _DAY.findall(_inside(head, "skipdays"))}
    weekdays = frozenset(number for number, day in enumerate(_DAYS) if day in days)
    return hours if len(hours) < 24 else frozenset(), weekdays if len(weekdays) < 7 else frozenset()


def _whole(told: str) -> int:
    """A number as it stands in a document, its fraction left out; 0 where it is none."""
    number = _MINUTES.fullmatch(told.strip())
    digits = number[1].lstrip("0") if number else ""
    return int(digits[:9] or "0")  # nine are more than anyone believes; int() refuses some thousands


def _uncommented(head: str) -> str:
    """Not by a pattern: its time would grow with the square of `<!--`."""
    first, *others = head.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


def _inside(head: str, name: str) -> str:
    """What stands between the first tag of this name, in lower case, and its end; "" if there is none."""
    lower = head.lower()
    start = lower.find(f"<{name}>")
    end = lower.find(f"</{name}", start, start + _SKIPPED)
    return lower[start:end] if start >= 0 and end >= 0 else ""
