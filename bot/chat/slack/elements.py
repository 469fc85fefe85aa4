"""Blocks and the elements in them, as Slack's reference names their keys (pure).

Text from outside stands only in rich_text and plain_text elements, where Slack parses nothing: no mention, no emoji,
no link of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time

from bot.chat.shown import plain, short, units
from bot.delivery.notes import moment

Block = dict[str, object]  # a block or an element of one
Style = dict[str, bool]

# https://docs.slack.dev/reference/block-kit/blocks: characters
HEADER, TEXT = 150, 3000
BLOCK_WEIGHT = 24  # characters that Slack adds to a block: its block_id

BOLD: Style = {"bold": True}
CODE: Style = {"code": True}
ITALIC: Style = {"italic": True}
WHEN = "{date_short_pretty} at {time}"  # in the reader's own zone: Today at 15:05


def weight(blocks: Sequence[Block]) -> int:
    """What the blocks count against Slack's limit of a whole message."""
    return units(json.dumps(blocks, ensure_ascii=False)) + BLOCK_WEIGHT * len(blocks)


def header(words: str) -> Block:
    """A heading; at most 150 characters."""
    return {"type": "header", "text": plain_text(words, HEADER)}


def section(words: str) -> Block:
    """A paragraph without marks."""
    return {"type": "section", "text": plain_text(words, TEXT)}


def context(words: str) -> Block:
    """Small grey lines."""
    return {"type": "context", "elements": [plain_text(words, TEXT)]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def rich(parts: Iterable[Block]) -> Block:
    """A block of text with looks of its own."""
    return {"type": "rich_text", "elements": list(parts)}


def apart(block: Block) -> Block:
    """The rich block, which begins with a paragraph, below an empty line: Slack sets one right under another.

    The line is part of that paragraph, since not everything that draws Slack's blocks begins a new line with each;
    and it holds a blank that does not break, since a line of nothing is left out.
    """
    first, *others = _elements(block)
    return rich([line([{"type": "text", "text": "\N{NO-BREAK SPACE}\n"}, *_elements(first)]), *others])


def line(elements: Iterable[Block]) -> Block:
    """A paragraph of a rich block; elements without text are left out, since Slack refuses them."""
    return {"type": "rich_text_section", "elements": filled(elements)}


def text(words: str, style: Style | None = None) -> Block:
    """Words in a paragraph of a rich block."""
    shown = plain(words) if words != "\n" else words
    return {"type": "text", "text": shown, **({"style": style} if style else {})}


def date(instant: datetime, zone: str) -> Block:
    """An instant in the reader's own zone; of midnight in UTC, which means that no time is known, the date."""
    words = moment(instant, zone)
    if instant.astimezone(UTC).time() == time(0):
        return text(words)
    return {"type": "date", "timestamp": int(instant.timestamp()), "format": WHEN, "fallback": words}


def channel(identity: str) -> Block:
    """A channel's name, as Slack knows it; this mentions nobody."""
    return {"type": "channel", "channel_id": identity}


def spans(words: str) -> list[Block]:
    """Our own words as elements; what stands in `backticks` looks typed."""
    pieces = re.split(r"`([^`]+)`", words)
    return [text(piece, CODE if number % 2 else None) for number, piece in enumerate(pieces)]


def sentence(words: str) -> Block:
    """Our own words as a block."""
    return rich([line(spans(words))])


def _elements(block: Block) -> list[Block]:
    """What a rich block, or a paragraph of one, holds."""
    elements = block["elements"]
    return list(elements) if isinstance(elements, list) else []


def filled(elements: Iterable[Block]) -> list[Block]:
    """Those that are not a text of nothing, which Slack refuses."""
    return [element for element in elements if element["type"] != "text" or element["text"]]


def plain_text(words: str, limit: int = TEXT) -> Block:
    """Words in which Slack parses nothing, never empty."""
    shown = "\n".join(plain(one) for one in words.split("\n")).strip()
    return {"type": "plain_text", "text": short(shown, limit) or "…", "emoji": False}


def escaped(words: str) -> str:
    """Words for a message's own `text`: the three characters that Slack acts on there are made harmless."""
    return plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
