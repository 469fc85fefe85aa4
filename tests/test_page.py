"""A page without a feed → items."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import ParseError
from bot.feeds.page import read_page
from bot.feeds.selectors import selector_fault
from bot.model import Document, Feed, FeedFault, Fetched, Item, Select

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
URL = "https://example.org/en/publications/"
FEED = Feed(id="a-page", name="A page", url=URL, every=timedelta(hours=6))
LI = Select(item="li")

LIST = """<!doctype html>
<html lang="de-AT"><head><title>Publikationen</title></head><body>
<nav><ul><li><a href="/en/">Start</a></li></ul></nav>
<ul class="news">
  <li class="entry">
    <h3>Ein Vertrag,
        viele Fragen</h3>
    <p class="lead">Was im <b>Über</b>einkommen steht.</p><p>Mehr dazu.</p>
    <span class="date">12. März 2026</span>
    <a class="more" href="spotlight-3.html?utm_source=page">weiterlesen</a>
  </li>
  <li class="entry">
    <h3>Ein zweiter</h3>
    <a class="more" href="//other.example/2">weiterlesen</a>
  </li>
</ul></body></html>"""
PLACES = Select(item="ul.news > li", title="h3", link="a.more", date=".date", summary=".lead")


def read(html: str | bytes, select: Select = PLACES, *, content_type: str | None = None) -> Document:
    body = html if isinstance(html, bytes) else html.encode()
    fetched = Fetched(url=URL, status=200, body=body, content_type=content_type)
    return read_page(fetched, feed=FEED, select=select, now=NOW)


def items(html: str, select: Select = LI) -> list[Item]:
    return list(read(html, select).items)


def one(html: str, select: Select = LI) -> Item:
    (item,) = read(html, select).items
    return item


def complaint(html: str, select: Select = PLACES) -> tuple[str, FeedFault]:
    with pytest.raises(ParseError) as raised:
        read(html, select)
    return str(raised.value), raised.value.fault


# ── the items


def test_items_are_what_the_selectors_find() -> None:
    assert items(LIST, PLACES) == [
        Item(
            feed="a-page",
            key="https://example.org/en/publications/spotlight-3.html",
            link="https://example.org/en/publications/spotlight-3.html?utm_source=page",
            title="Ein Vertrag, viele Fragen",
            summary="Was im Übereinkommen steht.",
            lang="de-AT",
            published=datetime(2026, 3, 12, tzinfo=UTC),
            seen=NOW,
        ),
        Item(
            feed="a-page",
            key="https://other.example/2",
            link="https://other.example/2",
            title="Ein zweiter",
            lang="de-AT",
            seen=NOW,
        ),
    ]


def test_the_oldest_date_tells_how_fast_the_page_changes() -> None:
    days = "".join(f"<li>{day}<time>{day}</time></li>" for day in ("2026-03-12", "2026-01-05", "2026-02-01"))
    assert read(days, LI).pace.oldest == datetime(2026, 1, 5, tzinfo=UTC)


def test_with_a_selector_for_items_alone_text_and_first_link_are_taken() -> None:
    item = one('<ul><li>A treaty: <a href="/1">read</a> or <a href="/2">listen</a></li></ul>')
    assert (item.title, item.link) == ("A treaty: read or listen", "https://example.org/1")


def test_an_item_may_be_a_link_itself() -> None:
    item = one('<a class=card href="/1"><h2>A treaty</h2></a>', Select(item="a.card", title="h2"))
    assert (item.title, item.link) == ("A treaty", "https://example.org/1")


def test_the_cells_of_a_row_stay_apart() -> None:
    row = "<table><tr><td>12 March 2026</td><td>A treaty</td></tr></table>"
    assert one(row, Select(item="tr")).title == "12 March 2026 A treaty"


def test_items_inside_of_an_item_are_part_of_it() -> None:
    nested = "<div class=x>Outer<div class=x>Inner</div></div><div class=x>Next</div>"
    assert [item.title for item in items(nested, Select(item=".x"))] == ["Outer Inner", "Next"]


def test_what_has_neither_title_nor_link_is_passed_over() -> None:
    assert [item.title for item in items("<li> </li><li><img src=x></li><li>A treaty</li>")] == ["A treaty"]


def test_a_link_without_a_title_is_called_by_its_address() -> None:
    assert one('<li><a href="/1"><img src=x></a></li>').title == "https://example.org/1"


def test_an_item_that_stands_twice_is_read_once_at_its_first_place() -> None:
    page = '<li><a href=/1?utm_medium=top>One</a></li><li><a href="/2">Two</a></li><li><a href=/1>Again</a></li>'
    assert [item.title for item in items(page)] == ["One", "Two"]


def test_items_are_at_most_2000() -> None:
    found = items("".join(f"<li>Item {number}</li>" for number in range(2100)))
    assert [found[0].title, found[-1].title, len(found)] == ["Item 0", "Item 1999", 2000]


def test_what_is_hidden_or_too_long_does_not_get_through() -> None:
    item = one(f"<li><p>Tre\u202eaty\u0007</p><i>{'word ' * 2000}</i></li>", Select(item="li", title="p", summary="i"))
    assert (item.title, len(item.summary) <= 4000, item.summary[-5:]) == ("Treaty", True, "word…")


# ── what identifies it


def test_without_a_link_the_title_is_the_key() -> None:
    first = one("<li>A treaty</li>").key
    assert first.startswith("sha256:")
    assert first == one("<li class=new>A\n<b>treaty</b></li>").key
    assert first != one("<li>Another treaty</li>").key


def test_places_on_the_page_itself_are_items_of_their_own() -> None:
    page = '<li><a href="#one">One</a></li><li><a href="#two">Two</a></li>'
    assert [item.key for item in items(page)] == [
        "https://example.org/en/publications#one",
        "https://example.org/en/publications#two",
    ]


def test_links_back_to_the_page_do_not_make_items_one() -> None:
    assert len(items('<li><a href="">One</a></li><li><a href="./">Two</a></li>')) == 2


# ── links


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ('<a href="/1">x</a>', "https://example.org/1"),
        ('<a href="1.html">x</a>', "https://example.org/en/publications/1.html"),
        ('<a href="../1.html">x</a>', "https://example.org/en/1.html"),
        ('<a href="//other.example/1">x</a>', "https://other.example/1"),
        ('<a href=" /a b ">x</a>', "https://example.org/a%20b"),
        ('<a href="?id=1&amp;x=2">x</a>', "https://example.org/en/publications/?id=1&x=2"),
        ('<a href="javascript:alert(1)">x</a><a href="/1">y</a>', "https://example.org/1"),
        ('<a href="#">x</a><a href="/1">y</a>', "https://example.org/1"),
        ('<a>x</a><svg><use href="#icon"/></svg>', ""),
        ('<a href="mailto:a@example.org">x</a>', ""),
        ('<a href="http://[::1">x</a>', ""),
        (f'<a href="/{"a" * 2048}">x</a>', ""),
    ],
    ids=[
        *("absolute path", "relative", "up", "other host", "blanks", "query", "script first", "nowhere first"),
        *("icon", "mail", "broken", "too long"),
    ],
)
def test_a_link_is_an_absolute_address_of_the_web_or_none(html: str, link: str) -> None:
    assert one(f"<li>Title {html}</li>").link == link


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("https://base.example/x/", "https://base.example/x/1"),
        ("/fr/", "https://example.org/fr/1"),
        ("javascript:alert(1)", "https://example.org/en/publications/1"),
        ("", "https://example.org/en/publications/1"),
    ],
)
def test_the_base_of_a_page_counts_where_it_is_of_the_web(base: str, link: str) -> None:
    assert one(f'<base href="{base}"><li><a href="1">x</a></li>').link == link


# ── dates and language


@pytest.mark.parametrize(
    ("html", "select", "day"),
    [
        ("<time>12 March 2026</time>", "", "2026-03-12"),
        ('<time datetime="2026-03-12T10:00:00Z">yesterday</time>', "", "2026-03-12"),
        ('<time datetime="soon">12 March 2026</time>', "", "2026-03-12"),
        ('<meta itemprop=date content="2026-03-12"><i>x</i>', "[itemprop=date]", "2026-03-12"),
        ("<time>1 May 2020</time><i>12 March 2026</i>", "i", "2026-03-12"),
        ("<i>soon</i>", "i", ""),
        ("<b>12 March 2026</b>", "", ""),
    ],
    ids=["text", "attribute", "attribute that is none", "content", "selector", "no date", "nowhere"],
)
def test_a_date_is_read_from_the_element_s_attribute_or_text(html: str, select: str, day: str) -> None:
    published = one(f"<li>Title {html}</li>", Select(item="li", date=select)).published
    assert (f"{published:%Y-%m-%d}" if published else "") == day


@pytest.mark.parametrize(
    ("html", "lang", "day"),
    [
        ('<html lang="en-US">', "en-US", "03-04"),
        ('<html lang="en_US">', "en-US", "03-04"),
        ('<html xml:lang="fr">', "fr", "04-03"),
        ('<meta http-equiv="Content-Language" content="ar">', "ar", "04-03"),
        ('<html lang="the language of Shakespeare">', None, "04-03"),
        ("", None, "04-03"),
    ],
)
def test_the_page_s_language_is_the_items_and_reads_their_dates(html: str, lang: str | None, day: str) -> None:
    item = one(f"{html}<li>Title <time>03/04/2026</time></li>")
    assert (item.lang, f"{item.published:%m-%d}") == (lang, day)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('<meta charset="windows-1251"><li>Договор</li>'.encode("cp1251"), "text/html"),
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><li>Договор</li>'.encode("koi8-r"),
            "text/html",
        ),
        ("<li>Договор</li>".encode("cp1251"), "text/html; charset=windows-1251"),
        ('<meta charset="windows-1251"><li>Договор</li>'.encode(), None),
        ("<li>Договор</li>".encode("utf-16"), None),
    ],
    ids=["said by the page", "said the old way", "said by the server", "said wrongly", "marked"],
)
def test_a_page_is_read_in_its_alphabet(body: bytes, content_type: str | None) -> None:
    assert read(body, LI, content_type=content_type).items[0].title == "Договор"


# ── pages that changed


@pytest.mark.parametrize(
    ("html", "select", "sentence"),
    [
        ("<p>x</p>", LI, 'holds nothing that the selector "li" finds; its layout may have changed'),
        (
            "<li>x</li>",
            Select(item="li", title="h3"),
            'holds nothing that the selector "h3" finds in its items; its layout may have changed',
        ),
        (
            "<li>x</li>",
            Select(item="li", link="a.more"),
            'holds nothing that the selector "a.more" finds in its items; its layout may have changed',
        ),
        (
            "<li><img src=x></li>",
            LI,
            'holds nothing with a title or a link where the selector "li" looks; its layout may have changed',
        ),
    ],
    ids=["no items", "no titles", "no links", "empty items"],
)
def test_a_page_where_nothing_is_found_is_a_failure_that_says_so(html: str, select: Select, sentence: str) -> None:
    assert complaint(html, select) == (sentence, FeedFault.CHANGED)


def test_an_empty_answer_is_no_page() -> None:
    assert complaint("", LI) == ("answered with an empty page", FeedFault.EMPTY)


def test_dates_and_summaries_may_be_absent() -> None:
    assert one("<li>x</li>", Select(item="li", date=".date", summary=".lead")).published is None


def test_one_item_without_its_title_does_not_stop_the_others() -> None:
    page = '<li><h3>One</h3></li><li><a href="/2">Two</a></li>'
    assert [item.title for item in items(page, Select(item="li", title="h3"))] == ["One", "https://example.org/2"]


def test_a_selector_that_cannot_be_used_is_named() -> None:
    sentence, fault = complaint("<li>x</li>", Select(item="li", date="time["))
    assert sentence.startswith('cannot be read: the selector "time[" is not a CSS selector')
    assert fault is FeedFault.UNREADABLE


# ── selectors


@pytest.mark.parametrize(
    "selector",
    [
        *("li", "ul.news > li", "a, b", "li:has(a)", "li:not(.x) + li", "h2 ~ ul", '[href^="/news"]', ":is(h2, h3) a"),
        *("[class~='x'] [class~='y']", ":nth-child(2 of .x)", "li:nth-child(odd)", "#id", '[lang|="de"]', "é"),
    ],
)
def test_a_selector_that_can_be_used_has_no_fault(selector: str) -> None:
    assert selector_fault(selector) is None


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("", "is empty; write a CSS selector, as in ul.news > li"),
        ("  ", "is empty; write a CSS selector, as in ul.news > li"),
        ("li >", "is not a CSS selector; write one as in ul.news > li"),
        ("> li", "is not a CSS selector; it must begin with an element, not with > + or ~"),
        ("..news", "is not a CSS selector; write one as in ul.news > li"),
        ("//ul/li", "is not a CSS selector; this looks like XPath"),
        ("ul/li[1]", "is not a CSS selector; this looks like XPath"),
        ("li:eq(0)", "is not a CSS selector; jQuery's own additions are not known here"),
        ("li:contains(x)", 'is not a CSS selector; write :lexbor-contains("word") for :contains'),
        ("h3::text", "is not a CSS selector; text and attributes are found without ::"),
        ("a[href^=/news]", 'is not a CSS selector; put the value after = in quotes, as in [href^="/news"]'),
        ("li\0", "holds a character that nobody sees; write it again"),
        ("li " * 100, "is longer than 200 characters; find a shorter way to the same element"),
        (
            "p:has(~ p:has(~ b))",
            "asks too much of a long page; use only one of :has(), ~ and :nth-child(… of …), and that once",
        ),
        (
            "b ~ p ~ p",
            "asks too much of a long page; use only one of :has(), ~ and :nth-child(… of …), and that once",
        ),
    ],
)
def test_a_selector_that_cannot_be_used_has_a_fault_that_says_why(selector: str, why: str) -> None:
    assert selector_fault(selector) == why


# ── pages that want to be heavy


@pytest.mark.parametrize(
    ("html", "selector"),
    [
        ("<div>" * 200_000, "div"),
        ("<li><a href=/1>x</a></li>" * 200_000, "li"),
        ("<li>" * 200_000, "li:nth-child(odd)"),
        ("<p>x</p>" + "<!--" * 1_300_000, "p"),
        ("<p>" + "x" * 5_000_000, "p"),
        ("<p>" + "&amp;" * 1_000_000, "p"),
        ("<p>x</p>" * 10_000, "p, div, body"),
    ],
    ids=["nested", "five megabytes", "siblings", "comments", "one long text", "entities", "everything in everything"],
)
def test_a_heavy_page_is_read_within_the_time_of_a_reader(html: str, selector: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ParseError):  # some hold nothing
        read(html, Select(item=selector))
    assert time.process_time() - started < 5
