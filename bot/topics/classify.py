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
is mentioned further down does not change what an item is about. Where a name was found, nothing is looked for that
would tell less: beside one in title or summary no `near` and no `some`, beside one in the opening none in the content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from bot.model import Evidence, FieldName, Item, Match
from bot.topics.rules import NearRule, Rules, TopicRules, whole_words
from bot.topics.tail import without_others, without_tail
from bot.topics.text import Normal, normalise

OPENING = 1_500  # normalised characters of summary and of content that say what an item is about
_PIECES = 5  # of evidence for a match
_FAR = 1_000_000_000  # words between summary and content: no `near` reaches across


# How telling a place is, in hundredths of a score.
TITLE, SUMMARY, BEGINNING, DEEP = 85, 70, 55, 25
# What a proof of a sort lacks, in hundredths of a score.
_ANY, _NEAR, _SOME = 0, 10, 30


class Spot(NamedTuple):
    """A phrase, where it stands in an item. Sorts as one reads."""

    field: int  # index into Page.fields
    start: int  # in the field's normalised words
    end: int
    phrase: int
    place: int  # how telling that is


class Located(NamedTuple):
    """The same by its first and last word, counted from the title through the summary, and for the content anew."""

    first: int
    last: int
    found: Spot


class _Proof(NamedTuple):
    """What suffices for a topic: a phrase of `any`, one of each list of a `near`, or the phrases of `some`.

    Sorts by what it is worth, the most telling first, and then as one reads.
    """

    wanting: int  # hundredths of a score that it lacks for 1
    found: tuple[Spot, ...]  # never empty
    place: int  # the least telling place of its parts


def _proof(sort: int, found: tuple[Spot, ...]) -> _Proof:
    place = found[0].place if len(found) == 1 else min([each.place for each in found])
    return _Proof(100 - place + sort, found, place)


class _Judgement(NamedTuple):
    """What speaks for a topic."""

    score: float
    pieces: list[Spot]  # never empty; the most telling first


_PLACE_OF = attrgetter("place")
_spot = Spot._make


class Page:
    """An item's text, read once for all topics."""

    def __init__(self, fields: tuple[tuple[FieldName, Normal], ...]) -> None:
        self.fields = fields  # title, summary, content
        self.found: dict[int, list[Spot]] = {}  # by phrase, each list as one reads
        self.above: set[int] = set()  # phrases that stand in title or summary
        self._located: dict[int, list[Located]] = {}
        self._shown: dict[Spot, Evidence] = {}

    def all_of(self, phrases: frozenset[int]) -> list[Spot]:
        """Where any of these phrases stands."""
        found = self.found
        return [spot for phrase in phrases if phrase in found for spot in found[phrase]]

    def located(self, phrases: frozenset[int]) -> list[Located]:
        """The same, counted in words."""
        wanted = phrases & self.found.keys()
        for phrase in wanted - self._located.keys():
            self._located[phrase] = list(map(self._locate, self.found[phrase]))
        return [located for phrase in wanted for located in self._located[phrase]]

    def _locate(self, found: Spot) -> Located:
        title, normal = self.fields[0][1], self.fields[found.field][1]
        begins = (0, title.steps(len(title.words)) + 1, _FAR)[found.field]
        return Located(begins + normal.steps(found.start), begins + normal.steps(found.end), found)

    def evidence(self, found: Spot, rules: Rules) -> Evidence:
        """The same as the reader sees it; worked out once for all topics."""
        if found not in self._shown:
            field, normal = self.fields[found.field]
            start, end = normal.span(*whole_words(normal.words, found.start, found.end))
            phrase, text = rules.phrases[found.phrase], normal.text[start:end]
            self._shown[found] = Evidence(field=field, phrase=phrase, text=text, start=start, end=end)
        return self._shown[found]


def classify(item: Item, rules: Rules) -> list[Match]:
    """Topics the item is about, the most specific and then the surest first, each with the evidence that proves it.

    A topic with `within` is judged only where its parent matched. Offsets in the evidence point into the item's own
    text, `evidence.text == item.<field>[start:end]`; the most telling piece stands first, five at most.
    """
    page = read_page(item, rules)
    if not page.found:
        return []
    matched: dict[str, tuple[int, Match]] = {}
    for topic in rules.judged_by(page.found):
        if topic.within is not None and topic.within not in matched:
            continue
        if judgement := _judge(topic, page):
            pieces = tuple([page.evidence(spot, rules) for spot in judgement.pieces])
            matched[topic.id] = topic.depth, Match(item=item.id, topic=topic.id, score=judgement.score, evidence=pieces)
    return [match for _, match in sorted(matched.values(), key=lambda pair: (-pair[0], -pair[1].score))]


