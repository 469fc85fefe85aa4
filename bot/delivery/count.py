"""How many have signed the convention, how many are bound, and what that means for its entry into force; pure.

By articles 64 and 65 of the convention: it enters into force on the ninetieth day after the deposit of the fortieth
instrument of ratification, acceptance, approval or accession; that of a regional organisation is not counted; it is
open for signature until 31 December 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.delivery.notes import NAME, failure, many, moment
from bot.delivery.quote import clip, one_line
from bot.feeds.participants import ORGANISATIONS
from bot.feeds.treaty import day_words
from bot.feeds.treaty_acts import act_words, standing
from bot.model import Feed, FeedState, KeptRecord, Record, TreatyCount
from bot.model.treaty import CLOSES, NEEDED

_WAIT = timedelta(days=90)  # article 65, paragraph 1
_LATEST = 5


def count(record: Record, *, now: date) -> TreatyCount:
    """Where the convention stands on a day (of New York, where the depositary is; UTC will do)."""
    acts = standing(record)
    instruments = [act for act in acts if act.kind != "signature"]
    deposits = [act.day for act in instruments if act.state not in ORGANISATIONS and act.day]
    in_force = deposits[NEEDED - 1] + _WAIT if len(deposits) >= NEEDED else None
    signed = [participant.state for participant in record.participants if participant.signed]
    return TreatyCount(
        day=now,
        signed=tuple(state for state in signed if state not in ORGANISATIONS),
        bound=tuple(act.state for act in instruments if act.state not in ORGANISATIONS),
        organisations_signed=tuple(state for state in signed if state in ORGANISATIONS),
        organisations_bound=tuple(act.state for act in instruments if act.state in ORGANISATIONS),
        latest=tuple(sorted(acts, key=lambda act: str(act.day), reverse=True)[:_LATEST]),
        in_force=in_force,
        earliest=now + _WAIT,
        closes_in=(CLOSES - now).days if now <= CLOSES else None,
    )


def count_lines(counted: TreatyCount) -> list[str]:
    """The count in plain sentences, for a terminal or a chat."""
    organisations = [f"the {name}" for name in counted.organisations_signed]
    who = _row([many(len(counted.signed), "state"), *organisations])
    lines = [f"{_signatories(counted)}: {who}." if counted.signatories else "Nobody has signed yet."]
    lines.append(_instruments(counted))
    if counted.organisations_bound:
        lines.append(f"Bound too, but not counted among the forty: the {_row(counted.organisations_bound)}.")
    lines.append(_entry(counted))
    lines.append(_sentence(_signature(counted)))
    if counted.latest:
        lines.append(f"Latest: {'; '.join(map(act_words, counted.latest))}.")
    return lines


def count_line(counted: TreatyCount) -> str:
    """The count in one line, for the foot of a digest.

    72 signatories, 3 of 40 ratifications; signature closes in 40 days (31 December 2026)
    """
    bound = len(counted.bound)
    if counted.in_force:
        force = "entered" if counted.in_force <= counted.day else "enters"
        ratifications = f"{bound} ratifications; {force} into force on {day_words(counted.in_force)}"
    else:
        ratifications = f"{bound} of {NEEDED} ratifications"
    return f"{_signatories(counted)}, {ratifications}; {_signature(counted)}"


def treaty_lines(kept: KeptRecord, *, now: datetime, zone: str) -> list[str]:
    """All that a record tells, in plain sentences: the count, who has signed, and when it was read; times in a zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    counted = count(kept.record, now=today)
    organisations = [f"the {name}" for name in counted.organisations_signed]
    signed = [f"Signed by {_row([*counted.signed, *organisations])}."] if counted.signatories else []
    return [*count_lines(counted), *signed, _source(kept, day=today, zone=zone)]


def _source(kept: KeptRecord, *, day: date, zone: str) -> str:
    """When the record was last read and from where, and since when it cannot be."""
    state = kept.state
    read = moment(state.last_read, zone) if state.last_read else "never"
    line = f"Last read: {read}, from {clip(one_line(kept.outlet), NAME)} ({kept.url})."
    if not state.failures:
        return line
    return f"{line} It cannot be read just now: {failure(state, day, ZoneInfo(zone))}."


def unread_line(feeds: Sequence[Feed], states: Sequence[FeedState], *, day: date, zone: str) -> str:
    """Why there is nothing to count."""
    named = {feed.id for feed in feeds if feed.kind == "treaty-status"}
    if not named:
        return "No feed of feeds.yaml is the depositary's record; it is one with kind: treaty-status."
    for state in states:
        if state.feed in named and state.failures:
            return f"The depositary's record could not be read yet: {failure(state, day, ZoneInfo(zone))}."
    return "The depositary's record has not been read yet; that takes a few minutes."


def _signatories(counted: TreatyCount) -> str:
    return f"{counted.signatories} signator{'y' if counted.signatories == 1 else 'ies'}"


def _instruments(counted: TreatyCount) -> str:
    """How many of the forty, by whom, and how many are missing."""
    bound = len(counted.bound)
    who = f": {_row(counted.bound)}" if bound else ""
    if counted.missing:
        return f"{bound} of {NEEDED} ratifications{who}. {counted.missing} {_are(counted.missing)} missing."
    return f"{many(bound, 'ratification')}, where {NEEDED} were needed{who}."


def _entry(counted: TreatyCount) -> str:
    if counted.in_force:
        force = "has been in force since" if counted.in_force <= counted.day else "enters into force on"
        return f"The convention {force} {day_words(counted.in_force)}."
    on = day_words(counted.earliest)
    return f"If the fortieth came today, the convention would enter into force on {on}, the ninetieth day after."


def _signature(counted: TreatyCount) -> str:
    last = day_words(CLOSES)
    if counted.closes_in is None:
        return f"signature closed on {last}"
    if counted.closes_in < 2:
        return f"signature closes {'tomorrow' if counted.closes_in else 'today'} ({last})"
    return f"signature closes in {counted.closes_in} days ({last})"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _row(names: Sequence[str]) -> str:
    """Names in a row: Qatar, Togo and Viet Nam."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
