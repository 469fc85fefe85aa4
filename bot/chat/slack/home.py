"""Answer → the view of a person's App Home (pure)."""

from __future__ import annotations

from itertools import pairwise

from bot.chat.slack.answers import Piece, drawn
from bot.chat.slack.elements import Block, context, divider, header
from bot.chat.slack.forms import BLOCKS, View, cut
from bot.model import Answer, Heading

CALLBACK = "home"
NOTHING = "There is nothing to show yet."  # Slack takes no page without a block


def home(answer: Answer) -> View:
    """The view; a heading that names no channel is one of the page, and what is about a channel stands apart."""
    blocks: list[Block] = []
    run: list[Piece] = []
    for piece in (*answer.parts, *answer.preview):
        if isinstance(piece, Heading):
            blocks += drawn(run)
            run = []
            blocks += _head(piece, first=not blocks)
            run += [piece] if piece.channel else []
        else:
            run.append(piece)
    blocks += drawn(run)
    return {"type": "home", "callback_id": CALLBACK, "blocks": cut(_told_apart(blocks), BLOCKS) or [context(NOTHING)]}


def _head(heading: Heading, *, first: bool) -> list[Block]:
    """A line across, and the heading as far as it is one of the page."""
    above = [] if first else [divider()]
    return above if heading.channel else [*above, header(heading.text)]


def _told_apart(blocks: list[Block]) -> list[Block]:
    """Without a line across right below a heading of the page."""
    return [*blocks[:1], *(b for a, b in pairwise(blocks) if not (b["type"] == "divider" and a["type"] == "header"))]
