"""Message → Block Kit, as the arguments of chat.postMessage (pure)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from bot.chat.shown import plain
from bot.chat.slack.buttons import actions
from bot.chat.slack.elements import (
    BOLD,
    Block,
    apart,
    context,
    divider,
    header,
    line,
    rich,
    section,
    text,
    weight,
)
from bot.chat.slack.story import QUOTE, menu, story
from bot.chat.slack.text import escaped, safe_address, short
from bot.model import Button, Glance, Group, Limits, Message

BLOCKS = 50  # of a message: https://docs.slack.dev/reference/block-kit/blocks
HEADING = 300  # of the opening of a message's own `text`; the longest of ours takes half of it
FALLBACK = 3000  # of a message's own `text`, which notifications and screen readers take
# Slack refuses a message as a whole (msg_blocks_too_long) by a measure that it does not publish. People found that
# it takes about 13,200 characters, of which a block costs about 100 beside its text; that fits the length of its JSON,
# so this is what we count.
WEIGHT = 12_500  # characters of JSON
# Seven stories of common length weigh about 12,000, a third of it their menus.
LIMITS = Limits(title=200, quote=QUOTE, stories=7, whole=6500)
# How many characters of each quote are left, and whether other outlets keep their links, until a message is light
# enough. The first does for stories of common length.
SLIMMER = ((LIMITS.quote, True), (200, True), (120, True), (120, False), (0, False))
LEFT_OUT = "{count} of these stories did not fit into one message here: /treaty latest lists them."

REPEAT = "This may be a repeat: Slack did not say whether it took the message the first time."

CHANGE = "Change what comes"


def render(message: Message) -> str:
    """The payload of a message: JSON with `blocks`, `text` and no previews of links; equal for equal messages."""
    return payload(fitting(message), fallback(message))


def fitting(message: Message) -> list[Block]:
    """The blocks of a message, at most 49 and light enough for Slack."""
    return next(blocks for blocks in _slimmer(message) if weight(blocks) <= WEIGHT)


def payload(blocks: Sequence[Block], words: str) -> str:
    """What a message is made of, as JSON."""
    return json.dumps(body(blocks, words), ensure_ascii=False)


def body(blocks: Sequence[Block], words: str) -> Block:
    """The arguments of a message; its `text` must be escaped."""
    return {"blocks": list(blocks), "text": words, "unfurl_links": False, "unfurl_media": False}


def marked_as_repeat(body: Mapping[str, Any]) -> Block:
    """What of a payload changes so that it says first that it may stand in the channel already."""
    if "blocks" not in body:
        return {"text": f"{REPEAT}\n{body['text']}"}
    return {"blocks": [context(REPEAT), *body["blocks"]]}


def plainly(message: Message) -> str:
    """The payload as text alone: what it is, and each story as its title, outlet and address.

    For a message whose blocks Slack has refused; what does not fit is counted.
    """
    foot = [escaped(line) for line in (message.why,) if line]
    lines = [line for line in (escaped(short(message.heading, HEADING)), escaped(message.lead)) if line]
    room = FALLBACK - sum(map(len, [*lines, *foot])) - len(LEFT_OUT) - len(REPEAT)
    entries = [entry for group in message.groups for entry in group.entries]
    for number, entry in enumerate(entries):
        address = (safe_address(entry.url) or "").replace("&", "&amp;")
        told = "\n".join(filter(None, [f"• {escaped(entry.title)} ({escaped(entry.outlet)})", address]))
        room -= len(told) + 1
        if room < 0:
            lines.append(LEFT_OUT.format(count=len(entries) - number))
            break
        lines.append(told)
    return json.dumps({"text": "\n".join([*lines, *foot]), "unfurl_links": False, "unfurl_media": False})


def _slimmer(message: Message) -> Iterator[list[Block]]:
    """The blocks of a message, each time lighter: with less around the stories, at last with fewer and their count."""
    for quote, linked in SLIMMER:
        yield _message(message, quote=quote, linked=linked)
    told = len(message.stories)
    for kept in reversed(range(told)):
        left_out = LEFT_OUT.format(count=told - kept)
        yield _message(replace(_first(message, kept), unread=(left_out, *message.unread)), quote=0, linked=False)


def _first(message: Message, kept: int) -> Message:
    """The message with only so many of its stories."""
    groups: list[Group] = []
    for group in message.groups:
        entries = group.entries[: kept - sum(len(one.entries) for one in groups)]
        groups += [replace(group, entries=entries)] if entries else []
    return replace(message, groups=tuple(groups))


def _message(message: Message, *, quote: int, linked: bool) -> list[Block]:
    foot = [line for line in message.foot if plain(line)]
    closing = [context("\n".join(map(plain, foot)))] if foot else []
    if message.kind == "instant":
        # What it is about mostly stands in the foot already; the story is what one wants to see first.
        opening = [] if message.heading in message.why else [context(message.heading)]
        told = (_stories(group, message.zone, quote=quote, linked=linked) for group in message.groups)
        return [*opening, *chain.from_iterable(told), *closing]
    opening = [header(message.heading), *([section(message.lead)] if message.lead else [])]
    groups = [block for group in message.groups for block in _group(group, message.zone, quote=quote, linked=linked)]
    looked_back = list(_glance(message.glance)) if message.glance else []
    change = actions([Button(label=CHANGE, words=message.change)]) if message.change else []
    return [*opening, *groups, *looked_back, *([divider()] if closing else []), *closing, *change]


def _group(group: Group, zone: str, *, quote: int, linked: bool) -> Iterator[Block]:
    yield divider()
    yield rich([line([text(group.name, BOLD)])])
    yield from _stories(group, zone, quote=quote, linked=linked)


def _stories(group: Group, zone: str, *, quote: int, linked: bool) -> Iterator[Block]:
    """Each below the last, apart from it: by the line with its menu, or else by an empty one."""
    below: Block | None = {}
    for entry in group.entries:
        told = story(entry, zone, quote, linked)
        yield apart(told) if below is None else told
        below = menu(entry)
        if below is not None:
            yield below


def _glance(glance: Glance) -> Iterator[Block]:
    """The week at a glance: a line for each topic, its bar first, so that the bars stand below each other."""
    yield divider()
    lines = [text(glance.heading, BOLD)]
    for trend in glance.trends:
        lines += [text("\n"), text(f"{trend.bar} "), text(trend.name, BOLD), text(f" {trend.told}")]
    yield rich([line(lines)])
    if glance.notes:
        yield context("\n".join(glance.notes))


def fallback(message: Message) -> str:
    """What a notification shows and a screen reader reads, escaped: how many stories, about what, and their titles.

    Of a weekly digest also the week at a glance, in words.
    """
    titles = [entry.title for group in message.groups for entry in group.entries]
    if message.kind == "instant":
        return listed(message.heading, titles)
    told = listed(f"{message.lead} · {message.heading}" if message.lead else message.heading, titles)
    looked_back = "".join(f". {escaped(line.rstrip('.'))}" for line in message.glance.lines) if message.glance else ""
    return told + looked_back if len(told) + len(looked_back) <= FALLBACK else told


def listed(opening: str, titles: Sequence[str]) -> str:
    """`opening: title; title; …`, escaped; the titles that do not fit as a count."""
    told = escaped(short(opening, HEADING))
    for number, title in enumerate(titles):
        one = (": " if number == 0 else "; ") + escaped(title)
        if len(told) + len(one) > FALLBACK - 20:
            return f"{told}; and {len(titles) - number} more"
        told += one
    return told
