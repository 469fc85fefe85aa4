"""When a feed is next due; pure.

After an answer: `every`, and not before the publisher's Retry-After. After failures: twice as long for each one in a
row, up to a day. A feed is never due before its `every` has passed.

Each feed's interval is longer by a share of its own, at most a tenth, which its id decides. So feeds that start
together (at the first start all are due at once) drift apart, and a feed keeps its beat over restarts.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.model import Feed

LONGEST_BACK_OFF = timedelta(days=1)
_JITTER = 0.1  # share of the interval
_MOST_DOUBLINGS = 20  # a second doubled so often is 12 days; more would only overflow


def next_due(feed: Feed, *, now: datetime, failures: int = 0, retry_after: timedelta | None = None) -> datetime:
    """When to ask again, after an answer (failures = 0) or after so many failures in a row."""
    backed_off = min(feed.every * (1 << min(failures, _MOST_DOUBLINGS)), LONGEST_BACK_OFF)
    wait = max(feed.every, backed_off)
    return now + max(wait + feed.every * _share(feed), retry_after or timedelta(0))


def _share(feed: Feed) -> float:
    """0 to 0.1, always the same for a feed, evenly spread over feeds."""
    number = int.from_bytes(hashlib.sha256(feed.id.encode()).digest()[:8])
    return number / 2**64 * _JITTER
