"""kill -9 at random times while many stories go to many channels, and a start at once each time.

On Slack once with a history that can be read, once without; on Discord with one. What was killed and how far it came stands in a file, so that a
long run may be broken off and resumed (--resume FOLDER).
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fake_slack import Fault
from tests.faults.newsroom import SAYING, Newsroom, Plan, judge, newsroom
from tests.faults.tally import Setting, Tally

SOONEST_S, LATEST_S = 0.05, 0.6  # after the start of useful work
LATE_S, LATE_SHARE = 1.2, 0.05  # Slack takes a message later than its sender lives, or answers later
LEAP = timedelta(seconds=20)
START_S, END_S = 60.0, 600.0
HOSTS = {"history": "127.90.1.1", "blind": "127.90.2.1", "discord": "127.90.3.1"}
DIGESTS_SHARE = 0.2  # of the kills, while digests go out


@dataclass(slots=True)
class State:
    """How far a run came."""

    path: Path
    kills: int = 0
    ports: tuple[int, ...] = ()
    interrupted: int = 0  # requests that were under way as their process was killed
    is_next_day: bool = False

    @classmethod
    def of(cls, folder: Path) -> State:
        """As it was kept there, or a new one."""
        path = folder / "state.json"
        kept = json.loads(path.read_text()) if path.exists() else {}
        return cls(path, **{**kept, "ports": tuple(kept.get("ports", ()))})

    def keep(self) -> None:
        """Write it down, in one step."""
        told = {name: getattr(self, name) for name in ("kills", "ports", "interrupted", "is_next_day")}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(told))
        new.replace(self.path)


@dataclass(slots=True)
class Killing:
    """One run: its newsroom, how far it is, and whom it tells."""

    name: str
    room: Newsroom
    state: State
    kills: int  # to come to
    chance: random.Random
    said: dict[str, str]
    setting: Setting
    crashes: list[str] = field(default_factory=list)
    ahead: timedelta = timedelta()
    sending: set[tuple[str, int]] = field(default_factory=set)  # posts and their tries at the last kill

    @property
    def at_once(self) -> int:
        """Kills before the next day comes, with its digests."""
        return self.kills - round(self.kills * DIGESTS_SHARE) if self.room.plan.digest else self.kills

    async def go(self) -> None:
        """Kill as long as there are kills to come, then let all be told."""
        if not self.state.is_next_day:
            await self._until(self.at_once, digests=False)
            self._turn(self._to_digests())
            self.state.is_next_day = True
            self.state.keep()
        if self.room.plan.digest:
            await self._until(self.kills, digests=True)

    async def _until(self, kills: int, *, digests: bool) -> None:
        while self.state.kills < kills:
            share = (self.state.kills + 1) / self.at_once
            self.room.publish(min(self.room.plan.stories, round(self.room.plan.stories * share) + 1))
            await self._life(digests=digests)
        self.room.publish(self.room.plan.stories)
        if self.setting.quick:  # what a kill left in doubt is looked for once its lease and its settle time are over
            await asyncio.sleep(LATE_S)
            self._turn(self.ahead + LEAP)
        async with self.room.program.runs(*self._command(digests=digests or self.setting.quick)) as run:
            self.tell()
            if not await run.until(lambda: self.room.is_done(digests=digests), END_S):
                self.crashes.append(f"not all was told {END_S:g} s after the last kill")
            await run.stop()
        self.crashes += run.uncaught

    async def _life(self, *, digests: bool) -> None:
        """From a start to a kill."""
        async with self.room.program.runs(*self._command(digests=digests)) as run:
            if not await run.until(lambda: run.has("bot.started"), START_S):
                self.crashes.append("it did not start")
            else:
                await asyncio.sleep(self.chance.uniform(SOONEST_S, LATEST_S))
            if run.process.returncode is None:
                run.process.kill()
                await run.process.wait()
        self.crashes += run.uncaught
        sending = set(self.room.program.rows("SELECT id, tries FROM post WHERE state = 'sending'"))
        self.state.interrupted += len(sending - self.sending)
        self.sending = sending
        self.state.kills += 1
        self.state.keep()
        self.tell()

    def _command(self, *, digests: bool) -> list[str]:
        return self.room.program.turned if digests else self.room.program.command("run")

    def _turn(self, ahead: timedelta) -> None:
        """Let the clocks of the program and of Slack be so much before the machine's."""
        self.ahead = ahead
        self.room.program.shift(ahead)

    def _to_digests(self) -> timedelta:
        """From now until all digests are due; nothing, if there are none."""
        last = self.room.program.rows("SELECT max(next_digest_at) FROM channel")[0][0]
        if last is None:
            return self.ahead
        return datetime.fromisoformat(last).astimezone(UTC) - datetime.now(UTC) + timedelta(seconds=1)

    def tell(self) -> None:
        """How far it is."""
        self.said[self.name] = f"{self.name} {self.state.kills} kills, {self.room.done()} posts"
        self.setting.tell(", ".join(self.said.values()))


@dataclass(frozen=True, slots=True)
class Size:
    """How much is killed and told."""

    kills: int
    plan: Plan

    @classmethod
    def of(cls, setting: Setting) -> Size:
        """As the setting wants it."""
        if setting.quick:
            return cls(2, Plan(instant=6, stories=3))
        if setting.full:
            return cls(1_000, Plan(instant=900, digest=100, stories=10))
        return cls(100, Plan(instant=160, digest=40, stories=10))


async def kills(setting: Setting) -> Tally:
    """All ways beside each other."""
    tally, said, size = Tally(), dict[str, str](), Size.of(setting)
    ways = {"history": size.plan, "blind": replace(size.plan, reads=False)}
    ways["discord"] = replace(size.plan, platform="discord")
    if setting.quick:
        ways.pop("blind")
    tally.figures |= {"kills": f"{size.kills:,} each", "deliveries": f"{size.plan.deliveries:,} each"}
    async with asyncio.TaskGroup() as group:
        for name, plan in ways.items():
            group.create_task(_way(name, plan, size.kills, setting, tally, said), name=name)
    return tally


async def _way(name: str, plan: Plan, count: int, setting: Setting, tally: Tally, said: dict[str, str]) -> None:
    folder, started = setting.folder / name, time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    state = State.of(folder)
    async with newsroom(folder, replace(plan, ports=state.ports, host=HOSTS[name])) as room:
        state.ports = tuple(server.port for server in room.servers)
        for accepted in (False, True):
            late = Fault.late(LATE_S, accepted=accepted)
            await room.platform.fault(SAYING[plan.platform], late, times=None, share=LATE_SHARE)
        chance = random.Random(f"{setting.seed} {name} {state.kills}")
        killing = Killing(name, room, state, count, chance, said, setting)
        await killing.go()
    found = room.check()
    judge(tally, name, room, found)
    for crash in killing.crashes:
        tally.promise(f"{name}: the log", kept=False, otherwise=crash)
    bound = state.interrupted if name == "blind" else 0
    what = f"{len(found.repeats)} marked extras, of {state.interrupted} interrupted requests"
    tally.promise(f"{name}: extras", len(found.repeats) <= bound, what)
    lost, doubles = len(found.lost) + len(found.waiting), len(found.doubles)
    tally.figures[name] = f"lost {lost}, doubles {doubles}, {what}, closest {found.closest_s:.2f} s"
    tally.figures[f"{name} took"] = f"{time.monotonic() - started:.0f} s"
