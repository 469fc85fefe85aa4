"""How fast items are judged, whatever the number of topics: `python -m bench.classify [--items 1000]`.

Articles of 5 kB, made-up words as unevenly frequent as English ones, with curly quotes, dashes and lines, are judged
by 100, 1,000 and 20,000 phrases of one to four words, a quarter of them taken from the articles, in at most 2,000
topics. At 20,000 phrases some 300 are found in an article, for about 70 topics. Side by side, in the same run: the bare
automaton with a boundary check over text that is normalised already, and `re` alternation over the text in small
letters. The order changes from article to article, so that a busy machine slows all alike. "phrases found" is what
compares with the automaton: normalising and looking for phrases; "judged" is all of it, with every topic's score and
quoted evidence.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

from bot.config import load
from bot.model import Item, Topic
from bot.topics.classify import classify
from bot.topics.rules import Rules, compile_rules
from bot.topics.text import normalise

T = TypeVar("T")
SEEN = datetime(2026, 1, 1, tzinfo=UTC)
LENGTH = 5_000  # bytes of an article
SIZES = (100, 1_000, 20_000)
TOPICS = 2_000
_SLOW = 0.02  # seconds an article of `re`: above, only a sample is tried
_SAMPLE = 15

_SYLLABLES = tuple(map("".join, zip("bcdfghjklmnpqrstvwxz" * 2, "aeioua" * 7, strict=False)))
_COMMON = re.findall(
    r"\w+",
    "the of and to in a is that for it as was with on by at from be this have are not which but they his had has were"
    " or an their one all we said more when who will would about there been if out up so them some can could only into",
)


class Row(NamedTuple):
    """One line of the table."""

    name: str
    phrases: int
    median: float  # milliseconds an article
    late: float  # 95 of 100 are faster
    build: float  # seconds
    memory: float  # MiB more
    tried: int  # articles


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - the same articles each time
    vocabulary = _vocabulary(chance)
    articles = [_article(chance, vocabulary) for _ in range(options.items)]
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}, {options.items} articles\n"
    )
    print("| matcher | phrases | median ms | 95 % ms | build s | MiB more | articles |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for size in SIZES:
        for row in _rows(_phrases(chance, vocabulary, articles, size), articles):
            _show(row)
    for row in _shipped(chance, vocabulary, articles):
        _show(row)


def _show(row: Row) -> None:
    print(
        f"| {row.name} | {row.phrases:,} | {row.median:.3f} | {row.late:.3f} | {row.build:.2f} | {row.memory:.0f}"
        f" | {row.tried:,} |",
        flush=True,
    )


# ── what is judged


def _vocabulary(chance: random.Random) -> list[str]:
    words = {"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(12_000)}
    return sorted(words)


def _article(chance: random.Random, vocabulary: Sequence[str]) -> str:
    """A text whose words are as unevenly frequent as those of a language."""
    parts: list[str] = []
    length = 0
    while length < LENGTH:
        word = (
            chance.choice(_COMMON)
            if chance.random() < 0.45
            else vocabulary[int(len(vocabulary) * chance.random() ** 3)]
        )
        mark = chance.choices(("", ",", ".", "’s", " –", ".\n"), (80, 8, 8, 2, 1, 1))[0]
        parts.append((word.title() if chance.random() < 0.1 else word) + mark)
        length += len(parts[-1].encode()) + 1
    return " ".join(parts)


def _phrases(chance: random.Random, vocabulary: Sequence[str], articles: Sequence[str], count: int) -> list[str]:
    """Phrases of one to four words, each once; a quarter of them stand in an article."""
    phrases: dict[str, None] = {}
    while len(phrases) < count:
        length = chance.choices((1, 2, 3, 4), (2, 12, 12, 8))[0]
        if chance.random() < 0.25:
            words = normalise(chance.choice(articles)).words.split()
            at = chance.randrange(len(words) - length)
            phrase = words[at : at + length]
        else:
            phrase = chance.choices(vocabulary, k=length)
        if len(" ".join(phrase)) > 3:
            phrases[" ".join(phrase)] = None
    return list(phrases)


def _topics(phrases: Sequence[str]) -> list[Topic]:
    each = max(1, len(phrases) // TOPICS)
    return [
        Topic(id=f"t{start}", name="T", any=tuple(phrases[start : start + each]))
        for start in range(0, len(phrases), each)
    ]


# ── how long it takes


def _rows(phrases: Sequence[str], articles: Sequence[str]) -> list[Row]:
    before = _resident()
    rules, ours_build = _timed(lambda: compile_rules(_topics(phrases)))
    memory = _resident() - before
    before = _resident()
    bare, bare_build = _timed(lambda: AhoCorasick(list(phrases), matchkind=MatchKind.Standard))
    bare_memory = _resident() - before
    before = _resident()
    pattern, pattern_build = _timed(lambda: re.compile(r"\b(?:" + "|".join(map(re.escape, phrases)) + r")\b"))
    pattern_memory = _resident() - before
    pairs = [(_item(text), normalise(text).words) for text in articles]
    judged, found, automaton, alternation = _raced(rules, bare, pattern, pairs)
    return [
        _row("judged", len(phrases), judged, ours_build, memory),
        _row("phrases found", len(phrases), found, ours_build, memory),
        _row("automaton, boundaries; normalised before", len(phrases), automaton, bare_build, bare_memory),
        _row("`re` alternation", len(phrases), alternation, pattern_build, pattern_memory),
    ]


def _raced(
    rules: Rules, bare: AhoCorasick, pattern: re.Pattern[str], pairs: Sequence[tuple[Item, str]]
) -> tuple[list[float], ...]:
    """Seconds an article: judged, phrases found, by the bare automaton, by `re`."""
    times: tuple[list[float], ...] = ([], [], [], [])
    for number, (item, words) in enumerate(pairs):
        runs: list[Callable[[], object]] = [
            partial(classify, item, rules),
            partial(_found, item, rules),
            partial(_bounded, bare, words),
        ]
        if len(times[3]) < _SAMPLE or statistics.median(times[3]) < _SLOW:
            runs.append(partial(_searched, pattern, item))
        for which in range(len(runs)) if number % 2 else reversed(range(len(runs))):
            times[which].append(_timed(runs[which])[1])
    return times


def _found(item: Item, rules: Rules) -> list[tuple[int, int, int]]:
    return rules.hits(normalise(item.content).words)


def _searched(pattern: re.Pattern[str], item: Item) -> list[str]:
    return pattern.findall(item.content.lower())


def _bounded(bare: AhoCorasick, words: str) -> list[tuple[int, int, int]]:
    """What the automaton finds that stands between blanks."""
    end = len(words)
    return [
        hit
        for hit in bare.find_matches_as_indexes(words, overlapping=True)
        if (hit[1] == 0 or words[hit[1] - 1] == " ") and (hit[2] == end or words[hit[2]] == " ")
    ]


def _shipped(chance: random.Random, vocabulary: Sequence[str], articles: Sequence[str]) -> list[Row]:
    """The topics that the project ships: for articles about something else, and for ones about the convention."""
    root = Path(__file__).resolve().parent.parent
    before = _resident()
    rules, build = _timed(lambda: compile_rules(load(root / "feeds.yaml", environ={}).topics))
    memory = _resident() - before
    about = [_about(chance, vocabulary) for _ in range(max(50, len(articles) // 10))]
    rows = []
    for name, texts in (("shipped topics, something else", articles), ("shipped topics, about it", about)):
        times = [_timed(partial(classify, item, rules))[1] for item in map(_item, texts)]
        rows.append(_row(name, len(rules.phrases), times, build, memory))
    return rows


_ABOUT = (
    "The UN Convention against Cybercrime was opened for signature in Hanoi",
    "the General Assembly adopted the treaty by consensus after five years of negotiations",
    "human rights groups warn of surveillance and of cross-border requests for data",
    "Russia and China welcomed it, the United States and the European Union did not agree",
    "mutual legal assistance, extradition and electronic evidence",
    "security researchers and tech companies fear that good-faith research becomes a crime",
)


def _about(chance: random.Random, vocabulary: Sequence[str]) -> str:
    """An article with a telling sentence in every paragraph or so."""
    text = _article(chance, vocabulary).split(". ")
    for number, sentence in enumerate(_ABOUT * 2):
        text.insert(min(len(text), number * 3), sentence)
    return ". ".join(text)[:LENGTH]


def _item(text: str) -> Item:
    return Item(feed="f", key="k", link="", title=text[:80], content=text, seen=SEEN)


def _row(name: str, phrases: int, seconds: Sequence[float], build: float, memory: float) -> Row:
    late = sorted(seconds)[int(len(seconds) * 0.95)]
    return Row(name, phrases, statistics.median(seconds) * 1e3, late * 1e3, build, memory, len(seconds))


def _timed(function: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    result = function()
    return result, time.perf_counter() - began


def _resident() -> float:
    """MiB that the process holds now; Linux only, 0 elsewhere."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
