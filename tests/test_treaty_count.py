"""How many have signed, how many are bound, and when the convention enters into force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.delivery.count import count, count_line, count_lines
from bot.model.treaty import Participant, Record, TreatyAct
from bot.topics.states import all_states

SIGNED = date(2025, 10, 25)
STATES = [state for state in all_states() if state != "European Union"]


def signed(state: str, day: date = SIGNED) -> Participant:
    return Participant(state=state, name=state, signed=day)


def ratified(state: str, day: date) -> Participant:
    return Participant(state=state, name=state, signed=SIGNED, bound=day, how="ratification")


def record(*participants: Participant) -> Record:
    return Record(title="United Nations Convention against Cybercrime", participants=participants)


def bound(number: int, last: date) -> Record:
    """So many states; the last instrument came on a day, the others the day before."""
    rest = [ratified(state, last - timedelta(days=1)) for state in STATES[: number - 1]]
    return record(ratified(STATES[number], last), *rest)


SMALL = record(
    signed("Canada", date(2026, 6, 30)),
    Participant(state="European Union", name="European Union", signed=SIGNED, bound=date(2026, 4, 16), how="approval"),
    Participant(state="Iran", name="Iran (Islamic Republic of)", bound=date(2026, 5, 4), how="accession"),
    Participant(
        state="Nauru",
        name="Nauru",
        withdrawn=(TreatyAct(state="Nauru", kind="signature", day=SIGNED),),
    ),
    ratified("Qatar", date(2026, 3, 3)),
    Participant(state="Viet Nam", name="Viet Nam", signed=SIGNED, bound=date(2026, 4, 12), how="acceptance"),
)


def test_signatures_and_instruments_are_counted_those_of_organisations_apart() -> None:
    counted = count(SMALL, now=date(2026, 11, 21))
    assert counted.signed == ("Canada", "Qatar", "Viet Nam")
    assert counted.organisations_signed == ("European Union",)
    assert counted.bound == ("Qatar", "Viet Nam", "Iran")
    assert counted.organisations_bound == ("European Union",)
    assert (counted.signatories, counted.missing) == (4, 37)


def test_the_latest_acts_are_the_five_newest() -> None:
    assert count(SMALL, now=date(2026, 11, 21)).latest == (
        TreatyAct(state="Canada", kind="signature", day=date(2026, 6, 30)),
        TreatyAct(state="Iran", kind="accession", day=date(2026, 5, 4)),
        TreatyAct(state="European Union", kind="approval", day=date(2026, 4, 16)),
        TreatyAct(state="Viet Nam", kind="acceptance", day=date(2026, 4, 12)),
        TreatyAct(state="Qatar", kind="ratification", day=date(2026, 3, 3)),
    )


# ── the ninetieth day; counted by hand on a calendar


@pytest.mark.parametrize(
    ("deposit", "entry"),
    [
        pytest.param(date(2026, 11, 21), date(2027, 2, 19), id="9 + 31 + 31 + 19"),
        pytest.param(date(2026, 12, 31), date(2027, 3, 31), id="31 + 28 + 31, from the year's last day"),
        pytest.param(date(2027, 1, 1), date(2027, 4, 1), id="30 + 28 + 31 + 1"),
        pytest.param(date(2027, 10, 2), date(2027, 12, 31), id="29 + 30 + 31, to the year's last day"),
        pytest.param(date(2027, 10, 3), date(2028, 1, 1), id="28 + 30 + 31 + 1, into the new year"),
        pytest.param(date(2027, 11, 30), date(2028, 2, 28), id="31 + 31 + 28, before the leap day"),
        pytest.param(date(2027, 12, 1), date(2028, 2, 29), id="30 + 31 + 29, to the leap day"),
        pytest.param(date(2027, 12, 2), date(2028, 3, 1), id="29 + 31 + 29 + 1, over the leap day"),
        pytest.param(date(2028, 2, 29), date(2028, 5, 29), id="31 + 30 + 29, from the leap day"),
        pytest.param(date(2026, 12, 1), date(2027, 3, 1), id="30 + 31 + 28 + 1, no leap year"),
    ],
)
def test_the_convention_enters_into_force_on_the_ninetieth_day_after_the_fortieth_deposit(
    deposit: date, entry: date
) -> None:
    assert count(bound(40, deposit), now=deposit).in_force == entry
    assert count(SMALL, now=deposit).earliest == entry


def test_with_thirty_nine_states_there_is_no_such_day() -> None:
    counted = count(bound(39, date(2027, 1, 1)), now=date(2027, 1, 2))
    assert (counted.in_force, counted.missing, counted.earliest) == (None, 1, date(2027, 4, 2))


def test_an_organisation_does_not_make_the_fortieth() -> None:
    union = Participant(
        state="European Union", name="European Union", signed=SIGNED, bound=date(2027, 2, 1), how="approval"
    )
    counted = count(record(union, *bound(39, date(2027, 1, 1)).participants), now=date(2027, 2, 2))
    assert (counted.in_force, len(counted.bound)) == (None, 39)


def test_later_instruments_do_not_move_the_day() -> None:
    later = [ratified(state, date(2027, 6, 1)) for state in STATES[50:53]]
    counted = count(record(*later, *bound(40, date(2027, 1, 1)).participants), now=date(2027, 6, 2))
    assert (counted.in_force, counted.missing, len(counted.bound)) == (date(2027, 4, 1), 0, 43)


# ── the last day for signature


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (date(2026, 11, 21), "signature closes in 40 days (31 December 2026)"),
        (date(2026, 12, 29), "signature closes in 2 days (31 December 2026)"),
        (date(2026, 12, 30), "signature closes tomorrow (31 December 2026)"),
        (date(2026, 12, 31), "signature closes today (31 December 2026)"),
        (date(2027, 1, 1), "signature closed on 31 December 2026"),
    ],
    ids=["40 days", "2 days", "tomorrow", "today", "closed"],
)
def test_the_line_changes_by_itself_when_signature_closes(now: date, words: str) -> None:
    assert count_line(count(SMALL, now=now)) == f"4 signatories, 3 of 40 ratifications; {words}"


# ── in words


LATEST = (
    "Canada signed on 30 June 2026",
    "Iran acceded on 4 May 2026",
    "the European Union approved on 16 April 2026",
    "Viet Nam accepted on 12 April 2026",
    "Qatar ratified on 3 March 2026",
)


def test_the_count_is_told_in_sentences() -> None:
    assert count_lines(count(SMALL, now=date(2026, 11, 21))) == [
        "4 signatories: 3 states and the European Union.",
        "3 of 40 ratifications: Qatar, Viet Nam and Iran. 37 are missing.",
        "Bound too, but not counted among the forty: the European Union.",
        "If the fortieth came today, the convention would enter into force on 19 February 2027, the ninetieth day after.",
        "Signature closes in 40 days (31 December 2026).",
        "Latest: " + "; ".join(LATEST) + ".",
    ]


def test_one_signatory_and_no_ratification_read_well() -> None:
    counted = count(record(signed("Togo")), now=date(2027, 1, 1))
    assert count_lines(counted) == [
        "1 signatory: 1 state.",
        "0 of 40 ratifications. 40 are missing.",
        "If the fortieth came today, the convention would enter into force on 1 April 2027, the ninetieth day after.",
        "Signature closed on 31 December 2026.",
        "Latest: Togo signed on 25 October 2025.",
    ]


@pytest.mark.parametrize(
    ("now", "line", "sentence"),
    [
        pytest.param(
            date(2027, 3, 31),
            "40 signatories, 40 ratifications; enters into force on 1 April 2027; signature closed on 31 December 2026",
            "The convention enters into force on 1 April 2027.",
            id="the day before",
        ),
        pytest.param(
            date(2027, 4, 1),
            "40 signatories, 40 ratifications; entered into force on 1 April 2027; signature closed on 31 December 2026",
            "The convention has been in force since 1 April 2027.",
            id="the day itself",
        ),
    ],
)
def test_once_forty_have_come_the_day_is_told(now: date, line: str, sentence: str) -> None:
    counted = count(bound(40, date(2027, 1, 1)), now=now)
    assert count_line(counted) == line
    assert count_lines(counted)[2] == sentence
