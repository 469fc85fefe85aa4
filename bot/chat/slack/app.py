"""slack-bolt and slack_sdk joined: send once, look whether it stands, take what people ask and answer it.

The SDK's own retries are off: they would post twice where an answer is lost. Nothing is read from the environment,
though the SDK would: one session of ours, which trusts none of it, is used for every request.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import CannotLook, Clerk
from bot.chat.slack import blocks, elements, verdict
from bot.chat.slack.face import SlackFace
from bot.chat.slack.hearing import AT_ONCE, Hearing
from bot.chat.slack.homes import Care, Homes
from bot.chat.slack.people import People
from bot.chat.slack.replies import Replies
from bot.chat.slack.requests import QUIET, Failure, result, say, tried
from bot.chat.slack.socket import Door, Socket
from bot.chat.slack.traces import EVENT, key_of, trace_of
from bot.chat.slack.views import Views
from bot.errors import Unsure
from bot.log import log
from bot.model import Channel, ChannelId, Message, Post, Receipt, Trace

API_URL = "https://slack.com/api/"
TIMEOUT = timedelta(seconds=10)
# Ours end before the one that ends us, so that we know how far a request came.
CONNECT_SECONDS, WHOLE_SECONDS = 4.0, 9.0
# Slack takes a message a second and channel (https://docs.slack.dev/apis/web-api/rate-limits) and counts at its own
# side: one that came late and one that came early are nearer to each other there than they were begun here.
PACE = timedelta(seconds=1.02)
PATIENCE = timedelta(
    seconds=3
)  # with a lost connection; measured: one refused twice is back after 9 s, with 8 s after 24 s
EARLIER = timedelta(seconds=5)  # Slack's clock and ours
# An app that is not made by its own workspace gets 15 messages of history a minute; ours gets more, but needs no more:
# the post is among the first after its first try.
PAGE, PAGES = 15, 10
RECENT_PAGES = 14  # after a restore


class SlackChat(SlackFace):
    """One workspace, with the two tokens of an app of its own; `async with SlackChat.open(…) as chat`."""

    lags = edits = True
    timeout = TIMEOUT

    def __init__(self, web: AsyncWebClient, door: Door, *, pace: timedelta = PACE) -> None:
        self._web, self._door, self.pace = web, door, pace
        self._socket, self._people = Socket(door), People(web)
        self.care = Care()  # of the homes, while it listens

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        *,
        bot_token: str,
        app_token: str,
        api_url: str = API_URL,
        pace: timedelta = PACE,
        patience: timedelta = PATIENCE,
        listens: bool = True,
    ) -> AsyncIterator[Self]:
        """The tokens tried, and the connections that all requests share; TreatywatchError names the wrong token.

        `patience`: with a lost connection, before a new one is asked for. Who does not listen needs only the bot token.
        """
        for fault in (
            verdict.wrong_kind("SLACK_BOT_TOKEN", bot_token),
            verdict.wrong_kind("SLACK_APP_TOKEN", app_token),
        ):
            if fault is not None:
                raise fault
        timeout = aiohttp.ClientTimeout(total=WHOLE_SECONDS, connect=CONNECT_SECONDS)
        # A connection kept open may be closed by Slack in the very moment of the next request, and then nobody knows
        # whether that was taken: each request gets a new one. We send few.
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            web = AsyncWebClient(token=bot_token, base_url=api_url, session=session, retry_handlers=[], logger=QUIET)
            web.proxy = None  # it took HTTPS_PROXY from the environment, and would ignore NO_PROXY
            # A wrong app token would else show in nothing but a socket that never opens.
            who = await tried("SLACK_BOT_TOKEN", web.auth_test())
            if listens:
                await tried("SLACK_APP_TOKEN", web.apps_connections_open(app_token=app_token))
            team, bot_id, user = (str(who.get(key, "")) for key in ("team_id", "bot_id", "user_id"))
            bot = AuthorizeResult(
                enterprise_id=None, team_id=team, bot_id=bot_id, bot_user_id=user, bot_token=bot_token
            )
            door = Door(web=web, app_token=app_token, workspace=team, bot=bot, patience=patience)
            yield cls(web, door, pace=pace)

    @property
    def workspace(self) -> str:
        """The workspace's id: T0123."""
        return self._door.workspace

    @property
    def connected(self) -> bool:
        """Whether commands can come in right now."""
        return self._socket.connected

    @property
    def failures(self) -> int:
        """How often in a row Slack could not be connected."""
        return self._socket.failures

    # ── posts

    def render_plainly(self, message: Message) -> str:
        """Text alone, without blocks; pure."""
        return blocks.plainly(message)

    async def send(self, post: Post) -> Receipt:
        """One chat.postMessage; the post's id goes with it as metadata, by which `find` knows it again."""
        body: dict[str, Any] = json.loads(post.payload)
        if post.edits:
            return await self._change(post, body)
        if post.repeat:
            body |= blocks.marked_as_repeat(body)
        if post.thread:
            body["thread_ts"] = post.thread
        try:
            said = await say(self._web, post.channel.channel, body, key=post.id)
        except Failure as failure:
            raise failure.verdict from failure
        if not said.get("ts"):
            raise Unsure("Slack took it without saying under which number")
        return Receipt(message=str(said["ts"]))

    async def _change(self, post: Post, body: Mapping[str, Any]) -> Receipt:
        """One chat.update; the message keeps the id of the post that brought it."""
        metadata = {"event_type": EVENT, "event_payload": {"id": post.edits}}
        told = {key: body[key] for key in ("blocks", "text") if key in body}
        where = {"channel": post.channel.channel, "ts": post.target}
        try:
            await result(self._web.api_call("chat.update", json={**where, **told, "metadata": metadata}))
        except Failure as failure:
            raise failure.verdict from failure
        return Receipt(message=post.target or "")

    async def find(self, post: Post) -> Receipt | None:
        """Look through what was said since the first try, in the post's thread or in its channel."""
        if post.first_try is None:
            return None
        since = post.first_try - EARLIER
        async for one in self._past(post.channel.channel, since=since, thread=post.thread, pages=PAGES):
            if key_of(one) == post.id:
                return Receipt(message=str(one["ts"]))
        return None

    async def recent(self, channel: ChannelId, *, since: datetime) -> list[Trace]:
        """What of ours was said since then; the thread of each such message is read too. Raises CannotLook."""
        said = [one async for one in self._past(channel.channel, since=since, pages=RECENT_PAGES)]
        for first in [one for one in said if one.get("reply_count") and key_of(one)]:
            thread = self._past(channel.channel, since=since, thread=str(first["ts"]), pages=RECENT_PAGES)
            said += [one async for one in thread if one["ts"] != first["ts"]]
        return [trace for one in said if (trace := trace_of(one))]

    async def _past(
        self, channel: str, *, since: datetime, thread: str | None = None, pages: int
    ) -> AsyncIterator[dict[str, Any]]:
        """The messages of a channel, or of a thread in it, since then; so many pages. Raises CannotLook."""
        method = "conversations.replies" if thread else "conversations.history"
        params: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        } | ({"ts": thread} if thread else {})
        for _ in range(pages):
            try:
                page = await result(self._web.api_call(method, http_verb="GET", params=params))
            except Failure as failure:
                why = verdict.cannot_look(failure.code, failure.needed)
                raise CannotLook(why, error=failure.verdict) from failure
            for one in page.get("messages", ()):
                yield one
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            params["cursor"] = cursor
        raise CannotLook(f"more than {PAGE * pages} messages were said since")

    async def tell_owner(self, channel: Channel, text: str) -> None:
        """A direct message to who subscribed the channel, and which channel it is about."""
        if not channel.owner:
            return
        where = elements.rich([elements.line([elements.text("Channel: "), elements.channel(channel.id.channel)])])
        body = blocks.body([elements.sentence(text), where], elements.escaped(text))
        try:
            await say(self._web, channel.owner, body, key=f"told-{uuid4().hex}")
        except Failure as failure:
            log.warning("owner.not_told", channel=str(channel.id), why=str(failure.verdict))

    # ── people

    async def zone(self, person: str) -> str | None:
        """The zone of the person's profile; None: not told, or the scope users:read is not granted."""
        return await self._people.zone(person)

    async def may_not_change(self, channel: ChannelId, person: str, rule: str) -> str:
        """Why a person may not change what a channel gets; "": the person may."""
        return await self._people.may_not_change(channel, person, rule)

    async def listen(self, clerk: Clerk, stop: asyncio.Event) -> None:
        """Take what comes over Socket Mode and answer it until `stop`; what is under way then gets eight seconds."""
        views = Views(self._web)
        homes = Homes(self._web, self.workspace, self.care)
        async with _for_answers() as hooks, asyncio.TaskGroup() as group:
            replies = Replies(self._web, hooks, views=views, homes=homes, workspace=self.workspace)
            hearing = Hearing(clerk, workspace=self.workspace, replies=replies, views=views, homes=homes, group=group)
            serving = group.create_task(self._socket.serve(hearing.hear), name="slack comes in")
            keeping = group.create_task(homes.keep(clerk), name="slack homes")
            await stop.wait()
            await hearing.stop()
            serving.cancel()
            keeping.cancel()


def _for_answers() -> aiohttp.ClientSession:
    """Connections that are kept open: answers are many, and one more of a kind harms nobody."""
    timeout = aiohttp.ClientTimeout(total=WHOLE_SECONDS, connect=CONNECT_SECONDS)
    return aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=AT_ONCE))
