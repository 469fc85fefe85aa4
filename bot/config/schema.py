"""What may stand where in feeds.yaml: a rule for each kind of value, then a class for each mapping.

A rule takes whatever stands in the file and gives our noun, or a ValueError that says what stands there and what
would be right. The classes only say which keys there are; pydantic walks them and gathers every error.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Annotated, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PlainValidator
from yarl import URL

from bot.config.hours import clock, day, days, weekday, zone
from bot.config.words import Odd, did_you_mean, kind_of, say
from bot.feeds.selectors import selector_fault
from bot.model import ChannelId, FeedKind
from bot.topics.rules import parse_phrase

# ── rules


def text(value: object) -> str:
    """Any text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Odd | int):
        raise ValueError(f'{say(value)} without quotes is {kind_of(value)} in YAML; write "{say(value)}"')
    raise ValueError(f"{say(value)} stands here; write a text")


def line(value: object) -> str:
    """One line that people will read, without blanks around it; at most 200 characters."""
    words = text(value).strip()
    if not words or len(words) > 200 or not words.isprintable():
        raise ValueError(f"{say(value)} cannot be shown; write one line of 1 to 200 characters")
    return words


def contact(value: object) -> str:
    """What a User-Agent may carry; may be empty."""
    words = text(value).strip()
    if len(words) > 200 or not (words.isascii() and words.isprintable()):
        raise ValueError(f"{say(value)} cannot go into a User-Agent; write an address in ASCII, at most 200 characters")
    return words


def ident(value: object) -> str:
    """An id. The first character is no hyphen, so that no id looks like an option of the command line."""
    word = text(value)
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", word):
        return word
    near = re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")[:64]
    hint = f", such as {near}" if near else ""
    raise ValueError(f"{say(value)} is not an id; write at most 64 lower-case letters, digits and hyphens{hint}")


def duration(value: object) -> timedelta:
    """`45s`, `15m`, `2h` or `1d`, from a second to a year."""
    found = re.fullmatch(r"([0-9]{1,8})([smhd])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{say(value)} is not a duration; write 15m, 2h or 1d")
    seconds = int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]
    if not 1 <= seconds <= 365 * 86400:
        raise ValueError(f"{say(value)} is too {'long' if seconds else 'short'}; write a duration from 1s to 365d")
    return timedelta(seconds=seconds)


def whole(low: int, high: int) -> Callable[[object], int]:
    """A rule for whole numbers from `low` to `high`."""

    def rule(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"{say(value)} is not possible; write a whole number from {low} to {high}")
        return value

    return rule


def truth(value: object) -> bool:
    """True or false, in these words only."""
    if not isinstance(value, bool):
        raise ValueError(f"{say(value)} is not possible; write true or false")
    return value


ON_UNKNOWN: tuple[Literal["repeat", "hold"], ...] = ("repeat", "hold")


def on_unknown(value: object) -> Literal["repeat", "hold"]:
    """What becomes of an unsure post where nobody can look."""
    for choice in ON_UNKNOWN:
        if value == choice:
            return choice
    raise ValueError(f"{say(value)} is not possible; write repeat or hold")


def address(value: object) -> str:
    """An absolute http or https address with a host, as written; at most 2,048 characters."""
    wrong = ValueError(f"{say(value)} is not a web address; write one as in https://example.org/feed.xml")
    if not isinstance(value, str) or len(value) > 2048 or " " in value or not value.isprintable():
        raise wrong
    try:
        url = URL(value)
        host = (url.raw_host or "").removesuffix(".")
    except ValueError:
        raise wrong from None
    # The parser takes "a..b" and "a%00b", which fail only when the name is looked up.
    named = ":" in host or all(re.fullmatch(r"[a-z0-9_-]{1,63}", label) for label in host.split("."))
    if url.scheme not in {"http", "https"} or not named:
        raise wrong
    return value


