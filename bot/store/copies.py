"""Whole copies of a database: consistent while others write, and at their place only when they are complete."""

from __future__ import annotations

import glob
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.log import log
from bot.store import statements as sql

PAGES = 256  # copied at a time; a MiB with pages of the usual size
MIB = 1024 * 1024
UNFINISHED = ".unfinished"


def nothing() -> None:
    """For those who do not follow a copy as it goes."""


def copy(source: sqlite3.Connection, target: Path, step: Callable[[], None] = nothing) -> None:
    """Copy a database as it stands now; `step` is called after each PAGES pages.

    What stood at the target is replaced. Raises StoreError where there is no room or the copy is damaged; then nothing
    has changed.
    """
    source.execute(sql.BEGIN_READ)
    try:
        # One state of the file from here on, however much is written meanwhile: a copy without a transaction of its
        # own begins anew with each commit of another process, and beside a busy bot never ends.
        source.execute(sql.IS_ANYTHING).fetchall()
        _refuse_without_room(source, target)
        file, name = tempfile.mkstemp(dir=target.parent, prefix=target.name + ".", suffix=UNFINISHED)  # mode 0600
        new = Path(name)
        try:
            _fill(source, new, step)
            os.fsync(file)
            new.replace(target)
        except BaseException:
            for left in (new, *(new.with_name(new.name + end) for end in ("-journal", "-wal", "-shm"))):
                left.unlink(missing_ok=True)
            raise
        finally:
            os.close(file)
    finally:
        source.execute(sql.ROLLBACK)
    _sync_folder(target.parent)


def _fill(source: sqlite3.Connection, new: Path, step: Callable[[], None]) -> None:
    with closing(sqlite3.connect(new, isolation_level=None)) as copied:
        copied.execute("PRAGMA synchronous = OFF")  # nobody has it before it is complete and on disk
        source.backup(copied, pages=PAGES, progress=lambda *_: step())
        copied.execute("PRAGMA journal_mode = DELETE")  # one file, which can be read where nothing can be written
        found = [row[0] for row in copied.execute("PRAGMA integrity_check(1)")]
        if found != ["ok"]:
            raise StoreError(f"the copy is damaged ({found[0]}), and so is the database; keep the backups you have")


def _refuse_without_room(source: sqlite3.Connection, target: Path) -> None:
    pages, size = (int(source.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    disk = os.statvfs(target.parent)
    needed, free = pages * size, disk.f_bavail * disk.f_frsize
    if needed > free:
        raise StoreError(
            f"there is no room for the copy {target}: it takes {-(-needed // MIB):,} MiB, {free // MIB:,} are free; "
            "make room on that disk"
        )


def _sync_folder(folder: Path) -> None:
    """Bring the names in it to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# ── before migrations


def copy_before(source: sqlite3.Connection, path: Path, migration: int) -> None:
    """Copy a database beside itself, before a migration changes it; only the newest such copy is kept.

    Raises StoreError where there is no room for it, with nothing changed.
    """
    target = path.with_name(f"{path.name}.before-{migration:04}")
    for left in path.parent.glob(f"{glob.escape(path.name)}.before-*{UNFINISHED}"):
        left.unlink()
    copy(source, target)
    for older in set(copies_before(path)) - {target}:
        older.unlink()
    log.info("database.copied", path=str(target))


def copies_before(path: Path) -> list[Path]:
    """The copies that stand beside a database since before its migrations."""
    name = re.compile(re.escape(path.name) + r"\.before-[0-9]{4}")
    return sorted(one for one in path.parent.iterdir() if name.fullmatch(one.name))
