"""What the audit says, in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bot.config.values import WEEK
from bot.model import Cadence, Change, DigestKind, Pause, Quiet, Subscription
from bot.store import rows


def told_wishes(wishes: Sequence[Subscription]) -> str:
    """ratification at once; convention, human-rights in the digest."""
    parts = []
    for wish, where in (("instant", "at once"), ("digest", "in the digest"), ("weekly", "in the weekly digest")):
        if topics := [each.topic for each in wishes if each.wish == wish]:
            parts.append(f"{', '.join(topics)} {where}")
    return "; ".join(parts)


def told_cadence(cadence: Cadence, kind: DigestKind) -> str:
    """09:00 Europe/Vienna mon,tue,wed,thu,fri; weekly 16:00 Europe/Vienna fri."""
    weekly = "weekly " * (kind == "weekly")
    return f"{weekly}{cadence.at:%H:%M} {cadence.zone} {','.join(WEEK[day] for day in sorted(cadence.days))}"


def told_quiet(quiet: Quiet | None) -> str:
    """20:00 to 07:00 Europe/Vienna; none."""
    return f"{quiet.begins:%H:%M} to {quiet.ends:%H:%M} {quiet.zone}" if quiet else "none"


def told_pause(pause: Pause) -> str:
    """until 2025-10-28 08:00 UTC: paused by <@U1>."""
    until = "somebody resumes" if pause.until is None else f"{pause.until:%Y-%m-%d %H:%M} UTC"
    return f"until {until}: {pause.why}"


def told_resumed(stories: int, *, ran_out: bool) -> str:
    """the pause ran out; 3 stories that waited go into the digest."""
    parts = ["the pause ran out"] if ran_out else []
    if stories:
        parts.append("1 story that waited goes" if stories == 1 else f"{stories} stories that waited go")
        parts[-1] += " into the digest"
    return "; ".join(parts)


def change(row: sqlite3.Row) -> Change:
    """One line of the audit."""
    return Change(
        at=rows.moment_of(row["at"]),
        channel=rows.channel_id(row["channel"]),
        by=row["by"],
        what=row["what"],
        told=row["told"],
    )
