"""Who may ask now, and how much is held at once.

A publisher is asked one thing at a time. Of all publishers together so many are asked at once that some hundreds which
never answer do not delay the others; since each may send megabytes, and those wait for their reader, only few bodies
may be large.

A fetch waits in one order: for its owner's turn while it holds nothing, then for a place, then, once, for a large one.
A large place is given back by whoever reads or uses a body, and neither waits for a turn or a place: so none waits for
ever.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary


class Turns:
    """Hands out turns and places."""

    def __init__(self, *, at_once: int, large_at_once: int) -> None:
        self.places = asyncio.Semaphore(at_once)
        self.large_places = asyncio.Semaphore(large_at_once)
        self._owners: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, owner: str) -> asyncio.Lock:
        """The turn of one publisher, to be held while it is asked."""
        lock = self._owners.get(owner)
        if lock is None:
            lock = self._owners[owner] = asyncio.Lock()
        return lock

    def hold(self) -> Hold:
        """Nothing yet, for one fetch; `with` gives back what it comes to hold."""
        return Hold(self)


class Hold:
    """What one fetch holds of the places; never more than one of each kind."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._place = self._large = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give_back()

    @property
    def is_large(self) -> bool:
        """Whether the body may be large."""
        return self._large

    async def place(self) -> None:
        """Wait for a place."""
        if not self._place:
            await self._turns.places.acquire()
            self._place = True

    async def large_place(self) -> None:
        """Wait for a large one, besides."""
        if not self._large:
            await self._turns.large_places.acquire()
            self._large = True

    def give_back(self) -> None:
        """Hold nothing any more."""
        if self._large:
            self._turns.large_places.release()
        if self._place:
            self._turns.places.release()
        self._place = self._large = False
