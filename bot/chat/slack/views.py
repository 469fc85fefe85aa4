"""Views opened and drawn anew: forms, and answers where no conversation is."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.lately import remember
from bot.chat.slack.asked import Back
from bot.chat.slack.forms import View, modal
from bot.chat.slack.requests import Failure, result
from bot.log import log
from bot.model import Form

KNOWN = 1_000  # versions of open forms that are remembered


class Turns:
    """One after the other, of those who want the same thing."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[None]:
        """Wait until it is one's turn."""
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = (lock, waiting - 1)


class Views:
    """The views of one workspace."""

    def __init__(self, web: AsyncWebClient) -> None:
        self._web, self._turns = web, Turns()
        self._newest: OrderedDict[str, str] = OrderedDict()  # view → the change in it that was made last
        self._after: OrderedDict[str, str] = OrderedDict()  # a version → the one that we put in its place

    async def show(self, view: View, back: Back) -> bool:
        """Show a view in place of the window that was pressed in, else to who did something at most three seconds ago.

        False: it could not be.
        """
        if not back.view and not back.trigger:
            return False
        method = "views.update" if back.view else "views.open"
        where = {"view_id": back.view} if back.view else {"trigger_id": back.trigger}
        try:
            await result(self._web.api_call(method, json={**where, "view": view}))
        except Failure as failure:
            log.info("view.not_shown", why=str(failure.verdict))
            return False
        return True

    def changed(self, back: Back, change: str) -> None:
        """Something was changed in an open form: what is drawn for an earlier change is not wanted any more."""
        remember(self._newest, back.view, change, most=KNOWN)

    async def redraw(self, back: Back, form: Form, change: str) -> None:
        """Draw an open form anew, unless it was changed once more meanwhile, or closed."""
        async with self._turns.of(back.view):
            if self._newest.get(back.view, change) != change:
                return
            version = back.version
            while version in self._after:  # what the person saw was replaced by us since
                version = self._after[version]
            asked = {"view_id": back.view, "hash": version, "view": modal(form, back.kept)}
            try:
                drawn = (await result(self._web.api_call("views.update", json=asked))).get("view") or {}
            except Failure as failure:
                # hash_conflict: another process has drawn it later. not_found: it was closed.
                log.info("view.not_drawn", why=str(failure.verdict))
                return
            if drawn.get("hash") and drawn["hash"] != version:
                remember(self._after, version, str(drawn["hash"]), most=KNOWN)
