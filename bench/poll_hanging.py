"""How late feeds are asked while others take the connection and never answer. One run of `treatywatch run`.

A feed is due when the program starts, and then when its database says; the database is read beside the running program
twice a second. Late is the time of the request in nginx's log minus that. Feeds that are due and not asked when the
run ends are as late as they are by then, and counted as still waiting.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from bench.poll_feeds import Newsroom
from bench.poll_program import Place, Scale, config_of, progress
from bench.poll_site import Silent, Site, address
from bot.errors import StoreError
from bot.store.reading import SqliteReader

GOAL = 10  # seconds
_GLANCE = 0.5  # seconds
_STARTED = '"bot.started"'

Moments = Mapping[str, Sequence[float]]  # by address: seconds since 1970, in order


class Late(NamedTuple):
    """How late the feeds were of which this is one pass."""

    seconds: list[float]
    waiting: int  # of them, not asked at all


class Run(NamedTuple):
    """What was seen of one run."""

    start: float  # seconds since 1970, as are the others
    end: float
    asked: Moments
    due: Moments  # each due time that the database ever held


def measure(scale: Scale, folder: Path) -> Iterator[str]:
    """The lines of a table."""
    feeds, stuck = scale.hanging
    step = feeds // stuck
    with Site(folder / "site") as site, Silent(range(0, feeds, step)) as silent:
        well = [number for number in range(feeds) if number % step]
        news = Newsroom()
        for number in well:
            site.publish(number, news.short(number))
        urls = [site.url(number) if number % step else silent.url(number) for number in range(feeds)]
        place = Place(folder / "place", config_of(urls, poll=f"{scale.every}s"))
        with place.runs("run") as process:
            run = asyncio.run(_watched(place, site, process, well, scale.patience))
    progress("")
    yield (
        f"## Hanging: {stuck} of {feeds:,} feeds take the connection and never answer, `every: {scale.every}s`;"
        f" lateness of the other {len(well)}, one run of {run.end - run.start:.0f} s"
    )
    yield ""
    yield "| | median s | 95 of 100 below | latest | still waiting at the end |"
    yield "|---|---:|---:|---:|---:|"
    for name, late in (("at the start", _first(run, well)), ("next pass", _next(run, well))):
        yield _row(name, late)


def _row(name: str, late: Late) -> str:
    if not late.seconds:
        return f"| {name} | – | – | none was due again within the run | {late.waiting} |"
    ordered = sorted(late.seconds)
    return (
        f"| {name} | {statistics.median(ordered):.2f} | {ordered[int(len(ordered) * 0.95)]:.2f}"
        f" | {ordered[-1]:.2f} (goal < {GOAL}) | {late.waiting} |"
    )


async def _watched(
    place: Place, site: Site, process: subprocess.Popen[bytes], well: Sequence[int], patience: float
) -> Run:
    """The run, until every feed that is well was asked twice, or patience ends."""
    start = await _start(place, process)
    reader = await _reader(place)
    hosts = {f"f{number}": address(number) for number in well}
    due: dict[str, list[float]] = defaultdict(list)
    asked: dict[str, list[float]] = {}
    while (now := time.time()) < start + patience and not _all_twice(asked, len(well)):
        if process.poll() is not None:
            raise RuntimeError(f"treatywatch run ended with {process.returncode}")
        for state in await reader.feed_states():
            if (host := hosts.get(state.feed)) and (not due[host] or due[host][-1] != state.due.timestamp()):
                due[host].append(state.due.timestamp())
        asked = _asked(site)
        progress(f"hanging: {len(asked)} of {len(well)} asked, {now - start:.0f} s of at most {patience:.0f}")
        await asyncio.sleep(_GLANCE)
    await reader.close()
    return Run(start, time.time(), _asked(site), due)


async def _start(place: Place, process: subprocess.Popen[bytes]) -> float:
    """When the program said that it has started."""
    while process.poll() is None:
        for line in place.log.read_text(encoding="utf-8").splitlines():
            if _STARTED in line:
                return datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp()
        await asyncio.sleep(0.05)
    raise RuntimeError(f"treatywatch run ended with {process.returncode}")


async def _reader(place: Place) -> SqliteReader:
    while True:
        try:
            return await SqliteReader.read_only(place.database)
        except StoreError:  # it is being made
            await asyncio.sleep(0.05)


def _asked(site: Site) -> dict[str, list[float]]:
    asked: dict[str, list[float]] = defaultdict(list)
    for request in site.requests():
        asked[request.address].append(request.at)
    return dict(asked)


def _all_twice(asked: Moments, feeds: int) -> bool:
    return len(asked) == feeds and all(len(moments) > 1 for moments in asked.values())


def _first(run: Run, well: Sequence[int]) -> Late:
    """At the start every feed is due."""
    moments = [run.asked.get(address(number), ()) for number in well]
    seconds = [(one[0] if one else run.end) - run.start for one in moments]
    return Late(seconds, sum(1 for one in moments if not one))


def _next(run: Run, well: Sequence[int]) -> Late:
    """Due again after the first answer; those whose time came within the run."""
    seconds, waiting = [], 0
    for host in map(address, well):
        asked = run.asked.get(host, ())
        after = [due for due in run.due.get(host, ()) if asked and asked[0] < due < run.end]
        if not after:
            continue
        waiting += len(asked) < 2
        seconds.append((asked[1] if len(asked) > 1 else run.end) - after[0])
    return Late(seconds, waiting)
