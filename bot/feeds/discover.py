"""A web page → where its feeds may be (pure).

Told by the page itself, then what its links look like, then where such sites keep their feeds. Nothing is asked here:
every address is a guess until somebody has read it as a feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborNode

from bot.feeds.entry import TITLE, web_address
from bot.feeds.jsonfeed import looks_like
from bot.feeds.page import Page, page_of
from bot.feeds.plain import cut, line, seen
from bot.model.pages import Candidate, CandidateKind
from bot.topics.text import canonical_link, host_of

MOST = 30  # candidates


def candidates(html: str, url: str) -> list[Candidate]:
    """Where the feeds of a page may be, the likeliest first, each address once, at most 30.

    The last is the page itself, which can be watched with selectors. Where the text is a feed itself, it alone. Empty
    only if `url`, the page's own address, is none of the web.
    """
    itself = web_address(url, "")
    if not itself:
        return []
    if kind := _feed_kind(html):
        return [Candidate(url=itself, kind=kind, why="the address is a feed itself")]
    page = page_of(html, itself)
    told = [*_announced(page), *_linked(page)]
    # A feed of comments is hardly what is looked for.
    told.sort(key=lambda one: bool(_COMMENTS.search(f"{one.title} {urlsplit(one.url).path}")))
    others = _once(chain(told, _guessed(page, html)), itself)
    return [*islice(others, MOST - 1), _itself(page)]


_ROOT = re.compile(
    r"\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE rss[^>]*>\s*)*<(rss|rdf:RDF|feed)\b", re.DOTALL
)
_COMMENTS = re.compile(r"comment|kommentar|comentario|comentário|комментар|تعليق|评论", re.IGNORECASE)


def _feed_kind(text: str) -> CandidateKind | None:
    if looks_like(text):
        return "json"
    root = _ROOT.match(text[:10_000].lstrip("\ufeff"))
    return None if root is None else "atom" if root[1] == "feed" else "rss"


def _once(found: Iterable[Candidate], itself: str) -> Iterator[Candidate]:
    """Each address once, the page's own never."""
    known = {canonical_link(itself)}
    for one in found:
        if (key := canonical_link(one.url)) not in known:
            known.add(key)
            yield one


def _itself(page: Page) -> Candidate:
    node = page.tree.css_first("title")
    return Candidate(url=page.url, title=_words(node), kind="page", why="the page itself, watched with selectors")


def _words(node: LexborNode | None) -> str:
    return cut(line(seen(node.text())), TITLE) if node else ""


# ── what the page says

_TYPES: dict[str, CandidateKind] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/xml": "rss",
    "text/xml": "rss",
    "text/rss+xml": "rss",
    "application/x-rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/x.atom+xml": "atom",
    "application/x-atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
}


def _announced(page: Page) -> Iterator[Candidate]:
    """<link rel="alternate"> of a feed's type; also where it stands in the body."""
    for node in page.tree.css("link[rel][href]"):
        told = {name: (value or "").strip() for name, value in node.attributes.items()}
        kinds, url = set(told["rel"].lower().split()), page.address(told["href"])
        kind = _TYPES.get(told.get("type", "").partition(";")[0].strip().lower())
        if "feed" in kinds and not told.get("type"):
            kind = _look(url) or "rss"
        # WordPress announces its programming interface in the same way, as JSON.
        other = "stylesheet" in kinds or ("/json" in told.get("type", "") and "feed" not in url)
        if url and kind and kinds & {"alternate", "feed"} and not other:
            yield Candidate(url=url, title=_said(told.get("title", "")), kind=kind, why="the page names it as its feed")


def _said(text: str) -> str:
    return cut(line(seen(text)), TITLE)


# ── what its links look like

_FEED_PATH = re.compile(
    r"/(?:rss|feeds?|atom|rdf)/?$|\.(?:rss|atom|rdf)$|/(?:rss|feed|atom|index)[\w-]*\.xml$|/feed\.json$", re.IGNORECASE
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output|alt)=(?:rss2?|atom|rdf|feed)(?:&|$)", re.IGNORECASE)
_FEED_WORDS = re.compile(r"(?:(?:rss|atom|xml|json|web)[ -]?)?feeds?|rss(?: 2\.0)?|atom(?: 1\.0)?", re.IGNORECASE)


