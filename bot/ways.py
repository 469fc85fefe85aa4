"""The ways to the platforms: which there are, and each opened with its tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.chat import Chat, Face
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.verdict import absent
from bot.chat.slack.face import SlackFace
from bot.chat.terminal import Terminal
from bot.config import Config, DiscordToken, SlackTokens
from bot.errors import TreatywatchError, Unreached
from bot.log import log
from bot.model import DUTIES, ChannelId, Duty

SENDING: frozenset[Duty] = frozenset({"post", "chat"})  # the duties that need a way to a platform
TERMINAL = ChannelId("terminal")
AGAIN = timedelta(seconds=5)  # until a platform that could not be reached is tried again; twice as long each time
LONGEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTried:
    """What came of trying a platform's token, or tokens."""

    platform: str
    workspace: str = ""  # that they open; "": it is none, or they are refused
    error: str = ""  # why they are refused; one sentence


def platforms_of(config: Config) -> list[str]:
    """The platforms that there is a way to: those with a token; the terminal where it is named, or the only one."""
    found = [name for name, token in (("slack", config.slack), ("discord", config.discord)) if token is not None]
    named = any(channel.id == TERMINAL for channel, _ in config.channels)
    return [*found, TERMINAL.platform] if named or not found else found


def faces_of(config: Config) -> list[Face]:
    """What messages look like that another process sends, or we do."""
    faces: dict[str, Callable[[], Face]] = {
        "slack": SlackFace,
        "discord": DiscordFace,
        TERMINAL.platform: Terminal.for_stdout,
    }
    return [faces[platform]() for platform in platforms_of(config)]


@asynccontextmanager
async def ways_out(
    config: Config, duties: Collection[Duty] = DUTIES, *, all_at_once: bool = True
) -> AsyncIterator[list[Chat]]:
    """The chats of these platforms, each token tried. Raises TreatywatchError.

    Who neither posts nor answers gets none and asks nobody: feeds are read while Slack is down. `all_at_once`: one that
    cannot be reached now is an error too; else it is left out, for `reached` to wait for.
    """
    if SENDING.isdisjoint(duties):
        yield []
        return
    chats: list[Chat] = []
    async with AsyncExitStack() as stack:
        for platform, way in _ways(config, duties).items():
            try:
                chats.append(await stack.enter_async_context(way))
            except Unreached as error:
                if all_at_once:
                    raise
                log.warning("chat.unreached", platform=platform, why=error.why)
        if TERMINAL.platform in platforms_of(config):
            chats.append(Terminal.for_stdout())
        yield chats


def missing(config: Config, chats: Collection[str], duties: Collection[Duty]) -> list[str]:
    """The platforms that there are tokens for, and no chat though one is needed."""
    needed = [] if SENDING.isdisjoint(duties) else platforms_of(config)
    return [platform for platform in needed if platform not in {*chats, TERMINAL.platform}]


async def reached(
    config: Config, platform: str, duties: Collection[Duty], *, again: timedelta, stack: AsyncExitStack
) -> Chat:
    """A platform that could not be reached, open in `stack` once it can be; its token refused: TreatywatchError."""
    why: str | None = None  # as the log has it already
    while True:
        await asyncio.sleep(again.total_seconds())
        try:
            return await stack.enter_async_context(_ways(config, duties)[platform])
        except Unreached as error:
            if why not in {None, error.why}:
                log.warning("chat.unreached", platform=platform, why=error.why)
            why, again = error.why, max(min(2 * again, LONGEST), error.retry_after)


def _ways(config: Config, duties: Collection[Duty] = DUTIES) -> dict[str, AbstractAsyncContextManager[Chat]]:
    """The way to each platform that there are tokens for, by its name; not open yet."""
    ways = {}
    if config.slack is not None:
        ways["slack"] = _slack(config.slack, listens="chat" in duties)
    if config.discord is not None:
        ways["discord"] = _discord(config.discord)
    return ways


def _slack(way: SlackTokens, *, listens: bool) -> AbstractAsyncContextManager[Chat]:
    from bot.chat.slack.app import SlackChat  # noqa: PLC0415 - loading its libraries takes half of a command's start

    bot_token, app_token = way.bot_token.reveal(), way.app_token.reveal()
    return SlackChat.open(bot_token=bot_token, app_token=app_token, api_url=way.api_url, listens=listens)


@asynccontextmanager
async def _discord(way: DiscordToken) -> AsyncIterator[Chat]:
    """Discord, whose library is an extra; raises TreatywatchError where it is not installed."""
    try:
        from bot.chat.discord.app import DiscordChat  # noqa: PLC0415 - an optional driver
    except ImportError as error:
        raise absent() from error
    token = way.token.reveal()
    async with DiscordChat.open(token=token, api_url=way.api_url, gateway_url=way.gateway_url) as chat:
        yield chat


async def try_tokens(config: Config) -> list[TokenTried]:
    """The platforms that there are tokens for, each tried by itself."""
    tried = []
    for platform, way in _ways(config).items():
        try:
            async with way as chat:
                tried.append(TokenTried(platform=platform, workspace=chat.workspace))
        except TreatywatchError as error:
            tried.append(TokenTried(platform=platform, error=str(error)))
    return tried
