"""What the SQLite back end promises beyond the common suite: its file, its lock, its migrations."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.errors import Busy, StoreError
from bot.model import PostState, Watched
from bot.store import Reader, Store
from bot.store.opening import statements_of
from bot.store.sqlite import SqliteStore, migrate
from tests.stores import HOUR, LEASE, MINUTE, NOW, SLACK, a_reading, an_item, begun, configure, planned, state

ROOT = Path(__file__).parent.parent
FIRST = ["0001_begin", "0002_chat_channels", "0003_what_feeds_say", "0004_depositary", "0005_delivery", "0006_feedback"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder with #, ? and %" / "test.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    path.parent.mkdir()
    opened = await SqliteStore.open(path, worker="one")
    await configure(opened)
    yield opened
    await opened.close()


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def pragma(path: Path, statement: str) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchone()[0]
    finally:
        connection.close()


async def test_it_is_a_store(store: SqliteStore, path: Path) -> None:
    as_store: Store = store
    reader: Reader = await SqliteStore.read_only(path)
    assert await as_store.feed_states() == await reader.feed_states()
    await reader.close()


# ── the lock


async def test_a_second_instance_is_told_which_file_is_held_and_what_to_do(store: SqliteStore, path: Path) -> None:
    with pytest.raises(Busy, match=r"another treatywatch holds .*test\.db .*test\.db\.lock.* end that one first"):
        await SqliteStore.open(path, worker="two")
    with pytest.raises(Busy):
        migrate(path)
    assert len(await store.feed_states()) == 2


async def test_the_lock_is_free_after_closing(store: SqliteStore, path: Path) -> None:
    await store.close()
    await store.close()
    again = await SqliteStore.open(path, worker="two")
    assert len(await again.feed_states()) == 2
    await again.close()


async def test_a_closed_store_says_so(store: SqliteStore) -> None:
    await store.close()
    with pytest.raises(StoreError, match="is closed"):
        await store.feed_states()


async def test_a_new_instance_takes_over_the_feeds_of_a_dead_one_at_once(store: SqliteStore, path: Path) -> None:
    await store.claim_feeds(NOW, limit=9, lease=LEASE)
    await store.close()
    again = await SqliteStore.open(path, worker="two")
    assert len(await again.claim_feeds(NOW, limit=9, lease=LEASE)) == 2
    await again.close()


async def test_a_new_instance_does_not_look_too_soon_for_a_request_that_was_under_way(
    store: SqliteStore, path: Path
) -> None:
    [post] = await planned(store, "a")
    await begun(store, post)
    await store.close()
    again = await SqliteStore.open(path, worker="two")
    look = NOW + LEASE + 2 * MINUTE
    assert await again.claim_channels(look - MINUTE, limit=1, lease=LEASE) == []
    (claim,) = await again.claim_channels(look, limit=1, lease=LEASE)
    assert [each.state for each in claim.posts] == [PostState.UNKNOWN]
    await again.close()


async def test_a_post_is_not_begun_in_a_channel_that_another_worker_has(store: SqliteStore, path: Path) -> None:
    [post] = await planned(store, "a")
    beside = sqlite3.connect(path, isolation_level=None)
    beside.execute("UPDATE channel SET leased_by = 'another' WHERE id = 'slack:T1:C1'")
    beside.close()
    with pytest.raises(StoreError, match="another worker has slack:T1:C1"):
        await begun(store, post)
    await store.release(SLACK)
    assert await store.claim_channels(NOW, limit=1, lease=LEASE) == []


# ── the file


async def test_the_file_is_in_wal_mode_and_every_commit_reaches_the_disk(store: SqliteStore, path: Path) -> None:
    def settings(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    full = 2
    assert await store._line.read(settings) == ["wal", full, 1, 10_000]


async def test_a_reader_sees_the_last_commit_beside_a_running_bot(store: SqliteStore, path: Path) -> None:
    reader = await SqliteStore.read_only(path)
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    assert [found.item for found in await reader.search("title", limit=9)] == [an_item("a")]
    assert [owed.story.id for owed in await reader.owed(SLACK)] == ["story a"]
    await reader.close()
    assert (await store.status()).items == 1


async def test_a_reader_works_without_a_running_bot(store: SqliteStore, path: Path) -> None:
    await store.close()
    reader = await SqliteStore.read_only(path)
    assert len(await reader.channels()) == 2
    await reader.close()
    again = await SqliteStore.open(path, worker="two")
    await again.close()


async def test_a_reader_never_makes_a_database(tmp_path: Path) -> None:
    for nowhere in (tmp_path / "none.db", tmp_path / "none" / "none.db"):
        with pytest.raises(StoreError, match=r"no database at .*none\.db; `treatywatch run` makes one"):
            await SqliteStore.read_only(nowhere)
    assert files_in(tmp_path) == []


async def test_a_transaction_of_another_process_is_waited_for(store: SqliteStore, path: Path) -> None:
    beside = sqlite3.connect(path, isolation_level=None)
    beside.execute("BEGIN IMMEDIATE")
    keeping = asyncio.create_task(store.keep(Watched(state=state(due=NOW + HOUR))), name="keep")
    await asyncio.wait([keeping], timeout=0.05)
    assert not keeping.done()
    beside.execute("COMMIT")
    beside.close()
    await keeping
    assert (await store.feed_states())[1].due == NOW + HOUR


def spoil_text(path: Path) -> None:
    path.write_text("no database " * 1000)


def spoil_all(path: Path) -> None:
    path.write_bytes(b"")


def spoil_header(path: Path) -> None:
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])


def spoil_page(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * 4096 + whole[8192:])


def spoil_end(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "spoil", [spoil_text, spoil_all, spoil_header, spoil_page, spoil_end], ids=lambda f: f.__name__[6:]
)
async def test_a_damaged_file_is_refused_with_the_way_out_and_left_as_it_is(
    store: SqliteStore, path: Path, spoil: Callable[[Path], None]
) -> None:
    await store.close()
    spoil(path)
    before = bytes_of(path)
    with pytest.raises(StoreError, match=r"put a backup copy in its place: cp BACKUP .*test\.db"):
        await SqliteStore.open(path, worker="one")
    assert bytes_of(path) == before
    with pytest.raises(StoreError, match="is damaged"):
        migrate(path)


async def test_where_only_the_log_of_a_database_is_left_no_new_one_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    path.with_name("test.db-wal").write_bytes(b"what was written last")
    for opening in (SqliteStore.open(path, worker="one"), SqliteStore.read_only(path)):
        with pytest.raises(StoreError, match=r"damaged \(only test\.db-wal is left of it\).*cp BACKUP"):
            await opening
    assert path not in files_in(tmp_path)


async def test_where_the_log_of_a_database_is_gone_the_bot_does_not_go_on_without_what_stood_in_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "test.db"
    command = [sys.executable, "-c", KILLED, str(path), "", "0"]
    await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False, timeout=60)
    (tmp_path / "test.db-wal").unlink()
    for opening in (SqliteStore.open(path, worker="one"), SqliteStore.read_only(path)):
        with pytest.raises(StoreError, match=r"damaged \(test\.db-wal is gone, and .*\).*cp BACKUP .*--after-restore"):
            await opening


# A start by somebody who may not write everything.
AS_NOBODY = """
import asyncio, os, sys
from pathlib import Path
from bot.errors import StoreError
from bot.store.sqlite import SqliteStore

