"""What is owed at once: told one by one, in one message, later, or in the digest after all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.delivery.instants import Instants, instants
from bot.model import Channel, Owed, Quiet
from tests.desks import CHANNEL, plain
from tests.world import vienna

NOW = datetime(2025, 10, 27, 14, 0, tzinfo=UTC)  # three in the afternoon in Vienna
NIGHT = Quiet(begins=time(20), ends=time(7), zone="Europe/Vienna")
NO_DIGEST = replace(CHANNEL, digest=None)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def owed(number: int, *, age: timedelta = timedelta()) -> Owed:
    return replace(plain(f"Story {number}", "convention"), since=NOW - age)


def due(
    *stories: Owed,
    told: tuple[timedelta, ...] = (),
    channel: Channel = CHANNEL,
    now: datetime = NOW,
    per_hour: int = 3,
) -> Instants:
    """`told`: how long ago messages told something at once, oldest first."""
    return instants(stories, [now - ago for ago in told], channel=channel, per_hour=per_hour, now=now)


def test_as_many_as_an_hour_has_room_for_are_told_one_by_one() -> None:
    stories = (owed(1), owed(2), owed(3))
    assert due(*stories) == Instants(alone=stories)


def test_one_more_than_that_are_told_together() -> None:
    stories = (owed(1), owed(2), owed(3), owed(4))
    assert due(*stories) == Instants(together=stories)


def test_what_was_told_within_the_hour_takes_room() -> None:
    assert due(owed(1), told=(50 * MINUTE, 40 * MINUTE)) == Instants(alone=(owed(1),))
    assert due(owed(1), owed(2), told=(50 * MINUTE, 40 * MINUTE)) == Instants(together=(owed(1), owed(2)))


def test_without_room_they_wait_until_the_hour_of_the_oldest_is_over() -> None:
    assert due(owed(1), told=(50 * MINUTE, 40 * MINUTE, MINUTE)) == Instants(wait=NOW + 10 * MINUTE)
    assert due(owed(1), told=(50 * MINUTE, 40 * MINUTE, MINUTE, MINUTE)) == Instants(wait=NOW + 20 * MINUTE)


def test_those_that_waited_for_room_are_told_together() -> None:
    first, second = owed(1, age=20 * MINUTE), owed(2, age=5 * MINUTE)
    full = (75 * MINUTE, 70 * MINUTE, 65 * MINUTE)
    assert due(first, second, told=full) == Instants(together=(first, second))
    assert due(first, told=full) == Instants(alone=(first,))


def test_what_is_older_than_six_hours_goes_into_the_digest() -> None:
    old, new = owed(1, age=6 * HOUR + MINUTE), owed(2, age=6 * HOUR)
    assert due(old, new) == Instants(alone=(new,), stale=(old,))


def test_what_goes_into_the_digest_takes_no_room() -> None:
    old, new = owed(1, age=7 * HOUR), owed(2)
    assert due(old, new, per_hour=1) == Instants(alone=(new,), stale=(old,))


def test_without_a_digest_it_is_told_however_old_it_is() -> None:
    old = owed(1, age=100 * HOUR)
    assert due(old, channel=NO_DIGEST) == Instants(alone=(old,))


@pytest.mark.parametrize(
    ("wall", "wait"),
    [
        ("2025-10-27 19:59", None),
        ("2025-10-27 20:00", "2025-10-28 07:00"),
        ("2025-10-27 23:59", "2025-10-28 07:00"),
        ("2025-10-28 06:59", "2025-10-28 07:00"),
        ("2025-10-28 07:00", None),
    ],
)
def test_in_quiet_hours_all_waits_for_the_morning(wall: str, wait: str | None) -> None:
    now = vienna(wall)
    story = replace(owed(1), since=now)
    found = due(story, channel=replace(CHANNEL, quiet=NIGHT), now=now)
    assert found == (Instants(wait=vienna(wait)) if wait else Instants(alone=(story,)))


def test_quiet_hours_make_nothing_old() -> None:
    evening, morning = vienna("2025-10-27 20:30"), vienna("2025-10-28 07:00")
    story = replace(owed(1), since=evening)
    quiet = replace(CHANNEL, quiet=NIGHT)
    assert due(story, channel=quiet, now=morning) == Instants(alone=(story,))
    assert due(story, channel=quiet, now=morning + 6 * HOUR + MINUTE) == Instants(stale=(story,))
