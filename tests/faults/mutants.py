"""Spoiled documents, by tests.mutants in a process of its own: no fault that nobody named."""

from __future__ import annotations

import asyncio
import os
import sys

from tests.conftest import ROOT
from tests.faults.tally import Setting, Tally

MANY, ALL, FEW = 10_000, 100_000, 200


async def mutants(setting: Setting) -> Tally:
    """As many as the setting wants; a line of its output for each that failed or was killed, the last a summary."""
    tally = Tally()
    count = FEW if setting.quick else ALL if setting.full else MANY
    setting.tell(f"{count} of them")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.mutants", "--count", str(count), "--seed", str(setting.seed)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "SHARED": str(setting.shared)},
    )
    out, _ = await process.communicate()
    lines = out.decode(errors="replace").splitlines()
    broken = [line for line in lines[:-1] if line.startswith("seed ") and ": killed" not in line]
    for line in broken:
        tally.promise(line.partition(":")[0], kept=False, otherwise=line.partition(":")[2].strip())
    tally.promise("the run", process.returncode == bool(broken), f"it ended with {process.returncode}")
    tally.figures |= {"mutants": f"{count:,}", "told": lines[-1] if lines else "nothing"}
    return tally
