"""What feeds have brought, told as stories and kept: many feeds together, each whole or not at all.

Between looking at the stories that are known and keeping, no other feed may tell the same event as a story of its own.
So whoever comes while that goes on waits, and all who wait are told and kept together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.delivery.route import AN_HOUR, AT_ONCE, Routed, Told, hearing, route
from bot.model import FeedState, Item, ItemId, Match, Record, Subscription, Watched
from bot.store import Store
from bot.topics.stories import Memory
from bot.work.clock import Clock

# How far back a new item may join a story.
REMEMBERED = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Judged:
    """An item that is about the convention, and what it is about."""

    item: Item
    matches: tuple[Match, ...]

    @property
    def topics(self) -> frozenset[str]:
        """Topic.id of each."""
        return frozenset(match.topic for match in self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a document changes in the archive, judged."""

    state: FeedState  # of its feed, after this reading
    is_first: bool  # the feed was never read before
    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    telling: tuple[Judged, ...]  # new ones, and changed ones that told no story so far
    edited: tuple[tuple[str, Judged, frozenset[str]], ...]  # Story.id, an edition of an item of it, topics it gained
    record: Record | None = None  # the depositary's, where its feed told another or settled a doubt
    is_fresh: bool = False  # new is what comes, however old its date: the depositary writes down late what was done

    def date_of(self, item: Item) -> datetime | None:
        """By which an item is old or new; None: it is new."""
        return None if self.is_fresh else item.published


class Teller:
    """Tells and keeps; one at a time in a process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._memory = Memory()
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[Brought, asyncio.Future[int]]] = []

    async def keep(self, brought: Brought) -> int:
        """Keep all that a reading changes, and say how many stories were held back."""
        if not (brought.telling or brought.edited):
            nothing_told = Watched(
                state=brought.state, items=brought.new, changed=brought.changed, record=brought.record
            )
            await self._store.keep(nothing_told)
            return 0
        held: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((brought, held))
        async with self._turn:
            if not held.done():
                together, self._waiting = self._waiting, []
                await self._keep_all(together)
        return await held

    async def _keep_all(self, together: Sequence[tuple[Brought, asyncio.Future[int]]]) -> None:
        """Every one that waits is answered, whatever comes: with its number, its own error, or that of all."""
        try:
            (told,) = await asyncio.gather(self._told([one for one, _ in together]), return_exceptions=True)
            if isinstance(told, BaseException):
                outcomes: Sequence[int | BaseException] = [told] * len(together)
            else:
                kept = await asyncio.gather(*(self._store.keep(watched) for watched, _ in told), return_exceptions=True)
                outcomes = [count if error is None else error for (_, count), error in zip(told, kept, strict=True)]
            for (_, held), outcome in zip(together, outcomes, strict=True):
                if isinstance(outcome, BaseException):
                    held.set_exception(outcome)
                else:
                    held.set_result(outcome)
        finally:
            for _, held in together:
                held.cancel()  # does nothing to those that are answered

    async def _told(self, together: Sequence[Brought]) -> list[tuple[Watched, int]]:
        """The items under their stories, who is owed them, and how many stories were held back."""
        now = self._clock.now()
        self._memory.forget(now - REMEMBERED)
        self._memory.learn(await self._store.tellings(since=now - REMEMBERED, after=self._memory.serial))
        items = [judged.item for brought in together for judged in brought.telling]
        # Reading texts takes a while when much is learnt or told; posts and answers must not wait for that.
        stories = await asyncio.to_thread(self._memory.tell, items)
        story_of = {item: story for story, item in stories}
        subscriptions, muted = await self._store.subscriptions(), await self._store.muted()
        return [
            await self._watched(brought, story_of, hearing(subscriptions, muted, brought.state.feed), now=now)
            for brought in together
        ]

    async def _watched(
        self,
        brought: Brought,
        story_of: dict[ItemId, str],
        subscriptions: Sequence[Subscription],
        *,
        now: datetime,
    ) -> tuple[Watched, int]:
        routed = await self._route(brought, story_of, subscriptions, now=now)
        state = brought.state
        if routed.held:
            state = replace(state, held=routed.held, held_at=now, told_held=False)
        judged = (*brought.telling, *(edition for _, edition, _ in brought.edited))
        watched = Watched(
            state=state,
            items=brought.new,
            changed=brought.changed,
            matches=tuple(match for each in judged for match in each.matches),
            stories=tuple((story_of[judged.item.id], judged.item.id) for judged in brought.telling),
            deliveries=routed.deliveries,
            record=brought.record,
        )
        return watched, routed.held

    async def _route(
        self,
        brought: Brought,
        story_of: dict[ItemId, str],
        subscriptions: Sequence[Subscription],
        *,
        now: datetime,
    ) -> Routed:
        told = [
            Told(story=story_of[judged.item.id], topics=judged.topics, published=brought.date_of(judged.item))
            for judged in brought.telling
        ]
        # A story that is told already is news only to those who follow what it is about since this edition.
        told += [
            Told(story=story, topics=gained, published=brought.date_of(judged.item))
            for story, judged, gained in brought.edited
            if gained
        ]
        if brought.is_first:
            return route(told, subscriptions, silent=True, now=now)
        room = AT_ONCE - await self._store.at_once(brought.state.feed, since=now - AN_HOUR)
        return route(told, subscriptions, silent=False, room=max(room, 0), now=now)
