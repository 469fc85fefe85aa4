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
from discord.http import HTTPClient, Ratelimit, Route
from yarl import URL

from bot.chat import AGAIN
from bot.chat.discord import verdict
from bot.errors import TryLater, Unsure

# A request ends before the post that waits for it, so that we know how far it came.
WHOLE_SECONDS = 9.0
# So long a request waits when Discord asks it to, in all; of what is longer, the outbox hears.
SLEEP_SECONDS = 4.0
# discord.py sleeps through a 429 that asks for less than its bound, and takes no bound under half a minute when it is
# made. Cancelled in that sleep it keeps every later request waiting for ever, so once begun it is never to sleep.
NO_SLEEP = -1.0
LOGGER = logging.getLogger("discord")
Json = dict[str, Any]  # the shapes are Discord's


class Failure(Exception):
    """A request that did not come to a good end."""

    def __init__(self, outcome: verdict.Verdict, *, code: int = 0) -> None:
        self.verdict, self.code = outcome, code
        super().__init__(str(outcome))


class Bucket(Ratelimit):
    """What Discord takes of one kind of request; who is too early hears how long to wait, and nobody sleeps in it.

    discord.py's own would turn away whoever comes within the time of a bucket that still has room.
    """

    async def acquire(self) -> None:
        """Take one of what is left; raises RateLimited."""
        if self.is_expired():
            self.reset()  # type: ignore[no-untyped-call]  # discord.py says nothing of what it gives
        self._last_request = now = self._loop.time()
        if self.remaining <= 0 and self.expires is not None:
            raise discord.RateLimited(self.expires - now)
        self.remaining -= 1
        self.outgoing += 1

    async def __aexit__(self, *_error: object) -> None:
        """Leave the next one to see for itself whether there is room."""
        self.outgoing -= 1


class Http(HTTPClient):
    """discord.py's client, with these buckets."""

    def get_ratelimit(self, key: str) -> Ratelimit:
        """The bucket of a kind of request."""
        if key not in self._buckets:
            self._buckets[key] = Bucket(None)
            self._try_clear_expired_ratelimits()
        return self._buckets[key]


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
        http = Http(asyncio.get_running_loop(), aiohttp.TCPConnector(force_close=True))
        http.max_ratelimit_timeout = SLEEP_SECONDS
        try:
            await _log_in(http, token)
            http.max_ratelimit_timeout = NO_SLEEP
            yield cls(http)
        finally:
            await http.close()

    async def ask(self, method: str, path: str, json: object = None, **parameters: str) -> Any:
        """What Discord answers, None where that is nothing; raises Failure.

        `parameters` stand in the path and its query. A short wait that Discord asks for is waited out.
        """
        waited = 0.0
        while True:
            try:
                async with asyncio.timeout(WHOLE_SECONDS - waited):
                    return await self._asked(method, path, json, parameters)
            except discord.RateLimited as error:
                waited += error.retry_after
                if not waited <= SLEEP_SECONDS:
                    outcome = TryLater("Discord asks to wait", retry_after=verdict.wait(error.retry_after))
                    raise Failure(outcome) from error
                await asyncio.sleep(error.retry_after)
            except TimeoutError as error:
                raise Failure(Unsure("Discord did not answer in time")) from error

    async def one(self, method: str, path: str, json: object = None, **parameters: str) -> Json:
        """The same where Discord answers with one thing that has an id; raises Failure."""
        found = await self.ask(method, path, json, **parameters)
        if not isinstance(found, dict) or not found.get("id"):
            raise Failure(Unsure("Discord answered without an id"))
        return found

    async def many(self, method: str, path: str, **parameters: str) -> list[Json]:
        """The same where Discord answers with a list of things; raises Failure."""
        found = await self.ask(method, path, **parameters)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Failure(Unsure("Discord answered without a list"))
        return found

    async def _asked(self, method: str, path: str, json: object, parameters: dict[str, str]) -> Any:
        """One request; raises Failure, RateLimited, TimeoutError."""
        body: dict[str, Any] = {} if json is None else {"json": json}
        try:
            found = await self._http.request(Route(method, path, **parameters), **body)
        except discord.HTTPException as error:
            raise _failure(error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # Name, connection or TLS: nothing of the request was written.
            raise Failure(TryLater("Discord cannot be reached", retry_after=AGAIN)) from error
        # What should be JSON and is none, discord.py partly stumbles over.
        except (aiohttp.ClientError, OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise Failure(Unsure(f"Discord's answer was lost ({type(error).__name__})")) from error
        if isinstance(found, str) and found.strip():
            raise Failure(Unsure("a web page came in place of Discord's answer"))
        return None if found == "" else found

    async def respond(self, interaction: str, token: str, body: object) -> None:
        """Answer an interaction for the first time, within three seconds; raises Failure."""
        # Named as parts of a webhook's address, so that discord.py holds each for a route of its own.
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self.ask("POST", path, body, webhook_id=interaction, webhook_token=token)

    async def follow(self, application: str, token: str, body: object, *, instead: bool = False) -> None:
        """Say more to it, within a quarter of an hour; `instead`: of its first answer. Raises Failure."""
        path = "/webhooks/{webhook_id}/{webhook_token}" + ("/messages/@original" if instead else "")
        await self.ask("PATCH" if instead else "POST", path, body, webhook_id=application, webhook_token=token)


async def _log_in(http: Http, token: str) -> None:
    """Try the token; raises TreatywatchError."""
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            user: object = await http.static_login(token)
    except discord.LoginFailure as error:
        raise verdict.not_taken(401) from error
    except discord.RateLimited as error:
        raise verdict.not_taken(429, retry_after=error.retry_after) from error
    except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError, TypeError, KeyError) as error:
        raise verdict.not_taken(getattr(error, "status", None)) from error
    if not isinstance(user, dict) or "id" not in user:  # a portal's page, and no answer of Discord's
        raise verdict.not_taken(None)


def _failure(error: discord.HTTPException) -> Failure:
    headers = error.response.headers
    after = headers.get("Retry-After", "")
    retry_after = float(after) if after.replace(".", "", 1).isdecimal() else None
    page = "json" not in headers.get("Content-Type", "")
    outcome = verdict.verdict(error.code, status=error.status, retry_after=retry_after, page=page)
    return Failure(outcome, code=error.code)


def _hush() -> None:
    """Let discord.py say nothing by itself: its lines are no events, and some of them hold a token."""
    LOGGER.addHandler(logging.NullHandler())
    LOGGER.setLevel(logging.CRITICAL)
    LOGGER.propagate = False
