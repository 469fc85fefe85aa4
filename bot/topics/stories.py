"""Which items tell the same story.

Two items are one story if they lead to the same page, or if two feeds give them the same title, but for articles,
labels such as "Update" and the spelling of long words, or the same opening, as with the copy of an agency. A wrong
merge hides news from a channel, a story told twice only repeats it; so whatever may tell another event keeps two
items apart: a number, a country, "to sign" instead of "signs", another order of words, three days between them.
Of the labelled pairs that this was tried on, it merged none that are different.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from bot.model import Coverage, Item, ItemId, Match, Story
from bot.topics.text import canonical_link, normalise

_FEWEST_WORDS = 4  # of a title that says enough; "Press release" is the title of many stories
_FARTHEST = timedelta(days=3)  # between two reports of one event; later the same words may tell the next one
_PLURAL, _SPELLING = 5, 8  # letters of a word that may have an "s" more, or one letter else inside: organi(s|z)ation
_OPENING, _LEAST_OPENING, _RUN = 60, 30, 4  # words that are compared, that are enough, that make a run
_SHARED = 0.7  # of the shorter opening's runs; two papers that both spell out the full name may share 0.6

# They change nothing of what a title tells. "to", "will" and "not" do, so they are not among them.
_EMPTY = frozenset(
    normalise(
        "a an the of in on at for and by with as der die das des dem den ein eine und le la les l du de d un une et el"
        " los las del y o os as da do das dos em e в во на о об и update updated breaking exclusive video watch live"
    ).words.split()
)


class _Told(NamedTuple):
    """An item of a story, ready to be compared."""

    story: str  # Story.id
    item: Item
    link: str  # canonical; "" if it has none
    words: tuple[str, ...]  # of the title, without the empty ones; () if the title says too little
    runs: frozenset[tuple[str, ...]]  # of the opening; none if it says too little


def tell(items: Sequence[tuple[Item, tuple[Match, ...]]], stories: Sequence[Story]) -> list[tuple[str, ItemId]]:
    """The story that each new item tells, in the order of the items: one of `stories`, or a new one.

    Items of the same call may tell the same new story. A new story's id follows from its first item alone.
    """
    told = [_told(story.id, part.item) for story in stories for part in story.told_by]
    answer = []
    for item, _ in items:
        new = _told(_new_story(item), item)
        known = next((each.story for each in told if _same_page(new, each)), None)
        known = known or next((each.story for each in told if _same_news(new, each)), None)
        told.append(new._replace(story=known or new.story))
        answer.append((told[-1].story, item.id))
    return answer


def lead_first(parts: Iterable[Coverage]) -> tuple[Coverage, ...]:
    """A story's coverage as it is told: nearest to the facts first, then earliest, then by feed."""
    return tuple(sorted(parts, key=lambda part: (part.rank, part.item.seen, part.item.feed)))


def _new_story(item: Item) -> str:
    return sha256(f"{item.feed}\n{item.key}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _told(story: str, item: Item) -> _Told:
    title = normalise(item.title.rpartition(" | ")[0] or item.title)  # "… | Electronic Frontier Foundation"
    enough = title.words and title.steps(len(title.words)) + 1 >= _FEWEST_WORDS
    words = tuple(word for word in title.words.split() if word not in _EMPTY) if enough else ()
    link = canonical_link(item.link) if item.link else ""
    return _Told(story, item, link, words, _runs(item.summary or item.content[: 20 * _OPENING]))


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = normalise(text).words.split()[:_OPENING]
    if len(words) < _LEAST_OPENING:
        return frozenset()
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _same_page(one: _Told, other: _Told) -> bool:
    return one.link != "" and one.link == other.link


def _same_news(one: _Told, other: _Told) -> bool:
    """True if two feeds tell the same words at about the same time; a feed itself has reasons to repeat its own."""
    if one.item.feed == other.item.feed:
        return False
    if abs((one.item.published or one.item.seen) - (other.item.published or other.item.seen)) > _FARTHEST:
        return False
    return _same_title(one.words, other.words) or _same_opening(one, other)


def _same_title(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one or not other:
        return False
    if "".join(one) == "".join(other):  # also Viet Nam and Vietnam
        return True
    return len(one) == len(other) and all(map(_same_word, one, other))


def _same_opening(one: _Told, other: _Told) -> bool:
    if not one.runs or not other.runs or _numbers(one.words) != _numbers(other.words):
        return False
    return len(one.runs & other.runs) >= _SHARED * min(len(one.runs), len(other.runs))


def _numbers(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in words if any(map(str.isdigit, word)))


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    # A single character can be a whole word in Chinese, and a digit another number.
    if not (one.isascii() and one.isalpha() and other.isascii() and other.isalpha()):
        return False
    shorter, longer = sorted((one, other), key=len)
    if longer == shorter + "s":
        return len(shorter) >= _PLURAL
    same_ends = one[0] == other[0] and one[-1] == other[-1]
    return same_ends and len(shorter) >= _SPELLING and Levenshtein.distance(one, other, score_cutoff=1) <= 1
