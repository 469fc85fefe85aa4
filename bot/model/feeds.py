"""What we read: feeds, what they answer, and the items they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Literal, NamedTuple


class Rank(IntEnum):
    """How near a feed stands to the facts; the lower, the nearer."""

    DEPOSITARY = 1
    UN = 2
    GOVERNMENT = 3
    OUTLET = 4
    COMMENT = 5


class FeedFault(StrEnum):
    """What is wrong with a feed, by name; docs/feeds.md tells what to do about each."""

    UNREACHABLE = "unreachable"  # no connection, or it ended before an answer
    UNTRUSTED = "untrusted"  # its certificate, or no secure connection
    SLOW = "slow"  # no answer, or no more of it, within the limit
    REFUSED = "refused"  # by our guard: a private address, or a port that is not the web's
    STATUS = "status"  # an HTTP status that is not an answer
    GONE = "gone"  # 410: taken away for good
    REDIRECT = "redirect"  # moves that lead nowhere
    CHALLENGE = "challenge"  # a page that wants to know whether we are human
    PAGE = "page"  # HTML where a feed should be
    EMPTY = "empty"  # a feed with no items
    UNREADABLE = "unreadable"  # no feed, or broken beyond reading
    DAMAGED = "damaged"  # an answer that breaks off, or is not HTTP
    ENCODING = "encoding"  # a Content-Encoding that we did not ask for
    LARGE = "large"  # more bytes than a feed may have
    KILLED = "killed"  # its reader ran out of time or memory
    CHANGED = "changed"  # not laid out as it was: a page where nothing is found any more, another table or treaty
    MAINTENANCE = "maintenance"  # the depositary's page that says it is away
    DOUBTED = "doubted"  # a record that cannot be believed beside the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """Where on a page its items stand: CSS selectors, all but the first looked up inside each item."""

    item: str  # each item; of such inside of one another the outermost
    title: str = ""  # "": the item's own text
    link: str = ""  # "": the first link in the item, or the item itself
    date: str = ""  # "": the first <time> in the item, if there is one
    summary: str = ""  # "": none


FeedKind = Literal["feed", "page", "treaty-status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A document of a publisher that we ask for again and again."""

    id: str  # lower-case letters, digits, hyphens; chosen by the operator
    name: str  # as readers see it: "UN Press"
    url: str  # http or https
    every: timedelta  # asked at most this often; less often where it publishes less
    rank: Rank = Rank.OUTLET
    kind: FeedKind = "feed"  # RSS, Atom or JSON Feed; a page without one; the depositary's record
    select: Select | None = None  # of a page


# Where the dates of feeds.yaml are told: a feed that nobody fetches. No operator's id has a slash.
DATES = Feed(id="treatywatch/dates", name="Dates", url="", every=timedelta(days=1), rank=Rank.DEPOSITARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a document says of its own rhythm: how often it wants to be asked, and how fast it changes."""

    wait: timedelta = timedelta(0)  # by <ttl> and sy:updatePeriod: not asked again sooner, at most 7 days
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, UTC; in these it is not asked
    skip_days: frozenset[int] = frozenset()  # 0 = Monday, UTC
    oldest: datetime | None = None  # the date of its oldest item; with their number, how fast it changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a feed says that it has gone for good, and on how many days it has said so in a row."""

    url: str
    days: int  # on which the answer was the same
    last: date  # the latest of them, UTC


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
    fault: FeedFault | None = None  # its name
    told_failing: bool = False  # the channels were told that it fails, and not yet that it is back
    pace: Pace = Pace()  # as the last document said
    move: Move | None = None
    held: int = 0  # stories of the last flood that were kept from the channels
    held_at: datetime | None = None  # when that was
    told_held: bool = True  # the channels were told of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a publisher answered."""

    url: str  # after redirects
    status: int  # 200 or 304
    body: bytes  # decoded by Content-Encoding; empty with 304
    content_type: str | None = None
    etag: str | None = None
    modified: str | None = None
    wait: timedelta | None = None  # how long the publisher asks us to wait, or calls this fresh; at most 7 days
    moved: str | None = None  # where it was, if all moves there were for good (301, 308) and none from https to http


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
class Document:
    """What a feed's bytes hold."""

    items: tuple[Item, ...]  # in the document's order; never empty
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An item that its feed tells differently than when we kept it; the key is the same."""

    before: Item  # as kept
    now: Item
    story: str | None  # Story.id; None: it tells none


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a document holds beyond what is kept."""

    new: tuple[Item, ...]
    changed: tuple[Changed, ...]


Outcome = Literal["read", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one reading of one feed went, for the log and for `poll`."""

    feed: str  # Feed.id
    state: Outcome
    status: int | None  # HTTP; None if no answer came
    items: int = 0  # in the document
    new: int = 0
    matched: int = 0  # of the new ones
    held: int = 0  # of the stories they tell, kept from the channels: too many at once
    fault: FeedFault | None = None
    error: str | None = None
    due: datetime | None = None  # when it is asked again; None: it is not watched
    took: timedelta
