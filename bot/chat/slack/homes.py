"""The App Home of those who look at it, kept up to date."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Clerk
from bot.chat.slack.home import home
from bot.chat.slack.requests import Failure, result
from bot.chat.slack.views import Turns
from bot.errors import TryLater
from bot.log import log


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """How long, for how many and how often homes are kept up to date."""

    lasting: timedelta = timedelta(hours=1)  # after they were opened
    people: int = 100
    every: timedelta = timedelta(minutes=1)
    calm: timedelta = timedelta(seconds=3)  # from one round to the next, however much changes


@dataclass(slots=True, kw_only=True)
class _Guest:
    opened_s: float  # by the loop's clock
    shown: str = ""  # the view that Slack has


class Homes:
    """All homes that were opened lately."""

    def __init__(self, web: AsyncWebClient, workspace: str, care: Care) -> None:
        self._web, self._workspace, self._care = web, workspace, care
        self._guests: dict[str, _Guest] = {}  # by person, who came last at the end
        self._turns, self._change = Turns(), asyncio.Event()

    async def open(self, person: str, clerk: Clerk) -> None:
        """Somebody looks: show what there is."""
        self._guests.pop(person, None)
        self._guests[person] = _Guest(opened_s=asyncio.get_running_loop().time())
        while len(self._guests) > self._care.people:
            del self._guests[next(iter(self._guests))]
        await self._show(person, clerk)

    async def show(self, person: str, clerk: Clerk) -> None:
        """Something was changed there: show what came of it, at once."""
        if person in self._guests:
            await self._show(person, clerk)
        else:
            await self.open(person, clerk)

    def changed(self) -> None:
        """Something was changed that any of them may show."""
        self._change.set()

    async def keep(self, clerk: Clerk) -> None:
        """Show them anew whenever something changed, and about each minute, where they are not what is shown."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._care.every.total_seconds()):
                    await self._change.wait()
            self._change.clear()
            since = asyncio.get_running_loop().time() - self._care.lasting.total_seconds()
            self._guests = {person: guest for person, guest in self._guests.items() if guest.opened_s >= since}
            wait = self._care.calm
            for person in list(self._guests):
                wait = max(wait, await self._show(person, clerk))
            await asyncio.sleep(wait.total_seconds())

    async def _show(self, person: str, clerk: Clerk) -> timedelta:
        """Publish a person's home if it is another than Slack has; gives how long Slack wants to be left alone."""
        async with self._turns.of(person):
            guest = self._guests.get(person)
            if guest is None:
                return timedelta()
            try:
                view = home(await clerk.home("slack", self._workspace, person))
            except Exception:  # noqa: BLE001 - the top of a deed: one home's fault must not stop the others
                log.error("home.broke", exc_info=True)
                return timedelta()
            drawn = json.dumps(view)
            if drawn == guest.shown:
                return timedelta()
            try:
                await result(self._web.api_call("views.publish", json={"user_id": person, "view": view}))
            except Failure as failure:
                log.warning("home.not_shown", why=str(failure.verdict))
                return failure.verdict.retry_after if isinstance(failure.verdict, TryLater) else timedelta()
            guest.shown = drawn
            return timedelta()
