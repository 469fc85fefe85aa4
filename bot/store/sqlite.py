"""One SQLite file as the whole Store: one writer thread, one transaction for each method."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.model import (
    Channel,
    ChannelId,
    Claim,
    Delivery,
    DigestKey,
    DigestKind,
    Draft,
    Dropped,
    Duty,
    Feed,
    FeedState,
    Follow,
    Item,
    Mark,
    News,
    Outdated,
    Post,
    Recalled,
    Receipt,
    Sequel,
    Subscription,
    Telling,
    Topic,
    Trace,
    Watched,
)
from bot.store import channels as channel_units
from bot.store import feed_rows, old, post_rows, restoring, rows
from bot.store import feeds as feed_units
from bot.store import posts as post_units
from bot.store import sequels as sequel_units
from bot.store import statements as sql
from bot.store import statements_channels as channel_sql
from bot.store import statements_posts as post_sql
from bot.store.line import Line
from bot.store.locks import WHOLE
from bot.store.opening import for_writing, must_change
from bot.store.wishes import SqliteWishes

# So many items are made rows before other work gets its turn.
BATCH = 20


def migrate(path: Path) -> list[str]:
    """Bring the database up to date, or make it; the names of the migrations that ran.

    Raises Busy where another instance holds it, StoreError where it cannot be used.
    """
    opened = for_writing(path)
    opened.close()
    return list(opened.ran)


class SqliteStore(SqliteWishes):
    """The Store of a process that has duties; see the protocol for what each method gives."""

    def __init__(self, line: Line, *, worker: str) -> None:
        super().__init__(line)
        self._worker = worker

    @classmethod
    async def open(cls, path: Path, *, worker: str, duties: frozenset[Duty] = WHOLE) -> SqliteStore:
        """The database, locked for these duties and up to date; made if there is none.

        `worker` is the name under which it holds leases. Raises Busy where another process holds the database, or one
        of the duties, StoreError where it cannot be used.
        """
        return cls(await Line.open(partial(for_writing, duties=duties), path), worker=worker)

    # ── what feeds.yaml says

    async def settle_config(
        self,
        *,
        feeds: Sequence[Feed],
        topics: Sequence[Topic],
        channels: Sequence[tuple[Channel, Sequence[Subscription]]],
        now: datetime,
    ) -> list[tuple[ChannelId, str]]:
        """Make feeds, channels and the file's subscriptions what feeds.yaml says; the wishes of chat that ended."""
        return await self._line.write(_settle_config, feeds, {topic.id for topic in topics}, channels, now=now)

    async def set_digest(self, channel: ChannelId, *, due: datetime | None, kind: DigestKind = "daily") -> None:
        """When the channel's next digest of that kind is due."""
        bound: rows.Values = {"channel": str(channel), "due": rows.text_or_none(due), "cadence": kind}
        await self._line.write(must_change, channel_sql.SET_DIGEST, bound, otherwise=f"there is no channel {channel}")

    async def undated(self) -> list[tuple[Channel, DigestKind]]:
        """Channels with a cadence whose next digest is to be reckoned, and which of their digests."""
        return await self._line.read(channel_units.undated)

    # ── feeds and items

    async def claim_feeds(
        self, now: datetime, *, limit: int, lease: timedelta, only: Collection[str] | None = None
    ) -> list[FeedState]:
        """Lease feeds that are due, or these, due or not; of each owner one at a time."""
        bound: rows.Values = {
            "now": rows.text_of(now),
            "due": rows.text_of(now) if only is None else rows.NEVER,
            "until": rows.text_of(now + lease),
            "worker": self._worker,
            "limit": limit,
            "only": _listed(only),
        }
        return await self._line.note(feed_units.claim_feeds, bound)

    async def news(self, feed: str, items: Sequence[Item]) -> News:
        """What is not kept yet, and what is kept and told differently now; a link to the same page is the same."""
        return await self._line.note(feed_units.news, feed, items)

    async def at_once(self, feed: str, *, since: datetime) -> int:
        """How many stories that began with an item of this feed became owed at once; dropped ones are not counted."""
        return await self._line.read(feed_units.at_once, feed, since=rows.text_of(since))

    async def tellings(self, *, since: datetime, after: int) -> list[Telling]:
        """Items of the stories that began since then, kept after that serial, in the order of their serials."""
        return await self._line.read(feed_units.tellings, {"since": rows.text_of(since), "after": after})

    async def keep(self, watched: Watched) -> None:
        """Write one reading of one feed, and end its lease: all or nothing.

        What the channels were told of a feed is not written (see `announce`), but of a new flood.
        """
        items, changed = await _rows_of(watched.items), await _rows_of(watched.changed)
        await self._line.note(feed_units.keep, feed_units.Kept(watched, items, changed), worker=self._worker)

    async def release_feed(self, feed: str) -> None:
        """End the feed's lease, if it is still ours."""
        await self._line.note(_execute, sql.RELEASE_FEED, {"feed": feed, "worker": self._worker})

    async def has_room(self) -> bool:
        """Whether more may be read: the disk is not full."""
        return await self._line.has_room()

    async def drop_old(self, before: datetime, *, after: Mark) -> Dropped:
        """Take away some of what is older than that, from that mark on."""
        return await self._line.note(old.drop_old, rows.text_of(before), after)

    async def next_feed(self) -> datetime | None:
        """When the next watched feed can be claimed."""
        return await self._line.read(_moment, sql.NEXT_FEED)

    async def free_feeds(self) -> None:
        """End the leases that this worker has on feeds."""
        await self._line.note(_execute, sql.FREE_OURS, {"worker": self._worker})

    # ── channels

    async def claim_channels(
        self, now: datetime, *, limit: int, lease: timedelta, platforms: Collection[str] | None = None
    ) -> list[Claim]:
        """Lease channels where something is due."""
        bound: rows.Values = {
            "now": rows.text_of(now),
            "until": rows.text_of(now + lease),
            "worker": self._worker,
            "limit": limit,
            "platforms": _listed(platforms),
        }
        return await self._line.note(channel_units.claim, bound, now=now)

    async def release(self, channel: ChannelId) -> None:
        """End the channel's lease, if it is still ours."""
        await self._line.note(_execute, channel_sql.RELEASE, {"channel": str(channel), "worker": self._worker})

    async def next_channel(self, *, platforms: Collection[str] | None = None) -> datetime | None:
        """When something can next be claimed in a channel of these platforms."""
        return await self._line.read(_moment, channel_sql.NEXT_CHANNEL, {"platforms": _listed(platforms)})

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
        posts = post_rows.planned(channel, drafts, digest=digest, now=now)
        made = await self._line.write(
            post_units.plan,
            str(channel),
            list(zip(posts, drafts, strict=True)),
            dropped,
            digest=_digest_values(digest, next_digest),
            now=rows.text_of(now),
        )
        return posts if made else []

    async def announce(self, drafts: Sequence[tuple[ChannelId, Draft]], states: Sequence[FeedState]) -> None:
        """Plan one post for each of these channels that still gets anything, and note what is told of these feeds.

        Raises StoreError for an unknown feed, or if just this was announced before.
        """
        telling = list(zip(post_rows.announced(drafts, states), (draft for _, draft in drafts), strict=True))
        await self._line.write(post_units.announce, telling, [feed_rows.state_values(state) for state in states])

    async def wait(self, channel: ChannelId, *, until: datetime) -> None:
        """Tell nothing at once there before that."""
        bound: rows.Values = {"channel": str(channel), "until": rows.text_of(until)}
        await self._line.note(_execute, post_sql.WAIT_AT_ONCE, bound)

    async def fold(self, channel: ChannelId, stories: Sequence[str]) -> None:
        """What was owed at once goes into the channel's digest."""
        await self._line.write(
            _execute, channel_sql.FOLD, {"channel": str(channel), "stories": json.dumps(list(stories))}
        )

    async def unplan(self, post: Post, *, fold: bool) -> bool:
        """A post that surely was not accepted never was, and its stories are owed again; False: it may have been."""
        return await self._line.write(post_units.unplan, post, fold=fold)

    async def outdated(self, channel: ChannelId) -> list[Outdated]:
        """What is owed to messages that stand in a channel, by message."""
        return await self._line.note(sequel_units.outdated, str(channel))

    async def follow(self, follows: Sequence[Follow], *, done: Sequence[Sequel], now: datetime) -> None:
        """Plan what goes on from messages that stand."""
        planned = list(zip(post_rows.following(follows, now=now), follows, strict=True))
        await self._line.write(sequel_units.follow, planned, done)

    async def recall(self, channel: ChannelId, traces: Sequence[Trace], *, since: datetime, now: datetime) -> Recalled:
        """After a restore: note what the channel was told since then, of which the database knows nothing."""
        return await self._line.write(restoring.recall, channel, traces, since=since, now=now)

    async def distrust(self, channel: ChannelId, *, opened: datetime, before: datetime, why: str) -> int:
        """After a restore, where nobody can look: hold what was not sent, and from now on what may stand there."""
        return await self._line.write(restoring.distrust, channel, opened=opened, before=before, why=why)

    async def begin(
        self, post: Post, *, now: datetime, lease: timedelta, look: datetime, pace: timedelta = timedelta()
    ) -> Post:
        """owed → sending, on disk before this returns; looked at no sooner than `look` if nothing is heard of it.

        Raises StoreError if the post is not owed, another one of the channel is under way, or another worker has
        the channel.
        """
        times: rows.Values = {
            "now": rows.text_of(now),
            "until": rows.text_of(now + lease),
            "look": rows.text_of(look),
            "next_send": rows.text_of(now + pace) if pace else None,
        }
        return await self._line.write(post_units.begin, post, times | {"worker": self._worker})

    # What a platform answered cannot be asked again everywhere, so it is written as soon as anything can be.

    async def settle(self, post: Post, receipt: Receipt, *, next_send: datetime | None = None) -> None:
        """→ sent; nothing else is due in its channel before `next_send`."""
        told: rows.Values = {"id": post.id, "message": receipt.message, "due": rows.text_or_none(next_send)}
        await self._line.insist(post_units.move_and_wait, post_sql.SETTLE_POST, told)

    async def put_off(self, post: Post, *, due: datetime, why: str) -> None:
        """sending → owed after a sure failure; nothing is due in its channel before `due`."""
        told: rows.Values = {"id": post.id, "due": rows.text_of(due), "why": why}
        await self._line.insist(post_units.move_and_wait, post_sql.PUT_OFF_POST, told)

    async def doubt(self, post: Post, *, due: datetime, why: str) -> Post:
        """sending → unknown, to be looked for at `due`; unknown → unknown after a look in vain."""
        return await self._move(post_sql.DOUBT_POST, post, due=rows.text_of(due), why=why)

    async def repeat(self, post: Post, *, marked: bool) -> Post:
        """unknown → owed, at once."""
        return await self._move(post_sql.REPEAT_POST, post, marked=marked)

    async def say_plainly(self, post: Post, payload: str, *, due: datetime, why: str) -> None:
        """sending → owed once more, as plain text."""
        await self._move(post_sql.SAY_PLAINLY, post, payload=payload, due=rows.text_of(due), why=why)

    async def refuse(self, post: Post, *, why: str) -> None:
        """→ refused, and with it what should have gone into its thread."""
        await self._line.insist(post_units.refuse, {"id": post.id, "why": why})

    async def hold(self, post: Post, *, why: str) -> None:
        """unknown → held, and with it what should go into its thread: a person decides."""
        await self._line.write(post_units.hold, {"id": post.id, "why": why})

    async def _move(self, statement: str, post: Post, **values: str | int) -> Post:
        return await self._line.insist(post_units.move, statement, {"id": post.id, **values})

    async def beat(self, now: datetime, duties: Collection[Duty]) -> None:
        """Leave a sign of life of these duties for `health`."""
        await self._line.note(_execute, sql.BEAT, {"now": rows.text_of(now), "duties": json.dumps(sorted(duties))})


