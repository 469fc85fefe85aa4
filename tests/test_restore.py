"""A backup is put in place of the database: nothing that was posted since is posted again, and nothing is lost.

The whole app in this process, a Slack beside it that goes on with what it has, and copies of a real database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import PostState, Recalled, Trace
from bot.store import Store, post_rows
from bot.work.restore import Restored, Restorer
from tests import stores
from tests.fake_slack import FakeSlack, Fault
from tests.feed_server import Told
from tests.stores import DAY, HOUR, LEASE, NOW, SLACK, a_draft, a_reading, an_item, claimed, planned
from tests.world import World, vienna

store = stores.store

STATES = (
    *("Norway", "Ghana", "Chile", "Fiji", "Nepal", "Malta", "Togo", "Peru", "Laos", "Kenya", "Qatar", "Oman"),
    *("Japan", "Brazil", "Angola", "Belize", "Cyprus", "Guyana", "Jordan", "Kuwait", "Latvia", "Mexico", "Panama"),
    *("Rwanda", "Serbia", "Zambia"),
)
READABLE = ("commands", "chat:write", "chat:write.public", "channels:history")
BLIND = READABLE[:-1]


def ratified(number: int, moment: str) -> Told:
    """What the n-th state did, told at that time in Vienna."""
    state = STATES[number]
    return Told(
        title=f"{state} ratifies the UN Convention against Cybercrime",
        guid=f"item-{number}",
        link=f"https://gazette.example/{state.lower()}",
        summary=f"Parliament in {state} approved the ratification of the UN Convention against Cybercrime.",
        published=vienna(moment),
    )


class Office:
    """A world with a Slack whose clock is the same, and copies of its database."""

    def __init__(self, folder: Path, world: World, slack: FakeSlack) -> None:
        self.folder, self.world, self.slack = folder, world, slack
        self.moment = datetime.fromisoformat("2025-10-27 08:00")

    async def passes(self, *, hours: float = 1) -> str:
        """Turn the clock on and make one pass; the time in Vienna."""
        self.moment += timedelta(hours=hours)
        moment = f"{self.moment:%Y-%m-%d %H:%M}"
        await self.world.at(moment)
        return moment

    def finds(self, number: int) -> None:
        """One of the feeds tells of that state; each tells of every third, since a feed may tell ten at once an hour."""
        feed = ("gazette", "courier", "tribune")[number % 3]
        self.world.feed(feed).gains(ratified(number, f"{self.moment:%Y-%m-%d %H:%M}"))

    async def gains(self, *numbers: int) -> None:
        """An hour passes for each of these states."""
        for number in numbers:
            self.finds(number)
            await self.passes()

    def backs_up(self) -> None:
        """A consistent copy while the bot runs."""
        with (
            closing(sqlite3.connect(self.folder / "world.db")) as source,
            closing(sqlite3.connect(self.folder / "copy.db")) as copy,
        ):
            source.backup(copy)

    async def restores(self) -> Restored:
        """The copy in the database's place, and the app over it."""
        await self.world.close()
        for end in ("-wal", "-shm"):
            (self.folder / f"world.db{end}").unlink(missing_ok=True)
        (self.folder / "copy.db").replace(self.folder / "world.db")
        self.moment += timedelta(minutes=30)
        self.world.clock.moment = vienna(f"{self.moment:%Y-%m-%d %H:%M}")
        await self.world.open()
        return await self.world.app.restore()

    def told(self, channel: str = "C1") -> dict[str, int]:
        """How often each state's story stands there."""
        words = [post.words for post in self.slack.posts(channel)]
        counts = {state: sum(one.count(f"{state} ratifies") for one in words) for state in STATES}
        return {state: count for state, count in counts.items() if count}

    async def posts(self) -> dict[PostState, int]:
        """How many posts stand in each state."""
        return {state: count for state, count in (await self.world.app.store.status()).posts.items() if count}


async def opened(stack: AsyncExitStack, folder: Path, reference: Path | None, *, wishes: str = "instant") -> Office:
    """An office whose channel C1 follows ratifications."""
    slack = await stack.enter_async_context(FakeSlack(reference=reference, scopes=READABLE))
    feeds = ("gazette", "courier", "tribune")
    world = World(folder, feeds=feeds, channels=" []\n", slack=slack, bot=", settle: 1m")
    slack.workspace.now = world.clock.now
    await stack.enter_async_context(world)
    await world.asks(f"subscribe ratification {wishes}")
    await world.at("2025-10-27 08:00")
    return Office(folder, world, slack)


@pytest.fixture
async def office(tmp_path: Path, reference: Path | None) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        yield await opened(stack, tmp_path, reference)


@pytest.fixture
async def daily(tmp_path: Path, reference: Path | None) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        yield await opened(stack, tmp_path, reference, wishes="daily 09:00 Europe/Vienna")


