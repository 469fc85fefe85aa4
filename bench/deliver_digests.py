"""Many channels whose digest is due at the same instant: when the last of them stands in its channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.deliver_stand import FAR, TOPICS, Came, Scale, Stand, bare, place_of, refused, stand, title
from bench.poll_program import Place, progress, ran
from bot.model import ChannelId
from bot.store.sqlite import SqliteStore
from tests.feed_server import FeedServer, Told

GOAL = 60  # seconds
_AT_ONCE = 64  # requests of the bare loop


class Run(NamedTuple):
    """What came of one run."""

    due: float  # seconds since 1970
    came: Sequence[Came]
    bare_took: float  # seconds

    @property
    def took(self) -> float:
        """Seconds from when they were due to the last message."""
        return max(one.at for one in self.came) - self.due


async def measure(scale: Scale, folder: Path) -> Sequence[str]:
    """The lines of a table."""
    channels = [f"CD{number}" for number in range(scale.channels)]
    lines = [
        f"## Digests: {scale.channels:,} channels, due at the same instant, {scale.stories} stories each",
        "",
        "| | all stand after s | messages a second | 429 | of the bare loop |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, answer in (("near", timedelta()), ("far", FAR)):
        progress(f"digests: {scale.channels} channels, Slack is {name}")
        (folder / name).mkdir()
        run = await _run(folder / name, channels, scale, answer)
        lines += _rows(run, scale.channels, f"answers after {answer.total_seconds():g} s")
    progress("")
    return lines


async def _run(folder: Path, channels: Sequence[str], scale: Scale, answer: timedelta) -> Run:
    others = [one.replace("D", "B") for one in channels]
    async with stand(folder, [*channels, *others], answer=answer) as here, _owing(folder, channels, scale) as place:
        due = datetime.now(UTC) + timedelta(seconds=scale.start)
        await _set_due(place, channels, due)
        with place.runs("run", secrets=here.slack.env) as process:
            await here.taken(len(channels), scale.patience, process)
        came = here.came(channels)
        began = time.time()
        await _bare(here, [one for one in came if one.wait is None], others)
        return Run(due.timestamp(), came, max(one.at for one in here.came(others)) - began)


@asynccontextmanager
async def _owing(folder: Path, channels: Sequence[str], scale: Scale) -> AsyncIterator[Place]:
    """A database in which each channel is owed these stories in its digest, and the feed that told them."""
    async with FeedServer() as server:
        server.feed("/rss", [Told(title="A page about gardening", guid="garden")])
        rows = "".join(f'- {{channel: "slack:T1:{one}", topics: [convention]}}\n' for one in channels)
        place = place_of(folder, [server.url("/rss")], TOPICS, rows)
        await asyncio.to_thread(ran, place.command("poll", "f0"))  # what a feed holds at first is no news
        news = [
            Told(title=f"{title(number)}: cybercrime convention", link=f"https://p.example/{number}", guid=str(number))
            for number in range(scale.stories)
        ]
        server.feed("/rss", news)
        await asyncio.to_thread(ran, place.command("poll", "f0"))
        yield place


async def _set_due(place: Place, channels: Sequence[str], due: datetime) -> None:
    store = await SqliteStore.open(place.database, worker="bench")
    async with asyncio.TaskGroup() as group:
        for channel in channels:
            group.create_task(store.set_digest(ChannelId("slack", "T1", channel), due=due))
    await store.close()


async def _bare(here: Stand, messages: Sequence[Came], others: Sequence[str]) -> None:
    """The same messages to other channels."""
    left = list(zip(others, messages, strict=True))

    async def work() -> None:
        while left:
            channel, message = left.pop()
            await here.post(session, channel, message.payload)

    async with bare() as session, asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(work())


def _rows(run: Run, count: int, answers: str) -> Sequence[str]:
    program = f"the program: claimed, composed, stored, sent, settled; Slack {answers}"
    loop = f"bare aiohttp, {_AT_ONCE} at once, the same messages; Slack {answers}"
    rate, of_bare = count / run.took, run.bare_took / run.took
    return (
        f"| {program} | {run.took:.1f} (goal ≤ {GOAL}) | {rate:,.0f} | {refused(run.came)} | {of_bare:.2f} |",
        f"| {loop} | {run.bare_took:.1f} | {count / run.bare_took:,.0f} | | |",
    )
