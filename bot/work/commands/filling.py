"""Opens the form of a bare `subscribe`, and shows below it what would come of what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Answer, ChannelId, Example, Filled, Found, Heading, Line, Part
from bot.store import Reader
from bot.work.commands.forms import (
    DAYS,
    Values,
    arrange_of,
    drawn_anew,
    faults_of,
    filled_in,
    form_of,
    meant,
    names_channel,
    outdated,
    values_of,
)
from bot.work.commands.lists import Lists
from bot.work.commands.plans import arranged, foreseen
from bot.work.commands.standing import NOTHING_HERE, View, set_by_the_file

SHOWN = 3  # items in the preview
FRESH = timedelta(minutes=10)  # so long counts are taken as they were: a form must open within three seconds

UNANSWERED = {"channel", "digest"}  # fields that are empty at first, which is no fault while a form is open


@dataclass(slots=True, kw_only=True)
class Counts:
    """How much each topic brings."""

    reader: Reader
    _at: datetime | None = None  # when they were counted
    _items: Mapping[str, int] = field(default_factory=dict)

    async def items(self, now: datetime) -> Mapping[str, int]:
        """Items of the last DAYS days by topic."""
        if self._at is None or not self._at <= now < self._at + FRESH:
            self._items, self._at = await self.reader.topic_counts(since=now - timedelta(days=DAYS)), now
        return self._items


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Has a form filled in."""

    counts: Counts
    lists: Lists

    async def open(self, where: ChannelId, view: View) -> Answer:
        """The form as the channel stands, or the present way in words; of a channel of the file, who sets it."""
        if view.set_by_file:
            return Answer(parts=set_by_the_file(view))
        values = values_of(view)
        below = await self._below(values, view, _outcome(values, view))
        return await self._drawn(values, view, where if where.channel else None, below)

    async def go_on(self, filled: Filled, where: ChannelId, view: View) -> Answer:
        """The form with what stands in it by now, and what would come of that."""
        values, late = filled_in(filled, view), outdated(filled, view)
        if view.set_by_file:
            outcome = list(set_by_the_file(view))
        elif late:
            values = drawn_anew(filled, view)
            outcome = [*_why_anew(filled), *_outcome(values, view)]
        elif faults := [fault for name, fault in faults_of(filled).items() if name not in UNANSWERED]:
            outcome = [Line(text=fault) for fault in faults]
        else:
            outcome = _outcome(meant(filled, view), view)
        below = await self._below(values, view, outcome)
        return await self._drawn(values, view, None if names_channel(filled) else where, below)

    async def _drawn(self, values: Values, view: View, where: ChannelId | None, below: Sequence[Part]) -> Answer:
        counts = await self.counts.items(view.now)
        return Answer(parts=in_words(view), form=form_of(values, view, where=where, counts=counts, parts=below))

    async def _below(self, values: Values, view: View, outcome: Sequence[Part]) -> list[Part]:
        return [*outcome, *_weekly(values, view), *await self._newest(values, view)]

    async def _newest(self, values: Values, view: View) -> list[Part]:
        """The newest items about the chosen topics."""
        chosen = {*values.digest, *values.instant}
        if not chosen:
            return []
        # What a topic covers need not be asked for besides.
        widest = [topic for topic in chosen if chosen.isdisjoint(view.above(topic))]
        reader = self.lists.editor.reader
        found = {one.item.id: one for topic in widest for one in await reader.latest(topic=topic, limit=SHOWN)}
        newest = sorted(found.values(), key=_dated, reverse=True)[:SHOWN]
        if not newest:
            return [Line(text="Nothing about these topics in the archive yet.")]
        return [Heading(text="The newest about these topics"), *self.lists.entries(newest, view)]


def _why_anew(filled: Filled) -> list[Part]:
    if names_channel(filled):  # who chose another channel sees why
        return []
    return [Line(text="Somebody changed this channel meanwhile; the form shows now what it has.")]


def _dated(found: Found) -> datetime:
    """As `latest` orders items."""
    return found.item.published or found.item.seen


def _outcome(values: Values, view: View) -> list[Part]:
    """What the channel would get, and when that would first come."""
    where = view.channel.id if view.channel else ChannelId("")
    plan = arranged(arrange_of(values), where, view)
    after = foreseen(plan, view)
    if not plan.all:
        text = "With no topic chosen, all that this channel gets ends." if plan.ended else "No topic is chosen yet."
        return [Line(text=text)]
    comes = after.next_digest()
    first = f" The {'next' if view.digests else 'first'} digest comes {comes}." if comes else ""
    return [Line(text=f"The channel then gets {after.gets()}.{first}")]


def _weekly(values: Values, view: View) -> list[Part]:
    """Which topics stay in a weekly digest, since a form does not change that, and how words do."""
    stay = [topic for topic in view.followed("weekly") if topic not in {*values.digest, *values.instant}]
    if not stay:
        return []
    text = f"In the weekly digest, and left there: {view.names(stay)}. Another day or hour is set in words:"
    return [Line(text=text), Example(command=f"subscribe {stay[0]} weekly mon 16:00")]


def in_words(view: View) -> tuple[Part, ...]:
    """The same without a form."""
    one = view.sample
    stands = f"This channel gets {view.gets()}." if view.subscribed else NOTHING_HERE
    end = [Example(command=f"unsubscribe {view.subscribed[0]}", told="end one, or all")] if view.subscribed else []
    return (
        Line(text=stands),
        Example(command=f"subscribe {one} daily 09:00", told="into the daily digest; several topics can be named"),
        Example(command=f"subscribe {one} weekly fri 16:00", told="into a weekly digest"),
        Example(command=f"subscribe {one} instant", told="at once, as each story is found"),
        Example(command="topics", told="what there is to subscribe to"),
        *end,
    )