async def test_twenty_posts_after_the_backup_are_known_again_and_none_is_lost_or_doubled(office: Office) -> None:
    await office.gains(0, 1)
    office.slack.faults.add("chat.postMessage", Fault.half())
    await office.gains(2)  # Slack has it, and the bot does not know
    office.backs_up()
    await office.gains(*range(3, 23))
    assert office.told() == dict.fromkeys(STATES[:23], 1)
    office.finds(23)  # while the bot is down
    restored = await office.restores()
    assert (restored.read, restored.unread, restored.held) == (1, 0, 0)
    assert (restored.known.posts, restored.known.links) == (1, 21)
    await office.passes(hours=0.1)
    await office.passes()
    await office.gains(24)
    assert office.told() == dict.fromkeys(STATES[:25], 1)
    assert set(await office.posts()) == {PostState.SENT}


async def test_without_the_scope_what_may_stand_there_is_held_and_news_goes_out(office: Office) -> None:
    await office.gains(0, 1)
    office.slack.faults.add("chat.postMessage", Fault.half())
    await office.gains(2)
    office.backs_up()
    await office.gains(*range(3, 23))
    office.slack.workspace.scopes = set(BLIND)
    office.finds(23)
    restored = await office.restores()
    assert (restored.read, restored.unread, restored.held) == (0, 1, 1)
    for _ in range(4):
        await office.passes()
    await office.gains(24)
    assert office.told() == dict.fromkeys([*STATES[:23], STATES[24]], 1)
    held = [post for post in await office.world.app.store.outbox() if post.state is PostState.HELD]
    assert "the channel's past could not be read: look there, then retry or drop it" in held[0].why
    assert "channels:history" in held[0].why
    listed = " ".join(post.payload for post in held)
    assert [state for state in STATES[2:24] if f"{state} ratifies" not in listed] == []


async def test_a_held_post_that_a_person_retries_is_sent_and_marked(office: Office) -> None:
    await office.gains(0)
    office.backs_up()
    office.slack.workspace.scopes = set(BLIND)
    office.finds(1)
    await office.restores()
    await office.passes()
    assert office.told() == {"Norway": 1}
    (held,) = await office.world.app.store.outbox()
    assert await office.world.app.store.retry(held.id)
    await office.passes()
    assert office.told() == {"Norway": 1, "Ghana": 1}
    assert "This may be a repeat" in office.slack.posts("C1")[-1].words


async def test_a_digest_that_was_made_after_the_backup_is_not_made_again(daily: Office) -> None:
    await daily.passes(hours=2)
    await daily.gains(0)
    daily.backs_up()
    await daily.gains(1)
    await daily.passes(hours=24)  # over nine o'clock
    assert daily.told() == {"Norway": 1, "Ghana": 1}
    restored = await daily.restores()
    assert (restored.known.digests, restored.held) == (1, 0)
    await daily.passes()
    await daily.gains(2)
    assert daily.told() == {"Norway": 1, "Ghana": 1}
    (settings,) = (await daily.world.app.store.status()).digests
    assert settings[1] == datetime(2025, 10, 29, 8, tzinfo=UTC)
    await daily.passes(hours=24)
    assert daily.told() == {"Norway": 1, "Ghana": 1, "Chile": 1}


async def test_what_a_digest_told_in_its_thread_is_known_too(daily: Office) -> None:
    daily.backs_up()
    await daily.gains(*range(14))
    await daily.passes(hours=24)
    assert len([post for post in daily.slack.posts("C1") if post.thread]) == 1
    await daily.restores()
    await daily.passes()
    await daily.gains(14)
    await daily.passes(hours=24)
    assert daily.told() == dict.fromkeys(STATES[:15], 1)


async def test_without_the_scope_a_digest_that_was_due_before_is_held(daily: Office) -> None:
    await daily.gains(0)
    daily.backs_up()
    await daily.gains(1)
    await daily.passes(hours=24)
    daily.slack.workspace.scopes = set(BLIND)
    await daily.restores()
    await daily.passes()
    await daily.passes(hours=24)
    await daily.gains(2)
    await daily.passes(hours=24)
    assert daily.told() == {"Norway": 1, "Ghana": 1, "Chile": 1}
    assert (await daily.posts())[PostState.HELD] >= 1


async def test_the_rest_of_a_digest_goes_into_the_thread_of_its_beginning_that_was_found(daily: Office) -> None:
    await daily.gains(*range(14))
    daily.slack.faults.add("chat.postMessage", Fault.half())
    daily.moment = datetime.fromisoformat("2025-10-28 09:00")
    await daily.passes(hours=0)  # Slack has the beginning, the bot does not know; the rest is owed
    daily.backs_up()
    await daily.restores()
    await daily.passes()
    _, first, rest = [post for post in daily.slack.posts("C1") if "ratifies" in post.words]
    assert rest.thread == first.ts
    assert daily.told() == dict.fromkeys(STATES[:14], 1)


