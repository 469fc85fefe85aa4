"""A restore as whole processes: a copy taken in the middle of a run, more posts, kill -9, the copy put in place."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests import offices
from tests.fake_slack import RemoteSlack
from tests.offices import GARDEN
from tests.place import Bot, Place
from tests.test_restore import BLIND, STATES, ratified

office, slack = offices.office, offices.slack

FEEDS = ("rss", "courier", "tribune")  # a feed may tell ten stories at once an hour


class Newsroom:
    """Three feeds that gain a story after the other, and the room that is told."""

    def __init__(self, place: Place, slack: RemoteSlack) -> None:
        self.place, self.slack = place, slack
        self.items = {feed: [GARDEN] for feed in FEEDS}
        for feed in FEEDS:
            place.server.feed(f"/{feed}", self.items[feed])
        rows = "".join(f"  - {{id: {feed}, url: {place.server.url('/' + feed)}, every: 1s}}\n" for feed in FEEDS[1:])
        text = place.config.read_text().replace("feeds:\n", f"feeds:\n{rows}", 1)
        place.config.write_text(text.replace("settle: 1s", "settle: 1s, instant_per_hour: 100", 1))

    async def starts(self, bot: Bot) -> None:
        """Return once each feed was read."""
        read: set[object] = set()
        while len(read) < len(FEEDS):
            read.add((await bot.logs("feed.watched"))["feed"])

    def gains(self, number: int) -> None:
        """A feed tells what the n-th state did, just now."""
        # RSS knows whole seconds, and a second that has begun would be one before the restore.
        told = replace(ratified(number, "2025-10-27 08:00"), published=datetime.now(UTC) + timedelta(seconds=1))
        feed = FEEDS[number % len(FEEDS)]
        self.items[feed].insert(0, told)
        self.place.server.feed(f"/{feed}", self.items[feed])

    async def tells(self, numbers: range) -> None:
        """Each is posted before the next comes."""
        for number in numbers:
            self.gains(number)
            await self.slack.posted("C1", number + 1, within_s=60)

    async def told(self) -> dict[str, int]:
        """How often each state's story stands in the room."""
        words = [post.words for post in await self.slack.posts("C1")]
        counts = {state: sum(one.count(f"{state} ratifies") for one in words) for state in STATES}
        return {state: count for state, count in counts.items() if count}

    async def crashes(self, bot: Bot) -> None:
        """kill -9, and the copy in the database's place."""
        bot.process.kill()
        await bot.process.wait()
        for end in ("-wal", "-shm"):
            (self.place.folder / f"bot.db{end}").unlink(missing_ok=True)
        (self.place.folder / "copy.db").replace(self.place.folder / "bot.db")

    def backs_up(self) -> None:
        """A consistent copy beside the running bot."""
        with (
            closing(sqlite3.connect(self.place.folder / "bot.db")) as source,
            closing(sqlite3.connect(self.place.folder / "copy.db")) as copy,
        ):
            source.backup(copy)


async def runs_until_restored(room: Newsroom, slack: RemoteSlack, *, scopes: tuple[str, ...] | None) -> None:
    """Four posts, a copy, eight more, one that nobody posted, and the copy in place."""
    async with room.place.runs(*room.place.command("run")) as bot:
        await room.starts(bot)
        await room.tells(range(4))
        room.backs_up()
        await room.tells(range(4, 12))
        await room.crashes(bot)
    if scopes is not None:
        await slack.grant(scopes)


@pytest.mark.timeout(600)
async def test_with_a_readable_channel_nothing_is_lost_and_nothing_doubled(office: Place, slack: RemoteSlack) -> None:
    room = Newsroom(office, slack)
    await runs_until_restored(room, slack, scopes=None)
    room.gains(12)  # while nobody runs
    async with office.runs(*office.command("run", "--after-restore")) as bot:
        restored = await bot.logs("bot.restored")
        assert (restored["read"], restored["unread"], restored["held"]) == (1, 0, 0)
        await slack.posted("C1", 13, within_s=60)
        await room.tells(range(13, 14))
    assert await room.told() == dict.fromkeys(STATES[:14], 1)


@pytest.mark.timeout(600)
async def test_without_the_scope_nothing_is_doubled_and_what_is_not_sent_is_listed(
    office: Place, slack: RemoteSlack
) -> None:
    room = Newsroom(office, slack)
    await runs_until_restored(room, slack, scopes=BLIND)
    async with office.runs(*office.command("run", "--after-restore", "--only", "poll,post")) as bot:
        restored = await bot.logs("bot.restored")
        assert (restored["read"], restored["unread"]) == (0, 1)
        await room.starts(bot)
        await room.tells(range(12, 13))
    assert await room.told() == dict.fromkeys(STATES[:13], 1)
    process = await asyncio.create_subprocess_exec(
        *office.command("outbox", "--json"), stdout=asyncio.subprocess.PIPE, env=office.env
    )
    listed, _ = await process.communicate()
    posts = [json.loads(line) for line in listed.splitlines()]
    # What was posted after the copy: news to the database, and perhaps not to the room.
    held = [post for post in posts if post["state"] == "held"]
    assert len(held) >= 8
    assert all("look there, then retry or drop it" in post["why"] for post in held)
