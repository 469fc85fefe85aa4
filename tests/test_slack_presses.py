"""What people press in Slack: buttons, the menu below a story, shortcuts; each heard as what it means, and answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.chat.slack.answers import payloads
from bot.chat.slack.app import SlackChat
from bot.chat.slack.asked import Looked, Once, heard
from bot.chat.slack.buttons import actions
from bot.model import Answer, Button, Buttons, ChannelId, Command, Line, Press
from tests import slack_chats
from tests.fake_slack import Exchange, FakeSlack, Posted, View
from tests.slack_chats import CHANNEL, Desk, listening, post
from tests.slack_shapes import SIGNED, digest

MENU = "story 1 ratification un-press"


slack, chat = slack_chats.slack, slack_chats.chat


async def posted(chat: SlackChat, slack: FakeSlack) -> Posted:
    """A digest with one story and a button."""
    await chat.send(post(chat))
    return slack.posts("C1")[0]


def said_by(slack: FakeSlack, blocks: list[dict[str, object]]) -> Posted:
    """A message of ours of these blocks."""
    message = slack.said("C1", "Help", by=slack.workspace.bot)
    message.blocks.extend(blocks)
    return message


# ── beside a story ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("choice", "press"),
    [
        ("why", Press(deed="why", story="1", about="ratification")),
        ("relevant", Press(deed="relevant", story="1", about="ratification")),
        ("irrelevant", Press(deed="irrelevant", story="1", about="ratification")),
        ("mute", Press(deed="mute", story="1", about="un-press")),
    ],
)
async def test_a_choice_in_a_story_s_menu_says_story_and_topic_or_outlet(
    chat: SlackChat, slack: FakeSlack, choice: str, press: Press
) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await slack.choose(await posted(chat, slack), MENU, choice, user="U2")
        reply = await exchange.answer()
    assert desk.commands == [Command(id=exchange.trigger_id, channel=CHANNEL, person="U2", name="bela", press=press)]
    assert (reply.words, reply.in_channel, reply.replace_original) == ("Done.", False, False)


async def test_the_post_itself_stays_as_it_is(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Desk()):
        before = await posted(chat, slack)
        await (await slack.choose(before, MENU, "relevant", user="U2")).answer()
    assert slack.posts("C1") == [before]


async def test_a_corrected_post_keeps_its_menu(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        stands = await posted(chat, slack)
        corrected = chat.render(digest(SIGNED, why="Corrected"))
        await chat.send(replace(post(chat), payload=corrected, edits="p1", target=stands.ts))
        await slack.choose(slack.posts("C1")[0], MENU, "why", user="U1")
    assert [command.press.story for command in desk.commands if command.press] == ["1"]


# ── buttons ───────────────────────────────────────────────────────────────────


async def pressed(slack: FakeSlack, button: Button) -> Exchange:
    """The button of an answer, once it is pressed."""
    return await slack.press(said_by(slack, actions([button])), "words 0", user="U1")


async def test_a_button_says_its_words_where_it_is_pressed(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await pressed(slack, Button(label="Pause", words="pause 1d"))
        await exchange.answer()
    asked = Command(id=exchange.trigger_id, channel=CHANNEL, person="U1", name="ada", words="pause 1d")
    assert desk.commands == [asked]


async def test_a_button_for_another_channel_says_them_there(chat: SlackChat, slack: FakeSlack) -> None:
    desk, there = Desk(), ChannelId("slack", "T1", "C3")
    async with listening(chat, slack, desk):
        await (await pressed(slack, Button(label="Pause", words="pause", channel=there))).answer()
    assert [command.channel for command in desk.commands] == [there]


async def test_the_button_of_a_digest_changes_what_comes(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        blocks = json.loads(chat.render(digest(SIGNED, change="subscribe")))["blocks"]
        await (await slack.press(said_by(slack, blocks), "words 0", user="U1")).answer()
    assert [command.words for command in desk.commands] == ["subscribe"]


async def test_a_press_that_is_delivered_again_is_handled_once(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await pressed(slack, Button(label="Pause", words="pause"))
        await exchange.answer()
        await slack.redeliver(exchange)
        await exchange.acked()
    assert (len(desk.commands), len(exchange.acks)) == (1, 2)


async def test_a_link_that_looks_like_a_button_is_only_acknowledged(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    text = {"type": "plain_text", "text": "Read"}
    link = {"type": "button", "text": text, "action_id": "read", "url": "https://a.example/"}
    async with listening(chat, slack, desk):
        exchange = await slack.press(said_by(slack, [{"type": "actions", "elements": [link]}]), "read", user="U1")
    assert (len(exchange.acks), desk.commands, exchange.replies) == (1, [], [])


def test_a_question_that_is_asked_first_is_slack_s_own() -> None:
    button = Button(label="End all", words="unsubscribe all", sure="This channel will get nothing any more.")
    (payload,) = payloads(Answer(parts=(Buttons(buttons=(button,)),)))
    (drawn,) = json.loads(payload)["blocks"][0]["elements"]
    assert {key: part["text"] for key, part in drawn["confirm"].items()} == {
        "title": "Are you sure?",
        "text": "This channel will get nothing any more.",
        "confirm": "End all",
        "deny": "Cancel",
    }


@pytest.mark.parametrize("value", ["", "words", "[]", '{"w": "list"}', "null"])
def test_a_button_of_an_earlier_version_is_only_acknowledged(value: str) -> None:
    action = {"type": "button", "action_id": "words 0", "block_id": "b", "value": value}
    body = {"type": "block_actions", "trigger_id": "1", "user": {"id": "U1"}, "actions": [action]}
    assert heard(body, workspace="T1") is None


@pytest.mark.parametrize("block_id", ["story 1", "story", "", "story 1 a b c", "tale 1 a b"])
def test_a_menu_of_an_earlier_version_is_only_acknowledged(block_id: str) -> None:
    action = {"action_id": "story", "block_id": block_id, "selected_option": {"value": "why"}}
    body = {"type": "block_actions", "trigger_id": "1", "user": {"id": "U1"}, "actions": [action]}
    assert heard(body, workspace="T1") is None


# ── shortcuts ─────────────────────────────────────────────────────────────────


async def test_why_is_this_here_asks_about_the_stories_of_a_message_not_where_else_they_are_told(
    chat: SlackChat, slack: FakeSlack
) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await slack.shortcut_on(await posted(chat, slack), "why", user="U2")
        await exchange.answer()
    words = "why https://press.un.org/en/2025/sgsm22878.doc.htm"
    assert desk.commands == [Command(id=exchange.trigger_id, channel=CHANNEL, person="U2", name="bela", words=words)]


async def test_of_a_message_with_many_links_the_first_ten_are_explained(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    text = " ".join(f"<https://a.example/{number}|here>" for number in range(12))
    async with listening(chat, slack, desk):
        await (await slack.shortcut_on(slack.said("C1", text), "why", user="U2")).answer()
    assert desk.commands[0].words == "why " + " ".join(f"https://a.example/{number}" for number in range(10))


async def test_a_message_without_links_is_answered_kindly(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await slack.shortcut_on(slack.said("C1", "Good morning"), "why", user="U2")
        reply = await exchange.answer()
    assert (reply.words.startswith("There is no link in this message"), desk.commands) == (True, [])


async def test_the_global_shortcut_subscribes_a_channel_that_is_yet_to_be_named(
    chat: SlackChat, slack: FakeSlack
) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await slack.shortcut("subscribe", user="U2")
        await slack.called("views.open")
    where = ChannelId("slack", "T1", "")
    asked = Command(id=exchange.trigger_id, channel=where, person="U2", name="bela", words="subscribe")
    assert desk.commands == [asked]


async def test_where_no_conversation_is_an_answer_stands_in_a_view_of_its_own(
    chat: SlackChat, slack: FakeSlack
) -> None:
    async with listening(chat, slack, Desk()):
        await slack.shortcut("subscribe", user="U2")
        await slack.called("views.open")
    (view,) = slack.workspace.forms
    assert (view.user, view.body["blocks"][0]["elements"][0]["elements"][0]["text"]) == ("U2", "Done.")


async def test_where_that_cannot_be_opened_it_is_a_direct_message(chat: SlackChat, slack: FakeSlack) -> None:
    async def slow(command: Command) -> Answer:
        slack.workspace.used_triggers.add(command.id)
        return Answer(parts=(Line(text="At last."),))

    async with listening(chat, slack, Desk(slow)):
        await slack.shortcut("subscribe", user="U2")
        (told,) = await slack.posted("U2")
    assert (told.words, slack.workspace.forms) == ("At last.", [])


# ── once ──────────────────────────────────────────────────────────────────────


def test_a_request_is_taken_once_in_ten_minutes() -> None:
    once = Once()
    assert [once.take("a", 0), once.take("a", 599), once.take("b", 600), once.take("a", 601)] == [
        True,
        False,
        True,
        True,
    ]


def test_one_that_came_to_nothing_is_taken_again() -> None:
    once = Once()
    once.take("a", 0)
    once.forget("a")
    assert once.take("a", 1)


def test_one_without_an_id_is_always_taken() -> None:
    once = Once()
    assert [once.take("", 0), once.take("", 0)] == [True, True]


def test_no_more_are_remembered_than_have_room() -> None:
    once = Once()
    for number in range(2 * Once.MOST):
        once.take(str(number), 0)
    assert [once.take("0", 0), once.take(str(2 * Once.MOST - 1), 0)] == [True, False]


# ── what else comes ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "fields"),
    [("app_uninstalled", {}), ("tokens_revoked", {"tokens": {"oauth": [], "bot": ["U0BOT"]}})],
)
async def test_that_the_workspace_let_us_go_is_told_once_to_the_operator(
    chat: SlackChat, slack: FakeSlack, event: str, fields: dict[str, object]
) -> None:
    with capture_logs() as logs:
        async with listening(chat, slack, Desk()):
            for _ in range(3):
                await slack.event(event, **fields)
    assert [row["event"] for row in logs if row["log_level"] == "error"] == ["slack.gone"]


async def test_a_payload_that_holds_nonsense_is_acknowledged_and_logged(chat: SlackChat, slack: FakeSlack) -> None:
    view = View(id="V1", user="U1", body={"type": "modal", "blocks": [], "private_metadata": "{"})

    class Breaks(Desk):
        def faults(self, command: Command) -> Mapping[str, str]:
            raise RuntimeError("on purpose")

    with capture_logs() as logs:
        async with listening(chat, slack, Breaks()):
            exchange = await slack.submit(view, user="U1")
            later = await slack.command("/treaty", "list", channel="C1", user="U1")
            await later.answer()
    assert len(exchange.acks) == 1
    assert [row["event"] for row in logs if row["log_level"] == "error"] == ["payload.broke"]


def test_only_a_look_at_the_home_tab_is_one() -> None:
    body = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", "user": "U1"}}
    shown = [heard({**body, "event": {**body["event"], "tab": tab}}, workspace="T1") for tab in ("home", "messages")]  # type: ignore[dict-item]
    assert shown == [Looked(id="Ev1", person="U1"), None]
