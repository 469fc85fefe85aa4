"""What the status and the headers of an answer mean; pure.

How long a publisher wants to be left alone, where it has moved for good, which validators may be sent back, whether a
wall stands before it, and what its status is in our words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

LONGEST_WAIT = timedelta(days=7)
MOVED = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
# What we ask for. Anything else, and one on top of another, would come back undecoded and look like a broken feed.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate", "br"})
# Headers that are lists, so that several are one (RFC 9110, section 5.3). Of others that come twice the first counts.
_LISTS = frozenset({"cache-control", "content-encoding"})
# A validator is sent back as it came: printable, and no longer than any honest one.
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,1024}")
_DIRECTIVE = re.compile(r'([\w-]+)(?:\s*=\s*("[^"]*"|[^\s,"]*))?')
# The longest date of RFC 9110 has 33 characters. The library's reader of dates is not made for more.
_LONGEST_DATE = 64


@dataclass(frozen=True, slots=True)
class Head:
    """The status and the headers of an answer, their names in lower case."""

    status: int
    headers: Mapping[str, str]

    @classmethod
    def of(cls, status: int, headers: Iterable[tuple[str, str]]) -> Head:
        """The same from the headers as they came, in order."""
        told: dict[str, str] = {}
        for as_sent, value in headers:
            name = as_sent.lower()
            if name not in told:
                told[name] = value
            elif name in _LISTS:
                told[name] = f"{told[name]}, {value}"
        return cls(status, told)

    def get(self, name: str) -> str:
        """A header by its name in lower case, without blanks around it; empty if absent."""
        return self.headers.get(name, "").strip()


class Step(NamedTuple):
    """One move: the status that told it, and the address it led to."""

    status: int
    url: str


def lasting_move(start: str, steps: Sequence[Step]) -> str | None:
    """Where a feed is now for good: after the moves at the beginning of the way that are for good (301, 308).

    None if it has not moved, if one of those moves leads from https to http, if they lead back to the start, or if an
    address holds a password, which would be kept and shown with it.
    """
    place = start
    for step in steps:
        if step.status not in _FOR_GOOD:
            break
        if place.startswith("https:") and not step.url.startswith("https:"):
            return None
        place = step.url
    if place == start or "@" in urlsplit(start).netloc or "@" in urlsplit(place).netloc:
        return None
    return place


def validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that may be sent back; None if it is none, or not an honest one."""
    return value if value and _VALIDATOR.fullmatch(value) else None


def is_decodable(head: Head) -> bool:
    """Whether the body is in an encoding that we asked for, and in one only."""
    return head.get("content-encoding").lower() in _ENCODINGS


def is_wall(head: Head) -> bool:
    """Whether the headers alone say that the body asks who we are, and is not what we asked for.

    Sources: Cloudflare's and AWS WAF's documents of these headers; the others are what their walls send.
    """
    if head.get("cf-mitigated").lower() == "challenge" or "x-sucuri-block" in head.headers:
        return True
    if head.get("x-amzn-waf-action").lower() in ("challenge", "captcha"):
        return True
    # These two are also sent with what they let through.
    guarded = "x-datadome" in head.headers or head.get("server").lower() == "ddos-guard"
    return guarded and head.status in (403, 429, 503)


def status_words(status: int) -> str:
    """A status in our own words, "answered 503 Service Unavailable": the server's may say anything."""
    try:
        return f"answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"answered {status}"


# ── how long to wait


def wait_of(head: Head, now: datetime) -> timedelta | None:
    """How long not to ask again: the longest of what Retry-After and the answer's freshness say, at most a week.

    None if nothing is said, or nothing that can be read, or only what is past.
    """
    wait = max(_retry_after(head.get("retry-after"), now), _freshness(head, now))
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def _retry_after(value: str, now: datetime) -> timedelta:
    """Seconds or a date (RFC 9110, section 10.2.3)."""
    if value.isascii() and value.isdigit():
        return _seconds(value)
    date = _date(value)
    return date - now if date else timedelta(0)


def _freshness(head: Head, now: datetime) -> timedelta:
    """How long the answer is called fresh, less the time that it lay in a cache (RFC 9111, section 4.2).

    A max-age outweighs an s-maxage, which speaks to caches that many share.
    """
    said = _directives(head.get("cache-control"))
    if said.get("no-cache") == "" or "no-store" in said:
        return timedelta(0)
    age = _seconds(head.get("age"))
    for name in ("max-age", "s-maxage"):
        if name in said:
            return _seconds(said[name]) - age
    expires = _date(head.get("expires"))
    return expires - (_date(head.get("date")) or now) - age if expires else timedelta(0)


def _directives(value: str) -> dict[str, str]:
    """What Cache-Control says, by name in lower case; the first counts (RFC 9111, section 4.2.1)."""
    told: dict[str, str] = {}
    for name, argument in _DIRECTIVE.findall(value):
        told.setdefault(name.lower(), argument.strip('"'))
    return told


def _seconds(value: str) -> timedelta:
    """Zero if it is no whole number; nine digits are more than any wait of ours."""
    if not (value.isascii() and value.isdigit()):
        return timedelta(0)
    return timedelta(seconds=int(value.lstrip("0")[:9] or "0"))


def _date(value: str) -> datetime | None:
    if not value or len(value) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
