"""The topic language: what a phrase allows, what is wrong with it, and where it stands in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Near, Some, Topic
from bot.topics.rules import PhraseFault, compile_rules, parse_phrase
from bot.topics.text import normalise
from tests.work import work


def wordings(phrase: str) -> list[str]:
    """Each wording in a line, open words with their star."""
    return [" ".join(word.letters + "*" * word.open for word in wording) for wording in parse_phrase(phrase)]


def found(phrase: str, text: str) -> list[str]:
    """The words of a text at which a phrase was found."""
    rules = compile_rules([Topic(id="t", name="T", any=(phrase,))])
    words = normalise(text).words
    return [words[hit.start : hit.end] for hit in rules.scan(words)]


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("UN treaty", ["un treaty"]),
        ("(un|united nations) treaty", ["un treaty", "united nations treaty"]),
        ("un (draft|) treaty", ["un draft treaty", "un treaty"]),
        ("cyber(crime|security)", ["cybercrime", "cybersecurity"]),
        ("(a (b|c)|d)", ["a b", "a c", "d"]),
        ("ratif* now", ["ratif* now"]),
        ("(ratif|sign)*", ["ratif*", "sign*"]),
        ("UN-Konvention*", ["un konvention*"]),
        ("(a|a) b", ["a b"]),
        ("(a|)", ["a"]),
        ("de l’ONU", ["de l onu"]),
    ],
)
def test_a_phrase_allows_these_wordings(phrase: str, expected: list[str]) -> None:
    assert wordings(phrase) == expected


@pytest.mark.parametrize(
    ("phrase", "offset", "what"),
    [
        ("un (a|b", 3, "never closed"),
        ("((a)", 0, "never closed"),
        ("a) b", 1, "outside a choice"),
        ("a | b", 2, "outside a choice"),
        ("ra*tif", 2, "inside a word"),
        ("(ratif*)ed", 6, "inside a word"),
        ("a**", 1, "inside a word"),
        ("un * treaty", 3, "no word before it"),
        ("(|a)*", 4, "no word before it"),
        ("", 0, "never matches"),
        ("— …", 0, "never matches"),
        ("(|)", 0, "never matches"),
        ("(a|b|c)" * 7, 42, "more than 2,000"),
        ("(" * 50 + "a" + ")" * 50, 20, "20 deep"),
    ],
)
def test_a_fault_is_shown_where_it_stands(phrase: str, offset: int, what: str) -> None:
    with pytest.raises(PhraseFault, match=what) as caught:
        parse_phrase(phrase)
    assert caught.value.offset == offset


@given(st.text(alphabet="ab(|)* -中"))
def test_any_phrase_has_wordings_or_a_fault_within_it(phrase: str) -> None:
    offset, allowed = 0, True
    try:
        allowed = all(parse_phrase(phrase))
    except PhraseFault as fault:
        offset = fault.offset
    assert allowed
    assert 0 <= offset <= len(phrase)


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        pytest.param("un treaty", "The U.N. Treaty.", ["un treaty"], id="words"),
        pytest.param("un", "unit, pun, un", ["un"], id="whole words only"),
        pytest.param("ratif*", "Ratified ratification ratif gratify", ["ratif"] * 3, id="open ending"),
        pytest.param("ратифи*", "ратифицировал ратификация", ["ратифи"] * 2, id="open ending in Russian"),
        pytest.param("sign* the treaty", "signing the treaty; sign the treaty", ["signing the treaty", "sign the treaty"], id="open ending inside"),
        pytest.param("sign* the treaty", "signing up the treaty", [], id="open ending is one word's"),
        pytest.param("sign* the treaty", "signing the treatyship", [], id="closed ending after an open one"),
        pytest.param("a* b* c", "ax by c", ["ax by c"], id="two open endings"),
        pytest.param("un", "un un", ["un", "un"], id="twice"),
        pytest.param("un (cyber|cybercrime) treaty", "un cybercrime treaty", ["un cybercrime treaty"], id="choice"),
        pytest.param("公约", "签署联合国公约仪式", ["公约"], id="inside Chinese"),
        pytest.param("un", "签署UN公约", ["un"], id="next to Chinese"),
        pytest.param("조약", "유엔조약을", ["조약"], id="inside Korean"),
        pytest.param("الأمم المتحدة", "والأمم المتحدة", ["الامم المتحده"], id="Arabic and"),
        pytest.param("أمم المتحدة", "للأمم المتحدة", ["امم المتحده"], id="Arabic for the"),
        pytest.param("اتفاقية", "بالاتفاقية والاتفاقية اتفاقيات", ["اتفاقيه", "اتفاقيه"], id="Arabic article"),
        pytest.param("منع", "تمنع", [], id="another Arabic letter before it"),
    ],
)  # fmt: skip
def test_a_phrase_is_found_where_its_words_stand(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


def test_overlapping_phrases_are_all_found() -> None:
    rules = compile_rules([Topic(id="t", name="T", any=("un cybercrime", "cybercrime treaty", "cybercrime"))])
    assert len(rules.scan("un cybercrime treaty")) == 3


def test_no_topics_find_nothing() -> None:
    assert compile_rules([]).scan("un treaty") == []


def test_topics_come_after_the_one_they_lie_within() -> None:
    topics = [
        Topic(id="grandchild", name="G", within="child", some=Some(least=1, of=("x",))),
        Topic(id="child", name="C", within="parent", near=(Near(words=3, of=(("x",), ("y",))),)),
        Topic(id="parent", name="P", any=("x",)),
        Topic(id="other", name="O", any=("z",)),
    ]
    rules = compile_rules(topics)
    assert [topic.id for topic in rules.judged_by({hit.phrase for hit in rules.scan("x")})] == [
        "parent",
        "child",
        "grandchild",
    ]


def test_a_hundred_times_the_topics_make_no_more_work() -> None:
    text = normalise("The assembly met today to talk about trade and the weather. " * 200).words

    def scanned(topics: int) -> int:
        rules = compile_rules([Topic(id=f"t{i}", name="T", any=(f"phrase{i} treaty",)) for i in range(topics)])
        return work(lambda: rules.scan(text))

    assert scanned(2_000) == scanned(20)


@pytest.mark.parametrize("pattern", ["a", "中", "و", "un ", "a b", "x* ", "un中"])
def test_the_work_of_scanning_grows_with_the_length(pattern: str) -> None:
    rules = compile_rules([Topic(id="t", name="T", any=("a* b", "中* 国", "ون", "un", "x* y* z"))])
    once, tenfold = normalise(pattern * 500).words, normalise(pattern * 5_000).words
    assert work(lambda: rules.scan(tenfold)) < 11 * work(lambda: rules.scan(once)) + 50


WORDS = st.sampled_from(["un", "unit", "treaty", "treaties", "cybercrime", "a", "x", "sign", "signing", "the"])


@given(st.lists(WORDS).map(" ".join))
def test_a_plain_text_is_scanned_as_any_other(words: str) -> None:
    phrases = ("un", "un treaty", "treat*", "sign* the treaty", "a", "x", "cyber*")
    rules = compile_rules([Topic(id="t", name="T", any=phrases)])
    plain = rules.scan(words)
    beside_chinese = rules.scan(f"{words} 中")
    assert plain == beside_chinese
