"""What is asked → answered, by the way back that there is; what changed, said in its channel."""

from __future__ import annotations

import json

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
from bot.errors import Closed
from bot.log import log
from bot.model import Answer, Line


class Replies:
    """Answers what is asked in one workspace."""

    def __init__(
        self, web: AsyncWebClient, hooks: aiohttp.ClientSession, *, views: Views, homes: Homes, workspace: str
    ) -> None:
        """`hooks`: for the response_urls."""
        self._web, self._hooks, self._views, self._homes, self._workspace = web, hooks, views, homes, workspace

    async def reply(self, asked: Asked, clerk: Clerk) -> bool:
        """Answer it; whatever breaks, the asker hears of it and nobody else is touched. False: nobody could be told."""
        command = asked.command
        answer = asked.ready or await answered(clerk, command)
        if command.filled and not command.filled.done:
            if answer.form:
                await self._views.redraw(asked.back, answer.form, command.id)
            return True
        told = await self._show(asked, answer, clerk)
        if answer.notice and command.channel.channel:
            await self._notice(asked, answer.notice)
        if answer.notice or command.press or command.filled:
            self._homes.changed()
        return told

    async def greet(self, person: str, clerk: Clerk) -> None:
        """Tell the first person of a workspace who meets us how to begin."""
        welcome = await clerk.welcome("slack", self._workspace)
        if welcome is not None:
            await self._write(person, welcome, f"welcome-{person}")

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
        for number, one in enumerate(payloads(answer)):
            said = json.loads(one)
            whisper = {"response_type": "ephemeral", "replace_original": False, **said}
            if await responded(self._hooks, asked.back.url, whisper):
                continue
            whom = {"channel": asked.command.channel.channel, "user": asked.command.person}
            shown = {key: said[key] for key in ("text", "blocks")}
            try:
                await result(self._web.api_call("chat.postEphemeral", json={**whom, **shown}))
            except Failure:
                rest = payloads(answer)[number:]
                return await self._post(asked.command.person, rest, f"answer-{asked.command.id}")
        return True

    async def _write(self, person: str, answer: Answer, key: str) -> bool:
        return await self._post(person, payloads(answer), key)

    async def _post(self, person: str, pages: tuple[str, ...], key: str) -> bool:
        """Write to a person; False: that failed."""
        for number, page in enumerate(pages):
            try:
                await say(self._web, person, json.loads(page), key=f"{key}-{number}")
            except Failure as failure:
                log.warning("command.unanswered", why=str(failure.verdict))
                return False
        return True

    async def _notice(self, asked: Asked, text: str) -> None:
        """Say in the channel what changed; where that cannot be, tell the asker what to do."""
        command = asked.command
        said = body([sentence(text)], escaped(text))
        try:
            await say(self._web, command.channel.channel, said, key=f"notice-{command.id}")
        except Failure as failure:
            log.warning("notice.not_said", channel=str(command.channel), why=str(failure.verdict))
            if isinstance(failure.verdict, Closed):
                told = Line(text=verdict.not_said(failure.code, failure.verdict))
                await self._tell(asked, Answer(parts=(told,)))
