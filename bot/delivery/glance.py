"""The week at a glance: how many stories there were of each topic, week by week, in words and as small bars; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.delivery.notes import many
from bot.delivery.shelf import Shelf
from bot.model import Glance, Trend

WEEKS = 8  # that a bar shows
LINES = 10  # topics with a line of their own
ROOM = 800  # characters of all these lines
HEADING = "The week at a glance"
# The first stands for nothing, so that a week without a story differs from a week with one.
STEPS = "▁▂▃▄▅▆▇█"


def glance(weeks: Mapping[str, Sequence[int]], shelf: Shelf, *, count: str = "") -> Glance:
    """The followed topics, and those within them that had a story in these weeks, in the order of feeds.yaml.

    `weeks`: by Topic.id how many stories there were, the oldest week first; all bars have one scale. Where there are
    too many topics, those with the most stories this week have a line, and the others are counted. `count`: the
    depositary's, in a sentence.
    """
    shown = [topic for topic in shelf.covered() if topic in weeks and (shelf.follows(topic) or any(weeks[topic]))]
    highest = max((number for topic in shown for number in weeks[topic]), default=0)
    trends = {topic: _trend(shelf.name(topic), weeks[topic], highest) for topic in shown}
    kept = _kept(shown, trends, weeks)
    left = len(shown) - len(kept)
    notes = (
        f"And {many(left, 'more topic')}." if left else "",
        f"A bar shows eight weeks, this one last; its highest sign means {many(highest, 'story')}." if highest else "",
        count,
    )
    return Glance(
        heading=HEADING,
        trends=tuple(trends[topic] for topic in shown if topic in kept),
        notes=tuple(filter(None, notes)),
    )


def _kept(shown: Sequence[str], trends: Mapping[str, Trend], weeks: Mapping[str, Sequence[int]]) -> set[str]:
    """The topics that get a line: as many as there is room for."""
    kept: set[str] = set()
    room = ROOM
    for topic in sorted(shown, key=lambda topic: -weeks[topic][-1])[:LINES]:
        room -= len(trends[topic].name) + len(trends[topic].bar) + len(trends[topic].told)
        if room < 0:
            break
        kept.add(topic)
    return kept


def _trend(name: str, numbers: Sequence[int], highest: int) -> Trend:
    before, now = ([0, *numbers])[-2:]
    return Trend(
        name=name,
        bar="".join(_step(number, highest) for number in numbers),
        told=_told(now, before),
    )


def _told(now: int, before: int) -> str:
    """7 stories, 2 the week before."""
    if not now and not before:
        return "no story in two weeks"
    return f"{many(now, 'story') if now else 'no story'}, {before or 'none'} the week before"


def _step(number: int, highest: int) -> str:
    """The sign of a number; none but the highest gets the highest one, none but nothing the lowest."""
    above = len(STEPS) - 1
    return STEPS[-(-number * above // highest)] if highest else STEPS[0]
