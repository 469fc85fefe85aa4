"""The fake Slack as a process of its own, driven and read from another one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import Fault, Posted, running

Said = Callable[..., Awaitable[Any]]


def post(key: str) -> dict[str, Any]:
    """Arguments of a message that breaks no rule."""
    metadata = {"event_type": "treatywatch_post", "event_payload": {"id": key}}
    given = {"channel": "C1", "text": "1 new story", "unfurl_links": False, "unfurl_media": False}
    return given | {"metadata": metadata}


async def error_of(call: Awaitable[object]) -> str:
    """What Slack says when it refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_the_fake_runs_as_a_process_that_another_one_drives(tmp_path: Path) -> None:
    log = tmp_path / "slack.jsonl"
    async with running(log) as slack, aiohttp.ClientSession() as session:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session, retry_handlers=[])
        app = AsyncApp(client=web)
        handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.05)

        @app.command("/treaty")
        async def answer(ack: Said, respond: Said) -> None:
            await ack()
            await respond("Heard")

        await handler.connect_async()  # type: ignore[no-untyped-call]  # ships so
        await slack.connected()
        heard = await slack.command("/treaty", "help", channel="C1", user="U1")
        assert [reply.text for reply in heard.replies] == ["Heard"]
        await slack.fault("chat.postMessage", Fault.error("fatal_error", accepted=True))
        assert await error_of(web.chat_postMessage(**post("a"))) == "fatal_error"
        posted: list[Posted] = await slack.posts("C1")
        assert [one.key for one in posted] == ["a"]
        await handler.close_async()  # type: ignore[no-untyped-call]  # ships so
        await slack.disconnected()
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    events = [row["event"] for row in rows]
    assert events.index("acked") < events.index("posted")
    assert rows[events.index("posted")]["told"]["metadata"]["event_payload"] == {"id": "a"}


async def test_from_another_process_a_request_is_held_where_its_message_stands_already(tmp_path: Path) -> None:
    async with running(tmp_path / "slack.jsonl") as slack, aiohttp.ClientSession() as session:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session, retry_handlers=[])
        await slack.change_room("C1", member=False)
        await slack.grant(["chat:write"])
        assert await error_of(web.chat_postMessage(**post("a"))) == "not_in_channel"
        await slack.change_room("C1", member=True)
        held = await slack.fault("chat.postMessage", Fault.hangs(accepted=True))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(web.chat_postMessage(**post("b")), name="post")
            await slack.hit(held)
            assert ([one.key for one in await slack.posts("C1")], task.done()) == (["b"], False)
            await slack.release(held)
        assert [asked.method for asked in await slack.asked()] == ["chat.postMessage", "chat.postMessage"]


async def test_what_is_violated_in_another_process_fails_the_test_here(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="has no metadata"):
        async with running(tmp_path / "slack.jsonl") as slack, aiohttp.ClientSession() as session:
            await AsyncWebClient(slack.bot_token, base_url=slack.url, session=session).chat_postMessage(
                channel="C1", text="x", unfurl_links=False, unfurl_media=False
            )


async def test_what_was_posted_stands_again_after_the_fake_was_started_anew(tmp_path: Path) -> None:
    for number in range(2):
        async with running(tmp_path / "slack.jsonl") as slack, aiohttp.ClientSession() as session:
            web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session, retry_handlers=[])
            await web.chat_postMessage(**post(str(number)))
            told = await slack.posts("C1")
    assert [one.key for one in told] == ["0", "1"]
    assert told[0].ts < told[1].ts


async def test_nobody_listens_while_it_is_down_and_then_it_is_up_again(tmp_path: Path) -> None:
    async with running(tmp_path / "slack.jsonl") as slack, aiohttp.ClientSession() as session:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session, retry_handlers=[])
        await slack.down(0.3)
        states = ["up"]
        async with asyncio.timeout(60):
            while states != ["up", "down", "up"]:
                try:
                    await web.api_test()
                    state = "up"
                except aiohttp.ClientError:
                    state = "down"
                states += [state] if state != states[-1] else []
