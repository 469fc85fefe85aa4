"""A web page → where its feeds may be."""

from __future__ import annotations

import time

import pytest

from bot.feeds.discover import candidates
from bot.model.pages import Candidate

URL = "https://example.org/en/news/"


def found(html: str, url: str = URL) -> list[tuple[str, str]]:
    """Address and kind of what the page itself tells."""
    return [(one.url, one.kind) for one in candidates(html, url) if one.kind not in {"guess", "page"}]


def guesses(url: str, html: str = "") -> list[str]:
    return [one.url for one in candidates(html, url) if one.kind == "guess"]


# ── what the page says


def test_a_feed_that_the_page_names_comes_first_with_its_title_and_why() -> None:
    page = '<a href="/rss">RSS</a><link rel=alternate type="application/rss+xml" title=" All  news " href="../all.xml">'
    assert candidates(page, URL)[:2] == [
        Candidate(
            url="https://example.org/en/all.xml", title="All news", kind="rss", why="the page names it as its feed"
        ),
        Candidate(url="https://example.org/rss", title="RSS", kind="rss", why="a link that looks like one"),
    ]


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ('rel="alternate" type="application/rss+xml"', "rss"),
        ('rel="ALTERNATE" type="Application/RSS+XML; charset=utf-8"', "rss"),
        ('rel="alternate home" type="application/atom+xml"', "atom"),
        ('rel="alternate" type="application/feed+json"', "json"),
        ('rel="alternate" type="text/xml"', "rss"),
        ('rel="alternate" type="application/rdf+xml"', "rss"),
        ('rel="feed"', "rss"),
        ('rel="alternate" type="text/html"', ""),
        ('rel="alternate" hreflang="fr"', ""),
        ('rel="alternate stylesheet" type="text/xml"', ""),
        ('rel="stylesheet" type="application/rss+xml"', ""),
        ('rel="alternate" type="text/xml+oembed"', ""),
        ('rel="alternate" type="application/json"', ""),
        ('type="application/rss+xml"', ""),
    ],
)
def test_what_a_link_element_says_it_is_counts(attributes: str, kind: str) -> None:
    assert found(f'<body><p><link {attributes} href="/x">') == ([("https://example.org/x", kind)] if kind else [])


def test_json_is_a_feed_only_where_its_address_says_so() -> None:
    page = '<link rel=alternate type="application/json" href="/wp-json/wp/v2/pages/1"><link rel=alternate type="application/json" href="/feed.json">'
    assert found(page) == [("https://example.org/feed.json", "json")]


def test_a_feed_of_comments_comes_behind_the_others() -> None:
    page = """<link rel=alternate type="application/rss+xml" title="Comments" href="/comments/feed/">
        <link rel=alternate type="application/rss+xml" title="News" href="/feed/"><a href="/blog.rss">Blog</a>"""
    assert [url for url, _ in found(page)] == [
        "https://example.org/feed/",
        "https://example.org/blog.rss",
        "https://example.org/comments/feed/",
    ]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<?xml version="1.0"?><!-- x --><rss version="2.0">', "rss"),
        ('\ufeff<feed xmlns="http://www.w3.org/2005/Atom">', "atom"),
        ("<rdf:RDF>", "rss"),
        ('{"version": "https://jsonfeed.org/version/1.1"}', "json"),
    ],
)
def test_an_address_that_is_a_feed_itself_is_the_only_one(html: str, kind: str) -> None:
    assert [(one.url, one.kind) for one in candidates(html, URL)] == [(URL, kind)]


# ── what its links look like


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ('<a href="/feed">x</a>', "rss"),
        ('<a href="/en/rss/">x</a>', "rss"),
        ('<a href="/news.rss">x</a>', "rss"),
        ('<a href="/news.atom">x</a>', "atom"),
        ('<a href="/atom.xml">x</a>', "atom"),
        ('<a href="/rss_en.xml">x</a>', "rss"),
        ('<a href="/feed.json">x</a>', "json"),
        ('<a href="/?feed=rss2">x</a>', "rss"),
        ('<a href="/blog?format=rss">x</a>', "rss"),
        ('<a href="/x">RSS feed</a>', "rss"),
        ('<a href="/x"> Atom </a>', "atom"),
        ('<a href="/x" title="RSS"><img src=i></a>', "rss"),
        ('<a href="/x" aria-label="RSS"><svg></svg></a>', "rss"),
        ('<a href="/feedback">x</a>', ""),
        ('<a href="/sitemap.xml">x</a>', ""),
        ('<a href="/rss-explained">What is an RSS feed?</a>', ""),
        ('<a href="javascript:rss()">RSS</a>', ""),
        ('<a href="mailto:rss@example.org">RSS</a>', ""),
    ],
)
def test_a_link_may_look_like_a_feed(link: str, kind: str) -> None:
    assert [one for _, one in found(link)] == ([kind] if kind else [])


