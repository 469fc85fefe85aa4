"""A sample of the fault runs; `make faults` makes all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.gofeed import Kept, agreement, comparable
from tests.faults.report import fill
from tests.faults.rows import ROWS
from tests.faults.tally import Setting, Table, Tally

# The others take longer than a test should: what hangs, floods or keeps a parser busy takes limits of time to end.
QUICK = ("wire", "flipping", "liars", "private", "foreign", "kills", "failpoints", "nth", "slack", "discord", "digests")


@pytest.mark.shared
@pytest.mark.parametrize("row", QUICK)
async def test_every_promise_holds_in_a_sample(shared: Path, tmp_path: Path, row: str) -> None:
    tally = await ROWS[row].run(Setting(shared=shared, folder=tmp_path, quick=True))
    assert tally.broken == []
    assert tally.passed > 4


def test_a_case_holds_unless_one_of_its_promises_is_broken() -> None:
    tally = Tally()
    tally.promise("one", kept=True, otherwise="late")
    tally.promise("one", kept=False, otherwise="lost")
    tally.promise("other", kept=True, otherwise="late")
    assert (len(tally.cases), tally.passed, tally.broken) == (2, 1, ["one: lost"])


def test_a_line_tells_the_cases_that_held_and_the_figures() -> None:
    tally = Tally(figures={"took": "3 s"})
    tally.promise("one", kept=True, otherwise="")
    assert tally.line("wire") == "wire             1 of     1  took 3 s"


WIRE, KILLS, END = "<!-- faults: wire bombs -->", "<!-- faults: kills -->", "<!-- faults: end -->"


def test_a_report_fills_only_the_block_of_its_rows(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n{WIRE}\nstale\n{END}\nAfter\n{KILLS}\nkept\n{END}\n")
    tally = Tally(tables=[Table.counting("What became of them", "cases", ["is <rss>", "is <rss>", "a|b"])])
    tally.promise("one", kept=False, otherwise="late")
    fill(page, {"wire": tally}, command="python -m tests.faults wire", took=2)
    text = page.read_text()
    assert text.startswith(f"# Before\n{WIRE}\n`python -m tests.faults wire`, 2 s, ")
    assert text.endswith(f"| is &lt;rss> | 2 |\n| a\\|b | 1 |\n{END}\nAfter\n{KILLS}\nkept\n{END}\n")
    assert "- wire: one: late\n" in text
    assert "stale" not in text


def test_a_report_needs_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{KILLS}\nkept\n{END}\n")
    with pytest.raises(ValueError, match="has no block for wire"):
        fill(page, {"wire": Tally()}, command="", took=0)


def test_fields_are_compared_with_another_parsers_title_as_text(tmp_path: Path) -> None:
    feed = tmp_path / "a.xml"
    feed.with_suffix(".json").write_text(
        '{"items": [{"title": "<b>One</b>", "guid": {"value": "1"}, "pubDateParsed": "2024-01-02T03:04:05+01:00"},'
        ' {"title": "Two", "link": "/two"}]}'
    )
    ours = [("One", "", "1", "2024-01-02T02:04:05.000000Z"), ("Two", "https://example.org/two", "2", None)]
    found = agreement({feed: Kept(None, ours)})
    assert (found.fields, found.equal, found.as_text, comparable(found)) == (5, 3, 1, (4, 5))
    assert list(found.differing) == ["a relative link is made absolute"]


def test_an_item_that_we_do_not_keep_is_not_compared(tmp_path: Path) -> None:
    feed = tmp_path / "a.xml"
    feed.with_suffix(".json").write_text('{"items": [{"publishedParsed": "2024-01-02T03:04:05Z"}]}')
    assert comparable(agreement({feed: Kept("is a feed whose items are empty", [])})) == (0, 0)
