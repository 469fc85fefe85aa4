"""Any text at all as feeds.yaml: a Config or faults at real places, never another error."""

from __future__ import annotations

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Config, read
from bot.errors import ConfigError

LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def outcome(text: str) -> Config | ConfigError:
    try:
        return read(text, name="feeds.yaml", environ={})
    except ConfigError as error:
        return error


def is_judged(text: str) -> None:
    """Either a Config, or faults of which each is one line and points to a place that is there."""
    result = outcome(text)
    if isinstance(result, ConfigError):
        lines = LINE_END.split(text.removeprefix("\ufeff"))
        assert result.faults
        for fault in result.faults:
            assert fault.line == 0 or 1 <= fault.column <= len(lines[fault.line - 1]) + 1
            assert str(fault).isprintable()


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_config_or_faults_at_real_places(text: str) -> None:
    is_judged(text)


PIECES = [
    "feeds:",
    "topics:",
    "- ",
    "  ",
    "\n",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "&a ",
    "*a",
    "!!str ",
    "'",
    '"',
    "# ",
    "|\n",
    "? ",
    "<<",
    "id",
    "\\",
    "\t",
    "\r",
    "\x85",
    "\u2028",
    "é",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=500, deadline=None)
def test_any_pieces_of_yaml_are_a_config_or_faults_at_real_places(text: str) -> None:
    is_judged(text)


WORDS = st.sampled_from(
    [
        "a",
        "b",
        "un-press",
        "1h",
        "09:00",
        "mon-fri",
        "UTC",
        "terminal",
        "slack:C1",
        "(un|) treaty",
        "ratif*",
        "(un",
        "https://example.org/",
        "127.0.0.0/8",
        "::1/128",
        "http://[::1",
        "https://xn--a/",
        "no",
        "\n",
    ]
) | st.text(max_size=6)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)


def keys(**values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    named = {name.strip("_"): WORDS | JUNK if value is JUNK else value | JUNK for name, value in values.items()}
    return st.fixed_dictionaries({}, optional={**named, "x": JUNK})


PHRASES = st.lists(WORDS, max_size=3)
FILES = keys(
    bot=keys(contact=WORDS, poll=WORDS, zone=WORDS, allow_networks=PHRASES),
    feeds=st.lists(keys(id=WORDS, name=WORDS, url=WORDS, every=WORDS, rank=st.integers()), max_size=3),
    topics=st.dictionaries(
        WORDS,
        keys(
            name=WORDS,
            within=WORDS,
            any=PHRASES,
            near=st.lists(keys(words=st.integers(), of=st.lists(PHRASES, max_size=3)), max_size=2),
            some=keys(least=st.integers(), of=PHRASES),
            none=PHRASES,
        ),
        max_size=3,
    ),
    channels=st.lists(
        keys(channel=WORDS, topics=PHRASES, instant=PHRASES, digest=keys(at=WORDS, zone=WORDS, days=WORDS)), max_size=3
    ),
)


@given(FILES, st.sampled_from([None, 2]))
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_values_in_any_place_are_a_config_or_faults_at_real_places(file: object, indent: int | None) -> None:
    is_judged(json.dumps(file, ensure_ascii=False, indent=indent))
