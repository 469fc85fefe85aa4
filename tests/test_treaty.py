"""The depositary's document → who signed and who is bound, or why it is not to be believed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.errors import ParseError
from bot.feeds.participants import state_called
from bot.feeds.treaty import read_record
from bot.feeds.treaty_acts import acts_since
from bot.model import FeedFault
from bot.model.treaty import Participant, Record, TreatyAct
from bot.topics.states import all_states
from tests.treaties import AFTER, BEFORE, NOW, act, document, record


def complaint(body: bytes, now: datetime = NOW) -> tuple[str, str]:
    """What is wrong with a document, and the name of it."""
    with pytest.raises(ParseError) as raised:
        read_record(body, now=now)
    return str(raised.value), raised.value.fault


# ── a document


def test_a_record_tells_who_signed_and_who_is_bound_and_how() -> None:
    assert read_record(AFTER, now=NOW) == Record(
        title="16. United Nations Convention against Cybercrime; Strengthening International Cooperation",
        participants=(
            Participant(
                state="Austria",
                name="Austria",
                signed=date(2025, 10, 25),
                bound=date(2026, 3, 5),
                how="ratification",
            ),
            Participant(
                state="Chile", name="Chile", signed=date(2025, 10, 25), bound=date(2028, 2, 29), how="acceptance"
            ),
            Participant(state="Côte d'Ivoire", name="Côte d'Ivoire", signed=date(2025, 10, 26)),
            Participant(state="Czechia", name="Czech Republic", signed=date(2026, 12, 31)),
            Participant(
                state="European Union",
                name="European Union",
                signed=date(2025, 10, 25),
                bound=date(2026, 4, 16),
                how="approval",
            ),
            Participant(state="Iran", name="Iran (Islamic Republic of)", bound=date(2027, 12, 12), how="accession"),
            Participant(state="Nauru", name="Nauru", withdrawn=(act("Nauru", "signature", date(2025, 10, 25)),)),
            Participant(
                state="Türkiye",
                name="Türkiye",
                signed=date(2025, 10, 25),
                bound=date(2026, 2, 3),
                how="ratification",
            ),
        ),
        statements=(act("Austria", "reservation"), act("Türkiye", "declaration")),
    )


@pytest.mark.parametrize(
    ("name", "state"),
    [
        pytest.param("China&lt;superscript&gt;1&lt;/superscript&gt;", "China", id="a footnote, escaped"),
        pytest.param("China<superscript>1, 22</superscript>", "China", id="footnotes, not escaped"),
        pytest.param("\t Viet\n  Nam ", "Viet Nam", id="blanks"),
        pytest.param("Vietnam", "Viet Nam", id="in one word"),
        pytest.param("Turkey", "Türkiye", id="as it was called"),
        pytest.param("T\u00fcrkiye", "Türkiye", id="as it is called"),
        pytest.param("Venezuela (Bolivarian Republic of)", "Venezuela", id="with its form behind"),
        pytest.param("Republic of Moldova", "Moldova", id="with its form before"),
        pytest.param("United Kingdom of Great Britain and Northern Ireland", "United Kingdom", id="in full"),
        pytest.param("State of Palestine", "Palestine", id="no member"),
        pytest.param("Cook Islands", "Cook Islands", id="not among the 196"),
    ],
)
def test_a_state_is_known_however_it_is_spelt(name: str, state: str) -> None:
    assert record(f"{name} | 25 Oct 2025 |").participants[0].state == state


def test_each_short_name_is_its_own_state() -> None:
    assert [state_called(name) for name in all_states()] == list(all_states())


@pytest.mark.parametrize("name", ["Nauri", "Mali Austria", "Korea Norte", "", "the Republic of", "EU states", "Indian"])
def test_a_name_on_no_list_is_no_state(name: str) -> None:
    assert state_called(name) is None


@pytest.mark.parametrize(
    "cell",
    [
        "25 Oct\t 2025 ",
        " 25  Oct  2025",
        "25 October 2025",
        "25 Oct 2025<superscript>2</superscript>",
        "25 Oct\u00a02025",
    ],
)
def test_a_date_may_hold_tabs_blanks_and_footnotes(cell: str) -> None:
    assert record(f"Mali | {cell} |").participants[0].signed == date(2025, 10, 25)


def test_brackets_before_a_date_are_an_act_that_was_withdrawn_and_done_again() -> None:
    mali = record("Mali | [25 Oct 2025] 1 Feb 2026 | [ 2 Mar 2026 AA ] 5 May 2027 A").participants[0]
    assert mali == Participant(
        state="Mali",
        name="Mali",
        signed=date(2026, 2, 1),
        bound=date(2027, 5, 5),
        how="acceptance",
        withdrawn=(act("Mali", "signature", date(2025, 10, 25)), act("Mali", "approval", date(2026, 3, 2))),
    )


def test_a_day_that_has_begun_somewhere_is_not_yet_to_come() -> None:
    now = datetime(2026, 6, 29, 23, 0, tzinfo=UTC)
    (canada,) = read_record(document("Canada | 30 Jun 2026 |"), now=now).participants
    assert canada.signed == date(2026, 6, 30)


@pytest.mark.parametrize(
    "encoding", ["iso-8859-1", "utf-8", "utf-16"], ids=["as it is", "if it moves to UTF-8", "if it moves to UTF-16"]
)
def test_a_document_is_read_in_the_alphabet_that_it_names(encoding: str) -> None:
    body = document("Côte d'Ivoire | 25 Oct 2025 |").decode("latin-1")
    written = body.replace("ISO-8859-1", encoding).encode(encoding)
    assert read_record(written, now=NOW).participants[0].name == "Côte d'Ivoire"


# ── what is no such document


@pytest.mark.parametrize(
    ("body", "sentence", "fault"),
    [
        pytest.param(
            b"<html><head><title>UNTC</title></head><body><p>The site is undergoing urgent maintenance.</p></body></html>",
            "is under maintenance, says the site",
            FeedFault.MAINTENANCE,
            id="maintenance",
        ),
        pytest.param(
            b"\n<!DOCTYPE html><html lang=en><p>Sign in",
            "is a web page, not the treaty's record",
            FeedFault.PAGE,
            id="a page",
        ),
        pytest.param(b"", "is no readable XML (no element found, line 1)", FeedFault.UNREADABLE, id="nothing"),
        pytest.param(
            BEFORE[:-30], "is no readable XML (unclosed token, line 19)", FeedFault.UNREADABLE, id="it breaks off"
        ),
        pytest.param(b"<rss><channel/></rss>", "holds no table of participants", FeedFault.UNREADABLE, id="a feed"),
        pytest.param(
            b'<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><d>&b;</d>',
            "declares entities of its own, which no treaty's record does",
            FeedFault.UNREADABLE,
            id="entities",
        ),
        pytest.param(
            b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>',
            "declares entities of its own, which no treaty's record does",
            FeedFault.UNREADABLE,
            id="an entity from elsewhere",
        ),
        pytest.param(
            b"<a>" * 100,
            "is nested deeper than any treaty's record",
            FeedFault.UNREADABLE,
            id="nested",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="unicode_escape"?><d/>',
            "is written in an alphabet that the treaty's record never uses",
            FeedFault.UNREADABLE,
            id="no alphabet",
        ),
        pytest.param(
            b" " * (5 * 1024 * 1024 + 1),
            "is larger than any treaty's record",
            FeedFault.UNREADABLE,
            id="too large",
        ),
        pytest.param(
            BEFORE.replace(b"against Cybercrime;", b"against Corruption;"),
            "is the record of another treaty: “16. United Nations Convention against Corruption; Strengthening"
            " International Cooperation”",
            FeedFault.CHANGED,
            id="another treaty",
        ),
        pytest.param(
            document("Mali | 25 Oct 2025 |").replace(b">United", b">Additional Protocol to the United"),
            "is the record of another treaty: “Additional Protocol to the United Nations Convention against Cybercrime”",
            FeedFault.CHANGED,
            id="a protocol to it",
        ),
        pytest.param(
            document("Mali | 25 Oct 2025 |").replace(b"TreatyTitle", b"Footnote").replace(b">United", b">See United"),
            "does not name the United Nations Convention against Cybercrime as its treaty",
            FeedFault.CHANGED,
            id="no title",
        ),
        pytest.param(
            document("Mali | 25 Oct 2025 |").replace(b"Accession(a)", b"Accession(a), Succession(d)"),
            "has a table with other columns: “Participant | Signature | Acceptance(A), Ratification, Approval(AA),"
            " Accession(a), Succession(d)”",
            FeedFault.CHANGED,
            id="another column",
        ),
        pytest.param(
            document("Mali | 25 Oct 2025 |").replace(
                b"Participant</Entry><Entry>Signature", b"Signature</Entry><Entry>Participant"
            ),
            "has a table with other columns: “Signature | Participant | Acceptance(A), Ratification, Approval(AA),"
            " Accession(a)”",
            FeedFault.CHANGED,
            id="columns that traded places",
        ),
        pytest.param(
            document("Mali | 25 Oct 2025 |").replace(b"</Thead>", b"<Row><Entry>Notes</Entry></Row></Thead>"),
            "has 2 rows of column names where one should be",
            FeedFault.CHANGED,
            id="a second table",
        ),
        pytest.param(
            BEFORE.replace(b"Signatories>6<", b"Signatories>68<"),
            "counts 68 signatories but lists 6 participants",
            FeedFault.DOUBTED,
            id="most rows are missing",
        ),
    ],
)
def test_another_document_is_refused_in_a_sentence(body: bytes, sentence: str, fault: FeedFault) -> None:
    assert complaint(body) == (sentence, fault)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        pytest.param([], "has a table without a single participant", id="no rows"),
        pytest.param(
            ["Mali | 25 Oct 2025"],
            "has a row of 2 cells where 3 should be: “Mali | 25 Oct 2025”",
            id="a cell is missing",
        ),
        pytest.param(
            ["Atlantis | 25 Oct 2025 |"], "names a participant that is no state we know: “Atlantis”", id="no state"
        ),
        pytest.param(["Turkey | 25 Oct 2025 |", "Türkiye | 25 Oct 2025 |"], "lists Türkiye twice", id="twice"),
        pytest.param(["Mali | |"], "lists Mali without saying what it has done", id="no act"),
        pytest.param(
            ["Mali | 30 Feb 2026 |"], "has “30 Feb 2026” beside Mali, a day that does not exist", id="30 February"
        ),
        pytest.param(["Mali | 3 Mei 2026 |"], "has “3 Mei 2026” beside Mali, a day that does not exist", id="no month"),
        pytest.param(["Mali | soon |"], "has “soon” beside Mali, which is no date", id="no date"),
        pytest.param(
            ["Mali | [25 Oct 2025 |"], "has “[25 Oct 2025” beside Mali, which is no date", id="half a bracket"
        ),
        pytest.param(
            ["Mali | 25 Oct 2025 26 Oct 2025 |"],
            "has “25 Oct 2025 26 Oct 2025” beside Mali, which is no date",
            id="two dates",
        ),
        pytest.param(
            [f"Mali | {'[25 Oct 2025]' * 20} |"],
            "has “" + "[25 Oct 2025]" * 9 + "[2…” beside Mali, which is no date",
            id="more dates than can be",
        ),
        pytest.param(
            ["Mali | 25 Oct 2025 | 3 Mar 2026 d"], "has “3 Mar 2026 d” beside Mali, which is no date", id="a letter"
        ),
        pytest.param(
            ["Mali | 24 Oct 2025 |"],
            "has Mali act on 24 October 2025, before the convention was open for signature",
            id="before it was open",
        ),
        pytest.param(
            ["Mali | 25 Oct 2025 | 3 Mar 2028"], "has Mali act on 3 March 2028, a day yet to come", id="in the future"
        ),
        pytest.param(
            ["Mali | 1 Jan 2027 |"],
            "has Mali sign after 31 December 2026, the last day for signature",
            id="after it closed",
        ),
        pytest.param(
            ["Mali | 25 Oct 2025 A |"],
            "has a letter behind the signature of Mali, where none can be",
            id="an odd letter",
        ),
        pytest.param(
            ["Mali | 3 Mar 2026 | 25 Oct 2025"],
            "has Mali bound on 25 October 2025, before it signed on 3 March 2026",
            id="cells that traded places",
        ),
        pytest.param(
            ["Mali | | 3 Mar 2026"],
            "has an instrument of ratification of Mali, which has not signed",
            id="ratified without having signed",
        ),
        pytest.param(
            ["Mali | [25 Oct 2025] | 3 Mar 2026"],
            "has an instrument of ratification of Mali, which has not signed",
            id="ratified after taking its signature back",
        ),
        pytest.param(
            ["Mali | 25 Oct 2025 | 3 Mar 2026 a"], "has Mali accede, which has signed", id="acceded after having signed"
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused_in_a_sentence(rows: list[str], sentence: str) -> None:
    assert complaint(document(*rows)) == (sentence, FeedFault.DOUBTED)


# ── reservations and declarations


@pytest.mark.parametrize(
    ("section", "statements"),
    [
        pytest.param("", (), id="there are none"),
        pytest.param(
            "<Declarations><Head>Reservations</Head><D><P>Mali</P><T>It declares.</T><P>Chad</P><T>A reservation.</T></D>"
            "</Declarations>",
            (act("Mali", "declaration"), act("Chad", "reservation")),
            id="a name, then what it says",
        ),
        pytest.param(
            "<Declarations><D><P>Mali</P><T>It declares.</T></D><D><P>Peru</P><T>It objects.</T></D></Declarations>",
            (act("Mali", "declaration"),),
            id="who is no participant is passed over",
        ),
        pytest.param(
            "<Declarations><T>Mali</T><T>It declares.</T></Declarations>",
            None,
            id="names and texts in one kind of element",
        ),
        pytest.param(
            "<Declarations><D><P>Mali</P><T>It declares.</T></D><D><P>Chat</P><T>It too.</T></D></Declarations>",
            None,
            id="a damaged name",
        ),
        pytest.param("<Objections><D><P>Mali</P><T>It objects.</T></D></Objections>", (), id="objections are none"),
    ],
)
def test_statements_below_the_table_are_read_where_they_can_be_told(
    section: str, statements: tuple[TreatyAct, ...] | None
) -> None:
    body = document("Chad | 25 Oct 2025 |", "Mali | 25 Oct 2025 |")
    body = body.replace(b"</Treaty>", section.encode() + b"</Treaty>")
    assert read_record(body, now=NOW).statements == statements


def test_statements_that_could_not_be_told_before_are_not_new_now() -> None:
    told = read_record(BEFORE, now=NOW)
    untold = read_record(BEFORE.replace(b"Participant>Turkey", b"Participant>Turkei"), now=NOW)
    assert (untold.statements, acts_since(untold, told), acts_since(told, untold)) == (None, [], [])
