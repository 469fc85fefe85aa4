"""What was typed, word by word, whatever stands around each (pure).

People type on phones, paste from messages, and quote with whatever quotation marks their keyboard has: width, case,
marks of direction, and the marks around a word make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]|([^\s,;"“”„«»]+)')
_MARKS = "`*_~'‘’.,!?()[]{}<>#|:;…-–—"  # what chats and sentences put around a word

_CHANNEL = re.compile(r"\W*#\w")  # #general, <#C1|general>


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or several in quotation marks."""

    text: str  # as typed
    end: int  # where it ends in all that was typed
    channel: bool = False  # it is a channel's name

    @property
    def key(self) -> str:
        """As we compare it."""
        return self.text.lower()

    @property
    def typed(self) -> str:
        """As it may be typed again."""
        return f'"{self.text}"' if " " in self.text else self.text


class Misspelt(ValueError):
    """A word that is not known, and what is meant by it, as far as that can be told."""

    def __init__(self, what: str, meant: str, word: Word | None = None) -> None:
        """`meant`: "" where nobody can tell; `word`: None where all behind the verb is one name."""
        self.word, self.meant = word, meant
        super().__init__(what)


def words_of(clean: str) -> list[Word]:
    """The words of what is clean, without the command's own name where that was pasted with them."""
    found = [
        Word(text, one.end(), channel=bool(_CHANNEL.match(one[0])))
        for one in _WORD.finditer(clean)
        if (text := _bare(one))
    ]
    return found[1:] if found and found[0].key == "/treaty" else found


def cleaned(words: str) -> str:
    """One width for all characters, and none of those that hide, turn the direction of writing or end a line."""
    shown = (
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
        for char in unicodedata.normalize("NFKC", words)
        if unicodedata.category(char) not in {"Cf", "Cs"}
    )
    # `9 am` is one word.
    return re.sub(r"(\d)\s+([ap]m)\b", r"\1\2", "".join(shown), flags=re.IGNORECASE)


def _bare(found: re.Match[str]) -> str:
    """A word without the marks around it; what stands in quotation marks keeps its own blanks."""
    return (found[1] if found[1] is not None else found[2]).strip().strip(_MARKS)


def put_right(verb: Word, rest: Sequence[Word], wrong: Misspelt) -> str:
    """What was typed, with the word that was meant; "": nobody can tell which that is."""
    if not wrong.meant:
        return ""
    if wrong.word is None:
        return f"{verb.key} {wrong.meant}"
    return " ".join([verb.key, *(wrong.meant if word == wrong.word else word.typed for word in rest)])
