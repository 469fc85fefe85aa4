"""Comparing a new item only with what is likely gives the very answers that comparing it with everything gives."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Item
from bot.topics.events import Event
from bot.topics.likely import Many
from bot.topics.likeness import SAME, Profile, apart, deed_marks
from bot.topics.pairs import COPY, Text, Told, of_item, same_page, score
from bot.topics.stories import Memory
from tests.test_stories import SEEN, item, telling
from tests.test_stories_pairs import ONE_EVENT, TWO_EVENTS

Under = tuple[str, Item]  # a Story.id and an item of it


def compared_with_all(known: Sequence[Under], new: Sequence[Item]) -> list[str]:
    """The story of each new item, by the rules alone: each is compared with all that was told before."""
    told = [of_item(name, it) for name, it in known]
    for it in new:
        [(its_own, _)] = Memory().tell([it])
        one = of_item(its_own, it)
        told.append(one._replace(story=story_of(one, told) or its_own))
    return [each.story for each in told[len(known) :]]


def story_of(one: Told, told: Sequence[Told]) -> str | None:
    for each in told:
        if same_page(one, each):
            return each.story
    worth: dict[str, float] = {}  # of equally good ones, that with the earliest good item is first
    for each in told:
        if (good := score(one, each)) >= SAME:
            worth[each.story] = max(good, worth.get(each.story, 0))
    for story in sorted(worth, key=lambda name: -worth[name]):
        others = [each for each in told if each.story == story]
        if worth[story] >= COPY or not any(apart(one.text.profile, each.text.profile) for each in others):
            return story
    return None


def learnt(known: Sequence[Under]) -> Memory:
    memory = Memory()
    memory.learn(telling(serial, name, it) for serial, (name, it) in enumerate(known, start=1))
    return memory


def compared_with_likely(known: Sequence[Under], new: Sequence[Item]) -> list[str]:
    return [story for story, _ in learnt(known).tell(new)]


VOCABULARY = """
    Ghana Kenya EU ООН Россия подписала 中国签署公约 中国 signs signed ratifies adopts to sign will not firma Perú assina توقع
    مصر UN cybercrime treaty Budapest convention resolution 65 72 7 Friday Monday why surveillance journalists
    organisations organizations investigators safeguards safeguard Viet Nam Vietnam ceremony ministers evidence data
    extradition prosecutors the of 25 October
