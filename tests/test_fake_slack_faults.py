"""Every fault of the fake Slack does what it says, as Slack's own SDK feels it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fake_slack import FakeSlack, Fault

POST: dict[str, Any] = {
    "channel": "C1",
    "text": "1 new story",
    "unfurl_links": False,
    "unfurl_media": False,
    "metadata": {"event_type": "treatywatch_post", "event_payload": {"id": "a"}},
}
HISTORY = ("chat:write", "channels:history")
MOMENT = datetime(2026, 3, 2, 10, tzinfo=UTC)


@asynccontextmanager
async def fake(*, retries: bool = False) -> AsyncIterator[tuple[FakeSlack, AsyncWebClient]]:
    """A fake and the SDK's client over it."""
    async with FakeSlack(scopes=HISTORY) as slack, aiohttp.ClientSession() as session:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
        if not retries:
            web.retry_handlers.clear()
        yield slack, web


async def refused(web: AsyncWebClient) -> SlackApiError:
    """The error of a post that fails with an answer."""
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(**POST)
    return caught.value


@pytest.mark.parametrize(
    ("retry_after", "header"),
    [(1, "1"), (30, "30"), (0, "0"), (None, None), ("abc", "abc"), (99999999, "99999999")],
    ids=["1", "30", "0", "absent", "no number", "three years"],
)
async def test_a_rate_limit_is_a_429_with_its_retry_after(retry_after: int | str | None, header: str | None) -> None:
    async with fake() as (slack, web):
        slack.faults.add("chat.postMessage", Fault.rate_limited(retry_after))
        error = await refused(web)
        assert (error.response.status_code, error.response["error"]) == (429, "ratelimited")
        assert error.response.headers.get("Retry-After") == header
        assert slack.posts("C1") == []


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.http, 500), (Fault.html, 502), (Fault.html, 200)],
    ids=["500", "502 with a web page", "200 with a web page"],
)
@pytest.mark.parametrize("accepted", [False, True], ids=["not accepted", "accepted all the same"])
async def test_a_failing_server_may_have_taken_the_message(
    fault: Callable[..., Fault], status: int, accepted: bool
) -> None:
    async with fake() as (slack, web):
        slack.faults.add("chat.postMessage", fault(status, accepted=accepted))
        error = await refused(web)
        assert error.response.status_code == status
        assert len(slack.posts("C1")) == int(accepted)


@pytest.mark.parametrize("error", ["internal_error", "fatal_error"])
@pytest.mark.parametrize("accepted", [False, True], ids=["not accepted", "accepted all the same"])
async def test_slacks_own_errors_leave_it_open_whether_the_message_landed(error: str, accepted: bool) -> None:
    async with fake() as (slack, web):
        slack.faults.add("chat.postMessage", Fault.error(error, accepted=accepted))
        assert (await refused(web)).response["error"] == error
        assert len(slack.posts("C1")) == int(accepted)


async def test_an_error_carries_what_stands_beside_it() -> None:
    async with fake() as (slack, web):
        slack.faults.add("chat.postMessage", Fault.error("missing_scope", needed="chat:write"))
        assert (await refused(web)).response["needed"] == "chat:write"


@pytest.mark.parametrize("accepted", [False, True], ids=["before it was accepted", "after it was accepted"])
async def test_a_reset_connection_gives_no_answer(accepted: bool) -> None:
    async with fake() as (slack, web):
        slack.faults.add("chat.postMessage", Fault.reset(accepted=accepted))
        with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
            await web.chat_postMessage(**POST)
        assert (len(slack.posts("C1")), len(slack.asked)) == (int(accepted), 1)


async def test_the_sdks_own_retries_post_twice_when_the_answer_is_lost() -> None:
    async with fake(retries=True) as (slack, web):
        slack.faults.add("chat.postMessage", Fault.reset(accepted=True))
        await web.chat_postMessage(**POST)
        assert len(slack.posts("C1")) == 2


async def test_half_an_answer_is_none() -> None:
    async with fake() as (slack, web):
        slack.faults.add("chat.postMessage", Fault.half())
        with pytest.raises(aiohttp.ClientPayloadError):
            await web.chat_postMessage(**POST)
        assert len(slack.posts("C1")) == 1


@pytest.mark.parametrize(("accepted", "before"), [(False, 0), (True, 1)], ids=["not yet accepted", "accepted"])
async def test_a_hanging_request_goes_on_when_it_is_released(accepted: bool, before: int) -> None:
    async with fake() as (slack, web), asyncio.TaskGroup() as group:
        stuck = slack.faults.add("chat.postMessage", Fault.hangs(accepted=accepted))
        task = group.create_task(web.chat_postMessage(**POST), name="post")
        await stuck.hit()
        assert (len(slack.posts("C1")), task.done()) == (before, False)
        stuck.release()
        assert (await task)["ok"]
        assert len(slack.posts("C1")) == 1


async def test_a_request_that_nobody_waits_for_any_more_may_still_be_accepted() -> None:
    async with fake() as (slack, web):
        stuck = slack.faults.add("chat.postMessage", Fault.hangs())
        task = asyncio.ensure_future(web.chat_postMessage(**POST))
        await stuck.hit()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        stuck.release()
        await slack.posted("C1")


