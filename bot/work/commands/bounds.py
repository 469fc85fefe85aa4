"""How much may be subscribed: a script, or somebody who is angry, must not fill a channel or the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.model import ChannelId
from bot.store import Store
from bot.work.commands.plans import Plan
from bot.work.commands.standing import View
from bot.work.commands.wanted import TOPICS

# As the threat table has them (knowledge/reliability.md, 1.5: who may do what).
CHANNELS = 500  # a workspace
ACTS = 10  # of subscribing, in a channel within an hour
HOUR = timedelta(hours=1)
_CHANGES = 1000  # of an hour, looked at: pausing and resuming is not bounded


@dataclass(frozen=True, slots=True)
class Bounds:
    """Says what would be too much."""

    store: Store

    async def refusal(self, plan: Plan, view: View) -> str:
        """Why a plan cannot be carried out, and what to do; "": it can. What only ends or moves things can."""
        if not plan.wishes:
            return ""
        if len(plan.all) > TOPICS:
            return f"A channel can have {TOPICS} topics; end some before, or name a wider topic, which covers others."
        where = plan.channel.id
        if view.settings is None and await self._channels(where) >= CHANNELS:
            return f"{CHANNELS} channels of this workspace get something, and that is the most; end one before."
        acts = [
            change.at
            for change in await self.store.changes(limit=_CHANGES, channel=where, since=view.now - HOUR)
            if change.what == "subscribed"
        ]
        if len(acts) < ACTS:
            return ""
        again = view.when(acts[ACTS - 1] + HOUR)
        return f"Something was subscribed here {ACTS} times within an hour, and that is the most; go on {again}."

    async def _channels(self, where: ChannelId) -> int:
        """How many channels of its workspace get something."""
        return sum(
            (one.id.platform, one.id.workspace) == (where.platform, where.workspace)
            for one in await self.store.channels()
        )
