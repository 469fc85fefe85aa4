"""Times in which nobody listens, wanted from another process."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Server(Protocol):
    """What can go down and come back."""

    async def go_down(self) -> None:
        """Refuse connections and reset those that stand."""

    async def come_up(self) -> None:
        """Listen again."""


class Outages:
    """Those of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, seconds: float) -> None:
        """Nobody listens for so many seconds; begins once who asked for it has its answer."""
        task = asyncio.create_task(self._outage(seconds), name="outage")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _outage(self, seconds: float) -> None:
        await asyncio.sleep(0.05)
        await self._server.go_down()
        await asyncio.sleep(seconds)
        await self._server.come_up()
