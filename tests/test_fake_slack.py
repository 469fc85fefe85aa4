"""The fake Slack is true enough that Slack's own Python SDK and Bolt run on it unchanged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fake_slack import FakeSlack, Fault

HISTORY = ("commands", "chat:write", "chat:write.public", "channels:history", "groups:history")
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Norway ratifies"}}
Said = Callable[..., Awaitable[Any]]


def post(key: str = "1", **more: object) -> dict[str, Any]:
    """Arguments of a message that breaks no rule."""
    metadata = {"event_type": "treatywatch_post", "event_payload": {"id": key}}
    given = {"channel": "C1", "text": "1 new story", "unfurl_links": False, "unfurl_media": False}
    return given | {"metadata": metadata} | more


@asynccontextmanager
async def client(slack: FakeSlack, token: str | None = None) -> AsyncIterator[AsyncWebClient]:
    """The SDK's own client, without its retries."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token or slack.bot_token, base_url=slack.url, session=session, retry_handlers=[])


@asynccontextmanager
async def bolt(slack: FakeSlack, *, connects: bool = True) -> AsyncIterator[tuple[AsyncApp, AsyncSocketModeHandler]]:
    """Bolt's own app on Socket Mode; its loops turn every 50 ms."""
    async with client(slack) as web:
        app = AsyncApp(client=web)
        handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.05)
        try:
            if connects:
                await handler.connect_async()  # type: ignore[no-untyped-call]  # ships so
            yield app, handler
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # ships so


