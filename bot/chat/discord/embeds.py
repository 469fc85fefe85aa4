"""Message → embeds and buttons, as the body of create-message.

Text from outside is escaped wherever Discord reads markdown, and stands as it is only in names of options and in the
footer, where it reads none, and in labels of links, where a backslash would be seen: what would need one there stands
beside its link. A label never names another host than the link's. No embed has an address of its own: those with the
same one would be merged. Nobody is ever pinged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from bot.chat.addresses import host_of, names_another_host, safe_address, tells_host
from bot.chat.discord.marks import STORY, Words, press, told_of
from bot.chat.discord.tree import shown
from bot.chat.fitting import Drawing, plain_words, slimmed
from bot.chat.shown import plain, short, units
from bot.delivery.notes import moment
from bot.delivery.quote import cut
from bot.model import Entry, Glance, Limits, Link, Message

Json = dict[str, Any]  # the shapes are Discord's

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits: characters, but for the embeds.
EMBEDS, TITLE, TEXT, FOOTER, WHOLE = 10, 256, 4096, 2048, 6000
CONTENT = 2000
LEAD = 1000  # of the sentence under the title
# Addresses count in Discord, and are about as long as the rest: eight stories of common length are 5,000 characters.
LIMITS = Limits(title=200, quote=220, stories=8, whole=3600)
LONGEST_LINK = 1000  # characters; a story with a longer one is told without
# https://discord.com/developers/docs/components/reference
OPTIONS, LABEL, OPTION = 25, 80, 100
COLOUR = 0x4B92DB
NO_EMBEDS = 1 << 2  # https://discord.com/developers/docs/resources/message#message-object-message-flags
ROW, BUTTON, MENU = 1, 2, 3  # types of components
GREY, RED = 2, 4  # styles of buttons

REPEAT = "This may be a repeat: Discord did not say whether it took the message the first time."
# Discord takes a backslash before any sign for the sign itself. Of an address only its :// makes a link.
MARKS = re.compile(r"[\\*_~|`<>\[\]@]|:(?=//)")
STORY_TITLE = re.compile(r"(?m)^\*\*(?:\[([^\]]+)\]\(http|((?:\\.|[^*\\])+)\*\*\n<http)")  # as _title makes it
AT_A_LINE_S_BEGIN = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))")


def render(message: Message) -> str:
    """The payload of a message: JSON with `embeds` and `components`; equal for equal messages."""
    return payload(embeds_of(message), components_of(message))


def payload(embeds: Sequence[Json], components: Sequence[Json] = ()) -> str:
    """What a message is made of, as JSON."""
    return json.dumps(body(embeds, components), ensure_ascii=False)


def body(embeds: Sequence[Json], components: Sequence[Json] = ()) -> Json:
    """The same as Discord's reference names its keys."""
    return {"embeds": list(embeds), "components": list(components), "allowed_mentions": {"parse": []}}


def embeds_of(message: Message) -> list[Json]:
    """The embeds of a message, within all limits."""
    return next(embeds for drawing in slimmed(message, quote=LIMITS.quote) if fits(embeds := _embeds(drawing)))


def fits(embeds: Sequence[Json]) -> bool:
    """Whether Discord would take these in one message."""
    described = all(units(embed.get("description", "")) <= TEXT for embed in embeds)
    return described and len(embeds) <= EMBEDS and weight(embeds) <= WHOLE


def title_of(body: Mapping[str, Any]) -> str:
    """What a message is called, as plain text: its heading, else the title of its first story; "": it has neither."""
    embeds: Sequence[Json] = body.get("embeds", ())
    heading = next((str(one["title"]) for one in embeds if one.get("title")), "")
    told = next((found for one in embeds if (found := STORY_TITLE.search(one.get("description", "")))), None)
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", heading or (told and (told[1] or told[2])) or "")


def weight(embeds: Sequence[Json]) -> int:
    """What the embeds count against the limit of a message."""
    return sum(
        units(embed.get("title", ""))
        + units(embed.get("description", ""))
        + units(embed.get("footer", {}).get("text", ""))
        for embed in embeds
    )


def plainly(message: Message) -> str:
    """The payload as text alone: what it is, and each story as its title, outlet and address."""
    told = plain_words(message, escaped, lambda address: f"<{_closed(address)}>", room=CONTENT - len(REPEAT) - 1)
    return json.dumps(
        {
            "content": told,
            "flags": NO_EMBEDS,
            "components": [row([manage(message)])],
            "allowed_mentions": {"parse": []},
        },
        ensure_ascii=False,
    )


