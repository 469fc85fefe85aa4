"""Whose server an address is; pure.

A publisher is asked one thing at a time, whatever its servers are called, so addresses are grouped by the domain that
somebody registered: `www.un.org` and `press.un.org` are both `un.org`. Which endings are open to registration stands
in the Public Suffix List (https://publicsuffix.org). It comes with a package and is as new as that package's release;
nothing is fetched. Its private section counts too: `one.github.io` and `two.github.io` have different owners.

An address of numbers counts by itself, and so does a name whose ending is not on the list (`localhost`, `wiki.lan`) or
that is an ending itself (`github.io`). Of these the port counts too: on one's own network another port is mostly
another program. For registered domains neither port nor scheme matter.
"""

from __future__ import annotations

from functools import cache, lru_cache
from ipaddress import IPv6Address, ip_address

from publicsuffixlist import PublicSuffixList
from yarl import URL


@lru_cache(maxsize=16_384)
def owner_of(url: str) -> str:
    """The registrable domain of an address, in lower case and as the name system writes it (xn--…).

    A text that is no address with a host comes back as it is. Raises nothing.
    """
    try:
        address = URL(url)
        host = (address.raw_host or "").removesuffix(".")
    except ValueError:
        return url
    if not host:
        return url
    number = _number(host)
    if number is None and (registered := _list().privatesuffix(host)) is not None:
        return registered
    port = "" if address.explicit_port in (None, 80, 443) else f":{address.explicit_port}"
    return f"{number or host}{port}"


def _number(host: str) -> str | None:
    """An IP address in its one shortest form; None: a name."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)


@cache
def _list() -> PublicSuffixList:
    """The list, read once and only when it is needed."""
    return PublicSuffixList(accept_unknown=False)
