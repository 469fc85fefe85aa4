"""What is asked → answered, by the way back that there is; what changed, said in its channel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Clerk
from bot.chat.answering import answered
from bot.chat.slack import verdict
from bot.chat.slack.answers import payloads
from bot.chat.slack.asked import Asked
from bot.chat.slack.blocks import body
from bot.chat.slack.elements import escaped, sentence
from bot.chat.slack.forms import Kept, modal, window
from bot.chat.slack.homes import Homes
from bot.chat.slack.requests import Failure, responded, result, say
from bot.chat.slack.views import Views
from bot.errors import TryLater, Unsure
from bot.log import log
from bot.model import Answer, ChannelId, Heading, Line

PATIENCE = timedelta(seconds=10)  # with a Slack that asks to wait before the channel can be told


class Told(NamedTuple):
    """What became of an answer."""

    was_told: bool  # False: nobody could be
    again: Callable[[], Awaitable[None]] | None = None  # what is still to be done, and takes a while


class Replies:
    """Answers what is asked in one workspace."""

    def __init__(
        self, web: AsyncWebClient, hooks: aiohttp.ClientSession, *, views: Views, homes: Homes, workspace: str
    ) -> None:
        """`hooks`: for the response_urls."""
        self._web, self._hooks, self._views, self._homes, self._workspace = web, hooks, views, homes, workspace

    async def reply(self, asked: Asked, clerk: Clerk) -> Told:
        """Answer it; whatever breaks, the asker hears of it and nobody else is touched."""
        command = asked.command
        answer = asked.ready or await answered(clerk, command)
        if command.filled and not command.filled.done:
            if answer.form:
                await self._views.redraw(asked.back, answer.form, command.id)
            return Told(True)
        # Tried before the answer, which then says what came of it.
        failure = await self._notice(asked, answer.notice)
        later = failure.verdict if failure and isinstance(failure.verdict, TryLater) else None
        told = await self._show(asked, answer if later else _failing(answer, failure, asked), clerk)
        if answer.notice or command.press or command.filled:
            self._homes.changed()
        return Told(told, partial(self._notice_again, asked, answer, later) if later else None)

    async def greet(self, person: str, clerk: Clerk) -> None:
        """Tell the first person of a workspace who meets us how to begin."""
        welcome = await clerk.welcome("slack", self._workspace)
        if welcome is None:
            return
        failure = await self._post(person, payloads(welcome), f"welcome-{person}")
        if failure is not None and not isinstance(failure.verdict, Unsure):  # in doubt it was said
            await clerk.take_back_welcome("slack", self._workspace)

    async def _show(self, asked: Asked, answer: Answer, clerk: Clerk) -> bool:
        """By a form where one is to be filled in; else as `_tell`."""
        form, back = answer.form, asked.back
        if form is not None:
            channel = form.channel.channel if form.channel else ""
            keep = Kept(channel=channel, url=back.url, home=back.home)
            if await self._views.show(modal(form, keep), back):
                return True
        # What was changed in the App Home is seen there.
        told = (back.home and bool(answer.notice) and not back.view) or await self._tell(asked, answer)
        if back.home:
            await self._homes.show(asked.command.person, clerk)
        return told

    async def _tell(self, asked: Asked, answer: Answer) -> bool:
        """Where the question came from; where that is no conversation in a view, and if need be in a direct message."""
        if _is_elsewhere(asked):
            answer = _headed(answer, asked.command.channel)
        if asked.back.url:
            return await self._whisper(asked, answer)
        if not answer.parts and not answer.preview:
            return True
        if await self._views.show(window(answer, Kept(home=asked.back.home)), asked.back):
            return True
        return await self._write(asked.command.person, answer, f"answer-{asked.command.id}")

    async def _whisper(self, asked: Asked, answer: Answer) -> bool:
        """Give the asker an answer, by its response_url; where that fails, in the channel for his eyes only.

        That cannot be where we are not in the channel; then it is a direct message.
        """
        back = asked.back
        thread = {"thread_ts": back.thread} if back.thread else {}
        for number, one in enumerate(payloads(answer)):
            said = json.loads(one)
            replaces = back.replaces and number == 0
            whisper = {"response_type": "ephemeral", "replace_original": replaces, **said, **thread}
            if await responded(self._hooks, back.url, whisper):
                continue
            whom = {"channel": back.place or asked.command.channel.channel, "user": asked.command.person, **thread}
            shown = {key: said[key] for key in ("text", "blocks")}
            try:
                await result(self._web.api_call("chat.postEphemeral", json={**whom, **shown}))
            except Failure:
                named = answer if _is_elsewhere(asked) else _headed(answer, asked.command.channel)
                rest = payloads(named)[number:]
                return await self._post(asked.command.person, rest, f"answer-{asked.command.id}") is None
        return True

    async def _write(self, person: str, answer: Answer, key: str) -> bool:
        return await self._post(person, payloads(answer), key) is None

    async def _post(self, person: str, pages: tuple[str, ...], key: str) -> Failure | None:
        """Write to a person; why that failed."""
        for number, page in enumerate(pages):
            try:
                await say(self._web, person, json.loads(page), key=f"{key}-{number}")
            except Failure as failure:
                log.warning("command.unanswered", why=str(failure.verdict))
                return failure
        return None

    async def _notice(self, asked: Asked, text: str) -> Failure | None:
        """Say in the channel what changed, if there is anything to be said; why that could not be."""
        command = asked.command
        if not text or not command.channel.channel:
            return None
        said = body([sentence(text)], escaped(text))
        try:
            await say(self._web, command.channel.channel, said, key=f"notice-{command.id}")
        except Failure as failure:
            log.warning("notice.not_said", channel=str(command.channel), why=str(failure.verdict))
            return failure
        return None

    async def _notice_again(self, asked: Asked, answer: Answer, later: TryLater) -> None:
        """Once more what Slack surely did not take, as soon as it wants; a person does not wait for long."""
        failure: Failure | None = Failure(later)
        if later.retry_after <= PATIENCE:
            await asyncio.sleep(later.retry_after.total_seconds())
            failure = await self._notice(asked, answer.notice)
        if failure is not None:
            # It stands below the answer; where there is one window only, in it.
            alone = replace(asked, back=replace(asked.back, replaces=False))
            await self._tell(alone, _failing(answer if asked.back.view else Answer(parts=()), failure, asked))


def _failing(answer: Answer, failure: Failure | None, asked: Asked) -> Answer:
    """The answer, and why what changed could not be said in the channel: then it is not seen there."""
    if failure is None:
        return answer
    told = Line(text=verdict.not_said(failure.verdict, there=_is_elsewhere(asked)))
    return replace(answer, parts=(*answer.parts, told), notice="")


def _is_elsewhere(asked: Asked) -> bool:
    """Whether the answer is about another channel than the one where it is seen."""
    return asked.command.channel.channel not in {"", asked.back.place}


def _headed(answer: Answer, channel: ChannelId) -> Answer:
    """The answer below the name of the channel that it is about."""
    if not channel.channel or not (answer.parts or answer.preview):
        return answer
    return replace(answer, parts=(Heading(text="In this channel:", channel=channel), *answer.parts))
