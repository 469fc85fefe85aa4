"""How much memory a process and its children take, as the system tells it."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

EVERY_S = 0.05
MIB = 2**20


def resident(pid: int) -> int:
    """Bytes that the process holds; 0 if it has gone."""
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def children(pid: int) -> list[int]:
    """Ids of its children."""
    told: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                told += [int(child) for child in (task / "children").read_text().split()]
    return told


class Memory:
    """Watches a process: the most that it, and it with its children, has held since the last `mark`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._base = self._base_whole = 0
        self.peak = self.peak_whole = 0  # bytes
        self.biggest_child = 0  # bytes
        self.children: set[int] = set()  # all that there ever were
        self.look()

    def look(self) -> None:
        """Take one sample."""
        own, brood = resident(self._pid), {child: resident(child) for child in children(self._pid)}
        self.children.update(brood)
        self.biggest_child = max(self.biggest_child, *brood.values(), 0)
        self.peak = max(self.peak, own)
        self.peak_whole = max(self.peak_whole, own + sum(brood.values()))

    async def watch(self) -> None:
        """Take samples until it is called off."""
        while True:
            self.look()
            await asyncio.sleep(EVERY_S)

    def mark(self) -> None:
        """Growth counts from here."""
        self.peak = self.peak_whole = 0
        self.look()
        self._base, self._base_whole = self.peak, self.peak_whole

    @property
    def growth(self) -> float:
        """MiB that the process itself grew at its worst."""
        return (self.peak - self._base) / MIB

    @property
    def growth_whole(self) -> float:
        """MiB that it and its children grew together at their worst."""
        return (self.peak_whole - self._base_whole) / MIB

    @property
    def left(self) -> list[int]:
        """Children that are still there."""
        return sorted(child for child in self.children if resident(child))
