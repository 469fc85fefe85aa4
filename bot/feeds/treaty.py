"""The depositary's document → who has signed the convention and who is bound by it, or why it is not to be believed.

The United Nations Treaty Collection keeps one XML document for each treaty ("MTDSG"); ours is chapter XVIII, number 16.
Pure. A document is believed as a whole or not at all: whatever in it cannot be is a ParseError, whose text is one
sentence without its subject, and what was known before stays.

    Participant | Signature          | Acceptance(A), Ratification, Approval(AA), Accession(a)
    Austria     | 25 Oct 2025        | 3 Mar 2026           ratified
    Belgium     | 25 Oct 2025        | 3 Mar 2026 AA        approved; A accepted
    Chile       |                    | 3 Mar 2026 a         acceded without having signed
    Denmark     | [25 Oct 2025]      |                      withdrew its signature
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.errors import ParseError
from bot.feeds.participants import state_called
from bot.feeds.treaty_page import Text, page_of
from bot.model import ActKind, FeedFault
from bot.model.treaty import CLOSES, OPENED, Binding, Participant, Record, TreatyAct
from bot.topics.text import normalise

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_TITLE = re.compile(r"(?:\d+ )?(?:the )?(?:un|united nations) convention against cybercrime\b")  # of normalised words
_TITLED = frozenset({"Titlesect", "TreatyTitle"})  # elements that hold a treaty's title
_COLUMNS = ("participant", "signature")
_LAST_COLUMN = frozenset({"Acceptance(A)", "Ratification", "Approval(AA)", "Accession(a)"})
_HOW: dict[str, Binding] = {"": "ratification", "A": "acceptance", "AA": "approval", "a": "accession"}
_DATE = r"(\d{1,2}) ([A-Z][a-z]+) (\d{4}) ?(AA|A|a)?"
_CELL = re.compile(
    rf"(?P<withdrawn>(?:\[ ?{_DATE.replace('(', '(?:')} ?\] ?)*)(?P<stands>{_DATE.replace('(', '(?:')})?"
)
_DATES = re.compile(_DATE)
_MOST_CELL = 200  # characters; some eight dates
_LONGEST = 120  # characters of the document in a sentence of ours


def read_record(body: bytes, *, now: datetime) -> Record:
    """The record that a document tells, complete.

    ParseError as by `page_of`; with fault CHANGED for another treaty's document and another table; with DOUBTED for a
    date that cannot be, a name that no state bears, a state twice, nobody at all.
    """
    page = page_of(body)
    title = _title(page.texts)
    _check_columns(page.heads)
    participants = tuple(_participant(row, now=now) for row in page.rows)
    _check_participants(participants, page.texts)
    states = frozenset(participant.state for participant in participants)
    return Record(title=title, participants=participants, statements=_statements(page.texts, states))


def day_words(day: date) -> str:
    """31 December 2026; in English whatever the machine's locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _wrong(what: str) -> ParseError:
    return ParseError(what, fault=FeedFault.DOUBTED)


def _changed(what: str) -> ParseError:
    return ParseError(what, fault=FeedFault.CHANGED)


def _quoted(text: str) -> str:
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[: _LONGEST - 1]}…”"


# ── is it our treaty, and its table


def _title(texts: Sequence[Text]) -> str:
    """The treaty's title. A protocol to it is another treaty, and so is one that only speaks of it."""
    titles = [text.text for text in texts if text.path[-1] in _TITLED]
    for title in titles[:1] or [text.text for text in texts]:
        if _TITLE.match(normalise(title).words):
            return title
    if titles:
        raise _changed(f"is the record of another treaty: {_quoted(titles[0])}")
    raise _changed("does not name the United Nations Convention against Cybercrime as its treaty")


def _check_columns(heads: Sequence[Sequence[str]]) -> None:
    """Raise where the table's columns are others, or in another order; footnote marks and line breaks are gone."""
    if len(heads) != 1:
        raise _changed(f"has {len(heads)} rows of column names where one should be")
    *first, last = heads[0] or [""]
    instruments = [part.replace(" ", "") for part in last.split(",")]
    if tuple(map(str.lower, first)) != _COLUMNS or set(instruments) != _LAST_COLUMN or len(instruments) != 4:
        raise _changed(f"has a table with other columns: {_quoted(' | '.join(heads[0]))}")


def _check_participants(participants: Sequence[Participant], texts: Sequence[Text]) -> None:
    if not participants:
        raise _wrong("has a table without a single participant")
    seen: set[str] = set()
    for participant in participants:
        if participant.state in seen:
            raise _wrong(f"lists {participant.state} twice")
        seen.add(participant.state)
    # The document also counts its signatories above the table. Whoever counts otherwise by one or two may have a
    # reason that we do not know; a table with less than half of its rows has lost the others.
    counted = next((text.text for text in texts if text.path[-1] == "Signatories" and text.text.isdecimal()), "0")
    if 2 * len(participants) < int(counted[:4]):
        raise _wrong(f"counts {counted[:4]} signatories but lists {len(participants)} participants")


