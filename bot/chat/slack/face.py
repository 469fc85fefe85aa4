"""What messages look like in Slack, for a process that sends none; it needs neither slack-bolt nor slack_sdk."""

from __future__ import annotations

from bot.chat.slack import blocks
from bot.model import Message


class SlackFace:
    """The looks alone."""

    platform = "slack"
    limits = blocks.LIMITS

    @property
    def workspace(self) -> str:
        """Not known: Slack is asked nothing."""
        return ""

    def render(self, message: Message) -> str:
        """The payload; pure."""
        return blocks.render(message)
