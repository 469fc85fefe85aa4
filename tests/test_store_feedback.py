"""What every back end promises about what people say of stories, about muted outlets, and about welcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.delivery.once import AGAIN, MUTED
from bot.errors import StoreError
from bot.model import DATES, Change, ChannelId, Delivery, Feedback, Mark, Story, Watched
from bot.store import Store
from bot.store.backup import back_up
from bot.store.reading import SqliteReader
from bot.store.sqlite import SqliteStore
from tests import stores
from tests.chat_channels import ANNA, BEN, LOUNGE, subscribe
from tests.stores import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SLACK,
    TERMINAL,
    a_match,
    a_reading,
    an_item,
    configure,
    state,
)

store = stores.store  # the fixture: every back end in turn


def a_word(
    story: str = "story a",
    *,
    topic: str = "convention",
    by: str = "slack:T1:U1",
    relevant: bool = False,
    channel: ChannelId = LOUNGE,
    at: datetime = NOW,
) -> Feedback:
    """Somebody says that a story is, or is not, about a topic."""
    return Feedback(story=story, topic=topic, by=by, channel=channel, relevant=relevant, at=at)


async def words(store: Store, since: datetime | None = None) -> list[Feedback]:
    """All that was said."""
    return [each.feedback for each in await store.feedback(since=since)]


# ── what people say


async def test_a_word_is_kept_with_what_it_was_said_of(store: Store) -> None:
    item = an_item("a")
    await store.keep(a_reading(item))
    assert await store.say(a_word())
    (judged,) = await store.feedback()
    assert judged.feedback == a_word()
    assert (judged.found.item, judged.found.outlet, judged.found.topics) == (item, "UN Press", ("convention",))


async def test_of_one_person_the_last_word_counts(store: Store) -> None:
    await store.keep(a_reading(an_item("a")))
    last = a_word(relevant=True, at=NOW + HOUR, channel=TERMINAL)
    assert await store.say(a_word())
    assert await store.say(last)
    assert await words(store) == [last]


async def test_two_persons_count_both_and_so_do_two_topics_and_two_workspaces(store: Store) -> None:
    await store.keep(a_reading(an_item("a")))
    said = [
        a_word(at=NOW),
        a_word(by="slack:T1:U2", relevant=True, at=NOW + MINUTE),
        a_word(topic="ratification", at=NOW + 2 * MINUTE),
        a_word(by="slack:T2:U1", at=NOW + 3 * MINUTE),
    ]
    assert [await store.say(one) for one in said] == [(0, 1), (1, 1), (0, 1), (1, 2)]  # relevant, not
    assert await words(store) == said


async def test_nothing_can_be_said_of_a_story_that_is_gone(store: Store) -> None:
    assert await store.say(a_word("story that was")) is None
    assert await store.feedback() == []


async def test_a_word_is_said_of_the_item_that_leads_its_story_by_now(store: Store) -> None:
    first, better = an_item("a", feed="gazette"), an_item("b", feed="un-press", seen=NOW + HOUR)
    await store.keep(a_reading(first))
    await store.say(a_word())
    await store.keep(replace(a_reading(better), stories=(("story a", better.id),)))
    (judged,) = await store.feedback()
    assert judged.found.item == better


async def test_what_was_said_since_then_is_behind_that_time(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b")))
    await store.say(a_word("story a", at=NOW))
    await store.say(a_word("story b", at=NOW + HOUR))
    assert await words(store, since=NOW) == [a_word("story b", at=NOW + HOUR)]


async def test_what_was_said_goes_with_its_story(store: Store) -> None:
    await store.keep(a_reading(an_item("a", seen=NOW - 400 * DAY)))
    await store.keep(a_reading(an_item("b", seen=NOW)))
    await store.news("un-press", [an_item("b", seen=NOW + 2 * DAY)])  # the feed holds the old one no more
    for story in ("story a", "story b"):
        await store.say(a_word(story))
    dropped = await store.drop_old(NOW - 99 * DAY, after=Mark("items"))
    assert (dropped.items, dropped.stories) == (1, 1)
    assert await words(store) == [a_word("story b")]
    assert await store.say(a_word("story a")) is None


# ── what is asked beside it


async def test_a_story_is_told_with_all_its_items_the_lead_first(store: Store) -> None:
    first, better = an_item("a", feed="gazette"), an_item("b", feed="un-press", seen=NOW + HOUR)
    await store.keep(a_reading(first))
    await store.keep(replace(a_reading(better), stories=(("story a", better.id),)))
    told = await store.story("story a")
    assert isinstance(told, Story)
    assert (told.id, told.seen, [part.item for part in told.told_by]) == ("story a", NOW, [better, first])


async def test_a_story_that_is_not_kept_is_none(store: Store) -> None:
    assert await store.story("story a") is None


async def test_items_are_counted_by_topic_since_a_time_and_dates_of_our_own_are_none(store: Store) -> None:
    early, late, ours = an_item("a"), an_item("b", seen=NOW + HOUR), an_item("c", seen=NOW + HOUR, feed=DATES.id)
    await store.keep(a_reading(early))
    await store.keep(Watched(state=state(), items=(late,), matches=(a_match(late), a_match(late, "ratification"))))
    await store.keep(Watched(state=state(DATES.id), items=(ours,), matches=(a_match(ours),)))
    assert await store.topic_counts(since=NOW - HOUR) == {"convention": 2, "ratification": 1}
    assert await store.topic_counts(since=NOW) == {"convention": 1, "ratification": 1}
    assert await store.topic_counts(since=NOW + HOUR) == {}


async def test_a_person_is_shown_what_they_subscribed_changed_or_marked(store: Store) -> None:
    other = LOUNGE._replace(channel="C3")
    await subscribe(store, instant=("convention",), by=ANNA)
    await subscribe(store, instant=("convention",), by=BEN, channel=other)
    assert await store.known_to("slack", "T1", ANNA) == [LOUNGE]
    await store.mute(other, "gazette", by=ANNA, now=NOW)
    assert await store.known_to("slack", "T1", ANNA) == [LOUNGE, other]
    await store.keep(a_reading(an_item("a")))
    await store.say(a_word(by="slack:T1:U3", channel=SLACK))
    assert await store.known_to("slack", "T1", "U3") == [SLACK]
    assert await store.known_to("slack", "T1", "U4") == []


async def test_a_channel_that_gets_nothing_any_more_is_shown_to_nobody(store: Store) -> None:
    await subscribe(store, instant=("convention",), by=ANNA)
    await store.unsubscribe(LOUNGE, ["convention"], by=ANNA, now=NOW)
    assert await store.known_to("slack", "T1", ANNA) == []


@pytest.mark.parametrize("asked", ["T_1", "T%", "%", "t11", "T1"], ids=["any-letter", "any", "all", "case", "begins"])
async def test_a_workspace_is_known_by_its_very_name(store: Store, asked: str) -> None:
    await subscribe(store, instant=("convention",), by=ANNA, channel=ChannelId("slack", "T11", "C1"))
    await subscribe(store, instant=("convention",), by=ANNA, channel=ChannelId("slack", "TX1", "C1"))
    assert await store.known_to("slack", asked, ANNA) == []


async def test_what_was_said_in_another_workspace_tells_nothing_of_this_one(store: Store) -> None:
    await store.keep(a_reading(an_item("a")))
    await store.say(a_word(by="slack:T2:U1", channel=SLACK))
    assert await store.known_to("slack", "T1", ANNA) == []


# ── muted outlets


async def test_an_outlet_is_muted_in_a_channel_until_somebody_ends_that(store: Store) -> None:
    assert await store.mute(SLACK, "gazette", by=ANNA, now=NOW)
    assert await store.mute(SLACK, "un-press", by=ANNA, now=NOW)
    assert await store.mute(TERMINAL, "gazette", by=ANNA, now=NOW)
    assert await store.muted() == {SLACK: frozenset({"gazette", "un-press"}), TERMINAL: frozenset({"gazette"})}
    assert await store.muted(TERMINAL) == {TERMINAL: frozenset({"gazette"})}
    assert await store.unmute(TERMINAL, "gazette", by=BEN, now=NOW)
    assert await store.muted(TERMINAL) == {}
    assert await store.muted() == {SLACK: frozenset({"gazette", "un-press"})}


async def test_muting_and_its_end_are_written_down_once(store: Store) -> None:
    assert await store.mute(SLACK, "gazette", by=ANNA, now=NOW)
    assert not await store.mute(SLACK, "gazette", by=BEN, now=NOW)
    assert await store.unmute(SLACK, "gazette", by=BEN, now=NOW + HOUR)
    assert not await store.unmute(SLACK, "gazette", by=BEN, now=NOW + HOUR)
    assert await store.changes(limit=9) == [
        Change(at=NOW + HOUR, channel=SLACK, by=BEN, what="unmuted", told="gazette"),
        Change(at=NOW, channel=SLACK, by=ANNA, what="muted", told="gazette"),
    ]


async def test_nothing_can_be_muted_in_a_channel_that_never_was(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no channel slack:T1:C2"):
        await store.mute(LOUNGE, "gazette", by=ANNA, now=NOW)


async def test_a_mute_outlives_a_new_reading_of_the_file(store: Store) -> None:
    await store.mute(SLACK, "gazette", by=ANNA, now=NOW)
    await configure(store)
    assert await store.muted() == {SLACK: frozenset({"gazette"})}


# ── welcomes, and the audit of one channel


async def test_a_workspace_is_welcomed_once(store: Store) -> None:
    assert await store.welcome("slack", "T1", now=NOW)
    assert not await store.welcome("slack", "T1", now=NOW + DAY)
    assert await store.welcome("slack", "T2", now=NOW)
    assert await store.welcome("discord", "T1", now=NOW)


async def test_a_welcome_that_could_not_be_said_is_taken_back(store: Store) -> None:
    await store.welcome("slack", "T1", now=NOW)
    await store.welcome("slack", "T2", now=NOW)
    await store.take_back_welcome("slack", "T1")
    assert await store.welcome("slack", "T1", now=NOW + DAY)
    assert not await store.welcome("slack", "T2", now=NOW + DAY)


async def test_changes_are_told_of_one_channel_and_of_what_came_since(store: Store) -> None:
    await store.mute(SLACK, "gazette", by=ANNA, now=NOW)
    await store.mute(TERMINAL, "gazette", by=ANNA, now=NOW + MINUTE)
    await store.unmute(SLACK, "gazette", by=BEN, now=NOW + HOUR)

    async def what(**asked: object) -> list[tuple[str, str]]:
        changes = await store.changes(limit=9, **asked)  # type: ignore[arg-type]  # by name, as each case has them
        return [(str(each.channel), each.what) for each in changes]

    assert await what(channel=SLACK) == [("slack:T1:C1", "unmuted"), ("slack:T1:C1", "muted")]
    assert await what(since=NOW) == [("slack:T1:C1", "unmuted"), ("terminal", "muted")]
    assert await what(channel=SLACK, since=NOW) == [("slack:T1:C1", "unmuted")]
    assert await store.changes(limit=1, channel=TERMINAL, since=NOW + MINUTE) == []
    assert [each.what for each in await store.changes(limit=1, channel=SLACK)] == ["unmuted"]


# ── other processes, and copies


async def test_what_one_process_keeps_another_sees_at_once(tmp_path: Path) -> None:
    polls = await SqliteStore.open(tmp_path / "test.db", worker="one", duties=frozenset({"poll"}))
    await configure(polls)
    await polls.keep(a_reading(an_item("a")))
    chats = await SqliteStore.open(tmp_path / "test.db", worker="two", duties=frozenset({"chat"}))
    assert await chats.say(a_word())
    assert await polls.say(a_word(by="slack:T1:U2"))
    assert await chats.mute(TERMINAL, "gazette", by=ANNA, now=NOW)
    assert not await polls.mute(TERMINAL, "gazette", by=BEN, now=NOW)
    reader = await SqliteReader.read_only(tmp_path / "test.db")
    assert [each.feedback.by for each in await reader.feedback()] == ["slack:T1:U1", "slack:T1:U2"]
    assert await reader.muted() == {TERMINAL: frozenset({"gazette"})}
    for one in (reader, chats, polls):
        await one.close()


async def test_a_backup_holds_what_was_said_and_muted_and_who_was_welcomed(tmp_path: Path) -> None:
    ours = await SqliteStore.open(tmp_path / "test.db", worker="one")
    await configure(ours)
    await ours.keep(a_reading(an_item("a")))
    await ours.say(a_word())
    await ours.mute(SLACK, "gazette", by=ANNA, now=NOW)
    await ours.welcome("slack", "T1", now=NOW)
    back_up(tmp_path / "test.db", tmp_path / "copy.db", lambda: None)
    await ours.close()
    copy = await SqliteStore.open(tmp_path / "copy.db", worker="one")
    assert await words(copy) == [a_word()]
    assert await copy.muted() == {SLACK: frozenset({"gazette"})}
    assert not await copy.welcome("slack", "T1", now=NOW)
    await copy.close()


# ── what is owed of a muted outlet


async def test_what_was_dropped_with_its_outlet_is_owed_when_another_one_tells_it(store: Store) -> None:
    first, other = an_item("a"), an_item("b", feed="gazette", seen=NOW + HOUR)
    owed = Delivery(channel=SLACK, story="story a", wish="instant")
    await store.keep(replace(a_reading(first), deliveries=(owed,)))
    await store.plan(SLACK, [], digest=None, next_digest=None, dropped=[replace(owed, why=MUTED)], now=NOW)
    assert (await store.owed(SLACK), (await store.status()).dropped) == ([], {MUTED: 1})
    await store.keep(replace(a_reading(other), stories=(("story a", other.id),), deliveries=(owed,)))
    [again] = await store.owed(SLACK)
    assert (again.delivery, again.since) == (owed, NOW + HOUR)
    assert (await store.status()).dropped == {}


async def test_what_was_dropped_for_another_reason_is_not_owed_again(store: Store) -> None:
    other = an_item("b", feed="gazette", seen=NOW + HOUR)
    owed = Delivery(channel=SLACK, story="story a", wish="instant")
    await store.keep(replace(a_reading(an_item("a")), deliveries=(owed,)))
    await store.plan(SLACK, [], digest=None, next_digest=None, dropped=[replace(owed, why=AGAIN)], now=NOW)
    await store.keep(replace(a_reading(other), stories=(("story a", other.id),), deliveries=(owed,)))
    assert await store.owed(SLACK) == []
