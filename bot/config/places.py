"""Where each value stands in the file, and each error of the rules in plain words at its place.

The file becomes plain values (str, int, bool, None, list, dict, or Odd) beside a place for each. PyYAML is known here
only. What would crash or swell it is refused first: `compose` recurses in C and ends the process at some ten
thousand levels, and aliases of aliases multiply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from bot.config.schema import known_keys
from bot.config.values import WEEK
from bot.config.words import Odd, did_you_mean, kind_of, say
from bot.errors import ConfigError, Fault
from bot.log import strike
from bot.topics.rules import PhraseFault

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Loc = tuple[str | int, ...]  # the way to a value: ("feeds", 0, "url")

DEEPEST = 20  # levels; feeds.yaml needs seven
MOST_VALUES = 150_000  # twice what 1 MiB of feeds holds; 500,000 wrong ones took 9 s and a gigabyte to tell
MOST_REPEATED = 10_000  # of these, written once and meant again by an alias

# What YAML itself does not take as a character, and U+FEFF inside.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML 1.1 counts lines


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the file, 1-based; characters, not bytes."""

    line: int
    column: int
    inner: int | None = None  # characters from there to the value's own first; None: not written letter for letter


@dataclass(slots=True)
class Tree:
    """The values of a file, the place of each value and of each key, and what is wrong in the writing itself."""

    value: object = None
    values: dict[Loc, Spot] = field(default_factory=dict)
    keys: dict[Loc, Spot] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def at(self, loc: Loc, what: str, *, offset: int | None = None) -> Fault:
        """A fault where a value stands, or `offset` characters into its text where that can be told."""
        spot = self.values[loc]
        into = spot.inner + offset if spot.inner is not None and offset is not None else 0
        return Fault(spot.line, spot.column + into, path_of(loc), what)

    def at_key(self, loc: Loc, what: str) -> Fault:
        """A fault where a key stands."""
        spot = self.keys[loc]
        return Fault(spot.line, spot.column, path_of(loc), what)


def path_of(loc: Loc) -> str:
    """`feeds[0].every`; a name that would break the line is quoted."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{_name(step)}" for step in loc)
    return "".join(parts).removeprefix(".")


def _name(key: str) -> str:
    return strike(key) if key.isprintable() and 0 < len(key) <= 80 else say(key)


def spot_at(text: str, index: int) -> Spot:
    """The place of the character with this index, which may be the end of the text."""
    line, start = 1, 0
    for end in _LINE_END.finditer(text, 0, index):
        line, start = line + 1, end.end()
    return Spot(line, index - start + 1)


# ── from text to values


def tree_of(text: str) -> Tree:
    """Values and places of a YAML text. ConfigError, without a name, if it cannot be read as YAML at all."""
    if found := _FORBIDDEN.search(text):
        spot = spot_at(text, found.start())
        raise _broken(spot, f"the character U+{ord(found[0]):04X} may not stand in YAML; take it away")
    tree = Tree()
    try:
        tree.faults.extend(_tags(text))
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _broken(*_in_plain_words(text, error)) from error
    if root is None:
        raise _broken(Spot(0, 1), "the file is empty; write at least feeds and topics")
    tree.value = _Builder(tree).build(root, ())
    return tree


def _broken(spot: Spot, what: str) -> ConfigError:
    return ConfigError("", [Fault(spot.line, spot.column, "", what)])


def _tags(text: str) -> Iterator[Fault]:
    """A fault for each tag; ConfigError where the text is nested too deep to be composed."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        spot = _spot(event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _broken(spot, f"nested deeper than {DEEPEST} levels")
        if tag := getattr(event, "tag", None):
            written = tag.replace("tag:yaml.org,2002:", "!!")
            yield Fault(spot.line, spot.column, "", f"tags such as {say(written)} are not used here; take it away")


