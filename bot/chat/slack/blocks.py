"""Message → Block Kit, as the arguments of chat.postMessage.

Text from outside stands only in rich_text and plain_text elements, where Slack parses nothing: no mention, no emoji,
no link of its own. A link's label never names another host than the link's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from bot.chat.addresses import host_of, names_another_host, safe_address, tells_host
from bot.chat.fitting import HEADING, Form, plain_words, slimmed
from bot.chat.shown import plain, short, units
from bot.delivery.notes import moment
from bot.delivery.quote import cut
from bot.model import Entry, Glance, Group, Limits, Link, Message

Block = dict[str, object]  # a block or an element of one, as Slack's reference names its keys
Style = dict[str, bool]

# https://docs.slack.dev/reference/block-kit/blocks: characters, but for the blocks of a message.
BLOCKS, HEADER, TEXT = 50, 150, 3000
FALLBACK = 3000  # of a message's own `text`, which notifications and screen readers take
# Slack refuses a message as a whole (msg_blocks_too_long) by a measure that it does not publish. People found that
# it takes about 13,200 characters, of which a block costs about 100 beside its text; that fits the length of its JSON,
# so this is what we count.
WEIGHT, BLOCK_WEIGHT = 12_500, 24  # characters of JSON; what Slack adds to a block: its block_id
# Ten stories of common length weigh about 11,000.
LIMITS = Limits(title=200, quote=300, stories=10, whole=6500)

REPEAT = "This may be a repeat: Slack did not say whether it took the message the first time."

BOLD: Style = {"bold": True}
CODE: Style = {"code": True}
ITALIC: Style = {"italic": True}
WHEN = "{date_short_pretty} at {time}"  # in the reader's own zone: Today at 15:05


def render(message: Message) -> str:
    """The payload of a message: JSON with `blocks`, `text` and no previews of links; equal for equal messages."""
    return payload(fitting(message), fallback(message))


def fitting(message: Message) -> list[Block]:
    """The blocks of a message, at most 49 and light enough for Slack."""
    slimmer = slimmed(message, quote=LIMITS.quote)
    return next(blocks for form in slimmer if weight(blocks := _message(form)) <= WEIGHT)


def payload(blocks: Sequence[Block], words: str) -> str:
    """What a message is made of, as JSON."""
    return json.dumps(body(blocks, words), ensure_ascii=False)


def body(blocks: Sequence[Block], words: str) -> Block:
    """The arguments of a message; its `text` must be escaped."""
    return {"blocks": list(blocks), "text": words, "unfurl_links": False, "unfurl_media": False}


def weight(blocks: Sequence[Block]) -> int:
    """What the blocks count against Slack's limit of a whole message."""
    return units(json.dumps(blocks, ensure_ascii=False)) + BLOCK_WEIGHT * len(blocks)


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


def _message(form: Form) -> list[Block]:
    message, quote, linked = form.message, form.quote, form.linked
    foot = [line for line in message.foot if plain(line)]
    closing = [context("\n".join(map(plain, foot)))] if foot else []
    if message.kind == "instant":
        # What it is about mostly stands in the foot already; the story is what one wants to see first.
        opening = [] if message.heading in message.why else [context(message.heading)]
        stories = [story(entry, message.zone, quote, linked) for group in message.groups for entry in group.entries]
        return [*opening, *stories, *closing]
    opening = [header(message.heading), *([section(message.lead)] if message.lead else [])]
    groups = [block for group in message.groups for block in _group(group, message.zone, quote=quote, linked=linked)]
    looked_back = list(_glance(message.glance)) if message.glance else []
    return [*opening, *groups, *looked_back, *([divider()] if closing else []), *closing]


def _group(group: Group, zone: str, *, quote: int, linked: bool) -> Iterator[Block]:
    yield divider()
    yield rich([line([text(group.name, BOLD)])])
    for number, entry in enumerate(group.entries):
        told = story(entry, zone, quote, linked)
        yield apart(told) if number else told


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


# ── one story ─────────────────────────────────────────────────────────────────


