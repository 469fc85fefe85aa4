"""Processes of the program that start at once: a process that has imported all of it and forks for each.

A start takes 0.7 s of imports, and runs with a fault at every point start thousands of times. The one that forks has no
thread and no loop, so each child begins as a fresh start does; it is a process of its own, and can be killed as one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import failing
from tests.conftest import ROOT


@dataclass(slots=True)
class Child:
    """One process, and how it ended."""

    pid: int
    ended: asyncio.Task[int]  # its status: 0 in order, 1 by an error, -9 killed

    def kill(self) -> None:
        """As kill -9 does."""
        self.signal(9)

    def signal(self, number: int) -> None:
        """Send it one, unless it has ended."""
        if not self.ended.done():
            os.kill(self.pid, number)


class Zygote:
    """Starts one child after the other; `async with zygote() as ready`."""

    def __init__(self, process: asyncio.subprocess.Process, group: asyncio.TaskGroup) -> None:
        self._process, self._group = process, group
        self.last: Child | None = None

    async def start(self, words: Sequence[str], *, env: Mapping[str, str], log: Path) -> Child:
        """A child with these arguments of tests.failing; the one before must have ended."""
        assert self._process.stdin is not None
        told = {"words": list(words), "env": dict(env), "log": str(log)}
        self._process.stdin.write(json.dumps(told).encode() + b"\n")
        pid = await self._number()
        self.last = Child(pid, self._group.create_task(self._number(), name=f"child {pid}"))
        return self.last

    async def _number(self) -> int:
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def zygote() -> AsyncIterator[Zygote]:
    """One that is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.zygote"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        async with asyncio.TaskGroup() as group:
            ready = Zygote(process, group)
            try:
                yield ready
            finally:
                if ready.last is not None:
                    ready.last.kill()  # it would be waited for
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def main() -> None:
    """Fork for each line of standard input; answer with the child's pid, then with its status."""
    while line := sys.stdin.readline():
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _be(told["words"], told["env"], Path(told["log"]))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be(words: Sequence[str], env: Mapping[str, str], log: Path) -> None:
    """The child: never returns."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, end in enumerate((nothing, nothing, out)):
        os.dup2(end, number)
    os.environ.clear()
    os.environ.update(env)
    status = 0
    try:
        failing.main(words)
    except BaseException:  # noqa: BLE001 - the top of a process: as the interpreter does it
        traceback.print_exc()
        status = 1
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
