"""Which addresses may be connected."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from bot.feeds.guard import Guard, parse_network

ADDRESSES = Path(__file__).parent / "data" / "ssrf_addresses.csv"


def listed(verdict: str) -> list[str]:
    """The addresses of the table with that verdict."""
    lines = [line for line in ADDRESSES.read_text().splitlines() if not line.startswith("#")]
    return [row["address"] for row in csv.DictReader(lines) if row["verdict"] == verdict]


def test_none_of_444_addresses_of_special_purpose_is_let_through() -> None:
    blocked = listed("block")
    assert len(blocked) == 444
    assert [address for address in blocked if Guard().refusal(address, 443) is None] == []


def test_all_of_26_public_addresses_are_let_through() -> None:
    public = listed("allow")
    assert len(public) == 26
    assert [address for address in public if Guard().refusal(address, 443) is not None] == []


@pytest.mark.parametrize("port", [80, 443, 8000, 8443, 8999])
def test_ports_of_the_web_are_let_through(port: int) -> None:
    assert Guard().refusal("93.184.216.34", port) is None


@pytest.mark.parametrize("port", [0, 22, 25, 79, 81, 6379, 7999, 9000, 65535])
def test_other_ports_are_refused(port: int) -> None:
    assert Guard().refusal("93.184.216.34", port) == (
        f"the port {port} is not one of 80, 443 and 8000 to 8999 and not allowed (bot.allow_networks)"
    )


def test_a_refusal_names_the_address_and_the_setting() -> None:
    assert Guard().refusal("127.0.0.1", 80) == ("the address 127.0.0.1 is private and not allowed (bot.allow_networks)")


def test_what_is_no_address_is_refused() -> None:
    assert Guard().refusal("localhost", 80) == "'localhost' is not an address"


def test_the_zone_of_an_address_does_not_hide_it() -> None:
    assert Guard().refusal("fe80::1%eth0", 80) is not None


@pytest.mark.parametrize(
    ("network", "address", "port"),
    [
        ("127.0.0.0/8", "127.0.0.1", 80),
        ("127.0.0.0/8", "127.0.0.1", 40000),
        ("127.0.0.0/8", "::ffff:127.0.0.1", 80),
        ("10.1.2.3/32:8443", "10.1.2.3", 8443),
        ("10.1.2.3", "10.1.2.3", 22),
        ("::1/128", "::1", 40000),
        ("[::1/128]:8443", "::1", 8443),
        ("[::1]", "::1", 80),
        ("64:ff9b::/96", "64:ff9b::808:808", 443),
        ("93.184.216.34/32:6379", "93.184.216.34", 6379),
    ],
)
def test_an_allowed_network_is_let_through(network: str, address: str, port: int) -> None:
    assert Guard([parse_network(network)]).refusal(address, port) is None


@pytest.mark.parametrize(
    ("network", "address", "port"),
    [
        ("10.1.2.3/32:8443", "10.1.2.3", 443),
        ("10.1.2.3/32:8443", "10.1.2.4", 8443),
        ("127.0.0.0/8", "::1", 80),
        ("127.0.0.0/8", "::127.0.0.1", 80),
        ("127.0.0.0/8", "64:ff9b::7f00:1", 80),
    ],
)
def test_nothing_beside_an_allowed_network_is_let_through(network: str, address: str, port: int) -> None:
    assert Guard([parse_network(network)]).refusal(address, port) is not None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", '"" is not a network; write 127.0.0.0/8, 10.1.2.3/32:8443 or [::1/128]:8443'),
        ("localhost", '"localhost" is not a network; write 127.0.0.0/8, 10.1.2.3/32:8443 or [::1/128]:8443'),
        ("10.0.0.0/33", '"10.0.0.0/33" is not a network; write 127.0.0.0/8, 10.1.2.3/32:8443 or [::1/128]:8443'),
        ("[::1", '"[::1" is not a network; write 127.0.0.0/8, 10.1.2.3/32:8443 or [::1/128]:8443'),
        ("10.1.2.3/8", '"10.1.2.3/8" has an address beyond its mask; write 10.0.0.0/8'),
        ("10.0.0.0/8:0", '"10.0.0.0/8:0" has a port that is none; write 1 to 65535'),
        ("10.0.0.0/8:65536", '"10.0.0.0/8:65536" has a port that is none; write 1 to 65535'),
        ("10.0.0.0/8:", '"10.0.0.0/8:" has a port that is none; write 1 to 65535'),
    ],
)
def test_what_is_no_network_is_told_what_would_be_right(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        parse_network(text)
