"""What a document says of its own rhythm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.feeds.parse import parse
from bot.model import Fetched, Pace
from tests.feed_server import Told, rss
from tests.test_parse import FEED, NOW

NONE = timedelta(0)
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


def pace_of(body: bytes) -> Pace:
    return parse(Fetched(url=FEED.url, status=200, body=body), feed=FEED, now=NOW).pace


def pace(head: str, *, after: str = "") -> Pace:
    """The pace of an RSS feed with this in its channel, before and after its one item."""
    return pace_of(
        f'<rss version="2.0" {SY}><channel>{head}<item><title>x</title></item>{after}</channel></rss>'.encode()
    )


def test_a_document_that_says_nothing_has_no_pace_but_its_items() -> None:
    assert pace("") == Pace()


@pytest.mark.parametrize(
    ("ttl", "wait"),
    [
        ("60", timedelta(hours=1)),
        (" 90\n", timedelta(minutes=90)),
        ("+15", timedelta(minutes=15)),
        ("30.0", timedelta(minutes=30)),
        ("10080", timedelta(days=7)),
        ("10081", timedelta(days=7)),
        ("9" * 5000, timedelta(days=7)),
        ("0" * 5000 + "5", timedelta(minutes=5)),
        ("0", NONE),
        ("-60", NONE),
        ("1e3", NONE),
        ("an hour", NONE),
        ("", NONE),
    ],
    ids=lambda value: str(value)[:12],
)
def test_ttl_is_in_minutes_and_at_most_7_days(ttl: str, wait: timedelta) -> None:
    assert pace(f"<ttl>{ttl}</ttl>").wait == wait


@pytest.mark.parametrize(
    ("period", "frequency", "wait"),
    [
        ("hourly", None, timedelta(hours=1)),
        ("daily", None, timedelta(days=1)),
        ("weekly", None, timedelta(days=7)),
        ("monthly", None, timedelta(days=7)),
        ("yearly", "365", timedelta(days=1)),
        ("monthly", "10", timedelta(days=3)),
        ("\n\thourly\t\n", "\n\t4\t\n", timedelta(minutes=15)),
        ("Daily", "2", timedelta(hours=12)),
        ("daily", "0", timedelta(days=1)),
        ("daily", "-2", timedelta(days=1)),
        ("daily", "often", timedelta(days=1)),
        ("minutely", "1", NONE),
        ("", "2", NONE),
        (None, "2", NONE),
    ],
)
def test_a_period_is_divided_by_its_frequency(period: str | None, frequency: str | None, wait: timedelta) -> None:
    head = "" if period is None else f"<sy:updatePeriod>{period}</sy:updatePeriod>"
    head += "" if frequency is None else f"<sy:updateFrequency>{frequency}</sy:updateFrequency>"
    assert pace(head).wait == wait


def test_of_two_waits_the_longer_counts() -> None:
    period = "<sy:updatePeriod>daily</sy:updatePeriod>"
    assert [pace(f"<ttl>{ttl}</ttl>{period}").wait for ttl in (60, 2880)] == [timedelta(days=1), timedelta(days=2)]


def test_a_period_counts_in_rss_1_and_atom_too() -> None:
    rdf = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" {SY}>
        <channel><sy:updatePeriod>daily</sy:updatePeriod></channel><item><title>x</title></item></rdf:RDF>"""
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom" {SY}><sy:updatePeriod>daily</sy:updatePeriod>
        <entry><title>x</title></entry></feed>"""
    assert [pace_of(body.encode()).wait for body in (rdf, atom)] == [timedelta(days=1)] * 2


@pytest.mark.parametrize(
    ("hours", "skipped"),
    [
        ("<hour>0</hour><hour>7</hour><hour>23</hour>", {0, 7, 23}),
        ("<hour>24</hour>", {0}),
        ("<hour> 07 </hour>\n<HOUR>8</HOUR>", {7, 8}),
        ("<hour>25</hour><hour>-1</hour><hour>noon</hour><hour>99999</hour><hour/>", set()),
        ("".join(f"<hour>{hour}</hour>" for hour in range(23)), set(range(23))),
        ("".join(f"<hour>{hour}</hour>" for hour in range(24)), set()),
    ],
    ids=["three", "24 is midnight", "blanks and capitals", "garbage", "all but one", "all is not believed"],
)
def test_hours_to_skip_are_0_to_23(hours: str, skipped: set[int]) -> None:
    assert pace(f"<skipHours>{hours}</skipHours>").skip_hours == skipped


@pytest.mark.parametrize(
    ("days", "skipped"),
    [
        ("<day>Saturday</day><day>Sunday</day>", {5, 6}),
        ("<day> monday </day><DAY>TUESDAY</DAY>", {0, 1}),
        ("<day>Someday</day><day>6</day><day/>", set()),
        (
            "".join(f"<day>{day}day</day>" for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")),
            set(),
        ),
    ],
    ids=["weekend", "blanks and capitals", "garbage", "all is not believed"],
)
def test_days_to_skip_are_counted_from_monday(days: str, skipped: set[int]) -> None:
    assert pace(f"<skipDays>{days}</skipDays>").skip_days == skipped


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("<!-- <skipHours><hour>7</hour></skipHours> -->", ""),
        ("<skipHours><hour>7</hour>", ""),
        ("<hour>7</hour>", ""),
        ("", "<skipHours><hour>7</hour></skipHours>"),
        ("<description>" + "x" * 70_000 + "</description><skipHours><hour>7</hour></skipHours>", ""),
    ],
    ids=["a comment", "an end is missing", "outside", "behind the items", "too far down"],
)
def test_hours_to_skip_stand_in_their_place_or_do_not_count(head: str, after: str) -> None:
    assert pace(head, after=after).skip_hours == set()


def test_the_oldest_item_is_the_one_with_the_earliest_date_that_can_be_believed() -> None:
    dates = (
        datetime(2026, 11, 20, tzinfo=UTC),
        datetime(2026, 11, 3, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
        None,
    )
    body = rss("A feed", [Told(title=str(number), published=date) for number, date in enumerate(dates)])
    assert pace_of(body).oldest == datetime(2026, 11, 3, tzinfo=UTC)


def test_items_that_all_lie_in_the_future_have_no_oldest() -> None:
    assert pace_of(rss("A feed", [Told(title="x", published=NOW + timedelta(days=1))])).oldest is None


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "wait"),
    [
        ("wordpress_ngo_org_feed_2026.xml", timedelta(hours=1)),
        ("guardian_rss-parser.rss", NONE),
    ],
)
def test_a_real_feed_says_how_long_to_wait(shared: Path, name: str, wait: timedelta) -> None:
    assert pace_of((shared / "corpus" / "feeds" / name).read_bytes()).wait == wait
