"""What is found beside feeds.yaml: addresses that may be feeds, and feeds that another reader listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.model.feeds import FeedFault, FeedKind, Item, Rank, Select

CandidateKind = Literal["rss", "atom", "json", "guess", "page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed; only asking it tells."""

    url: str  # absolute http(s), at most 2,048 characters
    title: str = ""  # as the page calls it; at most 300 characters
    kind: CandidateKind  # guess: the page does not name it; page: no feed, but it can be watched with selectors
    why: str  # how we came by it, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A candidate that was asked, and what is there."""

    candidate: Candidate
    url: str  # where the answer came from, after redirects
    items: tuple[Item, ...] = ()  # in the document's order; empty where it could not be read, and for a page
    fault: FeedFault | None = None
    error: str | None = None  # one sentence without its subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed as an OPML file lists it. All text is on one line, without hidden characters."""

    title: str  # at most 200 characters; the host where the file gives none
    url: str  # as written; an http(s) address unless there is a fault
    site: str = ""  # the page the feed belongs to; "" if not given
    folders: tuple[str, ...] = ()  # the outermost first
    id: str = ""  # Feed.id, as is all that follows, where the file is one of ours
    rank: Rank | None = None
    every: timedelta | None = None
    kind: FeedKind = "feed"
    select: Select | None = None
    fault: str = ""  # why it cannot be taken over, in words; "" if it can
