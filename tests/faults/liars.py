"""Feeds that lie about what is new, on a turned clock: a story is told once, and a flood is held back and said."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.faults.program import Program, Run
from tests.faults.publishers import Ask, Publisher, Publishers, Reply, answer
from tests.faults.tally import Setting, Tally
from tests.feed_server import Told, rss

START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday, an hour after the digest
ARCHIVE = 5_000
AT_ONCE = 10  # posts of one feed in an hour
BUILDS = 20
STATES = [  # whose names the shipped topics and the stories know
    "Albania", "Algeria", "Angola", "Argentina", "Armenia", "Australia", "Austria", "Bahrain", "Barbados",
    "Belarus", "Belgium", "Belize", "Benin", "Bhutan", "Botswana", "Brazil", "Bulgaria", "Cambodia",
    "Cameroon", "Canada", "Chad", "Chile", "Colombia", "Croatia", "Cuba", "Cyprus", "Denmark",
    "Djibouti", "Dominica", "Ecuador", "Egypt", "Eritrea", "Estonia", "Ethiopia", "Fiji", "Finland",
    "France", "Gabon", "Gambia", "Georgia", "Germany", "Ghana", "Greece", "Grenada", "Guatemala",
    "Guyana", "Haiti", "Honduras", "Hungary", "Iceland", "India", "Indonesia", "Iraq", "Ireland",
    "Israel", "Italy", "Jamaica", "Japan", "Jordan", "Kenya", "Kuwait",
]  # fmt: skip
# What a reader of a post should find where something was held back.
SAID = re.compile(r"held|kept back|more than .* at once", re.IGNORECASE)
PAGE = b"<!doctype html><html><head><title>News</title></head><body><p>Welcome</p></body></html>"
CHALLENGE = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body>"
    b'<div id="challenge-running">Checking if the site connection is secure</div>'
    b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>'
)


def news(state: str, key: str, **given: object) -> Told:
    """A ratification; its link and guid are made from the key."""
    told = Told(
        title=f"{state} ratifies the UN Convention against Cybercrime",
        guid=key,
        link=f"https://gazette.example/{key}.",
        summary=f"Parliament in {state} approved the ratification of the UN Convention against Cybercrime.",
    )
    return replace(told, **given)  # type: ignore[arg-type]  # fields of Told


def quiet(number: int, **given: object) -> Told:
    """An item about nothing that anybody follows."""
    told = Told(title=f"Gardening, part {number}", guid=f"quiet-{number}", link=f"https://gazette.example/q{number}.")
    return replace(told, **given)  # type: ignore[arg-type]  # fields of Told


@dataclass(slots=True)
class Stage:
    """One program that reads several feeds, and what each of them says now."""

    program: Program
    run: Run
    says: dict[str, Reply]
    tally: Tally
    moment: datetime = START
    reads: dict[str, int] = field(default_factory=dict)

    def feed(self, name: str, items: Sequence[Told]) -> None:
        """Let a feed hold exactly these."""
        self.says[name] = Reply(answer(rss(name, items), Content_Type="application/rss+xml"))

    async def read(self, name: str, *, hours: int = 1) -> None:
        """Let time pass until the feed is due, an hour at least, and has been read; then until all at once is told."""
        before = len(self.run.readings(name))
        self.moment = max(self.moment + timedelta(hours=hours), self.program.due().get(name, self.moment))
        self.program.turn(self.moment)
        there = await self.run.until(lambda: len(self.run.readings(name)) > before, 60)
        self.tally.promise(f"{name}: read", there, "it was not asked any more")
        await self.told()

    async def told(self) -> None:
        """Wait until nothing is owed at once."""
        self.tally.promise("posts", await self.program.all_told(self.run), "one was not sent within a minute")

    def posted(self, link: str | None) -> int:
        """How often a link was posted."""
        return self.program.posted().count(f"{link}\n")

    def kept(self, name: str) -> int:
        """How many items of a feed are stored."""
        return int(self.program.rows(f"SELECT count(*) FROM item WHERE feed = '{name}'")[0][0])

    async def finds(self, title: str | None) -> bool:
        """Whether `search` finds an item by its title."""
        found, _ = await self.program.asked("search", *str(title).split())
        return any(row["title"] == title for row in found)


async def liars(setting: Setting) -> Tally:
    """Each kind of lie by a feed of its own, one after the other."""
    tally = Tally()
    lies: dict[str, Callable[[Stage, Setting], object]] = {
        "first": first, "reuse": reuse, "churn": churn, "order": order, "dates": dates, "names": names,
        "archive": archive, "undated": undated,
    }  # fmt: skip
    chosen = ["first", "churn", "order", "dates"] if setting.quick else list(lies)
    async with Publishers() as publishers:
        says: dict[str, Reply] = {}
        pages = {name: await _page(publishers, says, name) for name in (*chosen, *(NAMES if "names" in chosen else ()))}
        program = Program(setting.folder, {name: page.url for name, page in pages.items()})
        program.turn(START)
        for name in pages:
            says[name] = Reply(answer(rss(name, [quiet(0)]), Content_Type="application/rss+xml"))
        if "first" in pages:
            items = [news(state, f"first-{state}", published=START) for state in STATES]
            says["first"] = Reply(answer(rss("first", items), Content_Type="application/rss+xml"))
        async with program.runs(*program.turned) as run:
            stage = Stage(program, run, says, tally)
            await run.until(lambda: all(run.readings(name) for name in pages), 60)
            for name in chosen:
                setting.tell(name)
                await lies[name](stage, setting)  # type: ignore[misc]  # each is a coroutine
            tally.promise("the log", not run.uncaught, f"uncaught: {run.uncaught[:3]}")
            tally.promise("the program", await run.stop() == 0, "it did not end in order")
    tally.figures["items"] = str(program.rows("SELECT count(*) FROM item")[0][0])
    return tally


async def _page(publishers: Publishers, says: dict[str, Reply], name: str) -> Publisher:
    def reply(_ask: Ask) -> Reply:
        return says[name]

    return await publishers.add(reply)


async def reuse(stage: Stage, _setting: Setting) -> None:
    """Another article under a guid that stood for one before."""
    one, other = news("Malta", "reuse-1", guid="same"), news("Nepal", "reuse-2", guid="same")
    stage.feed("reuse", [one, quiet(0)])
    await stage.read("reuse")
    stage.feed("reuse", [other, quiet(0)])
    await stage.read("reuse")
    promise = stage.tally.promise
    promise("reuse: the first is told", stage.posted(one.link) == 1, f"{stage.posted(one.link)} times")
    promise("reuse: the second is found", await stage.finds(other.title), "search does not find it")
    promise("reuse: the second is told", stage.posted(other.link) == 1, f"{stage.posted(other.link)} times")
    promise("reuse: the first stays", await stage.finds(one.title), "search does not find it any more")


async def churn(stage: Stage, _setting: Setting) -> None:
    """The same articles, each time under new guids."""
    for build in range(3 if _setting.quick else BUILDS):
        items = [news("Togo", "churn", guid=f"build-{build}"), quiet(1, guid=f"build-{build}-1"), quiet(0)]
        stage.feed("churn", items)
        await stage.read("churn")
    stage.tally.promise("churn: stored once", stage.kept("churn") == 3, f"{stage.kept('churn')} items, not 3")
    told = stage.posted(items[0].link)
    stage.tally.promise("churn: told once", told == 1, f"told {told} times")


async def order(stage: Stage, setting: Setting) -> None:
    """The same items the other way round, and shuffled."""
    items = [quiet(number) for number in range(50)]
    shuffled = random.Random(setting.seed).sample(items, len(items))
    for held in (items, items[::-1], shuffled):
        stage.feed("order", held)
        await stage.read("order")
        stage.tally.promise("order: none twice", stage.kept("order") == 50, f"{stage.kept('order')} items, not 50")


async def dates(stage: Stage, _setting: Setting) -> None:
    """Dates of 1970 and 9999 decide nothing: all is stored, what lies ahead is told, and nothing is dated ahead."""
    early, late = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    told = news("Peru", "dates-late", published=late)
    stage.feed("dates", [told, quiet(1, published=early), quiet(2, published=late), quiet(0)])
    await stage.read("dates")
    after = news("Laos", "dates-after", published=stage.moment)
    stage.feed("dates", [after, told, quiet(1, published=early), quiet(2, published=late), quiet(0)])
    await stage.read("dates")
    promise = stage.tally.promise
    promise("dates: all are stored", stage.kept("dates") == 5, f"{stage.kept('dates')} items, not 5")
    for item in (told, after):
        promise(
            "dates: told once", stage.posted(item.link) == 1, f"{item.title} was told {stage.posted(item.link)} times"
        )
    ahead = stage.program.rows("SELECT count(*) FROM item WHERE published > seen OR published < '1990'")[0][0]
    promise("dates: none ahead of its time", ahead == 0, f"{ahead} items are")


async def first(stage: Stage, _setting: Setting) -> None:
    """A feed's first reading is silent, however much it holds."""
    await stage.told()
    posted = sum(stage.posted(f"https://gazette.example/first-{state}.") for state in STATES)
    stage.tally.promise("first: stored", stage.kept("first") == len(STATES), f"{stage.kept('first')} items")
    stage.tally.promise("first: silent", posted == 0, f"{posted} posts")


