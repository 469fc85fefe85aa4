"""The bodies of what Slack sends: commands, clicks, forms and events (all pure but for their random ids).

Their keys are those of Slack's own samples; tests/test_fake_slack.py compares.
"""

from __future__ import annotations

from uuid import uuid4

from tests.fake_slack.nouns import Json, Person, Posted, Room
from tests.fake_slack.workspace import View, Workspace

TEAM_NAME = "fake"


def envelope(kind: str, payload: Json, *, answerable: bool) -> Json:
    """What goes over a socket; `answerable`: the acknowledgement may carry a payload."""
    return {"envelope_id": str(uuid4()), "type": kind, "payload": payload, "accepts_response_payload": answerable}


def command(here: Workspace, name: str, text: str, room: Room, person: Person) -> Json:
    """A slash command; its response_url is filled in by the server."""
    return {
        "token": "",
        "team_id": here.team,
        "team_domain": TEAM_NAME,
        "channel_id": room.id,
        "channel_name": "directmessage" if room.partner else "privategroup" if room.private else room.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": here.app,
        "is_enterprise_install": "false",
        "response_url": "",
        "trigger_id": here.trigger(person.id),
    }


def _by(here: Workspace, kind: str, person: Person) -> Json:
    return {
        "type": kind,
        "team": {"id": here.team, "domain": TEAM_NAME},
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": here.team},
        "api_app_id": here.app,
        "token": "",
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": here.trigger(person.id),
    }


def click(here: Workspace, element: Json, message: Posted, room: Room, person: Person) -> Json:
    """A press of a button in a message of ours."""
    action = {key: element[key] for key in ("type", "action_id", "text", "value", "style", "url") if key in element}
    told: Json = {"type": "message", "user": here.bot, "bot_id": here.bot_id, "ts": message.ts, "text": message.text}
    return _by(here, "block_actions", person) | {
        "container": {"type": "message", "message_ts": message.ts, "channel_id": room.id, "is_ephemeral": False},
        "channel": {"id": room.id, "name": room.name},
        "message": told | {"team": here.team, "blocks": message.blocks},
        "state": {"values": {}},
        "response_url": "",
        "actions": [action | {"action_ts": f"{here.now().timestamp():.6f}"}],
    }


def submission(here: Workspace, view: View, values: Json, person: Person) -> Json:
    """A form that was sent; `values`: block_id → action_id → what was entered."""
    shown = here.shown(view) | {"state": {"values": values}}
    return _by(here, "view_submission", person) | {"view": shown}


def event(here: Workspace, inner: Json) -> Json:
    """An event of the Events API around what happened."""
    return {
        "token": "",
        "team_id": here.team,
        "api_app_id": here.app,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{uuid4().hex[:10].upper()}",
        "event_time": int(here.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": here.team,
                "user_id": here.bot,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def element_of(posted: Posted, action_id: str) -> Json:
    """The button of that action_id in a message."""
    found: list[Json] = []

    def look(node: object) -> None:
        if isinstance(node, list):
            for part in node:
                look(part)
        if isinstance(node, dict):
            if node.get("action_id") == action_id:
                found.append(node)
            for part in node.values():
                look(part)

    look(posted.blocks)
    if not found:
        raise AssertionError(f"no element has the action_id {action_id!r}")
    return found[0]
