"""Why an item is under its topics, or what it lacked: in words that can be looked up in feeds.yaml."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Found, Item, Near, Some, Topic
from bot.topics.rules import compile_rules
from bot.topics.why import Nearest, Why, as_link, feeds_of, judged_otherwise, not_kept, why
from tests.stores import GAZETTE, NOW, UN_PRESS

CONVENTION = Topic(
    id="convention",
    name="UN Convention against Cybercrime",
    any=("hanoi convention",),
    near=(Near(words=8, of=(("cybercrime", "cyber crime"), ("convention", "treaty"), ("un", "united nations"))),),
    none=("budapest",),
)
RATIFICATION = Topic(id="ratification", name="Ratification", within="convention", any=("ratif*",))
TOPICS = (CONVENTION, RATIFICATION)
FILLER = "Nothing of it stands in this sentence, which only makes the text long. " * 40


def an_item(title: str = "A title", summary: str = "", content: str = "") -> Item:
    return Item(feed="f", key="k", link="", title=title, summary=summary, content=content, seen=NOW)


def asked(item: Item, *topics: Topic) -> Why:
    return why(item, compile_rules(topics or TOPICS), topics or TOPICS)


def nearest(item: Item, *topics: Topic) -> str:
    return str(asked(item, *topics).nearest)


def test_a_matched_item_tells_each_topic_with_its_phrases_fields_and_sentences() -> None:
    item = an_item(
        "States ratify the treaty", summary="It rained. The Hanoi Convention needs forty of them. It stopped."
    )
    told = asked(item)
    assert told.nearest is None
    assert [
        (one.topic, proof.field, proof.phrase, proof.text, proof.sentence)
        for one in told.matched
        for proof in one.proofs
    ] == [
        ("ratification", "title", "ratif*", "ratify", "States ratify the treaty"),
        (
            *("convention", "summary", "hanoi convention"),
            "Hanoi Convention",
            "The Hanoi Convention needs forty of them.",
        ),
    ]


LACKS = {
    "a list of near": (
        an_item("A convention about cybercrime"),
        "nearest: convention. Found “cybercrime”, “convention” within 3 words; lacking one of: un, united nations.",
    ),
    "two lists": (
        an_item("Much cybercrime"),
        "nearest: convention. Found “cybercrime”; lacking one of: convention, treaty; and one of: un, united nations.",
    ),
    "nearness": (
        an_item("UN experts say that a convention will in the end do little against all this cybercrime"),
        "nearest: convention. Found “cybercrime”, “convention”, “UN”, but within 16 words, not within 8.",
    ),
    "silenced": (
        an_item("UN cybercrime treaty", summary="Compared with Budapest."),
        "nearest: convention. Found “cybercrime”, “treaty”, “UN”; silenced by “Budapest”.",
    ),
    "deep": (
        an_item("A title", content=FILLER + "The Hanoi Convention is named. " + FILLER),
        "nearest: convention. Found “Hanoi Convention”, but only once, deep in the text or below it.",
    ),
}


@pytest.mark.parametrize(("item", "told"), LACKS.values(), ids=LACKS)
def test_a_missed_item_tells_the_nearest_topic_and_what_was_lacking(item: Item, told: str) -> None:
    assert nearest(item) == told


def test_of_several_weak_phrases_those_are_named_that_are_still_lacking() -> None:
    weak = Topic(id="weak", name="Weak", some=Some(least=3, of=("senate", "decree", "vote", "cabinet")))
    assert nearest(an_item("The senate and the cabinet"), weak) == (
        "nearest: weak. Found “senate”, “cabinet”; lacking 1 more of: decree, vote."
    )


def test_the_topic_that_came_closest_is_named() -> None:
    other = Topic(id="other", name="Other", near=(Near(words=5, of=(("senate",), ("vote",))),))
    both = an_item("Cybercrime before the senate")
    assert nearest(both, CONVENTION, other).startswith("nearest: other. Found “senate”")


def test_a_long_list_is_named_by_its_first_phrases() -> None:
    many = tuple(f"word{number}" for number in range(9))
    topic = Topic(id="long", name="Long", near=(Near(words=5, of=(("senate",), many)),))
    assert nearest(an_item("Senate"), topic).endswith("one of: word0, word1, word2, word3, word4, word5, ….")


def test_an_item_about_something_else_is_near_to_nothing() -> None:
    assert asked(an_item("Gardening")) == Why(matched=(), nearest=None)


def test_a_topic_within_another_is_never_the_nearest() -> None:
    assert asked(an_item("Senate ratifies a trade deal")).nearest is None


def test_what_was_found_is_quoted_as_the_reader_sees_it() -> None:
    told = asked(an_item("The U.N. and CYBER-CRIME")).nearest
    assert isinstance(told, Nearest)
    assert told.found == ("CYBER-CRIME", "U.N.")


def test_a_change_of_the_rules_since_an_item_was_read_is_said() -> None:
    item = an_item("The Hanoi Convention")
    found = Found(item=item, outlet="O", topics=("convention",), evidence=None)
    assert judged_otherwise(found, asked(item)) == ""
    assert (
        judged_otherwise(replace(found, topics=()), asked(item)) == "When it was read, the rules put it under no topic."
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://www.un.example/a", "It should have come from UN Press (un-press)."),
        ("https://elsewhere.example/a", "and no feed in feeds.yaml is of elsewhere.example."),
        ("gibberish", "and no feed in feeds.yaml would hold it; that is no link."),
    ],
    ids=["a known publisher", "another", "no link"],
)
def test_a_link_that_is_not_stored_tells_whose_feed_should_have_held_it(url: str, told: str) -> None:
    assert not_kept(url, (UN_PRESS, GAZETTE)).endswith(told)
    assert bool(feeds_of(url, (UN_PRESS, GAZETTE))) == ("un.example" in url)


def test_a_link_may_be_typed_without_its_scheme() -> None:
    assert (as_link("un.example/a"), as_link("<http://x.example>")) == ("https://un.example/a", "http://x.example")
