"""Bytes and headers → what a document holds; pure, and the only file that knows feedparser.

feedparser is asked for structure only. Its encoding detection is not used (it trusts the server's word over the bytes,
and a document can name a codec that makes it raise), nor its sanitiser (its time grows with the square of `<!--`), nor
its resolving of links inside HTML. What leaves here is plain text.

A document can still make it run for minutes or eat memory: the program calls this through feeds.sandbox only.
"""

from __future__ import annotations

import calendar
import io
import re
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXException

import feedparser
import feedparser.api

from bot.errors import ParseError
from bot.feeds.decode import readable
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
from bot.feeds.pace import skipped_in, wait_of
from bot.feeds.pages import page_fault
from bot.feeds.plain import cut, line, opening, plain, seen, shown
from bot.model import Document, Feed, FeedFault, Fetched, Item, Pace
from bot.topics.text import canonical_link

# Always expat, whose limits we know, even where libxml2's driver is installed.
feedparser.api.PREFERRED_XML_PARSERS.clear()

# Earlier than any feed: the zero of some system's calendar.
_FIRST_DATE = datetime(1990, 1, 1, tzinfo=UTC)

# feedparser promises to raise nothing. Met, with mutilated feeds: KeyError, IndexError, TypeError (an end without its
# start), UnicodeError, ValueError, OverflowError (references, names, numbers). Reported: AssertionError (declarations),
# AttributeError, RecursionError (copies of deep nesting), SAXException.
_FEEDPARSER_RAISES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    SAXException,
)


def parse(fetched: Fetched, *, feed: Feed, now: datetime) -> Document:
    """What a document holds: its items, in its order, at most 2,000, and its pace.

    Each item is what it says and nothing of what it looks like. Of a document that breaks off, the items that are
    whole. A page, an empty feed and a thing that is no feed raise ParseError, whose text is one sentence without its
    subject.
    """
    text = readable(fetched.body, fetched.content_type or "")
    if not _FEED_TAG.search(text):  # not worth the parser's time: a page of some megabytes takes it seconds
        raise _no_feed(fetched, text)
    document = _document(fetched, text)
    entries = _whole(text, document)[:MOST_ITEMS]
    items = tuple(item for entry in entries if (item := _item(entry, document.feed, fetched.url, feed=feed, now=now)))
    if not items:
        raise _empty(fetched, text, document)
    return Document(items=items, pace=_pace(text, document.feed, items, now))


# ── text → entries


def _document(fetched: Fetched, text: str) -> Any:
    """feedparser's result. A str or bytes would be taken for a name of a file or page: it gets a stream."""
    try:
        return feedparser.parse(
            io.BytesIO(text.encode()),
            # No content-location: feedparser would make a guid like "1559104147038" absolute with it, and the item
            # would be new again after the feed has moved.
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _FEEDPARSER_RAISES as error:
        raise _unreadable(fetched, f"cannot be read as a feed ({type(error).__name__})") from error


_LAST_TAG = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_LAST_START = re.compile(r".*<(?:[\w.-]+:)?(item|entry)[\s>]", re.DOTALL)


def _whole(text: str, document: Any) -> list[Any]:
    """The entries but one that is cut in the middle: kept, it would never be mended, since its key is then known."""
    start = _LAST_START.match(text) if _breaks_off(text, document) else None
    if start is None or re.compile(rf"</(?:[\w.-]+:)?{start[1]}\s*>").search(text, start.end()):
        return list(document.entries)
    return list(document.entries[:-1])


def _breaks_off(text: str, document: Any) -> bool:
    return bool(document.bozo) and not _LAST_TAG.search(text, max(0, len(text) - 1000))


# ── what else it is

_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_FEED_TAG = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel|item|entry)\b", re.IGNORECASE)
# https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern and the sections after it
_BEGINNINGS = {
    b"\x89PNG\r\n": "an image",
    b"GIF8": "an image",
    b"\xff\xd8\xff": "an image",
    b"RIFF": "an image",
    b"\0\0\1\0": "an image",
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b\x08": "a compressed file",
}


def _no_feed(fetched: Fetched, text: str) -> ParseError:
    """What to say of a thing that has no items and does not call itself a feed."""
    if not text:
        return _unreadable(fetched, "answered with an empty page")
    if _is_page(fetched, text):
        fault = page_fault(text)
        told = "a page that asks whether we are human" if fault is FeedFault.CHALLENGE else "a page"
        return ParseError(f"answered with {told}, not a feed (HTML)", fault=fault, status=fetched.status)
    return _unreadable(fetched, f"answered with {_kind(fetched.body, text)}, not a feed")


def _is_page(fetched: Fetched, text: str) -> bool:
    called_html = "html" in (fetched.content_type or "").lower()
    return bool(_PAGE.search(text, 0, 2000)) or (called_html and text.startswith("<"))


