"""What comes in: acknowledged at once, handled once, and answered by a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any
from uuid import uuid4

from bot.chat import Clerk
from bot.chat.answering import STOPPING, wind_up
from bot.chat.slack.asked import Asked, Gone, Looked, Once, Typed, heard
from bot.chat.slack.forms import FOUND, errors, option
from bot.chat.slack.homes import Homes
from bot.chat.slack.replies import Replies
from bot.chat.slack.socket import Reply
from bot.chat.slack.views import Views
from bot.log import log

# So many are answered at once; what comes meanwhile is acknowledged all the same, and waits.
AT_ONCE = 20


class Hearing:
    """Takes what one workspace sends, as long as its group lives."""

    def __init__(
        self, clerk: Clerk, *, workspace: str, replies: Replies, views: Views, homes: Homes, group: asyncio.TaskGroup
    ) -> None:
        self._clerk, self._workspace, self._group = clerk, workspace, group
        self._replies, self._views, self._homes = replies, views, homes
        self._once, self._busy = Once(), set[asyncio.Task[None]]()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._told_gone: set[str] = set()
        self._stopping = False

    def hear(self, body: Mapping[str, Any]) -> Reply | None:
        """What the acknowledgement carries, mostly nothing; None: it is not to be acknowledged. Never raises."""
        try:
            return self._hear(body)
        except Exception:  # noqa: BLE001 - the top of a deed: what one payload holds must not stop the others
            log.error("payload.broke", reference=uuid4().hex[:8], exc_info=True)
            return {}

    async def stop(self) -> None:
        """Turn away what comes from now on; what is being answered gets eight seconds."""
        self._stopping = True
        await wind_up(self._busy)

    def _hear(self, body: Mapping[str, Any]) -> Reply | None:
        match heard(body, workspace=self._workspace):
            case Typed(form=form, field=field, words=words):
                found = self._clerk.lookup(form, field, words)
                return {"options": [option(one) for one in found[:FOUND]]}
            case Gone(why=why):
                self._gone(why)
            case Looked() | Asked() if self._stopping:
                return _turned_away(body)
            case Looked(id=key, person=person) if self._first(key):
                self._spawn(self._look(person), f"home of {person}")
            case Asked() as asked:
                return self._asked(asked, body)
        return {}

    def _asked(self, asked: Asked, body: Mapping[str, Any]) -> Reply:
        filled = asked.command.filled
        if filled and filled.done and (faults := self._clerk.faults(asked.command)):
            return {"response_action": "errors", "errors": errors(faults, body["view"])}
        if self._first(asked.command.id):
            if filled and not filled.done:
                self._views.changed(asked.back, asked.command.id)
            self._spawn(self._answer(asked), f"answer {asked.command.id}")
        return {}

    def _first(self, key: str) -> bool:
        return self._once.take(key, asyncio.get_running_loop().time())

    def _spawn(self, deed: Coroutine[Any, Any, None], name: str) -> None:
        task = self._group.create_task(_safely(deed), name=name)
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _answer(self, asked: Asked) -> None:
        async with self._turns:
            told = await self._replies.reply(asked, self._clerk)
        if not told.was_told:
            self._once.forget(asked.command.id)
        if told.again:  # it waits, and takes nobody's turn
            await told.again()

    async def _look(self, person: str) -> None:
        await self._homes.open(person, self._clerk)
        await self._replies.greet(person, self._clerk)

    def _gone(self, why: str) -> None:
        """A person must act; said once, since Slack tells it in two events and more than once."""
        if why not in self._told_gone:
            self._told_gone.add(why)
            log.error("slack.gone", why=why)


async def _safely(deed: Coroutine[Any, Any, None]) -> None:
    try:
        await deed
    except Exception:  # noqa: BLE001 - the top of a deed: one person's fault must not stop the others
        log.error("request.broke", reference=uuid4().hex[:8], exc_info=True)


def _turned_away(body: Mapping[str, Any]) -> Reply | None:
    """Who types or sends a form is told; all else Slack delivers to whoever runs next, or says so itself."""
    if "command" in body:
        return {"text": STOPPING}
    if body.get("type") == "view_submission":
        return {"response_action": "errors", "errors": errors({"": STOPPING}, body["view"])}
    return None
