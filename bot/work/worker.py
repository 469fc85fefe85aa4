"""Claims what is due and does it, under one TaskGroup, until told to stop; all of it, or a part (see Duty).

A failing feed or channel never touches another: its fault is logged, its lease is left to run out, and the rest
goes on. A fault of the loops themselves stops the worker loudly.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from bot.log import log
from bot.model import DUTIES, Claim, Duty, FeedState, Reading
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


PASSING: tuple[Duty, ...] = ("poll", "post")  # the duties that a single pass does


def tell_nobody(_reading: Reading) -> None:
    """For those who do not follow a pass as it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What a worker does, as one feeds.yaml has it."""

    watcher: Watcher
    poster: Poster
    herald: Herald
    deadlines: Deadlines


class Worker:
    """The loops of one process."""

    def __init__(self, store: Store, deeds: Deeds, clock: Clock, *, duties: Collection[Duty] = DUTIES) -> None:
        # `deeds` may be changed at any time while nothing is read (see `resting`); what is being posted goes on.
        self.store, self.deeds, self.clock, self._duties = store, deeds, clock, duties
        self._more_posts = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._reading: asyncio.Task[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Do the duties until `stop` is set; then finish what is being sent, and leave the rest for next time."""
        async with asyncio.TaskGroup() as group:
            left = [group.create_task(self._beating(), name="beating")]
            if "poll" in self._duties:
                left.append(group.create_task(self._watching(), name="watching"))
            posting = [group.create_task(self._posting(stop), name="posting")] if "post" in self._duties else []
            await stop.wait()
            for task in left:
                task.cancel()  # a reading that is cut off changed nothing: it is kept whole or not at all
            self._more_posts.set()
            if posting:
                await asyncio.wait(posting, timeout=GRACE_SECONDS)
                posting[0].cancel()

    async def once(self) -> None:
        """One pass over all that is due, as far as it is ours: every feed, then every channel."""
        await self.store.beat(self.clock.now(), [duty for duty in self._duties if duty in PASSING])
        if "poll" in self._duties:
            await self.poll(only=None)
            await self._tell()
        while "post" in self._duties and (claim := await self._claim()):
            await self._post_safely(claim)

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Cut off what is being read, and read nothing until the block ends; what is being posted goes on."""
        self._may_read.clear()
        try:
            if self._reading is not None:
                self._reading.cancel()
                await asyncio.wait([self._reading])
                await self.store.free_feeds()  # else they would wait for the end of their leases
            yield
        finally:
            self._may_read.set()

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
        """Read, and begin anew when it was cut off."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._may_read.wait()
                self._reading = group.create_task(self._reads(), name="reading")
                await asyncio.wait([self._reading])

    async def _reads(self) -> None:
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
                free = CHANNELS_AT_ONCE - len(busy)
                claim = await self._claim() if free else None
                if claim is not None:
                    name = f"post {claim.channel.id}"
                    task = group.create_task(self._post_safely(claim), name=name)
                    busy.add(task)
                    task.add_done_callback(busy.discard)
                    continue
                # Another process may make something due at any time: the clock never waits longer than a glance.
                served = self.deeds.poster.chats
                await self.clock.wait(
                    await self.store.next_channel(platforms=served) if free else None, self._more_posts
                )
                if not stop.is_set():
                    self._more_posts.clear()

    async def _claim(self) -> Claim | None:
        return await self.store.claim_channel(self.clock.now(), lease=CHANNEL_LEASE, platforms=self.deeds.poster.chats)

    async def _beating(self) -> None:
        for beat in count():
            await self.store.beat(self.clock.now(), self._duties)
            if beat % BEATS_A_ROUND == 0 and "poll" in self._duties:
                await self._tell()
            await asyncio.sleep(BEAT_SECONDS)

    async def _tell(self) -> None:
        """Plan what there is to tell of the feeds themselves, and of dates."""
        await self.deeds.herald.tell()
        await self.deeds.deadlines.tell()
        self._more_posts.set()

    async def _watch_safely(self, state: FeedState) -> Reading | None:
        try:
            reading = await self.deeds.watcher.watch(state)
        except Exception:  # noqa: BLE001 - the top of a deed: one feed's fault must not stop the others
            log.error("feed.broke", feed=state.feed, exc_info=True)
            return None
        if reading.matched:
            self._more_posts.set()
        return reading

    async def _post_safely(self, claim: Claim) -> None:
        try:
            await self.deeds.poster.post(claim)
            await self.store.release(claim.channel.id)
        except Exception:  # noqa: BLE001 - the top of a deed: one channel's fault must not stop the others
            log.error("channel.broke", channel=str(claim.channel.id), exc_info=True)
        finally:
            self._more_posts.set()
