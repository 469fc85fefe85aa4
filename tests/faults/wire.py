"""Servers that speak HTTP badly, or not at all: each must end as a named failure, and touch nobody else."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.faults.lateness import Lateness
from tests.faults.program import Json, Program, Run, is_named
from tests.faults.publishers import HANGS, Ask, Growing, Publisher, Publishers, Reply, Turns, answer, later
from tests.faults.tally import BECAME, Setting, Table, Tally
from tests.feed_server import Told, rss

LONGEST_S = 35.0  # from the request to the verdict
GROWTH_MIB = 64.0  # the whole tree of processes
LATE_S = 1.0
LATE_AMONG_HANGING_S = 10.0
HEALTHY = 4
# These take a time limit of the program's to end; a sample leaves them out.
SLOW = {"1xx_flood", "chunk_ext", "drip_body", "drip_header", "never_answers", "one_byte_chunks"}


@dataclass(slots=True)
class Beside:
    """Healthy feeds, how late they are, and the program that reads them among others."""

    run: Run
    program: Program
    healthy: dict[str, Growing]
    lateness: Lateness

    async def warmed(self) -> float:
        """When every healthy feed was read twice, so that all children are up; memory counts from here."""
        await self.run.until(lambda: all(len(self.run.readings(feed)) >= 2 for feed in self.healthy), 60)
        self.run.memory.mark()
        return time.time()

    def judge(self, tally: Tally, since: float, *, quick: bool) -> None:
        """What holds for every row: still running, nothing uncaught, nobody late, nothing lost.

        A sample may run beside much else, on a machine that makes everybody late.
        """
        worst = self.lateness.worst(since)
        tally.promise("the program", self.run.process.returncode is None, "it ended by itself")
        tally.promise("the log", not self.run.uncaught, f"uncaught: {self.run.uncaught[:3]}")
        tally.promise("healthy feeds", quick or worst < LATE_S, f"one was late by {worst:.2f} s")
        kept = dict(self.program.rows("SELECT feed, count(*) FROM item GROUP BY feed"))
        for feed, growing in self.healthy.items():
            # The last document may just be on its way.
            lost = len(growing.items) - 1 - int(kept.get(feed, 0))
            tally.promise("healthy feeds", lost <= 0, f"{feed} lacks {lost} items")
        tally.figures["peak growth"] = f"{self.run.memory.growth_whole:.0f} MiB"
        tally.figures["healthy late"] = f"{worst:.2f} s"


@asynccontextmanager
async def beside(
    setting: Setting, tally: Tally, publishers: Publishers, bad: dict[str, Publisher]
) -> AsyncIterator[Beside]:
    """The program, with these feeds and a few healthy ones."""
    healthy = {f"healthy-{number}": Growing(f"healthy-{number}") for number in range(HEALTHY)}
    places = {feed: await publishers.add(growing) for feed, growing in healthy.items()}
    program = Program(setting.folder, {feed: page.url for feed, page in {**places, **bad}.items()})
    lateness = Lateness(program, places)
    async with program.runs() as run, asyncio.TaskGroup() as group:
        if not await run.until(lambda: any(row["event"] == "bot.started" for row in run.log), 30):
            raise AssertionError(f"the program did not start: {run.other}")
        watching = group.create_task(lateness.watch(), name="lateness")
        try:
            yield Beside(run, program, healthy, lateness)
        finally:
            watching.cancel()
        status = await run.stop() if run.process.returncode is None else run.process.returncode
        tally.promise("the program", status == 0, f"it ended with {status}")
        tally.promise("the program", not run.memory.left, f"it left {len(run.memory.left)} children behind")


def cases(setting: Setting) -> dict[str, Reply]:
    """What each server sends, by the case's name."""
    rows = json.loads((setting.shared / "oracles" / "http-wire" / "cases.json").read_text())
    return {
        row["name"].replace("_", "-").lower(): Reply(
            base64.b64decode(row["first_b64"]),
            base64.b64decode(row["loop_b64"]),
            row["loop_pause_s"],
            close=row["close_after_first"],
        )
        for row in rows
        if not (setting.quick and row["name"] in SLOW)
    }


