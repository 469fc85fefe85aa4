"""The figures of a run as Markdown, between two marks of a file."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import ROOT
from tests.faults.rows import ROWS
from tests.faults.tally import Table, Tally

# A block of figures names the rows that it is for.
BLOCK = re.compile(r"(<!-- faults: ([a-z ]+) -->\n).*?(<!-- faults: end -->)", re.DOTALL)


def fill(path: Path, found: Mapping[str, Tally], *, command: str, took: float) -> None:
    """Put the figures into the blocks of the file that are for these rows; ValueError if there is none."""
    filled = 0

    def block(marked: re.Match[str]) -> str:
        nonlocal filled
        here = {row: found[row] for row in marked[2].split() if row in found}
        filled += len(here)
        return f"{marked[1]}{told(here)}\n{marked[3]}" if here else marked[0]

    def told(here: Mapping[str, Tally]) -> str:
        return "\n".join(_block(here, command=command, took=took))

    text = BLOCK.sub(block, path.read_text())
    if not filled:
        raise ValueError(f"{path} has no block for {', '.join(found)}: <!-- faults: ROW… --> to <!-- faults: end -->")
    path.write_text(text)


def _block(found: Mapping[str, Tally], *, command: str, took: float) -> Iterator[str]:
    yield (
        f"`{command}`, {took:.0f} s, {datetime.now(UTC):%d %B %Y}, commit {_commit()}. Machine: {os.cpu_count()} "
        f"{platform.machine()} cores, Linux {platform.release()}, Python {platform.python_version()}."
    )
    yield from ("", "| row | what is tried | cases | held | figures |", "|---|---|---:|---:|---|")
    for row, tally in found.items():
        figures = "; ".join(f"{name} {value}" for name, value in tally.figures.items())
        yield f"| {row} | {ROWS[row].title} | {len(tally.cases):,} | {tally.passed:,} | {_cell(figures)} |"
    if broken := {row: tally for row, tally in found.items() if tally.broken}:
        yield from ("", "What did not hold:", "")
        for row, tally in broken.items():
            yield from (f"- {row}: {_cell(sentence)}" for sentence in tally.shortest(8))
    for row, tally in found.items():
        for table in tally.tables:
            yield from _table(row, table)


def _table(row: str, table: Table) -> Iterator[str]:
    yield from ("", f"**{row}: {table.heading[0].lower()}{table.heading[1:]}**", "")
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{'|'.join('---:' if column in COUNTS else '---' for column in table.columns)}|"
    yield from (f"| {' | '.join(map(_cell, cells))} |" for cells in table.rows)


COUNTS = {
    "deliveries",
    "told",
    "requests",
    "lost",
    "doubles",
    "marked",
    "refused",
    "seconds",
    "runs",
    "cases",
    "documents",
    "feeds",
    "fields",
}


def _cell(text: str) -> str:
    """Text that neither ends a cell nor begins an element."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"
