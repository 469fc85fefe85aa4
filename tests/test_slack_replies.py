"""Where an answer is seen: in which channel, thread or view, in whose place; and what cannot be said in the channel."""

from __future__ import annotations

import pytest

from bot.chat.slack.app import SlackChat
from bot.chat.slack.asked import Asked, Back, heard
from bot.chat.slack.buttons import actions
from bot.chat.slack.forms import Kept, modal
from bot.chat.slack.hearing import AT_ONCE
from bot.chat.slack.home import home
from bot.model import Answer, Button, Buttons, ChannelId, Command, Heading, Line
from tests import slack_chats
from tests.fake_slack import FakeSlack, Fault, Posted, View
from tests.fake_slack.nouns import Json, Whisper, words_in
from tests.slack_chats import Desk, listening
from tests.slack_forms import DIGEST, PLACE, form

THERE = ChannelId("slack", "T1", "C3")
STANDS = "What you asked for stands."
CHANGED = Answer(parts=(Line(text="Done."),), notice="This channel now gets ratification.")


slack, chat = slack_chats.slack, slack_chats.chat


def channels_in(blocks: list[Json]) -> list[str]:
    """The channels that are named in blocks."""
    rich = [block for block in blocks if block["type"] == "rich_text"]
    elements = [element for block in rich for part in block["elements"] for element in part["elements"]]
    return [element["channel_id"] for element in elements if element["type"] == "channel"]


# ── what cannot be said in the channel ────────────────────────────────────────


async def test_a_notice_that_slack_asks_to_wait_with_is_said_a_little_later(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.rate_limited(1))
    async with listening(chat, slack, Desk(CHANGED)):
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C1", user="U1")
        reply = await exchange.answer()
        (notice,) = await slack.posted("C1")
    assert (reply.words, notice.words) == ("Done.", "This channel now gets ratification.")
    assert (len(exchange.replies), len(slack.calls("chat.postMessage"))) == (1, 2)


@pytest.mark.parametrize(
    ("faults", "tries"),
    [([Fault.rate_limited(30)], 1), ([Fault.rate_limited(1)] * 2, 2)],
    ids=["longer than a person waits", "twice"],
)
async def test_where_slack_goes_on_to_ask_for_patience_the_asker_is_told(
    chat: SlackChat, slack: FakeSlack, faults: list[Fault], tries: int
) -> None:
    for fault in faults:
        slack.faults.add("chat.postMessage", fault)
    async with listening(chat, slack, Desk(CHANGED)):
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C1", user="U1")
        replies = await exchange.answers(2)
    told = f"I could not say this in this channel: Slack asks to wait (ratelimited). {STANDS}"
    assert [reply.words for reply in replies] == ["Done.", told]
    assert (slack.posts("C1"), len(slack.calls("chat.postMessage"))) == ([], tries)


async def test_who_waits_for_slack_to_take_a_notice_keeps_nobody_from_an_answer(
    chat: SlackChat, slack: FakeSlack
) -> None:
    async def reply(command: Command) -> Answer:
        return CHANGED if command.words == "resume" else Answer(parts=(Line(text="Here."),))

    slack.faults.add("chat.postMessage", Fault.rate_limited(4), times=AT_ONCE)
    async with listening(chat, slack, Desk(reply)):
        for _ in range(AT_ONCE):
            await slack.command("/treaty", "resume", channel="C1", user="U1")
        answer = await (await slack.command("/treaty", "list", channel="C1", user="U2")).answer()
        tries = len(slack.calls("chat.postMessage"))
    assert (answer.words, tries) == ("Here.", AT_ONCE)


@pytest.mark.parametrize("fault", [Fault.http(500), Fault.http(500, accepted=True)], ids=["not taken", "taken"])
async def test_a_notice_of_which_nobody_knows_is_not_repeated_and_the_asker_is_told(
    chat: SlackChat, slack: FakeSlack, fault: Fault
) -> None:
    slack.faults.add("chat.postMessage", fault)
    async with listening(chat, slack, Desk(CHANGED)):
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C1", user="U1")
        reply = await exchange.answer()
    assert (
        reply.words
        == f"Done.\n\n\nI do not know whether I could say this in this channel: Slack answered 500. {STANDS}"
    )
    assert len(slack.calls("chat.postMessage")) == 1


