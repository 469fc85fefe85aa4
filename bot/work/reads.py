"""Keeps many readings of feeds going at once.

Feeds are claimed in batches, since a claim costs about as much as the reading of an unchanged feed; those that find no
free place wait here. Waiting for a server costs next to nothing, and hundreds may hang for half a minute each without
keeping the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from bot.model import FeedState
from bot.store import Store

AT_ONCE = 256
BATCH = 128
# Longer than the slowest fetch and parse together (30 s and 5 s, the wait for a place here and for a free child), with
# as much again.
LEASE = timedelta(seconds=150)


class Reads:
    """The readings of one loop, as tasks of its group."""

    def __init__(
        self,
        store: Store,
        watch: Callable[[FeedState], Awaitable[None]],
        group: asyncio.TaskGroup,
        *,
        only: Collection[str] | None = None,
    ) -> None:
        self.freed = asyncio.Event()  # set when a reading has ended
        self._store, self._watch, self._group = store, watch, group
        self._left = None if only is None else set(only)
        self._ready: deque[FeedState] = deque()
        self._busy: set[str] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._busy

    @property
    def has_room(self) -> bool:
        """Whether one more could begin."""
        return len(self._busy) < AT_ONCE

    async def begin(self, now: datetime) -> bool:
        """Begin what is due, as far as there is room; False: nothing was begun."""
        if self.has_room and not self._ready:
            await self._claim(now)
        began = False
        while self._ready and self.has_room:
            state = self._ready.popleft()
            if state.feed not in self._busy:  # it may outlast its lease, and be claimed again; one reading is enough
                self._busy.add(state.feed)
                self._group.create_task(self._read(state), name=f"watch {state.feed}")
                began = True
        return began

    async def _claim(self, now: datetime) -> None:
        claimed = await self._store.claim_feeds(now, limit=BATCH, lease=LEASE, only=self._left)
        if self._left is not None:
            self._left -= {state.feed for state in claimed}
        self._ready.extend(sorted(claimed, key=lambda state: (state.failures > 0, state.due, state.feed)))

    async def _read(self, state: FeedState) -> None:
        try:
            await self._watch(state)
        finally:
            self._busy.discard(state.feed)
            self.freed.set()
