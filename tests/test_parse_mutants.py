"""Spoiled feeds: a quick sample of what `python -m tests.mutants` tries by the hundred thousand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Document, Pace
from tests.conftest import ROOT
from tests.mutants import broken_promises, judged, mutant
from tests.test_parse import one_of

OURS = [path.read_bytes() for path in sorted((ROOT / "tests" / "data" / "feeds").iterdir())]

OUTCOMES = {"read", "refused"}


@pytest.mark.parametrize("seed", range(0, 300, 50))
def test_a_spoiled_feed_is_read_within_all_limits_or_refused(seed: int) -> None:
    wrong = {number: told for number in range(seed, seed + 50) if (told := judged(number, OURS)) not in OUTCOMES}
    assert wrong == {}


def test_spoiled_feeds_are_neither_all_read_nor_all_refused() -> None:
    told = [judged(seed, OURS) for seed in range(60)]
    assert 15 <= told.count("read") <= 55


def test_the_same_seed_spoils_the_same_way() -> None:
    assert mutant(7, OURS) == mutant(7, OURS)
    assert len({mutant(seed, OURS) for seed in range(20)}) >= 18


def test_a_broken_promise_would_be_seen() -> None:
    item = one_of("<title>x</title><guid>1</guid>")
    document = Document(items=(item,), pace=Pace(wait=timedelta(days=8)))
    assert broken_promises(document) == ["the wait", "feed and time of '1'"]