NAMES = ("empty", "page", "challenge", "moved")


async def names(stage: Stage, _setting: Setting) -> None:
    """No items, a page, a challenge and a move without end are four different things."""
    stage.says |= {
        "empty": Reply(answer(rss("empty", []), Content_Type="application/rss+xml")),
        "page": Reply(answer(PAGE, Content_Type="text/html")),
        "challenge": Reply(answer(CHALLENGE, Content_Type="text/html")),
        "moved": Reply(answer(status=302, Location="/feed")),
    }
    for name in NAMES:
        await stage.read(name)
    states = await stage.program.states()
    told = {name: states[name]["error"] for name in NAMES}
    stage.tally.promise("names: four", len({*told.values()} - {None}) == 4, f"told as {told}")


async def archive(stage: Stage, setting: Setting) -> None:
    """5,000 items of years ago, all about the convention, all new to us."""
    await _flood(stage, setting, "archive", datetime(2019, 5, 1, tzinfo=UTC))


async def undated(stage: Stage, setting: Setting) -> None:
    """The same without a date."""
    await _flood(stage, setting, "undated", None)


async def _flood(stage: Stage, setting: Setting, name: str, day: datetime | None) -> None:
    many = 100 if setting.quick else ARCHIVE
    items = [_old(name, number, day) for number in range(many)]
    before = stage.program.posted()
    stage.feed(name, items)
    await stage.read(name)
    await stage.read(name, hours=0)
    told = stage.program.posted().count(f"https://gazette.example/{name}-")
    stage.tally.promise(f"{name}: at most 10 at once", told <= AT_ONCE, f"{told} posts within an hour")
    # A document gives at most 2,000.
    stage.tally.promise(f"{name}: stored", stage.kept(name) >= min(many, 2_000), f"{stage.kept(name)} items")
    day_after = stage.moment.replace(hour=9, minute=5) + timedelta(days=1)
    stage.moment = day_after
    stage.program.turn(day_after)
    digests = "SELECT count(*) FROM post WHERE kind = 'digest' AND state <> 'sent'"
    await stage.run.until(lambda: bool(SAID.search(stage.program.posted()[len(before) :])), 5)
    await stage.run.until(lambda: stage.program.rows(digests) == [(0,)], 10)
    said = SAID.search(stage.program.posted()[len(before) :])
    stage.tally.promise(f"{name}: said", said, "no post says that something was held back")


def _old(name: str, number: int, day: datetime | None) -> Told:
    published = day + timedelta(hours=number) if day else None
    # Each flood has states of its own, or the second would tell what the first has told.
    states = STATES[::2] if day else STATES[1::2]
    state, act = states[number % len(states)], ("ratifies", "signs", "accedes to")[number // len(states) % 3]
    title = f"{state} {act} the UN Convention against Cybercrime, report {number}"
    return news(state, f"{name}-{number}", title=title, published=published)
