"""Where a story belongs among the topics that a channel follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.model import ActKind, Match, Story, Topic
from bot.topics.acts import act_of

# What makes a state bound by the convention, or ends that: of all acts these tell most.
BINDING: frozenset[ActKind] = frozenset({"ratification", "acceptance", "approval", "accession", "withdrawal"})


class Shelf:
    """The topics of feeds.yaml as one channel sees them."""

    def __init__(self, topics: Sequence[Topic], followed: Collection[str]) -> None:
        self._topics = {topic.id: topic for topic in topics}
        self._order = {topic.id: number for number, topic in enumerate(topics)}
        self._followed = frozenset(followed)

    def name(self, topic: str | None) -> str:
        """The topic's name as readers see it."""
        return self._topics[topic].name if topic in self._topics else "Other"

    def names(self, topics: Sequence[str]) -> list[str]:
        """The names of those that feeds.yaml has, in its order."""
        return [self.name(topic) for topic in self._order if topic in topics]

    def roots(self) -> list[str]:
        """Names of the widest topics that hold what the channel follows."""
        return self.names([path[-1] for topic in self._followed if (path := self.path(topic))])

    def follows(self, topic: str) -> bool:
        """Whether the channel follows this very topic."""
        return topic in self._followed

    def covered(self) -> list[str]:
        """The topics that the channel follows and those within them, in the order of feeds.yaml."""
        return [topic for topic in self._order if self._followed.intersection(self.path(topic))]

    def specific(self, story: Story) -> list[Match]:
        """The surest match of each of the story's topics, the deepest topic first, then the surest.

        Topics outside those that the channel follows count only where none inside is matched.
        """
        matches = sorted((match for part in story.told_by for match in part.matches), key=lambda match: match.score)
        known = [match for match in {match.topic: match for match in matches}.values() if match.topic in self._topics]
        followed = [match for match in known if self._followed.intersection(self.path(match.topic))]
        return sorted(
            followed or known,
            key=lambda match: (-len(self.path(match.topic)), -match.score, self._order[match.topic]),
        )

    def topic_of(self, story: Story) -> str | None:
        """The most specific topic of a story; None: feeds.yaml names none of its topics any more."""
        return next((match.topic for match in self.specific(story)), None)

    def grouped(self, stories: Sequence[Story]) -> list[tuple[str, list[Story]]]:
        """The stories under the names of their topics, most telling first.

        Topics in the order of feeds.yaml, but the widest last; in each the story nearest to the facts first, then what
        a state has done, then the surest, then the newest.
        """
        groups: dict[str | None, list[Story]] = {}
        for story in sorted(stories, key=self._telling):
            groups.setdefault(self.topic_of(story), []).append(story)
        return [(self.name(topic), groups[topic]) for topic in sorted(groups, key=self._place)]

    def path(self, topic: str) -> tuple[str, ...]:
        """The topic and those it stands within, the widest last; empty for one that feeds.yaml no longer names."""
        path: list[str] = []
        step: str | None = topic
        while step in self._topics and step not in path:
            path.append(step)
            step = self._topics[step].within
        return tuple(path)

    def _place(self, topic: str | None) -> tuple[bool, bool, int]:
        if topic is None:
            return True, True, 0
        return False, len(self.path(topic)) == 1, self._order[topic]

    def _telling(self, story: Story) -> tuple[int, int, float, tuple[float, str]]:
        score = next((match.score for match in self.specific(story)), 0.0)
        return story.lead.rank, _act_place(story), -score, newest(story)


def _act_place(story: Story) -> int:
    """0 where a state becomes bound or ends that, 1 where it signs, 2 for another act, 3 where none is told.

    Title and summary count: an act that only the full text mentions is not what the story tells. (So 100 stories take
    6 ms instead of 200.)
    """
    act = act_of(replace(story.lead.item, content=""), story.lead.matches)
    if act is None or act.kind == "statement":
        return 3
    return 0 if act.kind in BINDING else 1 if act.kind == "signature" else 2


def newest(story: Story) -> tuple[float, str]:
    """Sorts the newest first; the id makes the order the same each time."""
    item = story.lead.item
    return -(item.published or item.seen).timestamp(), story.id
