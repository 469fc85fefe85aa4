"""Documents that are small and become large, or keep a parser busy: each ends in time, and the next feed is read."""

from __future__ import annotations

import gzip
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.program import Json, Run, is_named
from tests.faults.publishers import Ask, Publisher, Publishers, Reply, answer, later
from tests.faults.tally import BECAME, Setting, Table, Tally
from tests.faults.wire import GROWTH_MIB, Beside, beside, small

WITHIN_S = 6.0  # from the last byte of the document to the verdict
CHILD_MIB = 320.0  # a child's limit beyond its imports, and those
WEEK = 7 * 86400


def bombs(setting: Setting) -> Iterator[tuple[str, Reply]]:
    """1 GiB of zeros in each encoding."""
    for encoding in ("br",) if setting.quick else ("gzip", "deflate", "br", "zstd"):
        packed = (setting.shared / "oracles" / "bombs" / f"1GiB-zeros.{encoding}").read_bytes()
        yield encoding, Reply(answer(packed, Content_Encoding=encoding, Content_Type="application/rss+xml"))


def hostile(setting: Setting) -> Iterator[tuple[str, Reply]]:
    """Each hostile document as a feed, in an order that the seed decides."""
    paths = sorted((setting.shared / "oracles" / "xmlbombs").glob("*.xml.gz"))
    random.Random(setting.seed).shuffle(paths)
    for path in paths[:2] if setting.quick else paths:
        body = gzip.decompress(path.read_bytes())
        name = path.name.removesuffix(".xml.gz").replace("_", "-").lower()
        yield name, Reply(answer(body, Content_Type="application/rss+xml"))


async def packed(setting: Setting) -> Tally:
    """The bombs, one after the other."""
    return await _one_by_one(setting, dict(bombs(setting)))


async def xml(setting: Setting) -> Tally:
    """The hostile documents, one after the other."""
    return await _one_by_one(setting, dict(hostile(setting)))


@dataclass(slots=True)
class InTurn:
    """A small feed that does not change, until its turn comes; then the document, once; then no more for a week."""

    reply: Reply
    is_open: bool = False
    sent: Ask | None = None  # the request that the document answered

    def __call__(self, ask: Ask) -> Reply:
        """What is sent now."""
        if self.sent is not None:
            return later(WEEK)
        if not self.is_open:
            return small(ask)
        self.sent = ask
        return self.reply


async def _one_by_one(setting: Setting, replies: dict[str, Reply]) -> Tally:
    """Each once the one before has its verdict, so that no one waits for a child."""
    tally = Tally()
    async with Publishers() as publishers:
        turns = {name: InTurn(reply) for name, reply in replies.items()}
        pages = {name: await publishers.add(turn) for name, turn in turns.items()}
        async with beside(setting, tally, publishers, pages) as among:
            since = await among.warmed()
            seen = []
            for done, (name, turn) in enumerate(turns.items()):
                setting.tell(f"{done} of {len(turns)}: {name}")
                turn.is_open = True
                seen.append(await _verdict(tally, name, turn, pages[name], among))
            _judge_children(tally, among.run)
            among.judge(tally, since, quick=setting.quick)
            words = (str(row.get("error") or "gave its items") for row in seen)
            tally.tables.append(Table.counting(BECAME, "documents", words))
            tally.figures["slowest"] = f"{max(row['took'] for row in seen):.1f} s"
            tally.figures["children"] = str(len(among.run.memory.children))
    return tally


async def _verdict(tally: Tally, name: str, turn: InTurn, page: Publisher, among: Beside) -> Json:
    """The reading of the document, and that a healthy feed is read after it."""
    run = among.run

    def reading() -> Json | None:
        asked = turn.sent.at if turn.sent else math.inf
        return next((row for row in run.readings(name) if row["at"] > asked), None)

    await run.until(lambda: reading() is not None, 60)
    row = reading()
    tally.promise(name, row, "no verdict within a minute")
    if row is None or turn.sent is None:
        return {"error": "was not judged", "took": 60.0}
    took = float(row["at"]) - page.answered[turn.sent.number]
    tally.promise(name, took <= WITHIN_S, f"took {took:.1f} s")
    if row["event"] == "feed.failed":
        tally.promise(name, is_named({**row, "state": "failing"}), "it has no name")
    else:
        tally.promise(name, row["items"] > 0, "well, but without items")
    before = len(run.readings("healthy-0"))
    await run.until(lambda: len(run.readings("healthy-0")) > before, 5)
    after = [one["event"] for one in run.readings("healthy-0")[before:]]
    tally.promise(name, after[:1] == ["feed.watched"], "the next feed was not read")
    return {**row, "took": took}


def _judge_children(tally: Tally, run: Run) -> None:
    """The program itself must not grow; a child may, up to its limit, and is then ended."""
    tally.promise("the program", run.memory.growth <= GROWTH_MIB, f"it grew by {run.memory.growth:.0f} MiB")
    biggest = run.memory.biggest_child / 2**20
    tally.promise("the program", biggest <= CHILD_MIB, f"a child had {biggest:.0f} MiB")
    tally.figures["program grew"] = f"{run.memory.growth:.0f} MiB"
    tally.figures["biggest child"] = f"{biggest:.0f} MiB"
