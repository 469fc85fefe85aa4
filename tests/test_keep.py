"""What is older than `bot.keep` is dropped with all that hangs on it; what is owed, or might come again, stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from bot.model import DigestKey, Dropped, Mark, Pause, Receipt, Watched
from bot.store import Store, statements_old
from bot.store.sqlite import SqliteStore, migrate
from tests import stores
from tests.feed_server import Told
from tests.stores import (
    DAY,
    NOW,
    ROOM,
    SCREEN,
    SLACK,
    a_draft,
    a_match,
    a_reading,
    an_item,
    begun,
    planned,
    state,
)
from tests.world import World

store = stores.store  # the fixture: every back end in turn

LATER = NOW + 1000 * DAY  # every item of NOW is too old by then
LAST = an_item("last", seen=NOW + 900 * DAY)  # what the feed tells when it holds nothing else any more


async def swept(store: Store) -> Dropped:
    """A whole round, and what it dropped."""
    done, mark = Dropped(next=None), Mark("items")
    while True:
        step = await store.drop_old(LATER - 365 * DAY, after=mark)
        done = done.and_also(step)
        if step.next is None:
            return done
        mark = step.next


async def told(store: Store, *keys: str) -> None:
    """Stories that were posted long ago, of items that their feed held then and holds no more."""
    for post in await planned(store, *keys):
        await begun(store, post)
        await store.settle(post, Receipt(message="1"))
    await moved_on(store)


async def moved_on(store: Store) -> None:
    """The feed's last document held nothing of old."""
    await store.news("un-press", [LAST])


async def test_an_old_item_goes_with_its_story_its_words_and_its_post(store: Store) -> None:
    await told(store, "a", "b")
    assert await swept(store) == Dropped(items=2, stories=2, posts=2, next=None)
    status = await store.status()
    assert (status.items, status.matched, status.stories, status.posts) == (0, 0, 0, {})
    assert await store.search("title", limit=9) == []


async def test_a_second_round_finds_nothing(store: Store) -> None:
    await told(store, "a")
    await swept(store)
    assert await swept(store) == Dropped(next=None)


async def test_what_is_not_old_stays(store: Store) -> None:
    await told(store, "a")
    await store.keep(a_reading(LAST))
    assert (await swept(store)).items == 1
    assert [found.item for found in await store.search("title", limit=9)] == [LAST]


async def is_owed(store: Store) -> None:
    await store.keep(a_reading(an_item(), to=(SLACK,)))


async def is_planned(store: Store) -> None:
    await planned(store, "a")


async def is_being_sent(store: Store) -> None:
    [post] = await planned(store, "a")
    await begun(store, post)


async def is_unknown(store: Store) -> None:
    [post] = await planned(store, "a")
    await store.doubt(await begun(store, post), due=NOW, why="no answer")


async def is_held(store: Store) -> None:
    [post] = await planned(store, "a")
    await store.doubt(await begun(store, post), due=NOW, why="no answer")
    await store.hold(post, why="nobody can look")


@pytest.mark.parametrize(
    "stands", [is_owed, is_planned, is_being_sent, is_unknown, is_held], ids=lambda stands: stands.__name__
)
async def test_an_item_stays_while_its_story(store: Store, stands: Callable[[Store], Awaitable[None]]) -> None:
    await stands(store)
    await moved_on(store)
    assert await swept(store) == Dropped(next=None)
    assert (await store.status()).items == 1


async def test_an_item_that_its_feed_still_holds_stays_or_it_would_come_again_as_new(store: Store) -> None:
    old = an_item()
    await store.keep(a_reading(old))
    await store.news("un-press", [LAST, an_item(seen=LAST.seen)])
    assert (await swept(store)).items == 0
    assert (await store.news("un-press", [an_item(seen=LATER)])).new == ()


async def test_an_item_of_a_feed_that_tells_nothing_new_for_years_stays(store: Store) -> None:
    await store.news("un-press", [an_item()])
    await store.keep(a_reading(an_item()))
    assert (await swept(store)).items == 0


async def test_an_item_that_was_about_nothing_goes_too(store: Store) -> None:
    await store.keep(Watched(state=state(), items=(an_item(),)))
    await moved_on(store)
    assert await swept(store) == Dropped(items=1, next=None)


async def test_a_story_that_somebody_told_of_late_stays_with_what_was_told(store: Store) -> None:
    await told(store, "a")
    late = an_item("late", seen=LAST.seen)
    await store.keep(Watched(state=state(), items=(late,), matches=(a_match(late),), stories=(("story a", late.id),)))
    assert await swept(store) == Dropped(items=0, next=None)  # its thread is owed a word
    for outdated in await store.outdated(SLACK):
        await store.follow([], done=outdated.sequels, now=NOW)
    assert await swept(store) == Dropped(items=1, next=None)
    [story] = await store.told(SLACK, since=NOW)
    assert [part.item for part in story.told_by] == [late]


