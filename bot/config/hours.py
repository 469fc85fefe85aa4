"""Rules for the hours, days and zones of feeds.yaml: whatever stands in the file → our noun, or a ValueError (pure)."""

from __future__ import annotations

import re
from datetime import date, time
from functools import cache
from zoneinfo import available_timezones

from bot.config.words import Odd, did_you_mean, say


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(value: object) -> str:
    """An IANA zone."""
    if isinstance(value, str) and value in _zones():
        return value
    near = did_you_mean(value, sorted(_zones())) if isinstance(value, str) else ""
    raise ValueError(f"{say(value)} is no time zone{near or '; write one as in Europe/Vienna'}")


def clock(value: object) -> time:
    """A time of day, `"09:00"`. YAML 1.1 reads 16:00 without quotes as 960, in base 60."""
    written = value.raw if isinstance(value, Odd) else value
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", written) if isinstance(written, str) else None
    if not found:
        raise ValueError(f'{say(value)} is not a time of day; write "09:00", in quotes')
    if isinstance(value, Odd):
        raise ValueError(f'{value.raw} without quotes is {value.kind} in YAML; write "{value.raw}"')
    return time(int(found[1]), int(found[2]))


def day(value: object) -> date:
    """A date, `2026-12-31`, with quotes or without."""
    written = value.raw if isinstance(value, Odd) else value
    found = isinstance(written, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written)
    try:
        return date.fromisoformat(str(written) if found else "")
    except ValueError:
        raise ValueError(f"{say(value)} is not a date; write 2026-12-31") from None


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days(value: object) -> frozenset[int]:
    """`mon-fri`, `mon,wed,fri` or `daily`; 0 = Monday. A range may go over the weekend: `sat-mon`."""
    if value == "daily":
        return frozenset(range(7))
    chosen: set[int] = set()
    for part in value.split(",") if isinstance(value, str) else [""]:
        first, _, last = part.strip().partition("-")
        if first not in WEEK or (last or first) not in WEEK or part.strip().endswith("-"):
            raise ValueError(f'{say(value)} names no days; write mon-fri, "mon,wed,fri" or daily')
        start, length = WEEK.index(first), (WEEK.index(last or first) - WEEK.index(first)) % 7
        chosen.update((start + step) % 7 for step in range(length + 1))
    return frozenset(chosen)


def weekday(value: object) -> int:
    """One day of the week, `fri`; 0 = Monday."""
    if isinstance(value, str) and value in WEEK:
        return WEEK.index(value)
    raise ValueError(f"{say(value)} is no day of the week; write one of {', '.join(WEEK)}")
