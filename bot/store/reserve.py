"""Room kept beside the database: given up when its disk is full, so that what is under way can still be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

SIZE = 8 * 1024 * 1024  # bytes; thousands of posts
# So much must be free besides before it is laid again, so that it is not given up again at once.
MARGIN = 2 * 1024 * 1024
# What the system says where a disk, a quota, or the greatest size allowed for a file is used up.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def reserve_of(path: Path) -> Path:
    """The file that keeps the room of a database."""
    return path.with_name(path.name + ".reserve")


def is_laid(path: Path) -> bool:
    """Whether the room is kept; without it the disk is full, or was a moment ago."""
    try:
        return reserve_of(path).stat().st_size >= SIZE
    except FileNotFoundError:
        return False


def has_room(path: Path) -> bool:
    """Whether the disk has room to keep some."""
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize >= SIZE + MARGIN


def lay(path: Path) -> bool:
    """Keep the room, if it is there; whether it is kept now. Raises OSError where nothing can be written at all."""
    if is_laid(path):
        return True
    if not has_room(path):
        return False
    file = os.open(reserve_of(path), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, SIZE)  # real blocks: a file with a hole keeps nothing
    except OSError as error:
        give_up(path)
        if error.errno not in NO_ROOM:
            raise
        return False
    finally:
        os.close(file)
    return True


def give_up(path: Path) -> bool:
    """Set the room free; False: none was kept."""
    try:
        reserve_of(path).unlink()
    except FileNotFoundError:
        return False
    return True
