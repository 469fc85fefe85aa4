"""What a channel is owed, without what it has been told already (pure).

`watch` puts items of one event under one story. Where two processes watch, both may have begun a story of their own for
it; so whoever plans a post, and who alone has the channel's lease, compares once more with what the channel got.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model import Delivery, Owed, Story
from bot.topics.stories import lead_first, retold


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What is owed, each event once."""

    owed: tuple[Owed, ...]  # in the order given; a story also has the coverage of those that tell it once more
    joined: dict[str, tuple[Delivery, ...]]  # Story.id of these → deliveries of those that were put under it
    again: tuple[Delivery, ...]  # of stories that the channel has been told

    def all_of(self, stories: Sequence[str]) -> tuple[str, ...]:
        """These stories, by their ids, and those that were put under them."""
        return (*stories, *(delivery.story for story in stories for delivery in self.joined.get(story, ())))

    def all_dropped(self, dropped: Sequence[Delivery]) -> tuple[Delivery, ...]:
        """What is never told by a post of its own, if these are dropped besides."""
        under = (delivery for each in dropped for delivery in self.joined.get(each.story, ()))
        return (*self.again, *dropped, *under)


def once(owed: Sequence[Owed], told: Sequence[Story]) -> Once:
    """Each event of what is owed once, and none that `told` holds.

    Of two owed stories of one event the first stays. What came before the channel subscribed joins only its like.
    """
    kept: dict[str, Owed] = {}
    joined: dict[str, tuple[Delivery, ...]] = {}
    again = []
    for one in owed:
        if retold(one.story, told):
            again.append(one.delivery)
            continue
        like = [each.story for each in kept.values() if each.delivery.before == one.delivery.before]
        first = retold(one.story, like)
        if first is None:
            kept[one.story.id] = one
            continue
        kept[first] = replace(kept[first], story=_both(kept[first].story, one.story))
        joined[first] = (*joined.get(first, ()), one.delivery)
    return Once(owed=tuple(kept.values()), joined=joined, again=tuple(again))


def _both(one: Story, other: Story) -> Story:
    return replace(one, told_by=lead_first((*one.told_by, *other.told_by)))
