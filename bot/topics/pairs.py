"""Whether two items tell one story: the same page, the same title or opening, or one event in both.

Titles are the same but for articles, labels such as "Update" and the spelling of long words; an opening is the same if
it was copied, as from an agency; whether both tell one event, also across languages, bot/topics/likeness.py finds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from bot.model import Item, Telling
from bot.topics.likeness import Profile, likeness, profile_of
from bot.topics.text import canonical_link, host_of, normalise

_FEWEST_WORDS = 4  # of a title that says enough; "Press release" is the title of many stories
_FARTHEST = timedelta(days=5)  # between two reports of one event; later the same words may tell the next one
_PLURAL, _SPELLING = 5, 8  # letters of a word that may have an "s" more, or one letter else inside: organi(s|z)ation
_OPENING, _LEAST_OPENING, _RUN = 60, 30, 4  # words that are compared, that are enough, that make a run
COPY = 100.0  # as good as the same page
_REMEMBERED = 16_384  # texts and addresses; those of 14 days are compared again and again
_SHARED = 0.7  # of the shorter opening's runs; two papers that both spell out the full name may share 0.6

# They change nothing of what a title tells. "to", "will" and "not" do, so they are not among them.
_EMPTY = frozenset(
    normalise(
        "a an the of in on at for and by with as der die das des dem den ein eine und le la les l du de d un une et el"
        " los las del y o os as da do das dos em e в во на о об и update updated breaking exclusive video watch live"
    ).words.split()
)


class Text(NamedTuple):
    """An item's text, ready to be compared."""

    words: tuple[str, ...]  # of the title, without the empty ones; () if the title says too little
    joined: str  # the same without blanks: Viet Nam and Vietnam
    numbers: frozenset[str]  # among these words
    runs: frozenset[str]  # of the opening; none if it says too little
    profile: Profile


class Told(NamedTuple):
    """An item of a story, ready to be compared."""

    story: str  # Story.id
    feed: str
    link: str  # canonical; "" if it has none
    host: str
    seen: datetime
    published: datetime | None
    text: Text


def of_item(story: str, item: Item) -> Told:
    """An item under its story, ready to be compared."""
    link, host = _address(item.link)
    text = _text_of(item.title, item.summary or item.content[: 20 * _OPENING])
    return Told(story, item.feed, link, host, item.seen, item.published, text)


def of_telling(telling: Telling) -> Told:
    """The same of what the store remembers of an item."""
    link, host = _address(telling.link)
    text = _text_of(telling.title, telling.opening)
    return Told(telling.story, telling.feed, link, host, telling.seen, telling.published, text)


@lru_cache(maxsize=_REMEMBERED)
def _address(link: str) -> tuple[str, str]:
    return (canonical_link(link), host_of(link)) if link else ("", "")


@lru_cache(maxsize=_REMEMBERED)
def _text_of(title: str, opening: str) -> Text:
    title = title.rpartition(" | ")[0] or title  # "… | Electronic Frontier Foundation"
    head = normalise(title)
    enough = head.words and head.steps(len(head.words)) + 1 >= _FEWEST_WORDS
    words = tuple(word for word in head.words.split() if word not in _EMPTY) if enough else ()
    return Text(words, "".join(words), _numbers(words), _runs(opening), profile_of(title, opening))


def _runs(text: str) -> frozenset[str]:
    words = normalise(text).words.split()[:_OPENING]
    if len(words) < _LEAST_OPENING:
        return frozenset()
    return frozenset(map(" ".join, zip(*(words[start:] for start in range(_RUN)), strict=False)))


def same_page(one: Told, other: Told) -> bool:
    """True if they lead to the same page."""
    return one.link != "" and one.link == other.link


def score(one: Told, other: Told) -> float:
    """How much speaks for one event; nothing if a publisher tells both, which has reasons to repeat its own titles."""
    if one.feed == other.feed and one.host == other.host:
        return 0
    if _gap(one, other) > _FARTHEST:
        return 0
    if _same_title(one.text, other.text) or _same_opening(one.text, other.text):
        return COPY
    return likeness(one.text.profile, other.text.profile)


def _gap(one: Told, other: Told) -> timedelta:
    """Time between two items; a publisher's date says little beside one that is only known to have been read."""
    if one.published and other.published:
        return abs(one.published - other.published)
    return abs(one.seen - other.seen)


def _same_title(one: Text, other: Text) -> bool:
    if not one.words or not other.words:
        return False
    if one.joined == other.joined:
        return True
    return len(one.words) == len(other.words) and all(map(_same_word, one.words, other.words))


def title_marks(text: Text) -> frozenset[str]:
    """Of any two that have the same title, at least one mark is the same."""
    # Words that are spelled in two ways begin alike; where words are parted in two ways, all letters are the same.
    return frozenset((text.joined, "".join(word[0] for word in text.words))) if text.words else frozenset()


def _same_opening(one: Text, other: Text) -> bool:
    if one.numbers != other.numbers or one.runs.isdisjoint(other.runs):
        return False
    return enough_runs(len(one.runs & other.runs), one, other)


def enough_runs(shared: int, one: Text, other: Text) -> bool:
    """True if openings with so many runs of words in common are the same, but for numbers in their titles."""
    least = min(len(one.runs), len(other.runs))
    return least > 0 and shared >= _SHARED * least


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
