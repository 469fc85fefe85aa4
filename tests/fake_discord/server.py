"""The fake itself: a server on loopback, and what a test does with it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fake_discord import payloads
from tests.fake_discord.answers import ROUTES, as_json, bad, half, limited
from tests.fake_discord.checks import Checks
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.guild import BOT, TOKEN, DiscordError, Guild, metadata
from tests.fake_discord.nouns import ACK_WITHIN_S, Asked, Exchange, Json, Posted, Reply, Room, key_in
from tests.fake_slack.faults import Armed, Faults
from tests.fake_slack.journal import Journal
from tests.fake_slack.nouns import PATIENCE_S, Bell, Clock, utc_now
from tests.fake_slack.socket import abort

BUCKET, PER_S = 5, 5.0  # messages, and in how many seconds a channel takes them, where that is played
SIGNS = {ord(sign): "_" for sign in ".+:"}  # as a keyword cannot have them


class FakeDiscord:
    """One server with one bot, on 127.0.0.1; an async context manager.

    Leaving it fails the test if any request broke a rule, unless `expect_violations()` was called.
    """

    def __init__(
        self, *, reference: Path | None = None, now: Clock = utc_now, port: int = 0, journal: Path | None = None
    ) -> None:
        """`reference`: the folder of foreign checks, `shared / "oracles"`; `journal`: a file of all that happens."""
        self.port, self.token = port, TOKEN
        self.violations: list[str] = []
        self.asked: list[Asked] = []
        self.limits_messages = False
        self._expected = False
        self._bell, self._journal, self._closing = Bell(), Journal(journal), asyncio.Event()
        self.faults, self.checks = Faults(self._bell), Checks(reference)
        self.guild = Guild(self._bell, now, self._journal.note)
        self.gateway = Gateway(self._bell, self.faults, self.guild, self._violate)
        self._exchanges: dict[str, Exchange] = {}
        self._said: dict[str, deque[float]] = {}
        self.app = web.Application(client_max_size=4 * 2**20)
        self.app.router.add_route("GET", "/gateway", self.gateway.let_in)
        self._acts: dict[str, Callable[[Asked, web.Request], Any]] = {
            "me": lambda *_: self.guild.user(BOT),
            "application": lambda *_: self._application(),
            "gateway_of": lambda *_: self._gateway_of(),
            "say": lambda asked, request: self.guild.say(request.match_info["channel"], asked.body),
            "past": lambda asked, request: self.guild.past(request.match_info["channel"], asked.query),
            "look": lambda _, request: self.guild.channel(self.guild.room(request.match_info["channel"])),
            "change": lambda asked, request: self.guild.change(
                request.match_info["channel"], request.match_info["message"], asked.body
            ),
            "begin": lambda asked, request: self.guild.begin(
                request.match_info["channel"], request.match_info["message"], asked.body
            ),
            "direct": lambda asked, _: self.guild.direct(str(asked.body["recipient_id"])),
            "commands": lambda *_: [{"id": "1", "version": "1", **one} for one in self.guild.commands],
            "register": self._register,
            "respond": self._respond,
            "follow": self._follow,
            "replace": self._replace,
        }
        for name, route in ROUTES.items():
            method, _, path = route.partition(" ")
            self.app.router.add_route(method, f"/api/v10{path}", self._handler(name))
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)

    # ── life

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self.come_up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self.faults.clear()
        await self.gateway.hang_up()
        await self._runner.cleanup()
        self._journal.close()
        if error is None and self.violations and not self._expected:
            raise AssertionError("Discord's rules or ours were broken:\n" + "\n".join(self.violations))

    async def come_up(self) -> None:
        """Listen, on the same port as before."""
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self.gateway.url = self.gateway_url

    async def go_down(self) -> None:
        """Refuse connections and reset those that stand, until `come_up()`."""
        for site in list(self._runner.sites):
            await site.stop()
        for connection in list(self._runner.server.connections if self._runner.server else []):
            if connection.transport is not None:
                connection.transport.abort()

    @property
    def url(self) -> str:
        """What DISCORD_API_URL wants."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        """What DISCORD_GATEWAY_URL wants."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    def expect_violations(self) -> list[str]:
        """Do not fail the test for violations; the list they go to."""
        self._expected = True
        return self.violations

    # ── what happened

    def room(self, channel: str) -> Room:
        """A channel by its id, to look at or to change; made where there is none yet."""
        return self.guild.rooms.setdefault(channel, Room(id=channel, name=f"channel-{channel}"))

    def posts(self, channel: str) -> list[Posted]:
        """Our messages in a channel or thread as they stand now, oldest first; of a person: the direct ones."""
        room = f"7{channel}" if channel in self.guild.people else channel
        return [one for one in self.room(room).messages if one.by == BOT]

    def calls(self, name: str) -> list[Asked]:
        """The requests of one route, in order."""
        return [one for one in self.asked if one.route == ROUTES[name]]

    async def until(
        self, true: Callable[[], bool], what: str = "it did not come true", *, within_s: float = PATIENCE_S
    ) -> None:
        """Return once that is true; looked at whenever anything happens here."""
        await self._bell.until(true, what, within_s)

    async def posted(self, channel: str, count: int = 1, *, within_s: float = PATIENCE_S) -> list[Posted]:
        """Our messages in a channel, once there are that many."""
        what = f"{channel} got fewer than {count} messages"
        await self.until(lambda: len(self.posts(channel)) >= count, what, within_s=within_s)
        return self.posts(channel)

    async def called(self, name: str, count: int = 1) -> list[Asked]:
        """The requests of one route, once there are that many."""
        await self.until(lambda: len(self.calls(name)) >= count, f"{name} was asked fewer than {count} times")
        return self.calls(name)

    async def connected(self, identified: int = 1, *, within_s: float = PATIENCE_S) -> None:
        """Return once a client is connected, and so many have introduced themselves or come again."""

        def true() -> bool:
            return bool(self.gateway.live) and self.gateway.identified + self.gateway.resumed >= identified

        await self.until(true, "no client was connected", within_s=within_s)

    # ── what people do

    def said(self, channel: str, text: str, *, by: str = "12") -> Posted:
        """Somebody says something in a channel."""
        return self.guild.add(self.room(channel), {"content": text}, by=by)

    async def command(self, name: str, *, channel: str = "101", user: str = "11", **options: object) -> Exchange:
        """A person gives a command; returns once it is answered or put off, fails after three seconds without that."""
        exchange = await self.send(payloads.COMMAND, payloads.command(name, options), channel=channel, user=user)
        await exchange.acked()
        return exchange

    async def types(self, name: str, option: str, *, user: str = "11", **options: object) -> list[Json]:
        """A person types into an option; what is offered."""
        data = payloads.command(name, options, focused=option)
        exchange = await self.send(payloads.TYPING, data, channel="101", user=user)
        await exchange.acked()
        return exchange.choices or []

    async def press(self, shown: Posted | Reply, label: str, *, channel: str = "101", user: str = "11") -> Exchange:
        """A person presses a button, by its label."""
        return await self.use(shown, payloads.press(shown.buttons[label]), channel=channel, user=user)

    async def use(self, shown: Posted | Reply, data: Json, *, channel: str = "101", user: str = "11") -> Exchange:
        """A person presses or chooses something in a message."""
        message = payloads.message_of(self.guild, shown, self.room(channel))
        exchange = await self.send(payloads.COMPONENT, data, channel=channel, user=user, message=message)
        await exchange.acked()
        return exchange

    async def submit(self, exchange: Exchange, *, channel: str = "101", user: str = "11", **values: object) -> Exchange:
        """A person sends the modal that an interaction opened; `values` by custom_id, with _ where that has a sign."""
        assert exchange.modal is not None, "no modal was opened"
        ids = {row["component"]["custom_id"] for row in exchange.modal["components"]}
        named = {one: values[key] for one in ids if (key := one.translate(SIGNS)) in values}
        assert len(named) == len(values), f"of {sorted(values)} only {sorted(named)} are fields of {sorted(ids)}"
        sent = await self.send(payloads.MODAL, payloads.sent(exchange.modal, named), channel=channel, user=user)
        await sent.acked()
        return sent

    async def send(self, kind: int, data: Json, *, channel: str, user: str, **more: Json) -> Exchange:
        """An interaction goes out to the client."""
        payload = payloads.interaction(self.guild, kind, data, self.room(channel), self.guild.people[user]) | more
        exchange = Exchange(payload, self._bell, time.monotonic())
        self._exchanges[payload["token"]] = exchange
        await self.gateway.tell("INTERACTION_CREATE", payload)
        return exchange

    # ── requests

    def _violate(self, what: str) -> None:
        self.violations.append(what)
        self._journal.note("violated", what)

    def _application(self) -> Json:
        return {
            "id": BOT,
            "name": "treatywatch",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": self.guild.user("12"),
            "summary": "",
            "team": None,
        }

    def _gateway_of(self) -> Json:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}

    def _handler(self, name: str) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(name, request)

        return handle

    async def _handle(self, name: str, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw) if raw else None
        asked = Asked(
            number=len(self.asked) + 1,
            method=request.method,
            path=request.path.removeprefix("/api/v10"),
            route=ROUTES[name],
            query=dict(request.query),
            body=body,
            at=self.guild.now(),
        )
        self.asked.append(asked)
        self._journal.note("asked", self._as_logged(name, asked, request))
        wrong = self.checks.shape(asked.route, body)
        for what in [*wrong, *self.checks.rules(asked.route, body)]:
            self._violate(f"{name} no. {asked.number}: {what}")
        self._bell.ring()
        try:
            armed = self.faults.take(name)
            if armed is not None and armed.fault.status == 429:
                self._journal.note("limited", {"number": asked.number, "retry_after": armed.fault.retry_after})
            return await self._with(armed, request, lambda: self._act(name, asked, request, wrong))
        finally:
            self._journal.note("answered", {"number": asked.number, "at": self.guild.now()}, on_disk=False)

    def _as_logged(self, name: str, asked: Asked, request: web.Request) -> Json:
        """A request as the fake Slack would log it, so that one checker reads both logs."""
        body = asked.body if isinstance(asked.body, dict) else {}
        channel = request.match_info.get("channel", "")
        room = self.guild.rooms.get(channel)
        where = {"channel": (room and self.guild.begun_in(room)) or channel, "metadata": metadata(key_in(body))}
        method = {"say": "chat.postMessage", "change": "chat.update"}.get(name, name)
        return {"number": asked.number, "method": method, "arguments": where, "at": asked.at}

    def _act(self, name: str, asked: Asked, request: web.Request, wrong: list[str]) -> web.Response:
        if (
            not name.startswith(("respond", "follow", "replace"))
            and request.headers.get("Authorization") != f"Bot {TOKEN}"
        ):
            return as_json({"message": "401: Unauthorized", "code": 0}, status=401)
        if name == "say" and self.limits_messages and (after := self._wait(request.match_info["channel"])):
            return bad(limited(after))
        try:
            if wrong:
                raise DiscordError(400, 50035, "Invalid Form Body", tuple(wrong))
            told = self._acts[name](asked, request)
        except DiscordError as error:
            return as_json({"message": error.message, "code": error.code} | error.details, status=error.status)
        finally:
            self._bell.ring()
        return web.Response(status=204) if told is None else as_json(told)

    def _wait(self, channel: str) -> float:
        """How many seconds too soon a message is; 0: it is not."""
        said, now = self._said.setdefault(channel, deque(maxlen=BUCKET)), time.monotonic()
        if len(said) == BUCKET and now - said[0] < PER_S:
            return round(PER_S - (now - said[0]) + 0.01, 3)
        said.append(now)
        return 0

    def _register(self, asked: Asked, _request: web.Request) -> list[Json]:
        self.guild.commands, self.guild.registered = asked.body, self.guild.registered + 1
        return self.guild.commands

    def _exchange(self, request: web.Request) -> Exchange:
        found = self._exchanges.get(request.match_info["token"])
        if found is None:
            raise DiscordError(404, 10015, "Unknown Webhook")
        return found

    def _respond(self, asked: Asked, request: web.Request) -> None:
        exchange, kind = self._exchange(request), int(asked.body["type"])
        if exchange.first:
            raise DiscordError(400, 40060, "Interaction has already been acknowledged.")
        exchange.took_s = time.monotonic() - exchange.sent
        if exchange.took_s > ACK_WITHIN_S:
            raise DiscordError(404, 10062, "Unknown interaction")
        if kind == 9 and exchange.payload["type"] == payloads.MODAL:
            raise DiscordError(400, 50035, "A modal cannot be answered by a modal")
        data = asked.body.get("data") or {}
        exchange.first = kind
        if kind == 9:
            exchange.modal = data
        elif kind == 8:
            exchange.choices = data["choices"]
        elif kind in (4, 7):
            self._reply(exchange, data, kind)

    def _reply(self, exchange: Exchange, body: Json, kind: int) -> Json:
        exchange.replies.append(Reply(kind=kind, body=body, at=self.guild.now()))
        return self.guild.shown(Posted(id=self.guild.snowflake(), channel="101", by=BOT, body=body))

    def _follow(self, asked: Asked, request: web.Request) -> Json:
        exchange = self._exchange(request)
        if not exchange.first:
            raise DiscordError(404, 10015, "Unknown Webhook")
        return self._reply(exchange, asked.body, 0)

    def _replace(self, asked: Asked, request: web.Request) -> Json:
        exchange = self._exchange(request)
        if exchange.first not in (5, 6):
            raise DiscordError(404, 10008, "Unknown Message")
        return self._reply(exchange, asked.body, 0)

    async def _with(
        self, armed: Armed | None, request: web.Request, act: Callable[[], web.Response]
    ) -> web.StreamResponse:
        """Do what was asked, or misbehave."""
        if armed is None:
            return act()
        fault = armed.fault
        done = act() if fault.accepted else None
        if fault.kind == "answer":
            return bad(fault)
        if fault.kind in {"hangs", "late"}:
            with suppress(TimeoutError):
                async with asyncio.timeout(fault.seconds if fault.kind == "late" else None):
                    await armed.gate.wait()
            if done is None and self._closing.is_set():
                abort(request)
                return web.Response(status=503)
            return done or act()
        if fault.kind == "half" and done is not None:
            return await half(request, done)
        abort(request)
        return web.Response(status=500)
