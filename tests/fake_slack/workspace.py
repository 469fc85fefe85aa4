"""One workspace: rooms, people, what was said there, and what may be done with which token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import uuid4

from tests.fake_slack.filling import state_of
from tests.fake_slack.nouns import Bell, Clock, Json, Person, Posted, Room, Whisper

SCOPES = ("commands", "chat:write", "chat:write.public")
TEXT_KEPT = 40_000  # characters; chat.postMessage cuts what is longer


class SlackError(Exception):
    """An answer with `"ok": false`; `more` stands beside the error."""

    def __init__(self, error: str, **more: object) -> None:
        self.error = error
        self.more = more
        super().__init__(error)


@dataclass(frozen=True, kw_only=True)
class Said:
    """The content of a message."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread: str | None = None


@dataclass(eq=False, kw_only=True)
class View:
    """A form or a home tab that was shown, as it stands now."""

    id: str
    user: str
    body: Json
    version: int = 1  # drawn anew so often
    entered: Json = field(default_factory=dict)  # what the person put into its fields
    found: list[Json] = field(default_factory=list)  # what was found last for what the person typed
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)  # by block_id, of the last time that it was sent

    @property
    def hash(self) -> str:
        """As which it stands."""
        return f"{1_700_000_000 + self.version}.{self.id.lower()}"


def rooms() -> dict[str, Room]:
    """The rooms of a new workspace, one of each kind."""
    found = (
        Room(id="C1", name="treaties"),
        Room(id="C2", name="general", member=False),
        Room(id="C3", name="counsel", private=True),
        Room(id="C4", name="board", private=True, member=False),
        Room(id="C5", name="attic", archived=True),
    )
    return {room.id: room for room in found}


def people() -> dict[str, Person]:
    """The people of a new workspace."""
    found = (
        Person(id="U1", name="ada", zone="Europe/Vienna", admin=True),
        Person(id="U2", name="bela", zone="America/New_York"),
    )
    return {person.id: person for person in found}


class Workspace:
    """State that requests read and change; a test may change it as it likes."""

    def __init__(self, bell: Bell, now: Clock, scopes: Iterable[str], note: Callable[[str, object], None]) -> None:
        self.team, self.app, self.bot, self.bot_id = "T1", "A1", "U0BOT", "B0BOT"
        self.bot_token, self.app_token = "xoxb-of-the-fake", "xapp-of-the-fake"
        self.scopes = set(scopes)
        self.rooms, self.people = rooms(), people()
        self.whispers: list[Whisper] = []
        self.forms: list[View] = []  # views.open, oldest first
        self.homes: dict[str, View] = {}  # views.publish, by user
        self.triggers: dict[str, tuple[float, str]] = {}  # trigger_id → when it was given, in seconds, and to whom
        self.used_triggers: set[str] = set()
        self.groups: dict[str, list[str]] = {"S1": ["U1"]}  # user groups, and who is in them
        self.bell, self.now, self._note = bell, now, note
        self._last = (0, 0)
        self._direct = count(1)

    def ts(self) -> str:
        """A message's id: seconds and a count, always growing even where the clock stands still."""
        second, number = int(self.now().timestamp()), 100
        if second <= self._last[0]:
            second, number = self._last[0], self._last[1] + 100
        self._last = (second, number)
        return f"{second}.{number:06d}"

    def trigger(self, user: str) -> str:
        """A new trigger_id, from what that person did."""
        made = f"{uuid4().int % 10**13}.{uuid4().hex[:24]}"
        self.triggers[made] = (self.now().timestamp(), user)
        return made

    def direct(self, user: str) -> Room:
        """The direct conversation with a person, opened where there is none yet."""
        for room in self.rooms.values():
            if room.partner == user:
                return room
        room = Room(id=f"D{next(self._direct)}", name="", private=True, partner=user)
        self.rooms[room.id] = room
        return room

    def room(self, channel: str) -> Room:
        """The room of that id or #name, or the direct one with that person; channel_not_found if we cannot see it."""
        if channel in self.people:
            return self.direct(channel)
        name = channel.removeprefix("#")
        found = self.rooms.get(channel) or next(
            (room for room in self.rooms.values() if name and room.name == name), None
        )
        if found is None or (found.private and not found.member):
            raise SlackError("channel_not_found")
        return found

    def say(self, room: Room, said: Said, *, by: str, via: str) -> Posted:
        """Put a message into a room."""
        posted = Posted(
            ts=self.ts(),
            channel=room.id,
            by=by,
            text=said.text[:TEXT_KEPT],
            blocks=said.blocks,
            metadata=said.metadata,
            thread=said.thread,
            via=via,
        )
        room.messages.append(posted)
        self._note("posted", posted)
        self.bell.ring()
        return posted

    def stand_again(self, lines: Iterable[str]) -> None:
        """Put back what was posted and edited, as lines of the log tell it."""
        for row in map(json.loads, lines):
            if row["event"] not in {"posted", "edited"}:
                continue
            posted = Posted(**row["told"])
            room = self.rooms.setdefault(posted.channel, Room(id=posted.channel, name=posted.channel.lower()))
            room.messages = [one for one in room.messages if one.ts != posted.ts] + [posted]
            room.messages.sort(key=lambda one: one.ts)
            second, _, number = posted.ts.partition(".")
            self._last = max(self._last, (int(second), int(number)))

    def message(self, room: Room, ts: str) -> Posted | None:
        """The message of that ts."""
        return next((one for one in room.messages if one.ts == ts), None)

    def holds(self, ts: str) -> bool:
        """Whether any room has a message of that ts."""
        return any(self.message(room, ts) for room in self.rooms.values())

    def edit(self, room: Room, old: Posted, said: Said) -> Posted:
        """Give a message new content; its metadata stays where none is given."""
        new = replace(old, text=said.text, blocks=said.blocks, edits=old.edits + 1)
        if said.metadata is not None:
            new = replace(new, metadata=said.metadata)
        room.messages[room.messages.index(old)] = new
        self._note("edited", new)
        self.bell.ring()
        return new

    def delete(self, room: Room, old: Posted) -> None:
        """Take a message away."""
        room.messages.remove(old)
        self.bell.ring()

    def whisper(self, whisper: Whisper) -> None:
        """Show something to one person."""
        self.whispers.append(whisper)
        self._note("whispered", whisper)
        self.bell.ring()

    def shown(self, view: View) -> Json:
        """A view as the Web API and payloads give it."""
        return {
            "id": view.id,
            "team_id": self.team,
            "app_id": self.app,
            "bot_id": self.bot_id,
            "hash": view.hash,
            "state": {"values": state_of(view.body, view.entered)},
            "private_metadata": "",
            "callback_id": "",
            **view.body,
        }
