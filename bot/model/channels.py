"""Where it goes and what is owed there: channels, subscriptions, deliveries, posts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal, NamedTuple, get_args

from bot.model.feeds import FeedState, Item, ItemId
from bot.model.messages import Message, PostKind
from bot.model.topics import Match, Story
from bot.model.treaty import Doubt, Record


class ChannelId(NamedTuple):
    """A place in a platform. Written `slack:T0123:C0123ABCD`, or `terminal`."""

    platform: str
    workspace: str = ""
    channel: str = ""

    def __str__(self) -> str:
        """The written form, as in feeds.yaml."""
        return ":".join(part for part in self if part)


DigestKind = Literal["daily", "weekly"]
DIGEST_KINDS: tuple[DigestKind, ...] = get_args(DigestKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """When a channel's digest comes, in the channel's own zone; a weekly one has a single day."""

    at: time  # wall time, minutes only
    zone: str  # IANA name
    days: frozenset[int]  # 0 = Monday … 6 = Sunday; never empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours of each day in which nothing is told at once; they may go over midnight."""

    begins: time  # wall time, minutes only
    ends: time  # another one; nothing is quiet from here on
    zone: str  # IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Nothing is posted meanwhile; what is owed waits."""

    until: datetime | None  # None: until somebody resumes
    why: str  # "paused by <@U1>", "Slack says the channel is archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place that gets messages."""

    id: ChannelId
    digest: Cadence | None  # the daily one; None: it has none
    weekly: Cadence | None = None
    quiet: Quiet | None = None
    always: bool = False  # a day with nothing new says so in a line
    set_by: Literal["file", "chat"] = "file"  # a channel named in feeds.yaml is changed there only
    owner: str = ""  # the platform's id of who subscribed it first in chat; told when it must be paused
    pause: Pause | None = None

    @property
    def zone(self) -> str:
        """The one of its digests and quiet hours; UTC where it has none of these."""
        return self.zone_or("UTC")

    def zone_or(self, home: str) -> str:
        """The one of its digests and quiet hours; where it has none of these, that one."""
        first = self.digest or self.weekly or self.quiet
        return first.zone if first else home

    def cadence(self, kind: DigestKind) -> Cadence | None:
        """When its digest of that kind comes; None: it has none."""
        return self.digest if kind == "daily" else self.weekly

    @property
    def digests(self) -> tuple[DigestKind, ...]:
        """Which digests it has, the daily one first."""
        return tuple(kind for kind in DIGEST_KINDS if self.cadence(kind))


Wish = Literal["instant", "digest", "weekly"]  # digest: the daily one


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
    why: str = field(default="", compare=False)  # of one that is dropped: why it is never told


