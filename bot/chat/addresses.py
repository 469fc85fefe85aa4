"""Where a link of a feed's may lead, and what its label may say, whatever the platform (pure)."""

from __future__ import annotations

import re
import unicodedata

from yarl import URL

LONGEST = 3000  # characters; what Slack takes
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
# What a reader would take for an address: anything with ://, and names with dots that end in letters.
NAMED = re.compile(r"://([^/?#\s|<>()\"]*)|(?<![\w.。-])((?:[\w-]+[.。])+(?:[a-z]{2,}|xn--[a-z0-9-]+))", re.IGNORECASE)


def safe_address(url: str, *, longest: int = LONGEST) -> str | None:
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
    return None if odd or not HOST.fullmatch(host) or len(address) > longest else address


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def host_of(address: str) -> str:
    """The host of an address that safe_address gave."""
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


def tells_host(outlet: str, host: str) -> bool:
    """Whether the outlet's name says the host already: CEPA cepa.org, UN Press press.un.org."""
    said = re.sub(r"\W", "", outlet).casefold()
    return all(label.replace("-", "") in said for label in host.removeprefix("www.").split(".")[:-1])
