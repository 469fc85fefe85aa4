"""Socket Mode that recovers: whatever comes in is acknowledged at once.

The SDK's own loop keeps the connection; three things it does not do are done here. It asks for a new address where an
upgrade is refused (the SDK tries the used one for ever), says once that the connection is lost and once that it is
back (the SDK repeats it every few seconds), and leaves unacknowledged what is to be delivered again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.log import log

STEPS = 4  # looks at the connection within the patience
CLOSING_SECONDS = 1.0  # for an orderly goodbye

Reply = Mapping[str, Any]  # what an acknowledgement carries: text, options, or errors of a form
Hear = Callable[[Mapping[str, Any]], Reply | None]  # None: it is not acknowledged, and comes again


class Ear(logging.Handler):
    """What the SDK complains of: how often since the connection was last well, and of what last."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.failures, self.why = 0, ""

    def emit(self, record: logging.LogRecord) -> None:
        """Count it. Its text is not kept, since it may hold the address of the socket, which is a secret."""
        if record.funcName != "issue_new_wss_url":  # its caller complains too
            self.failures += 1
        self.why = _why(record.exc_info[1] if record.exc_info else None) or self.why

    def hush(self) -> None:
        """Count from here."""
        self.failures, self.why = 0, ""


def _why(error: BaseException | None) -> str:
    """A fault of the connection in words, without any address."""
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"Slack refused the socket with {error.status}"
    if isinstance(error, SlackApiError):
        return f"Slack gives no address for a socket ({_code(error)})"
    if isinstance(error, aiohttp.ClientConnectionError | TimeoutError):
        return "Slack cannot be reached"
    return type(error).__name__ if error else ""


def _code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    return str(data.get("error")) if isinstance(data, dict) else "no JSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What it takes to be let in, and whose commands come through."""

    web: AsyncWebClient
    app_token: str = field(repr=False)
    workspace: str
    bot: AuthorizeResult = field(repr=False)  # it holds the bot's token
    patience: timedelta  # with a connection that is lost, before a new address is asked for


class Socket:
    """One connection to Slack, as long as it is wanted."""

    def __init__(self, door: Door) -> None:
        self._door, self._ear = door, Ear()
        self.connected = False

    @property
    def failures(self) -> int:
        """How often Slack could not be connected since it last was."""
        return self._ear.failures

    async def serve(self, hear: Hear) -> None:
        """Hand over each payload, and acknowledge it with what is said to it, until cancelled."""
        logger = logging.Logger("slack", logging.WARNING)  # of our own: what it hears goes nowhere but to the ear
        logger.addHandler(self._ear)
        handler = AsyncSocketModeHandler(
            _bolt(self._door, hear, logger),
            self._door.app_token,
            logger=logger,
            web_client=self._door.web,
            ping_interval=self._door.patience.total_seconds(),
        )
        handler.client.proxy = None  # it took HTTPS_PROXY from the environment, and would ignore NO_PROXY
        try:
            async with asyncio.TaskGroup() as group:
                connecting = handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
                group.create_task(connecting, name="slack connects")
                group.create_task(self._watch(handler), name="slack is watched")
        finally:
            await _close(handler)
            self.connected = False

    async def _watch(self, handler: AsyncSocketModeHandler) -> None:
        """Notice changes of the connection, and have a new address asked for where it does not come back by itself."""
        lost, told = 0, None  # looks in a row that found it lost; what was logged last
        while True:
            await asyncio.sleep(self._door.patience.total_seconds() / STEPS)
            self.connected = await handler.client.is_connected()
            if self.connected:
                if told is not True:
                    log.info("slack.connected", failures=self.failures)
                lost, told = 0, True
                self._ear.hush()
                continue
            lost += 1
            # A change of sockets that Slack asked for takes less, and is nothing to be told.
            if told is not False and lost >= STEPS and (self._ear.why or lost >= 2 * STEPS):
                log.warning("slack.disconnected", why=self._ear.why or "the connection was lost")
                told = False
            if lost % STEPS == 0:
                # The address in hand may be used up, and the SDK would try it for ever; without one it asks anew.
                handler.client.wss_uri = None


def _bolt(door: Door, hear: Hear, logger: logging.Logger) -> AsyncApp:
    """Slack's own framework, in front of whose listeners all is taken: those would acknowledge later, by turns."""

    # Known from the start; without it Bolt would ask auth.test. A given `authorize` also keeps Bolt from beginning
    # an installation of its own where SLACK_CLIENT_ID stands in the environment.
    async def authorize() -> AuthorizeResult:
        return door.bot

    async def take(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        reply = hear(body)
        if reply is None:
            return BoltResponse(status=503)
        return await ack(dict(reply)) if reply else await ack()

    app = AsyncApp(
        name="treatywatch",
        client=door.web,
        authorize=authorize,
        logger=logger,
        # These three are for requests over HTTP.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
    )
    app.middleware(take)
    return app


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Let go of the connection and of the SDK's own tasks."""
    client = handler.client
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await handler.close_async()  # type: ignore[no-untyped-call]  # likewise
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await client.aiohttp_client_session.close()
