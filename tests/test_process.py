"""The program as a process of its own: killed, stopped, started twice. What it promises then."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.feed_server import FeedServer, Told
from tests.world import topics, vienna

PYTHON = sys.executable


def told(number: int) -> Told:
    """The n-th development about the convention; its title is like no other's."""
    what = ["Norway", "Ghana", "Chile", "Fiji", "Nepal", "Malta", "Togo", "Peru", "Laos", "Kenya", "Qatar", "Oman"][
        number
    ]
    return Told(
        title=f"{what} ratifies the UN Convention against Cybercrime",
        guid=f"item-{number}",
        link=f"https://gazette.example/{what.lower()}",
        summary=f"Parliament in {what} approved the ratification of the UN Convention against Cybercrime.",
    )


class Bot:
    """One running bot, and what it wrote."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def logs(self, *events: str) -> dict[str, object]:
        """The next event of one of these names; fails when the program ends without it."""
        assert self.process.stderr is not None
        async with asyncio.timeout(30):
            while line := await self.process.stderr.readline():
                record: dict[str, object] = json.loads(line)
                if record["event"] in events:
                    return record
        raise AssertionError(f"the program ended without {events}")

    async def ends(self) -> int:
        """Its exit status, once it has one."""
        async with asyncio.timeout(12):
            await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode


class Place:
    """A folder with a feeds.yaml, a database and the file that the posts go to."""

    def __init__(self, folder: Path, server: FeedServer, *, every: str = "1s") -> None:
        self.folder, self.server = folder, server
        self.screen, self.clock = folder / "screen.txt", folder / "clock"
        feed = f"{{id: gazette, name: The Gazette, url: {server.url('/rss')}, every: {every}}}"
        self.config = folder / "feeds.yaml"
        self.config.write_text(
            f"bot: {{allow_networks: [127.0.0.0/8]}}\nfeeds:\n  - {feed}\n{topics()}\nchannels:\n"
            "  - channel: terminal\n    topics: [convention]\n    instant: [ratification]\n"
            '    digest: {at: "09:00", zone: Europe/Vienna, days: daily}\n'
        )
        self.screen.touch()

    def command(self, *words: str) -> list[str]:
        """A command of the real program over this place."""
        database = str(self.folder / "bot.db")
        return [PYTHON, "-m", "bot", *words, "--config", str(self.config), "--database", database]

    @asynccontextmanager
    async def runs(self, *command: str) -> AsyncIterator[Bot]:
        """That command, killed at the end if it still runs."""
        with self.screen.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *command, stdout=out, stderr=asyncio.subprocess.PIPE, cwd=ROOT
            )
        try:
            yield Bot(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    def turn(self, moment: str) -> None:
        """Set that clock, in one step."""
        new = self.clock.with_suffix(".new")
        new.write_text(vienna(moment).isoformat())
        new.replace(self.clock)

    def turned(self) -> list[str]:
        """The same app with its clock in a file."""
        return [PYTHON, "-m", "tests.process", str(self.config), str(self.folder / "bot.db"), str(self.clock)]

    def posted(self, link: str) -> int:
        """How often a link stands on the screen."""
        return self.screen.read_text().count(link + "\n")

    def count(self, query: str) -> int:
        """What a query counts in the database."""
        with closing(sqlite3.connect(self.folder / "bot.db")) as connection:
            return int(connection.execute(query).fetchone()[0])

    def owes(self) -> bool:
        """Whether a story is not told, or a post not settled."""
        untold = self.count("SELECT count(*) FROM delivery WHERE state = 'owed'")
        return untold + self.count("SELECT count(*) FROM post WHERE state NOT IN ('sent', 'refused')") > 0


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with FeedServer() as server:
        server.feed("/rss", [Told(title="A page about gardening", guid="garden")])
        yield Place(tmp_path, server)


async def test_a_running_bot_posts_what_a_feed_gains_once(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        place.server.feed("/rss", [told(0), Told(title="A page about gardening", guid="garden")])
        await bot.logs("post.sent")
        await bot.logs("feed.watched")
        await bot.logs("feed.watched")
    assert place.posted("https://gazette.example/norway") == 1


async def test_sigterm_ends_the_bot_in_order(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.ends() == 0
    assert place.count("SELECT count(*) FROM post WHERE state = 'sending'") == 0


async def test_a_second_bot_on_the_same_database_exits_with_75(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        second = await asyncio.create_subprocess_exec(
            *place.command("run"), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, cwd=ROOT
        )
        _, said = await second.communicate()
        assert second.returncode == 75
        assert b"Traceback" not in said
        place.server.feed("/rss", [told(0)])
        await bot.logs("post.sent")  # the first goes on undisturbed


async def test_the_digest_comes_at_its_hour_when_the_clock_gets_there(place: Place) -> None:
    place.turn("2025-10-27 08:00")
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
        guide = Told(title="The UN Convention against Cybercrime, a guide", guid="g", link="https://gazette.example/g")
        place.server.feed("/rss", [guide])
        place.turn("2025-10-27 08:30")
        await bot.logs("feed.watched")
        assert place.posted("https://gazette.example/g") == 0
        place.turn("2025-10-27 09:00")
        await bot.logs("post.sent")
    assert place.posted("https://gazette.example/g") == 1


@pytest.mark.timeout(180)
async def test_killed_again_and_again_the_bot_loses_nothing_and_repeats_nothing(place: Place) -> None:
    """A kill after each event of a round: while reading, after planning, after sending."""
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
    events = ["bot.started", "feed.watched", "post.sent"]
    for number in range(9):
        place.server.feed("/rss", [told(one) for one in range(number, -1, -1)])
        async with place.runs(*place.command("run")) as bot:
            await bot.logs(events[number % len(events)])
            bot.process.kill()
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        while place.owes():
            await bot.logs("feed.watched", "post.sent", "post.found")
    links = [told(number).link or "" for number in range(9)]
    assert {link: place.posted(link) for link in links} == dict.fromkeys(links, 1)
