"""JSON Lines → items to be judged, for `classify`. One line, one item; a faulty line is told in its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.model import Item

# An item from a line was never read from a feed; a fixed time keeps judgement the same each time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An item as a line gave it, under the id that the line gave it (None: it gave none)."""

    id: str | float | None
    item: Item


class LineError(ValueError):
    """A line that holds no item; its text says why, `id` whose it was where that could be read."""

    def __init__(self, what: str, *, id: str | float | None = None) -> None:  # noqa: A002 - the key in the line
        self.id = id
        super().__init__(what)


def read_line(raw: bytes) -> Line:
    """The item of one line: an object with `title` or `summary`, and any of `id content url lang`.

    Text stays exactly as given, since evidence points into it. Other keys are passed over. Raises LineError.
    """
    try:
        record = json.loads(raw)
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise LineError(f"not JSON: {error.msg} (column {error.colno})") from error
    except RecursionError as error:
        raise LineError("not JSON that can be read: nested too deep") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise LineError(f"not JSON that can be read: {error}") from error
    if not isinstance(record, dict):
        raise LineError('not an object; write {"title": …, "summary": …}')
    mark = record.get("id")
    mark = mark if isinstance(mark, str | int | float) and not isinstance(mark, bool) else None
    words = {name: record.get(name) or "" for name in ("title", "summary", "content", "url", "lang")}
    for name, value in words.items():
        if not isinstance(value, str):
            raise LineError(f"{name} is not a text", id=mark)
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
