"""A Slack or Discord that misbehaves in each of the ways of `modes`, while stories go to many channels."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.faults.modes import DISCORD, SLACK, Misbehaviour, Mode
from tests.faults.newsroom import Newsroom, Plan, Platform, judge, newsroom, uncaught
from tests.faults.program import Run
from tests.faults.slack_log import read_log
from tests.faults.tally import Setting, Table, Tally

AT_ONCE = 5  # modes beside each other: mostly they wait
END_S = 400.0
IDLE_S = 1.4  # without a change, before the clock leaps: a channel may wait for its next second
RETRIED = 3  # refused posts that an operator tries once more

MOVED = "SELECT count(*), sum(tries), sum(looks), sum(state = 'sent'), max(serial) FROM post"
UNSURE = "SELECT count(*) FROM post WHERE state IN ('sending', 'unknown')"
PAUSED = "SELECT count(*) FROM channel WHERE pause_why IS NOT NULL"
# When all is due that waits for nothing but that.
NEXT = """
    SELECT max(due) FROM (
        SELECT due FROM post WHERE state = 'owed'
        UNION ALL SELECT next_send_at FROM channel
        UNION ALL SELECT next_digest_at FROM channel
            WHERE NOT EXISTS (SELECT 1 FROM post WHERE state = 'owed')
            AND EXISTS (SELECT 1 FROM delivery WHERE state = 'owed' AND wish = 'digest' AND channel = channel.id)
    ) WHERE due > :now
"""


@dataclass(slots=True)
class Bout:
    """One mode under way."""

    mode: Mode
    room: Newsroom
    run: Run
    ahead: timedelta = timedelta()  # of the clocks of the program and of the platform
    late: list[str] = field(default_factory=list)

    async def through(self) -> None:
        """From the first story to the mode's end."""
        mode, room = self.mode, self.room
        if not await self.run.until(lambda: self.run.has("bot.started"), 60):
            self.late.append("it did not start")
            return
        room.publish(room.plan.stories)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._outages(), name="outages")
            if mode.ends == "paused":
                await self._until(self._all_paused, "not every channel was paused")
                await room.platform.clear_faults()
                await room.platform.connected()
                for channel in room.plan.channels:
                    await room.resume(channel)
            await self._until(self._is_done, "not all came to its end")

    async def _until(self, there: Callable[[], bool], otherwise: str) -> None:
        end, moved, before = time.monotonic() + END_S, time.monotonic(), None
        while not there():
            if time.monotonic() > end or self.run.process.returncode is not None:
                self.late.append(f"{otherwise} within {END_S:g} s")
                return
            await asyncio.sleep(0.1)
            if (now := self.room.program.rows(MOVED)) != before:
                moved, before = time.monotonic(), now
            if self.mode.leaps and time.monotonic() - moved > IDLE_S and self.room.program.rows(UNSURE) == [(0,)]:
                self._leap()
                moved = time.monotonic()

    def _leap(self) -> None:
        """Let the clocks of the program and of the platform be where all that waits is due."""
        now = datetime.now(UTC) + self.ahead
        found = self.room.program.rows(NEXT.replace(":now", f"'{now:%Y-%m-%dT%H:%M:%S.%fZ}'"))[0][0]
        if found is not None:
            self._set(datetime.fromisoformat(found).astimezone(UTC) - datetime.now(UTC) + timedelta(seconds=0.1))

    def _set(self, ahead: timedelta) -> None:
        self.ahead = ahead
        self.room.program.shift(ahead)

    async def _outages(self) -> None:
        for seconds in self.mode.outages_s:
            await self.room.platform.down(seconds)
            if self.mode.hours:
                # What was published is known by then, and what could not be sent is put off.
                await asyncio.sleep(seconds / 2)
                self._set(timedelta(hours=self.mode.hours))
                await asyncio.sleep(seconds / 2)
            await asyncio.sleep(seconds + 1)

    def _all_paused(self) -> bool:
        return self.room.program.rows(PAUSED) == [(len(self.room.plan.channels),)]

    def _is_done(self) -> bool:
        return self.room.is_done()


