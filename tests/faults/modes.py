"""The ways in which Slack and Discord misbehave: what is armed, for which share of the requests, and how it must end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.fake_discord import limited, refused, shut_out
from tests.fake_slack import Fault
from tests.faults.newsroom import NONCE_S, SAYING, Platform

HISTORY, PAST = "conversations.history", "past"
# Longer than the program waits for an answer (9 s).
LATE_S = 10.5

Armed = tuple[str, Fault, float]  # method, fault, share of the requests that meet it


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way."""

    name: str
    faults: tuple[Armed, ...] = ()
    settle: str = "2s"
    reads: bool = True  # whether the app may read the channels' past
    # told: all is told in the end; marked: likewise, some of it twice, and marked so; refused: nothing, and each
    # row says so; paused: nothing, until a person resumes each channel
    ends: Literal["told", "marked", "refused", "paused"] = "told"
    leaps: bool = False  # waits of minutes are leapt over by the program's clock
    outages_s: tuple[float, ...] = ()  # nobody listens for so many seconds, once and again
    hours: float = 0  # that pass meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaviour:
    """All ways of a platform."""

    platform: Platform
    name: str
    network: str  # on which the feeds of its modes stand
    modes: tuple[Mode, ...]
    quick: tuple[str, ...]  # a few of each kind that take no time


def some(say: str, fault: Fault, share: float = 0.5) -> tuple[Armed, ...]:
    """A share of the messages meets it."""
    return ((say, fault, share),)


def lost(say: str, share: float = 0.5) -> tuple[Armed, ...]:
    """The messages stand, and nobody was told so."""
    return some(say, Fault.reset(accepted=True), share)


LOST = "resets the connection after it took the message"


def common(say: str) -> tuple[Mode, ...]:
    """What befalls every server; `say` is the method that posts."""
    return (
        Mode(name="resets the connection before it took the message", faults=some(say, Fault.reset())),
        Mode(name=LOST, faults=lost(say)),
        Mode(name="breaks off in the middle of its answer", faults=some(say, Fault.half())),
        # A share that keeps sixteen requests at once from waiting for minutes.
        Mode(name="takes the message when its sender has given up", faults=some(say, Fault.late(LATE_S), 0.1)),
        Mode(name="answers when the sender has given up", faults=some(say, Fault.late(LATE_S, accepted=True), 0.1)),
        Mode(name="answers 500", faults=some(say, Fault.http(500), 0.3)),
        Mode(name="answers 503 and takes the message", faults=some(say, Fault.http(503, accepted=True))),
        Mode(name="answers 200 with a web page", faults=some(say, Fault.html(200), 0.3)),
        Mode(
            name="answers 502 with a web page and takes the message", faults=some(say, Fault.html(502, accepted=True))
        ),
        Mode(name="is down for eight seconds", outages_s=(8,), leaps=True),
        Mode(name="refuses connections again and again", outages_s=(0.7,) * 8, leaps=True),
    )


POST, SAY = SAYING["slack"], SAYING["discord"]

SLACK = Misbehaviour(
    platform="slack",
    name="Slack",
    network="127.92",
    quick=(LOST, "answers 429, Retry-After: 1"),
    modes=(
        *common(POST),
        Mode(name="answers 429, Retry-After: 1", faults=some(POST, Fault.rate_limited(1))),
        Mode(name="answers 429, Retry-After: 30", faults=some(POST, Fault.rate_limited(30)), leaps=True),
        Mode(name="answers 429, Retry-After: 0", faults=some(POST, Fault.rate_limited(0))),
        Mode(name="answers 429 without Retry-After", faults=some(POST, Fault.rate_limited(None)), leaps=True),
        Mode(name="answers 429, Retry-After: abc", faults=some(POST, Fault.rate_limited("abc")), leaps=True),
        Mode(
            name="answers 429, Retry-After: 99999999", faults=some(POST, Fault.rate_limited(99999999), 0.2), leaps=True
        ),
        Mode(
            name="says internal_error and takes the message",
            faults=some(POST, Fault.error("internal_error", accepted=True)),
        ),
        Mode(name="says fatal_error", faults=some(POST, Fault.error("fatal_error"), 0.3)),
        Mode(name="says request_timeout", faults=some(POST, Fault.error("request_timeout")), leaps=True),
        Mode(
            name="loses answers, and its history is 5 s late (settle: 3s)",
            faults=(*lost(POST), (HISTORY, Fault.lags(seconds=6), 1)),
            settle="3s",
        ),
        Mode(
            name="loses answers, and answers 429 when asked for its history",
            faults=(*lost(POST), (HISTORY, Fault.rate_limited(5), 0.5)),
        ),
        Mode(name="loses answers, and does not let us read its history", faults=lost(POST), reads=False, ends="marked"),
        Mode(name="is down for seven hours", outages_s=(6,), leaps=True, hours=7),
        Mode(name="says invalid_blocks", faults=some(POST, Fault.error("invalid_blocks"), 1), ends="refused"),
        Mode(name="says channel_not_found", faults=some(POST, Fault.error("channel_not_found"), 1), ends="paused"),
        Mode(name="says is_archived", faults=some(POST, Fault.error("is_archived"), 1), ends="paused"),
        Mode(name="says token_revoked", faults=some(POST, Fault.error("token_revoked"), 1), ends="paused"),
    ),
)

DISCORD = Misbehaviour(
    platform="discord",
    name="Discord",
    network="127.93",
    quick=(LOST,),
    modes=(
        *common(SAY),
        Mode(name="answers 429, retry_after 1", faults=some(SAY, limited(1))),
        Mode(name="answers 429, retry_after 0.3", faults=some(SAY, limited(0.3))),
        Mode(name="answers 429, retry_after 64.57", faults=some(SAY, limited(64.57)), leaps=True),
        Mode(name="answers 429 for all routes, retry_after 1.5", faults=some(SAY, limited(1.5, whole=True), 0.2)),
        Mode(name="answers 429 with a web page, Retry-After: 900", faults=some(SAY, shut_out(), 0.2), leaps=True),
        Mode(name="answers 502", faults=some(SAY, Fault.http(502), 0.3)),
        Mode(name="answers 503", faults=some(SAY, Fault.http(503), 0.3)),
        Mode(name="answers 500 and takes the message", faults=some(SAY, Fault.http(500, accepted=True), 0.3)),
        Mode(
            name="loses answers, and answers 429 when asked for its history",
            faults=(*lost(SAY), (PAST, limited(5), 0.5)),
        ),
        Mode(name="loses answers, and does not let us read its history", faults=lost(SAY), reads=False),
        Mode(
            name="loses answers, answers 429 when asked for its history, then shows none",
            # A wait is a minute of real time, for it is by that that the program reckons the age of a nonce.
            faults=(*lost(SAY, 0.1), (PAST, limited(NONCE_S + 1), 0.15)),
            reads=False,
            ends="marked",
        ),
        Mode(name="says 50035", faults=some(SAY, refused(400, 50035), 1), ends="refused"),
        Mode(name="says 50001", faults=some(SAY, refused(403, 50001), 1), ends="paused"),
        Mode(name="says 50013", faults=some(SAY, refused(403, 50013), 1), ends="paused"),
        Mode(name="says 10003", faults=some(SAY, refused(404, 10003), 1), ends="paused"),
        Mode(name="says 401", faults=some(SAY, refused(401, 0), 1), ends="paused"),
    ),
)
