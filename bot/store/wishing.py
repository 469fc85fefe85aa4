"""What people change in chat: what a channel gets, and what they think of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Channel, ChannelId, Feedback, Pause, Subscription
from bot.store.asking import Reader


class Wishes(Reader, Protocol):
    """All that a command may change."""

    async def subscribe(
        self,
        channel: Channel,
        wishes: Sequence[Subscription],
        *,
        next_digest: datetime | None,
        next_weekly: datetime | None = None,
        now: datetime,
    ) -> None:
        """Add wishes to a channel set by chat, made if it is new, with the channel's cadences as given.

        A topic that is already there moves to the wish named now. A cadence that is not what it was moves the next
        digest to `next_digest` or `next_weekly`. What was told before is not owed again. Written to the audit as by
        `channel.owner`; raises StoreError for a channel that the file sets.
        """

    async def unsubscribe(self, channel: ChannelId, topics: Collection[str], *, by: str, now: datetime) -> None:
        """End these subscriptions; with the last topic of a digest that digest ends too.

        What is owed only for them is dropped; what a digest that ended still owed comes in the other one, else at once.
        Raises StoreError for a channel that the file sets.
        """

    async def pause(self, channel: ChannelId, pause: Pause, *, by: str, now: datetime) -> None:
        """Post nothing there until then; the file's channels can be paused too."""

    async def pause_workspace(self, platform: str, workspace: str, pause: Pause, *, now: datetime) -> None:
        """The same for each of its channels that is not paused."""

    async def resume(self, channel: ChannelId, *, by: str, now: datetime) -> bool:
        """End the pause; False: there was none.

        What was owed at once and waited goes into the daily digest, else into the weekly one, if there is any. A pause
        that runs out by itself does the same when the channel is next claimed.
        """

    async def was_answered(self, command: str) -> bool:
        """Whether a command of this id was answered before."""

    async def answered(self, command: str, *, now: datetime) -> None:
        """Note that it was; kept for a day."""

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
        """Make these the wishes of a channel set by chat, and its cadences and quiet hours as given; all in one.

        Other wishes that it had end as by `unsubscribe`; all else is as with `subscribe`.
        """

    async def say(self, feedback: Feedback) -> tuple[int, int] | None:
        """Keep a person's word on a story; the last one counts. None: the story is not kept any more.

        Gives how many people say by now that it belongs under that topic, and how many that it does not.
        """

    async def mute(self, channel: ChannelId, feed: str, *, by: str, now: datetime) -> bool:
        """Tell nothing there from now on that only this feed tells; False: it is so already.

        Raises StoreError where there never was such a channel.
        """

    async def unmute(self, channel: ChannelId, feed: str, *, by: str, now: datetime) -> bool:
        """End that; False: it was not muted."""

    async def welcome(self, platform: str, workspace: str, *, now: datetime) -> bool:
        """Note that somebody there was told how to begin; False: somebody was before."""

    async def take_back_welcome(self, platform: str, workspace: str) -> None:
        """Note that nobody there was, after all."""