async def test_history_may_lag_behind_what_was_posted() -> None:
    async with fake() as (slack, web):
        await web.chat_postMessage(**POST)
        slack.faults.add("conversations.history", Fault.lags())
        assert (await web.conversations_history(channel="C1"))["messages"] == []
        assert len((await web.conversations_history(channel="C1"))["messages"]) == 1


async def test_faults_happen_in_the_order_in_which_they_were_armed() -> None:
    async with fake() as (slack, web):
        slack.faults.add("chat.postMessage", Fault.rate_limited(1), times=2)
        slack.faults.add("*", Fault.http(500))
        assert [(await refused(web)).response.status_code for _ in range(3)] == [429, 429, 500]
        assert (await web.chat_postMessage(**POST))["ok"]


async def test_a_fault_without_end_lasts_until_it_is_cleared() -> None:
    async with fake() as (slack, web):
        slack.faults.add("*", Fault.error("token_revoked"), times=None)
        assert [(await refused(web)).response["error"] for _ in range(3)] == ["token_revoked"] * 3
        slack.faults.clear()
        assert (await web.chat_postMessage(**POST))["ok"]


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.http(404), 404), (Fault.http(408), 408)], ids=["not found", "timeout"]
)
async def test_a_refused_upgrade_uses_its_ticket_up(fault: Fault, status: int) -> None:
    async with fake() as (slack, _), aiohttp.ClientSession() as session:
        web = AsyncWebClient(slack.app_token, base_url=slack.url, session=session)
        told = await web.apps_connections_open(app_token=slack.app_token)
        slack.faults.add("link", fault)
        with pytest.raises(aiohttp.WSServerHandshakeError, match=str(status)):
            await session.ws_connect(told["url"])
        with pytest.raises(aiohttp.WSServerHandshakeError, match="408"):
            await session.ws_connect(told["url"])
        assert [one.status for one in slack.socket.upgrades] == [status, 408]


async def test_a_mute_socket_stays_open_and_answers_no_ping() -> None:
    async with fake() as (slack, _), aiohttp.ClientSession() as session:
        web = AsyncWebClient(slack.app_token, base_url=slack.url, session=session)
        told = await web.apps_connections_open(app_token=slack.app_token)
        async with session.ws_connect(told["url"], autoping=False) as ws:
            assert (await ws.receive_json())["type"] == "hello"
            await ws.ping(b"one")
            assert (await ws.receive()).type == aiohttp.WSMsgType.PONG
            slack.socket.mute = True
            await ws.ping(b"two")
            with pytest.raises(TimeoutError):
                await ws.receive(timeout=0.1)


async def test_a_response_url_may_fail_too() -> None:
    async with fake() as (slack, _):
        slack.faults.add("response_url", Fault.http(500))
        answer = await AsyncWebhookClient(slack.url.replace("/api/", "/resp/x")).send(text="Hello")
        assert answer.status_code == 500


async def test_a_server_that_is_down_refuses_connections_until_it_is_up_again() -> None:
    async with fake() as (slack, web):
        await slack.go_down()
        with pytest.raises(aiohttp.ClientConnectorError):
            await web.chat_postMessage(**POST)
        assert slack.asked == []
        await slack.come_up()
        assert (await web.chat_postMessage(**POST))["ok"]


async def test_a_late_request_is_accepted_after_its_client_has_gone() -> None:
    async with fake() as (slack, web):
        late = slack.faults.add("chat.postMessage", Fault.late(0.2))
        asking = asyncio.ensure_future(web.chat_postMessage(**POST))
        await late.hit()
        asking.cancel()
        assert slack.posts("C1") == []
        await slack.posted("C1")


async def test_history_may_lag_behind_by_seconds() -> None:
    async with fake() as (slack, web):
        slack.faults.add("conversations.history", Fault.lags(seconds=60), times=None)
        slack.workspace.now = lambda: MOMENT
        await web.chat_postMessage(**POST)
        assert (await web.conversations_history(channel="C1"))["messages"] == []
        slack.workspace.now = lambda: MOMENT + timedelta(seconds=60)
        assert len((await web.conversations_history(channel="C1"))["messages"]) == 1


async def test_a_fault_may_let_some_requests_pass_first() -> None:
    async with fake() as (slack, web):
        slack.faults.add("*", Fault.http(500), skip=1)
        assert (await web.chat_postMessage(**POST))["ok"]
        assert (await refused(web)).response.status_code == 500
        assert (await web.chat_postMessage(**POST))["ok"]


async def test_a_fault_may_meet_a_share_of_the_requests_the_same_at_each_run() -> None:
    async with fake() as (slack, _):
        met = []
        for _ in range(2):
            slack.faults.add("chat.postMessage", Fault.reset(), times=None, share=0.3)
            met.append([slack.faults.take("chat.postMessage") is not None for _ in range(100)])
            slack.faults.clear()
        assert met[0] == met[1]
        assert 15 < sum(met[0]) < 45
