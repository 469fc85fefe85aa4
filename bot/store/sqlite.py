"""One SQLite file as the whole Store: one writer thread, one transaction for each method."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import StoreError
from bot.model import (
    Channel,
    ChannelId,
    Claim,
    Delivery,
    DigestKey,
    Draft,
    Feed,
    FeedState,
    Item,
    Post,
    Receipt,
    Story,
    Subscription,
    Topic,
    Watched,
)
from bot.store import rows
from bot.store import statements as sql
from bot.store.opening import Line, for_writing
from bot.store.reading import SqliteReader

# Some publishers make a new guid at each build; what a feed gave this long ago under another one is not new.
TWIN = timedelta(days=30)
DAY = timedelta(days=1)


def migrate(path: Path) -> list[str]:
    """Bring the database up to date, or make it; the names of the migrations that ran.

    Raises Busy where another instance holds it, StoreError where it cannot be used.
    """
    opened = for_writing(path)
    opened.close()
    return list(opened.ran)


class SqliteStore(SqliteReader):
    """The Store of the one instance that runs; see the protocol for what each method gives."""

    def __init__(self, line: Line, *, worker: str) -> None:
        super().__init__(line)
        self._worker = worker

    @classmethod
    async def open(cls, path: Path, *, worker: str) -> SqliteStore:
        """The database, locked for this instance and up to date; made if there is none.

        `worker` is the name under which it holds leases. Raises Busy where another instance holds the database,
        StoreError where it cannot be used.
        """
        return cls(await Line.open(for_writing, path), worker=worker)

    # ── what feeds.yaml says

    async def settle_config(
        self,
        *,
        feeds: Sequence[Feed],
        topics: Sequence[Topic],
        channels: Sequence[tuple[Channel, Sequence[Subscription]]],
        now: datetime,
    ) -> None:
        """Make feeds, channels and subscriptions what feeds.yaml says."""
        known = {topic.id for topic in topics}
        wishes = [wish for _, all_wishes in channels for wish in all_wishes if wish.topic in known]
        await self._line.write(_settle_feeds_and_channels, feeds, [told for told, _ in channels], wishes, now=now)

    async def set_digest(self, channel: ChannelId, *, due: datetime | None) -> None:
        """When the channel's next digest is due."""
        bound: rows.Values = {"channel": str(channel), "due": rows.text_or_none(due)}
        await self._line.write(_change, sql.SET_DIGEST, bound, otherwise=f"there is no channel {channel}")

    async def undated(self) -> list[Channel]:
        """Channels with a cadence whose next digest is to be reckoned."""
        return await self._line.read(_undated)

    # ── feeds and items

    async def claim_feeds(
        self, now: datetime, *, limit: int, lease: timedelta, only: Collection[str] | None = None
    ) -> list[FeedState]:
        """Lease feeds that are due and not leased; with `only`, those, due or not."""
        bound: rows.Values = {
            "now": rows.text_of(now),
            "until": rows.text_of(now + lease),
            "worker": self._worker,
            "limit": limit,
            "only": json.dumps(sorted(only or ())),
        }
        return await self._line.write(_claim_feeds, sql.CLAIM_FEEDS if only is None else sql.CLAIM_NAMED_FEEDS, bound)

    async def unseen(self, feed: str, items: Sequence[Item]) -> list[Item]:
        """Those not kept yet, in the given order, each key once."""
        return await self._line.write(_unseen, feed, items)

    async def stories(self, *, since: datetime) -> list[Story]:
        """Stories whose first item was seen since then, oldest first."""
        return await self._line.read(_stories, since=rows.text_of(since))

    async def keep(self, watched: Watched) -> None:
        """Write one reading of one feed, and end its lease: all or nothing."""
        await self._line.write(_keep, watched, worker=self._worker)

    async def next_feed(self) -> datetime | None:
        """When the next watched feed can be claimed."""
        return await self._line.read(_moment, sql.NEXT_FEED)

    # ── channels

    async def claim_channel(
        self, now: datetime, *, lease: timedelta, platforms: Collection[str] | None = None
    ) -> Claim | None:
        """Lease one channel where something is due."""
        bound: rows.Values = {
            "now": rows.text_of(now),
            "until": rows.text_of(now + lease),
            "worker": self._worker,
            "platforms": _listed(platforms),
        }
        return await self._line.write(_claim_channel, bound, now=now)

    async def release(self, channel: ChannelId) -> None:
        """End the channel's lease, if it is still ours."""
        await self._line.write(_execute, sql.RELEASE, {"channel": str(channel), "worker": self._worker})

    async def next_channel(self, *, platforms: Collection[str] | None = None) -> datetime | None:
        """When something can next be claimed in a channel of these platforms."""
        return await self._line.read(_moment, sql.NEXT_CHANNEL, {"platforms": _listed(platforms)})

    # ── posts

    async def plan(
        self,
        channel: ChannelId,
        drafts: Sequence[Draft],
        *,
        digest: DigestKey | None,
        next_digest: datetime | None,
        dropped: Sequence[Delivery] = (),
        now: datetime,
    ) -> list[Post]:
        """Store rendered messages as owed posts, and which stories they tell.

        Raises StoreError if one of the stories is not owed there (any more).
        """
        posts = rows.planned(channel, drafts, digest=digest, now=now)
        telling = [(post, draft.stories) for post, draft in zip(posts, drafts, strict=True)]
        made = await self._line.write(
            _plan, str(channel), telling, dropped, digest=_digest_values(digest, next_digest), now=rows.text_of(now)
        )
        return posts if made else []

    async def begin(self, post: Post, *, now: datetime, lease: timedelta, look: datetime) -> Post:
        """owed → sending, on disk before this returns; looked at no sooner than `look` if nothing is heard of it.

        Raises StoreError if the post is not owed, another one of the channel is under way, or another worker has
        the channel.
        """
        times: rows.Values = {
            "now": rows.text_of(now),
            "until": rows.text_of(now + lease),
            "look": rows.text_of(look),
        }
        return await self._line.write(_begin, post, times | {"worker": self._worker})

    async def settle(self, post: Post, receipt: Receipt) -> None:
        """→ sent."""
        await self._move(sql.SETTLE_POST, post, message=receipt.message)

    async def put_off(self, post: Post, *, due: datetime, why: str) -> None:
        """sending → owed after a sure failure, not before `due`."""
        await self._move(sql.PUT_OFF_POST, post, due=rows.text_of(due), why=why)

    async def doubt(self, post: Post, *, due: datetime, why: str) -> Post:
        """sending → unknown, to be looked for at `due`; unknown → unknown after a look in vain."""
        return await self._move(sql.DOUBT_POST, post, due=rows.text_of(due), why=why)

    async def repeat(self, post: Post, *, marked: bool) -> Post:
        """unknown → owed, at once."""
        return await self._move(sql.REPEAT_POST, post, marked=marked)

    async def refuse(self, post: Post, *, why: str) -> None:
        """→ refused, and with it what should have gone into its thread."""
        await self._line.write(_refuse, {"id": post.id, "why": why})

    async def _move(self, statement: str, post: Post, **values: str | int) -> Post:
        return await self._line.write(_move, statement, {"id": post.id, **values})

    async def beat(self, now: datetime) -> None:
        """Leave a sign of life for `health`."""
        await self._line.write(_execute, sql.BEAT, {"now": rows.text_of(now)})


