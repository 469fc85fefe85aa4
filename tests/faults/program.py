"""The program as a process of its own over a folder, told which feeds to read, and all that it says."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.faults.memory import Memory
from tests.world import topics

Json = dict[str, Any]  # a line of the log, or of an answer

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
CHANNEL = """
  - channel: terminal
    topics: [convention]
    instant: [ratification]
    digest: {at: "09:00", zone: UTC, days: daily}
"""
# Two of the shipped topics in few words: to make ready all their phrases takes half of a start.
FEW_TOPICS = """topics:
  convention:
    name: UN Convention against Cybercrime
    any: ["(un|united nations) (convention|treaty) against cybercrime"]
  ratification:
    within: convention
    name: Signature and ratification
    any: ["ratif*", "sign", "signs", "accedes"]
"""
READ = ("feed.watched", "feed.failed")


@dataclass(slots=True)
class Run:
    """A running program: its log so far, and its memory."""

    process: asyncio.subprocess.Process
    memory: Memory
    into: Path  # the same log, as it came
    log: list[Json] = field(default_factory=list)
    other: list[str] = field(default_factory=list)  # lines of standard error that are no events
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """Read the log as it comes."""
        assert self.process.stderr is not None
        with self.into.open("ab") as kept:
            async for line in self.process.stderr:
                kept.write(line)
                self._heard(line)
        self._more.set()

    def _heard(self, line: bytes) -> None:
        if line.startswith(b"{"):
            self.log.append({**json.loads(line), "at": time.time()})
        elif line.strip():
            self.other.append(line.decode(errors="replace").rstrip())
        self._more.set()

    def has(self, event: str) -> bool:
        """Whether the log tells of this already."""
        return any(row["event"] == event for row in self.log)

    def readings(self, feed: str) -> list[Json]:
        """Its readings so far, well or failed, in order."""
        return [row for row in self.log if row["event"] in READ and row["feed"] == feed]

    async def until(self, there: Callable[[], bool], seconds: float) -> bool:
        """Whether it came true within so many seconds; looked at after each line of the log, and ten times a second."""
        end = time.monotonic() + seconds
        while not there():
            if time.monotonic() > end or self.process.returncode is not None:
                return False
            self._more.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self._more.wait()
        return True

    @property
    def uncaught(self) -> list[str]:
        """What should never be in a log: faults of our own, and lines that are no events."""
        told = [str(row) for row in self.log if row["level"] == "error" or "exception" in row]
        return [*told, *self.other]

    async def stop(self) -> int:
        """Its exit status after a SIGTERM; it may take 12 s."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(12):
            return await self.process.wait()


class Program:
    """A folder with a feeds.yaml, a database, a clock that may be turned, and what was posted."""

    def __init__(
        self,
        folder: Path,
        feeds: Mapping[str, str],
        *,
        every: str = "1s",
        allow: Sequence[str] = ("127.0.0.0/8",),
        about: str | None = None,
        bot: Mapping[str, object] | None = None,
        channels: Sequence[Mapping[str, object]] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`about`: the topics, without it those that are shipped; `bot`: settings beside the networks that may be reached.

        Without `channels`, the terminal is the only one.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config, self.database = folder / "feeds.yaml", folder / "bot.db"
        self.screen, self._clock, self.heard = folder / "screen.txt", folder / "clock", folder / "bot.log"
        self._env = {name: value for name, value in os.environ.items() if name not in PROXIES} | dict(env or {})
        self.screen.touch()
        # YAML is a superset of JSON: quoted, an id such as 410 stays a text.
        named = [{"id": feed, "name": feed, "url": url, "every": every} for feed, url in feeds.items()]
        settings = {"allow_networks": list(allow), **(bot or {})}
        told = CHANNEL if channels is None else "\n" + _rows(channels)
        self.config.write_text(
            f"bot: {json.dumps(settings)}\nfeeds:\n{_rows(named)}\n{about or topics()}\nchannels:{told}\n"
        )

    def command(self, *words: str) -> list[str]:
        """A command of the program over this folder."""
        return [sys.executable, "-m", "bot", *words, "--config", str(self.config), "--database", str(self.database)]

    @property
    def turned(self) -> list[str]:
        """`run` with its clock in a file; turn it before the start."""
        return [sys.executable, "-m", "tests.process", str(self.config), str(self.database), str(self._clock)]

    def turn(self, moment: datetime) -> None:
        """Set that clock, in one step."""
        self._set(moment.isoformat())

    def shift(self, by: timedelta) -> None:
        """Let that clock go as the machine's does, and so much before it."""
        self._set(f"{by.total_seconds():+f}")

    def _set(self, told: str) -> None:
        new = self._clock.with_suffix(".new")
        new.write_text(told)
        new.replace(self._clock)

    @asynccontextmanager
    async def runs(self, *command: str) -> AsyncIterator[Run]:
        """That command, `run` if none is given; stopped at the end if it still runs."""
        with self.screen.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *(command or self.command("run")), stdout=out, stderr=asyncio.subprocess.PIPE, cwd=ROOT,
                env=self._env, limit=2**24,
            )  # fmt: skip
        run = Run(process, Memory(process.pid), self.heard)
        async with asyncio.TaskGroup() as group:
            following = group.create_task(run.follow(), name="log")
            watching = group.create_task(run.memory.watch(), name="memory")
            try:
                yield run
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()
                await following
                watching.cancel()

    async def asked(self, *words: str) -> tuple[list[Json], Run]:
        """What a command answers with `--json`, and its run."""
        return await self.answered(*self.command(*words, "--json"))

    async def answered(self, *command: str) -> tuple[list[Json], Run]:
        """The lines of JSON that a process of ours answers, and its run."""
        before = self.screen.stat().st_size
        async with self.runs(*command) as run:
            await run.process.wait()
        with self.screen.open("rb") as out:
            out.seek(before)
            return [json.loads(line) for line in out if line.startswith(b"{")], run

    async def states(self) -> dict[str, Json]:
        """What `feeds --json` says, by feed."""
        answer, _ = await self.asked("feeds")
        return {row["id"]: row for row in answer}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the database, beside the running program."""
        return rows_of(self.database, query)

    def due(self) -> dict[str, datetime]:
        """When each feed is due."""
        found = self.rows("SELECT id, due FROM feed")
        return {feed: datetime.fromisoformat(due).astimezone(UTC) for feed, due in found}

    async def all_told(self, run: Run) -> bool:
        """Whether within a minute nothing is owed at once and no post is on its way; only then turn the clock.

        A turned clock runs past the lease of a channel that is being posted to, and another post would begin.
        """
        owed = """SELECT (SELECT count(*) FROM delivery WHERE state = 'owed' AND wish = 'instant')
                       + (SELECT count(*) FROM post WHERE state NOT IN ('sent', 'refused'))"""
        return await run.until(lambda: self.rows(owed) == [(0,)], 60)

    def posted(self) -> str:
        """All that was posted so far, as the terminal shows it."""
        return self.screen.read_text()


def rows_of(database: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a database, beside whoever uses it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def _rows(rows: Sequence[Mapping[str, object]]) -> str:
    return "\n".join(f"  - {json.dumps(row)}" for row in rows)


def is_named(state: Json) -> bool:
    """Whether a failing feed says why, by name where the program has names for it."""
    return state["state"] != "ok" and bool(state["error"]) and bool(state.get("fault", "named"))
