"""Feeds that have nothing new: the polls per second of the program, beside the requests of a bare client."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import IO, NamedTuple

from bench.poll_feeds import Newsroom
from bench.poll_program import ROOT, Scale, clean, config_of, progress
from bench.poll_site import Site

GOAL = 0.4  # of a bare client in asyncio's own loop
_NAMES = {
    "program": "the program: claimed, fetched, kept with its next due time, logged",
    "asyncio": "bare aiohttp, asyncio's own loop, 50 at once",
    "uvloop": "bare aiohttp, uvloop, 50 at once",
}


class Took(NamedTuple):
    """One pass over all feeds; seconds."""

    wall: float
    processor: float


class Poller:
    """One who polls when told to; see bench.poll_pass."""

    def __init__(self, who: str, folder: Path, stack: ExitStack) -> None:
        command = [sys.executable, "-m", "bench.poll_pass", who, str(folder), str(folder / f"{who}.log")]
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            command, cwd=ROOT, env=clean(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        stack.callback(self._end)
        self._line()  # it has read all feeds once

    def polls(self) -> Took:
        """One pass."""
        say = _there(self._process.stdin)
        say.write("go\n")
        say.flush()
        wall, processor = map(float, self._line().split())
        return Took(wall, processor)

    def _line(self) -> str:
        if not (line := _there(self._process.stdout).readline()):
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")
        return line

    def _end(self) -> None:
        _there(self._process.stdin).close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _there(self._process.stdout).close()


def _there(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("a process without a pipe")
    return pipe


def measure(scale: Scale, folder: Path) -> Iterator[str]:
    """The lines of a table."""
    who = [name for name in _NAMES if name != "uvloop" or find_spec("uvloop")]
    with ExitStack() as stack:
        site = stack.enter_context(Site(folder / "site", logs=False))
        news = Newsroom()
        for number in range(scale.steady):
            site.publish(number, news.short(number))
        place = folder / "steady"
        place.mkdir()
        config = config_of(map(site.url, range(scale.steady)), poll="1s")
        (place / "feeds.yaml").write_text(config, encoding="utf-8")
        progress("steady state: every feed is read for the first time")
        pollers = {name: Poller(name, place, stack) for name in who}
        took: dict[str, list[Took]] = {name: [] for name in who}
        for number in range(scale.rounds):
            progress(f"steady state: round {number + 1} of {scale.rounds}")
            for name in who if number % 2 else reversed(who):
                took[name].append(pollers[name].polls())
    progress("")
    yield f"## Steady state: {scale.steady:,} feeds on as many addresses, a new connection each, all unchanged (304)"
    yield ""
    yield "| | per second | lowest, highest | its own processor, µs each | the program is |"
    yield "|---|---:|---:|---:|---:|"
    medians = {name: statistics.median(one.wall for one in took[name]) for name in who}
    for name in who:
        ratio = "" if name == "program" else f"{medians[name] / medians['program']:.2f} of it"
        goal = f" (goal ≥ {GOAL})" if name == "asyncio" else ""
        yield _row(_NAMES[name], scale.steady, took[name], ratio + goal)
    if "uvloop" not in who:
        yield "\nLeft out: the bare client in uvloop, which is not installed here (`.venv/bin/pip install uvloop`)."


def _row(name: str, feeds: int, took: Sequence[Took], ratio: str) -> str:
    rates = sorted(feeds / one.wall for one in took)
    processor = statistics.median(one.processor for one in took) / feeds * 1e6
    return (
        f"| {name} | {statistics.median(rates):,.0f} | {rates[0]:,.0f}, {rates[-1]:,.0f} | {processor:,.0f} | {ratio} |"
    )
