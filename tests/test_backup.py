"""Copies of the database: while it is written, before it is migrated; whole, or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.errors import StoreError
from bot.store.backup import back_up
from bot.store.opening import MIGRATIONS, for_writing, statements_of
from bot.store.sqlite import SqliteStore, migrate
from tests.conftest import ROOT
from tests.stores import SLACK, a_reading, an_item, configure, planned

CONFIG = str(ROOT / "feeds.yaml")


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database with two items, and a post that tells one of them."""
    path = tmp_path / "bot.db"
    store = await SqliteStore.open(path, worker="one")
    await configure(store)
    await planned(store, "a")
    await store.keep(a_reading(an_item("b"), to=(SLACK,)))
    await store.close()
    return path


def backup(path: Path, target: Path, *more: str) -> tuple[int, str]:
    """How `treatywatch backup` ended, and all that it said."""
    command = ["backup", str(target), "--config", CONFIG, "--database", str(path), *more]
    done = CliRunner().invoke(main, command)
    return done.exit_code, done.output


def asked(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def everything(path: Path) -> list[str]:
    """Every row of every table, and how the tables are made."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


# ── the command


async def test_a_copy_holds_all_and_says_what_and_how_to_restore_it(path: Path) -> None:
    target = path.parent / "copy.db"
    status, words = backup(path, target)
    assert status == 0
    assert words.startswith(f"{target} holds 2 items and 1 post in 0.")
    assert words.endswith(
        f" MiB. To restore it, stop the bot, move bot.db, bot.db-wal and bot.db-shm aside and put a backup copy in its "
        f"place: cp {target} {path}, and go on with: treatywatch run --after-restore\n"
    )
    assert everything(target) == everything(path)


async def test_with_json_a_copy_is_one_record(path: Path) -> None:
    target = path.parent / "copy.db"
    status, words = backup(path, target, "--json")
    assert status == 0
    size = target.stat().st_size
    assert json.loads(words) == {"path": str(target), "bytes": size, "items": 2, "posts": 1}


async def test_a_copy_is_one_file_that_only_its_owner_may_read(path: Path) -> None:
    backup(path, path.parent / "copy.db")
    assert (path.parent / "copy.db").stat().st_mode & 0o777 == 0o600
    assert names_in(path.parent) == ["bot.db", "bot.db-shm", "bot.db-wal", "bot.db.lock", "bot.db.reserve", "copy.db"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("taken", "is there already; name another, or remove it"),
        ("dangling", "is there already; name another, or remove it"),
        ("bot.db", "is the database itself; name another file"),
        ("link", "is the database itself; name another file"),
        ("bot.db-wal", "would be taken for a part of the database; name another file"),
        ("folder", "is a folder; name a file in it"),
        ("none/copy.db", "make it first"),
    ],
)
async def test_a_copy_takes_nobodys_place(path: Path, target: str, said: str) -> None:
    (path.parent / "taken").write_text("a letter")
    (path.parent / "link").symlink_to(path)
    (path.parent / "dangling").symlink_to("nowhere")
    (path.parent / "folder").mkdir()
    before = names_in(path.parent), everything(path)
    status, words = backup(path, path.parent / target)
    assert (status, words.startswith("treatywatch: "), said in words) == (1, True, True)
    assert (names_in(path.parent), everything(path)) == before
    assert (path.parent / "taken").read_text() == "a letter"


def test_where_there_is_no_database_there_is_no_copy(tmp_path: Path) -> None:
    status, words = backup(tmp_path / "bot.db", tmp_path / "copy.db")
    assert (status, words) == (
        1,
        f"treatywatch: no database at {tmp_path / 'bot.db'}; `treatywatch run` makes one\n",
    )
    assert names_in(tmp_path) == []


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 KiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Leave 64 KiB."""
    room = os.statvfs(disk)
    (disk / "filler").write_bytes(b"\0" * (room.f_bavail * room.f_frsize - 65536))


async def test_without_room_for_a_copy_there_is_none(path: Path, tiny: Path) -> None:
    fill(tiny)
    status, words = backup(path, tiny / "copy.db")
    assert (status, "there is no room for the copy" in words, "make room on that disk" in words) == (1, True, True)
    assert names_in(tiny) == ["filler"]


async def test_of_a_damaged_database_no_copy_is_made(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'item_by_seen'")
    status, words = backup(path, path.parent / "copy.db")
    assert (status, "damaged" in words) == (1, True)
    assert [name for name in names_in(path.parent) if "copy" in name] == []


# ── beside a writer

# Writes a hundred items a second until it is killed, and says after which.
WRITING = """
import asyncio, sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
from tests.stores import a_reading, an_item, configure

async def main(path):
    store = await SqliteStore.open(Path(path), worker="writer")
    await configure(store)
    number = 0
    while True:
        await store.keep(a_reading(an_item(f"w{number}")))
        number += 1
        print(number, flush=True)
        await asyncio.sleep(0.01)

asyncio.run(main(sys.argv[1]))
"""


async def test_a_copy_made_beside_a_hundred_writes_a_second_holds_all_that_was_written_before(path: Path) -> None:
    """Large enough to take many steps, between which a copy without its own transaction would begin anew."""
    store = await SqliteStore.open(path, worker="one")
    await store._line.write(
        lambda connection: connection.execute("CREATE TABLE ballast AS SELECT zeroblob(48000000) AS a").rowcount
    )
    await store.close()
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITING, str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    written = [int(await writer.stdout.readline()) for _ in range(50)]
    target = path.parent / "copy.db"
    steps: list[None] = []
    made = await asyncio.to_thread(back_up, path, target, lambda: steps.append(None))
    writer.kill()
    rest = (await writer.communicate())[0].split()
    assert len(rest) > 5  # it went on writing meanwhile
    assert len(steps) == -(-made.size // (256 * 4096))  # none of them twice
    assert asked(target, "PRAGMA integrity_check") == [("ok",)]
    kept = {key for (key,) in asked(target, "SELECT key FROM item")}
    assert {f"w{number - 1}" for number in written} <= kept
    restored = await SqliteStore.open(target, worker="restored")
    assert len(await restored.search("title", limit=10_000)) == len(kept) == made.items
    await restored.close()


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGKILL])
async def test_a_copy_that_is_broken_off_stands_nowhere_under_its_name(path: Path, signalled: signal.Signals) -> None:
    killed = """
import os, signal, sys
from pathlib import Path
from bot.store.backup import back_up
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background it is ignored
back_up(Path(sys.argv[1]), Path(sys.argv[2]), lambda: os.kill(os.getpid(), int(sys.argv[3])))
"""
    target = path.parent / "copy.db"
    command = [sys.executable, "-c", killed, str(path), str(target), str(int(signalled))]
    died = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False, capture_output=True, timeout=60)
    assert died.returncode in {-signalled, 1}
    assert not target.exists()
    left = [name for name in names_in(path.parent) if name.startswith("copy")]
    assert all(name.endswith(".unfinished") for name in left)
    assert len(left) == (signalled is signal.SIGKILL)


