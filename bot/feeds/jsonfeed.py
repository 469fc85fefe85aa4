"""JSON Feed 1.1 and 1.0 → items (pure).

The format's own advice (https://www.jsonfeed.org/version/1.1/) is followed: what has a wrong type inside of an item
counts as absent, an id that is a number is its text. Titles, summaries and content_text are plain text, whatever looks
like a tag in them. What is no JSON by the letter, or names a thing twice, is not read at all.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from bot.errors import ParseError
from bot.feeds.dates import date_in
from bot.feeds.entry import (
    CONTENT,
    LONG,
    MOST_ITEMS,
    SUMMARY,
    TITLE,
    hashed,
    key_of,
    lang_of,
    web_address,
)
from bot.feeds.plain import cut, line, opening, seen, shown
from bot.model import Document, Feed, FeedFault, Fetched, Item, Pace
from bot.topics.text import canonical_link

Json = Mapping[str, object]

# PHP writes its slashes with a backslash; the version may stand behind the items.
_VERSION = re.compile(r'"version"\s*:\s*"\s*https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')


def looks_like(text: str) -> bool:
    """Whether a text is a JSON Feed as far as a look at it tells; other JSON is not."""
    return text.lstrip("\ufeff \t\r\n").startswith("{") and bool(_VERSION.search(text))


def read_json_feed(text: str, fetched: Fetched, *, feed: Feed, now: datetime) -> Document:
    """What a JSON Feed holds: its items, in its order, at most 2,000.

    `text` is the body of `fetched`, decoded. ParseError, whose text is one sentence without its subject, where it is
    no JSON Feed or has no item that says anything.
    """
    head = _head(text, fetched)
    entries = head.get("items")
    if not isinstance(entries, list):
        raise _unreadable(fetched, "is a JSON Feed without a list of items")
    told = (_item(entry, head, fetched.url, feed=feed, now=now) for entry in entries[:MOST_ITEMS])
    items = tuple(item for item in told if item)
    if not items:
        what = "is a feed whose items are empty" if entries else "is a feed with no items"
        raise ParseError(what, fault=FeedFault.EMPTY, status=fetched.status)
    dates = [item.published for item in items if item.published and item.published < now]
    return Document(items=items, pace=Pace(oldest=min(dates, default=None)))


def _unreadable(fetched: Fetched, told: str) -> ParseError:
    return ParseError(told, fault=FeedFault.UNREADABLE, status=fetched.status)


# ── text → values


class _Twice(ValueError):
    """A key stands twice in one object; which of them is meant nobody can tell."""


def _head(text: str, fetched: Fetched) -> Json:
    try:
        value: object = json.loads(text.lstrip("\ufeff \t\r\n"), object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise _unreadable(fetched, "is JSON that is nested too deep") from None
    except _Twice as error:
        raise _unreadable(fetched, f"is JSON that names {error} twice in one place") from None
    except ValueError as error:  # JSONDecodeError; a whole number of more than 4,300 digits
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _unreadable(fetched, f"is broken as JSON{where}") from None
    if not isinstance(value, dict):
        raise _unreadable(fetched, "is JSON, but not a JSON Feed")
    return value


def _object(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise _Twice(json.dumps(key[:80]))
    return found


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is no JSON")


# ── values → item


def _item(entry: object, head: Json, url: str, *, feed: Feed, now: datetime) -> Item | None:
    """None where the entry has nothing to show: no title, no text, no link."""
    if not isinstance(entry, dict):
        return None
    link = _link(entry, url)
    summary, content = _texts(entry)
    title = cut(line(seen(_said(entry, "title"))), TITLE) or cut(line(summary), 100)
    if not (title or link):
        return None
    return Item(
        feed=feed.id,
        key=_key(entry, link, title),
        link=link,
        title=title or link[:TITLE],
        summary=summary,
        content=content,
        lang=_lang(entry) or _lang(head),
        published=_published(entry, now),
        seen=now,
    )


def _said(thing: Json, name: str) -> str:
    """A member's text; "" where it is absent or of another type."""
    value = thing.get(name)
    return value if isinstance(value, str) else ""


def _id(entry: Json) -> str:
    value = entry.get("id")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return seen(_said(entry, "id")).strip()


def _key(entry: Json, link: str, title: str) -> str:
    # The date as it is written: a read one would change with its reader.
    key = _id(entry) or (canonical_link(link) if link else "") or hashed(f"{title}\n{_said(entry, 'date_published')}")
    return key_of(key)


def _link(entry: Json, url: str) -> str:
    """The item's own page before the one that it speaks of; "" if neither is an address of the web."""
    hrefs = (_said(entry, "url"), _said(entry, "external_url"))
    return next((link for href in hrefs if href.strip() and (link := web_address(href, url))), "")


def _texts(entry: Json) -> tuple[str, str]:
    """Summary and full text, as feeds of XML have them: a short full text is the summary."""
    summary = _lines(_said(entry, "summary"))
    content = shown(_said(entry, "content_html")) or _lines(_said(entry, "content_text"))
    if line(summary) == line(content):
        summary = ""
    if not summary and len(content) <= LONG:
        return content, ""
    return cut(summary, SUMMARY) or opening(content), cut(content, CONTENT)


def _lines(text: str) -> str:
    """Plain text without empty lines, and one blank between words."""
    return "\n".join(found for part in text.splitlines() if (found := line(seen(part))))


def _lang(thing: Json) -> str | None:
    return lang_of(_said(thing, "language"))


def _published(entry: Json, now: datetime) -> datetime | None:
    told = (_said(entry, "date_published"), _said(entry, "date_modified"))
    return next(filter(None, (date_in(text, lang=None, now=now) for text in told)), None)
