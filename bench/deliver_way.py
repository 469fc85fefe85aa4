"""An item's way: from the answer of its feed's server that first held it to the message that was taken.

Every feed has an address of its own and is asked every second; each has a channel of its own, that wants its topic at
once. Between a feed that gains an item and the answer that tells it stands the polling interval, which is not counted.
The bare loop runs at the same time: it asks the same feeds every second and posts what is new to channels of its own.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from bench.deliver_stand import Came, Scale, Stand, bare, place_of, refused, stand, title
from bench.poll_program import progress
from tests.feed_server import Told, rss

GOAL = 2.0  # seconds, of 95 in 100
_EVERY = 1.0  # seconds from one question of the bare loop to the next
_BARE = "bare"  # the User-Agent of the loop
_LINK = re.compile(r"https://p\.example/\d+")
# In the titles of one feed each, and of no other; so a channel gets what one feed tells.
_WORDS = (
    *("amber", "basalt", "cedar", "dolomite", "ember", "flint"),
    *("garnet", "hazel", "indigo", "jasper", "kelp", "lapis"),
)


class Feeds:
    """Feeds on addresses of their own that note when they first told whom of an item."""

    def __init__(self, count: int) -> None:
        self._items: list[deque[Told]] = [deque([Told(title="A page about gardening", guid="g")]) for _ in range(count)]
        self.told: dict[tuple[str, str], float] = {}  # (who asked, link): seconds since 1970
        self._asked: set[tuple[str, str]] = set()  # (who asked, which feed)
        # Set when both have been given every feed; what it gains from then on is new to them.
        self.known_to_both = asyncio.Event()
        self._port = 0
        app = web.Application()
        app.router.add_route("GET", "/{number}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        for number in range(len(self._items)):
            await web.TCPSite(self._runner, self._host(number), self._port).start()
            self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def urls(self) -> list[str]:
        """Where each is asked."""
        return [f"http://{self._host(number)}:{self._port}/{number}" for number in range(len(self._items))]

    def gain(self, feed: int, item: Told) -> None:
        """One more item."""
        self._items[feed].appendleft(item)

    def _host(self, number: int) -> str:
        return f"127.1.0.{number + 1}"

    async def _answer(self, request: web.Request) -> web.Response:
        items = self._items[int(request.match_info["number"])]
        body, etag = rss("A publisher", items), f'"{len(items)}"'
        who = _BARE if request.headers.get("User-Agent") == _BARE else ""
        self._asked.add((who, request.match_info["number"]))
        if len(self._asked) == 2 * len(self._items):
            self.known_to_both.set()
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        for item in items:
            self.told.setdefault((who, str(item.link)), time.time())
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": etag})


async def measure(scale: Scale, folder: Path) -> Sequence[str]:
    """The lines of a table."""
    ours, others = ([f"C{letter}{number}" for number in range(scale.feeds)] for letter in "WB")
    async with stand(folder, [*ours, *others]) as here, Feeds(scale.feeds) as feeds:
        topics = "".join(
            f"  {word}: {{name: {word.title()}, any: [{word} cybercrime convention]}}\n" for word in _words(scale)
        )
        rows = "".join(
            f'- {{channel: "slack:T1:{channel}", instant: [{word}]}}\n'
            for channel, word in zip(ours, _words(scale), strict=True)
        )
        place = place_of(folder, feeds.urls, topics, rows)
        progress(f"way: {scale.feeds * scale.items} items")
        with place.runs("run", secrets=here.slack.env) as process:
            asking = asyncio.ensure_future(_bare(here, feeds, others))
            async with asyncio.timeout(scale.patience):
                await feeds.known_to_both.wait()
            await _publish(feeds, scale)
            await here.taken(2 * scale.feeds * scale.items, scale.patience, process)
            asking.cancel()
        way, bare_way = _ways(here.came(ours), feeds, ""), _ways(here.came(others), feeds, _BARE)
        limited = refused(here.came(ours)), refused(here.came(others))
    progress("")
    times = statistics.median(way) / statistics.median(bare_way), _below(way) / _below(bare_way)
    return (
        f"## An item's way: {scale.feeds * scale.items} items of {scale.feeds} feeds, each asked every second",
        "",
        "| | median s | 95 of 100 below | longest | 429 |",
        "|---|---:|---:|---:|---:|",
        _row("the program: fetched, parsed, judged, told, stored, posted", way, f" (goal ≤ {GOAL:g})", limited[0]),
        _row("bare aiohttp: fetched, a link looked for, posted; at the same time", bare_way, "", limited[1]),
        f"| the program takes | {times[0]:.1f} times as long | {times[1]:.1f} times | | |",
    )


def _words(scale: Scale) -> Sequence[str]:
    return _WORDS[: scale.feeds]


async def _publish(feeds: Feeds, scale: Scale) -> None:
    """Each feed gains its items, one feed after the other."""
    for number in range(scale.feeds * scale.items):
        word = _WORDS[number % scale.feeds]
        item = Told(title=f"{title(number)}: {word} cybercrime convention", link=f"https://p.example/{number}")
        feeds.gain(number % scale.feeds, item)
        await asyncio.sleep(scale.gap)


async def _bare(here: Stand, feeds: Feeds, channels: Sequence[str]) -> None:
    async with bare() as session, asyncio.TaskGroup() as group:
        for url, channel in zip(feeds.urls, channels, strict=True):
            group.create_task(_ask(here, session, url, channel))


async def _ask(here: Stand, session: aiohttp.ClientSession, url: str, channel: str) -> None:
    """Ask one feed for ever, and post each link that was not there before."""
    known, etag = set[str](), ""
    while True:
        async with session.get(url, headers={"User-Agent": _BARE, "If-None-Match": etag}) as response:
            text, etag = await response.text(), response.headers["ETag"]
        for link in _LINK.findall(text):
            if link not in known:
                known.add(link)
                said = json.dumps({"text": link, "unfurl_links": False, "unfurl_media": False})
                await here.post(session, channel, here.payload(said))
        await asyncio.sleep(_EVERY)


def _ways(came: Sequence[Came], feeds: Feeds, who: str) -> list[float]:
    """Seconds of each item's way; every item was told once."""
    arrived: Mapping[str, float] = {_link(one): one.at for one in came if one.wait is None}
    told = {link: at for (asker, link), at in feeds.told.items() if asker == who and _LINK.fullmatch(link)}
    if arrived.keys() != told.keys():
        raise RuntimeError(f"told, but not posted: {told.keys() - arrived.keys()}")
    return [arrived[link] - at for link, at in told.items()]


def _link(one: Came) -> str:
    return str(_LINK.findall(json.dumps(dict(one.payload)))[0])


def _below(way: Sequence[float]) -> float:
    return sorted(way)[int(len(way) * 0.95)]


def _row(name: str, way: Sequence[float], goal: str, limited: int) -> str:
    return f"| {name} | {statistics.median(way):.3f} | {_below(way):.3f}{goal} | {max(way):.3f} | {limited} |"
