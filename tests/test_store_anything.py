"""Any sequence of subscribing, pausing, news and posting: no paused channel is claimed, and no story is lost."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.delivery.calendar import next_digest
from bot.model import Claim, Draft, Pause, Receipt, Wish
from bot.store import Store
from bot.store.sqlite import SqliteStore
from tests.chat_channels import ANNA, LOUNGE, file_says, news, owed, subscribe
from tests.stores import HOUR, LEASE, NINE_IN_VIENNA, NOW, begun

TOPICS = ("convention", "ratification", "human-rights")


@dataclass
class Life:
    """A channel of chat, beside what must be true of it."""

    store: Store
    now: datetime = NOW
    brought: int = 0
    pause_now: Pause | None = None
    wishes: dict[str, Wish] = field(default_factory=dict)
    owed: dict[str, frozenset[str]] = field(default_factory=dict)  # Story.id → its topics
    planned: list[str] = field(default_factory=list)  # payloads
    sent: list[str] = field(default_factory=list)

    @property
    def paused(self) -> bool:
        return self.pause_now is not None and (self.pause_now.until is None or self.pause_now.until > self.now)

    async def subscribe(self, topic: str, wish: Wish) -> None:
        if not self.wishes:
            self.pause_now = None
        self.wishes[topic] = wish
        due = next_digest(NINE_IN_VIENNA, after=self.now)
        instant, digest = ((topic,), ()) if wish == "instant" else ((), (topic,))
        await subscribe(self.store, instant=instant, digest=digest, due=due, now=self.now)

    async def unsubscribe(self, topics: list[str]) -> None:
        self.wishes = {topic: wish for topic, wish in self.wishes.items() if topic not in topics}
        self.owed = {story: about for story, about in self.owed.items() if about & self.wishes.keys()}
        if not self.wishes:
            self.planned = []
        await self.store.unsubscribe(LOUNGE, topics, by=ANNA, now=self.now)

    async def bring(self, topics: list[str]) -> None:
        self.brought += 1
        if self.wishes.keys() & set(topics):
            self.owed[f"story {self.brought}"] = frozenset(topics)
        await news(self.store, str(self.brought), *topics, now=self.now)

    async def pause(self, hours: int | None) -> None:
        if self.wishes:
            self.pause_now = Pause(until=None if hours is None else self.now + hours * HOUR, why="by hand")
            await self.store.pause(LOUNGE, self.pause_now, by=ANNA, now=self.now)

    async def resume(self) -> None:
        expected, self.pause_now = self.paused, None
        assert await self.store.resume(LOUNGE, by=ANNA, now=self.now) is expected or not self.wishes

    async def work(self, hours: int, claims: int) -> None:
        """Time passes, and the worker makes so many claims at most."""
        self.now += hours * HOUR
        for _ in range(claims):
            leased = await self.store.claim_channels(self.now, limit=1, lease=LEASE, platforms=["slack"])
            if not leased:
                return
            (claim,) = leased
            assert not self.paused, "a paused channel is never claimed"
            await (self._send(claim) if claim.posts else self._plan(claim))
            await self.store.release(LOUNGE)

    async def _plan(self, claim: Claim) -> None:
        waiting = await owed(self.store)
        due = [story for story, wish in waiting.items() if wish == ("digest" if claim.digest else "instant")]
        assert due or claim.digest, "what is claimed has something to do"
        draft = Draft(kind="digest" if claim.digest else "instant", payload=" ".join(due), stories=tuple(due))
        made = await self.store.plan(
            LOUNGE,
            [draft] if due else [],
            digest=claim.digest,
            next_digest=next_digest(NINE_IN_VIENNA, after=self.now) if claim.digest else None,
            now=self.now,
        )
        for post in made:
            self.planned += post.payload.split("story ")[1:]
            self.owed = {story: about for story, about in self.owed.items() if story not in due}

    async def _send(self, claim: Claim) -> None:
        for post in claim.posts:
            await self.store.settle(await begun(self.store, post, self.now), Receipt(message="1"))
            told = post.payload.split("story ")[1:]
            self.planned = [story for story in self.planned if story not in told]
            self.sent += told


topics = st.lists(st.sampled_from(TOPICS), min_size=1, max_size=3, unique=True)
steps = st.one_of(
    st.tuples(st.just("subscribe"), st.sampled_from(TOPICS), st.sampled_from(["instant", "digest"])),
    st.tuples(st.just("unsubscribe"), topics),
    st.tuples(st.just("bring"), topics),
    st.tuples(st.just("bring"), topics),
    st.tuples(st.just("pause"), st.sampled_from([None, 1, 30])),
    st.tuples(st.just("resume")),
    st.tuples(st.just("work"), st.sampled_from([0, 1, 25]), st.sampled_from([1, 9])),
)


async def live(sequence: list[tuple[object, ...]], path: Path) -> None:
    """Take the steps; after each, what is owed is exactly what must be, and in the end all of it is told, once."""
    store = await SqliteStore.open(path, worker="one")
    try:
        await file_says(store)
        life = Life(store)
        await life.subscribe("convention", "digest")
        await life.subscribe("ratification", "instant")
        for name, *values in sequence:
            await getattr(life, str(name))(*values)
            assert set(await owed(store)) == set(life.owed)
        if life.wishes:
            await life.resume()
        await life.work(24 * 8, claims=99)
        assert (await owed(store), life.owed, life.planned) == ({}, {}, [])
        assert len(life.sent) == len(set(life.sent)), "no story is told twice"
    finally:
        await store.close()


@pytest.mark.timeout(300)
@given(st.lists(steps, min_size=4, max_size=25))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_a_paused_channel_is_not_claimed_and_what_is_wished_is_told_once(
    sequence: list[tuple[object, ...]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(sequence, Path(folder) / "test.db"))
