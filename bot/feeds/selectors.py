"""Why a CSS selector cannot be used (pure)."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

LONGEST = 200  # characters
# What another kind of selector, or a slip, may have meant.
_HINTS = (
    (re.compile(r"^//|^\.?/|\[\d+\]"), "this looks like XPath"),
    (re.compile(r":contains\("), 'write :lexbor-contains("word") for :contains'),
    (re.compile(r":(?<!::)(eq|first|last|gt|lt|visible|text)\b(?!-)"), "jQuery's own additions are not known here"),
    (re.compile(r"::"), "text and attributes are found without ::"),
    (re.compile(r"^\s*[>+~]"), "it must begin with an element, not with > + or ~"),
    (re.compile(r"=\s*[^\s\"'\]]*[^\w\s\"'\]-]|=\s*-?\d"), 'put the value after = in quotes, as in [href^="/news"]'),
)
# Each `~` and each :has() looks at all that stands beside or below; two of them, one in the other, take the time of a
# page's size by itself, and again: 3,000 paragraphs took 25 s.
_COSTLY = re.compile(r":has\(|~(?!=)|:nth-[a-z-]+\([^)]*\bof\b")


def selector_fault(text: str) -> str | None:
    """Why a CSS selector cannot be used, as a sentence without its subject; None if it can.

    The judge is the very engine that reads the pages.
    """
    if not text.strip():
        return "is empty; write a CSS selector, as in ul.news > li"
    if len(text) > LONGEST:
        return f"is longer than {LONGEST} characters; find a shorter way to the same element"
    if not text.isprintable():
        return "holds a character that nobody sees; write it again"
    if len(_COSTLY.findall(text)) > 1:
        return "asks too much of a long page; use only one of :has(), ~ and :nth-child(… of …), and that once"
    try:
        LexborHTMLParser("<p>").css(text)
    except SelectolaxError:
        hints = (hint for pattern, hint in _HINTS if pattern.search(text))
        return "is not a CSS selector; " + next(hints, "write one as in ul.news > li")
    return None
