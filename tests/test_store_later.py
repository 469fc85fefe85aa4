"""What every back end promises about what waits, goes back, or is owed to messages that stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import StoreError
from bot.model import (
    Draft,
    Entry,
    Follow,
    Group,
    ItemId,
    Message,
    Outdated,
    Post,
    PostState,
    Quote,
    Receipt,
    Sequel,
    Watched,
)
from bot.store import Store
from tests import stores
from tests.stores import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SCREEN,
    SLACK,
    TERMINAL,
    a_draft,
    a_match,
    a_reading,
    an_item,
    begun,
    claimed,
    configure,
    planned,
    state,
)

store = stores.store  # the fixture: every back end in turn

MESSAGE = Message(
    kind="instant",
    heading="Ratification",
    lead="",
    groups=(
        Group(
            name="Ratification",
            entries=(
                Entry(
                    story="story a",
                    title="Title a",
                    url="https://un-press.example/a",
                    outlet="UN Press",
                    published=NOW,
                    quote=Quote(before="", words="Title", after=" a"),
                    topics=("Ratification",),
                    source=ItemId("un-press", "a"),
                ),
            ),
        ),
    ),
)
CORRECTED = replace(MESSAGE, heading="Ratification, corrected")


async def sent(store: Store, key: str = "a", *, message: Message | None = MESSAGE, now: datetime = NOW) -> Post:
    """A story told at once."""
    await store.keep(a_reading(an_item(key, seen=now), to=(SLACK,)))
    claim = await claimed(store, now)
    draft = replace(a_draft(key), message=message)
    (post,) = await store.plan(SLACK, [draft], digest=None, next_digest=None, now=now)
    await store.settle(await begun(store, post, now), Receipt(message=f"message {key}"))
    await store.release(claim.channel.id)
    return replace(post, state=PostState.SENT, message=f"message {key}", tries=1, first_try=now)


async def edited(store: Store, key: str = "a", *, at: datetime = NOW + HOUR) -> None:
    """The item of that key has another title."""
    now = replace(an_item(key), title="Another title")
    reading = Watched(state=replace(state(), last_read=at), changed=(now,), matches=(a_match(now),))
    await store.keep(reading)


async def joined(store: Store, story: str = "story a", *, at: datetime = NOW + HOUR) -> None:
    """Another outlet tells that story."""
    late = an_item("late", feed="gazette", seen=at)
    await store.keep(
        Watched(
            state=replace(state("gazette"), last_read=at),
            items=(late,),
            matches=(a_match(late),),
            stories=((story, late.id),),
        )
    )


def correction(key: str = "a") -> Sequel:
    return Sequel(channel=SLACK, story=f"story {key}", item=ItemId("un-press", key), kind="correction")


COVERAGE = Sequel(channel=SLACK, story="story a", item=ItemId("gazette", "late"), kind="coverage")


async def owed(store: Store) -> list[Sequel]:
    return [sequel for one in await store.outdated(SLACK) for sequel in one.sequels]


# ── what a message is owed


async def test_a_told_item_that_changes_owes_a_correction_to_its_message(store: Store) -> None:
    post = await sent(store)
    await edited(store)
    (outdated,) = await store.outdated(SLACK)
    assert (outdated.post.id, outdated.post.message) == (post.id, "message a")
    assert outdated.message == MESSAGE
    assert [story.lead.item.title for story in outdated.stories] == ["Another title"]
    assert outdated.sequels == (correction(),)


async def test_it_makes_the_channel_due_when_it_became_owed(store: Store) -> None:
    await sent(store)
    await edited(store)
    assert await store.next_channel() == NOW + HOUR


async def test_changed_twice_it_is_owed_once(store: Store) -> None:
    await sent(store)
    await edited(store)
    await edited(store, at=NOW + 2 * HOUR)
    assert await owed(store) == [correction()]


async def test_after_a_fortnight_nothing_is_corrected(store: Store) -> None:
    await sent(store)
    await edited(store, at=NOW + 14 * DAY + MINUTE)
    assert await owed(store) == []


async def test_an_item_that_was_told_nowhere_owes_nothing(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await edited(store)
    assert await owed(store) == []


async def test_an_item_that_comes_to_a_story_told_at_once_owes_its_thread_a_word(store: Store) -> None:
    await sent(store)
    await joined(store)
    assert await owed(store) == [COVERAGE]


async def test_one_that_comes_to_a_story_of_a_digest_owes_nothing(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(TERMINAL,), wish="digest"))
    await store.plan(TERMINAL, [a_draft("a", kind="digest")], digest=None, next_digest=None, now=NOW)
    await joined(store)
    assert await store.outdated(TERMINAL) == []


async def test_a_message_that_was_refused_is_owed_nothing_and_makes_nothing_due(store: Store) -> None:
    (post,) = await planned(store, "a")
    await store.refuse(await begun(store, post), why="no")
    await edited(store)
    assert await owed(store) == []
    await store.release(SLACK)
    assert await store.next_channel() is None


# ── going on from a message


def follow(outdated: Outdated, *sequels: Sequel) -> Follow:
    draft = Draft(kind="instant", payload="corrected", stories=(), message=CORRECTED)
    return Follow(post=outdated.post, how="edit", draft=draft, sequels=sequels, stands=CORRECTED)


async def test_a_correction_is_a_post_that_changes_the_message(store: Store) -> None:
    post = await sent(store)
    await edited(store)
    (outdated,) = await store.outdated(SLACK)
    await store.follow([follow(outdated, correction())], done=[], now=NOW + HOUR)
    (edit,) = await store.outbox()
    assert (edit.edits, edit.target, edit.payload, edit.parent) == (post.id, "message a", "corrected", None)
    assert await store.message_of(post.id) == CORRECTED
    assert await owed(store) == []


async def test_after_it_another_change_is_owed_again(store: Store) -> None:
    await sent(store)
    await edited(store)
    (outdated,) = await store.outdated(SLACK)
    await store.follow([follow(outdated, correction())], done=[], now=NOW + HOUR)
    await edited(store, at=NOW + 2 * HOUR)
    (again,) = await store.outdated(SLACK)
    assert again.message == CORRECTED


async def test_a_reply_goes_into_the_thread_of_the_first_message(store: Store) -> None:
    post = await sent(store)
    await joined(store)
    (outdated,) = await store.outdated(SLACK)
    draft = Draft(kind="rest", payload="also", stories=())
    await store.follow(
        [Follow(post=outdated.post, how="reply", draft=draft, sequels=(COVERAGE,))], done=[], now=NOW + HOUR
    )
    (reply,) = await store.outbox()
    assert (reply.parent, reply.thread, reply.kind) == (post.id, "message a", "rest")


async def test_what_is_not_worth_a_post_is_owed_no_more(store: Store) -> None:
    await sent(store)
    await edited(store)
    await store.follow([], done=[correction()], now=NOW + HOUR)
    assert await owed(store) == []
    assert await store.next_channel() is None


# ── at once, but later


async def test_what_waits_makes_its_channel_due_then(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await store.wait(SLACK, until=NOW + HOUR)
    assert await store.next_channel() == NOW + HOUR
    assert await store.claim_channels(NOW + 59 * MINUTE, limit=1, lease=MINUTE) == []
    assert (await claimed(store, NOW + HOUR)).channel.id == SLACK


async def test_what_is_folded_is_owed_to_the_digest(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(TERMINAL,)))
    await store.fold(TERMINAL, ["story a"])
    assert {one.story.id: one.delivery.wish for one in await store.owed(TERMINAL)} == {
        "story a": "digest",
        "story b": "instant",
    }


async def test_without_a_digest_nothing_is_folded(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await store.fold(SLACK, ["story a"])
    assert [one.delivery.wish for one in await store.owed(SLACK)] == ["instant"]


async def test_the_messages_at_once_of_the_last_hour_are_counted_by_thread(store: Store) -> None:
    await sent(store, "a")
    await store.keep(a_reading(an_item("b"), an_item("c"), to=(SLACK,)))
    drafts = [a_draft("b"), a_draft("c", kind="rest")]
    await store.plan(SLACK, drafts, digest=None, next_digest=None, now=NOW + MINUTE)
    assert await store.told_at_once(SLACK, since=NOW - MINUTE) == [NOW, NOW + MINUTE]
    assert await store.told_at_once(SLACK, since=NOW) == [NOW + MINUTE]


# ── taken back


async def test_a_post_that_surely_was_not_accepted_can_be_taken_back(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(TERMINAL,)))
    drafts = [a_draft("a"), a_draft("b", kind="rest")]
    first, _ = await store.plan(TERMINAL, drafts, digest=None, next_digest=None, now=NOW)
    assert await store.unplan(first, fold=True)
    assert [(one.story.id, one.delivery.wish) for one in await store.owed(TERMINAL)] == [
        ("story a", "digest"),
        ("story b", "digest"),
    ]
    assert await store.outbox() == []


async def test_taken_back_without_folding_it_is_owed_at_once_again(store: Store) -> None:
    (post,) = await planned(store, "a")
    assert await store.unplan(post, fold=False)
    assert [one.delivery.wish for one in await store.owed(SLACK)] == ["instant"]
    (again,) = await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=NOW + HOUR)
    assert again.id == post.id


@pytest.mark.parametrize("state", ["sending", "unknown", "marked as a repeat"])
async def test_one_that_may_have_been_accepted_is_not_taken_back(store: Store, state: str) -> None:
    (post,) = await planned(store, "a")
    begins = await begun(store, post)
    if state != "sending":
        begins = await store.doubt(begins, due=NOW, why="lost")
    if state == "marked as a repeat":
        begins = await store.repeat(begins, marked=True)
    assert not await store.unplan(begins, fold=True)
    assert [one.state for one in await store.outbox()] == [begins.state]


# ── plainly


async def test_a_refused_payload_gives_place_to_another_once(store: Store) -> None:
    (post,) = await planned(store, "a")
    begins = await begun(store, post)
    await store.say_plainly(begins, "plain", due=NOW, why="invalid_blocks")
    (plain,) = await store.outbox()
    assert (plain.state, plain.payload, plain.plain, plain.why) == (PostState.OWED, "plain", True, "invalid_blocks")
    begins = await begun(store, plain)
    with pytest.raises(StoreError):
        await store.say_plainly(begins, "plainer", due=NOW, why="invalid_blocks")


# ── never told


async def test_what_is_never_told_is_counted_by_the_reason(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), an_item("b"), to=(SLACK,)))
    one, other = (owed.delivery for owed in await store.owed(SLACK))
    dropped = [replace(one, why="told before"), replace(other, why="told before")]
    await store.plan(SLACK, [], digest=None, next_digest=None, dropped=dropped, now=NOW)
    assert (await store.status()).dropped == {"told before": 2}


async def test_a_channel_that_is_taken_out_is_never_told_what_it_was_owed(store: Store) -> None:
    await store.keep(a_reading(an_item("a"), to=(SLACK,)))
    await configure(store, channels=(SCREEN,))
    assert (await store.status()).dropped == {"its channel gets nothing any more": 1}
