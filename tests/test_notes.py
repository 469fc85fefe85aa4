"""What a digest says around its stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from bot.delivery.compose import Digest, compose_digest, compose_instant
from bot.delivery.notes import moment
from bot.model import Cadence, ChannelId, FeedState, Readings, Subscription
from tests.desks import CHANNEL, LIMITS, desk, digest, edition, failing, plain, wish


@pytest.mark.parametrize(
    ("wishes", "heading"),
    [
        pytest.param([wish("convention")], "UN Convention against Cybercrime · Monday, 27 October 2025", id="a topic"),
        pytest.param(
            [wish("rights")], "UN Convention against Cybercrime · Monday, 27 October 2025", id="one within it"
        ),
        pytest.param([wish("rights"), wish("ai")], "TreatyWatch · Monday, 27 October 2025", id="two worlds"),
    ],
)
def test_the_heading_names_the_widest_topic_and_the_day(wishes: list[Subscription], heading: str) -> None:
    assert digest([plain("a", "rights")], desk(*wishes)).messages[0].heading == heading


@pytest.mark.parametrize(
    ("new", "before", "earlier", "lead"),
    [
        (1, 0, 0, "1 new story"),
        (3, 0, 0, "3 new stories"),
        (1, 0, 2, "1 new story, 2 posted earlier"),
        (3, 1, 0, "3 new stories and 1 from before you subscribed"),
        (0, 1, 0, "1 story from before you subscribed"),
        (0, 4, 1, "4 stories from before you subscribed, 1 posted earlier"),
        (22, 0, 0, "22 new stories, 2 of them in the thread"),
        (21, 3, 5, "21 new stories and 3 from before you subscribed, 4 of them in the thread, 5 posted earlier"),
    ],
)
def test_the_lead_counts_the_stories(new: int, before: int, earlier: int, lead: str) -> None:
    stories = [plain(f"n{n}", "rights") for n in range(new)] + [
        plain(f"b{n}", "rights", before=True) for n in range(before)
    ]
    made = compose_digest(stories, desk=desk(), edition=edition(earlier=earlier), limits=LIMITS)
    assert made.messages[0].lead == lead


def test_nothing_new_is_silence() -> None:
    assert compose_digest([], desk=desk(), edition=edition(earlier=2), limits=LIMITS) == Digest(messages=(), dropped=())


@pytest.mark.parametrize(
    ("since", "earlier", "lead"),
    [
        pytest.param(datetime(2025, 10, 24, 7, tzinfo=UTC), 0, "Nothing new since Friday.", id="a day of the week"),
        pytest.param(
            datetime(2025, 10, 24, 7, tzinfo=UTC), 2, "Nothing new since Friday, 2 posted earlier.", id="earlier"
        ),
        pytest.param(
            datetime(2025, 10, 23, 22, 30, tzinfo=UTC), 0, "Nothing new since Friday.", id="the channel's day"
        ),
        pytest.param(
            datetime(2025, 10, 1, 7, tzinfo=UTC), 0, "Nothing new since Wednesday, 1 October 2025.", id="long ago"
        ),
        pytest.param(datetime(2025, 10, 27, 6, 5, tzinfo=UTC), 0, "Nothing new since 07:05.", id="this morning"),
        pytest.param(None, 0, "Nothing new yet.", id="the first"),
    ],
)
def test_a_channel_that_wants_it_hears_that_nothing_is_new(since: datetime | None, earlier: int, lead: str) -> None:
    wants = desk(channel=replace(CHANNEL, always=True))
    made = compose_digest([], desk=wants, edition=edition(since=since, earlier=earlier), limits=LIMITS)
    (message,) = made.messages
    assert (message.lead, message.groups) == (lead, ())
    assert message.read == "Read 9 feeds: 214 new items, 6 about the convention."


@pytest.mark.parametrize(
    ("readings", "line"),
    [
        (Readings(feeds=9, items=1214, matched=6), "Read 9 feeds: 1,214 new items, 6 about the convention."),
        (Readings(feeds=1, items=1, matched=0), "Read 1 feed: 1 new item, none about the convention."),
        (Readings(feeds=9, items=0, matched=0), "Read 9 feeds: no new items."),
    ],
)
def test_it_says_what_was_read(readings: Readings, line: str) -> None:
    made = compose_digest([plain("a", "rights")], desk=desk(), edition=edition(readings=readings), limits=LIMITS)
    assert made.messages[0].read == line


@pytest.mark.parametrize(
    ("state", "line"),
    [
        pytest.param(
            failing("cepa", datetime(2025, 10, 27, 7, 12, tzinfo=UTC), status=503, error="answered 503"),
            "Could not be read: CEPA (server out of order since 08:12, error 503)",
            id="a bad status, today",
        ),
        pytest.param(
            failing("cepa", datetime(2025, 10, 25, 6, 0, tzinfo=UTC), error="the answer took too long."),
            "Could not be read: CEPA (the answer took too long, since 25 October, 08:00)",
            id="no status, days ago, in summer time",
        ),
        pytest.param(
            failing("cepa", datetime(2025, 10, 27, 7, 12, tzinfo=UTC), status=200, error="the document is no feed"),
            "Could not be read: CEPA (the document is no feed, since 08:12)",
            id="a good status and a bad document",
        ),
        pytest.param(failing("gone", None), "Could not be read: gone (no answer)", id="nothing is known"),
    ],
)
def test_it_says_which_feed_could_not_be_read_and_since_when(state: FeedState, line: str) -> None:
    readings = Readings(feeds=9, items=2, matched=1, failing=(state,))
    made = compose_digest([plain("a", "rights")], desk=desk(), edition=edition(readings=readings), limits=LIMITS)
    assert made.messages[0].unread == (line,)
    assert made.messages[0].read == "Read 8 of 9 feeds: 2 new items, 1 about the convention."


def test_feeds_that_have_no_line_are_counted() -> None:
    readings = Readings(feeds=50, items=0, matched=0, failing=tuple(failing(f"f{n}", None) for n in range(30)))
    made = compose_digest([plain("a", "rights")], desk=desk(), edition=edition(readings=readings), limits=LIMITS)
    assert made.messages[0].unread[0] == "Could not be read: f0 (no answer)"
    assert made.messages[0].unread[-1] == "Could not be read: 22 more feeds"


@pytest.mark.parametrize(
    ("days", "when"),
    [
        ("01234", "Daily at 09:00 Europe/Vienna, Monday to Friday"),
        ("0123456", "Daily at 09:00 Europe/Vienna"),
        ("4", "Every Friday at 09:00 Europe/Vienna"),
        ("024", "Daily at 09:00 Europe/Vienna, Monday, Wednesday and Friday"),
        ("56", "Daily at 09:00 Europe/Vienna, Saturday and Sunday"),
    ],
)
def test_it_says_when_it_comes_and_what_for_and_where_that_is_set(days: str, when: str) -> None:
    cadence = Cadence(at=time(9), zone="Europe/Vienna", days=frozenset(map(int, days)))
    on = desk(
        wish("rights"), wish("convention"), wish("ratification", "instant"), channel=replace(CHANNEL, digest=cadence)
    )
    assert digest([plain("a", "rights")], on).messages[0].why == (
        f"{when} · topics: UN Convention against Cybercrime, Human rights · at once: Signature and ratification"
        " · set in feeds.yaml"
    )


def test_a_channel_set_by_chat_says_how_to_change_it_there() -> None:
    by_chat = replace(CHANNEL, set_by="chat")
    told = digest([plain("a", "rights")], desk(wish("rights"), channel=by_chat)).messages[0].why
    assert told == "Daily at 09:00 Europe/Vienna, Monday to Friday · topics: Human rights · set here with /treaty"
    at_once = desk(wish("rights", "instant"), channel=replace(by_chat, digest=None))
    told = compose_instant(plain("a", "rights"), desk=at_once, limits=LIMITS).why
    assert told == "At once: Human rights · change with /treaty"


def test_wishes_of_another_channel_do_not_count() -> None:
    other = Subscription(channel=ChannelId("slack", "T1", "C1"), topic="ai", wish="digest")
    assert "Artificial" not in digest([plain("a", "rights")], desk(wish("convention"), other)).messages[0].why


@pytest.mark.parametrize(
    ("instant", "zone", "told"),
    [
        pytest.param(
            datetime(2025, 10, 26, 14, 5, tzinfo=UTC), "Europe/Vienna", "26 October 2025, 15:05 CET", id="winter"
        ),
        pytest.param(
            datetime(2025, 10, 1, 2, 0, tzinfo=UTC), "America/New_York", "30 September 2025, 22:00 EDT", id="day"
        ),
        pytest.param(datetime(2025, 10, 1, 0, 0, tzinfo=UTC), "America/New_York", "1 October 2025", id="only a date"),
    ],
)
def test_a_time_is_the_zones_own_but_a_date_is_the_feeds(instant: datetime, zone: str, told: str) -> None:
    assert moment(instant, zone) == told
