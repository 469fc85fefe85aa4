"""What we judge: topics, the matches that items make, and the stories that they tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model.feeds import FieldName, Item, ItemId, Rank


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


ActKind = Literal[
    "signature",
    "ratification",
    "acceptance",
    "approval",
    "accession",
    "reservation",
    "declaration",
    "withdrawal",
    "parliament-approval",  # at home; only the instrument that is deposited later makes it a ratification
    "government-approval",  # the same of a cabinet, a government or a president
    "adoption",  # of the text, by a body of the United Nations
    "statement",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an outlet says a state has done to the convention: its claim, not the depositary's record."""

    kind: ActKind
    state: str  # short English name, as in bot/topics/states.py; "United Nations" for an adoption
    field: FieldName
    sentence: str  # that says so, as the reader sees it: item.<field>[start:end]
    start: int  # character offsets into that field as given
    end: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An item of a story, with as much of it as says which event it tells."""

    serial: int  # the later kept, the greater; but an item that joins a story later keeps the one it had
    story: str  # Story.id
    feed: str
    link: str
    title: str
    opening: str  # its summary, else how its full text begins
    seen: datetime
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item of the archive, as `latest` and `search` list it."""

    item: Item
    outlet: str
    topics: tuple[str, ...]  # Topic.id, most specific first
    evidence: Evidence | None
