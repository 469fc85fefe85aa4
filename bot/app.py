"""The one place that names concrete back ends and joins them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Self

from bot.chat import Chat, Face
from bot.chat.terminal import Terminal
from bot.config import Config
from bot.delivery.calendar import next_digest
from bot.delivery.compose import compose_ended
from bot.errors import ConfigError, FeedError, StoreError
from bot.feeds.fetch import Fetcher
from bot.feeds.guard import Guard, parse_network
from bot.feeds.sandbox import Sandbox
from bot.log import log
from bot.model import DUTIES, Channel, ChannelId, Draft, Duty, Feed, FeedState, Item, Reading, Subscription, Tried
from bot.store import Store
from bot.topics.classify import classify
from bot.topics.rules import Rules, compile_rules
from bot.ways import AGAIN, SENDING, TERMINAL, faces_of, missing, platforms_of, reached
from bot.web import Door
from bot.work.clock import Clock
from bot.work.commands import Commands, House
from bot.work.deadlines import Deadlines
from bot.work.editor import Editor
from bot.work.find import Finder
from bot.work.health import no_way
from bot.work.herald import Herald
from bot.work.plan import Planner
from bot.work.post import Poster, WhenUnsure
from bot.work.restore import Restored, Restorer
from bot.work.sweep import Sweeper
from bot.work.watch import Watcher
from bot.work.worker import Deeds, Worker


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

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Usable inside the block."""
        async with self.fetch, self.sandbox:
            yield self


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """How a running app gets another feeds.yaml."""

    asked: asyncio.Event  # set whenever the file is to be read again
    load: Callable[[], Config]  # reads it; raises ConfigError