async def test_a_story_that_was_dropped_by_its_channel_goes_with_its_delivery(store: Store) -> None:
    await store.keep(a_reading(an_item(), to=(SLACK,)))
    owed = await store.owed(SLACK)
    await store.plan(SLACK, [], digest=None, next_digest=None, dropped=[one.delivery for one in owed], now=NOW)
    await moved_on(store)
    assert await swept(store) == Dropped(items=1, stories=1, next=None)


async def test_a_thread_goes_from_its_end(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(SLACK,)))
    await stores.claimed(store)
    drafts = [a_draft("a", kind="digest"), a_draft("b", kind="rest")]
    for post in await store.plan(SLACK, drafts, digest=None, next_digest=None, now=NOW):
        await begun(store, post)
        await store.settle(post, Receipt(message="1"))
    await moved_on(store)
    assert [(await swept(store)).posts for _ in range(3)] == [1, 1, 0]


async def test_days_of_digests_and_lines_of_the_audit_go_too(store: Store) -> None:
    made = DigestKey(cadence="daily", day=date(2025, 10, 27))
    await store.plan(SCREEN.id, [], digest=made, next_digest=None, now=NOW)
    await store.pause(ROOM.id, Pause(until=None, why="paused by U1"), by="U1", now=NOW)
    assert await swept(store) == Dropped(notes=2, next=None)
    assert await store.changes(limit=9) == []


# ── in the file


def sequel(path: Path, state: str) -> None:
    """A correction of the story a."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO sequel (channel, story, item, kind, state, since) "
            f"VALUES ('slack:T1:C1', 'story a', 1, 'correction', '{state}', '2025-10-28T00:00:00.000000Z')"
        )
    connection.close()


@pytest.mark.parametrize(("state", "items"), [("owed", 0), ("told", 1)])
async def test_an_item_stays_while_a_correction_of_it_is_owed(tmp_path: Path, state: str, items: int) -> None:
    store = await SqliteStore.open(tmp_path / "test.db", worker="one")
    await stores.configure(store)
    await told(store, "a")
    sequel(tmp_path / "test.db", state)
    assert (await swept(store)).items == items
    await store.close()


MANY = """
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000)
    INSERT INTO item (feed, key, link, title, summary, content, seen, given)
    SELECT 'un-press', n, '', 'Title', '', '', '2026-10-27T08:30:00.000000Z', '2026-10-27' FROM number
"""


def test_a_round_with_nothing_to_drop_looks_at_none_of_100_000_items(tmp_path: Path) -> None:
    migrate(tmp_path / "test.db")
    connection = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    connection.execute(
        "INSERT INTO feed (id, name, url, rank, watched, due) VALUES ('un-press', 'UN Press', 'https://un.example/', 2, 1, '')"
    )
    connection.execute(MANY)
    steps: list[int] = []
    connection.set_progress_handler(lambda: steps.append(100), 100)  # called after each 100 steps of SQLite's machine
    bound = {"before": "2026-10-27", "seen": "", "id": 0, "limit": 100}
    assert connection.execute(statements_old.OLD_ITEMS, bound).fetchall() == []
    connection.set_progress_handler(None, 0)
    plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + statements_old.OLD_ITEMS, bound)]
    connection.close()
    assert sum(steps) <= 100
    assert plan[0] == "SEARCH item USING INDEX item_by_seen (seen>? AND seen<?)"
    assert [step for step in plan if step.startswith("SCAN")] == []


# ── as a whole


async def test_a_bot_that_is_run_years_later_drops_what_is_old_and_tells_nothing_again(tmp_path: Path) -> None:
    signed = Told(title="Chad signs the UN Convention against Cybercrime", guid="a", link="https://gazette.example/a")
    async with World(tmp_path, feeds=("gazette",), bot=", keep: 1y") as world:
        await world.at("2025-10-27 07:30")
        world.feed("gazette").gains(Told(title="Lawn mowers compared", guid="mowers"))
        world.feed("gazette").gains(signed)
        await world.at("2025-10-27 09:00")
        await world.at("2025-10-28 09:00")
        assert "Chad signs" in world.screen()
        world.feed("gazette").holds(signed)
        await world.at("2026-10-26 09:00")
        assert (await world.app.store.status()).items == 3
        await world.at("2026-11-30 09:00")
        assert [found.item.title for found in await world.app.store.latest(topic=None, limit=9)] == [signed.title]
        assert (await world.app.store.status()).items == 1
        world.feed("gazette").gains(Told(title="A page about gardening", guid="another garden"))
        assert await world.at("2026-12-01 09:00") == ""
