"""How fast Slack is: the least time from one message of a channel to the next, and from a message to its answer.

Both are nothing unless a test wants them.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from tests.fake_slack.faults import Fault
from tests.fake_slack.nouns import Asked

LIMITED = "chat.postMessage"


class Rate:
    """Counts the messages of each channel."""

    def __init__(self) -> None:
        self.answer = timedelta()  # from a message to its answer, by the machine's clock
        self.every = timedelta()  # from one accepted message to the next; zero: no limit
        self._last: dict[str, datetime] = {}
        self._barred: dict[str, datetime] = {}  # until when a channel was told to wait

    def refusal(self, asked: Asked) -> Fault | None:
        """429 for a message that comes too soon; None: it is counted."""
        channel = str(asked.arguments.get("channel"))
        if asked.method != LIMITED or not self.every:
            return None
        last = self._last.get(channel)
        if last is None or asked.at >= (free := last + self.every):
            self._last[channel] = asked.at
            return None
        seconds = math.ceil((free - asked.at).total_seconds())
        self._barred[channel] = asked.at + timedelta(seconds=seconds)
        return Fault.rate_limited(seconds)

    def is_deaf(self, asked: Asked) -> bool:
        """Whether a message comes although its channel was told to wait, and the wait is not over."""
        until = self._barred.get(str(asked.arguments.get("channel")))
        return asked.method == LIMITED and until is not None and asked.at < until
