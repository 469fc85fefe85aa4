"""What makes a running bot unhealthy: pure judgement over its status."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.model import PostState, Status

# The worker leaves a sign of life every 15 s.
SILENT = timedelta(minutes=2)
# A story owed at once that is still owed after this has met more than a short wait.
LATE = timedelta(hours=1)


def is_full(status: Status, *, now: datetime) -> bool:
    """Whether nothing is read for want of room. A bot that runs keeps room as soon as there is some."""
    if status.keeps_room or status.beat is None:
        return False
    return not status.has_room or now - status.beat <= SILENT


def ailments(status: Status, *, now: datetime) -> list[str]:
    """A plain sentence for each thing that is wrong; none: healthy.

    Feeds that fail are the publishers' affair and shown by `feeds`; they make the bot unhealthy only when all do.
    """
    found = []
    if status.beat is None:
        found.append("the bot has not run on this database yet")
    elif now - status.beat > SILENT:
        found.append(f"no sign of life since {status.beat:%Y-%m-%d %H:%M} UTC")
    if is_full(status, now=now):
        found.append("the disk of the database is full: nothing is read until there is room; posts go on")
    if status.trouble:
        found.append(status.trouble)
    if status.oldest_owed is not None and now - status.oldest_owed > LATE:
        found.append(f"a story has been waiting to be posted since {status.oldest_owed:%Y-%m-%d %H:%M} UTC")
    if held := status.posts.get(PostState.HELD, 0):
        found.append(f"{held} posts wait for a person to decide")
    if status.feeds and all(state.failures for state in status.feeds):
        found.append("no feed can be read")
    return found
