"""What is believed of a feed that says it has moved for good (301, 308); pure.

One such answer may be a mistake, or come from a server in wrong hands that wants to be asked for ever. So:

* The address in feeds.yaml is asked, and its redirects followed, until it has named the same new address on three
  different days, with no other answer between. Then the new address is asked in its place. feeds.yaml is not edited.
* An answer from the old address itself, or another new address, starts the count anew. So it does where the new
  address moves on for good: the one in feeds.yaml, which should lead to both, is asked until that is sure as well.
* Three failures in a row make us forget what was said, and ask the address in feeds.yaml again.
* A move from https to http is never believed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.model import Feed, FeedState, Move

DAYS = 3  # different ones, with the same answer
FAILURES = 3  # in a row


def address_of(feed: Feed, state: FeedState) -> str:
    """Where a feed is asked: as in feeds.yaml, or where it has surely moved."""
    move = state.move
    return move.url if move and move.days >= DAYS and not _weaker(move.url, feed.url) else feed.url


def noted(move: Move | None, to: str | None, *, asked: str, today: date) -> Move | None:
    """What is known of a move after an answer.

    `to` is Fetched.moved, `asked` what address_of gave for this reading, `today` the date in UTC.
    """
    if to is None or to == asked or _weaker(to, asked):
        # Whoever is asked at the new address has moved there already, and now answers by itself.
        return move if move and move.url == asked else None
    if move is None or move.url != to:
        return Move(url=to, days=1, last=today)
    # Earlier than the last day: a clock was set back, which makes no new day.
    return replace(move, days=move.days + 1, last=today) if today > move.last else move


def after_failure(move: Move | None, failures: int) -> Move | None:
    """What is known of a move after so many failures in a row, this one counted."""
    return move if failures < FAILURES else None


def _weaker(to: str, asked: str) -> bool:
    """Whether the way from `asked` to `to` gives up https."""
    return _is_secure(asked) and not _is_secure(to)


def _is_secure(url: str) -> bool:
    return url.lower().startswith("https:")
