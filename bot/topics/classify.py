"""An item and the rules → the topics it is about, each with the words that prove it.

Title, summary and the opening of the content say what an item is about; further down, a single proof is a passing
mention and does not count, two do. Names count most (`any`), words near each other less (`near`), a handful of weak
words least (`some`). The score is that of the best proof, in hundredths, and 5 more for each other phrase, up to 15:

                              any   near   some
    title                      85     75     55
    summary                    70     60     40
    opening of the content     55     45     25
    further down               25     15      -

`near` is looked for in title and summary as one passage and in the content as another; a proof in several places
counts as the least of them. `none` silences `near` and `some` where it stands in one of the first three places: what
is mentioned further down does not change what an item is about. Where a name stands in title or summary, nothing
weaker is looked for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import chain
from typing import NamedTuple

from bot.model import Evidence, FieldName, Item, Match
from bot.topics.rules import NearRule, Rules, TopicRules, whole_words
from bot.topics.text import Normal, normalise

OPENING = 1_500  # normalised characters of summary and of content that say what an item is about
_PIECES = 5  # of evidence for a match
_FAR = 1_000_000_000  # words between summary and content: no `near` reaches across


class _Place(IntEnum):
    """How telling a place is, in hundredths of a score."""

    TITLE = 85
    SUMMARY = 70
    OPENING = 55
    DEEP = 25


class _Sort(IntEnum):
    """What a proof of this sort lacks, in hundredths of a score."""

    ANY = 0
    NEAR = 10
    SOME = 30


class _Found(NamedTuple):
    """A phrase, where it stands in an item. Sorts as one reads."""

    field: int  # index into _Page.fields
    start: int  # in the field's normalised words
    end: int
    phrase: int
    place: _Place


class _Located(NamedTuple):
    """The same by its first and last word, counted from the title through the summary, and for the content anew."""

    first: int
    last: int
    found: _Found


class _Proof(NamedTuple):
    """What suffices for a topic: a phrase of `any`, one of each list of a `near`, or the phrases of `some`."""

    sort: _Sort
    found: tuple[_Found, ...]  # never empty

    @property
    def place(self) -> _Place:
        """The least telling place of its parts."""
        return min(each.place for each in self.found)

    @property
    def worth(self) -> int:
        """Hundredths of a score."""
        return self.place - self.sort


class _Page:
    """An item's text, read once for all topics."""

    def __init__(self, fields: tuple[tuple[FieldName, Normal], ...]) -> None:
        self.fields = fields  # title, summary, content
        self.found: dict[int, list[_Found]] = defaultdict(list)  # by phrase, each list as one reads
        self._located: dict[int, list[_Located]] = {}

    def all_of(self, phrases: frozenset[int]) -> list[_Found]:
        """Where any of these phrases stands."""
        return [found for phrase in phrases & self.found.keys() for found in self.found[phrase]]

    def located(self, phrases: frozenset[int]) -> list[_Located]:
        """The same, counted in words."""
        for phrase in phrases & self.found.keys() - self._located.keys():
            self._located[phrase] = [
                _Located(
                    self._words_before(found.field, found.start), self._words_before(found.field, found.end), found
                )
                for found in self.found[phrase]
            ]
        return [located for phrase in phrases & self._located.keys() for located in self._located[phrase]]

    def _words_before(self, field: int, offset: int) -> int:
        title = self.fields[0][1]
        begins = (0, title.steps(len(title.words)) + 1, _FAR)[field]
        return begins + self.fields[field][1].steps(offset)


def classify(item: Item, rules: Rules) -> list[Match]:
    """Topics the item is about, the most specific and then the surest first, each with the evidence that proves it.

    A topic with `within` is judged only where its parent matched. Offsets in the evidence point into the item's own
    text, `evidence.text == item.<field>[start:end]`; the most telling piece stands first, five at most.
    """
    page = _read(item, rules)
    matched: dict[str, tuple[int, Match]] = {}
    for topic in rules.judged_by(page.found):
        if topic.within is not None and topic.within not in matched:
            continue
        if proofs := _proofs(topic, page):
            pieces = tuple(_evidence(found, page, rules) for found in _telling(proofs))
            matched[topic.id] = topic.depth, Match(item=item.id, topic=topic.id, score=_score(proofs), evidence=pieces)
    return [match for _, match in sorted(matched.values(), key=lambda pair: (-pair[0], -pair[1].score))]


# ── reading


def _read(item: Item, rules: Rules) -> _Page:
    texts: tuple[tuple[FieldName, str], ...] = (
        ("title", item.title),
        ("summary", _without_tail(item.summary)),
        ("content", _without_tail(item.content)),
    )
    page = _Page(tuple((name, normalise(text)) for name, text in texts))
    for index, (_, normal) in enumerate(page.fields):
        for start, end, phrase in rules.scan(normal.words):
            place = (_Place.TITLE, _Place.SUMMARY, _Place.OPENING)[index] if start < OPENING else _Place.DEEP
            page.found[phrase].append(_Found(index, start, end, phrase, place))
    return page


