"""The recorded feeds of the demo: two servings each, nothing from after the scene, all true to their list."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.resources import files

import pytest

from bot.demo.recordings import Recording, recordings, without_newest
from bot.model import Rank

SCENE = datetime(2025, 10, 27, 7, 55, tzinfo=UTC)  # 08:55 in Vienna, the second serving
SERVED = [recording for recording in recordings() if recording.status == 200]

# What a visitor is to see: outlet and link of each newest item about the convention.
NEWS = {
    "agencia-brasil": ["brasil-assina-convencao-da-onu-contra-crimes-ciberneticos"],
    "aljazeera": ["un-cybercrime-convention"],
    "courrier": ["1293868", "1293841"],
    "dw": ["a-74494661", "a-74495054"],
    "lenta": ["putin-otsenil-podpisanie-v-hanoe-konventsii-oon-protiv-kiberprestupnosti"],
    "peoples-army": ["584013", "584024"],
    "viet-nam-news": ["1728121", "1728131"],
    "vna": ["412659", "412866"],
}
FALSE_FRIENDS = {
    "agencia-brasil": ["partido-de-milei-vence-eleicoes"],
    "circleid": ["20240618"],
    "coe-cybercrime": ["budapest-convention-reaches-75-parties"],
    "gi-toc": ["deepfakes-ai-cyber-scam"],
}


def _by_id(recording: Recording) -> str:
    return recording.feed


def _items(document: bytes) -> list[ET.Element]:
    root = ET.fromstring(document)
    return [*root.iter("item"), *root.iter("{http://www.w3.org/2005/Atom}entry")]


def _link(item: ET.Element) -> str:
    rss = item.findtext("link")
    if rss is not None:
        return rss
    atom = item.find("{http://www.w3.org/2005/Atom}link")
    return "" if atom is None else atom.attrib["href"]


def _key(item: ET.Element) -> str:
    return item.findtext("guid") or item.findtext("{http://www.w3.org/2005/Atom}id") or ""


def _dates(item: ET.Element) -> list[datetime]:
    iso = ("published", "updated")
    return [
        *(parsedate_to_datetime(text) for text in [item.findtext("pubDate")] if text),
        *(datetime.fromisoformat(text) for text in [item.findtext("{http://purl.org/dc/elements/1.1/}date")] if text),
        *(
            datetime.fromisoformat(date.text or "")
            for name in iso
            for date in item.iter(f"{{http://www.w3.org/2005/Atom}}{name}")
        ),
    ]


def _newest(recording: Recording) -> list[str]:
    known = {_key(item) for item in _items(recording.before)}
    return [_link(item) for item in _items(recording.after) if _key(item) not in known]


def test_every_recording_has_an_id_and_a_path_of_its_own() -> None:
    assert len({recording.feed for recording in recordings()}) == 16
    assert len({recording.path for recording in recordings()}) == 16


def test_exactly_one_outlet_cannot_be_read() -> None:
    failing = [recording for recording in recordings() if recording.status != 200]
    assert [(recording.feed, recording.status, recording.after) for recording in failing] == [("dig-watch", 503, b"")]


@pytest.mark.parametrize("recording", SERVED, ids=_by_id)
def test_both_servings_are_well_formed_and_neither_is_empty(recording: Recording) -> None:
    assert 1 <= len(_items(recording.before)) <= len(_items(recording.after)) <= 6


@pytest.mark.parametrize("recording", SERVED, ids=_by_id)
def test_the_second_serving_keeps_every_item_of_the_first(recording: Recording) -> None:
    later = {_key(item) for item in _items(recording.after)}
    assert {_key(item) for item in _items(recording.before)} <= later
    assert len(later) == len(_items(recording.after))


@pytest.mark.parametrize("recording", SERVED, ids=_by_id)
def test_nothing_in_a_recording_is_later_than_the_scene(recording: Recording) -> None:
    assert [date for item in _items(recording.after) for date in _dates(item) if date > SCENE] == []


@pytest.mark.parametrize("recording", SERVED, ids=_by_id)
def test_every_link_leads_to_a_page_of_an_outlet(recording: Recording) -> None:
    assert all(re.fullmatch(r"https://[a-z.]+/\S+", _link(item)) for item in _items(recording.after))


@pytest.mark.parametrize("recording", SERVED, ids=_by_id)
def test_the_second_serving_brings_the_news_and_the_false_friends_that_are_promised(recording: Recording) -> None:
    promised = [*FALSE_FRIENDS.get(recording.feed, []), *NEWS.get(recording.feed, [])]
    newest = _newest(recording)
    assert len(newest) == len(promised)
    assert [part for part in promised if not any(part in link for link in newest)] == []


def test_one_document_is_atom_and_the_others_are_rss() -> None:
    assert [recording.feed for recording in SERVED if recording.content_type.startswith("application/atom")] == ["dw"]


def test_the_items_stand_in_the_list_of_articles_in_equal_number() -> None:
    table = files("bot.demo").joinpath("recorded", "README.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) == sum(len(_items(recording.after)) for recording in SERVED)


def test_the_nearer_to_the_facts_comes_first() -> None:
    ranks = [recording.rank for recording in recordings()]
    assert ranks == sorted(ranks)
    assert ranks[0] is Rank.UN


def test_a_document_without_newest_items_is_served_the_same_twice() -> None:
    assert without_newest(b"<rss>\n  <item/>\n</rss>\n") == b"<rss>\n  <item/>\n</rss>\n"


def test_each_stretch_of_newest_items_is_left_out_on_its_own() -> None:
    document = b"a\n  <!-- newest -->\nb\n  <!-- /newest -->\nc\n<!-- newest -->\nd\n<!-- /newest -->\ne\n"
    assert without_newest(document) == b"a\nc\ne\n"
