"""What is answered to `/treaty why`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import rooms
from tests.rooms import Room, told
from tests.stores import a_reading, an_item
from tests.test_why import CONVENTION, RATIFICATION

bare = rooms.room  # the fixture


@pytest.fixture
def room(bare: Room) -> Room:
    """A channel whose topics have phrases."""
    bare.judges_by((CONVENTION, RATIFICATION))
    return bare


async def keeps(room: Room, title: str) -> None:
    """An item, kept as one about the convention."""
    await room.store.keep(a_reading(an_item("a", title=title, link="https://un.example/a")))


async def test_a_matched_item_tells_which_words_put_it_under_each_topic(room: Room) -> None:
    await keeps(room, "The Hanoi Convention is ratified")
    assert told(await room.types("why https://www.un.example/a?utm_source=slack")) == [
        "“The Hanoi Convention is ratified” (UN Press) is about 2 topics:",
        "Ratification: “ratified” in the title",
        "UN Convention against Cybercrime: “Hanoi Convention” in the title",
        "When it was read, the rules put it under convention.",
    ]


async def test_the_proving_sentence_is_told_once_where_it_is_not_the_title_and_each_word_once(room: Room) -> None:
    summary = "Qatar ratifies at last. Few have signed the Hanoi Convention. The Hanoi Convention grows."
    item = replace(an_item("a", title="Qatar ratifies", link="https://un.example/a"), summary=summary)
    await room.store.keep(a_reading(item))
    assert told(await room.types("why https://un.example/a"))[1:4] == [
        "Ratification: “ratifies” in the title",
        "UN Convention against Cybercrime: “Hanoi Convention” in the summary",
        "“Few have signed the Hanoi Convention.”",
    ]


async def test_a_missed_item_tells_what_it_lacked_for_the_nearest_topic(room: Room) -> None:
    item = an_item("a", title="A cybercrime convention", link="https://un.example/a")
    await room.store.keep(replace(a_reading(item), matches=()))
    assert told(await room.types("why https://un.example/a")) == [
        "“A cybercrime convention” (UN Press) is kept, but about no topic.",
        (
            "Nearest: UN Convention against Cybercrime: Found “cybercrime”, “convention” within 2 words; "
            "lacking one of: un, united nations."
        ),
    ]


async def test_an_item_without_any_phrase_says_so(room: Room) -> None:
    item = an_item("a", title="Gardening", link="https://un.example/a")
    await room.store.keep(replace(a_reading(item), matches=()))
    assert told(await room.types("why https://un.example/a"))[1] == "No phrase of any topic stands in it."


async def test_a_page_that_is_not_stored_is_answered_with_the_way_out(room: Room) -> None:
    assert told(await room.types("why https://un.example/unheard-of")) == [
        (
            "No stored item leads to that page. It should have come from UN Press (un-press). "
            "A feed holds only its newest items; older ones were never seen."
        ),
        "/treaty feeds → what is read, and what cannot be",
        "/treaty search data protection → find it by its words; it may have another address",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "why <https://un.example/a>",
        "why <https://un.example/a|un.example/a>",
        "WHY is this here: https://un.example/a.",
        "why “https://un.example/a”",
        "why un.example/a",
        "explain",
        "why",
        "why this?",
    ],
)
async def test_a_link_is_understood_however_it_was_pasted(room: Room, words: str) -> None:
    await keeps(room, "The Hanoi Convention")
    first, *rest = told(await room.types(words))
    if "un.example" in words:
        assert first == "“The Hanoi Convention” (UN Press) is about 1 topic:"
    else:
        assert rest == ["/treaty why https://example.org/article"]


async def test_a_link_may_be_longer_than_other_words(room: Room) -> None:
    link = "https://un.example/" + "a" * 900
    assert "un-press" in told(await room.types(f"why {link}"))[0]
    assert "too long" in told(await room.types("why " + "a" * 900))[0]
