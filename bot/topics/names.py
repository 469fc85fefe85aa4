"""A table of names in many languages, and where a text uses them.

A line of the table is `Name: form, form, …`: by which name we know it, then the words that stand for it; the name
itself is no form. A line that begins with blanks continues the one before. `*` leaves a word's end open, for "Qatari"
and for Russian and Tamil endings. A form in capitals counts only where the text has capitals too: "US" is not
"us". Chinese is found inside its sentences; an Arabic word also behind its article or "and", "in", "to", and as an
adjective.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.topics.text import DENSE, Normal, normalise

# "and", "in", "to", "the", which Arabic writes as one word with the name, and the endings of adjectives.
_BEFORE = ("", "ال", "و", "ب", "ل", "وال", "بال", "لل", "ف", "ك", "وب", "ول")
_AFTER = (("", ""), ("ي", ""), ("يه", ""), ("ي", "يا"), ("يه", "يا"), ("ي", "ا"), ("يه", "ا"))
_LEAST_STEM = 3  # letters before a `*`
_REMEMBERED = 20_000  # words; a text's words are mostly those of the text before


class Mention(NamedTuple):
    """A name of the table used in a text."""

    name: str  # as the table knows it
    start: int  # offsets into Normal.words; Normal.span leads from there to the text as given
    end: int


class _Form(NamedTuple):
    """What must follow a form's first word."""

    rest: tuple[str, ...]
    name: str
    capitals: bool


class Names:
    """A table, ready to be looked up; the time to look does not grow with the table."""

    def __init__(self, table: str) -> None:
        """Read the table; of forms that several lines have the first line's counts."""
        words: dict[str, list[_Form]] = {}
        stems: dict[str, list[_Form]] = {}
        dense: dict[str, str] = {}
        self.all: tuple[str, ...] = ()  # the names, in the order of the table
        for line in table.strip().replace("\n    ", " ").splitlines():
            name, _, forms = line.partition(": ")
            self.all += (name,)
            for form in forms.split(", "):
                if re.match(f"[{DENSE}]", form):
                    dense.setdefault(normalise(form).words, name)
                else:
                    _add(form, name, words, stems)
        self._begun = _Begun(words, stems)
        self._dense = dense
        self._dense_form = re.compile("|".join(sorted(map(re.escape, dense), key=len, reverse=True)) or "(?!)")

    def find(self, text: Normal) -> list[Mention]:
        """Where the text uses any, in the order of the text; of names that overlap the longest."""
        found = list(self._spelled(text))
        if text.words.isascii():
            return found
        dense = [Mention(self._dense[each[0]], *each.span()) for each in self._dense_form.finditer(text.words)]
        return sorted(found + dense, key=lambda mention: mention.start) if dense else found

    def _spelled(self, text: Normal) -> Iterator[Mention]:
        words = text.words.split(" ")
        at = passed = 0  # where the word stands of which so many words are passed
        # Of most words no form begins with them, so these are passed over before anything else is looked at.
        for number, forms in enumerate(map(self._begun.__getitem__, words)):
            if not forms or number < passed:
                continue
            at += sum(map(len, words[passed:number])) + number - passed
            passed = number
            name, length = _longest(forms, text, words[number : number + 8], at)
            if length:
                end = at + len(" ".join(words[number : number + length]))
                yield Mention(name, at, end)
                at, passed = end + 1, number + length


class _Begun(dict[str, list[_Form]]):
    """What may begin with each word, a whole word before the stems, the longest first; filled as words turn up."""

    def __init__(self, words: dict[str, list[_Form]], stems: dict[str, list[_Form]]) -> None:
        super().__init__()
        self._words, self._stems = words, stems
        self._longest = max(map(len, stems), default=0)

    def __missing__(self, word: str) -> list[_Form]:
        found = self._begin(word)
        if not found and "\u0600" <= word[:1] <= "\u06ff":
            found = next(filter(None, map(self._begin, _arabic(word))), [])
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = found
        return found

    def _begin(self, word: str) -> list[_Form]:
        found = list(self._words.get(word, ()))
        for length in range(min(len(word), self._longest), _LEAST_STEM - 1, -1):
            found += self._stems.get(word[:length], ())
        return found


def _add(form: str, name: str, words: dict[str, list[_Form]], stems: dict[str, list[_Form]]) -> None:
    first, *rest = _parts(form)
    entry = _Form(tuple(rest), name, form.isupper())
    if first.endswith("*"):
        stems.setdefault(first[:-1], []).append(entry)
        return
    words.setdefault(first, []).append(entry)
    if first.startswith("ال"):
        words.setdefault(first[2:], words[first])


def _longest(forms: list[_Form], text: Normal, words: list[str], start: int) -> tuple[str, int]:
    """The name of the most words from here, and of how many; ("", 0) if none fits."""
    best = ("", 0)
    for form in forms:
        length = len(form.rest) + 1
        fits = best[1] < length <= len(words) and all(map(_fits, form.rest, words[1:length]))
        if fits and not (form.capitals and not _in_capitals(text, start, words[:length])):
            best = (form.name, length)
    return best


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _in_capitals(text: Normal, start: int, words: list[str]) -> bool:
    first, last = text.span(start, start + len(" ".join(words)))
    return text.text[first:last].isupper()


def _arabic(word: str) -> Iterator[str]:
    """What an Arabic word may be without its article and the like, or as the name behind an adjective."""
    for before in _BEFORE:
        bare = word.removeprefix(before)
        for after, instead in _AFTER if bare != word or not before else ():
            if bare.endswith(after) and len(bare) - len(after) >= _LEAST_STEM:
                yield bare.removesuffix(after) + instead


def _parts(form: str) -> list[str]:
    """A form's words, as `normalise` would part them."""
    parts: list[str] = []
    for part in form.split():
        *spread, last = normalise(part).words.split()
        parts += [*spread, last + "*" * part.endswith("*")]
    return parts
