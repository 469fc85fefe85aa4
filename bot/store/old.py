"""Units of work that take away what is too old, a little at a time.

Each runs in the writer thread, inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from bot.model import Dropped, Mark
from bot.store import statements_old as sql

# So many rows are looked at in one transaction; items carry their texts and their words.
ITEMS, OTHERS = 100, 500


def drop_old(connection: sqlite3.Connection, before: str, after: Mark) -> Dropped:
    """Take away some of what is older than that, from that mark on."""
    match after.kind:
        case "items":
            return _drop_items(connection, before, after)
        case "posts":
            return _drop_posts(connection, before, after)
        case "notes":
            return _drop_notes(connection, before)


def _drop_items(connection: sqlite3.Connection, before: str, after: Mark) -> Dropped:
    bound = {"before": before, "seen": after.seen, "id": after.id, "limit": ITEMS}
    old = connection.execute(sql.OLD_ITEMS, bound).fetchall()
    going = [row for row in old if row["may_go"]]
    for statement in sql.DROP_ITEMS if going else ():
        connection.execute(statement, {"items": json.dumps([row["id"] for row in going])})
    touched = sorted({row["story"] for row in going if row["story"] is not None})
    empty = [row["id"] for row in connection.execute(sql.EMPTY_STORIES, {"stories": json.dumps(touched)})]
    for statement in sql.DROP_STORIES if empty else ():
        connection.execute(statement, {"stories": json.dumps(empty)})
    return Dropped(items=len(going), stories=len(empty), next=_next(old, after, ITEMS) or Mark("posts"))


def _drop_posts(connection: sqlite3.Connection, before: str, after: Mark) -> Dropped:
    rows = connection.execute(sql.OLD_POSTS, {"before": before, "id": after.id, "limit": OTHERS}).fetchall()
    going = [row["id"] for row in rows if row["may_go"]]
    if going:
        connection.execute(sql.DROP_POSTS, {"posts": json.dumps(going)})
    more = len(rows) == OTHERS and rows[-1]["is_old"]
    return Dropped(posts=len(going), next=Mark("posts", id=rows[-1]["serial"]) if more else Mark("notes"))


def _drop_notes(connection: sqlite3.Connection, before: str) -> Dropped:
    bound = {"before": before, "day": before[:10], "limit": OTHERS}
    counts = [connection.execute(statement, bound).rowcount for statement in (sql.DROP_DIGESTS, sql.DROP_AUDIT)]
    return Dropped(notes=sum(counts), next=Mark("notes") if OTHERS in counts else None)


def _next(rows: Sequence[sqlite3.Row], after: Mark, limit: int) -> Mark | None:
    """Behind the last of these; None: there were no more."""
    return after._replace(seen=rows[-1]["seen"], id=rows[-1]["id"]) if len(rows) == limit else None
