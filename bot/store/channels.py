"""Units of work about channels: what the file says of them, what chat wishes, pauses, claims.

Each runs in the writer thread, inside one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

from bot.delivery.calendar import last_due, local_day
from bot.errors import StoreError
from bot.model import (
    DIGEST_KINDS,
    OURSELVES,
    ChangeKind,
    Channel,
    ChannelId,
    Claim,
    Delivery,
    DigestKey,
    DigestKind,
    Pause,
    Subscription,
)
from bot.store import audit, rows
from bot.store import statements_channels as sql
from bot.store import statements_posts as post_sql
from bot.store import statements_sequels as sequel_sql
from bot.store.opening import must_change

DAY = timedelta(days=1)

# When a digest of each kind comes next, and when one was last made.
_NEXT: Mapping[DigestKind, str] = {"daily": "next_digest_at", "weekly": "next_weekly_at"}
_LAST: Mapping[DigestKind, str] = {"daily": "last_digest_at", "weekly": "last_weekly_at"}


def settle_channels(
    connection: sqlite3.Connection,
    channels: Sequence[tuple[Channel, Sequence[Subscription]]],
    topics: Collection[str],
    *,
    now: datetime,
) -> list[tuple[ChannelId, str]]:
    """Make channels and the file's subscriptions what the file says; the wishes of chat that ended with their topic."""
    named = {"named": json.dumps([str(channel.id) for channel, _ in channels])}
    taken_over = [row["id"] for row in connection.execute(sql.TAKEN_OVER, named)]
    connection.execute(sql.UNLIST_CHANNELS)
    connection.executemany(sql.LIST_CHANNEL, [rows.channel_values(channel) for channel, _ in channels])
    connection.execute(sql.END_SUBSCRIPTIONS)
    gone = connection.execute(sql.END_GONE_TOPICS, {"topics": json.dumps(sorted(topics))}).fetchall()
    connection.executemany(
        sql.SUBSCRIBE,
        [rows.wish_values(wish) for _, wishes in channels for wish in wishes if wish.topic in topics],
    )
    for channel in {*taken_over, *(row["channel"] for row in gone)}:
        settle_wishes(connection, channel)
    for channel, _ in channels:
        connection.execute(sql.WITHOUT_DIGEST, {"channel": str(channel.id)})
    _end_unlisted(connection)
    ended = sorted((rows.channel_id(row["channel"]), row["topic"]) for row in gone)
    for told, topic in ended:
        note(connection, told, "unsubscribed", f"{topic}, taken out of feeds.yaml", by=OURSELVES, now=now)
    return ended


def settle_wishes(connection: sqlite3.Connection, channel: str) -> None:
    """Make what a channel gets and is owed follow from the wishes that it has now."""
    bound = {"channel": channel, "story": None}
    for statement in (sql.END_EMPTY_DIGEST, sql.END_EMPTY_WEEKLY, sql.END_ZONE, sql.DROP_UNWISHED, sql.WITHOUT_DIGEST):
        connection.execute(statement, bound)
    connection.execute(sql.UNLIST_IDLE, bound)


def settle_late(connection: sqlite3.Connection, delivery: Delivery) -> None:
    """Look again at a delivery that has just become owed.

    It was decided before this transaction began; meanwhile somebody may have unsubscribed in chat, or the digest that
    it is for may have ended.
    """
    bound = {"channel": str(delivery.channel), "story": delivery.story}
    row = connection.execute(sql.CHANNEL, bound).fetchone()
    if row is None:
        return
    if row["set_by"] == "chat":
        connection.execute(sql.DROP_UNWISHED, bound)
    connection.execute(sql.WITHOUT_DIGEST, bound)


def _end_unlisted(connection: sqlite3.Connection) -> None:
    for statement in (sql.END_DIGESTS, sql.END_DELIVERIES, sql.END_POSTS, sequel_sql.END_UNLISTED):
        connection.execute(statement)


def undated(connection: sqlite3.Connection) -> list[tuple[Channel, DigestKind]]:
    """Channels with a cadence whose next digest is to be reckoned, and which of their digests."""
    return [(rows.channel(row), row["cadence"]) for row in connection.execute(sql.UNDATED)]


# ── what is wished in chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a channel's digests come next, should their cadence change; None: it has none of that kind."""

    digest: datetime | None
    weekly: datetime | None


