"""Lists of feeds in and out, as a person or a script meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import Bot, bot, configured

__all__ = ["bot", "configured"]  # the fixtures

LIST = b"""<opml version="2.0"><body><outline text="UN">
  <outline text="UN Press" xmlUrl="https://press.un.org/en/rss.xml"/>
  <outline text="Odd" xmlUrl="gopher://example.org/"/>
</outline></body></opml>"""
ROWS = """
  - {id: un-press, name: "UN Press", url: "https://press.un.org/en/rss.xml", every: 1h, rank: 2}
  - {id: board, name: "The Board", url: "https://example.org/news", every: 6h, rank: 4, kind: page, \
select: {item: "ul.news > li", title: "h3", link: "a[href^=\\"/n\\"]"}}
"""
BOMB = b'<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + LIST


def with_feeds(path: Path, rows: str) -> None:
    path.write_text(path.read_text().replace("feeds: []\n", f"feeds:{rows}" if rows else "feeds: []\n"))


def test_import_prints_what_to_add_and_edits_nothing(bot: Bot, configured: Path) -> None:
    before = configured.read_text()
    (configured.parent / "list.opml").write_bytes(LIST)
    said = bot("feeds", "import", "list.opml")
    assert said.status == 0
    assert said.out == (
        '  # UN\n  - {id: un-press, name: "UN Press", url: "https://press.un.org/en/rss.xml"}\n'
        "  # left out: Odd, gopher://example.org/: is not a web address\n"
    )
    assert said.err == "1 feed to add under feeds: of feeds.yaml, 1 feed left out. No file was changed.\n"
    assert configured.read_text() == before


def test_what_import_prints_can_be_put_into_feeds_yaml_as_it_is(bot: Bot, configured: Path) -> None:
    with_feeds(configured, "\n" + bot("feeds", "import", "-", given=LIST).out)
    assert "No faults: 1 feed," in bot("check").out


def test_import_does_not_add_twice_what_is_there(bot: Bot, configured: Path) -> None:
    with_feeds(configured, ROWS)
    assert "left out: UN Press, https://press.un.org/en/rss.xml: is there already" in (
        bot("feeds", "import", "-", given=LIST).out
    )


def test_what_is_exported_is_imported_without_loss(bot: Bot, configured: Path) -> None:
    empty = configured.read_text()
    with_feeds(configured, ROWS)
    exported = bot("feeds", "export")
    assert exported.status == 0
    configured.write_text(empty)
    imported = bot("feeds", "import", "-", given=exported.out.encode())
    assert f"\n{imported.out}" == ROWS


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (BOMB, "declares entities or the like"),
        (b"<rss/>", "is not OPML"),
        (b"", "broken as XML"),
        (b" " * (1024 * 1024 + 1), "longer than 1 MiB"),
        (b"<opml>" + b'<outline xmlUrl="https://example.org/"/>' * 501 + b"</opml>", "more than 500 feeds"),
    ],
    ids=["bomb", "other XML", "nothing", "long", "many"],
)
def test_a_bad_list_is_refused_with_a_sentence(bot: Bot, configured: Path, given: bytes, told: str) -> None:
    said = bot("feeds", "import", "-", given=given)
    assert (said.status, said.out, told in said.err) == (1, "", True)


def test_a_list_that_is_not_there_is_wrong_usage(bot: Bot, configured: Path) -> None:
    assert bot("feeds", "import", "none.opml").status == 2
