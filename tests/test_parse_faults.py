"""Bytes that are no feed, or one without items: what is said of them."""

from __future__ import annotations

import pytest

from bot.errors import ParseError
from bot.model import FeedFault
from tests.feed_server import Told, rss
from tests.test_parse import read


def complaint(body: bytes, content_type: str | None = None) -> ParseError:
    with pytest.raises(ParseError) as raised:
        read(body, content_type)
    return raised.value


@pytest.mark.parametrize(
    ("body", "fault", "sentence"),
    [
        pytest.param(b"", FeedFault.UNREADABLE, "answered with an empty page", id="nothing"),
        pytest.param(b"\n\n", FeedFault.UNREADABLE, "answered with an empty page", id="blanks"),
        pytest.param(
            b"<!DOCTYPE html><html><body><p>Our news</p></body></html>",
            FeedFault.PAGE,
            "answered with a page, not a feed (HTML)",
            id="a page",
        ),
        pytest.param(
            b'{"version": "https://jsonfeed.org/version/1"}',
            FeedFault.UNREADABLE,
            "answered with JSON, not a feed",
            id="JSON",
        ),
        pytest.param(
            b"<?xml version='1.0'?><opml/>", FeedFault.UNREADABLE, "answered with other XML, not a feed", id="other XML"
        ),
        pytest.param(b"Not found.", FeedFault.UNREADABLE, "answered with plain text, not a feed", id="plain text"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            FeedFault.UNREADABLE,
            "answered with an image, not a feed",
            id="an image",
        ),
        pytest.param(b"%PDF-1.7\n", FeedFault.UNREADABLE, "answered with a PDF, not a feed", id="a PDF"),
        pytest.param(
            b"\x7fELF\2\1\1\0", FeedFault.UNREADABLE, "answered with binary data, not a feed", id="binary data"
        ),
        pytest.param(rss("A feed", []), FeedFault.EMPTY, "is a feed with no items", id="no items"),
        pytest.param(
            b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
            FeedFault.EMPTY,
            "is a feed with no items",
            id="no items in Atom",
        ),
        pytest.param(
            b"<rss version='2.0'><channel><item/></channel></rss>",
            FeedFault.EMPTY,
            "is a feed whose items are empty",
            id="empty items",
        ),
        pytest.param(
            rss("A feed", [Told(title="x", content="y" * 100)])[:-80],
            FeedFault.UNREADABLE,
            "breaks off before its first item ends",
            id="cut in the first item",
        ),
    ],
)
def test_a_document_without_items_is_a_failure_that_says_what_it_is(
    body: bytes, fault: FeedFault, sentence: str
) -> None:
    raised = complaint(body)
    assert (raised.fault, str(raised), raised.status) == (fault, sentence, 200)


def test_what_the_server_calls_html_is_a_page_whatever_it_begins_with() -> None:
    assert complaint(b"<script>go()</script>", "text/html; charset=utf-8").fault is FeedFault.PAGE


def test_a_large_page_is_known_without_the_parser() -> None:
    page = b"<!DOCTYPE html><html>" + b"<div>" * 1_000_000
    assert complaint(page).fault is FeedFault.PAGE


def test_a_feed_behind_a_servers_warning_is_read_all_the_same() -> None:
    body = b"Warning: include() failed<br />\n" + rss("A feed", [Told(title="a")])
    assert [item.title for item in read(body)] == ["a"]


def test_a_document_that_makes_the_parser_raise_is_a_failure() -> None:
    body = (
        b"<rss version='2.0' xmlns:gml='http://www.opengis.net/gml'>"
        b"<channel><item><gml:pos>1</gml:pos></item></channel></rss>"
    )
    raised = complaint(body)
    assert (raised.fault, str(raised)) == (FeedFault.UNREADABLE, "cannot be read as a feed (KeyError)")
