"""Labelled items and the rules → how often the rules are right, and where they are wrong and why.

Relevant is what matched any topic. Topics are compared among the relevant items whose reader named some, and only
those topics that some reader named: a label that nobody used says nothing about the rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.model import Topic
from bot.topics.lines import Labelled
from bot.topics.rules import Rules
from bot.topics.why import Why, why


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How often a yes was right, wrong, or lacking."""

    right: int = 0  # yes, as the label says
    false: int = 0  # yes, where the label says no
    missed: int = 0  # no, where the label says yes

    @property
    def precision(self) -> float | None:
        """Of what was found, the share that is right; None: nothing was found."""
        return _share(self.right, self.right + self.false)

    @property
    def recall(self) -> float | None:
        """Of what is right, the share that was found; None: there is nothing to find."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """Both in one number, the harmonic mean; None: there was nothing to find, and nothing was."""
        return _share(2 * self.right, 2 * self.right + self.false + self.missed)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """An item that was judged wrongly."""

    id: str | float | None  # as its line gave it
    title: str
    lang: str | None
    kind: Literal["false alarm", "missed"]
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How the rules do on labelled items."""

    items: int
    relevant: int  # by their labels
    total: Score
    languages: tuple[tuple[str, Score], ...]  # most items first; "?" where a line names none
    topics: tuple[tuple[str, Score], ...]  # Topic.id, most labels first
    hit: int  # relevant items with labelled topics of which at least one was found
    labelled: int  # relevant items with labelled topics
    misses: tuple[Miss, ...]  # in the order of the lines


@dataclass
class _Count:
    """Rights and wrongs, as they come in."""

    right: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    size: Counter[str] = field(default_factory=Counter)  # what the scores are ordered by

    def add(self, name: str, *, found: bool, wanted: bool) -> None:
        """Count one answer."""
        if found or wanted:
            (self.missed if not found else self.right if wanted else self.false)[name] += 1

    def score(self, name: str) -> Score:
        """What came together under a name."""
        return Score(right=self.right[name], false=self.false[name], missed=self.missed[name])

    def scores(self) -> tuple[tuple[str, Score], ...]:
        """The largest first, then by name."""
        names = sorted(self.size, key=lambda name: (-self.size[name], name))
        return tuple((name, self.score(name)) for name in names)


def evaluate(lines: Iterable[Labelled], rules: Rules, topics: Sequence[Topic]) -> Evaluation:
    """The rules' answers beside the labels; `rules` are those of `topics`. The lines are read once, one by one."""
    whole, languages, by_topic = _Count(), _Count(), _Count()
    misses: list[Miss] = []
    relevant = hit = labelled = 0
    for line in lines:
        # Why an item matched nothing is asked only where it should have: without topics none is nearest.
        told = why(line.item, rules, topics if line.relevant else ())
        found = {because.topic for because in told.matched}
        lang = (line.item.lang or "?").lower()
        languages.size[lang] += 1
        for count, name in ((whole, ""), (languages, lang)):
            count.add(name, found=bool(found), wanted=line.relevant)
        misses.extend(_miss(line, told))
        relevant += line.relevant
        if line.relevant and line.topics:
            by_topic.size.update(line.topics)
            for topic in found.union(line.topics):
                by_topic.add(topic, found=topic in found, wanted=topic in line.topics)
            labelled += 1
            hit += not found.isdisjoint(line.topics)
    return Evaluation(
        items=languages.size.total(),
        relevant=relevant,
        total=whole.score(""),
        languages=languages.scores(),
        topics=by_topic.scores(),
        hit=hit,
        labelled=labelled,
        misses=tuple(misses),
    )


def _miss(line: Labelled, told: Why) -> Iterator[Miss]:
    if bool(told.matched) != line.relevant:
        kind: Literal["false alarm", "missed"] = "missed" if line.relevant else "false alarm"
        yield Miss(id=line.id, title=line.item.title or line.item.summary, lang=line.item.lang, kind=kind, why=told)
