"""What is known and what is due, in our nouns. Every back end passes tests/test_store*.py.

A method is one transaction. It raises Blocked where the database takes nothing right now; but what came of a request
(settle, put_off, doubt, refuse) is tried until it is written. What is due is a row, and a row is claimed by lease: a
worker that dies loses its claim by itself. A claim returns rows in no order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import (
    Channel,
    ChannelId,
    Claim,
    Delivery,
    DigestKey,
    DigestKind,
    Draft,
    Dropped,
    Duty,
    Feed,
    FeedState,
    Follow,
    Item,
    Mark,
    News,
    Outdated,
    Post,
    Recalled,
    Receipt,
    Sequel,
    Subscription,
    Telling,
    Topic,
    Trace,
    Watched,
)
from bot.store.asking import Reader
from bot.store.wishing import Wishes

__all__ = ["Outbox", "Reader", "Store", "Wishes"]


class Outbox(Reader, Protocol):
    """What an operator may change, also beside a running bot."""

    async def retry(self, post: str) -> bool:
        """held, refused, unknown → owed, at once, and with it what stopped in its thread together with it.

        False: there is no such post, it stands otherwise, its channel gets nothing any more, or it belongs into the
        thread of one that was not sent: retry that one. It is marked as a repeat where an earlier try may have been
        accepted.
        """

    async def drop(self, post: str) -> bool:
        """owed, unknown, held, refused → refused by the operator, and with it what should have gone into its thread.

        False: there is no such post, or it stands otherwise.
        """


class Store(Outbox, Wishes, Protocol):
    """All of it, for a process that runs with some or all duties."""

    async def settle_config(
        self,
        *,
        feeds: Sequence[Feed],
        topics: Sequence[Topic],
        channels: Sequence[tuple[Channel, Sequence[Subscription]]],
        now: datetime,
    ) -> list[tuple[ChannelId, str]]:
        """Make feeds, channels and the file's subscriptions what feeds.yaml says.

        Gives the subscriptions made in chat that ended because the file has their topic no more, sorted; each is
        given once, so that who gets them tells the channels. A channel of chat that the file names is the file's
        from now on: its subscriptions made in chat end, what it is owed and still wishes stays.

        Beside them there is DATES, which is kept like any feed and never due. A feed taken out keeps its items and is
        no longer due. A new feed is due now; one with another address too,
        and what was known of the old one is forgotten: validators, pace, move, that it fails. A channel taken out of
        the file gets nothing more. A channel whose cadence changed has its next digest reckoned anew by `set_digest`.
        """

    async def set_digest(self, channel: ChannelId, *, due: datetime | None, kind: DigestKind = "daily") -> None:
        """When the channel's next digest of that kind is due."""

    async def undated(self) -> list[tuple[Channel, DigestKind]]:
        """Channels with a cadence whose next digest is still to be reckoned, once for each of these digests."""

    async def claim_feeds(
        self, now: datetime, *, limit: int, lease: timedelta, only: Collection[str] | None = None
    ) -> list[FeedState]:
        """Lease feeds that are due and not leased; with `only`, those, due or not.

        Of one owner (feeds.owner: the registrable domain) never more than one is leased, whoever holds it: a
        publisher is asked one thing at a time. The healthy come before those that failed, then who waits longest.
        """

    async def news(self, feed: str, items: Sequence[Item]) -> News:
        """What is not kept yet, and what is kept and told differently now; in the given order, each key once.

        Not new: an item whose key is new but whose link and title this feed gave within the last 30 days, since
        some publishers make a new guid at each build. Changed: title, link or summary of a known key differ; a
        link that leads to the same page is the same, and the full text alone is not worth a change.
        """

    async def at_once(self, feed: str, *, since: datetime) -> int:
        """How many stories that began with an item of this feed became owed at once somewhere since then.

        Those that were dropped are not counted.
        """

    async def tellings(self, *, since: datetime, after: int) -> list[Telling]:
        """Items of the stories that began since then, kept after that serial (0: all), in the order of their serials.

        Asked again and again by who keeps those given before in mind, so it gives no more than is new. Those of DATES
        are left out: no outlet's item joins them.
        """

    async def keep(self, watched: Watched) -> None:
        """Write one reading of one feed, and end its lease: all or nothing.

        Of a changed item all but its key and `seen` is replaced, its matches by those given; one that has matches
        and is given none stays as it was. Of the state `told_failing` is never written, and `told_held` only with
        another `held_at`: what the channels were told is noted by `announce`, which may have come between.
        A record takes the place of the one before and ends the doubt; a doubt without a record to doubt it by is lost.
        Raises StoreError where feed, channel, or a changed item is not known, or a new one is kept already.
        """

    async def release_feed(self, feed: str) -> None:
        """End the feed's lease without keeping anything: it stays due."""

    async def has_room(self) -> bool:
        """Whether there is room for what feeds bring; without it nothing is read, so that posts can still be noted."""

    async def drop_old(self, before: datetime, *, after: Mark) -> Dropped:
        """Take away some of what is older than that, from that mark on: a little, so that others get their turn.

        Items by when they were first seen, with all that hangs on them; posts, digests and lines of the audit. Never
        an item that its feed may still hold, one of a story that is owed, or whose post is not settled; nor a post that
        tells something that is kept.
        """

    async def next_feed(self) -> datetime | None:
        """When the next watched feed can be claimed; None: none is watched."""

    async def free_feeds(self) -> None:
        """End the leases that this worker has on feeds, those of readings that were cut off."""

    async def announce(self, drafts: Sequence[tuple[ChannelId, Draft]], states: Sequence[FeedState]) -> None:
        """Plan one post for each of these channels, and note for these feeds what their channels are told by it.

        Of the states only `told_failing` and `told_held` are written, the latter not where another flood came since.
        A channel that gets nothing any more is told nothing. All or nothing, and just the same a second time is a
        StoreError, so each is told once.
        """

    async def claim_channels(
        self, now: datetime, *, limit: int, lease: timedelta, platforms: Collection[str] | None = None
    ) -> list[Claim]:
        """Lease channels of these platforms (None: of any) where a post, a story at once, or the digest is due.

        Those where something has been due longest; never one that is paused.

        Posts left in `sending` by a lease that ended come back as `unknown`.
        """

    async def release(self, channel: ChannelId) -> None:
        """End the channel's lease."""

    async def plan(
        self,
        channel: ChannelId,
        drafts: Sequence[Draft],
        *,
        digest: DigestKey | None,
        next_digest: datetime | None,
        dropped: Sequence[Delivery] = (),
        now: datetime,
    ) -> list[Post]:
        """Store rendered messages as owed posts, and which stories they tell; the first is the parent of the rest.

        With `digest`, also that this digest of this day is made, and when the next is due; a digest of the same
        channel, cadence and day that is already made leaves everything as it was and gives []. `dropped`
        deliveries are told by none and never will be. What may stand there since before a restore is held instead
        (`distrust`), and what stands there is sent (`recall`).
        """

    async def wait(self, channel: ChannelId, *, until: datetime) -> None:
        """Tell nothing at once there before that, sequels included; digests come all the same."""

    async def fold(self, channel: ChannelId, stories: Sequence[str]) -> None:
        """What was owed at once goes into the channel's digest; where it has none, all stays as it is."""

    async def unplan(self, post: Post, *, fold: bool) -> bool:
        """A post that surely was not accepted never was: its stories are owed again, at once or (fold) to the digest.

        What belongs to it, in its thread or as a correction, goes with it. False: it may have been accepted.
        """

    async def outdated(self, channel: ChannelId) -> list[Outdated]:
        """What is owed to messages of the channel, by message; the one planned first first.

        Such sequels become owed by `keep`: a correction where a told story's item changed, and coverage where an
        item came to a story that was told at once, both within 14 days of its post. Those of messages that were
        refused or are held are dropped.
        """

    async def follow(self, follows: Sequence[Follow], *, done: Sequence[Sequel], now: datetime) -> None:
        """Plan posts that go on from messages, and note that these sequels are told by them, or (done) by none.

        From then on `message_of` gives the corrected message of an edited one. All or nothing.
        """

    async def recall(self, channel: ChannelId, traces: Sequence[Trace], *, since: datetime, now: datetime) -> Recalled:
        """After a restore: note what the channel was told since then, of which the database knows nothing.

        Posts of these traces are sent, digests are made and the next is due after them; stories that lead to their
        links are not told again (`told_before`), and a post planned with the id of one of them is sent already.
        """

    async def distrust(self, channel: ChannelId, *, opened: datetime, before: datetime, why: str) -> int:
        """After a restore, where nobody can look: hold what was not sent and was planned before `opened`; how many.

        From now on a post is planned as held that tells a story published before `before` (of those without a date:
        seen within a day after), and so is a digest due before.
        """

    async def begin(
        self, post: Post, *, now: datetime, lease: timedelta, look: datetime, pace: timedelta = timedelta()
    ) -> Post:
        """owed → sending, on disk before this returns; the channel's lease is renewed to outlast the request.

        Should nothing be heard of the request again, the channel is looked at no sooner than `look`. Nothing else is
        due there before `pace` is over.
        """

    async def settle(self, post: Post, receipt: Receipt, *, next_send: datetime | None = None) -> None:
        """→ sent; nothing else is due in its channel before `next_send`."""

    async def put_off(self, post: Post, *, due: datetime, why: str) -> None:
        """sending → owed after a sure failure; nothing is due in its channel before `due`."""

    async def doubt(self, post: Post, *, due: datetime, why: str) -> Post:
        """→ unknown, to be looked for at `due`; of one that is unknown already, a look in vain counts."""

    async def repeat(self, post: Post, *, marked: bool) -> Post:
        """unknown → owed, at once: it was not found, or (marked) could not be looked for."""

    async def say_plainly(self, post: Post, payload: str, *, due: datetime, why: str) -> None:
        """sending → owed, with another payload: the platform refused this one. Only once for each post."""

    async def refuse(self, post: Post, *, why: str) -> None:
        """→ refused."""

    async def hold(self, post: Post, *, why: str) -> None:
        """unknown → held: nobody can look, and the operator wants to decide (bot.on_unknown)."""

    async def next_channel(self, *, platforms: Collection[str] | None = None) -> datetime | None:
        """When something is next due in a channel of these platforms (None: of any); None: nothing ever."""

    async def beat(self, now: datetime, duties: Collection[Duty]) -> None:
        """Leave a sign of life of these duties for `health`."""
