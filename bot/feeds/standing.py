"""How a feed stands, in one word, and what an operator can do about it; pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.feeds.moves import address_of
from bot.feeds.schedule import is_paused
from bot.model import Feed, FeedFault, FeedState

# A failing feed stands as its fault says. Moved: it is read, but from another address than feeds.yaml has.
Word = Literal["new", "ok", "moved", "paused"] | FeedFault

TO_DO: dict[FeedFault, str] = {
    FeedFault.UNREACHABLE: "try its address in a browser; if it opens there, look at the network in between",
    FeedFault.UNTRUSTED: "its certificate has run out or is another's; only its publisher can mend that",
    FeedFault.SLOW: "wait; if it stays so, ask its publisher",
    FeedFault.REFUSED: "allow the network in bot.allow_networks if it is yours, else take the feed out",
    FeedFault.STATUS: "wait; if it stays so, look for the feed's new address",
    FeedFault.GONE: "its publisher has taken it away: look for another feed of theirs, or take it out",
    FeedFault.REDIRECT: "look for the feed's new address on its publisher's site",
    FeedFault.CHALLENGE: "ask its publisher to let the feed be read by programs; bot.contact helps",
    FeedFault.PAGE: "look for the feed's address on that page",
    FeedFault.EMPTY: "look whether the feed has moved; if it is truly empty it will be read when it has items",
    FeedFault.UNREADABLE: "look at what stands there; if it should be a feed, tell its publisher",
    FeedFault.DAMAGED: "wait; if it stays so, tell its publisher",
    FeedFault.ENCODING: "tell its publisher that it is sent in an encoding nobody asked for",
    FeedFault.LARGE: "ask its publisher for a shorter feed, or take one of its sections",
    FeedFault.KILLED: "look at what stands there: it took too long or too much memory to read",
    FeedFault.CHANGED: "look at the page, and write selectors that fit what stands there now",
    FeedFault.MAINTENANCE: "wait; its publisher is at work on it",
    FeedFault.DOUBTED: "look at the record yourself; what was known stays until it can be believed",
}

RECORD_CHANGED = "look whether its address is that of this convention's record; what was known stays"


def standing(feed: Feed, state: FeedState, *, now: datetime) -> Word:
    """One word for how a feed stands."""
    if is_paused(state, now=now):
        return "paused"
    if state.failures and state.fault is not None:
        return state.fault
    if state.last_read is None:
        return "new"
    return "moved" if address_of(feed, state) != feed.url else "ok"


def to_do(feed: Feed, state: FeedState, *, now: datetime) -> str | None:
    """What an operator can do about it, beginning small and without a full stop; None: nothing need be done."""
    if standing(feed, state, now=now) == "moved":
        return f"write its new address into feeds.yaml: {address_of(feed, state)}"
    if not state.failures or state.fault is None:
        return None
    of_record = feed.kind == "treaty-status" and state.fault is FeedFault.CHANGED
    return RECORD_CHANGED if of_record else TO_DO[state.fault]