async def test_where_a_form_chose_a_channel_without_us_its_window_names_it_and_what_to_do(
    chat: SlackChat, slack: FakeSlack
) -> None:
    asks = form(PLACE, DIGEST, channel=None)

    async def reply(command: Command) -> Answer:
        filled = command.filled
        return CHANGED if filled and filled.done else Answer(parts=(), form=asks)

    async with listening(chat, slack, Desk(reply)):
        await slack.shortcut("subscribe", user="U1")
        await slack.called("views.open")
        (view,) = slack.workspace.forms
        await slack.fill(view, "place", "C4", user="U1")
        await slack.submit(view, user="U1")
        await slack.called("views.open", 2)
    shown = slack.workspace.forms[-1].body["blocks"]
    assert channels_in(shown) == ["C4"]
    assert "I am not in that channel yet. Type /invite @TreatyWatch there; nothing else" in "".join(words_in(shown))
    assert slack.posts("U1") == []


async def test_what_was_changed_in_the_home_but_not_said_in_its_channel_is_told_there(
    chat: SlackChat, slack: FakeSlack
) -> None:
    slack.room("C3").archived = True
    desk = Desk(CHANGED)
    desk.page = Answer(parts=(Buttons(buttons=(Button(label="Resume", words="resume", channel=THERE),)),))
    async with listening(chat, slack, desk):
        await pressed_at_home(slack)
    shown = slack.workspace.forms[-1].body["blocks"]
    assert (
        channels_in(shown),
        "I cannot post in that channel: the channel is archived" in "".join(words_in(shown)),
    ) == (
        ["C3"],
        True,
    )


# ── of which channel it is ────────────────────────────────────────────────────


async def pressed_at_home(slack: FakeSlack) -> View:
    """What opened when the first button of the home was pressed."""
    await slack.event("app_home_opened", user="U1", tab="home", channel="D1")
    await slack.called("views.publish")
    await slack.press(slack.workspace.homes["U1"], "words 0", user="U1")
    await slack.called("views.open")
    return slack.workspace.forms[-1]


@pytest.mark.parametrize(
    "answer",
    [Answer(parts=(Line(text="Until when?"),)), Answer(parts=(), form=form(channel=THERE))],
    ids=["a window", "a form"],
)
async def test_what_opens_from_the_home_says_first_which_channel_is_meant(
    chat: SlackChat, slack: FakeSlack, answer: Answer
) -> None:
    desk = Desk(answer)
    desk.page = Answer(parts=(Buttons(buttons=(Button(label="Pause", words="pause", channel=THERE),)),))
    async with listening(chat, slack, desk):
        view = await pressed_at_home(slack)
    assert channels_in(view.body["blocks"][:1]) == ["C3"]


def test_a_form_in_its_own_channel_does_not_name_it() -> None:
    shown: list[Json] = modal(form(), Kept(channel="C1"))["blocks"]  # type: ignore[assignment]  # as Slack shapes it
    assert shown[0]["type"] == "input"


async def test_an_answer_that_is_seen_in_another_channel_names_its_own(chat: SlackChat, slack: FakeSlack) -> None:
    button = Button(label="Pause", words="pause", channel=THERE)
    async with listening(chat, slack, Desk()):
        reply = await (await slack.press(answered(slack, button), "words 0", user="U1")).answer()
    assert channels_in(reply.blocks) == ["C3"]


def test_a_channel_s_name_alone_stands_without_a_blank_before_it() -> None:
    shown: list[Json] = home(Answer(parts=(Heading(text="", channel=THERE),)))["blocks"]  # type: ignore[assignment]
    assert shown[0]["elements"][0]["elements"] == [{"type": "channel", "channel_id": "C3"}]


# ── in whose place it stands ──────────────────────────────────────────────────


def answered(slack: FakeSlack, *buttons: Button, thread: str | None = None) -> Whisper:
    """An answer of ours with these buttons, as one person sees it."""
    return Whisper(ts=slack.workspace.ts(), channel="C1", user="U1", text="?", blocks=actions(buttons), thread=thread)


async def test_what_a_button_of_an_answer_brings_takes_its_place(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Desk()):
        shown = answered(slack, Button(label="1 day", words="pause 1d"))
        reply = await (await slack.press(shown, "words 0", user="U1")).answer()
    assert reply.replace_original


