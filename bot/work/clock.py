"""What time it is, and waiting for another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol

# The longest that a wait lasts before the clock is looked at again: a laptop that slept, or a clock that was set,
# delays a digest by no more than this.
GLANCE_SECONDS = 1.0


class Clock(Protocol):
    """The seam by which a test turns time."""

    def now(self) -> datetime:
        """The present, in UTC."""

    async def wait(self, until: datetime | None, wake: asyncio.Event) -> None:
        """Come back at that time, or when woken, or after a glance's while; None: no time is known."""


class SystemClock:
    """The machine's own."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)

    async def wait(self, until: datetime | None, wake: asyncio.Event) -> None:
        """Come back at that time, or when woken, or after a second."""
        gap = GLANCE_SECONDS if until is None else (until - self.now()).total_seconds()
        try:
            async with asyncio.timeout(max(0.01, min(gap, GLANCE_SECONDS))):
                await wake.wait()
        except TimeoutError:
            return
