"""The read side of a SQLite database, beside a running bot or inside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from bot.model import (
    Change,
    Channel,
    ChannelId,
    Claim,
    DigestKind,
    FeedState,
    Found,
    ItemId,
    Judged,
    KeptRecord,
    Message,
    Owed,
    Post,
    PostState,
    Readings,
    Settings,
    Status,
    Story,
    Subscription,
)
from bot.store import audit, channels, feed_rows, feedback, posts, records, reserve, restoring, rows
from bot.store import statements as sql
from bot.store import statements_archive as archive_sql
from bot.store import statements_channels as channel_sql
from bot.store import statements_posts as post_sql
from bot.store.line import Line
from bot.store.opening import for_reading
from bot.topics.text import canonical_link, host_of

NEWEST = 2_000  # of the items that a search finds, so many are weighed against each other


class SqliteReader:
    """What is known, from one SQLite file; see the Reader protocol for what each method gives."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @classmethod
    async def read_only(cls, path: Path) -> SqliteReader:
        """The database beside a running bot, never written. Raises StoreError where there is none to read."""
        return SqliteReader(await Line.open(for_reading, path))

    async def close(self) -> None:
        """Let go of the file."""
        await self._line.close()

    async def latest(self, *, topic: str | None, limit: int) -> list[Found]:
        """Items that match, newest first."""
        return await self._line.read(_latest, topic=topic, limit=limit)

    async def search(self, words: str, *, limit: int) -> list[Found]:
        """Items that hold every word, best first."""
        query = rows.search_query(words)
        return await self._line.read(_search, query=query, limit=limit) if query else []

    async def items_by_link(self, url: str) -> list[Found]:
        """Items whose link leads to the same page as this one."""
        return await self._line.read(_items_by_link, url=url)

    async def items(self, *, since: datetime, after: ItemId | None, limit: int) -> list[Found]:
        """The next items first seen since then."""
        return await self._line.read(_items, since=rows.text_of(since), after=after, limit=limit)

    async def feed_states(self) -> list[FeedState]:
        """The state of every watched feed, by id."""
        return await self._line.read(_feed_states)

    async def records(self) -> list[KeptRecord]:
        """The depositary's record as each watched feed of that kind told it, the one read last first."""
        return await self._line.read(records.records)

    async def channels(self) -> list[Channel]:
        """Every channel, by its written id."""
        return await self._line.read(_channels)

    async def subscriptions(self) -> list[Subscription]:
        """Every standing wish, each channel's in the order in which they were made."""
        return await self._line.read(_subscriptions)

    async def owed(self, channel: ChannelId) -> list[Owed]:
        """Deliveries that no post tells yet, oldest first."""
        return await self._line.read(_owed, channel=str(channel))

    async def told(self, channel: ChannelId, *, since: datetime) -> list[Story]:
        """Stories that a post tells, planned since then and not refused."""
        return await self._line.read(_told, channel=str(channel), since=rows.text_of(since))

    async def told_before(self, channel: ChannelId) -> frozenset[str]:
        """Pages, and ids of posts, that it was told after the backup that was restored."""
        return await self._line.read(restoring.told_before, channel)

    async def earlier(self, channel: ChannelId, *, since: datetime | None, kind: DigestKind = "daily") -> int:
        """How many stories were told there since that time before a digest of that kind."""
        bound: rows.Values = {"channel": str(channel), "since": rows.text_or_none(since), "cadence": kind}
        return await self._line.read(_earlier, bound)

    async def stories_by_week(self, topics: Collection[str], *, weeks: Sequence[datetime]) -> dict[str, list[int]]:
        """How many stories about each of these topics began in each week."""
        return await self._line.read(_stories_by_week, list(topics), weeks=[rows.text_of(one) for one in weeks])

    async def told_at_once(self, channel: ChannelId, *, since: datetime) -> list[datetime]:
        """When each message was planned after that time that told something there at once, oldest first."""
        return await self._line.read(_told_at_once, channel=str(channel), since=rows.text_of(since))

    async def message_of(self, post: str) -> Message | None:
        """What a post tells, as it was composed; None: that was not kept."""
        return await self._line.read(posts.message_of, post)

    async def readings(self, *, since: datetime | None) -> Readings:
        """What was read since then, which feeds fail now, and which brought too much at once."""
        return await self._line.read(_readings, since=rows.text_or_none(since))

    async def claim_view(self, channel: ChannelId) -> Claim | None:
        """The channel as a claim would show it; its digest is the next one, due or not."""
        return await self._line.read(_claim_view, channel=str(channel))

    async def settings(self, channel: ChannelId) -> Settings | None:
        """What a channel gets; None: nobody has subscribed it."""
        return await self._line.read(_settings, channel)

    async def changes(
        self, *, limit: int, channel: ChannelId | None = None, since: datetime | None = None
    ) -> list[Change]:
        """Who changed what, newest first."""
        where = None if channel is None else str(channel)
        return await self._line.read(_changes, {"limit": limit, "channel": where, "since": rows.text_or_none(since)})

    async def known_to(self, platform: str, workspace: str, person: str) -> list[ChannelId]:
        """Channels of a workspace that get something and in which that person changed or marked anything."""
        return await self._line.read(feedback.known_to, f"{platform}:{workspace}", person)

    async def topic_counts(self, *, since: datetime) -> dict[str, int]:
        """How many items about each topic were first seen since then."""
        return await self._line.read(feedback.topic_counts, since=rows.text_of(since))

    async def story(self, story: str) -> Story | None:
        """A story as it is told by now; None: it is not kept."""
        return await self._line.read(feedback.story, story)

    async def feedback(self, *, since: datetime | None = None) -> list[Judged]:
        """What people said of stories that are kept, the oldest word first."""
        return await self._line.read(feedback.judged, since=rows.text_or_none(since))

    async def muted(self, channel: ChannelId | None = None) -> dict[ChannelId, frozenset[str]]:
        """Which feeds are muted in which channels."""
        return await self._line.read(feedback.muted, None if channel is None else str(channel))

    async def outbox(self) -> list[Post]:
        """Posts that are not sent, newest last, each with its `why`."""
        return await self._line.read(_outbox)

    async def status(self) -> Status:
        """How the whole stands."""
        status = await self._line.read(_status)
        path = self._line.path
        return replace(
            status, trouble=self._line.trouble, keeps_room=reserve.is_laid(path), has_room=reserve.has_room(path)
        )


