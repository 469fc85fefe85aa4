"""What a channel is owed, without what it has been told already, and without the outlets that are muted there (pure).

`watch` puts items of one event under one story. Where two processes watch, both may have begun a story of their own for
it; so whoever plans a post, and who alone has the channel's lease, compares once more with what the channel got.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from bot.model import DATES, Delivery, Owed, Story
from bot.topics.stories import lead_first, retold
from bot.topics.text import canonical_link

AGAIN = "the channel was told of it by another story"
MUTED = "its outlet is muted here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What is owed, each event once."""

    owed: tuple[Owed, ...]  # in the order given; a story also has the coverage of those that tell it once more
    joined: dict[str, tuple[Delivery, ...]]  # Story.id of these → deliveries of those that were put under it
    never: tuple[Delivery, ...]  # of stories that the channel has been told, or that only muted outlets tell

    def all_of(self, stories: Sequence[str]) -> tuple[str, ...]:
        """These stories, by their ids, and those that were put under them."""
        return (*stories, *(delivery.story for story in stories for delivery in self.joined.get(story, ())))

    def all_dropped(self, dropped: Sequence[Delivery]) -> tuple[Delivery, ...]:
        """What is never told by a post of its own, if these are dropped besides."""
        under = (replace(one, why=each.why) for each in dropped for one in self.joined.get(each.story, ()))
        return (*self.never, *dropped, *under)


def page_of(link: str) -> str:
    """What links to one page have in common, however a platform writes them."""
    return unquote(canonical_link(link))


def once(owed: Sequence[Owed], told: Sequence[Story], pages: Collection[str] = (), muted: Collection[str] = ()) -> Once:
    """Each event of what is owed once, and none that `told` holds, or that leads to one of these pages (page_of).

    What these muted feeds (Feed.id) tell is left out of a story, and a story that nobody else tells is never told. Of
    two owed stories of one event the first stays. What came before the channel subscribed joins only its like. A date
    of feeds.yaml is told whatever outlets write of it, and they are told whatever it says.
    """
    kept: dict[str, Owed] = {}
    joined: dict[str, tuple[Delivery, ...]] = {}
    never = []
    reports = [story for story in told if not _is_date(story)]
    for each in owed:
        one = _heard(each, muted)
        if one is None:
            never.append(replace(each.delivery, why=MUTED))
            continue
        if not _is_date(one.story) and (_leads_to(one.story, pages) or retold(one.story, reports)):
            never.append(replace(one.delivery, why=AGAIN))
            continue
        first = None if _is_date(one.story) else retold(one.story, _like(one, kept.values()))
        if first is None:
            kept[one.story.id] = one
            continue
        kept[first] = replace(kept[first], story=_both(kept[first].story, one.story))
        joined[first] = (*joined.get(first, ()), one.delivery)
    return Once(owed=tuple(kept.values()), joined=joined, never=tuple(never))


def _heard(one: Owed, muted: Collection[str]) -> Owed | None:
    """The same without what muted feeds tell of it; None: nobody else tells it."""
    parts = tuple(part for part in one.story.told_by if part.item.feed not in muted)
    return replace(one, story=replace(one.story, told_by=parts)) if parts else None


def _like(one: Owed, kept: Iterable[Owed]) -> list[Story]:
    """The stories under which an owed one may be put."""
    return [each.story for each in kept if each.delivery.before == one.delivery.before and not _is_date(each.story)]


def _leads_to(story: Story, pages: Collection[str]) -> bool:
    return bool(pages) and any(page_of(part.item.link) in pages for part in story.told_by if part.item.link)


def _is_date(story: Story) -> bool:
    return story.lead.item.feed == DATES.id


def _both(one: Story, other: Story) -> Story:
    return replace(one, told_by=lead_first((*one.told_by, *other.told_by)))
