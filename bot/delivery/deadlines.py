"""Which dates are told on a day, and how; pure.

A date is told 30, 7 and 1 days before it. Who comes late is told once, as of the nearest of these days that has come:
a bot that is started five days before tells that five days are left, and once more the day before. After the date it
is silent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.delivery.notes import many
from bot.feeds.treaty import day_words
from bot.model import DATES, Deadline, Evidence, Item, Match, Topic

DAYS = (1, 7, 30)  # before the date
# Not at night, and in time for a digest at nine.
MORNING = time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A date that is to be told now, as an item that is a story of its own."""

    item: Item
    story: str  # Story.id
    matches: tuple[Match, ...]  # its topic first, then those that one stands within


def due(dates: Iterable[Deadline], topics: Sequence[Topic], *, now: datetime, zone: str) -> list[Due]:
    """Each date of which the days before have come, at most once; told before or not. Days are those of the zone."""
    today = today_in(zone, now=now)
    around = {topic.id: topic.within for topic in topics}
    return [
        _due(one, before, around, today=today, now=now)
        for one in dates
        if (before := days_before(one.day, today=today)) is not None
    ]


def today_in(zone: str, *, now: datetime) -> date:
    """The day that has begun in a zone at eight in the morning."""
    local = now.astimezone(ZoneInfo(zone))
    return local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)


def days_before(day: date, *, today: date) -> int | None:
    """As of how many days before the date it is told: 30, 7 or 1; None: not yet, or no more."""
    left = (day - today).days
    return next((days for days in DAYS if 0 <= left <= days), None)


def _due(one: Deadline, before: int, around: Mapping[str, str | None], *, today: date, now: datetime) -> Due:
    proof = _left((one.day - today).days)
    source = f" ({one.source})" if one.source else ""
    summary = f"On {day_words(today)}, {proof}{source}."
    start = summary.index(proof)
    evidence = Evidence(field="summary", phrase=one.what, text=proof, start=start, end=start + len(proof))
    item = Item(
        feed=DATES.id,
        key=f"{one.day} {before} {one.what}",
        link="",
        title=f"{one.what} on {day_words(one.day)}",
        summary=summary,
        seen=now,
    )
    return Due(
        item=item,
        story=hashlib.sha256(f"{item.feed}\n{item.key}".encode()).hexdigest()[:16],
        matches=tuple(
            Match(item=item.id, topic=topic, score=1, evidence=(evidence,)) for topic in _path(one.topic, around)
        ),
    )


def _left(days: int) -> str:
    """What is left, in words that stay true in a digest read later."""
    if not days:
        return "it is the last day"
    return f"{many(days, 'day')} {'is' if days == 1 else 'are'} left"


def _path(topic: str, around: Mapping[str, str | None]) -> list[str]:
    """A topic and those that it stands within, the widest last."""
    path = [topic]
    while (outer := around.get(path[-1])) is not None:
        path.append(outer)
    return path
