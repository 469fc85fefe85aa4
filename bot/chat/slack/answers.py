"""Answer → Block Kit, as what Slack's response_url takes: for the asker alone (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.chat.shown import short
from bot.chat.slack.blocks import BLOCKS, FALLBACK, WEIGHT, fallback, fitting, payload
from bot.chat.slack.buttons import actions
from bot.chat.slack.elements import (
    BOLD,
    CODE,
    Block,
    apart,
    channel,
    context,
    divider,
    escaped,
    line,
    rich,
    spans,
    text,
    weight,
)
from bot.chat.slack.story import menu, story
from bot.delivery.quote import clip
from bot.model import Answer, Buttons, Entry, Example, Fact, Heading, Line, Message

COMMAND = "/treaty"
# A response_url takes five messages in half an hour; one is left for saying that something went wrong.
PAGES = 4
GAP = 80  # characters of JSON that keep one piece apart from the one before
SHELL = weight([rich([line([])])])
SPARE = 300  # of a page's weight, for the line that counts what did not fit
LONGEST = 2000  # characters of a line, and of what is told of a thing
ZONE = "UTC"  # of a date where Slack cannot show it in the reader's own zone

Row = Line | Example | Fact | Heading
Piece = Row | Buttons | Entry | Message


def payloads(answer: Answer) -> tuple[str, ...]:
    """The messages that give an answer, in order, at most four; none where there is nothing to say.

    What has no place in them is counted at the end of the last.
    """
    pages = _pages([*answer.parts, *answer.preview])
    shown = [(drawn(page), _words(page)) for page in pages[:PAGES]]
    if left_out := sum(_count(piece) for page in pages[PAGES:] for piece in page):
        shown[-1][0].append(context(f"{left_out:,} more did not fit here."))
    return tuple(payload(blocks, words) for blocks, words in shown)


def _pages(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces in order, as many on a page as fit.

    Each is weighed alone: together they never weigh more, but for what keeps them apart.
    """
    pages: list[list[Piece]] = []
    heavy = high = 0
    for piece in pieces:
        alone = drawn([piece])
        weighs, takes = weight(alone) + GAP, len(alone)
        if pages and isinstance(piece, Row) and type(piece) is type(pages[-1][-1]):
            weighs, takes = weighs - SHELL, 0  # it stands in the block of the one before
        if not pages or high + takes >= BLOCKS or heavy + weighs > WEIGHT - SPARE:
            pages.append([])
            heavy, high, takes = 0, 0, len(alone)
        pages[-1].append(piece)
        heavy, high = heavy + weighs, high + takes
    return pages


def _count(piece: Piece) -> int:
    return len(piece.stories) if isinstance(piece, Message) else 1


def drawn(pieces: Sequence[Piece]) -> list[Block]:
    """What is shown of these: rows of a kind close together and below their heading, all else apart."""
    blocks: list[Block] = []
    headed = False  # by what stands last
    for _, run in groupby(pieces, key=type):
        rows: list[Row] = []
        for piece in run:
            if isinstance(piece, Message):
                blocks += [divider()] * bool(blocks) + fitting(piece)
            elif isinstance(piece, Entry):
                below = menu(piece)
                blocks += [_below(blocks, story(piece, ZONE), headed), *([below] if below else [])]
            elif isinstance(piece, Buttons):
                blocks += actions(piece.buttons)
            else:
                rows.append(piece)
                continue
            headed = False
        if rows:
            blocks.append(_below(blocks, rich([line(_rows(rows))]), headed))
            headed = isinstance(rows[-1], Heading)
    return blocks


def _below(blocks: Sequence[Block], block: Block, headed: bool) -> Block:
    """The rich block, apart from another that it is not the heading of: Slack sets one right under the other."""
    return apart(block) if blocks and blocks[-1]["type"] == "rich_text" and not headed else block


def _rows(rows: Sequence[Row]) -> list[Block]:
    """Each on a line of its own."""
    elements = _row(rows[0])
    for row in rows[1:]:
        elements += [text("\n"), *_row(row)]
    return elements


def _row(row: Row) -> list[Block]:
    if isinstance(row, Line):
        return spans(clip(row.text, LONGEST))
    if isinstance(row, Heading):
        between = [text(" ")] if row.text else []
        return [text(row.text, BOLD), *([*between, channel(row.channel.channel)] if row.channel else [])]
    if isinstance(row, Example):
        told = f"  {clip(row.told, LONGEST)}" if row.told else ""
        return [text(f"{COMMAND} {clip(row.command, LONGEST)}", CODE), text(told)]
    return [text(clip(row.name, LONGEST), BOLD), text(f"  {clip(row.told, LONGEST)}")]


def _words(page: Sequence[Piece]) -> str:
    """What a screen reader says of a page, escaped; as much as it takes."""
    told = ""
    for piece in page:
        # Escaped, a character may become five.
        one = fallback(piece) if isinstance(piece, Message) else escaped(short(_said(piece), FALLBACK // 5))
        if told and len(told) + len(one) > FALLBACK:
            return f"{told}\n…"
        told += f"\n{one}" if told else one
    return told


def _said(piece: Row | Buttons | Entry) -> str:
    if isinstance(piece, Buttons):
        return ", ".join(button.label for button in piece.buttons)
    if isinstance(piece, Heading):
        return piece.text
    if isinstance(piece, Line):
        return piece.text
    if isinstance(piece, Example):
        return f"{COMMAND} {piece.command}: {piece.told}" if piece.told else f"{COMMAND} {piece.command}"
    if isinstance(piece, Fact):
        return f"{piece.name}: {piece.told}"
    return f"{piece.title} ({piece.outlet})"
