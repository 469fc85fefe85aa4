"""Text from outside, made safe to show, whatever the platform."""

from __future__ import annotations

import unicodedata

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
