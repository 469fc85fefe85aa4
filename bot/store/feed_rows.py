"""How a feed stands, as a row and back: what feeds.yaml says of it, and what its readings left known."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime, timedelta

from bot.feeds.owner import owner_of
from bot.model import Feed, FeedFault, FeedState, Move, Pace
from bot.store.rows import Values, moment_of, moment_or_none, text_of, text_or_none, values_of

NO_PACE = Pace()


def feed_values(told: Feed, now: datetime) -> Values:
    """What feeds.yaml says of a feed."""
    return {
        "id": told.id,
        "name": told.name,
        "url": told.url,
        "owner": owner_of(told.url),
        "rank": int(told.rank),
        "now": text_of(now),
    }


def state_values(state: FeedState) -> Values:
    """What is stored of a feed's state."""
    fault = state.fault and state.fault.value
    return values_of(state) | {"pace": pace_text(state.pace), "move": move_text(state.move), "fault": fault}


def pace_text(pace: Pace) -> str:
    """The stored form of a pace: JSON, durations in seconds; "{}" for one that says nothing."""
    if pace == NO_PACE:
        return "{}"
    return json.dumps({
        "wait": pace.wait.total_seconds(),
        "skip_hours": sorted(pace.skip_hours),
        "skip_days": sorted(pace.skip_days),
        "oldest": text_or_none(pace.oldest),
    })  # fmt: skip


def pace(text: str) -> Pace:
    """The pace of a stored form."""
    if text == "{}":
        return NO_PACE
    stored = json.loads(text)
    return Pace(
        wait=timedelta(seconds=stored["wait"]),
        skip_hours=frozenset(stored["skip_hours"]),
        skip_days=frozenset(stored["skip_days"]),
        oldest=moment_or_none(stored["oldest"]),
    )


def move_text(move: Move | None) -> str | None:
    """The stored form of a move: JSON."""
    if move is None:
        return None
    return json.dumps({"url": move.url, "days": move.days, "last": move.last.isoformat()})


def move(text: str | None) -> Move | None:
    """The move of a stored form."""
    if text is None:
        return None
    stored = json.loads(text)
    return Move(url=stored["url"], days=stored["days"], last=date.fromisoformat(stored["last"]))


def feed_state(row: sqlite3.Row) -> FeedState:
    """The state of one feed."""
    return FeedState(
        feed=row["id"],
        due=moment_of(row["due"]),
        etag=row["etag"],
        modified=row["modified"],
        body_hash=row["body_hash"],
        first_read=moment_or_none(row["first_read"]),
        last_read=moment_or_none(row["last_read"]),
        status=row["status"],
        items=row["items"],
        failures=row["failures"],
        failing_since=moment_or_none(row["failing_since"]),
        error=row["error"],
        fault=row["fault"] and FeedFault(row["fault"]),
        told_failing=bool(row["told_failing"]),
        pace=pace(row["pace"]),
        move=move(row["move"]),
        held=row["held"],
        held_at=moment_or_none(row["held_at"]),
        told_held=bool(row["told_held"]),
    )
