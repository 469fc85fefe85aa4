"""A page without a feed → items, found by CSS selectors (pure).

A page can still make the engine run for minutes or eat memory, by its nesting or by attributes beyond number: the
program calls this through feeds.sandbox only. What is not hostile is bounded here: of a page the first 20,000 tags
are read, and selectors that grow with the square of the page are refused (feeds.selectors).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.errors import ParseError
from bot.feeds.dates import date_in
from bot.feeds.decode import readable
from bot.feeds.entry import MOST_ITEMS, SUMMARY, TITLE, hashed, key_of, lang_of, web_address
from bot.feeds.plain import cut, line, plain
from bot.feeds.selectors import selector_fault
from bot.model import Document, Feed, FeedFault, Fetched, Item, Pace, Select
from bot.topics.text import canonical_link

# 20,000 open <div> take the engine 0.9 s, and a time that grows with their square; li:nth-child() among as many 1 s.
MOST_TAGS = 20_000
_TAG = re.compile(r"<[A-Za-z]")
_META_CHARSET = re.compile(rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# Cut out of its table, a row loses its cells.
_IN_TABLE = frozenset({"tr", "td", "th", "tbody", "thead", "tfoot", "caption"})


@dataclass(frozen=True, slots=True)
class Page:
    """A web page, opened."""

    tree: LexborHTMLParser
    url: str  # where it is
    base: str  # what its relative links begin from
    lang: str | None  # as it says: "en", "pt-BR"

    def address(self, href: str) -> str:
        """Where a link on the page leads, at most 2,048 characters; "" if not to the web."""
        return web_address(href, self.base) if href.strip() else ""

    def is_at(self, link: str) -> bool:
        """Whether a link leads to the page itself, or to a place on it."""
        return canonical_link(link) == canonical_link(self.url)


def page_of(html: str, url: str) -> Page:
    """The page that a text is, of its first 20,000 tags; never raises."""
    tree = LexborHTMLParser(_head(html))
    base = next((href for node in tree.css("base[href]") if (href := _attribute(node, "href"))), "")
    return Page(tree, url, web_address(base, url) or url, _lang(tree))


def read_page(fetched: Fetched, *, feed: Feed, select: Select, now: datetime) -> Document:
    """What a page holds where the selectors look: its items, in its order, each once, at most 2,000.

    An item has a title or a link, mostly both; nothing else is one. Where the selector of items, titles or links finds
    nothing at all, the page has another layout now: ParseError, whose text is one sentence without its subject.
    """
    text = page_text(fetched)
    if not text:
        raise ParseError("answered with an empty page", fault=FeedFault.EMPTY, status=fetched.status)
    _judge(fetched, select)
    page = page_of(text, fetched.url)
    nodes = list(_outermost(page.tree, select.item))
    _look(fetched, nodes, select)
    items: dict[str, Item] = {}
    for item in (_item(node, page, select, feed=feed, now=now) for node in nodes):
        if item:
            items.setdefault(item.key, item)
    if not items:
        raise _changed(fetched, f'holds nothing with a title or a link where the selector "{select.item}" looks')
    dates = [item.published for item in items.values() if item.published and item.published < now]
    return Document(items=tuple(items.values()), pace=Pace(oldest=min(dates, default=None)))


# ── the page


def page_text(fetched: Fetched) -> str:
    """The page's source, in the alphabet that its bytes fit; the server's word counts before the page's own."""
    # HTML, section 4.2.5.4: within the first 1,024 bytes; many pages need more.
    found = _META_CHARSET.search(fetched.body, 0, 8192)
    told = f"; charset={found[1].decode()}" if found else ""
    return readable(fetched.body, (fetched.content_type or "") + told)


def _head(html: str) -> str:
    """The page up to its 20,000th tag."""
    for number, tag in enumerate(_TAG.finditer(html)):
        if number == MOST_TAGS:
            return html[: tag.start()]
    return html


def _lang(tree: LexborHTMLParser) -> str | None:
    root, meta = tree.root, tree.css_first('meta[http-equiv="content-language" i]')
    told = _attribute(root, "lang") or _attribute(root, "xml:lang") or _attribute(meta, "content")
    return lang_of(told)


def _attribute(node: LexborNode | None, name: str) -> str:
    """Without blanks around it; "" where there is none."""
    return (node.attributes.get(name) or "").strip() if node else ""


def _outermost(tree: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    """What the selector finds, but not inside of what it found already; at most 2,000."""
    inside: set[int] = set()
    found = 0
    for node in tree.css(selector):
        if node.mem_id not in inside and found < MOST_ITEMS:
            found += 1
            inside.update(inner.mem_id for inner in node.css(selector))
            yield node


# ── what the selectors must find


def _judge(fetched: Fetched, select: Select) -> None:
    for selector in (select.item, *filter(None, (select.title, select.link, select.date, select.summary))):
        if fault := selector_fault(selector):
            told = f'cannot be read: the selector "{selector}" {fault}'
            raise ParseError(told, fault=FeedFault.UNREADABLE, status=fetched.status)


def _look(fetched: Fetched, nodes: list[LexborNode], select: Select) -> None:
    """Raise where a selector finds nothing on the whole page. An item may well lack its date or summary."""
    if not nodes:
        raise _changed(fetched, f'holds nothing that the selector "{select.item}" finds')
    for selector in (select.title, select.link):
        if selector and not any(node.css_first(selector) for node in nodes):
            raise _changed(fetched, f'holds nothing that the selector "{selector}" finds in its items')


def _changed(fetched: Fetched, told: str) -> ParseError:
    return ParseError(f"{told}; its layout may have changed", fault=FeedFault.CHANGED, status=fetched.status)


# ── element → item


def _item(node: LexborNode, page: Page, select: Select, *, feed: Feed, now: datetime) -> Item | None:
    """None where there is neither title nor link."""
    link = _link(node, page, select.link)
    title = cut(line(_text(node.css_first(select.title) if select.title else node)), TITLE)
    if not (title or link):
        return None
    return Item(
        feed=feed.id,
        key=_key(link, title, page),
        link=link,
        title=title or link[:TITLE],
        summary=cut(_text(node.css_first(select.summary)), SUMMARY) if select.summary else "",
        lang=page.lang,
        published=_published(node, page, select.date, now),
        seen=now,
    )


def _text(node: LexborNode | None) -> str:
    """What a reader sees of it; a line for each block."""
    source = (node.html or "") if node else ""
    return plain(f"<table>{source}</table>" if node and node.tag in _IN_TABLE else source)


def _link(node: LexborNode, page: Page, selector: str) -> str:
    """The first address among what the selector finds or holds; one that only leads about on this page comes last."""
    found = node.css(selector) if selector else [node]
    hrefs = [_attribute(one, "href") for each in found for one in each.css("a[href], area[href]")]
    links = [link for href in hrefs if (link := page.address(href))]
    return next((link for link in links if not page.is_at(link)), links[0] if links else "")


def _key(link: str, title: str, page: Page) -> str:
    """The link in its one form; on the page itself a place of its own, else the title."""
    key = canonical_link(link) if link else ""
    if key and page.is_at(link):
        place = link.partition("#")[2]
        key = f"{key}#{place}" if place else ""
    key = key or hashed(title)
    return key_of(key)


def _published(node: LexborNode, page: Page, selector: str, now: datetime) -> datetime | None:
    found = node.css_first(selector or "time")
    if found is None:
        return None
    told = (_attribute(found, "datetime"), _attribute(found, "content"), _text(found))
    return next(filter(None, (date_in(text, lang=page.lang, now=now) for text in told)), None)
