"""Claims what is due and does it, under one TaskGroup, until told to stop.

A failing feed or channel never touches another: its fault is logged, its lease is left to run out, and the rest
goes on. A fault of the loops themselves stops the worker loudly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

from bot.log import log
from bot.model import Claim, FeedState, Reading
from bot.store import Store
from bot.work.clock import Clock
from bot.work.post import Poster
from bot.work.watch import Watcher

FEEDS_AT_ONCE = 16
CHANNELS_AT_ONCE = 16
# Longer than the slowest fetch and parse together (30 s and 5 s, and a wait for a free child), with as much again.
FEED_LEASE = timedelta(seconds=90)
CHANNEL_LEASE = timedelta(seconds=60)
BEAT_SECONDS = 15.0
# What is being sent gets this long when the worker is told to stop; the whole stop may take 10 s.
GRACE_SECONDS = 8.0


def tell_nobody(_reading: Reading) -> None:
    """For those who do not follow a pass as it goes."""


class Worker:
    """The loops of one process."""

    def __init__(self, store: Store, watcher: Watcher, poster: Poster, clock: Clock) -> None:
        self.store, self.watcher, self.poster, self.clock = store, watcher, poster, clock
        self._more_feeds, self._more_posts = asyncio.Event(), asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Watch and post until `stop` is set; then finish what is being sent, and leave the rest for next time."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watching(), name="watching")
            posting = group.create_task(self._posting(stop), name="posting")
            beating = group.create_task(self._beating(), name="beating")
            await stop.wait()
            watching.cancel()  # a reading that is cut off changed nothing: it is kept whole or not at all
            beating.cancel()
            self._more_posts.set()
            await asyncio.wait([posting], timeout=GRACE_SECONDS)
            posting.cancel()

    async def once(self) -> None:
        """One pass over all that is due: every feed, then every channel."""
        await self.store.beat(self.clock.now())
        await self.poll(only=None)
        while claim := await self.store.claim_channel(
            self.clock.now(), lease=CHANNEL_LEASE, platforms=self.poster.chats
        ):
            await self._post_safely(claim)

    async def poll(self, only: Collection[str] | None, tell: Callable[[Reading], None] = tell_nobody) -> list[Reading]:
        """One pass over the named feeds, due or not (None: over those that are due); each is told as it is done."""
        readings: list[Reading] = []
        started = self.clock.now()

        async def read(state: FeedState) -> None:
            if (reading := await self._watch_safely(state)) is not None:
                readings.append(reading)
                tell(reading)

        while claimed := await self.store.claim_feeds(started, limit=FEEDS_AT_ONCE, lease=FEED_LEASE, only=only):
            async with asyncio.TaskGroup() as group:
                for state in sorted(claimed, key=lambda state: (state.due, state.feed)):
                    group.create_task(read(state), name=f"watch {state.feed}")
            if only is not None:
                only = set(only) - {state.feed for state in claimed}
        return readings

    async def _watching(self) -> None:
        busy: dict[str, asyncio.Task[Reading | None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                free = FEEDS_AT_ONCE - len(busy)
                now = self.clock.now()
                claimed = await self.store.claim_feeds(now, limit=free, lease=FEED_LEASE) if free else []
                for state in sorted(claimed, key=lambda state: (state.due, state.feed)):
                    if state.feed in busy:
                        continue  # it waited for its turn at its host for longer than the lease; one is enough
                    task = group.create_task(self._watch_safely(state), name=f"watch {state.feed}")
                    busy[state.feed] = task
                    task.add_done_callback(partial(_forget, busy, state.feed))
                if not claimed:
                    await self.clock.wait(await self.store.next_feed() if free else None, self._more_feeds)
                    self._more_feeds.clear()

    async def _posting(self, stop: asyncio.Event) -> None:
        busy: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                free, now = CHANNELS_AT_ONCE - len(busy), self.clock.now()
                served = self.poster.chats
                claim = await self.store.claim_channel(now, lease=CHANNEL_LEASE, platforms=served) if free else None
                if claim is not None:
                    name = f"post {claim.channel.id}"
                    task = group.create_task(self._post_safely(claim), name=name)
                    busy.add(task)
                    task.add_done_callback(busy.discard)
                    continue
                await self.clock.wait(
                    await self.store.next_channel(platforms=served) if free else None, self._more_posts
                )
                if not stop.is_set():
                    self._more_posts.clear()

    async def _beating(self) -> None:
        while True:
            await self.store.beat(self.clock.now())
            await asyncio.sleep(BEAT_SECONDS)

    async def _watch_safely(self, state: FeedState) -> Reading | None:
        try:
            return await self.watcher.watch(state)
        except Exception:  # noqa: BLE001 - the top of a deed: one feed's fault must not stop the others
            log.error("feed.broke", feed=state.feed, exc_info=True)
            return None
        finally:
            self._more_feeds.set()
            self._more_posts.set()

    async def _post_safely(self, claim: Claim) -> None:
        try:
            await self.poster.post(claim)
            await self.store.release(claim.channel.id)
        except Exception:  # noqa: BLE001 - the top of a deed: one channel's fault must not stop the others
            log.error("channel.broke", channel=str(claim.channel.id), exc_info=True)
        finally:
            self._more_posts.set()


def _forget(busy: dict[str, asyncio.Task[Reading | None]], feed: str, _task: asyncio.Task[Reading | None]) -> None:
    del busy[feed]
