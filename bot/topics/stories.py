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
from bot.topics.likeness import SAME, apart
from bot.topics.pairs import COPY, Told, of_item, of_telling, same_page, score


class Memory:
    """What has been told lately, ready to be compared with what comes."""

    def __init__(self) -> None:
        self._told: list[Told] = []
        self.serial = 0  # of the last that was learnt; 0: nothing was

    def learn(self, tellings: Iterable[Telling]) -> None:
        """Keep these in mind, in the order of their serials."""
        for telling in tellings:
            self._told.append(of_telling(telling))
            self.serial = telling.serial

    def forget(self, before: datetime) -> None:
        """What was seen before then is compared no more."""
        if self._told and self._told[0].seen < before:
            self._told = [told for told in self._told if told.seen >= before]

    def tell(self, items: Sequence[Item]) -> list[tuple[str, ItemId]]:
        """The story that each new item tells, in the order of the items: one that is known, or a new one.

        Items of the same call may tell the same new story. A new story's id follows from its first item alone.
        Nothing is learnt by it: only what is kept counts.
        """
        told = list(self._told)
        answer = []
        for item in items:
            new = of_item(_new_story(item), item)
            told.append(new._replace(story=_same_story(new, told) or new.story))
            answer.append((told[-1].story, item.id))
        return answer


def retold(story: Story, known: Sequence[Story]) -> str | None:
    """The id of the known story that this one tells once more; None if it is news beside all of them.

    Two stories are one if any two of their items are, and none is told apart from one of the other.
    """
    told = [of_item(each.id, part.item) for each in known if each.id != story.id for part in each.told_by]
    items = [of_item(story.id, part.item) for part in story.told_by]
    for item in items:
        found = _same_story(item, told)
        others = [each.text.profile for each in told if each.story == found]
        if found and not any(apart(other.text.profile, each) for other in items if other != item for each in others):
            return found
    return None


def lead_first(parts: Iterable[Coverage]) -> tuple[Coverage, ...]:
    """A story's coverage as it is told: nearest to the facts first, then earliest, then by feed."""
    return tuple(sorted(parts, key=lambda part: (part.rank, part.item.seen, part.item.feed)))


def _new_story(item: Item) -> str:
    return sha256(f"{item.feed}\n{item.key}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _same_story(new: Told, told: Sequence[Told]) -> str | None:
    return next((each.story for each in told if same_page(new, each)), None) or _same_event(new, told)


def _same_event(new: Told, told: Sequence[Told]) -> str | None:
    """The story with the item most like the new one, if none of its items is told apart from it; else None."""
    best: dict[str, float] = {}
    for each in told:
        if (worth := score(new, each)) >= SAME:
            best[each.story] = max(worth, best.get(each.story, SAME))
    for story, worth in sorted(best.items(), key=lambda found: -found[1]):
        if worth >= COPY or not any(
            each.story == story and apart(new.text.profile, each.text.profile) for each in told
        ):
            return story
    return None
