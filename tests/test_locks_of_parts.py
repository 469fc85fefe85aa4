"""What several processes may do to one database, seen from inside: locks, leases, migrations, checkpoints."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.errors import Busy
from bot.model import Duty
from bot.store import opening
from bot.store.locks import WHOLE, Locks
from bot.store.opening import SOUND, for_writing
from bot.store.sqlite import SqliteStore, migrate
from tests.stores import DAY, HOUR, LEASE, MINUTE, NOW, SLACK, a_reading, an_item, configure

POLL: frozenset[Duty] = frozenset({"poll"})
POST: frozenset[Duty] = frozenset({"post"})
CHAT: frozenset[Duty] = frozenset({"chat"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    migrate(tmp_path / "test.db")
    return tmp_path / "test.db"


def age(path: Path) -> None:
    """Leave the file as if its last migration had not been written yet; it cannot run once more."""
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {opening.migrations()[-1][0] - 1}")
    connection.close()


def test_different_duties_stand_beside_each_other_and_the_same_does_not(path: Path) -> None:
    first, second = Locks.take(path, POLL), Locks.take(path, POST | CHAT)
    with pytest.raises(Busy, match=r"has the duty post on .*test\.db\.post\.lock"):
        Locks.take(path, POST)
    first.close()
    second.close()
    Locks.take(path, POST).close()


def test_a_part_cannot_run_beside_the_whole(path: Path) -> None:
    whole = for_writing(path)
    with pytest.raises(Busy, match="another treatywatch holds"):
        for_writing(path, POLL)
    whole.close()
    part = for_writing(path, POLL)
    with pytest.raises(Busy, match="parts of treatywatch run on"):
        for_writing(path)
    part.close()
    for_writing(path).close()


def test_all_four_duties_by_name_are_the_whole(path: Path) -> None:
    one = for_writing(path, frozenset({"poll", "post", "chat", "web"}))
    with pytest.raises(Busy, match="another treatywatch holds"):
        for_writing(path)
    one.close()


def test_a_part_makes_the_database_and_the_next_finds_it(tmp_path: Path) -> None:
    first = for_writing(tmp_path / "test.db", POLL)
    second = for_writing(tmp_path / "test.db", POST)
    assert (first.ran[0], second.ran) == ("0001_begin", ())
    first.close()
    second.close()


def test_a_part_does_not_migrate_while_another_runs(path: Path) -> None:
    running = for_writing(path, POST)
    age(path)
    with pytest.raises(Busy, match="must be brought up to date, and other parts of treatywatch run on it; end those"):
        for_writing(path, POLL)
    running.close()


async def test_only_the_part_that_posts_frees_the_leases_of_channels(path: Path) -> None:
    post = await SqliteStore.open(path, worker="post", duties=POST)
    await configure(post)
    await post.keep(a_reading(an_item("a"), to=(SLACK,)))
    assert await post.claim_channels(NOW, limit=1, lease=LEASE) != []
    poll = await SqliteStore.open(path, worker="poll", duties=POLL)
    assert await poll.claim_channels(NOW, limit=1, lease=LEASE) == []
    await post.close()
    post = await SqliteStore.open(path, worker="post", duties=POST)
    assert await post.claim_channels(NOW, limit=1, lease=LEASE) != []
    await post.close()
    await poll.close()


async def test_only_the_part_that_reads_frees_the_leases_of_feeds(path: Path) -> None:
    poll = await SqliteStore.open(path, worker="poll", duties=POLL)
    await configure(poll)
    assert len(await poll.claim_feeds(NOW, limit=9, lease=LEASE)) == 2
    post = await SqliteStore.open(path, worker="post", duties=POST)
    assert await post.claim_feeds(NOW, limit=9, lease=LEASE) == []
    await poll.close()
    poll = await SqliteStore.open(path, worker="poll", duties=POLL)
    assert len(await poll.claim_feeds(NOW, limit=9, lease=LEASE)) == 2
    await post.close()
    await poll.close()


async def test_a_worker_that_cuts_its_readings_off_frees_only_its_own_feeds(path: Path) -> None:
    poll = await SqliteStore.open(path, worker="poll", duties=POLL)
    await configure(poll)
    await poll.claim_feeds(NOW, limit=1, lease=LEASE)
    other = await SqliteStore.open(path, worker="other", duties=POST)
    await other.claim_feeds(NOW, limit=1, lease=LEASE)
    await poll.free_feeds()
    assert len(await poll.claim_feeds(NOW + MINUTE, limit=9, lease=LEASE)) == 1
    await other.close()
    await poll.close()


async def test_each_part_leaves_a_sign_of_life_of_its_own(path: Path) -> None:
    store = await SqliteStore.open(path, worker="one")
    await store.beat(NOW, ["poll", "web"])
    await store.beat(NOW + HOUR, ["poll"])
    await store.beat(NOW + DAY, ["chat"])
    status = await store.status()
    assert status.beats == {"poll": NOW + HOUR, "web": NOW, "chat": NOW + DAY}
    assert status.beat is None  # nothing is posted
    await store.close()


@pytest.mark.parametrize(("duties", "makes"), [(WHOLE, True), (POST, True), (POLL, False), (CHAT, False)])
def test_below_a_sound_sqlite_only_who_posts_makes_checkpoints(
    path: Path, duties: frozenset[Duty], makes: bool
) -> None:
    opened = for_writing(path, duties)
    pages = opened.database.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
    assert (pages > 0) == (makes or sqlite3.sqlite_version_info >= SOUND)
    opened.close()
