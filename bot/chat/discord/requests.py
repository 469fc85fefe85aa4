"""Requests to Discord's methods, and what came of each.

discord.py repeats a request by itself that Discord answered with 500, 502, 504 or 524. It cannot be told not to, and
need not be: a message carries its nonce, so one that landed all the same is given back instead of standing twice; all
else that we ask for changes nothing a second time. What a short wait does not mend ends as an error, and the outbox
goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient, Route
from yarl import URL

from bot.chat.discord import verdict
from bot.errors import TryLater, Unsure

# A request ends before the post that waits for it, so that we know how far it came.
WHOLE_SECONDS = 9.0
# discord.py sleeps through a 429 inside the request, and takes no bound under half a minute when it is made; of what
# is longer than this, the outbox hears.
SLEEP_SECONDS = 4.0
LOGGER = logging.getLogger("discord")


class Failure(Exception):
    """A request that did not come to a good end."""

    def __init__(self, outcome: verdict.Verdict, *, code: int = 0) -> None:
        self.verdict, self.code = outcome, code
        super().__init__(str(outcome))


class Requests:
    """One application's way to Discord's methods."""

    def __init__(self, http: HTTPClient) -> None:
        self._http = http

    @classmethod
    @asynccontextmanager
    async def open(cls, token: str, *, api_url: str, gateway_url: str) -> AsyncIterator[Requests]:
        """The token tried, and one session for all requests; raises TreatywatchError."""
        _hush()
        Route.BASE = api_url
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)
        # A connection kept open may be closed by Discord in the very moment of the next request: each gets a new one.
        http = HTTPClient(asyncio.get_running_loop(), aiohttp.TCPConnector(force_close=True), max_ratelimit_timeout=60)
        http.max_ratelimit_timeout = SLEEP_SECONDS
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                user: object = await http.static_login(token)
        except discord.LoginFailure as error:
            await http.close()
            raise verdict.not_taken(401) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            await http.close()
            raise verdict.not_taken(getattr(error, "status", None)) from error
        if not isinstance(user, dict) or "id" not in user:  # a portal's page, and no answer of Discord's
            await http.close()
            raise verdict.not_taken(None)
        try:
            yield cls(http)
        finally:
            await http.close()

    async def ask(self, method: str, path: str, json: object = None, **parameters: str) -> Any:
        """What Discord answers; raises Failure. `parameters` stand in the path and its query."""
        body: dict[str, Any] = {} if json is None else {"json": json}
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._http.request(Route(method, path, **parameters), **body)
        except discord.RateLimited as error:
            outcome = TryLater("Discord asks to wait", retry_after=verdict.wait(error.retry_after))
            raise Failure(outcome) from error
        except discord.HTTPException as error:
            raise _failure(error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # Name, connection or TLS: nothing of the request was written.
            raise Failure(TryLater("Discord cannot be reached", retry_after=verdict.AGAIN)) from error
        # What should be JSON and is none, discord.py partly stumbles over.
        except (aiohttp.ClientError, OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise Failure(Unsure(f"Discord's answer was lost ({type(error).__name__})")) from error

    async def respond(self, interaction: str, token: str, body: object) -> None:
        """Answer an interaction for the first time, within three seconds; raises Failure."""
        # Named as parts of a webhook's address, so that discord.py holds each for a route of its own.
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self.ask("POST", path, body, webhook_id=interaction, webhook_token=token)

    async def follow(self, application: str, token: str, body: object, *, instead: bool = False) -> None:
        """Say more to it, within a quarter of an hour; `instead`: of its first answer. Raises Failure."""
        path = "/webhooks/{webhook_id}/{webhook_token}" + ("/messages/@original" if instead else "")
        await self.ask("PATCH" if instead else "POST", path, body, webhook_id=application, webhook_token=token)


def _failure(error: discord.HTTPException) -> Failure:
    headers = error.response.headers
    after = headers.get("Retry-After", "")
    retry_after = float(after) if after.replace(".", "", 1).isdecimal() else None
    return Failure(verdict.verdict(error.code, status=error.status, retry_after=retry_after), code=error.code)


def _hush() -> None:
    """Let discord.py say nothing by itself: its lines are no events, and some of them hold a token."""
    LOGGER.addHandler(logging.NullHandler())
    LOGGER.setLevel(logging.CRITICAL)
    LOGGER.propagate = False
