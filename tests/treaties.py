"""Documents of the depositary's as the tests need them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from bot.feeds.treaty import read_record
from bot.model import ActKind
from bot.model.treaty import Record, TreatyAct

NOW = datetime(2028, 3, 1, 12, 0, tzinfo=UTC)
_DATA = Path(__file__).parent / "data" / "treaty"
BEFORE, AFTER = ((_DATA / name).read_bytes() for name in ("before.xml", "after.xml"))
HEAD = (
    b'<?xml version="1.0" encoding="ISO-8859-1"?><Document><Treaty>'
    b"<TreatyTitle>United Nations Convention against Cybercrime</TreatyTitle><Participants><Table><TGroup><Thead><Row>"
    b"<Entry>Participant</Entry><Entry>Signature</Entry>"
    b"<Entry>Acceptance(A), Ratification, Approval(AA), Accession(a)</Entry></Row></Thead><Tbody><Rows>"
)
TAIL = b"</Rows></Tbody></TGroup></Table></Participants></Treaty></Document>"


def document(*rows: str) -> bytes:
    """A document of rows as `Austria | 25 Oct 2025 | 3 Mar 2026 A`."""
    cells = (row.split("|") for row in rows)
    written = "".join(f"<Row>{''.join(f'<Entry>{cell.strip()}</Entry>' for cell in row)}</Row>" for row in cells)
    return HEAD + written.encode("latin-1") + TAIL


def record(*rows: str) -> Record:
    return read_record(document(*rows), now=NOW)


def act(state: str, kind: ActKind, day: date | None = None, undone: ActKind | None = None) -> TreatyAct:
    return TreatyAct(state=state, kind=kind, day=day, undone=undone)
