"""python -m tests.faults [ROW…] [--seed N] [--quick] [--full] [--resume FOLDER] [--report FILE]."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.faults.report import fill
from tests.faults.rows import ROWS
from tests.faults.tally import Setting, Tally


def main() -> int:
    """0: every promise held; 1: some did not; 2: wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description="Fault runs against the running program."
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen at random (1)")
    parser.add_argument("--quick", action="store_true", help="a small sample of each row")
    parser.add_argument("--full", action="store_true", help="ten times the kills and the mutants")
    parser.add_argument(
        "--resume", type=Path, metavar="FOLDER", help="keep what is made there; `kills` goes on where it was broken off"
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="fill the marked block of this Markdown file")
    told = parser.parse_args()
    if unknown := [row for row in told.rows if row not in ROWS]:
        parser.error(f"no row {unknown[0]}; there is: {', '.join(ROWS)}")
    shared = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
    if not (shared / "oracles").is_dir():
        parser.error("there is no data beside the project: set SHARED to its folder (default ../shared)")
    # Servers of ours whose client was killed say so at length.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    started, found = time.monotonic(), {}
    for row in told.rows or ROWS:
        found[row] = _run(row, shared, told)
    broken = sum(len(tally.cases) - tally.passed for tally in found.values())
    cases = sum(len(tally.cases) for tally in found.values())
    took = time.monotonic() - started
    print(f"{len(found)} rows, {cases} cases, {broken} of them broken, seed {told.seed}, {took:.0f} s")
    if told.report:
        fill(told.report, found, command=f"python -m tests.faults {shlex.join(sys.argv[1:])}".strip(), took=took)
    return 1 if broken else 0


def _run(row: str, shared: Path, told: argparse.Namespace) -> Tally:
    """One row, told on the screen as it goes and in a line when it is done."""

    def tell(words: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{row}: {words}", end="", file=sys.stderr, flush=True)

    started = time.monotonic()
    with _folder(row, told.resume) as folder:
        setting = Setting(shared=shared, folder=folder, seed=told.seed, quick=told.quick, full=told.full, tell=tell)
        tell("starts")
        tally = asyncio.run(ROWS[row].run(setting))
    tell("")
    tally.figures["took"] = f"{time.monotonic() - started:.0f} s"
    print(tally.line(row), flush=True)
    for sentence in tally.shortest(20):
        print(f"    broken: {sentence}")
    return tally


@contextmanager
def _folder(row: str, kept: Path | None) -> Iterator[Path]:
    """Where a row works: a throw-away folder, or one of its own in the folder that is kept."""
    if kept is not None:
        own = kept.resolve() / row
        own.mkdir(parents=True, exist_ok=True)
        yield own
        return
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        yield Path(folder)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nbroken off; with --resume FOLDER the same words go on where they were")
