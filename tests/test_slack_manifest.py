"""The manifest is one that Slack takes, and asks for as little as can be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.chat.slack.answers import COMMAND
from bot.chat.slack.asked import SUBSCRIBE, WHY
from bot.chat.slack.manifest import EVENTS, manifest

MADE: dict[str, Any] = json.loads(manifest())


def test_it_asks_for_three_scopes_and_offers_three_more() -> None:
    assert MADE["oauth_config"]["scopes"] == {
        "bot": ["commands", "chat:write", "chat:write.public", "channels:history", "groups:history", "users:read"],
        "bot_optional": ["channels:history", "groups:history", "users:read"],
    }


@pytest.mark.parametrize(
    ("may_change", "more"),
    [("anyone", []), ("admins", []), ("creators", ["channels:read", "groups:read"]), ("S0123", ["usergroups:read"])],
)
def test_who_may_change_takes_scopes_only_where_it_is_not_anyone(may_change: str, more: list[str]) -> None:
    made = json.loads(manifest(may_change))["oauth_config"]["scopes"]
    assert made["bot_optional"] == [*MADE["oauth_config"]["scopes"]["bot_optional"], *more]


def test_it_works_over_a_socket_and_takes_clicks_and_three_events() -> None:
    assert MADE["settings"] == {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_uninstalled", "tokens_revoked"]},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    }


def test_it_has_a_home_and_messages_that_are_only_read() -> None:
    assert MADE["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": True,
    }


def test_its_shortcuts_are_those_that_are_heard() -> None:
    assert [(one["type"], one["callback_id"], one["name"]) for one in MADE["features"]["shortcuts"]] == [
        ("global", SUBSCRIBE, "Subscribe a channel"),
        ("message", WHY, "Why is this here?"),
    ]


def test_its_one_command_is_the_one_that_answers_speak_of() -> None:
    (command,) = MADE["features"]["slash_commands"]
    assert (command["command"], command["should_escape"]) == (COMMAND, True)


def test_the_invitation_that_we_speak_of_names_the_bot_as_it_is_called() -> None:
    assert MADE["features"]["bot_user"]["display_name"] == "TreatyWatch"


RULES = ("anyone", "admins", "creators", "S0123")


@pytest.mark.shared
@pytest.mark.parametrize("may_change", RULES)
def test_it_obeys_slack_s_own_schema(shared: Path, may_change: str) -> None:
    folder = shared / "oracles" / "slack-manifest-schema" / "schemas"
    schema = json.loads((folder / "manifest.schema.2.0.0.json").read_text())
    assert [error.message for error in Draft7Validator(schema).iter_errors(json.loads(manifest(may_change)))] == []


CALLED = (
    *("chat.postMessage", "chat.postEphemeral", "conversations.history", "conversations.replies"),
    *("conversations.info", "users.info", "usergroups.users.list", "views.open", "views.publish", "views.update"),
)


@pytest.mark.shared
@pytest.mark.parametrize("may_change", RULES)
def test_its_scopes_are_ones_that_the_methods_we_call_ask_for(shared: Path, may_change: str) -> None:
    folder = shared / "oracles" / "slack-api-ref" / "docs.slack.dev" / "methods"
    asked = [json.loads((folder / f"{method}.json").read_text())["scope"].get("bot", ()) for method in CALLED]
    known = {scope for scopes in asked for scope in scopes} | {"commands", "chat:write.public"}
    assert set(json.loads(manifest(may_change))["oauth_config"]["scopes"]["bot"]) - known == set()


@pytest.mark.shared
def test_its_events_are_events_of_slack_s_that_take_no_scope(shared: Path) -> None:
    rows = json.loads((shared / "oracles/slack-api-ref/docs.slack.dev/events/events.json").read_text())
    scopes = {row["name"]: row.get("scopes") for row in rows}
    assert [scopes[event] for event in EVENTS] == [[], [], []]
