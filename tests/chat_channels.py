"""A channel that subscribes in chat, over the store of tests/stores.py, and news that is routed to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from bot.delivery.route import Told, route
from bot.model import Cadence, Channel, ChannelId, Settings, Subscription, Topic, Watched, Wish
from bot.store import Store
from tests.stores import (
    CONVENTION,
    GAZETTE,
    NINE_IN_VIENNA,
    NOW,
    RATIFICATION,
    ROOM,
    SCREEN,
    UN_PRESS,
    WISHES,
    a_match,
    an_item,
    state,
)

LOUNGE = ChannelId("slack", "T1", "C2")
ANNA, BEN = "U1", "U2"
TUESDAY_NINE = datetime.fromisoformat("2025-10-28T08:00:00Z")  # the digest after NOW, in Vienna
FRIDAY_FOUR = datetime.fromisoformat("2025-10-31T15:00:00Z")  # in Vienna
FOUR_ON_FRIDAYS = Cadence(at=time(16), zone="Europe/Vienna", days=frozenset({4}))
SIXTEEN_IN_PARIS = Cadence(at=time(16), zone="Europe/Paris", days=frozenset({4}))
RIGHTS = Topic(id="human-rights", name="Human rights", within="convention")
ALL_TOPICS = (CONVENTION, RATIFICATION, RIGHTS)


def a_wish(topic: str, wish: Wish = "instant", channel: ChannelId = LOUNGE) -> Subscription:
    """A channel's wish for a topic."""
    return Subscription(channel=channel, topic=topic, wish=wish)


async def subscribe(
    store: Store,
    *,
    instant: tuple[str, ...] = (),
    digest: tuple[str, ...] = (),
    weekly: tuple[str, ...] = (),
    cadence: Cadence = NINE_IN_VIENNA,
    due: datetime = TUESDAY_NINE,
    by: str = ANNA,
    channel: ChannelId = LOUNGE,
    now: datetime = NOW,
) -> None:
    """Somebody subscribes the channel; with digest topics, at this cadence; with weekly ones, on Fridays."""
    wished = [a_wish(topic, "instant", channel) for topic in instant]
    wished += [a_wish(topic, "digest", channel) for topic in digest]
    wished += [a_wish(topic, "weekly", channel) for topic in weekly]
    told = Channel(
        id=channel,
        digest=cadence if digest else None,
        weekly=FOUR_ON_FRIDAYS if weekly else None,
        set_by="chat",
        owner=by,
    )
    await store.subscribe(
        told, wished, next_digest=due if digest else None, next_weekly=FRIDAY_FOUR if weekly else None, now=now
    )


async def settings(store: Store, channel: ChannelId = LOUNGE) -> Settings:
    """What the channel gets."""
    found = await store.settings(channel)
    assert found is not None
    return found


async def wishes(store: Store, channel: ChannelId = LOUNGE) -> dict[str, str]:
    """Its topics, and how they come."""
    return {wish.topic: wish.wish for wish in (await settings(store, channel)).subscriptions}


async def owed(store: Store, channel: ChannelId = LOUNGE) -> dict[str, str]:
    """Stories that no post tells yet, and how they will come."""
    return {one.story.id: one.delivery.wish for one in await store.owed(channel)}


async def news(store: Store, key: str, *topics: str, now: datetime = NOW, silent: bool = False) -> None:
    """A feed brings an item about these topics, which tells the story of its key."""
    item = replace(an_item(key, seen=now), published=now)
    told = Told(story=f"story {key}", topics=frozenset(topics), published=now)
    deliveries = route([told], await store.subscriptions(), silent=silent, now=now).deliveries
    await store.keep(
        Watched(
            state=state(),
            items=(item,),
            matches=tuple(a_match(item, topic) for topic in topics),
            stories=((told.story, item.id),),
            deliveries=deliveries,
        )
    )


async def file_says(
    store: Store,
    *,
    topics: tuple[Topic, ...] = ALL_TOPICS,
    also: tuple[tuple[Channel, tuple[Subscription, ...]], ...] = (),
    now: datetime = NOW,
) -> list[tuple[ChannelId, str]]:
    """Settle a feeds.yaml with these topics, the two channels of tests/stores.py, and others; what it ended."""
    told = [(SCREEN, WISHES), (ROOM, ()), *also]
    return await store.settle_config(feeds=(UN_PRESS, GAZETTE), topics=topics, channels=told, now=now)
