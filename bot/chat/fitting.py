"""A message in ever fewer words, until a platform takes it; and as plain text, which is tried last (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.chat.addresses import safe_address
from bot.chat.shown import short
from bot.model import Group, Message

HEADING = 300  # characters of what a message is; the longest of ours takes half of it
# Characters of each quote, and whether other outlets are links; the first does for stories of common length.
SLIMMER = ((200, True), (120, True), (120, False), (0, False))
FOOT = 480  # of how it comes to be here; no longer one is composed
LEFT_OUT = "{count} of these stories did not fit into one message here: /treaty latest lists them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How a message is to be drawn."""

    message: Message
    quote: int  # characters of each quote
    linked: bool  # whether the other outlets of a story are links


def slimmed(message: Message, *, quote: int) -> Iterator[Drawing]:
    """The message, each time lighter: with less around the stories, at last with fewer and their count."""
    yield Drawing(message=message, quote=quote, linked=True)
    for shorter, linked in SLIMMER:
        yield Drawing(message=message, quote=min(shorter, quote), linked=linked)
    told = len(message.stories)
    for kept in reversed(range(told)):
        left_out = LEFT_OUT.format(count=told - kept)
        fewer = replace(_first(message, kept), unread=(left_out, *message.unread))
        yield Drawing(message=fewer, quote=0, linked=False)


def _first(message: Message, kept: int) -> Message:
    """The message with only so many of its stories."""
    groups: list[Group] = []
    for group in message.groups:
        entries = group.entries[: kept - sum(len(one.entries) for one in groups)]
        groups += [replace(group, entries=entries)] if entries else []
    return replace(message, groups=tuple(groups))


def plain_words(message: Message, escaped: Callable[[str], str], linked: Callable[[str], str], *, room: int) -> str:
    """What it is, and each story as its title, outlet and address, a line each, in at most so many characters.

    For a message that a platform has refused; what does not fit is counted. `escaped` makes words safe, `linked` an
    address a link.
    """
    foot = [escaped(short(line, FOOT)) for line in (message.why,) if line]
    lines = [escaped(short(line, HEADING)) for line in (message.heading, message.lead) if line]
    room -= sum(map(len, [*lines, *foot])) + len(LEFT_OUT)
    entries = [entry for group in message.groups for entry in group.entries]
    for number, entry in enumerate(entries):
        address = safe_address(entry.url)
        told = f"• {escaped(entry.title)} ({escaped(entry.outlet)})" + (f"\n{linked(address)}" if address else "")
        room -= len(told) + 1
        if room < 0:
            lines.append(LEFT_OUT.format(count=len(entries) - number))
            break
        lines.append(told)
    return "\n".join([*lines, *foot])