async def slack(setting: Setting) -> Tally:
    """Every way of Slack."""
    return await misbehaving(SLACK, setting)


async def discord(setting: Setting) -> Tally:
    """Every way of Discord."""
    return await misbehaving(DISCORD, setting)


async def misbehaving(way: Misbehaviour, setting: Setting) -> Tally:
    """Every mode of a platform, some beside each other."""
    tally, told, places = Tally(), dict[str, tuple[str, ...]](), asyncio.Semaphore(AT_ONCE)
    modes = [mode for mode in way.modes if not setting.quick or mode.name in way.quick]

    async def one(number: int, mode: Mode) -> None:
        async with places:
            told[mode.name] = await _mode(mode, way.platform, setting, f"{way.network}.{number}.1", tally)
            setting.tell(f"{len(told)} of {len(modes)} modes")

    async with asyncio.TaskGroup() as group:
        for number, mode in enumerate(modes):
            group.create_task(one(number, mode), name=mode.name)
    columns = (f"{way.name} …", "deliveries", "told", "requests", "lost", "doubles", "marked", "refused", "seconds")
    rows = [told[mode.name] for mode in modes]
    tally.tables.append(Table("What became of the deliveries", columns, rows))
    tally.figures |= {"modes": str(len(modes)), "deliveries": f"{sum(int(row[1]) for row in rows):,}"}
    return tally


async def _mode(mode: Mode, platform: Platform, setting: Setting, host: str, tally: Tally) -> tuple[str, ...]:
    started = time.monotonic()
    many = (6, 1) if setting.quick else (56, 9)
    plan = Plan(
        instant=many[0],
        stories=many[1],
        feeds=1,
        settle=mode.settle,
        reads=mode.reads,
        with_digest=mode.hours > 0,
        host=host,
        platform=platform,
    )
    async with newsroom(setting.folder / host, plan) as room:
        for method, fault, share in mode.faults:
            await room.platform.fault(method, fault, times=None, share=share)
        room.program.shift(timedelta())
        command = room.program.turned if mode.leaps else room.program.command("run")
        async with room.program.runs(*command) as run:
            bout = Bout(mode, room, run)
            await bout.through()
            if mode.ends == "refused":
                await _retry(room, run, tally, mode)
            await run.stop()
    found = room.check()
    judge(tally, mode.name, room, found)
    for sentence in bout.late:
        tally.promise(f"{mode.name}: the end", kept=False, otherwise=sentence)
    if mode.ends not in {"paused", "refused"}:
        uncaught(tally, mode.name, run)
    refused = plan.deliveries - RETRIED if mode.ends == "refused" else 0
    tally.promise(f"{mode.name}: rows", len(found.excused) == refused, f"{len(found.excused)} rows say: not told")
    marked = mode.ends == "marked" or not found.repeats
    tally.promise(f"{mode.name}: repeats", marked, f"{len(found.repeats)} messages stand twice, marked")
    asked = sum(read_log(room.log).asked.values())
    numbers = (plan.deliveries, found.told, asked, len(found.lost) + len(found.waiting), len(found.doubles))
    more = (len(found.repeats), len(found.excused), round(time.monotonic() - started))
    return (mode.name, *map(str, numbers), *map(str, more))


async def _retry(room: Newsroom, run: Run, tally: Tally, mode: Mode) -> None:
    """What was refused stands in the outbox, and is told once somebody tries it again."""
    rows, _ = await room.program.asked("outbox")
    refused = [row for row in rows if row["state"] == "refused"]
    said = f"the outbox has {len(refused)} refused posts"
    tally.promise(f"{mode.name}: outbox", len(refused) == room.plan.deliveries, said)
    await room.platform.clear_faults()
    for row in refused[:RETRIED]:
        async with room.program.runs(*room.program.command("outbox", "retry", row["id"])) as asked:
            await asked.process.wait()
    await run.until(room.is_done, 60)
