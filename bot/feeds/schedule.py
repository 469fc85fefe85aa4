"""When a feed is next due; pure.

A feed is never asked sooner than three promises allow: its `every` in feeds.yaml; what the answer said (Retry-After,
Cache-Control, Expires); what its document says of itself (<ttl>, sy:updatePeriod). A publisher is believed for a week
at most, the operator for as long as feeds.yaml says.

**While it answers**, it is asked about as often as it publishes: the age of its oldest item, divided by the number of
its items, is the usual gap between two of them. But not less often than every 6 hours or 8 × `every`, whichever is
shorter; and where the document holds at most 15 items, every hour or 2 × `every`, since a burst of news must not push
an item out at the end before it was seen. Beyond this the size needs no rule: whoever asks once in a gap finds one new
item where there is room for all of them. A feed that publishes more in one `every` than its document holds loses
items whatever we do; only a shorter `every` helps.

**While it fails**, `every` is doubled for each failure in a row, up to a day. A feed that is gone (410) five times in a
row, over a week or longer, is paused: asked once a week, so that it heals by itself if the 410 was a mistake.

**Not all at once.** Each feed's interval is longer by a share of its own, at most a tenth, which its id decides; so a
feed keeps its beat over restarts. From the second failure in a row on the share is another one each time, up to a
fifth. Feeds that are read for the first time, or later than they were due (after a stop all are due at once), are put
off by a share of more: of a whole interval after the first reading, of twice the delay after a late one, but never of
more than an interval or a day. Then they are spread again. A feed whose `every` is 10 seconds or less stands on a
desk, for a trial: it keeps just that beat, but for its tenth.

**Hours and days to skip** (<skipHours>, <skipDays>; UTC) put a feed off to the first hour that is not skipped, and into
that hour by its own share; but never beyond a week from now. Who skips all hours or all days skips none.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot.model import Feed, FeedFault, FeedState, Pace

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
ZERO = timedelta(0)

PROMISED_LONGEST = WEEK  # a publisher's word counts so long; one typing error must not silence a feed for years
RHYTHM_LONGEST = 6 * HOUR  # as long may news wait where a feed seldom has any
SMALL_LONGEST = HOUR  # the same for a document of few items
SMALL = 15  # items; UN Press holds 10, The Record 5
BACK_OFF_LONGEST = DAY
PAUSE_FAILURES, PAUSE_AFTER = 5, WEEK  # so often, and so long, it said that it is gone
TRIAL = timedelta(seconds=10)

_TENTH, _FIFTH = 0.1, 0.2
_MOST_DOUBLINGS = 20  # a second doubled so often is 12 days; more would only overflow


def next_due(feed: Feed, state: FeedState, *, now: datetime, wait: timedelta | None = None) -> datetime:
    """When to ask again; `now` and the answer in UTC.

    `state` is as it stands after this reading, but its `due` is still the time for which this reading was due. `wait`
    is what the answer's headers asked. At most a week and a fifth of it from now, or of `every` where that is longer.
    """
    usual = _backed_off(feed, state, now) if state.failures else _rhythm(feed, state, now)
    promised = min(max(wait or ZERO, state.pace.wait), PROMISED_LONGEST)
    interval = max(feed.every, promised, usual)
    due = now + min(interval + _apart(feed, state, interval, now), max(interval, WEEK))
    return _spared(due, state.pace, share=_share(feed.id), latest=now + WEEK)


def is_paused(state: FeedState, *, now: datetime) -> bool:
    """Whether a feed is asked only once a week, because it has long said that it is gone (410).

    Kept are only the number of failures in a row and the last one's name, so other failures among them count too.
    """
    gone = state.fault is FeedFault.GONE and state.failures >= PAUSE_FAILURES
    return gone and state.failing_since is not None and now - state.failing_since >= PAUSE_AFTER


def _rhythm(feed: Feed, state: FeedState, now: datetime) -> timedelta:
    """The usual gap between two items, within bounds; `every` where nothing is known of it."""
    if state.pace.oldest is None or not state.items or feed.every <= TRIAL:
        return feed.every
    gap = (now - state.pace.oldest) / state.items
    if state.items <= SMALL:
        return min(gap, 2 * feed.every, SMALL_LONGEST)
    return min(gap, 8 * feed.every, RHYTHM_LONGEST)


def _backed_off(feed: Feed, state: FeedState, now: datetime) -> timedelta:
    if is_paused(state, now=now):
        return WEEK
    return min(feed.every * (1 << min(state.failures, _MOST_DOUBLINGS)), BACK_OFF_LONGEST)


def _apart(feed: Feed, state: FeedState, interval: timedelta, now: datetime) -> timedelta:
    """How much longer than its interval a feed waits, so that feeds do not come together."""
    if state.failures > 1:
        # Feeds that fail together, since one server or our own line is down, must not come back together.
        return interval * _FIFTH * _share(f"{feed.id} {state.failures}")
    room = _room(feed, state, interval, now)
    if room > interval * _TENTH:
        # Another share than below, or those who are put off longest would also be the slowest, and meet again.
        return room * _share(f"{feed.id} apart")
    return interval * _TENTH * _share(feed.id)


def _room(feed: Feed, state: FeedState, interval: timedelta, now: datetime) -> timedelta:
    """Over how long feeds that were read at once are spread; nothing where they came in their turn."""
    if state.failures or feed.every <= TRIAL:
        return ZERO
    first = state.first_read in (None, now)
    return min(interval if first else 2 * (now - state.due), interval, DAY)


def _spared(due: datetime, pace: Pace, *, share: float, latest: datetime) -> datetime:
    """`due`, or a time in the first hour after it that the publisher does not skip."""
    hours = pace.skip_hours if len(pace.skip_hours) < 24 else frozenset[int]()
    days = pace.skip_days if len(pace.skip_days) < 7 else frozenset[int]()
    hour = due.replace(minute=0, second=0, microsecond=0)
    while hour.hour in hours or hour.weekday() in days:
        hour += HOUR
    if hour <= due:
        return due
    return max(due, min(hour + HOUR * share, latest))


def _share(of: str) -> float:
    """From 0 to just below 1, always the same for a text, evenly spread over texts."""
    return int.from_bytes(hashlib.sha256(of.encode()).digest()[:4]) / 2**32
