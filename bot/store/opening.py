"""Opening the database file: the locks, the checks, the migrations; transactions, and what goes wrong in them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bot.errors import Blocked, Full, StoreError
from bot.model import Duty
from bot.store import reserve
from bot.store import statements as sql
from bot.store.copies import copies_before, copy_before
from bot.store.locks import WHOLE, Locks
from bot.store.reserve import NO_ROOM

MIGRATIONS = Path(__file__).parent / "migrations"

APPLICATION_ID = 1415005000  # as in migrations/0001: a file of ours, not of another program
BUSY_SECONDS = 10.0  # how long a statement waits for another process's transaction
# FULL: a post that is begun must be on disk before its request leaves (one setting for all: simple, and enough).
EVERY_COMMIT_ON_DISK = "PRAGMA synchronous = FULL"
COMMITS_NOTED = "PRAGMA synchronous = NORMAL"  # on disk with the next checkpoint, or the next commit of the other kind
REFERENCES_HOLD = "PRAGMA foreign_keys = ON"
# What is needed to undo a unit among others is small, and no file is made for it.
UNDO_IN_MEMORY = "PRAGMA temp_store = MEMORY"
# Before this release of SQLite a checkpoint of one process may damage what another writes into the log in that very
# moment (https://sqlite.org/wal.html, "the WAL-reset bug"). So one process alone makes them: the one that posts.
SOUND = (3, 51, 3)
NO_CHECKPOINTS = "PRAGMA wal_autocheckpoint = 0"


@dataclass(frozen=True, slots=True)
class Opened:
    """A database that may be used, and the locks that say so; readers hold none."""

    path: Path
    database: Database
    locks: Locks | None = None
    ran: tuple[str, ...] = ()  # migrations that ran at this opening

    def close(self) -> None:
        """Let go of the file; the locks go last."""
        self.database.close()
        if self.locks is not None:
            self.locks.close()


def for_writing(path: Path, duties: frozenset[Duty] = WHOLE) -> Opened:
    """The database for a process with these duties: locked, checked, up to date; made if there is none.

    Raises Busy where another process holds it or one of the duties, StoreError where it cannot be used.
    """
    _refuse_folder(path)
    locks = Locks.take(path, duties)
    try:
        with locks.opening():
            try:
                database, ran = _ready(path, duties, locks)
            except Full:
                if not reserve.give_up(path):
                    raise
                database, ran = _ready(path, duties, locks)
    except BaseException:
        locks.close()
        raise
    return Opened(path, database, locks, tuple(ran))


def _ready(path: Path, duties: frozenset[Duty], locks: Locks) -> tuple[Database, list[str]]:
    """The database, checked and up to date, and the migrations that ran; room is kept beside it, if there is any."""
    with said_plainly(path):
        refuse_ruins(path)
        ran = []
        if not path.exists():
            locks.alone()
            ran = make(path)
        database = connect(path, mode="rw")
        try:
            check(database, path)
            if pending := _pending(database):
                locks.alone()
                copy_before(database.conn, path, pending[0][0])
            ran += settle(database, duties)
            reserve.lay(path)
        except BaseException:
            database.close()
            raise
    return database, ran


def for_reading(path: Path) -> Opened:
    """The database read-only, beside a running bot or without one. Raises StoreError where it cannot be used."""
    return _without_lock(path, mode="ro")


def beside(path: Path) -> Opened:
    """The database for a short change beside a running bot. Raises StoreError where it cannot be used."""
    opened = _without_lock(path, mode="rw")
    with said_plainly(path):
        for pragma in (EVERY_COMMIT_ON_DISK, REFERENCES_HOLD, *checkpoints_of(frozenset())):
            opened.database.execute(pragma)
    return opened


def _without_lock(path: Path, *, mode: str) -> Opened:
    _refuse_folder(path)
    with said_plainly(path):
        refuse_ruins(path)
        if not path.exists():
            raise StoreError(f"no database at {path}; `treatywatch run` makes one")
        database = connect(path, mode=mode)
        try:
            check_owner(database, path)
            if version_of(database) < migrations()[-1][0]:
                raise StoreError(f"{path} is of an older treatywatch; `treatywatch migrate` brings it up to date")
        except BaseException:
            database.close()
            raise
    return Opened(path, database)


def refuse_ruins(path: Path) -> None:
    """Raise StoreError where a database stood and is no more: nothing new may be begun in its place."""
    if path.exists() and path.stat().st_size == 0:
        raise StoreError(_damaged(path, "it is empty"))
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if not path.exists() and log.exists() and log.stat().st_size:
        raise StoreError(_damaged(path, f"only {log.name} is left of it"))
    # SQLite makes the log before its index, and removes the index first.
    if path.exists() and index.exists() and not log.exists():
        raise StoreError(_damaged(path, f"{log.name} is gone, and with it what was written last"))


def make(path: Path) -> list[str]:
    """Make a database that appears at its place whole: a start cut short leaves no empty file there."""
    new = path.with_name(path.name + ".new")
    for old in (new, new.with_name(new.name + "-wal"), new.with_name(new.name + "-shm")):
        old.unlink(missing_ok=True)
    database = connect(new, mode="rwc")
    try:
        ran = settle(database)
    finally:
        database.close()
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # else its name may be gone after a power cut, with all that was written since
    finally:
        os.close(folder)
    return ran


def connect(path: Path, *, mode: str) -> Database:
    """A connection that begins no transaction by itself; `mode` is SQLite's: rwc or ro."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_SECONDS
    )
    connection.row_factory = sqlite3.Row
    return Database(connection, execute_plugins=False)


