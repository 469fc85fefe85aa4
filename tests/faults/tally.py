"""What a row of fault runs found: its cases, the promises that did not hold, and its figures."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

BECAME = "What became of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and how a row runs."""

    shared: Path  # the data beside the project
    folder: Path  # empty, the row's own
    seed: int = 1
    quick: bool = False  # a small sample, some seconds
    full: bool = False  # as much as is worth a night
    tell: Callable[[str], None] = lambda _words: None  # how far it is, for a screen


@contextmanager
def in_memory() -> Iterator[Path]:
    """A throw-away folder that no disk has to keep, where there is such; a killed process loses nothing in it."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="faults-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@dataclass(slots=True)
class Table:
    """Counts under a heading, for the report."""

    heading: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    @classmethod
    def counting(cls, heading: str, what: str, words: Iterable[str], who: str = "the feed …") -> Table:
        """How often each word was said of `who`, the most frequent first; `what` is counted."""
        counts = Counter(words).most_common()
        return cls(heading, (who, what), [(word, f"{count:,}") for word, count in counts])


@dataclass(slots=True)
class Tally:
    """Cases and what became of them; a case holds unless one of its promises was broken."""

    cases: dict[str, list[str]] = field(default_factory=dict)  # its name → a sentence for each broken promise
    figures: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)

    def promise(self, case: str, kept: object, otherwise: str) -> None:
        """Count the case; where the promise was not kept, say what happened instead."""
        broken = self.cases.setdefault(case, [])
        if not kept:
            broken.append(otherwise)

    @property
    def passed(self) -> int:
        """Cases of which every promise was kept."""
        return sum(not broken for broken in self.cases.values())

    @property
    def broken(self) -> list[str]:
        """What did not hold, a line each."""
        return [f"{case}: {sentence}" for case, sentences in self.cases.items() for sentence in sentences]

    def shortest(self, most: int) -> list[str]:
        """The first so many of them, each cut to a line, and how many more there are."""
        lines = [sentence if len(sentence) <= 300 else f"{sentence[:300]}…" for sentence in self.broken]
        return lines[:most] + [f"and {len(lines) - most} more"] * (len(lines) > most)

    def line(self, row: str) -> str:
        """The row in one line, for a screen."""
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return f"{row:<12} {self.passed:>5} of {len(self.cases):>5}" + (f"  {figures}" if figures else "")
