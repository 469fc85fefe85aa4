"""Which channel is owed which story, and how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.route import Told, hearing
from bot.delivery.route import route as routed
from bot.model import ChannelId, Delivery, Subscription, Wish

NOW = datetime(2025, 10, 27, 8, 0, tzinfo=UTC)
LAW, DESK = ChannelId("slack", "T1", "C1"), ChannelId("terminal")


def told(story: str, *topics: str, age: timedelta | None = timedelta(hours=1)) -> Told:
    return Told(story=story, topics=frozenset(topics), published=None if age is None else NOW - age)


def route(stories: list[Told], wishes: list[Subscription], *, silent: bool, now: datetime) -> list[Delivery]:
    return list(routed(stories, wishes, silent=silent, now=now).deliveries)


def wish(channel: ChannelId, topic: str, how: Wish) -> Subscription:
    return Subscription(channel=channel, topic=topic, wish=how)


def test_a_story_is_owed_once_to_each_channel_that_follows_one_of_its_topics() -> None:
    wishes = [
        wish(LAW, "convention", "digest"),
        wish(LAW, "ratification", "digest"),
        wish(DESK, "convention", "instant"),
    ]
    assert route([told("s1", "convention", "ratification")], wishes, silent=False, now=NOW) == [
        Delivery(channel=LAW, story="s1", wish="digest"),
        Delivery(channel=DESK, story="s1", wish="instant"),
    ]


@pytest.mark.parametrize("order", [1, -1], ids=["digest first", "instant first"])
def test_one_topic_wished_at_once_brings_the_story_at_once(order: int) -> None:
    wishes = [wish(LAW, "convention", "digest"), wish(LAW, "ratification", "instant")][::order]
    assert route([told("s1", "convention", "ratification")], wishes, silent=False, now=NOW) == [
        Delivery(channel=LAW, story="s1", wish="instant")
    ]


def test_a_story_nobody_follows_is_owed_to_nobody() -> None:
    assert route([told("s1", "industry")], [wish(LAW, "ratification", "digest")], silent=False, now=NOW) == []


def test_a_channel_in_which_the_feed_is_muted_is_owed_nothing_that_it_tells() -> None:
    wishes = [wish(LAW, "convention", "instant"), wish(DESK, "convention", "instant")]
    muted = {LAW: frozenset({"gazette"}), DESK: frozenset({"courier"})}
    for feed, owed in (("gazette", [DESK]), ("courier", [LAW]), ("un-press", [LAW, DESK])):
        heard = list(hearing(wishes, muted, feed))
        deliveries = route([told("s1", "convention")], heard, silent=False, now=NOW)
        assert [delivery.channel for delivery in deliveries] == owed


def test_two_items_of_one_story_make_one_delivery_with_the_topics_of_both() -> None:
    wishes = [wish(LAW, "convention", "digest"), wish(LAW, "ratification", "instant")]
    stories = [told("s1", "convention"), told("s1", "convention", "ratification")]
    assert route(stories, wishes, silent=False, now=NOW) == [Delivery(channel=LAW, story="s1", wish="instant")]


@pytest.mark.parametrize(
    ("hows", "wished"),
    [
        (("instant", "digest", "weekly"), "instant"),
        (("weekly", "digest"), "digest"),
        (("weekly", "instant"), "instant"),
        (("weekly",), "weekly"),
    ],
    ids=" and ".join,
)
def test_the_most_urgent_wish_for_any_of_a_storys_topics_decides(hows: tuple[Wish, ...], wished: Wish) -> None:
    wishes = [wish(LAW, f"topic-{how}", how) for how in hows]
    story = told("s1", *(f"topic-{how}" for how in hows))
    assert route([story], wishes, silent=False, now=NOW) == [Delivery(channel=LAW, story="s1", wish=wished)]


def test_a_topic_wished_weekly_waits_for_the_week_although_there_is_a_daily_digest() -> None:
    wishes = [wish(LAW, "convention", "weekly"), wish(LAW, "rights", "digest"), wish(DESK, "convention", "digest")]
    assert route([told("s1", "convention"), told("s2", "rights")], wishes, silent=False, now=NOW) == [
        Delivery(channel=LAW, story="s1", wish="weekly"),
        Delivery(channel=DESK, story="s1", wish="digest"),
        Delivery(channel=LAW, story="s2", wish="digest"),
    ]


@pytest.mark.parametrize(
    ("digests", "kept"), [(("weekly",), "weekly"), (("weekly", "digest"), "digest")], ids=["only a weekly one", "both"]
)
def test_what_is_old_or_was_there_before_waits_for_the_channels_most_urgent_digest(
    digests: tuple[Wish, ...], kept: Wish
) -> None:
    wishes = [wish(LAW, "convention", "instant"), *(wish(LAW, f"topic-{how}", how) for how in digests)]
    old = told("s1", "convention", age=timedelta(days=8))
    assert route([old], wishes, silent=False, now=NOW) == [Delivery(channel=LAW, story="s1", wish=kept)]
    assert route([told("s1", "convention")], wishes, silent=True, now=NOW) == [
        Delivery(channel=LAW, story="s1", wish=kept, before=True)
    ]


def test_an_item_without_a_date_is_told_when_its_feed_is_known() -> None:
    assert route([told("s1", "convention", age=None)], [wish(LAW, "convention", "digest")], silent=False, now=NOW) == [
        Delivery(channel=LAW, story="s1", wish="digest")
    ]


def test_of_a_first_reading_nothing_is_posted_at_once() -> None:
    wishes = [wish(LAW, "convention", "digest"), wish(LAW, "ratification", "instant")]
    assert route([told("s1", "convention", "ratification")], wishes, silent=True, now=NOW) == [
        Delivery(channel=LAW, story="s1", wish="digest", before=True)
    ]


def test_a_first_reading_is_not_told_to_a_channel_without_a_digest() -> None:
    assert route([told("s1", "ratification")], [wish(LAW, "ratification", "instant")], silent=True, now=NOW) == []


def test_what_a_channel_wants_at_once_is_in_its_first_digest_though_no_digest_topic_matched() -> None:
    wishes = [wish(LAW, "convention", "digest"), wish(LAW, "treaties", "instant")]
    assert route([told("s1", "treaties")], wishes, silent=True, now=NOW) == [
        Delivery(channel=LAW, story="s1", wish="digest", before=True)
    ]


@pytest.mark.parametrize(
    ("age", "stories"),
    [
        (timedelta(days=7), ["s1"]),
        (timedelta(days=7, seconds=1), []),
        (None, []),
    ],
    ids=["seven days old", "a second older", "without a date"],
)
def test_of_a_first_reading_only_the_last_seven_days_are_told(age: timedelta | None, stories: list[str]) -> None:
    deliveries = route([told("s1", "convention", age=age)], [wish(LAW, "convention", "digest")], silent=True, now=NOW)
    assert [delivery.story for delivery in deliveries] == stories


# ── more at once than a channel can bear


def flood(count: int, *, age: timedelta | None = timedelta(hours=1)) -> list[Told]:
    """Stories s0, s1 …, each a minute older than the one before."""
    ages = [None if age is None else age + timedelta(minutes=number) for number in range(count)]
    return [told(f"s{number}", "convention", age=each) for number, each in enumerate(ages)]


AT_ONCE, DIGEST = wish(LAW, "convention", "instant"), wish(LAW, "ratification", "digest")


def test_a_feed_tells_at_most_ten_stories_at_once_and_they_are_the_newest() -> None:
    stories = flood(14)[::-1]
    found = routed(stories, [AT_ONCE], silent=False, now=NOW)
    assert sorted(one.story for one in found.deliveries) == sorted(f"s{number}" for number in range(10))
    assert {one.wish for one in found.deliveries} == {"instant"}
    assert found.held == 4


def test_what_an_earlier_reading_told_within_the_hour_counts_too() -> None:
    found = routed(flood(5), [AT_ONCE], silent=False, room=2, now=NOW)
    assert [one.story for one in found.deliveries] == ["s0", "s1"]
    assert found.held == 3


def test_where_there_is_a_digest_the_next_fifty_wait_there_and_the_rest_is_held_back() -> None:
    found = routed(flood(5_000), [AT_ONCE, DIGEST], silent=False, now=NOW)
    assert [one.wish for one in found.deliveries] == ["instant"] * 10 + ["digest"] * 50
    assert found.held == 4_990


def test_a_digest_is_not_held_back_from_by_what_is_told_at_once() -> None:
    found = routed(flood(30), [wish(LAW, "convention", "digest")], silent=False, now=NOW)
    assert len(found.deliveries) == 30
    assert found.held == 0


def test_an_old_story_waits_for_the_digest() -> None:
    old = told("s1", "convention", age=timedelta(days=8))
    found = routed([old], [AT_ONCE, DIGEST], silent=False, now=NOW)
    assert found.deliveries == (Delivery(channel=LAW, story="s1", wish="digest"),)
    assert found.held == 0


def test_an_old_story_comes_at_once_where_there_is_no_digest_to_wait_for() -> None:
    old = told("s1", "convention", age=timedelta(days=8))
    assert route([old], [AT_ONCE], silent=False, now=NOW) == [Delivery(channel=LAW, story="s1", wish="instant")]


def test_an_archive_published_anew_brings_its_newest_fifty_and_ten_to_the_digest_and_nothing_at_once() -> None:
    found = routed(flood(5_000, age=timedelta(days=30)), [AT_ONCE, DIGEST], silent=False, now=NOW)
    assert [one.wish for one in found.deliveries] == ["digest"] * 60
    assert [one.story for one in found.deliveries] == [f"s{number}" for number in range(60)]
    assert found.held == 4_940


def test_a_first_reading_holds_nothing_back() -> None:
    assert routed(flood(5_000), [AT_ONCE, DIGEST], silent=True, now=NOW).held == 0
