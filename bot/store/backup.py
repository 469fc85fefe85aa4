"""A copy of the database to keep elsewhere, made beside a running bot."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StoreError
from bot.store import statements as sql
from bot.store.copies import copy
from bot.store.opening import connect, for_reading, said_plainly


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a copy holds."""

    path: Path
    size: int  # bytes
    items: int
    posts: int


def back_up(path: Path, target: Path, step: Callable[[], None]) -> Backup:
    """Copy the database, as it stands now, to a file that is not there yet; `step` is called for each MiB or so.

    Raises StoreError where there is no database, the file may not be written, or has no room.
    """
    refuse_target(path, target)
    with closing(for_reading(path)) as opened, said_plainly(target):
        copy(opened.database.conn, target, step)
    with said_plainly(target), closing(connect(target, mode="ro")) as copied:
        items, posts = copied.execute(sql.HOLDS).fetchone()
    return Backup(path=target, size=target.stat().st_size, items=items, posts=posts)


def refuse_target(path: Path, target: Path) -> None:
    """Raise StoreError where a copy of the database would take something's place, or has none."""
    if target.is_dir():
        raise StoreError(f"{target} is a folder; name a file in it")
    if os.path.lexists(target):
        is_same = target.exists() and path.exists() and target.samefile(path)
        what = (
            "is the database itself; name another file" if is_same else "is there already; name another, or remove it"
        )
        raise StoreError(f"{target} {what}")
    if not target.parent.is_dir():
        raise StoreError(f"there is no folder {target.parent}; make it first")
    if target.resolve().parent == path.resolve().parent and target.name.startswith(f"{path.name}-"):
        raise StoreError(f"{target} would be taken for a part of the database; name another file")