def _linked(page: Page) -> Iterator[Candidate]:
    for node in page.tree.css("a[href]"):
        url = page.address(node.attributes.get("href") or "")
        titles = (_words(node), *(_said(node.attributes.get(name) or "") for name in ("title", "aria-label")))
        if url and (kind := _look(url)):
            yield Candidate(url=url, title=next(filter(None, titles), ""), kind=kind, why="a link that looks like one")
        elif url and (title := next(filter(_FEED_WORDS.fullmatch, titles), "")):
            kind = "atom" if "atom" in title.lower() else "json" if "json" in title.lower() else "rss"
            yield Candidate(url=url, title=title, kind=kind, why="a link that is called a feed")


def _look(url: str) -> CandidateKind | None:
    """The kind of feed that an address looks like; None if like none."""
    if not url:
        return None
    parts = urlsplit(url)
    if not _FEED_PATH.search(parts.path) and not _FEED_QUERY.search(parts.query):
        return None
    end = f"{parts.path.rpartition('/')[2]}?{parts.query}".lower()
    return "atom" if "atom" in end else "json" if ".json" in end else "rss"


# ── where such sites keep them

_COMMON = ("/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json")
_LANGUAGE = re.compile(r"/[a-z]{2}(?:-[a-z]{2})?(?=/|$)", re.IGNORECASE)
_CHANNEL = re.compile(r"(?:\"(?:channelId|externalId)\":\"|/channel/)(UC[\w-]{22})\b")


def _guessed(page: Page, html: str) -> Iterator[Candidate]:
    """What is known of the site's system, or else the addresses that most use."""
    paths, system = _system(page, html)
    for path in paths:
        url = web_address(path, page.url)
        if url:
            yield Candidate(url=url, kind="guess", why=f"where {system} keeps it" if system else "where many keep it")


def _system(page: Page, html: str) -> tuple[list[str], str]:
    """Addresses, relative to the page's, and the system they belong to; "" if it is not known."""
    host = host_of(page.url).removeprefix("www.").removeprefix("m.")
    path = urlsplit(page.url).path
    steps = [step for step in path.split("/") if step]
    if host == "youtube.com":
        return _youtube(page.url, steps, html), "YouTube"
    if host == "github.com" and steps:
        return _github(steps), "GitHub"
    if host == "medium.com" and steps:
        return [f"/feed/{steps[0]}"], "Medium"
    if host.endswith((".medium.com", ".substack.com")) or "substackcdn.com" in html:
        return ["/feed"], "Medium" if host.endswith(".medium.com") else "Substack"
    return _by_generator(page, html, path)


def _by_generator(page: Page, html: str, path: str) -> tuple[list[str], str]:
    node = page.tree.css_first('meta[name="generator" i]')
    generator = ((node.attributes.get("content") or "") if node else "").lower()
    language = found[0] if (found := _LANGUAGE.match(path)) else ""
    section = urljoin(path if path.endswith("/") else f"{path}/", "feed/") if path.strip("/") else ""
    if "wordpress" in generator or "/wp-content/" in html:
        return [*filter(None, [section]), f"{language}/feed/", "/feed/", "/?feed=rss2"], "WordPress"
    if "drupal" in generator:
        return [f"{language}/rss.xml", "/rss.xml", f"{language}/feed"], "Drupal"
    if "blogger" in generator:
        return ["/feeds/posts/default"], "Blogger"
    return [*_COMMON, *(f"{language}{path}" for path in _COMMON if language), *filter(None, [section])], ""


def _youtube(url: str, steps: list[str], html: str) -> list[str]:
    """https://developers.google.com/youtube/v3/guides/push_notifications names the first form."""
    feed = "/feeds/videos.xml?"
    if playlist := parse_qs(urlsplit(url).query).get("list"):
        return [f"{feed}playlist_id={playlist[0]}"]
    if len(steps) > 1 and steps[0] == "user":
        return [f"{feed}user={steps[1]}"]
    # The page of a @name says in its script which channel it is.
    found = _CHANNEL.search(url) or _CHANNEL.search(html)
    return [f"{feed}channel_id={found[1]}"] if found else []


def _github(steps: list[str]) -> list[str]:
    if len(steps) == 1:
        return [f"/{steps[0]}.atom"]
    repository = "/" + "/".join(steps[:2])
    return [f"{repository}/{what}.atom" for what in ("releases", "commits", "tags")]
