"""What stands hidden in a message of ours: what its buttons ask for, and which post it is (pure).

A button carries all that its press means, so it works after a restart. Discord gives `custom_id` back with each look
at a channel, which its nonce is not: so the last button of a post also holds the post's id, and no edit takes it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from bot.model import Deed, Entry, Press, Trace

# https://discord.com/developers/docs/components/reference: characters of a custom_id, and of an option's value
LONGEST = 100
STORY = "story"  # the menu in which a story is chosen; its options are told_of
AGAIN = "again"  # opens a form once more
EPOCH_MS = 1_420_070_400_000  # https://discord.com/developers/docs/reference#snowflakes
LINK = re.compile(r"(?:\]\(|<)(https?://[^\s)>]+)[)>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A command behind a button."""

    words: str
    channel: str = ""  # for which; "": where it is pressed
    sure: bool = False  # it is asked first
    post: str = ""  # Post.id, in a button of a post

    def __str__(self) -> str:
        """As a custom_id; "" where it would be too long."""
        told = f"{'sure' if self.sure else 'words'}:{self.post}:{self.channel}:{self.words}"
        return told if len(told) <= LONGEST else ""


Pressed = Words | Press


def press(deed: Deed, story: str, about: str) -> str:
    """A choice beside a story, as a custom_id; "" where it would be too long."""
    told = f"{deed}:{story}:{about}"
    return told if len(told) <= LONGEST else ""


def told_of(entry: Entry) -> str:
    """All of a story that its buttons need, as the value of an option; what has no room for its feed is not muted.

    "": there is no room at all.
    """
    feed = entry.source.feed if entry.source else ""
    shown = f"{entry.story}:{entry.topic}:"
    return next((told for told in (shown + feed, shown) if len(told) <= LONGEST), "")


def read(custom_id: str) -> Pressed | None:
    """What a pressed button asks for; None: it is none of ours, or none of these."""
    kind, _, rest = custom_id.partition(":")
    if kind in get_args(Deed):
        story, _, about = rest.partition(":")
        deed: Deed = next(one for one in get_args(Deed) if one == kind)
        return Press(deed=deed, story=story, about=about)
    parts = rest.split(":", maxsplit=2)
    if kind not in {"words", "sure"} or len(parts) < 3:
        return None
    post, channel, words = parts
    return Words(words=words, channel=channel, sure=kind == "sure", post=post)


# ── a post, and what of it stands in a channel ────────────────────────────────


def marked(body: Mapping[str, Any], post: str) -> dict[str, Any]:
    """A payload with the post's id in those of its buttons that have room for it."""
    rows = [
        {**row, "components": [_marked(one, post) for one in row["components"]]} for row in body.get("components", ())
    ]
    return {**body, **({"components": rows} if rows else {})}


def _marked(component: Mapping[str, Any], post: str) -> Mapping[str, Any]:
    told = read(str(component.get("custom_id", "")))
    if not isinstance(told, Words):
        return component
    custom_id = str(Words(words=told.words, channel=told.channel, sure=told.sure, post=post))
    return {**component, "custom_id": custom_id} if custom_id else component


def key_of(message: Mapping[str, Any]) -> str:
    """The id of the post that a message of ours is; "": it is an answer, or something else."""
    buttons = (one for row in message.get("components") or () for one in row.get("components") or ())
    read_ones = (read(str(one.get("custom_id", ""))) for one in buttons)
    return next((told.post for told in read_ones if isinstance(told, Words) and told.post), "")


def trace_of(message: Mapping[str, Any], thread: str = "") -> Trace | None:
    """What a message of ours tells, be it in a thread; None: it is no post."""
    key, number = key_of(message), str(message["id"])
    if not key:
        return None
    known_by = f"{thread}/{number}" if thread else number
    return Trace(post=key, message=known_by, at=time_of(number), links=tuple(dict.fromkeys(_links(message))))


def _links(message: Mapping[str, Any]) -> Iterator[str]:
    for text in (message.get("content"), *(one.get("description") for one in message.get("embeds") or ())):
        yield from LINK.findall(text or "")


def time_of(snowflake: str) -> datetime:
    """When the thing of this id was made."""
    return datetime.fromtimestamp(((int(snowflake) >> 22) + EPOCH_MS) / 1000, UTC)


def snowflake_at(instant: datetime) -> str:
    """The least id of that instant."""
    return str(max(int(instant.timestamp() * 1000) - EPOCH_MS, 0) << 22)
