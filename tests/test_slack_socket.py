"""/treaty over Socket Mode, with the real Bolt: every command acknowledged at once, and a connection that recovers."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.chat.slack.app import SlackChat
from bot.chat.slack.asked import Asked, Body, heard, typed
from bot.model import Answer, ChannelId, Command, Line
from tests import slack_chats
from tests.fake_slack import FakeSlack, Fault
from tests.slack_chats import CHANNEL, Desk, listening, opened

PRIVATE = (
    "I am not in this channel yet. Type \n/invite @TreatyWatch\n here; nothing else needs to be done, "
    "and what you asked for stands."
)


slack, chat = slack_chats.slack, slack_chats.chat


# ── a command ─────────────────────────────────────────────────────────────────


async def test_a_command_is_answered_for_the_asker_alone(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
        reply = await exchange.answer()
    assert (reply.words, reply.in_channel, slack.posts("C1")) == ("Done.", False, [])
    asked = Command(id=exchange.trigger_id, channel=CHANNEL, person="U1", name="ada", words="list")
    assert desk.commands == [asked]


async def test_a_change_is_said_in_the_channel(chat: SlackChat, slack: FakeSlack) -> None:
    answer = Answer(parts=(Line(text="Done."),), notice="This channel now gets <ratification>.")
    async with listening(chat, slack, Desk(answer)):
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C1", user="U1")
        (posted,) = await slack.posted("C1")
    assert (posted.words, posted.key) == ("This channel now gets <ratification>.", f"notice-{exchange.trigger_id}")


async def test_in_a_private_channel_without_us_the_asker_is_told_to_invite_us(
    chat: SlackChat, slack: FakeSlack
) -> None:
    answer = Answer(parts=(Line(text="Done."),), notice="This channel now gets ratification.")
    async with listening(chat, slack, Desk(answer)):
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C4", user="U1")
        reply = await exchange.answer()
    assert reply.words == f"Done.\n\n\n{PRIVATE}"


async def test_a_notice_that_may_have_been_said_is_not_said_twice(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.reset(accepted=True))
    answer = Answer(parts=(Line(text="Done."),), notice="This channel is paused.")
    async with listening(chat, slack, Desk(answer)):
        exchange = await slack.command("/treaty", "pause", channel="C1", user="U1")
        await slack.posted("C1")
    assert (len(slack.calls("chat.postMessage")), len(exchange.replies)) == (1, 1)


async def test_an_answer_that_its_address_does_not_take_is_whispered(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("response_url", Fault.http(500))
    async with listening(chat, slack, Desk()):
        await slack.command("/treaty", "list", channel="C1", user="U2")
        await slack.called("chat.postEphemeral")
    assert [(one.user, one.words) for one in slack.workspace.whispers] == [("U2", "Done.")]


async def test_where_we_are_not_in_the_channel_it_is_a_direct_message(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("response_url", Fault.reset())
    async with listening(chat, slack, Desk()):
        await slack.command("/treaty", "list", channel="C4", user="U2")
        (posted,) = await slack.posted("U2")
    assert (posted.words, slack.workspace.whispers) == ("In this channel:\n \nDone.", [])


async def test_an_answer_that_cannot_be_given_at_all_is_logged(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("response_url", Fault.reset())
    slack.faults.add("chat.postMessage", Fault.error("messages_tab_disabled"))
    with capture_logs() as logs:
        async with listening(chat, slack, Desk()):
            await slack.command("/treaty", "list", channel="C4", user="U2")
            await slack.called("chat.postMessage")
    assert [row["event"] for row in logs if row["log_level"] == "warning"] == ["command.unanswered"]


async def test_the_command_is_ours_whatever_a_workspace_calls_it(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Desk()):
        exchange = await slack.command("/treaty-test", "list", channel="C1", user="U1")
        assert (await exchange.answer()).words == "Done."


async def test_whatever_else_slack_sends_is_acknowledged(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        event = await slack.event("app_home_opened", user="U1", tab="messages")
        strange = await slack.event("an_event_of_tomorrow", user="U1")
        shortcut = await slack.shortcut("a shortcut of tomorrow", user="U1")
    assert ([len(one.acks) for one in (event, strange, shortcut)], desk.commands) == ([1, 1, 1], [])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("subscribe ratification", "subscribe ratification"),
        ("subscribe <#C1|treaties>", "subscribe #treaties"),
        ("subscribe <#C1>", "subscribe #C1"),
        ("pause for <@U1|first>", "pause for @first"),
        ("<!here> <!subteam^S1|@team> <!subteam^S1>", "@here @team @subteam"),
        ("why <https://a.example/?b=1&amp;c=2>", "why https://a.example/?b=1&c=2"),
        ("why <https://a.example/|a.example>", "why https://a.example/"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("search a &lt; b &amp;amp; c", "search a < b &amp; c"),
    ],
)
def test_words_are_read_as_they_were_typed(sent: str, words: str) -> None:
    assert typed(sent) == words


# ── what is known to go wrong (the numbers are those of the list that we keep of it) ──────────────────────────


async def test_s1_a_refused_socket_is_tried_again_with_a_new_ticket(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("link", Fault.http(408))
    async with listening(chat, slack, Desk()):
        exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
        await exchange.answer()
    tickets = [one.ticket for one in slack.socket.upgrades]
    assert (slack.socket.upgrades[-1].status, len(set(tickets)) > 1) == (101, True)


async def test_s1_a_socket_refused_in_the_middle_of_life_comes_back_too(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Desk()):
        slack.faults.add("link", Fault.http(404))
        slack.drop()
        await slack.connected(2)
        exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
        assert (await exchange.answer()).words == "Done."


async def test_a_connection_that_has_fallen_silent_is_replaced(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Desk()):
        slack.socket.mute = True
        await slack.disconnected()
        slack.socket.mute = False
        await slack.connected(2)


async def test_s3_a_slack_that_gives_no_sockets_is_counted_and_told_once(chat: SlackChat, slack: FakeSlack) -> None:
    with capture_logs() as logs:
        async with listening(chat, slack, Desk()):
            await slack.until(lambda: chat.connected, "the chat did not notice")
            await slack.disconnect("link_disabled")
            slack.drop()
            await slack.called("apps.connections.open", 7)
            assert (chat.connected, chat.failures >= 4) == (False, True)
            slack.faults.clear()
            await slack.connected(2)
            await slack.until(lambda: chat.connected, "the chat did not notice")
    told = [(row["event"], row.get("why")) for row in logs]
    assert told == [
        ("slack.connected", None),
        ("slack.disconnected", "Slack gives no address for a socket (link_disabled)"),
        ("slack.connected", None),
    ]


# S5 and S6 are about installing into many workspaces; there is one here, and its tokens are given.


async def test_s7_a_slow_answer_is_acknowledged_at_once(chat: SlackChat, slack: FakeSlack) -> None:
    ready = asyncio.Event()

    async def slow(_command: Command) -> Answer:
        await ready.wait()
        return Answer(parts=(Line(text="At last."),))

    async with listening(chat, slack, Desk(slow)):
        exchange = await slack.command("/treaty", "digest", channel="C1", user="U1")
        assert exchange.replies == []
        ready.set()
        assert (await exchange.answer()).words == "At last."


async def test_s7_an_answer_that_breaks_is_acknowledged_and_logged_under_what_the_asker_is_told(
    chat: SlackChat, slack: FakeSlack
) -> None:
    async def breaks(_command: Command) -> Answer:
        raise RuntimeError("on purpose")

    with capture_logs() as logs:
        async with listening(chat, slack, Desk(breaks)):
            exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
            reply = await exchange.answer()
    (row,) = [row for row in logs if row["event"] == "command.broke"]
    assert reply.words == f"Something went wrong here; the operator's log has it under {row['reference']}."


async def test_s8_what_is_being_answered_is_finished_before_the_end(chat: SlackChat, slack: FakeSlack) -> None:
    ready = asyncio.Event()

    async def slow(_command: Command) -> Answer:
        await ready.wait()
        return Answer(parts=(Line(text="At last."),))

    async with listening(chat, slack, Desk(slow)) as stop:
        exchange = await slack.command("/treaty", "digest", channel="C1", user="U1")
        stop.set()
        late = await slack.command("/treaty", "list", channel="C1", user="U1")
        ready.set()
    assert [reply.words for reply in exchange.replies] == ["At last."]
    assert [reply.words for reply in late.replies] == ["TreatyWatch is being restarted. Please try again in a minute."]


async def test_s9_a_command_that_is_delivered_again_is_acknowledged_again_and_answered_once(
    chat: SlackChat, slack: FakeSlack
) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
        await exchange.answer()
        await slack.redeliver(exchange)
        await exchange.acked()
    assert ([command.id for command in desk.commands], len(exchange.acks)) == ([exchange.trigger_id], 2)
    assert len(exchange.replies) == 1


async def test_s9_a_command_whose_answer_nobody_could_be_given_is_tried_again(
    chat: SlackChat, slack: FakeSlack
) -> None:
    for method in ("response_url", "chat.postEphemeral", "chat.postMessage"):
        slack.faults.add(method, Fault.error("is_archived") if method != "response_url" else Fault.http(500))
    async with listening(chat, slack, Desk()):
        exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
        await slack.called("chat.postMessage")
        while not exchange.replies:  # once our side knows of it, the next delivery is as good as the first
            await slack.redeliver(exchange)
            await exchange.acked()
    assert [reply.words for reply in exchange.replies] == ["Done."]


def command(body: Body) -> Asked:
    found = heard({"command": "/treaty", **body}, workspace="T1")
    assert isinstance(found, Asked)
    return found


def test_s9_a_command_without_a_trigger_is_known_by_its_address_which_stays_secret() -> None:
    body = {"channel_id": "C1", "user_id": "U1", "text": "list", "response_url": "https://hooks.slack.com/commands/x"}
    first, again = command(body), command(dict(body))
    other = command({**body, "response_url": "https://hooks.slack.com/commands/y"})
    assert first.command.id == again.command.id != other.command.id
    assert "hooks.slack.com" not in repr(first) + first.command.id


async def test_s10_a_change_of_sockets_that_slack_asks_for_is_nothing_to_tell(
    chat: SlackChat, slack: FakeSlack
) -> None:
    with capture_logs() as logs:
        async with listening(chat, slack, Desk()):
            await slack.until(lambda: chat.connected, "the chat did not notice")
            await slack.disconnect("warning")
            await slack.disconnect("refresh_requested")
            await slack.connected(2)
            exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
            assert (await exchange.answer()).words == "Done."
    assert [row["event"] for row in logs] == ["slack.connected"]


# ── surroundings ──────────────────────────────────────────────────────────────


async def test_commands_come_in_whatever_bolt_would_find_in_the_environment(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, "of another app")
    monkeypatch.setenv("HOME", str(tmp_path))
    async with opened(slack) as chat, listening(chat, slack, Desk()):
        exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
        assert (await exchange.answer()).words == "Done."
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing else runs meanwhile


async def test_bolt_asks_nothing_before_a_command(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Desk()):
        exchange = await slack.command("/treaty", "list", channel="C1", user="U1")
        await exchange.answer()
    assert [one.method for one in slack.asked] == [
        "auth.test",
        "apps.connections.open",
        "apps.connections.open",
        "response_url",
    ]


async def test_no_secret_is_logged_or_printed_whatever_goes_wrong(
    slack: FakeSlack, capfd: pytest.CaptureFixture[str]
) -> None:
    slack.faults.add("response_url", Fault.reset())
    slack.faults.add("chat.postMessage", Fault.error("messages_tab_disabled"))
    async with opened(slack) as chat, listening(chat, slack, Desk()):
        await slack.until(lambda: chat.connected, "the chat did not notice")
        exchange = await slack.command("/treaty", "list", channel="C4", user="U1")
        printed = ""
        while "command.unanswered" not in printed:
            printed += "".join(capfd.readouterr())
            await asyncio.sleep(0)
        slack.faults.add("link", Fault.http(408))
        slack.drop()
        await slack.connected(2)
    printed += "".join(capfd.readouterr())
    tickets = [one.ticket for one in slack.socket.upgrades]
    secrets = [slack.bot_token, slack.app_token, exchange.response_url, *tickets]
    assert [one for one in secrets if one in printed] == []


def test_a_command_s_channel_is_named_with_its_workspace() -> None:
    body = {"channel_id": "C9", "user_id": "U1", "text": "", "trigger_id": "1"}
    assert command(body).command.channel == ChannelId("slack", "T1", "C9")
