"""Units of work about posts: planned, begun, settled, or left to a person.

Each runs in the writer thread, inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from bot.errors import StoreError
from bot.model import Delivery, Draft, Message, Post
from bot.store import post_rows, restoring, rows
from bot.store import statements as feed_sql
from bot.store import statements_channels as channel_sql
from bot.store import statements_posts as sql
from bot.store.messages import as_text, of_text
from bot.store.opening import must_change

DROPPED = "dropped by the operator"


def plan(
    connection: sqlite3.Connection,
    channel: str,
    telling: Sequence[tuple[Post, Draft]],
    dropped: Sequence[Delivery],
    *,
    digest: rows.Values | None,
    now: str,
) -> bool:
    """Whether it is planned now; False: this day's digest was made before."""
    stories = [story for _, draft in telling for story in draft.stories]
    doubtful = restoring.is_doubtful(connection, channel, stories, digest=digest)
    if digest is not None and not _digest_is_new(connection, digest | {"channel": channel, "now": now}):
        return False
    for post, draft in telling:
        connection.execute(sql.ADD_POST, post_rows.post_values(post) | {"told": as_text(draft.message)})
        for story in draft.stories:
            told: rows.Values = {"channel": channel, "story": story, "post": post.id, "now": now}
            must_change(connection, sql.TOLD_BY, told, otherwise=f"story {story} is not owed to {channel}")
        restoring.stands_already(connection, channel, post.id)
        if doubtful:
            restoring.hold(connection, post.id)
    for delivery in dropped:
        connection.execute(sql.DROP_DELIVERY, {"channel": channel, "story": delivery.story, "why": delivery.why})
    return True


def _digest_is_new(connection: sqlite3.Connection, digest: rows.Values) -> bool:
    connection.execute(channel_sql.SET_DIGEST, digest)
    new = connection.execute(sql.ADD_DIGEST, digest).rowcount > 0
    if new:
        connection.execute(sql.DIGEST_MADE, digest)
    return new


def announce(
    connection: sqlite3.Connection, telling: Sequence[tuple[Post, Draft]], states: Sequence[rows.Values]
) -> None:
    """Plan these posts, and note what they tell of these feeds; a channel that gets nothing any more gets none."""
    for post, draft in telling:
        if connection.execute(channel_sql.CHANNEL, {"channel": str(post.channel)}).fetchone():
            connection.execute(sql.ADD_POST, post_rows.post_values(post) | {"told": as_text(draft.message)})
            restoring.stands_already(connection, str(post.channel), post.id)
    for state in states:
        must_change(connection, feed_sql.NOTE_TOLD, state, otherwise=f"there is no feed {state['feed']}")


def begin(connection: sqlite3.Connection, post: Post, times: rows.Values) -> Post:
    """owed → sending, under a lease that outlasts the request."""
    bound = times | {"id": post.id, "channel": str(post.channel)}
    must_change(connection, sql.RENEW_LEASE, bound, otherwise=f"another worker has {post.channel}")
    return move(connection, sql.BEGIN_POST, bound)


def move_and_wait(connection: sqlite3.Connection, statement: str, bound: rows.Values) -> None:
    """The post in its new state; what else is owed in its channel waits until `due`, if that is known."""
    post = move(connection, statement, bound)
    connection.execute(sql.WAIT, bound | {"channel": str(post.channel)})


def move(connection: sqlite3.Connection, statement: str, bound: rows.Values) -> Post:
    """The post in its new state; StoreError if it does not stand where this move begins."""
    moved = connection.execute(statement, bound).rowcount
    row = connection.execute(sql.POST, {"id": bound["id"]}).fetchone()
    if not moved:
        raise StoreError(f"post {bound['id']} is {row['state']}: not now" if row else f"there is no post {bound['id']}")
    return rows.post(row)


def unplan(connection: sqlite3.Connection, post: Post, *, fold: bool) -> bool:
    """A post that surely was not accepted never was, and its stories are owed again; False: it may have been."""
    bound: rows.Values = {"id": post.id, "channel": str(post.channel)}
    if connection.execute(sql.UNSENT, bound).fetchone() is None:
        return False
    stories = json.dumps([row["story"] for row in connection.execute(sql.OWE_AGAIN, bound).fetchall()])
    told = bound | {"stories": stories}
    for statement in (sql.END_SEQUELS, sql.FORGET_THREAD, sql.FORGET_POST, *([channel_sql.FOLD] if fold else [])):
        connection.execute(statement, told)
    return True


def message_of(connection: sqlite3.Connection, post: str) -> Message | None:
    """What a post tells, as it was composed; None: that was not kept."""
    row = connection.execute(sql.POST, {"id": post}).fetchone()
    return None if row is None else of_text(row["told"])


def refuse(connection: sqlite3.Connection, bound: rows.Values) -> None:
    """→ refused, and with it what should have gone into its thread."""
    move(connection, sql.REFUSE_POST, bound)
    connection.execute(sql.REFUSE_THREAD, bound)


def hold(connection: sqlite3.Connection, bound: rows.Values) -> None:
    """unknown → held, and with it what should go into its thread."""
    move(connection, sql.HOLD_POST, bound)
    connection.execute(sql.HOLD_THREAD, bound)


def retry(connection: sqlite3.Connection, post: str) -> bool:
    """held, refused, unknown → owed, and with it what stopped together with it."""
    connection.execute(sql.RETRY_THREAD, {"id": post})
    return connection.execute(sql.RETRY_POST, {"id": post}).rowcount > 0


def drop(connection: sqlite3.Connection, post: str) -> bool:
    """owed, unknown, held, refused → refused by the operator, and with it what should have gone into its thread."""
    bound = {"id": post, "why": DROPPED}
    dropped = connection.execute(sql.DROP_POST, bound).rowcount > 0
    if dropped:
        connection.execute(sql.DROP_THREAD, bound)
    return dropped
