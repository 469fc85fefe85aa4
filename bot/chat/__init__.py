"""What every platform does: render a message, send it, look whether it stands in its channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from bot.model import Limits, Message, Post, Receipt


class CannotLook(Exception):
    """The channel's past cannot be read, so nobody can tell whether a post stands in it."""


class Chat(Protocol):
    """One platform."""

    @property
    def platform(self) -> str:
        """The first part of a channel's id."""

    @property
    def limits(self) -> Limits:
        """What one message may hold."""

    @property
    def settle(self) -> timedelta:
        """How long after an unsure send the channel is looked at."""

    @property
    def timeout(self) -> timedelta:
        """The longest that a send takes before it gives up."""

    def render(self, message: Message) -> str:
        """The payload; pure."""

    async def send(self, post: Post) -> Receipt:
        """Send once; never twice by itself.

        Raises TryLater (surely not accepted), Unsure (perhaps accepted), Refused (never again).
        """

    async def find(self, post: Post) -> Receipt | None:
        """Look whether the post stands in its channel; None: it does not. Raises CannotLook."""
