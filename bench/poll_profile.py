"""Where the time of a first fetch goes: `python -m bench.poll_profile CONFIG DATABASE`.

One pass of the program inside this process. Up to two hundred times a second every thread is looked at: which room of
the house, or which library, it is in, or that it waits. Looking is coarser than a profiler and disturbs far less; but
only one thread runs Python at a time, and one that waits for its turn counts as at work. The parsers are processes of
their own; of them the processor time is known.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self, TextIO

from bench.poll_program import Place, ran
from bot.app import build
from bot.chat.terminal import Terminal
from bot.cli.options import run_async
from bot.config import load
from bot.log import set_up
from bot.store.sqlite import SqliteStore
from bot.work.clock import SystemClock

_GLANCE = 0.005  # seconds
# The first that fits, from the innermost call outwards; what is found nowhere is the loop's own.
_ROOMS = (
    ("/bot/store/rows", "store, rows to and from nouns"),
    ("/bot/store/", "store, SQLite"),
    ("/sqlite_utils/", "store, SQLite"),
    ("/bot/topics/", "classify and tell"),
    ("/bot/feeds/sandbox", "to and from the parsers"),
    ("/bot/feeds/fetch", "fetch"),
    ("/aiohttp/", "fetch"),
    ("/structlog/", "log"),
    ("/bot/work/", "watch and worker"),
    ("/asyncio/subprocess", "to and from the parsers"),
    ("/asyncio/unix_events", "to and from the parsers"),
)
# Where a thread stands that waits for work.
_WAITS = ("/selectors.py", "/concurrent/futures/thread.py", "/asyncio/runners.py", "/threading.py", "/queue.py")
_LOOP = "the loop itself, and handing over to it"
# Other threads only wait: for a child to end, for an answer of the resolver.
_THREADS = (("MainThread", "main thread"), ("store", "store's thread"), ("asyncio_", "helping threads"))


class Sampler:
    """Looks at the threads of this process while a block runs."""

    def __init__(self) -> None:
        self.seen: defaultdict[tuple[str, str], float] = defaultdict(float)  # (thread, room): seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        last = time.perf_counter()
        while not self._stop.wait(_GLANCE):
            last, since = (now := time.perf_counter()), now - last  # a busy process lets nobody look so often
            names = {thread.ident: thread.name for thread in threading.enumerate()}
            for ident, frame in sys._current_frames().items():  # noqa: SLF001 - the documented way to look
                kind = next((kind for start, kind in _THREADS if names.get(ident, "").startswith(start)), None)
                if kind and (room := _room(frame)):
                    self.seen[kind, room] += since


def _room(frame: FrameType) -> str | None:
    """Where a thread is at work; None: it waits."""
    if frame.f_code.co_filename.endswith(_WAITS):
        return None
    at: FrameType | None = frame
    while at is not None:
        for part, room in _ROOMS:
            if part in at.f_code.co_filename:
                return room
        at = at.f_back
    return _LOOP


async def _once(config_path: Path, database: str, screen: TextIO, sampler: Sampler) -> float:
    """Seconds of one pass over all feeds."""
    config = load(config_path, environ={}, database=database)
    store = await SqliteStore.open(config.database, worker="bench")
    chats = [Terminal(screen, colour=False, width=80)]
    async with build(config, clock=SystemClock(), store=store, chats=chats) as app:
        began = time.perf_counter()
        with sampler:
            await app.worker.poll(None)
        took = time.perf_counter() - began
    await store.close()
    return took


def measure(place: Place, feeds: int) -> Iterator[str]:
    """The lines of a table, of one run."""
    command = [sys.executable, "-m", "bench.poll_profile", str(place.config), str(place.database)]
    told = json.loads(ran(command).stdout)
    took: float = told["took"]
    yield f"Where its time goes, in one pass of {took:.2f} s inside one process ({feeds / took:,.0f} feeds/s):"
    yield ""
    yield "| | seconds | ms a feed | share of the pass |"
    yield "|---|---:|---:|---:|"
    rows = [(f"{thread}: {room}", seconds) for thread, room, seconds in told["rooms"]]
    rows.append(("parsers, all together: processor time, start included", told["parsers"]))
    for name, seconds in rows:
        yield f"| {name} | {seconds:.2f} | {seconds / feeds * 1e3:.2f} | {seconds / took:.0%} |"


def main() -> None:
    """Print what was seen, as JSON."""
    set_up("info")
    sampler = Sampler()
    with Path(os.devnull).open("w", encoding="utf-8") as screen:
        took = run_async(_once(Path(sys.argv[1]), sys.argv[2], screen, sampler))
    parsers = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = sorted(sampler.seen.items(), key=itemgetter(1), reverse=True)
    rooms = [(thread, room, seconds) for (thread, room), seconds in seen]
    print(json.dumps({"took": took, "parsers": parsers.ru_utime + parsers.ru_stime, "rooms": rooms}))


if __name__ == "__main__":
    main()
