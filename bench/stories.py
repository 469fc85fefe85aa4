"""How well stories are told, and how fast: `python -m bench.stories ../shared/corpus/stories.jsonl`.

The file holds pairs of items, one a line: `a` and `b` with `title, summary, url, published, lang`, and `same`, which is
true where a channel should hear of the two once. Pairs are judged as two feeds would bring them, one after the other.
The halves: events, that is items joined by pairs that are the same, are dealt into two halves at random, pairs of both
halves are left out; the threshold that does best on one half is tried on the other.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from bot.model import Item, Telling
from bot.topics import likeness
from bot.topics.pairs import of_item, of_telling, score
from bot.topics.stories import Memory

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
DEALS = 200  # ways to deal the events into halves
THRESHOLDS = [2.0 + step / 10 for step in range(31)]


@dataclass(frozen=True)
class Pair:
    """Two labelled items."""

    one: Item
    other: Item
    same: bool

    @property
    def stratum(self) -> str:
        """Whether both are in one language."""
        return "within one language" if self.one.lang == self.other.lang else "across languages"

    @property
    def merged(self) -> bool:
        """Whether we take them for one story."""
        (first, _), (second, _) = Memory().tell([self.one, self.other])
        return first == second

    @property
    def score(self) -> float:
        """How alike they are; nothing if they are told apart."""
        one, other = (likeness.profile_of(item.title, item.summary) for item in (self.one, self.other))
        return 0 if likeness.apart(one, other) else likeness.likeness(one, other)


def read_pairs(path: Path, *, dated: bool = True) -> list[Pair]:
    """The pairs of a file; with `dated` False as if no publisher gave a date."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Pair(_item("one", line["a"], dated=dated), _item("other", line["b"], dated=dated), line["same"])
        for line in lines
    ]


def rates(pairs: Iterable[Pair], merged: Iterable[bool]) -> tuple[int, int, int, float, float]:
    """Rightly merged, wrongly merged, wrongly kept apart; precision; recall."""
    judged = [(pair.same, told) for pair, told in zip(pairs, merged, strict=True)]
    right, wrong, missed = (judged.count(kind) for kind in ((True, True), (False, True), (True, False)))
    return right, wrong, missed, right / ((right + wrong) or 1), right / ((right + missed) or 1)


def _item(feed: str, side: dict[str, str | None], *, dated: bool) -> Item:
    published = datetime.fromisoformat(f"{side['published']}T12:00:00+00:00") if side["published"] and dated else None
    return Item(
        feed=feed,
        key=side["url"] or "",
        link=side["url"] or "",
        title=side["title"] or "",
        summary=side["summary"] or "",
        lang=side["lang"],
        published=published,
        seen=SEEN,
    )


def _halves(pairs: Sequence[Pair], deal: random.Random) -> tuple[list[Pair], list[Pair]]:
    """Two halves without an event in common."""
    event: dict[str, str] = {}

    def root(link: str) -> str:
        while event.setdefault(link, link) != link:
            link = event[link]
        return link

    for pair in pairs:
        if pair.same:
            event[root(pair.one.link)] = root(pair.other.link)
    side = {root: deal.random() < 0.5 for root in sorted({root(item.link) for p in pairs for item in (p.one, p.other)})}
    both = [(side[root(pair.one.link)], side[root(pair.other.link)], pair) for pair in pairs]
    return [p for a, b, p in both if a and b], [p for a, b, p in both if not a and not b]


def _best_threshold(pairs: Sequence[Pair], scores: dict[int, float]) -> float:
    """Where most is found with a precision of 0.95 at least, the middle of such a stretch."""
    found = []
    for threshold in THRESHOLDS:
        *_, precision, recall = rates(pairs, [scores[id(pair)] >= threshold for pair in pairs])
        found.append((recall if precision >= 0.95 else precision - 1, threshold))
    best = [threshold for value, threshold in found if value == max(found)[0]]
    return best[len(best) // 2]


def cross_validate(pairs: Sequence[Pair]) -> None:
    """Print what a threshold chosen on half of the events gives on the other half."""
    scores = {id(pair): pair.score for pair in pairs}
    sums: dict[str, list[int]] = {}
    chosen = []
    for number in range(DEALS):
        for known, unknown in (halves := _halves(pairs, random.Random(number)), halves[::-1]):  # noqa: S311 - no secret
            threshold = _best_threshold(known, scores)
            chosen.append(threshold)
            for stratum in {pair.stratum for pair in unknown}:
                part = [pair for pair in unknown if pair.stratum == stratum]
                counts = rates(part, [scores[id(pair)] >= threshold for pair in part])[:3]
                sums[stratum] = [a + b for a, b in zip(sums.get(stratum, [0, 0, 0]), counts, strict=True)]
    print(f"\nthreshold from one half of the events, tried on the other ({2 * DEALS} times; ours is {likeness.SAME}):")
    for stratum, (right, wrong, missed) in sorted(sums.items(), reverse=True):
        print(f"  {stratum:20}  precision {right / (right + wrong):.3f}  recall {right / (right + missed):.3f}")
    print(f"  thresholds chosen: {min(chosen)} to {max(chosen)}, most often {max(set(chosen), key=chosen.count)}")


def measure(pairs: Sequence[Pair], *, stories: int) -> None:
    """Print how long one new item takes against so many stories, and how long it would with each of them."""
    items = [item for pair in pairs for item in (pair.one, pair.other)]
    tellings = [_telling(number, items[number % len(items)]) for number in range(stories)]
    memory = Memory()
    learnt = _seconds(lambda: memory.learn(tellings))
    told = [of_telling(telling) for telling in tellings]
    new = [of_item("", item) for item in items[:40]]  # their texts are read by now, as those of the stories are
    took = [_seconds(partial(memory.tell, [item])) for item in items[:40]]
    exhaustive = [_seconds(lambda: [score(one, each) for each in told]) for one in new]  # noqa: B023 - called at once
    print(f"{stories:9,}{median(took) * 1000:13.2f}{max(took) * 1000:10.2f}", end="")
    print(f"{median(exhaustive) * 1000:20.1f}{learnt / stories * 1000:16.2f}")


def _seconds(deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


def _telling(number: int, like: Item) -> Telling:
    """A story of its own, with hardly another word."""
    return Telling(
        serial=number + 1,
        story=str(number),
        feed=f"feed{number}",
        link=f"https://example.org/{number}",
        title=f"{like.title} {number}a",
        opening=f"{number}b {like.summary}",
        seen=SEEN + timedelta(minutes=number),
        published=None,
    )


def main() -> None:
    """Print precision and recall for each kind of pair, then the halves, then the speed."""
    path = Path(sys.argv[1])
    for dated in (True, False):
        pairs = read_pairs(path, dated=dated)
        print(f"{len(pairs)} pairs, " + ("with the dates they have" if dated else "as if none had a date"))
        for stratum in ("within one language", "across languages"):
            part = [pair for pair in pairs if pair.stratum == stratum]
            right, wrong, missed, precision, recall = rates(part, [pair.merged for pair in part])
            print(f"  {stratum:20}  precision {precision:.3f}  recall {recall:.3f}", end="")
            print(f"   ({right} merged rightly, {wrong} wrongly, {missed} missed, of {len(part)})")
    cross_validate(pairs)
    print("\nmilliseconds to find an item's story, and to learn one at a start (its text is read):")
    print("  stories      median       max   compared with each           learnt")
    for stories in (300, 2_000, 10_000):
        measure(pairs, stories=stories)


if __name__ == "__main__":
    main()
