"""A page of a person's own: which channels get what, how the feeds are, and where the treaty stands.

A person sees the channels of `Reader.known_to` only: those in which the same person changed or marked something, and
so was in. Which others get something would tell of private channels; they are counted and not named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.delivery.count import count, count_lines
from bot.delivery.notes import MONTHS, many
from bot.model import Answer, Button, Buttons, ChannelId, Fact, Heading, Line, Part
from bot.store import Store
from bot.topics.marks import lately, precision, votes
from bot.work.commands.lists import health
from bot.work.commands.standing import View, change, pause_or_resume, what_it_gets
from bot.work.commands.views import Viewer

CHANNELS = 10  # shown; the rest is counted
TWO_MONTHS = timedelta(days=62)  # no two are longer

WHAT = (
    "I read the feeds that my operator names, and tell channels what is new about the UN Convention against "
    "Cybercrime: at once, or in a digest. I post only where somebody asked for it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Shows a person what concerns them."""

    store: Store
    viewer: Viewer

    async def page(self, platform: str, workspace: str, person: str, *, zone: str | None) -> Answer:
        """All of it; `zone` is the person's, where it is known."""
        known = await self.store.known_to(platform, workspace, person)
        everywhere = [one.id for one in await self.store.channels()]
        others = [one for one in everywhere if one[:2] == (platform, workspace) and one not in known]
        nowhere = ChannelId(platform, workspace)
        view = await self.viewer.view(nowhere, home=zone)
        another = Button(label="Subscribe another channel" if known else "Subscribe a channel", words="subscribe")
        channels = [await self.viewer.view(where, home=zone) for where in known[:CHANNELS]]
        return Answer(
            parts=(
                Line(text=WHAT),
                *(() if known else _first_steps(view)),
                *(part for where, one in zip(known, channels, strict=False) for part in _channel(where, one)),
                *_more(known, others),
                Buttons(buttons=(another,)),
                *await self._treaty(view),
                Heading(text="Feeds"),
                Line(text=health(await self.store.feed_states())),
                *await self._marks(view),
            )
        )

    async def welcome(self, platform: str, workspace: str) -> Answer | None:
        """How to begin, once in a workspace; None: somebody there was told before."""
        view = await self.viewer.view(ChannelId(platform, workspace))
        if not await self.store.welcome(platform, workspace, now=view.now):
            return None
        first = Button(label="Subscribe a channel", words="subscribe")
        return Answer(parts=(Line(text=WHAT), *_first_steps(view), Buttons(buttons=(first,))))

    async def _marks(self, view: View) -> list[Part]:
        """How often stories that people marked in this month and the last one belonged under their topics."""
        judged = await self.store.feedback(since=view.now - TWO_MONTHS)
        told: dict[str, list[str]] = {}
        for one in lately(precision(votes(judged)), now=view.now):
            if one.share is not None:
                month = MONTHS[int(one.month[-2:]) - 1]
                counted = f"{one.relevant:,} of {many(one.relevant + one.irrelevant, 'marked story')} relevant"
                told.setdefault(one.topic, []).append(f"{month}: {counted}")
        facts = [Fact(name=view.name(topic), told="; ".join(months)) for topic, months in told.items()]
        return [Heading(text="What people marked in chat"), *facts] if facts else []

    async def _treaty(self, view: View) -> list[Part]:
        """The depositary's count, where it was ever read."""
        kept = await self.viewer.editor.record()
        if kept is None:
            return []
        counted = count(kept.record, now=view.now.astimezone(ZoneInfo(view.zone)).date())
        return [Heading(text="The treaty"), *(Line(text=text) for text in count_lines(counted))]


def _first_steps(view: View) -> tuple[Part, ...]:
    """How a channel comes to its first digest."""
    return (
        Line(text="Begin in the channel that should get the news; if it is private, let me in there first:"),
        Line(text="1. `/treaty topics` – what there is"),
        Line(text=f"2. `/treaty subscribe {view.sample}` – a daily digest, at 09:00 on weekdays"),
        Line(text=f"3. `/treaty latest {view.sample}` – what was found already"),
    )


def _channel(where: ChannelId, view: View) -> Iterator[Part]:
    """What one channel gets, and what can be changed about it from here."""
    yield Heading(text="", channel=where)
    yield from what_it_gets(view)
    digest = (Button(label="Show next digest", words="digest"),) if view.digests else ()
    buttons = (*change(view), pause_or_resume(view), *digest)
    yield Buttons(buttons=tuple(replace(button, channel=where) for button in buttons))


def _more(known: Sequence[ChannelId], others: Sequence[ChannelId]) -> Iterator[Part]:
    """How many channels are not shown."""
    if len(known) > CHANNELS:
        more = many(len(known) - CHANNELS, "more channel")
        yield Line(text=f"… and {more} that you know; `/treaty list` shows each where it is.")
    if others:
        gets = "gets" if len(others) == 1 else "get"
        noun = "other channel" if known else "channel"
        yield Line(text=f"{many(len(others), noun)} of this workspace {gets} something.")
