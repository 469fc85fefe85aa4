"""SlackChat's posts, through the real SDK to a Slack on loopback: sent once, found again, each failure told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.chat import CannotLook, Chat
from bot.chat.slack.app import SlackChat
from bot.errors import Closed, Refused, TreatywatchError, TryLater, Unsure
from bot.model import Channel
from tests import slack_chats
from tests.fake_slack import FakeSlack, Fault
from tests.slack_chats import CHANNEL, READING, opened, post

slack, chat = slack_chats.slack, slack_chats.chat


# ── the start ─────────────────────────────────────────────────────────────────


async def test_the_workspace_is_the_one_that_the_bot_token_is_for(chat: SlackChat) -> None:
    same: Chat = chat
    assert (same.platform, chat.workspace) == ("slack", "T1")


async def test_an_address_without_a_last_slash_is_the_same_address(slack: FakeSlack) -> None:
    async with SlackChat.open(
        bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.url.rstrip("/")
    ) as chat:
        assert chat.workspace == "T1"


async def test_s2_a_wrong_bot_token_stops_the_start_and_is_named(slack: FakeSlack) -> None:
    with pytest.raises(TreatywatchError, match=r"Slack does not take SLACK_BOT_TOKEN \(invalid_auth\); copy the"):
        async with opened(slack, bot="xoxb-wrong"):
            pass


async def test_s2_a_wrong_app_token_stops_the_start_and_is_named(slack: FakeSlack) -> None:
    with pytest.raises(TreatywatchError, match=r"Slack does not take SLACK_APP_TOKEN \(invalid_auth\); make one"):
        async with opened(slack, app="xapp-wrong"):
            pass


async def test_tokens_in_each_other_s_place_are_told_before_slack_is_asked(slack: FakeSlack) -> None:
    with pytest.raises(TreatywatchError, match="it holds what belongs into SLACK_APP_TOKEN"):
        async with opened(slack, bot=slack.app_token, app=slack.bot_token):
            pass
    assert slack.asked == []


@pytest.mark.parametrize("fault", [Fault.http(500), Fault.html(200), Fault.rate_limited(5), Fault.reset()])
async def test_a_slack_that_is_away_at_the_start_is_told_as_such(slack: FakeSlack, fault: Fault) -> None:
    slack.faults.add("auth.test", fault)
    with pytest.raises(TreatywatchError, match="Slack could not be asked whether SLACK_BOT_TOKEN is right"):
        async with opened(slack):
            pass


# ── sending ───────────────────────────────────────────────────────────────────


async def test_a_post_stands_in_its_channel_with_its_id(chat: SlackChat, slack: FakeSlack) -> None:
    receipt = await chat.send(post(chat))
    (posted,) = slack.posts("C1")
    assert (receipt.message, posted.key, posted.thread) == (posted.ts, "p1", None)


async def test_what_slack_gets_is_what_was_rendered(chat: SlackChat, slack: FakeSlack) -> None:
    sent = post(chat)
    await chat.send(sent)
    (asked,) = slack.calls("chat.postMessage")
    metadata = {"event_type": "treatywatch_post", "event_payload": {"id": "p1"}}
    assert asked.arguments == json.loads(sent.payload) | {"channel": "C1", "metadata": metadata}


async def test_what_did_not_fit_goes_into_the_thread(chat: SlackChat, slack: FakeSlack) -> None:
    first = await chat.send(post(chat))
    await chat.send(post(chat, thread=first.message))
    assert [one.thread for one in slack.posts("C1")] == [None, first.message]


async def test_a_post_that_may_be_a_repeat_says_so(chat: SlackChat, slack: FakeSlack) -> None:
    await chat.send(post(chat, repeat=True))
    assert slack.posts("C1")[0].words.startswith("This may be a repeat")


async def test_a_public_channel_needs_no_invitation(chat: SlackChat, slack: FakeSlack) -> None:
    await chat.send(post(chat, "C2"))
    assert len(slack.posts("C2")) == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        pytest.param(Fault.rate_limited(7), TryLater, id="429"),
        pytest.param(Fault.rate_limited(None), TryLater, id="429 without Retry-After"),
        pytest.param(Fault.error("service_unavailable"), TryLater, id="a code that says later"),
        pytest.param(Fault.error("token_revoked"), Closed, id="a revoked token"),
        pytest.param(Fault.error("invalid_blocks"), Refused, id="a message that is wrong"),
        pytest.param(Fault.error("internal_error", accepted=True), Unsure, id="internal_error after all"),
        pytest.param(Fault.error("a_code_of_tomorrow"), Unsure, id="an unknown code"),
        pytest.param(Fault.http(500), Unsure, id="500"),
        pytest.param(Fault.html(502), Unsure, id="a gateway's page"),
        pytest.param(Fault.html(200), Unsure, id="a portal's page"),
        pytest.param(Fault(kind="answer", body="[1]"), Unsure, id="JSON but no object"),
        pytest.param(Fault(kind="answer", body="{"), Unsure, id="cut JSON"),
        pytest.param(Fault(kind="answer", body="ok", content_type="text/plain"), Unsure, id="plain text"),
        pytest.param(Fault(kind="answer", body='{"ok": true}'), Unsure, id="taken without a number"),
        pytest.param(Fault.reset(accepted=True), Unsure, id="reset after it was taken"),
        pytest.param(Fault.half(), Unsure, id="reset in the answer"),
    ],
)
async def test_s4_a_failure_is_one_request_and_one_outcome(
    chat: SlackChat, slack: FakeSlack, fault: Fault, outcome: type[Exception]
) -> None:
    slack.faults.add("chat.postMessage", fault, times=None)
    with pytest.raises(outcome):
        await chat.send(post(chat))
    assert len(slack.calls("chat.postMessage")) == 1


async def test_how_long_slack_asks_to_wait_is_told(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.rate_limited(7))
    with pytest.raises(TryLater) as caught:
        await chat.send(post(chat))
    assert caught.value.retry_after == timedelta(seconds=7)


async def test_a_slack_that_refuses_connections_surely_took_nothing(chat: SlackChat, slack: FakeSlack) -> None:
    await slack.go_down()
    with pytest.raises(TryLater, match="Slack cannot be reached"):
        await chat.send(post(chat))


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        ("C4", "Slack does not show the app this channel; if it is private, type `/invite @TreatyWatch` there"),
        ("C5", "the channel is archived"),
    ],
)
async def test_a_channel_that_takes_nothing_says_what_to_do(chat: SlackChat, channel: str, why: str) -> None:
    with pytest.raises(Closed, match=why) as caught:
        await chat.send(post(chat, channel))
    assert not caught.value.workspace


# ── looking ───────────────────────────────────────────────────────────────────


async def test_a_post_whose_answer_was_lost_is_found(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.reset(accepted=True))
    with pytest.raises(Unsure):
        await chat.send(post(chat))
    found = await chat.find(post(chat))
    assert found is not None
    assert found.message == slack.posts("C1")[0].ts


async def test_a_post_in_a_thread_is_looked_for_there(chat: SlackChat) -> None:
    first = await chat.send(post(chat))
    sent = await chat.send(replace(post(chat, thread=first.message), id="p2"))
    found = await chat.find(replace(post(chat, thread=first.message), id="p2"))
    assert found == sent


async def test_what_is_not_there_is_not_found(chat: SlackChat, slack: FakeSlack) -> None:
    slack.said("C1", "p1")
    await chat.send(replace(post(chat), id="another"))
    assert await chat.find(post(chat)) is None


async def test_a_post_is_found_behind_much_talk(chat: SlackChat, slack: FakeSlack) -> None:
    looked_for = post(chat)
    sent = await chat.send(looked_for)
    for number in range(40):
        slack.said("C1", f"talk {number}")
    assert (await chat.find(looked_for), len(slack.calls("conversations.history"))) == (sent, 3)


async def test_too_much_talk_to_look_through_is_not_taken_for_absence(chat: SlackChat, slack: FakeSlack) -> None:
    looked_for = post(chat)
    for number in range(160):
        slack.said("C1", f"talk {number}")
    with pytest.raises(CannotLook, match="more than 150 messages were said since"):
        await chat.find(looked_for)


async def test_no_more_of_the_past_is_asked_for_than_since_the_first_try(chat: SlackChat, slack: FakeSlack) -> None:
    looked_for = post(chat)
    await chat.find(looked_for)
    (asked,) = slack.calls("conversations.history")
    assert looked_for.first_try is not None
    assert asked.arguments == {
        "channel": "C1",
        "oldest": f"{looked_for.first_try.timestamp() - 5:.6f}",
        "limit": 15,
        "include_all_metadata": True,
    }


@pytest.mark.parametrize(
    ("channel", "scopes", "why"),
    [
        pytest.param("C1", READING[:3], "that takes the scope channels:history", id="without the scope"),
        pytest.param("C3", READING[:4], "that takes the scope groups:history", id="a private one without its scope"),
        pytest.param("C2", READING, "type `/invite @TreatyWatch` there", id="a channel without us"),
    ],
)
async def test_where_we_may_not_read_it_is_told_why(
    chat: SlackChat, slack: FakeSlack, channel: str, scopes: tuple[str, ...], why: str
) -> None:
    slack.workspace.scopes = set(scopes)
    with pytest.raises(CannotLook, match=why):
        await chat.find(post(chat, channel))


@pytest.mark.parametrize("fault", [Fault.rate_limited(30), Fault.http(500), Fault.half(), Fault.html(200)])
async def test_a_look_that_fails_is_no_absence(chat: SlackChat, slack: FakeSlack, fault: Fault) -> None:
    slack.faults.add("conversations.history", fault)
    with pytest.raises(CannotLook):
        await chat.find(post(chat))


# ── the owner ─────────────────────────────────────────────────────────────────

OWNED = Channel(id=CHANNEL, digest=None, set_by="chat", owner="U1")


async def test_who_subscribed_a_channel_is_told_directly_and_of_which_channel(
    chat: SlackChat, slack: FakeSlack
) -> None:
    await chat.tell_owner(OWNED, "It is <archived>. Type `/treaty resume` there.")
    (told,) = slack.posts("U1")
    assert told.text == "It is &lt;archived&gt;. Type `/treaty resume` there."
    assert told.blocks[1]["elements"][0]["elements"] == [
        {"type": "text", "text": "Channel: "},
        {"type": "channel", "channel_id": "C1"},
    ]


async def test_a_channel_of_the_file_has_nobody_to_be_told(chat: SlackChat, slack: FakeSlack) -> None:
    await chat.tell_owner(replace(OWNED, owner=""), "It is archived.")
    assert slack.calls("chat.postMessage") == []


async def test_an_owner_who_cannot_be_told_is_only_logged(chat: SlackChat, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.error("messages_tab_disabled"))
    with capture_logs() as logs:
        await chat.tell_owner(OWNED, "It is archived.")
    assert [(row["event"], row["channel"]) for row in logs] == [("owner.not_told", "slack:T1:C1")]


# ── secrets and surroundings ──────────────────────────────────────────────────


async def test_no_token_stands_in_what_is_shown_of_a_chat_or_of_its_errors(slack: FakeSlack) -> None:
    shown = []
    async with opened(slack) as chat:
        shown += [repr(chat), str(vars(chat))]
        for fault in (Fault.error("invalid_auth"), Fault.http(500), Fault.reset()):
            slack.faults.add("chat.postMessage", fault)
            with pytest.raises(TreatywatchError) as caught:
                await chat.send(post(chat))
            error: BaseException | None = caught.value
            while error is not None:
                shown += [str(error), repr(error)]
                error = error.__cause__
    assert [text for text in shown if slack.bot_token in text or slack.app_token in text] == []


async def test_nothing_is_read_from_the_environment(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with opened(slack) as chat:
        await chat.send(post(chat))
    assert len(slack.posts("C1")) == 1
