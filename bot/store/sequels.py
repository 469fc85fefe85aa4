"""Units of work on what is owed to messages that stand: corrections, and later coverage.

Each runs in the writer thread, inside one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from bot.model import Follow, ItemId, Outdated, Post, Sequel, Story, Watched
from bot.store import post_rows, rows
from bot.store import statements_posts as post_sql
from bot.store import statements_sequels as sql
from bot.store.messages import as_text, of_text

# A message of longer ago is not changed any more, nor gone on with.
LATELY = timedelta(days=14)


def owe(connection: sqlite3.Connection, watched: Watched) -> None:
    """What changed items, and those that came to a story, make owed where their stories were told."""
    now = watched.state.last_read
    if now is None:
        return
    times: rows.Values = {"now": rows.text_of(now), "since": rows.text_of(now - LATELY)}
    for item in watched.changed:
        connection.execute(sql.OWE_CORRECTION, times | {"feed": item.feed, "key": item.key})
    for story, (feed, key) in watched.stories:
        connection.execute(sql.OWE_COVERAGE, times | {"story": story, "feed": feed, "key": key})


def outdated(connection: sqlite3.Connection, channel: str) -> list[Outdated]:
    """What is owed to messages of a channel, by message, the one planned first first; what has none is dropped."""
    bound: rows.Values = {"channel": channel}
    connection.execute(sql.END_ORPHANS, bound)
    found = connection.execute(sql.OUTDATED, bound).fetchall()
    stories = rows.stories(connection.execute(sql.STORIES, bound)) if found else []
    return [_outdated(list(group), stories) for _, group in groupby(found, key=lambda row: str(row["id"]))]


def _outdated(found: Sequence[sqlite3.Row], stories: Sequence[Story]) -> Outdated:
    sequels = tuple(
        Sequel(
            channel=rows.channel_id(row["channel"]),
            story=row["story"],
            item=ItemId(row["feed"], row["key"]),
            kind=row["sequel_kind"],
        )
        for row in found
    )
    about = {sequel.story for sequel in sequels}
    return Outdated(
        post=rows.post(found[0]),
        message=of_text(found[0]["told"]),
        stories=tuple(story for story in stories if story.id in about),
        sequels=sequels,
    )


def follow(connection: sqlite3.Connection, planned: Sequence[tuple[Post, Follow]], done: Sequence[Sequel]) -> None:
    """Plan these posts, each with the sequels that it tells; `done` are told by none."""
    for post, one in planned:
        told = {"told": as_text(one.draft.message)}
        connection.execute(post_sql.ADD_POST, post_rows.post_values(post) | told)
        if one.stands is not None:
            connection.execute(sql.STANDS, {"id": one.post.id, "told": as_text(one.stands)})
        for sequel in one.sequels:
            connection.execute(sql.TELL_SEQUEL, _values(sequel) | {"post": post.id})
    for sequel in done:
        connection.execute(sql.DROP_SEQUEL, _values(sequel))


def _values(sequel: Sequel) -> rows.Values:
    return {
        "channel": str(sequel.channel),
        "story": sequel.story,
        "feed": sequel.item.feed,
        "key": sequel.item.key,
        "kind": sequel.kind,
    }
