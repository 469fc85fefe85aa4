"""How surely two items tell the same event, from their words and from what they say has happened.

Words are compared as far as two items share a language, acts and who does them in any. The signals and what each is
worth, to be reached: 3 (`SAME`); the figures were set on labelled pairs, see docs/design.md:

| signal | worth | what is compared |
|---|---|---|
| deed | 3 | the same act by the same states, or the same number of them; both titles say so with a verb |
| deed, half told | 2 | the same, but as a noun, or in the text alone, or it may come again: a call, a resolution |
| act alone | 1 | the same act; who acts, or whether a treaty or a resolution is adopted, is not told by both |
| titles | up to 2 | words in common, of all words of both titles |
| texts | up to 4 | words in common, of all words of both titles and openings |

Whatever tells two events `apart` is a veto, no matter how much is shared: two treaties, two steps of one treaty, other
states, other numbers in the titles, two sessions, days that lie apart, a view of somebody beside a report.
What is short counts for less. Common words, and those of any item about a treaty on cybercrime, count for nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from bot.topics.days import days_in, weekdays_in
from bot.topics.events import FAINT, ONCE, STEPS, Event, event_of
from bot.topics.text import indexed, normalise

SAME = 3.0
_OPENING = 400  # characters of a text that tell what it is about
_STEM = 7  # letters of a word that are compared; what follows is mostly grammar
_SHORT = 4  # letters; a shorter word of letters that have cases is one of grammar
_DAYS, _YEAR = 3, 12 * 31
_REMEMBERED = 16_384  # words; a text's words are mostly those of the text before

_COMMON = frozenset(
    normalise(
        "this that with from have been were which their they will would about into over more than also said says some"
        " para sobre como entre desde este esta auf eine einer eines einem einen wird werden wurde haben sich nicht"
        " dans pour avec cette sont leur della delle nella sono untuk yang dengan dari pada uma pela pelo"
        " что это для как или при этого على من في الى التي الذي"
    ).words.split()
)
# The beginnings of words of the treaty's own name, its city and its kind.
_TREATY = tuple(
    normalise(
        "cyber ciber кибер united nation convention convenc konvention treaty vertrag crime crimi delin hanoi viet"
        " nacion vereint übereinkommen конвенц объедин организац преступн اتفاقي الامم المتحده مكافحه لمكافحه الجريم"
        " الجرائم السيبران"
    ).words.split()
)
_ORDINALS = {
    word: str(number)
    for number, words in enumerate(
        (
            "first primera première erste перв",
            "second segunda deuxième zweite втор",
            "third tercera troisième dritte трет",
            "fourth cuarta quatrième vierte четверт",
            "fifth quinta cinquième fünfte пят",
            "sixth sexta sixième sechste шест",
            "seventh séptima septième siebte седьм",
        ),
        start=1,
    )
    for word in normalise(words).words.split()
}
_SESSION = re.compile(
    r"(?:(?P<word>[^\W\d]{3,})|(?P<digits>\d+)(?:st|nd|rd|th|e|a)?) (?:\w+ )?"
    r"(?:meeting|session|sesion|tagung|sitzung|сесси|заседани|inters|runde|round|reunion|sessao)"
)
_YEARS = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"(?<![0-9a-z])(\d+)(?:st|nd|rd|th)?(?![0-9a-z])")


class Profile(NamedTuple):
    """An item's title and opening, ready to be compared."""

    title: frozenset[str]
    words: frozenset[str]  # those of the title among them
    event: Event
    numbers: frozenset[str]  # of the title, and of the session that it names
    days: frozenset[int]
    weekdays: frozenset[int]


def profile_of(title: str, opening: str) -> Profile:
    """What an item tells; only the first 400 characters of the opening count."""
    head, below = normalise(title), normalise(opening[:_OPENING])
    title_words, days = _telling(indexed(head)), days_in(head)
    return Profile(
        title=title_words,
        words=title_words | _telling(indexed(below)),
        event=event_of(head, below),
        numbers=_numbers(head.words) - {str((day - 1) % 31 + 1) for day in days},
        days=days | days_in(below),
        weekdays=weekdays_in(head) | weekdays_in(below),
    )


