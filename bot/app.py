"""The one place that names concrete back ends and joins them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from bot.chat import Chat
from bot.config import Config
from bot.delivery.calendar import next_digest
from bot.errors import FetchError, ParseError
from bot.feeds.fetch import Fetcher
from bot.feeds.guard import Guard, parse_network
from bot.feeds.sandbox import Sandbox
from bot.log import log
from bot.model import Channel, ChannelId, Feed, FeedState, Reading, Subscription
from bot.store import Store
from bot.topics.rules import compile_rules
from bot.web import Door
from bot.work.clock import Clock
from bot.work.post import Poster
from bot.work.watch import Watcher
from bot.work.worker import Worker

TERMINAL = ChannelId("terminal")


@dataclass(frozen=True, slots=True)
class Parts:
    """What reads feeds: one way out to the network, one pool of children that parse."""

    fetch: Fetcher
    sandbox: Sandbox

    @classmethod
    def of(cls, config: Config) -> Parts:
        """As feeds.yaml says."""
        guard = Guard(parse_network(text) for text in config.bot.allow_networks)
        return cls(fetch=Fetcher(guard, contact=config.bot.contact or None), sandbox=Sandbox())


class App:
    """Everything joined, and open for work; `async with build(…) as app`."""

    def __init__(self, config: Config, *, clock: Clock, store: Store, chats: Sequence[Chat]) -> None:
        self.config, self.store, self.clock = config, store, clock
        self.chats = {chat.platform: chat for chat in chats}
        self._parts, self._stack = Parts.of(config), AsyncExitStack()
        watcher = Watcher(
            store,
            self._parts.fetch,
            self._parts.sandbox,
            feeds={feed.id: feed for feed in config.feeds},
            rules=compile_rules(config.topics),
            clock=clock,
        )
        poster = Poster(store, self.chats, topics=config.topics, feeds=config.feeds, clock=clock)
        self.worker = Worker(store, watcher, poster, clock)

    async def __aenter__(self) -> Self:
        """Open the ways out, and make the database what feeds.yaml says."""
        await self._stack.enter_async_context(self._parts.fetch)
        await self._stack.enter_async_context(self._parts.sandbox)
        await self.store.settle_config(
            feeds=self.config.feeds,
            topics=self.config.topics,
            channels=channels_of(self.config, platforms=self.chats),
            now=self.clock.now(),
        )
        for channel in await self.store.undated():
            due = next_digest(channel.digest, after=self.clock.now()) if channel.digest else None
            await self.store.set_digest(channel.id, due=due)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of children and connections; the store stays its opener's."""
        await self._stack.aclose()

    async def run(self, stop: asyncio.Event) -> None:
        """The bot, until `stop` is set."""
        async with Door(self.config.web, self.store, self.clock):
            log.info("bot.started", feeds=len(self.config.feeds), topics=len(self.config.topics))
            await self.worker.run(stop)
            log.info("bot.stopped")


def build(config: Config, *, clock: Clock, store: Store, chats: Sequence[Chat]) -> App:
    """The app over these; what a test turns, it hands in here."""
    return App(config, clock=clock, store=store, chats=chats)


def channels_of(config: Config, *, platforms: Collection[str]) -> list[tuple[Channel, tuple[Subscription, ...]]]:
    """The file's channels; where none of them is on a platform that we reach, also the terminal, told all at once.

    A channel that we cannot reach stays: what it is owed waits for its platform's token.
    """
    channels = list(config.channels)
    unserved = [channel.id for channel, _ in channels if channel.id.platform not in platforms]
    for channel in unserved:
        log.warning("channel.unserved", channel=str(channel), why=f"this program has no way to {channel.platform}")
    if len(unserved) == len(channels) and TERMINAL.platform in platforms:
        roots = [topic.id for topic in config.topics if topic.within is None]
        wishes = tuple(Subscription(channel=TERMINAL, topic=topic, wish="instant") for topic in roots)
        channels.append((Channel(id=TERMINAL, digest=None), wishes))
    return channels


async def try_feeds(config: Config, tell: Callable[[Reading], None]) -> bool:
    """Read each feed once, as if for the first time, and keep nothing; whether all could be read."""
    parts, now = Parts.of(config), datetime.now(UTC)

    async def attempt(feed: Feed) -> bool:
        blank, started = FeedState(feed=feed.id, due=now), asyncio.get_running_loop().time()
        reading = Reading(feed=feed.id, state="read", status=200, took=timedelta())
        try:
            fetched = await parts.fetch.fetch(feed, blank)
            items = await parts.sandbox.parse(fetched, feed=feed, now=now)
            reading = replace(reading, items=len(items), new=len(items))
        except (FetchError, ParseError) as error:
            status = error.status if isinstance(error, FetchError) else 200
            reading = replace(reading, state="failed", status=status, error=str(error))
        tell(replace(reading, took=timedelta(seconds=asyncio.get_running_loop().time() - started)))
        return reading.state == "read"

    async with parts.fetch, parts.sandbox, asyncio.TaskGroup() as group:
        tasks = [group.create_task(attempt(feed), name=f"try {feed.id}") for feed in config.feeds]
    return all(task.result() for task in tasks)
