"""discord.py joined: send, look whether it stands, take what people ask and have it answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from bot.chat import Clerk
from bot.chat.discord import embeds, tree, verdict
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.gateway import BETWEEN_IDENTIFIES, Gateway
from bot.chat.discord.hearing import Hearing
from bot.chat.discord.marks import key_of, marked, trace_of
from bot.chat.discord.people import People
from bot.chat.discord.requests import Failure, Requests
from bot.chat.discord.sending import MESSAGE, NONCE_LASTS, Threads, be_sure, blind, past, send_words, spot
from bot.log import log
from bot.model import Channel, ChannelId, Message, Post, Receipt, Trace

TIMEOUT = timedelta(seconds=10)  # a request of ours ends before
# Discord takes five messages in five seconds and channel.
PACE = timedelta(seconds=1.02)
PATIENCE = timedelta(seconds=60)  # with a lost connection: so long discord.py may try by itself
AGAIN_SECONDS = 60.0  # after the commands could not be registered


class DiscordChat(DiscordFace):
    """All servers that have added one application; `async with DiscordChat.open(…) as chat`."""

    edits = True
    # What is not there yet at a look is sent with the same nonce, and then stands only once.
    lags = False
    timeout = TIMEOUT

    def __init__(self, requests: Requests, gateway: Gateway, *, pace: timedelta = PACE) -> None:
        self._requests, self._gateway, self.pace = requests, gateway, pace
        self._threads, self._people = Threads(requests), People()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        *,
        token: str,
        api_url: str,
        gateway_url: str,
        pace: timedelta = PACE,
        patience: timedelta = PATIENCE,
        between: timedelta = BETWEEN_IDENTIFIES,
    ) -> AsyncIterator[Self]:
        """The token tried, and the session that all requests share; raises TreatywatchError.

        `patience`: with a lost connection, before a new client is begun; `between`: two that introduce themselves.
        """
        async with Requests.open(token, api_url=api_url, gateway_url=gateway_url) as requests:
            yield cls(requests, Gateway(token, patience=patience, between=between), pace=pace)

    @property
    def connected(self) -> bool:
        """Whether commands can come in right now."""
        return self._gateway.connected

    # ── posts

    def render_plainly(self, message: Message) -> str:
        """Text alone, without embeds; pure."""
        return embeds.plainly(message)

    async def send(self, post: Post) -> Receipt:
        """One message, with the post's nonce; the post's id stands in its last button, by which `find` knows it."""
        body = marked(json.loads(post.payload), post.edits or post.id)
        try:
            if post.edits:
                return await self._change(post, body)
            return Receipt(message=await self._say(post, body))
        except Failure as failure:
            raise failure.verdict from failure

    async def _say(self, post: Post, body: Mapping[str, Any]) -> str:
        whole = {**body, **(embeds.marked_as_repeat(body) if post.repeat else {})}
        if post.thread:
            return await self._threads.send(post.channel.channel, post.thread, whole, key=post.id)
        return await send_words(self._requests, post.channel.channel, whole, key=post.id)

    async def _change(self, post: Post, body: Mapping[str, Any]) -> Receipt:
        channel, number = spot(post.target or "", post.channel.channel)
        await self._requests.ask("PATCH", MESSAGE, body, channel_id=channel, message_id=number)
        return Receipt(message=post.target or "")

    async def find(self, post: Post) -> Receipt | None:
        """Look through what was said since the first try, in the post's thread and in its channel."""
        if post.first_try is None:
            return None
        here = post.channel.channel
        try:
            if post.thread and (found := await self._found(post.id, _thread(post.thread, here), since=post.first_try)):
                return Receipt(message=f"{_thread(post.thread, here)}/{found}")
            found = await self._found(post.id, here, since=post.first_try)
            # What is sent again with a nonce that Discord still knows stands once, be it seen or not.
            if not found and datetime.now(UTC) - post.first_try > NONCE_LASTS:
                await be_sure(self._requests, here)
        except Failure as failure:
            raise blind(failure) from failure
        return Receipt(message=found) if found else None

    async def _found(self, post: str, channel: str, *, since: datetime) -> str:
        """The number of the message that a post is, in a channel or thread; "": it is not there."""
        try:
            async for one in past(self._requests, channel, since=since):
                if key_of(one) == post:
                    return str(one["id"])
        except Failure as failure:
            if failure.code != verdict.UNKNOWN_CHANNEL:  # a thread that was never begun
                raise
        return ""

    async def recent(self, channel: ChannelId, *, since: datetime) -> list[Trace]:
        """What of ours was said since then; the thread of each such message is read too. Raises CannotLook."""
        traces: list[Trace] = []
        try:
            async for one in past(self._requests, channel.channel, since=since):
                if (trace := trace_of(one)) is None:
                    continue
                traces.append(trace)
                if one.get("thread"):
                    traces += [trace async for trace in self._of_thread(trace.message, since)]
            if not traces:
                await be_sure(self._requests, channel.channel)
        except Failure as failure:
            raise blind(failure) from failure
        return traces

    async def _of_thread(self, thread: str, since: datetime) -> AsyncIterator[Trace]:
        async for one in past(self._requests, thread, since=since):
            if (trace := trace_of(one, thread)) is not None:
                yield trace

    async def tell_owner(self, channel: Channel, text: str) -> None:
        """A direct message to who subscribed the channel, and which channel it is about."""
        if not channel.owner:
            return
        body = embeds.said(text)
        body["embeds"][0]["description"] += f"\nChannel: <#{channel.id.channel}>"
        try:
            direct = await self._requests.one("POST", "/users/@me/channels", {"recipient_id": channel.owner})
            await send_words(self._requests, str(direct["id"]), body, key=f"told-{uuid4().hex}")
        except Failure as failure:
            log.warning("owner.not_told", channel=str(channel.id), why=str(failure.verdict))

    # ── people, and what they ask

    async def zone(self, person: str) -> str | None:
        """Discord does not tell."""
        return None

    async def may_not_change(self, channel: ChannelId, person: str, rule: str) -> str:
        """Why a person may not change what a channel gets, by Discord's own permissions; "": the person may."""
        return self._people.may_not_change(channel, person, rule)

    async def listen(self, clerk: Clerk, stop: asyncio.Event) -> None:
        """Take what people ask over the gateway until `stop`; what is being answered then gets eight seconds."""
        async with asyncio.TaskGroup() as group:
            hearing = Hearing(self._requests, self._people, clerk, group)
            registering = group.create_task(self._register(), name="discord commands")
            serving = group.create_task(self._gateway.serve(hearing.take), name="discord gateway")
            await stop.wait()
            await hearing.stop()
            registering.cancel()
            serving.cancel()

    async def _register(self) -> None:
        """Have Discord know our commands as they are; only what changed is sent, since it counts how often."""
        while True:
            try:
                application = str((await self._requests.one("GET", "/oauth2/applications/@me"))["id"])
                path = "/applications/{application_id}/commands"
                known = await self._requests.many("GET", path, application_id=application)
                if not tree.is_registered(known):
                    await self._requests.ask("PUT", path, tree.commands(), application_id=application)
                    log.info("discord.registered", commands=len(tree.commands()))
            except Failure as failure:
                log.warning("discord.not_registered", why=str(failure.verdict))
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            return


def _thread(parent: str, channel: str) -> str:
    """The thread that goes on under a message."""
    where, number = spot(parent, channel)
    return number if where == channel else where
