"""The figures of a run as Markdown, between two marks of a file."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import ROOT
from tests.faults.rows import ROWS
from tests.faults.tally import Table, Tally

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


def fill(path: Path, found: Mapping[str, Tally], *, command: str, took: float) -> None:
    """Put the figures in place of what stands between the marks; ValueError if the file has none."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{path} has no {BEGIN} and {END}")
    block = "\n".join(_block(found, command=command, took=took))
    path.write_text(f"{before}{BEGIN}\n{block}\n{END}{after}")


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
