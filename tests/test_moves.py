"""What is believed of a feed that has moved for good."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.feeds.moves import address_of, after_failure, noted
from bot.model import Feed, FeedState, Move

OLD, NEW, OTHER = "https://old.example/rss", "https://new.example/rss", "https://other.example/rss"
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 11, day) for day in (16, 17, 18, 20))


def moved(url: str = NEW, days: int = 1, last: date = MONDAY) -> Move:
    return Move(url=url, days=days, last=last)


def asked_at(move: Move | None, url: str = OLD) -> str:
    """Where a feed of that address is asked."""
    feed = Feed(id="gazette", name="The Gazette", url=url, every=timedelta(hours=1))
    return address_of(feed, FeedState(feed="gazette", due=datetime(2026, 11, 21, tzinfo=UTC), move=move))


@pytest.mark.parametrize(
    ("before", "to", "today", "after"),
    [
        pytest.param(None, NEW, MONDAY, moved(), id="the first answer is the first day"),
        pytest.param(moved(), NEW, TUESDAY, moved(days=2, last=TUESDAY), id="the same on the next day is the second"),
        pytest.param(moved(), NEW, FRIDAY, moved(days=2, last=FRIDAY), id="days need not follow each other"),
        pytest.param(moved(), NEW, MONDAY, moved(), id="a day counts once"),
        pytest.param(moved(last=FRIDAY), NEW, MONDAY, moved(last=FRIDAY), id="a clock set back makes no day"),
        pytest.param(moved(days=2), OTHER, TUESDAY, moved(OTHER, 1, TUESDAY), id="another address starts anew"),
        pytest.param(moved(days=2), OTHER, MONDAY, moved(OTHER, 1, MONDAY), id="also on the same day"),
        pytest.param(moved(days=2), None, TUESDAY, None, id="an answer from the old address ends it"),
        pytest.param(moved(days=2), OLD, TUESDAY, None, id="a detour that ends there is no move"),
        pytest.param(moved(days=3), None, TUESDAY, None, id="even if the move was settled"),
        pytest.param(None, None, MONDAY, None, id="most feeds never move"),
    ],
)
def test_the_days_are_counted_on_which_a_feed_names_the_same_new_address(
    before: Move | None, to: str | None, today: date, after: Move | None
) -> None:
    assert noted(before, to, asked=OLD, today=today) == after


@pytest.mark.parametrize(
    ("move", "address"),
    [
        pytest.param(None, OLD, id="never moved"),
        pytest.param(moved(days=1), OLD, id="said once"),
        pytest.param(moved(days=2), OLD, id="said twice"),
        pytest.param(moved(days=3), NEW, id="said on three days"),
    ],
)
def test_a_new_address_is_asked_after_three_equal_answers(move: Move | None, address: str) -> None:
    assert asked_at(move) == address


def test_three_equal_answers_on_one_day_are_one() -> None:
    move = None
    for _ in range(3):
        move = noted(move, NEW, asked=OLD, today=MONDAY)
    assert asked_at(move) == OLD


def test_a_feed_is_asked_at_its_new_address_from_the_third_day_on() -> None:
    move = None
    for today in (MONDAY, TUESDAY, WEDNESDAY):
        move = noted(move, NEW, asked=asked_at(move), today=today)
    assert asked_at(move) == NEW


def test_a_new_address_that_answers_by_itself_is_kept() -> None:
    assert noted(moved(days=3), None, asked=NEW, today=FRIDAY) == moved(days=3)


def test_a_new_address_that_moves_on_must_be_said_again_on_three_days() -> None:
    assert noted(moved(days=3), OTHER, asked=NEW, today=FRIDAY) == moved(OTHER, 1, FRIDAY)


@pytest.mark.parametrize(
    ("failures", "after"),
    [
        pytest.param(1, moved(days=3), id="one"),
        pytest.param(2, moved(days=3), id="two"),
        pytest.param(3, None, id="three"),
        pytest.param(40, None, id="many"),
    ],
)
def test_three_failures_in_a_row_bring_back_the_address_of_the_file(failures: int, after: Move | None) -> None:
    assert after_failure(moved(days=3), failures) == after


def test_a_failure_of_a_feed_that_never_moved_changes_nothing() -> None:
    assert after_failure(None, 1) is None


@pytest.mark.parametrize(
    ("asked", "to", "after"),
    [
        pytest.param("https://old.example/rss", "http://new.example/rss", None, id="https to http"),
        pytest.param("HTTPS://old.example/rss", "HTTP://new.example/rss", None, id="in capitals"),
        pytest.param(
            "http://old.example/rss", "https://old.example/rss", moved("https://old.example/rss"), id="upwards"
        ),
        pytest.param(
            "http://old.example/rss", "http://new.example/rss", moved("http://new.example/rss"), id="http to http"
        ),
    ],
)
def test_a_move_never_gives_up_https(asked: str, to: str, after: Move | None) -> None:
    assert noted(None, to, asked=asked, today=MONDAY) == after


def test_a_move_that_gives_up_https_is_not_followed_even_if_it_was_kept() -> None:
    assert asked_at(moved("http://new.example/rss", days=3)) == OLD


def test_a_new_address_that_points_to_http_stays_where_it_is() -> None:
    assert noted(moved(days=3), "http://new.example/rss", asked=NEW, today=FRIDAY) == moved(days=3)
