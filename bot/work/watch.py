"""One feed, once: fetch, parse, find what is new, classify, tell, route, keep."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery.route import AN_HOUR, AT_ONCE, Routed, Told, route
from bot.errors import FeedError
from bot.feeds.moves import address_of, after_failure, noted
from bot.feeds.schedule import next_due
from bot.log import log
from bot.model import Document, Feed, FeedState, Fetched, Item, ItemId, Match, News, Reading, Watched
from bot.store import Store
from bot.topics.classify import classify
from bot.topics.reuse import apart
from bot.topics.rules import Rules
from bot.topics.stories import Memory
from bot.work.clock import Clock
from bot.work.tally import Tally

# How far back a new item may join a story.
MEMORY = timedelta(days=14)
# So many items are classified before other work gets its turn.
BATCH = 20


class Fetch(Protocol):
    """Gets a feed's bytes."""

    def open(self, feed: Feed, state: FeedState) -> AbstractAsyncContextManager[Fetched]:
        """The answer to one conditional request, held while the block lasts; raises FetchError."""


class Parse(Protocol):
    """Makes items of them, out of harm's way."""

    async def parse(self, fetched: Fetched, *, feed: Feed, now: datetime, is_known: bool) -> Document:
        """What a document holds; raises ParseError. `is_known`: the feed could be read the last time."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a feed gave this time; no document where it is the one we know."""

    fetched: Fetched
    body_hash: str | None
    document: Document | None


