"""How a message reads on a screen and in a pipe, and what becomes of it there."""

from __future__ import annotations

import fcntl
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import CannotLook, Chat
from bot.chat.terminal import Terminal, columns, safe, wrap
from bot.delivery.compose import compose_digest, compose_instant
from bot.errors import TryLater, Unsure
from bot.model import ChannelId, Coverage, Entry, Group, Link, Message, Owed, Post, Quote, Rank, Readings, Receipt
from tests.desks import CHANNEL, desk, edition, failing, item, owed, told_by, wish

SOON = timedelta(milliseconds=20)


def plain(width: int = 80) -> Terminal:
    return Terminal(StringIO(), colour=False, width=width)


def coloured(width: int = 80) -> Terminal:
    return Terminal(StringIO(), colour=True, width=width)


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;;[!-~]*\x1b\\", "", text)


SIGNED = item(
    "Sixty-Five Nations Sign First UN Treaty to Fight Cybercrime, in Milestone for Digital Cooperation",
    "The treaty opened for signature in Hanoi. Sixty-five nations signed the convention, which enters into force 90"
    " days after the fortieth State deposits its instrument of ratification. A dinner followed.",
    link="https://press.un.org/en/2025/sgsm22878.doc.htm",
    published=datetime(2025, 10, 25, 11, 30, tzinfo=UTC),
)
CHINESE = item(
    "《联合国打击网络犯罪公约》在越南河内开放签署",
    "新华社河内10月25日电，《联合国打击网络犯罪公约》签署仪式25日在越南首都河内举行，包括中国在内的六十多个国家当天签署了这一公约。",
    link="http://world.people.com.cn/n1/2025/1026/c1002-40589999.html",
    published=datetime(2025, 10, 26, 1, 12, tzinfo=UTC),
)
GERMAN = item("65 Länder unterzeichnen UN-Abkommen", link="https://epd.example/" + "x" * 80, published=None)


def elsewhere(outlet: str) -> Coverage:
    return Coverage(item=item(outlet, link=f"https://{outlet}.example/"), outlet=outlet, rank=Rank.OUTLET, matches=())


def stories() -> list[Owed]:
    ratified = ("ratification", 0.8, "deposits its instrument of ratification")
    return [
        owed(told_by("UN Press", SIGNED, ratified, rank=Rank.UN), elsewhere("CEPA"), elsewhere("PRIF")),
        owed(told_by("人民网", CHINESE, ("ratification", 0.9, "签署仪式"))),
        owed(told_by("epd", GERMAN, ("convention", 0.9, "UN-Abkommen"))),
    ]


def example() -> Message:
    down = (failing("cepa", datetime(2025, 10, 27, 7, 12, tzinfo=UTC), status=503),)
    readings = Readings(feeds=9, items=214, matched=6, failing=down)
    on = desk(wish("convention"), wish("ratification", "instant"))
    made = compose_digest(stories(), desk=on, edition=edition(earlier=2, readings=readings), limits=plain().limits)
    return made.messages[0]


def post(payload: str, *, repeat: bool = False) -> Post:
    return Post(
        id="p1",
        channel=ChannelId("terminal"),
        kind="digest",
        payload=payload,
        due=datetime(2025, 10, 27, tzinfo=UTC),
        repeat=repeat,
    )


# ── as it reads ───────────────────────────────────────────────────────────────

DIGEST = """\
UN Convention against Cybercrime · Monday, 27 October 2025
════════════════════════════════════════════════════════════════════════════════
3 new stories, 2 posted earlier

── Signature and ratification ──────────────────────────────────────────────────

• Sixty-Five Nations Sign First UN Treaty to Fight Cybercrime, in Milestone for
  Digital Cooperation
  UN Press · 25 October 2025, 13:30 CEST
  “Sixty-five nations signed the convention, which enters into force 90 days
  after the fortieth State deposits its instrument of ratification.”
  Also in CEPA, PRIF
  https://press.un.org/en/2025/sgsm22878.doc.htm

• 《联合国打击网络犯罪公约》在越南河内开放签署
  人民网 · 26 October 2025, 02:12 CET
  “新华社河内10月25日电，《联合国打击网络犯罪公约》签署仪式25日在越南首都河内举
  行，包括中国在内的六十多个国家当天签署了这一公约。”
  http://world.people.com.cn/n1/2025/1026/c1002-40589999.html

── UN Convention against Cybercrime ────────────────────────────────────────────

• 65 Länder unterzeichnen UN-Abkommen
  epd
  https://epd.example/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx

────────────────────────────────────────────────────────────────────────────────
Read 8 of 9 feeds: 214 new items, 6 about the convention.
Could not be read: CEPA (server out of order since 08:12, error 503)
Daily at 09:00 Europe/Vienna, Monday to Friday · topics: UN Convention against
Cybercrime · at once: Signature and ratification · set in feeds.yaml"""

