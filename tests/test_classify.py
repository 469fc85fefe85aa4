"""What an item is about, and the words that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Item, Match, Near, Some, Topic
from bot.topics.classify import classify
from bot.topics.rules import compile_rules

SEEN = datetime(2026, 11, 21, tzinfo=UTC)
FILLER = "The delegation spoke about the weather and the price of bread. " * 60


def item(title: str = "", summary: str = "", content: str = "") -> Item:
    return Item(feed="f", key="k", link="", title=title, summary=summary, content=content, seen=SEEN)


def topic(
    *,
    id: str = "t",  # noqa: A002 - the key in feeds.yaml
    within: str | None = None,
    any: Sequence[str] = (),  # noqa: A002 - the same
    near: Sequence[Near] = (),
    some: Some | None = None,
    none: Sequence[str] = (),
) -> Topic:
    return Topic(id=id, name=id, within=within, any=tuple(any), near=tuple(near), some=some, none=tuple(none))


def judge(topics: Topic | Sequence[Topic], it: Item) -> list[Match]:
    return classify(it, compile_rules([topics] if isinstance(topics, Topic) else topics))


def ids(topics: Topic | Sequence[Topic], it: Item) -> list[str]:
    return [match.topic for match in judge(topics, it)]


TREATY = topic(any=["un treaty"])
CLOSE = topic(near=[Near(words=5, of=(("cybercrime",), ("treaty", "convention"), ("un",)))])
WEAK = topic(some=Some(least=2, of=("senate", "decree", "hanoi")))


# ── any, near, some, none, within


@pytest.mark.parametrize(
    ("rule", "it", "matches"),
    [
        pytest.param(TREATY, item("A UN treaty"), True, id="any in the title"),
        pytest.param(TREATY, item("", "A UN treaty"), True, id="any in the summary"),
        pytest.param(TREATY, item("", "", "A UN treaty"), True, id="any in the opening"),
        pytest.param(TREATY, item("A UN", "treaty"), False, id="a phrase does not run from title to summary"),
        pytest.param(TREATY, item("", "", FILLER + "A UN treaty"), False, id="one mention further down"),
        pytest.param(TREATY, item("", "", FILLER + "A UN treaty. This UN treaty"), True, id="two further down"),
        pytest.param(TREATY, item("", FILLER[:3000] + "A UN treaty"), False, id="further down in a long summary"),
        pytest.param(CLOSE, item("UN treaty on new cybercrime"), True, id="near within five words"),
        pytest.param(CLOSE, item("UN talks on the new treaty on cybercrime"), False, id="near within eight words"),
        pytest.param(CLOSE, item("The UN", "treaty on cybercrime"), True, id="near from title to summary"),
        pytest.param(CLOSE, item("", "The UN", "treaty on cybercrime"), False, id="near not from summary to content"),
        pytest.param(CLOSE, item("UN cybercrime"), False, id="near with a list missing"),
        pytest.param(WEAK, item("Senate in Hanoi"), True, id="some: two"),
        pytest.param(WEAK, item("Senate, Senate"), False, id="some: the same one twice"),
        pytest.param(WEAK, item("Senate", "", FILLER + "Hanoi"), False, id="some: further down"),
    ],
)
def test_a_rule_matches_where_its_words_stand(rule: Topic, it: Item, matches: bool) -> None:
    assert bool(judge(rule, it)) is matches


@pytest.mark.parametrize(
    ("it", "matches"),
    [
        pytest.param(item("Budapest name"), True, id="not any"),
        pytest.param(item("Budapest cybercrime treaty"), False, id="near"),
        pytest.param(item("Budapest senate"), False, id="some"),
        pytest.param(item("Senate", "", "of Budapest"), False, id="from another place"),
        pytest.param(item("Senate", "", FILLER + "Budapest"), True, id="not from further down"),
    ],
)
def test_none_silences_near_and_some(it: Item, matches: bool) -> None:
    rule = topic(
        any=["name"],
        near=[Near(words=3, of=(("cybercrime",), ("treaty",)))],
        some=Some(least=1, of=("senate",)),
        none=["budapest"],
    )
    assert bool(judge(rule, it)) is matches


PARENT = topic(id="parent", any=["treaty"])
CHILD = topic(id="child", within="parent", any=["ratif*"])


def test_a_topic_within_another_needs_it() -> None:
    assert ids([CHILD, PARENT], item("Ratified")) == []
    assert ids([CHILD, PARENT], item("Treaty ratified")) == ["child", "parent"]


def test_the_most_specific_topic_stands_first_and_then_the_surest() -> None:
    topics = [
        PARENT,
        CHILD,
        topic(id="sure", within="parent", any=["senate"]),
        topic(id="deep", within="child", any=["vote"]),
    ]
    it = item("Treaty: senate", "ratified after a vote")
    assert ids(topics, it) == ["deep", "sure", "child", "parent"]


@pytest.mark.parametrize(
    ("it", "score"),
    [
        pytest.param(item("UN treaty"), 0.85, id="title"),
        pytest.param(item("", "UN treaty"), 0.70, id="summary"),
        pytest.param(item("", "", "UN treaty"), 0.55, id="opening"),
        pytest.param(item("", "", FILLER + "UN treaty, UN treaty"), 0.25, id="further down"),
        pytest.param(item("UN treaty", "UN treaty"), 0.85, id="the same phrase again"),
        pytest.param(item("UN treaty", "New pact"), 0.90, id="another phrase"),
    ],
)
def test_the_score_says_how_central_the_words_stand(it: Item, score: float) -> None:
    [match] = judge(topic(any=["un treaty", "new pact"]), it)
    assert match.score == score


@pytest.mark.parametrize(
    "tail",
    [
        "The post The UN treaty and the UN treaty appeared first on Example.",
        "Der Beitrag UN treaty, UN treaty erschien zuerst auf Beispiel.",
        "\nRelated articles\nThe UN treaty\nA UN treaty again",
        "\nJane Doe is a senior fellow who works on the UN treaty and another UN treaty.",
        "\nSubscribe to our newsletter on the UN treaty, the only UN treaty",
    ],
)
def test_what_stands_under_an_article_does_not_count(tail: str) -> None:
    assert judge(TREATY, item("", "", "Bread is dear. " * 20 + tail)) == []


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param("Bread is dear\xa0\xa0The Baker\nUN treaty signed\xa0\xa0Other Paper", id="lines"),
        pytest.param("<ol><li><a>Bread is dear</a></li><li>UN treaty signed</li></ol>", id="list"),
    ],
)
def test_other_publishers_headlines_in_a_news_search_do_not_count(summary: str) -> None:
    assert judge(TREATY, item("Bread is dear", summary)) == []
    assert judge(TREATY, item("UN treaty", summary)) != []


def test_html_in_a_field_is_quoted_as_given() -> None:
    [match] = judge(TREATY, item("", "The U<i>N</i>&nbsp;Trea<b>ty</b> now"))
    assert [(e.text, e.start, e.end) for e in match.evidence] == [("U<i>N</i>&nbsp;Trea<b>ty", 4, 28)]


# ── evidence


def test_evidence_is_what_the_reader_sees_and_the_title_comes_first() -> None:
    it = item("On the U.N. Treaty’s way", "The “UN-Treaty” of ratification")
    [match] = judge(topic(any=["un treaty", "ratif*"]), it)
    assert [(e.field, e.phrase, e.text) for e in match.evidence] == [
        ("title", "un treaty", "U.N. Treaty"),
        ("summary", "un treaty", "UN-Treaty"),
        ("summary", "ratif*", "ratification"),
    ]
    assert all(getattr(it, e.field)[e.start : e.end] == e.text for e in match.evidence)


def test_evidence_of_near_is_one_piece_for_each_list() -> None:
    [match] = judge(CLOSE, item("UN treaty on new cybercrime"))
    assert [e.text for e in match.evidence] == ["cybercrime", "treaty", "UN"]


def test_there_are_at_most_five_pieces_of_evidence() -> None:
    words = [f"word{i}" for i in range(9)]
    [match] = judge(topic(any=words), item(" ".join(words)))
    assert [e.text for e in match.evidence] == ["word0", "word1", "word2", "word3", "word4"]


ALPHABET = st.sampled_from(
    ["UN", "U.N.", "’s", "treaty", "Treaty", "cybercrime", "公约", "《", "》", "\u0301", "ß", " ", ".", "-", "\n"]
)


@given(*[st.lists(ALPHABET).map("".join)] * 3)
def test_evidence_always_quotes_its_field(title: str, summary: str, content: str) -> None:
    it = item(title, summary, content)
    rules = [topic(id="a", any=["un", "treat*", "公约"]), CLOSE]
    for match in judge(rules, it):
        assert 0 < match.score <= 1
        assert 0 < len(match.evidence) <= 5
        for piece in match.evidence:
            assert piece.text
            assert getattr(it, piece.field)[piece.start : piece.end] == piece.text
