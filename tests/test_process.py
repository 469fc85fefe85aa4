"""The program as a process of its own: killed, stopped, started twice. What it promises then."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.feed_server import FeedServer, Told
from tests.place import Place, told


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
    place.turn("2025-10-27 10:00")
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
    events = ["bot.started", "feed.watched", "post.sent"]
    for number in range(9):
        place.server.feed("/rss", [told(one) for one in range(number, -1, -1)])
        place.turn(f"2025-10-27 10:0{number + 1}")  # past the time at which an interrupted post is looked for
        async with place.runs(*place.turned()) as bot:
            await bot.logs(events[number % len(events)])
            bot.process.kill()
    place.turn("2025-10-27 10:30")
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
        while place.owes():
            await bot.logs("feed.watched", "post.sent", "post.found")
    links = [told(number).link or "" for number in range(9)]
    assert {link: place.posted(link) for link in links} == dict.fromkeys(links, 1)
