"""What a page is that stands where a feed should: a wall that asks whether we are human, or just a page; pure.

Only documents that are HTML and no feed are judged. A page is a wall by its title, by something that only such walls
have in them, or by a phrase where it says little else: an article on the same subject says more, and a page with a form
is guarded by the same scripts as a wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from bot.model import FeedFault

# Where the marks of a wall stand; in characters.
LOOKED_AT = 64 * 1024
# A wall has few words. In characters, blanks run together.
_FEW_WORDS = 1500

_PAGE_ROOT = re.compile(
    r"<(?:html|head|title|meta|link|base|script|style|noscript|body|main|header|h1|h2|p|div|span|center|font|b|br|a|img"
    r"|form|table|iframe)\b",
    re.IGNORECASE,
)
_FEED_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
# What stands before the root element, each with its end.
_BEFORE = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
_TAG = re.compile(r"<([^<>]*)>")
_UNSEEN = ("script", "style", "template")

_TITLES = (
    "just a moment",  # Cloudflare's managed challenge
    "attention required! | cloudflare",  # its block
    "please wait... | cloudflare",
    "ddos-guard",
    "ddos protection by",
    "access to this page has been denied",  # HUMAN, once PerimeterX
    "pardon our interruption",  # Imperva
    "request rejected",  # F5
    "sucuri website firewall",
    "browser check",  # Council of the EU
    "checking your browser",
    "checking if the site connection is secure",
    "making sure you're not a bot",  # Anubis
    "human verification",
    "verifying you are human",
    "verify you are human",
    "bot verification",
    "robot check",
    "are you a robot",
    "are you human",
    "captcha",
)
# In the source of walls, and of no other page. Cloudflare's challenge-platform and Imperva's _Incapsula_Resource are
# not among these: both put scripts of that name into good pages too.
_SOURCES = (
    "_cf_chl_",
    "cf-chl-",
    "cf_chl_",
    "cf-browser-verification",
    "cf-please-wait",
    "/orchestrate/chl_",
    "incapsula incident id",
    "_incapsula_resource?cwudnsai",
    "/_sec/verify?provider=",  # Akamai
    "bm-verify=",
    "check.ddos-guard.net",
    "/.well-known/ddos-guard/",
    "/.within.website/x/cmd/anubis",
    "anubis_challenge",
    "window.gokuprops",  # AWS WAF
    "sucuri_cloudproxy_js",
    "sucuri website firewall",
    "px-captcha",
    "captcha.px-cdn.net",
    "captcha-delivery.com",  # DataDome
    "your support id is",  # F5
)
# In what is seen of a page of few words.
_PHRASES = (
    "checking your browser",
    "checking if the site connection is secure",
    "enable javascript and cookies to continue",
    "verify you are human",
    "verify you are a human",
    "verify that you are human",
    "verifying you are human",
    "verify that you're not a robot",
    "you are not a robot",
    "you're not a robot",
    "you are not a bot",
    "you're not a bot",
    "i'm not a robot",
    "unusual traffic",
    "needs to review the security of your connection",
    "captcha",
)
# In the source of a page of hardly any words: their scripts, where nothing else is.
_SCRIPTS = ("challenge-platform", "_incapsula_resource", "awswaf.com", "cf-turnstile", "h-captcha", "g-recaptcha")
_HARDLY_ANY_WORDS = 60


def page_fault(text: str) -> FeedFault:
    """CHALLENGE or PAGE, for HTML that stands where a feed should."""
    return FeedFault.CHALLENGE if is_wall(text) else FeedFault.PAGE


def is_wall(text: str) -> bool:
    """Whether this is HTML and no feed, and wants to know whether we are human, or says that it takes us for a robot.

    Takes time in proportion to the text, of which the first 64 Ki characters count.
    """
    text = text[:LOOKED_AT]
    if not _is_page(text):
        return False
    source = text.lower()
    title, words = _shown(text)
    return (
        _holds(title, _TITLES)
        or _holds(source, _SOURCES)
        or (title == "access denied" and "reference #" in words)  # Akamai
        or (len(words) <= _FEW_WORDS and _holds(words, _PHRASES))
        or (len(words) <= _HARDLY_ANY_WORDS and _holds(source, _SCRIPTS))
    )


def _holds(text: str, marks: tuple[str, ...]) -> bool:
    return any(mark in text for mark in marks)


def _is_page(text: str) -> bool:
    """Whether its first element is one of HTML's, and nowhere in it begins a feed."""
    return _PAGE_ROOT.match(text, _start(text)) is not None and not _FEED_ROOT.search(text)


def _start(text: str) -> int:
    """Where the first element begins: after blanks, declarations and comments."""
    place = 0
    while True:
        while place < len(text) and (text[place].isspace() or text[place] == "\ufeff"):
            place += 1
        opened = next(((start, end) for start, end in _BEFORE if text.startswith(start, place)), None)
        if opened is None:
            return place
        closed = text.find(opened[1], place + len(opened[0]))
        if closed < 0:
            return len(text)
        place = closed + len(opened[1])


def _shown(text: str) -> tuple[str, str]:
    """The title and the words of a page, as a reader sees them, in lower case and with plain apostrophes."""
    titles: list[str] = []
    words: list[str] = []
    for tag, piece in _pieces(text):
        (titles if tag == "title" else words).append(piece)
    return _plain("".join(titles)), _plain(" ".join(words))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Each piece of text with the tag that it follows; not what is inside of scripts."""
    pieces = _TAG.split(text)
    tag, unseen = "", ""
    for number, piece in enumerate(pieces):
        if number % 2:
            tag = piece.lower().split(maxsplit=1)[0] if piece.strip() else ""
            if not unseen and tag in _UNSEEN:
                unseen = tag
            elif tag == f"/{unseen}":
                unseen = ""
        elif not unseen:
            yield tag, piece


def _plain(text: str) -> str:
    return " ".join(unescape(text).replace("’", "'").lower().split())
