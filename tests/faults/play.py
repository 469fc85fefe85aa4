"""A standard run of the program, short and with all kinds of deeds in it, that ends whatever is done to it on the way.

One reading brings three stories at once and twelve for digests; a channel that is paused for half an hour catches up; one
turns out to be archived; a later reading brings another story and a title that changed; and at nine there is a digest of
two parts. The clock is turned by us: to the next scene as soon as all of one is done, and on by seconds while nothing
moves, so that leases and settle times do not have to be waited for.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests import zygote
from tests.fake_slack import FakeSlack
from tests.faults.checker import Found, check
from tests.faults.liars import STATES
from tests.faults.newsroom import GARDEN, POSTING, READING, news
from tests.faults.program import FEW_TOPICS, PROXIES, Program
from tests.feed_server import FeedServer, Told
from tests.zygote import Child

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
AT_NINE = {"at": "09:00", "zone": "UTC", "days": "daily"}
CHANNELS: dict[str, dict[str, object]] = {
    "CINSTANT": {"instant": ["ratification"]},
    "CDIGEST": {"topics": ["convention"], "digest": AT_NINE},
    "CPAUSED": {"instant": ["ratification"], "topics": ["ratification"], "digest": AT_NINE},
    "CCLOSED": {"instant": ["ratification"]},
}
OPEN = tuple(channel for channel in CHANNELS if channel != "CCLOSED")
QUIET_S, UNDER_WAY_S = 0.12, 0.5  # without a change before the clock is turned on; the latter while a post is sent
STEP = timedelta(seconds=6)  # shorter than any lease: a request would have to stall for three of them
SCENE_S, STOP_S = 60.0, 15.0
KILLED = -9
NO_POINT = ("commit", "before", "0", "kill")

# Left to be done in channels that are not closed, until the clock is turned.
UNDONE = """
    SELECT (SELECT count(*) FROM delivery JOIN channel ON channel.id = delivery.channel WHERE state = 'owed'
            AND (:all OR wish = 'instant') AND (pause_why IS NULL OR (:all AND paused_until IS NOT NULL)))
         + (SELECT count(*) FROM post JOIN channel ON channel.id = post.channel
            WHERE state NOT IN ('sent', 'refused', 'held') AND pause_why IS NULL)
