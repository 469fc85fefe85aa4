"""Digests through every change of the clocks: the instants of the oracle, and some as whole processes.

Each channel wants a digest every day, also of a day with nothing new, so that each leaves a message. The instants come
from `zdump`, not from Python (`$SHARED/oracles/dst`).
"""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.app import App, build
from bot.chat.slack.app import SlackChat
from bot.config import load
from bot.store.sqlite import SqliteStore
from tests.fake_slack import FakeSlack
from tests.faults.moved import moved
from tests.faults.newsroom import GARDEN
from tests.faults.program import FEW_TOPICS, Program, rows_of
from tests.faults.tally import Setting, Tally, in_memory
from tests.feed_server import FeedServer
from tests.world import TurnedClock

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
# A repeated hour is over by then, wherever it is.
AGAIN = (HOUR / 2, HOUR, 2 * HOUR)
MADE = "SELECT channel, day, made FROM digest ORDER BY made"
POSTED = "SELECT count(*) FROM post WHERE kind = 'digest' AND state = 'sent'"


@dataclass(frozen=True, slots=True)
class Case:
    """A digest of one local date."""

    zone: str
    day: date
    at: str  # HH:MM
    earliest: datetime | None  # None: the zone never had that date
    latest: datetime | None
    kind: str

    @classmethod
    def of(cls, row: list[str | None]) -> Case:
        """As the oracle has it."""
        zone, day, at, earliest, latest, kind = row
        return cls(str(zone), date.fromisoformat(str(day)), str(at), _utc(earliest), _utc(latest), str(kind))

    @property
    def channel(self) -> str:
        """The one that wants a digest at that hour in that zone."""
        return f"C{self.zone}{self.at}".upper().replace("/", "").replace("_", "").replace(":", "")

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.zone} {self.day} {self.at} ({self.kind})"


def _utc(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def cases_of(shared: Path) -> list[Case]:
    """All of the oracle."""
    told = json.loads((shared / "oracles" / "dst" / "digest_instants.json").read_text())
    return [Case.of(row) for row in told["cases"]]


async def digests(setting: Setting) -> Tally:
    """All instants in one program on a turned clock; then whole processes whose machine's clock is moved."""
    tally, cases = Tally(), cases_of(setting.shared)
    if setting.quick:
        cases = [case for case in cases if case.zone == "Europe/Dublin" and case.at in {"00:30", "01:30", "02:30"}]
    counts: Counter[str] = Counter()
    zones = sorted({case.zone for case in cases})
    with in_memory() as folder, redirect_stdout(io.StringIO()):  # what the app in this process logs
        for number, zone in enumerate(zones):
            setting.tell(f"{zone}, {number} of {len(zones)} zones")
            counts += await _instants(folder / str(number), tally, [case for case in cases if case.zone == zone])
    tally.figures |= {name: f"{count:,}" for name, count in counts.items()}
    if not setting.quick:
        await moved(setting, tally)
    return tally


async def _instants(folder: Path, tally: Tally, cases: list[Case]) -> Counter[str]:
    """One program for the channels of a zone, on a clock that is turned from instant to instant."""
    steps = steps_of(cases)
    clock = TurnedClock(steps[0] - DAY)
    async with _app(folder, cases, clock) as app:
        for moment in steps:
            clock.moment = moment
            await app.worker.once()
    made: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    found = rows_of(folder / "bot.db", MADE)
    for channel, day, moment in found:
        made[str(channel).rpartition(":")[2], str(day)].append(datetime.fromisoformat(str(moment)))
    for case in cases:
        _judge(tally, case, made[case.channel, case.day.isoformat()])
    posted = rows_of(folder / "bot.db", POSTED)[0][0]
    tally.promise(f"{cases[0].zone}: messages", posted == len(found), f"{len(found)} digests, {posted} messages")
    return Counter({"instants": len(cases), "digests": len(found), "steps": len(steps)})


def steps_of(cases: Iterable[Case]) -> list[datetime]:
    """When to look: right before a digest, as it is due, when it must be there, and after an hour that comes twice.

    A day before the first of several dates too: the digest that is overdue then is another date's.
    """
    steps, known = set(), {(case.channel, case.day) for case in cases}
    for case in cases:
        if case.earliest is None or case.latest is None:
            continue
        steps |= {case.earliest - SECOND, case.earliest, case.latest}
        if case.kind != "once":
            steps |= {case.latest + later for later in AGAIN}
        if (case.channel, case.day - DAY) not in known:
            steps.add(case.earliest - DAY - HOUR)
    return sorted(steps)


def _judge(tally: Tally, case: Case, made: list[datetime]) -> None:
    if case.earliest is None or case.latest is None:
        tally.promise(case.name, not made, f"made at {', '.join(map(str, made))}")
        return
    tally.promise(case.name, len(made) == 1, f"{len(made)} digests")
    for moment in made:
        tally.promise(case.name, case.earliest <= moment <= case.latest, f"made at {moment}")


@asynccontextmanager
async def _app(folder: Path, cases: list[Case], clock: TurnedClock) -> AsyncIterator[App]:
    """The app in this process, on that clock, with a channel for each hour and zone."""
    channels = {case.channel: {"at": case.at, "zone": case.zone, "days": "daily"} for case in cases}
    async with FeedServer() as server, FakeSlack(now=clock.now) as slack:
        server.feed("/rss", [GARDEN])
        for channel in channels:
            slack.room(channel)
        program = Program(
            folder,
            {"gazette": server.url("/rss")},
            every="30d",
            about=FEW_TOPICS,
            bot={"keep": "20y"},  # its clock goes over three years, and what is swept cannot be counted
            channels=[
                {"channel": f"slack:T1:{channel}", "topics": ["convention"], "digest": cadence, "always": True}
                for channel, cadence in channels.items()
            ],
        )
        config = load(program.config, environ={}, database=str(program.database))
        store = await SqliteStore.open(config.database, worker="test")
        chat = SlackChat.open(bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.url)
        try:
            async with chat as way_out, build(config, clock=clock, store=store, chats=[way_out]) as app:
                yield app
        finally:
            await store.close()
