"""The manifest is one that Slack takes, and asks for as little as can be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.chat.slack.answers import COMMAND
from bot.chat.slack.manifest import manifest

MADE: dict[str, Any] = json.loads(manifest())


def test_it_asks_for_three_scopes_and_offers_two_more() -> None:
    assert MADE["oauth_config"]["scopes"] == {
        "bot": ["commands", "chat:write", "chat:write.public", "channels:history", "groups:history"],
        "bot_optional": ["channels:history", "groups:history"],
    }


def test_it_works_over_a_socket_and_takes_no_events_and_no_clicks() -> None:
    assert MADE["settings"] == {
        "interactivity": {"is_enabled": False},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    }


def test_its_one_command_is_the_one_that_answers_speak_of() -> None:
    (command,) = MADE["features"]["slash_commands"]
    assert (command["command"], command["should_escape"]) == (COMMAND, True)


def test_the_invitation_that_we_speak_of_names_the_bot_as_it_is_called() -> None:
    assert MADE["features"]["bot_user"]["display_name"] == "TreatyWatch"


@pytest.mark.shared
def test_it_obeys_slack_s_own_schema(shared: Path) -> None:
    folder = shared / "oracles" / "slack-manifest-schema" / "schemas"
    schema = json.loads((folder / "manifest.schema.2.0.0.json").read_text())
    assert [error.message for error in Draft7Validator(schema).iter_errors(MADE)] == []


@pytest.mark.shared
def test_its_scopes_are_ones_that_the_methods_we_call_ask_for(shared: Path) -> None:
    folder = shared / "oracles" / "slack-api-ref" / "docs.slack.dev" / "methods"
    called = ("chat.postMessage", "chat.postEphemeral", "conversations.history", "conversations.replies")
    asked = [json.loads((folder / f"{method}.json").read_text())["scope"]["bot"] for method in called]
    known = {scope for scopes in asked for scope in scopes} | {"commands", "chat:write.public"}
    assert set(MADE["oauth_config"]["scopes"]["bot"]) - known == set()
