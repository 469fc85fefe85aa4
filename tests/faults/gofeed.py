"""What gofeed, an independent parser, reads in the feeds of its tests, beside what we keep of them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FIELDS = ("title", "link", "guid", "date")
Words = tuple[str, str, str, str]  # a value for each field; "" where there is none

_TAG = re.compile(r"<[^>]*>")
# No item of the document was kept, or not this one: it has neither title nor link nor text.
NOTHING_TO_TELL = (None, "is a feed whose items are empty")
_FIRST_YEAR = 1990  # before it, a date is the zero of some calendar


@dataclass(frozen=True, slots=True)
class Kept:
    """What the program kept of a document."""

    error: str | None
    items: list[tuple[str, str, str, str | None]]  # title, link, key, date; in the document's order


@dataclass(slots=True)
class Agreement:
    """How many of gofeed's fields we have the same, and the others by what makes the difference."""

    fields: int = 0  # that gofeed has
    equal: int = 0  # letter for letter
    as_text: int = 0  # titles that are equal once theirs is without markup; ours never has any
    untold: int = 0  # of items that have nothing a reader could be told; we keep none
    documents: int = 0  # of which both tell items
    differing: dict[str, list[str]] = field(default_factory=dict)  # cause → "file: field: ours, theirs"


def agreement(kept: Mapping[Path, Kept]) -> Agreement:
    """Compare each document with the JSON beside it, field by field, where gofeed has a value."""
    found = Agreement()
    for path, ours in kept.items():
        theirs = _told(path)
        if not theirs:
            continue
        mine = [_ours(item) for item in ours.items]
        found.documents += bool(mine)
        for row, item in _pairs(theirs, mine):
            _compare(found, path, row, item, ours.error)
    return found


def _told(path: Path) -> list[Words]:
    """gofeed's items; none where the JSON beside it tells none."""
    beside = path.with_suffix(".json")
    told: dict[str, Any] = json.loads(beside.read_text()) if beside.exists() else {}
    return [_theirs(row) for row in told.get("items") or told.get("entries") or []]


def _theirs(row: Mapping[str, Any]) -> Words:
    link, guid = row.get("link") or "", row.get("guid") or row.get("id") or ""
    if not link and row.get("links"):
        link = row["links"][0]
    date = next((row[name] for name in ("pubDateParsed", "publishedParsed", "updatedParsed") if row.get(name)), "")
    return (
        row.get("title") or "",
        link if isinstance(link, str) else link.get("href", ""),
        guid if isinstance(guid, str) else guid.get("value", ""),
        _date(date),
    )


def _ours(item: tuple[str, str, str, str | None]) -> Words:
    title, link, key, date = item
    return title, link, key, _date(date or "")


def _date(text: str) -> str:
    """The instant in UTC, to the second; the text itself where it is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return text


def _pairs(theirs: list[Words], ours: list[Words]) -> Iterator[tuple[Words, Words | None]]:
    """In order; where we keep fewer, each of theirs with the first of ours that shares a value with it."""
    if len(theirs) == len(ours):
        yield from zip(theirs, ours, strict=True)
        return
    left = list(ours)
    for row in theirs:
        item = next((item for item in left if any(a == b != "" for a, b in zip(row, item, strict=True))), None)
        if item is not None:
            left.remove(item)
        yield row, item


def _compare(found: Agreement, path: Path, theirs: Words, ours: Words | None, error: str | None) -> None:
    for index, name in enumerate(FIELDS):
        if not theirs[index]:
            continue
        found.fields += 1
        mine = ours[index] if ours else ""
        if mine == theirs[index]:
            found.equal += 1
        elif ours and name == "title" and mine == _text(theirs[index]):
            found.as_text += 1
        else:
            found.untold += ours is None and error in NOTHING_TO_TELL
            cause = _cause(name, mine, theirs[index]) if ours else _why_missing(error)
            one = f"{path.parent.name}/{path.name}: {name} {mine!r}, {theirs[index]!r}"
            found.differing.setdefault(cause, []).append(one)


def _text(title: str) -> str:
    """A title without its markup, its blanks single."""
    return " ".join(html.unescape(_TAG.sub("", title)).split())


def _why_missing(error: str | None) -> str:
    if error in NOTHING_TO_TELL:
        return "an item with nothing to tell is none to us"
    return f"to us it {error}"


def _cause(name: str, ours: str, theirs: str) -> str:
    if name == "date":
        return _cause_of_date(ours, theirs)
    if theirs.split() != [theirs]:
        return f"blanks in a {name}"
    if name == "link" and not theirs.startswith(("http://", "https://")):
        return "a relative link is made absolute" if ours else "a link that is not of the web is none to us"
    return f"another {name}"


def _cause_of_date(ours: str, theirs: str) -> str:
    if ours:
        return "another date"
    try:
        year = datetime.fromisoformat(theirs).year
    except ValueError:
        return "a date beyond the calendar is none to us"
    return f"a date before {_FIRST_YEAR} is none to us" if year < _FIRST_YEAR else "a date that we cannot read"


def comparable(found: Agreement) -> tuple[int, int]:
    """How many fields agree, titles as text, and of how many: those of items that we keep too."""
    return found.equal + found.as_text, found.fields - found.untold
