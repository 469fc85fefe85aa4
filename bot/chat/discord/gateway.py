"""The gateway, as long as it is wanted: what people do comes in through it.

discord.py resumes a connection by itself. What it does not survive is seen to here: a payload that it does not
understand ends its client, an error at the very first connection goes through to whoever started it, and one that
never comes about is tried in the same way for ever. Each of these gets a new client, later each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import aiohttp
import discord

from bot.chat.discord.verdict import APPLICATIONS, WHERE
from bot.log import log

STEPS = 4  # looks at the connection within the patience
LATEST = timedelta(minutes=5)  # before a new client begins, however often that failed
CLOSING_SECONDS = 2.0
# https://discord.com/developers/docs/events/gateway#rate-limiting: one client in so long may introduce itself.
BETWEEN_IDENTIFIES = timedelta(seconds=5)

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
NO_TOKEN = f"Discord does not take DISCORD_TOKEN any more; {WHERE}, and start again"
NO_INTENTS = (
    f"Discord lets this application see no servers (4014); look at it at {APPLICATIONS}: treatywatch asks for the "
    "intent Guilds alone, which takes no approval"
)
FOR_A_PERSON = frozenset({NO_TOKEN, NO_INTENTS})  # no new client mends these

Take = Callable[[discord.Interaction], None]


class Client(discord.AutoShardedClient):
    """One life of a connection."""

    def __init__(self, gateway: Gateway, take: Take) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60,
            max_messages=None,
            chunk_guilds_at_startup=False,
        )
        self._gateway, self._take, self._greeted = gateway, take, False

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until Discord takes another introduction, be it of the client before."""
        await self._gateway.turn()

    async def on_shard_connect(self, shard: int) -> None:
        """Discord has greeted us."""
        self._greeted = True
        log.info("discord.connected", shard=shard, of=self.shard_count, failures=self._gateway.failures)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody types, presses, or sends a form."""
        self._take(interaction)

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        """What breaks in one event touches no other."""
        log.error("discord.broke", event_of=event_method, exc_info=True)

    @property
    def is_connected(self) -> bool:
        """Whether all that Discord sends comes in right now."""
        return self._greeted and not self.is_closed() and not any(one.is_closed() for one in self.shards.values())


class Gateway:
    """A client that is made anew whenever it does not come back by itself."""

    def __init__(self, token: str, *, patience: timedelta, between: timedelta = BETWEEN_IDENTIFIES) -> None:
        self._token, self._patience, self._between = token, patience, between
        self.failures = 0  # clients in a row that came to nothing
        self._client: Client | None = None
        self._next = 0.0  # when we may introduce ourselves again, by the loop's clock

    @property
    def connected(self) -> bool:
        """Whether all that Discord sends comes in right now."""
        return self._client is not None and self._client.is_connected

    async def serve(self, take: Take) -> None:
        """Hand over each interaction, until cancelled."""
        while True:
            why = await self._life(take)
            self.failures += 1
            pause = min(self._patience / STEPS * 2 ** min(self.failures, 16), LATEST).total_seconds()
            say = log.error if why in FOR_A_PERSON else log.warning
            say("discord.disconnected", why=why, failures=self.failures, again_s=round(pause, 1))
            await asyncio.sleep(pause)

    async def turn(self) -> None:
        """Return when a client may introduce itself."""
        now = asyncio.get_running_loop().time()
        mine = max(self._next, now)
        self._next = mine + self._between.total_seconds()
        await asyncio.sleep(mine - now)

    async def _life(self, take: Take) -> str:
        """One client from its start to its end; why it ended."""
        self._client = client = Client(self, take)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(_run(client, self._token), name="discord client")
            try:
                return await self._watched(client, running)
            finally:
                # In this order: while it connects anew, discord.py takes no notice of being cancelled.
                await _close(client)
                running.cancel()

    async def _watched(self, client: Client, running: asyncio.Task[str]) -> str:
        """Why a client is given up: it ended, or was not connected for as long as our patience lasts."""
        step, lost = self._patience.total_seconds() / STEPS, 0
        while lost <= STEPS:
            await asyncio.wait([running], timeout=step)
            if running.done():
                return running.result()
            lost = 0 if client.is_connected else lost + 1
            self.failures = 0 if client.is_connected else self.failures
        return "the connection did not come back"


async def _run(client: Client, token: str) -> str:
    """A client until it ends; why it did."""
    try:
        await client.start(token)
    except Exception as error:  # noqa: BLE001 - the top of a deed: whatever breaks discord.py, a new client begins
        return _why(error)
    return "Discord closed the connection"


async def _close(client: Client) -> None:
    """Say goodbye, whatever state it is in."""
    with suppress(TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError, AttributeError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await client.close()


def _why(error: Exception) -> str:
    """Why a client ended, without any address."""
    match error:
        case discord.PrivilegedIntentsRequired() | discord.ConnectionClosed(code=4014):
            return NO_INTENTS
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):
            return NO_TOKEN
        case discord.ConnectionClosed():
            return f"Discord closed the connection with {error.code}"
        case discord.HTTPException():
            return f"Discord answered {error.status}"
        case discord.RateLimited() | discord.GatewayNotFound() | aiohttp.ClientError() | OSError():
            return "Discord cannot be reached"
    return f"discord.py broke ({type(error).__name__})"
