"""What Slack tells of people: the zone of their profile, and whether they may change what a channel gets.

Each takes a scope of its own, which the workspace may not have granted. Without it a zone is not known; and who may
change something cannot be told either, so then nobody may but where anyone may.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.lately import remember
from bot.chat.slack import verdict
from bot.chat.slack.requests import Failure, result
from bot.model import ChannelId

DAY, HOUR, FRESH = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)
KNOWN = 10_000  # answers of Slack's that are remembered
DIRECT = "D"  # what the id of a direct message begins with: nobody can invite an app into one
NOTHING = "Nothing was changed."
NOT_HERE = "I cannot post in a direct message. Type this in the channel that should get the news."
NOT_CREATOR = (
    "Only the person who created this channel, or an admin of the workspace, may change what it gets. "
    f"{NOTHING} Ask one of them."
)
NOT_ADMIN = f"Only an admin of the workspace may change what a channel gets. {NOTHING} Ask one of them."
NOT_IN_GROUP = f"Only members of one group of users may change what a channel gets, and you are not in it. {NOTHING}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What Slack answered, or why it did not, and when."""

    at_s: float
    told: dict[str, Any] | None
    failure: Failure | None = None


class People:
    """The people of one workspace."""

    def __init__(self, web: AsyncWebClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that only grow."""
        self._web, self._clock = web, clock
        self._known: OrderedDict[tuple[str, ...], _Known] = OrderedDict()

    async def zone(self, person: str) -> str | None:
        """The zone of the person's profile, asked for once a day; None: not told."""
        try:
            told = str((await self._person(person, DAY)).get("tz") or "")
        except Failure:
            return None
        return told if told in _zones() else None  # what this machine does not know, it cannot reckon in

    async def may_not_change(self, channel: ChannelId, person: str, rule: str) -> str:
        """Why a person may not change what a channel gets, as a sentence; "": the person may."""
        if channel.channel.startswith(DIRECT):
            return NOT_HERE
        if rule == "anyone":
            return ""
        try:
            match rule:
                case "creators":
                    return "" if await self._created(channel, person) or await self._rules(person) else NOT_CREATOR
                case "admins":
                    return "" if await self._rules(person) else NOT_ADMIN
                case _:
                    return "" if await self._belongs(person, rule) else NOT_IN_GROUP
        except Failure as failure:
            return _cannot_tell(failure, rule)

    async def _rules(self, person: str) -> bool:
        told = await self._person(person, FRESH)
        return any(told.get(key) is True for key in ("is_admin", "is_owner"))

    async def _created(self, channel: ChannelId, person: str) -> bool:
        told = await self._ask("conversations.info", {"channel": channel.channel}, lasting=DAY)
        return bool(person) and (told.get("channel") or {}).get("creator") == person

    async def _belongs(self, person: str, group: str) -> bool:
        told = await self._ask("usergroups.users.list", {"usergroup": group}, lasting=FRESH)
        return person in (told.get("users") or ())

    async def _person(self, person: str, lasting: timedelta) -> dict[str, Any]:
        told = await self._ask("users.info", {"user": person}, lasting=lasting)
        return dict(told.get("user") or {})

    async def _ask(self, method: str, params: dict[str, str], *, lasting: timedelta) -> dict[str, Any]:
        """What Slack answers, or answered so long ago at most; raises Failure."""
        key, now = (method, *params.values()), self._clock()
        known = self._known.get(key)
        if known is not None and now - known.at_s < _lasts(known, lasting).total_seconds():
            if known.failure is not None:
                raise known.failure
            return known.told or {}
        try:
            found = _Known(at_s=now, told=await result(self._web.api_call(method, http_verb="GET", params=params)))
        except Failure as failure:
            found = _Known(at_s=now, told=None, failure=failure)
        remember(self._known, key, found, most=KNOWN)
        if found.failure is not None:
            raise found.failure
        return found.told or {}


@cache
def _zones() -> frozenset[str]:
    """The zones that this machine knows."""
    return frozenset(available_timezones())


def _lasts(known: _Known, lasting: timedelta) -> timedelta:
    """How long an answer holds: a scope is rarely granted, all else may be over in a moment."""
    if known.failure is None:
        return lasting
    return min(HOUR, lasting) if known.failure.code == "missing_scope" else timedelta()


def _cannot_tell(failure: Failure, rule: str) -> str:
    """Why nobody can say whether the person may."""
    if failure.code == "missing_scope":
        return (
            f"I cannot tell whether you may change this: the app lacks the scope {failure.needed}. {NOTHING} "
            "Whoever manages the app can add it."
        )
    if failure.code == "no_such_subteam":
        return f"Slack knows no group of users {rule}, which `bot.may_change` names. {NOTHING}"
    if failure.code in verdict.CHANNEL:
        return f"I cannot tell whether you may change this: {verdict.CHANNEL[failure.code]}. {NOTHING}"
    return f"I cannot tell whether you may change this: {failure.verdict}. {NOTHING} Please try again in a minute."
