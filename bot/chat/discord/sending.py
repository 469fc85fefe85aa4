"""Messages into a channel or the thread of one of its messages, each with the nonce that lets it stand only once.

A thread that was begun at a message has the message's own number, so a number alone says where to look. What stands
in a thread is known by both numbers, as `thread/message`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from math import inf
from time import monotonic
from typing import Any

from bot.chat import CannotLook
from bot.chat.discord import verdict
from bot.chat.discord.embeds import title_of
from bot.chat.discord.marks import snowflake_at
from bot.chat.discord.requests import Failure, Requests
from bot.chat.shown import short

Json = dict[str, Any]

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"
PAST = MESSAGES + "?after={after}&limit={limit}"
NEWEST = MESSAGES + "?limit=1"
PAGE, PAGES = 100, 10
EARLIER = timedelta(seconds=5)  # Discord's clock and ours
NONCE = 25  # characters at most
THREAD_NAME = 100  # likewise
# So long Discord surely remembers a nonce; it says "the past few minutes".
NONCE_LASTS = timedelta(minutes=1)
KNOWN = 10_000  # threads that are remembered
FLAT_SECONDS = 3600.0  # before it is tried again to begin threads in a channel that took none


def nonce(key: str) -> str:
    """What lets a message with this key stand only once, as long as Discord remembers: some minutes."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:NONCE]


async def send_words(requests: Requests, channel: str, body: Mapping[str, Any], *, key: str) -> str:
    """One message; the number under which Discord took it. Raises Failure."""
    said = {**body, "nonce": nonce(key), "enforce_nonce": True}
    return str((await requests.one("POST", MESSAGES, said, channel_id=channel))["id"])


def spot(message: str, channel: str) -> tuple[str, str]:
    """Where a message stands, and its own number."""
    thread, _, number = message.rpartition("/")
    return thread or channel, number


class Threads:
    """What goes on under a message."""

    def __init__(self, requests: Requests, *, now: Callable[[], float] = monotonic) -> None:
        """`now`: seconds of any clock that only goes on."""
        self._requests, self._now = requests, now
        self._begun: set[str] = set()  # messages that have a thread, as far as this process knows
        self._flat: dict[str, float] = {}  # channels in which no thread can be begun, and until when that is believed

    async def send(self, channel: str, parent: str, body: Mapping[str, Any], *, key: str) -> str:
        """Send into the parent's thread, begun if it has none; where it cannot have one, as an answer to it.

        Gives what the message is known by; raises Failure.
        """
        where, number = spot(parent, channel)
        if where != channel:  # the parent itself stands in a thread, which goes on
            if sent := await self._into(where, body, key):
                return sent
            return await send_words(self._requests, channel, body, key=key)
        if await self._began(channel, number, body) and (sent := await self._into(number, body, key)):
            return sent
        answer = {**body, "message_reference": {"message_id": number, "fail_if_not_exists": False}}
        return await send_words(self._requests, channel, answer, key=key)

    async def _into(self, thread: str, body: Mapping[str, Any], key: str) -> str:
        """Send into a thread; "": it takes nothing, which says nothing of its channel. Raises Failure."""
        try:
            return f"{thread}/{await send_words(self._requests, thread, body, key=key)}"
        except Failure as failure:
            if failure.code not in verdict.CLOSED_THREAD:
                raise
        self._begun.discard(thread)
        return ""

    async def _began(self, channel: str, message: str, body: Mapping[str, Any]) -> bool:
        """Whether the message has a thread now.

        Asked before the first post of a process into a thread, so that no post is spent on finding out.
        """
        if self._flat.get(channel, 0) > self._now():
            return False
        if message in self._begun:
            return True
        path = MESSAGE + "/threads"
        try:
            await self._requests.ask("POST", path, {"name": _name(body)}, channel_id=channel, message_id=message)
        except Failure as failure:
            if failure.code == verdict.UNKNOWN_MESSAGE:  # somebody deleted it
                return False
            if failure.code in verdict.NO_THREAD:
                self._flat[channel] = inf if failure.code in verdict.NEVER_A_THREAD else self._now() + FLAT_SECONDS
                return False
            if failure.code != verdict.THREAD_EXISTS:
                raise
        if len(self._begun) >= KNOWN:
            self._begun.clear()
        self._begun.add(message)
        return True


def _name(body: Mapping[str, Any]) -> str:
    """What a thread is called: as the message that begins it, or as its story."""
    return short(title_of(body) or "Later coverage", THREAD_NAME)


async def past(requests: Requests, channel: str, *, since: datetime) -> AsyncIterator[Json]:
    """The messages of a channel or thread since then, oldest pages first; raises CannotLook, Failure."""
    after = snowflake_at(since - EARLIER)
    for _ in range(PAGES):
        page = await requests.many("GET", PAST, channel_id=channel, after=after, limit=str(PAGE))
        for one in page:
            yield one
        if len(page) < PAGE:
            return
        after = str(max(int(one["id"]) for one in page))
    raise CannotLook(f"more than {PAGE * PAGES:,} messages were said since")


async def be_sure(requests: Requests, channel: str) -> None:
    """Raise CannotLook where a channel shows nothing of its past, as to who may not read it. Or Failure."""
    if await requests.many("GET", NEWEST, channel_id=channel):
        return
    if (await requests.one("GET", "/channels/{channel_id}", channel_id=channel)).get("last_message_id"):
        raise CannotLook(verdict.UNREADABLE)


def blind(failure: Failure) -> CannotLook:
    """Why the past of a channel cannot be read."""
    return CannotLook(verdict.cannot_look(failure.code), error=failure.verdict)