def subscribe(
    connection: sqlite3.Connection, channel: Channel, wishes: Sequence[Subscription], due: Due, *, now: datetime
) -> None:
    """Add wishes; a channel given without a cadence, or without quiet hours, keeps those that it has."""
    kept = _of_chat(connection, channel.id) or channel
    asked = replace(
        channel,
        digest=channel.digest or kept.digest,
        weekly=channel.weekly or kept.weekly,
        quiet=channel.quiet or kept.quiet,
    )
    _enlist(connection, asked, wishes, due, by=channel.owner, now=now)


def arrange(
    connection: sqlite3.Connection,
    channel: Channel,
    wishes: Sequence[Subscription],
    due: Due,
    *,
    by: str,
    now: datetime,
) -> None:
    """Make these the wishes of a channel, and its cadences and quiet hours as given."""
    wished = {wish.topic for wish in wishes}
    gone = sorted(wish.topic for wish in wishes_of(connection, channel.id) if wish.topic not in wished)
    connection.execute(sql.UNSUBSCRIBE, {"channel": str(channel.id), "topics": json.dumps(gone)}).fetchall()
    _enlist(connection, channel, wishes, due, by=by, now=now)
    if gone:
        note(connection, channel.id, "unsubscribed", ", ".join(gone), by=by, now=now)


def _enlist(
    connection: sqlite3.Connection,
    channel: Channel,
    wishes: Sequence[Subscription],
    due: Due,
    *,
    by: str,
    now: datetime,
) -> None:
    """Add wishes to a channel, which is from now on as it is given, and note what that changed."""
    before = _of_chat(connection, channel.id)
    old = {wish.topic: wish.wish for wish in wishes_of(connection, channel.id)}
    new = [wish for wish in wishes if old.get(wish.topic) != wish.wish]
    comes = {"next_digest": rows.text_or_none(due.digest), "next_weekly": rows.text_or_none(due.weekly)}
    connection.execute(sql.LIST_IN_CHAT, rows.channel_values(channel) | {"owner": channel.owner or by} | comes)
    connection.executemany(
        sql.SUBSCRIBE_IN_CHAT, [rows.wish_values(replace(wish, channel=channel.id)) for wish in wishes]
    )
    settle_wishes(connection, str(channel.id))
    _end_unlisted(connection)
    if new:
        note(connection, channel.id, "subscribed", audit.told_wishes(new), by=by, now=now)
    after = _of_chat(connection, channel.id)
    for kind in DIGEST_KINDS:
        cadence = after and after.cadence(kind)
        if cadence and cadence != (before and before.cadence(kind)):
            note(connection, channel.id, "cadence", audit.told_cadence(cadence, kind), by=by, now=now)
    if after and after.quiet != (before and before.quiet):
        note(connection, channel.id, "quiet", audit.told_quiet(after.quiet), by=by, now=now)


def unsubscribe(
    connection: sqlite3.Connection, channel: ChannelId, topics: Collection[str], *, by: str, now: datetime
) -> None:
    """End wishes, and with them what is owed for nothing else."""
    _of_chat(connection, channel)
    ended = connection.execute(sql.UNSUBSCRIBE, {"channel": str(channel), "topics": json.dumps(sorted(topics))})
    names = sorted(row["topic"] for row in ended.fetchall())
    if names:
        settle_wishes(connection, str(channel))
        _end_unlisted(connection)
        note(connection, channel, "unsubscribed", ", ".join(names), by=by, now=now)


def wishes_of(connection: sqlite3.Connection, channel: ChannelId) -> list[Subscription]:
    """The standing wishes of one channel, in the order in which they were made."""
    return [rows.subscription(row) for row in connection.execute(sql.SUBSCRIPTIONS_OF, {"channel": str(channel)})]


def _of_chat(connection: sqlite3.Connection, channel: ChannelId) -> Channel | None:
    """The channel as it stands; None: it gets nothing. StoreError where the file sets it."""
    row = connection.execute(sql.CHANNEL, {"channel": str(channel)}).fetchone()
    if row is not None and row["set_by"] == "file":
        raise StoreError(f"{channel} stands in feeds.yaml; change it there")
    return row and rows.channel(row)


def note(
    connection: sqlite3.Connection, channel: ChannelId, what: ChangeKind, told: str, *, by: str, now: datetime
) -> None:
    """Write a line of the audit."""
    line: rows.Values = {"at": rows.text_of(now), "channel": str(channel), "by": by, "what": what, "told": told}
    connection.execute(sql.NOTE, line)


# ── pauses


