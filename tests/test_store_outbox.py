"""What every back end promises about posts that are not simply sent, and what an operator may do with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.model import Post, PostState, Receipt
from bot.store import Outbox, Store
from bot.store.outbox import SqliteOutbox
from bot.store.sqlite import SqliteStore
from tests import stores
from tests.stores import (
    DAY,
    HOUR,
    LEASE,
    NOW,
    SCREEN,
    SLACK,
    a_draft,
    a_reading,
    an_item,
    begun,
    claimed,
    configure,
    planned,
)

store = stores.store  # the fixture: every back end in turn
RECEIPT = Receipt(message="1761553800.000100")


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def thread(store: Store) -> list[Post]:
    """A digest, what did not fit in it, and a story at once behind both; all owed."""
    await store.keep(a_reading(an_item("a"), an_item("b"), an_item("c"), to=(SLACK,)))
    drafts = [a_draft("a", kind="digest"), a_draft("b", kind="rest"), a_draft("c")]
    return await store.plan(SLACK, drafts, digest=None, next_digest=None, now=NOW)


async def unknown(store: Store, post: Post) -> Post:
    """The post after a try of which nothing was heard."""
    return await store.doubt(await begun(store, post), due=NOW + HOUR, why="no answer in time")


async def states(store: Outbox) -> dict[str, str]:
    """What is not sent, by its payload."""
    return {post.payload: post.state.value for post in await store.outbox()}


# ── held


async def test_a_post_that_nobody_can_look_for_is_held_and_does_not_keep_back_its_channel(store: Store) -> None:
    first, second = await planned(store, "a", "b")
    await store.hold(await unknown(store, first), why="its history cannot be read")
    await store.release(SLACK)
    assert [post.id for post in (await claimed(store)).posts] == [second.id]
    assert (await store.status()).posts == {PostState.HELD: 1, PostState.OWED: 1}


async def test_what_belongs_into_the_thread_of_a_held_post_is_held_with_it(store: Store) -> None:
    first, *_ = await thread(store)
    await store.hold(await unknown(store, first), why="cannot look")
    assert await states(store) == {"message a": "held", "message b": "held", "message c": "owed"}


async def test_only_an_unknown_post_can_be_held(store: Store) -> None:
    [post] = await planned(store, "a")
    with pytest.raises(StoreError, match="is owed: not now"):
        await store.hold(post, why="cannot look")


# ── the outbox


async def test_the_outbox_shows_what_is_not_sent_newest_last_and_why(store: Store) -> None:
    sent, put_off, refused, doubted, last = await planned(store, *"abcde")
    await store.settle(await begun(store, sent), RECEIPT)
    await store.put_off(await begun(store, put_off), due=NOW + HOUR, why="asked to wait")
    await store.refuse(await begun(store, refused), why="invalid_blocks")
    await unknown(store, doubted)
    shown = await store.outbox()
    assert [(post.id, post.state.value, post.why) for post in shown] == [
        (put_off.id, "owed", "asked to wait"),
        (refused.id, "refused", "invalid_blocks"),
        (doubted.id, "unknown", "no answer in time"),
        (last.id, "owed", ""),
    ]
    assert shown[-1] == last


# ── retry


async def test_a_held_post_that_is_retried_is_owed_at_once_and_marked_as_a_repeat(store: Store) -> None:
    [post] = await planned(store, "a")
    await store.hold(await unknown(store, post), why="cannot look")
    assert await store.retry(post.id)
    await store.release(SLACK)
    assert (await claimed(store)).posts == (replace(post, tries=1, first_try=NOW, repeat=True),)


async def test_a_refused_post_that_is_retried_is_no_repeat(store: Store) -> None:
    [post] = await planned(store, "a")
    await store.refuse(await begun(store, post), why="the channel is archived")
    assert await store.retry(post.id)
    assert await store.outbox() == [replace(post, tries=1, first_try=NOW)]


async def test_an_unknown_post_that_is_retried_is_not_looked_for_but_marked(store: Store) -> None:
    [post] = await planned(store, "a")
    await unknown(store, post)
    assert await store.retry(post.id)
    [again] = await store.outbox()
    assert (again.state, again.repeat, again.due, again.why) == (PostState.OWED, True, NOW, "")


@pytest.mark.parametrize("stop", ["held", "refused"])
async def test_a_thread_that_stopped_together_goes_on_together(store: Store, stop: str) -> None:
    first, *_ = await thread(store)
    under_way = await unknown(store, first)
    await {"held": store.hold, "refused": store.refuse}[stop](under_way, why="no")
    assert await states(store) == {"message a": stop, "message b": stop, "message c": "owed"}
    assert await store.retry(first.id)
    assert await states(store) == {"message a": "owed", "message b": "owed", "message c": "owed"}


async def test_what_was_dropped_by_itself_stays_so_when_its_thread_is_retried(store: Store) -> None:
    first, reply, _ = await thread(store)
    assert await store.drop(reply.id)
    await store.hold(await unknown(store, first), why="cannot look")
    assert await store.retry(first.id)
    assert await states(store) == {"message a": "owed", "message b": "refused", "message c": "owed"}


async def test_a_reply_whose_thread_never_began_is_not_retried_alone(store: Store) -> None:
    first, reply, _ = await thread(store)
    await store.refuse(await begun(store, first), why="no")
    assert not await store.retry(reply.id)
    assert (await states(store))["message b"] == "refused"


async def test_a_reply_in_a_thread_that_stands_is_retried_alone(store: Store) -> None:
    first, reply, _ = await thread(store)
    await store.settle(await begun(store, first), RECEIPT)
    await store.refuse(await begun(store, reply), why="too long")
    assert await store.retry(reply.id)
    assert (await store.outbox())[0].thread == RECEIPT.message


async def test_what_is_owed_under_way_or_sent_is_not_retried(store: Store) -> None:
    owed, sending = await planned(store, "a", "b")
    assert not await store.retry(owed.id)
    await begun(store, sending)
    assert not await store.retry(sending.id)
    await store.settle(sending, RECEIPT)
    assert not await store.retry(sending.id)
    assert not await store.retry("nobody")


async def test_a_post_to_a_channel_that_gets_nothing_more_is_not_retried(store: Store) -> None:
    [post] = await planned(store, "a")
    await configure(store, channels=(SCREEN,))
    assert not await store.retry(post.id)
    [left] = await store.outbox()
    assert (left.state, left.why) == (
        PostState.REFUSED,
        "the channel was taken out of feeds.yaml, or unsubscribed from everything",
    )


# ── drop


@pytest.mark.parametrize("how", ["owed", "unknown", "held", "refused"])
async def test_a_dropped_post_is_never_sent_nor_what_belongs_into_its_thread(store: Store, how: str) -> None:
    first, _, last = await thread(store)
    if how != "owed":
        await unknown(store, first)
    if how == "held":
        await store.hold(first, why="cannot look")
    if how == "refused":
        await store.refuse(first, why="invalid_blocks")
    assert await store.drop(first.id)
    assert [(post.state.value, post.why) for post in await store.outbox()] == [
        ("refused", "dropped by the operator"),
        ("refused", "dropped by the operator"),
        ("owed", ""),
    ]
    await store.release(SLACK)
    assert [post.id for post in (await claimed(store, NOW + DAY)).posts] == [last.id]


async def test_what_is_under_way_or_sent_is_not_dropped(store: Store) -> None:
    [sending] = await planned(store, "a")
    await begun(store, sending)
    assert not await store.drop(sending.id)
    await store.settle(sending, RECEIPT)
    assert not await store.drop(sending.id)
    assert not await store.drop("nobody")
    assert await store.outbox() == []


async def test_a_post_dropped_while_it_may_have_been_accepted_is_marked_when_it_is_retried(store: Store) -> None:
    [post] = await planned(store, "a")
    await unknown(store, post)
    assert await store.drop(post.id)
    assert await store.retry(post.id)
    assert (await store.outbox())[0].repeat


# ── beside a running bot


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "test.db", worker="one")
    await configure(opened)
    yield opened
    await opened.close()


async def test_an_operator_decides_beside_a_running_bot(running: SqliteStore, tmp_path: Path) -> None:
    first, second = await planned(running, "a", "b")
    await running.hold(await unknown(running, first), why="cannot look")
    beside: Outbox = await SqliteOutbox.beside(tmp_path / "test.db")
    assert await states(beside) == {"message a": "held", "message b": "owed"}
    assert await beside.retry(first.id)
    assert await beside.drop(second.id)
    await beside.close()
    assert await states(running) == {"message a": "owed", "message b": "refused"}
    assert await running.claim_channels(NOW, limit=1, lease=LEASE) == [], "the bot's lease still holds"


async def test_beside_nothing_there_is_nothing_to_decide(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no database at .*none\.db; `treatywatch run` makes one"):
        await SqliteOutbox.beside(tmp_path / "none.db")
    assert files_in(tmp_path) == []