def test_each_address_is_told_once_and_only_those_of_the_web() -> None:
    page = """<base href="https://base.example/"><a href="feed/">x</a><a href="http://www.base.example/feed">y</a>
        <link rel=alternate type="application/rss+xml" href="ftp://base.example/feed">"""
    assert found(page) == [("https://base.example/feed/", "rss")]


# ── guesses


@pytest.mark.parametrize(
    ("url", "html", "first"),
    [
        ("https://example.org/", "", ["https://example.org/feed/", "https://example.org/rss"]),
        (
            "https://example.org/a/b/",
            '<meta name="generator" content="WordPress 6.8">',
            ["https://example.org/a/b/feed/", "https://example.org/feed/"],
        ),
        ("https://example.org", "<script src=/wp-content/x.js></script>", ["https://example.org/feed/"]),
        (
            "https://example.org/en/news",
            '<meta name="Generator" content="Drupal 10">',
            ["https://example.org/en/rss.xml", "https://example.org/rss.xml"],
        ),
        ("https://name.substack.com/p/post", "", ["https://name.substack.com/feed"]),
        ("https://example.org/p/x", "<img src=https://substackcdn.com/x>", ["https://example.org/feed"]),
        ("https://medium.com/@name/post-1", "", ["https://medium.com/feed/@name"]),
        ("https://name.medium.com/post-1", "", ["https://name.medium.com/feed"]),
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
            "",
            ["https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"],
        ),
        (
            "https://www.youtube.com/@name",
            '<script>{"externalId":"UCabcdefghijklmnopqrstuv"}</script>',
            ["https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"],
        ),
        (
            "https://www.youtube.com/playlist?list=PL1",
            "",
            ["https://www.youtube.com/feeds/videos.xml?playlist_id=PL1"],
        ),
        ("https://youtube.com/user/name", "", ["https://youtube.com/feeds/videos.xml?user=name"]),
        (
            "https://github.com/owner/repo/issues",
            "",
            [
                "https://github.com/owner/repo/releases.atom",
                "https://github.com/owner/repo/commits.atom",
                "https://github.com/owner/repo/tags.atom",
            ],
        ),
        ("https://github.com/owner", "", ["https://github.com/owner.atom"]),
    ],
    ids=[
        *("unknown", "WordPress", "WordPress unsaid", "Drupal", "Substack", "Substack elsewhere", "Medium"),
        *("Medium's own", "a channel", "a channel by name", "a playlist", "a user", "a repository", "an account"),
    ],
)
def test_known_systems_keep_their_feeds_at_known_places(url: str, html: str, first: list[str]) -> None:
    assert guesses(url, html)[: len(first)] == first


def test_a_section_and_a_language_may_have_feeds_of_their_own() -> None:
    told = guesses("https://example.org/fr/actualites")
    assert "https://example.org/fr/rss.xml" in told
    assert told[-1] == "https://example.org/fr/actualites/feed/"


def test_a_guess_that_the_page_names_already_is_no_guess() -> None:
    page = '<link rel=alternate type="application/rss+xml" href="https://example.org/feed">'
    assert "https://example.org/feed/" not in guesses("https://example.org/", page)


# ── all of it


def test_the_page_itself_is_the_last() -> None:
    assert candidates("<title>News\n of all</title>", URL)[-1] == Candidate(
        url=URL, title="News of all", kind="page", why="the page itself, watched with selectors"
    )


def test_there_are_at_most_thirty() -> None:
    told = candidates("".join(f'<a href="/{number}.rss">x</a>' for number in range(100)), URL)
    assert (len(told), told[0].url, told[-1].kind) == (30, "https://example.org/0.rss", "page")


@pytest.mark.parametrize("url", ["", "ftp://example.org/", "javascript:alert(1)", "http://[::1", "/news"])
def test_for_an_address_that_is_none_of_the_web_there_is_nothing(url: str) -> None:
    assert candidates('<a href="https://example.org/feed">x</a>', url) == []


@pytest.mark.parametrize(
    "html",
    [
        "<a href=/feed>" * 300_000,
        "<!--" * 1_200_000,
        "<!---->" * 700_000,
        "<?x>" * 1_200_000,
        "<div>" * 1_000_000,
        '"version" ' * 500_000,
    ],
    ids=["links", "comments", "short comments", "instructions", "nested", "versions"],
)
def test_a_heavy_page_is_searched_in_time(html: str) -> None:
    started = time.process_time()
    candidates(html, URL)
    assert time.process_time() - started < 5
