"""What people type after /treaty, and what is answered: both free of platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model.channels import Channel, ChannelId, Subscription
from bot.model.messages import Entry, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a person asked, and where."""

    id: str  # the platform's id of the request; the same when it is delivered again
    channel: ChannelId
    person: str  # the platform's id of who asks
    words: str  # all that stands behind the command's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence or two."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A command as it is typed, and what it does."""

    command: str  # without the slash command's own name: "subscribe ratification"
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A thing and what is to be said of it: a topic, a feed, a setting."""

    name: str
    told: str


Part = Line | Example | Fact | Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said back, for the asker alone but for `notice`."""

    parts: tuple[Part, ...]
    notice: str = ""  # said in the channel, since it changed what all get there
    preview: tuple[Message, ...] = ()  # a digest as it would be posted, shown below the parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a channel gets, as `list` shows it."""

    channel: Channel
    subscriptions: tuple[Subscription, ...]
    next_digest: datetime | None
    next_weekly: datetime | None = None
    last_digest: datetime | None = None  # when the last daily one was made
    last_weekly: datetime | None = None


OURSELVES = "treatywatch"  # who changed something where no person did

ChangeKind = Literal["subscribed", "unsubscribed", "cadence", "paused", "resumed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changed what in a channel, and when: a row of the audit."""

    at: datetime
    channel: ChannelId
    by: str  # the platform's id of a person; OURSELVES where it paused by itself
    what: ChangeKind
    told: str  # in words: "ratification, human-rights at once"
