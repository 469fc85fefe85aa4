"""What we read: feeds, what they answer, and the items they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Literal, NamedTuple


class Rank(IntEnum):
    """How near a feed stands to the facts; the lower, the nearer."""

    DEPOSITARY = 1
    UN = 2
    GOVERNMENT = 3
    OUTLET = 4
    COMMENT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A document of a publisher that we ask for again and again."""

    id: str  # lower-case letters, digits, hyphens; chosen by the operator
    name: str  # as readers see it: "UN Press"
    url: str  # http or https
    every: timedelta  # asked at most this often
    rank: Rank = Rank.OUTLET


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is known of one feed's reading: when it is due, what it last said, since when it fails."""

    feed: str  # Feed.id
    due: datetime
    etag: str | None = None  # validators of the bytes we last parsed in full, never of others
    modified: str | None = None  # Last-Modified, exactly as it was sent
    body_hash: str | None = None  # of those bytes; an equal body is not parsed again
    first_read: datetime | None = None  # None: never read yet, so the next reading is silent
    last_read: datetime | None = None  # last time the feed answered well (304 counts)
    status: int | None = None  # last HTTP status; None if no answer came
    items: int = 0  # entries in the last body
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    error: str | None = None  # one plain sentence; None while the feed is well


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a publisher answered."""

    url: str  # after redirects
    status: int  # 200 or 304
    body: bytes  # decoded by Content-Encoding; empty with 304
    content_type: str | None = None
    etag: str | None = None
    modified: str | None = None
    retry_after: timedelta | None = None  # how long the publisher asks us to wait, already clamped


class ItemId(NamedTuple):
    """What identifies an item: its feed, and its guid or link within that feed."""

    feed: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of one feed, as we keep it. All text is plain: no tags, entities decoded, no control characters."""

    feed: str  # Feed.id
    key: str  # guid, or the canonical link where there is none; unique within its feed only; at most 1,024 characters
    link: str  # absolute http(s), at most 2,048 characters; "" if the feed names none
    title: str  # at most 300 characters
    summary: str = ""  # at most 4,000 characters
    content: str = ""  # the full text where the feed carries it, at most 100,000 characters
    lang: str | None = None  # as the feed says: "en", "pt-BR"
    published: datetime | None = None  # never later than `seen`; None if absent or unreadable. For display only
    seen: datetime  # when we first read it; what decides old and new

    @property
    def id(self) -> ItemId:
        """Feed and key."""
        return ItemId(self.feed, self.key)


FieldName = Literal["title", "summary", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one reading of one feed went, for the log and for `poll`."""

    feed: str  # Feed.id
    state: Literal["read", "unchanged", "failed"]
    status: int | None  # HTTP; None if no answer came
    items: int = 0  # in the document
    new: int = 0
    matched: int = 0  # of the new ones
    error: str | None = None
    took: timedelta