# ── units of work: each runs in the writer thread, inside one transaction


def _execute(connection: sqlite3.Connection, statement: str, bound: rows.Values) -> None:
    connection.execute(statement, bound)


def _change(connection: sqlite3.Connection, statement: str, bound: rows.Values, *, otherwise: str) -> None:
    if connection.execute(statement, bound).rowcount == 0:
        raise StoreError(otherwise)


def _moment(connection: sqlite3.Connection, statement: str, bound: rows.Values | None = None) -> datetime | None:
    return rows.moment_or_none(connection.execute(statement, bound or {}).fetchone()[0])


def _listed(platforms: Collection[str] | None) -> str | None:
    return None if platforms is None else json.dumps(sorted(platforms))


def _settle_feeds_and_channels(
    connection: sqlite3.Connection,
    feeds: Sequence[Feed],
    channels: Sequence[Channel],
    wishes: Sequence[Subscription],
    *,
    now: datetime,
) -> None:
    watched = json.dumps([row["id"] for row in connection.execute(sql.WATCHED_FEEDS)])
    connection.execute(sql.UNWATCH_FEEDS)
    connection.executemany(sql.WATCH_FEED, [rows.feed_values(feed, now) | {"watched": watched} for feed in feeds])
    connection.execute(sql.UNLIST_CHANNELS)
    connection.executemany(sql.LIST_CHANNEL, [rows.channel_values(told) for told in channels])
    for statement in (sql.END_SUBSCRIPTIONS, sql.END_DIGESTS, sql.END_DELIVERIES, sql.END_POSTS):
        connection.execute(statement)
    connection.executemany(
        sql.SUBSCRIBE, [{"channel": str(wish.channel), "topic": wish.topic, "wish": wish.wish} for wish in wishes]
    )


