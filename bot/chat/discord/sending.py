"""Messages into a channel or the thread of one of its messages, each with the nonce that lets it stand only once.

A thread that was begun at a message has the message's own number, so a number alone says where to look. What stands
in a thread is known by both numbers, as `thread/message`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.chat import CannotLook
from bot.chat.discord import verdict
from bot.chat.discord.marks import snowflake_at
from bot.chat.discord.requests import Failure, Requests
from bot.chat.shown import short
from bot.errors import TryLater, Unsure

Json = dict[str, Any]

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"
PAST = MESSAGES + "?after={after}&limit={limit}"
PAGE, PAGES = 100, 10
EARLIER = timedelta(seconds=5)  # Discord's clock and ours
NONCE = 25  # characters at most
THREAD_NAME = 100  # likewise
KNOWN = 10_000  # threads that are remembered


def nonce(key: str) -> str:
    """What lets a message with this key stand only once, as long as Discord remembers: some minutes."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:NONCE]


async def send_words(requests: Requests, channel: str, body: Mapping[str, Any], *, key: str) -> Json:
    """One message; raises Failure."""
    said = {**body, "nonce": nonce(key), "enforce_nonce": True}
    found: Json = await requests.ask("POST", MESSAGES, said, channel_id=channel)
    return found


def spot(message: str, channel: str) -> tuple[str, str]:
    """Where a message stands, and its own number."""
    thread, _, number = message.rpartition("/")
    return thread or channel, number


class Threads:
    """What goes on under a message."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._begun: set[str] = set()  # messages that have a thread, as far as this process knows
        self._flat: set[str] = set()  # channels in which no thread can be begun, as threads themselves are

    async def send(self, channel: str, parent: str, body: Mapping[str, Any], *, key: str) -> str:
        """Send into the parent's thread, begun if it has none; where it cannot have one, as an answer to it.

        Gives what the message is known by; raises Failure.
        """
        where, number = spot(parent, channel)
        if where != channel:  # the parent itself stands in a thread, which goes on
            return f"{where}/{_number(await send_words(self._requests, where, body, key=key))}"
        if channel not in self._flat and await self._began(channel, number, body):
            try:
                return f"{number}/{_number(await send_words(self._requests, number, body, key=key))}"
            except Failure as failure:
                if failure.code != verdict.UNKNOWN_CHANNEL:  # else somebody deleted the thread
                    raise
        answer = {**body, "message_reference": {"message_id": number, "fail_if_not_exists": False}}
        return _number(await send_words(self._requests, channel, answer, key=key))

    async def _began(self, channel: str, message: str, body: Mapping[str, Any]) -> bool:
        """Whether the message has a thread now.

        Asked before the first post of a process into a thread, so that no post is spent on finding out.
        """
        if message in self._begun:
            return True
        path = MESSAGE + "/threads"
        try:
            await self._requests.ask("POST", path, {"name": _name(body)}, channel_id=channel, message_id=message)
        except Failure as failure:
            if failure.code in verdict.NO_THREAD:
                self._flat.add(channel)
                return False
            if failure.code != verdict.THREAD_EXISTS:
                raise
        if len(self._begun) >= KNOWN:
            self._begun.clear()
        self._begun.add(message)
        return True


def _name(body: Mapping[str, Any]) -> str:
    """What a thread is called: as the message that begins it, without the marks that keep markdown away."""
    title = next((str(one["title"]) for one in body.get("embeds", ()) if one.get("title")), "Later coverage")
    return short(re.sub(r"\\(\W)", r"\1", title), THREAD_NAME)


def _number(message: object) -> str:
    """The number under which Discord took a message; raises Failure."""
    if isinstance(message, dict) and message.get("id"):
        return str(message["id"])
    raise Failure(Unsure("Discord took it without saying under which number"))


async def past(requests: Requests, channel: str, *, since: datetime) -> AsyncIterator[Json]:
    """The messages of a channel or thread since then, oldest pages first; raises CannotLook, Failure."""
    after = snowflake_at(since - EARLIER)
    for _ in range(PAGES):
        page = await requests.ask("GET", PAST, channel_id=channel, after=after, limit=str(PAGE))
        for one in page:
            yield one
        if len(page) < PAGE:
            return
        after = str(max(int(one["id"]) for one in page))
    raise CannotLook(f"more than {PAGE * PAGES:,} messages were said since")


def blind(failure: Failure) -> CannotLook:
    """Why the past of a channel cannot be read."""
    later = isinstance(failure.verdict, TryLater | Unsure)
    return CannotLook(verdict.cannot_look(failure.code), later=later)
