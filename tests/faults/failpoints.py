"""A fault at every point of a standard run: killed there (`failpoints`), or the call fails there (`nth`).

Points are counted out: the first, the second, and so on until a run comes to its end without meeting one. After each
fault the program is started again, if it ended, and runs to the end; then the checker looks.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.fake_slack import Fault
from tests.faults.play import KILLED, NO_POINT, Ended, Run, Stage
from tests.faults.tally import Setting, Table, Tally, in_memory
from tests.feed_server import FeedServer

AT_ONCE = 2 * (os.cpu_count() or 1)  # runs beside each other: each waits most of the time
MET_S = 120.0
DOWN_S = 0.3
A_POINT = 4  # of each kind, where only a sample is wanted
OUR_OWN = ("channel.closed",)  # errors of the log that a run brings without any fault

Meddler = Callable[[Run], Coroutine[None, None, None]]


@dataclass(slots=True)
class Kind:
    """Points of one kind."""

    name: str
    point: tuple[str, str, str] | None = None  # place, when, deed; None: somebody meddles
    meddle: Callable[[int], Meddler] | None = None
    times: int = 1  # runs for each point
    only: int = 0  # this point alone; 0: every one
    points: int = 0  # that there are
    is_over: bool = False

    def runs(self) -> Iterator[int]:
        """The numbers of the points, each as often as it is to be met, until one was not met."""
        for number in [self.only] if self.only else count(1):
            for _ in range(self.times):
                if self.is_over:
                    return
                yield number


@dataclass(slots=True)
class Course:
    """All runs of a row."""

    tally: Tally
    setting: Setting
    kinds: list[Kind]
    kills: bool  # nothing else goes wrong
    became: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    starts: int = 0

    async def go(self) -> None:
        """Several stages beside each other, each with the next point."""
        todo = ((kind, number) for kind in self.kinds for number in kind.runs())
        places = 2 if self.setting.quick else AT_ONCE
        with in_memory() as folder:
            async with asyncio.TaskGroup() as group:
                for place in range(places):
                    group.create_task(self._stage(folder, place, todo), name=f"stage {place}")
        self.tally.figures |= {kind.name: str(kind.points) for kind in self.kinds}
        self.tally.figures |= {"runs": f"{self.runs:,}", "starts": f"{self.starts:,}"}
        words = [word for word, times in self.became.items() for _ in range(times)]
        self.tally.tables.append(Table.counting("What became of the program", "runs", words, "where"))

    async def _stage(self, folder: Path, place: int, todo: Iterator[tuple[Kind, int]]) -> None:
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(FeedServer(host=f"127.91.0.{place + 1}"))
            stage = Stage(folder / str(place), server)
            await stage.prepare()
            for kind, number in todo:
                point = (*kind.point[:2], str(number), kind.point[2]) if kind.point else NO_POINT
                ended = await stage.play(point, kind.meddle(number) if kind.meddle else None)
                self._judge(kind, number, ended)

    def _judge(self, kind: Kind, number: int, ended: Ended) -> None:
        if not ended.reached:
            kind.is_over = True
        else:
            kind.points = max(kind.points, number)
            self.runs += 1
            self.became[f"{kind.name}: {_became(ended)}"] += 1
        self.starts += ended.starts
        case = f"{kind.name} {number}"
        wrong = [*ended.found.faults, *(f"repeated: {one}" for one in ended.found.repeats), *ended.late]
        wrong += [f"still owed: {one}" for one in ended.found.waiting]
        wrong += [f"not told: {one}" for one in ended.found.excused]
        if self.kills:
            wrong += _unexpected(ended)
        for sentence in wrong:
            self.tally.promise(case, kept=False, otherwise=sentence)
        self.tally.promise(case, kept=True, otherwise="")
        self.setting.tell(f"{case}, {self.runs} runs, {len(self.tally.cases) - self.tally.passed} broken")


def _became(ended: Ended) -> str:
    if KILLED in ended.stops:
        return "was killed and started again"
    return "ended and was started again" if ended.stops else "went on"


def _unexpected(ended: Ended) -> Iterator[str]:
    """What a kill alone does not explain."""
    yield from (f"it ended by itself with {status}" for status in ended.stops if status != KILLED)
    for line in ended.log.splitlines():
        if not line.startswith("{"):
            yield line
            continue
        row = json.loads(line)
        if row["level"] == "error" and row["event"] not in OUR_OWN:
            yield line


def killed_with_a_request(number: int, *, accepted: bool) -> Meddler:
    """The n-th message has arrived (or was taken, its answer still out); the program is killed; then it goes on."""

    async def meddle(run: Run) -> None:
        stuck = run.slack.faults.add("chat.postMessage", Fault.hangs(accepted=accepted), skip=number - 1)
        await stuck.hit(within_s=MET_S)
        assert run.child is not None
        run.child.kill()
        await run.child.wait()
        run.was_meddled_with = True
        stuck.release()

    return meddle


def failing_request(number: int, fault: Fault) -> Meddler:
    """The n-th request of any kind meets a fault."""

    async def meddle(run: Run) -> None:
        await run.slack.faults.add("*", fault, skip=number - 1).hit(within_s=MET_S)
        run.was_meddled_with = True

    return meddle


def refused_request(number: int) -> Meddler:
    """Nobody listens from the n-th request on, for a moment."""

    async def meddle(run: Run) -> None:
        slack = run.slack
        await slack.until(lambda: len(slack.asked) >= number - 1 and not slack.under_way, within_s=MET_S)
        run.is_held = run.was_meddled_with = True
        await slack.go_down()
        await asyncio.sleep(DOWN_S)
        await slack.come_up()
        run.is_held = False

    return meddle


async def failpoints(setting: Setting) -> Tally:
    """Killed before and after every commit and every request, and while a message is on its way."""
    kinds = [
        Kind("before a commit", ("commit", "before", "kill")),
        Kind("after a commit", ("commit", "after", "kill")),
        Kind("before a request", ("request", "before", "kill")),
        Kind("after a request", ("request", "after", "kill")),
        Kind("message on its way", meddle=lambda number: killed_with_a_request(number, accepted=False)),
        Kind("message taken", meddle=lambda number: killed_with_a_request(number, accepted=True)),
    ]
    for kind in kinds:
        kind.times = 1 if setting.quick else 10
        kind.only = A_POINT if setting.quick else 0
    course = Course(Tally(), setting, kinds, kills=True)
    await course.go()
    return course.tally


async def nth(setting: Setting) -> Tally:
    """The n-th commit, statement or request fails."""
    kinds = [
        Kind("commit", ("commit", "before", "raise")),
        Kind("statement", ("call", "before", "raise")),
        Kind("request refused", meddle=refused_request),
        Kind("request reset", meddle=lambda number: failing_request(number, Fault.reset())),
        Kind("answer lost", meddle=lambda number: failing_request(number, Fault.reset(accepted=True))),
    ]
    for kind in kinds:
        kind.only = A_POINT if setting.quick else 0
    course = Course(Tally(), setting, kinds, kills=False)
    await course.go()
    return course.tally
