"""The program as a whole process whose machine's clock is moved under it, by libfaketime (Debian: faketime).

Its monotonic clock goes on as it did, as it does where an administrator sets the time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.faults.newsroom import GARDEN
from tests.faults.program import FEW_TOPICS, Program, Run
from tests.faults.tally import Setting, Tally
from tests.feed_server import FeedServer

LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
GLANCE_S = 2.5  # a program that waits looks at the clock every second
WITHIN_S = 20.0
DAYS = "SELECT day, made FROM digest ORDER BY made"
SENT = "SELECT count(*) FROM post WHERE kind = 'digest' AND state = 'sent'"

# zone, HH:MM, local date, the instants of the oracle between which the digest comes, and how long to look after it
INSTANTS = (
    ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"),
    ("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30:00Z", "2026-11-01T05:30:00Z"),
    ("Africa/Cairo", "00:00", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-23T22:00:00Z"),
    ("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03T15:30:00Z", "2026-10-03T15:45:00Z"),
    ("Pacific/Apia", "00:00", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
    ("America/Havana", "00:30", "2026-11-01", "2026-11-01T04:30:00Z", "2026-11-01T04:30:00Z"),
    ("Asia/Beirut", "00:00", "2026-03-29", "2026-03-28T22:00:00Z", "2026-03-28T22:00:00Z"),
    ("America/Santiago", "00:00", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-06T04:00:00Z"),
    ("Antarctica/Troll", "02:30", "2026-03-29", "2026-03-29T01:00:00Z", "2026-03-29T02:30:00Z"),
    ("Europe/Berlin", "23:59", "2026-12-31", "2026-12-31T22:59:00Z", "2026-12-31T22:59:00Z"),
)


@dataclass(slots=True)
class Machine:
    """A folder with the program, and the clock of its machine."""

    program: Program
    clock: Path
    name: str
    tally: Tally

    def move(self, to: datetime) -> None:
        """Set the clock; it goes on from there."""
        self.clock.write_text(f"{(to - datetime.now(UTC)).total_seconds():+.3f}")

    def days(self) -> list[str]:
        """The dates whose digest was made, in order."""
        return [row[0] for row in self.program.rows(DAYS)]

    def sent(self) -> int:
        """How many digests were posted."""
        return int(self.program.rows(SENT)[0][0])

    def promise(self, kept: object, otherwise: str) -> None:
        """Count it."""
        self.tally.promise(self.name, kept, otherwise)

    def each_posted_once(self) -> None:
        """A message for each digest, and no two digests of a date."""
        days, sent = self.days(), self.sent()
        self.promise(len(days) == sent == len(set(days)), f"digests of {', '.join(days)}, {sent} messages")


async def moved(setting: Setting, tally: Tally) -> None:
    """All of it beside each other; nothing where libfaketime is absent, and that is said."""
    library = _library()
    if library is None:
        tally.figures["whole processes"] = "none, since libfaketime is absent (Debian: faketime)"
        return
    async with FeedServer() as server, asyncio.TaskGroup() as group:
        server.feed("/rss", [GARDEN])
        for number, instant in enumerate(INSTANTS):
            machine = _machine(setting.folder / f"moved-{number}", server, library, instant[0], instant[1], tally)
            group.create_task(_over(machine, *instant[2:]), name=machine.name)
        jumping = _machine(setting.folder / "jumps", server, library, "UTC", "12:00", tally)
        group.create_task(_jumps(jumping), name="jumps")
    tally.figures["whole processes"] = str(len(INSTANTS) + 1)


def _library() -> str | None:
    return next((path for path in LIBRARIES if Path(path).exists()), None)


def _machine(folder: Path, server: FeedServer, library: str, zone: str, at: str, tally: Tally) -> Machine:
    clock = folder / "machine"
    channel = {"channel": "terminal", "topics": ["convention"], "always": True}
    program = Program(
        folder,
        {"gazette": server.url("/rss")},
        about=FEW_TOPICS,
        channels=[{**channel, "digest": {"at": at, "zone": zone, "days": "daily"}}],
        env={
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        },
    )
    return Machine(program, clock, f"whole process: {zone} {at}", tally)


async def _over(machine: Machine, day: str, earliest: str, latest: str) -> None:
    """The clock goes over the instant, and later over the same wall time again; exactly one digest of that date."""
    begin, end = (datetime.fromisoformat(text).astimezone(UTC) for text in (earliest, latest))
    machine.name = f"{machine.name} {day}"
    machine.move(begin - 20 * SECOND)
    async with machine.program.runs() as run:
        await _started(machine, run)
        machine.promise(machine.days() == [], f"digests before: {machine.days()}")
        machine.move(begin - 2 * SECOND)
        await run.until(lambda: run.has("post.sent"), WITHIN_S)
        for row_day, made in machine.program.rows(DAYS):
            told = f"digest of {row_day} made at {made}"
            moment = datetime.fromisoformat(made)
            machine.promise(row_day == day and begin <= moment <= end + 5 * SECOND, told)
        for later in (timedelta(), HOUR / 2, HOUR, 2 * HOUR, 12 * HOUR):
            machine.move(end + later)
            await asyncio.sleep(GLANCE_S)
        machine.promise(machine.days() == [day], f"digests of {machine.days()}")
        machine.each_posted_once()
        machine.promise(await run.stop() == 0, "it did not stop in order")
    machine.promise(run.uncaught == [], str(run.uncaught))


async def _jumps(machine: Machine) -> None:
    """An hour on, an hour back, a day back, 400 days on."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    machine.name = "whole process: the clock jumps"
    machine.move(noon - 20 * SECOND)
    async with machine.program.runs() as run:
        await _started(machine, run)
        machine.move(noon - 2 * SECOND)
        await run.until(lambda: run.has("post.sent"), WITHIN_S)
        for moment in (noon + HOUR, noon - 2 * SECOND, noon - DAY - 2 * SECOND, noon + DAY - 2 * SECOND):
            machine.move(moment)
            await asyncio.sleep(2 * GLANCE_S)
        machine.promise(machine.days() == ["2026-03-02", "2026-03-03"], f"digests of {machine.days()}")
        machine.move(noon + 400 * DAY + HOUR)
        await run.until(lambda: machine.sent() > 2, WITHIN_S)  # in the middle of a request no clock is moved
        machine.move(noon + 401 * DAY - 2 * SECOND)
        await run.until(lambda: machine.sent() > 3, WITHIN_S)
        await asyncio.sleep(GLANCE_S)
        # One for the whole gap, of whatever date in it; then each day its own.
        days = machine.days()
        machine.promise(len(days) == 4 and days[3] == "2027-04-07", f"digests of {days}")
        machine.each_posted_once()
        machine.promise(await run.stop() == 0, "it did not stop in order")
    machine.promise(run.uncaught == [], str(run.uncaught))


async def _started(machine: Machine, run: Run) -> None:
    machine.promise(await run.until(lambda: run.has("feed.watched"), 60), "it did not start")
