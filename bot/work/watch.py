"""One feed, once: fetch, parse, find what is new, classify, tell, route, keep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.errors import Doubted, FeedError
from bot.feeds.moves import address_of, after_failure, noted
from bot.feeds.schedule import next_due
from bot.log import log
from bot.model import Feed, FeedState, Item, News, Reading, Watched
from bot.store import Store
from bot.topics.classify import classify
from bot.topics.reuse import apart
from bot.topics.rules import Rules
from bot.work.clock import Clock
from bot.work.registry import Registry
from bot.work.sources import Fetch, Parse, Read, hash_of, is_known
from bot.work.tally import Tally
from bot.work.teller import Brought, Judged, Teller

# So many items are classified before other work gets its turn.
BATCH = 20


class Watcher:
    """Watches feeds, each on its own."""

    def __init__(
        self, store: Store, fetch: Fetch, parse: Parse, *, feeds: Mapping[str, Feed], rules: Rules, clock: Clock
    ) -> None:
        self.store, self.clock, self.tally = store, clock, Tally()
        self._fetch, self._parse = fetch, parse
        self._feeds, self._rules = feeds, rules
        self._registry = Registry(store, fetch, parse, clock)
        self._teller = Teller(store, clock)

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
        if feed.kind == "treaty-status":
            return await self._registry.read(feed, state)
        async with self._fetch.open(feed, state) as fetched:
            body_hash = hash_of(fetched, state)
            if body_hash == state.body_hash:
                return Read(fetched=fetched, body_hash=body_hash, items=None)
            now = self.clock.now()
            document = await self._parse.parse(fetched, feed=feed, now=now, is_known=is_known(state))
        items = document.items
        return Read(fetched=fetched, body_hash=body_hash, items=items, count=len(items), pace=document.pace)

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
        await self.store.keep(Watched(state=failed, doubt=error.doubt if isinstance(error, Doubted) else None))
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
            state="unchanged" if read.items is None else "read",
            status=well.status,
            items=well.items,
            due=well.due,
            took=timedelta(),
        )
        if read.items is None:
            await self.store.keep(Watched(state=well, record=read.record))
            return reading
        news = await self.store.news(feed.id, read.items)
        brought = await self._judge(news, well, is_first=state.first_read is None)
        if feed.kind == "treaty-status":
            brought = replace(brought, record=read.record, is_fresh=True)
        held = await self._teller.keep(brought)
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
        if read.items is not None:
            well = replace(well, items=read.count, pace=read.pace)
        return replace(well, due=next_due(feed, well, now=now, wait=fetched.wait))

    async def _judge(self, news: News, state: FeedState, *, is_first: bool) -> Brought:
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
            state=state,
            is_first=is_first,
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