async def error_of(call: Awaitable[object]) -> dict[str, Any]:
    """What Slack says when it refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


# ── Web API


async def test_a_post_stands_in_its_channel_with_all_it_carries() -> None:
    async with FakeSlack() as slack, client(slack) as web:
        answer = await web.chat_postMessage(**post("a", blocks=[SECTION]))
        (posted,) = slack.posts("C1")
        assert (posted.ts, posted.text, posted.key) == (answer["ts"], "1 new story", "a")
        assert posted.words == "Norway ratifies"
        assert [asked.method for asked in slack.asked] == ["chat.postMessage"]


async def test_the_ids_of_messages_grow_while_the_clock_stands_still() -> None:
    moment = datetime(2025, 10, 27, 8, tzinfo=UTC)
    async with FakeSlack(now=lambda: moment) as slack, client(slack) as web:
        for key in ("a", "b"):
            await web.chat_postMessage(**post(key))
        assert [posted.ts for posted in slack.posts("C1")] == ["1761552000.000100", "1761552000.000200"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        pytest.param("C9", "channel_not_found", id="unknown"),
        pytest.param("C4", "channel_not_found", id="private without us"),
        pytest.param("C5", "is_archived", id="archived"),
    ],
)
async def test_a_channel_that_takes_nothing_says_why(channel: str, error: str) -> None:
    async with FakeSlack() as slack, client(slack) as web:
        assert (await error_of(web.chat_postMessage(**post(channel=channel))))["error"] == error


async def test_a_public_channel_is_open_to_us_only_with_the_scope_for_it() -> None:
    async with FakeSlack() as slack, client(slack) as web:
        await web.chat_postMessage(**post(channel="C2"))
        slack.workspace.scopes.remove("chat:write.public")
        assert (await error_of(web.chat_postMessage(**post(channel="C2"))))["error"] == "not_in_channel"


async def test_a_post_to_a_person_opens_a_direct_conversation() -> None:
    async with FakeSlack() as slack, client(slack) as web:
        answer = await web.chat_postMessage(**post(channel="U1"))
        assert answer["channel"] == "D1"
        assert [posted.text for posted in slack.posts("U1")] == ["1 new story"]


@pytest.mark.parametrize(
    ("token", "error"),
    [("xoxb-other", "invalid_auth"), ("xapp-of-the-fake", "not_allowed_token_type")],
    ids=["unknown", "of the wrong kind"],
)
async def test_a_wrong_token_is_refused(token: str, error: str) -> None:
    async with FakeSlack() as slack, client(slack, token) as web:
        assert (await error_of(web.auth_test()))["error"] == error


async def test_an_unknown_method_is_not_waved_through() -> None:
    async with FakeSlack() as slack, client(slack) as web:
        assert (await error_of(web.api_call("chat.shout")))["error"] == "unknown_method"


async def test_history_needs_its_scope_and_says_which() -> None:
    async with FakeSlack() as slack, client(slack) as web:
        told = await error_of(web.conversations_history(channel="C1"))
        assert (told["error"], told["needed"]) == ("missing_scope", "channels:history")
        assert told["provided"] == "chat:write,chat:write.public,commands"


async def test_history_finds_a_post_by_its_metadata_among_what_others_say() -> None:
    async with FakeSlack(scopes=HISTORY) as slack, client(slack) as web:
        first = await web.chat_postMessage(**post("a"))
        slack.said("C1", "Good news")
        await web.chat_postMessage(**post("b", thread_ts=first["ts"]))
        await web.chat_postMessage(**post("c"))
        told = await web.conversations_history(channel="C1", oldest=first["ts"], limit=15, include_all_metadata=True)
        keys = [row.get("metadata", {}).get("event_payload", {}).get("id") for row in told["messages"]]
        assert keys == ["c", None]
        bare = await web.conversations_history(channel="C1", limit=1)
        assert ("metadata" in bare["messages"][0], bare["has_more"]) == (False, True)
        thread = await web.conversations_replies(channel="C1", ts=first["ts"], include_all_metadata=True)
        assert [row["metadata"]["event_payload"]["id"] for row in thread["messages"]] == ["a", "b"]


async def test_a_page_of_history_leads_to_the_next() -> None:
    async with FakeSlack(scopes=HISTORY) as slack, client(slack) as web:
        for text in ("one", "two", "three"):
            slack.said("C1", text)
        pages = [
            [row["text"] for row in page["messages"]]
            async for page in await web.conversations_history(channel="C1", limit=2)
        ]
        assert pages == [["three", "two"], ["one"]]


async def test_a_message_is_edited_in_place() -> None:
    async with FakeSlack() as slack, client(slack) as web:
        answer = await web.chat_postMessage(**post("a"))
        await web.chat_update(channel="C1", ts=answer["ts"], text="Corrected")
        (posted,) = slack.posts("C1")
        assert (posted.text, posted.key, posted.edits) == ("Corrected", "a", 1)


async def test_a_whisper_is_no_message_of_the_channel() -> None:
    async with FakeSlack() as slack, client(slack) as web:
        await web.chat_postEphemeral(channel="C1", user="U1", text="Only for you")
        assert [(one.user, one.text) for one in slack.workspace.whispers] == [("U1", "Only for you")]
        assert slack.posts("C1") == []


async def test_rooms_and_people_are_told_to_who_may_ask() -> None:
    async with FakeSlack(scopes=("channels:read", "users:read")) as slack, client(slack) as web:
        assert (await web.conversations_info(channel="C1"))["channel"]["name"] == "treaties"
        assert (await web.users_info(user="U2"))["user"]["tz"] == "America/New_York"


@pytest.mark.parametrize("via", ["json", "form", "query"])
async def test_arguments_may_come_in_every_way_that_slack_takes(via: str) -> None:
    arguments = post("a", blocks=[SECTION])
    flat = {key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()}
    async with FakeSlack() as slack, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.bot_token}"}
        given: dict[str, Any] = {"json": {"json": arguments}, "form": {"data": flat}, "query": {"params": flat}}[via]
        verb = "GET" if via == "query" else "POST"
        async with session.request(verb, slack.url + "chat.postMessage", headers=headers, **given) as response:
            assert (await response.json())["ok"]
        assert slack.asked[0].arguments == arguments
        assert slack.asked[0].via == via


# ── Socket Mode, by Bolt


async def test_bolt_connects_and_answers_a_command_over_its_response_url() -> None:
    async with FakeSlack() as slack, bolt(slack) as (app, _):

        @app.command("/treaty")
        async def answer(ack: Said, respond: Said, command: dict[str, str], client: AsyncWebClient) -> None:
            await ack()
            await respond(f"You said {command['text']}")
            await client.chat_postMessage(**post("a", channel=command["channel_id"]))

        await slack.connected()
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C1", user="U1")
        reply = await exchange.answer()
        assert (reply.text, reply.in_channel, reply.via) == ("You said subscribe ratification", False, "response_url")
        assert [posted.key for posted in await slack.posted("C1")] == ["a"]


async def test_what_comes_with_the_acknowledgement_is_an_answer_too() -> None:
    async with FakeSlack() as slack, bolt(slack) as (app, _):

        @app.command("/treaty")
        async def answer(ack: Said) -> None:
            await ack("At once")

        exchange = await slack.command("/treaty", "help", channel="C1", user="U1")
        assert [(reply.text, reply.via) for reply in exchange.replies] == [("At once", "ack")]
        assert exchange.acks[0].took_s < 3


async def test_a_command_that_nobody_acknowledges_fails_the_test_that_sent_it() -> None:
    async with FakeSlack() as slack, bolt(slack):
        exchange = await slack.send_command("/unknown", "", channel="C1", user="U1")
        with pytest.raises(AssertionError, match="was not acknowledged"):
            await exchange.acked(within_s=0.2)


async def test_an_envelope_delivered_again_is_the_same_and_says_so() -> None:
    seen = []
    async with FakeSlack() as slack, bolt(slack) as (app, _):

        @app.command("/treaty")
        async def answer(ack: Said, command: dict[str, str], request: Any) -> None:
            await ack()
            seen.append((command["trigger_id"], request.headers.get("x-slack-retry-num")))

        exchange = await slack.command("/treaty", "help", channel="C1", user="U1")
        await (await slack.redeliver(exchange)).acked()
        assert seen == [(exchange.trigger_id, None), (exchange.trigger_id, ["1"])]
        assert len(exchange.acks) == 2


async def test_buttons_forms_and_events_reach_their_listeners() -> None:
    seen = []
    button = {"type": "button", "text": {"type": "plain_text", "text": "Mute"}, "action_id": "mute", "value": "7"}
    form = {
        "type": "modal",
        "callback_id": "wish",
        "title": {"type": "plain_text", "text": "Subscribe"},
        "blocks": [SECTION],
    }
    async with FakeSlack() as slack, bolt(slack) as (app, _):

        @app.action("mute")
        async def muted(ack: Said, action: dict[str, str], respond: Said, body: dict[str, Any]) -> None:
            await ack()
            await app.client.views_open(trigger_id=body["trigger_id"], view=form)
            await respond(text=f"Muted {action['value']}", replace_original=True)

        @app.view("wish")
        async def wished(ack: Said, view: dict[str, Any]) -> None:
            await ack()
            seen.append(view["state"]["values"])

        @app.event("app_home_opened")
        async def home(event: dict[str, str], client: AsyncWebClient) -> None:
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [SECTION]})

        await app.client.chat_postMessage(**post("a", blocks=[{"type": "actions", "elements": [button]}]))
        exchange = await slack.press(slack.posts("C1")[0], "mute", user="U2")
        await exchange.answer()
        assert slack.posts("C1")[0].text == "Muted 7"
        assert slack.workspace.forms[0].user == "U2"
        await slack.submit(slack.workspace.forms[0], {"b": {"a": {"value": "x"}}}, user="U2")
        await slack.event("app_home_opened", user="U1", tab="home", channel="D1")
        await slack.called("views.publish")
        assert (seen, list(slack.workspace.homes)) == ([{"b": {"a": {"value": "x"}}}], ["U1"])


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_bolt_comes_back_over_a_new_socket_when_it_is_asked_to_go(reason: str) -> None:
    async with FakeSlack() as slack, bolt(slack):
        await slack.disconnect(reason)
        await slack.connected(opened=2)
        assert len({upgrade.ticket for upgrade in slack.socket.upgrades}) == 2


async def test_with_the_link_disabled_no_new_socket_is_given_out() -> None:
    async with FakeSlack() as slack, bolt(slack):
        await slack.disconnect("link_disabled")
        await slack.called("apps.connections.open", 2)
        assert slack.socket.opened == 1


async def test_bolt_comes_back_after_its_socket_is_dropped() -> None:
    async with FakeSlack() as slack, bolt(slack):
        slack.drop()
        await slack.connected(opened=2)


async def test_an_sdk_whose_socket_was_refused_asks_with_the_same_used_ticket_again_and_again() -> None:
    async with FakeSlack() as slack, bolt(slack) as (_, handler):
        slack.faults.add("link", Fault.http(408))
        before = slack.socket.opened
        slack.drop()
        await slack.until(lambda: len(slack.socket.upgrades) >= 5, "it gave up")
        refused = slack.socket.upgrades[1:5]
        assert ({one.status for one in refused}, len({one.ticket for one in refused})) == ({408}, 1)
        handler.client.wss_uri = None
        await slack.connected(opened=before + 1)


async def test_an_envelope_goes_to_one_socket_of_several() -> None:
    heard = []

    def listens(app: AsyncApp, name: str) -> None:
        @app.command("/treaty")
        async def answer(ack: Said) -> None:
            heard.append(name)
            await ack()

    async with FakeSlack() as slack, bolt(slack) as (one, _), bolt(slack) as (two, _):
        listens(one, "one")
        listens(two, "two")
        await slack.connected(opened=2)
        for _ in range(4):
            await slack.command("/treaty", "help", channel="C1", user="U1")
        assert sorted(heard) == ["one", "one", "two", "two"]


async def test_a_response_url_serves_five_times_within_half_an_hour() -> None:
    moment = [datetime(2025, 10, 27, 8, tzinfo=UTC)]
    async with FakeSlack(now=lambda: moment[0]) as slack, bolt(slack) as (app, _):

        @app.command("/treaty")
        async def answer(ack: Said) -> None:
            await ack()

        used = await slack.command("/treaty", "help", channel="C1", user="U1")
        late = await slack.command("/treaty", "help", channel="C1", user="U1")
        hook = AsyncWebhookClient(used.response_url)
        statuses = [(await hook.send(text=f"Part {number}")).status_code for number in range(6)]
        assert statuses == [200, 200, 200, 200, 200, 404]
        moment[0] += timedelta(minutes=31)
        assert (await AsyncWebhookClient(late.response_url).send(text="Late")).status_code == 404


async def test_an_answer_for_all_stands_in_the_channel() -> None:
    async with FakeSlack() as slack, bolt(slack) as (app, _):

        @app.command("/treaty")
        async def answer(ack: Said, respond: Said) -> None:
            await ack()
            await respond("Subscribed", response_type="in_channel", unfurl_links=False, unfurl_media=False)

        await slack.command("/treaty", "subscribe ai", channel="C1", user="U1")
        (posted,) = await slack.posted("C1")
        assert (posted.text, posted.via) == ("Subscribed", "response_url")
