"""Stories and standing wishes → deliveries: at once, or kept for a digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import ChannelId, Delivery, Subscription

# Of a feed's first reading only what is this young is told; the rest was news before anyone asked for it.
BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that an item has just told, and what that item is about; several may tell the same story."""

    story: str  # Story.id
    topics: frozenset[str]  # Topic.id
    published: datetime | None  # as the item says


def route(
    stories: Sequence[Told], subscriptions: Sequence[Subscription], *, silent: bool, now: datetime
) -> list[Delivery]:
    """At most one delivery for each channel and story, in the order of the stories, then of the subscriptions.

    A channel that wishes any of a story's topics at once gets it at once, and else in its digest. `silent` is a
    feed's first reading: nothing at once; stories of the last seven days go into the first digest of the channels that
    wish for digests at all. An item without a date may be years old, so a silent reading does not tell it.
    """
    if not silent:
        return [
            Delivery(channel=channel, story=story, wish="instant" if "instant" in wishes else "digest")
            for story, topics in _merged(stories).items()
            for channel, wishes in _wishes(topics, subscriptions).items()
        ]
    recent = [told for told in stories if told.published is not None and told.published >= now - BEFORE]
    with_digest = {wish.channel for wish in subscriptions if wish.wish == "digest"}
    return [
        Delivery(channel=channel, story=story, wish="digest", before=True)
        for story, topics in _merged(recent).items()
        for channel in _wishes(topics, subscriptions)
        if channel in with_digest
    ]


def _merged(stories: Sequence[Told]) -> dict[str, frozenset[str]]:
    """Each story once, with every topic that was told of it."""
    merged: dict[str, frozenset[str]] = {}
    for told in stories:
        merged[told.story] = merged.get(told.story, frozenset()) | told.topics
    return merged


def _wishes(topics: frozenset[str], subscriptions: Sequence[Subscription]) -> dict[ChannelId, set[str]]:
    """The channels that follow one of these topics, and how they want to hear of it."""
    wishes: dict[ChannelId, set[str]] = {}
    for wish in subscriptions:
        if wish.topic in topics:
            wishes.setdefault(wish.channel, set()).add(wish.wish)
    return wishes
