"""The gateway: hello, identify, ready, heartbeats, resume, and all the ways in which it goes wrong."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.fake_discord.guild import BOT, GUILD, TOKEN, Guild
from tests.fake_discord.nouns import Json
from tests.fake_slack.faults import Faults
from tests.fake_slack.nouns import Bell
from tests.fake_slack.socket import abort

DISPATCH, RECONNECT, INVALID, HELLO, ACK = 0, 7, 9, 10, 11
HEARTBEAT_MS = 41_250
INTENTS = 1  # guilds, and no more


@dataclass(eq=False)
class Session:
    """What a client may resume."""

    id: str
    sent: list[Json] = field(default_factory=list)  # dispatches, in order; the first has the number 1
    lost: bool = False  # it cannot be resumed


@dataclass(eq=False)
class Line:
    """One connection."""

    socket: web.WebSocketResponse
    request: web.Request
    squeezed: bool  # zlib-stream
    squeezer: zlib._Compress = field(default_factory=zlib.compressobj)
    session: Session | None = None
    heartbeats: int = 0

    async def send(self, payload: Json) -> None:
        """One payload, as the client wanted them."""
        text = json.dumps(payload)
        if not self.squeezed:
            await self.socket.send_str(text)
            return
        await self.socket.send_bytes(self.squeezer.compress(text.encode()) + self.squeezer.flush(zlib.Z_SYNC_FLUSH))


class Gateway:
    """All connections of the one bot."""

    def __init__(self, bell: Bell, faults: Faults, guild: Guild, violate: Callable[[str], None]) -> None:
        self._bell, self._faults, self._guild, self._violate = bell, faults, guild, violate
        self.lines: list[Line] = []
        self.identified = self.resumed = self.opened = 0
        self.mute = False  # heartbeats are not acknowledged
        self._sessions: dict[str, Session] = {}
        self.url = ""  # set once the server listens

    @property
    def live(self) -> list[Line]:
        """Connections whose client has been greeted."""
        return [line for line in self.lines if line.session is not None and not line.socket.closed]

    async def let_in(self, request: web.Request) -> web.StreamResponse:
        """A client connects."""
        armed = self._faults.take("gateway")
        if armed is not None:
            return web.Response(status=armed.fault.status)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        line = Line(socket, request, squeezed=request.query.get("compress") == "zlib-stream")
        self.lines.append(line)
        self.opened += 1
        self._bell.ring()
        await line.send({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._heard(line, json.loads(message.data))
        finally:
            self.lines.remove(line)
            self._bell.ring()
        return socket

    async def _heard(self, line: Line, payload: Json) -> None:
        match payload["op"]:
            case 1:  # a heartbeat
                line.heartbeats += 1
                if not self.mute:
                    await line.send({"op": ACK})
            case 2:  # it introduces itself
                await self._identified(line, payload["d"])
            case 6:  # it comes again
                await self._resumed(line, payload["d"])
        self._bell.ring()

    async def _identified(self, line: Line, told: Json) -> None:
        if told["token"] != TOKEN:
            await line.socket.close(code=4004)
            return
        if told["intents"] != INTENTS:
            self._violate(f"the gateway was asked for the intents {told['intents']}")
        self.identified += 1
        line.session = Session(uuid4().hex)
        self._sessions[line.session.id] = line.session
        await self._dispatch(line, "READY", self._ready(line.session, told.get("shard") or [0, 1]))
        await self._dispatch(line, "GUILD_CREATE", self._guild.whole())

    def _ready(self, session: Session, shard: list[int]) -> Json:
        return {
            "v": 10,
            "user": self._guild.user(BOT),
            "guilds": [{"id": GUILD, "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": shard,
            "application": {"id": BOT, "flags": 0},
        }

    async def _resumed(self, line: Line, told: Json) -> None:
        session = self._sessions.get(told["session_id"])
        if session is None or session.lost:
            await line.send({"op": INVALID, "d": False})
            return
        self.resumed += 1
        line.session = session
        for payload in session.sent[told["seq"] :]:
            await line.send(payload)
        await self._dispatch(line, "RESUMED", {})

    async def _dispatch(self, line: Line, event: str, told: Json) -> None:
        assert line.session is not None
        payload = {"op": DISPATCH, "t": event, "s": len(line.session.sent) + 1, "d": told}
        line.session.sent.append(payload)
        await line.send(payload)

    # ── what Discord does

    async def tell(self, event: str, told: Json) -> None:
        """Something happens; one whose line is down hears of it when it resumes."""
        live = self.live
        if live:
            await self._dispatch(live[-1], event, told)
            return
        for session in self._sessions.values():
            session.sent.append({"op": DISPATCH, "t": event, "s": len(session.sent) + 1, "d": told})

    async def reconnect(self) -> None:
        """Ask every client to come again."""
        for line in self.live:
            await line.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Tell every client that its session is over."""
        for line in self.live:
            if line.session is not None and not resumable:
                line.session.lost = True
            await line.send({"op": INVALID, "d": resumable})

    async def break_(self) -> None:
        """Send what no client expects: a channel without anything in it."""
        await self.tell("CHANNEL_CREATE", {})

    async def close(self, code: int) -> None:
        """Close every connection with a code."""
        for line in self.live:
            await line.socket.close(code=code)

    def drop(self) -> None:
        """Reset every connection without a word."""
        for line in list(self.lines):
            abort(line.request)

    async def hang_up(self) -> None:
        """Close every connection in an orderly way."""
        for line in list(self.lines):
            await line.socket.close(code=1001)
