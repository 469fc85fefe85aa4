"""A database of each release is brought up to date with all that it held, or is left exactly as it was."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.model import Cadence, FeedState, PostState
from bot.store.opening import MIGRATIONS, statements_of
from bot.store.sqlite import SqliteStore, migrate
from tests.chat_channels import LOUNGE, subscribe
from tests.conftest import ROOT
from tests.stores import HOUR, LEASE, NINE_IN_VIENNA, NOW, SCREEN, SLACK, TERMINAL, WISHES, claimed

RELEASES = (
    "0001_begin",
    "0002_chat_channels",
    "0003_what_feeds_say",
    "0004_depositary",
    "0005_delivery",
    "0006_feedback",
)

# A channel with a digest, one without, a story owed to each, and one post of each state.
ROWS = """
INSERT INTO feed (id, name, url, rank, watched, due) VALUES
    ('un-press', 'UN Press', 'https://un.example/rss', 2, 1, '2025-10-27T09:30:00.000000Z');
UPDATE feed SET etag = '"1"', failures = 2, failing_since = '2025-10-27T07:30:00.000000Z', error = 'It is down.';
INSERT INTO item (id, feed, key, link, title, summary, content, seen, given) VALUES
    (1, 'un-press', 'a', 'https://un.example/a', 'Title a', '', '', '2025-10-27T08:30:00.000000Z', '2025-10-27'),
    (2, 'un-press', 'b', 'https://un.example/b', 'Title b', '', '', '2025-10-27T08:30:00.000000Z', '2025-10-27');
INSERT INTO item_words (rowid, title, body) VALUES (1, 'title a', ''), (2, 'title b', '');
INSERT INTO match (item, topic, place, score, evidence) VALUES
    (1, 'convention', 0, 0.75, '[["title", "title", "Title", 0, 5]]'),
    (2, 'convention', 0, 0.75, '[["title", "title", "Title", 0, 5]]');
INSERT INTO story (id, seen) VALUES
    ('story a', '2025-10-27T08:30:00.000000Z'), ('story b', '2025-10-27T08:30:00.000000Z');
INSERT INTO story_item (item, story) VALUES (1, 'story a'), (2, 'story b');
INSERT INTO channel (id, listed, digest_at, zone, days, always, next_digest_at) VALUES
    ('terminal', 1, '09:00', 'Europe/Vienna', '01234', 0, '2025-10-28T08:00:00.000000Z'),
    ('slack:T1:C1', 1, NULL, NULL, NULL, 0, NULL),
    ('slack:T1:C9', 0, NULL, NULL, NULL, 0, NULL);
INSERT INTO subscription (channel, topic, wish) VALUES
    ('terminal', 'convention', 'digest'), ('terminal', 'ratification', 'instant'),
    ('slack:T1:C1', 'convention', 'digest'), ('slack:T1:C1', 'convention', 'instant');
INSERT INTO post (id, channel, kind, payload, state, tries, due, first_try, message, why) VALUES
    ('p1', 'slack:T1:C1', 'instant', 'one', 'sent', 1, '2025-10-27T08:00:00.000000Z', NULL, '1', NULL),
    ('p2', 'slack:T1:C1', 'instant', 'two', 'refused', 1, '2025-10-27T08:00:00.000000Z', NULL, NULL, 'no'),
    ('p3', 'slack:T1:C1', 'instant', 'three', 'unknown', 1, '2025-10-27T08:00:00.000000Z', NULL, NULL, 'lost'),
    ('p4', 'slack:T1:C1', 'instant', 'four', 'owed', 0, '2025-10-27T08:00:00.000000Z', NULL, NULL, NULL);
INSERT INTO delivery (channel, story, wish, before, state, since, post) VALUES
    ('terminal', 'story a', 'digest', 0, 'owed', '2025-10-27T08:30:00.000000Z', NULL),
    ('terminal', 'story b', 'digest', 1, 'owed', '2025-10-27T08:30:00.000000Z', NULL),
    ('slack:T1:C1', 'story a', 'instant', 0, 'told', '2025-10-27T08:30:00.000000Z', 'p4');
INSERT INTO digest (channel, cadence, day, made) VALUES ('terminal', 'daily', '2025-10-26', '2025-10-26T08:00:00.000000Z');
INSERT INTO beat (id, at) VALUES (1, '2025-10-27T08:30:00.000000Z');
"""

FAILING = FeedState(
    feed="un-press",
    due=NOW + HOUR,
    etag='"1"',
    failures=2,
    failing_since=NOW - HOUR,
    error="It is down.",
)


@pytest.fixture(
    params=[1, 2, 3, 4, 5], ids=[f"{nth}-release" for nth in ("first", "second", "third", "fourth", "fifth")]
)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database as a release left it."""
    path, version = tmp_path / "test.db", int(request.param)
    connection = sqlite3.connect(path, isolation_level=None)
    first, *later = [(MIGRATIONS / f"{name}.sql").read_text() for name in RELEASES[:version]]
    for script in (first, ROWS, *later, f"PRAGMA user_version = {version}"):
        for statement in statements_of(script):
            connection.execute(statement)
    connection.close()
    return path


