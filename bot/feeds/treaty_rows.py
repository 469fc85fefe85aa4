"""A record as JSON and back: what the sandbox's child answers, and what the store keeps; pure.

    {"title": …, "participants": [[state, name, signed, bound, how, [act, …]], …], "statements": [act, …] or null}

An act is [state, kind, day, undone], a day 2026-03-03.
"""

from __future__ import annotations

import json
from datetime import date

from bot.model import ActKind, Participant, Record, TreatyAct


def written(record: Record) -> str:
    """The record as JSON, on one line."""
    statements = record.statements
    return json.dumps({
        "title": record.title,
        "participants": [_row(participant) for participant in record.participants],
        "statements": None if statements is None else [_act_row(act) for act in statements],
    })  # fmt: skip


def record_of(text: str | bytes) -> Record:
    """The record of what `written` gives."""
    told = json.loads(text)
    statements = told["statements"]
    return Record(
        title=told["title"],
        participants=tuple(
            Participant(
                state=state,
                name=name,
                signed=_day_of(signed),
                bound=_day_of(bound),
                how=how,
                withdrawn=tuple(_act(*row) for row in withdrawn),
            )
            for state, name, signed, bound, how, withdrawn in told["participants"]
        ),
        statements=None if statements is None else tuple(_act(*row) for row in statements),
    )


def _row(one: Participant) -> tuple[object, ...]:
    withdrawn = [_act_row(act) for act in one.withdrawn]
    return one.state, one.name, _day(one.signed), _day(one.bound), one.how, withdrawn


def _act_row(act: TreatyAct) -> tuple[str | None, ...]:
    return act.state, act.kind, _day(act.day), act.undone


def _act(state: str, kind: ActKind, day: str | None, undone: ActKind | None) -> TreatyAct:
    return TreatyAct(state=state, kind=kind, day=_day_of(day), undone=undone)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
