"""What the writer thread promises: units that wait together share a commit, and are all or nothing each."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from bot.errors import StoreError
from bot.model import Watched
from bot.store.sqlite import SqliteStore
from tests.conftest import ROOT
from tests.stores import HOUR, NOW, SLACK, a_reading, an_item, configure, state


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "test.db", worker="one")
    await configure(opened)
    yield opened
    await opened.close()


@asynccontextmanager
async def held_up(store: SqliteStore) -> AsyncIterator[None]:
    """The thread is busy within this block, so that all that is sent there waits together."""
    go = Event()
    busy = asyncio.create_task(store._line.read(lambda _: go.wait(60)), name="busy")
    await asyncio.sleep(0)
    try:
        yield
        await asyncio.sleep(0)  # what was begun in the block is sent now
    finally:
        go.set()
        await busy


def begin(store: SqliteStore, *readings: Watched) -> list[asyncio.Task[None]]:
    """These readings, being kept."""
    return [asyncio.create_task(store.keep(reading), name=f"keep {n}") for n, reading in enumerate(readings)]


async def outcomes(tasks: list[asyncio.Task[None]]) -> list[BaseException | None]:
    return await asyncio.gather(*tasks, return_exceptions=True)


async def keys_in(store: SqliteStore) -> set[str]:
    """The items that are kept whole: with their words, match, story and delivery."""
    status = await store.status()
    found = {found.item.key for found in await store.search("title", limit=9999)}
    assert (status.items, status.matched, status.stories, status.owed) == (len(found),) * 4
    return found


def one(key: str) -> Watched:
    return a_reading(an_item(key), to=(SLACK,))


# ── together


async def test_units_that_wait_together_share_a_commit(store: SqliteStore) -> None:
    commits: list[str] = []
    await store._line.read(lambda connection: connection.set_trace_callback(commits.append))
    async with held_up(store):
        keeping = begin(store, *(Watched(state=state(due=NOW + n * HOUR)) for n in range(200)))
    assert await outcomes(keeping) == [None] * 200
    assert 4 <= sum(statement == "BEGIN IMMEDIATE" for statement in commits) < 40, "64 at most, or 50 ms of work"
    assert (await store.feed_states())[1].due == NOW + 199 * HOUR, "in the order in which they were sent"


async def test_whoever_has_an_answer_has_it_on_disk(store: SqliteStore, tmp_path: Path) -> None:
    beside = sqlite3.connect(tmp_path / "test.db")

    async def keep(key: str) -> int:
        await store.keep(one(key))
        return len(beside.execute("SELECT id FROM item WHERE key = ?", [key]).fetchall())

    async with held_up(store):
        keeping = [asyncio.create_task(keep(f"k{n}"), name=f"keep {n}") for n in range(100)]
    assert await asyncio.gather(*keeping) == [1] * 100
    beside.close()


async def test_what_is_asked_between_two_changes_sees_the_first_and_not_the_second(store: SqliteStore) -> None:
    async with held_up(store):
        first = begin(store, one("a"))
        await asyncio.sleep(0)
        asking = asyncio.create_task(keys_asked(store), name="ask")
        await asyncio.sleep(0)
        second = begin(store, one("b"))
    assert await asking == ["a"]
    assert await outcomes([*first, *second]) == [None, None]


async def keys_asked(store: SqliteStore) -> list[str]:
    return [found.item.key for found in await store.latest(topic=None, limit=9)]


async def test_a_unit_that_was_sent_runs_though_nobody_waits_any_more(store: SqliteStore) -> None:
    async with held_up(store):
        first, second, third = begin(store, one("a"), one("b"), one("c"))
        await asyncio.sleep(0)
        second.cancel()
    assert [type(outcome) for outcome in await outcomes([first, second, third])] == [
        type(None),
        asyncio.CancelledError,
        type(None),
    ]
    assert await keys_in(store) == {"a", "b", "c"}


async def test_closing_finishes_what_was_sent_before(store: SqliteStore, tmp_path: Path) -> None:
    async with held_up(store):
        keeping = begin(store, *(one(f"k{n}") for n in range(100)))
        await asyncio.sleep(0)
        closing = asyncio.create_task(store.close(), name="close")
    await closing
    assert await outcomes(keeping) == [None] * 100
    again = await SqliteStore.open(tmp_path / "test.db", worker="two")
    assert len(await keys_in(again)) == 100
    await again.close()


# ── one of them fails

LATE = one("late")
BAD: dict[str, tuple[Watched, type[Exception]]] = {
    "unknown-feed": (replace(LATE, state=state("nobody")), StoreError),
    "breaks-a-rule": (replace(LATE, deliveries=(replace(LATE.deliveries[0], story="none"),)), StoreError),
    "odd-text": (replace(LATE, state=replace(state(), error="\udc80")), UnicodeEncodeError),
    "odd-text-of-a-delivery": (replace(LATE, deliveries=(replace(LATE.deliveries[0], story="\udc80"),)), UnicodeError),
}


@pytest.mark.parametrize("bad", BAD)
async def test_a_unit_that_fails_among_others_is_undone_alone_and_raises_to_its_sender(
    store: SqliteStore, bad: str
) -> None:
    reading, error = BAD[bad]
    async with held_up(store):
        keeping = begin(store, one("a"), reading, one("b"), reading, one("c"))
    told = await outcomes(keeping)
    assert [isinstance(outcome, error) for outcome in told] == [False, True, False, True, False]
    assert [told[0], told[2], told[4]] == [None] * 3
    assert await keys_in(store) == {"a", "b", "c"}


def long(key: str, characters: int) -> Watched:
    """A reading with a long text in which no word stands twice."""
    text = " ".join(f"{key}{n}" for n in range(characters // 6))
    reading = one(key)
    return replace(reading, items=tuple(replace(item, content=text) for item in reading.items))


@pytest.mark.parametrize("room", [0, 25, 50])
async def test_where_the_database_is_full_nothing_is_half_written_nor_said_to_be_written(
    store: SqliteStore, room: int
) -> None:
    def limit(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + room}")

    await store._line.read(limit)
    async with held_up(store):
        keeping = begin(store, one("a"), long("x", 90_000), one("b"))
    kept = dict(zip("axb", await outcomes(keeping), strict=True))
    failed = [outcome for outcome in kept.values() if outcome]
    assert failed, "there was no room for all of it"
    assert all(isinstance(error, StoreError) and "cannot grow" in str(error) for error in failed)
    well = {key for key, outcome in kept.items() if outcome is None}
    assert await keys_in(store) == well
    await store._line.read(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchone())
    await store.keep(one("c"))
    assert await store._line.read(lambda connection: connection.execute("PRAGMA quick_check").fetchone()[0]) == "ok"


# A process that may not write beyond the present end of its log, keeps three readings at once, and then one more.
FULL = """
import asyncio, resource, sys
from pathlib import Path
from bot.errors import StoreError
from bot.store.sqlite import SqliteStore
from tests.stores import configure
from tests.test_store_line import begin, held_up, keys_in, one, outcomes

