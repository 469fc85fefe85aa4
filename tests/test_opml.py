"""OPML in and out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from bot import config
from bot.errors import TreatywatchError
from bot.feeds.opml import as_yaml, read_opml, write_opml
from bot.model import Feed, Rank, Select
from bot.model.pages import Outline

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="UN">
    <outline text="News &amp; more" title="">
      <outline type="rss" text="UN Press" xmlUrl="https://press.un.org/en/rss.xml" htmlUrl="https://press.un.org/"/>
    </outline>
    <outline TITLE="UN  News" text="un" XMLURL=" https://news.un.org/rss.xml "/>
  </outline>
  <outline xmlurl="https://example.org/feed"/>
  <outline type="link" text="A page" url="https://example.org/"/>
</body></opml>"""


def opml(outlines: str) -> bytes:
    return f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()


def complaint(body: bytes) -> str:
    with pytest.raises(TreatywatchError) as raised:
        read_opml(body)
    return str(raised.value)


def feeds_in(lines: str) -> Sequence[Feed]:
    """What the program makes of the lines."""
    text = f"feeds:\n{lines}topics:\n  x: {{name: X, any: [x]}}\n"
    return config.read(text, name="feeds.yaml", environ={}).feeds


# ── in


def test_feeds_are_found_in_folders_and_out_of_them() -> None:
    assert read_opml(LIST.encode()) == [
        Outline(
            title="UN Press",
            url="https://press.un.org/en/rss.xml",
            site="https://press.un.org/",
            folders=("UN", "News & more"),
        ),
        Outline(title="UN  News", url="https://news.un.org/rss.xml", folders=("UN",)),
        Outline(title="example.org", url="https://example.org/feed"),
    ]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed://example.org/x", "http://example.org/x"),
        ("feed:https://example.org/x", "https://example.org/x"),
        ("feed://https://example.org/x", "https://example.org/x"),
        ("https://example.org/?a=1&amp;b=2#c", "https://example.org/?a=1&b=2#c"),
    ],
)
def test_addresses_are_taken_as_readers_write_them(written: str, url: str) -> None:
    (found,) = read_opml(opml(f'<outline text="x" xmlUrl="{written}"/>'))
    assert (found.url, found.fault) == (url, "")


@pytest.mark.parametrize("written", ["javascript:alert(1)", "/feed", "file:///etc/passwd", "http://a b/", "x\u202ey"])
def test_what_is_no_address_is_told_and_not_taken_over(written: str) -> None:
    found = read_opml(opml(f'<outline text="x" xmlUrl="{written}"/>'))
    assert [one.fault for one in found] == ["is not a web address"]
    assert as_yaml(found).startswith("  # left out: x, ")


def test_an_address_that_stands_twice_is_told() -> None:
    found = read_opml(
        opml(
            '<outline text="a" xmlUrl="https://example.org/x"/><outline text="b">'
            '<outline text="c" xmlUrl="https://EXAMPLE.org:443/x#top"/></outline>'
        )
    )
    assert [(one.title, one.fault) for one in found] == [("a", ""), ("c", "stands twice")]


