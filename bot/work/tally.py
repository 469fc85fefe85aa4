"""What this process has done since it started, counted for /metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.model import FeedFault, Outcome, Reading


@dataclass(slots=True)
class Tally:
    """Counts readings; the one thing here that changes in place, since nothing is decided by it."""

    readings: Counter[Outcome] = field(default_factory=Counter)
    faults: Counter[FeedFault] = field(default_factory=Counter)
    not_modified: int = 0  # answers with 304
    new: int = 0  # items
    matched: int = 0  # of them
    held: int = 0  # stories kept from the channels, too many at once

    def note(self, reading: Reading) -> None:
        """Count one reading."""
        self.readings[reading.state] += 1
        if reading.fault is not None:
            self.faults[reading.fault] += 1
        self.not_modified += reading.status == 304
        self.new += reading.new
        self.matched += reading.matched
        self.held += reading.held
