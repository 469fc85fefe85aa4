"""Claims what is due and does it, under one TaskGroup, until told to stop.

A failing feed or channel never touches another: its fault is logged, its lease is left to run out, and the rest
goes on. A fault of the loops themselves stops the worker loudly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import count

from bot.log import log
from bot.model import Claim, FeedState, Reading
from bot.store import Store
from bot.work.clock import Clock
from bot.work.deadlines import Deadlines
from bot.work.herald import Herald
from bot.work.post import Poster
from bot.work.reads import Reads
from bot.work.watch import Watcher

CHANNELS_AT_ONCE = 16
CHANNEL_LEASE = timedelta(seconds=60)
BEAT_SECONDS = 15.0
BEATS_A_ROUND = 20  # every five minutes the channels are told what there is to tell of the feeds, and of dates
# What is being sent gets this long when the worker is told to stop; the whole stop may take 10 s.
GRACE_SECONDS = 8.0


def tell_nobody(_reading: Reading) -> None:
    """For those who do not follow a pass as it goes."""


class Worker:
    """The loops of one process."""

    def __init__(
        self, store: Store, watcher: Watcher, poster: Poster, herald: Herald, deadlines: Deadlines, clock: Clock
    ) -> None:
        self.store, self.watcher, self.poster, self.clock = store, watcher, poster, clock
        self._herald, self.deadlines = herald, deadlines
        self._more_posts = asyncio.Event()

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
        await self._herald.tell()
        await self.deadlines.tell()
        while claim := await self.store.claim_channel(
            self.clock.now(), lease=CHANNEL_LEASE, platforms=self.poster.chats
        ):
            await self._post_safely(claim)

    async def poll(self, only: Collection[str] | None, tell: Callable[[Reading], None] = tell_nobody) -> list[Reading]:
        """One pass over the named feeds, due or not (None: over those that are due); each is told as it is done."""
        readings: list[Reading] = []
        started = self.clock.now()

        async def watch(state: FeedState) -> None:
            if (reading := await self._watch_safely(state)) is not None:
                readings.append(reading)
                tell(reading)

        async with asyncio.TaskGroup() as group:
            reads = Reads(self.store, watch, group, only=only)
            while await reads.begin(started) or not reads.is_idle:
                await reads.freed.wait()
                reads.freed.clear()
        return readings

    async def _watching(self) -> None:
        async def watch(state: FeedState) -> None:
            await self._watch_safely(state)

        async with asyncio.TaskGroup() as group:
            reads = Reads(self.store, watch, group)
            while True:
                if not await reads.begin(self.clock.now()):
                    until = await self.store.next_feed() if reads.has_room else None
                    await self.clock.wait(until, reads.freed)
                    reads.freed.clear()

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
        for beat in count():
            await self.store.beat(self.clock.now())
            if beat % BEATS_A_ROUND == 0:
                await self._herald.tell()
                await self.deadlines.tell()
                self._more_posts.set()
            await asyncio.sleep(BEAT_SECONDS)

    async def _watch_safely(self, state: FeedState) -> Reading | None:
        try:
            reading = await self.watcher.watch(state)
        except Exception:  # noqa: BLE001 - the top of a deed: one feed's fault must not stop the others
            log.error("feed.broke", feed=state.feed, exc_info=True)
            return None
        if reading.matched:
            self._more_posts.set()
        return reading

    async def _post_safely(self, claim: Claim) -> None:
        try:
            await self.poster.post(claim)
            await self.store.release(claim.channel.id)
        except Exception:  # noqa: BLE001 - the top of a deed: one channel's fault must not stop the others
            log.error("channel.broke", channel=str(claim.channel.id), exc_info=True)
        finally:
            self._more_posts.set()
