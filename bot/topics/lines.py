"""JSON Lines → items to be judged, for `classify`, and labelled ones for `evaluate`. One line, one item.

A faulty line is told in its place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

from bot.model import Item

# An item from a line was never read from a feed; a fixed time keeps judgement the same each time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An item as a line gave it, under the id that the line gave it (None: it gave none)."""

    id: str | float | None
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """An item as `Line` has it, with what a reader judged of it."""

    id: str | float | None
    item: Item
    relevant: bool
    topics: tuple[str, ...]  # ids; empty where the reader named none


class LineError(ValueError):
    """A line that holds no item; its text says why, `id` whose it was where that could be read."""

    def __init__(self, what: str, *, id: str | float | None = None) -> None:  # noqa: A002 - the key in the line
        self.id = id
        super().__init__(what)


def read_line(raw: bytes) -> Line:
    """The item of one line: an object with `title` or `summary`, and any of `id content url lang`.

    Text stays exactly as given, since evidence points into it. Other keys are passed over. Raises LineError.
    """
    return _line(_record(raw))


def read_labelled(raw: bytes) -> Labelled:
    """The same with the labels `relevant` (true or false) and, if given, `topics` (a list of ids). Raises LineError."""
    record = _record(raw)
    line = _line(record)
    relevant, topics = record.get("relevant"), record.get("topics") or []
    if not isinstance(relevant, bool):
        raise LineError('no label; write "relevant": true, or false', id=line.id)
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise LineError('topics is not a list of ids; write "topics": ["ratification"]', id=line.id)
    return Labelled(id=line.id, item=line.item, relevant=relevant, topics=tuple(topics))


def _record(raw: bytes) -> dict[str, object]:
    try:
        record = json.loads(raw, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} (column {error.colno})") from error
    except RecursionError as error:
        raise LineError("not JSON that can be read: nested too deep") from error
    except ValueError as error:  # a number of more digits than Python reads, or none at all
        raise LineError(f"not JSON that can be read: {error}") from error
    if not isinstance(record, dict):
        raise LineError('not an object; write {"title": …, "summary": …}')
    return record


def _no_number(word: str) -> object:
    """NaN and Infinity, which Python would read and RFC 8259 does not know."""
    raise ValueError(f"{word} is no number")


def _line(record: dict[str, object]) -> Line:
    mark = record.get("id")
    mark = mark if isinstance(mark, str | int | float) and not isinstance(mark, bool) else None
    if isinstance(mark, float) and not isfinite(mark):  # 1e999: it could not be answered as JSON
        mark = None
    words: dict[str, str] = {}
    for name in ("title", "summary", "content", "url", "lang"):
        value = record.get(name)
        value = "" if value is None else value
        if not isinstance(value, str):
            raise LineError(f"{name} is not a text", id=mark)
        words[name] = value
    if not words["title"].strip() and not words["summary"].strip():
        raise LineError("neither title nor summary", id=mark)
    item = Item(
        feed="line",
        key=str(mark),
        link=words["url"],
        title=words["title"],
        summary=words["summary"],
        content=words["content"],
        lang=words["lang"] or None,
        seen=NEVER,
    )
    return Line(id=mark, item=item)
