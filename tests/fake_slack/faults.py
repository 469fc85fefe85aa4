"""How Slack misbehaves, armed per method and count; the first armed is the first to happen.

    slack.faults.add("chat.postMessage", Fault.rate_limited(retry_after=30))            # once
    slack.faults.add("*", Fault.error("token_revoked"), times=None)                     # every method, until cleared
    stuck = slack.faults.add("chat.postMessage", Fault.hangs(accepted=True))
    await stuck.hit()                                                                   # a request hangs in it
    stuck.release()

Besides the methods there are two places: "response_url", and "link", where a socket asks to be let in.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, Self

from tests.fake_slack.nouns import Bell

HTML = "<!DOCTYPE html><html><head><title>Something is wrong</title></head><body>Bad gateway</body></html>"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to fail. `accepted`: the request took effect all the same, and only its answer is bad."""

    kind: Literal["answer", "reset", "half", "hangs", "lags"]
    accepted: bool = False
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    retry_after: str | None = None
    hidden: int = 0  # newest messages that a look at the history does not see yet

    @classmethod
    def rate_limited(cls, retry_after: int | str | None = 30, *, accepted: bool = False) -> Self:
        """429, with Retry-After in seconds, or whatever it says, or without it (None)."""
        after = None if retry_after is None else str(retry_after)
        body = json.dumps({"ok": False, "error": "ratelimited"})
        return cls(kind="answer", accepted=accepted, status=429, body=body, retry_after=after)

    @classmethod
    def error(cls, error: str, *, accepted: bool = False, **more: str) -> Self:
        """200 with `{"ok": false, "error": …}`; `more` stands beside: needed="channels:history"."""
        body = json.dumps({"ok": False, "error": error, **more})
        return cls(kind="answer", accepted=accepted, body=body)

    @classmethod
    def http(cls, status: int, *, accepted: bool = False) -> Self:
        """That status with a JSON body that says nothing more; at "link" a refused upgrade."""
        body = json.dumps({"ok": False, "error": "internal_error"})
        return cls(kind="answer", accepted=accepted, status=status, body=body)

    @classmethod
    def html(cls, status: int = 502, *, accepted: bool = False) -> Self:
        """A web page where JSON should stand: with 502 a gateway's, with 200 a captive portal's."""
        return cls(kind="answer", accepted=accepted, status=status, body=HTML, content_type="text/html")

    @classmethod
    def reset(cls, *, accepted: bool = False) -> Self:
        """The connection is reset instead of an answer; the request had arrived whole."""
        return cls(kind="reset", accepted=accepted)

    @classmethod
    def half(cls) -> Self:
        """Accepted, but the connection is reset in the middle of the answer."""
        return cls(kind="half", accepted=True)

    @classmethod
    def hangs(cls, *, accepted: bool = False) -> Self:
        """No answer until released. `accepted`: took effect before; else it does then, even if nobody waits any more."""
        return cls(kind="hangs", accepted=accepted)

    @classmethod
    def lags(cls, hidden: int = 1) -> Self:
        """For conversations.history and .replies: the newest messages are not there yet."""
        return cls(kind="lags", hidden=hidden)


@dataclass(eq=False)
class Armed:
    """A fault that waits for its requests."""

    id: int
    method: str
    fault: Fault
    left: int | None  # None: until cleared
    bell: Bell
    hits: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def hit(self, count: int = 1, *, within_s: float = 10.0) -> None:
        """Return once so many requests have met it."""
        what = f"{self.method} met its fault fewer than {count} times"
        await self.bell.until(lambda: self.hits >= count, what, within_s)

    def release(self) -> None:
        """Let go what hangs in it, now and later."""
        self.gate.set()


class Faults:
    """All that is armed."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._numbers = count(1)
        self._armed: list[Armed] = []
        self.all: dict[int, Armed] = {}  # spent ones too, by id

    def add(self, method: str, fault: Fault, *, times: int | None = 1) -> Armed:
        """Arm it for the next `times` requests of a method ("*": of any method); None: until cleared."""
        armed = Armed(next(self._numbers), method, fault, times, self._bell)
        self._armed.append(armed)
        self.all[armed.id] = armed
        return armed

    def clear(self, method: str | None = None) -> None:
        """Disarm those of a method, or all; what hangs is let go."""
        for armed in [one for one in self._armed if method in (None, one.method)]:
            self._armed.remove(armed)
        for armed in self.all.values():
            if method in (None, armed.method):
                armed.release()

    def take(self, method: str) -> Armed | None:
        """The fault that this request meets, if any; counts it."""
        wanted = (method,) if method in ("link", "response_url") else (method, "*")
        armed = next((one for one in self._armed if one.method in wanted), None)
        if armed is None:
            return None
        armed.hits += 1
        if armed.left is not None:
            armed.left -= 1
            if armed.left == 0:
                self._armed.remove(armed)
        self._bell.ring()
        return armed
