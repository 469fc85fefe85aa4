"""Where the convention stands: the depositary's record of who signed and who is bound, and the dates to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.model.feeds import FeedState
from bot.model.topics import ActKind

# Articles 64 and 65 of the convention (General Assembly resolution 79/243).
OPENED = date(2025, 10, 25)  # for signature, in Hanoi
CLOSES = date(2026, 12, 31)  # last day for signature, in New York
NEEDED = 40  # instruments of states

Binding = Literal["ratification", "acceptance", "approval", "accession"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatyAct:
    """What a state has done to the convention, by the depositary's record; `Act` is an outlet's claim of the same."""

    state: str  # short English name, as in bot/topics/states.py; the European Union too
    kind: ActKind
    day: date | None  # of the deposit in New York; None: the record names none, as of every withdrawal
    undone: ActKind | None = None  # with a withdrawal: what was withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One row of the record; at least one of its acts is there."""

    state: str  # short English name
    name: str  # as the depositary spells it, without footnote marks
    signed: date | None = None
    bound: date | None = None
    how: Binding | None = None  # None exactly where `bound` is
    withdrawn: tuple[TreatyAct, ...] = ()  # what stands in square brackets, as it was done


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The whole record, as one document tells it."""

    title: str  # of the treaty, as the document writes it
    participants: tuple[Participant, ...]  # in the document's order, each state once, never empty
    statements: (
        tuple[TreatyAct, ...] | None
    ) = ()  # reservations and declarations; None: their section is not understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A record that contradicts the one kept, and on how many days it was told with no other between."""

    record: Record
    days: int
    last: date  # the latest of them, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """A feed's record as it was last believed."""

    record: Record
    since: datetime  # when it was first told so
    doubt: Doubt | None  # of a newer one
    state: FeedState  # of its feed: when that was last read, and whether it fails
    outlet: str  # Feed.name
    url: str  # Feed.url


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatyCount:
    """Where the convention stands on a day."""

    day: date
    signed: tuple[str, ...]  # states, in the record's order; those that ratified since stay among them
    bound: tuple[str, ...]  # states whose instrument counts towards the forty, in the order of deposit
    organisations_signed: tuple[str, ...]  # the European Union, or nobody
    organisations_bound: tuple[str, ...]  # do not count towards the forty
    latest: tuple[TreatyAct, ...]  # newest first, at most 5
    in_force: date | None  # the day of entry into force, past or to come; None: fewer than forty
    earliest: date  # the same if the fortieth came on `day`
    closes_in: int | None  # days until the last day for signature, 0 on that day; None: it is past

    @property
    def signatories(self) -> int:
        """States and organisations that have signed."""
        return len(self.signed) + len(self.organisations_signed)

    @property
    def missing(self) -> int:
        """Instruments that the convention still needs to enter into force."""
        return max(0, NEEDED - len(self.bound))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A date that channels are told of before it comes."""

    day: date
    what: str  # "Signature closes"; one line
    topic: str  # Topic.id; whoever follows it is told
    source: str = ""  # what says so: "article 64"
