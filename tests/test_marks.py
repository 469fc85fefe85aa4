"""What people said of stories, counted by topic and month, and as labelled lines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model import ChannelId, Feedback, Found, Item, Judged, Topic
from bot.topics.marks import Precision, labelled, lately, precision, votes

OCTOBER = datetime(2025, 10, 31, 23, 59, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 1, tzinfo=UTC)
TOPICS = (
    Topic(id="convention", name="Convention"),
    Topic(id="ratification", name="Ratification", within="convention"),
    Topic(id="reservations", name="Reservations", within="ratification"),
    Topic(id="ai", name="Artificial intelligence"),
)
EVERYTHING = ("reservations", "ratification", "convention", "ai")


def a_word(
    told: str,
    *,
    by: str = "anna",
    story: str = "s1",
    at: datetime = OCTOBER,
    given: tuple[str, ...] = ("ratification", "convention"),
    title: str = "Qatar ratifies",
) -> Judged:
    """`+ratification`: somebody says that the story belongs there; `-ratification`: that it does not."""
    said = Feedback(
        story=story,
        topic=told[1:],
        by=f"slack:T1:{by}",
        channel=ChannelId("slack", "T1", "C1"),
        relevant=told[0] == "+",
        at=at,
    )
    item = Item(feed="gazette", key=story, link="https://gazette.example/1", title=title, seen=OCTOBER)
    return Judged(feedback=said, found=Found(item=item, outlet="The Gazette", topics=given, evidence=None))


def counted(*judged: Judged) -> list[Precision]:
    return precision(votes(judged))


def label(*judged: Judged) -> tuple[str, ...] | None:
    """The topics of the one story, if it has a label."""
    found = labelled(votes(judged), TOPICS)
    return found[0].topics if found else None


# ── precision


def test_precision_is_the_share_of_the_relevant_stories() -> None:
    said = [a_word(word, story=str(number)) for number, word in enumerate(["+ai", "+ai", "-ai", "+ai"])]
    (one,) = counted(*said)
    assert one == Precision(topic="ai", month="2025-10", relevant=3, irrelevant=1)
    assert one.share == 0.75


def test_a_story_counts_once_and_as_most_persons_say() -> None:
    said = [a_word("+ai", by="anna"), a_word("-ai", by="ben"), a_word("-ai", by="carla")]
    assert counted(*said) == [Precision(topic="ai", month="2025-10", irrelevant=1)]


def test_as_many_yes_as_no_is_neither() -> None:
    (one,) = counted(a_word("+ai", by="anna"), a_word("-ai", by="ben"))
    assert one == Precision(topic="ai", month="2025-10", undecided=1)
    assert one.share is None


def test_topics_are_counted_apart_and_months_the_newest_first() -> None:
    said = [a_word("+ratification", story="1"), a_word("-ai", story="1"), a_word("+ai", story="2", at=NOVEMBER)]
    assert [(one.topic, one.month, one.share) for one in counted(*said)] == [
        ("ai", "2025-11", 1.0),
        ("ai", "2025-10", 0.0),
        ("ratification", "2025-10", 1.0),
    ]


def test_a_story_belongs_to_the_month_of_the_last_word_in_utc() -> None:
    late = datetime.fromisoformat("2025-12-01T01:00:00+02:00")
    said = [a_word("+ai", by="anna", at=late), a_word("+ai", by="ben", at=OCTOBER)]
    assert [one.month for one in counted(*said)] == ["2025-11"]


@pytest.mark.parametrize(
    ("now", "months"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), ["2026-01", "2025-12"]),
        (datetime(2025, 12, 31, tzinfo=UTC), ["2025-12", "2025-11"]),
        (datetime.fromisoformat("2026-02-01T00:30:00+01:00"), ["2026-01", "2025-12"]),
    ],
    ids=["january", "december", "utc"],
)
def test_lately_is_this_month_and_the_last(now: datetime, months: list[str]) -> None:
    said = [
        a_word("+ai", story=f"{month}", at=datetime(2025 + month // 12, month % 12 + 1, 15, tzinfo=UTC))
        for month in range(9, 14)
    ]
    assert [one.month for one in lately(counted(*said), now=now)] == months


# ── labels


@pytest.mark.parametrize(
    ("given", "said", "topics"),
    [
        (("ratification", "convention"), ["+ratification"], ("ratification", "convention")),
        (("ratification", "convention"), ["-ratification"], ("convention",)),
        (EVERYTHING, ["-ratification"], ("convention", "ai")),
        (("ratification", "convention"), ["-convention"], ()),
        (EVERYTHING, ["-convention"], ("ai",)),
        (EVERYTHING, ["-convention", "-ai"], ()),
        (("convention",), ["+ai"], ("convention", "ai")),
        ((), ["+ratification"], ("ratification", "convention")),
        ((), ["+ratification", "-convention"], ("ratification",)),
        (EVERYTHING, ["-ratification", "+reservations"], ("reservations", "convention", "ai")),
        (("gone", "convention"), ["-gone"], ("convention",)),
        ((), ["-ai"], ()),
    ],
    ids=[
        "as the rules say",
        "one topic less",
        "and what is within it",
        "nothing is left",
        "all within it, and no other",
        "each of them",
        "one that the rules do not give",
        "with those around it",
        "but not against somebody's word",
        "a word on itself counts before one on those around it",
        "a topic that was taken out of the file",
        "one that the rules give no more",
    ],
)
def test_a_label_has_the_topics_of_the_rules_as_people_corrected_them(
    given: tuple[str, ...], said: list[str], topics: tuple[str, ...]
) -> None:
    found = labelled(votes([a_word(word, given=given) for word in said]), TOPICS)
    assert [(one.topics, one.relevant) for one in found] == [(topics, bool(topics))]


def test_what_is_undecided_stays_as_the_rules_have_it_and_is_no_label_of_its_own() -> None:
    undecided = [a_word("+ratification", by="anna"), a_word("-ratification", by="ben")]
    assert label(*undecided) is None
    assert label(*undecided, a_word("+convention")) == ("ratification", "convention")


def test_each_story_has_one_label() -> None:
    said = [a_word("+ai", story="1"), a_word("-ratification", story="2"), a_word("+convention", story="1")]
    assert [one.story for one in labelled(votes(said), TOPICS)] == ["1", "2"]


def test_a_story_in_which_nothing_could_be_looked_for_has_none() -> None:
    assert label(a_word("+ai", title=" ")) is None


def test_people_disagree_with_the_rules_where_they_say_otherwise() -> None:
    said = [a_word("-ratification"), a_word("+convention"), a_word("+ai"), a_word("-reservations")]
    assert [vote.topic for vote in votes(said) if vote.disagrees] == ["ratification", "ai", "reservations"]
