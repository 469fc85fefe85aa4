"""What people said of stories → how often the rules are right, and labelled lines by which they can be mended.

A story has one vote under each topic: what most persons said of it last. Where as many say yes as no it is undecided;
such a vote is counted as that and as nothing else. Nothing here changes a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.model import Found, Judged, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What people think of a story under a topic."""

    story: str  # Story.id
    topic: str  # Topic.id
    yes: int  # persons whose last word is that it belongs there
    no: int
    at: datetime  # of the last word
    found: Found  # the story's lead, with the topics under which it stands by the rules

    @property
    def relevant(self) -> bool | None:
        """What most say; None: as many say yes as no."""
        return None if self.yes == self.no else self.yes > self.no

    @property
    def disagrees(self) -> bool:
        """Whether that is not what the rules say: it was told there and should not, or should and is there no more."""
        return self.relevant is False or (self.relevant is True and self.topic not in self.found.topics)

    @property
    def month(self) -> str:
        """In which the last word was said, in UTC: 2025-10."""
        return f"{self.at.astimezone(UTC):%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How often stories that people marked under a topic in a month belonged there."""

    topic: str  # Topic.id
    month: str  # in UTC: 2025-10
    relevant: int = 0  # stories
    irrelevant: int = 0
    undecided: int = 0

    @property
    def share(self) -> float | None:
        """Of the decided ones, the part that belonged there; None: there is none."""
        decided = self.relevant + self.irrelevant
        return self.relevant / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A story with the topics that it should have."""

    story: str  # Story.id
    found: Found  # its lead
    topics: tuple[str, ...]  # Topic.id; those of the rules first

    @property
    def relevant(self) -> bool:
        """Whether it should match at all."""
        return bool(self.topics)


def votes(judged: Iterable[Judged]) -> list[Vote]:
    """One for each story and topic of which anything was said, in the order in which they were first spoken of."""
    counted: dict[tuple[str, str], Vote] = {}
    for one in judged:
        said = one.feedback
        before = counted.get((said.story, said.topic))
        vote = before or Vote(story=said.story, topic=said.topic, yes=0, no=0, at=said.at, found=one.found)
        counted[said.story, said.topic] = replace(
            vote, yes=vote.yes + said.relevant, no=vote.no + (not said.relevant), at=max(vote.at, said.at)
        )
    return list(counted.values())


def precision(of: Iterable[Vote]) -> list[Precision]:
    """By topic, and of each topic by month, the newest first."""
    counted: dict[tuple[str, str], Precision] = {}
    for vote in of:
        one = counted.get((vote.topic, vote.month), Precision(topic=vote.topic, month=vote.month))
        counted[vote.topic, vote.month] = replace(
            one,
            relevant=one.relevant + (vote.relevant is True),
            irrelevant=one.irrelevant + (vote.relevant is False),
            undecided=one.undecided + (vote.relevant is None),
        )
    newest_first = sorted(counted.values(), key=lambda one: one.month, reverse=True)
    return sorted(newest_first, key=lambda one: one.topic)


def lately(of: Iterable[Precision], *, now: datetime) -> list[Precision]:
    """Those of this month and the last one, in UTC."""
    today = now.astimezone(UTC)
    last = today.replace(year=today.year - (today.month == 1), month=(today.month - 2) % 12 + 1, day=1)
    return [one for one in of if one.month in {f"{today:%Y-%m}", f"{last:%Y-%m}"}]


def labelled(of: Iterable[Vote], topics: Sequence[Topic]) -> list[Label]:
    """A label for each story about which anything was decided, in the order of the votes.

    It has the topics that the rules gave, without those judged irrelevant and those within them. One judged relevant it
    has in any case; where the rules do not give it, it brings along those that it stands within, since it is looked for
    only there. A story without title and summary is left out: nothing could be looked for in it.
    """
    around = {topic.id: topic.within for topic in topics}
    stories: dict[str, list[Vote]] = {}
    for vote in of:
        if vote.relevant is not None and (vote.found.item.title.strip() or vote.found.item.summary.strip()):
            stories.setdefault(vote.story, []).append(vote)
    return [Label(story=story, found=cast[0].found, topics=_topics(cast, around)) for story, cast in stories.items()]


def _topics(cast: Sequence[Vote], around: Mapping[str, str | None]) -> tuple[str, ...]:
    """The topics that a story should have by these decided votes."""
    right = [vote.topic for vote in cast if vote.relevant]
    wrong = {vote.topic for vote in cast if not vote.relevant}
    given = cast[0].found.topics
    kept = [topic for topic in given if topic in right or wrong.isdisjoint(_path(topic, around))]
    added = [step for topic in right if topic not in given for step in _path(topic, around) if step not in wrong]
    return tuple(dict.fromkeys((*kept, *added)))


def _path(topic: str, around: Mapping[str, str | None]) -> list[str]:
    """A topic and those that it stands within, the widest last."""
    path = [topic]
    while (outer := around.get(path[-1])) is not None and outer not in path:
        path.append(outer)
    return path
