"""Bytes and headers → items."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.feeds.parse import parse
from bot.model import Feed, Fetched, Item
from tests.feed_server import Told, rss

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FEED = Feed(id="a-feed", name="A feed", url="https://feeds.example.org/old.xml", every=timedelta(hours=1))
URL = "https://example.org/news/rss.xml"


def read(body: bytes, content_type: str | None = "application/rss+xml", url: str = URL) -> list[Item]:
    return list(parse(Fetched(url=url, status=200, body=body, content_type=content_type), feed=FEED, now=NOW).items)


def one(**told: Any) -> Item:
    """The item that comes of a publisher's one."""
    return read(rss("A feed", [Told(**told)]))[0]


def one_of(xml: str) -> Item:
    """The item that comes of the inside of an <item>."""
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item>'
    return read(f"{head}{xml}</item></channel></rss>".encode())[0]


# ── the item


def test_an_item_is_what_the_publisher_told() -> None:
    told = Told(
        title="Viet Nam signs",
        link="https://example.org/1?utm_source=rss",
        guid="id-1",
        summary="<p>It was signed.</p>",
        content="<p>It was signed.</p><p>In Ha Noi, by many.</p>",
        published=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )
    assert read(rss("A feed", [told], language="en-GB")) == [
        Item(
            feed="a-feed",
            key="id-1",
            link="https://example.org/1?utm_source=rss",
            title="Viet Nam signs",
            summary="It was signed.",
            content="It was signed.\nIn Ha Noi, by many.",
            lang="en-GB",
            published=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
            seen=NOW,
        )
    ]


def test_items_keep_their_order_and_are_at_most_2000() -> None:
    items = read(rss("A feed", [Told(title=f"Item {number}") for number in range(2100)]))
    assert [items[0].title, items[-1].title, len(items)] == ["Item 0", "Item 1999", 2000]


# ── what identifies it


def test_without_a_guid_the_canonical_link_is_the_key() -> None:
    assert one(title="x", link="http://www.example.org/1/?utm_source=rss").key == "https://example.org/1"


def test_without_guid_and_link_title_and_date_are_the_key() -> None:
    first = one(title="x", published=NOW)
    assert first.key == one(title="x", published=NOW, summary="now with a summary").key
    assert first.key != one(title="x", published=NOW - timedelta(days=1)).key
    assert first.key != one(title="y", published=NOW).key


def test_a_key_does_not_change_when_the_feed_moves() -> None:
    body = b"<rss version='2.0'><channel><item><guid>1559104147038</guid><title>x</title></item></channel></rss>"
    assert [read(body, url=url)[0].key for url in (URL, "http://other.example/")] == ["1559104147038"] * 2


def test_an_overlong_guid_is_a_key_by_its_digest() -> None:
    keys = {one(title="x", guid="g" * 2000 + end).key for end in "ab"}
    assert len(keys) == 2
    assert all(len(key) <= 1024 for key in keys)


# ── links


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("https://example.org/1", "https://example.org/1"),
        ("/2026/1", "https://example.org/2026/1"),
        ("1.html", "https://example.org/news/1.html"),
        ("//other.example/1", "https://other.example/1"),
        ("\n  https://example.org/1\n", "https://example.org/1"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&b=2"),
        ("HTTPS://example.org/A", "https://example.org/A"),
        ("javascript:alert(1)", ""),
        ("mailto:a@example.org", ""),
        ("file:///etc/passwd", ""),
        ("http://[::1", ""),
        ("https://example.org/" + "a" * 2048, ""),
    ],
)
def test_a_link_is_an_absolute_address_of_the_web_or_none(written: str, link: str) -> None:
    assert one(title="x", link=written).link == link


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("<guid>https://example.org/1</guid>", "https://example.org/1"),
        ("<guid>1559104147038</guid>", ""),
        ('<guid isPermaLink="false">https://example.org/1</guid>', ""),
    ],
    ids=["an address", "a number", "said to be none"],
)
def test_a_guid_is_the_link_only_where_it_is_an_address(guid: str, link: str) -> None:
    assert one_of(f"<title>x</title>{guid}").link == link


def test_the_base_of_a_document_counts() -> None:
    body = b"""<rss version="2.0" xml:base="https://base.example/en/"><channel>
        <item><title>x</title><link>1.html</link></item></channel></rss>"""
    assert read(body)[0].link == "https://base.example/en/1.html"


