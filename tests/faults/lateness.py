"""How late healthy feeds are asked, by the due times that the program itself wrote down."""

from __future__ import annotations

import asyncio
import time

from tests.faults.program import Program
from tests.faults.publishers import Publisher

EVERY_S = 0.1


class Lateness:
    """Watches the due times of some feeds, and compares them with when they were asked."""

    def __init__(self, program: Program, publishers: dict[str, Publisher]) -> None:
        self._program, self._publishers = program, publishers
        self._due: dict[str, set[float]] = {feed: set() for feed in publishers}

    async def watch(self) -> None:
        """Note due times until it is called off."""
        while True:
            for feed, due in self._program.due().items():
                if feed in self._due:
                    self._due[feed].add(due.timestamp())
            await asyncio.sleep(EVERY_S)

    def worst(self, since: float) -> float:
        """Seconds between the time at which a feed was due and its request, at the worst, for what was due since then.

        What is due and was not asked by now counts as asked now.
        """
        return max((self.of(feed, since) for feed in self._due), default=0)

    def of(self, feed: str, since: float) -> float:
        """The same for one feed."""
        return max((self._late(feed, due, since) for due in self._due[feed]), default=0)

    def _late(self, feed: str, due: float, since: float) -> float:
        now = time.time()
        if not since <= due <= now:
            return 0
        # A hundredth of a second: the clock of the log and that of the program are one, but not read at once.
        asked = next((ask.at for ask in self._publishers[feed].asked if ask.at >= due - 0.01), now)
        return asked - due
