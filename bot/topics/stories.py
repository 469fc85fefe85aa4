"""Which items tell the same story.

Two items are one story if they lead to the same page; if two publishers give them the same title, but for articles,
labels such as "Update" and the spelling of long words, or the same opening, as with the copy of an agency; or if
bot/topics/likeness.py finds one event in both, also across languages. A wrong merge hides news from a channel, a story
told twice only repeats it; so five days between two items keep them apart, and so does anything that tells an item
from any other of the story.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from bot.model import Coverage, Item, ItemId, Story, Telling
from bot.topics.likeness import SAME, Profile, apart, likeness, profile_of
from bot.topics.text import canonical_link, host_of, normalise

_FEWEST_WORDS = 4  # of a title that says enough; "Press release" is the title of many stories
_FARTHEST = timedelta(days=5)  # between two reports of one event; later the same words may tell the next one
_PLURAL, _SPELLING = 5, 8  # letters of a word that may have an "s" more, or one letter else inside: organi(s|z)ation
_OPENING, _LEAST_OPENING, _RUN = 60, 30, 4  # words that are compared, that are enough, that make a run
_COPY = 100.0  # as good as the same page
_REMEMBERED = 16_384  # texts and addresses; those of 14 days are compared again and again
_SHARED = 0.7  # of the shorter opening's runs; two papers that both spell out the full name may share 0.6

# They change nothing of what a title tells. "to", "will" and "not" do, so they are not among them.
_EMPTY = frozenset(
    normalise(
        "a an the of in on at for and by with as der die das des dem den ein eine und le la les l du de d un une et el"
        " los las del y o os as da do das dos em e в во на о об и update updated breaking exclusive video watch live"
    ).words.split()
)


class _Text(NamedTuple):
    """An item's text, ready to be compared."""

    words: tuple[str, ...]  # of the title, without the empty ones; () if the title says too little
    joined: str  # the same without blanks: Viet Nam and Vietnam
    runs: frozenset[tuple[str, ...]]  # of the opening; none if it says too little
    profile: Profile


class _Told(NamedTuple):
    """An item of a story, ready to be compared."""

    story: str  # Story.id
    feed: str
    link: str  # canonical; "" if it has none
    host: str
    seen: datetime
    published: datetime | None
    text: _Text


class Memory:
    """What has been told lately, ready to be compared with what comes."""

    def __init__(self) -> None:
        self._told: list[_Told] = []
        self.serial = 0  # of the last that was learnt; 0: nothing was

    def learn(self, tellings: Iterable[Telling]) -> None:
        """Keep these in mind, in the order of their serials."""
        for telling in tellings:
            self._told.append(_telling(telling))
            self.serial = telling.serial

    def forget(self, before: datetime) -> None:
        """What was seen before then is compared no more."""
        if self._told and self._told[0].seen < before:
            self._told = [told for told in self._told if told.seen >= before]

    def tell(self, items: Sequence[Item]) -> list[tuple[str, ItemId]]:
        """The story that each new item tells, in the order of the items: one that is known, or a new one.

        Items of the same call may tell the same new story. A new story's id follows from its first item alone.
        Nothing is learnt by it: only what is kept counts.
        """
        told = list(self._told)
        answer = []
        for item in items:
            new = _told(_new_story(item), item)
            told.append(new._replace(story=_same_story(new, told) or new.story))
            answer.append((told[-1].story, item.id))
        return answer


def retold(story: Story, known: Sequence[Story]) -> str | None:
    """The id of the known story that this one tells once more; None if it is news beside all of them.

    Two stories are one if any two of their items are, and none is told apart from one of the other.
    """
    told = [_told(each.id, part.item) for each in known if each.id != story.id for part in each.told_by]
    items = [_told(story.id, part.item) for part in story.told_by]
    for item in items:
        found = _same_story(item, told)
        others = [each.text.profile for each in told if each.story == found]
        if found and not any(apart(other.text.profile, each) for other in items if other != item for each in others):
            return found
    return None


def lead_first(parts: Iterable[Coverage]) -> tuple[Coverage, ...]:
    """A story's coverage as it is told: nearest to the facts first, then earliest, then by feed."""
    return tuple(sorted(parts, key=lambda part: (part.rank, part.item.seen, part.item.feed)))


def _new_story(item: Item) -> str:
    return sha256(f"{item.feed}\n{item.key}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _told(story: str, item: Item) -> _Told:
    link, host = _address(item.link)
    text = _text_of(item.title, item.summary or item.content[: 20 * _OPENING])
    return _Told(story, item.feed, link, host, item.seen, item.published, text)


def _telling(telling: Telling) -> _Told:
    link, host = _address(telling.link)
    text = _text_of(telling.title, telling.opening)
    return _Told(telling.story, telling.feed, link, host, telling.seen, telling.published, text)


@lru_cache(maxsize=_REMEMBERED)
def _address(link: str) -> tuple[str, str]:
    return (canonical_link(link), host_of(link)) if link else ("", "")


@lru_cache(maxsize=_REMEMBERED)
def _text_of(title: str, opening: str) -> _Text:
    title = title.rpartition(" | ")[0] or title  # "… | Electronic Frontier Foundation"
    head = normalise(title)
    enough = head.words and head.steps(len(head.words)) + 1 >= _FEWEST_WORDS
    words = tuple(word for word in head.words.split() if word not in _EMPTY) if enough else ()
    return _Text(words, "".join(words), _runs(opening), profile_of(title, opening))


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = normalise(text).words.split()[:_OPENING]
    if len(words) < _LEAST_OPENING:
        return frozenset()
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _same_story(new: _Told, told: Sequence[_Told]) -> str | None:
    return next((each.story for each in told if _same_page(new, each)), None) or _same_event(new, told)


def _same_page(one: _Told, other: _Told) -> bool:
    return one.link != "" and one.link == other.link


def _same_event(new: _Told, told: Sequence[_Told]) -> str | None:
    """The story with the item most like the new one, if none of its items is told apart from it; else None."""
    best: dict[str, float] = {}
    for each in told:
        if (score := _score(new, each)) >= SAME:
            best[each.story] = max(score, best.get(each.story, SAME))
    for story, score in sorted(best.items(), key=lambda found: -found[1]):
        if score >= _COPY or not any(
            each.story == story and apart(new.text.profile, each.text.profile) for each in told
        ):
            return story
    return None


def _score(one: _Told, other: _Told) -> float:
    """How much speaks for one event; nothing if a publisher tells both, which has reasons to repeat its own titles."""
    if one.feed == other.feed and one.host == other.host:
        return 0
    if _gap(one, other) > _FARTHEST:
        return 0
    if _same_title(one.text, other.text) or _same_opening(one.text, other.text):
        return _COPY
    return likeness(one.text.profile, other.text.profile)


def _gap(one: _Told, other: _Told) -> timedelta:
    """Time between two items; a publisher's date says little beside one that is only known to have been read."""
    if one.published and other.published:
        return abs(one.published - other.published)
    return abs(one.seen - other.seen)


def _same_title(one: _Text, other: _Text) -> bool:
    if not one.words or not other.words:
        return False
    if one.joined == other.joined:
        return True
    return len(one.words) == len(other.words) and all(map(_same_word, one.words, other.words))


def _same_opening(one: _Text, other: _Text) -> bool:
    least = min(len(one.runs), len(other.runs))
    if not least or len(one.runs & other.runs) < _SHARED * least:
        return False
    return _numbers(one.words) == _numbers(other.words)


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
