"""The topic language: phrases as people write them → all topics' phrases in one automaton.

In a phrase a blank separates words, `*` ends a word openly, `(a|b|)` is a choice, with an empty branch if it may be
missing. Phrases are compared as `text.normalise` writes them. One pass over a text finds the phrases of all topics,
so its price follows the length of the text and what is found in it, not the number of topics.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from bot.model import Topic
from bot.topics.text import DENSE, normalise

MOST_WORDINGS = 2_000  # that the choices of one phrase may spell out
_DEEPEST = 20  # choices within choices
_LONGEST_ENDING = 64  # characters that a `*` before another word may stand for; keeps hostile text linear


class PhraseFault(ValueError):
    """A phrase that can't be meant as it stands; the message says what is wrong and what would be right."""

    def __init__(self, what: str, offset: int) -> None:
        self.offset = offset  # the character of the phrase where the fault shows, from 0
        super().__init__(what)


class Word(NamedTuple):
    """One word of a wording."""

    letters: str  # normalised, never empty
    open: bool  # written with `*`: any ending will do


Wording = tuple[Word, ...]  # one way to say a phrase; never empty


# ── a phrase → its wordings


def parse_phrase(phrase: str) -> tuple[Wording, ...]:
    """Every wording that a phrase allows, in the order of its choices, each once; never empty. Raises PhraseFault."""
    _check_stars(phrase)
    spelled_out, end = _sequence(phrase, 0, 0)
    if end < len(phrase):
        raise PhraseFault(f'"{phrase[end]}" stands outside a choice; a choice is written (one|other)', end)
    words_of = cache(partial(_words, phrase))  # thousands of wordings are made of the same few words
    wordings = dict.fromkeys(tuple(chain.from_iterable(map(words_of, each.split()))) for each in spelled_out)
    wordings.pop((), None)
    if not wordings:
        raise PhraseFault("has no letter or digit, so it never matches; write at least one word", 0)
    return tuple(wordings)


def _check_stars(phrase: str) -> None:
    for star in re.finditer(r"\*", phrase):
        if phrase[star.end() : star.end() + 1].strip(" \t\r\n|)"):
            raise PhraseFault('"*" stands inside a word; it can only end one, as in ratif*', star.start())
        if not phrase[: star.start()].rstrip(")")[-1:].strip(" \t\r\n|("):
            raise PhraseFault('"*" has no word before it; write how the word begins, as in ratif*', star.start())


def _sequence(phrase: str, at: int, depth: int) -> tuple[list[str], int]:
    """All spellings from `at` to the end of the phrase or branch, and where that end is."""
    spelled_out = [""]
    while at < len(phrase) and phrase[at] not in "|)":
        if phrase[at] == "(":
            opened, (branches, at) = at, _choice(phrase, at, depth + 1)
            if len(spelled_out) * len(branches) > MOST_WORDINGS:
                raise PhraseFault(f"allows more than {MOST_WORDINGS:,} wordings; write it as several phrases", opened)
            spelled_out = list(map("".join, product(spelled_out, branches)))
        else:
            end = min((place for mark in "()|" if (place := phrase.find(mark, at)) >= 0), default=len(phrase))
            spelled_out = [spelled + phrase[at:end] for spelled in spelled_out]
            at = end
    return spelled_out, at


def _choice(phrase: str, opened: int, depth: int) -> tuple[list[str], int]:
    """The spellings of all branches of a choice, and where it is over."""
    if depth > _DEEPEST:
        raise PhraseFault(f"nests choices more than {_DEEPEST} deep; write it as several phrases", opened)
    branches: list[str] = []
    at = opened
    while at == opened or phrase[at : at + 1] == "|":
        spelled_out, at = _sequence(phrase, at + 1, depth)
        branches += spelled_out
    if at >= len(phrase):
        raise PhraseFault('this "(" is never closed; a choice is written (one|other)', opened)
    if len(branches) > MOST_WORDINGS:
        raise PhraseFault(f"allows more than {MOST_WORDINGS:,} wordings; write it as several phrases", opened)
    return branches, at + 1


