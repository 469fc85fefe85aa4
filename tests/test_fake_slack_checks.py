"""What the fake Slack holds every request against: the limits, the schema, the method reference, and safety."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fake_slack import FakeSlack, payloads
from tests.fake_slack.checks import Checks
from tests.fake_slack.safety import hosts_read_in, of_mrkdwn
from tests.fake_slack.workspace import View

POST: dict[str, Any] = {
    "channel": "C1",
    "text": "1 new story",
    "unfurl_links": False,
    "unfurl_media": False,
    "metadata": {"event_type": "treatywatch_post", "event_payload": {"id": "a"}},
}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def button(**more: object) -> dict[str, Any]:
    return {"type": "button", "text": plain("Mute"), "action_id": "mute"} | more


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def link(url: str, text: str) -> dict[str, Any]:
    return {"type": "link", "url": url, "text": text}


async def send(slack: FakeSlack, arguments: dict[str, Any], method: str = "chat.postMessage") -> dict[str, Any]:
    """One call, by hand."""
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(slack.url + method, json=arguments) as response,
    ):
        told: dict[str, Any] = await response.json()
        return told


GOOD = [
    {"type": "header", "text": plain("UN Convention against Cybercrime")},
    rich(link("https://example.org/1", "Norway ratifies"), {"type": "text", "text": " · The Gazette"}),
    rich({"type": "date", "timestamp": 1761552000, "format": "{date_short_pretty}", "fallback": "27 October"}),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Daily 09:00 &lt;Europe/Vienna&gt;"}]},
    {"type": "divider"},
    actions(button(value="7"), button(action_id="more", url="https://example.org")),
]

SHAPES = [
    pytest.param([section("x")] * 51, "51 blocks, more than 50", id="too many blocks"),
    pytest.param([section("x" * 3001)], "text is 3001 characters, more than 3000", id="section text"),
    pytest.param([section("")], "a mrkdwn is empty", id="empty text"),
    pytest.param([{"type": "header", "text": plain("x" * 151)}], "151 characters, more than 150", id="header"),
    pytest.param([{"type": "context", "elements": [plain("x")] * 11}], "11 elements, more than 10", id="context"),
    pytest.param([actions(button(text=plain("x" * 76)))], "text is 76 characters, more than 75", id="button text"),
    pytest.param([actions(button(value="x" * 2001))], "value is 2001 characters", id="button value"),
    pytest.param([actions(button(url="https://e.org/" + "x" * 3000))], "url is 3014 characters", id="button url"),
    pytest.param([actions(button(), button())], "action_id 'mute' stands 2 times", id="action_id twice"),
    pytest.param([section("x") | {"block_id": "b"}] * 2, "block_id 'b' stands 2 times", id="block_id twice"),
    pytest.param([rich({"type": "text", "text": ""})], "a text of a rich_text is empty", id="empty rich text"),
    pytest.param([{"type": "nonsense"}], "slack_sdk knows no such block", id="unknown block"),
    pytest.param([{"type": "section"}], "text or fields attribute must be specified", id="section without text"),
]

UNSAFE = [
    pytest.param({"text": "<!channel> news"}, "'<!' stands unescaped", id="ping in the text"),
    pytest.param({"blocks": [section("see <@U1>")]}, "'<@' stands unescaped", id="mention in mrkdwn"),
    pytest.param({"blocks": [section("see <#C1|x>")]}, "'<#' stands unescaped", id="channel in mrkdwn"),
    pytest.param({"blocks": [rich({"type": "broadcast", "range": "here"})]}, "mentions a broadcast", id="broadcast"),
    pytest.param({"blocks": [rich({"type": "user", "user_id": "U1"})]}, "mentions a user", id="user"),
    pytest.param({"link_names": True}, "link_names", id="link_names"),
    pytest.param({"parse": "full"}, "parse: full", id="parse full"),
    pytest.param({"unfurl_links": True}, "unfurl_links is on", id="unfurling"),
    pytest.param({"blocks": [rich(link("javascript:alert(1)", "x"))]}, "no http or https link", id="script"),
    pytest.param({"blocks": [rich(link("slack://open", "x"))]}, "no http or https link", id="app link"),
    pytest.param(
        {"blocks": [rich(link("https://evil.example/", "https://bank.example"))]}, "forged link", id="forged link"
    ),
    pytest.param({"text": "<https://evil.example|bank.example/login>"}, "forged link", id="forged in mrkdwn"),
    pytest.param({"blocks": [rich({"type": "text", "text": "a\u202eb"})]}, "U+202E", id="text turned round"),
    pytest.param({"blocks": [section("a\x00b")]}, "U+0000", id="control character"),
]

MANNERS = [
    pytest.param({"text": ""}, "has no text", id="no text"),
    pytest.param({"text": "x" * 4001}, "more than 4000", id="long text"),
    pytest.param({"text": "x" * 40001}, "cut at 40000", id="very long text"),
    pytest.param({"metadata": None}, "has no metadata", id="no metadata"),
    pytest.param({"metadata": {"event_type": "other", "event_payload": {"id": "a"}}}, "event_type", id="other type"),
    pytest.param({"metadata": {"event_type": "treatywatch_post", "event_payload": {}}}, "no id", id="no id"),
    pytest.param({"unfurl_media": None}, "unfurl_media is not false", id="unfurling unsaid"),
    pytest.param({"thread_ts": "1.000001"}, "is no message's", id="thread of nothing"),
]


async def test_a_message_of_every_kind_that_we_use_passes_all_checks() -> None:
    async with FakeSlack() as slack:
        assert (await send(slack, POST | {"blocks": GOOD}))["ok"]
        assert slack.violations == []


@pytest.mark.parametrize(("blocks", "told"), SHAPES)
async def test_blocks_that_slack_would_refuse_are_refused(blocks: list[dict[str, Any]], told: str) -> None:
    async with FakeSlack() as slack:
        violations = slack.expect_violations()
        answer = await send(slack, POST | {"blocks": blocks})
        assert (answer["ok"], answer["error"], slack.posts("C1")) == (False, "invalid_blocks", [])
        assert any(told in one for one in violations), violations


@pytest.mark.parametrize(("change", "told"), [*UNSAFE, *MANNERS])
async def test_what_slack_would_take_but_we_must_not_send_is_a_violation(change: dict[str, Any], told: str) -> None:
    async with FakeSlack() as slack:
        violations = slack.expect_violations()
        await send(slack, POST | {"blocks": [section("x")]} | change)
        assert any(told in one for one in violations), violations


async def test_a_violation_fails_the_test_that_made_it() -> None:
    with pytest.raises(AssertionError, match=r"chat.postMessage no. 1: has no metadata"):
        async with FakeSlack() as slack:
            await send(slack, POST | {"metadata": None})


@pytest.mark.parametrize(
    ("label", "hosts"),
    [
        pytest.param("Norway ratifies the treaty", [], id="words"),
        pytest.param("The U.S. signs, too.", [], id="abbreviation"),
        pytest.param("More on www.example.org today", ["example.org"], id="address in words"),
        pytest.param("Bank.example", ["bank.example"], id="nothing but a host"),
        pytest.param("http://bank.example@evil.example/", ["bank.example"], id="host before the at"),
        pytest.param("https://bank.example\\@evil.example", ["bank.example"], id="backslash"),
        pytest.param("ｈｔｔｐｓ://bank．example", ["bank.example"], id="full width"),
        pytest.param("http://пример.рф/", ["xn--e1afmkfd.xn--p1ai"], id="other letters"),
    ],
)
def test_a_label_reads_as_these_hosts(label: str, hosts: list[str]) -> None:
    assert hosts_read_in(label) == hosts


def test_without_the_reference_the_fake_says_what_it_does_not_check() -> None:
    assert FakeSlack().unchecked == ("argument names", "the shape of blocks and views")


@pytest.mark.shared
def test_with_the_reference_nothing_is_left_unchecked(shared: Path) -> None:
    assert FakeSlack(reference=shared / "oracles").unchecked == ()


@pytest.mark.shared
async def test_good_blocks_pass_the_schema_too(shared: Path) -> None:
    async with FakeSlack(reference=shared / "oracles") as slack:
        assert (await send(slack, POST | {"blocks": GOOD}))["ok"]
        home = {"type": "home", "blocks": GOOD[:2]}
        assert (await send(slack, {"user_id": "U1", "view": home}, "views.publish"))["ok"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(POST | {"client_msg_id": "x"}, "has no argument 'client_msg_id'", id="unknown argument"),
        pytest.param(
            {key: POST[key] for key in POST if key != "channel"}, "lacks the argument 'channel'", id="lacking"
        ),
        pytest.param(
            POST | {"blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]},
            "schema: ",
            id="mrkdwn header",
        ),
        pytest.param(POST | {"blocks": [section("x") | {"colour": "red"}]}, "'colour'", id="unknown key"),
        pytest.param(POST | {"blocks": [rich({"type": "text", "txt": "x"})]}, "schema: ", id="rich text"),
    ],
)
async def test_the_foreign_references_find(shared: Path, arguments: dict[str, Any], told: str) -> None:
    async with FakeSlack(reference=shared / "oracles") as slack:
        violations = slack.expect_violations()
        await send(slack, arguments)
        assert any(told in one for one in violations), violations


@pytest.mark.shared
def test_a_method_that_slack_does_not_have_is_found(shared: Path) -> None:
    assert Checks(shared / "oracles").of("chat.shout", {}).violations == ["is no method of Slack's"]


@pytest.mark.shared
def test_what_people_do_arrives_with_the_keys_of_slacks_own_samples(shared: Path) -> None:
    samples = shared / "oracles" / "slack-sample-payloads" / "json-logs" / "samples"
    slack = FakeSlack()
    here = slack.workspace
    room, person = here.rooms["C1"], here.people["U1"]
    posted = slack.said("C1", "x")
    view = View(id="V1", user="U1", body={"type": "modal"})
    ours = {
        "app-backend/slash-commands/SlashCommandPayload": payloads.command(here, "/treaty", "help", room, person),
        "app-backend/interactive-components/BlockActionPayload": payloads.click(here, button(), posted, room, person),
        "app-backend/interactive-components/MessageShortcutPayload": payloads.message_shortcut(
            here, "why", posted, room, person
        ),
        "app-backend/views/ViewSubmissionPayload": payloads.submission(here, view, {}, person),
        "app-backend/views/ViewClosedPayload": payloads.closing(here, view, person),
        "events/AppHomeOpenedPayload": payloads.event(here, {"type": "app_home_opened", "user": "U1"}),
    }
    unknown = {
        name: sorted(set(payload) - set(json.loads((samples / f"{name}.json").read_text())))
        for name, payload in ours.items()
    }
    assert unknown == {name: [] for name in ours}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("sample", "method", "key"),
    [
        ("auth.test", "auth.test", None),
        ("conversations.info", "conversations.info", "channel"),
        ("users.info", "users.info", "user"),
    ],
)
async def test_answers_have_the_keys_of_slacks_own_samples(
    shared: Path, sample: str, method: str, key: str | None
) -> None:
    samples = shared / "oracles" / "slack-sample-payloads" / "json-logs" / "samples" / "api"
    known = json.loads((samples / f"{sample}.json").read_text())
    async with FakeSlack(scopes=("channels:read", "users:read")) as slack:
        told = await send(slack, {"channel": "C1", "user": "U1"}, method)
    assert set(told) - set(known) == set()
    assert key is None or set(told[key]) - set(known[key]) == set()


@pytest.mark.shared
def test_hostile_titles_are_found_raw_and_pass_escaped(shared: Path) -> None:
    rows = json.loads((shared / "oracles" / "chat-injection" / "slack.json").read_text())
    pings = [row["in"] for row in rows if any(sign in row["in"] for sign in ("<!", "<@", "<#"))]
    silent = [text for text in pings if not any("unescaped" in what for what in of_mrkdwn(text))]
    escaped = [row["in"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for row in rows]
    loud = [text for text in escaped if any("U+" not in what for what in of_mrkdwn(text))]
    assert (len(pings), silent, loud) == (17, [], [])
