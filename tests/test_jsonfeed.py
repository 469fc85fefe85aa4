"""JSON Feed → items."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.feeds.jsonfeed import looks_like, read_json_feed
from bot.model import Document, Feed, FeedFault, Fetched, Item

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
URL = "https://example.org/news/feed.json"
FEED = Feed(id="a-feed", name="A feed", url=URL, every=timedelta(hours=1))
VERSION = "https://jsonfeed.org/version/1.1"


def read(text: str) -> Document:
    fetched = Fetched(url=URL, status=200, body=text.encode("utf-8", "replace"), content_type="application/feed+json")
    return read_json_feed(text, fetched, feed=FEED, now=NOW)


def one(**told: object) -> Item:
    """The item that comes of one entry."""
    (item,) = read(json.dumps({"version": VERSION, "title": "A feed", "items": [told]})).items
    return item


def complaint(text: str) -> tuple[str, FeedFault]:
    with pytest.raises(ParseError) as raised:
        read(text)
    return str(raised.value), raised.value.fault


def feed_of(items: str) -> str:
    return f'{{"version": "{VERSION}", "items": {items}}}'


# ── is it one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (f'{{"version": "{VERSION}", "items": []}}', True),
        ('\ufeff\n {"items": [], "version":"https://jsonfeed.org/version/1"}', True),
        (r'{"version":"https:\/\/jsonfeed.org\/version\/1"}', True),
        ('{"version": "1.0", "items": []}', False),
        ("[]", False),
        ("", False),
        (f'<p>{{"version": "{VERSION}"}}', False),
    ],
    ids=["1.1", "1.0, behind its items", "slashes as PHP writes them", "other JSON", "a list", "nothing", "a page"],
)
def test_a_json_feed_is_known_by_its_version(text: str, is_one: bool) -> None:
    assert looks_like(text) is is_one


# ── the item


def test_an_item_is_what_the_publisher_told() -> None:
    feed = {
        "version": VERSION,
        "language": "en-GB",
        "items": [
            {
                "id": "id-1",
                "url": "https://example.org/1?utm_source=json",
                "title": "Viet Nam signs",
                "summary": "It was signed.",
                "content_html": "<p>It was signed.</p><p>In Ha Noi, by many.</p>",
                "date_published": "2026-11-20T10:30:00+01:00",
            },
            {"id": "id-2", "content_text": "No title, as on small blogs.", "language": "de"},
        ],
    }
    assert read(json.dumps(feed)).items == (
        Item(
            feed="a-feed",
            key="id-1",
            link="https://example.org/1?utm_source=json",
            title="Viet Nam signs",
            summary="It was signed.",
            content="It was signed.\nIn Ha Noi, by many.",
            lang="en-GB",
            published=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
            seen=NOW,
        ),
        Item(
            feed="a-feed",
            key="id-2",
            link="",
            title="No title, as on small blogs.",
            summary="No title, as on small blogs.",
            lang="de",
            seen=NOW,
        ),
    )


def test_items_keep_their_order_and_are_at_most_2000() -> None:
    items = read(feed_of(json.dumps([{"id": str(number), "title": f"Item {number}"} for number in range(2100)]))).items
    assert [items[0].title, items[-1].title, len(items)] == ["Item 0", "Item 1999", 2000]


def test_the_oldest_date_tells_how_fast_the_feed_changes() -> None:
    items = [{"id": day, "title": day, "date_published": day} for day in ("2026-03-12", "2026-01-05T00:00:00Z")]
    assert read(feed_of(json.dumps(items))).pace.oldest == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"id": "a"}, "a"),
        ({"id": 17}, "17"),
        ({"id": 1.5}, "1.5"),
        ({"id": " a\u0007 "}, "a"),
        ({"id": True, "url": "http://www.example.org/1/"}, "https://example.org/1"),
        ({"url": "http://www.example.org/1/?utm_source=x"}, "https://example.org/1"),
    ],
    ids=["text", "a number", "a broken number", "blanks and controls", "no id", "a link"],
)
def test_an_item_is_known_by_its_id_or_else_by_its_link(told: dict[str, object], key: str) -> None:
    assert one(title="x", **told).key == key


def test_without_id_and_link_title_and_date_are_the_key() -> None:
    first = one(title="x", date_published="2026-03-12").key
    assert first == one(title="x", date_published="2026-03-12", summary="now with a summary").key
    assert first != one(title="x", date_published="2026-03-13").key


def test_an_overlong_id_is_a_key_by_its_digest() -> None:
    keys = {one(title="x", id="g" * 2000 + end).key for end in "ab"}
    assert len(keys) == 2
    assert all(len(key) <= 1024 for key in keys)


@pytest.mark.parametrize(
    ("told", "link"),
    [
        ({"url": "https://example.org/1", "external_url": "https://other.example/"}, "https://example.org/1"),
        ({"external_url": "https://other.example/2"}, "https://other.example/2"),
        ({"url": "javascript:alert(1)", "external_url": "https://other.example/2"}, "https://other.example/2"),
        ({"url": "../1"}, "https://example.org/1"),
        ({"url": ["https://example.org/1"]}, ""),
        ({}, ""),
    ],
    ids=["its own page", "the other's", "own is none", "relative", "a list", "none"],
)
def test_the_link_is_the_item_s_own_page_before_the_one_it_speaks_of(told: dict[str, object], link: str) -> None:
    assert one(id="x", title="x", **told).link == link


@pytest.mark.parametrize(
    ("told", "summary", "content"),
    [
        ({"content_text": "a < b\n\n<i>as it is</i> &amp;"}, "a < b\n<i>as it is</i> &amp;", ""),
        ({"content_html": "<p>a &amp; b</p>"}, "a & b", ""),
        ({"content_html": "<p>a</p>", "content_text": "a, plain"}, "a", ""),
        ({"content_html": "<script>x()</script>", "content_text": "a, plain"}, "a, plain", ""),
        ({"summary": "short", "content_text": "long"}, "short", "long"),
        ({"summary": "same text", "content_html": "<p>same</p><p>text</p>"}, "same\ntext", ""),
        ({"summary": "x\u202ey\ud800z"}, "xyz", ""),
        ({"summary": 5, "content_text": {"a": 1}}, "", ""),
    ],
    ids=["plain text", "HTML", "both", "HTML of nothing", "summary", "the same twice", "hidden", "wrong types"],
)
def test_plain_text_stays_as_it_is_and_html_becomes_plain(told: dict[str, object], summary: str, content: str) -> None:
    item = one(id="x", title="x", **told)
    assert (item.summary, item.content) == (summary, content)


def test_of_a_long_text_alone_the_beginning_is_the_summary() -> None:
    item = one(id="x", title="x", content_text="One sentence more. " * 100)
    assert (item.summary, len(item.content)) == (("One sentence more. " * 26).strip(), 1899)


def test_titles_are_one_plain_line_of_at_most_300_characters() -> None:
    assert one(id="x", title=" a <b>\n\u200e c\u0000 ").title == "a <b> c"
    assert len(one(id="x", title="word " * 100).title) <= 300


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ({"date_published": "2026-03-12T10:00:00Z"}, "2026-03-12"),
        ({"date_modified": "2026-03-12T10:00:00Z"}, "2026-03-12"),
        ({"date_published": "soon", "date_modified": "2026-03-12T10:00:00Z"}, "2026-03-12"),
        ({"date_published": 1773309600}, ""),
        ({"date_published": "1970-01-01T00:00:00Z"}, ""),
        ({"date_published": "2999-01-01T00:00:00Z"}, "2026-11-21"),
    ],
    ids=["published", "modified", "published is none", "a number", "the zero of a calendar", "the future"],
)
def test_a_date_is_the_published_one_before_the_modified(told: dict[str, object], day: str) -> None:
    published = one(id="x", title="x", **told).published
    assert (f"{published:%Y-%m-%d}" if published else "") == day


def test_a_language_that_is_none_is_left_out() -> None:
    assert one(id="x", title="x", language="the language of Shakespeare").lang is None


# ── what is no feed


@pytest.mark.parametrize(
    ("text", "sentence", "fault"),
    [
        ("", "is broken as JSON at line 1", FeedFault.UNREADABLE),
        ('{"items": [\n{"id": "1"', "is broken as JSON at line 2", FeedFault.UNREADABLE),
        ("[" * 100_000, "is JSON that is nested too deep", FeedFault.UNREADABLE),
        ('{"a":' * 100_000, "is JSON that is nested too deep", FeedFault.UNREADABLE),
        (feed_of("1" * 5000), "is broken as JSON", FeedFault.UNREADABLE),
        (feed_of("[NaN]"), "is broken as JSON", FeedFault.UNREADABLE),
        (feed_of('[{"id": "1", "id": "2"}]'), 'is JSON that names "id" twice in one place', FeedFault.UNREADABLE),
        ('"items"', "is JSON, but not a JSON Feed", FeedFault.UNREADABLE),
        (feed_of('{"1": {"id": "1"}}'), "is a JSON Feed without a list of items", FeedFault.UNREADABLE),
        (feed_of("[]"), "is a feed with no items", FeedFault.EMPTY),
        (feed_of('[{}, null, 5, "x", [], {"title": 5}]'), "is a feed whose items are empty", FeedFault.EMPTY),
    ],
    ids=[
        *("empty", "cut", "nested lists", "nested objects", "a huge number", "not a number", "keys twice", "a text"),
        *("items no list", "no items", "empty items"),
    ],
)
def test_what_is_no_feed_is_told_in_one_sentence(text: str, sentence: str, fault: FeedFault) -> None:
    assert complaint(text) == (sentence, fault)


def test_an_entry_that_is_none_does_not_stop_the_others() -> None:
    assert [item.key for item in read(feed_of('[null, {"id": "1", "title": "x"}, {"id": "2"}]')).items] == ["1"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "url", "title", "summary"]), inner),
        max_leaves=20,
    )
)
def test_whatever_stands_in_items_gives_items_or_a_parse_error(items: object) -> None:
    try:
        found = read(feed_of(json.dumps(items))).items
    except ParseError:
        return
    assert all(item.title and item.key and len(item.title) <= 300 for item in found)
