"""What stands in feeds.yaml and what was meant, in the words of a fault."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.log import strike


@dataclass(frozen=True, slots=True)
class Odd:
    """A value that YAML 1.1 reads as something else than the text it looks like: `no`, `16:00`, `2026-12-31`."""

    raw: str  # as written
    kind: str  # "a number", "true or false", "a date"


def say(value: object) -> str:
    """A value as it is named in a fault: on one line, cut short, secrets struck out."""
    match value:
        case str():
            quoted = json.dumps(_short(strike(value)), ensure_ascii=False)
            # A terminal obeys some of the characters that JSON leaves as they are.
            return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in quoted)
        case Odd():
            return _short(value.raw)
        case None:
            return "nothing"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return str(value).lower()


def kind_of(value: Odd | int) -> str:
    """What YAML makes of a word without quotes."""
    if isinstance(value, Odd):
        return value.kind
    return "true or false" if isinstance(value, bool) else "a number"


def _short(words: str) -> str:
    return words if len(words) <= 80 else words[:80] + "…"


def nearest(word: str, known: Iterable[str], *, apart: int = 0) -> str:
    """The known word that is probably meant, or "" where none is near enough; compared without `apart` characters."""
    # 0.6 takes one slip in three letters (ur → url) and two in five, but not "name" for "none".
    known = list(known)
    ends = [one[apart:] for one in known]
    found = process.extractOne(word[apart:100], ends, scorer=OSA.normalized_similarity, score_cutoff=0.6)
    return known[found[2]] if found else ""


def asked_back(meant: str) -> str:
    """`; did you mean "topics"?`, or "" where nothing is."""
    return f"; did you mean {say(meant)}?" if meant else ""


def did_you_mean(word: str, known: Iterable[str], *, apart: int = 0) -> str:
    """The nearest word, asked back; "" where none is near enough."""
    return asked_back(nearest(word, known, apart=apart))
