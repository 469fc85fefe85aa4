"""What every back end promises about what is owed: what of it is late, and in which channel."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Draft, Message, Waiting
from bot.store import Store
from tests import stores
from tests.stores import HOUR, NOW, SLACK, TERMINAL, a_draft, a_reading, an_item

store = stores.store  # the fixture: every back end in turn


async def test_a_story_for_a_digest_waits_for_its_hour_and_is_late_once_it_is_planned(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(TERMINAL,), wish="digest"))
    assert (await store.status()).waiting == (Waiting(channel=TERMINAL, owed=1, since=None, wanted=None),)
    later = NOW + HOUR
    await store.plan(TERMINAL, [a_draft("a", kind="digest")], digest=None, next_digest=None, now=later)
    assert (await store.status()).waiting == (Waiting(channel=TERMINAL, owed=1, since=later, wanted=later),)


async def test_a_planned_post_without_a_story_is_late_too(store: Store) -> None:
    message = Message(kind="digest", heading="A word", lead="", groups=())
    word = Draft(kind="digest", payload="a word", stories=(), message=message)
    await store.plan(SLACK, [word], digest=None, next_digest=None, now=NOW)
    assert (await store.status()).waiting == (Waiting(channel=SLACK, owed=0, since=NOW, wanted=NOW),)


async def test_a_story_at_once_counts_from_when_it_was_owed_whether_planned_or_not(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    before = (await store.status()).waiting
    await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=NOW + HOUR)
    assert before == (await store.status()).waiting == (Waiting(channel=SLACK, owed=1, since=NOW, wanted=NOW),)


async def test_quiet_hours_are_no_lateness(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    morning = NOW + timedelta(hours=11)
    await store.wait(SLACK, until=morning)
    assert (await store.status()).waiting == (Waiting(channel=SLACK, owed=1, since=NOW, wanted=morning),)


async def test_each_channel_is_told_by_itself(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK, TERMINAL)))
    assert [one.channel for one in (await store.status()).waiting] == [SLACK, TERMINAL]
