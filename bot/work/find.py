"""The feeds of a site: where they may be, each of these asked, and what it holds. Nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import FeedError
from bot.feeds.discover import candidates
from bot.model import Candidate, Feed, FeedState, Fetched, Tried
from bot.topics.text import canonical_link
from bot.work.sources import Fetch, Parse


class Look(Parse, Protocol):
    """Reads documents and looks for feeds on pages, out of harm's way."""

    async def find(self, fetched: Fetched) -> list[Candidate]:
        """Where the feeds of a page may be; raises ParseError."""


class Finder:
    """Looks for feeds, through the same way out and the same readers as the bot itself."""

    def __init__(self, fetch: Fetch, look: Look, *, now: datetime) -> None:
        self._fetch, self._look, self._now = fetch, look, now
        self._blank = FeedState(feed="candidate", due=now)  # never read

    async def find(self, url: str, step: Callable[[], None]) -> list[Tried]:
        """What a page names as feeds, each asked; then usual addresses where there is a feed; last the page itself.

        Where the address is a feed, it alone. `step` is called for each that was asked. FeedError where nothing
        answers there; where what answers cannot be used, the usual addresses are tried all the same.
        """
        page, unread = replace(_feed(url), kind="page"), None
        try:
            async with self._fetch.open(page, self._blank) as fetched:
                found = await self._look.find(fetched)
        except FeedError as error:
            if error.status is None:
                raise
            found, unread = candidates("", url), error  # what the address alone tells; its text is not ours to read
        step()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._try(one, step), name=f"try {one.url}") for one in found]
        told = _told(task.result() for task in tasks)
        if unread:
            itself = replace(told[-1].candidate, why="the address itself")
            told[-1] = replace(told[-1], candidate=itself, fault=unread.fault, error=str(unread))
        return told

    async def _try(self, one: Candidate, step: Callable[[], None]) -> Tried:
        if one.kind == "page":
            return Tried(candidate=one, url=one.url)
        feed = _feed(one.url)
        try:
            async with self._fetch.open(feed, self._blank) as fetched:
                document = await self._look.parse(fetched, feed=feed, now=self._now, is_known=False)
        except FeedError as error:
            return Tried(candidate=one, url=one.url, fault=error.fault, error=str(error))
        else:
            return Tried(candidate=one, url=fetched.url, items=document.items)
        finally:
            step()


def _feed(url: str) -> Feed:
    """An address as if it stood in feeds.yaml."""
    return Feed(id="candidate", name=url, url=url, every=timedelta(hours=1))


def _told(tried: Iterable[Tried]) -> list[Tried]:
    """All but guesses where no feed is, or one that stands here already under another address."""
    told: list[Tried] = []
    for one in tried:
        if one.candidate.kind == "guess" and (one.fault or any(_same(one, other) for other in told)):
            continue
        told.append(one)
    return told


def _same(one: Tried, other: Tried) -> bool:
    """Whether two addresses lead to the same place, or hold the same items."""
    if canonical_link(one.url) == canonical_link(other.url):
        return True
    return bool(one.items) and [item.key for item in one.items] == [item.key for item in other.items]
