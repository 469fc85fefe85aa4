"""What goes between the sandbox and its children: rows of JSON, and the frames they travel in (pure).

Never pickle: the child reads what strangers wrote. Rows, not objects with names: the answer is read on the event loop,
between everything else. A frame is four bytes of length (big-endian), then so many bytes.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any

from bot.errors import ParseError
from bot.feeds.treaty_rows import record_of, written
from bot.model import Candidate, Document, Feed, FeedFault, Fetched, Item, Pace, Rank, Record, Select

PING = b"?"  # a question without a document; answered by itself
LENGTH = 4  # bytes that tell a frame's length


def frame(content: bytes) -> bytes:
    """The content behind its length."""
    return len(content).to_bytes(LENGTH) + content


# ── questions


def to_read(fetched: Fetched, feed: Feed, now: datetime) -> bytes:
    """The question what a document holds, by the feed's kind; its body follows in a frame of its own."""
    select = astuple(feed.select) if feed.select else None
    row = (feed.id, feed.name, feed.url, feed.every.total_seconds(), feed.rank.value, feed.kind, select)
    return json.dumps((_head(fetched), row, now.isoformat())).encode()


def to_find(fetched: Fetched) -> bytes:
    """The question where the feeds of a page may be; its body follows likewise."""
    return json.dumps((_head(fetched),)).encode()


def fetched_in(content: bytes, body: bytes) -> Fetched:
    """What a question is about."""
    url, status, content_type = json.loads(content)[0]
    return Fetched(url=url, status=status, body=body, content_type=content_type)


def feed_in(content: bytes) -> tuple[Feed, datetime] | None:
    """As what the document shall be read, and the time; None: where its feeds may be is asked."""
    _, *more = json.loads(content)
    if not more:
        return None
    (id_, name, url, every, rank, kind, select), now = more
    feed = Feed(
        id=id_,
        name=name,
        url=url,
        every=timedelta(seconds=every),
        rank=Rank(rank),
        kind=kind,
        select=Select(**dict(zip(Select.__slots__, select, strict=True))) if select else None,
    )
    return feed, datetime.fromisoformat(now)


def _head(fetched: Fetched) -> tuple[str, int, str | None]:
    return fetched.url, fetched.status, fetched.content_type


# ── answers


def answer(document: Document) -> bytes:
    """A document; of each item neither feed nor time seen, which the asker knows."""
    pace = document.pace
    rows = [
        (item.key, item.link, item.title, item.summary, item.content, item.lang, _written(item.published))
        for item in document.items
    ]
    told = (pace.wait.total_seconds(), sorted(pace.skip_hours), sorted(pace.skip_days), _written(pace.oldest))
    return json.dumps((rows, told)).encode()


def places(found: list[Candidate]) -> bytes:
    """Where feeds may be."""
    return json.dumps(([(one.url, one.title, one.kind, one.why) for one in found],)).encode()


def told(record: Record) -> bytes:
    """The depositary's record."""
    return json.dumps((written(record),)).encode()


def refusal(error: ParseError, *, status: int) -> bytes:
    """The error in place of an answer; the HTTP status where it knows none."""
    return json.dumps((error.fault, str(error), error.status or status)).encode()


def document_in(content: bytes, *, feed: Feed, now: datetime) -> Document:
    """The document that an answer holds; raises the ParseError that it holds instead."""
    rows, (wait, hours, days, oldest) = _answered(content)
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


def places_in(content: bytes) -> list[Candidate]:
    """The places that an answer holds; raises the ParseError that it holds instead."""
    (rows,) = _answered(content)
    return [Candidate(url=url, title=title, kind=kind, why=why) for url, title, kind, why in rows]


def record_in(content: bytes) -> Record:
    """The record that an answer holds; raises the ParseError that it holds instead."""
    (text,) = _answered(content)
    return record_of(text)


def _answered(content: bytes) -> list[Any]:
    """An answer's rows; an error has three."""
    told: list[Any] = json.loads(content)
    if len(told) == 3:
        fault, sentence, status = told
        raise ParseError(sentence, fault=FeedFault(fault), status=status)
    return told


def _written(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _read(time: str | None) -> datetime | None:
    return datetime.fromisoformat(time) if time else None
