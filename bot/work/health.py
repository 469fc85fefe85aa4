"""What makes a running bot unhealthy: pure judgement over its status."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.model import ChannelId, Duty, PostState, Status

# Each part leaves a sign of life every 15 s.
SILENT = timedelta(minutes=2)
# A part that may be left out counts as wanted for so long after its last sign of life.
WANTED = timedelta(days=1)
# A story owed at once, or a post planned, that is still owed after this has met more than a short wait.
LATE = timedelta(hours=1)

PARTS: Mapping[Duty, str] = {"poll": "reading", "post": "posting", "chat": "answering", "web": "web"}
NEEDED: tuple[Duty, ...] = ("poll", "post")  # without these it is no bot


def is_full(status: Status, *, now: datetime) -> bool:
    """Whether nothing is read for want of room. A bot that runs keeps room as soon as there is some."""
    if status.keeps_room or status.beat is None:
        return False
    return not status.has_room or now - status.beat <= SILENT


def ailments(status: Status, *, now: datetime, ways: Collection[str] | None = None) -> list[str]:
    """A plain sentence for each thing that is wrong; none: healthy.

    `ways`: the platforms that there is a way to (None: to any); what is owed elsewhere waits for a token, and no cure
    of ours would send it.
    Feeds that fail are the publishers' affair and shown by `feeds`; they make the bot unhealthy only when all do.
    """
    found = _silent(status.beats, now=now)
    if is_full(status, now=now):
        found.append("the disk of the database is full: nothing is read until there is room; posts go on")
    if status.trouble:
        found.append(status.trouble)
    late = status.late_since(ways)
    if late is not None and now - late > LATE:
        found.append(f"a story has been waiting to be posted since {late:%Y-%m-%d %H:%M} UTC")
    if held := status.posts.get(PostState.HELD, 0):
        found.append(f"{held} posts wait for a person to decide")
    if status.feeds and all(state.failures for state in status.feeds):
        found.append("no feed can be read")
    return found


def _silent(beats: Mapping[Duty, datetime], *, now: datetime) -> list[str]:
    """What gives no sign of life: all of it in one sentence, or each part by its name."""
    if not beats:
        return ["the bot has not run on this database yet"]
    wanted = [duty for duty in PARTS if duty in NEEDED or (duty in beats and now - beats[duty] <= WANTED)]
    silent = [duty for duty in wanted if duty not in beats or now - beats[duty] > SILENT]
    if silent == wanted and all(duty in beats for duty in silent):
        return [f"no sign of life since {max(beats[duty] for duty in silent):%Y-%m-%d %H:%M} UTC"]
    return [_told(duty, beats.get(duty)) for duty in silent]


def _told(duty: Duty, beat: datetime | None) -> str:
    if beat is None:
        return f"the {PARTS[duty]} part has not run on this database yet"
    return f"no sign of life of the {PARTS[duty]} part since {beat:%Y-%m-%d %H:%M} UTC"


def no_way(channel: ChannelId) -> str:
    """Why nothing can be sent to a channel of a platform that we have no way to."""
    return f"there is no way to {channel.platform} without its token"
