"""The locks beside a database: one process for all duties, or several that share them out.

    bot.db.lock          the whole program holds it alone, a part together with other parts
    bot.db.DUTY.lock     the part that has this duty holds it alone
    bot.db.opening.lock  a part holds it while it opens the database, so that parts started together do so in turn

`flock` and not a row or a pid file: the kernel lets go of it however a process ends, kill -9 included.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from bot.errors import Busy, StoreError
from bot.model import DUTIES, Duty

WHOLE: frozenset[Duty] = frozenset(DUTIES)
TURN_SECONDS, LOOK_SECONDS = 60.0, 0.05  # for a part that migrates before this one; how often it is looked


class Locks:
    """What one process holds."""

    def __init__(self, path: Path, duties: frozenset[Duty]) -> None:
        self._path, self._duties = path, duties
        self._files: dict[str, int] = {}  # file descriptors by the name of the lock

    @classmethod
    def take(cls, path: Path, duties: frozenset[Duty]) -> Self:
        """The locks of these duties. Raises Busy where another process holds one, StoreError where none can be made."""
        locks = cls(path, duties)
        try:
            locks._take_all()
        except BaseException:
            locks.close()
            raise
        return locks

    @property
    def _is_whole(self) -> bool:
        return self._duties == WHOLE

    def _take_all(self) -> None:
        if self._is_whole:
            if not self._take("", fcntl.LOCK_EX):
                raise Busy(self._held_by_parts() if self._take("", fcntl.LOCK_SH) else self._held_whole())
            return
        for duty in DUTIES:
            if duty in self._duties and not self._take(duty, fcntl.LOCK_EX):
                raise Busy(
                    f"another treatywatch has the duty {duty} on {self._path} (its lock is {self._file(duty)}); "
                    "end that one first, or give this one other duties with --only"
                )

    @contextmanager
    def opening(self) -> Iterator[None]:
        """While the database is opened; what of it must be done alone is done after `alone`."""
        if not self._is_whole:
            self._wait_for_turn()
            if not self._take("", fcntl.LOCK_SH):
                raise Busy(self._held_whole())
        yield
        if not self._is_whole:
            if not self._take("", fcntl.LOCK_SH):
                raise Busy(self._held_whole())
            os.close(self._files.pop("opening"))

    def alone(self) -> None:
        """Make sure that no other process has the database open to write. Raises Busy."""
        if not self._is_whole and not self._take("", fcntl.LOCK_EX):
            raise Busy(
                f"{self._path} must be brought up to date, and other parts of treatywatch run on it; "
                "end those first, then start all of them again"
            )

    def close(self) -> None:
        """Let go of all."""
        for file in self._files.values():
            os.close(file)
        self._files.clear()

    def _wait_for_turn(self) -> None:
        deadline = time.monotonic() + TURN_SECONDS
        while not self._take("opening", fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise Busy(f"another part of treatywatch has been opening {self._path} for a minute; try again later")
            time.sleep(LOOK_SECONDS)

    def _take(self, name: str, how: int) -> bool:
        """Whether the lock is ours now; where it is not, what was held of it before is lost."""
        file = self._file(name)
        try:
            if name not in self._files:
                self._files[name] = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._files[name], how | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES} and name in self._files:
                return False
            if name in self._files:
                raise StoreError(f"cannot lock {file} ({error.strerror}); put the database on a local disk") from error
            raise StoreError(
                f"cannot write {file} ({error.strerror}); make its folder and let treatywatch write there, "
                "or name another place with --database"
            ) from error
        return True

    def _file(self, name: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{name}.lock" if name else f"{self._path.name}.lock")

    def _held_whole(self) -> str:
        return (
            f"another treatywatch holds {self._path} (its lock is {self._file('')}); end that one first, "
            "or name another file with --database"
        )

    def _held_by_parts(self) -> str:
        return f"parts of treatywatch run on {self._path} (`run --only`); end those first"
