"""A store with two feeds and two channels, and short ways to say what is kept in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.model import (
    Cadence,
    Channel,
    ChannelId,
    Claim,
    Delivery,
    Draft,
    Evidence,
    Feed,
    FeedState,
    Item,
    ItemId,
    Match,
    Post,
    PostKind,
    Rank,
    Subscription,
    Topic,
    Watched,
    Wish,
)
from bot.store import Store
from bot.store.sqlite import SqliteStore

NOW = datetime(2025, 10, 27, 8, 30, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEASE = 5 * MINUTE

UN_PRESS = Feed(id="un-press", name="UN Press", url="https://un.example/rss", every=HOUR, rank=Rank.UN)
GAZETTE = Feed(id="gazette", name="The Gazette", url="https://gazette.example/rss", every=HOUR)
CONVENTION = Topic(id="convention", name="UN Convention against Cybercrime")
RATIFICATION = Topic(id="ratification", name="Signature and ratification", within="convention")

TERMINAL = ChannelId("terminal")
SLACK = ChannelId("slack", "T1", "C1")
NINE_IN_VIENNA = Cadence(at=time(9), zone="Europe/Vienna", days=frozenset({0, 1, 2, 3, 4}))
SCREEN = Channel(id=TERMINAL, digest=NINE_IN_VIENNA)
ROOM = Channel(id=SLACK, digest=None)
WISHES = (
    Subscription(channel=TERMINAL, topic="convention", wish="digest"),
    Subscription(channel=TERMINAL, topic="ratification", wish="instant"),
)


async def configure(
    store: Store,
    *,
    feeds: tuple[Feed, ...] = (UN_PRESS, GAZETTE),
    channels: tuple[Channel, ...] = (SCREEN, ROOM),
    now: datetime = NOW,
) -> None:
    """Settle a feeds.yaml with these feeds and channels."""
    wishes = {TERMINAL: WISHES}
    told = [(channel, wishes.get(channel.id, ())) for channel in channels]
    await store.settle_config(feeds=feeds, topics=(CONVENTION, RATIFICATION), channels=told, now=now)


@pytest.fixture(params=["sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Every back end in turn, with the feeds and channels above."""
    backends = {"sqlite": SqliteStore}
    opened: Store = await backends[request.param].open(tmp_path / "test.db", worker="one")
    await configure(opened)
    yield opened
    await opened.close()


def an_item(key: str = "a", *, feed: str = "un-press", seen: datetime = NOW, title: str = "", link: str = "") -> Item:
    """An item with its key in title and link."""
    return Item(
        feed=feed, key=key, link=link or f"https://{feed}.example/{key}", title=title or f"Title {key}", seen=seen
    )


def a_match(item: Item, topic: str = "convention", words: str = "cybercrime treaty") -> Match:
    """The item is about the topic, as its title proves."""
    proof = Evidence(field="title", phrase=words, text=words, start=0, end=len(words))
    return Match(item=item.id, topic=topic, score=0.75, evidence=(proof,))


def state(feed: str = "un-press", *, due: datetime = NOW + HOUR, failures: int = 0) -> FeedState:
    """A feed as a reading leaves it."""
    since = NOW if failures else None
    return FeedState(feed=feed, due=due, first_read=NOW, last_read=NOW, failures=failures, failing_since=since)


def a_reading(*items: Item, to: tuple[ChannelId, ...] = (), wish: Wish = "instant") -> Watched:
    """New items of one feed, all about the convention; each tells the story of its key, owed to these channels."""
    stories: tuple[tuple[str, ItemId], ...] = tuple((f"story {item.key}", item.id) for item in items)
    return Watched(
        state=state(items[0].feed if items else "un-press"),
        items=items,
        matches=tuple(a_match(item) for item in items),
        stories=stories,
        deliveries=tuple(Delivery(channel=channel, story=story, wish=wish) for story, _ in stories for channel in to),
    )


def a_draft(*keys: str, kind: PostKind = "instant") -> Draft:
    """A rendered message that tells the stories of these keys."""
    return Draft(kind=kind, payload=" ".join(("message", *keys)), stories=tuple(f"story {key}" for key in keys))


async def claimed(store: Store, now: datetime = NOW) -> Claim:
    """The channel where something is due."""
    (claim,) = await store.claim_channels(now, limit=1, lease=LEASE)
    return claim


async def planned(store: Store, *keys: str, channel: ChannelId = SLACK, now: datetime = NOW) -> list[Post]:
    """A post for each of these stories, kept and planned just now; the channel is claimed."""
    await store.keep(a_reading(*(an_item(key, seen=now) for key in keys), to=(channel,)))
    await claimed(store, now)
    drafts = [a_draft(key) for key in keys]
    return await store.plan(channel, drafts, digest=None, next_digest=None, now=now)


async def begun(store: Store, post: Post, now: datetime = NOW, lease: timedelta = LEASE) -> Post:
    """The post on its way, to be looked at two minutes after the lease if nothing is heard."""
    return await store.begin(post, now=now, lease=lease, look=now + lease + 2 * MINUTE)
