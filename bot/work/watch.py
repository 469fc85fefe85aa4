"""One feed, once: fetch, parse, find what is new, classify, tell, route, keep."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery.route import Told, route
from bot.errors import FetchError, ParseError
from bot.feeds.schedule import next_due
from bot.log import log
from bot.model import Feed, FeedState, Fetched, Item, Match, Reading, Watched
from bot.store import Store
from bot.topics.classify import classify
from bot.topics.rules import Rules
from bot.topics.stories import tell
from bot.work.clock import Clock

# How far back a new item may join a story.
MEMORY = timedelta(days=14)
# So many items are classified before other work gets its turn.
BATCH = 20


class Fetch(Protocol):
    """Gets a feed's bytes."""

    async def fetch(self, feed: Feed, state: FeedState) -> Fetched:
        """One conditional request; raises FetchError."""


class Parse(Protocol):
    """Makes items of them, out of harm's way."""

    async def parse(self, fetched: Fetched, *, feed: Feed, now: datetime) -> list[Item]:
        """The items of a document; raises ParseError."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a feed gave this time: its items, or None where the document is the one we know."""

    fetched: Fetched
    body_hash: str | None
    items: list[Item] | None


class Watcher:
    """Watches feeds, each on its own."""

    def __init__(
        self, store: Store, fetch: Fetch, parse: Parse, *, feeds: Mapping[str, Feed], rules: Rules, clock: Clock
    ) -> None:
        self.store, self.clock = store, clock
        self._fetch, self._parse = fetch, parse
        self._feeds, self._rules = feeds, rules
        # Between looking at the stories and keeping, no other feed may tell the same event as a story of its own.
        self._telling = asyncio.Lock()

    async def watch(self, state: FeedState) -> Reading:
        """Read a claimed feed once and keep what it brought; a failure of the feed is kept, not raised."""
        feed = self._feeds[state.feed]
        started = time.monotonic()
        try:
            read = await self._read(feed, state)
        except (FetchError, ParseError) as error:
            reading = await self._keep_failure(feed, state, error)
        else:
            reading = await self._keep_success(feed, state, read)
        reading = replace(reading, took=timedelta(seconds=time.monotonic() - started))
        self._report(reading)
        return reading

    async def _read(self, feed: Feed, state: FeedState) -> Read:
        fetched = await self._fetch.fetch(feed, state)
        if fetched.status == 304:
            return Read(fetched, state.body_hash, None)
        body_hash = hashlib.sha256(fetched.body).hexdigest()
        if body_hash == state.body_hash:
            return Read(fetched, body_hash, None)
        return Read(fetched, body_hash, await self._parse.parse(fetched, feed=feed, now=self.clock.now()))

    async def _keep_failure(self, feed: Feed, state: FeedState, error: FetchError | ParseError) -> Reading:
        now = self.clock.now()
        status = error.status if isinstance(error, FetchError) else 200
        retry_after = error.retry_after if isinstance(error, FetchError) else None
        failures = state.failures + 1
        failed = replace(
            state,
            due=next_due(feed, now=now, failures=failures, retry_after=retry_after),
            status=status,
            failures=failures,
            failing_since=state.failing_since or now,
            error=str(error),
        )
        await self.store.keep(Watched(state=failed))
        return Reading(feed=feed.id, state="failed", status=status, error=str(error), took=timedelta())

    async def _keep_success(self, feed: Feed, state: FeedState, read: Read) -> Reading:
        now = self.clock.now()
        fetched = read.fetched
        well = replace(
            state,
            due=next_due(feed, now=now, failures=0, retry_after=fetched.retry_after),
            first_read=state.first_read or now,
            last_read=now,
            status=fetched.status,
            failures=0,
            failing_since=None,
            error=None,
        )
        if fetched.status == 200:  # also where the bytes are the same: their validators may be new
            well = replace(well, etag=fetched.etag, modified=fetched.modified, body_hash=read.body_hash)
        if read.items is None:
            await self.store.keep(Watched(state=well))
            return Reading(feed=feed.id, state="unchanged", status=fetched.status, items=state.items, took=timedelta())
        well = replace(well, items=len(read.items))
        new = await self.store.unseen(feed.id, read.items)
        matched = await self._classify(new)
        async with self._telling:
            await self.store.keep(await self._told(well, new, matched, silent=state.first_read is None))
        return Reading(
            feed=feed.id,
            state="read",
            status=fetched.status,
            items=len(read.items),
            new=len(new),
            matched=len(matched),
            took=timedelta(),
        )

    async def _classify(self, items: Sequence[Item]) -> list[tuple[Item, tuple[Match, ...]]]:
        matched = []
        for number, item in enumerate(items, start=1):
            if matches := classify(item, self._rules):
                matched.append((item, tuple(matches)))
            if number % BATCH == 0:
                await asyncio.sleep(0)
        return matched

    async def _told(
        self, state: FeedState, new: Sequence[Item], matched: Sequence[tuple[Item, tuple[Match, ...]]], *, silent: bool
    ) -> Watched:
        """All that this reading changes: the new items under their stories, and who is owed them."""
        if not matched:
            return Watched(state=state, items=tuple(new))
        now = self.clock.now()
        known = await self.store.stories(since=now - MEMORY)
        # Some ten milliseconds an item where many stories are known; posts and answers must not wait for that.
        stories = await asyncio.to_thread(tell, matched, known)
        story_of = {item: story for story, item in stories}
        told = [
            Told(
                story=story_of[item.id],
                topics=frozenset(match.topic for match in matches),
                published=item.published,
            )
            for item, matches in matched
        ]
        deliveries = route(told, await self.store.subscriptions(), silent=silent, now=now)
        return Watched(
            state=state,
            items=tuple(new),
            matches=tuple(match for _, matches in matched for match in matches),
            stories=tuple(stories),
            deliveries=tuple(deliveries),
        )

    def _report(self, reading: Reading) -> None:
        took_ms = round(reading.took / timedelta(milliseconds=1))
        if reading.state == "failed":
            log.warning("feed.failed", feed=reading.feed, status=reading.status, error=reading.error, took_ms=took_ms)
            return
        log.info(
            "feed.watched",
            feed=reading.feed,
            status=reading.status,
            items=reading.items,
            new=reading.new,
            matched=reading.matched,
            took_ms=took_ms,
        )
