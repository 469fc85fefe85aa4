"""What may be asked of the store beside a running bot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import (
    Change,
    Channel,
    ChannelId,
    Claim,
    DigestKind,
    FeedState,
    Found,
    ItemId,
    Judged,
    KeptRecord,
    Message,
    Owed,
    Post,
    Readings,
    Settings,
    Status,
    Story,
    Subscription,
)


class Reader(Protocol):
    """What commands may ask beside a running bot; changes nothing."""

    async def latest(self, *, topic: str | None, limit: int) -> list[Found]:
        """Items that match a topic (None: any), newest first."""

    async def search(self, words: str, *, limit: int) -> list[Found]:
        """Items of the archive that hold every word, matched ones or not, best first; no words, no items.

        Of more than 2,000 such items the newest 2,000 are compared.
        """

    async def items_by_link(self, url: str) -> list[Found]:
        """Items whose link leads to the same page as this one, first seen first; [] where none does."""

    async def items(self, *, since: datetime, after: ItemId | None, limit: int) -> list[Found]:
        """The next items first seen since then, matched or not, in the order in which they were; [] at the end.

        `after`: the last item of those given before; None: begin.
        """

    async def feed_states(self) -> list[FeedState]:
        """The state of every watched feed, by id."""

    async def records(self) -> list[KeptRecord]:
        """The depositary's record as each watched feed of that kind told it, the one read last first."""

    async def channels(self) -> list[Channel]:
        """Every channel, by its written id."""

    async def subscriptions(self) -> list[Subscription]:
        """Every standing wish."""

    async def owed(self, channel: ChannelId) -> list[Owed]:
        """Deliveries of a channel that no post tells yet, oldest first."""

    async def told(self, channel: ChannelId, *, since: datetime) -> list[Story]:
        """Stories that a post tells or told there, planned since then and not refused; in no order."""

    async def told_before(self, channel: ChannelId) -> frozenset[str]:
        """Pages (once.page_of), and ids of posts, that it was told after the backup that was restored; mostly none."""

    async def earlier(self, channel: ChannelId, *, since: datetime | None, kind: DigestKind = "daily") -> int:
        """How many stories were told there since that time (None: ever) before a digest of that kind.

        Those are the ones told at once, and before a weekly one also those of the daily ones.
        """

    async def stories_by_week(self, topics: Collection[str], *, weeks: Sequence[datetime]) -> dict[str, list[int]]:
        """How many stories about each of these topics began in each week, in the order of the topics and the weeks.

        A week lasts from an instant of `weeks`, which are in order, to the next, so there is one less than instants.
        A story belongs to the week in which it was first read; one that was more than seven days old by then, as an
        archive brings them, to the week of its date. Dates of feeds.yaml are no reports.
        """

    async def told_at_once(self, channel: ChannelId, *, since: datetime) -> list[datetime]:
        """When each message was planned after that time that told something there at once, oldest first.

        A message and what stands in its thread count as one.
        """

    async def message_of(self, post: str) -> Message | None:
        """What a post tells, as it was composed or last corrected; None: that was not kept."""

    async def readings(self, *, since: datetime | None) -> Readings:
        """What was read since then, and which feeds fail now."""

    async def claim_view(self, channel: ChannelId) -> Claim | None:
        """The channel as a claim would show it, without claiming, its next digest due or not; None: no such channel."""

    async def settings(self, channel: ChannelId) -> Settings | None:
        """What a channel gets; None: nobody has subscribed it."""

    async def changes(
        self, *, limit: int, channel: ChannelId | None = None, since: datetime | None = None
    ) -> list[Change]:
        """Who changed what, newest first; with `channel`, there, with `since`, after that time."""

    async def known_to(self, platform: str, workspace: str, person: str) -> list[ChannelId]:
        """Channels of a workspace that get something and in which that person changed or marked anything, by id."""

    async def topic_counts(self, *, since: datetime) -> dict[str, int]:
        """How many items about each topic were first seen since then; a topic without any is left out."""

    async def story(self, story: str) -> Story | None:
        """A story as it is told by now; None: it is not kept."""

    async def feedback(self, *, since: datetime | None = None) -> list[Judged]:
        """What people said of stories that are kept, said since then (None: ever); the oldest word first."""

    async def muted(self, channel: ChannelId | None = None) -> dict[ChannelId, frozenset[str]]:
        """Which feeds are muted in which channels that mute any; with `channel`, in that one."""

    async def outbox(self) -> list[Post]:
        """Posts that are not sent, whatever their state, newest last, each with its `why`."""

    async def status(self) -> Status:
        """How the whole stands."""

    async def close(self) -> None:
        """Finish and let go of the file."""
