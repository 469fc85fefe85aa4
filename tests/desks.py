"""Stories, channels and what is known of them, for tests of what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.delivery.compose import Desk, Digest, Edition, compose_digest
from bot.model import (
    Cadence,
    Channel,
    ChannelId,
    Coverage,
    Delivery,
    Entry,
    Evidence,
    Feed,
    FeedState,
    Item,
    Limits,
    Match,
    Owed,
    Rank,
    Readings,
    Story,
    Subscription,
    Topic,
    Wish,
)

MONDAY = date(2025, 10, 27)
MORNING = datetime(2025, 10, 27, 8, 0, tzinfo=UTC)  # nine in Vienna
LIMITS = Limits(title=150, quote=200, stories=20, whole=20_000)
TOPICS = (
    Topic(id="convention", name="UN Convention against Cybercrime"),
    Topic(id="ratification", name="Signature and ratification", within="convention"),
    Topic(id="rights", name="Human rights", within="convention"),
    Topic(id="ai", name="Artificial intelligence"),
)
CHANNEL = Channel(
    id=ChannelId("terminal"), digest=Cadence(at=time(9), zone="Europe/Vienna", days=frozenset({0, 1, 2, 3, 4}))
)


def wish(topic: str, how: Wish = "digest") -> Subscription:
    return Subscription(channel=CHANNEL.id, topic=topic, wish=how)


def desk(*wishes: Subscription, channel: Channel = CHANNEL) -> Desk:
    feeds = (Feed(id="cepa", name="CEPA", url="https://cepa.org/feed", every=timedelta(hours=1)),)
    return Desk(channel=channel, subscriptions=wishes or (wish("convention"),), topics=TOPICS, feeds=feeds)


def edition(*, earlier: int = 0, since: datetime | None = None, readings: Readings | None = None) -> Edition:
    return Edition(
        day=MONDAY, since=since, readings=readings or Readings(feeds=9, items=214, matched=6), earlier=earlier
    )


def item(
    title: str, summary: str = "", *, published: datetime | None = MORNING, link: str = "https://a.example/1"
) -> Item:
    return Item(feed="f", key=title, link=link, title=title, summary=summary, published=published, seen=MORNING)


def proof(of: Item, words: str) -> Evidence:
    """Where the words stand: in the summary, else in the title."""
    start = of.summary.find(words)
    if start >= 0:
        return Evidence(field="summary", phrase=words, text=words, start=start, end=start + len(words))
    start = of.title.index(words)
    return Evidence(field="title", phrase=words, text=words, start=start, end=start + len(words))


def told_by(outlet: str, of: Item, *proofs: tuple[str, float, str], rank: Rank = Rank.OUTLET) -> Coverage:
    matches = tuple(
        Match(item=of.id, topic=topic, score=score, evidence=(proof(of, words),)) for topic, score, words in proofs
    )
    return Coverage(item=of, outlet=outlet, rank=rank, matches=matches)


def owed(*parts: Coverage, before: bool = False, wished: Wish = "digest") -> Owed:
    story = Story(id=f"story of {parts[0].item.title}", seen=MORNING, told_by=parts)
    return Owed(
        delivery=Delivery(channel=CHANNEL.id, story=story.id, wish=wished, before=before),
        story=story,
        since=MORNING,
    )


def plain(
    title: str, *topics: str, score: float = 0.5, rank: Rank = Rank.OUTLET, age: int = 0, before: bool = False
) -> Owed:
    """A story with that title, some hours old, whose title proves each topic."""
    of = item(title, published=MORNING - timedelta(hours=age))
    return owed(told_by("CEPA", of, *((topic, score, title) for topic in topics), rank=rank), before=before)


def digest(stories: Sequence[Owed], on: Desk | None = None, *, limits: Limits = LIMITS) -> Digest:
    return compose_digest(stories, desk=on or desk(), edition=edition(), limits=limits)


def shown(made: Digest) -> list[tuple[str, list[str]]]:
    """Names of groups and titles in them, of all messages."""
    return [
        (group.name, [entry.title for entry in group.entries]) for message in made.messages for group in message.groups
    ]


def only(made: Digest) -> Entry:
    (message,) = made.messages
    ((entry,),) = [group.entries for group in message.groups]
    return entry


def failing(feed: str, since: datetime | None, *, status: int | None = None, error: str | None = None) -> FeedState:
    return FeedState(feed=feed, due=MORNING, status=status, error=error, failing_since=since)
