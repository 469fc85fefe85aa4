"""Units of work on the depositary's record: kept with the reading that told it, and given with its feed."""

from __future__ import annotations

import json
import sqlite3
from datetime import date

from bot.feeds.treaty_rows import record_of, written
from bot.model import Doubt, KeptRecord, Watched
from bot.store import feed_rows, rows
from bot.store import statements as sql


def keep(connection: sqlite3.Connection, watched: Watched) -> None:
    """Write what a reading changes of its feed's record; runs inside the reading's transaction."""
    feed, read = watched.state.feed, watched.state.last_read
    if watched.record is not None:
        told: rows.Values = {"feed": feed, "told": written(watched.record), "now": rows.text_or_none(read)}
        connection.execute(sql.KEEP_RECORD, told)
    if watched.doubt is not None:
        connection.execute(sql.KEEP_DOUBT, {"feed": feed, "doubt": _doubt_text(watched.doubt)})


def records(connection: sqlite3.Connection) -> list[KeptRecord]:
    """The records of watched feeds, the one read last first."""
    return [
        KeptRecord(
            record=record_of(row["told"]),
            since=rows.moment_of(row["since"]),
            doubt=_doubt(row["doubt"]),
            state=feed_rows.feed_state(row),
            outlet=row["name"],
            url=row["url"],
        )
        for row in connection.execute(sql.RECORDS)
    ]


def _doubt_text(doubt: Doubt) -> str:
    return json.dumps({"record": written(doubt.record), "days": doubt.days, "last": doubt.last.isoformat()})


def _doubt(text: str | None) -> Doubt | None:
    if text is None:
        return None
    stored = json.loads(text)
    return Doubt(record=record_of(stored["record"]), days=stored["days"], last=date.fromisoformat(stored["last"]))
