"""What people type after /treaty, and what is answered: both free of platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model.channels import Channel, ChannelId, Subscription
from bot.model.feedback import Press
from bot.model.forms import Field, Filled
from bot.model.messages import Entry, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a person asked, and where: in words, by a choice beside a story, or by a form."""

    id: str  # the platform's id of the request; the same when it is delivered again
    channel: ChannelId
    person: str  # the platform's id of who asks
    words: str = ""  # all that stands behind the command's name, or what a button says in its place
    press: Press | None = None  # then there are no words
    filled: Filled | None = None  # likewise
    name: str = ""  # as the platform calls the person, untrusted; "": not told


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the parts below it are about."""

    text: str
    channel: ChannelId | None = None  # named behind the text as the platform shows it


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A command that takes one press."""

    label: str  # at most 30 characters
    words: str  # what is asked by it, as if typed
    channel: ChannelId | None = None  # for which; None: where it is pressed
    sure: str = ""  # a question that is asked first; "": none is


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Commands side by side; where nothing can be pressed, they are shown as examples."""

    buttons: tuple[Button, ...]  # at most 5


Part = Line | Example | Fact | Heading | Buttons | Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a person is to fill in, and what it would come to."""

    name: str
    title: str  # at most 24 characters
    submit: str  # at most 24 characters: what the button says
    channel: ChannelId | None  # for which; None: a Place among the fields says it
    fields: tuple[Field, ...]
    parts: tuple[Part, ...] = ()  # shown below the fields
    stamp: str = ""  # what the fields were drawn from, in a short word; comes back as Filled.stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said back, for the asker alone but for `notice`."""

    parts: tuple[Part, ...]
    notice: str = ""  # said in the channel, since it changed what all get there
    preview: tuple[Message, ...] = ()  # a digest as it would be posted, shown below the parts
    form: Form | None = None  # opened, or drawn anew where it is open; where that cannot be, the parts are said


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a channel gets, as `list` shows it."""

    channel: Channel
    subscriptions: tuple[Subscription, ...]
    next_digest: datetime | None
    next_weekly: datetime | None = None
    last_digest: datetime | None = None  # when the last daily one was made
    last_weekly: datetime | None = None


MOST_EXPLAINED = 10  # links of which `why` tells at once
MOST_LISTED = 20  # items that one answer of `latest` lists at most
OURSELVES = "treatywatch"  # who changed something where no person did

ChangeKind = Literal["subscribed", "unsubscribed", "cadence", "quiet", "paused", "resumed", "muted", "unmuted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changed what in a channel, and when: a row of the audit."""

    at: datetime
    channel: ChannelId
    by: str  # the platform's id of a person; OURSELVES where it paused by itself
    what: ChangeKind
    told: str  # in words: "ratification, human-rights at once"
