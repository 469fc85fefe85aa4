"""The dates of feeds.yaml, told before they come: each of its three times once, whatever is killed in between.

What was told is an item of the archive, known by its date, its name and its days before; it is kept in one transaction
with what channels are owed for it. Each is a story of its own: an outlet's report about the date takes nothing from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.delivery.deadlines import due
from bot.delivery.route import Told, hearing, route
from bot.log import log
from bot.model import DATES, Deadline, FeedState, Topic, Watched
from bot.store import Store
from bot.work.clock import Clock


class Deadlines:
    """Tells the dates whose time has come."""

    def __init__(
        self, store: Store, dates: Sequence[Deadline], topics: Sequence[Topic], *, zone: str, clock: Clock
    ) -> None:
        self._store, self._dates, self._topics = store, dates, topics
        self._zone, self._clock = zone, clock

    async def tell(self) -> None:
        """Keep what is to be told now and was not, and who is owed it."""
        now = self._clock.now()
        found = due(self._dates, self._topics, now=now, zone=self._zone)
        if not found:
            return
        known = await self._store.news(DATES.id, [one.item for one in found])
        new = [one for one in found if one.item in known.new]
        if not new:
            return
        told = [
            Told(story=one.story, topics=frozenset(match.topic for match in one.matches), published=None) for one in new
        ]
        wishes = hearing(await self._store.subscriptions(), await self._store.muted(), DATES.id)
        routed = route(told, wishes, silent=False, room=len(new), now=now)
        await self._store.keep(
            Watched(
                state=FeedState(feed=DATES.id, due=now, first_read=now, last_read=now),
                items=tuple(one.item for one in new),
                matches=tuple(match for one in new for match in one.matches),
                stories=tuple((one.story, one.item.id) for one in new),
                deliveries=routed.deliveries,
            )
        )
        log.info("dates.told", dates=[one.item.key for one in new])
