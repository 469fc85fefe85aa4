"""The map in bot/__init__.py is true: every module stands on it once, and imports only what stands above it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bot
from tests.conftest import ROOT

PACKAGE = ROOT / "bot"
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
ENTRY = re.compile(r"^ {4}(\w[\w.]*) {2,}\S", re.MULTILINE)


def on_the_map() -> list[str]:
    """Modules in the order of the map, without the leading `bot.`."""
    return ENTRY.findall(bot.__doc__ or "")


@cache
def parsed(path: Path) -> ast.Module:
    """A file's tree, read once for all tests."""
    return ast.parse(path.read_text())


@cache
def in_the_tree() -> dict[str, Path]:
    """Every module that says more than its docstring, by its name on the map."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        if path != PACKAGE / "__init__.py" and len(parsed(path).body) > 1:
            found[name] = path
    return found


def imports(path: Path) -> Iterator[str]:
    """Our own modules that a file imports, wherever in the file."""
    known = in_the_tree()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where a line belongs"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name.removeprefix("bot.") in known else str(node.module) for name in names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("bot."):
                yield name.removeprefix("bot.")


def test_the_map_names_every_module_once() -> None:
    assert sorted(on_the_map()) == sorted(in_the_tree())


@pytest.mark.parametrize("name", on_the_map())
def test_a_module_imports_only_what_stands_above_it(name: str) -> None:
    order = on_the_map()
    below = {other for other in imports(in_the_tree()[name]) if order.index(other) >= order.index(name)}
    assert below == set()


FEEDS = (
    *("owner", "moves", "schedule", "standing", "guard", "answers", "pages", "selectors", "decode", "plain", "entry"),
    *("dates", "pace", "parse", "jsonfeed", "page", "discover", "opml", "read", "wire"),
    *("participants", "treaty_page", "treaty", "treaty_acts", "treaty_rows"),
)
SLACK = (
    *("elements", "buttons", "story", "blocks", "face", "answers", "forms", "home", "traces", "asked"),
    *("verdict", "manifest"),
)
PURE = [
    name
    for name in on_the_map()
    if name.startswith(("topics.", "delivery."))
    or name in {f"feeds.{part}" for part in FEEDS}
    or name == "work.health"
    or name in {f"work.commands.{part}" for part in ("times", "zones", "words", "standing", "plans", "forms")}
    or name in {f"chat.{part}" for part in ("shown", "lately", "addresses", "fitting")}
    or name in {f"chat.slack.{part}" for part in SLACK}
    or name
    in {f"chat.discord.{part}" for part in ("marks", "embeds", "face", "answers", "forms", "tree", "people", "verdict")}
]
EDGES = {"asyncio", "socket", "sqlite3", "sqlite_utils", "aiohttp", "subprocess", "time", "os", "random"}


@pytest.mark.parametrize("name", PURE)
def test_judgement_is_pure(name: str) -> None:
    tree = parsed(in_the_tree()[name])
    foreign = {
        (alias.name if isinstance(node, ast.Import) else str(node.module)).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    clocks = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    waits = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    assert (foreign & EDGES, clocks, waits) == (set(), [], [])


AT_HOME = ("topics", "feeds", "delivery", "store", "work")


@pytest.mark.parametrize("name", [name for name in on_the_map() if name.split(".")[0] in AT_HOME])
def test_the_rooms_behind_the_platforms_know_none_of_them(name: str) -> None:
    tree = parsed(in_the_tree()[name])
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert [word for word in words - docs if re.search("slack|discord", word, re.IGNORECASE)] == []


SQL = (
    *(
        "copies",
        "old",
        "opening",
        "line",
        "sqlite",
        "reading",
        "rows",
        "feed_rows",
        "records",
        "audit",
        "channels",
        "feedback",
        "feeds",
        "posts",
        "restoring",
        "sequels",
        "statements",
    ),
)


@pytest.mark.parametrize(
    ("library", "room"),
    [
        ("feedparser", {"feeds.parse"}),
        ("publicsuffixlist", {"feeds.owner"}),
        ("sqlite3", {f"store.{part}" for part in SQL} | {"show_status"}),
        ("ahocorasick_rs", {"topics.rules"}),
        (
            "click",
            {f"cli.{part}" for part in ("options", "printing", "doing", "asking", "finding", "judging", "operating")}
            | {"cli", "show", "show_judging", "show_finding", "show_status"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_outside_thing_has_its_room(library: str, room: set[str]) -> None:
    users = {
        name
        for name, path in in_the_tree().items()
        if re.search(rf"^\s*(import|from) {library}\b", path.read_text(), re.MULTILINE)
    }
    assert users <= room


CODE = sorted(path for folder in ("bot", "tests", "bench", ".ci") for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_above_400_lines_and_no_function_above_60(path: Path) -> None:
    text = path.read_text()
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= 60
    }
    assert (len(text.splitlines()) <= 400, long) == (True, {})