# ── a row


class _Dated(NamedTuple):
    """One date of a cell."""

    day: date
    letters: str  # behind it: "", A, AA, a


class _Cell(NamedTuple):
    """What a cell says is done, and what it says was done and withdrawn."""

    stands: _Dated | None
    withdrawn: tuple[_Dated, ...]


def _participant(row: Sequence[str], *, now: datetime) -> Participant:
    if len(row) != 3:
        raise _wrong(f"has a row of {len(row)} cells where 3 should be: {_quoted(' | '.join(row))}")
    name = row[0]
    state = state_called(name)
    if state is None:
        raise _wrong(f"names a participant that is no state we know: {_quoted(name)}")
    signature, bond = (_cell(text, state, now=now) for text in row[1:])
    participant = Participant(
        state=state,
        name=name,
        signed=signature.stands.day if signature.stands else None,
        bound=bond.stands.day if bond.stands else None,
        how=_HOW[bond.stands.letters] if bond.stands else None,
        withdrawn=(
            *(TreatyAct(state=state, kind="signature", day=dated.day) for dated in signature.withdrawn),
            *(TreatyAct(state=state, kind=_HOW[dated.letters], day=dated.day) for dated in bond.withdrawn),
        ),
    )
    _check_acts(participant, [*filter(None, [signature.stands]), *signature.withdrawn])
    return participant


def _check_acts(participant: Participant, signatures: Iterable[_Dated]) -> None:
    """Raise where the acts of a state do not go together (article 64)."""
    state, signed, bound = participant.state, participant.signed, participant.bound
    if any(dated.letters for dated in signatures):
        raise _wrong(f"has a letter behind the signature of {state}, where none can be")
    if any(dated.day > CLOSES for dated in signatures):
        raise _wrong(f"has {state} sign after {day_words(CLOSES)}, the last day for signature")
    if not (signed or bound or participant.withdrawn):
        raise _wrong(f"lists {state} without saying what it has done")
    if signed and bound and bound < signed:
        raise _wrong(f"has {state} bound on {day_words(bound)}, before it signed on {day_words(signed)}")
    # Who has signed ratifies, accepts or approves; who has not, or took it back, accedes.
    if bound and participant.how != "accession" and not signed:
        raise _wrong(f"has an instrument of {participant.how} of {state}, which has not signed")
    if bound and participant.how == "accession" and signed:
        raise _wrong(f"has {state} accede, which has signed")


def _cell(text: str, state: str, *, now: datetime) -> _Cell:
    """Dates in square brackets, each withdrawn, then at most one that stands."""
    if len(text) > _MOST_CELL or not (found := _CELL.fullmatch(text)):
        raise _wrong(f"has {_quoted(text)} beside {state}, which is no date")
    withdrawn = tuple(_dated(found["withdrawn"], state, now=now))
    return _Cell(next(_dated(found["stands"] or "", state, now=now), None), withdrawn)


def _dated(text: str, state: str, *, now: datetime) -> Iterator[_Dated]:
    for day, month, year, letters in _DATES.findall(text):
        try:
            dated = date(int(year), _month(month), int(day))
        except ValueError as error:
            raise _wrong(f"has {_quoted(f'{day} {month} {year}')} beside {state}, a day that does not exist") from error
        if dated < OPENED:
            raise _wrong(f"has {state} act on {day_words(dated)}, before the convention was open for signature")
        # Somewhere it is already tomorrow.
        if dated > (now + timedelta(days=1)).date():
            raise _wrong(f"has {state} act on {day_words(dated)}, a day yet to come")
        yield _Dated(dated, letters)


def _month(name: str) -> int:
    """1 to 12 for "Oct" and "October"; ValueError for what is no month."""
    return next((number for number, month in enumerate(MONTHS, 1) if name in {month, month[:3]}), 0)


# ── reservations and declarations


def _statements(texts: Sequence[Text], states: frozenset[str]) -> tuple[TreatyAct, ...] | None:
    """Which participants made reservations or declarations, by the sections below the table; () if there are none.

    How these sections are built inside we have not seen. They are understood where one kind of element holds nothing
    but names of states; what follows a name is that state's statement. Anything else is None.
    """
    section = [text for text in texts if any(name.startswith("Declarations") for name in text.path)]
    if not section:
        return ()
    names = _name_paths(section)
    if len(names) != 1:
        return None
    said: dict[str, ActKind] = {}
    state = ""
    for text in section:
        if text.path in names:
            state = state_called(text.text) or ""
        elif state in states:
            reserves = "reserv" in text.text.lower() or said.get(state) == "reservation"
            said[state] = "reservation" if reserves else "declaration"
    return tuple(TreatyAct(state=state, kind=kind, day=None) for state, kind in said.items())


def _name_paths(section: Sequence[Text]) -> set[tuple[str, ...]]:
    """Where in a section names of states stand and nothing else does."""
    named = {text.path for text in section if state_called(text.text)}
    return named - {text.path for text in section if not state_called(text.text)}
