"""One channel, once: send what is planned, and plan what is due; look again at what a crash left in doubt.

A post is stored before it is sent. What is neither surely accepted nor surely refused is `unknown`, and only a look
at the channel turns that into something else; where nobody can look, it is sent once more, marked as a repeat.
Planning and sending are separate claims: what is planned is owed on disk, and the next claim sends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.chat import CannotLook, Chat
from bot.delivery.calendar import quiet_end
from bot.delivery.instants import has_digest, is_stale
from bot.errors import Closed, Refused, TryLater, Unsure
from bot.log import log
from bot.model import OURSELVES, Channel, Claim, Pause, Post, PostState
from bot.store import Store
from bot.work.clock import Clock
from bot.work.plan import Planner

# A lease outlasts the request by this much, so that no other worker takes a post for abandoned while it is under way.
MARGIN = timedelta(seconds=5)
# A post that was not found is looked for once more before it is sent again: a platform's history may lag.
LOOKS = 2
# So long a channel that cannot be read for the moment is asked again; then it counts as one that nobody can read.
UNREADABLE = timedelta(hours=24)
# A change of a message may be asked for again and again; so often, and so long after each other.
EDITS, EDIT_AGAIN = 5, timedelta(seconds=30)

# So often a channel is tried again that we are not in, and so long after the post that it lacks.
TRY_AGAIN, HOPE = timedelta(hours=1), timedelta(days=7)

UNINVITED = (
    "I cannot post to a channel that you subscribed: {why}. I keep what it is owed, and try again each hour for a "
    "week; nothing else needs to be done."
)
CLOSED = (
    "I cannot post to a channel that you subscribed: {why}. I have paused it and keep what it is owed. When it is "
    "mended, type `/treaty resume` there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenUnsure:
    """What is done about a post that may have been accepted, as the operator wants it."""

    settle: timedelta = timedelta(seconds=60)  # before its channel is looked at, where that may lag (bot.settle)
    otherwise: Literal["repeat", "hold"] = "repeat"  # where nobody can look (bot.on_unknown)


class Poster:
    """Posts what is due in a claimed channel."""

    def __init__(
        self,
        store: Store,
        chats: Mapping[str, Chat],
        planner: Planner,
        *,
        clock: Clock,
        unsure: WhenUnsure,
    ) -> None:
        self.store, self.chats, self.clock = store, chats, clock
        self._planner, self._unsure = planner, unsure

    async def post(self, claim: Claim) -> None:
        """Bring the channel's unsettled posts on, oldest first; where none is left, plan what is due.

        One message in flight: behind a post that is not settled nothing else goes out. Where the platform wants a pause
        between two, the next one comes with the claim after it; a lease that sleeps would keep a place from others.
        """
        for post in claim.posts:
            if not await self._advance(claim.channel, post):
                return
        if claim.posts:
            return  # what is due besides comes with the next claim, which sees the threads of those just sent
        await self._planner.plan(claim)

    def _settle(self, chat: Chat) -> timedelta:
        """How long after an unsure send, or a look in vain, the channel is looked at."""
        return self._unsure.settle if chat.lags else timedelta()

    async def _advance(self, channel: Channel, post: Post) -> bool:
        """Bring one unsettled post on; whether it is settled now, and the next may go."""
        if post.due > self.clock.now() or (post.parent and not post.thread):
            return False
        if post.state is PostState.OWED and await self._taken_back(channel, post):
            return True
        if post.state is PostState.UNKNOWN:
            looked = await self._look(channel, post)
            if looked is None or looked.state is PostState.UNKNOWN:
                return looked is None
            post = looked
        return await self._send(channel, post)

    async def _taken_back(self, channel: Channel, post: Post) -> bool:
        """Whether what was to be told at once is not, since it is quiet by now, or news no more."""
        if post.kind != "instant" or post.edits or post.planned is None:
            return False
        now = self.clock.now()
        stale = has_digest(channel) and is_stale(post.planned, channel, now=now)
        if not stale and quiet_end(channel.quiet, at=now) is None:
            return False
        taken = await self.store.unplan(post, fold=stale)
        if taken:
            log.info("post.taken_back", post=post.id, channel=str(channel.id), why="stale" if stale else "quiet hours")
        return taken

    async def _look(self, channel: Channel, post: Post) -> Post | None:
        """None: it needs nothing more. Else the post as it goes on: still unknown, or owed again."""
        if post.edits:  # the same change once more changes nothing
            return await self.store.repeat(post, marked=False)
        chat = self.chats[channel.id.platform]
        try:
            receipt = await chat.find(post)
        except CannotLook as reason:
            if reason.later and post.first_try and self.clock.now() - post.first_try < UNREADABLE:
                due = self.clock.now() + max(self._settle(chat), reason.after)
                return await self.store.doubt(post, due=due, why=str(reason))
            return await self._decide_blindly(channel, post, why=str(reason))
        if receipt is not None:
            await self.store.settle(post, receipt)
            log.info("post.found", post=post.id, channel=str(channel.id))
            return None
        if post.looks + 1 < LOOKS:
            due = self.clock.now() + self._settle(chat)
            return await self.store.doubt(post, due=due, why="not found at the first look")
        log.warning("post.repeated", post=post.id, channel=str(channel.id), why="not found in the channel")
        return await self.store.repeat(post, marked=False)

    async def _decide_blindly(self, channel: Channel, post: Post, *, why: str) -> Post | None:
        """What the operator wants where nobody can tell whether a post stands in its channel (bot.on_unknown)."""
        if self._unsure.otherwise == "hold":
            await self.store.hold(post, why=why)
            log.error("post.held", post=post.id, channel=str(channel.id), why=why)
            return None
        log.warning("post.repeated", post=post.id, channel=str(channel.id), why=why)
        return await self.store.repeat(post, marked=True)

    async def _send(self, channel: Channel, post: Post) -> bool:
        """One request; whether the post is settled by it, and the next may follow at once."""
        chat, now = self.chats[channel.id.platform], self.clock.now()
        lease = chat.timeout + MARGIN
        look = now + lease + self._settle(chat)
        begun = await self.store.begin(post, now=now, lease=lease, look=look, pace=chat.pace)
        # Reckoned anew: what the disk took of the time must not bring two requests nearer to each other.
        next_send = self.clock.now() + chat.pace if chat.pace else None
        try:
            async with asyncio.timeout(chat.timeout.total_seconds()):
                receipt = await chat.send(begun)
        except TryLater as reason:
            await self.store.put_off(begun, due=self.clock.now() + reason.retry_after, why=str(reason))
            log.warning("post.put_off", post=post.id, channel=str(channel.id), why=str(reason))
            return False
        except Refused as reason:
            return await self._refused(begun, chat, why=str(reason)) and not chat.pace
        except Closed as reason:
            await self._close(channel, begun, reason, was_told=post.why == str(reason))
            return False
        except (Unsure, TimeoutError) as reason:
            await self._doubt(begun, chat, why=str(reason) or "no answer in time")
            return False
        except asyncio.CancelledError:
            await asyncio.shield(self._doubt(begun, chat, why="stopped while it was being sent"))
            raise
        await self.store.settle(begun, receipt, next_send=next_send)
        log.info("post.sent", post=post.id, channel=str(channel.id), kind=post.kind, tries=begun.tries)
        return not chat.pace

    async def _refused(self, post: Post, chat: Chat, *, why: str) -> bool:
        """Once more as plain text, which no rule for blocks can be against; then never again. Whether it is settled."""
        message = None if post.plain or post.edits else await self.store.message_of(post.id)
        if message is None:
            await self.store.refuse(post, why=why)
            log.error("post.refused", post=post.id, channel=str(post.channel), why=why)
            return True
        await self.store.say_plainly(post, chat.render_plainly(message), due=self.clock.now(), why=why)
        log.error("post.said_plainly", post=post.id, channel=str(post.channel), why=why)
        return False

    async def _close(self, channel: Channel, post: Post, reason: Closed, *, was_told: bool) -> None:
        """Pause the channel, or its whole workspace; the post stays owed, and whoever subscribed it is told once.

        Nobody tells us that we were let in somewhere, so there the pause ends by itself each hour, for a week.
        """
        now = self.clock.now()
        hopes = reason.uninvited and post.planned is not None and now - post.planned < HOPE
        pause = Pause(until=now + TRY_AGAIN if hopes else None, why=str(reason))
        await self.store.put_off(post, due=now, why=str(reason))
        if reason.workspace:
            await self.store.pause_workspace(channel.id.platform, channel.id.workspace, pause, now=now)
        else:
            await self.store.pause(channel.id, pause, by=OURSELVES, now=now)
        if hopes and was_told:
            log.warning("channel.still_closed", channel=str(channel.id), why=str(reason))
            return
        if not reason.workspace:
            told = (UNINVITED if hopes else CLOSED).format(why=reason)
            await self.chats[channel.id.platform].tell_owner(channel, told)
        log.error("channel.closed", channel=str(channel.id), workspace=reason.workspace, why=str(reason))

    async def _doubt(self, post: Post, chat: Chat, *, why: str) -> None:
        if post.edits and post.tries >= EDITS:
            await self.store.refuse(post, why=why)
            log.error("post.refused", post=post.id, channel=str(post.channel), why=why)
            return
        if post.edits:
            await self.store.put_off(post, due=self.clock.now() + EDIT_AGAIN, why=why)
            return
        await self.store.doubt(post, due=self.clock.now() + self._settle(chat), why=why)
        log.warning("post.unsure", post=post.id, channel=str(post.channel), why=why)
