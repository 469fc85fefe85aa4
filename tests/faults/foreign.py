"""Documents of other parsers' tests, and real ones, each a feed of its own in one program: read, kept once, no fault."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.faults.gofeed import Agreement, Kept, agreement, comparable
from tests.faults.program import Json, Program, Run, is_named
from tests.faults.publishers import Ask, Publishers, Reply, answer
from tests.faults.tally import BECAME, Setting, Table, Tally

ENOUGH = 0.95  # of gofeed's fields
SAMPLE = 40


async def foreign(setting: Setting) -> Tally:
    """All feeds of gofeed's and ROME's tests, and how far gofeed and we agree."""
    feeds = setting.shared / "oracles" / "feeds"
    gofeed = sorted((feeds / "gofeed").rglob("*.xml"))
    rome = sorted(path for path in (feeds / "rome").rglob("*") if path.suffix in (".xml", ".rss"))
    if setting.quick:
        gofeed, rome = gofeed[:: len(gofeed) // SAMPLE], rome[:: len(rome) // 10]
    tally = Tally()
    kept = await _read(setting, tally, [*gofeed, *rome])
    found = agreement({path: kept[path] for path in gofeed})
    agreed, of = comparable(found)
    tally.promise("agreement", agreed >= ENOUGH * of, f"{agreed} of {of} fields agree with gofeed")
    tally.figures["fields as gofeed's"] = f"{agreed} of {of}"
    tally.tables.append(_beside(found))
    return tally


def _beside(found: Agreement) -> Table:
    rows = [("the same letter for letter", str(found.equal), ""), ("a title, the same as text", str(found.as_text), "")]
    rows += [(cause, str(len(ones)), ones[0]) for cause, ones in sorted(found.differing.items())]
    return Table("Beside gofeed's reading", ("gofeed's field and ours", "fields", "for one"), rows)


async def corpus(setting: Setting) -> Tally:
    """Every real document."""
    tally = Tally()
    paths = sorted(path for path in (setting.shared / "corpus" / "feeds").iterdir() if path.suffix != ".md")
    await _read(setting, tally, paths[:8] if setting.quick else paths)
    return tally


async def _read(setting: Setting, tally: Tally, paths: Sequence[Path]) -> dict[Path, Kept]:
    """Read all of them twice, the second time with a line more at their ends; what was kept of each."""
    async with Publishers() as publishers:
        pages = {f"feed-{number:04}": await publishers.add(_Document(path)) for number, path in enumerate(paths)}
        program = Program(setting.folder, {feed: page.url for feed, page in pages.items()})
        readings = []
        for turn in ("first", "second"):
            setting.tell(f"the {turn} reading of {len(paths)}")
            rows, run = await program.asked("poll", *pages)
            readings.append({row["feed"]: row for row in rows})
            _judge_run(tally, run)
    kept = _kept(program)
    states = await program.states()
    for (feed, page), path in zip(pages.items(), paths, strict=True):
        tally.promise(_name(path), len(page.asked) == 2, f"asked {len(page.asked)} times, not twice")
        _judge(tally, _name(path), [turn.get(feed) for turn in readings], states[feed], len(kept.get(feed, ())))
    tally.figures["slowest"] = f"{max(row['ms'] for turn in readings for row in turn.values()) / 1000:.1f} s"
    tally.figures["items"] = str(sum(map(len, kept.values())))
    tally.figures["read well"] = str(sum(state["state"] == "ok" for state in states.values()))
    words = ("gave its items" if state["state"] == "ok" else str(state["error"]) for state in states.values())
    tally.tables.append(Table.counting(BECAME, "feeds", words))
    return {path: Kept(states[feed]["error"], kept.get(feed, [])) for feed, path in zip(pages, paths, strict=True)}


def _name(path: Path) -> str:
    return "/".join(path.parts[-4:])


class _Document:
    """A file as a feed; at each further request it has another line break at its end, so that it is read again."""

    def __init__(self, path: Path) -> None:
        self._body = path.read_bytes()

    def __call__(self, ask: Ask) -> Reply:
        return Reply(answer(self._body + b"\n" * ask.number, Content_Type="application/xml"))


def _judge_run(tally: Tally, run: Run) -> None:
    tally.promise("the program", run.process.returncode == 0, f"it ended with {run.process.returncode}")
    tally.promise("the log", not run.uncaught, f"uncaught: {run.uncaught[:3]}")
    tally.figures["peak"] = f"{run.memory.peak_whole / 2**20:.0f} MiB"


def _judge(tally: Tally, name: str, readings: list[Json | None], state: Json, kept: int) -> None:
    one, other = readings
    tally.promise(name, one and other, "not every reading was told")
    if not (one and other):
        return
    if state["state"] != "ok":
        tally.promise(name, is_named(state), f"its state is {state['state']}, {state['error']}")
        tally.promise(name, kept == 0, f"{kept} items of a feed that failed")
        return
    tally.promise(name, one["new"] == kept, f"{one['new']} new items, {kept} stored")
    tally.promise(name, one["items"] == other["items"], f"{one['items']} items, then {other['items']}")
    tally.promise(name, other["new"] == 0, f"the second reading added {other['new']}")


def _kept(program: Program) -> dict[str, list[tuple[str, str, str, str | None]]]:
    """By feed, in the order of its document: title, link, key, date."""
    kept: dict[str, list[tuple[str, str, str, str | None]]] = {}
    for feed, *fields in program.rows("SELECT feed, title, link, key, published FROM item ORDER BY id"):
        kept.setdefault(feed, []).append((fields[0], fields[1], fields[2], fields[3]))
    return kept
