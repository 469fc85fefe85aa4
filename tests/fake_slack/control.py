"""The fake from another process: `POST /_control/{verb}` with a JSON object → a JSON object. `remote` is its client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.fake_slack.faults import Fault
from tests.fake_slack.nouns import Exchange, Json, as_row
from tests.fake_slack.outages import Outages
from tests.fake_slack.server import FakeSlack

FAILED = 409  # what was waited for did not come; the body says what


class Control:
    """The verbs over one fake."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._outages = Outages(slack)
        self._verbs: dict[str, Callable[[Json], Awaitable[object]]] = {
            "command": self._command,
            "redeliver": self._redeliver,
            "exchange": self._exchange,
            "fault": self._fault,
            "hit": self._hit,
            "release": self._release,
            "clear": self._clear,
            "posts": self._posts,
            "asked": self._asked,
            "violations": self._violations,
            "connected": self._connected,
            "disconnected": self._disconnected,
            "disconnect": self._disconnect,
            "drop": self._drop,
            "down": self._down,
            "say": self._say,
            "room": self._room,
            "scopes": self._scopes,
            "rooms": self._rooms,
            "limit": self._limit,
        }
        slack.app.router.add_route("POST", "/_control/{verb}", self._do)

    async def _do(self, request: web.Request) -> web.Response:
        verb = self._verbs.get(request.match_info["verb"])
        if verb is None:
            raise web.HTTPNotFound
        try:
            return web.json_response({"answer": as_row(await verb(await request.json()))})
        except AssertionError as error:
            return web.json_response({"failed": str(error)}, status=FAILED)

    async def _command(self, given: Json) -> object:
        return (await self._slack.send_command(**given)).id

    async def _redeliver(self, given: Json) -> object:
        return (await self._slack.redeliver(self._one(given))).id

    async def _exchange(self, given: Json) -> object:
        """The acknowledgements and replies, once there are so many."""
        exchange = self._one(given)
        if given["acked"]:
            await exchange.acked(within_s=given["within_s"])
        await exchange.answers(given["replies"], within_s=given["within_s"])
        return {"acks": exchange.acks, "replies": exchange.replies}

    def _one(self, given: Json) -> Exchange:
        return self._slack.socket.exchanges[str(given["id"])]

    async def _fault(self, given: Json) -> object:
        chosen = {key: given[key] for key in ("times", "share", "skip")}
        return self._slack.faults.add(given["method"], Fault(**given["fault"]), **chosen).id

    async def _hit(self, given: Json) -> object:
        await self._slack.faults.all[given["id"]].hit(given["count"], within_s=given["within_s"])
        return None

    async def _release(self, given: Json) -> object:
        self._slack.faults.all[given["id"]].release()
        return None

    async def _clear(self, given: Json) -> object:
        self._slack.faults.clear(given["method"])
        return None

    async def _posts(self, given: Json) -> object:
        return await self._slack.posted(given["channel"], given["count"], within_s=given["within_s"])

    async def _asked(self, given: Json) -> object:
        if given["method"] is None:
            return self._slack.asked
        return await self._slack.called(given["method"], given["count"], within_s=given["within_s"])

    async def _violations(self, _given: Json) -> object:
        return self._slack.violations

    async def _connected(self, given: Json) -> object:
        await self._slack.connected(given["opened"], within_s=given["within_s"])
        return self._slack.socket.opened

    async def _disconnected(self, given: Json) -> object:
        await self._slack.disconnected(within_s=given["within_s"])
        return None

    async def _disconnect(self, given: Json) -> object:
        await self._slack.disconnect(given["reason"])
        return None

    async def _drop(self, _given: Json) -> object:
        self._slack.drop()
        return None

    async def _down(self, given: Json) -> object:
        self._outages.begin(given["seconds"])
        return None

    async def _say(self, given: Json) -> object:
        return self._slack.said(given["channel"], given["text"], by=given["by"])

    async def _room(self, given: Json) -> object:
        room, changes = self._slack.room(given["id"]), dict[str, Any](given["changes"])
        for name, value in changes.items():
            setattr(room, name, value)
        return None

    async def _rooms(self, given: Json) -> object:
        for channel in given["ids"]:
            self._slack.room(channel)
        return None

    async def _limit(self, given: Json) -> object:
        self._slack.rate.every = timedelta(seconds=given["every_s"])
        self._slack.rate.answer = timedelta(seconds=given["answer_s"])
        return None

    async def _scopes(self, given: Json) -> object:
        self._slack.workspace.scopes = set(given["scopes"])
        return None
