"""A thousand envelopes of all kinds over a connection that is refused, reset and replaced: each is handled once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.slack.app import SlackChat
from bot.chat.slack.buttons import actions
from bot.chat.slack.forms import Kept, modal
from bot.chat.slack.homes import Care
from bot.model import Answer, Button, Line
from tests.fake_slack import Exchange, FakeSlack, Fault, Person, Posted, View
from tests.slack_chats import Desk, listening, opened, post
from tests.slack_forms import form

ROUNDS, EACH = 40, 25
MENU = "story 1 ratification un-press"
# Those are told apart by what became of them: a search and a form that is put away ask nobody.
ASKING = {"block_actions", "view_submission", "shortcut", "message_action", ""}

Deed = Coroutine[Any, Any, object]
Trouble = Callable[[FakeSlack], Awaitable[None]]


@dataclass
class Crowd:
    """People who do all that can be done, in an order that a seed draws."""

    slack: FakeSlack
    digest: Posted
    help: Posted
    draw: random.Random
    looks: list[str] = field(default_factory=list)  # who opened a home

    def view(self) -> View:
        view = View(id=f"V{len(self.slack.workspace.forms)}", user="U1", body=dict(modal(form(), Kept(channel="C1"))))
        self.slack.workspace.forms.append(view)
        return view

    def look(self) -> Deed:
        person = Person(id=f"U{100 + len(self.looks)}", name="somebody")
        self.slack.workspace.people[person.id] = person
        self.looks.append(person.id)
        return self.slack.event("app_home_opened", user=person.id, tab="home")

    def deed(self) -> Deed:
        """Something that somebody does."""
        slack = self.slack
        kinds: list[Callable[[], Deed]] = [
            lambda: slack.command("/treaty", "list", channel="C1", user="U1"),
            lambda: slack.press(self.help, "words 0", user="U2"),
            lambda: slack.choose(self.digest, MENU, "relevant", user="U2"),
            lambda: slack.fill(self.view(), "digest", "ratification", user="U1"),
            lambda: slack.submit(self.view(), user="U1"),
            lambda: slack.type_into(self.view(), "zone", "vi", user="U1"),
            lambda: slack.put_away(self.view(), user="U1"),
            lambda: slack.shortcut("subscribe", user="U1"),
            lambda: slack.shortcut_on(self.digest, "why", user="U2"),
            lambda: slack.event("an_event_of_tomorrow", user="U1"),
            self.look,
        ]
        return self.draw.choice(kinds)()


async def _dropped(slack: FakeSlack) -> None:
    slack.drop()


async def _refused_with_408(slack: FakeSlack) -> None:
    slack.faults.add("link", Fault.http(408))
    slack.drop()


async def _refused_with_404(slack: FakeSlack) -> None:
    slack.faults.add("link", Fault.http(404))
    slack.drop()


async def _replaced(slack: FakeSlack) -> None:
    await slack.disconnect("refresh_requested")


async def _warned_and_replaced(slack: FakeSlack) -> None:
    await slack.disconnect("warning")
    await slack.disconnect("refresh_requested")


async def _untroubled(slack: FakeSlack) -> None:
    pass


TROUBLES: tuple[Trouble, ...] = (
    _dropped,
    _refused_with_408,
    _refused_with_404,
    _replaced,
    _warned_and_replaced,
    *[_untroubled] * 3,
)


def lost(slack: FakeSlack) -> list[Exchange]:
    """What is not acknowledged since it was last delivered."""
    return [one for one in slack.socket.exchanges.values() if len(one.acks) < one.wanted]


async def a_round(slack: FakeSlack, crowd: Crowd, trouble: Trouble) -> None:
    """Much is done at once, something happens to the connection, and Slack delivers again what was lost, and more."""
    opened = slack.socket.opened
    deeds = [asyncio.ensure_future(crowd.deed()) for _ in range(EACH)]
    await asyncio.sleep(0)
    await trouble(slack)
    if trouble is not _untroubled:
        await slack.connected(opened + 1)
    await acknowledged(slack)
    for deed in deeds:  # who waits for an acknowledgement that went down with its socket
        deed.cancel()
    await asyncio.gather(*deeds, return_exceptions=True)
    await deliver_again(slack, lost(slack))
    done = [one for one in slack.socket.exchanges.values() if one.acks and crowd.draw.random() < 0.1]
    await deliver_again(slack, done[:EACH])
    while missing := lost(slack):
        await deliver_again(slack, missing)


async def acknowledged(slack: FakeSlack) -> None:
    """Return once nothing is lost, or seems to be lost for good: its socket was replaced in that very moment."""
    with suppress(AssertionError):
        await slack.until(lambda: not lost(slack), within_s=0.3)


async def deliver_again(slack: FakeSlack, exchanges: list[Exchange]) -> None:
    """As Slack does with what it got no acknowledgement for."""
    await slack.connected()
    for exchange in exchanges:
        with suppress(ConnectionError, AssertionError):  # the socket goes just then
            await slack.redeliver(exchange)
    await acknowledged(slack)


@pytest.mark.timeout(120)
async def test_each_of_a_thousand_envelopes_is_handled_once_and_none_is_left_unacknowledged() -> None:
    desk = Desk(Answer(parts=(Line(text="Done."),)))
    async with FakeSlack() as slack, opened(slack) as chat:
        chat.care = Care(lasting=timedelta(), every=timedelta(hours=1))  # each look is shown once
        async with listening(chat, slack, desk):
            await chat.send(post(chat))
            help_ = slack.said("C1", "Help", by=slack.workspace.bot)
            help_.blocks.extend(actions([Button(label="List", words="list")]))
            draw = random.Random(8)
            crowd = Crowd(slack, slack.posts("C1")[0], help_, draw)
            for _ in range(ROUNDS):
                await a_round(slack, crowd, draw.choice(TROUBLES))
            exchanges = list(slack.socket.exchanges.values())
    asked = [one for one in exchanges if one.envelope["payload"].get("type", "") in ASKING]
    handled = Counter(command.id for command in desk.commands)
    assert len(exchanges) == ROUNDS * EACH
    assert handled == Counter(one.trigger_id for one in asked)
    assert sorted(desk.looks) == sorted(crowd.looks)
    assert [one.id for one in exchanges if not one.acks] == []


@pytest.mark.timeout(60)
async def test_after_a_refused_upgrade_the_connection_is_back_within_ten_seconds() -> None:
    """With the very patience that the app has."""
    async with (
        FakeSlack() as slack,
        SlackChat.open(bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.url) as chat,
        listening(chat, slack, Desk()),
    ):
        slack.faults.add("link", Fault.http(408))
        slack.drop()
        await slack.connected(slack.socket.opened + 1, within_s=10)