def _latest(connection: sqlite3.Connection, *, topic: str | None, limit: int) -> list[Found]:
    statement = archive_sql.LATEST if topic is None else archive_sql.LATEST_OF_TOPIC
    return [rows.found(row, topic=topic) for row in connection.execute(statement, {"topic": topic, "limit": limit})]


def _search(connection: sqlite3.Connection, *, query: str, limit: int) -> list[Found]:
    return [
        rows.found(row)
        for row in connection.execute(archive_sql.SEARCH, {"query": query, "limit": limit, "newest": NEWEST})
    ]


def _items_by_link(connection: sqlite3.Connection, *, url: str) -> list[Found]:
    page, host = canonical_link(url), host_of(url).removeprefix("www.")
    beginnings = [f"{scheme}://{www}{host}" for scheme in ("https", "http") for www in ("", "www.")] if host else [page]
    end = page.partition("?")[0].rpartition("/")[2].lower() if host else ""
    links = connection.execute(archive_sql.LINKS_LIKE, {"beginnings": json.dumps(beginnings), "end": end})
    found = [row["id"] for row in links if canonical_link(row["link"]) == page]
    return [rows.found(row) for id_ in found for row in connection.execute(archive_sql.ITEM, {"id": id_})]


def _items(connection: sqlite3.Connection, *, since: str, after: ItemId | None, limit: int) -> list[Found]:
    feed, key = after or (None, None)
    bound = {"since": since, "feed": feed, "key": key, "limit": limit}
    return [rows.found(row) for row in connection.execute(archive_sql.ITEMS, bound)]


def _feed_states(connection: sqlite3.Connection) -> list[FeedState]:
    return [feed_rows.feed_state(row) for row in connection.execute(sql.FEED_STATES)]


def _channels(connection: sqlite3.Connection) -> list[Channel]:
    return [rows.channel(row) for row in connection.execute(channel_sql.CHANNELS)]


def _subscriptions(connection: sqlite3.Connection) -> list[Subscription]:
    return [rows.subscription(row) for row in connection.execute(channel_sql.SUBSCRIPTIONS)]