def marked_as_repeat(body: Mapping[str, Any]) -> Json:
    """What of a payload changes so that it says first that it may stand in the channel already."""
    return {"content": f"{REPEAT}\n{body['content']}" if body.get("content") else REPEAT}


def said(words: str) -> Json:
    """Our own words as a message."""
    return body([{"description": sentence(short(words, TEXT // 2)), "color": COLOUR}])


# ── embeds ────────────────────────────────────────────────────────────────────


def _embeds(drawing: Drawing) -> list[Json]:
    message = drawing.message
    paragraphs = list(_paragraphs(drawing))
    foot = "\n".join(line for part in message.foot if (line := plain(part).strip()))
    embeds: list[Json] = [{"description": text, "color": COLOUR} for text in packed(paragraphs)] or [{"color": COLOUR}]
    if message.kind != "instant":
        embeds[0] = {"title": escaped(short(message.heading, TITLE // 2)), **embeds[0]}
    if foot:
        embeds[-1]["footer"] = {"text": short(foot, FOOTER)}
    return embeds


def _paragraphs(drawing: Drawing) -> Iterator[str]:
    message = drawing.message
    if message.kind == "instant":
        # What it is about mostly stands in the foot already; the story is what one wants to see first.
        if message.heading not in message.why:
            yield f"**{escaped(message.heading)}**"
    elif message.lead:
        yield escaped(short(message.lead, LEAD))
    for group in message.groups:
        for number, entry in enumerate(group.entries):
            named = "" if number or message.kind == "instant" else f"{bold(group.name)}\n"
            yield named + story(entry, message.zone, drawing.quote, linked=drawing.linked)
    if message.glance:
        yield "\n".join(_glance(message.glance))


def packed(paragraphs: Sequence[str]) -> list[str]:
    """The paragraphs in order, as many in each text as an embed takes."""
    texts: list[str] = []
    for paragraph in paragraphs:
        together = f"{texts[-1]}\n\n{paragraph}" if texts else paragraph
        if texts and units(together) <= TEXT:
            texts[-1] = together
        else:
            texts.append(paragraph)
    return texts


def _glance(glance: Glance) -> Iterator[str]:
    """The week at a glance: a line for each topic, its bar first, so that the bars stand below each other."""
    yield bold(glance.heading)
    for trend in glance.trends:
        yield f"{escaped(trend.bar)} **{escaped(trend.name)}** {escaped(trend.told)}"
    yield from map(escaped, glance.notes)


def story(entry: Entry, zone: str, quote: int = LIMITS.quote, *, linked: bool = True) -> str:
    """One story: its title as link, where and when, the sentence that proves it, and where else.

    Of the sentence so many characters; `linked`: the other outlets keep their links.
    """
    lines = [_title(entry), _source(entry, zone)]
    sentence = cut(entry.quote, quote)
    # Where only the title proves the match, it is not said twice.
    if quote and plain(sentence.text) and entry.quote.text != entry.title:
        lines.append(f"> {escaped(sentence.before)}{bold(sentence.words)}{_inner(sentence.after)}")
    if entry.edited:
        lines.append(f"*{escaped(entry.edited)}*")
    if entry.also:
        lines.append(f"Also in {''.join(_row(entry.also, linked=linked))}")
    return "\n".join(lines)


def _title(entry: Entry) -> str:
    """The title as the link's label; one that cannot be a label stands beside its link instead."""
    title = plain(entry.title).strip() or "(without a title)"
    address = safe_address(entry.url, longest=LONGEST_LINK)
    if address is None:
        return bold(title)
    if not _may_be_label(title, address):
        return f"{bold(title)}\n<{_closed(address)}>"
    return f"**{link(title, address)}**"


def _may_be_label(words: str, address: str) -> bool:
    """Whether words can be the label of a link: Discord makes none of what looks like an address, be it the right one.

    Nor does it take a backslash there (https://github.com/discord/discord-api-docs/issues/6185).
    """
    return not (names_another_host(words, address) or "://" in words or MARKS.search(words))


def _source(entry: Entry, zone: str) -> str:
    """Outlet, the link's host where the outlet's name does not tell it, and when."""
    address = safe_address(entry.url, longest=LONGEST_LINK)
    host = host_of(address) if address else ""
    names = [plain(entry.outlet).strip(), "" if tells_host(entry.outlet, host) else host.removeprefix("www.")]
    when = [date(entry.published, zone)] if entry.published else []
    return " · ".join([*map(escaped, filter(None, names)), *when])


def date(instant: datetime, zone: str) -> str:
    """An instant in the reader's own zone; of midnight in UTC, which means that no time is known, the date."""
    if instant.astimezone(UTC).time() == time(0):
        return moment(instant, zone)
    return f"<t:{int(instant.timestamp())}:f>"


def _row(links: Sequence[Link], *, linked: bool) -> Iterator[str]:
    """CEPA, PRIF and 2 more."""
    for number, one in enumerate(links):
        label = plain(one.label).strip()
        if number:
            yield " " if label.startswith("and ") and not one.url else ", "
        address = safe_address(one.url, longest=LONGEST_LINK) if linked else None
        if address is None:
            yield escaped(label)
        elif _may_be_label(label, address):
            yield link(label or host_of(address), address)
        else:
            yield f"{escaped(label)} <{_closed(address)}>"


# ── buttons ───────────────────────────────────────────────────────────────────


def components_of(message: Message) -> list[Json]:
    """What can be pressed below a message: choices beside its one story, or a menu of its stories; and Manage."""
    entries = [entry for group in message.groups for entry in group.entries]
    last = manage(message)
    if len(entries) == 1:
        return [row([*beside(entries[0]), last])]
    # Discord refuses a menu in which two options have one value.
    options = {told: _option(entry, told) for entry in entries[:OPTIONS] if (told := told_of(entry))}
    return [*([row([menu(list(options.values()))])] if options else []), row([last])]


def beside(entry: Entry) -> list[Json]:
    """The choices beside a story."""
    return choices(told_of(entry), outlet=plain(entry.outlet))


def choices(told: str, *, outlet: str = "this outlet") -> list[Json]:
    """The same, by what an option of the menu holds."""
    name, topic, feed = told.split(":") if told else ("", "", "")
    wanted = [
        ("Why?", press("why", name, topic)),
        ("Relevant", press("relevant", name, topic)),
        ("Not relevant", press("irrelevant", name, topic)),
        (f"Mute {outlet}", press("mute", name, feed) if feed else ""),
    ]
    return [button(label, custom_id) for label, custom_id in wanted if name and custom_id]


def menu(options: Sequence[Json]) -> Json:
    """The stories of a message, of which one is chosen to say something about."""
    return {"type": MENU, "custom_id": STORY, "placeholder": "About a story…", "options": list(options)}


def _option(entry: Entry, told: str) -> Json:
    label = short(plain(entry.title).strip(), OPTION) or "(without a title)"
    outlet = short(plain(entry.outlet).strip(), OPTION)
    return {"label": label, "value": told, **({"description": outlet} if outlet else {})}


def manage(message: Message) -> Json:
    """The button that opens what changes what comes here; where a chat cannot, the one that says what it is.

    Each post has it, since the post's id stands in it.
    """
    custom_id = str(Words(words=message.change)) if message.change else ""
    return button("Manage", custom_id) if custom_id else button("Settings", str(Words(words="list")))


def button(label: str, custom_id: str, style: int = GREY) -> Json:
    """A button that asks something of us."""
    return {"type": BUTTON, "style": style, "label": short(label, LABEL), "custom_id": custom_id}


def row(components: Sequence[Json]) -> Json:
    """At most five buttons, or one menu, side by side."""
    return {"type": ROW, "components": list(components)}


# ── markdown ──────────────────────────────────────────────────────────────────


def escaped(words: str) -> str:
    """Words on one line, as they are read, wherever Discord looks for markdown."""
    return AT_A_LINE_S_BEGIN.sub(_begun, _inner(words))


def _inner(words: str) -> str:
    """The same for words that do not begin a line."""
    return MARKS.sub(r"\\\g<0>", plain(words))


def _begun(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def bold(words: str) -> str:
    """Words that stand out; blanks at their ends would keep the marks from working."""
    bare = plain(words).strip()
    before, _, after = plain(words).partition(bare) if bare else (plain(words), "", "")
    return f"{before}**{_inner(bare)}**{after}" if bare else before


def link(label: str, address: str) -> str:
    """A label that leads to an address; it has no sign that would need a backslash."""
    return f"[{plain(label)}]({_closed(address)})"


def _closed(address: str) -> str:
    """An address without what would end a link early."""
    return address.replace("(", "%28").replace(")", "%29")


def sentence(words: str) -> str:
    """Our own words; what stands in `backticks` looks typed."""
    pieces = re.split(r"`([^`]+)`", words)
    return "".join(typed(piece) if number % 2 else escaped(piece) for number, piece in enumerate(pieces))


def typed(words: str) -> str:
    """Words as they are typed here, where commands have options; nothing in them is read as markdown."""
    return f"`{plain(shown(words)).replace('`', chr(0x2019))}`"
