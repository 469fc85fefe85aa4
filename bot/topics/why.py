"""Why an item is under its topics, or what it lacked for the nearest one, each with words that can be looked up.

For a missed item the topics that lie in no other are tried: which phrases stand in it, which are missing, how far
apart they stand, what silenced them. `classify` alone judges; it is asked again with a topic cut down to the phrases
in question, so that what is said here never strays from what is done there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.model import Feed, FieldName, Found, Item, Match, Near, Topic
from bot.topics.classify import classify
from bot.topics.rules import Rules, compile_rules, whole_words
from bot.topics.text import host_of, normalise, sentence_around

NAMED = 6  # phrases of a list, named before …
_ASKED = Topic(id="asked", name="asked")  # with some phrases of another, to ask `classify` about those
_FARTHEST = 4_096  # words; phrases farther from each other are as good as in different texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A phrase that matched, and where."""

    field: FieldName
    phrase: str  # as written in feeds.yaml
    text: str  # the words as the reader sees them
    sentence: str  # that holds them


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """A topic that the item is about, and its proofs, the most telling first."""

    topic: str  # Topic.id
    score: float
    proofs: tuple[Proof, ...]  # never empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The topic that an item came nearest to."""

    topic: str  # Topic.id
    found: tuple[str, ...]  # words of the item that speak for it, as the reader sees them
    lacking: str  # what was lacking, as the rest of a sentence: "lacking one of: un, united nations"

    def __str__(self) -> str:
        """In one line."""
        return f"nearest: {self.topic}. {self.lacking}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What the rules say of an item."""

    matched: tuple[Because, ...]  # the most specific first; empty: it is about no topic
    nearest: Nearest | None  # only where nothing matched; None: no phrase of any topic stands in it


def why(item: Item, rules: Rules, topics: Sequence[Topic]) -> Why:
    """Which phrases put the item under its topics, or what it lacked; `rules` are those of `topics`."""
    matches = classify(item, rules)
    if matches:
        return Why(matched=tuple(because(item, match) for match in matches), nearest=None)
    return Why(matched=(), nearest=nearest(item, rules, topics))


def because(item: Item, match: Match) -> Because:
    """A match with the sentences that prove it."""
    return Because(
        topic=match.topic,
        score=match.score,
        proofs=tuple(
            Proof(
                field=piece.field,
                phrase=piece.phrase,
                text=piece.text,
                sentence=_sentence(getattr(item, piece.field), piece.start, piece.end),
            )
            for piece in match.evidence
        ),
    )


def _sentence(text: str, start: int, end: int) -> str:
    first, last = sentence_around(text, start, end)
    return " ".join(text[first:last].split())


def judged_otherwise(found: Found, told: Why) -> str:
    """A sentence where the present rules judge a stored item otherwise than those by which it was kept; else ""."""
    if set(found.topics) == {one.topic for one in told.matched}:
        return ""
    return f"When it was read, the rules put it under {', '.join(found.topics) or 'no topic'}."


def not_kept(url: str, feeds: Iterable[Feed]) -> str:
    """Where an item that is not stored should have come from, in a sentence or two."""
    names = [f"{feed.name} ({feed.id})" for feed in feeds_of(url, feeds)]
    if not names:
        host = host_of(url)
        whose = f"is of {host}" if host else "would hold it; that is no link"
        return f"No stored item leads to that page, and no feed in feeds.yaml {whose}."
    return f"No stored item leads to that page. It should have come from {' or '.join(names[:3])}."


def as_link(word: str) -> str:
    """A link as people type it, with its scheme; whatever else comes back as it is."""
    word = word.strip().strip("<>")
    return word if "://" in word or "." not in word else f"https://{word}"


def feeds_of(url: str, feeds: Iterable[Feed]) -> list[Feed]:
    """The feeds of the same publisher as a page, as far as their hosts tell."""
    page = _publisher(url)
    return [feed for feed in feeds if page and _publisher(feed.url) == page]


def _publisher(url: str) -> str:
    """A host without what only says which of a publisher's machines it is."""
    host = host_of(url)
    for prefix in ("www.", "feeds.", "rss.", "m.", "amp."):
        host = host.removeprefix(prefix)
    return host


# ── what was lacking


class _Lack(NamedTuple):
    """What a topic lacked; the nearer, the better the item would have fitted."""

    nearness: float  # 0 … 1
    found: tuple[str, ...]  # phrases, as written
    lacking: str


