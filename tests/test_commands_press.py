"""What the menu beside a story does, and the words that mute an outlet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import DATES, Deed, Feedback
from tests import rooms
from tests.rooms import HERE, THERE, Room, buttons, told
from tests.stores import MINUTE, NOW, TERMINAL, a_match, a_reading, an_item
from tests.test_why import CONVENTION, RATIFICATION

room = rooms.room

TITLE = "The Hanoi Convention is ratified"


@pytest.fixture
async def told_room(room: Room) -> Room:
    """A subscribed channel, and a story about the convention."""
    room.judges_by((CONVENTION, RATIFICATION))
    await room.types("subscribe convention")
    await room.finds(an_item("a", title=TITLE), to=(HERE,))
    return room


# ── why


async def test_why_tells_the_words_that_put_a_story_under_its_topics(told_room: Room) -> None:
    assert told(await told_room.presses("why", "story a", "convention"))[:3] == [
        f"“{TITLE}” (UN Press) is about 2 topics:",
        "Ratification: “ratified” in the title",
        "UN Convention against Cybercrime: “Hanoi Convention” in the title",
    ]


async def test_why_tells_the_first_items_of_a_story_and_counts_the_rest(told_room: Room) -> None:
    for number in range(4):
        item = an_item(f"more {number}", feed="gazette", title=f"{TITLE} {number}", seen=NOW + MINUTE)
        reading = replace(a_reading(item), stories=(("story a", item.id),))
        await told_room.store.keep(reading)
    answer = told(await told_room.presses("why", "story a"))
    assert len([line for line in answer if line.endswith("is about 2 topics:")]) == 3
    assert answer[-1] == "2 more tell the same story."


GONE: tuple[Deed, ...] = ("why", "relevant", "irrelevant")


@pytest.mark.parametrize("deed", GONE)
async def test_a_story_that_is_gone_is_said_to_be(room: Room, deed: Deed) -> None:
    answer = await room.presses(deed, "story x", "convention")
    assert told(answer) == [
        "That story is no longer kept; it is older than the archive goes back.",
        "/treaty latest → the newest items",
    ]


async def test_several_links_are_explained_at_once(told_room: Room) -> None:
    await told_room.finds(an_item("b", title="The Hanoi Convention"))
    answer = told(
        await told_room.types("why https://un-press.example/a https://un-press.example/b https://un.example/c")
    )
    assert [line for line in answer if "is about" in line] == [
        f"“{TITLE}” (UN Press) is about 2 topics:",
        "“The Hanoi Convention” (UN Press) is about 1 topic:",
    ]
    assert answer[-3:] == [
        (
            "https://un.example/c: No stored item leads to that page. It should have come from UN Press (un-press). "
            "A feed holds only its newest items; older ones were never seen."
        ),
        "/treaty feeds → what is read, and what cannot be",
        "/treaty search data protection → find it by its words; it may have another address",
    ]


# ── relevant or not


async def test_a_word_on_a_story_is_kept_and_counted(told_room: Room) -> None:
    await told_room.presses("relevant", "story a", "convention", person="U2")
    await told_room.presses("irrelevant", "story a", "convention", person="U3")
    answer = await told_room.presses("irrelevant", "story a", "convention")
    assert (answer.notice, told(answer)) == (
        "",
        [
            f"Noted: not relevant to UN Convention against Cybercrime (so far 1 relevant, 2 not): “{TITLE}”",
            "Choose again to change your mind; the rules stay as they are.",
        ],
    )
    feedback = [judged.feedback for judged in await told_room.store.feedback()]
    assert feedback[0] == Feedback(
        story="story a", topic="convention", by="slack:T1:U1", channel=HERE, relevant=False, at=NOW
    )


async def test_the_last_word_counts(told_room: Room) -> None:
    await told_room.presses("irrelevant", "story a", "convention")
    told_room.clock.moment += MINUTE
    answer = await told_room.presses("relevant", "story a", "convention")
    assert "(so far 1 relevant, 0 not)" in told(answer)[0]


async def test_a_word_on_a_story_that_stands_on_no_shelf_is_on_its_most_special_topic(told_room: Room) -> None:
    item = an_item("b", title="Signed")
    reading = a_reading(item)
    matches = (*reading.matches, a_match(item, "ratification", "signed"))
    await told_room.store.keep(replace(reading, matches=matches))
    assert told(await told_room.presses("relevant", "story b"))[0].startswith("Noted: relevant to Ratification")


async def test_words_on_another_topic_of_the_story_are_not_counted(told_room: Room) -> None:
    await told_room.presses("irrelevant", "story a", "ratification", person="U2")
    answer = await told_room.presses("relevant", "story a", "convention")
    assert "(so far 1 relevant, 0 not)" in told(answer)[0]


# ── mute


async def test_an_outlet_is_muted_by_a_press_and_the_channel_hears_of_it(told_room: Room) -> None:
    answer = await told_room.presses("mute", "story a", "un-press")
    assert answer.notice == (
        "Stories that only UN Press tells are no longer told here. `/treaty unmute un-press` brings them back."
    )
    assert told(answer) == [
        "Stories that only UN Press tells are no longer told here. Those that others tell too still come.",
        "/treaty unmute un-press → tell it again",
        "[Undo: unmute un-press]",
    ]
    assert await told_room.store.muted(HERE) == {HERE: frozenset({"un-press"})}
    assert (await told_room.audit())[-1] == "U1 muted"


async def test_a_press_delivered_again_mutes_once(told_room: Room) -> None:
    await told_room.presses("mute", "story a", "un-press", again="one")
    await told_room.types("unmute un-press")
    answer = await told_room.presses("mute", "story a", "un-press", again="one")
    assert (answer.notice, told(answer)[0]) == ("", "That was already done. This is how it stands:")
    assert await told_room.store.muted(HERE) == {}


async def test_the_undo_of_a_mute_unmutes(told_room: Room) -> None:
    (undo,) = buttons(await told_room.presses("mute", "story a", "un-press"))
    answer = await told_room.types(undo.words)
    assert answer.notice == "Stories that only UN Press tells are told here again."
    assert told(answer) == [
        "Stories that only UN Press tells are told here again. What it told meanwhile is in the archive.",
        "/treaty mute un-press → mute it again",
    ]
    assert (await told_room.audit())[-1] == "U1 unmuted"


async def test_an_outlet_is_muted_by_its_name(told_room: Room) -> None:
    answer = await told_room.types("mute The Gazette")
    assert answer.notice == (
        "Stories that only The Gazette tells are no longer told here. `/treaty unmute gazette` brings them back."
    )


async def test_muting_what_is_muted_is_no_error(told_room: Room) -> None:
    await told_room.types("mute gazette")
    answer = await told_room.types("mute gazette")
    assert (answer.notice, told(answer)[0]) == ("", "The Gazette is muted here already; nothing changed.")


async def test_unmuting_what_is_not_muted_says_what_is(told_room: Room) -> None:
    await told_room.types("mute gazette")
    answer = await told_room.types("unmute un-press")
    assert (answer.notice, told(answer)) == (
        "",
        ["UN Press is not muted here; nothing changed. Muted here: The Gazette."],
    )


async def test_a_bare_mute_says_what_it_does_and_what_is_muted(told_room: Room) -> None:
    what = "What only a muted outlet tells is not told here; a story that others tell too still comes."
    assert told(await told_room.types("mute")) == [
        f"No outlet is muted here. {what}",
        "/treaty mute un-press → by its id, or by its name as it stands beside a story",
        "/treaty pause 3d → post nothing at all meanwhile",
    ]
    await told_room.types("mute gazette")
    assert told(await told_room.types("mute")) == [
        f"Muted here: The Gazette. {what}",
        "/treaty mute un-press → by its id, or by its name as it stands beside a story",
        "/treaty unmute gazette → tell it again",
        "/treaty pause 3d → post nothing at all meanwhile",
        "[Unmute The Gazette: unmute gazette]",
    ]


async def test_the_list_shows_what_is_muted(told_room: Room) -> None:
    await told_room.types("mute gazette")
    answer = told(await told_room.types("list"))
    assert "Muted: The Gazette" in answer
    assert "/treaty unmute gazette → tell what The Gazette brings again" in answer


async def test_an_outlet_that_is_no_longer_read_can_still_be_unmuted(told_room: Room) -> None:
    await told_room.store.mute(HERE, "bygone", by="U1", now=NOW)
    assert (await told_room.types("unmute bygone")).notice == "Stories that only bygone tells are told here again."


async def test_an_outlet_that_is_no_longer_read_is_not_muted(told_room: Room) -> None:
    answer = await told_room.presses("mute", "story a", "bygone")
    assert (answer.notice, told(answer)) == ("", ["bygone is no longer read, so nothing new of it comes."])


async def test_dates_of_our_own_cannot_be_muted(told_room: Room) -> None:
    answer = await told_room.presses("mute", "story a", DATES.id)
    assert told(answer)[0] == ("Dates to come are told by TreatyWatch itself, from feeds.yaml, and cannot be muted.")
    assert await told_room.store.muted(HERE) == {}


async def test_a_channel_that_the_file_names_can_mute_as_it_can_pause(told_room: Room) -> None:
    answer = await told_room.types("mute gazette", to=TERMINAL)
    assert answer.notice == (
        "Stories that only The Gazette tells are no longer told here. `/treaty unmute gazette` brings them back."
    )
    assert await told_room.store.muted(TERMINAL) == {TERMINAL: frozenset({"gazette"})}


async def test_a_channel_that_gets_nothing_has_nothing_to_mute(told_room: Room) -> None:
    assert told(await told_room.types("mute gazette", to=THERE))[0] == "Nothing is subscribed here yet."


async def test_a_muted_outlet_is_left_out_of_the_next_digest(told_room: Room) -> None:
    await told_room.finds(an_item("b", title="A cybercrime treaty"), to=(HERE,))
    await told_room.types("mute un-press")
    assert (await told_room.types("digest")).preview == ()