def test_titles_are_one_line_without_what_nobody_sees() -> None:
    (found,) = read_opml(opml(f'<outline text="UN&#10; Pr\u202eess&#173; {"x" * 300}" xmlUrl="https://example.org/"/>'))
    assert (found.title[:10], len(found.title)) == ("UN Press x", 200)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [("<outline text='Über' xmlUrl='http://a.example/'/>", code) for code in ("latin-1", "utf-16")],
)
def test_a_file_is_read_in_its_alphabet(body: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><opml><body>{body}</body></opml>'
    assert read_opml(text.encode(encoding))[0].title == "Über"


def test_a_document_type_that_lies_outside_is_passed_over() -> None:
    body = (
        b'<!DOCTYPE opml SYSTEM "http://127.0.0.1/opml.dtd"><opml><outline text="x" xmlUrl="http://a.example/"/></opml>'
    )
    assert read_opml(body)[0].title == "x"


def test_500_feeds_in_20_folders_are_read() -> None:
    feeds = "".join(f'<outline text="x" xmlUrl="https://example.org/{number}"/>' for number in range(500))
    found = read_opml(opml("<outline text='f'>" * 20 + feeds + "</outline>" * 20))
    assert (len(found), len(found[0].folders)) == (500, 20)


# ── what is not read

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the file is broken as XML at line 1: no element found"),
        (b"feeds:\n  - x", "the file is broken as XML at line 1: syntax error"),
        (b"<opml>\n<body>", "the file is broken as XML at line 2: no element found"),
        (b"<rss version='2.0'/>", "the file is not OPML; it begins with <rss>"),
        (b"<!DOCTYPE html><html></html>", "the file is not OPML; it begins with <html>"),
        (opml("<outline text='x'/>"), "the file is OPML, but holds no feeds"),
        (b" " * (1024 * 1024 + 1), "the file is longer than 1 MiB; this is hardly a list of feeds"),
        (opml('<outline xmlUrl="https://example.org/"/>' * 501), "the file holds more than 500 feeds; split it"),
        (opml("<outline>" * 30_000), "the file is nested deeper than 20 folders"),
        (b"<a>" * 300_000, "the file is not OPML; it begins with <a>"),
        (
            f'<!DOCTYPE opml [<!ENTITY l0 "ha">{_LAUGHS}]><opml><body><outline text="&l9;"/></body></opml>'.encode(),
            "the file declares entities or the like (<!DOCTYPE … [ … ]>); such are not read",
        ),
        (
            b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>&x;</body></opml>',
            "the file declares entities or the like (<!DOCTYPE … [ … ]>); such are not read",
        ),
        (
            b'<!DOCTYPE opml [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><opml/>',
            "the file declares entities or the like (<!DOCTYPE … [ … ]>); such are not read",
        ),
        (
            b"<!DOCTYPE opml [<!ATTLIST outline " + b"a CDATA 'x' " * 9 + b">]><opml/>",
            "the file declares entities or the like (<!DOCTYPE … [ … ]>); such are not read",
        ),
        (
            b'<?xml version="1.0" encoding="zlib_codec"?><opml/>',
            "the file names an alphabet that cannot be read; save it as UTF-8",
        ),
        (
            b'<?xml version="1.0" encoding="no-such"?><opml/>',
            "the file names an alphabet that cannot be read; save it as UTF-8",
        ),
    ],
    ids=[
        *("empty", "YAML", "cut", "RSS", "a page", "no feeds", "too long", "too many", "too deep", "depth of others"),
        *(
            "billion laughs",
            "a file of this machine",
            "an outside declaration",
            "attributes",
            "odd codec",
            "unknown codec",
        ),
    ],
)
def test_what_is_no_list_of_feeds_is_refused_in_one_sentence(body: bytes, sentence: str) -> None:
    assert complaint(body) == sentence


@pytest.mark.shared
def test_hostile_xml_is_refused(shared: Path) -> None:
    for file in sorted((shared / "oracles" / "xmlbombs").glob("*.xml.gz")):
        with gzip.open(file) as packed:
            assert complaint(packed.read(2 * 1024 * 1024)).startswith("the file "), file.name


# ── as lines of feeds.yaml


def test_the_lines_are_what_one_would_write_by_hand() -> None:
    assert (
        as_yaml(read_opml(LIST.encode()))
        == """\
  # UN / News & more
  - {id: un-press, name: "UN Press", url: "https://press.un.org/en/rss.xml"}
  # UN
  - {id: un-news, name: "UN  News", url: "https://news.un.org/rss.xml"}
  # in no folder
  - {id: example-org, name: "example.org", url: "https://example.org/feed"}
"""
    )


@pytest.mark.parametrize(
    ("titles", "ids"),
    [
        (["A", "a", "Á!"], ["a", "a-2", "a-3"]),
        (["a", "a-2", "A"], ["a", "a-2", "a-3"]),
        (["Новости", "新闻"], ["example-org", "example-org-2"]),
        (["404", "No", "2026-12-31", "1e5", "null"], ["404", "no", "2026-12-31", "1e5", "null"]),
        (["--- Größe & Maß ---"], ["grosse-mass"]),
        (["x" * 200], ["x" * 60]),
    ],
    ids=["the same", "numbered", "other letters", "words of YAML", "signs", "long"],
)
def test_ids_are_made_of_titles_and_differ(titles: list[str], ids: list[str]) -> None:
    outlines = [Outline(title=title, url=f"https://example.org/{place}") for place, title in enumerate(titles)]
    assert [feed.id for feed in feeds_in(as_yaml(outlines))] == ids


def test_what_is_in_feeds_yaml_already_is_not_added_again() -> None:
    there = Feed(id="un", name="UN", url="https://un.example/feed", every=timedelta(hours=1))
    outlines = [Outline(title="UN!", url="https://UN.example/feed"), Outline(title="UN", url="https://un.example/2")]
    assert (
        as_yaml(outlines, beside=[there])
        == """\
  # left out: UN!, https://UN.example/feed: is there already
  - {id: un-2, name: "UN", url: "https://un.example/2"}
"""
    )


@pytest.mark.parametrize(
    "title",
    ['"', "'", "a: b", "a # b", "{x}", "[x]", "*x", "&x", "!x", "%x", "@x", "`x`", "- x", "? x", "\\n", "\\", "null"],
)
def test_a_title_stays_as_it_is_whatever_yaml_makes_of_its_signs(title: str) -> None:
    (feed,) = feeds_in(as_yaml([Outline(title=title, url="https://example.org/?a={b}&c=#d", folders=(title,))]))
    assert (feed.name, feed.url) == (title, "https://example.org/?a={b}&c=#d")


