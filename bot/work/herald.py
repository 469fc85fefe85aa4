"""Tells the channels about the feeds themselves, each thing once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import Face
from bot.delivery.tidings import compose_tidings, tidings
from bot.model import Draft
from bot.store import Store
from bot.work.clock import Clock


class Herald:
    """Plans a post for every channel when a feed fails for long, is back, or brought too much at once."""

    def __init__(self, store: Store, faces: Mapping[str, Face], names: Mapping[str, str], *, clock: Clock) -> None:
        self._store, self._faces, self._names, self._clock = store, faces, names, clock

    async def tell(self) -> None:
        """Plan what there is to tell; a channel of a platform that is not served is left out."""
        now = self._clock.now()
        told = tidings(await self._store.feed_states(), now=now)
        if not told.noted:
            return
        subscribed = {wish.channel for wish in await self._store.subscriptions()}
        drafts = []
        for channel in await self._store.channels():
            face = self._faces.get(channel.id.platform)
            if face is None or channel.id not in subscribed:
                continue
            message = compose_tidings(told, self._names, day=now.date(), zone=channel.zone)
            draft = Draft(kind=message.kind, payload=face.render(message), stories=(), message=message)
            drafts.append((channel.id, draft))
        await self._store.announce(drafts, told.noted)
