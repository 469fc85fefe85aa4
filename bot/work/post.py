"""One channel, once: send what is planned, and plan what is due; look again at what a crash left in doubt.

A post is stored before it is sent. What is neither surely accepted nor surely refused is `unknown`, and only a look
at the channel turns that into something else; where nobody can look, it is sent once more, marked as a repeat.
Planning and sending are separate claims: what is planned is owed on disk, and the next claim sends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from bot.chat import CannotLook, Chat
from bot.delivery.calendar import due_on, local_day, next_digest, weeks_to
from bot.delivery.compose import WISHES, Desk, Digest, Edition, compose_digest, compose_instant
from bot.delivery.count import count
from bot.delivery.glance import WEEKS
from bot.delivery.once import Once, once
from bot.errors import Closed, Refused, TryLater, Unsure
from bot.log import log
from bot.model import (
    OURSELVES,
    Channel,
    Claim,
    DigestKey,
    Draft,
    Feed,
    KeptRecord,
    Limits,
    Message,
    Pause,
    Post,
    PostState,
    Topic,
    Wish,
)
from bot.store import Reader, Store
from bot.work.clock import Clock

# A lease outlasts the request by this much, so that no other worker takes a post for abandoned while it is under way.
MARGIN = timedelta(seconds=5)
# A post that was not found is looked for once more before it is sent again: a platform's history may lag.
LOOKS = 2
# How far back a story may be one that the channel has been told.
MEMORY = timedelta(days=14)

# So long a channel that cannot be read for the moment is asked again; then it counts as one that nobody can read.
UNREADABLE = timedelta(hours=24)

OnUnknown = Literal["repeat", "hold"]
CLOSED = (
    "I cannot post to a channel that you subscribed: {why}. I have paused it and keep what it is owed. When it is "
    "mended, type `/treaty resume` there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """What a digest is made from; changes nothing."""

    reader: Reader
    topics: Sequence[Topic]
    feeds: Sequence[Feed]

    async def desk(self, channel: Channel) -> Desk:
        """What compose needs to know of a channel."""
        wishes = await self.reader.subscriptions()
        return Desk(channel=channel, subscriptions=wishes, topics=self.topics, feeds=self.feeds)

    async def digest(self, claim: Claim, *, now: datetime, limits: Limits) -> Digest:
        """What the channel's next digest would say now; silence where it has none."""
        channel = claim.channel
        kinds = (claim.digest.cadence,) if claim.digest else channel.digests
        cadence = channel.cadence(kinds[0]) if kinds else None
        if cadence is None:
            return Digest(messages=(), dropped=())
        key = DigestKey(cadence=kinds[0], day=local_day(now, cadence))
        news = await self.once(channel, key.wish, day=key.day)
        return await self.digest_of(news, replace(claim, digest=key), now=now, limits=limits)

    async def once(self, channel: Channel, wish: Wish, *, day: date) -> Once:
        """What the channel is owed by this wish, without what it has been told in the 14 days before."""
        owed = [one for one in await self.reader.owed(channel.id) if one.delivery.wish == wish]
        since = datetime.combine(day, time(), UTC) - MEMORY
        return once(owed, await self.reader.told(channel.id, since=since) if owed else ())

    async def record(self) -> KeptRecord | None:
        """The depositary's record, where a feed of that kind has told it; of several the one read last."""
        return next(iter(await self.reader.records()), None)

    async def digest_of(self, news: Once, claim: Claim, *, now: datetime, limits: Limits) -> Digest:
        """The claimed digest, which tells these stories."""
        desk = await self.desk(claim.channel)
        return compose_digest(news.owed, desk=desk, edition=await self._edition(claim, desk, now=now), limits=limits)

    async def _edition(self, claim: Claim, desk: Desk, *, now: datetime) -> Edition:
        """What the claimed digest tells beside its stories."""
        channel, key, since = claim.channel, claim.digest, claim.since
        if key is None:
            raise ValueError(f"no digest is due in {channel.id}")
        weeks: Mapping[str, Sequence[int]] = {}
        if key.cadence == "weekly" and channel.weekly:
            # A late one looks back from when it was due, so that its week ends where the next one's begins.
            ends = weeks_to(min(now, due_on(key.day, channel.weekly)), zone=channel.zone, number=WEEKS)
            weeks = await self.reader.stories_by_week(desk.shelf(*WISHES).covered(), weeks=ends)
            since = since or ends[-2]  # the first one looks back on a week, not on all that was ever read
        return Edition(
            kind=key.cadence,
            day=key.day,
            since=since,
            readings=await self.reader.readings(since=since),
            earlier=await self.reader.earlier(channel.id, since=since, kind=key.cadence),
            count=count(kept.record, now=key.day) if (kept := await self.record()) else None,
            weeks=weeks,
        )


def _draft(message: Message, news: Once, chat: Chat) -> Draft:
    return Draft(kind=message.kind, payload=chat.render(message), stories=news.all_of(message.stories))