_NETWORKS = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+/[0-9]{1,3})]|(?P<four>[0-9.]+/[0-9]{1,2}))(?::(?P<port>[0-9]{1,5}))"
    r"|(?P<bare>[0-9A-Fa-f:.]+/[0-9]{1,3})"
)


def network(value: object) -> str:
    """A network that may be reached, as written: `127.0.0.0/8`, `10.1.2.3/32:8443`, `[::1/128]:8443`."""
    forms = "127.0.0.0/8, ::1/128, 10.1.2.3/32:8443 or [::1/128]:8443"
    wrong = ValueError(f"{say(value)} is not a network; write {forms}")
    found = _NETWORKS.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise wrong
    written = found["six"] or found["four"] or found["bare"]
    try:
        meant = ipaddress.ip_network(written, strict=False)
    except ValueError:
        raise wrong from None
    if meant.network_address != ipaddress.ip_address(written.partition("/")[0]):
        raise ValueError(f"{say(value)} begins inside of a network; write {meant}")
    if not 1 <= int(found["port"] or 1) <= 65535:
        raise ValueError(f"{say(value)} names no port; write one from 1 to 65535")
    return found[0]


_CHANNELS = (
    re.compile(r"(terminal)()()"),
    re.compile(r"(slack):(?:([TE][A-Z0-9]+):)?([CGD][A-Z0-9]+)"),
    re.compile(r"(discord):([0-9]{1,20}):([0-9]{1,20})"),
)


def channel_id(value: object) -> ChannelId:
    """A place in a platform; the workspace of `slack:ID` is ""."""
    for form in _CHANNELS:
        if isinstance(value, str) and (found := form.fullmatch(value)):
            return ChannelId(found[1], found[2] or "", found[3])
    forms = "terminal, slack:T0123:C0123ABCD, slack:C0123ABCD or discord:123:456"
    raise ValueError(f"{say(value)} is not a channel; write {forms}")


KINDS: tuple[FeedKind, ...] = get_args(FeedKind)


def feed_kind(value: object) -> FeedKind:
    """What stands at a feed's address."""
    for kind in KINDS:
        if value == kind:
            return kind
    hint = did_you_mean(value, KINDS) if isinstance(value, str) else ""
    raise ValueError(f"{say(value)} is not possible; write {', '.join(KINDS[:-1])} or {KINDS[-1]}{hint}")


def selector(value: object) -> str:
    """A CSS selector that can be used, as written."""
    if value is None:  # `#news` without quotes is a comment
        raise ValueError('nothing stands here; write a CSS selector, in quotes as in "#news li"')
    written = text(value)
    if fault := selector_fault(written):
        raise ValueError(f"{say(written)} {fault}")
    return written


def phrase(value: object) -> str:
    """A phrase that can be searched for, as written. A PhraseFault knows the character it speaks of."""
    words = text(value)
    parse_phrase(words)
    return words


# ── mappings

# Named here, since inside a class `zone` would be its own key.
Ident = Annotated[str, PlainValidator(ident)]
Text = Annotated[str, PlainValidator(text)]
Line = Annotated[str, PlainValidator(line)]
Contact = Annotated[str, PlainValidator(contact)]
Url = Annotated[str, PlainValidator(address)]
Network = Annotated[str, PlainValidator(network)]
Duration = Annotated[timedelta, PlainValidator(duration)]
Day = Annotated[date, PlainValidator(day)]
Clock = Annotated[time, PlainValidator(clock)]
Zone = Annotated[str, PlainValidator(zone)]
Days = Annotated[frozenset[int], PlainValidator(days)]
Weekday = Annotated[int, PlainValidator(weekday)]
Place = Annotated[ChannelId, PlainValidator(channel_id)]
OnUnknown = Annotated[Literal["repeat", "hold"], PlainValidator(on_unknown)]
Truth = Annotated[bool, PlainValidator(truth)]
Phrase = Annotated[str, PlainValidator(phrase)]
Phrases = tuple[Phrase, ...]
Kind = Annotated[FeedKind, PlainValidator(feed_kind)]
Selector = Annotated[str, PlainValidator(selector)]
RankNumber = Annotated[int, PlainValidator(whole(1, 5))]
Count = Annotated[int, PlainValidator(whole(1, 1000))]


