"""A database that takes nothing for a while, as whole processes: what is promised then, and that they go on alone."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.errors import Blocked, StoreError
from bot.model import PostState, Receipt
from bot.store import reserve
from bot.store.sqlite import SqliteStore, migrate
from tests.feed_server import FeedServer, Told
from tests.place import Place, told
from tests.stores import NOW, a_reading, an_item, begun, configure, planned

GARDEN = Told(title="A page about gardening", guid="garden")
FULL = "the disk of the database is full: nothing is read until there is room; posts go on"


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        server.feed("/rss", [GARDEN])
        yield server


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Take all the room that is left."""
    with (disk / "filler").open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return


def free(disk: Path) -> None:
    (disk / "filler").unlink()


def links(count: int) -> dict[str, int]:
    """That many developments, each posted once."""
    return {told(number).link or "": 1 for number in range(count)}


def posted(place: Place, count: int) -> dict[str, int]:
    return {link: place.posted(link) for link in links(count)}


def is_whole(place: Place) -> bool:
    with closing(sqlite3.connect(place.database)) as connection:
        return [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]


# ── a full disk


async def test_on_a_full_disk_nothing_is_read_but_posts_go_on_and_all_goes_on_once_there_is_room(
    tmp_path: Path, disk: Path, server: FeedServer
) -> None:
    place = Place(tmp_path, server, disk=disk)
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        fill(disk)
        server.feed("/rss", [told(0), GARDEN])
        await bot.logs("disk.full")
        await bot.logs("post.sent")  # what was read just then is written into the room that was given up
        page = server.feed("/rss", [told(1), told(0), GARDEN])
        asked = len(page.asked)
        assert await place.said("health") == (1, f"unhealthy: {FULL}\n")
        assert FULL in (await place.said("status", "--json"))[1]
        assert len(page.asked) == asked
        free(disk)
        await bot.logs("disk.has_room")
        await bot.logs("post.sent")
        assert (await place.said("health"))[0] == 0
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.ends() == 0
    assert posted(place, 2) == links(2)
    assert is_whole(place)


async def test_where_not_a_page_can_be_written_the_bot_waits_and_goes_on_alone(
    tmp_path: Path, disk: Path, server: FeedServer
) -> None:
    place = Place(tmp_path, server, disk=disk)
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        fill(disk)
        await bot.logs("disk.full")
        fill(disk)  # the room that was given up, too
        server.feed("/rss", [told(1), told(0), GARDEN])
        await bot.logs("store.blocked")
        free(disk)
        await bot.logs("store.resumed")
        await bot.logs("post.sent")
        await bot.logs("post.sent")
    assert posted(place, 2) == links(2)
    assert is_whole(place)


async def test_a_bot_that_is_started_on_a_full_disk_waits_until_there_is_room(
    tmp_path: Path, disk: Path, server: FeedServer
) -> None:
    place = Place(tmp_path, server, disk=disk)
    fill(disk)
    async with place.runs(*place.command("run")) as bot:
        assert "make room on its disk" in str((await bot.logs("store.blocked"))["why"])
        free(disk)
        await bot.logs("feed.watched")
        server.feed("/rss", [told(0), GARDEN])
        await bot.logs("post.sent")
    assert posted(place, 1) == links(1)


async def test_poll_says_that_the_disk_is_full_and_exits_with_1(tmp_path: Path, disk: Path, server: FeedServer) -> None:
    place = Place(tmp_path, server, disk=disk)
    assert (await place.said("poll"))[0] == 0
    reserve.give_up(place.database)
    fill(disk)
    status, words = await place.said("poll", "gazette")
    assert status == 1
    assert "make room on it" in words


async def test_killed_again_and_again_on_a_full_disk_it_loses_nothing_and_repeats_nothing(
    tmp_path: Path, disk: Path, server: FeedServer
) -> None:
    place = Place(tmp_path, server, disk=disk)
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
    for number in range(3):
        fill(disk)
        server.feed("/rss", [told(one) for one in range(number, -1, -1)])
        async with place.runs(*place.command("run")) as bot:
            await bot.logs("disk.full", "bot.started", "store.blocked")
            free(disk)
            await bot.logs("post.sent")
            bot.process.kill()
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        while place.owes():
            await bot.logs("feed.watched", "post.sent", "post.found")
    assert posted(place, 3) == links(3)
    assert is_whole(place)


async def test_under_a_limit_for_the_size_of_files_nothing_is_read_and_nothing_is_lost(
    tmp_path: Path, server: FeedServer
) -> None:
    place = Place(tmp_path, server)
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
    reserve.give_up(place.database)
    page = server.feed("/rss", [told(0), GARDEN])
    asked = len(page.asked)
    async with place.runs("prlimit", f"--fsize={1024 * 1024}", "--", *place.command("run")) as bot:
        await bot.logs("bot.started")
        while FULL not in (told_now := await place.said("health"))[1]:
            pass
        assert told_now[0] == 1
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.ends() == 0
    assert len(page.asked) == asked
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("post.sent")
    assert posted(place, 1) == links(1)


