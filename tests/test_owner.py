"""Whose server an address is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.owner import owner_of


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        pytest.param("https://press.un.org/en/rss.xml", "un.org", id="the registrable domain"),
        pytest.param("https://un.org/", "un.org", id="which may stand alone"),
        pytest.param("https://feeds.bbci.co.uk/news/rss.xml", "bbci.co.uk", id="an ending of two parts"),
        pytest.param("https://a.b.city.kobe.jp/", "city.kobe.jp", id="an exception on the list"),
        pytest.param("https://PRESS.UN.ORG/en/rss.xml", "un.org", id="whatever the case"),
        pytest.param("https://press.un.org./en/rss.xml", "un.org", id="a dot at the end"),
        pytest.param("http://press.un.org:8080/", "un.org", id="whatever scheme and port"),
        pytest.param("https://reader:secret@press.un.org/", "un.org", id="without who asks"),
        pytest.param("https://www.bücher.de/", "xn--bcher-kva.de", id="a name beyond ASCII"),
        pytest.param("https://www.xn--bcher-kva.de/", "xn--bcher-kva.de", id="the same as the name system writes it"),
        pytest.param("https://www.例子.公司.cn/", "xn--fsqu00a.xn--55qx5d.cn", id="an ending beyond ASCII"),
    ],
)
def test_all_names_under_one_registered_domain_have_one_owner(url: str, owner: str) -> None:
    assert owner_of(url) == owner


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        pytest.param("https://one.github.io/feed.xml", "one.github.io", id="github.io"),
        pytest.param("https://two.github.io/feed.xml", "two.github.io", id="another there"),
        pytest.param("https://treaties.blogspot.com/feeds/posts/default", "treaties.blogspot.com", id="blogspot.com"),
        pytest.param("https://github.io/", "github.io", id="the shared domain itself"),
    ],
)
def test_who_shares_a_host_with_others_is_told_apart(url: str, owner: str) -> None:
    assert owner_of(url) == owner


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        pytest.param("http://192.0.2.7/rss", "192.0.2.7", id="IPv4"),
        pytest.param("http://192.0.2.7.:8080/rss", "192.0.2.7:8080", id="with a dot and a port"),
        pytest.param("http://１９２.0.2.7/rss", "192.0.2.7", id="in wide digits"),
        pytest.param("http://[2001:DB8::1]:8080/rss", "2001:db8::1:8080", id="IPv6"),
        pytest.param("http://[2001:db8:0:0::1]/rss", "2001:db8::1", id="spelled out"),
        pytest.param("http://[::ffff:192.0.2.7]/rss", "192.0.2.7", id="IPv4 inside IPv6"),
        pytest.param("http://localhost:8000/rss", "localhost:8000", id="one word"),
        pytest.param("http://wiki.lan/rss", "wiki.lan", id="an ending that is not on the list"),
        pytest.param("http://old.wiki.lan/rss", "old.wiki.lan", id="and a name under it"),
    ],
)
def test_an_address_of_numbers_or_of_ones_own_network_counts_by_itself(url: str, owner: str) -> None:
    assert owner_of(url) == owner


@pytest.mark.parametrize(
    "text", ["", "nonsense", "http://", "http://[", "mailto:press@un.org", "http://un.org:99999999/"]
)
def test_what_is_no_address_comes_back_as_it_is(text: str) -> None:
    assert owner_of(text) == text


@given(st.text() | st.text().map("https://{}/".format))
def test_any_text_has_some_owner(text: str) -> None:
    assert isinstance(owner_of(text), str)
