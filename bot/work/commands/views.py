"""How a channel stands, read from the store, and what feeds.yaml says for all channels."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import ChannelId
from bot.store import Reader
from bot.topics.rules import Rules
from bot.work.clock import Clock
from bot.work.commands.standing import View
from bot.work.editor import Editor


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What holds for whoever asks, as feeds.yaml says."""

    rules: Rules  # by which items are judged
    zone: str  # IANA name, for hours where neither the channel nor who asks has one
    may_change: str = "anyone"  # who may change what a channel gets: anyone, creators, admins, or the id of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Looks at channels."""

    reader: Reader
    editor: Editor
    clock: Clock
    zone: str  # where a channel has none and nobody's is known

    async def view(self, where: ChannelId, *, home: str | None = None) -> View:
        """The channel now; `home`: the zone where it has none, of somebody who asks."""
        return View(
            settings=await self.reader.settings(where),
            topics=self.editor.topics,
            now=self.clock.now(),
            home=home or self.zone,
            muted=(await self.reader.muted(where)).get(where, frozenset()),
            outlets={feed.id: feed.name for feed in self.editor.feeds},
        )
