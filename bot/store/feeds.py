"""Units of work about feeds, their items and the stories they tell.

Each runs in the writer thread, inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.once import MUTED
from bot.errors import StoreError
from bot.model import DATES, Changed, Feed, FeedState, Item, News, Telling, Watched
from bot.store import channels, feed_rows, records, rows, sequels
from bot.store import statements as sql
from bot.store.opening import must_change
from bot.topics.text import canonical_link

# Some publishers make a new guid at each build; what a feed gave this long ago under another one is not new.
TWIN = timedelta(days=30)
DAY = timedelta(days=1)


def settle_feeds(connection: sqlite3.Connection, feeds: Sequence[Feed], *, now: datetime) -> None:
    """Watch the feeds that the file names, and no others; beside them stands our own."""
    connection.execute(sql.OWN_FEED, feed_rows.feed_values(DATES, now))
    connection.execute(sql.UNWATCH_FEEDS, {"named": json.dumps([feed.id for feed in feeds])})
    connection.executemany(sql.WATCH_FEED, (feed_rows.feed_values(feed, now) for feed in feeds))


def claim_feeds(connection: sqlite3.Connection, bound: rows.Values) -> list[FeedState]:
    """Lease feeds, and give their states."""
    return [feed_rows.feed_state(row) for row in connection.execute(sql.CLAIM_FEEDS, bound).fetchall()]


# ── what is new


def news(connection: sqlite3.Connection, feed: str, items: Sequence[Item]) -> News:
    """Items not kept yet, and those kept that are told differently now; in the given order, each key once."""
    asked = list(_each_once(items))
    given = _given(connection, feed, asked)
    again = [
        {"id": row["id"], "seen": rows.text_of(asked[place][0].seen)}
        for place, row in given.items()
        if row["given"] < rows.text_of(asked[place][0].seen - DAY)
    ]
    connection.executemany(sql.GIVEN_AGAIN, again)
    if asked:
        seen = max(item.seen for item, _ in asked)
        connection.execute(
            sql.FEED_GIVEN, {"feed": feed, "seen": rows.text_of(seen), "day_before": rows.text_of(seen - DAY)}
        )
    differ = {given[place]["id"]: item for place, (item, _) in enumerate(asked) if _differs(given.get(place), item)}
    return News(
        new=tuple(item for place, (item, _) in enumerate(asked) if place not in given),
        changed=tuple(_changed(connection, differ)),
    )


def _each_once(items: Sequence[Item]) -> Iterator[tuple[Item, str | None]]:
    """The items whose key and twin no earlier one has, each with its twin."""
    keys: set[str] = set()
    twins: set[str | None] = set()
    for item in items:
        twin = rows.twin_of(item)
        if item.key in keys or (twin is not None and twin in twins):
            continue
        keys.add(item.key)
        twins.add(twin)
        yield item, twin


def _given(
    connection: sqlite3.Connection, feed: str, asked: Sequence[tuple[Item, str | None]]
) -> dict[int, sqlite3.Row]:
    """What was given before, by the place of the item asked for; the item of its own key before any other."""
    keys = [(item.key, twin, rows.text_of(item.seen - TWIN)) for item, twin in asked]
    found = connection.execute(sql.GIVEN, {"feed": feed, "asked": json.dumps(keys)}).fetchall()
    return {row["place"]: row for row in sorted(found, key=lambda row: bool(row["same"]))}


def _differs(row: sqlite3.Row | None, item: Item) -> bool:
    """Whether a kept item is told differently; a link that leads to the same page is the same."""
    if row is None or not row["same"]:
        return False
    if (row["title"], row["summary"]) != (item.title, item.summary):
        return True
    return row["link"] != item.link and canonical_link(row["link"]) != canonical_link(item.link)


def _changed(connection: sqlite3.Connection, differ: dict[int, Item]) -> Iterator[Changed]:
    """The kept items of these ids beside how they are told now, in the order of the latter."""
    if not differ:
        return
    kept = {row["id"]: row for row in connection.execute(sql.KEPT, {"ids": json.dumps(list(differ))})}
    for id_, now in differ.items():
        yield Changed(before=rows.item(kept[id_]), now=now, story=kept[id_]["story"])


def tellings(connection: sqlite3.Connection, bound: rows.Values) -> list[Telling]:
    """Items of the stories that began since then, kept after that serial, in the order of their serials."""
    return [rows.telling(row) for row in connection.execute(sql.TELLINGS, bound)]


def at_once(connection: sqlite3.Connection, feed: str, *, since: str) -> int:
    """How many stories that began with an item of this feed became owed at once somewhere since then."""
    return int(connection.execute(sql.AT_ONCE, {"feed": feed, "since": since}).fetchone()[0])


# ── keep


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading and the rows of its items, made before its transaction begins: finding their words takes a while."""

    watched: Watched
    items: Sequence[rows.Values]
    changed: Sequence[rows.Values]


def keep(connection: sqlite3.Connection, kept: Kept, *, worker: str) -> None:
    """Write one reading of one feed, and end its lease."""
    watched = kept.watched
    state = feed_rows.state_values(watched.state) | {"worker": worker}
    must_change(connection, sql.KEEP_STATE, state, otherwise=f"there is no feed {watched.state.feed}")
    records.keep(connection, watched)
    added = _add_items(connection, kept)
    changed = _change_items(connection, kept)
    for place, match in enumerate(watched.matches):
        connection.execute(sql.ADD_MATCH, rows.match_values(match, place))
    for story, (feed, key) in watched.stories:
        for statement in (sql.ADD_STORY, sql.ADD_STORY_ITEM):
            connection.execute(statement, {"story": story, "feed": feed, "key": key})
    since = rows.text_or_none(max((item.seen for item in (*watched.items, *watched.changed)), default=None))
    for delivery in watched.deliveries:
        connection.execute(sql.ADD_DELIVERY, rows.delivery_values(delivery) | {"since": since, "muted": MUTED})
        channels.settle_late(connection, delivery)
    sequels.owe(connection, watched)
    # Last: SQLite gathers words, and sorts them into the index whenever another statement begins to write.
    connection.executemany(sql.ADD_WORDS, added)
    connection.executemany(sql.CHANGE_WORDS, changed)


def _add_items(connection: sqlite3.Connection, kept: Kept) -> list[rows.Values]:
    """The rows of the new items, now with their numbers."""
    if not kept.items:
        return []
    first = connection.execute(sql.NEXT_ITEM).fetchone()[0]
    added = [values | {"id": id_} for id_, values in enumerate(kept.items, first)]
    connection.executemany(sql.ADD_ITEM, added)
    return added


def _change_items(connection: sqlite3.Connection, kept: Kept) -> list[rows.Values]:
    """The rows of those items that are now as their feed tells them; one that would match no more is not."""
    matched = {match.item for match in kept.watched.matches}
    changed: list[rows.Values] = []
    for item, values in zip(kept.watched.changed, kept.changed, strict=True):
        known = connection.execute(sql.KNOWN_ITEM, values).fetchone()
        if known is None:
            raise StoreError(f"there is no item {item.key} of {item.feed}")
        if known["matched"] and item.id not in matched:
            continue
        changed.append(values | {"id": known["id"]})
        for statement in (sql.CHANGE_ITEM, sql.END_MATCHES):
            connection.execute(statement, changed[-1])
    return changed