# ── before a migration


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of the third release, with a feed."""
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for file in sorted(MIGRATIONS.glob("*.sql"))[:3]:
            for statement in statements_of(file.read_text()):
                connection.execute(statement)
        connection.execute(
            "INSERT INTO feed (id, name, url, rank, watched, due) VALUES ('un-press', 'UN', 'https://un.example/', 2, 1, '')"
        )
        connection.execute("PRAGMA user_version = 3")
    return path


def test_before_a_migration_the_database_is_copied_as_it_was(old: Path) -> None:
    before = everything(old)
    assert migrate(old)[0] == "0004_depositary"
    copy = old.parent / "bot.db.before-0004"
    assert everything(copy) == before
    assert asked(copy, "PRAGMA user_version") == [(3,)]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_new_database_and_one_that_is_up_to_date_are_not_copied(tmp_path: Path) -> None:
    migrate(tmp_path / "bot.db")
    migrate(tmp_path / "bot.db")
    assert names_in(tmp_path) == ["bot.db", "bot.db.lock", "bot.db.reserve"]


def test_only_the_newest_copy_is_kept(old: Path) -> None:
    for name in ("bot.db.before-0002", "bot.db.before-0004.abc.unfinished", "bot.db.before-my-holidays"):
        (old.parent / name).write_text("older")
    migrate(old)
    assert [name for name in names_in(old.parent) if "before" in name] == [
        "bot.db.before-0004",
        "bot.db.before-my-holidays",
    ]


def test_without_room_for_a_copy_nothing_is_migrated(old: Path, tiny: Path) -> None:
    path = tiny / "bot.db"
    path.write_bytes(old.read_bytes())
    fill(tiny)
    with pytest.raises(StoreError, match=r"no room for the copy .*bot\.db\.before-0004: .*; make room on that disk"):
        migrate(path)
    assert everything(path) == everything(old)
    assert names_in(tiny) == ["bot.db", "bot.db.lock", "filler"]


# A process that kills itself as it comes to that event of Python's for the nth time.
KILLED = """
import os, signal, sys
from pathlib import Path
from bot.store.sqlite import migrate

met = []

def die(event, args):
    if event == sys.argv[2]:
        met.append(event)
        if len(met) == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
migrate(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("event", "nth"), [("sqlite3.connect/handle", 2), ("os.rename", 1)], ids=["begun", "before-it-is-named"]
)
async def test_a_process_killed_while_it_copies_leaves_the_database_as_it_was_and_no_copy(
    old: Path, event: str, nth: int
) -> None:
    before = everything(old)
    command = [sys.executable, "-c", KILLED, str(old), event, str(nth)]
    died = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False, timeout=60)
    assert died.returncode == -9
    assert (everything(old), asked(old, "PRAGMA user_version")) == (before, [(3,)])
    assert not (old.parent / "bot.db.before-0004").exists()
    assert migrate(old)[0] == "0004_depositary"
    assert [name for name in names_in(old.parent) if "before" in name] == ["bot.db.before-0004"]
    assert everything(old.parent / "bot.db.before-0004") == before


async def test_a_newer_database_is_refused_with_the_copy_that_was_made_before_it(old: Path) -> None:
    migrate(old)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(StoreError, match=rf"newer treatywatch .* cp {old}\.before-0004 {old}"):
        for_writing(old)
