"""What a state has done to the convention, and the sentence that says so: signature, ratification, accession and so on.

An act needs its verb, its state and a treaty in one sentence. "72 states ratify", written of a signing, names no state
and so makes no ratification; "will sign", "refuses to sign", "urged to ratify" and "did not sign" are no acts. What a
parliament or a government does at home is told apart from what is deposited. All of it stays the outlet's claim.

    DEEDS → verb ─┬─ not done? → none
                  └─ who: the states before it ("Brazil and China signed"), behind "by" ("signed by Brazil"),
                     or close behind, as in Arabic; else a body of the UN that adopts; nobody → none

Of several the first counts, in title, summary and content in turn; a statement only where nothing else is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, cast

from bot.model import Act, ActKind, FieldName, Item, Match
from bot.topics.act_words import (
    AND,
    ASSEMBLIES,
    BY,
    DEEDS,
    GERMAN,
    GERMAN_NOT_DONE,
    GOVERNMENTS,
    HOUSES,
    LED,
    NOT_DONE,
    NOT_DONE_CHINESE,
    NOUN_TOO,
    OTHERS,
    PLACES,
    RESOLUTION,
    STATEMENTS,
    TREATIES,
    WITH,
)
from bot.topics.names import Mention
from bot.topics.states import states_in
from bot.topics.tail import without_others, without_tail
from bot.topics.text import DENSE, Normal, normalise, sentences

_SENTENCES = 40  # of the content that are read
_LONGEST = 1_500  # characters of a sentence that are read
_NEGATED = 4  # words before a verb in which "not", "will", "to" undo it
_NEGATED_CHINESE = 8  # characters
_FAR = 22  # words from a state to its verb
_BEHIND = 4  # words from a verb to its state, where that stands behind
_ADOPTS = 8  # words from an assembly to its verb

_MANY = re.compile(
    r"\b(?:countries|states|nations|members|parties|pays|etats|paises|estados|naciones|nacoes|lander|staaten|стран\w*"
    r"|государств\w*|دول|دوله|الدول|negotiators|delegates|companies|groups|lawmakers|senators)\b|国家|多国|个国|國家"
)
_DENSE = re.compile(f"[{DENSE}]")
_HANOI = re.compile(r"\bhanoi|ханои|河内|هانوي")
_CYBER = re.compile(r"\b(?:cyber|ciber|кибер)|网络犯罪|سيبراني|الكتروني")
_STATE_HOUSES = frozenset(HOUSES.all) - {"parliament"}


class _Read(NamedTuple):
    """A sentence, and what stands in it, in the order of its words."""

    text: Normal
    states: list[Mention]
    deeds: list[Mention]


def act_of(item: Item, matches: Sequence[Match] | None = None) -> Act | None:
    """The act that the item tells, None if it tells none.

    `matches` are what `classify` found: an item that is about none of the topics tells no act. Without them the item is
    taken to be about the convention.
    """
    if matches is not None and not matches:
        return None
    texts: tuple[tuple[FieldName, str], ...] = (
        ("title", item.title),
        ("summary", without_tail(without_others(item.summary))),
        ("content", without_tail(item.content)),
    )
    stated: Act | None = None
    for field, text in texts:
        for first, last in islice(sentences(text), _SENTENCES):
            told = _told(text[first : min(last, first + _LONGEST)])
            if told is None:
                continue
            kind, state = told
            act = Act(kind=kind, state=state, field=field, sentence=text[first:last], start=first, end=last)
            if kind != "statement":
                return act
            stated = stated or act
    return stated


def _told(sentence: str) -> tuple[ActKind, str] | None:
    """What a sentence says is done, and by whom."""
    text = normalise(sentence)
    states = [mention for mention in states_in(text) if not _no_actor(text, mention)]
    if not TREATIES.find(text) or (OTHERS.find(text) and not _ours(text)):
        return None
    read = _Read(text, states, DEEDS.find(text))
    for deed in read.deeds:
        if deed.name != "noun" and not _undone(read, deed) and (told := _deed(read, deed)):
            return told
    if states and not read.deeds and STATEMENTS.find(text):
        return "statement", states[0].name
    return None


def _ours(text: Normal) -> bool:
    """True if a sentence that names another treaty also names ours."""
    return bool(_HANOI.search(text.words) or (ASSEMBLIES.find(text) and _CYBER.search(text.words)))


def _deed(read: _Read, deed: Mention) -> tuple[ActKind, str] | None:
    """What a verb comes to, once it is known who does it."""
    state = _actor(read, deed)
    house = _nearest(HOUSES.find(read.text), deed)
    if deed.name in {"ratification", "passing"} and house and not _deposits(read.text, deed):
        state = state or (house.name if house.name in _STATE_HOUSES else "")
        return ("parliament-approval", state) if state else None
    if deed.name == "passing":
        if state and _nearest(GOVERNMENTS.find(read.text), deed):
            return "government-approval", state
        resolved = RESOLUTION.intersection(read.text.words[deed.end :].split()[:_FAR])
        return ("adoption", "United Nations") if not (state or resolved) and _assembly_before(read.text, deed) else None
    chinese = _DENSE.match(read.text.words, deed.start)
    if not state and deed.name == "ratification" and chinese and _assembly_before(read.text, deed):
        return "adoption", "United Nations"  # 批准 is written of the General Assembly too
    return (cast("ActKind", deed.name), state) if state else None


def _deposits(text: Normal, deed: Mention) -> bool:
    return " " in text.words[deed.start : deed.end]


# ── not done


def _undone(read: _Read, deed: Mention) -> bool:
    words = read.text.words
    before = words[: deed.start]
    if _DENSE.match(words, deed.start):
        near = before.rpartition(" ")[2][-_NEGATED_CHINESE:]
        return any(mark in near for mark in NOT_DONE_CHINESE)
    near_words = before.split()[-_NEGATED:]
    if not NOT_DONE.isdisjoint(near_words):
        return True
    return bool(GERMAN.intersection(words.split())) and not GERMAN_NOT_DONE.isdisjoint(_clause(read, deed))


def _clause(read: _Read, deed: Mention) -> list[str]:
    """The ten words before a German verb, which mostly stands last, and the four behind."""
    words = read.text.words
    return [*words[: deed.start].split()[-10:], *words[deed.end :].split()[:4]]


# ── who


def _no_actor(text: Normal, mention: Mention) -> bool:
    """True of a place ("in Hanoi, Vietnam") and of who only proposed something ("Russia-backed")."""
    before = text.words[: mention.start].split()[-1:]
    after = text.words[mention.end :].split()[:1]
    return not PLACES.isdisjoint(before) or not LED.isdisjoint(after)


def _actor(read: _Read, deed: Mention) -> str:
    """The first of the states that do it; "" if nobody is named."""
    words = read.text.words
    behind = words[deed.end :].split()
    if behind[:1] and behind[0] in BY:
        return next(iter(_close_behind(read, deed, _BEHIND + 1)), "")
    before = [state for state in read.states if state.end <= deed.start]
    if before and _reaches(words[before[-1].end : deed.start], words[deed.start : deed.end]):
        return _first_of_list(words, before)
    return next(iter(_close_behind(read, deed, _BEHIND)), "") if not before else ""


def _reaches(between: str, verb: str) -> bool:
    """True if a verb that far behind a state is the state's own."""
    words = between.split()
    if len(words) > _FAR or (words and verb in NOUN_TOO):
        return False
    many = _MANY.search(between)
    return many is None or bool(words and words[0] in AND)


