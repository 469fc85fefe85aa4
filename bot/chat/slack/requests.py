"""One request to Slack, and what came of it; the SDK's own errors end here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat import AGAIN
from bot.chat.slack import verdict
from bot.chat.slack.traces import EVENT
from bot.errors import TryLater, Unsure
from bot.log import log

# The SDK would log requests whole, response_urls included, to a root that listens at debug.
QUIET = logging.Logger("slack", logging.CRITICAL)
QUIET.addHandler(logging.NullHandler())


class Failure(Exception):
    """A request that did not come to a good end."""

    def __init__(self, outcome: verdict.Verdict, *, code: str | None = None, needed: str | None = None) -> None:
        self.verdict, self.code, self.needed = outcome, code, needed  # needed: the scope that Slack misses
        super().__init__(str(outcome))


async def result(request: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """What Slack answered with `ok`; raises Failure."""
    try:
        data = (await request).data
    except SlackApiError as error:
        raise _failure(error.response) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        # Name, connection or TLS: nothing of the request was written.
        raise Failure(TryLater("Slack cannot be reached", retry_after=AGAIN)) from error
    # What is not JSON, or JSON but no object, the SDK partly stumbles over.
    except (aiohttp.ClientError, OSError, ValueError, AttributeError, TypeError) as error:
        raise Failure(Unsure(f"Slack's answer was lost ({type(error).__name__})")) from error
    return data if isinstance(data, dict) else {}


def _failure(response: object) -> Failure:
    """What an error of Slack's means; of an answer that is no JSON the SDK gives aiohttp's own response."""
    status: int = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    data, headers = getattr(response, "data", None), getattr(response, "headers", {})
    told = data if isinstance(data, dict) else {}
    code = str(told["error"]) if told.get("error") else None
    outcome = verdict.verdict(code, status=status, retry_after=headers.get("Retry-After"))
    return Failure(outcome, code=code, needed=told.get("needed"))


async def tried(name: verdict.Token, request: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """What Slack answers to a token at the start; raises TreatywatchError."""
    try:
        return await result(request)
    except Failure as failure:
        raise verdict.not_taken(name, failure.verdict, failure.code) from failure


async def responded(hooks: aiohttp.ClientSession, url: str, body: Mapping[str, Any]) -> bool:
    """Whether a response_url took an answer.

    Should a connection that was kept open be closed in this very moment, the answer is given once more: seen twice, it
    harms nobody.
    """
    for _ in range(2):
        try:
            async with hooks.post(url, json=body) as response:
                return response.status == 200
        except aiohttp.ServerDisconnectedError:
            continue
        except (aiohttp.ClientError, OSError, ValueError) as error:
            log.info("response_url.failed", why=type(error).__name__)
            return False
    return False


async def say(web: AsyncWebClient, channel: str, body: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Post a message in a channel, or to a person; `key`: its id in the metadata. Raises Failure."""
    metadata = {"event_type": EVENT, "event_payload": {"id": key}}
    return await result(web.api_call("chat.postMessage", json={"channel": channel, **body, "metadata": metadata}))
