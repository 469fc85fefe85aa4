"""A request as it came → method arguments and token, whatever way they were sent."""

from __future__ import annotations

import json

from aiohttp import web

from tests.fake_slack.nouns import Json
from tests.fake_slack.workspace import SlackError

DECODED = ("attachments", "blocks", "metadata", "view")  # objects and lists; as strings of JSON in forms
FLAGS = (
    "as_user", "delete_original", "include_all_metadata", "include_locale", "include_num_members", "inclusive",
    "link_names", "mrkdwn", "replace_original", "reply_broadcast", "unfurl_links", "unfurl_media",
)  # fmt: skip
TRUE, FALSE = ("true", "1"), ("false", "0", "")


async def read(request: web.Request) -> tuple[Json, str, str]:
    """Arguments, the token ("" if there is none), and how they came: json, form or query."""
    arguments: Json = dict(request.query)
    via = "query"
    if request.method == "POST" and request.content_type == "application/json":
        via = "json"
        arguments |= _object(await request.text())
    elif request.method == "POST":
        via = "form"
        arguments |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ") or str(arguments.get("token", ""))
    arguments.pop("token", None)
    return {key: _value(key, value) for key, value in arguments.items()}, token, via


def _object(text: str) -> Json:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found


def _value(name: str, value: object) -> object:
    if name in DECODED and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None
    if name in FLAGS and isinstance(value, str) and value.lower() in TRUE + FALSE:
        return value.lower() in TRUE
    if name == "limit" and isinstance(value, str):
        if not value.isdigit():
            raise SlackError("invalid_limit")
        return int(value)
    return value