def _kind(body: bytes, text: str) -> str:
    """What the bytes are, as far as they tell."""
    if kind := next((kind for beginning, kind in _BEGINNINGS.items() if body.startswith(beginning)), None):
        return kind
    if text.startswith(("{", "[")):
        return "JSON"
    if text.startswith("<"):
        return "other XML"
    return "binary data" if b"\0" in body[:1000] else "plain text"


def _empty(fetched: Fetched, text: str, document: Any) -> ParseError:
    if document.version and _breaks_off(text, document):
        return _unreadable(fetched, "breaks off before its first item ends")
    if document.entries or document.version:
        told = "is a feed whose items are empty" if document.entries else "is a feed with no items"
        return ParseError(told, fault=FeedFault.EMPTY, status=fetched.status)
    return _no_feed(fetched, text)


def _unreadable(fetched: Fetched, sentence: str) -> ParseError:
    return ParseError(sentence, fault=FeedFault.UNREADABLE, status=fetched.status)


# ── its pace


def _pace(text: str, head: Any, items: tuple[Item, ...], now: datetime) -> Pace:
    hours, days = skipped_in(text)
    return Pace(
        wait=wait_of(
            ttl=_said(head, "ttl"),
            period=_said(head, "sy_updateperiod"),
            frequency=_said(head, "sy_updatefrequency"),
        ),
        skip_hours=hours,
        skip_days=days,
        # One that lies in the future was taken for now; it tells nothing of how fast the feed changes.
        oldest=min((item.published for item in items if item.published and item.published < now), default=None),
    )


# ── entry → item


def _item(entry: Any, head: Any, url: str, *, feed: Feed, now: datetime) -> Item | None:
    """None where the entry says nothing at all."""
    link = _link(entry, url)
    summary, content = _texts(entry)
    title = cut(line(plain(_said(entry, "title"))), TITLE) or cut(line(summary), 100)
    if not (title or link or entry.get("id")):
        return None
    return Item(
        feed=feed.id,
        key=_key(entry, link, title),
        link=link,
        title=title or link[:TITLE],
        summary=summary,
        content=content,
        lang=_lang(entry, head),
        published=_published(entry, now),
        seen=now,
    )


def _key(entry: Any, link: str, title: str) -> str:
    key = seen(_said(entry, "id")).strip() or (canonical_link(link) if link else "")
    if not key:
        # The date as it is written: a parsed one would change with the parser.
        key = hashed(f"{title}\n{dict.get(entry, 'published') or dict.get(entry, 'updated') or ''}")
    return key_of(key)


def _link(entry: Any, url: str) -> str:
    """The first address of the web that the entry gives as its page; "" if there is none."""
    hrefs = [_said(entry, "link")]
    hrefs += [_said(link, "href") for link in _list(entry, "links") if _said(link, "rel") == "alternate"]
    if entry.get("guidislink"):  # RSS 2.0 takes a guid for the link where there is none; not every guid is an address
        url = ""
    return next((link for href in hrefs if href and (link := web_address(href, url))), "")


def _lang(entry: Any, head: Any) -> str | None:
    told = _said(entry, "language") or _said(entry.get("title_detail", {}), "language") or _said(head, "language")
    return lang_of(told)


def _published(entry: Any, now: datetime) -> datetime | None:
    # dict.get: feedparser's own get warns where an entry has one date and is asked for the other.
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        told = dict.get(entry, name)
        if told and isinstance(told, tuple):
            try:
                date = datetime.fromtimestamp(calendar.timegm(told), UTC)
            except (ValueError, OverflowError):  # the years 0 and 99999
                continue
            return min(date, now) if date >= _FIRST_DATE else None
    return None


def _texts(entry: Any) -> tuple[str, str]:
    """Summary and full text. A feed may give one of them, or the same twice; either may come first."""
    parts = [_said(entry, "summary")]
    parts += [_said(part, "value") for part in _list(entry, "content") if _is_text(part)]
    texts = [text for part in dict.fromkeys(parts) if (text := shown(part))]
    content = max(texts, key=len, default="")
    shorter = next((text for text in texts if not _is_same(text, content)), "")
    if not shorter and len(content) <= LONG:
        return content, ""
    return cut(shorter, SUMMARY) or opening(content), cut(content, CONTENT)


def _is_same(text: str, other: str) -> bool:
    """Whether they differ in their lines at most."""
    return len(text) == len(other) and text.replace("\n", " ") == other.replace("\n", " ")


# An element may bear any name, so a document can put a text where feedparser itself puts a list or a date:
# <links>, <content_detail>, <published_parsed>.


def _said(thing: Any, name: str) -> str:
    """A field's text; "" where it is absent, or None as in some broken documents."""
    value = thing.get(name) if isinstance(thing, dict) else None
    return value if isinstance(value, str) else ""


def _list(entry: Any, name: str) -> list[Any]:
    value = entry.get(name)
    return value if isinstance(value, list) else []


def _is_text(part: Any) -> bool:
    return not _said(part, "type").startswith(("image/", "audio/", "video/"))
