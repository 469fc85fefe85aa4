"""treatywatch as its operator starts it: a feeds.yaml, commands in processes of their own, and what they log."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WATCHED, FAILED = b'"feed.watched"', b'"feed.failed"'
_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    rounds: int = 5
    steady: int = 2_000  # feeds
    first: int = 300
    memory: tuple[int, int] = (10_000, 20_000)
    hanging: tuple[int, int] = (1_000, 200)  # feeds in all; of these never answer
    every: int = 20  # seconds; where feeds hang
    patience: int = 240  # seconds; how long the run with hanging feeds lasts at most
    installs: bool = True  # what is compared with, where it is missing and pip can bring it


QUICK = Scale(rounds=1, steady=30, first=6, memory=(20, 60), hanging=(20, 2), every=1, patience=10, installs=False)


def progress(words: str) -> None:
    """What is being done, on a terminal only; the next words take its place, none take it away."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words[:100]}", end="", file=sys.stderr, flush=True)


def config_of(urls: Iterable[str], *, poll: str) -> str:
    """A feeds.yaml of these feeds, f0, f1 …, with the topics that the project ships; they go into a daily digest."""
    shipped = (ROOT / "feeds.yaml").read_text(encoding="utf-8")
    topics = shipped.split("\ntopics:\n", 1)[1].split("\nchannels:\n", 1)[0]
    # As short as may be: a feeds.yaml of 20,000 feeds is just within the 1 MiB that the program reads.
    feeds = "".join(f"- {{id: f{number}, url: {url}}}\n" for number, url in enumerate(urls))
    return (
        f"bot: {{allow_networks: [127.0.0.0/8], poll: {poll}}}\nfeeds:\n{feeds}topics:\n{topics}\n"
        "channels:\n  - {channel: terminal, topics: [convention]}\n"
    )


class Place:
    """A folder with a feeds.yaml and a database."""

    def __init__(self, folder: Path, config: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.config, self.database, self.log = folder / "feeds.yaml", folder / "bench.db", folder / "log"
        self.config.write_text(config, encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        """A command of the program over this place."""
        where = ("--config", str(self.config), "--database", str(self.database))
        return [sys.executable, "-m", "bot", *words, *where]

    @contextmanager
    def runs(self, *words: str, secrets: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """That command with its log in a file, ended in order when the block is left; `secrets` of its environment."""
        with self.log.open("wb") as log, started(self.command(*words), stderr=log, secrets=secrets) as process:
            yield process

    def takes(self, *words: str) -> float:
        """Seconds that a command takes, start-up included."""
        began = time.perf_counter()
        ran(self.command(*words))
        return time.perf_counter() - began


def ran(command: Sequence[str], *, fails: bool = False) -> subprocess.CompletedProcess[bytes]:
    """A process that has ended; RuntimeError if it failed, unless it may."""
    ended = subprocess.run(command, cwd=ROOT, env=clean(), check=False, capture_output=True)  # noqa: S603 - our own words
    if ended.returncode and not fails:
        raise RuntimeError(f"{command} ended with {ended.returncode}: {ended.stderr.decode()[-2000:]}")
    return ended


@contextmanager
def started(
    command: Sequence[str], *, stderr: IO[bytes] | int, secrets: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process, ended when the block is left; one that lingers is killed after 15 s."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=ROOT, env={**clean(), **(secrets or {})}, stdout=subprocess.DEVNULL, stderr=stderr
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def clean() -> Mapping[str, str]:
    """The environment without what the program would read from it: no token, no other database."""
    ours = ("SLACK_", "DISCORD_", "TREATYWATCH_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


class Tail:
    """How many lines of a growing log say something."""

    def __init__(self, path: Path, *words: bytes) -> None:
        self._path, self._words, self._at, self.count = path, words, 0, 0

    def look(self) -> int:
        """The count, the newest whole lines included."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._at += len(whole)
        self.count += sum(whole.count(word) for word in self._words)
        return self.count


def wait_for(done: Callable[[], bool], process: subprocess.Popen[bytes], *, seconds: float, glance: float) -> bool:
    """Whether it came about in time; RuntimeError if the process ends before."""
    end = time.monotonic() + seconds
    while not done():
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        if time.monotonic() > end:
            return False
        time.sleep(glance)
    return True


class Memory(NamedTuple):
    """What a process and all its descendants hold; MiB."""

    pss: float  # each shared page divided by those who share it
    rss: float  # each shared page counted for all of them
    processes: int


def memory_of(process: int) -> Memory:
    """Now, as /proc tells; one that ends meanwhile counts as nothing."""
    members = _tree(process)
    sizes = [size for member in members if (size := _rollup(member)) is not None]
    return Memory(sum(pss for pss, _ in sizes) / _MIB, sum(rss for _, rss in sizes) / _MIB, len(sizes))


def _tree(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                # The name of a program stands in brackets and may hold anything; its parent is the second word behind.
                words = (place / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(place.name)] = int(words[1])
    members = [root]
    for member in members:
        members += [child for child, parent in parents.items() if parent == member]
    return members


def _rollup(process: int) -> tuple[int, int] | None:
    """Bytes: PSS and RSS."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in text.splitlines()[1:]}
    return sizes["Pss"], sizes["Rss"]
