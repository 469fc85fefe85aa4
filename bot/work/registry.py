"""The depositary's record, once: fetch, read, compare with the one kept, and make items of what is new.

A record that is not the one kept is fetched once more at once and believed only if it is told twice: a damaged digit
can make another day out of a day, and a lost row would come back as a new act. The very first one is silent.
"""

from __future__ import annotations

from dataclasses import replace

from bot.errors import Doubted, ParseError
from bot.feeds.treaty_acts import acts_since, doubted, item_of, link_of
from bot.model import Feed, FeedFault, FeedState, Fetched, Item, KeptRecord, Record
from bot.store import Store
from bot.work.clock import Clock
from bot.work.sources import Fetch, Parse, Read, hash_of, is_known


class Registry:
    """Reads feeds of kind treaty-status."""

    def __init__(self, store: Store, fetch: Fetch, parse: Parse, clock: Clock) -> None:
        self._store, self._fetch, self._parse, self._clock = store, fetch, parse, clock

    async def read(self, feed: Feed, state: FeedState) -> Read:
        """What the record has gained since it was last believed; raises FeedError, Doubted where it lost something."""
        kept = next((one for one in await self._store.records() if one.state.feed == feed.id), None)
        if kept is None:  # validators of a document that was never read as a record
            state = replace(state, etag=None, modified=None, body_hash=None)
        # What was doubted is settled where the record says again what is kept.
        settled = kept.record if kept and kept.doubt else None
        async with self._fetch.open(feed, state) as fetched:
            body_hash = hash_of(fetched, state)
            if body_hash == state.body_hash:
                return Read(fetched=fetched, body_hash=body_hash, items=None, record=settled)
            record = await self._record(fetched, feed, state)
        items: tuple[Item, ...] = ()
        if kept is None or record != kept.record:
            items = self._items(feed, kept, record, status=fetched.status) if kept else ()
            await self._look_again(feed, state, record)
            settled = record
        return Read(fetched=fetched, body_hash=body_hash, items=items, count=len(record.participants), record=settled)

    async def _record(self, fetched: Fetched, feed: Feed, state: FeedState) -> Record:
        return await self._parse.record(fetched, feed=feed, now=self._clock.now(), is_known=is_known(state))

    def _items(self, feed: Feed, kept: KeptRecord, record: Record, *, status: int) -> tuple[Item, ...]:
        now = self._clock.now()
        doubt = doubted(kept.doubt, record, today=now.date())
        try:
            acts = acts_since(kept.record, record, days=doubt.days)
        except ParseError as error:
            raise Doubted(str(error), doubt=doubt, status=status) from error
        return tuple(item_of(act, feed=feed, link=link_of(act), seen=now) for act in acts)

    async def _look_again(self, feed: Feed, state: FeedState, record: Record) -> None:
        async with self._fetch.open(feed, state) as fetched:
            again = None if fetched.status == 304 else await self._record(fetched, feed, state)
        if again != record:
            what = "told two different records within a moment; what it said before is kept"
            raise ParseError(what, fault=FeedFault.DOUBTED, status=fetched.status)
