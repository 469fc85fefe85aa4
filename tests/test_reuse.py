"""When an item under a known key is another article, and when it is the known one told anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model import Changed, Item
from bot.topics.reuse import apart

BEFORE = Item(
    feed="gazette",
    key="bulletin",
    link="https://gazette.example/1",
    title="72 states sign cybercrime convention in Hanoi",
    seen=datetime(2025, 10, 25, 8, 0, tzinfo=UTC),
)


def changed(*, link: str = BEFORE.link, title: str = BEFORE.title, summary: str = "", key: str = BEFORE.key) -> Changed:
    before = replace(BEFORE, key=key)
    return Changed(before=before, now=replace(before, link=link, title=title, summary=summary), story=None)


OTHER = {"link": "https://gazette.example/2", "title": "Security releases available for all lines"}


def test_another_link_and_another_title_are_another_article_with_a_key_of_its_own() -> None:
    found = apart(changed(**OTHER))
    assert found is not None
    assert found.key.startswith("bulletin#")
    assert found.title == OTHER["title"]


def test_another_state_in_the_same_words_is_another_article() -> None:
    other = changed(link="https://gazette.example/2", title="Nepal signs cybercrime convention in Hanoi")
    malta = replace(BEFORE, title="Malta signs cybercrime convention in Hanoi")
    assert apart(replace(other, before=malta)) is not None


def test_the_same_article_gets_the_same_key_at_each_reading() -> None:
    one, two = apart(changed(**OTHER)), apart(changed(**OTHER))
    assert one is not None
    assert one == two


@pytest.mark.parametrize(
    "now",
    [
        {"title": "Security releases available for all lines"},
        {"link": "https://gazette.example/1?utm_source=rss", "title": "Security releases available"},
        {"link": "https://gazette.example/73-states", "title": "73 states sign cybercrime convention in Hanoi"},
        {"link": "", "title": "Security releases available"},
        {"summary": "With a list of the signatories."},
    ],
    ids=["title alone", "same page by another link", "link follows an edited title", "no link", "summary alone"],
)
def test_an_edited_article_is_still_the_same(now: dict[str, str]) -> None:
    assert apart(changed(**now)) is None


def test_a_long_key_stays_within_its_limit() -> None:
    found = apart(changed(key="k" * 1024, **OTHER))
    assert found is not None
    assert len(found.key) <= 1024