def _owed(connection: sqlite3.Connection, *, channel: str) -> list[Owed]:
    bound = {"channel": channel}
    told = rows.stories(connection.execute(post_sql.OWED_STORIES, bound))
    return rows.owed(connection.execute(post_sql.OWED, bound), told)


def _told(connection: sqlite3.Connection, *, channel: str, since: str) -> list[Story]:
    return rows.stories(connection.execute(post_sql.TOLD_STORIES, {"channel": channel, "since": since}))


def _earlier(connection: sqlite3.Connection, bound: rows.Values) -> int:
    return int(connection.execute(post_sql.EARLIER, bound).fetchone()[0])


def _stories_by_week(
    connection: sqlite3.Connection, topics: Sequence[str], *, weeks: Sequence[str]
) -> dict[str, list[int]]:
    counted = {topic: [0] * (len(weeks) - 1) for topic in topics}
    spans = [[begins, ends] for begins, ends in pairwise(weeks)]
    bound = {"first": weeks[0], "last": weeks[-1], "weeks": json.dumps(spans), "topics": json.dumps(topics)}
    for row in connection.execute(post_sql.STORIES_BY_WEEK, bound):
        counted[row["topic"]][row["week"]] = row["stories"]
    return counted


def _told_at_once(connection: sqlite3.Connection, *, channel: str, since: str) -> list[datetime]:
    found = connection.execute(post_sql.TOLD_AT_ONCE, {"channel": channel, "since": since})
    return [rows.moment_of(row["told"]) for row in found]


def _readings(connection: sqlite3.Connection, *, since: str | None) -> Readings:
    counts = connection.execute(sql.READINGS, {"since": since}).fetchone()
    failing = tuple(feed_rows.feed_state(row) for row in connection.execute(sql.FAILING))
    held = tuple(feed_rows.feed_state(row) for row in connection.execute(sql.HELD, {"since": since}))
    return Readings(feeds=counts["feeds"], items=counts["items"], matched=counts["matched"], failing=failing, held=held)


def _claim_view(connection: sqlite3.Connection, *, channel: str) -> Claim | None:
    row = connection.execute(channel_sql.CHANNEL, {"channel": channel}).fetchone()
    return row and channels.claim_of(row, connection.execute(post_sql.UNSETTLED, {"channel": channel}), now=None)


def _settings(connection: sqlite3.Connection, channel: ChannelId) -> Settings | None:
    row = connection.execute(channel_sql.CHANNEL, {"channel": str(channel)}).fetchone()
    return row and Settings(
        channel=rows.channel(row),
        subscriptions=tuple(channels.wishes_of(connection, channel)),
        next_digest=rows.moment_or_none(row["next_digest_at"]),
        next_weekly=rows.moment_or_none(row["next_weekly_at"]),
        last_digest=rows.moment_or_none(row["last_digest_at"]),
        last_weekly=rows.moment_or_none(row["last_weekly_at"]),
    )


def _changes(connection: sqlite3.Connection, bound: rows.Values) -> list[Change]:
    statement = channel_sql.CHANGES if bound["channel"] is None else channel_sql.CHANGES_OF
    return [audit.change(row) for row in connection.execute(statement, bound)]


def _outbox(connection: sqlite3.Connection) -> list[Post]:
    return [rows.post(row) for row in connection.execute(post_sql.OUTBOX)]


def _status(connection: sqlite3.Connection) -> Status:
    counts = connection.execute(sql.STATUS).fetchone()
    return Status(
        feeds=tuple(_feed_states(connection)),
        items=counts["items"],
        matched=counts["matched"],
        stories=counts["stories"],
        posts={PostState(row["state"]): row["posts"] for row in connection.execute(sql.POST_STATES)},
        waiting=tuple(rows.waiting(row) for row in connection.execute(sql.WAITING)),
        dropped={row["why"]: row["stories"] for row in connection.execute(sql.NEVER_TOLD)},
        digests=tuple(
            (rows.channel_id(row["id"]), rows.moment_of(row["due"])) for row in connection.execute(sql.NEXT_DIGESTS)
        ),
        beats={row["duty"]: rows.moment_of(row["at"]) for row in connection.execute(sql.BEATS)},
    )
