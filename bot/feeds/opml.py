"""OPML in and out: the lists of feeds that readers exchange (pure).

The format: http://opml.org/spec2.opml.

    read_opml(bytes) → [Outline] ─ as_yaml → lines for feeds.yaml
    [Feed] ─ write_opml → text that every reader takes, and that read_opml takes back without loss
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeVar
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from yarl import URL

from bot.config.values import address, duration, feed_kind, ident, selector
from bot.errors import TreatywatchError
from bot.model import Feed, FeedKind, Rank, Select
from bot.model.pages import Outline
from bot.topics.text import host_of, normalise

MOST_BYTES = 1024 * 1024
MOST_FEEDS = 500
DEEPEST = 20  # folders in folders
_NAME = 200  # characters, as feeds.yaml has it
# What other readers pass over. The prefix is the one we write: to look names of attributes up by their namespace
# would refuse the many files that use a prefix without declaring it.
_OURS = "treatywatch"
_NAMESPACE = "urn:treatywatch:feeds"


# ── in


def read_opml(body: bytes) -> list[Outline]:
    """The feeds of an OPML file, in its order, whatever folders they are in; never empty, at most 500.

    One that cannot be taken over is there too, with its fault. TreatywatchError, one plain sentence, where the file is
    no OPML, declares entities, or is larger, longer or deeper than a list of feeds needs to be.
    """
    if len(body) > MOST_BYTES:
        raise TreatywatchError("the file is longer than 1 MiB; this is hardly a list of feeds")
    found = _Reader().read(body)
    if not found:
        raise TreatywatchError("the file is OPML, but holds no feeds")
    return _with_doubles(found)


class _Reader:
    """One reading of one file."""

    def __init__(self) -> None:
        self.found: list[Outline] = []
        self.open: list[str | None] = []  # an open element each: the folder's name, None for what is no folder
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype

    def read(self, body: bytes) -> list[Outline]:
        try:
            self.parser.Parse(body.lstrip(), True)
        except expat.ExpatError as error:
            raise TreatywatchError(
                f"the file is broken as XML at line {error.lineno}: {expat.ErrorString(error.code)}"
            ) from None
        except (LookupError, ValueError):  # an alphabet that there is not, or that is none
            raise TreatywatchError("the file names an alphabet that cannot be read; save it as UTF-8") from None
        return self.found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.open and name.lower() != "opml":
            raise TreatywatchError(f"the file is not OPML; it begins with <{_line(name)[:40]}>")
        told = {key.lower(): value for key, value in attributes.items()}
        outline = name.lower() == "outline"
        if outline and (told.get("xmlurl", "").strip() or _kind(told) != "feed"):
            self.found.append(_outline(told, tuple(folder for folder in self.open if folder)))
        if len(self.found) > MOST_FEEDS:
            raise TreatywatchError(f"the file holds more than {MOST_FEEDS} feeds; split it")
        self.open.append(_title(told) if outline else None)
        if len(self.open) > DEEPEST + 3:  # opml, body, and the feed itself
            raise TreatywatchError(f"the file is nested deeper than {DEEPEST} folders")

    def end(self, _name: str) -> None:
        self.open.pop()

    def doctype(self, _name: str, _system: str | None, _public: str | None, declares: int) -> None:
        """Refuse declarations: a few can stand for gigabytes, or for a file of this machine. No list needs any."""
        if declares:
            raise TreatywatchError("the file declares entities or the like (<!DOCTYPE … [ … ]>); such are not read")


def _outline(told: Mapping[str, str], folders: tuple[str, ...]) -> Outline:
    kind = _kind(told)
    url = told.get("xmlurl", "").strip() or told.get("url", "").strip()
    url = re.sub(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", "", url, flags=re.IGNORECASE)
    url = f"http:{url}" if url.startswith("//") else url
    try:
        url, fault = address(url), ""
    except ValueError:
        url, fault = _line(url), "is not a web address"
    select = _select(told) if kind == "page" else None
    if kind == "page" and select is None:
        fault = fault or "is a page without selectors that can be used"
    return Outline(
        title=_title(told) or host_of(url) or "a feed",
        url=url,
        site=_line(told.get("htmlurl", "")),
        folders=folders,
        id=_or_none(ident, told.get(f"{_OURS}:id", "")) or "",
        rank=_rank(told.get(f"{_OURS}:rank", "")),
        every=_or_none(duration, told.get(f"{_OURS}:every", "")),
        kind=kind,
        select=select,
        fault=fault,
    )


def _kind(told: Mapping[str, str]) -> FeedKind:
    return _or_none(feed_kind, told.get(f"{_OURS}:kind", "")) or "feed"


def _select(told: Mapping[str, str]) -> Select | None:
    """None where one of its selectors cannot be used: read by the others alone, it would be another page."""
    written = {part.name: told.get(f"{_OURS}:select-{part.name}", "") for part in fields(Select)}
    usable = all(_or_none(selector, text) for text in written.values() if text)
    return Select(**written) if written["item"] and usable else None


def _title(told: Mapping[str, str]) -> str:
    return _line(told.get("title", "")) or _line(told.get("text", ""))


def _line(text: str) -> str:
    """One line without hidden characters, at most 200; a text that is one already stays as it is."""
    text = text.strip()
    if not text.isprintable():
        text = "".join(char for char in " ".join(text.split()) if char.isprintable()).strip()
    return text[:_NAME].rstrip()


_Value = TypeVar("_Value")


def _or_none(rule: Callable[[object], _Value], text: str) -> _Value | None:
    try:
        return rule(text)
    except ValueError:
        return None


def _rank(text: str) -> Rank | None:
    return Rank(int(text)) if text in {"1", "2", "3", "4", "5"} else None


def _with_doubles(outlines: Iterable[Outline]) -> list[Outline]:
    """Each outline, with a fault where its address stood before."""
    known: set[str] = set()
    told = []
    for one in outlines:
        again = not one.fault and _same(one.url) in known
        told.append(replace(one, fault="stands twice") if again else one)
        if not one.fault:
            known.add(_same(one.url))
    return told


def _same(url: str) -> str:
    """What two addresses have in common that feeds.yaml takes for one."""
    return str(URL(url).with_fragment(None))


# ── as lines of feeds.yaml


def as_yaml(outlines: Iterable[Outline], *, beside: Sequence[Feed] = ()) -> str:
    """The lines to add under `feeds:` of feeds.yaml, each ended by a newline.

    Folders, and feeds that cannot be taken over, stand as comments. Ids differ from each other and from those of the
    feeds that are there already (`beside`), whose addresses are not added again.
    """
    taken = {feed.id for feed in beside}
    there = {_same(feed.url) for feed in beside}
    return "".join(f"  {line}\n" for line in _lines(outlines, taken, there))


def _lines(outlines: Iterable[Outline], taken: set[str], there: set[str]) -> Iterator[str]:
    folders: tuple[str, ...] = ()
    for one in outlines:
        if one.folders != folders:
            folders = one.folders
            yield f"# {' / '.join(folders) or 'in no folder'}"
        fault = one.fault or ("is there already" if _same(one.url) in there else "")
        yield f"# left out: {one.title}, {one.url}: {fault}" if fault else _entry(one, _new_id(one, taken))


def _entry(one: Outline, new: str) -> str:
    told = {"id": _plain_or_quoted(new), "name": _quoted(one.title), "url": _quoted(one.url)}
    if one.every:
        told["every"] = _written(one.every)
    if one.rank:
        told["rank"] = str(int(one.rank))
    if one.kind != "feed":
        told["kind"] = one.kind
    if one.select:
        told["select"] = _flow({name: _quoted(text) for name, text in asdict(one.select).items() if text})
    return f"- {_flow(told)}"


def _flow(told: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in told.items())}}}"


def _quoted(text: str) -> str:
    """In double quotes, where YAML takes what JSON takes as long as all of it is printable."""
    return json.dumps(text, ensure_ascii=False)


def _plain_or_quoted(word: str) -> str:
    """Without quotes unless YAML 1.1 would read a number, a date, or one of its words for true, false and nothing."""
    plain = word[0].isalpha() and word not in {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
    return word if plain else _quoted(word)


def _new_id(one: Outline, taken: set[str]) -> str:
    """An id that is not taken, and is from now on: its own, or one made of its title or host."""
    words = [re.sub(r"[^a-z0-9]+", "-", normalise(text).words) for text in (one.title, host_of(one.url))]
    stem = next(filter(None, (word[:60].strip("-") for word in (one.id, *words))), "feed")  # room for -500
    new, number = one.id or stem, 1
    while new in taken:
        number += 1
        new = f"{stem}-{number}"
    taken.add(new)
    return new


def _written(every: timedelta) -> str:
    """90m, 2h or 1d, as feeds.yaml has durations."""
    seconds = round(every.total_seconds())
    size, unit = next(pair for pair in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")) if seconds % pair[0] == 0)
    return f"{seconds // size}{unit}"


# ── out


def write_opml(feeds: Sequence[Feed], *, title: str, now: datetime) -> str:
    """An OPML 2.0 file of the feeds, in their order, to be saved as UTF-8; ours stands in attributes of our own."""
    return "\n".join((
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:{_OURS}="{_NAMESPACE}">',
        "  <head>",
        f"    <title>{escape(title)}</title>",
        f"    <dateCreated>{format_datetime(now.astimezone(UTC), usegmt=True)}</dateCreated>",
        "  </head>",
        "  <body>",
        *map(_element, feeds),
        "  </body>",
        "</opml>",
        "",
    ))  # fmt: skip


def _element(feed: Feed) -> str:
    # "rss" whatever the format: the specification knows no other type for feeds. What is none would be a feed that
    # fails to every other reader, and is a link to them.
    type_, url = ("rss", "xmlUrl") if feed.kind == "feed" else ("link", "url")
    told = {
        "type": type_,
        "text": feed.name,
        "title": feed.name,
        url: feed.url,
        f"{_OURS}:id": feed.id,
        f"{_OURS}:rank": str(int(feed.rank)),
        f"{_OURS}:every": _written(feed.every),
    }
    if feed.kind != "feed":
        told[f"{_OURS}:kind"] = feed.kind
    if feed.select:
        told |= {f"{_OURS}:select-{name}": text for name, text in asdict(feed.select).items() if text}
    return f"    <outline {' '.join(f'{name}={quoteattr(value)}' for name, value in told.items())}/>"
