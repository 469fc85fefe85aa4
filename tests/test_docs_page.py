"""The worked example of docs/feeds.md, step by step as a reader would go through it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.test_cli import Bot, bot

__all__ = ["bot"]  # the fixture


def blocks() -> list[str]:
    """What is indented in the section, in its order."""
    text = (ROOT / "docs" / "feeds.md").read_text()
    section = text.split("\n## Watch a page that has no feed\n")[1].split("\n## ")[0]
    found = re.findall(r"(?:^ {4}.*\n)+", section, re.MULTILINE)
    return [re.sub("^ {4}", "", block, flags=re.MULTILINE) for block in found]


@contextmanager
def served(command: str, folder: Path) -> Iterator[str]:
    """That server on a port of its own; gives its host and port."""
    words = command.replace("8000", "0").split()
    assert words[0] == "python3"
    server = subprocess.Popen(
        [sys.executable, "-u", *words[1:]], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout
    try:
        found = re.search(r"http://(127\.0\.0\.1:\d+)/", server.stdout.readline())
        assert found
        yield found[1]
    finally:
        server.terminate()
        server.communicate()


def timeless(text: str) -> str:
    return re.sub(r"\d+ ms", "… ms", text)


def test_the_worked_example_goes_as_it_is_told(bot: Bot, tmp_path: Path) -> None:
    html, yaml, serve, *steps = blocks()
    page = tmp_path / "board" / "index.html"
    page.parent.mkdir()
    page.write_text(html)
    with served(serve, tmp_path) as host:
        (tmp_path / "feeds.yaml").write_text(yaml.replace("127.0.0.1:8000", host))
        for number, step in enumerate(steps, start=1):
            if step.startswith("<li>"):
                page.write_text(html.replace('<ul class="news">\n', f'<ul class="news">\n{step}'))
                continue
            if number == len(steps):
                page.write_text(html.replace('class="news"', 'class="cards"'))
            os.utime(page, (number * 60, number * 60))  # this server knows changes by the second only
            command, told = step.split("\n", 1)
            said = bot(*command.split()[1:])
            assert timeless(said.out) == timeless(told.replace("127.0.0.1:8000", host))
