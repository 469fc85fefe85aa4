"""Rules beside labels: how often they are right, in all, per language and per topic."""

from __future__ import annotations

import json

import pytest

from bot.model import Topic
from bot.topics.evaluate import Evaluation, Score, evaluate
from bot.topics.lines import Labelled, LineError, read_labelled
from bot.topics.rules import compile_rules
from tests.test_why import CONVENTION, RATIFICATION

RIGHTS = Topic(id="human-rights", name="Human rights", within="convention", any=("human rights",))
TOPICS = (CONVENTION, RATIFICATION, RIGHTS)


def a_line(title: str, *topics: str, relevant: bool = True, lang: str | None = "en") -> Labelled:
    record = {"id": title, "title": title, "relevant": relevant, "topics": topics, "lang": lang}
    return read_labelled(json.dumps(record).encode())


def evaluated(*lines: Labelled) -> Evaluation:
    return evaluate(lines, compile_rules(TOPICS), TOPICS)


LINES = (
    a_line("Senate ratifies the Hanoi Convention", "ratification"),
    a_line("Human rights and the Hanoi Convention", "human-rights", "ratification", lang="EN"),
    a_line("Конвенция", lang="ru"),
    a_line("The Hanoi Convention Bureau has rooms", relevant=False),
    a_line("Gardening", relevant=False, lang=None),
)


def test_precision_recall_and_f1_are_reckoned_in_all() -> None:
    told = evaluated(*LINES)
    assert (told.items, told.relevant, told.total) == (5, 3, Score(right=2, false=1, missed=1))
    assert told.total.precision == told.total.recall == told.total.f1 == pytest.approx(2 / 3)


def test_each_language_has_its_own_score_the_most_frequent_first() -> None:
    assert evaluated(*LINES).languages == (
        ("en", Score(right=2, false=1)),
        ("?", Score()),
        ("ru", Score(missed=1)),
    )


def test_topics_are_scored_among_labelled_relevant_items_and_only_those_that_labels_name() -> None:
    told = evaluated(*LINES)
    assert told.topics == (("ratification", Score(right=1, missed=1)), ("human-rights", Score(right=1)))
    assert (told.hit, told.labelled) == (2, 2)


def test_an_item_without_any_right_topic_is_no_hit() -> None:
    told = evaluated(a_line("The Hanoi Convention", "ratification"))
    assert (told.hit, told.labelled, told.misses) == (0, 1, ())


def test_every_miss_tells_which_phrases_fired_or_what_was_lacking() -> None:
    missed, alarm = evaluated(a_line("A UN treaty"), a_line("The Hanoi Convention Bureau", relevant=False)).misses
    assert (missed.kind, str(missed.why.nearest)) == (
        "missed",
        ("nearest: convention. Found “treaty”, “UN” within 2 words; lacking one of: cybercrime, cyber crime."),
    )
    assert (alarm.kind, alarm.why.matched[0].proofs[0].phrase) == ("false alarm", "hanoi convention")


def test_where_nothing_is_found_there_is_no_precision() -> None:
    assert (Score(missed=1).precision, Score(missed=1).f1) == (None, 0)
    assert (Score().recall, Score().f1) == (None, None)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b'{"title": "x"}', 'no label; write "relevant": true, or false'),
        (b'{"title": "x", "relevant": "yes"}', 'no label; write "relevant": true, or false'),
        (
            b'{"title": "x", "relevant": true, "topics": "us"}',
            'topics is not a list of ids; write "topics": ["ratification"]',
        ),
        (b'{"relevant": true}', "neither title nor summary"),
        (b"nonsense", "not JSON: Expecting value (column 1)"),
    ],
    ids=["no label", "a word", "topics no list", "no item", "no json"],
)
def test_a_line_without_item_or_label_says_what_is_wrong(raw: bytes, what: str) -> None:
    with pytest.raises(LineError) as caught:
        read_labelled(raw)
    assert str(caught.value) == what
