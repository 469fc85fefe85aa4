"""Bytes and headers → items; pure, and the only file that knows feedparser.

feedparser is asked for structure only. Its encoding detection is not used (it trusts the server's word over the bytes,
and a document can name a codec that makes it raise), nor its sanitiser (its time grows with the square of `<!--`), nor
its resolving of links inside HTML. What leaves here is plain text.

A document can still make it run for minutes or eat memory: the program calls this through feeds.sandbox only.
"""

from __future__ import annotations

import calendar
import codecs
import hashlib
import html
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax import SAXException

import feedparser
import feedparser.api
from selectolax.lexbor import LexborHTMLParser

from bot.errors import ParseError
from bot.model import Feed, Fetched, Item
from bot.topics.text import canonical_link

# Always expat, whose limits we know, even where libxml2's driver is installed.
feedparser.api.PREFERRED_XML_PARSERS.clear()

MOST_ITEMS = 2_000
TITLE, SUMMARY, CONTENT, LINK, KEY = 300, 4_000, 100_000, 2_048, 1_024  # characters
_OPENING = 500  # characters of a summary that we cut from the full text ourselves
_LONG = 1_000  # a lone text above this is the full text, not a summary
# lexbor needs a time that grows with the square of the nesting: 100,000 open <div>, half a megabyte, 8 s.
_MOST_HTML = 400_000
# Earlier than any feed: the zero of some system's calendar.
_FIRST_DATE = datetime(1990, 1, 1, tzinfo=UTC)

# feedparser promises to raise nothing. Met, with mutilated feeds: KeyError, IndexError, TypeError (an end without its
# start), UnicodeError, ValueError, OverflowError (references, names, numbers). Reported: AssertionError (declarations),
# AttributeError, RecursionError (copies of deep nesting), SAXException.
_FEEDPARSER_RAISES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    SAXException,
)


def parse(fetched: Fetched, *, feed: Feed, now: datetime) -> list[Item]:
    """The items of a document, in its order, at most 2,000, each with what it says and nothing of what it looks like.

    Never empty: a page, an empty feed and a thing that is no feed raise ParseError, whose text is one sentence without
    its subject. Of a document that breaks off, the items that are whole.
    """
    text = _readable(fetched)
    document = _document(text)
    entries = _whole(text, document)[:MOST_ITEMS]
    items = [item for entry in entries if (item := _item(entry, document.feed, fetched.url, feed=feed, now=now))]
    if not items:
        raise ParseError(_why_empty(text, document))
    return items


# ── bytes → text

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# What the web means by these labels (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
# A label outside of these is not believed: Python has codecs that are no alphabets, and some that raise.
_ALPHABETS = re.compile(r"cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|tis-620")
_ALPHABETS_OF_MANY_BYTES = re.compile(r"gb18030|big5(hkscs)?|euc_(jp|kr)|cp9(32|49|50)|iso2022_(jp|kr).*|hz")

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


def _readable(fetched: Fetched) -> str:
    """The document as text, without its XML declaration and without what XML forbids."""
    text = _decoded(fetched.body, fetched.content_type or "").lstrip("\ufeff\0 \t\r\n")
    text = _DECLARATION.sub("", text)
    return _REFERENCE.sub(_allowed_reference, _FORBIDDEN.sub("", text))


def _decoded(body: bytes, content_type: str) -> str:
    """What the bytes fit: servers and declarations lie about it, and some say nothing."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    labels = [match[1].decode() for match in [_DECLARED.search(body)] if match]
    labels += _CHARSET.findall(content_type)
    named = [name for label in labels if (name := _codec(label))]
    # UTF-8 first, whatever is said: other alphabets look like it only by a miracle. All-ASCII bytes prove nothing.
    for codec in ("utf-8", *filter(_ALPHABETS_OF_MANY_BYTES.fullmatch, named)):
        if (fitting := _fitting(body, codec)) is not None and not fitting.isascii():
            return fitting
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    # A few bad bytes are an emoji cut in half by someone's database; more bad than good is another alphabet.
    if bad * 2 <= len(text) - len(text.encode("ascii", "ignore")):
        return text
    return body.decode(next(filter(_ALPHABETS.fullmatch, named), "cp1252"), "replace")


def _codec(label: str) -> str | None:
    """Python's name of the encoding that a label means; None if there is none."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return _MEANT.get(name, name)


