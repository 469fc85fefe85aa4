"""The measurement of answers, as a small sample: that it can be measured, not what comes out."""

from __future__ import annotations

import asyncio
import re

from tests.conftest import ROOT
from tests.place import PYTHON

ROWS = [r"`latest` \|", r"`search` \| .* ≤ 300 ms", r"all \| 40 \| .* ack ≤ 100 ms", r"Bolt alone, one word \| 40 \|"]


async def test_a_quick_run_prints_a_table() -> None:
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, "-m", "bench.commands", "--quick"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    assert (process.returncode, complained.decode()) == (0, "")
    text = said.decode()
    assert [row for row in ROWS if not re.search(rf"^\| {row}", text, re.MULTILINE)] == []
    assert re.search(r"^A command kept our process busy for [\d.]+ ms, Bolt's alone [\d.]+\.$", text, re.MULTILINE)