def version_of(path: Path) -> int:
    """How many migrations have run."""
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that the first release knows, in the columns that it knows."""
    connection = sqlite3.connect(path)
    try:
        return {
            table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY rowid").fetchall()
            for table, columns in COLUMNS.items()
        }
    finally:
        connection.close()


COLUMNS = {
    "feed": "id, name, url, rank, watched, due, etag, failures, failing_since, error",
    "item": "id, feed, key, link, title, seen, dated, given",
    "item_words": "rowid, title",
    "match": "item, topic, place, score, evidence",
    "story": "id, seen",
    "story_item": "item, story",
    "channel": "id, listed, digest_at, zone, days, always, next_digest_at, last_digest_at",
    "subscription": "channel, topic, wish",
    "post": "serial, id, channel, kind, payload, state, tries, due, first_try, message, parent, repeat, why",
    "delivery": "id, channel, story, wish, before, state, since, told, post",
    "digest": "channel, cadence, day, made",
}


def test_a_database_of_an_older_release_keeps_every_row(old: Path) -> None:
    before, version = everything(old), version_of(old)
    assert migrate(old) == list(RELEASES[version:])
    assert everything(old) == before
    assert [len(found) for found in before.values()] == [1, 2, 2, 2, 2, 2, 3, 4, 4, 3, 1]


async def test_a_bot_goes_on_with_it_where_the_older_release_stopped(old: Path) -> None:
    store = await SqliteStore.open(old, worker="one")
    assert await store.feed_states() == [FAILING]
    assert await store.records() == []
    assert await store.next_feed() == NOW + HOUR
    assert await store.claim_feeds(NOW + HOUR, limit=9, lease=LEASE) == [FAILING]
    assert [found.item.key for found in await store.search("title", limit=9)] == ["b", "a"]
    assert [channel.id for channel in await store.channels()] == [SLACK, TERMINAL]
    assert (await store.channels())[1] == SCREEN
    assert tuple(wish for wish in await store.subscriptions() if wish.channel == TERMINAL) == WISHES
    assert [post.id for post in (await claimed(store)).posts] == ["p3", "p4"]
    assert [post.state for post in await store.outbox()] == [PostState.REFUSED, PostState.UNKNOWN, PostState.OWED]
    assert await store.next_channel() == NOW + LEASE
    await subscribe(store, digest=("convention",))
    shown = await store.settings(LOUNGE)
    assert shown is not None
    assert isinstance(shown.channel.digest, Cadence)
    assert shown.channel.digest == NINE_IN_VIENNA
    await store.beat(NOW + HOUR, ["poll", "post"])
    await store.close()


# A process that kills itself as a migration comes to a statement.
KILLED = """
import os, signal, sys
from pathlib import Path
from bot.store.opening import connect, migrate

def die(statement):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

database = connect(Path(sys.argv[1]), mode="rw")
database.enable_wal()
database.conn.set_trace_callback(die)
migrate(database)
"""


async def killed_at(statement: str, path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(path), statement]
    died = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False, timeout=60)
    assert died.returncode == -9


def schema(path: Path) -> list[object]:
    """Every table, index and view as it was made."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("old", [1], indirect=True, ids=["first-release"])
@pytest.mark.parametrize(
    "statement", ["ALTER TABLE subscription", "CREATE TABLE answered", "CREATE VIEW due_channel", "COMMIT"]
)
async def test_a_process_killed_in_the_second_migration_leaves_the_database_as_it_was(
    old: Path, statement: str
) -> None:
    before = (everything(old), schema(old), version_of(old))
    await killed_at(statement, old)
    assert (everything(old), schema(old), version_of(old)) == before
    assert migrate(old) == list(RELEASES[1:])
    assert everything(old) == before[0]


@pytest.mark.parametrize("old", [2], indirect=True, ids=["second-release"])
@pytest.mark.parametrize(
    "statement", ["ADD COLUMN pace", "DROP INDEX feed_by_due", "CREATE INDEX delivery_at_once", "crisismerge", "COMMIT"]
)
async def test_a_process_killed_in_the_third_migration_leaves_the_database_as_it_was(old: Path, statement: str) -> None:
    before = (everything(old), schema(old), version_of(old))
    await killed_at(statement, old)
    assert (everything(old), schema(old), version_of(old)) == before
    assert migrate(old) == list(RELEASES[2:])
    assert everything(old) == before[0]


@pytest.mark.parametrize("old", [3], indirect=True, ids=["third-release"])
@pytest.mark.parametrize("statement", ["CREATE TABLE record", "COMMIT"])
async def test_a_process_killed_in_the_fourth_migration_leaves_the_database_as_it_was(
    old: Path, statement: str
) -> None:
    before = (everything(old), schema(old), version_of(old))
    await killed_at(statement, old)
    assert (everything(old), schema(old), version_of(old)) == before
    assert migrate(old) == list(RELEASES[3:])
    assert everything(old) == before[0]


@pytest.mark.parametrize("old", [4], indirect=True, ids=["fourth-release"])
@pytest.mark.parametrize(
    "statement", ["DROP TABLE subscription", "RENAME TO delivery", "CREATE TABLE sequel", "DROP TABLE beat", "COMMIT"]
)
async def test_a_process_killed_in_the_fifth_migration_leaves_the_database_as_it_was(old: Path, statement: str) -> None:
    before = (everything(old), schema(old), version_of(old))
    await killed_at(statement, old)
    assert (everything(old), schema(old), version_of(old)) == before
    assert migrate(old) == list(RELEASES[4:])
    assert everything(old) == before[0]


@pytest.mark.parametrize("old", [5], indirect=True, ids=["fifth-release"])
@pytest.mark.parametrize("statement", ["DROP TABLE audit", "CREATE TABLE feedback", "CREATE TABLE welcomed", "COMMIT"])
async def test_a_process_killed_in_the_sixth_migration_leaves_the_database_as_it_was(old: Path, statement: str) -> None:
    before = (everything(old), schema(old), version_of(old))
    await killed_at(statement, old)
    assert (everything(old), schema(old), version_of(old)) == before
    assert migrate(old) == ["0006_feedback"]
    assert everything(old) == before[0]
