"""Claims what is due and does it, under one TaskGroup, until told to stop; all of it, or a part (see Duty).

A failing feed or channel never touches another: its fault is logged, its lease is left to run out, and the rest
goes on. While the database takes nothing (Blocked; the store has said so) all wait and try again; while its disk is
full nothing is read, but posts go on. Any other fault of the loops themselves stops the worker loudly.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from bot.errors import Blocked, Full
from bot.log import log
from bot.model import DUTIES, ChannelId, Claim, Duty, FeedState, Reading
from bot.store import Store
from bot.work.clock import Clock
from bot.work.deadlines import Deadlines
from bot.work.herald import Herald
from bot.work.post import Poster
from bot.work.reads import Reads
from bot.work.sweep import Sweeper
from bot.work.watch import Watcher

# A thousand digests due at once and a chat that answers after a second: with 16 the last stood after 80 s, with 64
# after 32, with 128 after 38. Where it answers at once, the number makes no difference.
CHANNELS_AT_ONCE = 64
CHANNEL_LEASE = timedelta(seconds=60)
# So long one pass goes on for what waits for the pace of its platform alone.
PASS = timedelta(minutes=10)
BEAT_SECONDS = 15.0
SWEEP = timedelta(hours=1)  # so often what is too old is dropped
BEATS_A_ROUND = 20  # every five minutes the channels are told what there is to tell of the feeds, and of dates
# What is being sent gets this long when the worker is told to stop; the whole stop may take 10 s.
GRACE_SECONDS = 8.0
NO_ROOM = "the disk of the database is full: nothing is read; make room on it"


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
    sweeper: Sweeper


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
                left.append(group.create_task(self._sweeping(), name="sweeping"))
            posting = [group.create_task(self._posting(stop), name="posting")] if "post" in self._duties else []
            await stop.wait()
            for task in left:
                task.cancel()  # a reading that is cut off changed nothing: it is kept whole or not at all
            self._more_posts.set()
            if posting:
                await asyncio.wait(posting, timeout=GRACE_SECONDS)
                posting[0].cancel()

    async def once(self, stop: asyncio.Event | None = None) -> None:
        """One pass over all that is due, as far as it is ours: every feed, then every channel.

        Once `stop` is set, what is under way is finished, and the rest left for next time.
        """
        stop = stop or asyncio.Event()
        await self.store.beat(self.clock.now(), [duty for duty in self._duties if duty in PASSING])
        unread: Blocked | None = None
        if "poll" in self._duties:
            try:
                await self.poll(only=None)
            except Blocked as error:
                unread = error  # posts go out all the same
            await self._tell()
        if "post" in self._duties:
            await self._post_all(stop)
        if "poll" in self._duties and not stop.is_set():
            await self.deeds.sweeper.sweep()
        if unread is not None:
            raise unread

    async def _post_all(self, stop: asyncio.Event) -> None:
        """Post until nothing is due; what waits for its platform's pace only is waited for."""
        chats, over = self.deeds.poster.chats, self.clock.now() + PASS
        pace = max((chat.pace for chat in chats.values()), default=timedelta())
        while not stop.is_set():
            if claims := await self._claims(1):
                await self._post_safely(claims[0])
                continue
            due = await self.store.next_channel(platforms=chats)
            if due is None or due > min(self.clock.now() + pace, over):
                return
            await self.clock.wait(due, stop)

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
            self._more_posts.set()  # there may be more to post, and more that can post it

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
        """Read, and begin anew when it was cut off."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._may_read.wait()
                self._reading = group.create_task(self._reads(), name="reading")
                await asyncio.wait([self._reading])

    async def _reads(self) -> None:
        async def watch(state: FeedState) -> None:
            try:
                await self._watch_safely(state)
            except Blocked:  # it was not kept, so it is read again
                await self.until_taken(partial(self.store.release_feed, state.feed))

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
                due = None
                self._more_posts.clear()
                with suppress(Blocked):
                    for claim in await self._claims(CHANNELS_AT_ONCE - len(busy)):
                        # What came of a request may wait to be written for longer than the lease: then the channel is
                        # claimed again, and the post must not be taken for lost.
                        if claim.channel.id not in busy:
                            busy.add(claim.channel.id)
                            group.create_task(post(claim), name=f"post {claim.channel.id}")
                    if len(busy) < CHANNELS_AT_ONCE:
                        due = await self.store.next_channel(platforms=self.deeds.poster.chats)
                if not stop.is_set():
                    await self.clock.wait(due, self._more_posts)

    async def _claims(self, limit: int) -> list[Claim]:
        """Channels where something is due, as many as may begin."""
        if not limit:
            return []
        return await self.store.claim_channels(
            self.clock.now(), limit=limit, lease=CHANNEL_LEASE, platforms=self.deeds.poster.chats
        )

    async def _beating(self) -> None:
        for beat in count():
            await self.until_taken(partial(self.store.beat, self.clock.now(), self._duties))
            if beat % BEATS_A_ROUND == 0 and "poll" in self._duties:
                await self.until_taken(self._tell)
            await asyncio.sleep(BEAT_SECONDS)

    async def _tell(self) -> None:
        """Plan what there is to tell of the feeds themselves, and of dates."""
        await self.deeds.herald.tell()
        await self.deeds.deadlines.tell()
        self._more_posts.set()

    async def _sweeping(self) -> None:
        while True:
            if await self.store.has_room():  # also what is deleted must first be written
                await self.until_taken(self.deeds.sweeper.sweep)
            until = self.clock.now() + SWEEP
            while self.clock.now() < until:
                await self.clock.wait(until, asyncio.Event())

    async def until_taken(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Do it, again and again while the database takes nothing."""
        while True:
            try:
                return await deed()
            except Blocked:
                await self.clock.wait(None, asyncio.Event())

    async def _watch_safely(self, state: FeedState) -> Reading | None:
        try:
            reading = await self.deeds.watcher.watch(state)
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
                await self.deeds.poster.post(claim)
            await self.until_taken(partial(self.store.release, claim.channel.id))
        except Exception:  # noqa: BLE001 - the top of a deed: one channel's fault must not stop the others
            log.error("channel.broke", channel=str(claim.channel.id), exc_info=True)
        finally:
            self._more_posts.set()