async def test_a_busy_slack_is_asked_again_before_anything_is_held(office: Office) -> None:
    await office.gains(0)
    office.backs_up()
    await office.gains(1)
    await office.restores()
    office.slack.faults.add("conversations.history", Fault.rate_limited(1), times=2)
    restorer = Restorer(office.world.app.store, office.world.app.chats, clock=office.world.clock, patience=(0.0, 0.0))
    restored = await restorer.restore(office.world.clock.now())
    assert (restored.read, restored.unread) == (1, 0)
    office.slack.faults.add("conversations.history", Fault.rate_limited(1), times=3)
    restored = await restorer.restore(office.world.clock.now())
    assert (restored.read, restored.unread) == (0, 1)


async def test_a_channel_without_a_way_to_it_is_one_that_cannot_be_read(office: Office) -> None:
    restorer = Restorer(office.world.app.store, {}, clock=office.world.clock)
    restored = await restorer.restore(office.world.clock.now())
    assert (restored.read, restored.unread, restored.held) == (0, 1, 0)


async def test_a_file_that_is_the_channel_tells_what_it_holds(tmp_path: Path) -> None:
    async with World(tmp_path) as world:
        await world.at("2025-10-27 08:00")
        world.feed("gazette").gains(ratified(0, "2025-10-27 08:00"))
        await world.at("2025-10-27 08:30")
        with (
            closing(sqlite3.connect(tmp_path / "world.db")) as source,
            closing(sqlite3.connect(tmp_path / "copy.db")) as copy,
        ):
            source.backup(copy)
        world.feed("gazette").gains(ratified(1, "2025-10-27 08:30"))
        assert "Ghana ratifies" in await world.at("2025-10-27 09:30")
        await world.close()
        for end in ("-wal", "-shm"):
            (tmp_path / f"world.db{end}").unlink(missing_ok=True)
        (tmp_path / "copy.db").replace(tmp_path / "world.db")
        await world.open()
        restored = await world.app.restore()
        assert (restored.read, restored.known.links) == (1, 2)
        world.feed("gazette").gains(ratified(2, "2025-10-27 10:00"))
        shown = await world.at("2025-10-27 10:30")
    assert [state for state in STATES if f"{state} ratifies" in shown] == ["Chile"]


def test_what_came_of_it_is_told_in_one_line() -> None:
    restored = Restored(read=3, unread=1, known=Recalled(posts=2, digests=1, links=40), held=5)
    assert restored.line() == (
        "After the restore: 3 channels read, 1 not; known again: 2 posts, 1 digest, 40 links; "
        "held for you to decide: 5 posts (treatywatch outbox)."
    )


# ── what the store makes of it


async def test_a_post_that_is_planned_with_the_id_of_one_that_stands_is_sent_already(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await claimed(store)
    (twin,) = post_rows.planned(SLACK, [a_draft("a")], digest=None, now=NOW)
    await store.recall(SLACK, [Trace(post=twin.id, message="9.9")], since=NOW - HOUR, now=NOW)
    await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    assert (await store.status()).posts == {PostState.SENT: 1}
    assert await store.claim_channels(NOW + HOUR, limit=1, lease=LEASE) == []


@pytest.mark.parametrize(
    ("published", "seen", "state"),
    [
        (NOW - HOUR, NOW + HOUR, PostState.HELD),
        (NOW + HOUR, NOW + HOUR, PostState.OWED),
        (None, NOW + HOUR, PostState.HELD),
        (None, NOW + DAY + HOUR, PostState.OWED),
    ],
    ids=["news before", "news after", "without a date, soon after", "without a date, later"],
)
async def test_what_was_news_before_an_unreadable_restore_is_held(
    store: Store, published: datetime | None, seen: datetime, state: PostState
) -> None:
    await store.distrust(SLACK, opened=NOW, before=NOW, why="no scope")
    item = replace(an_item("a", seen=seen), published=published)
    await store.keep(a_reading(item, to=(SLACK,)))
    await claimed(store, seen)
    await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=seen)
    assert (await store.status()).posts == {state: 1}


async def test_what_was_planned_since_the_start_is_not_of_the_backup(store: Store) -> None:
    await planned(store, "a", now=NOW)
    assert await store.distrust(SLACK, opened=NOW, before=NOW, why="no scope") == 0
    assert await store.distrust(SLACK, opened=NOW + HOUR, before=NOW, why="no scope") == 1
    assert (await store.status()).posts == {PostState.HELD: 1}


async def test_a_channel_that_is_read_after_all_is_trusted_again(store: Store) -> None:
    await store.distrust(SLACK, opened=NOW, before=NOW + HOUR, why="no scope")
    await store.recall(SLACK, [], since=NOW - HOUR, now=NOW)
    await planned(store, "a")
    assert (await store.status()).posts == {PostState.OWED: 1}