def _words(phrase: str, chunk: str) -> tuple[Word, ...]:
    """The words of what stands between two blanks of a spelling of the phrase."""
    stem = chunk.removesuffix("*")
    letters = normalise(stem).words.split()
    if "*" in stem:
        raise PhraseFault('"*" stands inside a word; it can only end one, as in ratif*', phrase.index("*"))
    if stem != chunk and not letters:
        raise PhraseFault('"*" has no word before it; write how the word begins, as in ratif*', phrase.index("*"))
    closed = tuple(Word(each, open=False) for each in letters)
    return closed if stem == chunk else (*closed[:-1], Word(letters[-1], open=True))


# ── topics → one automaton


class Hit(NamedTuple):
    """A phrase found in a text's normalised words."""

    start: int
    end: int
    phrase: int  # index into Rules.phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class NearRule:
    """A topic's `near` in phrase numbers."""

    words: int
    of: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRules:
    """A topic in phrase numbers."""

    id: str
    within: str | None
    depth: int  # how many topics it lies within
    any: frozenset[int]
    near: tuple[NearRule, ...]
    least: int  # of `some`
    some: frozenset[int]
    none: frozenset[int]


class _Segment(NamedTuple):
    """Words of a wording up to one that ends openly, or to its end."""

    letters: str
    open: bool


class _Use(NamedTuple):
    """What a pattern of the automaton, if it stands at the beginning of a word, may be the beginning of."""

    phrase: int
    open: bool
    rest: tuple[_Segment, ...]


_Uses = dict[str, list[_Use]]  # by the letters to look for


class Rules:
    """All topics' phrases, ready to be looked for."""

    def __init__(self, topics: Sequence[TopicRules], phrases: Sequence[str], uses: _Uses) -> None:
        self.phrases = tuple(phrases)  # as written in feeds.yaml
        self.topics = tuple(sorted(topics, key=lambda topic: topic.depth))  # each after the one it lies within
        self._owners: dict[int, list[int]] = defaultdict(list)
        for index, topic in enumerate(self.topics):
            for phrase in topic.any.union(topic.some, *(some for near in topic.near for some in near.of)):
                self._owners[phrase].append(index)
        self._uses = list(uses.values())
        self._automaton = _automaton(list(uses))
        between_blanks = _between_blanks(uses)
        self._plain_uses = list(between_blanks.values())
        self._plain = _automaton(list(between_blanks))
        # The phrase of a pattern that stands for no other and is whole; most are.
        self._plain_single = [
            each[0].phrase if len(each) == 1 and not each[0].open else -1 for each in self._plain_uses
        ]

    def scan(self, words: str) -> list[Hit]:
        """Every phrase that stands in normalised words, overlaps included, in the order in which they begin."""
        return sorted(map(Hit._make, self.hits(words)))

    def hits(self, words: str) -> list[tuple[int, int, int]]:
        """The same as plain tuples, in no order; for whoever sorts them by other things."""
        if not words or self._automaton is None:
            return []
        return self._hits_anywhere(words) if _NOT_BETWEEN_BLANKS.search(words) else self._hits_between_blanks(words)

    def _hits_between_blanks(self, words: str) -> list[tuple[int, int, int]]:
        """In a text whose words all stand between blanks, the blanks are part of what is looked for."""
        if self._plain is None:
            return []
        found = self._plain.find_matches_as_indexes(f" {words} ", overlapping=True)
        single = self._plain_single
        hits = [(start, stop - 2, single[pattern]) for pattern, start, stop in found if single[pattern] >= 0]
        if len(hits) == len(found):
            return hits
        for pattern, start, stop in found:
            for use in self._plain_uses[pattern] if single[pattern] < 0 else ():
                end = _end(words, stop - 1, use) if use.open else stop - 2
                if end is not None:
                    hits.append((start, end, use.phrase))
        return hits

    def _hits_anywhere(self, words: str) -> list[tuple[int, int, int]]:
        if self._automaton is None:
            return []
        return [
            (start, end, use.phrase)
            for pattern, start, stop in self._automaton.find_matches_as_indexes(words, overlapping=True)
            if _begins_word(words, start)
            for use in self._uses[pattern]
            if (end := _end(words, stop, use)) is not None
        ]

    def judged_by(self, phrases: Iterable[int]) -> list[TopicRules]:
        """The topics that one of these phrases may speak for, each after the one it lies within."""
        owners = {index for phrase in phrases for index in self._owners.get(phrase, ())}
        return [self.topics[index] for index in sorted(owners)]


def _automaton(patterns: list[str]) -> AhoCorasick | None:
    return AhoCorasick(patterns, matchkind=MatchKind.Standard) if patterns else None


