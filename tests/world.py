"""A publisher, a database, a screen and a clock that a test turns, with the very same app over them.

async with World(folder) as world:
    world.feed("gazette").holds(Told(title="…"))
    await world.at("2025-10-27 08:00")      # one pass over all that is due
    assert world.screen() == ""
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from bot.app import App, build
from bot.chat import Chat
from bot.chat.slack.app import SlackChat
from bot.chat.terminal import Terminal
from bot.config import read
from bot.model import Answer, ChannelId, Command
from bot.store.sqlite import SqliteStore
from tests import discord_chats
from tests.conftest import ROOT
from tests.fake_discord import FakeDiscord
from tests.fake_slack import FakeSlack
from tests.feed_server import FeedServer, Page, Told

VIENNA = ZoneInfo("Europe/Vienna")
START = "2025-10-27 07:00"  # a Monday
CHANNEL = """
  - channel: terminal
    topics: [convention]
    instant: [ratification]
    digest: {at: "09:00", zone: Europe/Vienna, days: mon-fri}
"""


def topics() -> str:
    """The shipped topics, as they stand in feeds.yaml."""
    text = (ROOT / "feeds.yaml").read_text()
    return "topics:\n" + text.split("\ntopics:\n", 1)[1].split("\nchannels:\n", 1)[0]


def vienna(moment: str) -> datetime:
    """A wall time in Vienna, in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=VIENNA).astimezone(UTC)


MOMENT = timedelta(seconds=2)


class TurnedClock:
    """Stands still until a test turns it, but that it goes on by the moment for which a platform's pace is waited."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Where it stands."""
        return self.moment

    async def wait(self, until: datetime | None, wake: asyncio.Event) -> None:
        """Only being woken ends a wait that is longer than a moment."""
        if until is not None and until - self.moment <= MOMENT:
            self.moment = max(self.moment, until)
            return
        await wake.wait()


@dataclass
class Publisher:
    """One feed of the world."""

    server: FeedServer
    path: str
    items: list[Told] = field(default_factory=list)

    def holds(self, *items: Told) -> None:
        """Exactly these items, newest first."""
        self.items = list(items)
        self.server.feed(self.path, self.items)

    def gains(self, item: Told) -> None:
        """One more, before the others."""
        self.holds(item, *self.items)

    def page(self, page: Page) -> None:
        """Something else than a feed."""
        self.server.page(self.path, page)


class World:
    """Everything between a publisher and a screen."""

    def __init__(
        self,
        folder: Path,
        *,
        feeds: tuple[str, ...] = ("gazette", "courier"),
        channels: str = CHANNEL,
        slack: FakeSlack | None = None,
        discord: FakeDiscord | None = None,
        bot: str = "",
        pages: Mapping[str, str] | None = None,
        more: str = "",
        sections: str = "",
    ) -> None:
        # `pages`: which of the feeds are pages, and their selectors as feeds.yaml has them. `more` rows of feeds, in
        # which ADDRESS is the server's; `sections` of feeds.yaml besides.
        self._pages = pages or {}
        self._folder, self._names, self._channels, self._slack, self._bot = folder, feeds, channels, slack, bot
        self._more, self._sections, self._discord = more, sections, discord
        self.server, self.clock = FeedServer(), TurnedClock(vienna(START))
        self.publishers: dict[str, Publisher] = {}
        self._stack, self._app_stack = AsyncExitStack(), AsyncExitStack()
        self._requests, self._topics = 0, topics()
        self.app: App

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.server)
        for name in self._names:
            self.publishers[name] = Publisher(self.server, f"/{name}")
            self.publishers[name].holds(Told(title="A page about gardening", guid="garden"))
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        await self._stack.aclose()

    def config(self) -> str:
        """feeds.yaml of this world."""
        rows = "\n".join(
            f"  - {{id: {name}, name: The {name.title()}, url: {self.server.url('/' + name)}, every: 15m"
            + (f", kind: page, select: {self._pages[name]}}}" if name in self._pages else "}")
            for name in self._names
        )
        bot = f"bot: {{allow_networks: [127.0.0.0/8], zone: Europe/Vienna{self._bot}}}"
        more = self._more.replace("ADDRESS", self.server.url(""))
        return f"{bot}\n{self._sections}\nfeeds:\n{rows}\n{more}\n{self._topics}\nchannels:{self._channels}"

    def without_topic(self, topic: str) -> None:
        """From the next start on, feeds.yaml has no such topic."""
        self._topics = re.sub(rf"\n  {topic}:\n(?:    .*\n|\n)*", "\n", self._topics)

    async def open(self) -> None:
        """Start the app over whatever the database holds."""
        config = read(self.config(), name="feeds.yaml", environ={}, database=str(self._folder / "world.db"))
        store = await SqliteStore.open(config.database, worker="test")
        self._app_stack.push_async_callback(store.close)
        app = build(config, clock=self.clock, store=store, chats=await self._ways_out())
        self.app = await self._app_stack.enter_async_context(app)

    async def _ways_out(self) -> list[Chat]:
        """Slack and Discord where the world has them, else a screen."""
        chats: list[Chat] = []
        if self._slack is not None:
            slack = SlackChat.open(
                bot_token=self._slack.bot_token, app_token=self._slack.app_token, api_url=self._slack.url
            )
            chats.append(await self._app_stack.enter_async_context(slack))
        if self._discord is not None:
            chats.append(await self._app_stack.enter_async_context(discord_chats.opened(self._discord)))
        if chats:
            return chats
        screen = self._app_stack.enter_context((self._folder / "screen.txt").open("a"))
        return [Terminal(screen, colour=False, width=80)]

    async def asks(self, words: str, channel: str = "C1", *, request: str = "") -> Answer:
        """What a person in Slack is answered; each time another request, unless it is given."""
        self._requests += 1
        where = ChannelId("slack", "T1", channel)
        return await self.app.commands.answer(
            Command(id=request or f"request-{self._requests}", channel=where, person="U1", words=words)
        )

    async def close(self) -> None:
        """Stop the app; what it knows is in the database."""
        await self._app_stack.aclose()

    def feed(self, name: str) -> Publisher:
        """A publisher by its feed's id."""
        return self.publishers[name]

    async def at(self, moment: str) -> str:
        """One pass at that wall time in Vienna; what was posted by it."""
        before = len(self.screen())
        self.clock.moment = vienna(moment)
        await self.app.worker.once()
        return self.screen()[before:]

    def screen(self) -> str:
        """All that was posted."""
        path = self._folder / "screen.txt"
        return path.read_text() if path.exists() else ""