@pytest.mark.shared
def test_naughty_titles_make_lines_that_are_taken(shared: Path) -> None:
    naughty: list[str] = json.loads((shared / "oracles" / "strings" / "blns.json").read_text())
    feeds = [
        Feed(id=f"f{place}", name=title, url=f"https://example.org/{place}", every=timedelta(minutes=30))
        for place, title in enumerate(naughty)
        if title.strip() == title and title.isprintable() and 0 < len(title) <= 200
    ]
    found = read_opml(write_opml(feeds[:500], title="x", now=NOW).encode())
    assert list(feeds_in(as_yaml(found))) == feeds[:500]


# ── out, and back


def test_a_file_that_is_written_names_all_that_a_reader_needs() -> None:
    feed = Feed(
        id="un", name='"UN" & <more>', url="https://un.example/?a=1&b=2", every=timedelta(minutes=90), rank=Rank.UN
    )
    assert (
        write_opml([feed], title="A & B", now=NOW)
        == """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:treatywatch="urn:treatywatch:feeds">
  <head>
    <title>A &amp; B</title>
    <dateCreated>Sat, 21 Nov 2026 12:00:00 GMT</dateCreated>
  </head>
  <body>
    <outline type="rss" text='"UN" &amp; &lt;more&gt;' title='"UN" &amp; &lt;more&gt;' \
xmlUrl="https://un.example/?a=1&amp;b=2" treatywatch:id="un" treatywatch:rank="2" treatywatch:every="90m"/>
  </body>
</opml>
"""
    )


_IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)
_NAMES = st.text(min_size=1, max_size=60).filter(lambda name: name.isprintable() and name == name.strip())
_FEEDS = st.builds(
    Feed,
    id=_IDS,
    name=_NAMES,
    url=st.from_regex(r"https?://[a-z]{1,20}\.example/[!-~äж中]{0,60}", fullmatch=True),
    every=st.integers(1, 365 * 86400).map(lambda seconds: timedelta(seconds=seconds)),
    rank=st.sampled_from(Rank),
)
_SELECTORS = st.sampled_from(["li", "ul.news > li, .more", "#top", 'a[href^="/x&y"]', "[title='<b>']", "*", "é", "no"])
_SELECT = st.builds(Select, item=_SELECTORS, title=_SELECTORS | st.just(""), date=_SELECTORS | st.just(""))
_KINDS = st.one_of(
    st.just({}),
    st.just({"kind": "treaty-status"}),
    st.builds(lambda select: {"kind": "page", "select": select}, _SELECT),
)
_FEEDS = st.builds(lambda feed, kind: replace(feed, **kind), _FEEDS, _KINDS)


_DIFFERENT = (lambda feed: feed.id, lambda feed: str(URL(feed.url).with_fragment(None)))


@settings(max_examples=50)
@given(st.lists(_FEEDS, min_size=1, max_size=4, unique_by=_DIFFERENT))
def test_what_is_written_is_read_back_without_loss(feeds: list[Feed]) -> None:
    found = read_opml(write_opml(feeds, title="x", now=NOW).encode())
    assert list(feeds_in(as_yaml(found))) == feeds


def test_a_page_is_no_feed_to_other_readers() -> None:
    board = Feed(
        id="board",
        name="Board",
        url="https://example.org/news",
        every=timedelta(hours=6),
        kind="page",
        select=Select(item="ul > li", title="h3"),
    )
    assert (
        '<outline type="link" text="Board" title="Board" url="https://example.org/news" treatywatch:id="board" '
        'treatywatch:rank="4" treatywatch:every="6h" treatywatch:kind="page" treatywatch:select-item="ul &gt; li" '
        'treatywatch:select-title="h3"/>'
    ) in write_opml([board], title="x", now=NOW)


@pytest.mark.parametrize(
    "selectors",
    [
        "",
        'treatywatch:select-title="h3"',
        'treatywatch:select-item="li["',
        'treatywatch:select-item="li" treatywatch:select-link="//a"',
    ],
    ids=["none", "without items", "broken", "one broken"],
)
def test_a_page_whose_selectors_cannot_be_used_is_left_out_and_named(selectors: str) -> None:
    (found,) = read_opml(
        opml(f'<outline type="link" text="x" url="https://example.org/" treatywatch:kind="page" {selectors}/>')
    )
    assert found.fault == "is a page without selectors that can be used"


def test_attributes_of_ours_that_are_none_are_passed_over() -> None:
    (found,) = read_opml(
        opml(
            '<outline text="x" xmlUrl="https://example.org/" treatywatch:id="No id" treatywatch:rank="9" '
            'treatywatch:every="often"/>'
        )
    )
    assert (found.id, found.rank, found.every) == ("", None, None)