INSTANT = """\
── Signature and ratification ──────────────────────────────────────────────────

• Sixty-Five Nations Sign First UN Treaty to Fight Cybercrime, in Milestone for
  Digital Cooperation
  UN Press · 25 October 2025, 13:30 CEST
  “Sixty-five nations signed the convention, which enters into force 90 days
  after the fortieth State deposits its instrument of ratification.”
  Also in CEPA, PRIF
  https://press.un.org/en/2025/sgsm22878.doc.htm

At once: Signature and ratification · set in feeds.yaml"""


def test_a_digest_reads_like_a_newsletter() -> None:
    assert plain().render(example()) == DIGEST


def test_a_story_told_at_once_reads_like_a_note() -> None:
    on = desk(wish("ratification", "instant"))
    assert plain().render(compose_instant(stories()[0], desk=on, limits=plain().limits)) == INSTANT


def test_colours_change_no_word() -> None:
    assert without_colours(coloured().render(example())) == DIGEST


def test_on_a_screen_the_title_is_a_link_on_each_of_its_lines() -> None:
    link = "\x1b]8;;https://press.un.org/en/2025/sgsm22878.doc.htm\x1b\\"
    assert f"\x1b[1m{link}Digital Cooperation\x1b]8;;\x1b\\\x1b[0m" in coloured().render(example()).splitlines()[7]


def test_on_a_screen_the_proving_words_stand_out_on_each_of_their_lines() -> None:
    proof = Quote(before="whatever stands before, the ", words="instrument of ratification", after=" stays")
    entry = Entry(story="s", title="t", url="", outlet="o", published=None, quote=proof, topics=())
    message = replace(example(), groups=(Group(name="g", entries=(entry,)),))
    lines = coloured(width=50).render(message).splitlines()
    assert "  “whatever stands before, the \x1b[1;4minstrument of\x1b[0m" in lines
    assert "  \x1b[1;4mratification\x1b[0m stays”" in lines


def test_where_only_the_title_proves_it_its_words_stand_out_in_the_title() -> None:
    text = coloured().render(example())
    assert "\x1b[1;4m" in next(line for line in text.splitlines() if "65 Länder" in line)


# ── widths ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "wide"),
    [("abc", 3), ("公约", 4), ("Ｕ", 2), ("e\u0301", 1), ("👩", 2), ("اتفاق", 5), ("", 0)],
    ids=["Latin", "Chinese", "full width", "combining accent", "emoji", "Arabic", "nothing"],
)
def test_columns_are_counted_as_a_screen_has_them(text: str, wide: int) -> None:
    assert columns(text) == wide


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("one two three", ["one two", "three"], id="at a blank"),
        pytest.param("a https://example.org/long b", ["a", "https://example.org/long", "b"], id="no address is broken"),
        pytest.param("联合国打击网络", ["联合国打", "击网络"], id="Chinese anywhere"),
        pytest.param("联合国打，击网络", ["联合国", "打，击网", "络"], id="but not before its comma"),
        pytest.param("联合国《打击", ["联合国", "《打击"], id="nor after a mark that opens"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_lines_end_where_a_reader_expects_it(text: str, lines: list[str]) -> None:
    assert wrap(text, 8) == lines


@given(st.text(st.sampled_from("ab 公约"), max_size=80), st.integers(4, 30))
def test_only_a_word_without_a_place_to_break_makes_a_line_too_long(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert [line for line in lines if columns(line) > width and re.search("[ 公约]", line)] == []


# ── hostile text ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31mred\x1b[0m", "red", id="colour"),
        pytest.param("\x1b[2Ja\x1b[1;1H\x9b2Kb", "ab", id="cursor and screen"),
        pytest.param(
            "\x1b]0;title\x07a\x1b]8;;https://evil.example\x1b\\b\x9d0;x\x9cc", "abc", id="window title, link"
        ),
        pytest.param("\x1bPq#0\x1b\\a\x1b(0b\x1bcc\x1b", "abc", id="graphics, character set, reset, a lone escape"),
        pytest.param("a\rb\nc\td\x0be\x85f\u2028g", "a b c d e f g", id="line ends"),
        pytest.param("a\x00b\x08c\x7fd\x80e\x01f", "abcdef", id="other controls"),
        pytest.param("a\u202eb\u2066c\u2069\u200f\u061cd", "abcd", id="direction"),
        pytest.param("a\u200bb\u00adc\ufeff\U000e0041d", "abcd", id="invisible"),
        pytest.param("a\ud800b", "ab", id="half a pair"),
        pytest.param("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬", id="joiners are needed"),
    ],
)
def test_what_acts_on_a_screen_is_not_shown(text: str, shown: str) -> None:
    assert safe(text) == shown


