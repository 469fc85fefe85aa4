"""What every platform does: render a message, send it, look whether it stands in its channel."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import Answer, Channel, ChannelId, Command, Limits, Message, Post, Receipt, Trace

Answerer = Callable[[Command], Awaitable[Answer]]


class CannotLook(Exception):
    """The channel's past cannot be read, so nobody can tell whether a post stands in it."""

    def __init__(self, what: str, *, later: bool = False) -> None:
        self.later = later  # another time it may be
        super().__init__(what)


class Face(Protocol):
    """What one platform's messages look like; takes no connection."""

    @property
    def platform(self) -> str:
        """The first part of a channel's id."""

    @property
    def workspace(self) -> str:
        """The one workspace that it serves; "" where the platform has none, or nobody has asked which it is."""

    @property
    def limits(self) -> Limits:
        """What one message may hold."""

    def render(self, message: Message) -> str:
        """The payload; pure."""


class Chat(Face, Protocol):
    """One platform."""

    @property
    def lags(self) -> bool:
        """Whether a channel's past may lack for a while what was sent; then it is looked at after a time (settle)."""

    @property
    def edits(self) -> bool:
        """Whether a message that stands can be changed; else a correction is told under it."""

    @property
    def timeout(self) -> timedelta:
        """The longest that a send takes before it gives up."""

    @property
    def pace(self) -> timedelta:
        """How long after a request to a channel was begun the next one to it may begin; zero: at once."""

    def render_plainly(self, message: Message) -> str:
        """The payload with nothing in it that the platform could find wrong, when it has refused the other; pure."""

    async def send(self, post: Post) -> Receipt:
        """Send once; never twice by itself. A post that edits another changes the message `target`.

        Raises TryLater (surely not accepted), Unsure (perhaps accepted), Refused (never again), Closed (not now).
        """

    async def find(self, post: Post) -> Receipt | None:
        """Look whether the post stands in its channel; None: it does not. Raises CannotLook."""

    async def recent(self, channel: ChannelId, *, since: datetime) -> list[Trace]:
        """What of ours stands in a channel since then, threads included; more is no harm. Raises CannotLook."""

    async def tell_owner(self, channel: Channel, text: str) -> None:
        """Say something to who subscribed the channel, and to nobody else; a failure is logged, not raised."""

    async def listen(self, answer: Answerer, stop: asyncio.Event) -> None:
        """Take commands and answer them until `stop` is set; what is being answered then is finished."""
