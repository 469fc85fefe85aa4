"""Whatever happens to feeds, those are claimed whose turn it is, and the next turn is known to the microsecond."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Feed, Watched
from bot.store import Store
from bot.store.sqlite import SqliteStore
from tests.stores import HOUR, LEASE, MINUTE, NOW, state

OWNERS = {"a": "one", "b": "one", "c": "one", "d": "two", "e": "two", "f": "three"}


@dataclass
class Known:
    """What must be true of one feed."""

    id: str
    due: datetime = NOW
    failing: bool = False
    watched: bool = True
    leased: datetime | None = None

    @property
    def owner(self) -> str:
        return OWNERS[self.id]

    @property
    def turn(self) -> tuple[bool, datetime, str]:
        return self.failing, self.due, self.id


@dataclass
class Life:
    """A store, beside what must be true of its feeds."""

    store: Store
    now: datetime = NOW
    feeds: dict[str, Known] = field(default_factory=lambda: {id_: Known(id_) for id_ in OWNERS})

    async def configure(self, ids: list[str]) -> None:
        """The file names these feeds and no others."""
        told = [Feed(id=id_, name=id_, url=f"https://{OWNERS[id_]}.example/{id_}", every=HOUR) for id_ in ids]
        await self.store.settle_config(feeds=told, topics=(), channels=(), now=self.now)
        for feed in self.feeds.values():
            if feed.id in ids and not feed.watched:
                feed.due = self.now
            feed.watched = feed.id in ids

    async def claim(self, limit: int, only: list[str] | None) -> None:
        """Exactly those are claimed whose turn it is."""
        busy = {feed.owner for feed in self.feeds.values() if feed.leased and feed.leased > self.now}
        expected: list[Known] = []
        for feed in sorted(self.feeds.values(), key=lambda feed: feed.turn):
            wanted = feed.due <= self.now if only is None else feed.id in only
            if feed.watched and wanted and feed.owner not in busy and len(expected) < limit:
                busy.add(feed.owner)
                expected.append(feed)
        claimed = await self.store.claim_feeds(self.now, limit=limit, lease=LEASE, only=only)
        assert sorted(state.feed for state in claimed) == sorted(feed.id for feed in expected)
        for feed in expected:
            feed.leased = self.now + LEASE

    async def keep(self, id_: str, minutes: int, failures: int) -> None:
        """A reading ends."""
        due = self.now + minutes * MINUTE
        await self.store.keep(Watched(state=state(id_, due=due, failures=failures)))
        self.feeds[id_].due, self.feeds[id_].failing, self.feeds[id_].leased = due, failures > 0, None

    async def wait(self, minutes: int) -> None:
        """Time passes."""
        self.now += minutes * MINUTE

    async def look(self) -> None:
        """The next turn is when a feed is due and nobody has its owner."""
        turns = []
        for feed in self.feeds.values():
            leases = [other.leased for other in self.feeds.values() if other.owner == feed.owner and other.leased]
            if feed.watched:
                turns.append(max([feed.due, *leases]))
        assert await self.store.next_feed() == min(turns, default=None)


ids = st.lists(st.sampled_from(list(OWNERS)), max_size=6, unique=True)
steps = st.one_of(
    st.tuples(st.just("claim"), st.sampled_from([1, 2, 9]), st.none()),
    st.tuples(st.just("claim"), st.sampled_from([1, 2, 9]), st.none()),
    st.tuples(st.just("claim"), st.sampled_from([1, 9]), ids),
    st.tuples(st.just("keep"), st.sampled_from(list(OWNERS)), st.integers(0, 7), st.sampled_from([0, 0, 1, 2])),
    st.tuples(st.just("keep"), st.sampled_from(list(OWNERS)), st.integers(0, 7), st.sampled_from([0, 0, 1, 2])),
    st.tuples(st.just("wait"), st.integers(0, 7)),
    st.tuples(st.just("configure"), ids),
)


async def live(sequence: list[tuple[object, ...]], path: Path) -> None:
    store = await SqliteStore.open(path, worker="one")
    try:
        life = Life(store)
        await life.configure(list(OWNERS))
        for name, *values in sequence:
            await getattr(life, str(name))(*values)
            await life.look()
    finally:
        await store.close()


@given(st.lists(steps, min_size=4, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_those_are_claimed_whose_turn_it_is_and_the_next_turn_is_known(
    sequence: list[tuple[object, ...]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(sequence, Path(folder) / "test.db"))
