"""What messages look like in Discord, for a process that sends none; it needs no discord.py."""

from __future__ import annotations

from bot.chat.discord import embeds
from bot.model import Message


class DiscordFace:
    """The looks alone."""

    platform = "discord"
    limits = embeds.LIMITS

    @property
    def workspace(self) -> str:
        """None: each channel's id names its server."""
        return ""

    def render(self, message: Message) -> str:
        """The payload; pure."""
        return embeds.render(message)
