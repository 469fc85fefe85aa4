"""The Web API: a method and its arguments → Slack's answer, or a SlackError.

What a method answers where the documents leave it open is written down in tests/README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from tests.fake_slack.nouns import ACK_WITHIN_S, Json, Posted, Room, Whisper
from tests.fake_slack.workspace import Said, SlackError, View, Workspace

UPDATED_TEXT = 4_000  # characters; chat.update and chat.postEphemeral refuse what is longer
PAGE = 999  # messages of history at most


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, read and checked."""

    method: str
    arguments: Json
    token: str  # bot, app, none, or unknown
    refusal: str | None = None  # what Slack would say of its blocks or its view
    faults: tuple[str, ...] = ()  # why
    hidden: int = 0  # newest messages that are not seen yet
    unseen_s: float = 0  # and those that are younger than so many seconds

    def need(self, name: str) -> str:
        """A required argument."""
        value = self.arguments.get(name)
        if value in (None, ""):
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        return str(value)


def answer(call: Call, workspace: Workspace, ticket: Callable[[], str]) -> Json:
    """What Slack answers; `ticket` makes a new address of a socket."""
    api = Api(workspace, ticket)
    try:
        return {"ok": True, **api.do(call)}
    except SlackError as error:
        return {"ok": False, "error": error.error, **error.more}


