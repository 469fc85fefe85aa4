"""Whose document is read next."""

from __future__ import annotations

import asyncio

from bot.feeds.queue import Queue


class Readers:
    """Documents that are read until a test lets them go."""

    def __init__(self, *, common: int = 1, reserved: int = 1) -> None:
        self.queue = Queue(common=common, reserved=reserved)
        self.began: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._ends: dict[str, asyncio.Event] = {}

    async def come(self, name: str, *, is_known: bool = False, length: int = 1) -> None:
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._read(name, is_known=is_known, length=length))
        await asyncio.sleep(0)

    async def _read(self, name: str, *, is_known: bool, length: int) -> None:
        async with self.queue.place(is_known=is_known, length=length):
            self.began.append(name)
            await self._ends[name].wait()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def cancel(self, name: str) -> None:
        self.tasks[name].cancel()
        await asyncio.gather(self.tasks[name], return_exceptions=True)
        await asyncio.sleep(0)


async def test_the_short_go_before_the_long() -> None:
    readers = Readers()
    await readers.come("first")
    for length in (30, 10, 20):
        await readers.come(f"of {length}", length=length)
    await readers.end("first")
    await readers.end("of 10")
    await readers.end("of 20")
    await readers.end("of 30")
    assert readers.began == ["first", "of 10", "of 20", "of 30"]


async def test_a_known_feed_has_a_place_that_strangers_cannot_take() -> None:
    readers = Readers(common=2)
    for stranger in ("a", "b", "c"):
        await readers.come(stranger)
    await readers.come("known", is_known=True)
    assert readers.began == ["a", "b", "known"]
    await readers.end("known")
    assert readers.began == ["a", "b", "known"]
    for stranger in ("a", "c", "b"):
        await readers.end(stranger)


async def test_a_known_feed_goes_before_strangers_that_wait_longer() -> None:
    readers = Readers(reserved=0)
    await readers.come("a")
    await readers.come("b")
    await readers.come("known", is_known=True, length=1_000)
    await readers.end("a")
    assert readers.began == ["a", "known"]
    await readers.end("known")
    await readers.end("b")


async def test_one_that_gives_up_waiting_leaves_its_place_to_the_next() -> None:
    readers = Readers()
    for name in ("a", "b", "c"):
        await readers.come(name)
    await readers.cancel("b")
    await readers.end("a")
    assert readers.began == ["a", "c"]
    await readers.end("c")


async def test_a_place_that_is_given_to_one_who_gives_up_in_that_moment_is_not_lost() -> None:
    readers = Readers()
    await readers.come("a")
    await readers.come("b")
    readers._ends["a"].set()
    readers.tasks["a"].add_done_callback(lambda _task: readers.tasks["b"].cancel())
    await asyncio.gather(*readers.tasks.values(), return_exceptions=True)
    await readers.come("c")
    assert readers.began[-1] == "c"
    await readers.end("c")
