"""HTML → plain text: the publisher's own words, a line for each block (pure).

Controls, lone surrogates and what turns the direction of writing do not get through. Lengths are characters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser

_OPENING = 500  # characters of a summary that we cut from the full text ourselves
# lexbor needs a time that grows with the square of the nesting: 100,000 open <div>, half a megabyte, 8 s.
_MOST_HTML = 400_000

# Where a block begins or ends, so does a line. What is marked is the source, not the tree: to put a node into the
# tree beside each block takes five times as long. The mark is one that XML forbids, and one that HTML takes for a
# blank: anything else between two rows would be moved out of its table.
_BREAK = "\f"
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|d[dlt]|details|div|fieldset|fig(?:caption|ure)|footer|form|h[1-6r]"
    r"|header|li|main|nav|[ou]l|p|pre|section|summary|t(?:able|[dhr]))(?![^\s/>]))",
    re.IGNORECASE,
)
_UNREAD = [
    *("audio", "button", "canvas", "iframe", "math", "noscript", "object", "script", "select", "style", "svg"),
    *("template", "textarea", "title", "video"),
]
_UNREAD_TAG = re.compile(rf"<(?:{'|'.join(_UNREAD)})(?![^\s/>])", re.IGNORECASE)
# Drupal wraps each field and prints its label; where there is a body, the other fields are dates and switches.
_BODY = ".field--name-body, .field-name-body"
_LABELS = ".field-label, .field__label"
# Google News: not a summary but headlines of other publishers, which would match in this one's name.
_OTHERS_HEADLINES = re.compile(r'\s*(?:<ol>\s*<li>\s*)?<a href="https://news\.google\.com/')
# WordPress' last line, in the languages of our feeds.
_SIGNED = (
    *("appeared first on", "first appeared on", "erschien zuerst auf", "est apparu en premier sur"),
    *("se publicó primero en", "apareció primero en", "apareceu primeiro em", "впервые появилась"),
    "появились сначала на",
)
_SIGNATURE = re.compile(
    r"(?:^|\s)(?:The post|Der Beitrag|L[’']article|La entrada|O post|Запись|Сообщение)\s[^\n]{1,400}?\s"
    rf"(?:{'|'.join(_SIGNED)})\s[^\n]{{1,200}}\Z"
)
# Controls but tab and newline, lone surrogates, non-characters, and what turns the direction of writing.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def shown(source: str) -> str:
    """A summary or full text as the publisher's own words; "" if there are none."""
    if _OTHERS_HEADLINES.match(source):
        return ""
    text = plain(source)
    tail = text[-800:]
    if not any(words in tail for words in _SIGNED):  # the pattern is slow, and nearly all are unsigned
        return text
    return (text[:-800] + _SIGNATURE.sub("", tail)).strip()


def plain(source: str) -> str:
    """Plain text; one line for each block, no empty lines, one blank between words.

    Tags inside a line leave no gap: `Ju</b>ne` is June.
    """
    source = source[:_MOST_HTML]
    if "<" not in source:
        return _lines(html.unescape(source).split("\n\n"))
    tree = LexborHTMLParser(_BLOCK.sub(f"{_BREAK}<", source))
    if _UNREAD_TAG.search(source):
        tree.strip_tags(_UNREAD, recursive=True)
    body = tree.body
    if "field" in source:
        for node in tree.css(_LABELS):
            node.decompose()
        body = tree.css_first(_BODY) or body
    return _lines(body.text().split(_BREAK)) if body else ""


def line(text: str) -> str:
    """The text on one line, one blank between words."""
    return " ".join(text.split())


def seen(text: str) -> str:
    """The text without the characters that nobody sees."""
    return _UNSEEN.sub("", text)


def opening(text: str) -> str:
    """Its first sentences, about 500 characters."""
    end = max(_sentence_ends(text[:_OPENING]), default=0)
    return text[:end].strip() if end > _OPENING // 2 else cut(text, _OPENING)


def cut(text: str, limit: int) -> str:
    """At most so many characters, ended at a word where there is one."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    whole = head.rpartition(" ")[0]
    return (whole if len(whole) > limit // 2 else head).rstrip() + "…"


def _lines(blocks: Iterable[str]) -> str:
    return "\n".join(found for block in blocks if (found := _line_seen(block)))


def _line_seen(text: str) -> str:
    if text.isprintable() and "  " not in text:  # no blank but single spaces, and nothing unseen: most lines
        return text.strip()
    return line(seen(line(text)))


def _sentence_ends(text: str) -> Iterator[int]:
    return (match.end() for match in re.finditer(r"[.!?…][\"”’)]*(?=\s)|[。！？]|\n", text))
