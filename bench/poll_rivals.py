"""Others who read feeds: each a command that fetches all of them once, and how many items it then holds."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.poll_program import ROOT, Place, progress, ran

READER = "3.26"
THREADS = 8
_VENV = ROOT / ".venv-bench"
# It carries a feedparser of its own, which needs sgmllib3k and does not say so.
_PACKAGES = (f"reader=={READER}", "sgmllib3k==1.0.0")
_NO_READER = f"reader {READER} (`python -m venv .venv-bench && .venv-bench/bin/pip install {' '.join(_PACKAGES)}`)"
_NO_NEWSBOAT = "newsboat (Debian: `apt-get install newsboat`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One who fetches all feeds once; a fresh one for each round."""

    name: str
    command: Sequence[str]
    holds: Callable[[], int]  # items, once the command has ended
    goal: str = ""  # how many times as fast the program is to be


def program(folder: Path, config: str) -> Contender:
    """treatywatch itself."""
    place = Place(folder, config)
    query = "SELECT count(*) FROM item_words"  # the search index: an item is in it only with all else
    return Contender(
        name="the program: `treatywatch poll`", command=place.command("poll"), holds=_counted(place.database, query)
    )


def reader(folder: Path, urls: Sequence[str], *, searches: bool) -> Contender:
    """The library, with its search index brought up to date, or without one."""
    folder.mkdir()
    list_of(urls, folder / "urls")
    script = str(ROOT / "bench" / "poll_reader.py")
    command = [str(_VENV / "bin" / "python"), script, str(folder / "db"), str(folder / "urls")]
    return Contender(
        name=f"reader {READER}, {THREADS} workers, " + ("its search index too" if searches else "no search index"),
        command=[*command, "search"] if searches else command,
        holds=_counted(folder / "db", "SELECT count(*) FROM entries"),
        goal="≥ 3" if searches else "",
    )


def newsboat(folder: Path, urls: Sequence[str]) -> Contender:
    """The terminal reader, which keeps items and has no search index."""
    folder.mkdir()
    list_of(urls, folder / "urls")
    (folder / "config").write_text(f"reload-threads {THREADS}\n", encoding="ascii")
    places = [("-u", "urls"), ("-c", "cache.db"), ("-C", "config")]
    options = [word for option, name in places for word in (option, str(folder / name))]
    version = _said("newsboat", "-v").splitlines()[0].split(" - ")[0]
    return Contender(
        name=f"{version}, {THREADS} threads",
        command=["newsboat", *options, "-x", "reload"],
        holds=_counted(folder / "cache.db", "SELECT count(*) FROM rss_item"),
        goal="> 1",
    )


def list_of(urls: Sequence[str], path: Path) -> None:
    """An address a line."""
    path.write_text("".join(f"{url}\n" for url in urls), encoding="ascii")


def prepare(*, installs: bool) -> tuple[bool, bool, list[str]]:
    """Whether there is reader, whether newsboat, and what is left out, with how to get it."""
    there_is_reader = _reader_is_there() or (installs and _installed())
    there_is_newsboat = shutil.which("newsboat") is not None
    left_out = [] if there_is_reader else [_NO_READER]
    return there_is_reader, there_is_newsboat, left_out if there_is_newsboat else [*left_out, _NO_NEWSBOAT]


def _reader_is_there() -> bool:
    python = _VENV / "bin" / "python"
    said = _said(str(python), "-c", "import reader, sgmllib; print(reader.__version__)") if python.exists() else ""
    return re.match(re.escape(READER) + r"(\.|\s|$)", said) is not None


def _installed() -> bool:
    """Make the environment of its own; says so, since it reaches the package index."""
    progress("")
    print(f"reader {READER} is installed into {_VENV.name} (once)", file=sys.stderr)
    pip = [str(_VENV / "bin" / "python"), "-m", "pip", "-q", "--disable-pip-version-check", "install"]
    for command in ([sys.executable, "-m", "venv", str(_VENV)], [*pip, *_PACKAGES]):
        if ran(command, fails=True).returncode:
            return False
    (_VENV / ".gitignore").write_text("*\n", encoding="ascii")
    return _reader_is_there()


def _said(*command: str) -> str:
    return ran(command, fails=True).stdout.decode()


def _counted(database: Path, query: str) -> Callable[[], int]:
    def count() -> int:
        with closing(sqlite3.connect(database)) as connection:
            return int(connection.execute(query).fetchone()[0])

    return count
