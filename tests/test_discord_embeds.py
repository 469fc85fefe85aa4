"""How a message looks in Discord, and that no text of a feed's can do anything there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.discord.embeds import LIMITS, escaped, marked_as_repeat, plainly, render, weight
from bot.chat.discord.marks import Words, key_of, marked, press, told_of
from bot.chat.discord.marks import read as pressed
from bot.chat.shown import plain
from bot.model import Entry, Glance, Group, ItemId, Link, Message, Press, Quote, Trend
from tests.discord_shapes import held_against, hostile, injections, links, read, words
from tests.fake_discord.markdown import seen
from tests.slack_shapes import SIGNED, digest, entry

TOLD = replace(SIGNED, story="0123456789abcdef", topic="ratification", source=ItemId("un-press", "g1"))
OTHER = entry(story="fedcba9876543210", title="Another story", source=ItemId("cepa", "g2"))


# ── a digest ──────────────────────────────────────────────────────────────────


def test_a_digest_is_one_embed_with_a_heading_its_stories_by_topic_and_a_foot() -> None:
    message = digest(TOLD, OTHER, read="Read 9 feeds.", unread=("Could not be read: CEPA",), why="Daily at 09:00")
    (embed,) = read(render(message))["embeds"]
    assert embed == {
        "title": "The convention · Monday, 27 October 2025",
        "description": (
            "1 new story\n\n"
            "**Signature and ratification**\n"
            "**[Sixty-five nations sign the first UN treaty against cybercrime]"
            "(https://press.un.org/en/2025/sgsm22878.doc.htm)**\n"
            "UN Press · <t:1761391800:f>\n"
            "> It enters into force after **forty ratifications**.\n"
            "Also in [CEPA](https://cepa.org/a) and 2 more\n\n"
            "**Another story**\nCEPA"
        ),
        "color": 0x4B92DB,
        "footer": {"text": "Read 9 feeds.\nCould not be read: CEPA\nDaily at 09:00"},
    }


def test_nobody_is_ever_pinged() -> None:
    for payload in (render(digest(TOLD)), plainly(digest(TOLD))):
        assert read(payload)["allowed_mentions"] == {"parse": []}


def test_the_same_message_is_rendered_byte_for_byte_the_same() -> None:
    assert render(digest(TOLD)) == render(digest(replace(TOLD)))


def test_an_instant_message_begins_with_its_story() -> None:
    message = digest(TOLD, kind="instant", heading="Ratification", lead="", why="At once: Ratification")
    assert words(render(message)).startswith("Sixty-five nations")
    assert words(render(replace(message, why="set in feeds.yaml"))).startswith("Ratification")


def test_a_week_at_a_glance_stands_below_the_stories() -> None:
    trends = (Trend(name="Ratification", bar="▁▂█", told="7 stories, 2 the week before"),)
    message = digest(TOLD, glance=Glance(heading="The week at a glance", trends=trends, notes=("A note.",)))
    (embed,) = read(render(message))["embeds"]
    assert embed["description"].endswith(
        "\n\n**The week at a glance**\n▁▂█ **Ratification** 7 stories, 2 the week before\nA note."
    )


def test_a_repeat_says_so_first_and_keeps_the_plain_text() -> None:
    body = read(plainly(digest(TOLD)))
    said = marked_as_repeat(body)["content"]
    assert said.startswith("This may be a repeat: Discord did not say")
    assert said.endswith(body["content"])
    assert marked_as_repeat(read(render(digest(TOLD)))).keys() == {"content"}


def test_plain_text_holds_each_story_with_its_address_and_no_preview_of_it() -> None:
    body = read(plainly(digest(TOLD, why="Daily at 09:00")))
    assert body["content"].splitlines()[2:] == [
        "• Sixty-five nations sign the first UN treaty against cybercrime (UN Press)",
        "<https://press.un.org/en/2025/sgsm22878.doc.htm>",
        "Daily at 09:00",
    ]
    assert body["flags"] == 4


# ── a story ───────────────────────────────────────────────────────────────────


def test_a_story_that_only_its_title_proves_is_not_quoted() -> None:
    told = entry(title="UN treaty opens", quote=Quote(before="", words="UN treaty", after=" opens"))
    assert words(render(digest(told))).splitlines().count("UN treaty opens") == 1
    assert ">" not in read(render(digest(told)))["embeds"][0]["description"]


def test_a_story_of_which_only_the_day_is_known_tells_no_time() -> None:
    told = entry(published=datetime(2025, 10, 25, tzinfo=UTC))
    assert "CEPA · 25 October 2025" in words(render(digest(told)))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("https://bank.example/a", [("", "https://cepa.org/a")], id="another address"),
        pytest.param("bank.example", [("", "https://cepa.org/a")], id="another host"),
        pytest.param("https://cepa.org/a", [("", "https://cepa.org/a")], id="its own, which is no label in Discord"),
        pytest.param("All about cepa.org", [("All about cepa.org", "https://cepa.org/a")], id="its own host"),
    ],
)
def test_a_label_never_names_another_host_than_the_link(title: str, shown: list[tuple[str, str]]) -> None:
    assert links(render(digest(entry(title=title, url="https://cepa.org/a")))) == shown


@pytest.mark.parametrize(
    "title", ["Norway [updated]", "C*O*D", "a_b", "@UN: treaty", "A | B", "<b>", "`x`", "~1 in 10", "\\\\"]
)
def test_a_title_that_would_need_backslashes_stands_beside_its_link(title: str) -> None:
    told = entry(title=title, url="https://cepa.org/a", also=(Link(label=title, url="https://prif.org/b"),))
    payload = render(digest(told))
    assert links(payload) == [("", "https://cepa.org/a"), ("", "https://prif.org/b")]
    said = words(payload)
    assert f"{title}\nhttps://cepa.org/a\n" in said
    assert f"Also in {title} https://prif.org/b" in said


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a@b.example/", "https://a.example/" + "x" * 1000, ""])
def test_an_address_that_is_not_to_be_linked_leaves_the_title_alone(url: str) -> None:
    assert links(render(digest(entry(url=url)))) == []


def test_an_address_cannot_end_its_link_early() -> None:
    told = entry(url="https://a.example/x_(y)?q=](https://evil.example)")
    (link,) = links(render(digest(told)))
    assert link == ("A title", "https://a.example/x_%28y%29?q=%5D%28https://evil.example%29")


# ── buttons ───────────────────────────────────────────────────────────────────


def test_a_story_alone_has_its_choices_beside_it() -> None:
    (row,) = read(render(digest(TOLD, kind="instant", change="subscribe")))["components"]
    assert {one["label"]: one["custom_id"] for one in row["components"]} == {
        "Why?": "why:0123456789abcdef:ratification",
        "Relevant": "relevant:0123456789abcdef:ratification",
        "Not relevant": "irrelevant:0123456789abcdef:ratification",
        "Mute UN Press": "mute:0123456789abcdef:un-press",
        "Manage": "words:::subscribe",
    }


def test_several_stories_have_a_menu() -> None:
    menu, last = read(render(digest(TOLD, OTHER)))["components"]
    assert menu["components"] == [
        {
            "type": 3,
            "custom_id": "story",
            "placeholder": "About a story…",
            "options": [
                {
                    "label": "Sixty-five nations sign the first UN treaty against cybercrime",
                    "value": "0123456789abcdef:ratification:un-press",
                    "description": "UN Press",
                },
                {"label": "Another story", "value": "fedcba9876543210::cepa", "description": "CEPA"},
            ],
        }
    ]
    assert [one["custom_id"] for one in last["components"]] == ["words:::list"]


def test_a_post_s_id_is_known_by_its_last_button_whatever_else_is_changed() -> None:
    body = marked(read(render(digest(TOLD, OTHER, change="subscribe"))), "p" * 32)
    assert key_of(body) == "p" * 32
    assert key_of({**body, "embeds": [], "content": "edited"}) == "p" * 32
    assert key_of(marked(read(plainly(digest())), "p1")) == "p1"


@pytest.mark.parametrize(
    ("custom_id", "meant"),
    [
        (
            "words:p1:101:subscribe x daily 09:00",
            Words(words="subscribe x daily 09:00", channel="101", post="p1"),
        ),
        ("sure::101:unsubscribe all", Words(words="unsubscribe all", channel="101", sure=True)),
        ("why:s1:ratification", Press(deed="why", story="s1", about="ratification")),
        ("mute:s1:un-press", Press(deed="mute", story="s1", about="un-press")),
        ("story", None),
        ("words:", None),
        ("somebody else's", None),
    ],
)
def test_a_button_says_what_it_means(custom_id: str, meant: object) -> None:
    assert pressed(custom_id) == meant


def test_what_is_too_long_for_a_button_gets_none() -> None:
    assert (str(Words(words="x" * 100)), press("why", "s" * 50, "t" * 60)) == ("", "")
    long = replace(TOLD, topic="t" * 60, source=ItemId("f" * 60, "g"))
    assert told_of(long) == f"0123456789abcdef:{'t' * 60}:"
    (row,) = read(render(digest(long, kind="instant")))["components"]
    assert [one["label"] for one in row["components"]] == ["Why?", "Relevant", "Not relevant", "Settings"]


# ── limits ────────────────────────────────────────────────────────────────────


def long_story(number: int) -> Entry:
    also = tuple(Link(label=f"Outlet {one}", url=f"https://o{one}.example/{'y' * 150}") for one in range(6))
    return replace(
        TOLD,
        story=f"{number:016x}",
        title="*" * LIMITS.title,
        url=f"https://press.un.org/{'x' * 180}",
        quote=Quote(before="_" * 100, words="#" * 20, after="`" * 100),
        also=also,
    )


def test_stories_of_the_greatest_length_are_told_in_fewer_words_and_counted() -> None:
    message = digest(*(long_story(number) for number in range(LIMITS.stories)), why="w" * 480)
    payload = render(message)
    assert held_against(payload) == []
    assert weight(read(payload)["embeds"]) > 4000
    left = sum(embed["description"].count("press.un.org") for embed in read(payload)["embeds"])
    foot = read(payload)["embeds"][-1]["footer"]["text"]
    assert left == LIMITS.stories or f"{LIMITS.stories - left} of these stories did not fit" in foot


@given(st.integers(0, 12), st.integers(0, 300), st.integers(0, 400), st.integers(0, 900))
@settings(max_examples=40, deadline=None)
def test_no_message_is_over_a_limit(stories: int, title: int, quote: int, url: int) -> None:
    entries = [
        entry(
            story=f"{number:016x}",
            title="|" * title,
            url=f"https://a.example/{'z' * url}",
            quote=Quote(before="<" * quote, words="w", after=""),
        )
        for number in range(stories)
    ]
    message = digest(*entries, heading="[" * 300, lead="*" * 2000, why="w" * 3000)
    assert held_against(render(message)) == []
    assert held_against(plainly(message)) == []


def test_no_two_embeds_of_a_message_share_an_address_since_they_would_be_merged() -> None:
    stories = [replace(long_story(number), title="Norway [updated]") for number in range(LIMITS.stories)]
    embeds = read(render(digest(*stories)))["embeds"]
    assert len(embeds) > 1
    assert [embed["url"] for embed in embeds if "url" in embed] == []


# ── text from outside ─────────────────────────────────────────────────────────


def hostile_message(text: str) -> Message:
    """The text wherever a feed or a configuration could bring it in."""
    quote = Quote(before=text, words=text, after=text)
    link = f"https://a.example/{text}"
    told = entry(
        title=text, url=link, outlet=text, quote=quote, also=(Link(label=text, url=text), Link(label=text, url=link))
    )
    other = replace(told, story="t", url=text, edited=text)
    message = digest(heading=text, lead=text, read=text, unread=(text,), why=text)
    return replace(message, groups=(Group(name=text, entries=(told, other)),))


def unsafe(text: str) -> list[str]:
    """What a text does in a message that it should not."""
    found = []
    for message in (hostile_message(text), replace(hostile_message(text), kind="instant")):
        for payload in (render(message), plainly(message)):
            found += held_against(payload)
            found += [f"leads to {address}" for _, address in links(payload) if not _is_ours(address, text)]
    return found


def _is_ours(address: str, text: str) -> bool:
    """Whether a link leads where the feed's own links lead."""
    return address.startswith(("https://a.example/", text.strip()[:8]))


@pytest.mark.shared
def test_texts_made_against_discord_do_nothing_there(shared: Path) -> None:
    titles = injections(shared)
    assert len(titles) == 28
    assert {title: unsafe(title) for title in titles if unsafe(title)} == {}


@pytest.mark.shared
def test_naughty_texts_do_nothing_there_and_discord_takes_them(shared: Path) -> None:
    found = {}
    for text in hostile(shared):
        if wrong := held_against(render(hostile_message(text)), shared):
            found[text] = wrong
    assert found == {}


@given(st.text(st.one_of(st.characters(), st.sampled_from("\\*_~|`<>[]()@#:/-1. \n")), max_size=40))
@settings(max_examples=300, deadline=None)
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    told = seen(escaped(text))
    assert (told.links, told.names, told.marks) == ([], [], 0)
    assert told.words == plain(text)
