"""The measurement of delivery, as a small sample: that it can be measured, not what comes out."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.conftest import ROOT
from tests.place import PYTHON


@pytest.mark.parametrize(
    ("part", "rows"),
    [
        ("digests", [r"the program: .* 0 s \| [\d.]+ \(goal ≤ 60\)", r"the program: .* 0.2 s \|", "bare aiohttp, 64"]),
        ("line", [r"the program: .* \| [\d.]+ \(goal ≥ 0.95\)", r"bare aiohttp, a second after each answer"]),
        ("way", [r"the program: .* \| [\d.]+ \(goal ≤ 2\)", r"bare aiohttp: fetched", r"the program takes \| [\d.]+"]),
    ],
    ids=["digests", "line", "way"],
)
async def test_a_quick_run_prints_a_table(part: str, rows: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, "-m", "bench.deliver", "--quick", "--only", part),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    assert (process.returncode, complained.decode()) == (0, "")
    text = said.decode()
    assert [row for row in rows if not re.search(rf"^\| {row}", text, re.MULTILINE)] == []
