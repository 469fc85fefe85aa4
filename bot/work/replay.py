"""What changed rules would make of the stored items: what would be found now, what no more, and what as before.

Read in batches, so that memory stays small whatever the archive holds; changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.model import Found, Item, ItemId, Topic
from bot.store import Reader
from bot.topics.classify import classify
from bot.topics.rules import Rules
from bot.topics.text import normalise

BATCH = 100  # items in memory; at most 100,000 characters each
COMMON = 0.2  # a phrase in more than this share of the items tells little
FEWEST = 50  # items below which a share says nothing

Kind = Literal["added", "removed", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An item that matches before or after."""

    change: Kind
    title: str
    link: str
    outlet: str
    before: tuple[str, ...]  # Topic.id; empty if it was added
    after: tuple[str, ...]  # empty if it was removed

    @property
    def moved(self) -> bool:
        """Whether it is kept under other topics."""
        return self.change == "kept" and set(self.before) != set(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """A phrase that stands in so many items that it would match nearly everything."""

    phrase: str  # as written
    share: float  # of the items


@dataclass
class Replay:
    """Stored items, judged by the rules before and after a change."""

    reader: Reader
    before: Rules | None  # None: as each item was judged when it was read
    after: Rules
    items: int = 0  # read so far
    count: Counter[Kind] = field(default_factory=Counter)
    moved: int = 0  # of those kept, under other topics
    hits: Counter[str] = field(default_factory=Counter)  # in how many items each phrase stands

    async def changes(self, *, since: datetime) -> AsyncIterator[Changed | None]:
        """Each item first seen since then, in the order in which they were; None: it matches neither way.

        Raises StoreError.
        """
        last: ItemId | None = None
        while found := await self.reader.items(since=since, after=last, limit=BATCH):
            for one in found:
                yield self._judged(one)
            last = found[-1].item.id

    def _judged(self, found: Found) -> Changed | None:
        before = _topics(found.item, self.before) if self.before else found.topics
        after = _topics(found.item, self.after)
        self.items += 1
        self.hits.update(phrases_in(found.item, self.after))
        if not before and not after:
            return None
        change: Kind = "added" if not before else "kept" if after else "removed"
        item = found.item
        told = Changed(change=change, title=item.title, link=item.link, outlet=found.outlet, before=before, after=after)
        self.count[change] += 1
        self.moved += told.moved
        return told

    def common(self, topics: Sequence[Topic]) -> list[Common]:
        """Phrases of the rules after the change that stand in more than a fifth of the items, the commonest first.

        Those of `any`, `some` and `none`: in a `near` list a common word, such as "un", does what it should.
        """
        if self.items < FEWEST:
            return []
        shares = ((phrase, self.hits[phrase] / self.items) for phrase in dict.fromkeys(_alone(topics)))
        told = [Common(phrase=phrase, share=share) for phrase, share in shares if share > COMMON]
        return sorted(told, key=lambda one: -one.share)


def phrases_in(item: Item, rules: Rules) -> set[str]:
    """Every phrase that stands anywhere in the item, as written."""
    texts = (item.title, item.summary, item.content)
    return {rules.phrases[hit.phrase] for text in texts for hit in rules.scan(normalise(text).words)}


def _topics(item: Item, rules: Rules) -> tuple[str, ...]:
    return tuple(match.topic for match in classify(item, rules))


def _alone(topics: Iterable[Topic]) -> Iterable[str]:
    for topic in topics:
        yield from (*topic.any, *(topic.some.of if topic.some else ()), *topic.none)