if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    asyncio.run(SqliteStore.open(Path(sys.argv[1]), worker="nobody"))
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        pytest.param(0o444, 0o777, id="file"),
        pytest.param(0o666, 0o555, id="folder"),
        pytest.param(0o000, 0o777, id="unreadable"),
    ],
)
def test_what_may_not_be_written_is_named_and_left_as_it_is(file: int, folder: int) -> None:
    with tempfile.TemporaryDirectory() as name:  # below the folder of pytest nobody else may look
        place = Path(name)
        place.chmod(0o755)
        path = place / "db" / "test.db"
        path.parent.mkdir()
        migrate(path)
        path.with_name("test.db.lock").chmod(0o666)
        before = bytes_of(path)
        path.chmod(file)
        path.parent.chmod(folder)
        command = [sys.executable, "-c", AS_NOBODY, str(path)]
        told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
        assert (told.returncode, told.stderr) == (0, "")
        assert told.stdout.startswith(f"{path} cannot be opened (")
        assert told.stdout.endswith("; let treatywatch read and write it and its folder\n")
        path.parent.chmod(0o755)
        path.chmod(0o644)
        assert bytes_of(path) == before


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmark (url TEXT)")
    other.close()
    with pytest.raises(StoreError, match=r"other\.db is a database of another program"):
        await SqliteStore.open(path, worker="one")
    with pytest.raises(StoreError, match=r"other\.db is a database of another program"):
        await SqliteStore.read_only(path)


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder; name a file in it"):
        await SqliteStore.open(tmp_path, worker="one")
    with pytest.raises(StoreError, match="is a folder; name a file in it"):
        await SqliteStore.read_only(tmp_path)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("where", ["none/test.db", "file/test.db"], ids=["no-such-folder", "below-a-file"])
