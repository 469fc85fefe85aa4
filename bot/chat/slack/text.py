"""Text and addresses from outside, as Slack may be given them (pure)."""

from __future__ import annotations

import re
import unicodedata

from yarl import URL

from bot.chat.shown import plain
from bot.delivery.quote import clip

URL_LENGTH = 3000  # characters; https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
# What a reader would take for an address: anything with ://, and names with dots that end in letters.
NAMED = re.compile(r"://([^/?#\s|<>()\"]*)|(?<![\w.。-])((?:[\w-]+[.。])+(?:[a-z]{2,}|xn--[a-z0-9-]+))", re.IGNORECASE)


def escaped(words: str) -> str:
    """Words for a message's own `text`: the three characters that Slack acts on there are made harmless."""
    return plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def short(words: str, limit: int) -> str:
    """The words in at most so many characters as Slack counts them."""
    room = limit
    while units(shown := clip(words, room)) > limit:
        room -= max((units(shown) - limit) // 2, 1)
    return shown


def units(words: str) -> int:
    """Length in UTF-16, the safe side of what Slack may count: an emoji is two."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def safe_address(url: str) -> str | None:
    """The address with nothing in it that could end a link early or show a wrong host; None: not to be linked.

    Only http and https; a name before the host (https://bank.example@evil.example) is never honest in a feed.
    """
    try:
        parsed = URL(url.strip())
        host = parsed.raw_host or ""
        odd = parsed.scheme not in {"http", "https"} or parsed.user is not None or parsed.password is not None
        address = re.sub(r"[^!-~]|[|<>\"\\^`{}]", lambda found: _percent(found[0]), str(parsed))
    except ValueError:
        return None
    return None if odd or not HOST.fullmatch(host) or len(address) > URL_LENGTH else address


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def host_of(address: str) -> str:
    """The host of a safe address."""
    return URL(address).raw_host or ""


def names_another_host(label: str, address: str) -> bool:
    """Whether a reader of the label would expect to get somewhere else."""
    host = host_of(address).removeprefix("www.")
    for whole, bare in NAMED.findall(unicodedata.normalize("NFKC", label)):
        # Before an @ stands what a reader takes for the host, behind it what a browser does.
        for part in (whole or bare).split("@"):
            named = part.partition(":")[0].replace("。", ".").casefold().removeprefix("www.")
            if named != host:
                return True
    return False


def tells(outlet: str, host: str) -> bool:
    """Whether the outlet's name says the host already: CEPA cepa.org, UN Press press.un.org."""
    said = re.sub(r"\W", "", outlet).casefold()
    return all(label.replace("-", "") in said for label in host.removeprefix("www.").split(".")[:-1])
