"""The words after /treaty → what is wanted, or what of them is unclear (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property, partial
from typing import TypeVar

from bot.config.words import asked_back, nearest, say
from bot.model import MOST_EXPLAINED, Option, Topic
from bot.topics.text import normalise
from bot.topics.why import as_link
from bot.work.commands.times import hour_of, until_of, weekday_of
from bot.work.commands.typed import Misspelt, Word, cleaned, put_right, words_of
from bot.work.commands.wanted import (
    FEW,
    MANY,
    Ask,
    How,
    Latest,
    Mute,
    PauseUntil,
    Search,
    Subscribe,
    Unclear,
    Unmute,
    Unsubscribe,
    Wanted,
    WhyLink,
)
from bot.work.commands.zones import zone_near, zone_of

T = TypeVar("T")

OFFERED = 25  # topics at once, as many as a chat shows
LONGEST = 500  # characters that are looked at; nobody means more
LONGEST_LINKS = 20_500  # the same where links are among them
VERBS = (
    *("help", "latest", "search", "why", "topics", "subscribe", "unsubscribe"),
    *("list", "digest", "treaty", "feeds", "pause", "resume", "mute", "unmute"),
)
# What people say in other tools' words. Not obeyed, but understood well enough to ask back.
MEANT = {
    **dict.fromkeys(("add", "follow", "sub", "watch"), "subscribe"),
    **dict.fromkeys(("remove", "unfollow", "unsub", "delete"), "unsubscribe"),
    **dict.fromkeys(("stop", "snooze"), "pause"),
    **dict.fromkeys(("start", "continue"), "resume"),
    **dict.fromkeys(("block", "hide", "ignore", "silence"), "mute"),
    **dict.fromkeys(("unblock", "unhide"), "unmute"),
    **dict.fromkeys(("find", "look"), "search"),
    **dict.fromkeys(("explain", "reason"), "why"),
    **dict.fromkeys(("status", "settings", "show", "manage"), "list"),
    **dict.fromkeys(("new", "news", "last"), "latest"),
    **dict.fromkeys(("count", "depositary", "ratifications", "signatories"), "treaty"),
}
FILLERS = frozenset({"about", "and", "at", "every", "for", "from", "in", "of", "on", "the", "till", "to", "until"})

# What changes the channel that it is typed in; another one's name beside it must not be taken for anything else.
CHANGING = frozenset({"subscribe", "unsubscribe", "pause", "resume", "mute", "unmute"})
HERE_ONLY = "A command changes the channel that it is typed in. Type this in the one that you mean:"

TOPICS_HINT = "; `/treaty topics` lists them all."  # our own backticks show what is typed
OUTLETS_HINT = "; name it as it stands beside a story."

_LINK = re.compile(r"""(?:https?://|(?=[\w-]+\.[\w.-]+/))[^\s<>|"“”„«»`]+""", re.IGNORECASE)
_LABEL = re.compile(r"\|[^<>|]*>")  # what a link is called where it was pasted: <https://…|like this>
_AFTER_LINK = ".,;:!?'’)]*_"  # what a sentence or a chat puts behind one


@dataclass(frozen=True)
class Grammar:
    """What the words are read against."""

    topics: Sequence[Topic]
    now: datetime
    zone: str  # IANA name: the channel's, in which hours are meant
    outlets: Mapping[str, str] = field(default_factory=dict)  # what can be muted or is: names by Feed.id
    have: Sequence[str] = ()  # Topic.id of what the channel gets

    @cached_property
    def _named(self) -> Mapping[str, tuple[Topic, ...]]:
        """The topics by their ids and names, normalised; an id means its own topic, whatever another one's name is."""
        named: dict[str, tuple[Topic, ...]] = {}
        for topic in self.topics:
            name = normalise(topic.name).words
            named[name] = (*named.get(name, ()), topic)
        return named | {normalise(topic.id).words: (topic,) for topic in self.topics}

    def read(self, words: str) -> Wanted:
        """What is wanted; never raises."""
        if len(words) > (LONGEST_LINKS if "://" in words else LONGEST):
            return Unclear(what=f"That is too long: {len(words):,} characters, where a few words do.", nearest="help")
        try:
            return self._read(words)
        except ValueError as wrong:
            verb, *rest = words_of(cleaned(words))
            right = put_right(verb, rest, wrong) if isinstance(wrong, Misspelt) else ""
            return Unclear(what=str(wrong), nearest=right if right and self._reads(right) else self.example(verb.key))

    def _reads(self, words: str) -> bool:
        try:
            return not isinstance(self._read(words), Unclear)
        except ValueError:
            return False

    def _read(self, words: str) -> Wanted:
        """ValueError: what is unclear."""
        clean = cleaned(words)
        typed = words_of(clean)
        if not typed:
            return Ask(what="help")
        verb, rest = typed[0], typed[1:]
        if verb.key in CHANGING and any(word.channel for word in rest):
            left = " ".join([verb.key, *(word.typed for word in rest if not word.channel)])
            return Unclear(what=HERE_ONLY, nearest=left)
        readers: dict[str, Callable[[], Wanted]] = {
            "latest": partial(self._latest, rest),
            "search": partial(self._search, clean[verb.end :]),
            "why": partial(self._why, clean[verb.end :]),
            "subscribe": partial(self._subscribe, rest),
            "unsubscribe": partial(self._unsubscribe, rest),
            "pause": partial(self._pause, rest),
            "mute": partial(self._mute, rest, Mute),
            "unmute": partial(self._mute, rest, Unmute),
        }
        for what in ("help", "topics", "list", "digest", "feeds", "treaty", "resume"):
            if verb.key == what:
                return Ask(what=what)
        return readers[verb.key]() if verb.key in readers else self._unknown_verb(verb, typed)

    def example(self, verb: str) -> str:
        """A command with that word as somebody would type it."""
        behind = {
            "latest": f" {sample_of(self.topics)} {FEW}",
            "search": " data protection",
            "why": " https://example.org/article",
            "subscribe": f" {sample_of(self.topics)} daily 09:00",
            "unsubscribe": f" {next(iter(self.have), sample_of(self.topics))}",
            "pause": " 3d",
            "mute": f" {next(iter(self.outlets), 'OUTLET')}",
            "unmute": f" {next(iter(self.outlets), 'OUTLET')}",
        }
        return verb + behind.get(verb, "")

    # ── one word's own words each; ValueError: what is unclear

    def _latest(self, words: Sequence[Word]) -> Wanted:
        topics: list[str] = []
        limit: int | None = None
        for piece in self._pieces(words, numbers=True):
            match piece:
                case Topic():
                    topics.append(piece.id)
                case int() if limit is None and 1 <= piece <= MANY:
                    limit = piece
                case int():
                    raise ValueError(f"Name one number, from 1 to {MANY}: how many items to list.")
                case Word():
                    raise self._unknown(piece)
        if len(topics) > 1:
            raise ValueError("Name one topic at a time, or none to list the newest of all.")
        return Latest(topic=topics[0] if topics else None, limit=limit or FEW)

    def _search(self, words: str) -> Wanted:
        if not normalise(words).words:
            raise ValueError("Name the words to look for; items that hold all of them are listed.")
        return Search(words=words.strip())

    @staticmethod
    def _why(words: str) -> Wanted:
        links = _LINK.findall(_LABEL.sub(" ", words))
        found = dict.fromkeys(as_link(link.rstrip(_AFTER_LINK)) for link in links)
        if not found:
            raise ValueError("Name the link of an item, as it stands in a message here or in the browser.")
        return WhyLink(links=tuple(found)[:MOST_EXPLAINED])

    def _subscribe(self, words: Sequence[Word]) -> Wanted:
        if not words:
            return Ask(what="subscribe")
        topics: dict[str, None] = {}
        how: set[How] = set()
        days: set[int] = set()
        hours: set[time] = set()
        zones: set[str] = set()
        for piece in self._pieces(words, cadence=True):
            match piece:
                case Topic():
                    topics[piece.id] = None
                case time():
                    hours.add(piece)
                case "instant" | "daily" | "weekly":
                    how.add(piece)
                case int():
                    days.add(piece)
                    how.add("weekly")
                case str():
                    zones.add(piece)
                case Word():
                    raise self._unknown_in_subscribe(piece)
        _refuse_two(how, days, hours, zones)
        if not topics:
            raise ValueError(f"Name one topic or several{TOPICS_HINT}")
        return Subscribe(topics=tuple(topics), how=_only(how), at=_only(hours), zone=_only(zones), day=_only(days))

    def _unsubscribe(self, words: Sequence[Word]) -> Wanted:
        topics: dict[str, None] = {}
        for piece in self._pieces(words):
            if isinstance(piece, Topic):
                topics[piece.id] = None
            elif isinstance(piece, Word) and piece.key in {"all", "everything"}:
                return Unsubscribe(topics=None)
            elif isinstance(piece, Word):
                raise self._unknown(piece, extra=["all"])
        if not topics:
            raise ValueError("Name the topics to end, or all.")
        return Unsubscribe(topics=tuple(topics))

    def _pause(self, words: Sequence[Word]) -> Wanted:
        said = [part for word in words for part in word.key.split() if part not in FILLERS]
        if not said:
            return Ask(what="pause")
        return PauseUntil(until=until_of(said, now=self.now, zone=self.zone))

    def _mute(self, words: Sequence[Word], what: type[Mute | Unmute]) -> Wanted:
        if not words:
            return Ask(what="mute")
        typed = " ".join(word.text for word in words)
        plain = normalise(typed).words
        known = {normalise(name).words: feed for feed, name in self.outlets.items()}
        known |= {normalise(feed).words: feed for feed in self.outlets}  # an id means its own feed
        if found := known.get(plain):
            return what(feed=found)
        inside = [feed for name, feed in known.items() if plain not in FILLERS and plain in name.split()]
        meant = known.get(nearest(plain, known)) or next(iter(inside), "")
        raise Misspelt(f"{say(typed)} is no outlet that is read here{asked_back(meant) or OUTLETS_HINT}", meant)

    # ── what a word may be

    def _pieces(
        self, words: Sequence[Word], *, cadence: bool = False, numbers: bool = False
    ) -> Iterator[Topic | time | int | str | Word]:
        """The words as topics, numbers, `instant`, `daily`, `weekly`, days, hours or zones; another as it is.

        A day of the week is a number, 0 = Monday. A topic's name and a zone's may be of several words; the longest is
        taken.
        """
        at = 0
        while at < len(words):
            word, (topic, used) = words[at], self._topic_at(words[at:])
            zone, zone_used = self._zone_at(words[at:]) if cadence and not topic else (None, 0)
            hour = hour_of(word.key) if cadence and not topic and not zone else None
            at += used or zone_used or 1
            if topic or zone or hour:
                yield topic or zone or hour or word
            elif cadence and word.key in {"instant", "daily", "weekly"}:
                yield word.key
            elif cadence and (day := weekday_of(word.key)) is not None:
                yield day
            elif numbers and word.key.isdecimal():
                yield int(word.key[:9])
            elif word.key not in FILLERS:
                yield word

    def _topic_at(self, words: Sequence[Word]) -> tuple[Topic | None, int]:
        """The topic that these words begin with, and how many of them it takes."""
        longest = max((name.count(" ") + 1 for name in self._named), default=0)
        plain = [normalise(word.text).words for word in words[:longest]]
        for used in range(len(plain), 0, -1):
            found = self._named.get(" ".join(plain[:used]), ())
            if len(found) > 1:
                raise ValueError(f"Several topics have that name; name one of {', '.join(one.id for one in found)}.")
            if found:
                return found[0], used
        return None, 0

    @staticmethod
    def _zone_at(words: Sequence[Word]) -> tuple[str | None, int]:
        """The zone that these words begin with; America/Port_of_Spain has the most words."""
        parts = [word.key.replace(" ", "_") for word in words[:3]]
        for used in range(len(parts), 0, -1):
            if zone := zone_of(parts[:used]):
                return zone, used
        return None, 0

    # ── what is unclear

    def _unknown_verb(self, verb: Word, typed: Sequence[Word]) -> Unclear:
        topic, _ = self._topic_at(typed)
        if topic:
            return Unclear(
                what=f"{say(topic.id)} is a topic; this lists its newest items:", nearest=f"latest {topic.id}"
            )
        meant = MEANT.get(verb.key) or nearest(verb.key, VERBS)
        return Unclear(
            what=f"{say(verb.text)} is no word that I know{asked_back(meant) or '.'}",
            nearest=self.example(meant) if meant else "help",
        )

    def _unknown(self, word: Word, extra: Sequence[str] = ()) -> ValueError:
        meant = self._topic_near(word, extra)
        return Misspelt(f"{say(word.text)} is no topic{asked_back(meant) or TOPICS_HINT}", meant, word)

    def _unknown_in_subscribe(self, word: Word) -> ValueError:
        if word.key in {"all", "everything"}:
            widest = ", ".join([topic.id for topic in self.topics if topic.within is None][:5])
            return ValueError(f"Name the topics themselves; those that cover the most: {widest}.")
        if "/" in word.text:
            meant = zone_near(word.key)
            what = f"{say(word.text)} is no time zone{asked_back(meant) or '; write one as in Europe/Vienna.'}"
            return Misspelt(what, meant, word)
        meant = self._topic_near(word, ["instant", "daily", "weekly"]) or zone_near(word.key)
        what = f"{say(word.text)} is no topic, day, hour or time zone{asked_back(meant) or TOPICS_HINT}"
        return Misspelt(what, meant, word)

    def _topic_near(self, word: Word, extra: Sequence[str]) -> str:
        """The nearest topic or keyword, else the first topic in whose name the word stands; "": none."""
        if near := nearest(word.key, [*(topic.id for topic in self.topics), *extra]):
            return near
        plain = normalise(word.text).words
        inside = [name for name in self._named if plain and plain in name.split()]
        return self._named[inside[0]][0].id if inside else ""


def sample_of(topics: Sequence[Topic]) -> str:
    """The id of a topic for examples: the first that stands within another, else the first."""
    special = [topic.id for topic in topics if topic.within]
    return next(iter(special + [topic.id for topic in topics]), "TOPIC")


def _refuse_two(how: Collection[How], days: Collection[int], hours: Collection[time], zones: Collection[str]) -> None:
    """ValueError where more than one cadence is named, or an hour of what has none."""
    if days and len(how) > 1:
        raise ValueError("A day belongs to a weekly digest: write weekly fri 16:00, or leave the day out.")
    if len(how) > 1 or ("instant" in how and hours):
        raise ValueError("Name one of these: instant, which has no hour; daily at an hour; weekly on a day.")
    if len(days) > 1 or len(hours) > 1 or len(zones) > 1:
        raise ValueError(
            "A channel has one daily and one weekly digest, in one time zone: name one day, one hour, one zone."
        )


def _only(said: set[T]) -> T | None:
    return next(iter(said), None)


def topics_like(typed: str, topics: Sequence[Topic]) -> tuple[Option, ...]:
    """The topics that somebody may mean who types this, those that begin with it first; of nothing typed, all."""
    words = normalise(typed).words
    named = [(topic, f"{normalise(topic.name).words} {normalise(topic.id).words}") for topic in topics]
    begins = [topic for topic, name in named if name.startswith(words)]
    holds = [topic for topic, name in named if words in name and topic not in begins]
    return tuple(Option(value=topic.id, label=topic.name) for topic in [*begins, *holds][:OFFERED])
