"""The fake's views behave as Slack's: opened in time and once, drawn anew by their hash, filled in, sent and searched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack, View
from tests.fake_slack.checks import of_ack

NOW = datetime(2025, 10, 27, 9, tzinfo=UTC)
PLAIN = {"type": "plain_text", "text": "Topics"}
OPTIONS = [{"text": {"type": "plain_text", "text": one}, "value": one} for one in ("a", "b")]
FIELD = {
    "type": "input",
    "block_id": "topics",
    "label": PLAIN,
    "dispatch_action": True,
    "element": {"type": "checkboxes", "action_id": "topics", "options": OPTIONS, "initial_options": OPTIONS[:1]},
}
FORM = {"type": "modal", "callback_id": "wish", "title": PLAIN, "submit": PLAIN, "blocks": [FIELD]}


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(now=clock) as made:
        yield made


def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.url, retry_handlers=[])


async def error_of(request: Any) -> str:
    """What Slack says to a request; "" where it takes it."""
    try:
        await request
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


async def opened(slack: FakeSlack) -> View:
    await client(slack).views_open(trigger_id=slack.workspace.trigger("U1"), view=FORM)
    return slack.workspace.forms[-1]


# ── opening ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("after_s", "error"), [(2.9, ""), (3.1, "expired_trigger_id")])
async def test_a_trigger_opens_a_view_for_three_seconds(
    slack: FakeSlack, clock: Clock, after_s: float, error: str
) -> None:
    trigger = slack.workspace.trigger("U1")
    clock.now += timedelta(seconds=after_s)
    assert await error_of(client(slack).views_open(trigger_id=trigger, view=FORM)) == error


async def test_a_trigger_opens_one_view(slack: FakeSlack) -> None:
    trigger = slack.workspace.trigger("U1")
    told = [await error_of(client(slack).views_open(trigger_id=trigger, view=FORM)) for _ in range(2)]
    assert told == ["", "exchanged_trigger_id"]


async def test_a_home_is_not_opened_but_published(slack: FakeSlack) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    trigger = slack.workspace.trigger("U1")
    assert await error_of(client(slack).views_open(trigger_id=trigger, view=home)) == "invalid_arguments"


# ── drawing anew ──────────────────────────────────────────────────────────────


async def test_a_view_is_drawn_anew_by_the_hash_that_it_has_now(slack: FakeSlack) -> None:
    view = await opened(slack)
    old = view.hash
    web = client(slack)
    told = [await error_of(web.views_update(view=FORM, view_id=view.id, hash=used)) for used in (old, old, view.hash)]
    assert (told[:2], view.hash != old) == (["", "hash_conflict"], True)


async def test_a_view_that_was_closed_is_not_found(slack: FakeSlack) -> None:
    view = await opened(slack)
    view.open = False
    assert await error_of(client(slack).views_update(view=FORM, view_id=view.id)) == "not_found"


async def test_what_was_entered_outlives_a_drawing_with_the_same_ids(slack: FakeSlack) -> None:
    view = await opened(slack)
    view.entered["topics / topics"] = {"type": "checkboxes", "selected_options": OPTIONS}
    await client(slack).views_update(view=FORM, view_id=view.id)
    state = slack.workspace.shown(view)["state"]["values"]
    assert [one["value"] for one in state["topics"]["topics"]["selected_options"]] == ["a", "b"]


# ── filling in, searching, sending ────────────────────────────────────────────


@asynccontextmanager
async def bolt(slack: FakeSlack) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(client=client(slack), request_verification_enabled=False)
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=client(slack))
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    try:
        await slack.connected()
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # likewise


async def test_a_field_tells_of_a_change_and_a_form_of_what_it_holds(slack: FakeSlack) -> None:
    seen: list[list[str]] = []

    def chosen(view: dict[str, Any]) -> list[str]:
        return [one["value"] for one in view["state"]["values"]["topics"]["topics"]["selected_options"]]

    async with bolt(slack) as app:

        @app.action("topics")
        async def changed(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            seen.append(chosen(body["view"]))

        @app.view("wish")
        async def sent(ack: Any, view: dict[str, Any]) -> None:
            seen.append(chosen(view))
            await ack(response_action="errors", errors={"topics": "No."})

        view = await opened(slack)
        await slack.fill(view, "topics", "b", user="U1")
        await slack.submit(view, user="U1")
    assert (seen, view.errors, view.open) == ([["b"], ["b"]], {"topics": "No."}, True)


async def test_shortcuts_menus_and_closings_reach_their_listeners(slack: FakeSlack) -> None:
    seen = []
    menu = {"type": "overflow", "action_id": "menu", "options": OPTIONS}
    section = {"type": "section", "block_id": "one", "text": PLAIN, "accessory": menu}
    async with bolt(slack) as app:

        async def note(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            seen.append(body["type"])

        app.action("menu")(note)
        app.global_shortcut("all")(note)
        app.message_shortcut("this")(note)
        app.view_closed("wish")(note)
        posted = slack.said("C1", "x", by=slack.workspace.bot)
        posted.blocks.append(section)
        await slack.choose(posted, "one", "b", user="U1")
        await slack.shortcut("all", user="U1")
        await slack.shortcut_on(posted, "this", user="U1")
        await slack.put_away(await opened(slack), user="U1")
    assert seen == ["block_actions", "shortcut", "message_action", "view_closed"]


# ── what an acknowledgement may carry ─────────────────────────────────────────

SENT = {"payload": {"type": "view_submission", "view": FORM}}
SEARCH = {"payload": {"type": "block_suggestion"}}


@pytest.mark.parametrize("payload", [None, {}, {"response_action": "errors", "errors": {"topics": "No."}}])
def test_a_form_may_be_answered_with_nothing_or_with_faults_of_its_fields(payload: dict[str, Any] | None) -> None:
    assert list(of_ack(SENT, payload)) == []


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "No."},
        {"response_action": "errors"},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"days": "No."}},
    ],
    ids=["words", "no faults", "none", "of no field"],
)
def test_any_other_answer_to_a_form_is_found(payload: dict[str, Any]) -> None:
    assert len(list(of_ack(SENT, payload))) == 1


@pytest.mark.parametrize(
    ("options", "faults"),
    [([], 0), (OPTIONS, 0), (None, 1), ([{"text": {"type": "plain_text", "text": "x" * 76}, "value": "v"}], 1)],
    ids=["none", "two", "not said", "too long"],
)
def test_a_search_is_answered_with_options_that_a_menu_takes(options: object, faults: int) -> None:
    assert len(list(of_ack(SEARCH, {"options": options}))) == faults


# ── who people are ────────────────────────────────────────────────────────────


async def test_members_of_a_group_are_told_to_who_may_ask(slack: FakeSlack) -> None:
    asked = client(slack).usergroups_users_list
    assert await error_of(asked(usergroup="S1")) == "missing_scope"
    slack.workspace.scopes.add("usergroups:read")
    assert await error_of(asked(usergroup="S9")) == "no_such_subteam"
    assert (await asked(usergroup="S1"))["users"] == ["U1"]
