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

# A thousand digests due at once and a Slack that answers after a second: with 16 the last stood after 80 s, with 64
# after 32, with 128 after 38. Where it answers at once, the number makes no difference.
CHANNELS_AT_ONCE = 64
CHANNEL_LEASE = timedelta(seconds=60)
# So long one pass goes on for what waits for the pace of its platform alone.
PASS = timedelta(minutes=10)
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
        await self._post_all()

    async def _post_all(self) -> None:
        """Post until nothing is due; what waits for its platform's pace only is waited for."""
        chats, over = self.poster.chats, self.clock.now() + PASS
        pace = max((chat.pace for chat in chats.values()), default=timedelta())
        while True:
            now = self.clock.now()
            if claims := await self.store.claim_channels(now, limit=1, lease=CHANNEL_LEASE, platforms=chats):
                await self._post_safely(claims[0])
                continue
            due = await self.store.next_channel(platforms=chats)
            if due is None or due > min(now + pace, over):
                return
            await self.clock.wait(due, asyncio.Event())

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
                free, served = CHANNELS_AT_ONCE - len(busy), self.poster.chats
                self._more_posts.clear()
                for claim in await self._claims(free):
                    task = group.create_task(self._post_safely(claim), name=f"post {claim.channel.id}")
                    busy.add(task)
                    task.add_done_callback(busy.discard)
                free = CHANNELS_AT_ONCE - len(busy)
                due = await self.store.next_channel(platforms=served) if free else None
                if not stop.is_set():
                    await self.clock.wait(due, self._more_posts)

    async def _claims(self, limit: int) -> list[Claim]:
        """Channels where something is due, as many as may begin."""
        if not limit:
            return []
        return await self.store.claim_channels(
            self.clock.now(), limit=limit, lease=CHANNEL_LEASE, platforms=self.poster.chats
        )

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
