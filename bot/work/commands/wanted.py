"""What people want who type words after /treaty, once the words are understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

FEW, MANY = 5, 20  # items that `latest` lists unless told otherwise, and at most

Asked = Literal["help", "topics", "list", "digest", "feeds", "treaty", "resume"]
How = Literal["instant", "daily", "weekly"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A word that needs no others."""

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
    """Why an item is where it is."""

    link: str  # as typed, with a scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Topics for this channel; what is None was not said."""

    topics: tuple[str, ...]  # Topic.id, each once, as they were named; never empty
    how: How | None = None
    day: int | None = None  # 0 = Monday; only with "weekly"
    at: time | None = None  # never with "instant"
    zone: str | None = None  # IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """Topics that this channel has had enough of."""

    topics: tuple[str, ...] | None  # None: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseUntil:
    """Nothing for a while."""

    until: datetime | None  # UTC; None: until somebody resumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """What cannot be done as it was said."""

    what: str  # a sentence or two
    nearest: str  # a command that would be right


Wanted = Ask | Latest | Search | WhyLink | Subscribe | Unsubscribe | PauseUntil | Unclear