async def wire(setting: Setting) -> Tally:
    """All cases at once, each asked first for a later time, so that the program is warm when they begin."""
    tally, calm = Tally(), 2 if setting.quick else 8
    async with Publishers() as publishers:
        bad = {name: await publishers.add(Turns([later(calm), reply])) for name, reply in cases(setting).items()}
        async with beside(setting, tally, publishers, bad) as among:
            since = await among.warmed()
            for done, name in enumerate(bad):
                setting.tell(f"{done} of {len(bad)}")
                hung = not await among.run.until(lambda name=name: len(among.run.readings(name)) >= 2, 60)  # type: ignore[misc]  # mypy loses the default
                tally.promise(name, not hung, "no verdict within 60 s")
            states = await among.program.states()
            for name, page in bad.items():
                _judge(tally, name, page, among.run.readings(name)[1:], states[name])
            among.judge(tally, since, quick=setting.quick)
            growth = among.run.memory.growth_whole
            # Beside much else the children are not all up when it is counted from.
            tally.promise(
                "memory", setting.quick or growth <= GROWTH_MIB, f"all processes together grew by {growth:.0f} MiB"
            )
            tally.figures["slowest"] = f"{max(_took(among.run, name) for name in bad):.1f} s"
            tally.tables.append(Table.counting(BECAME, "cases", (str(states[name]["error"]) for name in bad)))
    return tally


def _took(run: Run, feed: str) -> float:
    return max((float(row["took_ms"]) / 1000 for row in run.readings(feed)), default=0.0)


def _judge(tally: Tally, name: str, page: Publisher, readings: list[Json], state: Json) -> None:
    longest = max((float(row["took_ms"]) / 1000 for row in readings), default=0.0)
    tally.promise(name, longest <= LONGEST_S, f"held on for {longest:.1f} s")
    tally.promise(name, is_named(state), f"its state is {state['state']}, {state['error']}")
    tally.promise(name, all("X-Injected" not in ask.head for ask in page.asked), "its header came back to it")
    kept = [ask for ask in page.asked if ask.header("If-None-Match") or ask.header("If-Modified-Since")]
    tally.promise(name, not kept, "a validator was kept without a document")
    if name in ("retry-after-huge", "retry-after-date"):
        ahead = datetime.fromisoformat(state["due"]) - datetime.now(UTC)
        kept_in_bounds = timedelta(days=6) < ahead < timedelta(days=7, hours=1)
        tally.promise(name, kept_in_bounds, f"asked again in {ahead}, not in 7 days")


async def hanging(setting: Setting) -> Tally:
    """One feed in five stops answering; the others must hardly notice."""
    tally = Tally()
    many, every = (40, 2) if setting.quick else (1000, 20)
    over = asyncio.Event()

    def stops(ask: Ask) -> Reply:
        return HANGS if over.is_set() else small(ask)

    async with Publishers() as publishers:
        places = {
            f"feed-{number:04}": await publishers.add(stops if number % 5 == 0 else small) for number in range(many)
        }
        well = {feed: page for feed, page in places.items() if page.reply is small}
        program = Program(setting.folder, {feed: page.url for feed, page in places.items()}, every=f"{every}s")
        lateness = Lateness(program, well)
        async with program.runs() as run, asyncio.TaskGroup() as group:
            setting.tell(f"the first reading of {many}")
            await run.until(lambda: len(run.log) > many, 120)
            watching = group.create_task(lateness.watch(), name="lateness")
            over.set()
            since = time.time()
            run.memory.mark()
            setting.tell(f"{many // 5} of {many} hang")
            await run.until(lambda: False, 6 if setting.quick else 50)
            watching.cancel()
            worst = lateness.worst(since)
            tally.promise("the program", run.process.returncode is None, "it ended by itself")
            tally.promise("the log", not run.uncaught, f"uncaught: {run.uncaught[:3]}")
            for feed, page in well.items():
                late = lateness.of(feed, since)
                tally.promise(feed, late < LATE_AMONG_HANGING_S, f"late by {late:.1f} s")
                tally.promise(feed, any(ask.at >= since for ask in page.asked), "not asked any more")
            await run.stop()
    tally.figures |= {"latest": f"{worst:.1f} s", "peak growth": f"{run.memory.growth_whole:.0f} MiB"}
    return tally


def small(ask: Ask) -> Reply:
    """A feed of one item that never changes."""
    if ask.header("If-None-Match"):
        return Reply(answer(status=304, ETag='"1"'))
    body = rss("A feed", [Told(title=f"Gardening in {ask.header('Host')}", guid="1")])
    return Reply(answer(body, ETag='"1"', Content_Type="application/rss+xml"))