async def test_a_database_on_which_no_bot_has_run_is_not_called_full(tmp_path: Path, server: FeedServer) -> None:
    place = Place(tmp_path, server)
    migrate(place.database)
    reserve.give_up(place.database)
    assert await place.said("health") == (1, "unhealthy: the bot has not run on this database yet\n")


def test_the_room_that_is_kept_is_real(tmp_path: Path) -> None:
    migrate(tmp_path / "test.db")
    kept = (tmp_path / "test.db.reserve").stat()
    assert (kept.st_size, kept.st_blocks * 512) == (8 * 1024 * 1024, 8 * 1024 * 1024)


def test_without_room_none_is_kept_and_nothing_is_left_behind(disk: Path) -> None:
    (disk / "other").write_bytes(b"\0" * 8 * 1024 * 1024)
    migrate(disk / "test.db")
    assert sorted(file.name for file in disk.iterdir()) == ["other", "test.db", "test.db.lock"]


# ── a locked database


async def test_a_lock_of_another_program_is_outlasted(tmp_path: Path, server: FeedServer) -> None:
    place = Place(tmp_path, server)
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            why = (await bot.logs("store.blocked"))["why"]
            assert why == f"another program keeps {place.database} locked; end it and try again"
            server.feed("/rss", [told(0), GARDEN])
            other.execute("COMMIT")
        await bot.logs("store.resumed")
        await bot.logs("post.sent")
    assert posted(place, 1) == links(1)


async def test_beside_a_lock_the_bot_tells_of_it_and_still_stops_in_order(tmp_path: Path, server: FeedServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free_port:
        address = f"127.0.0.1:{free_port.getsockname()[1]}"
    place = Place(tmp_path, server, env={"TREATYWATCH_WEB": address})
    async with place.runs(*place.command("run")) as bot, aiohttp.ClientSession() as session:
        await bot.logs("feed.watched")
        with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await bot.logs("store.blocked")
            async with session.get(f"http://{address}/healthz", timeout=aiohttp.ClientTimeout(5)) as answer:
                why = f"another program keeps {place.database} locked; end it and try again"
                assert (answer.status, await answer.json()) == (503, {"healthy": False, "why": [why]})
            bot.process.send_signal(signal.SIGTERM)
            assert await bot.ends() == 0


async def test_a_bot_that_is_started_beside_a_lock_waits_for_it(tmp_path: Path, server: FeedServer) -> None:
    place = Place(tmp_path, server)
    migrate(place.database)
    with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with place.runs(*place.command("run")) as bot:
            await bot.logs("store.blocked")
            other.execute("COMMIT")
            await bot.logs("feed.watched")


# ── one store


async def test_what_a_platform_answered_is_written_as_soon_as_the_database_takes_it(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "test.db", worker="one")
    await configure(store)
    [post] = await planned(store, "a")
    sending = await begun(store, post)
    await store._line.read(lambda connection: connection.execute("PRAGMA busy_timeout = 10").fetchall())
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        settling = asyncio.create_task(store.settle(sending, Receipt(message="1")), name="settle")
        with pytest.raises(Blocked, match="another program keeps"):
            await store.beat(NOW, ["poll"])
        assert "another program keeps" in (await store.status()).trouble
        assert not settling.done()
        other.execute("COMMIT")
    await settling
    status = await store.status()
    assert (status.posts, status.trouble) == ({PostState.SENT: 1}, "")
    await store.close()


async def test_units_that_find_no_room_are_done_once_more_in_the_room_that_is_given_up(disk: Path) -> None:
    store = await SqliteStore.open(disk / "test.db", worker="one")
    await configure(store)
    fill(disk)
    kept = await asyncio.gather(
        *(store.keep(a_reading(replace(an_item(f"k{number}"), content="words " * 5000))) for number in range(8))
    )
    assert kept == [None] * 8
    assert not reserve.is_laid(disk / "test.db")
    assert not await store.has_room()
    assert (await store.status()).items == 8
    await store.close()


async def test_where_that_room_is_used_up_too_nothing_of_a_unit_is_written(disk: Path) -> None:
    store = await SqliteStore.open(disk / "test.db", worker="one")
    await configure(store)
    fill(disk)
    reserve.give_up(disk / "test.db")
    fill(disk)
    with pytest.raises(Blocked, match="make room on its disk"):
        await store.keep(a_reading(*(replace(an_item(f"k{n}"), content="words " * 5000) for n in range(20))))
    free(disk)
    assert (await store.status()).items == 0
    await store.keep(a_reading(an_item("after")))
    await store.close()


async def test_other_faults_of_the_database_are_not_waited_for(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "test.db", worker="one")
    with pytest.raises(StoreError) as caught:
        await store._line.write(lambda connection: connection.execute("SELECT * FROM nothing"))
    assert not isinstance(caught.value, Blocked)
    await store.close()
