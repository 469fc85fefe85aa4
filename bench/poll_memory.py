"""The memory of the whole program, children included, after one pass over very many feeds.

One run: it hardly varies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.poll_feeds import Newsroom
from bench.poll_program import (
    FAILED,
    WATCHED,
    Memory,
    Place,
    Scale,
    Tail,
    config_of,
    memory_of,
    progress,
    wait_for,
)
from bench.poll_site import Site

GOAL_WHOLE, GOAL_FEED = 300, 4  # MiB, KiB
ITEMS = 5  # a feed, of one sentence each
_LONGEST = 1_800  # seconds for a pass
_GLANCE = 0.5


class Held(NamedTuple):
    """What one run gave."""

    feeds: int
    end: Memory  # when the pass is over
    most: float  # MiB of PSS, the highest seen while it went on
    took: float  # seconds from the first request to the last
    failed: int  # feeds
    check: float  # seconds of `treatywatch check`


def measure(scale: Scale, folder: Path) -> Iterator[str]:
    """The lines of a table."""
    yield f"## Memory: the whole program with its children after a first pass, {ITEMS} short items a feed, one run"
    yield ""
    yield "| feeds | PSS MiB | RSS MiB | processes | highest PSS while it reads | a pass, s | `treatywatch check`, s |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    with Site(folder / "site") as site:
        news = Newsroom()
        for number in range(max(scale.memory)):
            site.publish(number, news.short(number, ITEMS))
        few, many = (_held(site, folder / str(feeds), feeds) for feeds in scale.memory)
    progress("")
    for held in (few, many):
        goal = f" (goal ≤ {GOAL_WHOLE})" if held is few else ""
        yield (
            f"| {held.feeds:,} | {held.end.pss:,.0f}{goal} | {held.end.rss:,.0f} | {held.end.processes}"
            f" | {held.most:,.0f} | {held.took:,.0f} | {held.check:.1f} |"
        )
    further = (many.end.pss - few.end.pss) * 1024 / (many.feeds - few.feeds)
    yield ""
    yield f"Each further feed takes {further:.1f} KiB (goal ≤ {GOAL_FEED})."
    if few.failed or many.failed:
        yield f"Feeds that failed: {few.failed} and {many.failed}."


def _held(site: Site, folder: Path, feeds: int) -> Held:
    site.forget()
    place = Place(folder, config_of(map(site.url, range(feeds)), poll="1d"))
    progress(f"memory: the feeds.yaml of {feeds:,} feeds is checked")
    check = place.takes("check")
    with place.runs("run") as process:
        done, failed = Tail(place.log, WATCHED, FAILED), Tail(place.log, FAILED)
        most = 0.0

        def is_done() -> bool:
            nonlocal most
            most = max(most, memory_of(process.pid).pss)
            progress(f"memory: {done.look():,} of {feeds:,} feeds are read")
            return done.count >= feeds

        if not wait_for(is_done, process, seconds=_LONGEST, glance=_GLANCE):
            raise RuntimeError(f"only {done.count} of {feeds} feeds were read within {_LONGEST} s")
        end = memory_of(process.pid)
        asked = [request.at for request in site.requests()]
        return Held(feeds, end, max(most, end.pss), max(asked) - min(asked), failed.look(), check)