def check(database: Database, path: Path) -> None:
    """Raise StoreError if the file is damaged, or is not ours."""
    check_owner(database, path)
    found = [row[0] for row in database.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise StoreError(_damaged(path, found[0]))


def check_owner(database: Database, path: Path) -> None:
    """Raise StoreError if the file belongs to another program, or to a newer treatywatch."""
    owner = database.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID and (owner or database.table_names()):
        raise StoreError(f"{path} is a database of another program; name another file with --database")
    version, newest = version_of(database), migrations()[-1][0]
    if version > newest:
        copy: Path | str = next(iter(copies_before(path)), "BACKUP")
        raise StoreError(
            f"{path} was written by a newer treatywatch (schema {version}, this one knows {newest}); install that "
            f"version again, or restore a backup copy made before it: {put_in_place(path, copy)}"
        )


def settle(database: Database, duties: frozenset[Duty] = WHOLE) -> list[str]:
    """Make a checked database ready: WAL, every commit on disk, migrations, leases of the dead; names of those run.

    Only the process with its duty holds leases of a kind, so those that are left when it starts are of the dead.
    """
    database.enable_wal()
    for pragma in (EVERY_COMMIT_ON_DISK, REFERENCES_HOLD, UNDO_IN_MEMORY, *checkpoints_of(duties)):
        database.execute(pragma)
    ran = migrate(database)
    if "poll" in duties:
        database.execute(sql.FREE_FEEDS)
    if "post" in duties:
        database.execute(sql.FREE_CHANNELS)
    return ran


def checkpoints_of(duties: frozenset[Duty]) -> tuple[str, ...]:
    """What keeps a process from making checkpoints while others write; the last to close the file makes one alone."""
    return () if sqlite3.sqlite_version_info >= SOUND or "post" in duties else (NO_CHECKPOINTS,)


def migrations() -> list[tuple[int, Path]]:
    """The numbered files in order; the number is the schema's version once the file has run."""
    return sorted((int(file.name.split("_")[0]), file) for file in MIGRATIONS.glob("*.sql"))


def _pending(database: Database) -> list[tuple[int, Path]]:
    """The migrations that would change what somebody has stored; none for a file in which nothing is yet."""
    version = version_of(database)
    return [(number, file) for number, file in migrations() if number > version > 0]


def version_of(database: Database) -> int:
    """The number of the last migration that ran; 0: none."""
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def migrate(database: Database) -> list[str]:
    """Run the migrations that have not run, each whole or not at all; their names."""
    todo = [(number, file) for number, file in migrations() if number > version_of(database)]
    for number, file in todo:
        with transaction(database.conn, sql.BEGIN_WRITE):
            for statement in statements_of(file.read_text(encoding="utf-8")):
                database.conn.execute(statement)
            database.conn.execute(f"PRAGMA user_version = {number}")  # a pragma takes no bound value
    return [file.stem for _, file in todo]


def statements_of(script: str) -> Iterator[str]:
    """The statements of a script one by one; `executescript` would commit what stands before it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """All of the block, or nothing of it."""
    connection.execute(begin)
    try:
        yield
        connection.execute(sql.COMMIT)
    except BaseException:
        # A full disk may have ended the transaction already.
        if connection.in_transaction:
            connection.execute(sql.ROLLBACK)
        raise


def must_change(
    connection: sqlite3.Connection, statement: str, bound: Mapping[str, str | float | None], *, otherwise: str
) -> None:
    """Run a statement; StoreError in these words if it changes nothing."""
    if connection.execute(statement, bound).rowcount == 0:
        raise StoreError(otherwise)


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors as a StoreError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise plain(path, error) from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full(_cannot_grow(path, error.strerror)) from error
        raise StoreError(_closed_off(path, error.strerror or str(error))) from error


def plain(path: Path, error: sqlite3.Error) -> StoreError:
    """What SQLite met, and the way out."""
    name: str = getattr(error, "sqlite_errorname", "")
    match name.split("_")[1:]:
        case ["CORRUPT" | "NOTADB", *_]:
            return StoreError(_damaged(path, str(error)))
        case ["BUSY" | "LOCKED" | "PROTOCOL", *_]:
            return Blocked(f"another program keeps {path} locked; end it and try again")
        case ["FULL", *_] | ["IOERR", "WRITE" | "FSYNC" | "TRUNCATE" | "SHMSIZE", *_]:
            return Full(_cannot_grow(path, str(error)))
        case ["READONLY" | "CANTOPEN" | "PERM" | "AUTH", *_]:
            return StoreError(_closed_off(path, str(error)))
        case _:
            return StoreError(f"{path} did not take this ({error}); nothing of it was written")


def _cannot_grow(path: Path, what: str | None) -> str:
    return f"{path} cannot grow ({what}); make room on its disk"


def _damaged(path: Path, what: str) -> str:
    return (
        f"{path} is damaged ({what}); {put_in_place(path, 'BACKUP')}; "
        "`treatywatch backup` makes such copies, and `treatywatch run --after-restore` goes on with one"
    )


def put_in_place(path: Path, copy: Path | str) -> str:
    """How a copy takes the place of a database; the log of the one before would be taken for its own."""
    aside = f"move {path.name}, {path.name}-wal and {path.name}-shm aside"
    return f"{aside} and put a backup copy in its place: cp {copy} {path}"


def _closed_off(path: Path, what: str) -> str:
    return f"{path} cannot be opened ({what}); let treatywatch read and write it and its folder"


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it with --database")
