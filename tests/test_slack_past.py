"""What of ours stands in a channel of Slack, as its history shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import CannotLook
from bot.chat.slack.traces import trace_of
from tests.fake_slack import Fault
from tests.slack_chats import CHANNEL, fake, opened, post

HOUR = timedelta(hours=1)


async def test_posts_and_their_threads_are_read_with_ids_and_links() -> None:
    async with fake() as slack, opened(slack) as chat:
        first = await chat.send(post(chat))
        await chat.send(replace(post(chat, thread=first.message), id="p2"))
        slack.said("C1", "somebody else, https://example.org/")
        traces = await chat.recent(CHANNEL, since=datetime.now(UTC) - HOUR)
    assert [trace.post for trace in traces] == ["p1", "p2"]
    assert traces[0].message == first.message
    assert traces[0].links[0].startswith("https://")
    assert traces[0].links == traces[1].links


async def test_what_was_said_before_is_left_out() -> None:
    async with fake() as slack, opened(slack) as chat:
        await chat.send(post(chat))
        assert await chat.recent(CHANNEL, since=datetime.now(UTC) + HOUR) == []


async def test_without_the_scope_nothing_can_be_told() -> None:
    async with fake(scopes=("commands", "chat:write")) as slack, opened(slack) as chat:
        with pytest.raises(CannotLook, match="channels:history") as raised:
            await chat.recent(CHANNEL, since=datetime.now(UTC) - HOUR)
        assert raised.value.later is False


async def test_a_busy_slack_can_be_asked_another_time() -> None:
    async with fake() as slack, opened(slack) as chat:
        slack.faults.add("conversations.history", Fault.rate_limited(30))
        with pytest.raises(CannotLook) as raised:
            await chat.recent(CHANNEL, since=datetime.now(UTC) - HOUR)
        assert (raised.value.later, raised.value.after) == (True, timedelta(seconds=30))


async def test_more_than_two_hundred_messages_are_too_many() -> None:
    async with fake() as slack, opened(slack) as chat:
        for number in range(211):
            slack.said("C1", f"message {number}")
        with pytest.raises(CannotLook, match="more than 210 messages were said since"):
            await chat.recent(CHANNEL, since=datetime.now(UTC) - HOUR)


@pytest.mark.parametrize(
    "message",
    [{}, {"ts": "1.0"}, {"ts": "1.0", "metadata": {"event_type": "other", "event_payload": {"id": "p1"}}}],
    ids=["nothing", "no metadata", "metadata of another app"],
)
def test_a_message_that_is_not_ours_leaves_no_trace(message: dict[str, object]) -> None:
    assert trace_of(message) is None
