"""Which items tell the same story.

Two items are one story if they lead to the same page; if two publishers give them the same title, but for articles,
labels such as "Update" and the spelling of long words, or the same opening, as with the copy of an agency; or if
bot/topics/likeness.py finds one event in both, also across languages. A wrong merge hides news from a channel, a story
told twice only repeats it; so five days between two items keep them apart, and so does anything that tells an item
from any other of the story.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from bot.model import Coverage, Item, ItemId, Story, Telling
from bot.topics.likely import Few, Known, Many
from bot.topics.likeness import SAME, apart
from bot.topics.pairs import COPY, Told, of_item, of_telling, same_page, score


class Memory:
    """What has been told lately, ready to be compared with what comes."""

    def __init__(self) -> None:
        self._told = Many()
        self.serial = 0  # of the last that was learnt; 0: nothing was

    def learn(self, tellings: Iterable[Telling]) -> None:
        """Keep these in mind, in the order of their serials."""
        for telling in tellings:
            self._told.add(of_telling(telling))
            self.serial = telling.serial

    def forget(self, before: datetime) -> None:
        """What was seen before then is compared no more."""
        self._told.forget(before)

    def tell(self, items: Sequence[Item]) -> list[tuple[str, ItemId]]:
        """The story that each new item tells, in the order of the items: one that is known, or a new one.

        Items of the same call may tell the same new story. A new story's id follows from its first item alone.
        Nothing is learnt by it: only what is kept counts.
        """
        just_told = Many()
        answer = []
        for item in items:
            new = of_item(_new_story(item), item)
            story = _same_story(new, self._told, just_told) or new.story
            just_told.add(new._replace(story=story))
            answer.append((story, item.id))
        return answer


def retold(story: Story, known: Sequence[Story]) -> str | None:
    """The id of the known story that this one tells once more; None if it is news beside all of them.

    Two stories are one if any two of their items are, and none is told apart from one of the other.
    """
    told = [of_item(each.id, part.item) for each in known if each.id != story.id for part in each.told_by]
    items = [of_item(story.id, part.item) for part in story.told_by]
    for item in items:
        found = _same_story(item, Few(told))
        others = [each.text.profile for each in told if each.story == found]
        if found and not any(apart(other.text.profile, each) for other in items if other != item for each in others):
            return found
    return None


def lead_first(parts: Iterable[Coverage]) -> tuple[Coverage, ...]:
    """A story's coverage as it is told: nearest to the facts first, then earliest, then by feed."""
    return tuple(sorted(parts, key=lambda part: (part.rank, part.item.seen, part.item.feed)))


def _new_story(item: Item) -> str:
    return sha256(f"{item.feed}\n{item.key}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _same_story(new: Told, *known: Known) -> str | None:
    """The story of the first that leads to the same page, or else that of the same event."""
    like = [told for each in known for told in each.like(new)]
    return next((told.story for told in like if same_page(new, told)), None) or _same_event(new, like, known)


def _same_event(new: Told, like: Sequence[Told], known: Sequence[Known]) -> str | None:
    """The story with the item most like the new one, if none of its items is told apart from it; else None."""
    best: dict[str, float] = {}
    for told in like:
        if (worth := score(new, told)) >= SAME:
            best[told.story] = max(worth, best.get(told.story, SAME))
    for story, worth in sorted(best.items(), key=lambda found: -found[1]):
        items = (told for each in known for told in each.of(story))
        if worth >= COPY or not any(apart(new.text.profile, told.text.profile) for told in items):
            return story
    return None
