"""What every platform does: render a message, send it, look whether it stands in its channel, take what people ask."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import TryLater, Unsure
from bot.model import (
    Answer,
    Channel,
    ChannelId,
    Command,
    Limits,
    Message,
    Option,
    Post,
    Receipt,
    Trace,
)

# How long to wait where a platform does not say it, and the bounds of what we believe.
AGAIN, SOONEST, LATEST = timedelta(seconds=30), timedelta(seconds=1), timedelta(minutes=10)


class Clerk(Protocol):
    """Who answers what people ask, the same on every platform."""

    async def answer(self, command: Command) -> Answer:
        """What is said to the asker; a form that is still open comes back as it is to be drawn now."""

    def faults(self, command: Command) -> Mapping[str, str]:
        """What of a form cannot be as it was filled in, by Field.name; none: it can be sent. At once."""

    def lookup(self, form: str, field: str, typed: str) -> tuple[Option, ...]:
        """What a person may mean who types this into a Lookup, the likeliest first, at most 25; pure."""

    async def home(self, platform: str, workspace: str, person: str) -> Answer:
        """All that concerns a person in a workspace, for a page of the person's own."""

    async def welcome(self, platform: str, workspace: str) -> Answer | None:
        """How to begin, for the first person of a workspace who meets the bot; None: somebody did before."""

    async def take_back_welcome(self, platform: str, workspace: str) -> None:
        """That surely could not be said: the next person there is the first."""


class People(Protocol):
    """What a platform tells of its people, as far as it may be asked."""

    async def zone(self, person: str) -> str | None:
        """The zone of the person's profile, an IANA name; None: not told."""

    async def may_not_change(self, channel: ChannelId, person: str, rule: str) -> str:
        """Why a person may not change what a channel gets, as a sentence; "": the person may.

        `rule` is bot.may_change: anyone, creators, admins, or the id of a group of users.
        """


class CannotLook(Exception):
    """The channel's past cannot be read, so nobody can tell whether a post stands in it."""

    def __init__(self, what: str, *, error: Exception | None = None) -> None:
        """`error`: what came of the request to look."""
        self.later = isinstance(error, TryLater | Unsure)  # another time it may be,
        self.after = error.retry_after if isinstance(error, TryLater) else AGAIN  # and not before
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


class Chat(Face, People, Protocol):
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

    async def listen(self, clerk: Clerk, stop: asyncio.Event) -> None:
        """Take what people ask and have it answered until `stop` is set; what is being answered then is finished."""
