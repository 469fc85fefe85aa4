"""An archive as a few years of reading leave it: so many items, every twentieth about the convention."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from pathlib import Path

from bot.model import Channel, ChannelId, Evidence, Feed, FeedState, Item, ItemId, Match, Subscription, Topic, Watched
from bot.store.sqlite import SqliteStore

FEEDS, EVERY_NTH, TOGETHER = 40, 20, 500
# The n-th most common word comes n times as rarely as the first, as in any language: the 100th stands in a quarter of
# items, the 2,000th in one of a hundred.
COMMON = "the of in to and for cyber law security state rights treaty data police states court digital crime evidence"
FIRST, MIDDLE = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu", "bel cor den fil gon hus jar kem lin mor"
VOCABULARY = [
    *COMMON.split(),
    *("".join(parts) for parts in product(FIRST.split(), MIDDLE.split(), FIRST.split(), ("", "n"))),
]
WEIGHTS = list(accumulate(1 / (place + 1) for place in range(len(VOCABULARY))))


def feeds() -> tuple[Feed, ...]:
    """Whose items they are; on loopback, and not due for a day."""
    return tuple(
        Feed(id=f"f{number}", name=f"Outlet {number}", url=f"http://127.0.0.1:9/{number}", every=timedelta(days=1))
        for number in range(FEEDS)
    )


async def fill(path: Path, items: int, topics: Sequence[Topic], channels: Sequence[ChannelId]) -> None:
    """Make the database: items over three years, and these channels subscribed to the first topic's digest."""
    chance, now = random.Random(8), datetime.now(UTC)  # noqa: S311 - the same words each time
    store = await SqliteStore.open(path, worker="bench")
    try:
        told = [
            (Channel(id=one, digest=None), [Subscription(channel=one, topic=topics[0].id, wish="instant")])
            for one in channels
        ]
        await store.settle_config(feeds=feeds(), topics=topics, channels=told, now=now)
        for first in range(0, items, TOGETHER):
            feed = f"f{first // TOGETHER % FEEDS}"
            seen = now - timedelta(days=3 * 365) * (1 - first / items)
            made = [_item(number, feed, seen, chance) for number in range(first, min(first + TOGETHER, items))]
            about = [item for item in made if int(item.key) % EVERY_NTH == 0]
            await store.keep(
                Watched(
                    state=FeedState(feed=feed, due=now + timedelta(days=1), first_read=now, last_read=now),
                    items=tuple(made),
                    matches=tuple(match for item in about for match in _matches(item, topics, chance)),
                    stories=tuple((f"{int(item.key):016x}", item.id) for item in about),
                )
            )
    finally:
        await store.close()


def _item(number: int, feed: str, seen: datetime, chance: random.Random) -> Item:
    about = number % EVERY_NTH == 0
    title = _words(9, chance).capitalize() + " UN cybercrime convention" * about
    return Item(
        feed=feed,
        key=str(number),
        link=f"https://outlet{feed[1:]}.example/{number}",
        title=title,
        summary=_words(45, chance),
        content=_words(250, chance),
        published=seen,
        seen=seen,
    )


def _words(count: int, chance: random.Random) -> str:
    return " ".join(chance.choices(VOCABULARY, cum_weights=WEIGHTS, k=count))


def _matches(item: Item, topics: Sequence[Topic], chance: random.Random) -> list[Match]:
    """The widest topic, and one more."""
    start = item.title.index("cybercrime")
    proof = Evidence(
        field="title", phrase="cybercrime convention", text=item.title[start:], start=start, end=len(item.title)
    )
    named = dict.fromkeys([chance.choice(topics[1:]).id, topics[0].id])
    return [Match(item=ItemId(item.feed, item.key), topic=topic, score=0.8, evidence=(proof,)) for topic in named]
