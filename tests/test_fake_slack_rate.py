"""The fake Slack holds Slack's limit where a test wants it, and sees who does not wait."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

START = datetime(2025, 10, 27, 8, 0, tzinfo=UTC)
POST: dict[str, Any] = {
    "text": "1 new story",
    "unfurl_links": False,
    "unfurl_media": False,
    "metadata": {"event_type": "treatywatch_post", "event_payload": {"id": "a"}},
}


class Sender:
    """Posts at seconds after the start; what came of it: "" where it was taken."""

    def __init__(self) -> None:
        self.moment = START
        self.slack = FakeSlack(now=lambda: self.moment)

    async def at(self, seconds: float, channel: str = "C1") -> str:
        self.moment = START + timedelta(seconds=seconds)
        web = AsyncWebClient(token=self.slack.bot_token, base_url=self.slack.url, retry_handlers=[])
        web.proxy = None
        try:
            await web.api_call("chat.postMessage", json=POST | {"channel": channel})
        except SlackApiError as error:
            return f"{error.response['error']} {error.response.headers['Retry-After']}"
        return ""


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    made = Sender()
    async with made.slack:
        made.slack.rate.every = timedelta(seconds=1)
        yield made


async def test_a_message_in_the_second_of_another_is_answered_with_429(sender: Sender) -> None:
    assert [await sender.at(0), await sender.at(0.9), await sender.at(1.9)] == ["", "ratelimited 1", ""]
    assert len(sender.slack.posts("C1")) == 2


async def test_each_channel_has_a_second_of_its_own(sender: Sender) -> None:
    assert [await sender.at(0, "C1"), await sender.at(0.1, "C3")] == ["", ""]


async def test_without_the_limit_all_are_taken(sender: Sender) -> None:
    sender.slack.rate.every = timedelta()
    assert [await sender.at(0), await sender.at(0.1)] == ["", ""]


async def test_who_does_not_wait_as_long_as_he_was_told_breaks_a_rule(sender: Sender) -> None:
    violations = sender.slack.expect_violations()
    assert [await sender.at(0), await sender.at(0.5), await sender.at(1.2)] == ["", "ratelimited 1", ""]
    assert violations == ["chat.postMessage no. 3: Retry-After of C1 is not over"]
