"""What changed rules would find in the stored items."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Item, Some, Topic, Watched
from bot.store import Store
from bot.topics.rules import compile_rules
from bot.work.replay import Changed, Common, Replay
from tests import stores
from tests.stores import DAY, HOUR, NOW, a_match, an_item, state

store = stores.store  # the fixture: every back end in turn

OLD = Topic(id="convention", name="Convention", any=("hanoi convention",))
NEW = replace(OLD, any=("cybercrime treaty",))
RATIFICATION = Topic(id="ratification", name="Ratification", within="convention", any=("ratif*",))


async def kept(store: Store, *items: Item) -> None:
    await store.keep(Watched(state=state(), items=items))


@pytest.fixture
async def archive(store: Store) -> Store:
    """Three items of today and one that is old."""
    await kept(
        store,
        an_item("a", title="The Hanoi Convention"),
        an_item("b", title="A cybercrime treaty"),
        an_item("c", title="The Hanoi Convention, a cybercrime treaty, is ratified", seen=NOW + HOUR),
        an_item("d", title="Gardening"),
        an_item("old", title="An old cybercrime treaty", seen=NOW - 9 * DAY),
    )
    return store


def replayed(store: Store, before: tuple[Topic, ...] | None, *after: Topic) -> Replay:
    return Replay(reader=store, before=compile_rules(before) if before else None, after=compile_rules(after))


async def changes(replay: Replay) -> list[Changed]:
    return [changed async for changed in replay.changes(since=NOW - DAY) if changed]


async def test_each_item_is_added_removed_or_kept(archive: Store) -> None:
    replay = replayed(archive, (OLD,), NEW, RATIFICATION)
    told = await changes(replay)
    assert [(one.change, one.title, one.before, one.after) for one in told] == [
        ("removed", "The Hanoi Convention", ("convention",), ()),
        ("added", "A cybercrime treaty", (), ("convention",)),
        (
            *("kept", "The Hanoi Convention, a cybercrime treaty, is ratified", ("convention",)),
            ("ratification", "convention"),
        ),
    ]
    assert [one.moved for one in told] == [False, False, True]
    assert (told[0].link, told[0].outlet) == ("https://un-press.example/a", "UN Press")
    assert (replay.items, dict(replay.count), replay.moved) == (4, {"removed": 1, "added": 1, "kept": 1}, 1)


async def test_without_another_file_what_was_found_at_reading_stands_before(archive: Store) -> None:
    found = an_item("e", title="Nothing of it")
    await archive.keep(Watched(state=state(), items=(found,), matches=(a_match(found),)))
    told = {one.title: one.change for one in await changes(replayed(archive, None, NEW))}
    assert told == {
        "A cybercrime treaty": "added",
        "The Hanoi Convention, a cybercrime treaty, is ratified": "added",
        "Nothing of it": "removed",
    }


async def test_more_items_than_one_batch_holds_are_each_told_once(store: Store) -> None:
    await kept(store, *(an_item(f"{number}", title=f"Treaty {number}", seen=NOW) for number in range(230)))
    replay = replayed(store, None, replace(OLD, any=("treaty",)))
    assert len({one.title for one in await changes(replay)}) == replay.items == 230


async def test_a_phrase_in_more_than_a_fifth_of_the_items_is_told_with_its_share(store: Store) -> None:
    await kept(store, *(an_item(f"{n}", title=f"Treaty {'vote' if n % 2 else 'law'} {n}") for n in range(60)))
    topic = replace(OLD, any=("treaty", "hanoi"), some=Some(least=1, of=("vote",)), none=("law 4",))
    replay = replayed(store, None, topic)
    await changes(replay)
    assert replay.common([topic]) == [Common(phrase="treaty", share=1.0), Common(phrase="vote", share=0.5)]


async def test_of_a_handful_of_items_no_share_is_told(archive: Store) -> None:
    replay = replayed(archive, None, replace(OLD, any=("the",)))
    await changes(replay)
    assert replay.common([replace(OLD, any=("the",))]) == []


async def test_the_items_of_a_page_are_found_by_any_of_its_addresses(store: Store) -> None:
    await kept(
        store,
        an_item("a", link="https://www.un.example/a/?utm_source=rss"),
        an_item("b", link="https://un.example/b"),
        an_item("c", link=""),
    )
    await store.keep(Watched(state=state("gazette"), items=(an_item("z", feed="gazette", link="http://un.example/a"),)))
    found = await store.items_by_link("https://UN.example/a")
    assert [(one.item.key, one.outlet) for one in found] == [("a", "UN Press"), ("z", "The Gazette")]
    assert await store.items_by_link("https://un.example/x") == []
    assert await store.items_by_link("no link") == []
