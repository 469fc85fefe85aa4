"""The command line on odd streams and odd words: one plain sentence and an exit status, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import test_cli
from tests.conftest import ROOT
from tests.test_cli import Bot

bot, configured = test_cli.bot, test_cli.configured  # the fixtures

FULL = "treatywatch: standard output cannot be written (No space left on device); lead it elsewhere\n"


def shell(folder: Path, line: str, **env: str) -> tuple[int, str]:
    """How a command ended in a shell, and what it said on standard error; `$BOT` is the program."""
    env |= {"BOT": f"{sys.executable} -m bot", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(["/bin/sh", "-c", line], cwd=folder, env=env, capture_output=True, check=False)
    return said.returncode, said.stderr.decode()


@pytest.mark.parametrize("words", ["feeds", "status --json", "manifest slack", "--help"])
def test_a_full_disk_behind_standard_output_is_told(configured: Path, bot: Bot, words: str) -> None:
    configured.write_text(configured.read_text().replace("feeds: []", "feeds: [{id: a, url: 'https://a.example/rss'}]"))
    bot("migrate")
    assert shell(configured.parent, f"$BOT {words} >/dev/full") == (1, FULL)


def test_a_full_disk_that_several_tasks_meet_at_once_is_told_once(configured: Path) -> None:
    rows = ", ".join(f"{{id: {name}, url: 'https://127.0.0.1:{port}/'}}" for name, port in [("a", 8001), ("b", 8002)])
    configured.write_text(configured.read_text().replace("feeds: []", f"feeds: [{rows}]"))
    assert shell(configured.parent, "$BOT check --online --json >/dev/full") == (1, FULL)


def test_an_alphabet_that_lacks_a_letter_is_told(configured: Path) -> None:
    line = """echo '{"id": "Hà Nội", "title": "UN cybercrime treaty signed"}' | $BOT classify"""
    status, said = shell(configured.parent, line, PYTHONIOENCODING="latin-1")
    assert (status, said) == (1, "treatywatch: standard output cannot show all letters; set PYTHONIOENCODING=utf-8\n")


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("$BOT run --once >&-", 1, "standard output is closed, and posts go there"),
        ("$BOT classify <&-", 2, "standard input is closed; name a file"),
        (r"$BOT why $(printf 'http://x/\377')", 2, "it is not UTF-8"),
        (r"$BOT search $(printf '\377')", 2, "it is not UTF-8"),
        (r"$BOT outbox retry $(printf '\377')", 2, "it is not UTF-8"),
        (r"$BOT outbox drop $(printf '\377')", 2, "it is not UTF-8"),
        (r"$BOT feeds find $(printf 'http://x/\377')", 2, "it is not UTF-8"),
    ],
    ids=["stdout closed", "stdin closed", "why", "search", "retry", "drop", "find"],
)
def test_streams_that_are_closed_and_words_that_are_no_words_are_told(
    configured: Path, bot: Bot, line: str, status: int, told: str
) -> None:
    bot("migrate")
    ended, said = shell(configured.parent, line)
    assert (ended, "Traceback" in said) == (status, False)
    assert told in said


def test_half_a_character_is_answered_as_it_was_given(bot: Bot, configured: Path) -> None:
    given = rb'{"id": "\ud800", "title": "UN cybercrime treaty \udc00 signed"}'
    said = bot("classify", given=given)
    (record,) = said.records()
    assert (said.status, record["id"]) == (0, "\ud800")
    assert json.loads(bot("classify", given=b'{"id": "\\udc00"}').out)["error"] == "neither title nor summary"
