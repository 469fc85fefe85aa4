"""Bytes and headers → what a document holds, whatever kind of feed it is; and where a page's feeds may be (pure).

Like what it joins, it can be made to run for minutes: the program calls it through feeds.sandbox only.
"""

from __future__ import annotations

from datetime import datetime

from bot.errors import ParseError
from bot.feeds.decode import readable
from bot.feeds.discover import candidates
from bot.feeds.jsonfeed import looks_like, read_json_feed
from bot.feeds.page import page_text, read_page
from bot.feeds.pages import is_wall
from bot.feeds.parse import parse
from bot.model import Candidate, Document, Feed, FeedFault, Fetched

# What may stand before the first bracket: blanks, and the marks of UTF-8 and UTF-16.
_BEFORE_JSON = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def read(fetched: Fetched, *, feed: Feed, now: datetime) -> Document:
    """What a document holds: its items, in its order, at most 2,000, and its pace.

    A page is read with its feed's selectors, a feed as the RSS, Atom or JSON Feed that it is. ParseError, whose text is
    one sentence without its subject, where there are no items.
    """
    if feed.select is not None:
        # A wall may hold what the selectors look for, a list or a link, and would be kept as an item.
        _no_wall(fetched, page_text(fetched))
        return read_page(fetched, feed=feed, select=feed.select, now=now)
    if fetched.body.lstrip(_BEFORE_JSON).startswith(b"{"):
        text = readable(fetched.body, fetched.content_type or "")
        if looks_like(text):
            return read_json_feed(text, fetched, feed=feed, now=now)
    return parse(fetched, feed=feed, now=now)


def find(fetched: Fetched) -> list[Candidate]:
    """Where the feeds of a page may be, as feeds.discover has it; ParseError where the page is a wall."""
    text = page_text(fetched)
    _no_wall(fetched, text)
    return candidates(text, fetched.url)


def _no_wall(fetched: Fetched, text: str) -> None:
    if is_wall(text):
        told = "answered with a page that asks whether we are human"
        raise ParseError(told, fault=FeedFault.CHALLENGE, status=fetched.status)
