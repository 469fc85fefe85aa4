"""When a digest is due, and which hours are quiet: wall time in a zone, through every change of the clocks.

One rule covers them all: the digest of a local date is due at the first instant at which the local clock shows its
hour or a later one. So an hour that the clocks skip gives the first instant after the gap, an hour that comes twice
counts the first time, and a date that the zone never had (Samoa's 30 December 2011) has no digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from bot.model import Cadence, Quiet

DAY = timedelta(days=1)
MIDNIGHT = time(0, 0)


def next_digest(cadence: Cadence, *, after: datetime) -> datetime:
    """The first instant strictly after `after` at which a digest is due; in UTC."""
    return next(due for _, due in _from(cadence, after) if due > after)


def last_due(cadence: Cadence, *, due: datetime, now: datetime) -> datetime:
    """The last instant up to `now` at which a digest was due, where one has been waiting since `due`.

    After a standstill one digest tells all, and it is the one of the day that was missed last.
    """
    last = due
    while (following := next_digest(cadence, after=last)) <= now:
        last = following
    return last


def due_on(day: date, cadence: Cadence) -> datetime:
    """The instant at which the digest of a local date is due; in UTC."""
    return _reached(datetime.combine(day, cadence.at), ZoneInfo(cadence.zone))


def weeks_to(until: datetime, *, zone: str, number: int) -> list[datetime]:
    """The instants between which so many weeks lie, in UTC, the last of them `until`; each at its hour on the wall."""
    wall = until.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    ago = [timedelta(weeks=weeks) for weeks in range(number, 0, -1)]
    return [*((wall - each).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in ago), until]


def local_day(due: datetime, cadence: Cadence) -> date:
    """The local date whose digest is due at that instant.

    Nearly always the date on the wall; but where the clocks jump over midnight (Nuuk, from 23:00 to 00:00), the digest
    of 23:30 comes as the next date begins, and still is the old date's. At an instant when none is due (the digest is
    late, or asked for), the date on the wall.
    """
    for day, instant in _from(cadence, due):
        if instant == due:
            return day
        if instant > due:
            break
    return due.astimezone(ZoneInfo(cadence.zone)).date()


def _from(cadence: Cadence, start: datetime) -> Iterator[tuple[date, datetime]]:
    """Local dates with the instants of their digests, in order, from the day before `start` on."""
    zone = ZoneInfo(cadence.zone)
    first = start.astimezone(zone).date() - DAY
    for days in count():
        day = first + days * DAY
        if day.weekday() in cadence.days and _exists(day, zone):
            yield day, _reached(datetime.combine(day, cadence.at), zone)


def quiet_end(quiet: Quiet | None, *, at: datetime) -> datetime | None:
    """When the quiet hours end in which that instant lies, in UTC; None: it lies in none."""
    ends = [end for begin, end in _quiet_around(quiet, at) if begin <= at < end]
    return max(ends, default=None)


def last_quiet_end(quiet: Quiet | None, *, before: datetime) -> datetime | None:
    """When the last quiet hours ended that are over by then, in UTC; None: there are none."""
    return max((end for _, end in _quiet_around(quiet, before) if end <= before), default=None)


def _quiet_around(quiet: Quiet | None, at: datetime) -> list[tuple[datetime, datetime]]:
    """Quiet hours that begin on the days around an instant; those that the clocks skip are none."""
    if quiet is None:
        return []
    zone = ZoneInfo(quiet.zone)
    today = at.astimezone(zone).date()
    nights = []
    for day in (today - 2 * DAY, today - DAY, today, today + DAY):
        last = day if quiet.begins < quiet.ends else day + DAY
        nights.append(
            (_reached(datetime.combine(day, quiet.begins), zone), _reached(datetime.combine(last, quiet.ends), zone))
        )
    return [(begin, end) for begin, end in nights if begin < end]


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the local calendar has that date."""
    return _reached(datetime.combine(day, MIDNIGHT), zone).astimezone(zone).date() == day


def _reached(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the local clock shows `wall` or later."""
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(late, zone) == wall:
        return late
    # In a gap the two folds stand on either side of the jump (PEP 495), so it is found by halving, to the second.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        early, late = (early, middle) if _wall(middle, zone) >= wall else (middle, late)
    return late


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
