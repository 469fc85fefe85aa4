"""Claims what is due and does it, under one TaskGroup, until told to stop.

A failing feed or channel never touches another: its fault is logged, its lease is left to run out, and the rest
goes on. While the database takes nothing (Blocked; the store has said so) all wait and try again; while its disk is
full nothing is read, but posts go on. Any other fault of the loops themselves stops the worker loudly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from bot.errors import Blocked, Full
from bot.log import log
from bot.model import ChannelId, Claim, FeedState, Reading
from bot.store import Store
from bot.work.clock import Clock
from bot.work.deadlines import Deadlines
from bot.work.herald import Herald
from bot.work.post import Poster
from bot.work.reads import Reads
from bot.work.sweep import Sweeper
from bot.work.watch import Watcher

CHANNELS_AT_ONCE = 16
CHANNEL_LEASE = timedelta(seconds=60)
BEAT_SECONDS = 15.0
SWEEP = timedelta(hours=1)  # so often what is too old is dropped
BEATS_A_ROUND = 20  # every five minutes the channels are told what there is to tell of the feeds, and of dates
# What is being sent gets this long when the worker is told to stop; the whole stop may take 10 s.
GRACE_SECONDS = 8.0
NO_ROOM = "the disk of the database is full: nothing is read; make room on it"


def tell_nobody(_reading: Reading) -> None:
    """For those who do not follow a pass as it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What a worker does."""

    watcher: Watcher
    poster: Poster
    herald: Herald
    deadlines: Deadlines
    sweeper: Sweeper


class Worker:
    """The loops of one process."""

    def __init__(self, store: Store, deeds: Deeds, clock: Clock) -> None:
        self.store, self.watcher, self.poster, self.clock = store, deeds.watcher, deeds.poster, clock
        self._herald, self.deadlines, self._sweeper = deeds.herald, deeds.deadlines, deeds.sweeper
        self._more_posts = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Watch and post until `stop` is set; then finish what is being sent, and leave the rest for next time."""
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watching(), name="watching")
            posting = group.create_task(self._posting(stop), name="posting")
            beating = group.create_task(self._beating(), name="beating")
            sweeping = group.create_task(self._sweeping(), name="sweeping")
            await stop.wait()
            watching.cancel()  # a reading that is cut off changed nothing: it is kept whole or not at all
            beating.cancel()
            sweeping.cancel()
            self._more_posts.set()
            await asyncio.wait([posting], timeout=GRACE_SECONDS)
            posting.cancel()

    async def once(self) -> None:
        """One pass over all that is due: every feed, then every channel."""
        await self.store.beat(self.clock.now())
        unread: Blocked | None = None
        try:
            await self.poll(only=None)
        except Blocked as error:
            unread = error  # posts go out all the same
        await self._herald.tell()
        await self.deadlines.tell()
        while claim := await self.store.claim_channel(
            self.clock.now(), lease=CHANNEL_LEASE, platforms=self.poster.chats
        ):
            await self._post_safely(claim)
        await self._sweeper.sweep()
        if unread is not None:
            raise unread

    async def poll(self, only: Collection[str] | None, tell: Callable[[Reading], None] = tell_nobody) -> list[Reading]:
        """One pass over the named feeds, due or not (None: over those that are due); each is told as it is done.

        Raises Blocked, once what is under way has ended, where something could not be kept.
        """
        readings: list[Reading] = []
        blocked: list[Blocked] = []
        started = self.clock.now()

        async def watch(state: FeedState) -> None:
            try:
                reading = await self._watch_safely(state)
            except Blocked as error:
                blocked.append(error)
                return
            if reading is not None:
                readings.append(reading)
                tell(reading)

        if not await self.store.has_room():
            raise Full(NO_ROOM)
        async with asyncio.TaskGroup() as group:
            reads = Reads(self.store, watch, group, only=only)
            while await self._begin(reads, started, blocked) or not reads.is_idle:
                await reads.freed.wait()
                reads.freed.clear()
        if blocked:
            raise blocked[0]
        return readings

    async def _begin(self, reads: Reads, now: datetime, blocked: list[Blocked]) -> bool:
        """Begin what is due, unless something could not be kept before."""
        try:
            return not blocked and await reads.begin(now)
        except Blocked as error:
            blocked.append(error)
            return False

    async def _watching(self) -> None:
        async def watch(state: FeedState) -> None:
            with suppress(Blocked):  # it was not kept, so it is read again when its lease has ended
                await self._watch_safely(state)

        async with asyncio.TaskGroup() as group:
            reads = Reads(self.store, watch, group)
            while True:
                until = None
                with suppress(Blocked):
                    if not await self.store.has_room():
                        pass
                    elif await reads.begin(self.clock.now()):
                        continue
                    elif reads.has_room:
                        until = await self.store.next_feed()
                await self.clock.wait(until, reads.freed)
                reads.freed.clear()

    async def _posting(self, stop: asyncio.Event) -> None:
        busy: set[ChannelId] = set()

        async def post(claim: Claim) -> None:
            try:
                await self._post_safely(claim)
            finally:
                busy.discard(claim.channel.id)

        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                free, now, until = CHANNELS_AT_ONCE - len(busy), self.clock.now(), None
                served = self.poster.chats
                with suppress(Blocked):
                    claim = await self.store.claim_channel(now, lease=CHANNEL_LEASE, platforms=served) if free else None
                    if claim is not None:
                        # What came of a request may wait to be written for longer than the lease: then the channel is
                        # claimed again, and the post must not be taken for lost.
                        if claim.channel.id not in busy:
                            busy.add(claim.channel.id)
                            group.create_task(post(claim), name=f"post {claim.channel.id}")
                        continue
                    until = await self.store.next_channel(platforms=served) if free else None
                await self.clock.wait(until, self._more_posts)
                if not stop.is_set():
                    self._more_posts.clear()

    async def _beating(self) -> None:
        for beat in count():
            await self._until_taken(partial(self.store.beat, self.clock.now()))
            if beat % BEATS_A_ROUND == 0:
                await self._until_taken(self._herald.tell)
                await self._until_taken(self.deadlines.tell)
                self._more_posts.set()
            await asyncio.sleep(BEAT_SECONDS)

    async def _sweeping(self) -> None:
        while True:
            if await self.store.has_room():  # also what is deleted must first be written
                await self._until_taken(self._sweeper.sweep)
            until = self.clock.now() + SWEEP
            while self.clock.now() < until:
                await self.clock.wait(until, asyncio.Event())

    async def _until_taken(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Do it, again and again while the database takes nothing."""
        while True:
            try:
                return await deed()
            except Blocked:
                await self.clock.wait(None, asyncio.Event())

    async def _watch_safely(self, state: FeedState) -> Reading | None:
        try:
            reading = await self.watcher.watch(state)
        except Blocked:
            raise
        except Exception:  # noqa: BLE001 - the top of a deed: one feed's fault must not stop the others
            log.error("feed.broke", feed=state.feed, exc_info=True)
            return None
        if reading.matched:
            self._more_posts.set()
        return reading

    async def _post_safely(self, claim: Claim) -> None:
        try:
            with suppress(Blocked):  # what is not begun is begun with the next claim
                await self.poster.post(claim)
            await self._until_taken(partial(self.store.release, claim.channel.id))
        except Exception:  # noqa: BLE001 - the top of a deed: one channel's fault must not stop the others
            log.error("channel.broke", channel=str(claim.channel.id), exc_info=True)
        finally:
            self._more_posts.set()
