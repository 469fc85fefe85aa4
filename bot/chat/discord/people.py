"""What Discord tells of who asks: with each interaction, what the person may do in that channel (pure).

Discord tells no zone, and answers nothing about members whom a bot may not list. So what may be changed by whom is
judged by the permissions that came with the very interaction that is being answered.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from bot.chat.lately import remember
from bot.model import ChannelId

# https://discord.com/developers/docs/topics/permissions
ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_SERVER = 1 << 3, 1 << 4, 1 << 5
SERVER_WIDE = ADMINISTRATOR | MANAGE_SERVER  # those that no channel gives or takes
KNOWN = 10_000  # people who are remembered
UNCHANGED = "Nothing was changed."
NOT_MANAGER = (
    "Only who has the permission Manage Channels here, or Manage Server, may change what this channel gets. "
    f"{UNCHANGED} Ask one of them."
)
NOT_ADMIN = f"Only administrators of this server may change what a channel gets. {UNCHANGED} Ask one of them."
NOT_IN_ROLE = f"Only people with a certain role may change what a channel gets, and you do not have it. {UNCHANGED}"
NOT_ASKED = f"I cannot tell whether you may change this. {UNCHANGED} Please ask again in that channel."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a person may do in a channel."""

    permissions: int  # Discord's bits
    roles: frozenset[str]  # their ids


class People:
    """Those who asked something lately."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Rights] = OrderedDict()

    def met(self, channel: ChannelId, person: str, rights: Rights) -> None:
        """Somebody asks something, with these rights."""
        remember(self._known, (str(channel), person), rights, most=KNOWN)

    def may_not_change(self, channel: ChannelId, person: str, rule: str) -> str:
        """Why a person may not change what a channel gets, as a sentence; "": the person may.

        On Discord `anyone` is whoever manages the channel or the server, as its own settings are changed; so are
        `creators`, since Discord does not say who made a channel.
        """
        rights = self._known.get((str(channel), person))
        if rights is None:
            return NOT_ASKED
        if rights.permissions & ADMINISTRATOR:
            return ""
        if rule in {"anyone", "creators"}:
            return "" if rights.permissions & (MANAGE_CHANNELS | MANAGE_SERVER) else NOT_MANAGER
        if rule == "admins":
            return NOT_ADMIN
        return "" if rule in rights.roles else NOT_IN_ROLE
