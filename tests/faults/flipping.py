"""A publisher who answers something else each time, on a turned clock: nothing is lost, repeated or asked too soon."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.faults.program import Program, Run
from tests.faults.publishers import Ask, Publishers, Reply, answer
from tests.faults.tally import Setting, Tally
from tests.feed_server import Told, rss

ANSWERS, FEW = 220, 20
LONGEST_WAIT = timedelta(days=7)
STATES = ("Norway", "Ghana", "Chile", "Fiji", "Nepal", "Malta", "Togo", "Peru", "Laos", "Kenya", "Qatar", "Oman")
KINDS = ("200", "200", "200", "304", "wrong 304", "301", "302", "307", "308", "410", "429", "503", "503 bare")
START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday


@dataclass(slots=True)
class Fickle:
    """The publisher: its items, what it answers next, and when it may be asked again."""

    draw: random.Random
    items: list[Told] = field(default_factory=list)
    kind: str = "200"  # of the next answer at its own address
    target: str = "/moved-0"
    not_before: datetime | None = None  # what it promised last
    moment: datetime = START  # as the program's clock says
    paths: list[str] = field(default_factory=list)  # what was asked since the last turn
    early: list[str] = field(default_factory=list)
    answers: int = 0

    def gain(self, *, about: str = "") -> None:
        """One more item: about nothing, or the ratification by a state."""
        number = len(self.items)
        title = f"{about} ratifies the UN Convention against Cybercrime" if about else f"Gardening, part {number}"
        link = f"https://gazette.example/{number}."
        self.items.insert(0, Told(title=title, guid=f"item-{number}", link=link, published=self.moment))

    def __call__(self, ask: Ask) -> Reply:
        """The answer whose turn it is; where it points to, the document stands."""
        self.paths.append(ask.path)
        if ask.path != "/feed":
            return self._document()
        self.answers += 1
        if self.not_before is not None and self.moment < self.not_before:
            self.early.append(f"asked at {self.moment}, not before {self.not_before} was said")
        self.not_before = None
        return self._answer(ask)

    def _answer(self, ask: Ask) -> Reply:
        if self.kind in ("301", "302", "307", "308"):
            return Reply(answer(status=int(self.kind), Location=self.target))
        if self.kind == "410":
            return Reply(answer(status=410))
        if self.kind in ("429", "503"):
            return self._wait(int(self.kind))
        if self.kind == "503 bare":
            return Reply(answer(status=503))
        if "304" in self.kind and ask.header("If-None-Match"):
            return Reply(answer(status=304))
        return self._document()

    def _wait(self, status: int) -> Reply:
        # Now and then for longer than anybody waits: that is cut to a week.
        seconds = self.draw.choice((7, 90, 90, 1800, 1800, 7200, 30 * 86400))
        self.not_before = self.moment + min(timedelta(seconds=seconds), LONGEST_WAIT)
        return Reply(answer(status=status, Retry_After=str(seconds)))

    def _document(self) -> Reply:
        # A new validator each time, though often nothing is new.
        etag = f'"{self.draw.getrandbits(64):x}"'
        return Reply(answer(rss("Fickle", self.items), ETag=etag, Content_Type="application/rss+xml"))


class Turned:
    """The program, its clock, and the fickle publisher that it reads."""

    def __init__(self, program: Program, run: Run, fickle: Fickle) -> None:
        self.program, self.run, self.fickle = program, run, fickle
        self.read = 0

    async def step(self, kind: str, *, at: datetime | None = None) -> timedelta | None:
        """Let it be asked once, when it is due or at a time of ours; how long it waited. None: it was not asked."""
        fickle = self.fickle
        due = self.program.due()["fickle"] if self.read else fickle.moment
        waited = due - fickle.moment
        fickle.kind, fickle.paths = kind, []
        if at is None and waited > timedelta(seconds=2):
            self._turn(fickle.moment + waited / 2)
            await asyncio.sleep(0.03)  # one look at the clock: too soon, nothing may be asked
        self._turn(max(at or due, fickle.moment))
        self.read += 1
        there = await self.run.until(lambda: len(self.run.readings("fickle")) >= self.read, 60)
        return waited if await self.program.all_told(self.run) and there else None

    def _turn(self, moment: datetime) -> None:
        # The clock goes first: a request that the turn sets off must not look early.
        self.fickle.moment = moment
        self.program.turn(moment)


async def flipping(setting: Setting) -> Tally:
    """Some two hundred answers, then moves that last for days."""
    tally, draw = Tally(), random.Random(setting.seed)
    async with Publishers() as publishers:
        fickle = Fickle(draw)
        for _ in range(5):
            fickle.gain()
        page = await publishers.add(fickle)
        program = Program(setting.folder, {"fickle": page.url})
        program.turn(START)
        async with program.runs(*program.turned) as run:
            turned = Turned(program, run, fickle)
            await turned.step("200")
            await _flip(turned, tally, setting)
            await _settle(turned, tally)
            if not setting.quick:
                await _move(turned, tally)
                await _settle(turned, tally)
            tally.promise("the program", run.process.returncode is None, "it ended by itself")
            tally.promise("the log", not run.uncaught, f"uncaught: {run.uncaught[:3]}")
            tally.promise("the program", await run.stop() == 0, "it did not end in order")
    tally.promise("Retry-After", not fickle.early, "; ".join(fickle.early[:3]))
    tally.figures |= {"answers": str(fickle.answers), "items": str(len(fickle.items))}
    tally.figures["days of its clock"] = str((fickle.moment - START).days)
    return tally


async def _flip(turned: Turned, tally: Tally, setting: Setting) -> None:
    fickle, draw = turned.fickle, turned.fickle.draw
    states, last = iter(STATES), "200"
    many = FEW if setting.quick else ANSWERS
    for number in range(1, many):
        setting.tell(f"{number} of {many}")
        # Two 410 in a row would be a feed that ends; and each move leads elsewhere than the one before it.
        kind = draw.choice([kind for kind in KINDS if kind != "410" or last != "410"])
        fickle.target, last = f"/moved-{number % 7}", kind
        if draw.random() < 0.4:
            fickle.gain(about=next(states, "") if draw.random() < 0.15 else "")
        case = f"answer {number}: {kind}"
        waited = await turned.step(kind)
        tally.promise(case, waited is not None, "it was not asked any more")
        if waited is None:
            return
        tally.promise(case, fickle.paths[:1] == ["/feed"], f"asked at {fickle.paths[:1]}, not at its address")
        tally.promise(case, waited <= LONGEST_WAIT * 1.2, f"put off for {waited}")


async def _settle(turned: Turned, tally: Tally) -> None:
    """After good answers everything is stored once, and told once."""
    for _ in range(2):
        await turned.step("200")
    titles = [str(row[0]) for row in turned.program.rows("SELECT title FROM item")]
    served = {item.title for item in turned.fickle.items}
    tally.promise("items", served <= set(titles), f"lost: {sorted(map(str, served - set(titles)))[:3]}")
    tally.promise("items", len(titles) == len(set(titles)), f"{len(titles) - len(set(titles))} stored twice")
    matching = [item for item in turned.fickle.items if item.title and "ratifies" in item.title]
    told = {item.link: turned.program.posted().count(f"{item.link}\n") for item in matching}
    tally.promise("posts", set(told.values()) <= {1}, f"not told once: {[k for k, n in told.items() if n != 1][:3]}")


async def _move(turned: Turned, tally: Tally) -> None:
    """Only a move for good that says the same on three days changes the address."""
    fickle = turned.fickle
    for case, status, targets, moved in (
        ("302 on four days", "302", ("/new", "/new", "/new", "/new"), False),
        ("301 elsewhere each day", "301", ("/a", "/b", "/a", "/b"), False),
        ("301 on two days", "301", ("/new", "/new"), False),
        ("301 on three days", "301", ("/new", "/new", "/new"), True),
    ):
        for target in targets:
            fickle.target = target
            at = max(turned.program.due()["fickle"], fickle.moment + timedelta(days=1))
            there = await turned.step(status, at=at)
            tally.promise(case, there is not None, "it was not asked any more")
            tally.promise(case, fickle.paths[:1] == ["/feed"], f"asked at {fickle.paths[:1]} too soon")
        fickle.gain()
        await turned.step("200")
        expected = ["/new"] if moved else ["/feed"]
        tally.promise(case, fickle.paths[:1] == expected, f"then asked at {fickle.paths[:1]}, not at {expected}")
