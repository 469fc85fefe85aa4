"""What every kind of document makes of one entry: limits, addresses, keys, languages (pure)."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urljoin, urlsplit

from bot.feeds.plain import seen

MOST_ITEMS = 2_000
TITLE, SUMMARY, CONTENT, LINK, KEY = 300, 4_000, 100_000, 2_048, 1_024  # characters
LONG = 1_000  # a lone text above this is the full text, not a summary

_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def web_address(href: str, base: str) -> str:
    """Where a link leads that stands in a document at `base`; "" if not to the web, or beyond 2,048 characters."""
    # As a browser reads it: line breaks inside do not count, a blank inside does.
    href = seen(href).strip().translate({9: None, 10: None, 32: "%20"})
    try:
        link = urljoin(base, href)
        parts = urlsplit(link)
    except ValueError:
        return ""
    link = parts.scheme + link[len(parts.scheme) :]  # in lower case, as everything behind us expects
    return link if parts.scheme in ("http", "https") and parts.hostname and len(link) <= LINK else ""


def hashed(text: str) -> str:
    """A key made of a text that is none itself."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def key_of(text: str) -> str:
    """The text as a key: at most 1,024 characters."""
    return text if len(text) <= KEY else hashed(text)


def lang_of(told: str) -> str | None:
    """A language as we keep it: "en", "pt-BR"; None where the text names none."""
    lang = told.strip().replace("_", "-")
    return lang if _LANG.fullmatch(lang) else None
