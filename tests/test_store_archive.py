"""What every back end promises about the archive: the latest items, and the search in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import Found, Watched
from bot.store import Store
from tests import stores
from tests.stores import DAY, HOUR, NOW, a_match, a_reading, an_item, state

store = stores.store  # the fixture: every back end in turn

DATA = Path(__file__).parent / "data"


def titles(found: list[Found]) -> list[str]:
    return [each.item.title for each in found]


async def test_latest_lists_matched_items_newest_first(store: Store) -> None:
    dated = replace(an_item("dated"), published=NOW - DAY)
    await store.keep(a_reading(dated, an_item("fresh"), an_item("new", seen=NOW + HOUR)))
    await store.keep(Watched(state=state(), items=(an_item("other"),)))
    assert titles(await store.latest(topic=None, limit=9)) == ["Title new", "Title fresh", "Title dated"]
    assert titles(await store.latest(topic="convention", limit=2)) == ["Title new", "Title fresh"]
    assert await store.latest(topic="ratification", limit=9) == []


async def test_latest_shows_the_evidence_of_the_topic_asked_for(store: Store) -> None:
    item = an_item("a")
    matches = (a_match(item, "ratification", "ratified"), a_match(item, "convention", "treaty"))
    await store.keep(Watched(state=state(), items=(item,), matches=matches))
    shown = [(await store.latest(topic=topic, limit=1))[0] for topic in (None, "convention")]
    assert [found.evidence for found in shown] == [matches[0].evidence[0], matches[1].evidence[0]]
    assert shown[0].topics == ("ratification", "convention")
    assert shown[0].outlet == "UN Press"


LANGUAGES = {
    "en": ("States sign the Cybercrime Convention", "cybercrime"),
    "fr": ("La convention contre la cybercriminalité est signée", "CYBERCRIMINALITE signee"),
    "es": ("Convención contra la ciberdelincuencia", "convencion"),
    "pt": ("Convenção contra o cibercrime", "convencao cibercrime"),
    "de": ("Übereinkommen gegen Computerkriminalität", "ubereinkommen"),
    "ru": ("Конвенция ООН против киберпреступности", "КИБЕРПРЕСТУПНОСТИ"),
    "zh": ("多国在河内签署联合国打击网络犯罪公约。", "网络犯罪公约"),
    "ar": ("اتّفاقيّة الأمم المتّحدة لمكافحة الجريمة", "اتفاقية الجريمه"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_a_word_is_found_in_every_language(store: Store, lang: str) -> None:
    await store.keep(Watched(state=state(), items=tuple(an_item(key, title=LANGUAGES[key][0]) for key in LANGUAGES)))
    assert titles(await store.search(LANGUAGES[lang][1], limit=9)) == [LANGUAGES[lang][0]]


async def test_search_finds_items_that_hold_every_word_wherever(store: Store) -> None:
    item = replace(an_item("a", title="Alpha"), summary="beta", content="gamma")
    await store.keep(Watched(state=state(), items=(item, an_item("b", title="alpha beta"))))
    assert titles(await store.search("gamma alpha beta", limit=9)) == ["Alpha"]
    assert await store.search("alpha delta", limit=9) == []


async def test_search_puts_a_word_of_the_title_first_and_the_newest_of_equals(store: Store) -> None:
    in_text = replace(an_item("text", title="Other"), summary="treaty")
    equals = [an_item(key, title="treaty", seen=NOW + hour * HOUR) for key, hour in (("old", 0), ("new", 1))]
    await store.keep(Watched(state=state(), items=(in_text, *equals, *(an_item(f"no {n}") for n in range(9)))))
    assert [found.item.key for found in await store.search("treaty", limit=9)] == ["new", "old", "text"]
    assert [found.item.key for found in await store.search("treaty", limit=1)] == ["new"]


async def test_an_item_found_without_a_match_has_no_topic_and_no_evidence(store: Store) -> None:
    item = an_item("a", title="Fisheries")
    await store.keep(Watched(state=state(), items=(item,)))
    assert await store.search("fisheries", limit=9) == [Found(item=item, outlet="UN Press", topics=(), evidence=None)]


def search_strings() -> list[str]:
    stored = json.loads((DATA / "search_strings.json").read_text())["strings"]
    return [(s["repeat"] * s["characters"])[: s["characters"]] if isinstance(s, dict) else s for s in stored]


@pytest.mark.parametrize("words", search_strings(), ids=lambda words: ascii(words[:20]))
async def test_whatever_is_typed_into_the_search_it_never_raises(store: Store, words: str) -> None:
    await store.keep(Watched(state=state(), items=(an_item("a", title="not a near title or c"),)))
    assert len(await store.search(words, limit=9)) <= 1


@pytest.mark.parametrize("words", ["", "  ", '"', "\udc80", "\0", "()*"], ids=ascii)
async def test_a_search_without_words_finds_nothing(store: Store, words: str) -> None:
    await store.keep(Watched(state=state(), items=(an_item("a"),)))
    assert await store.search(words, limit=9) == []


@pytest.mark.shared
async def test_naughty_strings_read_back_equal(store: Store, shared: Path) -> None:
    naughty: list[str] = json.loads((shared / "oracles/strings/blns.json").read_text())
    items = tuple(
        replace(an_item(f"{n} {text}"), title=text, summary=text, content=text, lang=text)
        for n, text in enumerate(naughty)
    )
    await store.keep(a_reading(*items))
    assert {found.item for found in await store.latest(topic=None, limit=9999)} == set(items)
    for text in naughty:
        await store.search(text, limit=1)
