"""Which addresses may be connected; pure.

The fetcher asks at the moment of connecting, for each address it is about to dial: a name that changes its answer, an
odd spelling of a number and a redirect all end here. Only globally reachable unicast addresses pass, on the ports of
the web. `ipaddress.is_global` is not enough: it lets through NAT64, 6to4, IPv4-compatible and -translated forms,
multicast and the metadata address of one cloud.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

# https://www.iana.org/assignments/iana-ipv4-special-registry
_REFUSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' own; one cloud's metadata
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # Azure's inner services, though the number is a public one
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, retired
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
# https://www.iana.org/assignments/ipv6-address-space: only this block is handed out. Outside of it lie loopback,
# link-local, multicast, and the mapped, compatible, translated and NAT64 forms, in which an IPv4 address hides. No
# resolver answers a public name with one of these; where a network lives by NAT64, the operator allows its prefix.
_PUBLIC_6 = IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them (an IPv4 address hides in it)
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 (likewise)
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


class _Ranges:
    """Networks that do not overlap, so that one search tells whether a number lies in any of them."""

    def __init__(self, networks: Sequence[IPv4Network] | Sequence[IPv6Network]) -> None:
        ranges = sorted((int(network.network_address), int(network.broadcast_address)) for network in networks)
        self._firsts = [first for first, _ in ranges]
        self._lasts = [last for _, last in ranges]

    def hold(self, number: int) -> bool:
        """Whether it lies in one of them."""
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]


_RANGES_4, _RANGES_6 = _Ranges(_REFUSED_4), _Ranges(_REFUSED_6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A private network that the operator lets the fetcher reach: all its ports, or one."""

    addresses: IPv4Network | IPv6Network
    port: int | None = None  # None: any

    def holds(self, address: IPv4Address | IPv6Address, port: int) -> bool:
        """Whether the address and port lie in it."""
        return address in self.addresses and self.port in (None, port)


def parse_network(text: str) -> Network:
    """`127.0.0.0/8`, `10.1.2.3/32:8443`, `::1/128` or `[::1/128]:8443`; a lone address means just itself.

    Raises ValueError, whose text says what would be right.
    """
    addresses, port = _split(text.strip())
    try:
        return Network(addresses=ip_network(addresses), port=_port(port))
    except ValueError as error:
        raise ValueError(_hint(text, addresses)) from error


def _split(text: str) -> tuple[str, str | None]:
    """The network and the port, as written; without brackets only IPv4 can have a port."""
    if text.startswith("["):
        addresses, end, rest = text[1:].partition("]")
        if end and (not rest or rest.startswith(":")):
            return addresses, rest[1:] if rest else None
    if text.count(":") == 1:
        addresses, _, port = text.partition(":")
        return addresses, port
    return text, None


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise ValueError(text)
    return int(text)


def _hint(text: str, addresses: str) -> str:
    try:
        wider = ip_network(addresses, strict=False)
    except ValueError:
        return f'"{text}" is not a network; write 127.0.0.0/8, 10.1.2.3/32:8443 or [::1/128]:8443'
    if str(wider) != addresses and "/" in addresses:
        return f'"{text}" has an address beyond its mask; write {wider}'
    return f'"{text}" has a port that is none; write 1 to 65535'


class Guard:
    """Judges addresses by the public rules and the networks that the operator allowed."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)
        # The same addresses are dialled again and again, and to read one costs more than all the rest.
        self._judged = lru_cache(maxsize=8_192)(self._judge)

    def refusal(self, address: str, port: int) -> str | None:
        """Why this address must not be connected, in one sentence; None: it may."""
        return self._judged(address, port)

    def _judge(self, address: str, port: int) -> str | None:
        try:
            number = ip_address(address.partition("%")[0])  # without the zone of fe80::1%eth0
        except ValueError:
            return f"{address!r} is not an address"
        if any(network.holds(_dialled(number), port) for network in self._allowed):
            return None
        if not _is_public(number):
            return f"the address {number} is private and not allowed (bot.allow_networks)"
        if not _is_web_port(port):
            return f"the port {port} is not one of 80, 443 and 8000 to 8999 and not allowed (bot.allow_networks)"
        return None


def _dialled(number: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Where the system really connects: a mapped address means the IPv4 address in it."""
    if isinstance(number, IPv6Address) and number.ipv4_mapped is not None:
        return number.ipv4_mapped
    return number


def _is_public(number: IPv4Address | IPv6Address) -> bool:
    if isinstance(number, IPv4Address):
        return not _RANGES_4.hold(int(number))
    return number in _PUBLIC_6 and not _RANGES_6.hold(int(number))


def _is_web_port(port: int) -> bool:
    return port in (80, 443) or 8000 <= port <= 8999
