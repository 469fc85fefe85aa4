"""The one place that names concrete back ends and joins them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Self

from bot.chat import Chat
from bot.chat.slack.app import SlackChat
from bot.chat.terminal import Terminal
from bot.config import Config
from bot.delivery.calendar import next_digest
from bot.delivery.compose import compose_ended
from bot.errors import FeedError
from bot.feeds.fetch import Fetcher
from bot.feeds.guard import Guard, parse_network
from bot.feeds.sandbox import Sandbox
from bot.log import log
from bot.model import Channel, ChannelId, Draft, Feed, FeedState, Item, Reading, Subscription, Tried
from bot.store import Store
from bot.topics.rules import compile_rules
from bot.web import Door
from bot.work.clock import Clock
from bot.work.commands import Commands
from bot.work.deadlines import Deadlines
from bot.work.editor import Editor
from bot.work.find import Finder
from bot.work.herald import Herald
from bot.work.plan import Planner
from bot.work.post import Poster
from bot.work.sweep import Sweeper
from bot.work.watch import Watcher
from bot.work.worker import Deeds, Worker

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
        editor = Editor(reader=store, topics=config.topics, feeds=config.feeds)
        planner = Planner(store, self.chats, editor, clock=clock, per_hour=config.bot.instant_per_hour)
        poster = Poster(store, self.chats, planner, clock=clock, on_unknown=config.bot.on_unknown)
        herald = Herald(store, self.chats, {feed.id: feed.name for feed in config.feeds}, clock=clock)
        deadlines = Deadlines(store, config.dates, config.topics, zone=config.bot.zone, clock=clock)
        sweeper = Sweeper(store, keep=config.bot.keep, clock=clock)
        deeds = Deeds(watcher=watcher, poster=poster, herald=herald, deadlines=deadlines, sweeper=sweeper)
        self.worker = Worker(store, deeds, clock)
        limits = {chat.platform: chat.limits for chat in chats}
        self.commands = Commands(store, editor, zone=config.bot.zone, clock=clock, limits=limits)

    async def __aenter__(self) -> Self:
        """Open the ways out, and make the database what feeds.yaml says."""
        await self._stack.enter_async_context(self._parts.fetch)
        await self._stack.enter_async_context(self._parts.sandbox)
        ended = await self.store.settle_config(
            feeds=self.config.feeds,
            topics=self.config.topics,
            channels=channels_of(self.config, self.chats, known=[one.id for one in await self.store.channels()]),
            now=self.clock.now(),
        )
        for channel, gone in groupby(ended, key=itemgetter(0)):
            await self._tell_ended(channel, [topic for _, topic in gone])
        for channel, kind in await self.store.undated():
            cadence = channel.cadence(kind)
            due = next_digest(cadence, after=self.clock.now()) if cadence else None
            await self.store.set_digest(channel.id, due=due, kind=kind)
        return self

    async def _tell_ended(self, where: ChannelId, topics: Sequence[str]) -> None:
        if (chat := self.chats.get(where.platform)) is not None:
            message = compose_ended(topics)
            drafts = [Draft(kind="digest", payload=chat.render(message), stories=(), message=message)]
            await self.store.plan(where, drafts, digest=None, next_digest=None, now=self.clock.now())

    async def __aexit__(self, *_: object) -> None:
        """Let go of children and connections; the store stays its opener's."""
        await self._stack.aclose()

    async def run(self, stop: asyncio.Event) -> None:
        """The bot, until `stop` is set."""
        async with (
            Door(self.config.web, self.store, self.clock, self.worker.watcher.tally),
            asyncio.TaskGroup() as group,
        ):
            log.info("bot.started", feeds=len(self.config.feeds), topics=len(self.config.topics))
            for chat in self.chats.values():
                group.create_task(chat.listen(self.commands.answer, stop), name=f"listen {chat.platform}")
            await self.worker.run(stop)
        log.info("bot.stopped")


def build(config: Config, *, clock: Clock, store: Store, chats: Sequence[Chat]) -> App:
    """The app over these; what a test turns, it hands in here."""
    return App(config, clock=clock, store=store, chats=chats)