"""
SENDING = "SELECT count(*) FROM post WHERE state = 'sending'"


def general(number: int) -> Told:
    """A story for the digest alone."""
    state = STATES[-1 - number]
    return Told(
        title=f"{state} holds a seminar on the UN Convention against Cybercrime",
        guid=f"general-{number}",
        link=f"https://gazette.example/seminar/{state.lower()}",
        summary=f"A seminar in {state} was about the UN Convention against Cybercrime.",
    )


FIRST = [news(number) for number in range(3)] + [general(number) for number in range(9)]
LATER = news(3)
CORRECTED = replace(FIRST[0], title=f"{FIRST[0].title}, with reservations")


@dataclass(slots=True)
class Ended:
    """How a run came to its end."""

    found: Found
    reached: bool  # the point
    starts: int
    stops: list[int] = field(default_factory=list)  # how it ended before its end
    late: list[str] = field(default_factory=list)  # scenes that did not come to their end
    log: str = ""


class Stage:
    """Where runs are played one after the other: a feed, a clock, and a database as it stands before the first scene."""

    def __init__(self, folder: Path, server: FeedServer) -> None:
        self.server, self.folder = server, folder
        self.program = Program(
            folder / "run",
            {"gazette": server.url("/rss")},
            every="10m",
            about=FEW_TOPICS,
            bot={"settle": "2s"},
            channels=[{"channel": f"slack:T1:{name}", **wishes} for name, wishes in CHANNELS.items()],
        )
        self.before = folder / "before.db"

    async def prepare(self) -> None:
        """Read the feed once, when nothing of it is news, and let a person pause a channel until half past eight."""
        self.server.feed("/rss", [GARDEN])
        self.program.turn(MORNING - 20 * MINUTE)
        async with FakeSlack(scopes=(*POSTING, *READING)) as slack:
            child = await self.start(slack, NO_POINT)
            await slack.connected()
            await (await slack.command("/treaty", "pause 08:30", channel="CPAUSED", user="U1")).answer()
            async with asyncio.timeout(SCENE_S):
                # Another process writes it; there is no event to wait for.
                while not self.program.rows("SELECT 1 FROM feed WHERE id = 'gazette' AND last_read IS NOT NULL"):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            child.send_signal(signal.SIGTERM)
            await child.wait()
        self.program.database.replace(self.before)

    async def start(self, slack: FakeSlack, point: Sequence[str]) -> Child:
        """The program, with a point armed."""
        program = self.program
        env = {name: value for name, value in os.environ.items() if name not in PROXIES}
        env |= {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.url}
        words = ["tests.failing", str(program.config), str(program.database), str(program.folder / "clock"), *point]
        return await zygote.start(words, env=env, out=Path(os.devnull), log=program.heard)

    async def play(
        self, point: Sequence[str] = NO_POINT, meddle: Callable[[Run], Coroutine[None, None, None]] | None = None
    ) -> Ended:
        """One run, with a point armed in the first of its processes, or with somebody who meddles."""
        for old in self.program.folder.glob("bot.db*"):
            old.unlink()
        shutil.copy(self.before, self.program.database)
        journal, log = self.program.folder / "slack.jsonl", self.program.heard
        for old in (journal, log):
            old.unlink(missing_ok=True)
        async with FakeSlack(scopes=(*POSTING, *READING), journal=journal) as slack:
            slack.expect_violations()
            for name in CHANNELS:
                slack.room(name).archived = name == "CCLOSED"
            run = Run(self, slack, point)
            async with asyncio.TaskGroup() as group:
                meddling = group.create_task(meddle(run), name="meddling") if meddle else None
                await run.through()
                if meddling is not None:
                    meddling.cancel()
        owed = {name: [str(one.link) for one in FIRST[:3]] + [str(LATER.link)] for name in ("CINSTANT", "CPAUSED")}
        owed["CDIGEST"] = [str(one.link) for one in (*FIRST, LATER)]
        found = check(journal, self.program.database, owed=owed, texts=[log])
        found.waiting = [one for one in found.waiting if not one.startswith("CCLOSED")]
        text = log.read_text(errors="replace")
        reached = "test.failpoint" in text or run.was_meddled_with
        return Ended(found, reached, run.starts, run.stops, run.late, text)


@dataclass(slots=True)
class Run:
    """A run under way."""

    stage: Stage
    slack: FakeSlack
    point: Sequence[str]
    moment: datetime = MORNING
    child: Child | None = None
    starts: int = 0
    log_before: int = 0  # bytes that other starts wrote
    stops: list[int] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    was_meddled_with: bool = False
    is_held: bool = False  # the clock must not be turned on now

    async def through(self) -> None:
        """All scenes, one after the other."""
        server = self.stage.server
        with closing(sqlite3.connect(f"file:{self.stage.program.database}?mode=ro", uri=True)) as database:
            server.feed("/rss", [*FIRST, GARDEN])
            await self._scene("at once", database, MORNING, stories=len(FIRST))
            server.feed("/rss", [LATER, CORRECTED, *FIRST[1:], GARDEN])
            await self._scene("later", database, MORNING + 35 * MINUTE, stories=len(FIRST) + 1)
            await self._scene("digest", database, MORNING + 60 * MINUTE, stories=len(FIRST) + 1, everything=True)
            while (status := await self._stop()) == KILLED:  # the point was reached as it stopped
                await self._alive()
                await self._scene("end", database, self.moment, stories=len(FIRST) + 1, everything=True)
            if status != 0:
                self.late.append(f"it ended with {status}")

    async def _stop(self) -> int:
        """Tell it to stop, once it runs; how it ended."""
        assert self.child is not None
        async with asyncio.timeout(STOP_S):
            # It is a process: what it says comes to a file.
            while not (self._is_up() or self.child.returncode is not None):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            self.child.send_signal(signal.SIGTERM)
            return await self.child.wait()

    async def _scene(
        self, name: str, database: sqlite3.Connection, moment: datetime, *, stories: int, everything: bool = False
    ) -> None:
        """Turn the clock there, and on, until all is done; start the program again as often as it ends."""
        self._turn(max(moment, self.moment))
        end, moved, version = time.monotonic() + SCENE_S, time.monotonic(), -1
        while not self._is_done(database, stories, everything=everything):
            if time.monotonic() > end:
                self.late.append(f"{name}: not all was done within {SCENE_S:g} s")
                return
            await self._alive()
            await asyncio.sleep(0.01)
            if (now := database.execute("PRAGMA data_version").fetchone()[0]) != version:
                moved, version = time.monotonic(), now
            patience = UNDER_WAY_S if database.execute(SENDING).fetchone()[0] else QUIET_S
            if time.monotonic() - moved > patience and not self.slack.under_way and not self.is_held:
                self._turn(self.moment + STEP)
                moved = time.monotonic()

    def _is_done(self, database: sqlite3.Connection, stories: int, *, everything: bool) -> bool:
        if self.child is None or database.execute("SELECT count(*) FROM story").fetchone()[0] < stories:
            return False
        return bool(database.execute(UNDONE, {"all": everything}).fetchone()[0] == 0)

    async def _alive(self) -> None:
        """Start the program where it does not run; only its first start has the point."""
        if self.child is not None:
            if self.child.returncode is None:
                return
            self.stops.append(self.child.returncode)
        heard = self.stage.program.heard
        self.log_before = heard.stat().st_size if heard.exists() else 0
        self.child = await self.stage.start(self.slack, NO_POINT if self.starts else self.point)
        self.starts += 1

    def _is_up(self) -> bool:
        return b"bot.started" in self.stage.program.heard.read_bytes()[self.log_before :]

    def _turn(self, moment: datetime) -> None:
        self.moment = moment
        self.stage.program.turn(moment)