def hostile_message(text: str) -> Message:
    """The text wherever a feed or a configuration could bring it in."""
    link = f"https://a.example/{text}"
    quote = Quote(before=text, words=text, after=text)
    entry = Entry(
        story="s",
        title=text,
        url=link,
        outlet=text,
        published=None,
        quote=quote,
        topics=(text,),
        also=(Link(label=text, url=text), Link(label=text, url=link)),
    )
    group = Group(name=text, entries=(entry, replace(entry, url=text, quote=Quote(before="", words=text, after=""))))
    return Message(kind="digest", heading=text, lead=text, groups=(group,), read=text, unread=(text,), why=text)


def acts(text: str) -> set[str]:
    """Characters that do more than stand there."""
    return {
        char
        for char in text
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in "\n\u200c\u200d"
    }


@given(
    st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x9b\x9d[]8;m\x07\\\u202e\x01\x02\x03\x04")), max_size=60)
)
def test_no_text_whatever_gets_through_to_act_on_a_screen(text: str) -> None:
    message = hostile_message(text)
    assert acts(plain().render(message)) == set()
    assert acts(without_colours(coloured().render(message))) == set()


@pytest.mark.shared
def test_hostile_titles_reach_a_screen_as_plain_text(shared: Path) -> None:
    folder = shared / "oracles"
    titles = [
        case["in"]
        for name in ("slack", "discord")
        for case in json.loads((folder / f"chat-injection/{name}.json").read_text())
    ]
    titles += json.loads((folder / "strings/blns.json").read_text())
    assert len(titles) == 79 + 515
    for title in titles:
        of = item(f"PROOF {title}"[:300], f"{title} PROOF {title}", link=f"https://a.example/{title}")
        story = owed(told_by(title, of, ("convention", 0.5, "PROOF")), elsewhere(title))
        (message,) = compose_digest([story], desk=desk(), edition=edition(), limits=plain().limits).messages
        assert acts(plain().render(message)) == set()
        assert acts(without_colours(coloured().render(message))) == set()
        assert acts(plain().render(hostile_message(title))) == set()


# ── sending ───────────────────────────────────────────────────────────────────


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    """A reader's end, and a writer's that holds 4,096 bytes."""
    with ExitStack() as stack:
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        stack.callback(os.close, reader)
        yield reader, stack.enter_context(os.fdopen(writer, "w"))


def on(stream: TextIO) -> Terminal:
    return Terminal(stream, colour=False, width=80, patience=SOON)


def test_a_terminal_does_what_every_platform_does() -> None:
    chat: Chat = plain()
    assert (chat.platform, chat.lags, chat.timeout) == (CHANNEL.id.platform, False, timedelta(seconds=5))


async def test_a_post_is_written_whole_with_a_blank_line(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stream:
        stream.write("before\n")
        assert await on(stream).send(post("Länder\n公约" * 2000)) == Receipt(message="p1")
        assert (tmp_path / "out").read_text() == "before\n" + "Länder\n公约" * 2000 + "\n\n"


async def test_a_post_that_may_stand_there_already_says_so(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stream:
        await on(stream).send(post("text", repeat=True))
    assert (tmp_path / "out").read_text() == "(possible repeat)\ntext\n\n"


async def test_a_reader_that_reads_gets_all(pipe: tuple[int, TextIO]) -> None:
    reader, stream = pipe
    await on(stream).send(post("公约"))
    assert os.read(reader, 100).decode() == "公约\n\n"


async def test_a_pipe_that_is_full_from_the_start_took_nothing(pipe: tuple[int, TextIO]) -> None:
    _, stream = pipe
    os.write(stream.fileno(), b"x" * 4096)
    with pytest.raises(TryLater, match="nobody reads it"):
        await on(stream).send(post("text"))


async def test_of_a_pipe_that_fills_up_nobody_knows_what_was_read(pipe: tuple[int, TextIO]) -> None:
    _, stream = pipe
    with pytest.raises(Unsure, match="nobody reads it"):
        await on(stream).send(post("x" * 5000))


async def test_a_pipe_whose_reader_is_gone_took_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream, pytest.raises(TryLater, match="Broken pipe"):
        await on(stream).send(post("text"))


# ── looking ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("repeat", [False, True])
async def test_a_post_that_stands_in_the_file_is_found(tmp_path: Path, *, repeat: bool) -> None:
    with (tmp_path / "out").open("w") as stream:
        await on(stream).send(post("an earlier one"))
        await on(stream).send(post("公约", repeat=repeat))
        assert await on(stream).find(post("公约")) == Receipt(message="p1")


@pytest.mark.parametrize("written", ["", "a part of", "something else"])
async def test_a_post_that_does_not_stand_in_the_file_whole_is_not_found(tmp_path: Path, written: str) -> None:
    with (tmp_path / "out").open("w") as stream:
        stream.write(written)
        stream.flush()
        assert await on(stream).find(post("a part of it")) is None


async def test_the_past_of_a_pipe_cannot_be_looked_at(pipe: tuple[int, TextIO]) -> None:
    with pytest.raises(CannotLook, match="no file"):
        await on(pipe[1]).find(post("text"))