def _fitting(body: bytes, codec: str) -> str | None:
    """The text if all bytes fit, a last letter that is cut in half aside."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(body)
    except UnicodeDecodeError:
        return None


def _allowed_reference(match: re.Match[str]) -> str:
    """`&#…;` as it stands, or nothing where it means no character: feedparser raises on `&#xD800;`."""
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    number = int(digits.lstrip("0")[:9] or "0", base)
    if 0xD800 <= number < 0xE000 or number > 0x10FFFF or _FORBIDDEN.match(chr(number)):
        return ""
    return match[0]


# ── text → entries


def _document(text: str) -> Any:
    """feedparser's result. A str or bytes would be taken for a name of a file or page: it gets a stream."""
    try:
        return feedparser.parse(
            io.BytesIO(text.encode()),
            # No content-location: feedparser would make a guid like "1559104147038" absolute with it, and the item
            # would be new again after the feed has moved.
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _FEEDPARSER_RAISES as error:
        raise ParseError(f"cannot be read as a feed ({type(error).__name__})") from error


_LAST_TAG = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_LAST_START = re.compile(r".*<(?:[\w.-]+:)?(item|entry)[\s>]", re.DOTALL)
_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


def _whole(text: str, document: Any) -> list[Any]:
    """The entries but one that is cut in the middle: kept, it would never be mended, since its key is then known."""
    start = _LAST_START.match(text) if _breaks_off(text, document) else None
    if start is None or re.compile(rf"</(?:[\w.-]+:)?{start[1]}\s*>").search(text, start.end()):
        return list(document.entries)
    return list(document.entries[:-1])


def _breaks_off(text: str, document: Any) -> bool:
    return bool(document.bozo) and not _LAST_TAG.search(text, max(0, len(text) - 1000))


def _why_empty(text: str, document: Any) -> str:
    if not text:
        return "answered with an empty page"
    if document.version and _breaks_off(text, document):
        return "breaks off before its first item ends"
    if document.entries:
        return "is a feed whose items are empty"
    if document.version:
        return "is a feed with no items"
    if _PAGE.search(text, 0, 2000):
        return "answered with a page, not a feed (HTML)"
    return "is not a feed"


# ── entry → item


def _item(entry: Any, head: Any, url: str, *, feed: Feed, now: datetime) -> Item | None:
    """None where the entry says nothing at all."""
    link = _link(entry, url)
    summary, content = _texts(entry)
    title = _cut(_line(_plain(_said(entry, "title"))), TITLE) or _cut(_line(summary), 100)
    if not (title or link or entry.get("id")):
        return None
    return Item(
        feed=feed.id,
        key=_key(entry, link, title),
        link=link,
        title=title or link[:TITLE],
        summary=summary,
        content=content,
        lang=_lang(entry, head),
        published=_published(entry, now),
        seen=now,
    )


def _key(entry: Any, link: str, title: str) -> str:
    key = _clean(_said(entry, "id")).strip() or (canonical_link(link) if link else "")
    if not key:
        # The date as it is written: a parsed one would change with the parser.
        key = _hash(f"{title}\n{dict.get(entry, 'published') or dict.get(entry, 'updated') or ''}")
    return key if len(key) <= KEY else _hash(key)


def _hash(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _link(entry: Any, url: str) -> str:
    """The first address of the web that the entry gives as its page; "" if there is none."""
    hrefs = [_said(entry, "link")]
    hrefs += [_said(link, "href") for link in entry.get("links", []) if link.get("rel") == "alternate"]
    if entry.get("guidislink"):  # RSS 2.0 takes a guid for the link where there is none; not every guid is an address
        url = ""
    return next((link for href in hrefs if href and (link := _web_address(href, url))), "")


def _web_address(href: str, base: str) -> str:
    # As a browser reads it: line breaks inside do not count, a blank inside does.
    href = _clean(href).strip().translate({9: None, 10: None, 32: "%20"})
    try:
        link = urljoin(base, href)
        parts = urlsplit(link)
    except ValueError:
        return ""
    return link if parts.scheme in ("http", "https") and parts.hostname and len(link) <= LINK else ""


def _lang(entry: Any, head: Any) -> str | None:
    told = _said(entry, "language") or _said(entry.get("title_detail", {}), "language") or _said(head, "language")
    lang = told.strip().replace("_", "-")
    return lang if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", lang) else None


def _published(entry: Any, now: datetime) -> datetime | None:
    # dict.get: feedparser's own get warns where an entry has one date and is asked for the other.
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        if told := dict.get(entry, name):
            try:
                date = datetime.fromtimestamp(calendar.timegm(told), UTC)
            except (ValueError, OverflowError):  # the years 0 and 99999
                continue
            return min(date, now) if date >= _FIRST_DATE else None
    return None


def _texts(entry: Any) -> tuple[str, str]:
    """Summary and full text. A feed may give one of them, or the same twice; either may come first."""
    parts = [_said(entry, "summary")]
    parts += [_said(part, "value") for part in entry.get("content", []) if _is_text(part)]
    texts = [text for part in dict.fromkeys(parts) if (text := _shown(part))]
    content = max(texts, key=len, default="")
    shorter = next((text for text in texts if _line(text) != _line(content)), "")
    if not shorter and len(content) <= _LONG:
        return content, ""
    return _cut(shorter, SUMMARY) or _opening(content), _cut(content, CONTENT)


def _said(thing: Any, name: str) -> str:
    """A field's text; "" where it is absent, or None as in some broken documents."""
    value = thing.get(name)
    return value if isinstance(value, str) else ""


def _is_text(part: Any) -> bool:
    return not _said(part, "type").startswith(("image/", "audio/", "video/"))


# ── HTML → plain text

_BLOCKS = (
    "address,article,aside,blockquote,br,dd,details,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,h5,"
    "h6,header,hr,li,main,nav,ol,p,pre,section,summary,table,td,th,tr,ul"
)
_UNREAD = [
    *("audio", "button", "canvas", "iframe", "math", "noscript", "object", "script", "select", "style", "svg"),
    *("template", "textarea", "title", "video"),
]
# Drupal wraps each field and prints its label; where there is a body, the other fields are dates and switches.
_BODY = ".field--name-body, .field-name-body"
_LABELS = ".field-label, .field__label"
# Google News: not a summary but headlines of other publishers, which would match in this one's name.
_OTHERS_HEADLINES = re.compile(r'\s*(?:<ol>\s*<li>\s*)?<a href="https://news\.google\.com/')
# WordPress' last line, in the languages of our feeds.
_SIGNATURE = re.compile(
    r"(?:^|\s)(?:The post|Der Beitrag|L[’']article|La entrada|O post|Запись|Сообщение)\s[^\n]{1,400}?\s"
    r"(?:appeared first on|first appeared on|erschien zuerst auf|est apparu en premier sur|se publicó primero en"
    r"|apareció primero en|apareceu primeiro em|впервые появилась|появились сначала на)\s[^\n]{1,200}\Z"
)
# Controls but tab and newline, lone surrogates, non-characters, and what turns the direction of writing.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def _shown(source: str) -> str:
    """A summary or full text as the publisher's own words."""
    if _OTHERS_HEADLINES.match(source):
        return ""
    text = _plain(source)
    head, tail = text[:-800], text[-800:]
    return (head + _SIGNATURE.sub("", tail)).strip()


def _plain(source: str) -> str:
    """Plain text; one line for each block, no empty lines. Tags inside a line leave no gap: `Ju</b>ne` is June."""
    source = source[:_MOST_HTML]
    if "<" not in source:
        return _lines(html.unescape(source).split("\n\n"))
    tree = LexborHTMLParser(" ".join(source.split()))
    tree.strip_tags(_UNREAD, recursive=True)
    for node in tree.css(_LABELS):
        node.decompose()
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    body = tree.css_first(_BODY) or tree.body
    return _lines(body.text().split("\n")) if body else ""


def _lines(blocks: Iterable[str]) -> str:
    return "\n".join(line for block in blocks if (line := _line(_clean(block))))


def _line(text: str) -> str:
    return " ".join(text.split())


def _clean(text: str) -> str:
    return _UNSEEN.sub("", text)


def _opening(text: str) -> str:
    """Its first sentences, about 500 characters."""
    end = max(_sentence_ends(text[:_OPENING]), default=0)
    return text[:end].strip() if end > _OPENING // 2 else _cut(text, _OPENING)


def _sentence_ends(text: str) -> Iterator[int]:
    return (match.end() for match in re.finditer(r"[.!?…][\"”’)]*(?=\s)|[。！？]|\n", text))


def _cut(text: str, limit: int) -> str:
    """At most so many characters, ended at a word where there is one."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    whole = head.rpartition(" ")[0]
    return (whole if len(whole) > limit // 2 else head).rstrip() + "…"
