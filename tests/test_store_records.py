"""The depositary's record in the store: kept with its reading, doubted, and believed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.errors import StoreError
from bot.model import Delivery, Doubt, Watched
from bot.store import Store
from tests.stores import HOUR, NOW, SLACK, UN_PRESS, a_match, an_item, configure, state, store
from tests.treaties import record

__all__ = ["store"]  # a fixture

OLD = record("Mali | 25 Oct 2025 |")
NEW = record("Mali | 25 Oct 2025 |", "Togo | 25 Oct 2025 | 3 Mar 2026")
DOUBT = Doubt(record=NEW, days=2, last=date(2025, 10, 27))


async def test_there_is_no_record_before_one_is_kept(store: Store) -> None:
    assert await store.records() == []
    await store.keep(Watched(state=state(), doubt=DOUBT))
    assert await store.records() == []


async def test_a_record_is_given_with_its_feed_and_since_when_it_says_so(store: Store) -> None:
    await store.keep(Watched(state=state(), record=OLD))
    later = replace(state(), last_read=NOW + HOUR)
    await store.keep(Watched(state=later, record=OLD))
    (kept,) = await store.records()
    assert (kept.record, kept.since, kept.doubt) == (OLD, NOW, None)
    assert (kept.outlet, kept.url, kept.state.last_read) == ("UN Press", UN_PRESS.url, NOW + HOUR)
    await store.keep(Watched(state=later, record=NEW))
    (kept,) = await store.records()
    assert (kept.record, kept.since) == (NEW, NOW + HOUR)


async def test_a_doubt_stays_beside_the_record_until_one_is_believed(store: Store) -> None:
    await store.keep(Watched(state=state(), record=OLD))
    await store.keep(Watched(state=state(failures=1), doubt=DOUBT))
    await store.keep(Watched(state=state(failures=2)))
    (kept,) = await store.records()
    assert (kept.record, kept.doubt) == (OLD, DOUBT)
    await store.keep(Watched(state=state(), record=OLD))
    (kept,) = await store.records()
    assert (kept.record, kept.doubt) == (OLD, None)


async def test_a_reading_that_cannot_be_kept_leaves_the_record_as_it_was(store: Store) -> None:
    await store.keep(Watched(state=state(), record=OLD))
    item = an_item()
    bad = Watched(
        state=state(),
        record=NEW,
        items=(item,),
        matches=(a_match(item),),
        deliveries=(Delivery(channel=SLACK, story="of nobody", wish="instant"),),
    )
    with pytest.raises(StoreError):
        await store.keep(bad)
    (kept,) = await store.records()
    assert kept.record == OLD


async def test_a_record_stays_where_its_feed_moves_and_is_not_given_where_the_feed_is_taken_out(store: Store) -> None:
    await store.keep(Watched(state=state(), record=OLD))
    await configure(store, feeds=(replace(UN_PRESS, url="https://un.example/new"),))
    assert [kept.url for kept in await store.records()] == ["https://un.example/new"]
    await configure(store, feeds=())
    assert await store.records() == []
