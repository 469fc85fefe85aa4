"""Processes of the program that start at once: a process that has imported all of it and forks for each.

A start takes 0.7 s of imports; runs with a fault at every point start thousands of times, and the tests of the command
line hundreds of times. The one that forks has no thread and no loop, so each child begins as a fresh start does; it is
a process of its own, and can be killed as one.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from bot.cli import main as treatywatch
from tests import failing
from tests.conftest import ROOT

ZYGOTE = (sys.executable, "-m", "tests.zygote")


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
        ends = (os.devnull, os.devnull, str(log))
        self._process.stdin.write(_told(["failing", *words], env=env, folder=ROOT, ends=ends))
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
        *ZYGOTE,
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


class CommandLine:
    """Runs one command of `treatywatch` after the other, each in a process of its own; also from threads."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(ZYGOTE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self._turn = Lock()

    def run(self, words: Sequence[str], *, given: bytes, env: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
        """Its exit status, and what it said on standard output and on standard error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn, TemporaryDirectory() as kept:
            ends = [Path(kept) / name for name in ("in", "out", "err")]
            ends[0].write_bytes(given)
            self._process.stdin.write(_told(["bot", *words], env=env, folder=folder, ends=list(map(str, ends))))
            self._process.stdin.flush()
            self._process.stdout.readline()
            status = int(self._process.stdout.readline())
            return status, ends[1].read_text(), ends[2].read_text()

    def close(self) -> None:
        """No more of them."""
        self._process.communicate()


@cache
def command_line() -> CommandLine:
    """One for all tests of this process."""
    ready = CommandLine()
    atexit.register(ready.close)
    return ready


def _told(words: Sequence[str], *, env: Mapping[str, str], folder: Path, ends: Sequence[str]) -> bytes:
    return json.dumps({"words": words, "env": dict(env), "folder": str(folder), "ends": ends}).encode() + b"\n"


def main() -> None:
    """Fork for each line of standard input; answer with the child's pid, then with its status."""
    while line := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            _be(**json.loads(line))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be(words: Sequence[str], env: Mapping[str, str], folder: str, ends: Sequence[str]) -> None:
    """The child: never returns."""
    os.dup2(os.open(ends[0], os.O_RDONLY), 0)
    for number in (1, 2):
        os.dup2(os.open(ends[number], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    program, *rest = words
    status = 0
    try:
        if program == "bot":
            treatywatch(rest, prog_name="python -m bot")
        else:
            failing.main(rest)
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - the top of a process: as the interpreter does it
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
