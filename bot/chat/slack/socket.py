"""Socket Mode that recovers: commands in, each acknowledged at once.

The SDK's own loop keeps the connection; three things it does not do are done here. It asks for a new address where an
upgrade is refused (the SDK tries the used one for ever), says once that the connection is lost and once that it is
back (the SDK repeats it every few seconds), and tells who asks while we stop.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
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
from bot.model import ChannelId, Command

STEPS = 4  # looks at the connection within the patience
CLOSING_SECONDS = 1.0  # for an orderly goodbye
STOPPING = "TreatyWatch is being restarted. Please try again in a minute."

# What Slack makes of words with `should_escape`: <#C1|name>, <@U1|name>, <!here>, <https://…|label>, <mailto:…|label>.
SIGNED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command, and where its answer goes."""

    command: Command
    answer_to: str = field(repr=False)  # Slack's response_url: who knows it can answer in our name


def asked(body: Mapping[str, Any], *, workspace: str) -> Asked:
    """A command as Slack sends it (slash-commands/SlashCommandPayload), in our nouns."""
    answer_to = str(body.get("response_url", ""))
    # A redelivered command is the very same payload in another envelope; only where it names no trigger its
    # response_url, equally its own, stands for it, and not as it is: it is a secret.
    key = str(body.get("trigger_id") or "") or hashlib.sha256(answer_to.encode()).hexdigest()
    channel = ChannelId("slack", workspace, str(body.get("channel_id", "")))
    command = Command(
        id=key, channel=channel, person=str(body.get("user_id", "")), words=typed(str(body.get("text", "")))
    )
    return Asked(command=command, answer_to=answer_to)


def typed(words: str) -> str:
    """The words as the person typed them, names and addresses as they are read."""
    return html.unescape(SIGNED.sub(_typed, words))


def _typed(found: re.Match[str]) -> str:
    sign, what, label = found[1], found[2], found[3]
    if sign == "!":  # <!here>, <!subteam^S1|@team>
        return label or f"@{what.partition('^')[0]}"
    if sign:
        return f"{sign}{label or what}"
    return what.removeprefix("mailto:")


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


Take = Callable[[Asked], None]
Next = Callable[[], Awaitable[BoltResponse]]


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

    async def serve(self, take: Take, stop: asyncio.Event) -> None:
        """Hand over each command once it is acknowledged, until cancelled; after `stop` they are turned away."""
        logger = logging.Logger("slack", logging.WARNING)  # of our own: what it hears goes nowhere but to the ear
        logger.addHandler(self._ear)
        handler = AsyncSocketModeHandler(
            _bolt(self._door, take, stop, logger),
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


def _bolt(door: Door, take: Take, stop: asyncio.Event, logger: logging.Logger) -> AsyncApp:
    """Slack's own framework, with one listener. All that Slack sends is acknowledged, and first of all."""

    # Known from the start; without it Bolt would ask auth.test. A given `authorize` also keeps Bolt from beginning
    # an installation of its own where SLACK_CLIENT_ID stands in the environment.
    async def authorize() -> AuthorizeResult:
        return door.bot

    async def leave(body: dict[str, Any], ack: AsyncAck, next: Next) -> BoltResponse:  # noqa: A002 - Bolt's name for it
        return await next() if "command" in body else await ack()

    async def treaty(body: dict[str, Any], ack: AsyncAck) -> None:
        if stop.is_set():
            await ack(text=STOPPING)
            return
        await ack()
        take(asked(body, workspace=door.workspace))

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
    app.middleware(leave)
    app.command(re.compile(""))(treaty)  # whatever the workspace calls it
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
