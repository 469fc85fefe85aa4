"""Where a feed's bytes come from, and what is made of them: the ways to both, as the deeds see them."""

from __future__ import annotations

import hashlib
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.model import Document, Feed, FeedState, Fetched, Item, Pace, Record


class Fetch(Protocol):
    """Gets a feed's bytes."""

    def open(self, feed: Feed, state: FeedState) -> AbstractAsyncContextManager[Fetched]:
        """The answer to one conditional request, held while the block lasts; raises FetchError."""


class Parse(Protocol):
    """Makes something of them, out of harm's way."""

    async def parse(self, fetched: Fetched, *, feed: Feed, now: datetime, is_known: bool) -> Document:
        """What a document holds; raises ParseError. `is_known`: the feed could be read the last time."""

    async def record(self, fetched: Fetched, *, feed: Feed, now: datetime, is_known: bool) -> Record:
        """What the depositary's document tells; raises ParseError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a feed gave this time."""

    fetched: Fetched
    body_hash: str | None  # of the bytes last parsed in full
    items: tuple[Item, ...] | None  # None: it is the document we know; of a record, the acts that are new in it
    count: int = 0  # entries of the document
    pace: Pace = field(default_factory=Pace)
    record: Record | None = None  # the depositary's, to be kept; None: as it was


def hash_of(fetched: Fetched, state: FeedState) -> str | None:
    """What an answer's bytes are known by; equal to the state's where it is the document we know."""
    return state.body_hash if fetched.status == 304 else hashlib.sha256(fetched.body).hexdigest()


def is_known(state: FeedState) -> bool:
    """Whether a feed could be read the last time."""
    return state.last_read is not None and not state.failures