class _Builder:
    """Turns nodes into values and notes their places."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.seen: set[int] = set()
        self.above: list[int] = []  # the nodes we are inside of
        self.repeated = 0

    def build(self, node: yaml.Node, loc: Loc) -> object:
        """The value of a node and of all below it."""
        self.tree.values[loc] = _spot(node)
        self._limit(node)
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self.above:
            self.tree.faults.append(self.tree.at(loc, "this alias stands inside of what it names; write it out"))
            return None
        self.above.append(id(node))
        value: object
        if isinstance(node, yaml.SequenceNode):
            value = [self.build(child, (*loc, place)) for place, child in enumerate(node.value)]
        else:
            value = self._mapping(node, loc)
        self.above.pop()
        return value

    def _limit(self, node: yaml.Node) -> None:
        self.repeated += id(node) in self.seen
        self.seen.add(id(node))
        if len(self.tree.values) > MOST_VALUES:
            raise _broken(_spot(node), f"more than {MOST_VALUES:,} values; this is hardly a list of feeds")
        if self.repeated > MOST_REPEATED:
            raise _broken(_spot(node), "aliases (*) repeat this too often; write out what you need")

    def _mapping(self, node: yaml.Node, loc: Loc) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, value in node.value:
            spot = _spot(key)
            if not isinstance(key, yaml.ScalarNode):
                self.tree.faults.append(Fault(spot.line, spot.column, path_of(loc), "a key must be one word"))
                continue
            here = (*loc, str(key.value))
            if key.value in values:
                what = f"stands twice; first in line {self.tree.keys[here].line}"
                self.tree.faults.append(Fault(spot.line, spot.column, path_of(here), what))
                continue
            self.tree.keys[here] = spot
            if isinstance(odd := _scalar(key), Odd | int):
                what = f'without quotes is {kind_of(odd)} in YAML; write "{say(odd)}"'
                self.tree.faults.append(self.tree.at_key(here, what))
            values[key.value] = self.build(value, here)
        return values


# What YAML 1.1 makes of a plain word.
_KINDS = {"int": "a number", "float": "a number", "bool": "true or false", "timestamp": "a date", "null": "nothing"}


def _scalar(node: yaml.ScalarNode) -> str | int | bool | Odd | None:
    raw, tag = str(node.value), str(node.tag).removeprefix("tag:yaml.org,2002:")
    if tag not in _KINDS:
        return raw
    if tag == "null" and not raw:
        return None
    if tag == "bool" and raw.lower() in {"true", "false"}:
        return raw.lower() == "true"
    # 16:00, 0x10, 1_000 and 010 are numbers to YAML 1.1, and mean something else to most people.
    if tag == "int" and re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", raw):
        return int(raw)
    return Odd(raw, _KINDS[tag])


def _spot(part: yaml.Node | yaml.Event) -> Spot:
    start, end = part.start_mark, part.end_mark
    if start is None or end is None:  # only in nodes that were made by hand
        return Spot(0, 1)
    inner = None
    if isinstance(part, yaml.ScalarNode) and start.line == end.line:
        quoted = 1 if part.style in {"'", '"'} else 0
        # An escape makes the written text longer than the meant one.
        inner = quoted if end.column - start.column == len(part.value) + 2 * quoted else None
    return Spot(start.line + 1, start.column + 1, inner)


# ── from PyYAML's words and pydantic's to ours

_WORDS = {
    "mapping values are not allowed in this context": 'a ":" cannot stand here; mend the indentation or quote the text',
    "block sequence entries are not allowed in this context": 'a list cannot begin here; put "-" on a line of its own',
    "mapping keys are not allowed in this context": 'a "?" cannot stand here; put the text in quotes',
    "did not find expected '-' indicator": 'the list above goes on here; begin with "-", or mend the indentation',
    "did not find expected key": "no key can be read here; mend the indentation or the quotes",
    "did not find expected node content": "a value is missing here, or needs quotes",
    "did not find expected <document start>": "this does not go on with the lines above; mend the indentation",
    "found unexpected end of stream": "the closing quote of this text is missing",
    "found unknown escape character": r"this text holds a \ with an unknown letter; write it in single quotes",
    "found undefined alias": "nothing before is marked with this name; a text that begins with * needs quotes",
    "second occurrence": "this &word is marked a second time",
    "but found another document": "a second document begins here; put all into one",
    "found undefined tag handle": "tags (!) are not used here; a text that begins with ! needs quotes",
}


def _in_plain_words(text: str, error: yaml.MarkedYAMLError) -> tuple[Spot, str]:
    problem, mark = str(error.problem), error.problem_mark
    if problem == "found unexpected end of stream" or "escape" in problem:
        mark = error.context_mark or mark  # where the quote opens; the end of the file helps nobody
    if mark is None:
        return Spot(0, 1), f"cannot be read as YAML: {problem}"
    # What is missing at the end of the file is told of a line behind the last.
    spot = min(
        Spot(mark.line + 1, mark.column + 1), spot_at(text, len(text)), key=lambda spot: (spot.line, spot.column)
    )
    if problem == "found character that cannot start any token":
        character = _line(text, spot)[spot.column - 1]
        tab = "a tab cannot stand here; indent with blanks"
        return spot, tab if character == "\t" else f"a text cannot begin with {say(character)}; put it in quotes"
    if found := re.fullmatch(r"did not find expected ',' or '(.)'", problem):
        if star := re.search(r"\*[^][{},\s]+[ \t]+$", _line(text, spot)[: spot.column - 1]):
            return Spot(spot.line, star.start() + 1), "a text that begins with * needs quotes"
        opened = error.context_mark.line + 1 if error.context_mark else spot.line
        return spot, f'a "," or the closing "{found[1]}" is missing before this; it was opened in line {opened}'
    return spot, _WORDS.get(problem, f"cannot be read as YAML: {problem}")


def _line(text: str, spot: Spot) -> str:
    return _LINE_END.split(text)[spot.line - 1]


def judged(tree: Tree, error: ValidationError) -> list[Fault]:
    """Each error of the rules at its place; none where the writing itself is at fault already."""
    taken = {(fault.line, fault.column, fault.path) for fault in tree.faults}  # the path of a tag is ""
    faults = [_fault(tree, details) for details in error.errors(include_url=False) if not _echo(details)]
    return [
        fault for fault in faults if taken.isdisjoint((fault.line, fault.column, path) for path in (fault.path, ""))
    ]


def _echo(details: ErrorDetails) -> bool:
    """Whether a list is only called too short because some of its members are wrong."""
    return details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]


def _fault(tree: Tree, details: ErrorDetails) -> Fault:
    loc, context = details["loc"], details.get("ctx", {})
    if details["type"] == "missing":
        return tree.at(loc[:-1], f'"{loc[-1]}" is missing')
    if details["type"] == "extra_forbidden":
        return tree.at_key(loc, "unknown key" + _known_beside(loc))
    if loc and loc[-1] == "[key]":
        return tree.at_key(loc[:-1], str(context["error"]))
    wrong = context.get("error")
    offset = wrong.offset if isinstance(wrong, PhraseFault) else None
    return tree.at(loc, str(wrong or _shape(details)), offset=offset)


def _shape(details: ErrorDetails) -> str:
    match details["type"]:
        case "tuple_type":
            return f"{say(details['input'])} stands here; write a list, as in [a, b]"
        case "model_type" | "dict_type":
            return f"{say(details['input'])} stands here; write keys and values, as in {{key: value}}"
        case "too_short":
            return f"holds {len(details['input'])}, but needs at least {details['ctx']['min_length']}"
        case _:
            return details["msg"]


def _known_beside(loc: Loc) -> str:
    """What was meant by an unknown key, or else all keys that may stand there."""
    chosen = len(loc) > 1 and loc[0] == "topics"  # the second step is a topic's id
    steps = ["ID" if chosen and depth == 1 else step for depth, step in enumerate(loc)]
    before = path_of(tuple(steps)[:-1])
    before = re.sub(r"\[[0-9]+\]", "[]", before) + ("." if before else "")
    known = [key.removeprefix(before) for key in known_keys() if key.startswith(before)]
    beside = [key for key in known if "." not in key]
    if str(loc[-1]) in WEEK and "weekly" in loc:
        return "; a weekly digest comes on one day, as in day: fri"
    if str(loc[-1]) in WEEK:
        return '; inside { } a comma ends a value: write days: "mon,wed,fri" in quotes'
    return did_you_mean(str(loc[-1]), beside) or f"; known here: {', '.join(beside)}"
