"""What a weekly digest says: its stories, and the week at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from io import StringIO
from pathlib import Path

import pytest

from bot.chat.slack import blocks
from bot.chat.terminal import Terminal
from bot.delivery.compose import LEAST_WHOLE, Desk, Digest, Edition, compose_digest
from bot.delivery.glance import LINES
from bot.model import Cadence, Glance, Limits, Message, Owed, Readings, Subscription, Topic, Trend
from tests.desks import CHANNEL, LIMITS, MONDAY, desk, plain, shown, wish
from tests.slack_shapes import digest as slack_digest
from tests.slack_shapes import held_against, read, words

FRIDAYS = Cadence(at=time(16), zone="Europe/Vienna", days=frozenset({4}))
WEEKLY = replace(CHANNEL, digest=None, weekly=FRIDAYS)
A_WEEK_AGO = datetime(2025, 10, 20, 8, tzinfo=UTC)
QUIET: Mapping[str, Sequence[int]] = {"convention": [0] * 8}
WEEKS = {"convention": [3, 5, 2, 8, 14, 6, 2, 7], "ratification": [0, 0, 1, 0, 0, 0, 1, 0], "rights": [0] * 8}


def weekly(
    stories: Sequence[Owed],
    on: Desk | None = None,
    *,
    earlier: int = 0,
    weeks: Mapping[str, Sequence[int]] = QUIET,
    limits: Limits = LIMITS,
) -> Digest:
    edition = Edition(
        kind="weekly",
        day=MONDAY,
        since=A_WEEK_AGO,
        readings=Readings(feeds=9, items=214, matched=6),
        earlier=earlier,
        weeks=weeks,
    )
    return compose_digest(stories, desk=on or of_week(wish("convention", "weekly")), edition=edition, limits=limits)


def of_week(*wishes: Subscription) -> Desk:
    return desk(*wishes, channel=WEEKLY)


def only(made: Digest) -> Message:
    (message,) = made.messages
    return message


def glanced(made: Digest) -> Glance:
    glance = only(made).glance
    assert glance is not None
    return glance


# ── around the stories


def test_the_heading_says_that_it_is_the_week() -> None:
    message = only(weekly([plain("a", "rights"), plain("b", "convention")]))
    assert message.heading == "UN Convention against Cybercrime · week to Monday, 27 October 2025"
    assert shown(Digest(messages=(message,), dropped=())) == [
        ("Human rights", ["a"]),
        ("UN Convention against Cybercrime", ["b"]),
    ]


def test_what_stands_in_the_thread_says_that_it_is_the_week_too() -> None:
    made = weekly([plain(f"{n}", "rights") for n in range(3)], limits=replace(LIMITS, stories=2))
    assert [message.heading for message in made.messages[1:]] == ["Week to Monday, 27 October 2025 · continued"]
    assert [message.glance is None for message in made.messages] == [False, True]


@pytest.mark.parametrize(
    ("new", "earlier", "weeks", "lead"),
    [
        (2, 0, QUIET, "2 new stories"),
        (2, 12, QUIET, "2 new stories, 12 posted earlier"),
        (0, 12, QUIET, "12 stories since Monday, 20 October 2025, all posted earlier"),
        (0, 1, QUIET, "1 story since Monday, 20 October 2025, posted earlier"),
        (0, 0, WEEKS, "No story waited for this digest."),
    ],
)
def test_the_lead_counts_what_is_new_and_what_was_posted_before(
    new: int, earlier: int, weeks: Mapping[str, Sequence[int]], lead: str
) -> None:
    made = weekly([plain(f"{n}", "rights") for n in range(new)], earlier=earlier, weeks=weeks)
    assert only(made).lead == lead


def test_a_week_without_any_story_is_silent_unless_the_channel_wants_to_hear_it() -> None:
    assert weekly([]) == Digest(messages=(), dropped=())
    wants = desk(wish("convention", "weekly"), channel=replace(WEEKLY, always=True))
    assert only(weekly([], wants)).lead == "Nothing new since Monday, 20 October 2025."


def test_it_says_what_comes_weekly_and_what_comes_otherwise() -> None:
    both = replace(WEEKLY, digest=CHANNEL.digest)
    wishes = (wish("rights", "weekly"), wish("ai", "digest"), wish("ratification", "instant"))
    assert only(weekly([plain("a", "rights")], desk(*wishes, channel=both))).why == (
        "Every Friday at 16:00 Europe/Vienna · topics: Human rights · daily: Artificial intelligence"
        " · at once: Signature and ratification · set in feeds.yaml"
    )


def test_a_daily_digest_says_what_comes_weekly_and_has_no_look_back() -> None:
    both = desk(wish("ai"), wish("rights", "weekly"), channel=replace(CHANNEL, weekly=FRIDAYS))
    edition = Edition(day=MONDAY, since=None, readings=Readings(feeds=9, items=0, matched=0), earlier=0)
    message = only(compose_digest([plain("a", "ai")], desk=both, edition=edition, limits=LIMITS))
    assert message.why == (
        "Daily at 09:00 Europe/Vienna, Monday to Friday · topics: Artificial intelligence · weekly: Human rights"
        " · set in feeds.yaml"
    )
    assert message.glance is None


# ── the week at a glance


def test_each_followed_topic_has_a_bar_of_eight_weeks_and_the_weeks_number_in_words() -> None:
    wishes = (wish("ratification", "weekly"), wish("convention", "digest"))
    assert glanced(weekly([], of_week(*wishes), weeks=WEEKS)) == Glance(
        heading="The week at a glance",
        trends=(
            Trend(
                name="UN Convention against Cybercrime",
                bar="▃▄▂▅█▄▂▅",
                told="7 stories, 2 the week before",
            ),
            Trend(name="Signature and ratification", bar="▁▁▂▁▁▁▂▁", told="no story, 1 the week before"),
        ),
        notes=("A bar shows eight weeks, this one last; its highest sign means 14 stories.",),
    )


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (2, 7, "7 stories, 2 the week before"),
        (0, 1, "1 story, none the week before"),
        (1, 0, "no story, 1 the week before"),
        (0, 0, "no story in two weeks"),
    ],
)
def test_the_number_of_a_week_is_told_beside_that_of_the_week_before(before: int, now: int, said: str) -> None:
    (trend,) = glanced(weekly([plain("a", "convention")], weeks={"convention": [9] * 6 + [before, now]})).trends
    assert trend.told == said


@pytest.mark.parametrize(
    ("numbers", "bar"),
    [
        ([0] * 8, "▁▁▁▁▁▁▁▁"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([0, 0, 0, 0, 0, 0, 0, 1], "▁▁▁▁▁▁▁█"),
        ([1, 0, 0, 0, 0, 0, 999, 1000], "▂▁▁▁▁▁██"),
    ],
    ids=["nothing", "steps", "one", "one beside a thousand"],
)
def test_a_week_with_a_story_is_higher_than_one_without(numbers: list[int], bar: str) -> None:
    (trend,) = glanced(weekly([plain("a", "convention")], weeks={"convention": numbers})).trends
    assert trend.bar == bar


def test_topics_within_a_followed_one_have_a_line_where_there_was_a_story_in_eight_weeks() -> None:
    names = [trend.name for trend in glanced(weekly([], weeks=WEEKS)).trends]
    assert names == ["UN Convention against Cybercrime", "Signature and ratification"]


def test_a_topic_that_the_channel_does_not_follow_has_no_line() -> None:
    glance = glanced(weekly([], of_week(wish("rights", "weekly")), weeks=WEEKS | {"rights": [0] * 7 + [1]}))
    assert [(trend.name, trend.told) for trend in glance.trends] == [("Human rights", "1 story, none the week before")]


def test_of_many_topics_those_with_most_stories_this_week_have_a_line_and_the_others_are_counted() -> None:
    many = tuple(Topic(id=f"t{n}", name=f"Topic {n}") for n in range(40))
    on = Desk(channel=WEEKLY, subscriptions=[wish(f"t{n}", "weekly") for n in range(40)], topics=many, feeds=())
    glance = glanced(weekly([], on, weeks={f"t{n}": [0] * 7 + [n] for n in range(40)}))
    assert [trend.name for trend in glance.trends] == [f"Topic {n}" for n in range(40 - LINES, 40)]
    assert glance.notes[0] == "And 30 more topics."


@pytest.mark.parametrize("limits", [blocks.LIMITS, Terminal.limits], ids=["Slack", "a terminal"])
def test_a_platforms_message_holds_all_that_stands_around_the_longest_story(limits: Limits) -> None:
    assert limits.whole >= LEAST_WHOLE


# ── as it reads

GLANCE = Glance(
    heading="The week at a glance",
    trends=(
        Trend(name="Signature and ratification", bar="▁▂▁▃▅▂▁█", told="7 stories, 2 the week before"),
        Trend(name="Human rights", bar="▁▁▁▁▁▁▁▂", told="1 story, none the week before"),
    ),
    notes=("And 4 more topics.", "The depositary's record: 72 signatories."),
)


def test_in_slack_the_glance_stands_between_the_stories_and_the_foot() -> None:
    payload = blocks.render(slack_digest(glance=GLANCE, why="Every Friday"))
    kinds = [block["type"] for block in read(payload)["blocks"]]
    assert kinds == ["header", "section", "divider", "rich_text", "context", "divider", "context"]
    assert (
        "The week at a glance\n▁▂▁▃▅▂▁█ Signature and ratification 7 stories, 2 the week before\n"
        "▁▁▁▁▁▁▁▂ Human rights 1 story, none the week before"
        "And 4 more topics.\nThe depositary's record: 72 signatories."
    ) in words(payload)


def test_slacks_notification_says_the_week_in_words_without_bars() -> None:
    assert read(blocks.render(slack_digest(glance=GLANCE)))["text"] == (
        "1 new story · The convention · Monday, 27 October 2025. The week at a glance. Signature and ratification: "
        "7 stories, 2 the week before. Human rights: 1 story, none the week before. "
        "And 4 more topics. The depositary's record: 72 signatories"
    )


def test_in_a_terminal_the_bars_stand_below_each_other() -> None:
    message = replace(slack_digest(), glance=GLANCE, why="Every Friday")
    shown_there = Terminal(StringIO(), colour=False, width=50).render(message)
    assert shown_there.endswith("""\
── The week at a glance ──────────────────────────

▁▂▁▃▅▂▁█  Signature and ratification: 7 stories, 2
          the week before
▁▁▁▁▁▁▁▂  Human rights: 1 story, none the week
          before

And 4 more topics.
The depositary's record: 72 signatories.

──────────────────────────────────────────────────
Every Friday""")


def test_what_a_topic_is_called_can_do_nothing_in_slack(shared: Path) -> None:
    trends = tuple(Trend(name=name, bar="▁" * 8, told="no story") for name in ("<!channel>", "<@U1> *b*", "a\u202eb"))
    message = slack_digest(glance=Glance(heading="The week at a glance", trends=trends, notes=("<!here>",)))
    assert held_against(blocks.render(message), shared) == []
