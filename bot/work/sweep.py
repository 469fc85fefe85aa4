"""Drops what is older than the operator wants to keep, a little at a time, and never what is still owed."""

from __future__ import annotations

from datetime import timedelta

from bot.log import log
from bot.model import Dropped, Mark
from bot.store import Store
from bot.work.clock import Clock


class Sweeper:
    """One round after another over the whole archive."""

    def __init__(self, store: Store, *, keep: timedelta, clock: Clock) -> None:
        self._store, self._keep, self._clock = store, keep, clock

    async def sweep(self) -> None:
        """Drop all that is too old now; others get their turn between one step and the next."""
        before = self._clock.now() - self._keep
        dropped, mark = Dropped(next=None), Mark("items")
        while True:
            step = await self._store.drop_old(before, after=mark)
            dropped = dropped.and_also(step)
            if step.next is None:
                break
            mark = step.next
        if dropped != Dropped(next=None):
            log.info(
                "archive.swept", items=dropped.items, stories=dropped.stories, posts=dropped.posts, notes=dropped.notes
            )
