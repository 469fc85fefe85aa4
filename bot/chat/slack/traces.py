"""A message of Slack's history → what of it is ours (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.model import Trace

EVENT = "treatywatch_post"  # the type of the metadata that each post of ours carries


def key_of(message: Mapping[str, Any]) -> str | None:
    """The id of the post that a message of the history is, as far as it is one of ours."""
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("id") if metadata.get("event_type") == EVENT else None


def trace_of(message: Mapping[str, Any]) -> Trace | None:
    """What a message of ours tells; None: it is somebody else's."""
    key = key_of(message)
    if key is None:
        return None
    ts = str(message["ts"])
    links = tuple(dict.fromkeys(links_in(message.get("blocks"))))
    return Trace(post=str(key), message=ts, at=datetime.fromtimestamp(float(ts), UTC), links=links)


def links_in(part: object) -> Iterator[str]:
    """The addresses of all links in some blocks."""
    if isinstance(part, list):
        for one in part:
            yield from links_in(one)
    elif isinstance(part, dict):
        if part.get("type") == "link":
            yield str(part.get("url"))
        for one in part.values():
            yield from links_in(one)
