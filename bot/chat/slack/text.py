"""Words for where Slack reads marks of its own (pure)."""

from __future__ import annotations

from bot.chat.shown import plain


def escaped(words: str) -> str:
    """Words for a message's own `text`: the three characters that Slack acts on there are made harmless."""
    return plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
