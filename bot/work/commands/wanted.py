"""What people want who type words after /treaty or fill in a form, once that is understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from bot.model import MOST_LISTED

FEW, MANY = 5, MOST_LISTED  # items that `latest` lists unless told otherwise, and at most
TOPICS = 50  # of a channel, at most

Asked = Literal["help", "topics", "list", "digest", "feeds", "treaty", "resume", "subscribe", "pause", "mute"]
How = Literal["instant", "daily", "weekly"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A word that needs no others, or has none: then `subscribe`, `pause` and `mute` ask back."""

    what: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest items."""

    topic: str | None = None  # Topic.id; None: of any
    limit: int = FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Items that hold these words."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyLink:
    """Why items are where they are."""

    links: tuple[str, ...]  # each once, as typed, with a scheme; 1 to MOST_EXPLAINED


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Topics for this channel; what is None was not said."""

    topics: tuple[str, ...]  # Topic.id, each once, as they were named; never empty
    how: How | None = None
    day: int | None = None  # 0 = Monday; only with "weekly"
    at: time | None = None  # never with "instant"
    zone: str | None = None  # IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrange:
    """All that a channel is to get, but for its weekly digest, which stays as it is."""

    digest: tuple[str, ...]  # Topic.id, in the daily digest
    instant: tuple[str, ...]  # at once; none that is in the digest
    at: time
    zone: str  # IANA name
    days: frozenset[int]  # 0 = Monday
    quiet: tuple[time, time] | None  # from, to


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """Topics that this channel has had enough of."""

    topics: tuple[str, ...] | None  # None: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseUntil:
    """Nothing for a while."""

    until: datetime | None  # UTC; None: until somebody resumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Nothing more that only this outlet tells."""

    feed: str  # Feed.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmute:
    """An outlet again that was muted."""

    feed: str  # Feed.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """What cannot be done as it was said."""

    what: str  # a sentence or two
    nearest: str  # a command that would be right


Changing = Subscribe | Unsubscribe | PauseUntil | Mute | Unmute  # and Ask(what="resume")
Wanted = Ask | Latest | Search | WhyLink | Changing | Unclear
