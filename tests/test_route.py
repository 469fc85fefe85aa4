"""Which channel is owed which story, and how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.route import Told, route
from bot.model import ChannelId, Delivery, Subscription, Wish

NOW = datetime(2025, 10, 27, 8, 0, tzinfo=UTC)
LAW, DESK = ChannelId("slack", "T1", "C1"), ChannelId("terminal")


def told(story: str, *topics: str, age: timedelta | None = timedelta(hours=1)) -> Told:
    return Told(story=story, topics=frozenset(topics), published=None if age is None else NOW - age)


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


def test_two_items_of_one_story_make_one_delivery_with_the_topics_of_both() -> None:
    wishes = [wish(LAW, "convention", "digest"), wish(LAW, "ratification", "instant")]
    stories = [told("s1", "convention"), told("s1", "convention", "ratification")]
    assert route(stories, wishes, silent=False, now=NOW) == [Delivery(channel=LAW, story="s1", wish="instant")]


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
