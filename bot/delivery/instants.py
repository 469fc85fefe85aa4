"""What a channel is owed at once: told one by one, in one message, later, or in its digest after all (pure).

In quiet hours nothing is told. What is news no more goes into the digest, where there is one: quiet hours make nothing
old. A channel gets so many messages at once in an hour; what comes beyond that waits until there is room again, and
then is told together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.calendar import last_quiet_end, quiet_end
from bot.model import Channel, Owed

STALE = timedelta(hours=6)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """What becomes of the stories owed at once; each stands in one of these, or waits."""

    alone: tuple[Owed, ...] = ()  # a message for each
    together: tuple[Owed, ...] = ()  # one message for all
    stale: tuple[Owed, ...] = ()  # for the digest
    wait: datetime | None = None  # until then the others wait; None: none do


def instants(
    owed: Sequence[Owed], told: Sequence[datetime], *, channel: Channel, per_hour: int, now: datetime
) -> Instants:
    """What is told now, of `owed` in its order.

    `told`: when each message of the last two hours was planned that told something there at once, oldest first.
    """
    if until := quiet_end(channel.quiet, at=now):
        return Instants(wait=until)
    stale = tuple(one for one in owed if is_stale(one.since, channel, now=now)) if has_digest(channel) else ()
    fresh = tuple(one for one in owed if one not in stale)
    room = per_hour - _within_hour(told, now)
    if room <= 0:
        return Instants(stale=stale, wait=told[-per_hour] + HOUR) if fresh else Instants(stale=stale)
    too_many = len(fresh) > room or any(_within_hour(told, one.since) >= per_hour for one in fresh)
    if too_many and len(fresh) > 1:
        return Instants(together=fresh, stale=stale)
    return Instants(alone=fresh, stale=stale)


def _within_hour(told: Sequence[datetime], now: datetime) -> int:
    """How many of these times lie in the hour before."""
    return sum(now - HOUR < moment <= now for moment in told)


def is_stale(since: datetime, channel: Channel, *, now: datetime) -> bool:
    """Whether what is owed at once since then is news no more."""
    awake = last_quiet_end(channel.quiet, before=now)
    return now - (max(since, awake) if awake else since) > STALE


def has_digest(channel: Channel) -> bool:
    """Whether what is not told at once has a digest to go into."""
    return channel.digest is not None or channel.weekly is not None
