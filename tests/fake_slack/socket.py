"""Socket Mode: single-use tickets, sockets, envelopes to one of them, and their acknowledgements."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.fake_slack.faults import Faults
from tests.fake_slack.nouns import Ack, Bell, Clock, Exchange, Json, Upgrade

USED_TICKET = 408  # what a reused address was seen to get (slackapi/python-slack-sdk issue 1110)
PING_EVERY_S = 5.0
DEBUG = {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060}


def abort(request: web.Request) -> None:
    """Reset the connection: no more bytes, and no orderly end."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        # Lingering for zero seconds makes the kernel send RST where it would send FIN.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


@dataclass(eq=False)
class Socket:
    """One open connection."""

    number: int
    request: web.Request
    ws: web.WebSocketResponse
    pings: int = 0  # that the client sent


@dataclass(eq=False)
class Sockets:
    """All connections of the one app."""

    bell: Bell
    faults: Faults
    now: Clock
    app: str
    violate: Callable[[str], None]
    note: Callable[[str, object], None]
    heard: Callable[[Exchange, Ack], None]  # an acknowledgement came
    live: list[Socket] = field(default_factory=list)
    upgrades: list[Upgrade] = field(default_factory=list)  # every attempt
    exchanges: dict[str, Exchange] = field(default_factory=dict)  # by envelope_id
    opened: int = 0  # sockets that were let in, ever
    mute: bool = False  # nothing is answered, read or sent: half-open connections
    _tickets: set[str] = field(default_factory=set)
    _sent: dict[str, float] = field(default_factory=dict)
    _turn: int = 0

    def ticket(self) -> str:
        """A new ticket, good for one attempt."""
        made = str(uuid4())
        self._tickets.add(made)
        return made

    async def let_in(self, request: web.Request) -> web.StreamResponse:
        """Take a ticket and serve the socket until it closes; refuse a used or unknown ticket."""
        ticket = request.query.get("ticket", "")
        good = ticket in self._tickets
        self._tickets.discard(ticket)
        armed = self.faults.take("link")
        if armed is not None and armed.fault.kind == "hangs":
            await armed.gate.wait()
        refused = 0 if good else USED_TICKET
        if armed is not None and armed.fault.kind == "answer":
            refused = armed.fault.status
        if armed is not None and armed.fault.kind == "reset":
            abort(request)
            refused = 500
        self.upgrades.append(Upgrade(ticket=ticket, status=refused or 101))
        self.bell.ring()
        return web.Response(status=refused) if refused else await self._serve(request)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse(autoping=False, heartbeat=PING_EVERY_S, timeout=0.1)
        await ws.prepare(request)
        self.opened += 1
        open_socket = Socket(self.opened, request, ws)
        await ws.send_json(
            {
                "type": "hello",
                "num_connections": len(self.live) + 1,
                "debug_info": DEBUG,
                "connection_info": {"app_id": self.app},
            }
        )
        self.live.append(open_socket)
        self.bell.ring()
        try:
            await self._read(open_socket)
        finally:
            if open_socket in self.live:
                self.live.remove(open_socket)
            self.bell.ring()
        return ws

    async def _read(self, open_socket: Socket) -> None:
        async for message in open_socket.ws:
            if self.mute:
                continue
            if message.type == WSMsgType.PING:
                open_socket.pings += 1
                with suppress(ConnectionResetError):  # it goes just then
                    await open_socket.ws.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._take(str(message.data))
            self.bell.ring()

    def _take(self, text: str) -> None:
        """One frame of the client's: an acknowledgement."""
        try:
            frame = json.loads(text)
            exchange = self.exchanges.get(frame["envelope_id"])
        except (ValueError, KeyError, TypeError):
            self.violate(f"a frame is no acknowledgement: {text[:80]!r}")
            return
        if exchange is None:
            self.violate(f"an unknown envelope was acknowledged: {text[:80]!r}")
            return
        payload = frame.get("payload") or None
        if payload and not exchange.envelope["accepts_response_payload"]:
            self.violate(f"{exchange.envelope['type']} takes no payload with its acknowledgement")
        if len(exchange.acks) >= exchange.deliveries:
            self.violate(f"{exchange.envelope['type']} {exchange.id} was acknowledged twice")
        took_s = asyncio.get_running_loop().time() - self._sent[exchange.id]
        ack = Ack(at=self.now(), took_s=took_s, payload=payload)
        exchange.acks.append(ack)
        self.note("acked", {"envelope": exchange.id, "ack": ack})
        self.heard(exchange, ack)

    def exchange(self, envelope: Json) -> Exchange:
        """What keeps all that comes back for an envelope; the same for the same envelope."""
        return self.exchanges.setdefault(str(envelope["envelope_id"]), Exchange(envelope, self.bell))

    async def send(self, exchange: Exchange) -> Exchange:
        """Give its envelope to one of the sockets, the next in turn; fails where none is open."""
        if not self.live:
            raise AssertionError("no socket is connected: await slack.connected() first")
        self._turn += 1
        self._sent[exchange.id] = asyncio.get_running_loop().time()
        exchange.deliveries, exchange.wanted = exchange.deliveries + 1, len(exchange.acks) + 1
        if not self.mute:
            await self.live[self._turn % len(self.live)].ws.send_json(exchange.envelope)
        return exchange

    async def disconnect(self, reason: str) -> None:
        """Tell every client to go: warning, refresh_requested or link_disabled."""
        for one in list(self.live):
            with suppress(ConnectionResetError):  # it goes just then
                await one.ws.send_json({"type": "disconnect", "reason": reason, "debug_info": DEBUG})

    def drop(self) -> None:
        """Reset every connection without a word."""
        for one in list(self.live):
            abort(one.request)

    async def close(self) -> None:
        """Close every socket in an orderly way."""
        for one in list(self.live):
            await one.ws.close(code=1001)