# ── reading


def read_page(item: Item, rules: Rules) -> Page:
    """An item's text and every phrase that stands in it, without what a publisher puts under it."""
    texts: tuple[tuple[FieldName, str], ...] = (
        ("title", item.title),
        ("summary", without_tail(without_others(item.summary))),
        ("content", without_tail(item.content)),
    )
    page = Page(tuple((name, normalise(text)) for name, text in texts))
    for index, (_, normal) in enumerate(page.fields):
        place_above = (TITLE, SUMMARY, BEGINNING)[index]
        for start, end, phrase in rules.hits(normal.words):
            spot = _spot((index, start, end, phrase, place_above if start < OPENING else DEEP))
            if phrase in page.found:
                page.found[phrase].append(spot)
            else:
                page.found[phrase] = [spot]
        if index == 1:
            page.above.update(page.found)
    return page


# ── judging


def _judge(topic: TopicRules, page: Page) -> _Judgement | None:
    """What speaks for a topic; None if it does not suffice."""
    names = page.all_of(topic.any)
    if not topic.near and not topic.some:
        return _by_names(names)
    named = max([spot.place for spot in names], default=0)
    if named >= SUMMARY or any(spot.place != DEEP for spot in page.all_of(topic.none)):
        return _by_names(names)
    proofs = [_proof(_ANY, (spot,)) for spot in names]
    inside = page.above if named == BEGINNING else page.found.keys()
    for near in topic.near:
        if not any(map(inside.isdisjoint, near.of)):
            proofs += _near(near, page)
    proofs += _some(topic, page) if named < BEGINNING else ()
    if all(proof.place == DEEP for proof in proofs) and not _stand_apart(proof.found for proof in proofs):
        return None
    proofs.sort()
    others = len({proof.found[0].phrase for proof in proofs}) - 1
    pieces = _telling(chain.from_iterable(proof.found for proof in proofs))
    return _Judgement(_score(100 - proofs[0].wanting, others), pieces)


def _by_names(names: list[Spot]) -> _Judgement | None:
    """The judgement of names alone, without the detour over proofs: most topics have nothing else."""
    if len(names) == 1:
        return _Judgement(_score(names[0].place, 0), names) if names[0].place != DEEP else None
    if not names:
        return None
    names.sort()
    names.sort(key=_PLACE_OF, reverse=True)
    if names[0].place == DEEP and not _stand_apart((spot,) for spot in names):
        return None
    others = len({spot.phrase for spot in names}) - 1
    return _Judgement(_score(names[0].place, others), _telling(names))


def _near(near: NearRule, page: Page) -> Iterator[_Proof]:
    """Each stretch of at most so many words that holds one phrase of each list."""
    lists = map(page.located, near.of)
    last: dict[int, Located] = {}
    for located, index in sorted((located, index) for index, each in enumerate(lists) for located in each):
        last[index] = located
        if len(last) == len(near.of):
            begin, end = min(each.first for each in last.values()), max(each.last for each in last.values())
            if end - begin < near.words:
                yield _proof(_NEAR, tuple(last[index].found for index in range(len(last))))


def _some(topic: TopicRules, page: Page) -> list[_Proof]:
    """The first place of each weak phrase outside what stands further down, if there are enough of them."""
    first = {found.phrase: found for found in sorted(page.all_of(topic.some), reverse=True)}
    found = sorted(each for each in first.values() if each.place != DEEP)
    return [_proof(_SOME, tuple(found))] if found and len(found) >= topic.least else []


def _stand_apart(proofs: Iterable[tuple[Spot, ...]]) -> bool:
    """True if at least two of them share no word."""
    spans = sorted((min(spots)[:2], max(spots)[::2]) for spots in proofs)
    return bool(spans) and spans[-1][0] >= min(end for _, end in spans)


def _score(best: int, others: int) -> float:
    return min(100, best + 5 * min(3, others)) / 100


# ── proving


def _telling(spots: Iterable[Spot]) -> list[Spot]:
    """The pieces to show: each phrase once in a field, none inside another."""
    chosen: list[Spot] = []
    for spot in spots:
        for each in chosen:
            if each.field == spot.field and (
                each.phrase == spot.phrase or (each.start < spot.end and spot.start < each.end)
            ):
                break
        else:
            chosen.append(spot)
            if len(chosen) == _PIECES:
                break
    return chosen