"""
WORDS = st.sampled_from(VOCABULARY.split())
TITLES = st.one_of(
    st.lists(WORDS, max_size=9).map(" ".join),
    st.sampled_from([title for pair in (ONE_EVENT | TWO_EVENTS).values() for title, _ in pair]),
)
OPENINGS = st.one_of(
    st.just(""),
    st.lists(WORDS, max_size=30).map(" ".join),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda words: " ".join(words * 20)),  # few runs of words
    st.sampled_from([opening for pair in (ONE_EVENT | TWO_EVENTS).values() for _, opening in pair]),
    # The copy of an agency, with more or less before it and cut more or less late.
    st.builds(
        lambda before, length: " ".join(before + [f"word{number}" for number in range(length)]),
        st.lists(WORDS, max_size=20),
        st.integers(25, 70),
    ),
)
ITEMS = st.builds(
    lambda feed, host, title, opening, days: item(
        feed,
        title,
        link=host and f"https://{host}",
        summary=opening,
        seen=SEEN + timedelta(days=days[0]),
        published=SEEN + timedelta(days=days[1]) if days[1] < 7 else None,
    ),
    st.sampled_from("abcd"),
    st.sampled_from(
        ["", "a.org/1", "a.org/2", "b.org/1", "b.org/2", "c.org/1", "d.org/7?utm_source=rss", "www.a.org/1"]
    ),
    TITLES,
    OPENINGS,
    st.tuples(st.integers(0, 7), st.integers(0, 9)),
)
KNOWN = st.lists(st.tuples(st.sampled_from("pqrstuvw"), ITEMS), max_size=25)


@given(KNOWN, st.lists(ITEMS, max_size=8))
@settings(max_examples=250, deadline=None)
def test_the_story_is_the_one_that_comparing_with_everything_gives(known: list[Under], new: list[Item]) -> None:
    assert compared_with_likely(known, new) == compared_with_all(known, new)


@given(ITEMS, ITEMS)
@settings(max_examples=400, deadline=None)
def test_whatever_is_one_story_is_found(one: Item, other: Item) -> None:
    known, new = of_item("known", one), of_item("new", other)
    many = Many()
    many.add(known)
    assert list(many.like(new)) == [known] or not (same_page(new, known) or score(new, known) >= SAME)


def having(words: int, heads: int, own: Sequence[str], event: Event, numbers: Sequence[str]) -> Told:
    """An item with so many words in common with any such item, so many of its title, and some of its own."""
    title = frozenset(f"head{number}" for number in range(heads)) | frozenset(own[:1])
    texts = title | frozenset(f"word{number}" for number in range(words)) | frozenset(own)
    nothing: frozenset[int] = frozenset()
    profile = Profile(title, texts, event, frozenset(numbers), nothing, nothing)
    return Told("", "".join(own), "", "", SEEN, None, Text((), "", frozenset(), frozenset(), profile))


EVENTS = st.builds(
    Event,
    act=st.sampled_from(["sign", "call", "speak"]),
    acts=st.just(frozenset()),
    actors=st.sampled_from([frozenset(), frozenset({"Kenya"}), frozenset({"Kenya", "Ghana"})]),
    treaty=st.sampled_from(["cyber", "cyber", ""]),
    titled=st.booleans(),
    opinion=st.just(False),
)
COUNTS = st.tuples(st.integers(0, 13), st.integers(0, 5))
NUMBERS = st.sampled_from([(), ("65",), ("7",)])


@given(COUNTS, COUNTS, st.tuples(EVENTS, EVENTS), st.tuples(NUMBERS, NUMBERS))
@settings(max_examples=600, deadline=None)
def test_however_little_two_items_share_they_are_found_if_it_is_enough(
    counts: tuple[int, int],
    others: tuple[int, int],
    events: tuple[Event, Event],
    numbers: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    known = having(*counts, ["a", "own"], events[0], numbers[0])
    new = having(*others, ["b", "another"], events[1], numbers[1])
    many = Many()
    many.add(known)
    assert list(many.like(new)) == [known] or score(new, known) < SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Four words of both texts, two of them in both titles: 4/4 and 2/2; the act alone: 1.
        pytest.param((2, 2, "call", ""), (2, 2, "call", ""), id="an act and eight quarters"),
        pytest.param((0, 4, "speak", ""), (0, 4, "speak", ""), id="no act and four words of short titles"),
        pytest.param((0, 0, "sign", "65"), (0, 0, "sign", "65"), id="a number of signatures"),
    ],
)
def test_what_is_just_enough_is_found(one: tuple[int, int, str, str], other: tuple[int, int, str, str]) -> None:
    known, new = (
        having(
            words,
            heads,
            [] if heads == 4 else [feed],
            Event(act, frozenset(), frozenset(), "cyber", titled=True, opinion=False),
            [number] if number else [],
        )._replace(feed=feed)
        for feed, (words, heads, act, number) in (("a", one), ("b", other))
    )
    many = Many()
    many.add(known)
    assert score(new, known) == SAME
    assert list(many.like(new)) == [known]


def test_titles_that_share_no_word_but_by_their_spelling_are_found() -> None:
    one, other = "UN cybercrime organisations to be new", "UN cybercrimes organizations to be new"
    assert compared_with_likely([("s", item("a", one))], [item("b", other)]) == ["s"]


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in ONE_EVENT.items()])
def test_one_event_in_two_wordings_is_found(pair: tuple[tuple[str, str], tuple[str, str]]) -> None:
    (title, opening), (other_title, other_opening) = pair
    known = of_item("known", item("a", title, summary=opening))
    many = Many()
    many.add(known)
    assert list(many.like(of_item("new", item("b", other_title, summary=other_opening)))) == [known]


def test_what_has_nothing_in_common_is_not_looked_at() -> None:
    many = Many()
    many.add(of_item("known", item("a", "Kenya signs the UN treaty on cybercrime", summary="Done in Nairobi.")))
    assert list(many.like(of_item("new", item("b", "Peru ratifies the UN treaty on cybercrime")))) == []


def test_the_deed_of_two_states_can_be_found_by_either() -> None:
    text = of_item("s", item("a", "Chile and Uruguay sign the UN convention against cybercrime")).text
    assert deed_marks(text.profile) == {("sign", "cyber", "Chile"), ("sign", "cyber", "Uruguay")}


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")], ids=" then ".join)
def test_of_two_stories_that_are_equally_like_it_the_one_told_first_is_joined(order: tuple[str, str]) -> None:
    known = [(name, item(feed, "Ghana signs UN cybercrime treaty")) for name, feed in zip(order, "ab", strict=True)]
    assert compared_with_likely(known, [item("c", "Ghana signs the UN cybercrime treaty")]) == [order[0]]


@given(KNOWN, st.lists(ITEMS, max_size=5), st.integers(0, 8))
@settings(max_examples=100, deadline=None)
def test_a_memory_that_forgot_is_as_one_that_never_knew(known: list[Under], new: list[Item], days: int) -> None:
    known.sort(key=lambda each: each[1].seen)
    before = SEEN + timedelta(days=days)
    memory = learnt(known)
    memory.forget(before)
    kept = [(name, it) for name, it in known if it.seen >= before]
    assert [story for story, _ in memory.tell(new)] == compared_with_all(kept, new)


@given(KNOWN, st.lists(ITEMS, max_size=5))
@settings(max_examples=60, deadline=None)
def test_telling_leaves_the_memory_as_it_was(known: list[Under], new: list[Item]) -> None:
    memory = learnt(known)
    assert memory.tell(new) == memory.tell(new)


def crossed(texts: Sequence[tuple[str, str]], chance: random.Random) -> Iterator[Item]:
    """Items without end: real titles and openings, mostly as they belong together, some shortened, of a few days."""
    while True:
        (title, opening), (_, other) = chance.choice(texts), chance.choice(texts)
        words = (opening if chance.random() < 0.7 else other).split()
        yield item(
            chance.choice("abcdef"),
            title if chance.random() < 0.8 else " ".join(title.split()[: chance.randint(1, 9)]),
            link=f"https://{chance.choice('xyz')}.org/{chance.randint(1, 400)}",
            summary=" ".join(words[chance.randint(0, 6) :]),
            seen=SEEN + timedelta(hours=chance.randint(0, 14 * 24)),
            published=SEEN + timedelta(hours=chance.randint(0, 240)) if chance.random() < 0.5 else None,
        )


@pytest.mark.shared
def test_real_texts_are_told_as_comparing_with_everything_tells_them(shared: Path) -> None:
    texts = []
    for name in ("stories", "dev"):
        for line in map(json.loads, (shared / f"corpus/{name}.jsonl").read_text(encoding="utf-8").splitlines()):
            sides = [line["a"], line["b"]] if "a" in line else [line]
            texts += [(side["title"] or "", side["summary"] or "") for side in sides]
    chance = random.Random(1)
    items = crossed(texts, chance)
    known = [(f"s{chance.randint(0, 250)}", next(items)) for _ in range(500)]
    new = [item(f"g{number % 7}", title, summary=opening) for number, (title, opening) in enumerate(texts)]
    new += [next(items) for _ in range(150)]
    assert compared_with_likely(known, new) == compared_with_all(known, new)