def test_the_page_is_linked_not_the_recording() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title>
        <link rel="enclosure" href="https://example.org/1.mp3"/><link href="https://example.org/1"/></entry></feed>"""
    assert read(body)[0].link == "https://example.org/1"


# ── text


@pytest.mark.parametrize(
    ("written", "title"),
    [
        pytest.param("AT&amp;T", "AT&T", id="entities are decoded twice"),
        pytest.param("AT&amp;amp;T", "AT&amp;T", id="and no more"),
        pytest.param("The <em>Convention</em>", "The Convention", id="tags are dropped"),
        pytest.param("Ju</b><b>ne 14", "June 14", id="inline tags leave no gap"),
        pytest.param("One<br>two", "One two", id="line breaks leave one"),
        pytest.param("  a \n b\t", "a b", id="blanks are one"),
        pytest.param("3 < 4", "3 < 4", id="a sign that is no tag stays"),
        pytest.param("a<script>b()</script>", "a", id="scripts are not text"),
        pytest.param("a\u202eb\u2066c", "abc", id="what turns the writing is dropped"),
        pytest.param("a\u200db", "a\u200db", id="what joins letters stays"),
        pytest.param("公约 التصديق", "公约 التصديق", id="every script"),
        pytest.param("Trump shrinks - The Post", "Trump shrinks - The Post", id="an outlet's name stays"),
    ],
)
def test_a_title_is_one_line_of_plain_text(written: str, title: str) -> None:
    assert one(title=written).title == title


def test_a_long_title_is_cut_at_a_word() -> None:
    title = one(title="word " * 100).title
    assert len(title) <= 300
    assert title.endswith("word…")


def test_without_a_title_the_text_opens_the_item() -> None:
    assert one(summary="<p>Signed today.</p><p>By many.</p>").title == "Signed today. By many."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two</p>", "One\ntwo"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\nb\nc"),
        ("<P CLASS='x'>a</P>b<HR>c", "a\nb\nc"),
        ("a<picture>b</picture><prelude>c", "abc"),
        ("a<br/>b", "a\nb"),
        ("a\nline <b>b</b>roken", "a line broken"),
        ("<style>p{}</style><p>a</p><noscript>n</noscript>", "a"),
        ("<div>&nbsp;a&nbsp;&mdash; b</div>", "a — b"),
        ("One.\n\nTwo,\nthree.", "One.\nTwo, three."),
        ('<p class="field__label">Body</p><p>a</p>', "a"),
        (
            '<div class="field field--name-created">5/2/26</div><div class="field field--name-body"><p>a</p></div>',
            "a",
        ),
        ('<ol><li><a href="https://news.google.com/rss/articles/x">Other</a> <font>Outlet</font></li></ol>', ""),
        ("<p>Text.</p><p>The post <a>Title</a> appeared first on <a>CEPA</a>.</p>", "Text."),
        ("<p>Text. […]</p><p>Der Beitrag Titel erschien zuerst auf PRIF BLOG.</p>", "Text. […]"),
        ("The post is vacant.", "The post is vacant."),
    ],
)
def test_a_summary_has_a_line_for_each_block_and_the_publishers_own_words_only(html: str, text: str) -> None:
    assert one(title="x", summary=html).summary == text


def test_a_character_that_no_database_takes_does_not_get_through() -> None:
    item = one_of("<title>a&#0;b&#xD800;c&#xFFFE;d&#x1b;e\0f\ufffeg</title>")
    assert item.title == "abcdefg"


def test_a_long_text_alone_is_the_content_and_its_first_sentences_the_summary() -> None:
    sentence = "The treaty was signed by the states that are parties to it today. "
    item = one(title="x", summary=f"<p>{sentence * 100}</p>")
    assert item.content == (sentence * 100).strip()
    assert item.summary == (sentence * 7).strip()


def test_the_same_text_twice_is_the_content_once() -> None:
    html = "<p>" + "All of it. " * 200 + "</p>"
    item = one(title="x", summary=html, content=html)
    assert item.content == ("All of it. " * 200).strip()
    assert len(item.summary) <= 500


def test_a_short_text_alone_is_the_summary() -> None:
    item = one(title="x", content="<p>Short.</p>")
    assert (item.summary, item.content) == ("Short.", "")


def test_the_order_of_summary_and_content_does_not_matter() -> None:
    item = one_of("<content:encoded>&lt;p&gt;All of it.&lt;/p&gt;</content:encoded><description>It.</description>")
    assert (item.summary, item.content) == ("It.", "All of it.")


def test_a_text_without_blanks_is_cut_all_the_same() -> None:
    item = one(title="x", summary="公约。", content="<p>" + "约" * 120_000 + "</p>")
    assert (item.summary, len(item.content)) == ("公约。", 100_000)


# ── dates and languages


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Fri, 20 Nov 2026 20:30:00 -0400", datetime(2026, 11, 21, 0, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00+07:00", datetime(2026, 11, 20, 2, 30, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOW),
        ("Mon, 01 Jan 0001 00:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("yesterday", None),
        ("1" * 10_000, None),
        ("", None),
    ],
)
def test_a_date_is_in_utc_never_in_the_future_and_none_if_it_cannot_be(
    written: str, published: datetime | None
) -> None:
    assert one_of(f"<title>x</title><pubDate>{written}</pubDate>").published == published


@pytest.mark.parametrize(
    ("written", "lang"), [("pt_BR", "pt-BR"), ("en", "en"), ("zh-Hant-TW", "zh-Hant-TW"), ("<b>x", None), ("", None)]
)
def test_the_language_is_the_feeds_word(written: str, lang: str | None) -> None:
    assert read(rss("A feed", [Told(title="x")], language=written.replace("<", "&lt;")))[0].lang == lang


# ── alphabets


CHINESE = '<?xml version="1.0" encoding="{}"?><rss version="2.0"><channel><item><title>打击网络犯罪公约</title></item></channel></rss>'
FRENCH = "<rss version='2.0'><channel><item><title>Traité signé à Hanoï</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        pytest.param(CHINESE.format("gb2312").encode("gb2312"), None, "打击网络犯罪公约", id="GB2312"),
        pytest.param(CHINESE.format("utf-8").encode("gb2312"), "text/xml; charset=gbk", "打击网络犯罪公约", id="the server knows better"),
        pytest.param(CHINESE.format("utf-16").encode("utf-16"), None, "打击网络犯罪公约", id="UTF-16"),
        pytest.param(CHINESE.format("utf-16").encode("utf-16-le"), None, "打击网络犯罪公约", id="UTF-16 without its mark"),
        pytest.param(CHINESE.format("gb2312").encode(), "text/xml; charset=iso-8859-1", "打击网络犯罪公约", id="UTF-8 that says otherwise"),
        pytest.param(CHINESE.format("punycode").encode(), None, "打击网络犯罪公约", id="a codec that is no alphabet"),
        pytest.param(CHINESE.format("nonsense").encode(), "text/xml; charset=", "打击网络犯罪公约", id="no codec at all"),
        pytest.param(FRENCH.encode("latin-1"), "text/xml", "Traité signé à Hanoï", id="Latin-1 that says nothing"),
        pytest.param(b"\xef\xbb\xbf  \n" + FRENCH.encode(), None, "Traité signé à Hanoï", id="blanks before the document"),
        pytest.param(FRENCH.encode().replace(b"sign", b"\xffsign"), None, "Traité \ufffdsigné à Hanoï", id="one bad byte"),
        pytest.param(FRENCH.replace("é", "й").encode("cp1251", "ignore"), "text/xml; charset=windows-1251", "Traitй signй Hano", id="Cyrillic"),
    ],
)  # fmt: skip
def test_a_document_is_read_in_the_alphabet_its_bytes_fit(body: bytes, content_type: str | None, title: str) -> None:
    assert read(body, content_type)[0].title == title


# ── what is broken


@pytest.mark.parametrize(
    "name",
    [
        *("title_detail", "links", "content", "published_parsed", "updated_parsed", "created_parsed", "link"),
        *("summary", "language", "published", "updated", "guidislink", "title"),
    ],
)
@pytest.mark.parametrize("element", ["<{0}>odd</{0}>", "<{0} a='odd'/>"], ids=["text", "attributes"])
def test_an_element_that_bears_the_name_of_one_of_the_parsers_own_fields_does_no_harm(name: str, element: str) -> None:
    item = one_of(f"<guid>1</guid><description>It was signed.</description>{element.format(name)}")
    assert (item.key, item.published) == ("1", None)


def test_of_a_document_that_breaks_off_the_whole_items_are_taken() -> None:
    body = rss("A feed", [Told(title=f"Item {number}", summary="text " * 20) for number in range(3)])
    assert [item.title for item in read(body[:-100])] == ["Item 0", "Item 1"]


def test_a_document_that_is_not_well_formed_is_read_all_the_same() -> None:
    body = rss("A feed", [Told(title="a"), Told(title="b")]).replace(b"<title>a", b"<title>a & b &bogus;")
    assert [item.title for item in read(body)] == ["a & b &bogus;", "b"]


def test_no_file_is_read_for_a_document() -> None:
    body = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
        <rss version="2.0"><channel><item><title>a&x;</title></item></channel></rss>"""
    assert "root" not in read(body)[0].title
