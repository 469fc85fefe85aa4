"""What people and Slack do: type, press, choose, fill in; and events, redeliveries, sockets that go."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tests.fake_slack import payloads
from tests.fake_slack.faults import Fault, Faults
from tests.fake_slack.filling import enter, field_of
from tests.fake_slack.nouns import Exchange, Json, Posted, Room, Whisper
from tests.fake_slack.socket import Sockets
from tests.fake_slack.workspace import Said, View, Workspace


class Acting(ABC):
    """The half of the fake that acts; each deed returns once it is acknowledged, and fails after three seconds."""

    workspace: Workspace
    socket: Sockets
    faults: Faults

    @abstractmethod
    def room(self, channel: str) -> Room:
        """A room by its id."""

    @abstractmethod
    async def _send(self, envelope: Json, room: Room, original: Posted | None = None) -> Exchange:
        """Send what has a response_url; does not wait."""

    async def _deliver(self, kind: str, payload: Json, *, answerable: bool = False) -> Exchange:
        exchange = await self.socket.send(self.socket.exchange(payloads.envelope(kind, payload, answerable=answerable)))
        await exchange.acked()
        return exchange

    def said(self, channel: str, text: str, *, by: str = "U2", thread: str | None = None) -> Posted:
        """Somebody says something in a room."""
        return self.workspace.say(self.room(channel), Said(text=text, thread=thread), by=by, via="")

    # ── commands and messages

    async def command(self, name: str, text: str, *, channel: str, user: str) -> Exchange:
        """A person types a slash command."""
        exchange = await self.send_command(name, text, channel=channel, user=user)
        await exchange.acked()
        return exchange

    async def send_command(self, name: str, text: str, *, channel: str, user: str) -> Exchange:
        """Likewise, without waiting."""
        room, person = self.room(channel), self.workspace.people[user]
        payload = payloads.command(self.workspace, name, text, room, person)
        return await self._send(payloads.envelope("slash_commands", payload, answerable=True), room)

    async def press(self, where: Posted | Whisper | View, action_id: str, *, user: str) -> Exchange:
        """A person presses a button of a message, of an answer that only he sees, or of a view."""
        return await self._act(where, action_id, "", user=user)

    async def choose(self, where: Posted | View, block_id: str, value: str, *, user: str) -> Exchange:
        """A person chooses something in the menu beside a block."""
        blocks = where.blocks if isinstance(where, Posted) else where.body["blocks"]
        (menu,) = [block["accessory"] for block in blocks if block.get("block_id") == block_id]
        (chosen,) = [option for option in menu["options"] if option["value"] == value]
        return await self._act(where, menu["action_id"], block_id, user=user, selected_option=chosen)

    async def _act(
        self, where: Posted | Whisper | View, action_id: str, block_id: str, *, user: str, **chosen: object
    ) -> Exchange:
        person = self.workspace.people[user]
        blocks = where.body["blocks"] if isinstance(where, View) else where.blocks
        place, element = payloads.element_of(blocks, action_id, block_id)
        action = payloads.acted(self.workspace, place, element) | chosen
        if isinstance(where, View):
            return await self._deliver("interactive", payloads.click_in(self.workspace, action, where, person))
        room = self.room(where.channel)
        payload = payloads.click(self.workspace, action, where, room, person)
        original = where if isinstance(where, Posted) else None
        exchange = await self._send(payloads.envelope("interactive", payload, answerable=False), room, original)
        await exchange.acked()
        return exchange

    # ── shortcuts

    async def shortcut(self, callback: str, *, user: str) -> Exchange:
        """A person takes a global shortcut."""
        return await self._deliver(
            "interactive", payloads.shortcut(self.workspace, callback, self.workspace.people[user])
        )

    async def shortcut_on(self, posted: Posted, callback: str, *, user: str) -> Exchange:
        """A person takes a shortcut of a message."""
        room = self.room(posted.channel)
        payload = payloads.message_shortcut(self.workspace, callback, posted, room, self.workspace.people[user])
        exchange = await self._send(payloads.envelope("interactive", payload, answerable=False), room)
        await exchange.acked()
        return exchange

    # ── forms

    async def type_into(self, view: View, block_id: str, words: str, *, user: str) -> list[Json]:
        """A person types into a field that is looked up; the options that are offered."""
        payload = payloads.suggestion(
            self.workspace, field_of(view.body, block_id), words, view, self.workspace.people[user]
        )
        exchange = await self._deliver("interactive", payload, answerable=True)
        view.found = list((exchange.acks[-1].payload or {}).get("options", ()))
        return view.found

    async def fill(self, view: View, block_id: str, *values: str, user: str) -> Exchange | None:
        """A person puts something into a field; None: we are not told of it."""
        block = field_of(view.body, block_id)
        key, told = enter(block, values, view.found)
        view.entered[key] = told
        if not block.get("dispatch_action"):
            return None
        action = payloads.acted(self.workspace, block["block_id"], block["element"]) | told
        payload = payloads.click_in(self.workspace, action, view, self.workspace.people[user])
        return await self._deliver("interactive", payload)

    async def submit(self, view: View, values: Json | None = None, *, user: str) -> Exchange:
        """A person sends a form, which closes unless it has errors.

        `values`: block_id → action_id → the element's state; None: what was filled in.
        """
        payload = payloads.submission(self.workspace, view, values, self.workspace.people[user])
        exchange = await self._deliver("interactive", payload, answerable=True)
        answer = exchange.acks[-1].payload or {}
        view.errors = dict(answer.get("errors") or {})
        view.open = answer.get("response_action") == "errors"
        return exchange

    async def put_away(self, view: View, *, user: str) -> Exchange:
        """A person closes a form without sending it."""
        view.open = False
        return await self._deliver("interactive", payloads.closing(self.workspace, view, self.workspace.people[user]))

    # ── events, and the connection

    async def event(self, kind: str, **fields: object) -> Exchange:
        """Something happens: event("app_home_opened", user="U1", tab="home")."""
        return await self._deliver("events_api", payloads.event(self.workspace, {"type": kind, **fields}))

    async def redeliver(self, envelope: Json | Exchange) -> Exchange:
        """The same envelope once more, as after a lost acknowledgement; does not wait."""
        given = envelope.envelope if isinstance(envelope, Exchange) else envelope
        attempt = int(given.get("retry_attempt", 0)) + 1
        given |= {"retry_attempt": attempt, "retry_reason": "timeout"}
        return await self.socket.send(self.socket.exchange(given))

    async def disconnect(self, reason: str) -> None:
        """Slack asks to go: warning, refresh_requested, or link_disabled (then no new socket is given out)."""
        if reason == "link_disabled":
            self.faults.add("apps.connections.open", Fault.error("link_disabled"), times=None)
        await self.socket.disconnect(reason)

    def drop(self) -> None:
        """Every socket is reset without a word."""
        self.socket.drop()
