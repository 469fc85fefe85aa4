"""Many messages to one channel: how near to the platform's limit they follow each other."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.deliver_stand import FAR, LIMIT, TOPICS, Came, Scale, Stand, bare, gaps, place_of, refused, stand, title
from bench.poll_program import Place, progress, ran
from bot.chat.slack.blocks import render
from bot.model import ChannelId, Draft, Message
from bot.store.sqlite import SqliteStore
from tests.feed_server import FeedServer, Told

GOAL = 0.95  # of the limit
_OURS, _OTHER = "CL1", "CL2"


async def measure(scale: Scale, folder: Path) -> Sequence[str]:
    """The lines of a table."""
    drafts = [_draft(number) for number in range(scale.line)]
    async with stand(folder, [_OURS, _OTHER], answer=FAR) as here, FeedServer() as server:
        server.feed("/rss", [Told(title="A page about gardening", guid="garden")])
        rows = f'- {{channel: "slack:T1:{_OURS}", topics: [convention]}}\n'
        place = place_of(folder, [server.url("/rss")], TOPICS, rows)
        await _plan(place, drafts)
        progress(f"line: {scale.line} messages to one channel")
        with place.runs("run", secrets=here.slack.env) as process:
            async with asyncio.TaskGroup() as group:
                group.create_task(_bare(here, drafts))
                group.create_task(here.taken(2 * scale.line, scale.patience, process))
        ours, other = here.came([_OURS]), here.came([_OTHER])
    progress("")
    return (
        f"## One channel: {scale.line} messages, one a second at most, Slack answers after {FAR.total_seconds():g} s",
        "",
        "| | of the limit | from one to the next: least s | median s | most s | 429 |",
        "|---|---:|---:|---:|---:|---:|",
        _row("the program: claimed, stored as begun, sent, settled", ours, f" (goal ≥ {GOAL})"),
        _row("bare aiohttp, a second after each answer, at the same time", other, ""),
    )


def _draft(number: int) -> Draft:
    message = Message(kind="instant", heading=title(number), lead="One of many.", groups=())
    return Draft(kind="instant", payload=render(message), stories=())


async def _plan(place: Place, drafts: Sequence[Draft]) -> None:
    """These messages are owed to the channel."""
    await asyncio.to_thread(ran, place.command("poll", "f0"))
    store = await SqliteStore.open(place.database, worker="bench")
    channel = ChannelId("slack", "T1", _OURS)
    await store.plan(channel, drafts, digest=None, next_digest=None, now=datetime.now(UTC))
    await store.close()


async def _bare(here: Stand, drafts: Sequence[Draft]) -> None:
    """The same messages to another channel, each a second after the answer to the one before."""
    async with bare() as session:
        for draft in drafts:
            await here.post(session, _OTHER, here.payload(draft.payload))
            await asyncio.sleep(LIMIT.total_seconds())


def _row(name: str, came: Sequence[Came], goal: str) -> str:
    between = gaps(came)
    rate = LIMIT.total_seconds() * len(between) / sum(between)
    return (
        f"| {name} | {rate:.3f}{goal} | {min(between):.3f} | {statistics.median(between):.3f} | {max(between):.3f}"
        f" | {refused(came)} |"
    )
