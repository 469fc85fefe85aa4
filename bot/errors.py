"""The tree of errors; each child is told apart by what the caller can do.

TreatywatchError            one plain sentence with the way out
├── ConfigError             the person must mend feeds.yaml or the environment; holds every fault
├── FeedError               this feed, later
│   ├── FetchError          it gave no answer that can be used
│   └── ParseError          its bytes are no feed
│       └── Doubted         they tell a record that contradicts the one before; holds it
├── StoreError              the person must look at the database
│   ├── Busy                another instance holds the database
│   └── Blocked             it takes nothing right now: again after a while
│       └── Full            its disk has no room
├── Unreached               no platform answered whether a token is right: again after a while
├── TryLater                surely not accepted: again after a while
├── Unsure                  may have been accepted: look before repeating
└── Refused                 never again with this payload
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.model import Doubt, FeedFault


class TreatywatchError(Exception):
    """Base of all that treatywatch itself raises; its text is one plain sentence."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a file: where, and what would be right."""

    line: int  # 1-based; 0 where the whole file or the environment is meant
    column: int  # 1-based
    path: str  # feeds[0].every; "" for the whole file
    what: str

    def __str__(self) -> str:
        """`path: what`, without the place."""
        return f"{self.path}: {self.what}" if self.path else self.what


class ConfigError(TreatywatchError):
    """feeds.yaml or the environment is wrong; every fault, sorted by line."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """`file:line:column: path: what` for each fault; without the place where there is none."""
        return [
            f"{self.name}:{fault.line}:{fault.column}: {fault}" if fault.line else f"{self.name}: {fault}"
            for fault in self.faults
        ]


class FeedError(TreatywatchError):
    """A feed could not be read this time; the text is one sentence without its subject."""

    def __init__(
        self, what: str, *, fault: FeedFault, status: int | None = None, wait: timedelta | None = None
    ) -> None:
        self.fault = fault
        self.status = status  # HTTP; None if no answer came
        self.wait = wait  # how long the publisher asks us to wait
        super().__init__(what)


class FetchError(FeedError):
    """It gave no answer that can be used."""


class ParseError(FeedError):
    """Its bytes could not be read as a feed."""


class Doubted(ParseError):
    """The depositary's record contradicts the one before; it may still be believed if it stays so."""

    def __init__(self, what: str, *, doubt: Doubt, status: int | None = None) -> None:
        self.doubt = doubt
        super().__init__(what, fault=FeedFault.DOUBTED, status=status)


class StoreError(TreatywatchError):
    """The database cannot be used as it is."""


class Busy(StoreError):
    """Another instance holds the database."""


class Blocked(StoreError):
    """The database takes nothing right now, and may later; nothing was written."""


class Full(Blocked):
    """The disk has no room for it."""


class Unreached(TreatywatchError):
    """The platform could not be asked whether a token is right."""

    def __init__(self, token: str, why: str, *, platform: str, retry_after: timedelta | None = None) -> None:
        self.why = why
        self.retry_after = retry_after or timedelta()  # what it asks for; zero: nothing
        when = "then" if retry_after else "in a minute"
        super().__init__(f"{platform} could not be asked whether {token} is right: {why}. Start again {when}.")


class TryLater(TreatywatchError):
    """The platform surely did not take the message."""

    def __init__(self, what: str, *, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__(what)


class Unsure(TreatywatchError):
    """The platform may have taken the message; only a look at the channel can tell."""


class Refused(TreatywatchError):
    """The platform will never take this message."""


class Closed(TreatywatchError):
    """The channel takes nothing until somebody opens it again; the message surely was not taken."""

    def __init__(self, what: str, *, workspace: bool = False, uninvited: bool = False) -> None:
        self.workspace = workspace  # True: no channel of the workspace takes anything
        self.uninvited = uninvited  # True: it takes everything once we are let in, which nobody tells us
        super().__init__(what)
