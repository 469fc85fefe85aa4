"""HTML in a text, hidden from matching without moving a single character.

Feeds reach us as plain text, but `classify` takes what it is given. A tag inside a sentence becomes characters that
vanish ("cyber<b>crime</b>" is one word), any other tag blanks, an entity the character it stands for and then
characters that vanish; so every offset stays as it was.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

FILL = "\u2060"  # vanishes when a text is normalised

_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|dfn|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup"
    "|tt|u|var|wbr",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    "address|article|aside|audio|blockquote|body|br|button|caption|center|col|colgroup|dd|details|dialog|div|dl|dt"
    "|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|input|label|legend|li|link|main"
    "|meta|nav|noscript|object|ol|optgroup|option|p|picture|pre|script|section|select|source|style|summary|svg|table"
    "|tbody|td|textarea|tfoot|th|thead|time|title|tr|ul|video",
    re.IGNORECASE,
)
# A "<" inside ends the search for ">", so that a text of "<" alone is read once.
_TAG = re.compile(rf"<[{FILL}]*/?[{FILL}]*([A-Za-z][A-Za-z0-9]{{0,15}})(?:[\s/{FILL}][^<>]*)?>")
# Encoded twice at most: "&amp;eacute;".
_ENTITY = re.compile(r"&(?:amp;|#38;|#x26;)?(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HIDDEN = (
    (re.compile("<!--"), re.compile("-->"), FILL),
    (re.compile(r"<script\b", re.IGNORECASE), re.compile(r"</script\s*>", re.IGNORECASE), " "),
    (re.compile(r"<style\b", re.IGNORECASE), re.compile(r"</style\s*>", re.IGNORECASE), " "),
)


def unmarked(text: str) -> str:
    """The text as long as it was, each tag and entity written as said above; unknown tags ("<UN>") stay."""
    if "&" in text:
        text = _ENTITY.sub(_decoded, text)
    if "<" not in text:
        return text
    for opening, closing, instead in _HIDDEN:
        text = _without(text, opening, closing, instead)
    return _TAG.sub(_hidden, text)


def entity_end(text: str, start: int) -> int:
    """Where the entity that begins there is over; `start` if none does."""
    found = _ENTITY.match(text, start)
    return found.end() if found else start


def _decoded(found: re.Match[str]) -> str:
    shown = html.unescape(html.unescape(found[0]))
    return found[0] if shown.startswith("&") and shown != "&" else shown.ljust(len(found[0]), FILL)


def _hidden(found: re.Match[str]) -> str:
    if _INLINE.fullmatch(found[1]):
        return FILL * len(found[0])
    return " " * len(found[0]) if _BLOCK.fullmatch(found[1]) else found[0]


def _without(text: str, opening: re.Pattern[str], closing: re.Pattern[str], instead: str) -> str:
    """The text with what stands between such marks, and they themselves, overwritten."""
    return "".join(_pieces(text, opening, closing, instead))


def _pieces(text: str, opening: re.Pattern[str], closing: re.Pattern[str], instead: str) -> Iterator[str]:
    at = 0
    while begun := opening.search(text, at):
        ended = closing.search(text, begun.end())
        if not ended:
            break  # never closed: nothing later is either
        yield text[at : begun.start()]
        yield instead * (ended.end() - begun.start())
        at = ended.end()
    yield text[at:]