class _Text:
    """An item, and the phrases that stand in it: each with the words of its first place."""

    def __init__(self, item: Item, rules: Rules) -> None:
        self.item = item
        self.words: dict[str, str] = {}
        for text in (item.title, item.summary, item.content):
            normal = normalise(text)
            for start, end, phrase in rules.scan(normal.words):
                if (written := rules.phrases[phrase]) not in self.words:
                    first, last = normal.span(*whole_words(normal.words, start, end))
                    self.words[written] = normal.text[first:last]

    def those_of(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """The phrases of these that stand in it, in the same order."""
        return tuple(phrase for phrase in phrases if phrase in self.words)

    def suffices(self, topic: Topic) -> bool:
        """Whether the item would be about such a topic."""
        return bool(classify(self.item, compile_rules([topic])))

    def span(self, lists: Sequence[tuple[str, ...]]) -> tuple[int | None, list[str]]:
        """Within how many words one phrase of each list stands (None: never where it counts), and which ones."""

        def within(words: int, of: Sequence[tuple[str, ...]]) -> bool:
            return self.suffices(replace(_ASKED, near=(Near(words=words, of=tuple(of)),)))

        chosen = list(lists)
        if not within(_FARTHEST, chosen):
            return None, [phrases[0] for phrases in lists]
        low, high = 0, _FARTHEST  # too few, enough
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if within(middle, chosen) else (middle, high)
        for index, phrases in enumerate(lists):
            tries = ([*chosen[:index], (phrase,), *chosen[index + 1 :]] for phrase in phrases)
            chosen = next(one for one in tries if within(high, one))
        return high, [phrases[0] for phrases in chosen]

    def quoted(self, phrases: Iterable[str]) -> str:
        """The words of these phrases as the reader sees them: “UN”, “treaty”."""
        return ", ".join(
            f"“{' '.join(words.split())}”" for words in dict.fromkeys(map(self.words.__getitem__, phrases))
        )


def nearest(item: Item, rules: Rules, topics: Sequence[Topic]) -> Nearest | None:
    """Which topic an item that matched none came nearest to; None: no phrase of any stands in it."""
    text = _Text(item, rules)
    best: tuple[Topic, _Lack] | None = None
    for topic in topics:
        if topic.within is not None:
            continue  # judged only where its parent matched
        for lack in _lacks(topic, text):
            if best is None or lack.nearness > best[1].nearness:
                best = topic, lack
    if best is None:
        return None
    topic, lack = best
    return Nearest(topic=topic.id, found=tuple(text.words[phrase] for phrase in lack.found), lacking=lack.lacking)


def _lacks(topic: Topic, text: _Text) -> Iterator[_Lack]:
    """What the topic lacked, in each way in which its phrases may suffice."""
    pared, silencing = _pared(topic, text), text.those_of(topic.none)
    if silencing and text.suffices(pared):
        found = text.those_of(_phrases(pared))
        yield _Lack(0.9, found, f"Found {text.quoted(found[:NAMED])}; silenced by {text.quoted(silencing)}.")
        return
    if pared.any:
        yield _Lack(0.8, pared.any, f"Found {text.quoted(pared.any)}, but only once, deep in the text or below it.")
    for near in topic.near:
        yield from _lacks_near(near, text)
    if topic.some:
        weak = pared.some.of if pared.some else ()
        if weak and len(weak) < topic.some.least:
            others = [phrase for phrase in topic.some.of if phrase not in weak]
            missing = topic.some.least - len(weak)
            lacking = f"Found {text.quoted(weak)}; lacking {missing} more of: {named(others)}."
            yield _Lack(0.6 * len(weak) / topic.some.least, weak, lacking)
        elif weak:
            yield _Lack(0.7, weak, f"Found {text.quoted(weak)}, but not all in title, summary or opening.")


def _lacks_near(near: Near, text: _Text) -> Iterator[_Lack]:
    lists = [text.those_of(phrases) for phrases in near.of]
    standing = [phrases for phrases in lists if phrases]
    if not standing:
        return
    span, shown = text.span(standing) if len(standing) > 1 else (None, [standing[0][0]])
    apart = f" within {span} words" if span else ""
    if len(standing) == len(lists):
        told = (
            f"but{apart}, not within {near.words}" if span else f"but never where it counts within {near.words} words"
        )
        yield _Lack(0.75, tuple(shown), f"Found {text.quoted(shown)}, {told}.")
        return
    missing = "; and one of: ".join(named(of) for of, phrases in zip(near.of, lists, strict=True) if not phrases)
    close = 0.05 if span and span <= near.words else 0
    lacking = f"Found {text.quoted(shown)}{apart}; lacking one of: {missing}."
    yield _Lack(0.6 * len(standing) / len(lists) + close, tuple(shown), lacking)


def named(phrases: Sequence[str]) -> str:
    """The first of some phrases, as written."""
    return ", ".join([*phrases[:NAMED], *["…"] * (len(phrases) > NAMED)])


def _phrases(topic: Topic) -> list[str]:
    return [
        *topic.any,
        *(phrase for near in topic.near for phrases in near.of for phrase in phrases),
        *(topic.some.of if topic.some else ()),
    ]


def _pared(topic: Topic, text: _Text) -> Topic:
    """The topic with only the phrases that stand in the text, and with nothing that silences them."""
    near = (Near(words=near.words, of=tuple(map(text.those_of, near.of))) for near in topic.near)
    weak = text.those_of(topic.some.of) if topic.some else ()
    return replace(
        _ASKED,
        any=text.those_of(topic.any),
        near=tuple(each for each in near if all(each.of)),
        some=replace(topic.some, of=weak) if topic.some and weak else None,
    )
