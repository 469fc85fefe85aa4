"""The nouns of treatywatch: everything that passes between modules.

All are frozen. Times are aware and in UTC unless a zone stands beside them; durations are timedelta; a bare
number has its unit in its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
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
class Evidence:
    """Words of an item that prove a match."""

    field: FieldName
    phrase: str  # the phrase of feeds.yaml that matched, as written there
    text: str  # the words as the reader sees them: item.<field>[start:end]
    start: int  # character offsets into that field as given
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """One of each list, all within so many words."""

    words: int
    of: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """At least so many different ones of these weak phrases."""

    least: int
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a channel can subscribe to, and the phrases by which we know it."""

    id: str
    name: str
    within: str | None = None  # Topic.id; judged only where that one matched
    any: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    some: Some | None = None
    none: tuple[str, ...] = ()  # silences `near` and `some`, never `any`


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An item is about a topic, and why."""

    item: ItemId
    topic: str  # Topic.id
    score: float  # 0 < score <= 1; how sure and how central
    evidence: tuple[Evidence, ...]  # never empty; the most telling first


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One item of a story, with its outlet and what matched in it."""

    item: Item
    outlet: str  # Feed.name
    rank: Rank
    matches: tuple[Match, ...]  # most specific topic first


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The items that tell one event: told to a channel once."""

    id: str
    seen: datetime  # when its first item was first read
    told_by: tuple[Coverage, ...]  # never empty; the lead first: nearest to the facts, then earliest

    @property
    def lead(self) -> Coverage:
        """The item under whose title the story is told."""
        return self.told_by[0]

    @property
    def topics(self) -> frozenset[str]:
        """Every topic that any of its items matched."""
        return frozenset(match.topic for part in self.told_by for match in part.matches)


class ChannelId(NamedTuple):
    """A place in a platform. Written `slack:T0123:C0123ABCD`, or `terminal`."""

    platform: str
    workspace: str = ""
    channel: str = ""

    def __str__(self) -> str:
        """The written form, as in feeds.yaml."""
        return ":".join(part for part in self if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """When a channel's digest comes, in the channel's own zone."""

    at: time  # wall time, minutes only
    zone: str  # IANA name
    days: frozenset[int]  # 0 = Monday … 6 = Sunday; never empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place that gets messages."""

    id: ChannelId
    digest: Cadence | None  # None: it gets stories at once only
    always: bool = False  # a day with nothing new says so in a line


Wish = Literal["instant", "digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel's standing wish: this topic, at once or in the digest."""

    channel: ChannelId
    topic: str
    wish: Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A story owed to a channel; at most one for each pair, whatever the topics."""

    channel: ChannelId
    story: str  # Story.id
    wish: Wish
    before: bool = False  # told by a feed's silent first reading: only in the first digest, the ten newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """All that one reading of one feed changes; kept in one transaction."""

    state: FeedState  # as it is now, the next due time included
    items: tuple[Item, ...] = ()  # the new ones only
    matches: tuple[Match, ...] = ()
    stories: tuple[tuple[str, ItemId], ...] = ()  # Story.id ← item; a new id makes a new story
    deliveries: tuple[Delivery, ...] = ()  # one that is already owed or told is left as it was


class PostState(StrEnum):
    """Where a post stands (design.md law 5)."""

    OWED = "owed"  # stored, not sent, or surely not accepted
    SENDING = "sending"  # may be under way right now
    SENT = "sent"
    UNKNOWN = "unknown"  # may have been accepted: look before repeating
    REFUSED = "refused"  # never again
    HELD = "held"  # a person decides


PostKind = Literal["instant", "digest", "rest"]  # rest: what did not fit, in the thread of the post before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request to a platform, stored before it is sent so that a repeat is byte-equal."""

    id: str
    channel: ChannelId
    kind: PostKind
    payload: str  # as the platform gets it
    state: PostState = PostState.OWED
    tries: int = 0
    looks: int = 0  # how often the channel was looked at in vain since the last try
    due: datetime  # not sent, and not looked for, before this
    first_try: datetime | None = None
    message: str | None = None  # the platform's id of the message, once sent
    parent: str | None = None  # Post.id whose thread this goes into
    thread: str | None = None  # that post's message id, once it has one
    repeat: bool = False  # True: an earlier try may have been accepted and could not be looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A post that is about to be planned: a message already rendered, and the stories it tells."""

    kind: PostKind
    payload: str
    stories: tuple[str, ...]  # Story.id


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestKey:
    """What makes a digest the one of its day; unique with the channel."""

    cadence: Literal["daily"]
    day: date  # the channel's local date


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A channel leased to one worker, and what is due there."""

    channel: Channel
    digest: DigestKey | None  # the digest that is due now, if any
    since: datetime | None  # when the last digest was made; None: this is the first
    posts: tuple[Post, ...]  # begun or planned before, not settled; oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A delivery together with its story as it is told by now."""

    delivery: Delivery
    story: Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What was read between two digests, and what could not be."""

    feeds: int  # feeds that are watched
    items: int  # new items read since then
    matched: int  # of these, how many are about the convention
    failing: tuple[FeedState, ...] = ()  # those whose last reading failed, longest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one message of a platform may hold."""

    title: int  # characters of a story's title
    quote: int  # characters of the sentence that proves the match
    stories: int  # in one message
    whole: int  # characters of all text in one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The sentence that proves the match, with the proving words set apart."""

    before: str
    words: str
    after: str

    @property
    def text(self) -> str:
        """The whole sentence."""
        return self.before + self.words + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A label and where it leads."""

    label: str
    url: str  # "" where the feed named none


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One story as it is told in a message."""

    story: str  # Story.id
    title: str
    url: str
    outlet: str
    published: datetime | None
    quote: Quote
    topics: tuple[str, ...]  # names, most specific first
    also: tuple[Link, ...] = ()  # the same story elsewhere: outlet and link


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The stories of one topic in a digest."""

    name: str
    entries: tuple[Entry, ...]


MessageKind = Literal["instant", "digest", "rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Composed, free of platform; a chat's renderer makes its payload."""

    kind: MessageKind
    heading: str  # what it is: "UN Convention against Cybercrime · Monday, 27 October 2025"
    lead: str  # one sentence: how many stories are new
    groups: tuple[Group, ...]
    read: str = ""  # what was read
    unread: tuple[str, ...] = ()  # a line for each feed that could not be read
    why: str = ""  # how it comes to be here, and how to change it
    zone: str = "UTC"  # the channel's, for times where a platform does not know the reader's own

    @property
    def stories(self) -> tuple[str, ...]:
        """Ids of the stories told in it, in order."""
        return tuple(entry.story for group in self.groups for entry in group.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A platform's word that a message stands in its channel."""

    message: str  # the platform's id of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item of the archive, as `latest` and `search` list it."""

    item: Item
    outlet: str
    topics: tuple[str, ...]  # Topic.id, most specific first
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the whole stands, for `status`, `health` and /metrics."""

    feeds: tuple[FeedState, ...]
    items: int
    matched: int
    stories: int
    posts: dict[PostState, int] = field(default_factory=dict)
    owed: int = 0  # deliveries not yet told
    oldest_owed: datetime | None = None  # of those owed at once, since when
    digests: tuple[tuple[ChannelId, datetime], ...] = ()  # next one of each channel
    beat: datetime | None = None  # last sign of life of the worker
