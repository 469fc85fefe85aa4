"""Units of work on what people say of stories, on muted outlets and on welcomes."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from bot.errors import StoreError
from bot.model import ChannelId, Feedback, Judged, Story
from bot.store import rows
from bot.store import statements_feedback as sql
from bot.store.channels import note


def say(connection: sqlite3.Connection, feedback: Feedback) -> tuple[int, int] | None:
    """Keep a person's word on a story, and count all; None: the story is not kept any more."""
    said: rows.Values = {
        "story": feedback.story,
        "topic": feedback.topic,
        "by": feedback.by,
        "channel": str(feedback.channel),
        "relevant": feedback.relevant,
        "at": rows.text_of(feedback.at),
    }
    if connection.execute(sql.SAY, said).rowcount == 0:
        return None
    counted = connection.execute(sql.SAID, {"story": feedback.story, "topic": feedback.topic}).fetchone()
    return int(counted["relevant"]), int(counted["irrelevant"])


def judged(connection: sqlite3.Connection, *, since: str | None) -> list[Judged]:
    """What was said since then, the oldest word first."""
    return [
        Judged(
            feedback=Feedback(
                story=row["story"],
                topic=row["said_topic"],
                by=row["said_by"],
                channel=rows.channel_id(row["said_in"]),
                relevant=bool(row["relevant"]),
                at=rows.moment_of(row["said_at"]),
            ),
            found=rows.found(row),
        )
        for row in connection.execute(sql.FEEDBACK, {"since": since})
    ]


def story(connection: sqlite3.Connection, identity: str) -> Story | None:
    """One story; None: it is not kept."""
    return next(iter(rows.stories(connection.execute(sql.STORY, {"story": identity}))), None)


def topic_counts(connection: sqlite3.Connection, *, since: str) -> dict[str, int]:
    """How many items about each topic were first seen since then."""
    return {row["topic"]: row["items"] for row in connection.execute(sql.TOPIC_COUNTS, {"since": since})}


def known_to(connection: sqlite3.Connection, workspace: str, person: str) -> list[ChannelId]:
    """Channels in which a person changed or marked anything."""
    found = connection.execute(sql.KNOWN_TO, {"workspace": workspace, "person": person})
    return [rows.channel_id(row["id"]) for row in found]


def muted(connection: sqlite3.Connection, channel: str | None) -> dict[ChannelId, frozenset[str]]:
    """Which feeds are muted where."""
    feeds: dict[ChannelId, set[str]] = {}
    for row in connection.execute(sql.MUTED, {"channel": channel}):
        feeds.setdefault(rows.channel_id(row["channel"]), set()).add(row["feed"])
    return {where: frozenset(named) for where, named in feeds.items()}


def mute(connection: sqlite3.Connection, channel: ChannelId, feed: str, *, by: str, now: datetime) -> bool:
    """Mute a feed in a channel; False: it is so already."""
    if connection.execute(sql.IS_CHANNEL, {"channel": str(channel)}).fetchone() is None:
        raise StoreError(f"there is no channel {channel}")
    if not _changed(connection, sql.MUTE, channel, feed):
        return False
    note(connection, channel, "muted", feed, by=by, now=now)
    return True


def unmute(connection: sqlite3.Connection, channel: ChannelId, feed: str, *, by: str, now: datetime) -> bool:
    """End that; False: it was not muted."""
    if not _changed(connection, sql.UNMUTE, channel, feed):
        return False
    note(connection, channel, "unmuted", feed, by=by, now=now)
    return True


def _changed(connection: sqlite3.Connection, statement: str, channel: ChannelId, feed: str) -> bool:
    return connection.execute(statement, {"channel": str(channel), "feed": feed}).rowcount > 0


def welcome(connection: sqlite3.Connection, workspace: str, *, now: datetime) -> bool:
    """Note that somebody was told how to begin; False: somebody was before."""
    bound: rows.Values = {"workspace": workspace, "now": rows.text_of(now)}
    return connection.execute(sql.WELCOME, bound).rowcount > 0


def take_back_welcome(connection: sqlite3.Connection, workspace: str) -> None:
    """Note that nobody was, after all."""
    connection.execute(sql.TAKE_BACK_WELCOME, {"workspace": workspace})
