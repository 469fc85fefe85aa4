"""Whose document is read next.

Reading takes milliseconds, but a hostile document takes its reader all the time it may have, and dozens may come at
once. So those who could be read the last time go before the others, the short before the long, and one reader more
is there for them alone.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Literal

Kind = Literal["common", "reserved"]


class Queue:
    """Gives places to documents."""

    def __init__(self, *, common: int, reserved: int) -> None:
        self._free: dict[Kind, int] = {"common": common, "reserved": reserved}
        # Known feeds first (False before True), then by length, then by arrival.
        self._waiting: list[tuple[bool, int, int, asyncio.Future[Kind]]] = []
        self._numbers = count()

    @asynccontextmanager
    async def place(self, *, is_known: bool, length: int) -> AsyncIterator[None]:
        """A place for a document of so many bytes; `is_known`: of a feed that could be read the last time."""
        kind = await self._take(is_known=is_known, length=length)
        try:
            yield
        finally:
            self._give_back(kind)

    async def _take(self, *, is_known: bool, length: int) -> Kind:
        # Where a place is free nobody waits for it: it would have been handed on.
        kinds: tuple[Kind, ...] = ("common", "reserved") if is_known else ("common",)
        for kind in kinds:
            if self._free[kind]:
                self._free[kind] -= 1
                return kind
        given: asyncio.Future[Kind] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not is_known, length, next(self._numbers), given))
        try:
            return await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                self._give_back(given.result())
            raise

    def _give_back(self, kind: Kind) -> None:
        while self._waiting and (kind == "common" or not self._waiting[0][0]):
            given = heapq.heappop(self._waiting)[3]
            if not given.done():
                given.set_result(kind)
                return
        self._free[kind] += 1