class App:
    """Everything joined, and open for work; `async with build(…) as app`."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock,
        store: Store,
        chats: Sequence[Chat],
        duties: Collection[Duty] = DUTIES,
        again: timedelta = AGAIN,
    ) -> None:
        self.config, self.store, self.clock, self.duties = config, store, clock, frozenset(duties)
        self._opened, self._again = clock.now(), again
        self.chats = {chat.platform: chat for chat in chats}
        self._missing = missing(config, self.chats, duties)
        # What a platform's messages look like is known also where it is not ours to serve, or not reached yet.
        looks = [face for face in faces_of(config) if not chats or face.platform in self._missing]
        self._faces: dict[str, Face] = {**{face.platform: face for face in looks}, **self.chats}
        self._parts, self._stack, self._later = Parts.of(config), AsyncExitStack(), AsyncExitStack()
        self._turning = asyncio.Lock()
        limits = {face.platform: face.limits for face in self._faces.values()}
        rules = compile_rules(config.topics)
        self.commands = Commands(
            store,
            self._editor(config),
            house=_house(config, rules),
            clock=clock,
            limits=limits,
            people=self.chats,
        )
        deeds = self._deeds(config, rules)
        beating = self.duties - ({"web"} if config.web is None else set())
        self.worker = Worker(store, deeds, clock, duties=beating)

    def _editor(self, config: Config) -> Editor:
        return Editor(reader=self.store, topics=config.topics, feeds=config.feeds, home=config.bot.zone)

    def _deeds(self, config: Config, rules: Rules) -> Deeds:
        store, clock, parts = self.store, self.clock, self._parts
        feeds = {feed.id: feed for feed in config.feeds}
        per_hour = config.bot.instant_per_hour
        planner = Planner(store, self.chats, self._editor(config), clock=clock, per_hour=per_hour)
        unsure = WhenUnsure(settle=config.bot.settle, otherwise=config.bot.on_unknown)
        return Deeds(
            watcher=Watcher(store, parts.fetch, parts.sandbox, feeds=feeds, rules=rules, clock=clock),
            poster=Poster(store, self.chats, planner, clock=clock, unsure=unsure),
            herald=Herald(store, self._faces, {feed.id: feed.name for feed in config.feeds}, clock=clock),
            deadlines=Deadlines(store, config.dates, config.topics, zone=config.bot.zone, clock=clock),
            sweeper=Sweeper(store, keep=config.bot.keep, clock=clock),
        )

    async def __aenter__(self) -> Self:
        """Open the ways out, and make the database what feeds.yaml says."""
        await self._stack.enter_async_context(self._parts.open())
        if self.duties != {"web"}:
            await self._settle(self.config)
        return self

    async def _settle(self, config: Config) -> None:
        self._warn_of_unserved(config)
        ended = await self.store.settle_config(
            feeds=config.feeds,
            topics=config.topics,
            channels=channels_of(config, self._faces, known=[one.id for one in await self.store.channels()]),
            now=self.clock.now(),
        )
        for channel, gone in groupby(ended, key=itemgetter(0)):
            await self._tell_ended(channel, [topic for _, topic in gone])
        for channel, kind in await self.store.undated():
            cadence = channel.cadence(kind)
            due = next_digest(cadence, after=self.clock.now()) if cadence else None
            await self.store.set_digest(channel.id, due=due, kind=kind)

    def _warn_of_unserved(self, config: Config) -> None:
        """Of channels in the file that nothing can be sent to; whoever only reads feeds sends nothing anyway."""
        if SENDING.isdisjoint(self.duties):
            return
        for where in (channel.id for channel, _ in config.channels):
            chat = self.chats.get(where.platform)
            if where.platform in self._missing:
                continue  # it has a token, and the log says why it is not there yet
            if chat is None:
                log.warning("channel.unserved", channel=str(where), why=no_way(where))
            elif chat.workspace and where.workspace and where.workspace != chat.workspace:
                why = f"it is in workspace {where.workspace}, and the token is that of {chat.workspace}"
                log.warning("channel.unserved", channel=str(where), why=why)

    async def _tell_ended(self, where: ChannelId, topics: Sequence[str]) -> None:
        if (face := self._faces.get(where.platform)) is not None:
            message = compose_ended(topics)
            drafts = [Draft(kind="digest", payload=face.render(message), stories=(), message=message)]
            await self.store.plan(where, drafts, digest=None, next_digest=None, now=self.clock.now())

    async def __aexit__(self, *_: object) -> None:
        """Let go of children and connections; the store stays its opener's."""
        await self._later.aclose()
        await self._stack.aclose()

    async def restore(self) -> Restored:
        """After a backup was put in place, and before anything is posted: what the channels were told since."""
        return await Restorer(self.store, self.chats, clock=self.clock).restore(self._opened)

    async def run(self, stop: asyncio.Event, reread: Rereading | None = None) -> None:
        """The bot, or its part, until `stop` is set."""
        async with self._door(), asyncio.TaskGroup() as group:
            log.info(
                "bot.started", feeds=len(self.config.feeds), topics=len(self.config.topics), duties=sorted(self.duties)
            )
            for chat in self.chats.values() if "chat" in self.duties else ():
                group.create_task(chat.listen(self.commands, stop), name=f"listen {chat.platform}")
            left = [group.create_task(self._join(one, group, stop), name=f"join {one}") for one in self._missing]
            if reread is not None:
                left.append(group.create_task(self._rereading(reread), name="rereading"))
            await self.worker.run(stop)
            for task in left:
                task.cancel()
        log.info("bot.stopped")

    async def _join(self, platform: str, group: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        """Serve a platform too, once it can be reached."""
        chat = await reached(self.config, platform, self.duties, again=self._again, stack=self._later)
        async with self._turning, self.worker.resting():
            self._missing.remove(platform)
            self.chats[platform] = self._faces[platform] = chat
            await self.worker.until_taken(partial(self._settle, self.config))
        log.info("chat.reached", platform=platform)
        if "chat" in self.duties:
            group.create_task(chat.listen(self.commands, stop), name=f"listen {platform}")

    def _door(self) -> Door:
        tally = self.worker.deeds.watcher.tally if "poll" in self.duties else None
        address = self.config.web if "web" in self.duties else None
        return Door(address, self.store, self.clock, tally=tally, ways=lambda: platforms_of(self.config))

    # ── another feeds.yaml

    async def _rereading(self, reread: Rereading) -> None:
        """Read feeds.yaml again whenever that is asked; with a fault in it, the old one stays."""
        while True:
            await reread.asked.wait()
            reread.asked.clear()
            try:
                config = await asyncio.to_thread(reread.load)
                changed = config != self.config
                if changed:
                    await self.turn_to(config)
            except (ConfigError, StoreError) as error:
                for fault in error.lines() if isinstance(error, ConfigError) else [str(error)]:
                    log.error("config.refused", fault=fault)
                continue
            counts = {"feeds": len(config.feeds), "topics": len(config.topics), "channels": len(config.channels)}
            log.info("config.reloaded", changed=changed, **counts)

    async def turn_to(self, config: Config) -> None:
        """Go on as this feeds.yaml says; what is being sent is finished as the one before had it."""
        rules = await asyncio.to_thread(compile_rules, config.topics)
        async with self._turning, self.worker.resting(), AsyncExitStack() as old:
            self._show_terminal(config)
            if self.duties != {"web"}:
                await self._settle(config)
            if _way_out(config) != _way_out(self.config):
                self._parts, new = Parts.of(config), AsyncExitStack()
                await new.enter_async_context(self._parts.open())
                old.push_async_callback(self._stack.aclose)
                self._stack = new
            tally, self.config = self.worker.deeds.watcher.tally, config
            self.worker.deeds = self._deeds(config, rules)
            self.worker.deeds.watcher.tally = tally
            self.commands.follow(self._editor(config), _house(config, rules))

    def _show_terminal(self, config: Config) -> None:
        """The terminal needs no token: named in the file from now on, it is a channel from now on."""
        if TERMINAL.platform in platforms_of(config) and TERMINAL.platform not in self._faces:
            self._faces[TERMINAL.platform] = terminal = Terminal.for_stdout()
            if not SENDING.isdisjoint(self.duties):
                self.chats[TERMINAL.platform] = terminal


def _house(config: Config, rules: Rules) -> House:
    return House(rules=rules, zone=config.bot.zone, may_change=config.bot.may_change)


def _way_out(config: Config) -> tuple[object, ...]:
    """What of feeds.yaml the way to the feeds hangs on."""
    return config.bot.allow_networks, config.bot.contact


def build(
    config: Config,
    *,
    clock: Clock,
    store: Store,
    chats: Sequence[Chat],
    duties: Collection[Duty] = DUTIES,
    again: timedelta = AGAIN,
) -> App:
    """The app over these; what a test turns, it hands in here.

    `again`: until a platform is tried again that there is a token for, and no chat since it could not be reached.
    """
    return App(config, clock=clock, store=store, chats=chats, duties=duties, again=again)


def channels_of(
    config: Config, chats: Mapping[str, Face], *, known: Sequence[ChannelId]
) -> list[tuple[Channel, tuple[Subscription, ...]]]:
    """The file's channels; those that name no workspace in the one we have, or in which we know them already.

    A channel that we cannot reach stays: what it is owed waits for its platform's token. Where the terminal is the
    only way out and the file has no channel for it, also the terminal, told all at once.
    """
    channels = [(found, wishes) for one, wishes in config.channels if (found := _placed(one, chats, known))]
    placed = [(channel, tuple(replace(wish, channel=channel.id) for wish in wishes)) for channel, wishes in channels]
    if list(chats) == [TERMINAL.platform] and not any(channel.id.platform in chats for channel, _ in placed):
        roots = [topic.id for topic in config.topics if topic.within is None]
        wishes = tuple(Subscription(channel=TERMINAL, topic=topic, wish="instant") for topic in roots)
        placed.append((Channel(id=TERMINAL, digest=None), wishes))
    return placed


def _placed(channel: Channel, chats: Mapping[str, Face], known: Sequence[ChannelId]) -> Channel | None:
    """The channel with its workspace; None: it names none, and nobody has told which is meant."""
    where = channel.id
    if where.workspace or where == TERMINAL:
        return channel
    if where.platform in chats and (workspace := chats[where.platform].workspace):
        return replace(channel, id=where._replace(workspace=workspace))
    return next((replace(channel, id=one) for one in known if one == where._replace(workspace=one.workspace)), None)


async def try_feeds(config: Config, tell: Callable[[Feed, Reading, Sequence[Item]], None]) -> bool:
    """Read each feed once, as if for the first time, and keep nothing; whether all could be read.

    `tell` gets each as it is done, with its items.
    """
    parts, now, rules = Parts.of(config), datetime.now(UTC), compile_rules(config.topics)

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
            matched = sum(1 for item in items if classify(item, rules))
            reading = replace(reading, items=count, new=count, matched=matched)
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
