"""mute, unmute: outlets whose stories are not told in a channel, unless another outlet tells them too.

They can be muted where feeds.yaml sets what a channel gets, as such a channel can be paused: both only take away, and
whoever reads there knows best what is noise to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.delivery.quote import clip
from bot.model import DATES, Answer, Button, Buttons, Command, Example, Line, Part
from bot.store import Store
from bot.work.commands.standing import View, nothing_here
from bot.work.commands.wanted import Mute, Unmute

LABEL = 30  # characters that a button may say
PRESSES = 5  # buttons side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutes:
    """Mutes outlets in a channel."""

    store: Store

    def ask(self, view: View) -> Answer:
        """What muting does, what is muted here, and how to say which outlet."""
        if not view.subscribed:
            return Answer(parts=nothing_here(view))
        said = f"Muted here: {view.muted_names}." if view.muted else "No outlet is muted here."
        what = "What only a muted outlet tells is not told here; a story that others tell too still comes."
        sample = next((feed for feed in view.outlets if feed not in view.muted), "OUTLET")
        backs = tuple(_back(feed, f"Unmute {view.outlet(feed)}") for feed in sorted(view.muted)[:PRESSES])
        return Answer(
            parts=(
                Line(text=f"{said} {what}"),
                Example(command=f"mute {sample}", told="by its id, or by its name as it stands beside a story"),
                *([Example(command=f"unmute {min(view.muted)}", told="tell it again")] if view.muted else []),
                Example(command="pause 3d", told="post nothing at all meanwhile"),
                *([Buttons(buttons=backs)] if backs else []),
            )
        )

    async def change(self, wanted: Mute | Unmute, command: Command, view: View) -> Answer:
        """Mute an outlet, or tell it again."""
        if isinstance(wanted, Mute):
            return await self._mute(wanted.feed, command, view)
        return await self._unmute(wanted.feed, command, view)

    async def _mute(self, feed: str, command: Command, view: View) -> Answer:
        """Tell nothing here from now on that only this outlet tells."""
        if not view.subscribed:
            return Answer(parts=nothing_here(view))
        if feed == DATES.id:
            text = "Dates to come are told by TreatyWatch itself, from feeds.yaml, and cannot be muted."
            return Answer(parts=(Line(text=text), Example(command="list", told="what this channel gets")))
        name = view.outlet(feed)
        if feed not in view.outlets:
            return Answer(parts=(Line(text=f"{name} is no longer read, so nothing new of it comes."),))
        back: tuple[Part, ...] = (
            Example(command=f"unmute {feed}", told="tell it again"),
            Buttons(buttons=(_back(feed, "Undo"),)),
        )
        if not await self.store.mute(command.channel, feed, by=command.person, now=view.now):
            return Answer(parts=(Line(text=f"{name} is muted here already; nothing changed."), *back))
        said = f"Stories that only {name} tells are no longer told here."
        notice = f"{said} `/treaty unmute {feed}` brings them back."
        return Answer(parts=(Line(text=f"{said} Those that others tell too still come."), *back), notice=notice)

    async def _unmute(self, feed: str, command: Command, view: View) -> Answer:
        """Tell an outlet again; what it told meanwhile is not made up for."""
        name = view.outlet(feed)
        if not await self.store.unmute(command.channel, feed, by=command.person, now=view.now):
            still = replace(view, muted=view.muted - {feed})
            muted = f" Muted here: {still.muted_names}." if still.muted else ""
            return Answer(parts=(Line(text=f"{name} is not muted here; nothing changed.{muted}"),))
        notice = f"Stories that only {name} tells are told here again."
        again = Example(command=f"mute {feed}", told="mute it again")
        return Answer(parts=(Line(text=f"{notice} What it told meanwhile is in the archive."), again), notice=notice)


def _back(feed: str, label: str) -> Button:
    return Button(label=clip(label, LABEL), words=f"unmute {feed}")