def pause(connection: sqlite3.Connection, channel: ChannelId, told: Pause, *, by: str, now: datetime) -> None:
    """Post nothing there until then; a pause takes the place of one before."""
    end_run_out(connection, now=now)
    bound: rows.Values = {"channel": str(channel), "why": told.why, "until": rows.text_or_none(told.until)}
    must_change(connection, sql.PAUSE, bound, otherwise=f"there is no channel {channel}")
    note(connection, channel, "paused", audit.told_pause(told), by=by, now=now)


def pause_workspace(
    connection: sqlite3.Connection, platform: str, workspace: str, told: Pause, *, now: datetime
) -> None:
    """Pause each channel there that is not paused."""
    end_run_out(connection, now=now)
    for row in connection.execute(sql.UNPAUSED).fetchall():
        channel = rows.channel_id(row["id"])
        if channel[:2] == (platform, workspace):
            pause(connection, channel, told, by=OURSELVES, now=now)


def resume(connection: sqlite3.Connection, channel: ChannelId, *, by: str, now: datetime) -> bool:
    """End the pause; False: there was none."""
    end_run_out(connection, now=now)
    return _end_pause(connection, channel, by=by, now=now, ran_out=False)


def end_run_out(connection: sqlite3.Connection, *, now: datetime) -> None:
    """End the pauses whose time has come."""
    for row in connection.execute(sql.RUN_OUT, {"now": rows.text_of(now)}).fetchall():
        _end_pause(connection, rows.channel_id(row["id"]), by=OURSELVES, now=now, ran_out=True)


def _end_pause(connection: sqlite3.Connection, channel: ChannelId, *, by: str, now: datetime, ran_out: bool) -> bool:
    bound = {"channel": str(channel)}
    if connection.execute(sql.RESUME, bound).rowcount == 0:
        return False
    folded = connection.execute(sql.FOLD, bound | {"stories": None}).rowcount
    if folded:
        connection.execute(sql.CATCH_UP, bound | {"now": rows.text_of(now)})
    note(connection, channel, "resumed", audit.told_resumed(folded, ran_out=ran_out), by=by, now=now)
    return True


# ── commands


def was_answered(connection: sqlite3.Connection, command: str) -> bool:
    """Whether a command of this id was answered."""
    return connection.execute(sql.WAS_ANSWERED, {"command": command}).fetchone() is not None


def answered(connection: sqlite3.Connection, command: str, *, now: datetime) -> None:
    """Note that it was, and forget those of a day ago."""
    connection.execute(sql.FORGET_ANSWERED, {"day_before": rows.text_of(now - DAY)})
    connection.execute(sql.ANSWERED, {"command": command, "now": rows.text_of(now)})


# ── claims


def claim(connection: sqlite3.Connection, bound: rows.Values, *, now: datetime) -> list[Claim]:
    """Lease channels where something is due, and none that is paused."""
    end_run_out(connection, now=now)
    return [_claim(connection, row, now=now) for row in connection.execute(sql.CLAIM_CHANNELS, bound).fetchall()]


def _claim(connection: sqlite3.Connection, row: sqlite3.Row, *, now: datetime) -> Claim:
    connection.execute(sql.LOST_SIGHT, {"channel": row["id"]})
    return claim_of(row, connection.execute(post_sql.UNSETTLED, {"channel": row["id"]}), now=now)


def claim_of(row: sqlite3.Row, posts: Iterable[sqlite3.Row], *, now: datetime | None) -> Claim:
    """A channel, its unsettled posts, and its digest that is due, of two the daily one.

    Without `now`, the next digest, due or not; of two the one that comes first.
    """
    told = rows.channel(row)
    coming = [
        (due, kind)
        for kind in told.digests
        if (due := rows.moment_or_none(row[_NEXT[kind]])) and (now is None or due <= now)
    ]
    if now is None:
        coming.sort(key=itemgetter(0))
    none: tuple[datetime | None, DigestKind] = (None, next(iter(told.digests), "daily"))
    due, kind = next(iter(coming), none)
    cadence, digest = told.cadence(kind), None
    if due and cadence:
        last = last_due(cadence, due=due, now=now or due)
        digest = DigestKey(cadence=kind, day=local_day(last, cadence))
    elif cadence and now and row["catch_up_at"] is not None:
        digest = DigestKey(cadence=kind, day=now.astimezone(ZoneInfo(cadence.zone)).date(), catch_up=True)
    return Claim(
        channel=told,
        digest=digest,
        since=rows.moment_or_none(row[_LAST[kind]]),
        posts=tuple(map(rows.post, posts)),
    )
