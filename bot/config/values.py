"""What a value of feeds.yaml may be: a rule for each kind.

A rule takes whatever stands in the file and gives our noun, or a ValueError that says what stands there and what
would be right.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import cache
from typing import Literal, get_args
from zoneinfo import available_timezones

from yarl import URL

from bot.config.words import Odd, did_you_mean, kind_of, say
from bot.feeds.selectors import selector_fault
from bot.model import ChannelId, FeedKind
from bot.topics.rules import parse_phrase


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


def keep(value: object) -> timedelta:
    """`90d` or `3y`, from 30 days (so long an item that comes again under another key is known) to 100 years."""
    found = re.fullmatch(r"([0-9]{1,5})([dy])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{say(value)} is not such a duration; write 90d or 3y")
    days = int(found[1]) * (365 if found[2] == "y" else 1)
    if not 30 <= days <= 100 * 365:
        raise ValueError(f"{say(value)} is too {'short' if days < 30 else 'long'}; write a duration from 30d to 100y")
    return timedelta(days=days)


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


MAY_CHANGE = ("anyone", "creators", "admins")
_GROUP = re.compile(r"S[A-Z0-9]{5,20}|[0-9]{5,20}")  # a user group's id on Slack, a role's on Discord


def may_change(value: object) -> str:
    """Who may change what a channel gets: a word, or the id of a group."""
    written = text(value)
    if written in MAY_CHANGE or _GROUP.fullmatch(written):
        return written
    hint = did_you_mean(written, MAY_CHANGE)
    groups = 'the id of a user group as in S0123ABCD, or of a Discord role as in "123456789012345678"'
    raise ValueError(f"{say(written)} is not possible; write anyone, creators, admins, or {groups}{hint}")


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


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(value: object) -> str:
    """An IANA zone."""
    name = text(value)
    if name not in _zones():
        hint = did_you_mean(name, sorted(_zones())) or "; write one as in Europe/Vienna"
        raise ValueError(f"{say(value)} is no time zone{hint}")
    return name


def clock(value: object) -> time:
    """A time of day, `"09:00"`. YAML 1.1 reads 16:00 without quotes as 960, in base 60."""
    written = value.raw if isinstance(value, Odd) else value
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", written) if isinstance(written, str) else None
    if not found:
        raise ValueError(f'{say(value)} is not a time of day; write "09:00", in quotes')
    if isinstance(value, Odd):
        raise ValueError(f'{value.raw} without quotes is {value.kind} in YAML; write "{value.raw}"')
    return time(int(found[1]), int(found[2]))


def day(value: object) -> date:
    """A date, `2026-12-31`, with quotes or without."""
    written = value.raw if isinstance(value, Odd) else value
    found = isinstance(written, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written)
    try:
        return date.fromisoformat(str(written) if found else "")
    except ValueError:
        raise ValueError(f"{say(value)} is not a date; write 2026-12-31") from None


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days(value: object) -> frozenset[int]:
    """`mon-fri`, `mon,wed,fri` or `daily`; 0 = Monday. A range may go over the weekend: `sat-mon`."""
    if value == "daily":
        return frozenset(range(7))
    chosen: set[int] = set()
    for part in value.split(",") if isinstance(value, str) else [""]:
        first, _, last = part.strip().partition("-")
        if first not in WEEK or (last or first) not in WEEK or part.strip().endswith("-"):
            raise ValueError(f'{say(value)} names no days; write mon-fri, "mon,wed,fri" or daily')
        start, length = WEEK.index(first), (WEEK.index(last or first) - WEEK.index(first)) % 7
        chosen.update((start + step) % 7 for step in range(length + 1))
    return frozenset(chosen)


def weekday(value: object) -> int:
    """One day of the week, `fri`; 0 = Monday."""
    if isinstance(value, str) and value in WEEK:
        return WEEK.index(value)
    raise ValueError(f"{say(value)} is no day of the week; write one of {', '.join(WEEK)}")


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
