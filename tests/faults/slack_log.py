"""The log of the fake Slack, or Discord: which messages it took, what was edited, when it was asked and answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]  # a line of the log

WRITING = ("chat.postMessage", "chat.update")
LOOKING = ("conversations.history", "past")  # into a channel's past, at Slack and at Discord
ADDRESS = re.compile(r"https?://[^\s<>|]+")
MAY_REPEAT = "may be a repeat"  # in the line under which a message is sent that may stand already
# That an answer of 429 keeps a channel waiting: where it does not say how long, and at most.
LEAST_S, MOST_S = 1.0, 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that Slack took."""

    channel: str
    ts: str
    key: str  # the post's id, from its metadata; "" if it has none
    links: frozenset[str]  # as it was taken, and as it was edited
    marked: bool  # it says that it may be a repeat
    thread: str | None


@dataclass(slots=True, kw_only=True)
class Request:
    """A request that writes into a channel or looks into its past, whatever became of it."""

    number: int
    channel: str
    key: str
    at: datetime
    answered: datetime | None = None  # None: never
    wait_s: float | None = None  # how long its channel was asked to wait; None: it was not


@dataclass(slots=True)
class Log:
    """All of it that is of use here, in order."""

    accepted: list[Accepted] = field(default_factory=list)
    edited: set[tuple[str, str]] = field(default_factory=set)  # channel, ts
    requests: list[Request] = field(default_factory=list)  # that write
    looks: list[Request] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)  # how often each method


def read_log(path: Path) -> Log:
    """What the file says; a last line that is cut off counts as not written."""
    log, requests = Log(), dict[int, Request]()
    for row in _rows(path):
        told = row["told"]
        match row["event"]:
            case "posted" if told["metadata"]:
                log.accepted.append(_accepted(told))
            case "edited":
                log.edited.add((told["channel"], told["ts"]))
                log.accepted = [_edited(one, told) for one in log.accepted]
            case "asked":
                log.asked[told["method"]] = log.asked.get(told["method"], 0) + 1
                if told["method"] in WRITING + LOOKING:
                    requests[told["number"]] = request = _request(told)
                    (log.requests if told["method"] in WRITING else log.looks).append(request)
            case "limited" if told["number"] in requests:
                requests[told["number"]].wait_s = _wait_s(told["retry_after"])
            case "answered" if told["number"] in requests:
                requests[told["number"]].answered = datetime.fromisoformat(told["at"])
    return log


def _rows(path: Path) -> Iterator[Json]:
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def _accepted(told: Json) -> Accepted:
    return Accepted(
        channel=told["channel"],
        ts=told["ts"],
        key=_key(told),
        links=_told_links(told),
        marked=MAY_REPEAT in json.dumps([told["blocks"], told["text"]]),
        thread=told["thread"],
    )


def _edited(one: Accepted, told: Json) -> Accepted:
    if (one.channel, one.ts) != (told["channel"], told["ts"]):
        return one
    return replace(one, links=one.links | _told_links(told))


def _request(told: Json) -> Request:
    given = told["arguments"]
    return Request(
        number=told["number"],
        channel=str(given.get("channel")),
        key=_key(given),
        at=datetime.fromisoformat(told["at"]),
    )


def _wait_s(retry_after: str | None) -> float:
    """What Retry-After has to mean, whatever it says."""
    try:
        return min(float(retry_after or ""), MOST_S)
    except ValueError:
        return LEAST_S


def _key(told: Json) -> str:
    payload = (told.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("id", ""))


def _told_links(told: Json) -> frozenset[str]:
    """The addresses of a message: those of its blocks; of one without blocks, those that its text shows."""
    shown = [] if told["blocks"] else ADDRESS.findall(told["text"].replace("&amp;", "&"))
    return frozenset([*_links(told["blocks"]), *shown])


def _links(node: object) -> Iterator[str]:
    """Every address in blocks."""
    if isinstance(node, list):
        for part in node:
            yield from _links(part)
    if isinstance(node, dict):
        if isinstance(node.get("url"), str):
            yield node["url"]
        for part in node.values():
            yield from _links(part)
