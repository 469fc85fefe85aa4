"""What every back end promises about what is new in a feed, and what is told otherwise than it was kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.model import Changed, Delivery, Evidence, Item, Match, News, Watched
from bot.store import Store
from tests import stores
from tests.stores import (
    CONVENTION,
    DAY,
    HOUR,
    NOW,
    SLACK,
    TERMINAL,
    a_draft,
    a_match,
    a_reading,
    an_item,
    claimed,
    state,
)

store = stores.store  # the fixture: every back end in turn

LATER = NOW + HOUR
NOTHING = News(new=(), changed=())


async def new_of(store: Store, *items: Item) -> tuple[Item, ...]:
    """Which of these one document holds that are new; none of them is changed."""
    news = await store.news(items[0].feed, items)
    assert news.changed == ()
    return news.new


# ── what is new


async def test_new_items_come_in_the_given_order_each_key_once(store: Store) -> None:
    await store.keep(a_reading(an_item("b")))
    items = [an_item(key) for key in ("c", "b", "a", "c")]
    assert await new_of(store, *items) == (items[0], items[2])


async def test_of_no_items_nothing_is_new(store: Store) -> None:
    assert await store.news("un-press", []) == NOTHING


async def test_a_key_belongs_to_its_feed_only(store: Store) -> None:
    await store.keep(a_reading(an_item("a")))
    other = an_item("a", feed="gazette")
    assert await new_of(store, other) == (other,)


@pytest.mark.parametrize(
    ("days", "link", "title", "new"),
    [
        pytest.param(29, "https://un-press.example/a", "Title a", False, id="within-30-days"),
        pytest.param(31, "https://un-press.example/a", "Title a", True, id="after-30-days"),
        pytest.param(1, "http://www.un-press.example/a/?utm_source=rss", " title  A ", False, id="spelled-otherwise"),
        pytest.param(1, "https://un-press.example/b", "Title a", True, id="another-link"),
        pytest.param(1, "https://un-press.example/a", "Title b", True, id="another-title"),
    ],
)
async def test_a_new_guid_for_the_same_link_and_title_is_not_new_for_30_days(
    store: Store, days: int, link: str, title: str, new: bool
) -> None:
    await store.keep(a_reading(an_item("a")))
    again = an_item("another guid", link=link, title=title, seen=NOW + days * DAY)
    assert (await new_of(store, again) == (again,)) is new


async def test_the_30_days_begin_anew_whenever_the_feed_gives_the_item(store: Store) -> None:
    await store.keep(a_reading(an_item("a")))
    for guid, days in (("a", 20), ("g2", 40), ("g3", 60)):
        again = an_item(guid, link="https://un-press.example/a", title="Title a", seen=NOW + days * DAY)
        assert await new_of(store, again) == ()


async def test_two_guids_for_one_link_and_title_in_one_document_are_one_item(store: Store) -> None:
    items = [an_item(guid, link="https://un-press.example/a", title="Same") for guid in ("g1", "g2")]
    assert await new_of(store, *items) == (items[0],)


async def test_items_without_a_link_are_told_apart_by_their_key_alone(store: Store) -> None:
    bulletin = replace(an_item("g1", title="Weekly bulletin"), link="")
    await store.keep(a_reading(bulletin))
    assert await new_of(store, replace(bulletin, key="g2")) == (replace(bulletin, key="g2"),)


# ── what has changed

KEPT = replace(an_item("a"), summary="Sum", content="Full", lang="en", published=NOW - DAY)


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        pytest.param(replace(KEPT, title="Another"), True, id="title"),
        pytest.param(replace(KEPT, summary="Another"), True, id="summary"),
        pytest.param(replace(KEPT, link="https://un-press.example/b"), True, id="link"),
        pytest.param(replace(KEPT, link="http://www.un-press.example/a/?utm_source=rss"), False, id="link-to-the-same"),
        pytest.param(replace(KEPT, content="Another"), False, id="full-text-alone"),
        pytest.param(replace(KEPT, lang="fr", published=NOW), False, id="language-and-date-alone"),
        pytest.param(KEPT, False, id="nothing"),
    ],
)
async def test_a_known_key_with_another_title_link_or_summary_is_a_change(
    store: Store, now: Item, changed: bool
) -> None:
    await store.keep(Watched(state=state(), items=(KEPT,)))
    now = replace(now, seen=LATER)
    expected = (Changed(before=KEPT, now=now, story=None),) if changed else ()
    assert await store.news("un-press", [now]) == News(new=(), changed=expected)


async def test_changes_come_in_the_given_order_each_with_its_story_beside_what_is_new(store: Store) -> None:
    await store.keep(a_reading(*(an_item(key) for key in "abc")))
    b, new, a, c = (an_item(key, title=f"Now {key}", seen=LATER) for key in ("b", "new", "a", "c"))
    told = [b, new, a, replace(c, title="Title c"), replace(a, title="Twice in one document")]
    assert await store.news("un-press", told) == News(
        new=(new,),
        changed=(
            Changed(before=an_item("b"), now=b, story="story b"),
            Changed(before=an_item("a"), now=a, story="story a"),
        ),
    )


async def test_what_came_under_another_guid_is_no_change_of_what_was_kept(store: Store) -> None:
    await store.keep(Watched(state=state(), items=(KEPT,)))
    again = replace(KEPT, key="another guid", summary="Another")
    assert await store.news("un-press", [again]) == NOTHING


# ── keeping what has changed

NOW_TOLD = Item(
    feed="un-press",
    key="a",
    link="https://un-press.example/now",
    title="The treaty is ratified",
    summary="Nauru",
    content="At last.",
    lang="fr",
    published=LATER - timedelta(minutes=1),
    seen=LATER,
)
# As it is kept then: first seen when it was, and not published later than that.
THEN_KEPT = replace(NOW_TOLD, seen=NOW, published=NOW)


def a_proof(item: Item, topic: str = "convention") -> Match:
    """The item as it is told now is about the topic."""
    proof = Evidence(field="title", phrase="ratif*", text="ratified", start=14, end=22)
    return Match(item=item.id, topic=topic, score=0.9, evidence=(proof,))


async def test_a_changed_item_is_kept_and_found_as_it_is_told_now(store: Store) -> None:
    await store.keep(Watched(state=state(), items=(KEPT,)))
    await store.keep(Watched(state=state(), changed=(NOW_TOLD,)))
    assert [found.item for found in await store.search("ratified Nauru last", limit=9)] == [THEN_KEPT]
    assert await store.search("title", limit=9) == []
    assert await store.search("full", limit=9) == []
    assert (await store.status()).items == 1
    assert await store.news("un-press", [NOW_TOLD]) == NOTHING


async def test_a_changed_item_is_known_by_its_new_link_and_title(store: Store) -> None:
    await store.keep(Watched(state=state(), items=(KEPT,)))
    await store.keep(Watched(state=state(), changed=(NOW_TOLD,)))
    assert await new_of(store, replace(NOW_TOLD, key="another guid")) == ()
    before = replace(KEPT, key="a third guid")
    assert await new_of(store, before) == (before,)


async def test_a_change_of_what_matched_replaces_its_matches_and_stays_in_its_story(store: Store) -> None:
    await store.keep(a_reading(KEPT, to=(SLACK,)))
    matches = (a_proof(NOW_TOLD, "ratification"), a_proof(NOW_TOLD))
    await store.keep(Watched(state=state(), changed=(NOW_TOLD,), matches=matches))
    [owed] = await store.owed(SLACK)
    [coverage] = owed.story.told_by
    assert (owed.story.id, owed.story.seen) == ("story a", NOW)
    assert (coverage.item, coverage.matches) == (THEN_KEPT, matches)


async def test_a_change_after_which_nothing_matches_leaves_what_matched_as_it_was(store: Store) -> None:
    await store.keep(a_reading(KEPT, to=(SLACK,)))
    await store.keep(Watched(state=state(), changed=(NOW_TOLD,)))
    [owed] = await store.owed(SLACK)
    assert (owed.story.lead.item, owed.story.lead.matches) == (KEPT, (a_match(KEPT),))
    assert await store.search("ratified", limit=9) == []
    assert [found.item for found in await store.search("full", limit=9)] == [KEPT]


async def test_a_changed_item_that_matches_for_the_first_time_begins_its_story(store: Store) -> None:
    await store.keep(Watched(state=state(), items=(KEPT,)))
    await store.keep(
        Watched(
            state=state(),
            changed=(NOW_TOLD,),
            matches=(a_proof(NOW_TOLD),),
            stories=(("s", NOW_TOLD.id),),
            deliveries=(Delivery(channel=TERMINAL, story="s", wish="instant"),),
        )
    )
    [owed] = await store.owed(TERMINAL)
    assert (owed.story.id, owed.story.seen, owed.story.lead.item) == ("s", NOW, THEN_KEPT)
    assert (await store.status()).oldest_owed == LATER, "it has been owed since it matched, not since it was first seen"
    assert [found.item for found in await store.latest(topic=CONVENTION.id, limit=9)] == [THEN_KEPT]


async def test_a_changed_item_may_join_a_story_that_is_known(store: Store) -> None:
    await store.keep(Watched(state=state(), items=(KEPT,)))
    await store.keep(a_reading(an_item("b", feed="gazette"), to=(SLACK,)))
    stories = (("story b", NOW_TOLD.id),)
    await store.keep(Watched(state=state(), changed=(NOW_TOLD,), matches=(a_proof(NOW_TOLD),), stories=stories))
    [owed] = await store.owed(SLACK)
    assert [part.item.key for part in owed.story.told_by] == ["a", "b"]


async def test_a_story_that_was_told_is_not_owed_again_when_its_item_changes(store: Store) -> None:
    await store.keep(a_reading(KEPT, to=(SLACK,)))
    await claimed(store)
    await store.plan(SLACK, [a_draft("a")], digest=None, next_digest=None, now=NOW)
    deliveries = (Delivery(channel=SLACK, story="story a", wish="instant"),)
    await store.keep(Watched(state=state(), changed=(NOW_TOLD,), matches=(a_proof(NOW_TOLD),), deliveries=deliveries))
    assert await store.owed(SLACK) == []


@pytest.mark.parametrize(
    "watched",
    [
        pytest.param(
            Watched(state=state(), items=(an_item("new"),), changed=(NOW_TOLD, an_item("nobody"))), id="unknown-item"
        ),
        pytest.param(
            Watched(state=state(), changed=(NOW_TOLD,), matches=(a_proof(NOW_TOLD),), stories=(("s", NOW_TOLD.id),)),
            id="second-story",
        ),
    ],
)
async def test_a_change_that_cannot_be_kept_whole_leaves_everything_as_it_was(store: Store, watched: Watched) -> None:
    await store.keep(a_reading(KEPT))
    before = await store.status()
    with pytest.raises(StoreError):
        await store.keep(watched)
    assert await store.status() == before
    assert [found.item for found in await store.latest(topic=None, limit=9)] == [KEPT]
    assert await store.search("ratified", limit=9) == []
