"""Units of work after a backup was restored: what a channel's past tells, and what is held where it cannot be read.

Each runs in the writer thread, inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from bot.delivery.calendar import next_digest
from bot.delivery.once import page_of
from bot.model import Cadence, ChannelId, DigestKey, Draft, Recalled, Trace
from bot.store import post_rows, rows
from bot.store import statements_posts as post_sql
from bot.store import statements_restore as sql

DAY = timedelta(days=1)
NOTHING = Draft(kind="digest", payload="", stories=())
DOUBTFUL = (
    "it may stand in the channel since before the backup was restored, and the channel's past could not be read: "
    "look there, then retry or drop it"
)


def recall(
    connection: sqlite3.Connection, channel: ChannelId, traces: Sequence[Trace], *, since: datetime, now: datetime
) -> Recalled:
    """Note what the channel was told since then, of which the database knows nothing."""
    where: rows.Values = {"channel": str(channel)}
    posts = {trace.post: trace for trace in traces if trace.post}
    found = 0
    for trace in posts.values():
        found += connection.execute(sql.FOUND, where | {"post": trace.post, "message": trace.message}).rowcount
        connection.execute(sql.REMEMBER, where | {"told": trace.post, "message": trace.message})
    links = {page_of(link) for trace in traces for link in trace.links}
    for link in links:
        connection.execute(sql.REMEMBER, where | {"told": link, "message": None})
    told = rows.channel(connection.execute(sql.CHANNEL, where).fetchone())
    digests = 0
    if told.digest is not None:
        keys = _keys("daily", told.digest, since=since, now=now)
        digests += _digests(connection, channel, keys, posts, cadence=told.digest)
    if told.weekly is not None:
        keys = _keys("weekly", told.weekly, since=since, now=now)
        digests += _digests(connection, channel, keys, posts, cadence=told.weekly)
    connection.execute(sql.TRUST, where)
    return Recalled(posts=found, digests=digests, links=len(links))


def _keys(name: Literal["daily", "weekly"], cadence: Cadence, *, since: datetime, now: datetime) -> Iterable[DigestKey]:
    """Every digest that may have been made in that time, the first first."""
    first: date = (since - DAY).date()
    for days in range((now.date() - first).days + 2):
        if (day := first + days * DAY).weekday() in cadence.days:
            yield DigestKey(cadence=name, day=day)


def _digests(
    connection: sqlite3.Connection,
    channel: ChannelId,
    keys: Iterable[DigestKey],
    posts: dict[str, Trace],
    *,
    cadence: Cadence,
) -> int:
    """Note those that stand in the channel; how many."""
    count = 0
    for key in keys:
        post = post_rows.post_id(channel, NOTHING, digest=key, part=0, now=post_rows.FIRST_DAY)
        if (trace := posts.get(post)) is None or trace.at is None:
            continue
        made: rows.Values = {"channel": str(channel), "cadence": key.cadence, "day": key.day.isoformat()}
        made |= {"now": rows.text_of(trace.at)}
        if connection.execute(post_sql.ADD_DIGEST, made).rowcount:
            due = rows.text_of(next_digest(cadence, after=trace.at))
            statement = sql.MADE_WEEKLY if key.cadence == "weekly" else sql.MADE_DAILY
            connection.execute(statement, {"channel": str(channel), "made": made["now"], "due": due})
            count += 1
    return count


def distrust(
    connection: sqlite3.Connection, channel: ChannelId, *, opened: datetime, before: datetime, why: str
) -> int:
    """Hold what was planned before `opened` and not sent, and from now on what was news before then; how many posts."""
    where: rows.Values = {"channel": str(channel)}
    connection.execute(sql.DISTRUST, where | {"before": rows.text_of(before)})
    bound = where | {"opened": rows.text_of(opened), "why": f"{DOUBTFUL} ({why})"}
    return connection.execute(sql.HOLD_UNSETTLED, bound).rowcount


def told_before(connection: sqlite3.Connection, channel: ChannelId) -> frozenset[str]:
    """Pages, and ids of posts, that the channel was told after the backup."""
    told = connection.execute(sql.TOLD_BEFORE, {"channel": str(channel)})
    return frozenset(row["told"] for row in told)


# ── posts that are planned afterwards


def is_doubtful(
    connection: sqlite3.Connection, channel: str, stories: Sequence[str], *, digest: rows.Values | None
) -> bool:
    """Whether what is about to be planned may stand in the channel: its digest was due, or a story news, before."""
    row = connection.execute(sql.CHANNEL, {"channel": channel}).fetchone()
    if row is None or row["held_before"] is None:
        return False
    if digest is not None:
        due = row["next_weekly_at"] if digest["cadence"] == "weekly" else row["next_digest_at"]
        if due is not None and due <= row["held_before"]:
            return True
    day_later = rows.text_of(rows.moment_of(row["held_before"]) + DAY)
    bound = {"stories": json.dumps(stories), "before": row["held_before"], "day_later": day_later}
    return bool(connection.execute(sql.IS_DOUBTFUL, bound).fetchone()["doubtful"])


def stands_already(connection: sqlite3.Connection, channel: str, post: str) -> None:
    """A post that stands in the channel from after the backup is sent, and not sent again."""
    connection.execute(sql.STANDS_ALREADY, {"channel": channel, "post": post})


def hold(connection: sqlite3.Connection, post: str) -> None:
    """A post that was just planned waits for a person."""
    connection.execute(sql.HOLD_PLANNED, {"post": post, "why": DOUBTFUL})
