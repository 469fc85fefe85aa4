"""How Slack misbehaves, armed per method and count; the first armed is the first to happen.

    slack.faults.add("chat.postMessage", Fault.rate_limited(retry_after=30))            # once
    slack.faults.add("*", Fault.error("token_revoked"), times=None)                     # every method, until cleared
    stuck = slack.faults.add("chat.postMessage", Fault.hangs(accepted=True))
    await stuck.hit()                                                                   # a request hangs in it
    stuck.release()
    slack.faults.add("chat.postMessage", Fault.reset(), times=None, share=0.5)          # every other, by a seed
    slack.faults.add("*", Fault.reset(), skip=6)                                        # the seventh request

Besides the methods there are two places: "response_url", and "link", where a socket asks to be let in.
"""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, Self

from tests.fake_slack.nouns import PATIENCE_S, Bell

HTML = "<!DOCTYPE html><html><head><title>Something is wrong</title></head><body>Bad gateway</body></html>"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to fail. `accepted`: the request took effect all the same, and only its answer is bad."""

    kind: Literal["answer", "reset", "half", "hangs", "late", "lags"]
    accepted: bool = False
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    retry_after: str | None = None
    hidden: int = 0  # newest messages that a look at the history does not see yet
    seconds: float = 0  # how late; or how old a message is before a look at the history sees it

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
    def late(cls, seconds: float, *, accepted: bool = False) -> Self:
        """As `hangs`, released after so many seconds."""
        return cls(kind="late", seconds=seconds, accepted=accepted)

    @classmethod
    def lags(cls, hidden: int = 1, *, seconds: float = 0) -> Self:
        """For conversations.history and .replies: the newest messages are not there yet, or those so many seconds old.

        A message's age is reckoned from its ts, which has whole seconds here: up to one second too old.
        """
        return cls(kind="lags", hidden=0 if seconds else hidden, seconds=seconds)


@dataclass(eq=False)
class Armed:
    """A fault that waits for its requests."""

    id: int
    method: str
    fault: Fault
    left: int | None  # None: until cleared
    bell: Bell
    share: float = 1  # of the requests that would meet it, how many do
    skip: int = 0  # requests that pass before the first that may meet it
    hits: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    _random: random.Random = field(default_factory=lambda: random.Random(1))

    async def hit(self, count: int = 1, *, within_s: float = PATIENCE_S) -> None:
        """Return once so many requests have met it."""
        what = f"{self.method} met its fault fewer than {count} times"
        await self.bell.until(lambda: self.hits >= count, what, within_s)

    def release(self) -> None:
        """Let go what hangs in it, now and later."""
        self.gate.set()

    def meets(self) -> bool:
        """Whether the next request meets it; that one is counted."""
        if self.skip:
            self.skip -= 1
            return False
        return self.share >= 1 or self._random.random() < self.share


class Faults:
    """All that is armed."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._numbers = count(1)
        self._armed: list[Armed] = []
        self.all: dict[int, Armed] = {}  # spent ones too, by id

    def add(self, method: str, fault: Fault, *, times: int | None = 1, share: float = 1, skip: int = 0) -> Armed:
        """Arm it for the next `times` requests of a method ("*": of any method); None: until cleared.

        `skip`: so many requests pass before; `share`: of the rest so many meet it, drawn by a seed.
        """
        armed = Armed(next(self._numbers), method, fault, times, self._bell, share=share, skip=skip)
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
        armed = next((one for one in self._armed if one.method in wanted and one.meets()), None)
        if armed is None:
            return None
        armed.hits += 1
        if armed.left is not None:
            armed.left -= 1
            if armed.left == 0:
                self._armed.remove(armed)
        self._bell.ring()
        return armed
