"""Stories and standing wishes → deliveries: at once, or kept for the daily or the weekly digest.

A feed that brings much at once (an archive published anew, a new guid for every item) must not flood a channel. What is
old goes to the digest; at once a feed tells at most ten stories an hour, the newest; of one reading at most fifty more
go into digests. The rest is held back: it stands in the archive, and the channels are told how many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import ChannelId, Delivery, Subscription, Wish

# Of a feed's first reading only what is this young is told; the rest was news before anyone asked for it. Later, what
# is older than this is news to us only: it can wait for the digest.
OLD = timedelta(days=7)
AT_ONCE = 10  # stories that one feed may tell at once within AN_HOUR
AN_HOUR = timedelta(hours=1)
DIGESTS: tuple[Wish, ...] = ("digest", "weekly")  # the most urgent first
MORE = 50  # stories of one reading that may go into digests


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that an item has just told, and what that item is about; several may tell the same story."""

    story: str  # Story.id
    topics: frozenset[str]  # Topic.id
    published: datetime | None  # as the item says


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Who is owed what, and how many stories were held back: some channel gets them later than it wished, or not."""

    deliveries: tuple[Delivery, ...]
    held: int = 0


def route(
    stories: Sequence[Told], subscriptions: Sequence[Subscription], *, silent: bool, room: int = AT_ONCE, now: datetime
) -> Routed:
    """At most one delivery for each channel and story, in the order of the stories, then of the subscriptions.

    The most urgent wish of a channel for any of a story's topics decides: at once, else in the daily digest, else in
    the weekly one; what is old goes into a digest, where the channel has one. `room`: how many stories this feed may
    still tell at once. `silent` is a feed's first reading: nothing at once; stories of the last seven days go into the
    first digest of the channels that wish for digests at all. An item without a date may be years old, so a silent
    reading does not tell it; later it counts as new, for some feeds have no dates.
    """
    digests = _digests(subscriptions)
    merged = _merged(stories)
    if silent:
        return Routed(deliveries=tuple(_before(merged, subscriptions, digests, now=now)))
    newest_first = [told.story for told in sorted(merged, key=lambda told: now - (told.published or now))]
    first, known = set(newest_first[:room]), set(newest_first[: room + MORE])
    deliveries: list[Delivery] = []
    held: set[str] = set()
    for told in merged:
        is_old = told.published is not None and told.published < now - OLD
        for channel, wishes in _wishes(told.topics, subscriptions).items():
            digest = _most_urgent(wishes) or _most_urgent(digests.get(channel, set()))
            at_once = "instant" in wishes and not (is_old and digest)
            if at_once and told.story in first:
                deliveries.append(Delivery(channel=channel, story=told.story, wish="instant"))
                continue
            if digest and told.story in known:
                deliveries.append(Delivery(channel=channel, story=told.story, wish=digest))
            if at_once or told.story not in known:
                held.add(told.story)
    return Routed(deliveries=tuple(deliveries), held=len(held))


def hearing(
    subscriptions: Sequence[Subscription], muted: Mapping[ChannelId, Collection[str]], feed: str
) -> Sequence[Subscription]:
    """The wishes that concern what this feed tells: those of the channels in which it is not muted."""
    deaf = {channel for channel, feeds in muted.items() if feed in feeds}
    return [wish for wish in subscriptions if wish.channel not in deaf] if deaf else subscriptions


def _before(
    stories: Sequence[Told],
    subscriptions: Sequence[Subscription],
    digests: Mapping[ChannelId, set[Wish]],
    *,
    now: datetime,
) -> list[Delivery]:
    """What a first digest tells of a feed that nobody asked for before."""
    return [
        Delivery(channel=channel, story=told.story, wish=digest, before=True)
        for told in stories
        if told.published is not None and told.published >= now - OLD
        for channel, wishes in _wishes(told.topics, subscriptions).items()
        if (digest := _most_urgent(wishes) or _most_urgent(digests.get(channel, set())))
    ]


def _merged(stories: Sequence[Told]) -> list[Told]:
    """Each story once, with every topic that was told of it, and the latest date."""
    merged: dict[str, Told] = {}
    for told in stories:
        one = merged.get(told.story, told)
        dates = [date for date in (one.published, told.published) if date is not None]
        merged[told.story] = Told(story=told.story, topics=one.topics | told.topics, published=max(dates, default=None))
    return list(merged.values())


def _most_urgent(wishes: Collection[Wish]) -> Wish | None:
    """Which digest of these a story goes into; None: there is none among them."""
    return next((digest for digest in DIGESTS if digest in wishes), None)


def _digests(subscriptions: Sequence[Subscription]) -> dict[ChannelId, set[Wish]]:
    """The digests that each channel has, whatever their topics."""
    digests: dict[ChannelId, set[Wish]] = {}
    for wish in subscriptions:
        if wish.wish in DIGESTS:
            digests.setdefault(wish.channel, set()).add(wish.wish)
    return digests


def _wishes(topics: frozenset[str], subscriptions: Sequence[Subscription]) -> dict[ChannelId, set[Wish]]:
    """The channels that follow one of these topics, and how they want to hear of it."""
    wishes: dict[ChannelId, set[Wish]] = {}
    for wish in subscriptions:
        if wish.topic in topics:
            wishes.setdefault(wish.channel, set()).add(wish.wish)
    return wishes
