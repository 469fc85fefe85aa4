"""What people change in chat, in one SQLite file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.model import Channel, ChannelId, Feedback, Pause, Subscription
from bot.store import channels as channel_units
from bot.store import feedback as feedback_units
from bot.store.outbox import SqliteOutbox


class SqliteWishes(SqliteOutbox):
    """All that a command may change; see the Wishes protocol for what each method gives."""

    async def subscribe(
        self,
        channel: Channel,
        wishes: Sequence[Subscription],
        *,
        next_digest: datetime | None,
        next_weekly: datetime | None = None,
        now: datetime,
    ) -> None:
        """Add wishes to a channel set by chat; one given without a cadence keeps the one it has."""
        due = channel_units.Due(digest=next_digest, weekly=next_weekly)
        await self._line.write(channel_units.subscribe, channel, wishes, due, now=now)

    async def unsubscribe(self, channel: ChannelId, topics: Collection[str], *, by: str, now: datetime) -> None:
        """End wishes; with the last of them the channel gets nothing more, what was planned included."""
        await self._line.write(channel_units.unsubscribe, channel, topics, by=by, now=now)

    async def pause(self, channel: ChannelId, pause: Pause, *, by: str, now: datetime) -> None:
        """Post nothing there until then. Raises StoreError where there never was such a channel."""
        await self._line.write(channel_units.pause, channel, pause, by=by, now=now)

    async def pause_workspace(self, platform: str, workspace: str, pause: Pause, *, now: datetime) -> None:
        """The same for each of its channels that is not paused."""
        await self._line.write(channel_units.pause_workspace, platform, workspace, pause, now=now)

    async def resume(self, channel: ChannelId, *, by: str, now: datetime) -> bool:
        """End the pause; False: there was none, or it has run out."""
        return await self._line.write(channel_units.resume, channel, by=by, now=now)

    async def was_answered(self, command: str) -> bool:
        """Whether a command of this id was answered before."""
        return await self._line.read(channel_units.was_answered, command)

    async def answered(self, command: str, *, now: datetime) -> None:
        """Note that it was; kept for a day."""
        # Should a power cut undo it, a command that is delivered again is done again, which changes nothing.
        await self._line.note(channel_units.answered, command, now=now)

    async def arrange(
        self,
        channel: Channel,
        wishes: Sequence[Subscription],
        *,
        by: str,
        next_digest: datetime | None,
        next_weekly: datetime | None = None,
        now: datetime,
    ) -> None:
        """Make these the wishes of a channel set by chat, and its cadences and quiet hours as given."""
        due = channel_units.Due(digest=next_digest, weekly=next_weekly)
        await self._line.write(channel_units.arrange, channel, wishes, due, by=by, now=now)

    async def say(self, feedback: Feedback) -> tuple[int, int] | None:
        """Keep a person's word on a story, and count all; None: the story is not kept any more."""
        return await self._line.write(feedback_units.say, feedback)

    async def mute(self, channel: ChannelId, feed: str, *, by: str, now: datetime) -> bool:
        """Tell nothing there from now on that only this feed tells; False: it is so already."""
        return await self._line.write(feedback_units.mute, channel, feed, by=by, now=now)

    async def unmute(self, channel: ChannelId, feed: str, *, by: str, now: datetime) -> bool:
        """End that; False: it was not muted."""
        return await self._line.write(feedback_units.unmute, channel, feed, by=by, now=now)

    async def welcome(self, platform: str, workspace: str, *, now: datetime) -> bool:
        """Note that somebody there was told how to begin; False: somebody was before."""
        return await self._line.write(feedback_units.welcome, f"{platform}:{workspace}", now=now)

    async def take_back_welcome(self, platform: str, workspace: str) -> None:
        """Note that nobody there was, after all."""
        await self._line.write(feedback_units.take_back_welcome, f"{platform}:{workspace}")
