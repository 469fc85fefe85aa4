"""Answer → messages for the asker alone (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bot.chat.discord.embeds import (
    COLOUR,
    EMBEDS,
    RED,
    TEXT,
    WHOLE,
    Json,
    body,
    bold,
    button,
    choices,
    embeds_of,
    escaped,
    fits,
    packed,
    row,
    sentence,
    story,
    typed,
    weight,
)
from bot.chat.discord.marks import Words
from bot.chat.discord.tree import COMMAND
from bot.delivery.quote import clip
from bot.model import Answer, Button, Buttons, Entry, Example, Fact, Heading, Line, Message

WHISPER = 1 << 6  # the flag of a message that only the asker sees
PAGES = 5  # as many as one reads
ROWS = 5  # of buttons below a message
SPARE = 60  # characters, for the line that counts what did not fit
LONGEST = 1000  # characters of a line, and of what is told of a thing; escaped at most twice as many
ZONE = "UTC"  # of a date without an hour

Row = Line | Example | Fact | Heading
Piece = Row | Buttons | Entry | Message


def bodies(answer: Answer) -> list[Json]:
    """The messages that give an answer, in order, at most five; none where there is nothing to say.

    Discord sets buttons below a whole message, so one that has some ends with them. What has no place is counted.
    """
    pages = _pages([*answer.parts, *answer.preview])
    shown = [_body(page) for page in pages[:PAGES]]
    if len(pages) > PAGES:
        embeds = [*shown[-1]["embeds"], _left_out(pages[PAGES:])]
        # Where the last page has no room for the line, it is left out too.
        shown[-1] = {**shown[-1], "embeds": embeds} if fits(embeds) else whisper([_left_out(pages[PAGES - 1 :])])
    return shown


def _left_out(pages: Sequence[Sequence[Piece]]) -> Json:
    count = sum(_count(piece) for page in pages for piece in page)
    return {"description": f"{count:,} more did not fit here.", "color": COLOUR}


def whisper(embeds: Sequence[Json], components: Sequence[Json] = ()) -> Json:
    """What only the asker sees."""
    return {**body(embeds, components), "flags": WHISPER}


def told(words: str, components: Sequence[Json] = ()) -> Json:
    """Our own words, for the asker alone."""
    return whisper([{"description": sentence(clip(words, LONGEST)), "color": COLOUR}], components)


def asked_first(pressed: Words, question: str = "", label: str = "") -> Json:
    """A question before something is done, and the button that does it; of both we know better than nothing.

    The question stands in no button, so after a restart it is made from the words.
    """
    go_on = button(label or "Go on", str(Words(words=pressed.words, channel=pressed.channel)), style=RED)
    return told(question or f"Shall I do `{COMMAND} {pressed.words}`?", [row([go_on])])


def about_story(told_of: str, title: str, outlet: str) -> Json:
    """The choices beside a story of several, by what its option holds and shows."""
    named = bold(title) + (f" ({escaped(outlet)})" if outlet else "")
    embed = {"description": f"What of {named}?" if title else "What of this story?", "color": COLOUR}
    return whisper([embed], [row(choices(told_of, outlet=outlet or "this outlet"))])


def with_way_in(answer: Answer) -> Answer:
    """An answer whose form comes too late to be opened, with a button that opens it."""
    if answer.form is None:
        return answer
    opens = Button(label="Open the form", words=answer.form.name, channel=answer.form.channel)
    return replace(answer, parts=(*answer.parts, Buttons(buttons=(opens,))))


def _pages(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces in order, as many on a page as fit."""
    pages: list[list[Piece]] = []
    for piece in pieces:
        if pages and _belongs(pages[-1], piece):
            pages[-1].append(piece)
        else:
            pages.append([piece])
    return pages


def _belongs(page: Sequence[Piece], piece: Piece) -> bool:
    """Whether a page takes one more."""
    if isinstance(page[-1], Buttons) and not isinstance(piece, Buttons):
        return False
    made = _body([*page, piece])
    room = weight(made["embeds"]) <= WHOLE - SPARE and len(made["embeds"]) < EMBEDS  # for the line that counts
    return room and fits(made["embeds"]) and len(made["components"]) <= ROWS


def _count(piece: Piece) -> int:
    return len(piece.stories) if isinstance(piece, Message) else 1


def _body(page: Sequence[Piece]) -> Json:
    """What a page shows: rows of a kind close together, all else apart."""
    embeds: list[Json] = []
    texts: list[str] = []
    before: type[Piece] | None = None
    for kind, run in groupby(page, key=type):
        if kind is Message:
            embeds += [*_embeds(texts), *(embed for one in run if isinstance(one, Message) for embed in embeds_of(one))]
            texts = []
            continue
        new = _texts(list(run))
        if before is Heading and texts and new:  # right above what it is about
            texts[-1:] = [f"{texts[-1]}\n{new.pop(0)}"]
        texts, before = [*texts, *new], kind
    return whisper([*embeds, *_embeds(texts)], [_actions(piece) for piece in page if isinstance(piece, Buttons)])


def _embeds(texts: Sequence[str]) -> Iterator[Json]:
    for text in packed(texts):
        yield {"description": text, "color": COLOUR}


def _texts(run: Sequence[Piece]) -> list[str]:
    """What is read of a run of one kind, as paragraphs."""
    if isinstance(run[0], Entry):
        return [story(entry, ZONE) for entry in run if isinstance(entry, Entry)]
    paragraphs: list[str] = []
    for line in (_row(piece) for piece in run if isinstance(piece, Row)):
        together = f"{paragraphs[-1]}\n{line}" if paragraphs else line
        if paragraphs and len(together) <= TEXT // 2:
            paragraphs[-1] = together
        else:
            paragraphs.append(line)
    return paragraphs


def _row(piece: Row) -> str:
    if isinstance(piece, Line):
        return sentence(clip(piece.text, LONGEST))
    if isinstance(piece, Heading):
        # This names the channel, and pings nobody.
        return bold(piece.text) + (f" <#{piece.channel.channel}>" if piece.channel else "")
    if isinstance(piece, Example):
        words = typed(f"{COMMAND} {clip(piece.command, LONGEST)}")
        return f"{words} {escaped(clip(piece.told, LONGEST))}" if piece.told else words
    return f"**{escaped(clip(piece.name, LONGEST))}** {escaped(clip(piece.told, LONGEST))}"


def _actions(piece: Buttons) -> Json:
    return row([drawn for one in piece.buttons if (drawn := _button(one))["custom_id"]])


def _button(one: Button) -> Json:
    channel = one.channel.channel if one.channel else ""
    return button(one.label, str(Words(words=one.words, channel=channel, sure=bool(one.sure))))