class Api:
    """The methods over one workspace."""

    def __init__(self, workspace: Workspace, ticket: Callable[[], str]) -> None:
        self.workspace, self._ticket = workspace, ticket
        self._methods: Mapping[str, Callable[[Call], Json]] = {
            "api.test": lambda call: {"args": call.arguments},
            "apps.connections.open": lambda _call: {"url": ticket()},
            "auth.test": self._auth_test,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.info": self._info,
            "conversations.replies": self._replies,
            "usergroups.users.list": self._group,
            "users.info": self._user,
            "views.open": self._open_view,
            "views.publish": self._publish_view,
            "views.update": self._update_view,
        }

    def do(self, call: Call) -> Json:
        """Check the token, then do it."""
        method = self._methods.get(call.method)
        if method is None:
            raise SlackError("unknown_method", req_method=call.method)
        if call.method != "api.test":
            self._authorise(call)
        return method(call)

    def _authorise(self, call: Call) -> None:
        wanted = "app" if call.method == "apps.connections.open" else "bot"
        if call.token == "none":
            raise SlackError("not_authed")
        if call.token == "unknown":
            raise SlackError("invalid_auth")
        if call.token != wanted:
            raise SlackError("not_allowed_token_type")

    def _scope(self, needed: str) -> None:
        if needed not in self.workspace.scopes:
            provided = ",".join(sorted(self.workspace.scopes))
            raise SlackError("missing_scope", needed=needed, provided=provided)

    def _auth_test(self, _call: Call) -> Json:
        here = self.workspace
        return {
            "url": "https://fake.slack.example/",
            "team": "The fake team",
            "user": "treatywatch",
            "team_id": here.team,
            "user_id": here.bot,
            "bot_id": here.bot_id,
            "is_enterprise_install": False,
        }

    def _writable(self, call: Call) -> Room:
        """The room that the call names, where we may say something."""
        self._scope("chat:write")
        room = self.workspace.room(call.need("channel"))
        if room.archived:
            raise SlackError("is_archived")
        if not room.member and not (call.method == "chat.postMessage" and "chat:write.public" in self.workspace.scopes):
            raise SlackError("not_in_channel")
        return room

    def _said(self, call: Call) -> Said:
        given = call.arguments
        if not given.get("text") and not given.get("blocks") and not given.get("markdown_text"):
            raise SlackError("no_text")
        if call.refusal:
            raise SlackError(
                call.refusal, response_metadata={"messages": [f"[ERROR] {fault}" for fault in call.faults]}
            )
        return Said(
            text=str(given.get("text") or given.get("markdown_text") or ""),
            blocks=given.get("blocks") or [],
            metadata=given.get("metadata"),
            thread=given.get("thread_ts"),
        )

    def _post_message(self, call: Call) -> Json:
        room, said = self._writable(call), self._said(call)
        posted = self.workspace.say(room, said, by=self.workspace.bot, via=call.method)
        return {"channel": room.id, "ts": posted.ts, "message": self._told(posted, metadata=True)}

    def _post_ephemeral(self, call: Call) -> Json:
        room, said, user = self._writable(call), self._said(call), call.need("user")
        if user not in self.workspace.people:
            raise SlackError("user_not_in_channel")
        if len(said.text) > UPDATED_TEXT:
            raise SlackError("msg_too_long")
        ts = self.workspace.ts()
        whisper = Whisper(ts=ts, channel=room.id, user=user, text=said.text, blocks=said.blocks, thread=said.thread)
        self.workspace.whisper(whisper)
        return {"message_ts": ts}

    def _update(self, call: Call) -> Json:
        self._scope("chat:write")
        room = self.workspace.room(call.need("channel"))
        old = self.workspace.message(room, call.need("ts"))
        said = self._said(call)
        if old is None:
            raise SlackError("message_not_found")
        if old.by != self.workspace.bot:
            raise SlackError("cant_update_message")
        if len(said.text) > UPDATED_TEXT:
            raise SlackError("msg_too_long")
        new = self.workspace.edit(room, old, said)
        return {"channel": room.id, "ts": new.ts, "text": new.text, "message": self._told(new, metadata=True)}

    def _readable(self, call: Call, right: str) -> Room:
        """The room that the call names; `right` is history or read."""
        room = self.workspace.room(call.need("channel"))
        kind = "im" if room.partner else "groups" if room.private else "channels"
        self._scope(f"{kind}:{right}")
        return room

    def _history(self, call: Call) -> Json:
        room = self._readable(call, "history")
        if not room.member:
            raise SlackError("not_in_channel")
        seen = self._seen(call, room)
        page = self._page(call, [one for one in reversed(seen) if one.thread in (None, one.ts)])
        for told in page["messages"]:
            if replies := sum(one.thread == told["ts"] != one.ts for one in seen):
                told |= {"thread_ts": told["ts"], "reply_count": replies}
        return page

    def _replies(self, call: Call) -> Json:
        room, ts = self._readable(call, "history"), call.need("ts")
        if self.workspace.message(room, ts) is None:
            raise SlackError("thread_not_found")
        return self._page(call, [one for one in self._seen(call, room) if ts in (one.ts, one.thread)])

    def _seen(self, call: Call, room: Room) -> list[Posted]:
        """What a look at the history sees by now."""
        seen = room.messages[: len(room.messages) - call.hidden] if call.hidden else room.messages
        if not call.unseen_s:
            return seen
        newest = self.workspace.now().timestamp() - call.unseen_s
        return [one for one in seen if int(one.ts.partition(".")[0]) <= newest]

    def _page(self, call: Call, messages: list[Posted]) -> Json:
        given = call.arguments
        oldest, latest = _moment(given, "oldest", "0"), _moment(given, "latest", "Infinity")
        inclusive = bool(given.get("inclusive"))
        within = [
            one
            for one in messages
            if oldest < Decimal(one.ts) < latest or (inclusive and Decimal(one.ts) in (oldest, latest))
        ]
        start = _cursor(given)
        limit = min(int(given.get("limit") or 100), PAGE)
        shown = within[start : start + limit]
        more = start + limit < len(within)
        page: Json = {
            "messages": [self._told(one, metadata=bool(given.get("include_all_metadata"))) for one in shown],
            "has_more": more,
        }
        if more:
            page["response_metadata"] = {"next_cursor": f"from:{start + limit}"}
        return page

    def _told(self, posted: Posted, *, metadata: bool) -> Json:
        """A message as the Web API gives it."""
        told: Json = {
            "type": "message",
            "user": posted.by,
            "ts": posted.ts,
            "text": posted.text,
            "team": self.workspace.team,
        }
        if posted.by == self.workspace.bot:
            told |= {"bot_id": self.workspace.bot_id, "app_id": self.workspace.app}
        if posted.blocks:
            told["blocks"] = posted.blocks
        if posted.thread:
            told["thread_ts"] = posted.thread
        if posted.edits:
            told["edited"] = {"user": posted.by, "ts": posted.ts}
        if metadata and posted.metadata:
            told["metadata"] = posted.metadata
        return told

    def _info(self, call: Call) -> Json:
        room = self._readable(call, "read")
        told: Json = {
            "id": room.id,
            "name": room.name,
            "name_normalized": room.name,
            "creator": room.creator,
            "is_channel": not room.private,
            "is_group": room.private and not room.partner,
            "is_im": bool(room.partner),
            "is_private": room.private,
            "is_archived": room.archived,
            "is_member": room.member,
        }
        return {"channel": told | ({"user": room.partner} if room.partner else {})}

    def _group(self, call: Call) -> Json:
        self._scope("usergroups:read")
        people = self.workspace.groups.get(call.need("usergroup"))
        if people is None:
            raise SlackError("no_such_subteam")
        return {"users": people}

    def _user(self, call: Call) -> Json:
        self._scope("users:read")
        person = self.workspace.people.get(call.need("user"))
        if person is None:
            raise SlackError("user_not_found")
        offset = _offset(person.zone, self.workspace.now())
        told: Json = {
            "id": person.id,
            "team_id": self.workspace.team,
            "name": person.name,
            "real_name": person.name,
            "deleted": False,
            "tz": person.zone,
            "tz_label": person.zone,
            "tz_offset": int(offset.total_seconds()),
            "is_admin": person.admin or person.owner,
            "is_owner": person.owner,
            "is_bot": False,
            "profile": {"real_name": person.name, "display_name": person.name},
        }
        return {"user": told}

    def _view(self, call: Call, user: str) -> View:
        if call.refusal:
            raise SlackError(
                call.refusal, response_metadata={"messages": [f"[ERROR] {fault}" for fault in call.faults]}
            )
        given = call.arguments.get("view")
        if not isinstance(given, dict):
            raise SlackError("invalid_arguments")
        return View(id=f"V{uuid4().hex[:8].upper()}", user=user, body=given)

    def _open_view(self, call: Call) -> Json:
        here, trigger = self.workspace, call.need("trigger_id")
        if trigger in here.used_triggers:
            raise SlackError("exchanged_trigger_id")
        if trigger not in here.triggers:
            raise SlackError("invalid_trigger_id")
        given_at, user = here.triggers[trigger]
        if here.now().timestamp() - given_at > ACK_WITHIN_S:
            raise SlackError("expired_trigger_id")
        view = self._view(call, user)
        if view.body.get("type") != "modal":
            raise SlackError("invalid_arguments")
        here.used_triggers.add(trigger)
        here.forms.append(view)
        here.bell.ring()
        return {"view": self.workspace.shown(view)}

    def _update_view(self, call: Call) -> Json:
        given = self._view(call, "")
        known = next((view for view in self.workspace.forms if view.id == call.need("view_id")), None)
        if known is None or not known.open:
            raise SlackError("not_found")
        if call.arguments.get("hash") not in (None, known.hash):
            raise SlackError("hash_conflict")
        known.body, known.version = given.body, known.version + 1
        self.workspace.bell.ring()
        return {"view": self.workspace.shown(known)}

    def _publish_view(self, call: Call) -> Json:
        user = call.need("user_id")
        if user not in self.workspace.people:
            raise SlackError("user_not_found")
        view = self._view(call, user)
        self.workspace.homes[user] = view
        self.workspace.bell.ring()
        return {"view": self.workspace.shown(view)}


def _offset(zone: str, now: datetime) -> timedelta:
    """A zone's distance from UTC; none of one that this machine does not know."""
    known = ZoneInfo(zone) if zone in available_timezones() else UTC
    return now.astimezone(known).utcoffset() or timedelta()


def _moment(given: Json, name: str, default: str) -> Decimal:
    try:
        return Decimal(str(given.get(name) or default))
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def _cursor(given: Json) -> int:
    cursor = str(given.get("cursor") or "from:0")
    if not cursor.startswith("from:") or not cursor[5:].isdigit():
        raise SlackError("invalid_cursor")
    return int(cursor[5:])
