"""What goes between the sandbox and its children: rows of JSON, and the frames they travel in (pure).

Never pickle: the child reads what strangers wrote. Rows, not objects with names: the answer is read on the event loop,
between everything else. A frame is four bytes of length (big-endian), then so many bytes.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from bot.errors import ParseError
from bot.model import Document, Feed, FeedFault, Fetched, Item, Pace, Rank

PING = b"?"  # a question without a document; answered by itself
LENGTH = 4  # bytes that tell a frame's length


def frame(content: bytes) -> bytes:
    """The content behind its length."""
    return len(content).to_bytes(LENGTH) + content


def question(fetched: Fetched, feed: Feed, now: datetime) -> bytes:
    """All that parse is given but the body, which follows in a frame of its own."""
    row = (feed.id, feed.name, feed.url, feed.every.total_seconds(), feed.rank.value)
    return json.dumps((row, (fetched.url, fetched.status, fetched.content_type), now.isoformat())).encode()


def asked(content: bytes, body: bytes) -> tuple[Fetched, Feed, datetime]:
    """A question and a body as what parse is given."""
    (id_, name, url, every, rank), (moved_to, status, content_type), now = json.loads(content)
    feed = Feed(id=id_, name=name, url=url, every=timedelta(seconds=every), rank=Rank(rank))
    return Fetched(url=moved_to, status=status, body=body, content_type=content_type), feed, datetime.fromisoformat(now)


def answer(document: Document) -> bytes:
    """A document; of each item neither feed nor time seen, which the asker knows."""
    pace = document.pace
    rows = [
        (item.key, item.link, item.title, item.summary, item.content, item.lang, _written(item.published))
        for item in document.items
    ]
    told = (pace.wait.total_seconds(), sorted(pace.skip_hours), sorted(pace.skip_days), _written(pace.oldest))
    return json.dumps((rows, told)).encode()


def refusal(error: ParseError) -> bytes:
    """The error in place of a document."""
    return json.dumps((error.fault, str(error), error.status)).encode()


def document_in(content: bytes, *, feed: Feed, now: datetime) -> Document:
    """The document that an answer holds; raises the ParseError that it holds instead."""
    told = json.loads(content)
    if len(told) == 3:
        fault, sentence, status = told
        raise ParseError(sentence, fault=FeedFault(fault), status=status)
    rows, (wait, hours, days, oldest) = told
    items = tuple(
        Item(
            feed=feed.id,
            key=key,
            link=link,
            title=title,
            summary=summary,
            content=content,
            lang=lang,
            published=_read(published),
            seen=now,
        )
        for key, link, title, summary, content, lang, published in rows
    )
    pace = Pace(
        wait=timedelta(seconds=wait), skip_hours=frozenset(hours), skip_days=frozenset(days), oldest=_read(oldest)
    )
    return Document(items=items, pace=pace)


def _written(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _read(time: str | None) -> datetime | None:
    return datetime.fromisoformat(time) if time else None