# ── beside the units of work


def _settle_config(
    connection: sqlite3.Connection,
    feeds: Sequence[Feed],
    topics: Collection[str],
    channels: Sequence[tuple[Channel, Sequence[Subscription]]],
    *,
    now: datetime,
) -> list[tuple[ChannelId, str]]:
    feed_units.settle_feeds(connection, feeds, now=now)
    return channel_units.settle_channels(connection, channels, topics, now=now)


async def _rows_of(items: Sequence[Item]) -> list[rows.Values]:
    """What is stored of each item. Some 50 µs each, so other work gets its turn."""
    made: list[rows.Values] = []
    for number, item in enumerate(items, start=1):
        made.append(rows.item_values(item))
        if number % BATCH == 0:
            await asyncio.sleep(0)
    return made


def _execute(connection: sqlite3.Connection, statement: str, bound: rows.Values) -> None:
    connection.execute(statement, bound)


def _moment(connection: sqlite3.Connection, statement: str, bound: rows.Values | None = None) -> datetime | None:
    return rows.moment_or_none(connection.execute(statement, bound or {}).fetchone()[0])


def _listed(platforms: Collection[str] | None) -> str | None:
    return None if platforms is None else json.dumps(sorted(platforms))


def _digest_values(digest: DigestKey | None, due: datetime | None) -> rows.Values | None:
    if digest is None:
        return None
    return {"cadence": digest.name, "day": digest.day.isoformat(), "due": rows.text_or_none(due)}
