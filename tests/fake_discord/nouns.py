"""What tests speak of: messages, requests, interactions and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fake_discord.markdown import seen
from tests.fake_slack.nouns import PATIENCE_S, Bell

Json = dict[str, Any]  # the shapes are Discord's

ACK_WITHIN_S = 3.0  # later, and the person sees "The application did not respond"
TEXT, DIRECT, ANNOUNCEMENT, THREAD, FORUM = 0, 1, 5, 11, 15  # types of channels
SEND, EMBED, READ, SEE, HISTORY, BEGIN = 1 << 11, 1 << 14, 1 << 10, 1 << 10, 1 << 16, 1 << 35
ADMINISTRATOR, MANAGE_CHANNELS, MANAGE_SERVER = 1 << 3, 1 << 4, 1 << 5


class Shown:
    """Something with content and embeds that people can read."""

    body: Json

    @property
    def words(self) -> str:
        """All that is read, a line for each piece."""
        return "\n".join(words_in(self.body))

    @property
    def buttons(self) -> dict[str, str]:
        """The label and the custom_id of each button."""
        return {one["label"]: one["custom_id"] for one in components_in(self.body) if one["type"] == 2}

    @property
    def links(self) -> list[tuple[str, str]]:
        """Every link's label and where it leads."""
        return [link for text in markdown_in(self.body) for link in seen(text).links]


@dataclass(eq=False, kw_only=True)
class Posted(Shown):
    """A message that stands in a channel, as it stands there now."""

    id: str
    channel: str  # of the thread, where it stands in one
    by: str  # a user's id
    body: Json
    edits: int = 0
    thread: str = ""  # the thread that was begun at it

    @property
    def key(self) -> str:
        """The id of the post that it is, which stands in one of its buttons."""
        return key_in(self.body)


@dataclass(frozen=True, kw_only=True)
class Reply(Shown):
    """What an interaction got back."""

    kind: int  # of a first answer; 0 for a further one
    body: Json
    at: datetime

    @property
    def private(self) -> bool:
        """Whether only the asker sees it."""
        return bool(self.body.get("flags", 0) & 64)


@dataclass(kw_only=True)
class Room:
    """A channel or thread; a test may change its fields at any time."""

    id: str
    name: str
    type: int = TEXT
    parent: str = ""
    owner: str = ""  # of a thread: who began it
    gone: bool = False
    visible: bool = True  # may our bot see it
    writable: bool = True  # may it post there
    readable: bool = True  # may it read its past
    threads: bool = True  # may it begin threads
    locked: bool = False
    messages: list[Posted] = field(default_factory=list)  # oldest first


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of the server."""

    id: str
    name: str
    permissions: int = SEND | SEE
    roles: tuple[str, ...] = ()
    nick: str | None = None  # as the server calls the person


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that came in, whatever became of it."""

    number: int  # from 1
    method: str  # POST
    path: str  # /channels/101/messages
    route: str  # POST /channels/{channel}/messages
    query: Json
    body: Any
    at: datetime


@dataclass(eq=False)
class Exchange:
    """An interaction, and all that came back for it."""

    payload: Json
    bell: Bell
    sent: float  # by the loop's clock
    replies: list[Reply] = field(default_factory=list)  # in order; a deferral is not among them
    first: int = 0  # kind of the first answer, a deferral too; 0: there is none yet
    took_s: float = 0
    modal: Json | None = None
    choices: list[Json] | None = None

    async def acked(self, *, within_s: float = ACK_WITHIN_S) -> int:
        """The kind of the first answer."""
        await self.bell.until(lambda: self.first != 0, "the interaction was not answered", within_s)
        return self.first

    async def answers(self, count: int = 1, *, within_s: float = PATIENCE_S) -> list[Reply]:
        """All replies, once there are that many."""
        what = f"the interaction got fewer than {count} answers"
        await self.bell.until(lambda: len(self.replies) >= count, what, within_s)
        return list(self.replies)

    async def answer(self) -> Reply:
        """The first reply."""
        return (await self.answers())[0]


def key_in(body: Json) -> str:
    """The id of the post that a body is, which stands in one of its buttons; "": in none."""
    ids = (str(one.get("custom_id", "")).split(":") for one in components_in(body))
    return next((parts[1] for parts in ids if parts[0] in ("words", "sure") and len(parts) > 2), "")


def markdown_in(body: Json) -> Iterator[str]:
    """Every text in which Discord looks for markdown."""
    if body.get("content"):
        yield body["content"]
    for embed in body.get("embeds") or ():
        yield from (embed[name] for name in ("title", "description") if embed.get(name))
        for one in embed.get("fields") or ():
            yield from (one["name"], one["value"])


def words_in(body: Json) -> Iterator[str]:
    """Every text that is read, in order."""
    yield from (seen(text).words for text in markdown_in({"content": body.get("content")}))
    for embed in body.get("embeds") or ():
        yield from (seen(text).words for text in markdown_in({"embeds": [embed]}))
        if footer := embed.get("footer"):
            yield footer["text"]
    for one in components_in(body):
        yield from (option["label"] for option in one.get("options") or ())
        if one.get("label"):
            yield one["label"]


def components_in(body: Json) -> Iterator[Json]:
    """Every button and menu."""
    for row in body.get("components") or ():
        yield from row.get("components") or ()