def story(entry: Entry, zone: str, quote: int = LIMITS.quote, linked: bool = True) -> Block:
    """One story as a block: its title as link, where and when, the sentence that proves it, and where else.

    Of the sentence so many characters; `linked`: the other outlets keep their links.
    """
    parts = [line([*_title(entry), text("\n"), *_source(entry, zone)])]
    sentence = cut(entry.quote, quote)
    # Where only the title proves the match, it is not said twice.
    if quote and plain(sentence.text) and entry.quote.text != entry.title:
        words = [text(sentence.before), text(sentence.words, BOLD), text(sentence.after)]
        parts.append({"type": "rich_text_quote", "elements": _filled(words)})
    if entry.edited:
        parts.append(line([text(entry.edited, ITALIC)]))
    if entry.also:
        parts.append(line([text("Also in "), *_row(entry.also, linked=linked)]))
    return rich(parts)


def _title(entry: Entry) -> Iterator[Block]:
    """The title as the link's label; a title that names another host stands beside its link instead."""
    title = plain(entry.title) or "(without a title)"
    address = safe_address(entry.url)
    if address is None:
        yield text(title, BOLD)
    elif names_another_host(title, address):
        yield text(title, BOLD)
        yield text("\n")
        yield {"type": "link", "url": address}  # without a label Slack shows the address itself
    else:
        yield {"type": "link", "url": address, "text": title, "style": BOLD}


def _source(entry: Entry, zone: str) -> Iterator[Block]:
    """Outlet, the link's host where the outlet's name does not tell it, and when."""
    address = safe_address(entry.url)
    host = host_of(address) if address else ""
    names = [plain(entry.outlet), "" if tells_host(entry.outlet, host) else host.removeprefix("www.")]
    yield text(" · ".join(filter(None, names)))
    if entry.published is not None:
        yield text(" · ")
        yield date(entry.published, zone)


def date(instant: datetime, zone: str) -> Block:
    """An instant in the reader's own zone; of midnight in UTC, which means that no time is known, the date."""
    words = moment(instant, zone)
    if instant.astimezone(UTC).time() == time(0):
        return text(words)
    return {"type": "date", "timestamp": int(instant.timestamp()), "format": WHEN, "fallback": words}


def _row(links: Sequence[Link], *, linked: bool) -> Iterator[Block]:
    """CEPA, PRIF and 2 more."""
    for number, link in enumerate(links):
        label = plain(link.label)
        if number:
            yield text(" " if link.label.startswith("and ") and not link.url else ", ")
        address = safe_address(link.url) if linked else None
        if address is None:
            yield text(label)
        elif names_another_host(label, address):
            yield text(f"{label} ")
            yield {"type": "link", "url": address, "text": host_of(address)}
        else:
            yield {"type": "link", "url": address, "text": label or host_of(address)}


# ── blocks and elements ───────────────────────────────────────────────────────


def header(words: str) -> Block:
    """A heading; at most 150 characters."""
    return {"type": "header", "text": _plain_text(words, HEADER)}


def section(words: str) -> Block:
    """A paragraph without marks."""
    return {"type": "section", "text": _plain_text(words, TEXT)}


def context(words: str) -> Block:
    """Small grey lines."""
    return {"type": "context", "elements": [_plain_text(words, TEXT)]}


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
    return {"type": "rich_text_section", "elements": _filled(elements)}


def text(words: str, style: Style | None = None) -> Block:
    """Words in a paragraph of a rich block."""
    shown = plain(words) if words != "\n" else words
    return {"type": "text", "text": shown, **({"style": style} if style else {})}


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


def _filled(elements: Iterable[Block]) -> list[Block]:
    return [element for element in elements if element["type"] != "text" or element["text"]]


def _plain_text(words: str, limit: int) -> Block:
    shown = "\n".join(plain(one) for one in words.split("\n")).strip()
    return {"type": "plain_text", "text": short(shown, limit) or "…", "emoji": False}


# ── text ──────────────────────────────────────────────────────────────────────


def escaped(words: str) -> str:
    """Words for a message's own `text`: the three characters that Slack acts on there are made harmless."""
    return plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
