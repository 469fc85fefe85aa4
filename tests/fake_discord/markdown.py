"""What Discord makes of a text with markdown in it: links, mentions, and what is read (pure).

The rules are those that Discord's own clients are known for: a backslash before any sign that is no letter or digit
gives the sign, but not in a link's label, where it stays (discord-api-docs, issue 6185); `[label](address)` is a link
unless its label looks like an address; a bare address is one, and so is
one in angle brackets; `<@1>`, `<@&1>`, `<#1>`, `<t:1:f>`, `<:name:1>`, `</name:1>` and `<id:…>` are shown as what they
name; code is shown as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
MASKED = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(\s*<?((?:\([^)]*\)|[^\s\\)]|\\.)+?)>?(?:\s+[\"'][\s\S]*?[\"'])?\s*\)")
ANGLED = re.compile(r"<(https?://[^\s>]+)>")
BARE = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]")
NAMED = re.compile(r"<(@[!&]?\d+|#\d+|t:-?\d+(?::\w)?|a?:\w+:\d+|/[^>:]+:\d+|id:\w+)>")
EVERYONE = re.compile(r"@(everyone|here)")
MARKS = re.compile(r"\*\*\*|\*\*|\*|__|_|~~|\|\||(?m:^\s*(?:>>> |> |#{1,3} |-# ))")


@dataclass(slots=True)
class Seen:
    """What a text is shown as."""

    words: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)  # label ("" for a bare address) and where it leads
    names: list[str] = field(default_factory=list)  # @1 @&1 #1 t:1:f :x:1 /cmd:1 id:customize, @everyone
    marks: int = 0  # signs that change how something looks


def seen(text: str) -> Seen:
    """The text as a reader sees it."""
    found, place = Seen(), 0
    while place < len(text):
        place = _step(text, place, found)
    return found


def _step(text: str, place: int, found: Seen) -> int:
    """Read on from a place; the place behind what was read."""
    if hit := ESCAPED.match(text, place) or CODE.match(text, place):
        found.words += hit[hit.lastindex or 1]
        return hit.end()
    if hit := MASKED.match(text, place):
        found.words += hit[1]
        found.links.append((hit[1], hit[2]))
        return hit.end()
    if hit := ANGLED.match(text, place) or BARE.match(text, place):
        address = hit[hit.lastindex or 0]
        found.words += address
        found.links.append(("", address))
        return hit.end()
    if hit := NAMED.match(text, place) or EVERYONE.match(text, place):
        found.names.append(hit[1] if hit.re is NAMED else hit[0])
        found.words += hit[0]
        return hit.end()
    if hit := MARKS.match(text, place):
        found.marks += 1
        return hit.end()
    found.words += text[place]
    return place + 1
