"""What channels are told of the feeds themselves: one fails for long, is back, or brought too much at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.delivery.notes import NAME, UNREAD, held_lines, many, unread_lines
from bot.delivery.quote import clip, one_line
from bot.model import FeedState, Message

# A server that is down over night is not worth a word; one that is silent for longer may hide news.
LONG = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidings:
    """Feeds of which there is something to tell, each told once."""

    broken: tuple[FeedState, ...]
    back: tuple[FeedState, ...]
    held: tuple[FeedState, ...]

    @property
    def noted(self) -> tuple[FeedState, ...]:
        """Each of these feeds once, as it stands when this has been told."""
        noted = {state.feed: state for state in self.held}
        noted |= {state.feed: replace(state, told_failing=True) for state in self.broken}
        noted |= {state.feed: replace(state, told_failing=False) for state in self.back}
        return tuple(replace(state, told_held=True) for state in noted.values())


def tidings(states: Sequence[FeedState], *, now: datetime) -> Tidings:
    """What the channels do not know yet, longest broken first."""
    broken = [state for state in states if _broken(state, now) and not state.told_failing]
    return Tidings(
        broken=tuple(sorted(broken, key=lambda state: (state.failing_since or now, state.feed))),
        back=tuple(state for state in states if state.told_failing and not state.failures),
        held=tuple(state for state in states if not state.told_held),
    )


def _broken(state: FeedState, now: datetime) -> bool:
    return state.failing_since is not None and now - state.failing_since > LONG


def compose_tidings(told: Tidings, names: Mapping[str, str], *, day: date, zone: str) -> Message:
    """One message about all of it; `names` by Feed.id, times on the zone's wall."""
    lead = []
    if told.broken:
        lead.append("Nothing is lost that a feed still holds when it is back; you will be told when it is.")
    if told.held:
        lead.append("What was held back is in the archive: /treaty latest and /treaty search find it.")
    return Message(
        kind="digest",
        heading=_heading(told),
        lead=" ".join(lead) or "All that it still held has been read.",
        groups=(),
        unread=(
            *unread_lines(told.broken, names, day=day, zone=zone),
            *_back_lines(told.back, names),
            *held_lines(told.held, names),
        ),
        why="/treaty feeds shows how every feed stands.",
        zone=zone,
    )


def _heading(told: Tidings) -> str:
    match bool(told.broken), bool(told.back), bool(told.held):
        case True, False, False:
            return f"{many(len(told.broken), 'feed')} cannot be read"
        case False, True, False:
            return f"{many(len(told.back), 'feed')} can be read again"
        case False, False, True:
            return f"{many(len(told.held), 'feed')} brought much at once"
    return "News of the feeds"


def _back_lines(back: Sequence[FeedState], names: Mapping[str, str]) -> list[str]:
    told = [f"Read again: {clip(one_line(names.get(state.feed, state.feed)), NAME)}" for state in back[:UNREAD]]
    more = [f"Read again: {many(len(back) - UNREAD, 'more feed')}"] if len(back) > UNREAD else []
    return told + more
