"""The routes that are played, and how they answer, well and badly."""

from __future__ import annotations

import json

from aiohttp import web

from tests.fake_discord.checks import CALLBACK
from tests.fake_slack.faults import Fault

# What faults are armed for, and the route that it is.
ROUTES = {
    "me": "GET /users/@me",
    "application": "GET /oauth2/applications/@me",
    "gateway_of": "GET /gateway/bot",
    "say": "POST /channels/{channel}/messages",
    "past": "GET /channels/{channel}/messages",
    "look": "GET /channels/{channel}",
    "change": "PATCH /channels/{channel}/messages/{message}",
    "begin": "POST /channels/{channel}/messages/{message}/threads",
    "direct": "POST /users/@me/channels",
    "commands": "GET /applications/{application}/commands",
    "register": "PUT /applications/{application}/commands",
    "respond": CALLBACK,
    "follow": "POST /webhooks/{application}/{token}",
    "replace": "PATCH /webhooks/{application}/{token}/messages/@original",
}


def limited(retry_after: float, *, whole: bool = False) -> Fault:
    """429 for a route, or for all of them."""
    body = json.dumps({"message": "You are being rate limited.", "retry_after": retry_after, "global": whole})
    return Fault(kind="answer", status=429, body=body, retry_after=f"{retry_after:g}")


def shut_out() -> Fault:
    """429 from what stands before Discord: a web page, and nothing of Discord's own."""
    return Fault(kind="answer", status=429, body="<html>error 1015</html>", content_type="text/html", retry_after="900")


def refused(status: int, code: int, *, accepted: bool = False) -> Fault:
    """A refusal with Discord's own code."""
    body = json.dumps({"message": "refused", "code": code})
    return Fault(kind="answer", status=status, body=body, accepted=accepted)


def as_json(told: object, *, status: int = 200) -> web.Response:
    """Discord names no charset, and its own library takes none."""
    return web.Response(status=status, body=json.dumps(told).encode(), headers={"Content-Type": "application/json"})


def bad(fault: Fault) -> web.Response:
    """What an armed fault answers."""
    headers = {"Content-Type": fault.content_type}
    if fault.retry_after is not None:
        headers["Retry-After"] = fault.retry_after
    if fault.content_type == "application/json":
        headers["Via"] = "1.1 google"
    return web.Response(status=fault.status, body=fault.body.encode(), headers=headers)


async def half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """The first half of an answer under the length of the whole."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    response = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.headers["Content-Type"]})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