SequelKind = Literal["correction", "coverage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """What is owed to a message that stands: its story is told differently by now, or somebody else tells it too."""

    channel: ChannelId
    story: str  # Story.id
    item: ItemId  # the one that changed, or that came later
    kind: SequelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """All that one reading of one feed changes; kept in one transaction."""

    state: FeedState  # as it is now, the next due time included
    items: tuple[Item, ...] = ()  # the new ones only
    changed: tuple[Item, ...] = ()  # kept ones, as they are told now; one that matched and does no more stays as it was
    matches: tuple[Match, ...] = ()
    stories: tuple[tuple[str, ItemId], ...] = ()  # Story.id ← item; a new id makes a new story
    deliveries: tuple[Delivery, ...] = ()  # one that is already owed or told is left as it was
    record: Record | None = None  # the depositary's, believed from now on, and no other doubted; None: as it was
    doubt: Doubt | None = None  # of a record that was not believed; None: as it was


class PostState(StrEnum):
    """Where a post stands: written before it is sent, looked for before it is sent again."""

    OWED = "owed"  # stored, not sent, or surely not accepted
    SENDING = "sending"  # may be under way right now
    SENT = "sent"
    UNKNOWN = "unknown"  # may have been accepted: look before repeating
    REFUSED = "refused"  # never again
    HELD = "held"  # a person decides


Duty = Literal["poll", "post", "chat", "web"]  # a part of the program that may run as a process of its own
DUTIES: tuple[Duty, ...] = get_args(Duty)


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
    edits: str | None = None  # Post.id whose message this changes; None: it is a message of its own
    target: str | None = None  # that post's message id, once it has one
    repeat: bool = False  # True: an earlier try may have been accepted and could not be looked up
    planned: datetime | None = None  # when; None: before that was noted
    plain: bool = False  # True: the payload is the plain text that is tried last
    why: str = field(default="", compare=False)  # it is put off, unknown, refused or held; told to people only


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A post that is about to be planned: a message already rendered, and the stories it tells."""

    kind: PostKind
    payload: str
    stories: tuple[str, ...]  # Story.id
    message: Message | None = None  # what was rendered, kept so that it can be corrected, and said plainly


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestKey:
    """What makes a digest the one of its day; unique with the channel."""

    cadence: DigestKind
    day: date  # the channel's local date
    catch_up: bool = False  # it comes besides, when a pause ends

    @property
    def name(self) -> str:
        """What it is kept under, with its day."""
        return "catch-up" if self.catch_up else self.cadence

    @property
    def wish(self) -> Wish:
        """The wish whose stories it tells."""
        return "digest" if self.cadence == "daily" else "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A channel leased to one worker, and what is due there."""

    channel: Channel
    digest: DigestKey | None  # the digest that is due now, if any; of two the daily one
    since: datetime | None  # when the last digest of its kind was made; None: this is the first
    posts: tuple[Post, ...]  # begun or planned before, not settled; oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A delivery together with its story as it is told by now."""

    delivery: Delivery
    story: Story
    since: datetime  # when it became owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """A message that a channel was told, and what is owed to it since; all of one post."""

    post: Post  # sent, or on its way
    message: Message | None  # as it stands there, or will; None: that was not kept
    stories: tuple[Story, ...]  # those of the sequels, as they are told by now
    sequels: tuple[Sequel, ...]  # oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A post that is about to be planned and goes on from another one."""

    post: Post  # the other one
    how: Literal["edit", "reply"]  # it changes that one's message, or goes into its thread
    draft: Draft
    sequels: tuple[Sequel, ...]  # what it tells
    stands: Message | None = None  # the other one's message from now on; None: as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What was read between two digests, and what could not be."""

    feeds: int  # feeds that are watched
    items: int  # new items read since then
    matched: int  # of these, how many are about the convention
    failing: tuple[FeedState, ...] = ()  # those whose last reading failed, longest first
    held: tuple[FeedState, ...] = ()  # those that brought too much at once since then


class Mark(NamedTuple):
    """How far a round over the archive has come that drops what is too old."""

    kind: Literal["items", "posts", "notes"]
    seen: str = ""  # as stored
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was too old and is gone."""

    items: int = 0
    stories: int = 0  # that no item tells any more
    posts: int = 0
    notes: int = 0  # that a digest was made, and lines of the audit
    next: Mark | None  # where the round goes on; None: it is done

    def and_also(self, more: Dropped) -> Dropped:
        """Both together."""
        return Dropped(
            items=self.items + more.items,
            stories=self.stories + more.stories,
            posts=self.posts + more.posts,
            notes=self.notes + more.notes,
            next=more.next,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a channel is owed and was not told yet."""

    channel: ChannelId
    owed: int  # deliveries
    since: datetime | None  # since when the oldest is owed at once or planned; None: all of it waits for its hour
    wanted: datetime | None  # since when it may be told: not in quiet hours; None likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the whole stands, for `status`, `health` and /metrics."""

    feeds: tuple[FeedState, ...]
    items: int
    matched: int
    stories: int
    posts: dict[PostState, int] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()  # what each channel is owed, by its id; those that are owed nothing left out
    dropped: dict[str, int] = field(default_factory=dict)  # deliveries that are never told, by the reason
    digests: tuple[tuple[ChannelId, datetime], ...] = ()  # next one of each channel
    beats: dict[Duty, datetime] = field(default_factory=dict)  # last sign of life of each part that ever ran
    trouble: str = ""  # why nothing can be written at the moment, as this process met it; one sentence
    keeps_room: bool = True  # room is kept beside the database; False: its disk is full, or no bot has run yet
    has_room: bool = True  # the disk has room to keep some

    @property
    def owed(self) -> int:
        """Deliveries not yet told."""
        return sum(one.owed for one in self.waiting)

    @property
    def oldest_owed(self) -> datetime | None:
        """Since when the oldest is owed at once or planned."""
        return min((one.since for one in self.waiting if one.since), default=None)

    def late_since(self, platforms: Collection[str] | None = None) -> datetime | None:
        """Since when the oldest could have been told in a channel of these platforms (None: of any)."""
        reached = [one for one in self.waiting if platforms is None or one.channel.platform in platforms]
        return min((one.wanted for one in reached if one.wanted), default=None)

    @property
    def beat(self) -> datetime | None:
        """Since then either nothing is read, or nothing is posted; None: one of them never was."""
        times = [self.beats.get(duty) for duty in ("poll", "post")]
        return min((one for one in times if one), default=None) if all(times) else None