def likeness(one: Profile, other: Profile) -> float:
    """How much speaks for one event; from `SAME` on they tell the same, unless something tells them `apart`."""
    texts = 4 * _shared(one.words, other.words, enough=16)
    return texts + 2 * _shared(one.title, other.title, enough=4) + _deed(one, other)


def apart(one: Profile, other: Profile) -> bool:
    """True if anything tells the two events apart."""
    mine, theirs = one.event, other.event
    steps = {mine.act, theirs.act} & STEPS
    return (
        (mine.treaty != theirs.treaty and mine.treaty != "" != theirs.treaty)
        or mine.opinion != theirs.opinion
        or (len(steps) == 2)
        or _disjoint(mine.actors, theirs.actors)
        or _disjoint(one.numbers, other.numbers)
        or _distance(one.days, other.days, _YEAR) > _DAYS
        or _distance(one.weekdays, other.weekdays, 7) > 1
    )


def deed_marks(profile: Profile) -> frozenset[tuple[str, str, str]]:
    """Act, treaty, and who or how many; any two items with a deed that is worth more than 1 have one in common."""
    event = profile.event
    if event.act in FAINT or not event.treaty:
        return frozenset()
    return frozenset((event.act, event.treaty, mark) for mark in (*event.actors, *_counts(profile.numbers)))


def _deed(one: Profile, other: Profile) -> float:
    mine, theirs = one.event, other.event
    if mine.act != theirs.act or mine.act in FAINT or not mine.treaty == theirs.treaty != "":
        return 0
    if mine.act == "adopt" and len({"resolution"} & mine.acts) != len({"resolution"} & theirs.acts):
        return 1
    if mine.actors and theirs.actors:
        same = _same_actors(mine.actors, theirs.actors)
    elif _counts(one.numbers & other.numbers):
        same = True
    else:
        return 1
    return (3 if mine.titled and theirs.titled and not _may_come_again(mine, theirs) else 2) if same else 0


def _counts(numbers: frozenset[str]) -> frozenset[str]:
    """The numbers that may tell how many; what has one digit may be anything."""
    return frozenset(number for number in numbers if len(number) > 1)


def _may_come_again(one: Event, other: Event) -> bool:
    """True of resolutions, and of calls and the like, unless both are about the same step."""
    if one.act == "adopt":
        return "resolution" in one.acts | other.acts
    return one.act not in ONCE and not _steps(one) & _steps(other)


def _steps(event: Event) -> frozenset[str]:
    return frozenset("sign" if act == "plan" else act for act in event.acts & ONCE)


def _same_actors(one: frozenset[str], other: frozenset[str]) -> bool:
    """True if they are the same, or some of a list where the other item names more of it."""
    return one == other or (min(len(one), len(other)) > 1 and (one <= other or other <= one))


def _shared(one: frozenset[str], other: frozenset[str], *, enough: int) -> float:
    """From 0 to 1; where one of them has fewer words than are enough, by so much less."""
    if not (common := len(one & other)):
        return 0
    mine, theirs = len(one), len(other)
    return 2 * common / (mine + theirs) * min(1, min(mine, theirs) / enough)


def _disjoint(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)


def _distance(one: frozenset[int], other: frozenset[int], circle: int) -> int:
    """Days between the nearest two, the year or the week being round; 0 where one names none."""
    gaps = [abs(first - second) for first in one for second in other]
    return min((min(gap, circle - gap) for gap in gaps), default=0)


def _telling(words: str) -> frozenset[str]:
    return frozenset(map(_stem, words.split())) - {""}


@lru_cache(maxsize=_REMEMBERED)
def _stem(word: str) -> str:
    """The beginning of a word that tells something; "" of any other."""
    if word in _COMMON or word.startswith(_TREATY) or (len(word) < _SHORT and word.upper() != word.lower()):
        return ""
    return word[:_STEM]


def _numbers(title: str) -> frozenset[str]:
    found = {match[1] for match in _NUMBER.finditer(title) if not _YEARS.fullmatch(match[1])}
    sessions = {_ORDINALS.get(match["word"] or "") or match["digits"] for match in _SESSION.finditer(title)}
    return frozenset(found | {number for number in sessions if number})