def _undated(connection: sqlite3.Connection) -> list[Channel]:
    return [rows.channel(row) for row in connection.execute(sql.UNDATED)]


def _claim_feeds(connection: sqlite3.Connection, statement: str, bound: rows.Values) -> list[FeedState]:
    return [rows.feed_state(row) for row in connection.execute(statement, bound).fetchall()]


def _unseen(connection: sqlite3.Connection, feed: str, items: Sequence[Item]) -> list[Item]:
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


def _stories(connection: sqlite3.Connection, *, since: str) -> list[Story]:
    return rows.stories(connection.execute(sql.STORIES, {"since": since}))


def _keep(connection: sqlite3.Connection, watched: Watched, *, worker: str) -> None:
    state = rows.values_of(watched.state) | {"worker": worker}
    _change(connection, sql.KEEP_STATE, state, otherwise=f"there is no feed {watched.state.feed}")
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


def _claim_channel(connection: sqlite3.Connection, bound: rows.Values, *, now: datetime) -> Claim | None:
    claimed = connection.execute(sql.CLAIM_CHANNEL, bound).fetchall()
    if not claimed:
        return None
    row = claimed[0]
    connection.execute(sql.LOST_SIGHT, {"channel": row["id"]})
    return rows.claim(row, connection.execute(sql.UNSETTLED, {"channel": row["id"]}), now=now)


def _digest_values(digest: DigestKey | None, due: datetime | None) -> rows.Values | None:
    if digest is None:
        return None
    return {"cadence": digest.cadence, "day": digest.day.isoformat(), "due": rows.text_or_none(due)}


def _plan(
    connection: sqlite3.Connection,
    channel: str,
    telling: Sequence[tuple[Post, Sequence[str]]],
    dropped: Sequence[Delivery],
    *,
    digest: rows.Values | None,
    now: str,
) -> bool:
    """Whether it is planned now; False: this day's digest was made before."""
    if digest is not None and not _digest_is_new(connection, digest | {"channel": channel, "now": now}):
        return False
    for post, stories in telling:
        connection.execute(sql.ADD_POST, rows.post_values(post))
        for story in stories:
            told: rows.Values = {"channel": channel, "story": story, "post": post.id, "now": now}
            _change(connection, sql.TOLD_BY, told, otherwise=f"story {story} is not owed to {channel}")
    for delivery in dropped:
        connection.execute(sql.DROP_DELIVERY, {"channel": channel, "story": delivery.story})
    return True


def _digest_is_new(connection: sqlite3.Connection, digest: rows.Values) -> bool:
    connection.execute(sql.SET_DIGEST, digest)
    new = connection.execute(sql.ADD_DIGEST, digest).rowcount > 0
    if new:
        connection.execute(sql.DIGEST_MADE, digest)
    return new


def _begin(connection: sqlite3.Connection, post: Post, times: rows.Values) -> Post:
    bound = times | {"id": post.id, "channel": str(post.channel)}
    _change(connection, sql.RENEW_LEASE, bound, otherwise=f"another worker has {post.channel}")
    return _move(connection, sql.BEGIN_POST, bound)


def _move(connection: sqlite3.Connection, statement: str, bound: rows.Values) -> Post:
    """The post in its new state; StoreError if it does not stand where this move begins."""
    moved = connection.execute(statement, bound).rowcount
    row = connection.execute(sql.POST, {"id": bound["id"]}).fetchone()
    if not moved:
        raise StoreError(f"post {bound['id']} is {row['state']}: not now" if row else f"there is no post {bound['id']}")
    return rows.post(row)


def _refuse(connection: sqlite3.Connection, bound: rows.Values) -> None:
    _move(connection, sql.REFUSE_POST, bound)
    connection.execute(sql.REFUSE_THREAD, bound)
