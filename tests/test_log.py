"""No secret gets into a log line."""

from __future__ import annotations

import pytest

from bot.log import strike

# Made up, in the shape of the real ones; put together here so that no scanner takes them for real.
BOT_TOKEN = "xoxb-" + "123456789012-abcdefghijklmnop"
APP_TOKEN = "xapp-" + "1-A0123-456-abcdef"
DISCORD_TOKEN = "M" * 24 + "." + "abcdef" + "." + "x" * 30


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        (f"token {BOT_TOKEN} was refused", "token *** was refused"),
        (f"token {APP_TOKEN} was refused", "token *** was refused"),
        (f"token {DISCORD_TOKEN} was refused", "token *** was refused"),
        ("https://hooks.example.org/services/T0/B0/abc failed", "https://hooks.example.org/services/*** failed"),
        ("https://example.org/api/webhooks/12/abc failed", "https://example.org/api/webhooks/*** failed"),
        ("https://reader:secret@example.org/feed", "https://***@example.org/feed"),
        ("a feed about taxonomies", "a feed about taxonomies"),
    ],
    ids=["bot token", "app token", "discord token", "slack webhook", "discord webhook", "password", "no secret"],
)
def test_secrets_are_struck_out(text: str, struck: str) -> None:
    assert strike(text) == struck
