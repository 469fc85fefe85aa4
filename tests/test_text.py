"""Normalised words and their places, sentences, search terms, links."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.topics.text import canonical_link, host_of, index_words, normalise, search_terms, sentence_around, sentences
from tests.work import work


def at(text: str, words: str) -> str:
    """What the text says where its normalised words hold these."""
    normal = normalise(text)
    start = normal.words.index(words)
    first, last = normal.span(start, start + len(words))
    return text[first:last]


# ── words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("The UN  Treaty!", "the un treaty", id="case, blanks, punctuation"),
        pytest.param("U.N. and U.S.A.", "un and usa", id="dots of abbreviations"),
        pytest.param("U.N.Charter 3.14 end.Next", "un charter 3 14 end next", id="other dots end a word"),
        pytest.param("UN's UN’s U.N.'s", "un un un", id="possessives, straight and curly"),
        pytest.param("Convention de l’ONU", "convention de l onu", id="French elision"),
        pytest.param("states' rights", "states rights", id="plural possessive"),
        pytest.param("UN-Cybercrime-Konvention", "un cybercrime konvention", id="hyphens"),
        pytest.param("Hanoï Übereinkommen são", "hanoi ubereinkommen sao", id="accents"),
        pytest.param("Hanoi\u0308", "hanoi", id="accents sent apart"),
        pytest.param("Straße ﬁn Ｔｒｅａｔｙ", "strasse fin treaty", id="ligatures and width"),
        pytest.param("Công ước Hà Nội, Đà Nẵng", "cong uoc ha noi da nang", id="Vietnamese"),
        pytest.param("Йод, ещё", "иод еще", id="Cyrillic"),
        pytest.param("اتّفاقيّة الأُمم إلى آخر", "اتفاقيه الامم الي اخر", id="Arabic letters and marks"),
        pytest.param("المتحـــدة", "المتحده", id="tatweel"),
        pytest.param("٢٠٢٥ 2025", "2025 2025", id="Arabic digits"),
        pytest.param("《公约》签署", "公约签署", id="Chinese title marks"),
        pytest.param("がか", "がか", id="kana keep their marks"),
        pytest.param("cy\u00adber\u200bcrime", "cyber crime", id="soft hyphen and zero-width blank"),
        pytest.param("", "", id="nothing"),
        pytest.param(" — … ", "", id="no word"),
    ],
)  # fmt: skip
def test_text_becomes_comparable_words(text: str, words: str) -> None:
    assert normalise(text).words == words


@pytest.mark.parametrize(
    ("text", "words", "original"),
    [
        pytest.param("at the UN’s seat", "un", "UN", id="possessive"),
        pytest.param("the U.N. treaty", "un", "U.N.", id="abbreviation"),
        pytest.param("a \u201cUN-Cybercrime-Konvention\u201d", "cybercrime konvention", "Cybercrime-Konvention", id="hyphen"),
        pytest.param("große Straße hier", "strasse", "Straße", id="one letter became two"),
        pytest.param("ß\u00ad\u00ad treaty", "treaty", "treaty", id="after letters that grew and vanished"),
        pytest.param("Hanoi\u0308 now", "hanoi", "Hanoi\u0308", id="accent sent apart"),
        pytest.param("签署《联合国打击网络犯罪公约》。", "联合国打击网络犯罪公约", "联合国打击网络犯罪公约", id="Chinese"),
        pytest.param("قال: الأُمَم المتّحدة", "الامم المتحده", "الأُمَم المتّحدة", id="Arabic"),
    ],
)  # fmt: skip
def test_words_are_found_again_in_the_text(text: str, words: str, original: str) -> None:
    assert at(text, words) == original


@pytest.mark.parametrize(
    ("text", "words", "original"),
    [
        pytest.param("cyber<b>crime</b> treaty", "cybercrime treaty", "cyber<b>crime</b> treaty", id="tag inside a word"),
        pytest.param('<p>UN</p><p class="x">treaty</p>', "un treaty", 'UN</p><p class="x">treaty', id="paragraphs"),
        pytest.param("UN<br/>treaty", "un treaty", "UN<br/>treaty", id="line break"),
        pytest.param("UN&nbsp;treaty", "un treaty", "UN&nbsp;treaty", id="hard blank"),
        pytest.param("trait&eacute; onu", "traite", "trait&eacute;", id="entity"),
        pytest.param("trait&amp;eacute; onu", "traite", "trait&amp;eacute;", id="entity encoded twice"),
        pytest.param("trait&amp;amp;eacute; onu", "trait eacute", "trait&amp;amp;eacute", id="three times is too much"),
        pytest.param("&#1054;&#x41E;&#1053; x", "оон", "&#1054;&#x41E;&#1053;", id="numbers"),
        pytest.param("&lt;b&gt;cyber&lt;/b&gt;crime", "cybercrime", "cyber&lt;/b&gt;crime", id="escaped tag"),
        pytest.param("<UN> treaty", "un treaty", "UN> treaty", id="no tag"),
        pytest.param("1 < 2 & 3 > 2", "1 2 3 2", "1 < 2 & 3 > 2", id="signs"),
        pytest.param("<script>un()</script>a<!-- un -->b<style>un</style>", "ab", "a<!-- un -->b", id="script, comment, style"),
        pytest.param("R&D at AT&T;", "r d at at t", "R&D at AT&T", id="no entity"),
    ],
)  # fmt: skip
def test_html_in_a_text_is_passed_over_and_no_offset_moves(text: str, words: str, original: str) -> None:
    assert normalise(text).words.startswith(words)
    assert at(text, words) == original


HTML = st.sampled_from(["<b>", "</b>", "<p>", "<", ">", "&", "&amp;", "eacute;", "&lt;", "a", "é", " ", "<!--", "-->", "<script>", "</script>"])  # fmt: skip


@given(st.lists(HTML).map("".join))
def test_every_word_of_any_html_leads_back_to_it(text: str) -> None:
    normal = normalise(text)
    start = 0
    for word in normal.words.split():
        first, last = normal.span(start, start + len(word))
        assert 0 <= first < last <= len(text)
        assert normalise(text[first:last]).words.replace(" ", "").startswith(word[0])
        start += len(word) + 1


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<b", "<script>", "&", "&amp;", "U.", "’s", "é ", "中", "\u0301", "a b."]
)
def test_the_work_of_normalising_grows_with_the_length(piece: str) -> None:
    once, tenfold = piece * 500, piece * 5_000
    assert work(lambda: normalise(tenfold)) < 11 * work(lambda: normalise(once)) + 50


@given(st.text())
def test_any_text_has_words_one_blank_apart(text: str) -> None:
    words = normalise(text).words
    assert words == " ".join(words.split())


@given(st.text(alphabet=st.sampled_from("aU.N'sß’é\u0301\u00ad ﬁ-中《》ة\0")))
def test_every_word_leads_back_to_the_characters_it_was_made_of(text: str) -> None:
    normal = normalise(text)
    start = 0
    for word in normal.words.split():
        first, last = normal.span(start, start + len(word))
        assert normalise(text[first:last]).words.replace(" ", "") == word
        start += len(word) + 1


def test_two_chinese_characters_count_as_a_word() -> None:
    normal = normalise("UN 打击网络犯罪公约 treaty")
    assert normal.steps(normal.words.index("treaty")) == 6


@pytest.mark.shared
def test_naughty_strings_become_words(shared: Path) -> None:
    for text in json.loads((shared / "oracles/strings/blns.json").read_text(encoding="utf-8")):
        assert normalise(text).words == " ".join(normalise(text).words.split())


# ── sentences


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        pytest.param("One. Two treaty here. Three.", "treaty", "Two treaty here.", id="dot"),
        pytest.param("Why? The U.N. Assembly met. So.", "Assembly", "The U.N. Assembly met.", id="U.N."),
        pytest.param("He met Dr. Who today. Then.", "Who", "He met Dr. Who today.", id="title of a person"),
        pytest.param("See art. 64 of it. Then.", "64", "See art. 64 of it.", id="small abbreviation"),
        pytest.param("It said: “No treaty!” Then left.", "treaty", "It said: “No treaty!”", id="closing quotes"),
        pytest.param("甲方说。公约开放签署。乙方。", "开放", "公约开放签署。", id="Chinese"),
        pytest.param("هل وقعت؟ نعم وقعت اليوم. انتهى", "نعم", "نعم وقعت اليوم.", id="Arabic"),
        pytest.param("Heading\nText of it\nMore", "Text", "Text of it", id="lines"),
        pytest.param("no end at all", "end", "no end at all", id="no end"),
    ],
)
def test_the_sentence_around_words_is_found(text: str, words: str, sentence: str) -> None:
    start = text.index(words)
    first, last = sentence_around(text, start, start + len(words))
    assert text[first:last] == sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two treaty!  Three", ["One.", "Two treaty!", "Three"]),
        ("The U.N. met Dr. Who. So", ["The U.N. met Dr. Who.", "So"]),
        ("甲。乙！", ["甲。", "乙！"]),
        (" \n ", []),
    ],
)
def test_a_text_falls_into_sentences(text: str, expected: list[str]) -> None:
    assert [text[first:last] for first, last in sentences(text)] == expected


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "alpha " * 200 + "TREATY " + "omega " * 200
    start = text.index("TREATY")
    first, last = sentence_around(text, start, start + 6)
    words = text[first:last].split()
    assert last - first <= 400
    assert set(words) == {"alpha", "TREATY", "omega"}


def test_words_longer_than_a_sentence_may_be_are_kept_whole() -> None:
    assert sentence_around("x" * 1000, 100, 900) == (100, 900)


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_a_sentence_holds_the_words_it_was_asked_for(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    first, last = sentence_around(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text) or not text[start:end].strip()


# ── search


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("The UN-Treaty", "the un treaty", id="words"),
        pytest.param("联合国公约", "联合 合国 国公 公约", id="Chinese in pairs"),
        pytest.param("法 UN条约", "法 un 条约", id="a character alone"),
        pytest.param("조약 서명식", "조약 서명 명식", id="Korean in pairs"),
    ],
)
def test_the_index_holds_words_and_pairs_of_characters(text: str, words: str) -> None:
    assert index_words(text) == words


def test_search_terms_are_the_words_of_the_index_each_once() -> None:
    assert search_terms('UN "treaty" OR un* 联合国') == ["un", "treaty", "or", "联合", "合国"]


def test_search_terms_are_at_most_twenty_of_the_first_200_characters() -> None:
    assert len(search_terms(" ".join(map(str, range(100))))) == 20
    assert search_terms(" " * 200 + "treaty") == []


# ── links


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param(
            "http://WWW.Example.ORG/A/?utm_source=x&id=3&utm_medium=y#top",
            "https://example.org/A?id=3",
            id="all at once",
        ),
        pytest.param("https://a.org:443/x", "https://a.org/x", id="usual port"),
        pytest.param("https://a.org:8443/x", "https://a.org:8443/x", id="other port"),
        pytest.param(
            "https://a.org/x?traffic_source=rss&at_medium=1&at_campaign=2&fbclid=3&gclid=4&mc_cid=5&mc_eid=6",
            "https://a.org/x",
            id="trackers",
        ),
        pytest.param("https://a.org/x?ref=rss", "https://a.org/x", id="ref of a feed"),
        pytest.param("https://a.org/x?ref=main", "https://a.org/x?ref=main", id="ref that means something"),
        pytest.param("https://a.org/?p=12", "https://a.org?p=12", id="page in the query"),
        pytest.param(
            "https://news.un.org/feed/view/en/story/2026/01/1", "https://news.un.org/en/story/2026/01/1", id="UN News"
        ),
        pytest.param(
            "https://press.un.org/en/2026/sc16444.doc.htm", "https://press.un.org/en/sc16444", id="UN Press release"
        ),
        pytest.param(
            "https://press.un.org/en/blog/sc16444", "https://press.un.org/en/sc16444", id="UN Press live blog"
        ),
        pytest.param(
            "https://press.un.org/fr/2026/sc16444.doc.htm", "https://press.un.org/fr/sc16444", id="UN Press in French"
        ),
        pytest.param(" javascript:alert(1) ", "javascript:alert(1)", id="no web page"),
        pytest.param("http://[::1", "http://[::1", id="broken"),
        pytest.param("https://a.org:99999/", "https://a.org:99999/", id="no such port"),
        pytest.param("", "", id="empty"),
        pytest.param(
            "http://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY#signature:mali",
            "https://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY#signature:mali",
            id="one act of many",
        ),
    ],
)
def test_all_addresses_of_a_page_have_one_form(url: str, canonical: str) -> None:
    assert canonical_link(url) == canonical


@given(st.text())
def test_the_one_form_is_its_own(url: str) -> None:
    assert canonical_link(canonical_link(url)) == canonical_link(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://User@News.UN.org:80/x", "news.un.org"), ("http://[::1", ""), ("nothing", ""), ("//a.org./x", "a.org")],
)
def test_the_host_is_what_the_link_leads_to(url: str, host: str) -> None:
    assert host_of(url) == host
