"""Messages for tests of Slack's renderers, what people read in them, and what Slack or a reader could hold against them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.model import Entry, Group, ItemId, Link, Message, Quote
from tests.fake_slack.checks import Checks
from tests.fake_slack.nouns import words_in

Json = dict[str, Any]  # the shapes are Slack's
NO_QUOTE = Quote(before="", words="", after="")
SATURDAY = datetime(2025, 10, 25, 11, 30, tzinfo=UTC)
SIGNED = Entry(
    story="1",
    title="Sixty-five nations sign the first UN treaty against cybercrime",
    url="https://press.un.org/en/2025/sgsm22878.doc.htm",
    outlet="UN Press",
    published=SATURDAY,
    quote=Quote(before="It enters into force after ", words="forty ratifications", after="."),
    topics=("Signature and ratification",),
    also=(Link(label="CEPA", url="https://cepa.org/a"), Link(label="and 2 more", url="")),
    source=ItemId("un-press", "22878"),
    topic="ratification",
)


def entry(**fields: Any) -> Entry:
    """A story with nothing but a title and an outlet, and what is given; without an id, so it has no menu."""
    given = {"story": "", "title": "A title", "url": "", "outlet": "CEPA", "published": None, "quote": NO_QUOTE}
    return Entry(**{**given, "topics": (), **fields})


def several(count: int, of: Entry = SIGNED) -> list[Entry]:
    """So many stories that differ in nothing but who they are."""
    return [replace(of, story=str(number)) for number in range(1, count + 1)]


def digest(*entries: Entry, **fields: Any) -> Message:
    """A digest of these stories under one topic."""
    groups = (Group(name="Signature and ratification", entries=entries),) if entries else ()
    given = {"kind": "digest", "heading": "The convention · Monday, 27 October 2025", "lead": "1 new story"}
    return Message(**{**given, "groups": groups, "zone": "Europe/Vienna", **fields})


def read(payload: str) -> Json:
    """A payload as Slack gets it."""
    found: Json = json.loads(payload)
    return found


def words(payload: str) -> str:
    """What is read in the blocks, without looks and breaks between pieces."""
    return "".join(words_in(read(payload)["blocks"]))


def links(payload: str) -> list[tuple[str, str | None]]:
    """Every link's address and label."""
    found: list[tuple[str, str | None]] = []

    def look(node: object) -> None:
        if isinstance(node, list):
            for part in node:
                look(part)
        if isinstance(node, dict):
            if node.get("type") == "link":
                found.append((node["url"], node.get("text")))
            for part in node.values():
                look(part)

    look(read(payload)["blocks"])
    return found


def held_against(payload: str, shared: Path | None = None) -> list[str]:
    """All that Slack's limits, its SDK and its schema, and the rules of safe text find wrong with a payload."""
    checks = Checks(shared / "oracles" if shared else None)
    return checks.of("response_url", read(payload)).violations


def injections(shared: Path) -> list[str]:
    """Texts made to ping, or to forge links, in Slack."""
    rows = json.loads((shared / "oracles" / "chat-injection" / "slack.json").read_text())
    return [str(row["in"]) for row in rows]


def hostile(shared: Path) -> list[str]:
    """These, and texts that break all kinds of programs."""
    naughty: list[str] = json.loads((shared / "oracles" / "strings" / "blns.json").read_text())
    return [*injections(shared), *naughty]


def together(texts: Sequence[str], count: int = 8) -> list[Sequence[str]]:
    """The texts, so many at a time: to hold a view against its schema takes longer than to draw it."""
    return [texts[first : first + count] for first in range(0, len(texts), count)]
