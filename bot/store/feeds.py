"""Units of work about feeds, their items and the stories they tell.

Each runs in the writer thread, inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import Feed, FeedState, Item, Story, Watched
from bot.store import channels, rows
from bot.store import statements as sql
from bot.store.opening import must_change

# Some publishers make a new guid at each build; what a feed gave this long ago under another one is not new.
TWIN = timedelta(days=30)
DAY = timedelta(days=1)


def settle_feeds(connection: sqlite3.Connection, feeds: Sequence[Feed], *, now: datetime) -> None:
    """Watch the feeds that the file names, and no others."""
    watched = json.dumps([row["id"] for row in connection.execute(sql.WATCHED_FEEDS)])
    connection.execute(sql.UNWATCH_FEEDS)
    connection.executemany(sql.WATCH_FEED, [rows.feed_values(feed, now) | {"watched": watched} for feed in feeds])


def claim_feeds(connection: sqlite3.Connection, statement: str, bound: rows.Values) -> list[FeedState]:
    """Lease feeds, and give their states."""
    return [rows.feed_state(row) for row in connection.execute(statement, bound).fetchall()]


def unseen(connection: sqlite3.Connection, feed: str, items: Sequence[Item]) -> list[Item]:
    """Items not kept yet, in the given order, each key once."""
    new: list[Item] = []
    taken: set[str | None] = {None}
    for item in items:
        twin = rows.twin_of(item)
        if item.key in taken or (twin and f"twin {twin}" in taken):
            continue
        taken |= {item.key, f"twin {twin}" if twin else None}
        if not _given_before(connection, {"feed": feed, "key": item.key, "twin": twin}, item.seen):
            new.append(item)
    return new


def _given_before(connection: sqlite3.Connection, keys: rows.Values, seen: datetime) -> bool:
    row = connection.execute(sql.SEEN_ITEM, keys | {"recent": rows.text_of(seen - TWIN)}).fetchone()
    if row is None:
        return False
    times = {"seen": rows.text_of(seen), "day_before": rows.text_of(seen - DAY)}
    connection.execute(sql.GIVEN_AGAIN, {"id": row["id"]} | times)
    return True


def stories(connection: sqlite3.Connection, *, since: str) -> list[Story]:
    """Stories whose first item was seen since then, oldest first."""
    return rows.stories(connection.execute(sql.STORIES, {"since": since}))


def keep(connection: sqlite3.Connection, watched: Watched, *, worker: str) -> None:
    """Write one reading of one feed, and end its lease."""
    state = rows.values_of(watched.state) | {"worker": worker}
    must_change(connection, sql.KEEP_STATE, state, otherwise=f"there is no feed {watched.state.feed}")
    for item in watched.items:
        values = rows.item_values(item)
        added = connection.execute(sql.ADD_ITEM, values).fetchone()
        connection.execute(sql.ADD_WORDS, values | {"id": added["id"]})
    for place, match in enumerate(watched.matches):
        connection.execute(sql.ADD_MATCH, rows.match_values(match, place))
    for story, (feed, key) in watched.stories:
        for statement in (sql.ADD_STORY, sql.ADD_STORY_ITEM):
            connection.execute(statement, {"story": story, "feed": feed, "key": key})
    since = rows.text_or_none(max((item.seen for item in watched.items), default=None))
    for delivery in watched.deliveries:
        connection.execute(sql.ADD_DELIVERY, rows.delivery_values(delivery) | {"since": since})
        channels.settle_late(connection, delivery)
