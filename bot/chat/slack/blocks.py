"""Message → Block Kit, as the arguments of chat.postMessage (pure)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from bot.chat.fitting import HEADING, Drawing, plain_words, slimmed
from bot.chat.shown import plain, short
from bot.chat.slack.buttons import actions
from bot.chat.slack.elements import (
    BOLD,
    Block,
    apart,
    context,
    divider,
    escaped,
    header,
    line,
    rich,
    section,
    text,
    weight,
)
from bot.chat.slack.story import QUOTE, menu, story
from bot.model import Button, Glance, Group, Limits, Message

BLOCKS = 50  # of a message: https://docs.slack.dev/reference/block-kit/blocks
FALLBACK = 3000  # of a message's own `text`, which notifications and screen readers take
# Slack refuses a message as a whole (msg_blocks_too_long) by a measure that it does not publish. People found that
# it takes about 13,200 characters, of which a block costs about 100 beside its text; that fits the length of its JSON,
# so this is what we count.
WEIGHT = 12_500  # characters of JSON
# Seven stories of common length weigh about 10,400, a quarter of it their menus.
LIMITS = Limits(title=200, quote=QUOTE, stories=7, whole=6500)

REPEAT = "This may be a repeat: Slack did not say whether it took the message the first time."

CHANGE = "Change what comes"


def render(message: Message) -> str:
    """The payload of a message: JSON with `blocks`, `text` and no previews of links; equal for equal messages."""
    return payload(fitting(message), fallback(message))


def fitting(message: Message) -> list[Block]:
    """The blocks of a message, at most 49 and light enough for Slack."""
    slimmer = slimmed(message, quote=LIMITS.quote)
    return next(blocks for drawing in slimmer if weight(blocks := _message(drawing)) <= WEIGHT)


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
    told = plain_words(message, escaped, escaped, room=FALLBACK - len(REPEAT))
    return json.dumps({"text": told, "unfurl_links": False, "unfurl_media": False})


def _message(drawing: Drawing) -> list[Block]:
    message, quote, linked = drawing.message, drawing.quote, drawing.linked
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
        told = story(entry, zone, quote, linked, under=group.name)
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
