"""The bodies of what Slack sends: commands, clicks, forms and events (all pure but for their random ids).

Their keys are those of Slack's own samples; tests/test_fake_slack.py compares.
"""

from __future__ import annotations

from uuid import uuid4

from tests.fake_slack.nouns import Json, Person, Posted, Room, Whisper
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


def click(here: Workspace, action: Json, message: Posted | Whisper, room: Room, person: Person) -> Json:
    """Something was done in a message of ours; `action` as `acted` gives it. What only one person sees is not told."""
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": room.id}
    told: Json = {"type": "message", "user": here.bot, "bot_id": here.bot_id, "ts": message.ts, "text": message.text}
    told |= {"team": here.team, "blocks": message.blocks} | _thread(message)
    shown = isinstance(message, Posted)
    return _by(here, "block_actions", person) | {
        "container": container | {"is_ephemeral": not shown} | _thread(message),
        "channel": {"id": room.id, "name": room.name},
        **({"message": told} if shown else {}),
        "state": {"values": {}},
        "response_url": "",
        "actions": [action],
    }


def _thread(message: Posted | Whisper) -> Json:
    """In whose thread it stands; of the one that a thread is about nothing is told here, since it names itself."""
    return {"thread_ts": message.thread} if message.thread else {}


def click_in(here: Workspace, action: Json, view: View, person: Person) -> Json:
    """Something was done in a view of ours."""
    return _by(here, "block_actions", person) | {
        "container": {"type": "view", "view_id": view.id},
        "view": here.shown(view),
        "actions": [action],
    }


def acted(here: Workspace, block_id: str, element: Json) -> Json:
    """What a block_actions payload tells of an element, but for what was chosen in it."""
    told = {key: element[key] for key in ("type", "action_id", "text", "value", "style", "url") if key in element}
    return told | {"block_id": block_id, "action_ts": f"{here.now().timestamp():.6f}"}


def submission(here: Workspace, view: View, values: Json | None, person: Person) -> Json:
    """A form that was sent; `values`: block_id → action_id → what was entered; None: as it stands."""
    shown = here.shown(view) | ({"state": {"values": values}} if values is not None else {})
    return _by(here, "view_submission", person) | {"view": shown}


def closing(here: Workspace, view: View, person: Person) -> Json:
    """A form that was put away."""
    told = _by(here, "view_closed", person) | {"view": here.shown(view), "is_cleared": False}
    return {key: value for key, value in told.items() if key != "trigger_id"}


def suggestion(here: Workspace, block: Json, typed: str, view: View, person: Person) -> Json:
    """A person types into a field whose options we are asked for."""
    told = _by(here, "block_suggestion", person) | {
        "container": {"type": "view", "view_id": view.id},
        "action_id": block["element"]["action_id"],
        "block_id": block["block_id"],
        "value": typed,
        "view": here.shown(view),
    }
    return {key: value for key, value in told.items() if key != "trigger_id"}


def shortcut(here: Workspace, callback: str, person: Person) -> Json:
    """A global shortcut."""
    return _by(here, "shortcut", person) | {"callback_id": callback, "action_ts": f"{here.now().timestamp():.6f}"}


def message_shortcut(here: Workspace, callback: str, message: Posted, room: Room, person: Person) -> Json:
    """A shortcut in the menu of a message."""
    told: Json = {"type": "message", "user": message.by, "ts": message.ts, "text": message.text, "team": here.team}
    by = {key: value for key, value in _by(here, "message_action", person).items() if key != "api_app_id"}
    return by | {
        "callback_id": callback,
        "message_ts": message.ts,
        "channel": {"id": room.id, "name": room.name},
        "message": told | ({"blocks": message.blocks} if message.blocks else {}) | _thread(message),
        "response_url": "",
        "action_ts": f"{here.now().timestamp():.6f}",
    }


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


def element_of(blocks: list[Json], action_id: str, block_id: str = "") -> tuple[str, Json]:
    """The element of that action_id, in the block of that id where one is named; and its block's id."""
    for number, block in enumerate(blocks):
        here = str(block.get("block_id", f"b{number}"))
        elements = [*block.get("elements", ()), block.get("accessory") or {}]
        for element in elements:
            if isinstance(element, dict) and element.get("action_id") == action_id and block_id in ("", here):
                return here, element
    raise AssertionError(f"no element has the action_id {action_id!r}")
