"""One story → Block Kit: how it reads, and the menu below it (pure).

A link's label never names another host than the link's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.chat.addresses import host_of, names_another_host, safe_address, tells_host
from bot.chat.shown import plain
from bot.chat.slack.elements import BOLD, ITALIC, Block, date, filled, line, rich, text
from bot.delivery.quote import cut
from bot.model import Deed, Entry, Link, Press

QUOTE = 300  # characters of the sentence that proves a match
BLOCK_ID = 255
MENU = "story"  # the menu's action_id, and what its block_id begins with
CHOICES: dict[Deed, str] = {
    "why": "Why is this here?",
    "relevant": "Relevant",
    "irrelevant": "Not relevant",
    "mute": "Mute this outlet here",
}


def story(entry: Entry, zone: str, quote: int = QUOTE, linked: bool = True, *, under: str = "") -> Block:
    """One story as a block: title as link, where and when, the sentence that proves it, where else, about what else.

    Of the sentence so many characters; `linked`: the other outlets keep their links; `under`: the heading that it
    stands under, "" where it stands under none, and its topics are not told.
    """
    parts = [line([*_title(entry), text("\n"), *_source(entry, zone)])]
    sentence = cut(entry.quote, quote)
    # Where only the title proves the match, it is not said twice.
    if quote and plain(sentence.text) and entry.quote.text != entry.title:
        words = [text(sentence.before), text(sentence.words, BOLD), text(sentence.after)]
        parts.append({"type": "rich_text_quote", "elements": filled(words)})
    if entry.edited:
        parts.append(line([text(entry.edited, ITALIC)]))
    # In one paragraph: not everything that draws Slack's blocks begins a new line with each.
    also = [text("Also in "), *_row(entry.also, linked=linked)] if entry.also else []
    about = [text(_about(entry, under))] if under else []
    if last := filled([*also, *[text("\n")] * bool(also and filled(about)), *about]):
        parts.append(line(last))
    return rich(parts)


def menu(entry: Entry) -> Block | None:
    """The line below a story with what can be said of it there; None where the story has no id.

    A rich block takes no menu, and a title must stand in one; a section would take it, but only beside words.
    """
    feed = entry.source.feed if entry.source else ""
    parts = (MENU, entry.story, entry.topic, feed)
    # What it is about goes with the block, not with each choice: Slack counts how heavy a message is.
    block_id = " ".join(parts)
    if not entry.story or len(block_id) > BLOCK_ID or any(" " in part for part in parts):
        return None
    options = [
        {"text": {"type": "plain_text", "text": label}, "value": deed}
        for deed, label in CHOICES.items()
        if feed or deed != "mute"
    ]
    return {
        "type": "actions",
        "block_id": block_id,
        "elements": [{"type": "overflow", "action_id": MENU, "options": options}],
    }


def pressed(block_id: str, value: str) -> Press | None:
    """What was chosen in such a menu; None: it is not one of ours."""
    kind, *about = block_id.split(" ")
    deed = next((one for one in CHOICES if one == value), None)
    if kind != MENU or len(about) != 3 or deed is None:
        return None
    of, topic, feed = about
    return Press(deed=deed, story=of, about=feed if deed == "mute" else topic)


def _about(entry: Entry, under: str) -> str:
    """Its topics beside that heading, as far as they do not go without saying: the widest, which stands last, does."""
    others = [topic for topic in entry.topics[:-1] if topic != under]
    also = "Also about" if under in entry.topics else "About"
    return f"{also} {' · '.join(others)}" if others else ""


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