@dataclass(frozen=True, slots=True)
class Judged:
    """An item that is about the convention, and what it is about."""

    item: Item
    matches: tuple[Match, ...]

    @property
    def topics(self) -> frozenset[str]:
        """Topic.id of each."""
        return frozenset(match.topic for match in self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a document changes in the archive, judged."""

    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    telling: tuple[Judged, ...]  # new ones, and changed ones that told no story so far
    edited: tuple[tuple[str, Judged, frozenset[str]], ...]  # Story.id, an edition of an item of it, topics it gained


class Watcher:
    """Watches feeds, each on its own."""

    def __init__(
        self, store: Store, fetch: Fetch, parse: Parse, *, feeds: Mapping[str, Feed], rules: Rules, clock: Clock
    ) -> None:
        self.store, self.clock, self.tally = store, clock, Tally()
        self._fetch, self._parse = fetch, parse
        self._feeds, self._rules = feeds, rules
        # Between looking at the stories and keeping, no other feed may tell the same event as a story of its own.
        self._telling = asyncio.Lock()
        self._memory = Memory()

    async def watch(self, state: FeedState) -> Reading:
        """Read a claimed feed once and keep what it brought; a failure of the feed is kept, not raised."""
        feed = self._feeds[state.feed]
        started = time.monotonic()
        try:
            read = await self._read(feed, state)
        except FeedError as error:
            reading = await self._keep_failure(feed, state, error)
        else:
            reading = await self._keep_success(feed, state, read)
        reading = replace(reading, took=timedelta(seconds=time.monotonic() - started))
        self.tally.note(reading)
        report(reading)
        return reading

    async def _read(self, feed: Feed, state: FeedState) -> Read:
        async with self._fetch.open(feed, state) as fetched:
            if fetched.status == 304:
                return Read(fetched, state.body_hash, None)
            body_hash = hashlib.sha256(fetched.body).hexdigest()
            if body_hash == state.body_hash:
                return Read(fetched, body_hash, None)
            is_known = state.last_read is not None and not state.failures
            document = await self._parse.parse(fetched, feed=feed, now=self.clock.now(), is_known=is_known)
            return Read(fetched, body_hash, document)

    async def _keep_failure(self, feed: Feed, state: FeedState, error: FeedError) -> Reading:
        now = self.clock.now()
        failures = state.failures + 1
        failed = replace(
            state,
            status=error.status,
            failures=failures,
            failing_since=state.failing_since or now,
            fault=error.fault,
            error=str(error),
            move=after_failure(state.move, failures),
        )
        failed = replace(failed, due=next_due(feed, failed, now=now, wait=error.wait))
        await self.store.keep(Watched(state=failed))
        return Reading(
            feed=feed.id,
            state="failed",
            status=error.status,
            fault=error.fault,
            error=str(error),
            due=failed.due,
            took=timedelta(),
        )

    async def _keep_success(self, feed: Feed, state: FeedState, read: Read) -> Reading:
        well = self._well(feed, state, read)
        reading = Reading(
            feed=feed.id,
            state="unchanged" if read.document is None else "read",
            status=well.status,
            items=well.items,
            due=well.due,
            took=timedelta(),
        )
        if read.document is None:
            await self.store.keep(Watched(state=well))
            return reading
        brought = await self._judge(await self.store.news(feed.id, read.document.items))
        held = await self._keep_brought(well, brought, silent=state.first_read is None)
        return replace(reading, new=len(brought.new), matched=len(brought.telling), held=held)

    def _well(self, feed: Feed, state: FeedState, read: Read) -> FeedState:
        now, fetched = self.clock.now(), read.fetched
        well = replace(
            state,
            first_read=state.first_read or now,
            last_read=now,
            status=fetched.status,
            failures=0,
            failing_since=None,
            fault=None,
            error=None,
            move=noted(state.move, fetched.moved, asked=address_of(feed, state), today=now.date()),
        )
        if fetched.status == 200:  # also where the bytes are the same: their validators may be new
            well = replace(well, etag=fetched.etag, modified=fetched.modified, body_hash=read.body_hash)
        if read.document is not None:
            well = replace(well, items=len(read.document.items), pace=read.document.pace)
        return replace(well, due=next_due(feed, well, now=now, wait=fetched.wait))

    async def _judge(self, news: News) -> Brought:
        others = [apart(changed) for changed in news.changed]
        new = (*news.new, *filter(None, others))
        kept = [changed for changed, other in zip(news.changed, others, strict=True) if other is None]
        # What it is about is judged anew; when it was first seen stays.
        editions = [replace(changed.now, seen=changed.before.seen) for changed in kept]
        telling, edited = await self._classify(new), []
        for changed, judged in zip(kept, await self._classify(editions), strict=True):
            if changed.story is None:
                telling.append(judged)
            elif judged.matches:
                had = {match.topic for match in classify(changed.before, self._rules)}
                edited.append((changed.story, judged, judged.topics - had))
        return Brought(
            new=new,
            changed=tuple(editions),
            telling=tuple(judged for judged in telling if judged.matches),
            edited=tuple(edited),
        )

    async def _classify(self, items: Sequence[Item]) -> list[Judged]:
        judged = []
        for number, item in enumerate(items, start=1):
            judged.append(Judged(item, tuple(classify(item, self._rules))))
            if number % BATCH == 0:
                await asyncio.sleep(0)
        return judged

    async def _keep_brought(self, state: FeedState, brought: Brought, *, silent: bool) -> int:
        """Keep all that this reading changes, and say how many stories were held back."""
        if not (brought.telling or brought.edited):
            await self.store.keep(Watched(state=state, items=brought.new, changed=brought.changed))
            return 0
        async with self._telling:
            watched, held = await self._told(state, brought, silent=silent)
            await self.store.keep(watched)
        return held

    async def _told(self, state: FeedState, brought: Brought, *, silent: bool) -> tuple[Watched, int]:
        """The items under their stories, and who is owed them."""
        now = self.clock.now()
        self._memory.forget(now - MEMORY)
        self._memory.learn(await self.store.tellings(since=now - MEMORY, after=self._memory.serial))
        # Some ten milliseconds an item where many stories are known; posts and answers must not wait for that.
        stories = await asyncio.to_thread(self._memory.tell, [judged.item for judged in brought.telling])
        routed = await self._route(state.feed, stories, brought, silent=silent, now=now)
        if routed.held:
            state = replace(state, held=routed.held, held_at=now, told_held=False)
        judged = (*brought.telling, *(edition for _, edition, _ in brought.edited))
        watched = Watched(
            state=state,
            items=brought.new,
            changed=brought.changed,
            matches=tuple(match for each in judged for match in each.matches),
            stories=tuple(stories),
            deliveries=routed.deliveries,
        )
        return watched, routed.held

    async def _route(
        self, feed: str, stories: Sequence[tuple[str, ItemId]], brought: Brought, *, silent: bool, now: datetime
    ) -> Routed:
        story_of = {item: story for story, item in stories}
        told = [
            Told(story=story_of[judged.item.id], topics=judged.topics, published=judged.item.published)
            for judged in brought.telling
        ]
        # A story that is told already is news only to those who follow what it is about since this edition.
        told += [
            Told(story=story, topics=gained, published=judged.item.published)
            for story, judged, gained in brought.edited
            if gained
        ]
        room = AT_ONCE - await self.store.at_once(feed, since=now - AN_HOUR)
        return route(told, await self.store.subscriptions(), silent=silent, room=max(room, 0), now=now)


def report(reading: Reading) -> None:
    """Say in the log how a reading went."""
    took_ms = round(reading.took / timedelta(milliseconds=1))
    if reading.state == "failed":
        log.warning(
            "feed.failed",
            feed=reading.feed,
            status=reading.status,
            fault=reading.fault,
            error=reading.error,
            took_ms=took_ms,
        )
        return
    log.info(
        "feed.watched",
        feed=reading.feed,
        status=reading.status,
        items=reading.items,
        new=reading.new,
        matched=reading.matched,
        held=reading.held,
        took_ms=took_ms,
    )
