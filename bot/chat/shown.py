"""Text from outside, made safe to show, whatever the platform."""

from __future__ import annotations

import unicodedata

from bot.delivery.quote import clip

# Of the invisible only these two are needed, by Persian, by Indian scripts and by emoji.
JOINERS = "\u200c\u200d"


def plain(words: str) -> str:
    """Text from outside on one line, with nothing hidden and nothing turned around."""
    # Most are as they should be; to say so takes a hundredth of looking at each character.
    return words if words.isprintable() else "".join(map(_plain, words))


def _plain(char: str) -> str:
    if char.isspace():
        return " "
    hidden = unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char not in JOINERS
    return "" if hidden else char


def short(words: str, limit: int) -> str:
    """The words in at most so many characters as a platform may count them."""
    room = limit
    while units(shown := clip(words, room)) > limit:
        room -= max((units(shown) - limit) // 2, 1)
    return shown


def units(words: str) -> int:
    """Length in UTF-16, the safe side of what a platform may count: an emoji is two."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2
