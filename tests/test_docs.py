"""Every command, setting and key has its paragraph in the docs, and every command shown there exists."""

from __future__ import annotations

import re

import click
import pytest

from bot.cli import main
from bot.config import VARIABLES, known_keys
from tests.conftest import ROOT

DOCS = {path: path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
ALL = "\n".join(DOCS.values())


@pytest.mark.parametrize("command", sorted(main.commands))
def test_each_command_is_told(command: str) -> None:
    assert f"`treatywatch {command}" in ALL or f"`{command}" in ALL


@pytest.mark.parametrize("variable", VARIABLES)
def test_each_variable_is_told(variable: str) -> None:
    assert f"`{variable}`" in ALL


@pytest.mark.parametrize("key", known_keys())
def test_each_key_of_feeds_yaml_is_told(key: str) -> None:
    name = key.rsplit(".", maxsplit=1)[-1].removesuffix("[]")
    assert name == "ID" or re.search(rf"(`|\b){name}(`|:)", DOCS[ROOT / "docs" / "feeds-yaml.md"])


@pytest.mark.parametrize(("path", "text"), DOCS.items(), ids=[path.name for path in DOCS])
def test_no_command_is_shown_that_does_not_exist(path: object, text: str) -> None:
    shown = set(re.findall(r"^ {4}treatywatch ([a-z]+)", text, re.MULTILINE))
    assert shown <= set(main.commands)


def test_each_command_has_a_help_text() -> None:
    assert [name for name, command in main.commands.items() if not command.get_short_help_str()] == []
    assert all(isinstance(command, click.Command) for command in main.commands.values())
