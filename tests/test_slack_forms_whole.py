"""Two people and one form, another channel chosen in it: the bot's own form, as Slack keeps what was entered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake_slack import View
from tests.fake_slack.filling import state_of
from tests.slack_walk import ANNA, TREATIES, Walk, begun

BOB, OTHER = "U2", "C3"


@pytest.fixture
async def walk(tmp_path: Path) -> AsyncIterator[Walk]:
    async with begun(tmp_path) as begins:
        await begins.app.worker.once()
        yield begins


async def form(walk: Walk, user: str) -> View:
    """The form that a person opens in the channel."""
    forms = walk.slack.workspace.forms
    known = len(forms)
    await walk.slack.command("/treaty", "subscribe", channel=TREATIES, user=user)
    await walk.slack.until(lambda: len(forms) > known, "no form was opened")
    return forms[-1]


def stands(view: View, name: str) -> str:
    """What stands in a field, as JSON."""
    state = state_of(view.body, view.entered)
    return json.dumps([state[block] for block in state if name in state[block]])


async def drawn_with(walk: Walk, view: View, words: str) -> None:
    await walk.slack.until(lambda: words in json.dumps(view.body), f"no form with {words} was drawn")


async def test_who_sends_a_form_second_is_told_at_its_field_and_undoes_nothing(walk: Walk) -> None:
    first, second = await form(walk, ANNA), await form(walk, BOB)
    await walk.slack.fill(first, "digest", "convention", user=ANNA)
    await walk.slack.fill(second, "digest", "human-rights", user=BOB)
    await walk.slack.submit(first, user=ANNA)
    await walk.slack.posted(TREATIES)
    await walk.slack.submit(second, user=BOB)
    assert second.open
    assert second.errors["digest"].startswith(
        "Somebody changed this channel meanwhile: it now gets UN Convention against Cybercrime"
    )
    assert len(walk.slack.posts(TREATIES)) == 1


async def test_a_form_that_was_overtaken_shows_how_the_channel_stands_and_can_then_be_sent(walk: Walk) -> None:
    first, second = await form(walk, ANNA), await form(walk, BOB)
    await walk.slack.fill(first, "digest", "convention", user=ANNA)
    await walk.slack.submit(first, user=ANNA)
    await walk.slack.posted(TREATIES)
    await walk.slack.fill(second, "at", "10:00", user=BOB)
    await drawn_with(walk, second, "the form shows now what it has")
    assert '"convention"' in stands(second, "digest")
    await walk.slack.fill(second, "at", "11:00", user=BOB)
    await drawn_with(walk, second, "daily digest at 11:00")
    await walk.slack.submit(second, user=BOB)
    assert "moved from 09:00 Europe/Vienna to 11:00" in (await walk.slack.posted(TREATIES, 2))[-1].words


async def test_a_form_sent_again_by_slack_is_no_fault_of_the_person(walk: Walk) -> None:
    opened = await form(walk, ANNA)
    await walk.slack.fill(opened, "digest", "convention", user=ANNA)
    sent = await walk.slack.submit(opened, user=ANNA)
    await walk.slack.posted(TREATIES)
    again = await walk.slack.redeliver(sent)
    await walk.slack.until(lambda: bool(again.acks), "it was not acknowledged")
    assert again.acks[-1].payload in (None, {})
    assert len(walk.slack.posts(TREATIES)) == 1


async def test_the_shortcuts_form_shows_the_channel_that_is_chosen_and_its_hours_hold(walk: Walk) -> None:
    await walk.slack.command("/treaty", "subscribe convention daily 10:00 vienna", channel=OTHER, user=BOB)
    await walk.slack.posted(OTHER)
    await walk.slack.shortcut("subscribe", user=ANNA)
    await walk.slack.until(lambda: bool(walk.slack.workspace.forms), "no form was opened")
    view = walk.slack.workspace.forms[-1]
    await walk.slack.fill(view, "at", "07:00", user=ANNA)
    await walk.slack.fill(view, "channel", OTHER, user=ANNA)
    await drawn_with(walk, view, "10:00")
    assert '"convention"' in stands(view, "digest")
    assert '"10:00"' in stands(view, "at")
    await walk.slack.fill(view, "at", "08:00", user=ANNA)
    await drawn_with(walk, view, "daily digest at 08:00")
    await walk.slack.submit(view, user=ANNA)
    assert (view.errors, view.open) == ({}, False)
    assert "moved from 10:00 Europe/Vienna to 08:00" in (await walk.slack.posted(OTHER, 2))[-1].words
