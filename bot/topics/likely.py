"""Those of many told items that may be of a new item's story, found without comparing it with all.

Any two items of one story have something in common (bot/topics/pairs.py and likeness.py say when they are one). So what
is told stands on shelves, under all that it may have in common with others, and a new item looks where it would stand
itself. Nothing is missed, since each way to one story leads over a shelf:

| one by | what they then have in common | shelf |
|---|---|---|
| page | the canonical link | pages |
| title | the letters of all its words; or as many words, each with the same first letter | titles |
| opening | so many runs of words as `enough_runs` asks for | runs |
| a deed that is worth 2 or 3 | a deed mark: act and treaty, and a state, a body or a number | deeds |
| words, with a deed that is worth at most 1 | words that are worth the rest, 2 of 3 | words, heads |

How many words the last takes: 16 of both texts, and 4 of both titles, must be the same to be worth the full 4 and 2.
So a word in common is worth at most 1/4, and 2/4 more if it stands in both titles: 2 is reached with no fewer than 8
quarters. What is found beyond need costs a comparison, and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Protocol

from bot.topics.likeness import deed_marks
from bot.topics.pairs import Told, enough_runs, title_marks

_QUARTERS = 8  # that words must be worth, where a deed is worth 1


class Known(Protocol):
    """Told items, in the order in which they were."""

    def like(self, new: Told) -> Iterable[Told]:
        """All that share a page with the new one or score `SAME` or more with it, and others; in order."""

    def of(self, story: str) -> Iterable[Told]:
        """All items of a story, in order."""


class Few:
    """A few told items, which are all looked through: that is less work than to shelve them."""

    def __init__(self, told: Iterable[Told]) -> None:
        self._told = tuple(told)

    def like(self, new: Told) -> Iterable[Told]:
        """All of them."""
        return self._told

    def of(self, story: str) -> Iterable[Told]:
        """All items of a story, in order."""
        return (told for told in self._told if told.story == story)


class Many:
    """Told items on shelves, each under a number, which is greater the later it was added."""

    def __init__(self) -> None:
        self._told: dict[int, Told] = {}  # by number, ascending
        self._added = 0
        self._stories, self._pages, self._titles = _Shelf(), _Shelf(), _Shelf()
        self._runs, self._deeds, self._words, self._heads = _Shelf(), _Shelf(), _Shelf(), _Shelf()

    def add(self, told: Told) -> None:
        """One more, after all others."""
        self._added += 1
        self._told[self._added] = told
        for shelf, things in self._places(told):
            shelf.put(self._added, things)

    def forget(self, before: datetime) -> None:
        """What was seen before then is there no more; nothing happens while the first is not that old."""
        if not self._told or next(iter(self._told.values())).seen >= before:
            return
        for number in [number for number, told in self._told.items() if told.seen < before]:
            for shelf, things in self._places(self._told.pop(number)):
                shelf.take(number, things)

    def like(self, new: Told) -> Iterable[Told]:
        """All that share a page with the new one or score `SAME` or more with it, and others; in order."""
        text, profile = new.text, new.text.profile
        found = {
            *self._pages.holding(_page(new)),
            *self._titles.holding(title_marks(text)),
            *self._deeds.holding(deed_marks(profile)),
        }
        runs = Counter(self._runs.holding(text.runs))
        found.update(number for number, shared in runs.items() if enough_runs(shared, text, self._told[number].text))
        # A word in common counts a quarter, and two more if it stands in both titles.
        quarters = Counter(self._words.holding(profile.words) + 2 * self._heads.holding(profile.title))
        found.update(number for number, worth in quarters.items() if worth >= _QUARTERS)
        return map(self._told.__getitem__, sorted(found))

    def of(self, story: str) -> Iterable[Told]:
        """All items of a story, in order."""
        return map(self._told.__getitem__, self._stories.holding((story,)))

    def _places(self, told: Told) -> Iterator[tuple[_Shelf, Iterable[Hashable]]]:
        """The shelves where an item stands, and under what."""
        text, profile = told.text, told.text.profile
        yield self._stories, (told.story,)
        yield self._pages, _page(told)
        yield self._titles, title_marks(text)
        yield self._runs, text.runs
        yield self._deeds, deed_marks(profile)
        yield self._words, profile.words
        yield self._heads, profile.title


class _Shelf:
    """The numbers of items, ascending, under each thing of one kind that they hold."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, list[int]] = {}

    def put(self, number: int, things: Iterable[Hashable]) -> None:
        """`number` is greater than all before; no thing twice."""
        for thing in things:
            if (numbers := self._numbers.get(thing)) is None:
                self._numbers[thing] = [number]  # a list of one is smaller so than one that grew
            else:
                numbers.append(number)

    def take(self, number: int, things: Iterable[Hashable]) -> None:
        """Undo `put`; quick for what was put first."""
        for thing in things:
            numbers = self._numbers[thing]
            numbers.remove(number)
            if not numbers:
                del self._numbers[thing]

    def holding(self, things: Iterable[Hashable]) -> list[int]:
        """Each number as often as it stands under one of these things."""
        return list(chain.from_iterable(self._numbers.get(thing, ()) for thing in things))


def _page(told: Told) -> Iterable[str]:
    return (told.link,) if told.link else ()