async def main(path):
    store = await SqliteStore.open(Path(path), worker="full")
    await configure(store)
    await store.keep(one("before"))
    end = Path(path + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (end, resource.RLIM_INFINITY))
    async with held_up(store):
        keeping = begin(store, one("a"), one("b"), one("c"))
    for outcome in await outcomes(keeping):
        assert isinstance(outcome, StoreError) and "cannot grow" in str(outcome), outcome
    assert await keys_in(store) == {"before"}
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await store.keep(one("after"))
    assert await keys_in(store) == {"before", "after"}
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


async def test_a_commit_that_fails_fails_all_of_its_units(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path / "test.db")]
    ended = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False, timeout=60, capture_output=True)
    assert (ended.returncode, ended.stderr.decode()) == (0, "")


# ── kill -9

# A process that keeps many readings at once, and says of each that it is kept.
MANY = """
import asyncio, sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
from tests.stores import configure
from tests.test_store_line import one

async def main(path):
    store = await SqliteStore.open(Path(path), worker="many")
    await configure(store)

    async def keep(first):
        for n in range(first, 99999, 32):
            await store.keep(one(f"k{n}"))
            print(f"k{n}", flush=True)

    await asyncio.gather(*map(keep, range(32)))

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize("lines", [1, 40, 333])
async def test_of_many_readings_kept_at_once_a_killed_process_leaves_each_whole_and_loses_none_it_spoke_of(
    tmp_path: Path, lines: int
) -> None:
    path = tmp_path / "test.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MANY, str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = [await process.stdout.readline() for _ in range(lines)]
    process.kill()
    said += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    store = await SqliteStore.open(path, worker="next")
    kept = await keys_in(store)
    assert {line.decode().strip() for line in said if line.endswith(b"\n")} <= kept
    await store.close()
