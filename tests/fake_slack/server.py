"""The fake itself: a server on loopback, and what a test does with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from aiohttp import web

from tests.fake_slack.acting import Acting
from tests.fake_slack.answers import Answers
from tests.fake_slack.checks import Checks, Findings, of_ack
from tests.fake_slack.faults import Armed, Fault, Faults
from tests.fake_slack.journal import Journal
from tests.fake_slack.methods import Call, answer
from tests.fake_slack.nouns import PATIENCE_S, Ack, Asked, Bell, Clock, Exchange, Json, Posted, Room, utc_now
from tests.fake_slack.rate import LIMITED, Rate
from tests.fake_slack.reading import read
from tests.fake_slack.socket import Sockets, abort
from tests.fake_slack.workspace import SCOPES, SlackError, Workspace

NUMBER = web.RequestKey("number", int)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeSlack(Acting):
    """One workspace with one app, on 127.0.0.1; an async context manager.

    Leaving it fails the test if any request broke a rule, unless `expect_violations()` was called.
    """

    def __init__(
        self,
        *,
        reference: Path | None = None,
        scopes: Iterable[str] = SCOPES,
        now: Clock = utc_now,
        port: int = 0,
        journal: Path | None = None,
    ) -> None:
        """`reference`: the folder of foreign checks, `shared / "oracles"`; `journal`: a file of all that happens."""
        self.port = port
        self.violations: list[str] = []
        self.asked: list[Asked] = []
        self.under_way = 0  # requests to the Web API that are not answered yet
        self._expected = False
        self._bell, self._closing, self._journal = Bell(), asyncio.Event(), Journal(journal)
        self.faults, self.checks, self.rate = Faults(self._bell), Checks(reference), Rate()
        self.workspace = Workspace(self._bell, now, scopes, self._journal.note)
        self._answers = Answers(self.workspace)
        self._rooms: dict[str, Room] = {}  # where an envelope came from
        self.socket = Sockets(
            self._bell, self.faults, now, self.workspace.app, self._violate, self._journal.note, self._heard
        )
        self.app = web.Application(client_max_size=4 * 2**20, middlewares=[self._own_up])
        self.app.router.add_route("GET", "/link", self.socket.let_in)
        self.app.router.add_route("POST", "/resp/{key}", self._respond)
        self.app.router.add_route("*", "/api/{method}", self._api)
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
        await self.socket.close()
        await self._runner.cleanup()
        self._journal.close()
        if error is None and self.violations and not self._expected:
            raise AssertionError("Slack's rules or ours were broken:\n" + "\n".join(self.violations))

    async def come_up(self) -> None:
        """Listen, on the same port as before."""
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def go_down(self) -> None:
        """Refuse connections and reset those that stand, until `come_up()`."""
        for site in list(self._runner.sites):
            await site.stop()
        for connection in list(self._runner.server.connections if self._runner.server else []):
            if connection.transport is not None:
                connection.transport.abort()

    @property
    def url(self) -> str:
        """What SLACK_API_URL wants; ends in /api/."""
        return f"http://127.0.0.1:{self.port}/api/"

    @property
    def bot_token(self) -> str:
        """The one valid xoxb token."""
        return self.workspace.bot_token

    @property
    def app_token(self) -> str:
        """The one valid xapp token."""
        return self.workspace.app_token

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What is not checked, since no reference was given."""
        return self.checks.unchecked

    def expect_violations(self) -> list[str]:
        """Do not fail the test for violations; the list they go to."""
        self._expected = True
        return self.violations

    # ── what happened

    def room(self, channel: str) -> Room:
        """A room by its id, to look at or to change; made where there is none yet."""
        return self.workspace.rooms.setdefault(channel, Room(id=channel, name=channel.lower()))

    def posts(self, channel: str) -> list[Posted]:
        """Our messages in a room as they stand now, oldest first, those in threads included; U… is the direct room."""
        room = self.workspace.direct(channel) if channel in self.workspace.people else self.room(channel)
        return [one for one in room.messages if one.by == self.workspace.bot]

    def calls(self, method: str) -> list[Asked]:
        """The requests of one method, in order."""
        return [one for one in self.asked if one.method == method]

    async def until(
        self, true: Callable[[], bool], what: str = "it did not come true", *, within_s: float = PATIENCE_S
    ) -> None:
        """Return once that is true; looked at whenever anything happens here."""
        await self._bell.until(true, what, within_s)

    async def posted(self, channel: str, count: int = 1, *, within_s: float = PATIENCE_S) -> list[Posted]:
        """Our messages in a room, once there are that many."""
        what = f"{channel} got fewer than {count} messages"
        await self.until(lambda: len(self.posts(channel)) >= count, what, within_s=within_s)
        return self.posts(channel)

    async def called(self, method: str, count: int = 1, *, within_s: float = PATIENCE_S) -> list[Asked]:
        """The requests of one method, once there are that many."""
        what = f"{method} was asked fewer than {count} times"
        await self.until(lambda: len(self.calls(method)) >= count, what, within_s=within_s)
        return self.calls(method)

    async def connected(self, opened: int = 1, *, within_s: float = PATIENCE_S) -> None:
        """Return once a socket is open, and that many were opened in all (`slack.socket.opened + 1`: a new one)."""

        def true() -> bool:
            return bool(self.socket.live) and self.socket.opened >= opened

        await self.until(true, f"no socket was open, or fewer than {opened} were opened", within_s=within_s)

    async def disconnected(self, *, within_s: float = PATIENCE_S) -> None:
        """Return once no socket is open."""
        await self.until(lambda: not self.socket.live, "a socket was still open", within_s=within_s)

    # ── requests

    def _violate(self, what: str) -> None:
        self.violations.append(what)
        self._journal.note("violated", what)

    async def _send(self, envelope: Json, room: Room, original: Posted | None = None) -> Exchange:
        key = uuid4().hex
        envelope["payload"]["response_url"] = f"http://127.0.0.1:{self.port}/resp/{key}"
        self._rooms[envelope["envelope_id"]] = room
        exchange = self.socket.exchange(envelope)
        self._answers.give(key, exchange, room, original)
        return await self.socket.send(exchange)

    def _heard(self, exchange: Exchange, ack: Ack) -> None:
        """What came with an acknowledgement is an answer of its own."""
        for what in of_ack(exchange.envelope, ack.payload):
            self._violate(f"acknowledgement of {exchange.id}: {what}")
        room = self._rooms.get(exchange.id)
        if room is None or not ack.payload or exchange.envelope["type"] != "slash_commands":
            return
        found = self.checks.of("response_url", ack.payload)
        for what in found.violations:
            self._violate(f"acknowledgement of {exchange.id}: {what}")
        if found.refusal is None:
            self._answers.take(exchange, ack.payload, room, original=None, via="ack")

    @web.middleware
    async def _own_up(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A fault of the fake's own must not pass for one of Slack's."""
        failed = True
        try:
            response = await handler(request)
        except (web.HTTPException, ConnectionError, asyncio.CancelledError):
            failed = False
            raise
        else:
            failed = False
            return response
        finally:
            if NUMBER in request:
                self.under_way -= 1
                told = {"number": request[NUMBER], "at": self.workspace.now()}
                self._journal.note("answered", told, on_disk=False)
            if failed:
                self._violate(f"the fake itself failed at {request.path}; see the log")

    def _note(self, method: str, arguments: Json, via: str, token: str) -> tuple[Asked, Findings]:
        """Keep the request, on the disk too, and hold it against the rules."""
        asked = Asked(
            number=len(self.asked) + 1,
            method=method,
            arguments=arguments,
            at=self.workspace.now(),
            via=via,
            token=self._kind(token),
        )
        self.asked.append(asked)
        self._journal.note("asked", asked)
        found = self.checks.of(method, arguments)
        for what in found.violations:
            self._violate(f"{method} no. {asked.number}: {what}")
        if method == "chat.postMessage" and (thread := arguments.get("thread_ts")) and not self.workspace.holds(thread):
            self._violate(f"{method} no. {asked.number}: thread_ts {thread} is no message's")
        if self.rate.is_deaf(asked):
            self._violate(f"{method} no. {asked.number}: Retry-After of {arguments.get('channel')} is not over")
        self._bell.ring()
        return asked, found

    def _kind(self, token: str) -> str:
        return {self.bot_token: "bot", self.app_token: "app", "": "none"}.get(token, "unknown")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            arguments, token, via = await read(request)
        except SlackError as error:
            self._violate(f"{method}: the body cannot be read ({error})")
            return web.json_response({"ok": False, "error": error.error})
        asked, found = self._note(method, arguments, via, token)
        request[NUMBER], self.under_way = asked.number, self.under_way + 1

        def act(lag: Fault | None = None) -> web.Response:
            call = Call(
                method=method,
                arguments=arguments,
                token=asked.token,
                refusal=found.refusal,
                faults=found.faults,
                hidden=lag.hidden if lag else 0,
                unseen_s=lag.seconds if lag else 0,
            )
            headers = {"X-OAuth-Scopes": ",".join(sorted(self.workspace.scopes))} if asked.token == "bot" else {}
            return web.json_response(answer(call, self.workspace, self._link), headers=headers)

        armed = self.faults.take(method)
        refusal = armed.fault if armed else self.rate.refusal(asked)
        if refusal is not None and refusal.status == 429:
            self._journal.note("limited", {"number": asked.number, "retry_after": refusal.retry_after})
        if armed is None and refusal is not None:
            return _bad(refusal)
        response = await self._with(armed, request, act)
        if method == LIMITED:
            await asyncio.sleep(self.rate.answer.total_seconds())
        return response

    def _link(self) -> str:
        return f"ws://127.0.0.1:{self.port}/link?ticket={self.socket.ticket()}&app_id={self.workspace.app}"

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        try:
            arguments, _, via = await read(request)
        except SlackError as error:
            self._violate(f"response_url: the body cannot be read ({error})")
            return web.Response(status=400, text=error.error)
        _, found = self._note("response_url", arguments, via, "")

        def act(_lag: Fault | None = None) -> web.Response:
            try:
                self._answers.use(request.match_info["key"], arguments, found.refusal)
            except SlackError as error:
                return web.json_response({"ok": False, "error": error.error}, status=404)
            return web.Response(text="ok")

        return await self._with(self.faults.take("response_url"), request, act)

    async def _with(
        self, armed: Armed | None, request: web.Request, act: Callable[[Fault | None], web.Response]
    ) -> web.StreamResponse:
        """Do what was asked, or misbehave."""
        if armed is None:
            return act(None)
        fault = armed.fault
        if fault.kind == "lags":
            return act(fault)
        done = act(None) if fault.accepted else None
        if fault.kind == "answer":
            return _bad(fault)
        if fault.kind in {"hangs", "late"}:
            with suppress(TimeoutError):
                async with asyncio.timeout(fault.seconds if fault.kind == "late" else None):
                    await armed.gate.wait()
            if done is None and self._closing.is_set():
                abort(request)
                return web.Response(status=503)
            return done or act(None)
        if fault.kind == "half" and done is not None:
            return await _half(request, done)
        abort(request)
        return web.Response(status=500)


def _bad(fault: Fault) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    return web.Response(status=fault.status, text=fault.body, content_type=fault.content_type, headers=headers)


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """The first half of an answer under the length of the whole."""
    body = whole.text.encode() if whole.text else b""
    response = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.headers["Content-Type"]})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()  # after what was written; a reset could overtake it
    return response
