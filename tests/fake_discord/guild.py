"""One server with channels, people and one bot, and what its methods make of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from tests.fake_discord.nouns import (
    ADMINISTRATOR,
    EMBED,
    FORUM,
    MANAGE_SERVER,
    SEE,
    SEND,
    TEXT,
    THREAD,
    Json,
    Person,
    Posted,
    Room,
)
from tests.fake_slack.nouns import Bell, Clock

TOKEN = "OTAwMDAwMDAwMDAwMDAwMDAx.GfAkE1.fake-token-for-tests-on-loopback"
GUILD, BOT, OWNER = "900000000000000001", "900000000000000002", "14"
EPOCH_MS = 1_420_070_400_000
WINDOW = timedelta(minutes=3)  # in which a nonce counts


@dataclass(frozen=True)
class DiscordError(Exception):
    """A refusal."""

    status: int
    code: int
    message: str = "refused"
    errors: tuple[str, ...] = ()

    @property
    def details(self) -> Json:
        """What is wrong with a body, where that is the reason."""
        found = [{"code": "INVALID", "message": what} for what in self.errors]
        return {"errors": {"_errors": found}} if found else {}


def rooms() -> dict[str, Room]:
    """Two text channels, one that we may see only, one that is hidden, a forum with a post, and a thread."""
    made = (
        Room(id="101", name="treaties"),
        Room(id="102", name="read-only", writable=False),
        Room(id="103", name="hidden", visible=False),
        Room(id="104", name="cybercrime", type=THREAD, parent="110", owner="12"),
        Room(id="105", name="gone", gone=True),
        Room(id="106", name="general"),
        Room(id="110", name="forum", type=FORUM),
    )
    return {room.id: room for room in made}


def people() -> dict[str, Person]:
    """One who manages the server, one of no rank, one who administers it, and one with a role."""
    made = (
        Person(id="11", name="ada", permissions=SEND | SEE | MANAGE_SERVER),
        Person(id="12", name="bob"),
        Person(id="13", name="cyd", permissions=ADMINISTRATOR),
        Person(id="15", name="eve", roles=("501",)),
    )
    return {person.id: person for person in made}


class Guild:
    """The state of the server."""

    def __init__(self, bell: Bell, now: Clock, note: Callable[[str, object], None]) -> None:
        self.now, self.bell, self._note = now, bell, note
        self.rooms, self.people = rooms(), people()
        self.commands: list[Json] = []
        self.registered = 0  # how often commands were
        self.window = WINDOW
        self._numbers = count(1)
        self._nonces: dict[tuple[str, str], Posted] = {}

    def snowflake(self) -> str:
        """The next number; its upper bits are the time."""
        ms = int(self.now().timestamp() * 1000) - EPOCH_MS
        return str((ms << 22) + next(self._numbers) % (1 << 22))

    def room(self, channel: str) -> Room:
        """A channel by its id; raises DiscordError."""
        room = self.rooms.get(channel)
        if room is None or room.gone:
            raise DiscordError(404, 10003, "Unknown Channel")
        if not room.visible or (
            room.type == THREAD and room.parent in self.rooms and not self.rooms[room.parent].visible
        ):
            raise DiscordError(403, 50001, "Missing Access")
        return room

    # ── messages

    def say(self, channel: str, body: Json) -> Json:
        """Post a message, or give back the one with the same nonce."""
        room = self.room(channel)
        if room.type == FORUM:
            raise DiscordError(400, 50024, "Cannot execute action on this channel type")
        if room.locked:
            raise DiscordError(403, 160005, "Thread is locked")
        if not room.writable:
            raise DiscordError(403, 50013, "Missing Permissions")
        if not body.get("content") and not body.get("embeds"):
            raise DiscordError(400, 50006, "Cannot send an empty message")
        nonce = str(body.get("nonce", ""))
        if (
            (known := self._nonces.get((channel, nonce)))
            and nonce
            and body.get("enforce_nonce")
            and self._is_fresh(known)
        ):
            return self.shown(known) | {"nonce": nonce}
        shown = {key: value for key, value in body.items() if key not in ("nonce", "enforce_nonce")}
        posted = self.add(room, shown, by=BOT)
        self._nonces[channel, nonce] = posted
        return self.shown(posted) | {"nonce": nonce}

    def _is_fresh(self, posted: Posted) -> bool:
        age_ms = int(self.now().timestamp() * 1000) - EPOCH_MS - (int(posted.id) >> 22)
        return age_ms < self.window.total_seconds() * 1000

    def add(self, room: Room, body: Json, *, by: str) -> Posted:
        """A message in a channel."""
        posted = Posted(id=self.snowflake(), channel=room.id, by=by, body=body)
        room.messages.append(posted)
        if by == BOT and posted.key:
            self._note("posted", logged(posted, self.begun_in(room)))
        self.bell.ring()
        return posted

    def change(self, channel: str, number: str, body: Json) -> Json:
        """Change a message of ours."""
        posted = self._message(channel, number)
        if posted.by != BOT:
            raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
        posted.body, posted.edits = {**posted.body, **body}, posted.edits + 1
        self._note("edited", logged(posted, self.begun_in(self.rooms[channel])))
        self.bell.ring()
        return self.shown(posted)

    def _message(self, channel: str, number: str) -> Posted:
        found = next((one for one in self.room(channel).messages if one.id == number), None)
        if found is None:
            raise DiscordError(404, 10008, "Unknown Message")
        return found

    def past(self, channel: str, query: Json, *, unseen_s: float = 0) -> list[Json]:
        """The oldest messages after a number, newest first; `unseen_s`: those of so many last seconds are not there."""
        room = self.room(channel)
        if not room.readable:
            return []
        after, limit = int(query.get("after", 0)), int(query.get("limit", 50))
        newest = int(self.now().timestamp() * 1000 - unseen_s * 1000) - EPOCH_MS
        found = [one for one in room.messages if int(one.id) > after and int(one.id) >> 22 <= newest]
        return [self.shown(one) for one in reversed(found[:limit])]

    def begin(self, channel: str, number: str, body: Json) -> Json:
        """Begin a thread at a message."""
        room, posted = self.room(channel), self._message(channel, number)
        if room.type != TEXT:
            raise DiscordError(400, 50024, "Cannot execute action on this channel type")
        if posted.thread:
            raise DiscordError(400, 160004, "A thread has already been created for this message")
        if not room.threads:
            raise DiscordError(403, 50013, "Missing Permissions")
        posted.thread = posted.id
        self.rooms[posted.id] = Room(id=posted.id, name=body["name"], type=THREAD, parent=channel, owner=BOT)
        return self.channel(self.rooms[posted.id])

    @staticmethod
    def begun_in(room: Room) -> str | None:
        """The channel in which a thread of ours was begun; None: it is none of ours."""
        return room.parent if room.type == THREAD and room.owner == BOT else None

    def direct(self, person: str) -> Json:
        """The direct conversation with somebody."""
        if person not in self.people:
            raise DiscordError(400, 50033, "Invalid Recipient(s)")
        room = self.rooms.setdefault(f"7{person}", Room(id=f"7{person}", name="", type=1))
        return {"id": room.id, "type": 1, "last_message_id": None, "recipients": [self.user(person)]}

    # ── as Discord shows them

    def user(self, person: str) -> Json:
        """A user."""
        name = "treatywatch" if person == BOT else self.people[person].name if person in self.people else "somebody"
        return {
            "id": person,
            "username": name,
            "discriminator": "0",
            "global_name": None,
            "avatar": None,
            "bot": person == BOT,
        }

    def member(self, person: Person) -> Json:
        """A member of the server who asks something."""
        return {
            "user": self.user(person.id),
            "roles": list(person.roles),
            "nick": person.nick,
            "permissions": str(person.permissions),
            "joined_at": "2025-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    def channel(self, room: Room) -> Json:
        """A channel, or a thread."""
        told: Json = {
            "id": room.id,
            "type": room.type,
            "name": room.name,
            "guild_id": GUILD,
            "last_message_id": room.messages[-1].id if room.messages else None,
            "permissions": str(SEND | SEE | EMBED),
        }
        if room.type == THREAD:
            meta = {
                "archived": False,
                "auto_archive_duration": 4320,
                "archive_timestamp": "2025-01-01T00:00:00+00:00",
                "locked": room.locked,
            }
            more = {"parent_id": room.parent, "owner_id": room.owner, "message_count": 0, "member_count": 1}
            return told | more | {"thread_metadata": meta, "rate_limit_per_user": 0, "flags": 0}
        return told | {
            "parent_id": None,
            "position": 0,
            "permission_overwrites": [],
            "nsfw": False,
            "topic": None,
            "rate_limit_per_user": 0,
        }

    def shown(self, posted: Posted) -> Json:
        """A message; without its nonce, as Discord gives it to who looks."""
        embeds = [{"type": "rich", **embed} for embed in posted.body.get("embeds") or ()]
        return {
            "id": posted.id,
            "channel_id": posted.channel,
            "author": self.user(posted.by),
            "content": posted.body.get("content") or "",
            "embeds": embeds,
            "components": numbered(posted.body.get("components") or []),
            "timestamp": "2025-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "pinned": False,
            "type": 0,
            "flags": posted.body.get("flags") or 0,
            **({"thread": self.channel(self.rooms[posted.thread])} if posted.thread else {}),
        }

    def whole(self) -> Json:
        """The server, as the gateway tells it."""
        rooms = [
            self.channel(room)
            for room in self.rooms.values()
            if not room.gone and room.type in (TEXT, FORUM) and room.visible
        ]
        everyone: Json = {
            "id": GUILD,
            "name": "@everyone",
            "color": 0,
            "hoist": False,
            "position": 0,
            "permissions": str(SEND | SEE),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": GUILD,
            "name": "Treaties",
            "owner_id": OWNER,
            "unavailable": False,
            "member_count": len(self.people) + 1,
            "large": False,
            "roles": [everyone],
            "emojis": [],
            "stickers": [],
            "features": [],
            "channels": rooms,
            "threads": [self.channel(room) for room in self.rooms.values() if room.type == THREAD and not room.gone],
            "members": [],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "afk_timeout": 300,
            "system_channel_flags": 0,
        }  # fmt: skip


def numbered(rows: list[Json]) -> list[Json]:
    """Components as Discord gives them back: each with a number of its own."""
    numbers = count(1)
    return [
        {"id": next(numbers), **row, "components": [{"id": next(numbers), **one} for one in row["components"]]}
        for row in rows
    ]


def metadata(key: str) -> Json:
    """The id of a post, as the fake Slack's log has it."""
    return {"event_payload": {"id": key}}


def logged(posted: Posted, thread: str | None) -> Json:
    """A message as the fake Slack would log it, so that one checker reads both logs; only posts are of use there."""
    links = [{"url": address} for _, address in posted.links]
    # What stands in a thread belongs to the channel in which that was begun, and is known by both numbers.
    where, ts = (thread, f"{posted.channel}/{posted.id}") if thread else (posted.channel, posted.id)
    told = {"channel": where, "ts": ts, "thread": posted.channel if thread else None, "metadata": metadata(posted.key)}
    return {**told, "blocks": links, "text": posted.body.get("content") or "", "by": posted.by}