class Poster:
    """Posts what is due in a claimed channel."""

    def __init__(
        self, store: Store, chats: Mapping[str, Chat], editor: Editor, *, clock: Clock, on_unknown: OnUnknown = "repeat"
    ) -> None:
        self.store, self.chats, self.clock = store, chats, clock
        self._editor, self._on_unknown = editor, on_unknown

    async def post(self, claim: Claim) -> None:
        """Bring the channel's unsettled posts on, oldest first; where none is left, plan what is due.

        One message in flight: behind a post that is not settled nothing else goes out.
        """
        for post in claim.posts:
            if not await self._advance(claim.channel, post):
                return
        if claim.posts:
            return  # what is due besides comes with the next claim, which sees the threads of those just sent
        if claim.digest is not None:
            await self._plan_digest(claim)
        else:
            await self._plan_instant(claim.channel)

    async def _plan_digest(self, claim: Claim) -> None:
        channel, key, now = claim.channel, claim.digest, self.clock.now()
        cadence = channel.cadence(key.cadence) if key else None
        if key is None or cadence is None:
            return
        chat = self.chats[channel.id.platform]
        news = await self._editor.once(channel, key.wish, day=key.day)
        digest = await self._editor.digest_of(news, claim, now=now, limits=chat.limits)
        posts = await self.store.plan(
            channel.id,
            [_draft(message, news, chat) for message in digest.messages],
            digest=key,
            next_digest=next_digest(cadence, after=now),
            dropped=news.all_dropped(digest.dropped),
            now=now,
        )
        log.info("digest.planned", channel=str(channel.id), cadence=key.cadence, day=str(key.day), posts=len(posts))

    async def _plan_instant(self, channel: Channel) -> None:
        chat, desk, now = self.chats[channel.id.platform], await self._editor.desk(channel), self.clock.now()
        news = await self._editor.once(channel, "instant", day=now.date())
        if news.again:
            await self.store.plan(channel.id, [], digest=None, next_digest=None, dropped=news.again, now=now)
        for owed in news.owed:
            draft = _draft(compose_instant(owed, desk=desk, limits=chat.limits), news, chat)
            await self.store.plan(channel.id, [draft], digest=None, next_digest=None, now=now)

    async def _advance(self, channel: Channel, post: Post) -> bool:
        """Bring one unsettled post on; whether it is settled now, so that the next may go."""
        if post.due > self.clock.now() or (post.parent and not post.thread):
            return False
        if post.state is PostState.UNKNOWN:
            looked = await self._look(channel, post)
            if looked is None or looked.state is PostState.UNKNOWN:
                return looked is None
            post = looked
        return await self._send(channel, post)

    async def _look(self, channel: Channel, post: Post) -> Post | None:
        """None: it needs nothing more. Else the post as it goes on: still unknown, or owed again."""
        chat = self.chats[channel.id.platform]
        try:
            receipt = await chat.find(post)
        except CannotLook as reason:
            if reason.later and post.first_try and self.clock.now() - post.first_try < UNREADABLE:
                return await self.store.doubt(post, due=self.clock.now() + chat.settle, why=str(reason))
            return await self._decide_blindly(channel, post, why=str(reason))
        if receipt is not None:
            await self.store.settle(post, receipt)
            log.info("post.found", post=post.id, channel=str(channel.id))
            return None
        if post.looks + 1 < LOOKS:
            return await self.store.doubt(post, due=self.clock.now() + chat.settle, why="not found at the first look")
        log.warning("post.repeated", post=post.id, channel=str(channel.id), why="not found in the channel")
        return await self.store.repeat(post, marked=False)

    async def _decide_blindly(self, channel: Channel, post: Post, *, why: str) -> Post | None:
        """What the operator wants where nobody can tell whether a post stands in its channel (bot.on_unknown)."""
        if self._on_unknown == "hold":
            await self.store.hold(post, why=why)
            log.error("post.held", post=post.id, channel=str(channel.id), why=why)
            return None
        log.warning("post.repeated", post=post.id, channel=str(channel.id), why=why)
        return await self.store.repeat(post, marked=True)

    async def _send(self, channel: Channel, post: Post) -> bool:
        """One request; whether the post is settled by it."""
        chat, now = self.chats[channel.id.platform], self.clock.now()
        lease = chat.timeout + MARGIN
        begun = await self.store.begin(post, now=now, lease=lease, look=now + lease + chat.settle)
        try:
            async with asyncio.timeout(chat.timeout.total_seconds()):
                receipt = await chat.send(begun)
        except TryLater as reason:
            await self.store.put_off(begun, due=self.clock.now() + reason.retry_after, why=str(reason))
            log.warning("post.put_off", post=post.id, channel=str(channel.id), why=str(reason))
            return False
        except Refused as reason:
            await self.store.refuse(begun, why=str(reason))
            log.error("post.refused", post=post.id, channel=str(channel.id), why=str(reason))
            return True
        except Closed as reason:
            await self._close(channel, begun, reason)
            return False
        except (Unsure, TimeoutError) as reason:
            await self._doubt(begun, chat, why=str(reason) or "no answer in time")
            return False
        except asyncio.CancelledError:
            await asyncio.shield(self._doubt(begun, chat, why="stopped while it was being sent"))
            raise
        await self.store.settle(begun, receipt)
        log.info("post.sent", post=post.id, channel=str(channel.id), kind=post.kind, tries=begun.tries)
        return True

    async def _close(self, channel: Channel, post: Post, reason: Closed) -> None:
        """Pause the channel, or its whole workspace; the post stays owed, and whoever subscribed it is told once."""
        now, pause = self.clock.now(), Pause(until=None, why=str(reason))
        await self.store.put_off(post, due=now, why=str(reason))
        if reason.workspace:
            await self.store.pause_workspace(channel.id.platform, channel.id.workspace, pause, now=now)
        else:
            await self.store.pause(channel.id, pause, by=OURSELVES, now=now)
            await self.chats[channel.id.platform].tell_owner(channel, CLOSED.format(why=reason))
        log.error("channel.closed", channel=str(channel.id), workspace=reason.workspace, why=str(reason))

    async def _doubt(self, post: Post, chat: Chat, *, why: str) -> None:
        await self.store.doubt(post, due=self.clock.now() + chat.settle, why=why)
        log.warning("post.unsure", post=post.id, channel=str(post.channel), why=why)
