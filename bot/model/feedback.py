"""What people say of what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model.channels import ChannelId
from bot.model.topics import Found

Deed = Literal["why", "relevant", "irrelevant", "mute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What somebody chose beside a story."""

    deed: Deed
    story: str  # Story.id
    about: str = ""  # Topic.id of the shelf on which it stands; of "mute" the Feed.id of the item that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A person's last word on whether a story belongs under a topic."""

    story: str  # Story.id
    topic: str  # Topic.id
    by: str  # platform:workspace:person
    channel: ChannelId  # where it was said
    relevant: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Feedback, and what it was said of."""

    feedback: Feedback
    found: Found  # the story's lead, with the topics under which it stands by the rules
