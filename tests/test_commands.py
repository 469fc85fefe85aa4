"""What is answered to the words after /treaty that only look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Entry, Example
from tests import rooms
from tests.rooms import HERE, TOPICS, Room, told
from tests.stores import DAY, GAZETTE, HOUR, NOW, TERMINAL, a_reading, an_item, state

room = rooms.room


# ── help


@pytest.mark.parametrize("words", ["", "help", "  HELP  ", "?"])
async def test_a_bare_command_is_a_short_help_with_real_examples(room: Room, words: str) -> None:
    assert told(await room.types(words)) == [
        "Nothing is subscribed here yet.",
        "/treaty subscribe ratification daily 09:00 → a daily digest; instead of daily 09:00 also: instant, weekly fri 16:00",
        "/treaty subscribe → choose in a form",
        "/treaty unsubscribe ratification → end it, or: all",
        "/treaty list → what this channel gets, and when",
        "/treaty topics → what there is to subscribe to",
        "/treaty latest ratification 5 → the newest items, of one topic or of all",
        "/treaty search data protection → items that hold all these words",
        "/treaty why https://example.org/article → which words put an item under its topics, or what it lacked",
        "/treaty digest → what the next digest would say now, only for you",
        "/treaty treaty → who has signed and ratified, by the depositary's record",
        "/treaty feeds → what is read, and what cannot be",
        "/treaty pause 3d → post nothing here meanwhile, or: tomorrow, monday, 18:00, forever",
        "/treaty resume → end the pause",
        "/treaty mute un-press → tell nothing here that only this outlet tells, or: unmute",
        "[Subscribe: subscribe] [Latest: latest] [Topics: topics]",
    ]


async def test_every_example_of_the_help_is_understood(room: Room) -> None:
    for part in (await room.types("help")).parts:
        if isinstance(part, Example):
            first = told(await room.types(part.command))[0]
            assert "is no" not in first


async def test_help_says_where_the_channel_stands(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("subscribe human-rights instant")
    await room.types("pause tomorrow")
    assert told(await room.types("help"))[:2] == [
        (
            "This channel gets Signature and ratification: daily digest at 09:00 Europe/Vienna, Monday to Friday; "
            "Human rights: at once, as each story is found."
        ),
        "It is paused until tomorrow at 09:00 Europe/Vienna.",
    ]


async def test_a_typo_is_asked_back_with_a_command_that_works(room: Room) -> None:
    assert told(await room.types("subscrieb ratification")) == [
        '"subscrieb" is no word that I know; did you mean "subscribe"?',
        "/treaty subscribe ratification daily 09:00",
    ]


# ── list and topics


async def test_the_list_shows_what_comes_how_and_when(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("subscribe human-rights instant")
    assert told(await room.types("list")) == [
        "Daily digest: 09:00 Europe/Vienna, Monday to Friday; next tomorrow",
        "Topics: Signature and ratification",
        "At once: Human rights",
        "/treaty subscribe convention → add a topic",
        "/treaty unsubscribe ratification → end one, or all",
        "[Change: subscribe] [Pause: pause] [Unsubscribe all: unsubscribe all]",
    ]


async def test_the_list_says_that_the_channel_is_paused_and_why(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("pause 2025-12-01")
    assert told(await room.types("list"))[:3] == [
        "Daily digest: 09:00 Europe/Vienna, Monday to Friday; next on Monday, 1 December 2025",
        "Topics: Signature and ratification",
        "Paused: until Monday, 1 December 2025 at 09:00 Europe/Vienna",
    ]


async def test_the_list_of_the_files_channel_says_who_can_change_it(room: Room) -> None:
    await room.store.set_digest(TERMINAL, due=NOW + DAY)
    assert told(await room.types("list", to=TERMINAL)) == [
        "Daily digest: 09:00 Europe/Vienna, Monday to Friday; next tomorrow at 09:30 Europe/Vienna",
        "Topics: UN Convention against Cybercrime",
        "At once: Signature and ratification",
        "Set: in feeds.yaml by the operator; chat does not change it",
        "[Pause: pause]",
    ]


async def test_topics_are_listed_with_what_covers_them_and_what_is_subscribed(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("subscribe human-rights instant")
    assert told(await room.types("topics")) == [
        "A topic covers those within it.",
        "convention: UN Convention against Cybercrime",
        "ratification: Signature and ratification · within convention · subscribed here, in the digest",
        "human-rights: Human rights · within convention · subscribed here, at once",
        "/treaty subscribe ratification → into the daily digest here",
        "[Change: subscribe]",
    ]


# ── latest, search, feeds


async def test_the_latest_items_come_newest_first_with_the_words_that_prove_them(room: Room) -> None:
    await room.finds(an_item("a", title="Cybercrime treaty signed"), an_item("b", title="Z", seen=NOW + HOUR))
    answer = await room.types("latest convention")
    assert told(answer) == [
        "The 2 newest items about UN Convention against Cybercrime:",
        "UN Press: Z",
        "UN Press: Cybercrime treaty signed",
    ]
    entry = answer.parts[-1]
    assert isinstance(entry, Entry)
    assert (entry.url, entry.topics) == ("https://un-press.example/a", ("UN Convention against Cybercrime",))
    assert (entry.quote.text, entry.quote.words) == ("Cybercrime treaty signed", "Cybercrime treaty")


async def test_the_number_of_items_can_be_named(room: Room) -> None:
    await room.finds(*(an_item(f"item {number}") for number in range(9)))
    assert len(told(await room.types("latest"))) == 1 + 5
    assert len(told(await room.types("latest 7"))) == 1 + 7


async def test_an_empty_archive_says_the_next_step(room: Room) -> None:
    assert told(await room.types("latest ratification")) == [
        "Nothing about Signature and ratification in the archive yet.",
        "/treaty latest → the newest of all topics",
        "/treaty feeds → whether the feeds are read",
    ]


async def test_items_are_found_by_their_words(room: Room) -> None:
    await room.finds(an_item("a", title="Data protection in Vienna"), an_item("b", title="Something else"))
    assert told(await room.types("search vienna data")) == [
        '1 item holds all of "vienna data":',
        "UN Press: Data protection in Vienna",
    ]


async def test_a_search_in_vain_says_what_to_try(room: Room) -> None:
    assert told(await room.types("search no such words")) == [
        'No item holds all of "no such words". Try fewer words, or a name as it is written in another language.',
        "/treaty latest → the newest items",
        "/treaty feeds → whether the feeds are read",
    ]


async def test_feeds_are_counted_and_those_that_fail_are_named_with_since_when(room: Room) -> None:
    failing = replace(state("gazette", failures=3), status=503, error="answered 503")
    await room.store.keep(a_reading())
    await room.store.keep(replace(a_reading(), state=failing))
    assert told(await room.types("feeds")) == [
        "1 of 2 feeds is read well. 1 cannot be read just now; it is tried again by itself.",
        "The Gazette: server out of order since 09:30, error 503",
    ]


async def test_feeds_that_were_never_read_are_said_to_be_on_their_way(room: Room) -> None:
    assert told(await room.types("feeds")) == ["0 of 2 feeds are read well. 2 not read yet; that takes a few minutes."]


async def test_at_most_twenty_failing_feeds_are_named(room: Room) -> None:
    feeds = tuple(replace(GAZETTE, id=f"feed-{number}", url=f"https://x.example/{number}") for number in range(30))
    await room.store.settle_config(feeds=feeds, topics=TOPICS, channels=[], now=NOW)
    for feed in feeds:
        await room.store.keep(replace(a_reading(), state=state(feed.id, failures=1)))
    answer = told(await room.types("feeds"))
    assert (len(answer), answer[-1]) == (22, "… and 10 more.")


# ── digest


async def test_the_next_digest_is_shown_to_the_asker_and_nothing_is_posted(room: Room) -> None:
    await room.types("subscribe convention")
    await room.finds(an_item("a", title="A cybercrime treaty"), to=(HERE,))
    answer = await room.types("digest")
    assert told(answer) == [
        "The next digest comes tomorrow at 09:00 Europe/Vienna. Now it would say this; only you see it."
    ]
    assert [message.stories for message in answer.preview] == [("story a",)]
    assert answer.preview[0].why == (
        "Daily at 09:00 Europe/Vienna, Monday to Friday · topics: UN Convention against Cybercrime "
        "· set here with /treaty"
    )
    assert answer.notice == ""
    assert len(await room.store.owed(HERE)) == 1


async def test_a_digest_without_anything_new_says_so(room: Room) -> None:
    await room.types("subscribe convention")
    answer = await room.types("digest")
    assert (told(answer), answer.preview) == (
        [
            "Nothing new yet. The next digest comes tomorrow at 09:00 Europe/Vienna. If that stays so, it is silent.",
            "/treaty latest → what was found before",
            "[Change: subscribe]",
        ],
        (),
    )


async def test_a_channel_that_gets_all_at_once_has_no_digest(room: Room) -> None:
    await room.types("subscribe ratification instant")
    assert told(await room.types("digest")) == [
        "This channel has no digest: it gets every story at once.",
        "/treaty subscribe ratification daily 09:00 → move a topic into a daily digest",
        "[Change: subscribe]",
    ]