def _between_blanks(uses: _Uses) -> _Uses:
    """The same with the blank before the first word, and behind the last one where it is not open.

    Half of what an automaton finds in a text stands inside a word; so most of it is never handed to Python.
    """
    found: _Uses = defaultdict(list)
    for letters, each in uses.items():
        if not _NOT_BETWEEN_BLANKS.search(letters):
            for use in each:
                found[f" {letters}" if use.open else f" {letters} "].append(use)
    return found


def compile_rules(topics: Sequence[Topic]) -> Rules:
    """The topics' rules as one automaton. Their phrases are taken to be valid (`parse_phrase`)."""
    numbers: dict[str, int] = {}
    compiled = [_compile_topic(topic, topics, numbers) for topic in topics]
    uses: dict[str, list[_Use]] = defaultdict(list)
    for phrase, number in numbers.items():
        for wording in parse_phrase(phrase):
            first, *rest = _segments(wording)
            uses[first.letters].append(_Use(number, first.open, tuple(rest)))
    return Rules(compiled, list(numbers), uses)


def _compile_topic(topic: Topic, topics: Sequence[Topic], numbers: dict[str, int]) -> TopicRules:
    def number(phrases: Iterable[str]) -> frozenset[int]:
        return frozenset(numbers.setdefault(phrase, len(numbers)) for phrase in phrases)

    return TopicRules(
        id=topic.id,
        within=topic.within,
        depth=_depth(topic, topics),
        any=number(topic.any),
        near=tuple(NearRule(words=near.words, of=tuple(map(number, near.of))) for near in topic.near),
        least=topic.some.least if topic.some else 0,
        some=number(topic.some.of if topic.some else ()),
        none=number(topic.none),
    )


def _depth(topic: Topic, topics: Collection[Topic]) -> int:
    parents = {each.id: each.within for each in topics}
    depth, parent = 0, topic.within
    while parent is not None and depth < len(parents):
        depth, parent = depth + 1, parents.get(parent)
    return depth


def _segments(wording: Wording) -> list[_Segment]:
    segments, letters = [], []
    for word in wording:
        letters.append(word.letters)
        if word.open:
            segments.append(_Segment(" ".join(letters), open=True))
            letters = []
    if letters:
        segments.append(_Segment(" ".join(letters), open=False))
    return segments


# ── where a word begins and ends

_DENSE = re.compile(f"[{DENSE}]")
_NOT_BETWEEN_BLANKS = re.compile(f"[{DENSE}\u0621-\u064a]")  # Arabic too: see _ON_WORD
_FIRST_DENSE = "\u0e00"
# Arabic writes and, so, by, for, like and the article onto the word that follows; at most four letters in all.
_ON_WORD = frozenset(a + b for a in ("", "و", "ف") for b in ("", "ب", "ل", "ك", "ال", "بال", "كال", "لل")) - {""}


def _joins(left: str, right: str) -> bool:
    """True if two neighbouring characters belong to one word, so that a phrase must not end between them."""
    if left == " " or right == " ":
        return False
    return not (left >= _FIRST_DENSE and _DENSE.match(left)) and not (right >= _FIRST_DENSE and _DENSE.match(right))


def _begins_word(words: str, at: int) -> bool:
    if at == 0 or not _joins(words[at - 1], words[at]):
        return True
    return "\u0621" <= words[at] <= "\u064a" and words[max(0, at - 5) : at].rpartition(" ")[2] in _ON_WORD


def _ends_word(words: str, at: int) -> bool:
    return at == len(words) or not _joins(words[at - 1], words[at])


def _end(words: str, at: int, use: _Use) -> int | None:
    """Where a use of a pattern that ends at `at` is over; None if the text goes on in another way."""
    open_so_far = use.open
    for segment in use.rest:
        at = words.find(" ", at, at + _LONGEST_ENDING)
        if at < 0 or not words.startswith(segment.letters, at + 1):
            return None
        at += 1 + len(segment.letters)
        open_so_far = segment.open
    return at if open_so_far or _ends_word(words, at) else None


def whole_words(words: str, start: int, end: int) -> tuple[int, int]:
    """Both offsets, moved out to where the first word begins and the last one ends."""
    while start > 0 and words[start - 1] != " " and _joins(words[start - 1], words[start]):
        start -= 1
    while end < len(words) and words[end] != " " and _joins(words[end - 1], words[end]):
        end += 1
    return start, end
