"""Which sentence proves a match, and how it is cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.delivery.quote import clip, cut
from bot.model import Quote
from tests.desks import LIMITS, digest, item, only, owed, told_by


def test_the_quote_is_the_sentence_around_the_proof_with_the_proving_words_apart() -> None:
    of = item("News from Hanoi", "It rained. Qatar deposited  its instrument of ratification today. Then it stopped.")
    entry = only(digest([owed(told_by("CEPA", of, ("ratification", 0.5, "instrument of ratification")))]))
    assert entry.quote == Quote(before="Qatar deposited its ", words="instrument of ratification", after=" today.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "", id="all there is"),
        pytest.param("It rained. ", " Then it stopped", id="a sentence among others"),
        pytest.param("Hanoi\n", "\nMore", id="a line of its own"),
        pytest.param("下雨了。", "", id="after a Chinese one"),
    ],
)
def test_a_whole_sentence_has_no_dots(before: str, after: str) -> None:
    of = item("t", f"{before}The PROOF stands here.{after}")
    assert only(digest([owed(told_by("CEPA", of, ("rights", 0.5, "PROOF")))])).quote.text == "The PROOF stands here."


def test_a_sentence_too_long_to_be_whole_has_dots_on_both_sides() -> None:
    of = item("t", "word " * 300 + "PROOF" + " word" * 300)
    text = only(
        digest([owed(told_by("CEPA", of, ("rights", 0.5, "PROOF")))], limits=replace(LIMITS, quote=1000))
    ).quote.text
    assert text.startswith("…word word")
    assert text.endswith("word word…")
    assert 300 < len(text) <= 402


def test_a_sentence_that_only_repeats_the_title_is_passed_over() -> None:
    of = item("Qatar ratifies the treaty", "Qatar ratifies the treaty. Its instrument of ratification came by boat.")
    told = told_by("CEPA", of, ("ratification", 0.9, "ratifies"), ("convention", 0.5, "instrument of ratification"))
    assert only(digest([owed(told)])).quote.text == "Its instrument of ratification came by boat."


def test_where_only_the_title_proves_it_the_title_is_the_quote() -> None:
    of = item("Qatar ratifies the treaty", "More inside.")
    entry = only(digest([owed(told_by("CEPA", of, ("ratification", 0.9, "ratifies")))]))
    assert entry.quote == Quote(before="Qatar ", words="ratifies", after=" the treaty")


LONG = Quote(before="one two three four five ", words="PROOF", after=" six seven eight nine ten")


@pytest.mark.parametrize(
    ("quote", "limit", "text"),
    [
        pytest.param(LONG, 60, "one two three four five PROOF six seven eight nine ten", id="it fits"),
        pytest.param(LONG, 30, "…four five PROOF six seven…", id="both sides are cut"),
        pytest.param(replace(LONG, before="one "), 22, "one PROOF six seven…", id="a short beginning stays"),
        pytest.param(replace(LONG, after=" six"), 26, "…three four five PROOF six", id="a short end stays"),
        pytest.param(replace(LONG, words="PROOF OF PROOFS"), 12, "PROOF OF…", id="the words are too long themselves"),
        pytest.param(
            Quote(before="新华社河内电，", words="《公约》", after="签署仪式在越南首都河内举行。"),
            14,
            "…河内电，《公约》签署仪式…",
            id="Chinese has no blanks",
        ),
    ],
)
def test_a_quote_is_cut_around_its_proof(quote: Quote, limit: int, text: str) -> None:
    assert cut(quote, limit).text == text
    assert len(text) <= limit


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        pytest.param("one two three", 13, "one two three", id="it fits"),
        pytest.param("one two three", 12, "one two…", id="at a word"),
        pytest.param("one two three", 8, "one two…", id="exactly at a word"),
        pytest.param("a https://example.org/long", 12, "a https://e…", id="a word longer than the rest"),
        pytest.param("cafe\u0301s", 5, "caf…", id="an accent stays with its letter"),
        pytest.param("ab👩\u200d🔬!", 5, "ab…", id="an emoji of several is not taken apart"),
        pytest.param("abc", 1, "…", id="one character"),
        pytest.param("abc", 0, "", id="none"),
    ],
)
def test_a_text_is_clipped_at_a_word(text: str, limit: int, clipped: str) -> None:
    assert clip(text, limit) == clipped
