"""After a backup was put in place: what channels were told since, before anything is told anew.

What was posted after the backup is unknown to the database. Each channel's past is read, and what stands there is
noted. Where it cannot be read, all that may stand there is held, for a person to decide: neither lost nor told twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import CannotLook, Chat
from bot.delivery.notes import many
from bot.log import log
from bot.model import Channel, Post, PostState, Recalled, Trace
from bot.store import Store
from bot.work.clock import Clock
from bot.work.editor import MEMORY
from bot.work.health import no_way

# The last sign of life may be a little older than the backup, and a platform's clock a little behind ours.
EARLIER = timedelta(minutes=1)
# So long is waited before a channel is asked again that could be read another time.
PATIENCE_SECONDS = (5.0, 30.0, 60.0)
UNSETTLED = (PostState.OWED, PostState.SENDING, PostState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of it, in all channels together."""

    read: int  # channels
    unread: int
    known: Recalled
    held: int  # posts

    def line(self) -> str:
        """In one line."""
        known = self.known
        return (
            f"After the restore: {many(self.read, 'channel')} read, {self.unread} not; known again: "
            f"{many(known.posts, 'post')}, {many(known.digests, 'digest')}, {many(known.links, 'link')}; "
            f"held for you to decide: {many(self.held, 'post')} (treatywatch outbox)."
        )


class Restorer:
    """Looks what stands in the channels since the database's last sign of life."""

    def __init__(
        self,
        store: Store,
        chats: Mapping[str, Chat],
        *,
        clock: Clock,
        patience: Sequence[float] = PATIENCE_SECONDS,
    ) -> None:
        self._store, self._chats, self._clock, self._patience = store, chats, clock, patience

    async def restore(self, opened: datetime) -> Restored:
        """All listed channels; what was planned since `opened` is not of the backup."""
        last = (await self._store.status()).beats.get("post")
        since = (last or self._clock.now() - MEMORY) - EARLIER
        known, read, held = Recalled(), 0, 0
        channels = await self._store.channels()
        for channel in channels:
            try:
                known += await self._recall(channel, since)
                read += 1
            except CannotLook as reason:
                held += await self._distrust(channel, opened, why=str(reason))
        restored = Restored(read=read, unread=len(channels) - read, known=known, held=held)
        log.info("bot.restored", since=since.isoformat(), read=read, unread=restored.unread, held=held)
        return restored

    async def _recall(self, channel: Channel, since: datetime) -> Recalled:
        traces = await self._traces(channel, since)
        known = await self._store.recall(channel.id, traces, since=since, now=self._clock.now())
        log.info(
            "channel.recalled",
            channel=str(channel.id),
            since=since.isoformat(),
            posts=known.posts,
            digests=known.digests,
            links=known.links,
        )
        return known

    async def _traces(self, channel: Channel, since: datetime) -> list[Trace]:
        chat = self._chats.get(channel.id.platform)
        if chat is None:
            raise CannotLook(no_way(channel.id))
        for wait in (*self._patience, None):
            try:
                traces = await chat.recent(channel.id, since=since)
                break
            except CannotLook as reason:
                if wait is None or not reason.later:
                    raise
                log.warning("channel.asked_again", channel=str(channel.id), why=str(reason), seconds=wait)
            await asyncio.sleep(wait)
        seen = {trace.post for trace in traces}
        unsettled = [post for post in await self._store.outbox() if post.channel == channel.id]
        for post in unsettled:
            if post.state in UNSETTLED and post.id not in seen and (trace := await _found(chat, post)):
                traces.append(trace)
        return traces

    async def _distrust(self, channel: Channel, opened: datetime, *, why: str) -> int:
        held = await self._store.distrust(channel.id, opened=opened, before=self._clock.now(), why=why)
        log.error("channel.unread", channel=str(channel.id), why=why, held=held)
        return held


async def _found(chat: Chat, post: Post) -> Trace | None:
    """The post, where the platform finds it by what it says and not by its id."""
    receipt = await chat.find(post)
    return None if receipt is None else Trace(post=post.id, message=receipt.message)
