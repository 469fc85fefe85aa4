"""What a channel's messages are made from; changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.delivery.compose import Desk, Digest, Edition, compose_digest
from bot.delivery.count import count
from bot.delivery.once import Once, once
from bot.model import Channel, Claim, Feed, KeptRecord, Limits, Topic, Wish
from bot.store import Reader

# How far back a story may be one that the channel has been told.
MEMORY = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """What a digest is made from; changes nothing."""

    reader: Reader
    topics: Sequence[Topic]
    feeds: Sequence[Feed]

    async def desk(self, channel: Channel) -> Desk:
        """What compose needs to know of a channel."""
        settings = await self.reader.settings(channel.id)
        wishes = settings.subscriptions if settings else ()
        return Desk(channel=channel, subscriptions=wishes, topics=self.topics, feeds=self.feeds)

    async def digest(self, claim: Claim, *, day: date, limits: Limits) -> Digest:
        """The digest that the channel would get now."""
        return await self.digest_of(await self.once(claim.channel, "digest", day=day), claim, day=day, limits=limits)

    async def once(self, channel: Channel, wish: Wish, *, day: date) -> Once:
        """What the channel is owed by this wish, without what it has been told in the 14 days before.

        Nor what it was told of which a restored database knows no more than the links.
        """
        owed = [one for one in await self.reader.owed(channel.id) if one.delivery.wish == wish]
        since = datetime.combine(day, time(), UTC) - MEMORY
        if not owed:
            return once((), ())
        pages = await self.reader.told_before(channel.id)
        return once(owed, await self.reader.told(channel.id, since=since), pages)

    async def record(self) -> KeptRecord | None:
        """The depositary's record, where a feed of that kind has told it; of several the one read last."""
        return next(iter(await self.reader.records()), None)

    async def digest_of(self, news: Once, claim: Claim, *, day: date, limits: Limits) -> Digest:
        """The digest of that day that tells these stories."""
        edition = Edition(
            day=day,
            since=claim.since,
            readings=await self.reader.readings(since=claim.since),
            earlier=await self.reader.earlier(claim.channel.id, since=claim.since),
            count=count(kept.record, now=day) if (kept := await self.record()) else None,
        )
        return compose_digest(news.owed, desk=await self.desk(claim.channel), edition=edition, limits=limits)
