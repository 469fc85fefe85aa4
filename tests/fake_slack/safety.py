"""Whether a text pings anybody, forges a link or hides what it says (all pure).

Feed text is hostile until shown harmless: whatever a publisher writes, nobody is mentioned, and a label that reads as an
address leads to that host.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from tests.fake_slack.nouns import Json

PING = re.compile(r"<[!@#]")
ANGLE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
ADDRESS = re.compile(r"(?:https?://|\bwww\.)[^\s<>|\"]+", re.IGNORECASE)
BARE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}\.?(?::\d+)?(?:[/?#]\S*)?")
MENTIONS = ("user", "usergroup", "broadcast", "team")
# C0 and C1 but tab and line feed; embeddings, overrides and isolates, which turn "gro.knab" round.
HIDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def of_request(arguments: Json) -> Iterator[str]:
    """What is unsafe in the arguments of a message or a view."""
    if arguments.get("link_names"):
        yield "link_names turns names in the text into mentions"
    if arguments.get("parse") == "full":
        yield "parse: full turns names in the text into mentions"
    for name in ("unfurl_links", "unfurl_media"):
        if arguments.get(name):
            yield f"{name} is on"
    for name in ("text", "markdown_text"):
        if isinstance(arguments.get(name), str):
            yield from (f"{name}: {what}" for what in of_mrkdwn(arguments[name]))
    for name in ("blocks", "view", "attachments"):
        yield from (f"{name}: {what}" for what in of_parts(arguments.get(name)))


def of_parts(node: object) -> Iterator[str]:
    """What is unsafe in blocks, or in anything that holds blocks."""
    if isinstance(node, list):
        for part in node:
            yield from of_parts(part)
    if isinstance(node, dict):
        yield from _of_object(node)
        for value in node.values():
            if isinstance(value, dict | list):
                yield from of_parts(value)


def _of_object(node: Json) -> Iterator[str]:
    kind, text = node.get("type"), node.get("text")
    if kind in MENTIONS:
        yield f"a rich_text element mentions a {kind}"
    if kind in ("mrkdwn", "markdown") and isinstance(text, str):
        yield from of_mrkdwn(text)
    elif isinstance(text, str):
        yield from _hiding(text)
    for name in ("url", "image_url", "title_link"):
        if isinstance(node.get(name), str):
            yield from of_link(node[name], text if kind == "link" and isinstance(text, str) else "")


def of_mrkdwn(text: str) -> Iterator[str]:
    """What is unsafe in a text that Slack reads for markup."""
    yield from _hiding(text)
    for found in PING.finditer(text):
        yield f"{found[0]!r} stands unescaped in {text[:80]!r}"
    for url, label in ANGLE.findall(text):
        if url[:1] not in ("!", "@", "#"):
            yield from of_link(unescape(url), unescape(label))


def of_link(url: str, label: str) -> Iterator[str]:
    """A scheme other than http and https, or a label that reads as another host than the link's."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        yield f"{url[:80]!r} is no address"
        return
    if parts.scheme.lower() not in ("http", "https") or not host:
        yield f"{url[:80]!r} is no http or https link"
        return
    for read in hosts_read_in(label):
        if read != plain_host(host):
            yield f"forged link: the label {label[:80]!r} reads as {read}, the link leads to {plain_host(host)}"


def hosts_read_in(label: str) -> list[str]:
    """The hosts that a reader sees in a label: of addresses in it, or the whole where it is nothing but a host."""
    label = unicodedata.normalize("NFKC", HIDING.sub("", label)).strip()
    written = ADDRESS.findall(label)
    if not written and BARE.fullmatch(label):
        written = [label]
    return [_host_of(one) for one in written]


def _host_of(written: str) -> str:
    """What looks like the host to a reader: before any @, since that is what he sees first."""
    rest = re.sub(r"^https?://", "", written, flags=re.IGNORECASE)
    return plain_host(re.split(r"[/?#\\:@]", rest, maxsplit=1)[0])


def plain_host(host: str) -> str:
    """A host as it is compared: lower case, in ASCII, without www and final dots."""
    host = host.casefold().rstrip(".,;!)]}'").removeprefix("www.")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _hiding(text: str) -> Iterator[str]:
    if found := HIDING.search(text):
        yield f"U+{ord(found[0]):04X} stands in {text[:80]!r}"
