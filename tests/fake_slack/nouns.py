"""What tests speak of: posts, requests, envelopes and what came back; and the bell that wakes who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import UTC, datetime
from typing import Any

# What came over the wire, or goes there: the shapes are Slack's, and this package is the edge.
Json = dict[str, Any]
Clock = Callable[[], datetime]

ACK_WITHIN_S = 3.0  # later, and the person sees "failed with the error operation_timeout"
PATIENCE_S = 60.0  # with what comes sooner or later, also on a machine that has much else to do


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Bell:
    """Wakes all who wait for something to become true."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Something changed."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def until(self, true: Callable[[], bool], what: str, within_s: float) -> None:
        """Return once it is true; fail with the sentence "within 5 s …" otherwise."""
        try:
            async with asyncio.timeout(within_s):
                while not true():
                    await self._event.wait()
        except TimeoutError:
            raise AssertionError(f"within {within_s:g} s {what}") from None


@dataclass(kw_only=True)
class Room:
    """A conversation; a test may change its fields at any time."""

    id: str
    name: str
    private: bool = False
    member: bool = True  # is our bot in it
    archived: bool = False
    partner: str = ""  # of a direct message: the person's id
    creator: str = "U1"
    messages: list[Posted] = field(default_factory=list)  # oldest first, those of threads included


@dataclass(kw_only=True)
class Person:
    """A user of the workspace."""

    id: str
    name: str
    zone: str = "Europe/Vienna"
    admin: bool = False
    owner: bool = False


class Shown:
    """Something with text and blocks that people can read."""

    text: str
    blocks: list[Json]

    @property
    def words(self) -> str:
        """All that is read in its blocks, a line for each piece; its text where it has no blocks."""
        return "\n".join(words_in(self.blocks)) if self.blocks else self.text


@dataclass(frozen=True, kw_only=True)
class Posted(Shown):
    """A message that stands in a room."""

    ts: str
    channel: str  # Room.id
    by: str  # a user's id; the bot's own for what we posted
    text: str
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread: str | None = None  # ts of the message in whose thread it stands
    via: str = "chat.postMessage"  # or response_url, ack, or "" for what others said
    edits: int = 0

    @property
    def key(self) -> str | None:
        """The id in its metadata's event_payload."""
        payload = (self.metadata or {}).get("event_payload") or {}
        return str(payload["id"]) if "id" in payload else None


@dataclass(frozen=True, kw_only=True)
class Whisper(Shown):
    """What chat.postEphemeral showed to one person."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread: str | None = None  # ts of the message in whose thread it is seen


@dataclass(frozen=True, kw_only=True)
class Reply(Shown):
    """What a command or a click got back, by response_url or with the acknowledgement."""

    at: datetime
    text: str
    blocks: list[Json] = field(default_factory=list)
    in_channel: bool = False
    replace_original: bool = False
    delete_original: bool = False
    thread: str | None = None  # ts of the message in whose thread it is seen
    via: str = "response_url"  # or ack


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that came in, whatever became of it."""

    number: int  # from 1, over all methods
    method: str  # chat.postMessage …; "response_url" for what went there
    arguments: Json  # without the token; blocks, metadata and view decoded
    at: datetime
    via: str  # json, form or query
    token: str  # bot, app, none, or unknown


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """One attempt to open a socket."""

    ticket: str
    status: int  # 101 where it was let in


@dataclass(frozen=True, kw_only=True)
class Ack:
    """One acknowledgement of an envelope."""

    at: datetime
    took_s: float  # seconds from the (last) delivery
    payload: Json | None


@dataclass(eq=False)
class Exchange:
    """An envelope that was sent, and all that came back for it."""

    envelope: Json
    bell: Bell
    acks: list[Ack] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)  # in order; one that came with an ack included
    deliveries: int = 0
    wanted: int = 0  # acknowledgements there are once the last delivery has its own

    @property
    def id(self) -> str:
        """The envelope's."""
        return str(self.envelope["envelope_id"])

    @property
    def response_url(self) -> str:
        """Where answers may go; "" where the envelope names none."""
        return str(self.envelope["payload"].get("response_url", ""))

    @property
    def trigger_id(self) -> str:
        """What opens a form within three seconds; "" where the envelope has none."""
        return str(self.envelope["payload"].get("trigger_id", ""))

    async def acked(self, *, within_s: float = ACK_WITHIN_S) -> Ack:
        """The acknowledgement of the last delivery."""
        what = f"{self.envelope['type']} {self.id} was not acknowledged"
        await self.bell.until(lambda: len(self.acks) >= self.wanted, what, within_s)
        return self.acks[self.wanted - 1]

    async def answers(self, count: int = 1, *, within_s: float = PATIENCE_S) -> list[Reply]:
        """All replies, once there are that many."""
        what = f"{self.envelope['type']} {self.id} got fewer than {count} answers"
        await self.bell.until(lambda: len(self.replies) >= count, what, within_s)
        return list(self.replies)

    async def answer(self, *, within_s: float = PATIENCE_S) -> Reply:
        """The first reply."""
        return (await self.answers(within_s=within_s))[0]


def words_in(node: object) -> Iterator[str]:
    """Every text that stands somewhere in blocks, in the order of reading."""
    if isinstance(node, list):
        for part in node:
            yield from words_in(part)
    if isinstance(node, dict):
        text = node.get("text", node.get("fallback"))
        if isinstance(text, str):
            yield text
        for key in ("title", "text", "label", "elements", "fields", "accessory", "element", "options", "blocks"):
            if not isinstance(node.get(key), str):
                yield from words_in(node.get(key))


def as_row(value: object) -> object:
    """A noun as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_row(one) for one in value]
    if isinstance(value, dict):
        return {key: as_row(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return as_row(asdict(value))
    return value
