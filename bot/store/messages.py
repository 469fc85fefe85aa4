"""A message as it was composed → the text that is kept of it, and back."""

from __future__ import annotations

from pydantic import TypeAdapter

from bot.model import Message

_MESSAGE = TypeAdapter(Message)


def as_text(message: Message | None) -> str | None:
    """JSON; None for none."""
    return None if message is None else _MESSAGE.dump_json(message, exclude_defaults=True).decode()


def of_text(text: str | None) -> Message | None:
    """The message that was kept; None: none was."""
    return None if text is None else _MESSAGE.validate_json(text)
