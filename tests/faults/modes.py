"""The ways in which Slack misbehaves: what is armed, for which share of the requests, and how it must end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.fake_slack import Fault
from tests.faults.newsroom import POSTING, READING

POST, HISTORY = "chat.postMessage", "conversations.history"
# Longer than the program waits for an answer (9 s).
LATE_S = 10.5

Armed = tuple[str, Fault, float]  # method, fault, share of the requests that meet it


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way."""

    name: str
    faults: tuple[Armed, ...] = ()
    settle: str = "2s"
    scopes: tuple[str, ...] = (*POSTING, *READING)
    # told: all is told in the end; marked: likewise, some of it twice, and marked so; refused: nothing, and each
    # row says so; paused: nothing, until a person resumes each channel
    ends: Literal["told", "marked", "refused", "paused"] = "told"
    leaps: bool = False  # waits of minutes are leapt over by the program's clock
    outages_s: tuple[float, ...] = ()  # nobody listens for so many seconds, once and again
    hours: float = 0  # that pass meanwhile


def some(fault: Fault, share: float = 0.5) -> tuple[Armed, ...]:
    """A share of the messages meets it."""
    return ((POST, fault, share),)


LOST = some(Fault.reset(accepted=True))  # the messages stand, and nobody was told so

MODES = (
    Mode(name="resets the connection before it took the message", faults=some(Fault.reset())),
    Mode(name="resets the connection after it took the message", faults=LOST),
    Mode(name="breaks off in the middle of its answer", faults=some(Fault.half())),
    # A share that keeps sixteen requests at once from waiting for minutes.
    Mode(name="takes the message when its sender has given up", faults=some(Fault.late(LATE_S), 0.1)),
    Mode(name="answers when the sender has given up", faults=some(Fault.late(LATE_S, accepted=True), 0.1)),
    Mode(name="answers 429, Retry-After: 1", faults=some(Fault.rate_limited(1))),
    Mode(name="answers 429, Retry-After: 30", faults=some(Fault.rate_limited(30)), leaps=True),
    Mode(name="answers 429, Retry-After: 0", faults=some(Fault.rate_limited(0))),
    Mode(name="answers 429 without Retry-After", faults=some(Fault.rate_limited(None)), leaps=True),
    Mode(name="answers 429, Retry-After: abc", faults=some(Fault.rate_limited("abc")), leaps=True),
    Mode(name="answers 429, Retry-After: 99999999", faults=some(Fault.rate_limited(99999999), 0.2), leaps=True),
    Mode(name="answers 500", faults=some(Fault.http(500), 0.3)),
    Mode(name="answers 503 and takes the message", faults=some(Fault.http(503, accepted=True))),
    Mode(name="answers 200 with a web page", faults=some(Fault.html(200), 0.3)),
    Mode(name="answers 502 with a web page and takes the message", faults=some(Fault.html(502, accepted=True))),
    Mode(name="says internal_error and takes the message", faults=some(Fault.error("internal_error", accepted=True))),
    Mode(name="says fatal_error", faults=some(Fault.error("fatal_error"), 0.3)),
    Mode(name="says request_timeout", faults=some(Fault.error("request_timeout")), leaps=True),
    Mode(
        name="loses answers, and its history is 5 s late (settle: 3s)",
        faults=(*LOST, (HISTORY, Fault.lags(seconds=6), 1)),
        settle="3s",
    ),
    Mode(
        name="loses answers, and answers 429 when asked for its history",
        faults=(*LOST, (HISTORY, Fault.rate_limited(30), 0.5)),
    ),
    Mode(name="loses answers, and does not let us read its history", faults=LOST, scopes=POSTING, ends="marked"),
    Mode(name="is down for eight seconds", outages_s=(8,), leaps=True),
    Mode(name="refuses connections again and again", outages_s=(0.7,) * 8, leaps=True),
    Mode(name="is down for seven hours", outages_s=(6,), leaps=True, hours=7),
    Mode(name="says invalid_blocks", faults=some(Fault.error("invalid_blocks"), 1), ends="refused"),
    Mode(name="says channel_not_found", faults=some(Fault.error("channel_not_found"), 1), ends="paused"),
    Mode(name="says is_archived", faults=some(Fault.error("is_archived"), 1), ends="paused"),
    Mode(name="says token_revoked", faults=some(Fault.error("token_revoked"), 1), ends="paused"),
)
# A few of each kind that take no time.
QUICK = (
    "resets the connection after it took the message",
    "answers 429, Retry-After: 1",
)
