"""A first fetch of full-text feeds: stored, classified, in the search index; beside others who read feeds.

Everybody is a process of its own with a fresh database. Time runs from the first request that nginx sees to the end of
the process, so that nobody's start-up counts, and everybody's last write does.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import poll_profile, poll_rivals
from bench.poll_feeds import ABOUT, ITEMS, Newsroom
from bench.poll_program import Place, Scale, config_of, progress, ran
from bench.poll_rivals import Contender
from bench.poll_site import Site


def measure(scale: Scale, folder: Path) -> Iterator[str]:
    """The lines of a table, and of another one for where the program's time goes."""
    progress("first fetch: full texts are written")
    there_is_reader, there_is_newsboat, left_out = poll_rivals.prepare(installs=scale.installs)
    with Site(folder / "site") as site:
        size = _publish(site, scale.first)
        urls = [site.url(number) for number in range(scale.first)]
        config = config_of(urls, poll="30m")
        makers = [lambda place: poll_rivals.program(place, config)]
        if there_is_reader:
            makers += [partial(poll_rivals.reader, urls=urls, searches=searches) for searches in (True, False)]
        if there_is_newsboat:
            makers.append(partial(poll_rivals.newsboat, urls=urls))
        rates: dict[str, list[float]] = {}
        goals: dict[str, str] = {}
        for number in range(scale.rounds):
            progress(f"first fetch: round {number + 1} of {scale.rounds}")
            for turn in range(len(makers)):
                which = (turn + number) % len(makers)
                contender = makers[which](folder / f"{number}-{which}")
                rates.setdefault(contender.name, []).append(_rate(site, contender, scale.first))
                goals[contender.name] = contender.goal
        progress("first fetch: where the time goes")
        profile = list(poll_profile.measure(Place(folder / "profile", config), scale.first))
    progress("")
    yield (
        f"## First fetch: {scale.first:,} feeds of {ITEMS} full texts, {size / 1000:.0f} kB a feed, {ABOUT} items of"
        " each about the convention"
    )
    yield ""
    yield from _table(rates, goals)
    if left_out:
        yield "\nLeft out, since they are not installed here: " + "; ".join(left_out) + "."
    yield ""
    yield from profile


def _publish(site: Site, count: int) -> float:
    """Bytes of a feed, on average."""
    news = Newsroom()
    documents = [news.full(number) for number in range(count)]
    for number, document in enumerate(documents):
        site.publish(number, document)
    return statistics.mean(map(len, documents))


def _rate(site: Site, contender: Contender, feeds: int) -> float:
    """Feeds per second; RuntimeError where not every item was kept."""
    site.forget()
    ran(contender.command)
    end = time.time()
    if (kept := contender.holds()) != feeds * ITEMS:
        raise RuntimeError(f"{contender.name} kept {kept} items of {feeds * ITEMS}")
    began = min(request.at for request in site.requests())
    return feeds / (end - began)


def _table(rates: dict[str, list[float]], goals: dict[str, str]) -> Iterator[str]:
    ours = statistics.median(next(iter(rates.values())))
    yield "| | feeds per second | lowest, highest | the program is |"
    yield "|---|---:|---:|---:|"
    for name, those in rates.items():
        median = statistics.median(those)
        ratio = f"{ours / median:.2f} times as fast" if median != ours else ""
        goal = f" (goal {goals[name]})" if goals[name] else ""
        yield f"| {name} | {median:,.1f} | {min(those):,.1f}, {max(those):,.1f} | {ratio}{goal} |"
