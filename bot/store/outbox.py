"""What an operator may change beside a running bot: posts that are not simply sent."""

from __future__ import annotations

from pathlib import Path

from bot.store import posts
from bot.store.line import Line
from bot.store.opening import beside
from bot.store.reading import SqliteReader


class SqliteOutbox(SqliteReader):
    """A database read and, post by post, changed; see the Outbox protocol for what each method gives."""

    @classmethod
    async def beside(cls, path: Path) -> SqliteOutbox:
        """The database without the instance lock; each change is a short transaction of its own.

        Raises StoreError where there is none, or it is of another version.
        """
        return SqliteOutbox(await Line.open(beside, path))

    async def retry(self, post: str) -> bool:
        """held, refused, unknown → owed, at once."""
        return await self._line.write(posts.retry, post)

    async def drop(self, post: str) -> bool:
        """owed, unknown, held, refused → refused by the operator."""
        return await self._line.write(posts.drop, post)