async def test_what_is_told_later_leaves_the_answer_where_it_is(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.rate_limited(30))
    async with listening(chat, slack, Desk(CHANGED)):
        shown = answered(slack, Button(label="1 day", words="pause 1d"))
        replies = await (await slack.press(shown, "words 0", user="U1")).answers(2)
    assert [reply.replace_original for reply in replies] == [True, False]


async def test_a_button_that_opens_a_form_leaves_the_answer_where_it_is(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("views.open", Fault.error("expired_trigger_id"))
    words = Answer(parts=(Line(text="Or type it."),), form=form())
    async with listening(chat, slack, Desk(words)):
        shown = answered(slack, Button(label="Change", words="subscribe"))
        reply = await (await slack.press(shown, "words 0", user="U1")).answer()
    assert not reply.replace_original


async def test_what_is_pressed_in_a_message_of_the_channel_leaves_it_as_it_is(
    chat: SlackChat, slack: FakeSlack
) -> None:
    async with listening(chat, slack, Desk()):
        message = posted(slack)
        reply = await (await slack.press(message, "words 0", user="U1")).answer()
    assert not reply.replace_original


def test_a_choice_beside_a_story_leaves_the_stories_where_they_are() -> None:
    chosen = {"action_id": "story", "block_id": "story 1 a b", "selected_option": {"value": "why"}}
    body = {
        "type": "block_actions",
        "trigger_id": "1",
        "response_url": "http://127.0.0.1/",
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": "C1", "is_ephemeral": True},
        "actions": [chosen],
    }
    asked = heard(body, workspace="T1")
    assert isinstance(asked, Asked)
    assert asked.back == Back(url="http://127.0.0.1/", trigger="1", place="C1")


# ── in which thread ───────────────────────────────────────────────────────────


def posted(slack: FakeSlack, *, thread: str | None = None) -> Posted:
    """A message of ours with a button."""
    message = slack.said("C1", "Help", by=slack.workspace.bot, thread=thread)
    message.blocks.extend(actions([Button(label="List", words="list")]))
    return message


async def test_what_is_pressed_in_a_thread_is_answered_there(chat: SlackChat, slack: FakeSlack) -> None:
    first = posted(slack)
    async with listening(chat, slack, Desk()):
        reply = await (await slack.press(posted(slack, thread=first.ts), "words 0", user="U1")).answer()
    assert reply.thread == first.ts


async def test_a_shortcut_of_a_message_in_a_thread_is_answered_there(chat: SlackChat, slack: FakeSlack) -> None:
    first = posted(slack)
    said = slack.said("C1", "https://a.example/1", thread=first.ts)
    async with listening(chat, slack, Desk()):
        reply = await (await slack.shortcut_on(said, "why", user="U1")).answer()
    assert reply.thread == first.ts


async def test_a_press_in_an_answer_that_is_seen_in_a_thread_is_answered_there(
    chat: SlackChat, slack: FakeSlack
) -> None:
    first = posted(slack)
    shown = answered(slack, Button(label="1 day", words="pause 1d"), thread=first.ts)
    async with listening(chat, slack, Desk()):
        reply = await (await slack.press(shown, "words 0", user="U1")).answer()
    assert reply.thread == first.ts


async def test_where_its_address_has_lapsed_the_answer_is_whispered_in_the_thread(
    chat: SlackChat, slack: FakeSlack
) -> None:
    first = posted(slack)
    slack.faults.add("response_url", Fault.http(404))
    async with listening(chat, slack, Desk()):
        await slack.press(posted(slack, thread=first.ts), "words 0", user="U1")
        await slack.called("chat.postEphemeral")
    assert [whisper.thread for whisper in slack.workspace.whispers] == [first.ts]


def test_the_message_that_a_thread_is_about_is_answered_in_the_channel() -> None:
    ts = "1700000000.000001"
    body = {
        "type": "block_actions",
        "trigger_id": "1",
        "user": {"id": "U1"},
        "container": {"type": "message", "message_ts": ts, "thread_ts": ts, "is_ephemeral": False},
        "message": {"ts": ts, "thread_ts": ts},
        "actions": [{"action_id": "words 0", "value": '{"w": "list", "c": ""}'}],
    }
    asked = heard(body, workspace="T1")
    assert isinstance(asked, Asked)
    assert asked.back.thread == ""