@asynccontextmanager
async def ways_out(config: Config) -> AsyncIterator[list[Chat]]:
    """The chats that there are tokens for, each tried; with none of them the terminal. Raises TreatywatchError."""
    if config.slack is None:
        yield [Terminal.for_stdout()]
        return
    async with SlackChat.open(
        bot_token=config.slack.bot_token.reveal(),
        app_token=config.slack.app_token.reveal(),
        api_url=config.slack.api_url,
        settle=config.bot.settle,
    ) as slack:
        yield [slack]


def channels_of(
    config: Config, chats: Mapping[str, Chat], *, known: Sequence[ChannelId]
) -> list[tuple[Channel, tuple[Subscription, ...]]]:
    """The file's channels; those that name no workspace in the one we have, or in which we know them already.

    A channel that we cannot reach stays: what it is owed waits for its platform's token. Where the terminal is the
    only way out and the file has no channel for it, also the terminal, told all at once.
    """
    channels = [(found, wishes) for one, wishes in config.channels if (found := _placed(one, chats, known))]
    for channel, _ in config.channels:
        if channel.id.platform not in chats:
            why = f"there is no way to {channel.id.platform} without its token"
            log.warning("channel.unserved", channel=str(channel.id), why=why)
    placed = [(channel, tuple(replace(wish, channel=channel.id) for wish in wishes)) for channel, wishes in channels]
    if list(chats) == [TERMINAL.platform] and not any(channel.id.platform in chats for channel, _ in placed):
        roots = [topic.id for topic in config.topics if topic.within is None]
        wishes = tuple(Subscription(channel=TERMINAL, topic=topic, wish="instant") for topic in roots)
        placed.append((Channel(id=TERMINAL, digest=None), wishes))
    return placed


def _placed(channel: Channel, chats: Mapping[str, Chat], known: Sequence[ChannelId]) -> Channel | None:
    """The channel with its workspace; None: it names none, and no token tells which is meant."""
    where = channel.id
    if where.workspace or where == TERMINAL:
        return channel
    if where.platform in chats:
        return replace(channel, id=where._replace(workspace=chats[where.platform].workspace))
    return next((replace(channel, id=one) for one in known if one == where._replace(workspace=one.workspace)), None)


async def try_tokens(config: Config) -> str | None:
    """The workspace that Slack's tokens open; None: there are none. Raises TreatywatchError naming the wrong one."""
    async with ways_out(config) as chats:
        return next((chat.workspace for chat in chats if chat.workspace), None)


async def try_feeds(config: Config, tell: Callable[[Feed, Reading, Sequence[Item]], None]) -> bool:
    """Read each feed once, as if for the first time, and keep nothing; whether all could be read.

    `tell` gets each as it is done, with its items.
    """
    parts, now = Parts.of(config), datetime.now(UTC)

    async def entries(feed: Feed, blank: FeedState) -> tuple[int, tuple[Item, ...]]:
        async with parts.fetch.open(feed, blank) as fetched:
            if feed.kind == "treaty-status":
                return len((await parts.sandbox.record(fetched, feed=feed, now=now)).participants), ()
            items = (await parts.sandbox.parse(fetched, feed=feed, now=now)).items
            return len(items), items

    async def attempt(feed: Feed) -> bool:
        blank, started = FeedState(feed=feed.id, due=now), asyncio.get_running_loop().time()
        reading, items = Reading(feed=feed.id, state="read", status=200, took=timedelta()), tuple[Item, ...]()
        try:
            count, items = await entries(feed, blank)
            reading = replace(reading, items=count, new=count)
        except FeedError as error:
            reading = replace(reading, state="failed", status=error.status, fault=error.fault, error=str(error))
        tell(feed, replace(reading, took=timedelta(seconds=asyncio.get_running_loop().time() - started)), items)
        return reading.state == "read"

    async with parts.fetch, parts.sandbox, asyncio.TaskGroup() as group:
        tasks = [group.create_task(attempt(feed), name=f"try {feed.id}") for feed in config.feeds]
    return all(task.result() for task in tasks)


async def find_feeds(config: Config, url: str, step: Callable[[], None]) -> list[Tried]:
    """The feeds of the site that a page belongs to, as work.find has it; nothing is kept. Raises FeedError."""
    parts = Parts.of(config)
    async with parts.fetch, parts.sandbox:
        return await Finder(parts.fetch, parts.sandbox, now=datetime.now(UTC)).find(url, step)
