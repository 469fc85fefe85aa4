"""The measurement of polling, as a small sample: that it can be measured, not what comes out."""

from __future__ import annotations

import asyncio
import re

import pytest

from bench.poll_site import nginx_path
from tests.conftest import ROOT
from tests.place import PYTHON

pytestmark = pytest.mark.skipif(nginx_path() is None, reason="nginx is not installed: apt-get install nginx-light")


@pytest.mark.parametrize(
    ("part", "rows"),
    [
        ("steady", [r"the program: claimed", r"bare aiohttp, asyncio's own loop.* of it \(goal ≥ 0.4\)"]),
        ("first", [r"the program: `treatywatch poll`", r"parsers, all together"]),
        ("memory", [r"20 \| \d+ \(goal ≤ 300\)", r"60 \| \d+"]),
        ("hanging", [r"at the start \| \d", r"next pass \| \d"]),
    ],
    ids=["steady", "first", "memory", "hanging"],
)
async def test_a_quick_run_prints_a_table(part: str, rows: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(PYTHON, "-m", "bench.poll", "--quick", "--only", part),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    assert (process.returncode, complained.decode()) == (0, "")
    text = said.decode()
    assert [row for row in rows if not re.search(rf"^\| {row}", text, re.MULTILINE)] == []