def _first_of_list(words: str, states: list[Mention]) -> str:
    """The first of "France, Spain and Italy", given all that stand before the verb."""
    first = states[-1]
    for state in reversed(states[:-1]):
        if not set(words[state.end : first.start].split()) <= AND:
            break
        first = state
    return first.name


def _close_behind(read: _Read, deed: Mention, reach: int) -> Iterator[str]:
    for state in read.states:
        between = read.text.words[deed.end : state.start].split() if state.start >= deed.end else None
        if between is not None and len(between) <= reach and WITH.isdisjoint(between):
            yield state.name


def _nearest(mentions: list[Mention], deed: Mention) -> Mention | None:
    """Who stands before the verb, or close behind it."""
    before = [mention for mention in mentions if mention.end <= deed.start]
    behind = [mention for mention in mentions if deed.end <= mention.start <= deed.end + 30]
    found = before[-1:] or behind[:1]
    return found[0] if found else None


def _assembly_before(text: Normal, deed: Mention) -> bool:
    found = [mention for mention in ASSEMBLIES.find(text) if mention.end <= deed.start]
    if found:
        return len(text.words[found[-1].end : deed.start].split()) <= _ADOPTS
    behind = [mention for mention in ASSEMBLIES.find(text) if deed.end <= mention.start <= deed.end + 20]
    return bool(behind) and "\u0600" <= text.words[deed.start] <= "\u06ff"  # the verb stands first in Arabic
