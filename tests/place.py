"""The program as a process of its own, over a folder with a feeds.yaml, a database and a turned clock."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

from tests import zygote
from tests.conftest import ROOT
from tests.feed_server import FeedServer, Told
from tests.world import topics, vienna
from tests.zygote import Child

PYTHON = sys.executable
SCREEN = """
  - channel: terminal
    topics: [convention]
    instant: [ratification]
    digest: {at: "09:00", zone: Europe/Vienna, days: daily}
"""


def told(number: int) -> Told:
    """The n-th development about the convention; its title is like no other's."""
    what = ["Norway", "Ghana", "Chile", "Fiji", "Nepal", "Malta", "Togo", "Peru", "Laos", "Kenya", "Qatar", "Oman"][
        number
    ]
    return Told(
        title=f"{what} ratifies the UN Convention against Cybercrime",
        guid=f"item-{number}",
        link=f"https://gazette.example/{what.lower()}",
        summary=f"Parliament in {what} approved the ratification of the UN Convention against Cybercrime.",
    )


class Bot:
    """One running bot, and what it wrote."""

    def __init__(self, process: asyncio.subprocess.Process | Child) -> None:
        self.process = process

    async def logs(self, *events: str) -> dict[str, object]:
        """The next event of one of these names; fails when the program ends without it."""
        assert self.process.stderr is not None
        async with asyncio.timeout(60):
            while line := await self.process.stderr.readline():
                record: dict[str, object] = json.loads(line)
                if record["event"] in events:
                    return record
        raise AssertionError(f"the program ended without {events}")

    async def says(self) -> str:
        """All that it says on standard error from now on, to its end."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def ends(self) -> int:
        """Its exit status, once it has one."""
        async with asyncio.timeout(60):
            await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode


class Place:
    """A folder with a feeds.yaml, a database and the file that the posts go to."""

    def __init__(
        self,
        folder: Path,
        server: FeedServer,
        *,
        channels: str = SCREEN,
        env: Mapping[str, str] | None = None,
        disk: Path | None = None,  # where the database is; None: with the rest
    ) -> None:
        self.folder, self.server, self.env = folder, server, {**os.environ, **(env or {})}
        self.database = (disk or folder) / "bot.db"
        self.screen, self.clock, self.config = folder / "screen.txt", folder / "clock", folder / "feeds.yaml"
        feed = f"{{id: gazette, name: The Gazette, url: {server.url('/rss')}, every: 1s}}"
        self.config.write_text(
            f"bot: {{allow_networks: [127.0.0.0/8], settle: 1s}}\nfeeds:\n  - {feed}\n{topics()}\nchannels:{channels}"
        )
        self.screen.touch()

    def command(self, *words: str) -> list[str]:
        """A command of the real program over this place."""
        return [PYTHON, "-m", "bot", *words, "--config", str(self.config), "--database", str(self.database)]

    async def said(self, *words: str) -> tuple[int, str]:
        """How a command ended, and all that it said."""
        process = await asyncio.create_subprocess_exec(
            *self.command(*words), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=ROOT
        )
        out, _ = await process.communicate()
        assert process.returncode is not None
        assert b"Traceback" not in out
        return process.returncode, out.decode()

    @asynccontextmanager
    async def runs(self, *command: str) -> AsyncIterator[Bot]:
        """That command, killed at the end if it still runs."""
        process: asyncio.subprocess.Process | Child
        if command[:2] == (PYTHON, "-m"):
            process = await zygote.start(command[2:], env=self.env, out=self.screen)
        else:
            with self.screen.open("ab") as out:
                process = await asyncio.create_subprocess_exec(
                    *command, stdout=out, stderr=asyncio.subprocess.PIPE, cwd=ROOT, env=self.env
                )
        try:
            yield Bot(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    def turn(self, moment: str) -> None:
        """Set that clock, in one step."""
        new = self.clock.with_suffix(".new")
        new.write_text(vienna(moment).isoformat())
        new.replace(self.clock)

    def turned(self) -> list[str]:
        """The same app with its clock in a file."""
        return [PYTHON, "-m", "tests.process", str(self.config), str(self.database), str(self.clock)]

    def posted(self, link: str) -> int:
        """How often a link stands on the screen."""
        return self.screen.read_text().count(link + "\n")

    def count(self, query: str) -> int:
        """What a query counts in the database."""
        with closing(sqlite3.connect(self.database)) as connection:
            return int(connection.execute(query).fetchone()[0])

    def owes(self) -> bool:
        """Whether a story is not told, or a post not settled."""
        untold = self.count("SELECT count(*) FROM delivery WHERE state = 'owed'")
        return untold + self.count("SELECT count(*) FROM post WHERE state NOT IN ('sent', 'refused')") > 0