async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot write .*test\.db\.lock .*name another place with --database"):
        await SqliteStore.open(tmp_path / where, worker="one")


# ── migrations


def test_migrating_makes_a_database_and_a_second_time_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    assert migrate(path) == FIRST
    assert migrate(path) == []


def test_a_first_start_cut_short_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "test.db.new").write_text("half a database")
    assert migrate(tmp_path / "test.db") == FIRST
    assert sorted(file.name for file in tmp_path.iterdir()) == ["test.db", "test.db.lock", "test.db.reserve"]


async def test_a_newer_schema_is_refused(store: SqliteStore, path: Path) -> None:
    await store.close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 9999")
    newer.close()
    for opening in (SqliteStore.open(path, worker="one"), SqliteStore.read_only(path)):
        with pytest.raises(StoreError, match=r"newer treatywatch .*install that version again, or restore a backup"):
            await opening
    assert pragma(path, "PRAGMA user_version") == 9999


def test_a_statement_with_semicolons_inside_stays_whole() -> None:
    script = (
        "CREATE TABLE a (b); -- one;\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n DELETE FROM a;\n SELECT ';';\nEND;\n"
    )
    first, second = statements_of(script)
    assert first == "CREATE TABLE a (b); -- one;\n"
    assert second.endswith("END;\n")


# ── kill -9

# A process that kills itself as the store comes to the nth statement that begins so; with 0, when all is done.
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
from tests.stores import SLACK, a_reading, an_item, configure

async def main(path, statement, nth):
    store = await SqliteStore.open(Path(path), worker="killed")
    await configure(store)
    await store.keep(a_reading(an_item("before"), to=(SLACK,)))
    met = []

    def die(text):
        met.extend([text] if text.strip().startswith(statement) else [])
        if len(met) == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)

    if int(nth):
        await store._line.read(lambda connection: connection.set_trace_callback(die))
    await store.keep(a_reading(*(an_item(f"k{n}") for n in range(4)), to=(SLACK,)))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("statement", "nth", "kept"),
    [
        pytest.param("INSERT INTO item ", 3, 1, id="in-the-items"),
        pytest.param("INSERT INTO match ", 3, 1, id="in-the-matches"),
        pytest.param("INSERT INTO story_item ", 3, 1, id="in-the-stories"),
        pytest.param("INSERT INTO delivery ", 3, 1, id="in-the-deliveries"),
        pytest.param("INSERT INTO item_words ", 3, 1, id="in-the-words"),
        pytest.param("RELEASE", 1, 1, id="after-the-unit"),
        pytest.param("COMMIT", 2, 1, id="before-the-commit"),  # the first ends the reading that armed this
        pytest.param("", 0, 5, id="after-the-commit"),
    ],
)
async def test_a_process_killed_while_it_keeps_a_reading_leaves_all_or_nothing(
    tmp_path: Path, statement: str, nth: int, kept: int
) -> None:
    path = tmp_path / "test.db"
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", KILLED, str(path), statement, str(nth)],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert died.returncode == -9
    store = await SqliteStore.open(path, worker="next")
    status = await store.status()
    assert (status.items, status.matched, status.stories, status.owed) == (kept, kept, kept, kept)
    assert len(await store.search("title", limit=9)) == kept
    assert pragma(path, "PRAGMA integrity_check") == "ok"
    await store.close()
