"""What is new in the depositary's record, what of it is not believed, and how it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import ParseError
from bot.feeds.treaty import read_record
from bot.feeds.treaty_acts import acts_since, corrections, doubted, item_of, link_of
from bot.model import ActKind, Doubt, Feed, FeedFault, Item, Rank
from bot.model.treaty import Record, TreatyAct
from bot.topics.acts import act_of
from bot.topics.classify import classify
from bot.topics.days import days_in
from bot.topics.rules import Rules
from bot.topics.states import all_states
from bot.topics.text import normalise
from tests.test_topics_shipped import shipped
from tests.treaties import AFTER, BEFORE, NOW, act, record

__all__ = ["shipped"]  # a fixture

FEED = Feed(
    id="treaty-status",
    name="UN Treaty Collection",
    url="https://treaties.example.org/XVIII-16.en.xml",
    every=timedelta(hours=6),
    rank=Rank.DEPOSITARY,
)


def contradiction(before: Record, after: Record, days: int = 1) -> str:
    with pytest.raises(ParseError) as raised:
        acts_since(before, after, days=days)
    assert raised.value.fault is FeedFault.DOUBTED
    return str(raised.value)


# ── what is new


def test_each_new_act_is_told_once_earliest_first() -> None:
    before, after = read_record(BEFORE, now=NOW), read_record(AFTER, now=NOW)
    assert acts_since(before, after) == [
        act("Austria", "ratification", date(2026, 3, 5)),
        act("European Union", "approval", date(2026, 4, 16)),
        act("Czechia", "signature", date(2026, 12, 31)),
        act("Iran", "accession", date(2027, 12, 12)),
        act("Chile", "acceptance", date(2028, 2, 29)),
        act("Austria", "reservation"),
        act("Nauru", "withdrawal", undone="signature"),
    ]
    assert acts_since(after, after) == []


@pytest.mark.shared
def test_the_second_of_the_rebuilt_documents_tells_four_new_acts(shared: Path) -> None:
    folder = shared / "corpus" / "treaty"
    before, after = (
        read_record((folder / f"XVIII-16.en.{name}.xml").read_bytes(), now=NOW) for name in ("2025-10", "later")
    )
    assert (len(before.participants), len(after.participants)) == (68, 70)
    assert acts_since(before, after) == [
        act("Mauritius", "signature", date(2025, 11, 19)),
        act("Qatar", "ratification", date(2026, 3, 3)),
        act("Viet Nam", "acceptance", date(2026, 4, 12)),
        act("Canada", "signature", date(2026, 6, 30)),
    ]
    with pytest.raises(ParseError, match="is under maintenance, says the site"):
        read_record((folder / "maintenance.html").read_bytes(), now=NOW)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Turkey&lt;superscript&gt;1&lt;/superscript&gt;", "Türkiye"),
        ("Viet Nam", "Vietnam<superscript>2</superscript>"),
        ("Czech Republic", "Czechia"),
        ("Iran", "Iran (Islamic Republic of)"),
    ],
)
def test_a_state_spelt_anew_is_the_same_state(was: str, now: str) -> None:
    before = record("Mali | 25 Oct 2025 |", f"{was} | 25 Oct 2025 |", "Zambia | 25 Oct 2025 |")
    after = record(f"{now} | 25 Oct 2025 |", "Mali | 25 Oct 2025 |", "Zambia | 25 Oct 2025 |")
    assert acts_since(before, after) == []


@pytest.mark.parametrize(
    ("was", "now", "acts"),
    [
        pytest.param(
            "25 Oct 2025 |",
            "[25 Oct 2025] |",
            [act("Mali", "withdrawal", undone="signature")],
            id="a signature withdrawn",
        ),
        pytest.param(
            "25 Oct 2025 | 3 Mar 2026 A",
            "25 Oct 2025 | [3 Mar 2026 A]",
            [act("Mali", "withdrawal", undone="acceptance")],
            id="an instrument withdrawn",
        ),
        pytest.param(
            "[25 Oct 2025] |",
            "[25 Oct 2025] 5 Jan 2026 |",
            [act("Mali", "signature", date(2026, 1, 5))],
            id="signed again",
        ),
        pytest.param(
            "25 Oct 2025 |",
            "[25 Oct 2025] 5 Jan 2026 |",
            [act("Mali", "signature", date(2026, 1, 5)), act("Mali", "withdrawal", undone="signature")],
            id="withdrawn and signed again",
        ),
        pytest.param("[25 Oct 2025] |", "25 Oct 2025 |", [], id="brackets taken off again"),
        pytest.param("25 Oct 2025 |", "26 Oct 2025 |", [], id="a day corrected"),
        pytest.param("25 Oct 2025 | 3 Mar 2026", "25 Oct 2025 | 3 Mar 2026 A", [], id="a kind corrected"),
    ],
)
def test_what_changes_in_a_row_is_an_act_only_where_something_was_done(
    was: str, now: str, acts: list[TreatyAct]
) -> None:
    assert acts_since(record(f"Mali | {was}"), record(f"Mali | {now}")) == acts


def test_a_correction_is_named() -> None:
    before = record("Mali | 25 Oct 2025 | 3 Mar 2026", "Peru | 25 Oct 2025 |")
    after = record("Mali | 26 Oct 2025 | 3 Mar 2026 A", "Peru | 25 Oct 2025 | 5 Mar 2026")
    assert corrections(before, after) == [
        act("Mali", "signature", date(2025, 10, 26)),
        act("Mali", "acceptance", date(2026, 3, 3)),
    ]


# ── what is not believed

THREE = ("Mali | 25 Oct 2025 |", "Peru | 25 Oct 2025 |", "Togo | 25 Oct 2025 | 3 Mar 2026")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        pytest.param(THREE[:2], "no longer lists Togo", id="a state vanished"),
        pytest.param(
            THREE[:1],
            "no longer lists Peru (2 contradictions in all)",
            id="two states vanished",
        ),
        pytest.param(
            (*THREE[:2], "Togo | 25 Oct 2025 |"), "no longer has the ratification of Togo", id="an instrument vanished"
        ),
        pytest.param(
            (*THREE[:2], "Togo | | 3 Mar 2026 a"),
            "no longer has the signature of Togo",
            id="a signature vanished",
        ),
        pytest.param(
            ("Mali | 26 Oct 2025 |", *THREE[1:], "Zambia | 25 Oct 2025 |"),
            "has another day or kind for the signature of Mali",
            id="a day changed while another came",
        ),
        pytest.param(
            (THREE[1], THREE[0], THREE[2]), "lists the states in another order", id="two states traded places"
        ),
    ],
)
def test_a_record_that_contradicts_the_last_one_is_not_believed(rows: tuple[str, ...], sentence: str) -> None:
    assert contradiction(record(*THREE), record(*rows)) == f"{sentence}; what it said before is kept"


def test_a_record_that_forgot_a_withdrawal_is_not_believed() -> None:
    before, after = record("Mali | [25 Oct 2025] | 3 Mar 2026 a"), record("Mali | | 3 Mar 2026 a")
    assert contradiction(before, after) == "no longer has what Mali withdrew; what it said before is kept"


def test_what_a_contradicting_record_has_new_is_not_told_either() -> None:
    assert contradiction(record(*THREE), record(*THREE[1:], "Zambia | 25 Oct 2025 |")) == (
        "no longer lists Mali; what it said before is kept"
    )


def test_a_slight_contradiction_is_believed_on_the_third_day() -> None:
    before, after = record(*THREE), record(*THREE[1:], "Zambia | 25 Oct 2025 |")
    assert contradiction(before, after, days=2) == "no longer lists Mali; what it said before is kept"
    assert acts_since(before, after, days=3) == [act("Zambia", "signature", date(2025, 10, 25))]


def test_a_table_that_lost_many_rows_is_never_believed() -> None:
    before = record(*THREE, "Zambia | 25 Oct 2025 |")
    assert contradiction(before, record(THREE[1]), days=365) == (
        "no longer lists Mali (3 contradictions in all); what it said before is kept"
    )


def test_days_on_which_a_record_said_the_same_are_counted() -> None:
    one, other = record("Mali | 25 Oct 2025 |"), record("Togo | 25 Oct 2025 |")
    first = doubted(None, one, today=date(2026, 7, 1))
    assert first == Doubt(record=one, days=1, last=date(2026, 7, 1))
    assert doubted(first, one, today=date(2026, 7, 1)) == first
    assert doubted(first, one, today=date(2026, 6, 30)) == first
    assert doubted(first, one, today=date(2026, 7, 3)) == Doubt(record=one, days=2, last=date(2026, 7, 3))
    assert doubted(first, other, today=date(2026, 7, 3)) == Doubt(record=other, days=1, last=date(2026, 7, 3))


# ── how an act is told


def test_each_act_has_an_address_of_its_own_on_the_one_page() -> None:
    assert link_of(act("Viet Nam", "acceptance", date(2026, 4, 12))) == (
        "https://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY&mtdsg_no=XVIII-16&chapter=18&clang=_en"
        "#acceptance:viet-nam"
    )


SIGNED = act("Viet Nam", "signature", date(2026, 6, 30))


def item(told: TreatyAct) -> Item:
    return item_of(told, feed=FEED, link="https://treaties.example.org/XVIII-16", seen=NOW)


def test_an_act_is_told_with_its_day_and_its_source() -> None:
    assert item(SIGNED) == Item(
        feed="treaty-status",
        key="signature:viet-nam",
        link="https://treaties.example.org/XVIII-16",
        title="Viet Nam signed the UN Convention against Cybercrime",
        summary="Viet Nam signed the convention on 30 June 2026, says the United Nations Treaty Collection, "
        "the depositary's record of signatures and ratifications.",
        lang="en",
        published=datetime(2026, 6, 30, tzinfo=UTC),
        seen=NOW,
    )


@pytest.mark.parametrize(
    ("told", "key", "title"),
    [
        (
            act("Qatar", "ratification", date(2026, 3, 3)),
            "ratification:qatar",
            "Qatar ratified the UN Convention against Cybercrime",
        ),
        (
            act("Netherlands", "acceptance", date(2026, 3, 3)),
            "acceptance:netherlands",
            "The Netherlands deposited its instrument of acceptance of the UN Convention against Cybercrime",
        ),
        (
            act("European Union", "approval", date(2026, 3, 3)),
            "approval:european-union",
            "The European Union deposited its instrument of approval of the UN Convention against Cybercrime",
        ),
        (
            act("Palestine", "accession", date(2026, 3, 3)),
            "accession:palestine",
            "The State of Palestine acceded to the UN Convention against Cybercrime",
        ),
        (
            act("Côte d'Ivoire", "reservation"),
            "reservation:cote-d-ivoire",
            "Côte d'Ivoire made a reservation to the UN Convention against Cybercrime",
        ),
        (
            act("Togo", "declaration"),
            "declaration:togo",
            "Togo made a declaration on the UN Convention against Cybercrime",
        ),
        (
            act("Nauru", "withdrawal", undone="signature"),
            "withdrawal-of-signature:nauru",
            "Nauru withdrew its signature from the UN Convention against Cybercrime",
        ),
        (
            act("Nauru", "withdrawal", undone="ratification"),
            "withdrawal-of-ratification:nauru",
            "Nauru withdrew from the UN Convention against Cybercrime",
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, TreatyAct) else "",
)
def test_an_act_has_a_title_and_a_key_that_never_changes(told: TreatyAct, key: str, title: str) -> None:
    assert (item(told).key, item(told).title) == (key, title)


def test_the_day_of_an_item_is_never_later_than_its_reading() -> None:
    assert item(act("Togo", "signature", date(2028, 3, 2))).published == NOW


def test_an_organisations_instrument_is_said_not_to_count() -> None:
    told = item(act("European Union", "approval", date(2026, 4, 16))).summary
    assert told.endswith("An organisation's instrument does not count towards the forty that the convention needs.")


_DATED: tuple[ActKind, ...] = ("signature", "ratification", "acceptance", "approval", "accession")
_UNDATED: tuple[ActKind, ...] = ("reservation", "declaration", "withdrawal")


@pytest.mark.parametrize("kind", [*_DATED, *_UNDATED])
def test_the_shipped_topics_find_each_act_of_each_state_in_what_is_told(shipped: Rules, kind: ActKind) -> None:
    for state in all_states():
        day = date(2026, 6, 30) if kind in _DATED else None
        told = item(act(state, kind, day, "signature" if kind == "withdrawal" else None))
        matches = classify(told, shipped)
        found = act_of(told, matches)
        assert {"convention", "ratification"} <= {match.topic for match in matches}, state
        assert found is not None
        assert (found.kind, found.state) == (kind, state)
        assert days_in(normalise(told.summary)) == ({31 * 5 + 30} if day else set()), state