class Keys(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BotKeys(Keys):
    """`bot`: what holds for all."""

    contact: Contact = ""
    poll: Duration = timedelta(minutes=30)
    allow_networks: tuple[Network, ...] = ()
    zone: Zone = "UTC"
    settle: Duration = timedelta(seconds=60)
    on_unknown: OnUnknown = "repeat"


class SelectKeys(Keys):
    """The `select` of a page."""

    item: Selector
    title: Selector = ""
    link: Selector = ""
    date: Selector = ""
    summary: Selector = ""


class DateKeys(Keys):
    """One of `dates`."""

    date: Day
    what: Line
    topic: Text
    source: Line = ""


class FeedKeys(Keys):
    """One of `feeds`."""

    id: Ident
    name: Line = ""  # "": the id
    url: Url
    every: Duration = timedelta()  # 0: bot.poll
    rank: RankNumber = 4
    kind: Kind = "feed"
    select: SelectKeys | None = None


class NearKeys(Keys):
    """One of a topic's `near`."""

    words: Count
    of: Annotated[tuple[Annotated[Phrases, Field(min_length=1)], ...], Field(min_length=2)]


class SomeKeys(Keys):
    """A topic's `some`."""

    least: Count
    of: Annotated[Phrases, Field(min_length=1)]


class TopicKeys(Keys):
    """One of `topics`."""

    name: Line
    within: Text = ""
    any: Phrases = ()
    near: tuple[NearKeys, ...] = ()
    some: SomeKeys | None = None
    none: Phrases = ()


class DigestKeys(Keys):
    """A channel's `digest`."""

    at: Clock = time(9)
    zone: Zone = ""  # "": bot.zone
    days: Days = frozenset(range(5))


class WeeklyKeys(Keys):
    """A channel's `weekly`."""

    day: Weekday = 4
    at: Clock = time(16)
    zone: Zone = ""  # "": the digest's, else bot.zone


class ChannelKeys(Keys):
    """One of `channels`."""

    channel: Place
    topics: tuple[Text, ...] = ()
    instant: tuple[Text, ...] = ()
    digest: DigestKeys | None = None
    weekly: WeeklyKeys | None = None
    always: Truth = False


class FileKeys(Keys):
    """The whole of feeds.yaml. A section whose entries are all commented out (null) is as good as absent."""

    bot: BotKeys | None = None
    dates: tuple[DateKeys, ...] | None = None
    feeds: tuple[FeedKeys, ...]
    topics: dict[Ident, TopicKeys]
    channels: tuple[ChannelKeys, ...] | None = None


def known_keys() -> list[str]:
    """Every key that may be written, such as `bot.contact`, `feeds[].url` and `topics.ID.any`, in the order above."""
    return list(_keys(FileKeys, ""))


def _keys(mapping: type[Keys], before: str) -> Iterator[str]:
    for name, field in mapping.model_fields.items():
        yield before + name
        if inner := _inner(field.annotation):
            yield from _keys(inner[1], before + name + inner[0] + ".")


def _inner(annotation: object) -> tuple[str, type[Keys]] | None:
    """The class of mappings under a key, and how its path goes on: [] in a list, .ID under a chosen name."""
    if isinstance(annotation, type) and issubclass(annotation, Keys):
        return "", annotation
    origin = get_origin(annotation)
    step = "[]" if origin is tuple else ".ID" if origin is dict else ""
    found = next((inner for part in get_args(annotation) if (inner := _inner(part))), None)
    return (step + found[0], found[1]) if found else None
