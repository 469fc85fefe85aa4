"""What people read in a message for Discord, and what Discord or a reader could hold against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.fake_discord.checks import Checks
from tests.fake_discord.markdown import seen
from tests.fake_discord.nouns import markdown_in, words_in

Json = dict[str, Any]  # the shapes are Discord's
SAY = "POST /channels/{channel}/messages"


def read(payload: str) -> Json:
    """A payload as Discord gets it."""
    found: Json = json.loads(payload)
    return found


def words(payload: str) -> str:
    """All that is read, a line for each piece."""
    return "\n".join(words_in(read(payload)))


def links(payload: str) -> list[tuple[str, str]]:
    """Every link's label and address."""
    return [link for text in markdown_in(read(payload)) for link in seen(text).links]


def held_against(payload: str, shared: Path | None = None) -> list[str]:
    """All that Discord's description and limits, and the rules of safe text find wrong with a message."""
    checks, body = Checks(shared / "oracles" if shared else None), read(payload)
    return [*checks.shape(SAY, body), *checks.rules(SAY, body | {"nonce": "n", "enforce_nonce": True})]


def injections(shared: Path) -> list[str]:
    """Texts made to ping, or to forge links, in Discord."""
    rows = json.loads((shared / "oracles" / "chat-injection" / "discord.json").read_text())
    return [str(row["in"]) for row in rows]


def hostile(shared: Path) -> list[str]:
    """These, and texts that break all kinds of programs."""
    naughty: list[str] = json.loads((shared / "oracles" / "strings" / "blns.json").read_text())
    return [*injections(shared), *naughty]