# What WordPress puts under every item, in the languages of our feeds.
_SYNDICATED = re.compile(
    r"\b(?:The post|Der Beitrag|L.article|La entrada|O post|Запись|Сообщение) .{1,400}?"
    r" (?:appeared first on|erschien zuerst auf|est apparu en premier sur|(?:apareció|se publicó) primero en"
    r"|apareceu primeiro em|впервые появилась|появил(?:ись|ось) сначала на) .{1,200}\Z",
    re.DOTALL,
)
# A line that begins what a publisher puts under an article: other articles, comments, a call, who the author is.
_UNDERNEATH = re.compile(
    r"^[ \t]*(?:(?:related(?: \w+)?|read (?:more|next|also)|see also|more from .{1,60}|you (?:may|might) also like"
    r"|about the authors?|filed under|comments|leave a (?:comment|reply)|tags|share this"
    r"|lesen sie auch|mehr zum thema|über (?:den autor|die autorin)|à lire aussi|lire aussi|lea también|leia também"
    r"|читайте также|اقرأ أيضا|相关阅读)[ \t]*:?[ \t]*$"
    r"|(?:subscribe|sign up|join) .{0,80}(?:newsletter|mailing list|updates|digest)"
    r"|(?-i:[A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30}){1,4}) is (?:an?|the) .{0,80}"
    r"\b(?:fellow|director|professor|researcher|analyst|author|journalist|reporter|writer|editor|lawyer|advis[eo]r)\b)",
    re.IGNORECASE | re.MULTILINE,
)


def _without_tail(text: str) -> str:
    """The text up to what stands under it, so that no offset moves."""
    if found := _SYNDICATED.search(text, max(0, len(text) - 700)):
        text = text[: found.start()]
    # In the first half such a line may be the article's own.
    if found := _UNDERNEATH.search(text, len(text) // 2):
        text = text[: found.start()]
    return text


# ── judging


def _proofs(topic: TopicRules, page: _Page) -> list[_Proof]:
    """What speaks for a topic, the most telling first; [] if it does not suffice."""
    proofs = [_Proof(_Sort.ANY, (found,)) for found in page.all_of(topic.any)]
    named = any(proof.place >= _Place.SUMMARY for proof in proofs)
    if not named and all(found.place is _Place.DEEP for found in page.all_of(topic.none)):
        proofs += chain.from_iterable(_near(near, page) for near in topic.near)
        proofs += _some(topic, page)
    if all(proof.place is _Place.DEEP for proof in proofs) and not _stand_apart(proofs):
        return []
    return sorted(proofs, key=lambda proof: (-proof.worth, proof.found))


def _near(near: NearRule, page: _Page) -> Iterator[_Proof]:
    """Each stretch of at most so many words that holds one phrase of each list."""
    lists = [page.located(phrases) for phrases in near.of]
    if not all(lists):
        return
    last: dict[int, _Located] = {}
    for located, index in sorted((located, index) for index, each in enumerate(lists) for located in each):
        last[index] = located
        if len(last) == len(lists):
            begin, end = min(each.first for each in last.values()), max(each.last for each in last.values())
            if end - begin < near.words:
                yield _Proof(_Sort.NEAR, tuple(last[index].found for index in range(len(lists))))


def _some(topic: TopicRules, page: _Page) -> list[_Proof]:
    """The first place of each weak phrase outside what stands further down, if there are enough of them."""
    first = {found.phrase: found for found in sorted(page.all_of(topic.some), reverse=True)}
    found = sorted(each for each in first.values() if each.place is not _Place.DEEP)
    return [_Proof(_Sort.SOME, tuple(found))] if found and len(found) >= topic.least else []


def _stand_apart(proofs: Iterable[_Proof]) -> bool:
    """True if at least two of them share no word."""
    spans = sorted((min(proof.found)[:2], max(proof.found)[::2]) for proof in proofs)
    return bool(spans) and spans[-1][0] >= min(end for _, end in spans)


def _score(proofs: list[_Proof]) -> float:
    others = len({proof.found[0].phrase for proof in proofs}) - 1
    return min(100, proofs[0].worth + 5 * min(3, others)) / 100


# ── proving


def _telling(proofs: list[_Proof]) -> list[_Found]:
    """The pieces to show: each phrase once in a field, none inside another."""
    chosen: list[_Found] = []
    for found in chain.from_iterable(proof.found for proof in proofs):
        shown = (each for each in chosen if each.field == found.field)
        if not any(
            each.phrase == found.phrase or (each.start < found.end and found.start < each.end) for each in shown
        ):
            chosen.append(found)
        if len(chosen) == _PIECES:
            break
    return chosen


def _evidence(found: _Found, page: _Page, rules: Rules) -> Evidence:
    field, normal = page.fields[found.field]
    start, end = normal.span(*whole_words(normal.words, found.start, found.end))
    phrase = rules.phrases[found.phrase]
    return Evidence(field=field, phrase=phrase, text=normal.text[start:end], start=start, end=end)
