"""What a channel's messages are made from; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.delivery.calendar import due_on, local_day, weeks_to
from bot.delivery.compose import WISHES, Desk, Digest, Edition, compose_digest
from bot.delivery.count import count
from bot.delivery.glance import WEEKS
from bot.delivery.once import Once, once
from bot.model import Channel, Claim, DigestKey, Feed, KeptRecord, Limits, Topic, Wish
from bot.store import Reader

# How far back a story may be one that the channel has been told.
MEMORY = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """What a digest is made from; changes nothing."""

    reader: Reader
    topics: Sequence[Topic]
    feeds: Sequence[Feed]
    home: str = "UTC"  # bot.zone: that of channels that name none

    async def desk(self, channel: Channel) -> Desk:
        """What compose needs to know of a channel."""
        settings = await self.reader.settings(channel.id)
        wishes = settings.subscriptions if settings else ()
        muted = await self._muted(channel)
        return Desk(
            channel=channel,
            subscriptions=wishes,
            topics=self.topics,
            feeds=self.feeds,
            muted=muted,
            home=self.home,
        )

    async def digest(self, claim: Claim, *, now: datetime, limits: Limits) -> Digest:
        """What the channel's next digest would say now; silence where it has none."""
        channel = claim.channel
        kinds = (claim.digest.cadence,) if claim.digest else channel.digests
        cadence = channel.cadence(kinds[0]) if kinds else None
        if cadence is None:
            return Digest(messages=(), dropped=())
        key = DigestKey(cadence=kinds[0], day=local_day(now, cadence))
        news = await self.once(channel, key.wish, day=key.day)
        return await self._written(news, replace(claim, digest=key), until=now, limits=limits)

    async def once(self, channel: Channel, wish: Wish, *, day: date) -> Once:
        """What the channel is owed by this wish, without what it has been told in the 14 days before.

        Nor what only outlets tell that are muted there, nor what it was told of which a restored database knows no
        more than the links.
        """
        owed = [one for one in await self.reader.owed(channel.id) if one.delivery.wish == wish]
        since = datetime.combine(day, time(), UTC) - MEMORY
        if not owed:
            return once((), ())
        pages = await self.reader.told_before(channel.id)
        told, muted = await self.reader.told(channel.id, since=since), await self._muted(channel)
        return once(owed, told, pages, muted)

    async def _muted(self, channel: Channel) -> frozenset[str]:
        """Feeds of which the channel does not want to hear."""
        return (await self.reader.muted(channel.id)).get(channel.id, frozenset())

    async def record(self) -> KeptRecord | None:
        """The depositary's record, where a feed of that kind has told it; of several the one read last."""
        return next(iter(await self.reader.records()), None)

    async def digest_of(self, news: Once, claim: Claim, *, now: datetime, limits: Limits) -> Digest:
        """The claimed digest, which tells these stories."""
        key, weekly = claim.digest, claim.channel.weekly
        # A late one looks back from when it was due, so that its week ends where the next one's begins.
        until = min(now, due_on(key.day, weekly)) if key and weekly and key.cadence == "weekly" else now
        return await self._written(news, claim, until=until, limits=limits)

    async def _written(self, news: Once, claim: Claim, *, until: datetime, limits: Limits) -> Digest:
        desk = await self.desk(claim.channel)
        edition = await self._edition(claim, desk, until=until)
        return compose_digest(news.owed, desk=desk, edition=edition, limits=limits)

    async def _edition(self, claim: Claim, desk: Desk, *, until: datetime) -> Edition:
        """What the claimed digest tells beside its stories; a weekly one looks back from `until`."""
        channel, key, since = claim.channel, claim.digest, claim.since
        if key is None:
            raise ValueError(f"no digest is due in {channel.id}")
        weeks: Mapping[str, Sequence[int]] = {}
        if key.cadence == "weekly" and channel.weekly and not key.catch_up:
            ends = weeks_to(until, zone=channel.zone, number=WEEKS)
            weeks = await self.reader.stories_by_week(desk.shelf(*WISHES).covered(), weeks=ends)
            since = since or ends[-2]  # the first one looks back on a week, not on all that was ever read
        return Edition(
            kind=key.cadence,
            catch_up=key.catch_up,
            day=key.day,
            since=since,
            readings=await self.reader.readings(since=since),
            earlier=await self.reader.earlier(channel.id, since=since, kind=key.cadence),
            count=count(kept.record, now=key.day) if (kept := await self.record()) else None,
            weeks=weeks,
        )
