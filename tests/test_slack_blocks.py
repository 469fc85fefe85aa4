"""How a message looks in Slack, and that no text of a feed's can do anything there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.addresses import safe_address
from bot.chat.shown import plain
from bot.chat.slack.blocks import LIMITS, WEIGHT, marked_as_repeat, render
from bot.chat.slack.elements import weight
from bot.delivery.compose import compose_digest, compose_instant
from bot.model import Glance, Group, Link, Quote, Readings
from tests.desks import desk, edition, failing, item, owed, told_by, wish
from tests.slack_shapes import SIGNED, digest, entry, held_against, links, read, several, words


def plain_text(words: str) -> dict[str, object]:
    return {"type": "plain_text", "text": words, "emoji": False}


# ── a digest ──────────────────────────────────────────────────────────────────


def test_a_digest_has_a_heading_a_lead_its_stories_by_topic_and_a_foot() -> None:
    message = digest(SIGNED, read="Read 9 feeds.", unread=("Could not be read: CEPA",), why="Daily at 09:00")
    first, lead, line, topic, _story, _menu, last_line, foot = read(render(message))["blocks"]
    assert (first, lead) == (
        {"type": "header", "text": plain_text("The convention · Monday, 27 October 2025")},
        {"type": "section", "text": plain_text("1 new story")},
    )
    (named,) = topic["elements"]
    assert named["elements"] == [{"type": "text", "text": "Signature and ratification", "style": {"bold": True}}]
    assert line == last_line == {"type": "divider"}
    assert foot == {
        "type": "context",
        "elements": [plain_text("Read 9 feeds.\nCould not be read: CEPA\nDaily at 09:00")],
    }


def test_a_story_has_its_title_as_link_its_source_its_proof_and_other_outlets() -> None:
    source, proof, elsewhere = read(render(digest(SIGNED)))["blocks"][4]["elements"]
    link = {
        "type": "link",
        "url": "https://press.un.org/en/2025/sgsm22878.doc.htm",
        "text": "Sixty-five nations sign the first UN treaty against cybercrime",
        "style": {"bold": True},
    }
    when = {
        "type": "date",
        "timestamp": 1761391800,
        "format": "{date_short_pretty} at {time}",
        "fallback": "25 October 2025, 13:30 CEST",
    }
    words = [{"type": "text", "text": piece} for piece in ("\n", "UN Press", " · ")]
    assert source == {"type": "rich_text_section", "elements": [link, *words, when]}
    assert proof == {
        "type": "rich_text_quote",
        "elements": [
            {"type": "text", "text": "It enters into force after "},
            {"type": "text", "text": "forty ratifications", "style": {"bold": True}},
            {"type": "text", "text": "."},
        ],
    }
    assert elsewhere["elements"] == [
        {"type": "text", "text": "Also in "},
        {"type": "link", "url": "https://cepa.org/a", "text": "CEPA"},
        {"type": "text", "text": " "},
        {"type": "text", "text": "and 2 more"},
    ]


def test_links_are_not_unfurled() -> None:
    payload = read(render(digest(SIGNED)))
    assert (payload["unfurl_links"], payload["unfurl_media"]) == (False, False)


def test_the_same_message_is_rendered_byte_for_byte_the_same() -> None:
    assert render(digest(SIGNED)) == render(digest(replace(SIGNED)))


def test_stories_of_a_topic_stand_apart() -> None:
    second = read(render(digest(*several(2, replace(SIGNED, source=None, story="")))))["blocks"][6]
    assert second["type"] == "rich_text"


def test_stories_without_menus_stand_apart_by_an_empty_line() -> None:
    second = read(render(digest(entry(), entry())))["blocks"][5]
    assert second["elements"][0]["elements"][0] == {"type": "text", "text": "\u00a0\n"}


def test_a_digest_without_news_is_a_heading_a_line_and_a_foot() -> None:
    payload = render(digest(lead="Nothing new since Friday.", why="Daily at 09:00"))
    assert [block["type"] for block in read(payload)["blocks"]] == ["header", "section", "divider", "context"]


def test_an_instant_message_begins_with_its_story() -> None:
    message = digest(SIGNED, kind="instant", heading="Ratification", lead="", why="At once: Ratification")
    assert [block["type"] for block in read(render(message))["blocks"]] == ["rich_text", "actions", "context"]


def test_an_instant_message_whose_foot_does_not_say_its_topic_has_it_above() -> None:
    message = digest(SIGNED, kind="instant", heading="Ratification", lead="", why="set in feeds.yaml")
    assert words(render(message)).startswith("Ratification")


def test_what_continues_a_digest_says_which_stories_it_holds() -> None:
    message = digest(SIGNED, kind="rest", heading="Monday, 27 October 2025 · continued", lead="Stories 11 to 12 of 12")
    assert words(render(message)).startswith("Monday, 27 October 2025 · continuedStories 11 to 12 of 12")


def test_a_repeat_says_so_first() -> None:
    marked = marked_as_repeat(read(render(digest(SIGNED))))
    said = "This may be a repeat: Slack did not say whether it took the message the first time."
    assert words(json.dumps(marked)).startswith(said)


# ── one story ─────────────────────────────────────────────────────────────────


def test_a_story_that_only_its_title_proves_is_not_quoted() -> None:
    title = "UN cybercrime convention opens for signature"
    told = entry(title=title, quote=Quote(before="", words="UN cybercrime convention", after=" opens for signature"))
    assert words(render(digest(told))).count("convention opens") == 1


def test_a_story_of_which_only_the_day_is_known_tells_no_time() -> None:
    told = entry(published=datetime(2025, 10, 25, tzinfo=UTC))
    assert "CEPA · 25 October 2025" in words(render(digest(told)))


@pytest.mark.parametrize(
    ("outlet", "url", "shown"),
    [
        pytest.param("CEPA", "https://cepa.org/a", "CEPA", id="the outlet's name is the host's"),
        pytest.param("CEPA", "https://www.cepa.org/a", "CEPA", id="www tells nothing"),
        pytest.param("UN Press", "https://press.un.org/a", "UN Press", id="two words are two labels"),
        pytest.param(
            "Global Dispatches",
            "https://globaldispatches.substack.com/p/a",
            "Global Dispatches · globaldispatches.substack.com",
            id="somebody else's platform",
        ),
        pytest.param("人民网", "http://world.people.com.cn/a", "人民网 · world.people.com.cn", id="another script"),
        pytest.param("CEPA", "https://evil.example/a", "CEPA · evil.example", id="another host"),
        pytest.param("CEPA", "", "CEPA", id="no link"),
    ],
)
def test_the_host_stands_beside_an_outlet_whose_name_does_not_tell_it(outlet: str, url: str, shown: str) -> None:
    source = read(render(digest(entry(outlet=outlet, url=url))))["blocks"][4]["elements"][0]["elements"][2]
    assert source == {"type": "text", "text": shown}


def test_an_outlet_elsewhere_without_an_address_is_named() -> None:
    told = entry(also=(Link(label="CEPA", url=""), Link(label="PRIF", url="https://prif.org/a")))
    assert words(render(digest(told))).endswith("Also in CEPA, PRIF")


@pytest.mark.parametrize(
    ("topics", "under", "told"),
    [
        (("Signature", "The convention"), "Signature", ""),
        (("Signature", "The blocs", "The convention"), "Signature", "Also about The blocs"),
        (("Signature", "The blocs", "The convention"), "Before you subscribed", "About Signature · The blocs"),
        (("The convention",), "Before you subscribed", ""),
    ],
    ids=["no other topic", "another topic", "a heading that is no topic", "the widest alone"],
)
def test_a_story_tells_what_it_is_about_beside_its_heading(topics: tuple[str, ...], under: str, told: str) -> None:
    payload = render(digest(groups=(Group(name=under, entries=(entry(topics=topics),)),)))
    assert "".join(re.findall(r"(?:Also about|About) .*", words(payload))) == told


def test_a_story_without_a_title_says_so() -> None:
    assert "(without a title)" in words(render(digest(entry(title="\u202e\u0000"))))


# ── links ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example/b?c=d#e", "https://a.example/b?c=d#e"),
        ("HTTPS://WWW.A.example/B", "https://www.a.example/B"),
        ("http://a.example/>|<!channel", "http://a.example/%3E%7C%3C!channel"),
        ("http://a.example/?q=<!channel>", "http://a.example/?q=%3C!channel%3E"),
        ("http://a.example/a b", "http://a.example/a%20b"),
        ("http://a.example/\u202egro.knab", "http://a.example/%E2%80%AEgro.knab"),
        ("http://пример.рф/", "http://xn--e1afmkfd.xn--p1ai/"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ],
)
def test_an_address_holds_nothing_that_could_end_a_link_or_hide_its_host(url: str, address: str) -> None:
    assert safe_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "javascript:alert(1)",
        "slack://open",
        "mailto:a@b.example",
        "http://",
        "http://bank.example@evil.example/",
        "http://evil.example\\@bank.example/",
        "http://evil.example\\.bank.example/",
        "http://a.example:99999/",
        "http://a.example/" + "x" * 3000,
    ],
)
def test_what_is_no_honest_web_address_is_not_linked(url: str) -> None:
    assert links(render(digest(entry(url=url)))) == []


@pytest.mark.parametrize(
    "title",
    [
        "https://bank.example/login",
        "Read it at https://bank.example",
        "bank.example",
        "WWW.BANK.EXAMPLE now open",
        "bank。example",
        "ｂａｎｋ．example",
        "https://evil.example@bank.example.org",
        "https://аррӏе.com/",
    ],
)
def test_a_title_that_names_another_host_stands_beside_its_link(title: str) -> None:
    assert links(render(digest(entry(title=title, url="https://evil.example/a")))) == [("https://evil.example/a", None)]


@pytest.mark.parametrize(
    "title",
    ["https://a.example/", "a.example wins a prize", "www.a.example", "The U.S. and Viet Nam sign", "Version 2.0 of …"],
)
def test_a_title_that_names_no_other_host_is_the_link(title: str) -> None:
    assert links(render(digest(entry(title=title, url="https://a.example/1")))) == [("https://a.example/1", title)]


def test_an_outlet_elsewhere_that_names_another_host_stands_beside_its_link() -> None:
    told = entry(also=(Link(label="bank.example", url="https://evil.example/a"),))
    payload = render(digest(told))
    assert links(payload) == [("https://evil.example/a", "evil.example")]
    assert words(payload).endswith("Also in bank.example evil.example")


# ── the text of a notification ────────────────────────────────────────────────


def test_a_notification_says_how_many_stories_about_what_and_their_titles() -> None:
    message = digest(entry(title="Qatar ratifies"), entry(title="Viet Nam next"), lead="2 new stories")
    assert read(render(message))["text"] == (
        "2 new stories · The convention · Monday, 27 October 2025: Qatar ratifies; Viet Nam next"
    )


def test_a_notification_of_an_instant_message_says_its_topic_and_title() -> None:
    message = digest(entry(title="Qatar ratifies"), kind="instant", heading="Ratification", lead="")
    assert read(render(message))["text"] == "Ratification: Qatar ratifies"


def test_what_slack_acts_on_is_escaped_in_a_notification() -> None:
    message = digest(entry(title="<!channel> &lt;@U1&gt;"), kind="instant", heading="R", lead="")
    assert read(render(message))["text"] == "R: &lt;!channel&gt; &amp;lt;@U1&amp;gt;"


def test_titles_that_do_not_fit_into_a_notification_are_counted() -> None:
    text = read(render(digest(*[entry(title="&" * 200)] * 10)))["text"]
    assert (len(text) <= 3000, text[-12:]) == (True, "; and 8 more")


# ── what Slack takes ──────────────────────────────────────────────────────────

HEAVY = "".join(chr(code) for code in (34, 92, 38, 60, 0x202E, 0x1F600))


def heavy(length: int) -> str:
    """Characters that JSON doubles, that are two units, or that an address triples."""
    return (HEAVY * length)[:length]


@pytest.mark.parametrize(
    ("address", "kept", "linked"),
    [(20, "x" * 300, 14), (260, "x" * 119 + "…", 14), (320, "x" * 119 + "…", 7), (350, "", 7)],
    ids=["as they are", "shorter quotes", "and other outlets without links", "and no quotes"],
)
def test_stories_that_weigh_too_much_lose_words_of_their_quotes_and_then_links(
    address: int, kept: str, linked: int
) -> None:
    quote = Quote(before="", words="x" * 300, after="")
    told = several(7, replace(SIGNED, quote=quote, url="https://a.example/" + "y" * address))
    payload = render(digest(*told))
    quoted = [part for part in read(payload)["blocks"][4]["elements"] if part["type"] == "rich_text_quote"]
    assert ("".join(one["text"] for part in quoted for one in part["elements"]), len(links(payload))) == (kept, linked)


def test_stories_that_do_not_fit_at_all_are_counted() -> None:
    huge = entry(url="https://a.example/" + "|" * 990)
    payload = render(digest(*[huge] * 10))
    assert (len(links(payload)), "7 of these stories did not fit into one message here" in words(payload)) == (3, True)


texts = st.text(alphabet=st.sampled_from([*HEAVY, "a", " ", ".", "/", "\n", "。", "<", "@"]), max_size=400)


@given(titles=st.lists(texts, min_size=1, max_size=14), quote=texts, path=texts, outlet=texts)
@settings(max_examples=60, deadline=None)
def test_whatever_the_stories_slack_takes_every_message_and_a_repeat_mark(
    titles: list[str], quote: str, path: str, outlet: str
) -> None:
    stories = []
    for number, title in enumerate(titles):
        summary = f"{quote} the treaty {quote}"
        of = item(f"{number} {title}"[:300], summary, link=f"https://a.example/{path}")
        parts = [told_by(outlet or "CEPA", of, ("convention", 0.9, "the treaty"))]
        parts += [told_by(f"{outlet}{other}", of, ("convention", 0.5, "the treaty")) for other in range(7)]
        stories.append(owed(*parts))
    on = desk(wish("convention"), wish("ratification", "instant"))
    down = tuple(failing(f"feed{number}", None, error=quote) for number in range(12))
    readings = Readings(feeds=20, items=214, matched=6, failing=down)
    made = compose_digest(stories, desk=on, edition=edition(earlier=2, readings=readings), limits=LIMITS)
    messages = [*made.messages, compose_instant(stories[0], desk=on, limits=LIMITS)]
    payloads = [render(message) for message in messages]
    assert [held_against(payload) for payload in payloads] == [[]] * len(payloads)
    assert all(len(read(payload)["blocks"]) <= 49 for payload in payloads)
    assert all(weight(read(payload)["blocks"]) <= WEIGHT for payload in payloads)


def test_no_group_of_one_message_is_one_too_many() -> None:
    groups = tuple(Group(name=f"Topic {one.story}", entries=(one,)) for one in several(LIMITS.stories))
    glance = Glance(heading="The week", trends=(), notes=("A note",))
    message = digest(groups=groups, glance=glance, why="why", change="subscribe")
    assert len(read(render(message))["blocks"]) == 36


def test_seven_stories_of_common_length_keep_all_they_have() -> None:
    payload = render(digest(*several(LIMITS.stories)))
    assert (LIMITS.stories, words(payload).count("forty ratifications"), len(links(payload))) == (7, 7, 14)


# ── text ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u0000b", "ab"),
        ("a\nb\r\nc", "a b  c"),
        ("\u202etxt.exe", "txt.exe"),
        ("\u2066<!here>\u2069", "<!here>"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (":tada: *bold* `code`", ":tada: *bold* `code`"),
    ],
)
def test_nothing_in_a_text_hides_or_turns_it_round(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_times_are_told_as_the_instant_they_are() -> None:
    told = entry(published=datetime(2025, 10, 25, 13, 30, tzinfo=UTC) + timedelta(seconds=1))
    assert '"timestamp": 1761399001' in render(digest(told))
