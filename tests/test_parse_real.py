"""Real feeds, and those of other parsers' tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ParseError
from bot.model import Item
from tests.test_parse import one, read

REAL = {
    "bbc_podcast_feed-rs.xml": 1,
    "blogger_feedburner_rss-parser.atom": 25,
    "cloudblog_rsparser.rss": 20,
    "cloudflare_blog_feed-rs.xml": 1,
    "encoding_rss-parser.rss": 40,
    "ghost_element_feed-rs.xml": 1,
    "google_news_search_2026-07-14.xml": 92,
    "guardian_rss-parser.rss": 55,
    "heise_rss-parser.atom": 15,
    "kc0011_gb2312_rsparser.rss": 20,
    "livemint_rsparser.xml": 25,
    "macworld_rsparser.rss": 30,
    "medium_content-encoded_rss-parser.rss": 7,
    "medium_emarley_rsparser.rss": 10,
    "nbcny_feed-rs.xml": 1,
    "rdf_debian_feed-rs.xml": 1,
    "rdf_iso8859_feed-rs.xml": 1,
    "spiegel_feed-rs.xml": 1,
    "substack_heated_feed-rs.xml": 1,
    "substack_interconnects_2026-08-02.xml": 20,
    "un_press_2026-08-28.xml": 4,
    "uol_noticias_rss-parser.rss": 15,
    "wordpress_ngo_org_feed_2026.xml": 10,
}


def corpus(shared: Path, name: str) -> list[Item]:
    return read((shared / "corpus" / "feeds" / name).read_bytes(), None)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "count"), REAL.items(), ids=REAL)
def test_a_real_feed_gives_all_its_items_with_title_link_and_a_key_of_their_own(
    shared: Path, name: str, count: int
) -> None:
    items = corpus(shared, name)
    assert len({item.key for item in items}) == len(items) == count
    assert all(item.title and item.link.startswith("http") for item in items)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "globaldispatches_substack_2026-04-29.partial.xml",
        "homelandsecuritynewswire_drupal_2026-05.partial.xml",
        "invalid_1_feed-rs.xml",
    ],
)
def test_a_real_feed_that_breaks_off_before_its_first_item_ends_says_so(shared: Path, name: str) -> None:
    with pytest.raises(ParseError, match=r"^breaks off before its first item ends$"):
        corpus(shared, name)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("kc0011_gb2312_rsparser.rss", "建国35周年纪念，华表，和平鸽"),
        ("uol_noticias_rss-parser.rss", "Ibope: Bolsonaro perde de Haddad, Ciro e Alckmin em simulações de 2º turno"),
        ("encoding_rss-parser.rss", "Mãe de utente é a nova presidente da Raríssimas"),
        ("rdf_iso8859_feed-rs.xml", "Digitalministerium: Neue Glasfaserförderung mit Schnellkasse"),
        ("macworld_rsparser.rss", "Best smart lock"),
        ("google_news_search_2026-07-14.xml", "Trump again shrinks two national monuments in Utah - The Washington Post"),
    ],
)  # fmt: skip
def test_a_real_feed_is_read_in_its_alphabet(shared: Path, name: str, title: str) -> None:
    assert corpus(shared, name)[0].title == title


@pytest.mark.shared
def test_nothing_of_a_real_wordpress_feed_says_where_the_post_appeared(shared: Path) -> None:
    items = corpus(shared, "wordpress_ngo_org_feed_2026.xml")
    assert [item.title for item in items if "appeared first" in item.summary + item.content] == []


@pytest.mark.shared
def test_headlines_of_other_publishers_are_no_summary(shared: Path) -> None:
    assert {item.summary for item in corpus(shared, "google_news_search_2026-07-14.xml")} == {""}


# ── another parser's opinion


def gofeed(shared: Path) -> list[tuple[Path, list[dict[str, Any]]]]:
    """Every XML feed of gofeed's tests with the items that gofeed finds in it."""
    pairs = []
    for xml in sorted((shared / "oracles" / "feeds" / "gofeed").rglob("*.xml")):
        answer = xml.with_suffix(".json")
        told = json.loads(answer.read_text()) if answer.exists() else {}
        pairs.append((xml, told.get("items") or told.get("entries") or []))
    return pairs


def opinions(row: dict[str, Any], item: Item) -> list[tuple[str, str]]:
    """Pairs of gofeed's word and ours, for the fields that gofeed has."""
    link = row.get("link") or ""
    if not link and row.get("links"):
        first = row["links"][0]
        link = first if isinstance(first, str) else first.get("href", "")
    guid = row.get("guid") or row.get("id") or ""
    told = [(row.get("title") or "", item.title), (link, item.link)]
    told.append((guid["value"] if isinstance(guid, dict) else guid, item.key))
    return [(theirs, ours) for theirs, ours in told if theirs]


@pytest.mark.shared
def test_another_parser_finds_the_same_titles_links_and_guids(shared: Path) -> None:
    pairs: list[tuple[str, str]] = []
    for xml, rows in gofeed(shared):
        try:
            items = read(xml.read_bytes(), None)
        except ParseError:
            continue
        pairs += [pair for row, item in zip(rows, items, strict=False) for pair in opinions(row, item)]
    # gofeed leaves the markup of a title in it: its word is read as a title, too.
    agreed = [theirs for theirs, ours in pairs if ours in (theirs, one(title=theirs).title)]
    assert len(pairs) == 78
    assert len(agreed) >= 77


@pytest.mark.shared
def test_no_feed_of_other_parsers_tests_raises_anything_but_a_parse_error(shared: Path) -> None:
    feeds = [*(shared / "oracles" / "feeds").rglob("*.xml"), *(shared / "oracles" / "feeds").rglob("*.rss")]
    read_well = 0
    for feed in feeds:
        try:
            read_well += bool(read(feed.read_bytes(), None))
        except ParseError:
            continue
    assert len(feeds) > 700
    assert read_well > 250
