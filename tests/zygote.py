"""Processes of the program that start at once: processes that have imported all of it and fork for each.

A start takes 0.7 s of imports; runs with a fault at every point start thousands of times, and the tests of the command
line and of the whole program hundreds of times. The one that forks has no thread and no loop, so each child begins as a
fresh start does; it is a process of its own, and can be killed as one.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from bot.cli import main as treatywatch
from tests import failing, process
from tests.conftest import ROOT

# What a child may be, as after `python -m`.
PROGRAMS: Mapping[str, Callable[[Sequence[str]], object]] = {
    "bot": partial(treatywatch, prog_name="treatywatch"),
    "tests.process": process.main,
    "tests.failing": failing.main,
}


class Zygote:
    """Forks one child at a time; waited for by whoever wants it, in a loop or without one."""

    def __init__(self) -> None:
        words = (sys.executable, "-m", "tests.zygote")
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0)
        self._child: int | None = None  # that runs
        atexit.register(self._close)

    def fork(self, words: Sequence[str], *, env: Mapping[str, str], folder: Path, ends: Sequence[str]) -> int:
        """A child's pid; `words` as after `python -m`, `ends` the paths of its three standard streams, open by then."""
        assert self._process.stdin is not None
        told = {"words": words, "env": dict(env), "folder": str(folder), "ends": ends}
        self._process.stdin.write(json.dumps(told).encode() + b"\n")
        self._child = self._number()
        return self._child

    def status(self) -> int:
        """The child's, once it has one: 0 in order, -9 killed."""
        status, self._child = self._number(), None
        return status

    def _number(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def fileno(self) -> int:
        """To be told when it says something."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def _close(self) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)  # it would be waited for
        self._process.communicate()


_idle: list[Zygote] = []  # of this process; as many are made as children run at once


class Child:
    """A process of the program, with those parts of asyncio's Process that tests use."""

    def __init__(self, zygote: Zygote, pid: int, says: int) -> None:
        self.pid, self._zygote, self._says = pid, zygote, says
        self._loop, self.stderr = asyncio.get_running_loop(), asyncio.StreamReader()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(zygote.fileno(), self._over)
        self._loop.add_reader(says, self._said)

    def _over(self) -> None:
        self._loop.remove_reader(self._zygote.fileno())
        self._ended.set_result(self._zygote.status())
        _idle.append(self._zygote)

    def _said(self) -> None:
        if told := os.read(self._says, 2**16):
            self.stderr.feed_data(told)
            return
        self.stderr.feed_eof()
        self._loop.remove_reader(self._says)
        os.close(self._says)

    @property
    def returncode(self) -> int | None:
        """Its status; None: it runs."""
        return self._ended.result() if self._ended.done() else None

    def kill(self) -> None:
        """As kill -9 does."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send it one, unless it has ended."""
        with suppress(ProcessLookupError):  # it may have ended, and we hear of it in a moment
            if not self._ended.done():
                os.kill(self.pid, number)

    async def wait(self) -> int:
        """Its status, once it has one."""
        return await asyncio.shield(self._ended)  # whoever gives up waiting does not end it

    async def communicate(self) -> tuple[None, bytes]:
        """What it says on standard error, to the end."""
        told = await self.stderr.read()
        await self.wait()
        return None, told


async def start(words: Sequence[str], *, env: Mapping[str, str], out: Path, log: Path | None = None) -> Child:
    """A child that writes to `out`, and to `log` on standard error; without that to its `stderr`. To be waited for."""
    zygote = _idle.pop() if _idle else Zygote()
    with TemporaryDirectory() as folder:
        pipe = Path(folder) / "err"
        os.mkfifo(pipe)
        says = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        pid = zygote.fork(words, env=env, folder=ROOT, ends=(os.devnull, str(out), str(log or pipe)))
        if log:  # a pipe that nobody ever wrote to would never end
            os.close(os.open(pipe, os.O_WRONLY))
    return Child(zygote, pid, says)


class CommandLine:
    """Runs one command of `treatywatch` after the other, each in a process of its own; also from threads."""

    def __init__(self) -> None:
        self._zygote, self._turn = Zygote(), Lock()

    def run(self, words: Sequence[str], *, given: bytes, env: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
        """Its exit status, and what it said on standard output and on standard error."""
        with self._turn, TemporaryDirectory() as kept:
            ends = [Path(kept) / name for name in ("in", "out", "err")]
            ends[0].write_bytes(given)
            self._zygote.fork(["bot", *words], env=env, folder=folder, ends=list(map(str, ends)))
            return self._zygote.status(), ends[1].read_text(), ends[2].read_text()


@cache
def command_line() -> CommandLine:
    """One for all tests of this process."""
    return CommandLine()


# ── what forks


def main() -> None:
    """Fork for each line of standard input; answer with the child's pid, then with its status."""
    gc.freeze()
    while line := sys.stdin.readline():
        told = json.loads(line)
        ends = [os.open(told["ends"][0], os.O_RDONLY)]
        ends += [os.open(end, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) for end in told["ends"][1:]]
        pid = os.fork()
        if pid == 0:
            _be(told["words"], told["env"], told["folder"], ends)
        for end in ends:
            os.close(end)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be(words: Sequence[str], env: Mapping[str, str], folder: str, ends: Sequence[int]) -> None:
    """The child: never returns."""
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    status = 0
    try:
        PROGRAMS[words[0]](words[1:])
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
