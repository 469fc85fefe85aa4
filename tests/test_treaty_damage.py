"""Whatever happens to a document of the depositary's, no act comes out of it that was not in it.

A damaged byte can make another day out of a day, and nobody could tell: "30 Jun" and "20 Jun". So the very words that
tell a new act are left whole here, but for one promise; everything around them is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.feeds.treaty import read_record
from bot.feeds.treaty_acts import acts_since
from bot.model.treaty import Record, TreatyAct
from tests.treaties import AFTER, BEFORE, NOW

Damage = Callable[[st.DataObject, bytes], bytes]

# How the rows of new acts begin, and the statement that is new.
_NEW = re.compile(
    rb"<Row><Entry>(?:Austria|Canada|Chile|Czech|European Union|Iran|Mauritius|Nauru|Qatar|Viet Nam)[^\n]*"
    rb"|<Participant>Austria[^\n]*"
)
_ROW = re.compile(rb"<Row><Entry>.*?</Row>\n")
_ENTRY = re.compile(rb"(?<=<Entry>)[^\n]*?(?=</Entry>)")


def read(body: bytes) -> Record | None:
    try:
        return read_record(body, now=NOW)
    except ParseError:
        return None


def told(before: Record, body: bytes) -> list[TreatyAct]:
    """What is posted of a document: nothing where it is not believed."""
    after = read(body)
    if after is None:
        return []
    try:
        return acts_since(before, after)
    except ParseError:
        return []


# ── kinds of damage


def bytes_changed(data: st.DataObject, body: bytes) -> bytes:
    damaged = bytearray(body)
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=3)):
        if not any(found.start() <= place < found.end() for found in _NEW.finditer(body)):
            damaged[place] = data.draw(st.integers(0, 255))
    return bytes(damaged)


def cut(data: st.DataObject, body: bytes) -> bytes:
    first = data.draw(st.integers(0, len(body)))
    return body[:first] + body[data.draw(st.integers(first, len(body))) :]


def rows_removed(data: st.DataObject, body: bytes) -> bytes:
    for row in data.draw(st.lists(st.sampled_from(_ROW.findall(body)), min_size=1, unique=True)):
        body = body.replace(row, b"")
    return body


def rows_repeated(data: st.DataObject, body: bytes) -> bytes:
    row = data.draw(st.sampled_from(_ROW.findall(body)))
    return body.replace(row, row * 2)


def rows_shuffled(data: st.DataObject, body: bytes) -> bytes:
    rows = _ROW.findall(body)
    shuffled = iter(data.draw(st.permutations(rows)))
    return _ROW.sub(lambda _: next(shuffled), body)


def columns_swapped(data: st.DataObject, body: bytes) -> bytes:
    """In the whole table, or in one row."""
    first, second = data.draw(st.permutations(range(3)))[:2]
    rows = [row for row in _ROW.finditer(body) if data.draw(st.booleans(), label="this row")]
    for row in reversed(rows):
        cells = _ENTRY.findall(row[0])
        cells[first], cells[second] = cells[second], cells[first]
        body = body[: row.start()] + _filled(row[0], cells) + body[row.end() :]
    return body


def _filled(row: bytes, cells: list[bytes]) -> bytes:
    left = iter(cells)
    return _ENTRY.sub(lambda _: next(left), row)


def signatures_swapped(data: st.DataObject, body: bytes) -> bytes:
    """Of a row that was known and any other."""
    rows = _ROW.findall(body)
    one = data.draw(st.sampled_from([row for row in rows if not _NEW.match(row)]))
    other = data.draw(st.sampled_from(rows))
    signed = (_ENTRY.findall(row)[1] for row in (other, one))
    changed = [row.replace(_ENTRY.findall(row)[1], date, 1) for row, date in zip((one, other), signed, strict=True)]
    return body.replace(one, b"\0").replace(other, changed[1]).replace(b"\0", changed[0]) if one != other else body


def names_swapped(data: st.DataObject, body: bytes) -> bytes:
    """Of two rows that were known."""
    known = [row for row in _ROW.findall(body) if re.search(rb">2[56] Oct", row)]
    one, other = data.draw(st.lists(st.sampled_from(known), min_size=2, max_size=2, unique=True))
    names = [_ENTRY.findall(row)[0] for row in (one, other)]
    swapped = one.replace(names[0], names[1], 1), other.replace(names[1], names[0], 1)
    return body.replace(one, b"\0").replace(other, swapped[1]).replace(b"\0", swapped[0])


def cells_removed(data: st.DataObject, body: bytes) -> bytes:
    cell = data.draw(st.sampled_from([found.span() for found in re.finditer(rb"<Entry>[^\n]*?</Entry>", body)]))
    return body[: cell[0]] + body[cell[1] :]


DAMAGES: list[Damage] = [
    bytes_changed,
    cut,
    rows_removed,
    rows_repeated,
    rows_shuffled,
    columns_swapped,
    signatures_swapped,
    names_swapped,
    cells_removed,
]

# ── the promises


class Documents(NamedTuple):
    earlier: bytes
    later: bytes
    before: Record  # what the earlier one tells
    acts: frozenset[TreatyAct]  # what is new in the later one


@pytest.fixture(scope="module", params=["made", pytest.param("rebuilt", marks=pytest.mark.shared)])
def documents(request: pytest.FixtureRequest) -> Documents:
    """An earlier and a later document: made for these tests, and rebuilt from what is known of the real one."""
    earlier, later = BEFORE, AFTER
    if request.param == "rebuilt":
        shared: Path = request.getfixturevalue("shared")
        names = ("XVIII-16.en.2025-10.xml", "XVIII-16.en.later.xml")
        earlier, later = ((shared / "corpus" / "treaty" / name).read_bytes() for name in names)
    before = read_record(earlier, now=NOW)
    return Documents(earlier, later, before, frozenset(acts_since(before, read_record(later, now=NOW))))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.replace("_", " "))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_damaged_document_tells_no_act_that_is_not_in_it(
    documents: Documents, damage: Damage, data: st.DataObject
) -> None:
    assert documents.acts.issuperset(told(documents.before, damage(data, documents.later)))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.replace("_", " "))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_damaged_document_of_old_acts_tells_none(documents: Documents, damage: Damage, data: st.DataObject) -> None:
    assert told(documents.before, damage(data, documents.earlier)) == []


@settings(max_examples=40, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=3))
def test_bytes_damaged_anywhere_make_nobody_act_who_did_not(
    documents: Documents, places: list[tuple[int, int]]
) -> None:
    damaged = bytearray(documents.later)
    for place, byte in places:
        damaged[place % len(damaged)] = byte
    acted = {act.state for act in told(documents.before, bytes(damaged))}
    assert acted <= {act.state for act in documents.acts}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_a_plain_failure(body: bytes) -> None:
    assert read(body) is None
    assert read(b"<Document>" + body) is None
