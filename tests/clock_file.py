"""The time as a file tells it, for several processes that shall agree on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


def time_in(clock: Path) -> datetime:
    """An instant (ISO 8601) that stands there; or, of seconds with a sign, so much more than the machine's time."""
    told = clock.read_text().strip()
    if told.startswith(("+", "-")):
        return datetime.now(UTC) + timedelta(seconds=float(told))
    return datetime.fromisoformat(told)
