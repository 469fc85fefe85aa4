"""How many are asked at once, and how much of their answers is held at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from bot.errors import FetchError
from bot.feeds.fetch import Fetcher, FetchLimits
from bot.model import FeedFault
from tests.feed_server import FeedServer, Page
from tests.test_fetch import LOOPBACK, a_feed, answer, known

LARGE = b"x" * 200_000
SMALL = b"x" * 100_000


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        server.page("/small", Page(body=SMALL))
        server.page("/large", Page(body=LARGE))
        yield server


@pytest.fixture
async def other() -> AsyncIterator[FeedServer]:
    """Another owner's."""
    async with FeedServer(host="127.0.0.2") as server:
        server.page("/small", Page(body=SMALL))
        server.page("/large", Page(body=LARGE))
        yield server


async def all_at_once(urls: list[str], limits: FetchLimits) -> None:
    async with Fetcher(LOOPBACK, limits=limits) as fetcher, asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(answer(fetcher, url), name=url)


async def waits(task: asyncio.Task[object], seconds: float = 0.3) -> bool:
    """Whether it is still not done after so long."""
    done, _ = await asyncio.wait([task], timeout=seconds)
    return not done


# ── requests


async def test_an_owner_is_asked_one_thing_at_a_time(server: FeedServer) -> None:
    await all_at_once([server.url("/small")] * 5, FetchLimits())
    assert (len(server.pages["/small"].asked), server.most_at_once) == (5, 1)


@pytest.mark.parametrize("at_once", [1, 2])
async def test_owners_are_asked_together_up_to_a_limit(server: FeedServer, at_once: int) -> None:
    urls = [server.url("/small"), server.url("/small", host="localhost")]
    await all_at_once(urls, FetchLimits(at_once=at_once))
    assert server.most_at_once == at_once


async def test_waiting_for_a_turn_is_not_the_publishers_time(server: FeedServer) -> None:
    server.page("/rss.xml", Page(fault="hangs"))
    limits = FetchLimits(total=timedelta(seconds=1), silence=timedelta(seconds=1))
    async with Fetcher(LOOPBACK, limits=limits) as fetcher:
        errors = await asyncio.gather(
            *(answer(fetcher, server.url("/rss.xml")) for _ in range(3)), return_exceptions=True
        )
    assert len(server.pages["/rss.xml"].asked) == 3
    assert all(isinstance(error, FetchError) for error in errors)


async def test_two_hundred_that_never_answer_leave_room_for_others(server: FeedServer) -> None:
    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    over = asyncio.Event()
    hanging = await asyncio.start_server(hang, "0.0.0.0", 0)
    port = hanging.sockets[0].getsockname()[1]
    async with hanging, Fetcher(LOOPBACK) as fetcher, asyncio.TaskGroup() as group:
        stuck = [
            group.create_task(answer(fetcher, f"http://127.0.1.{number}:{port}/"), name=f"stuck {number}")
            for number in range(1, 201)
        ]
        async with asyncio.timeout(30):
            assert (await answer(fetcher, server.url("/small"))).status == 200
        assert not any(task.done() for task in stuck)
        for task in stuck:
            task.cancel()
        over.set()


async def test_moves_to_each_others_owner_stop_nobody(server: FeedServer, other: FeedServer) -> None:
    server.moves("/there", other.url("/small"))
    other.moves("/back", server.url("/small"))
    urls = [server.url("/there"), other.url("/back")] * 3
    async with asyncio.timeout(30):
        await all_at_once(urls, FetchLimits(at_once=1))
    assert len(server.pages["/small"].asked) == len(other.pages["/small"].asked) == 3


# ── answers


async def test_an_answer_holds_its_place_until_it_is_done_with(server: FeedServer, other: FeedServer) -> None:
    async with (
        Fetcher(LOOPBACK, limits=FetchLimits(at_once=1)) as fetcher,
        asyncio.TaskGroup() as group,
        fetcher.open(a_feed(server.url("/small")), known()),
    ):
        next_one = group.create_task(answer(fetcher, other.url("/small")), name="next")
        assert await waits(next_one)
        assert other.pages["/small"].asked == []
    assert next_one.result().status == 200


async def test_an_owners_next_feed_is_asked_while_the_last_answer_is_read(server: FeedServer) -> None:
    async with Fetcher(LOOPBACK) as fetcher, fetcher.open(a_feed(server.url("/small")), known()):
        async with asyncio.timeout(30):
            assert (await answer(fetcher, server.url("/small"))).status == 200


async def test_of_large_answers_only_few_are_held_at_once(server: FeedServer, other: FeedServer) -> None:
    limits = FetchLimits(large_at_once=1)
    async with (
        Fetcher(LOOPBACK, limits=limits) as fetcher,
        asyncio.TaskGroup() as group,
        fetcher.open(a_feed(server.url("/large")), known()) as first,
    ):
        second = group.create_task(answer(fetcher, other.url("/large")), name="second")
        assert await waits(second)
    assert (first.body, second.result().body) == (LARGE, LARGE)


async def test_small_answers_do_not_wait_for_large_ones(server: FeedServer, other: FeedServer) -> None:
    limits = FetchLimits(large_at_once=1)
    async with Fetcher(LOOPBACK, limits=limits) as fetcher, fetcher.open(a_feed(server.url("/large")), known()):
        async with asyncio.timeout(30):
            assert (await answer(fetcher, other.url("/small"))).body == SMALL


async def test_waiting_for_a_large_place_is_not_the_publishers_time(server: FeedServer, other: FeedServer) -> None:
    other.page("/larger", Page(body=b"x" * 2**22))  # more than any buffer on the way
    limits = FetchLimits(total=timedelta(seconds=2), silence=timedelta(seconds=2), large_at_once=1)
    async with (
        Fetcher(LOOPBACK, limits=limits) as fetcher,
        asyncio.TaskGroup() as group,
        fetcher.open(a_feed(server.url("/large")), known()),
    ):
        second = group.create_task(answer(fetcher, other.url("/larger")), name="second")
        assert await waits(second, 2.2)
    assert len(second.result().body) == 2**22


async def test_after_waiting_for_a_large_place_the_rest_of_its_time_counts(
    server: FeedServer, other: FeedServer
) -> None:
    other.page("/stalls", Page(body=b"x" * 2**20, fault="stalls"))
    limits = FetchLimits(total=timedelta(seconds=2), silence=timedelta(seconds=60), large_at_once=1)
    async with Fetcher(LOOPBACK, limits=limits) as fetcher:
        async with fetcher.open(a_feed(server.url("/large")), known()):
            second = asyncio.ensure_future(answer(fetcher, other.url("/stalls")))
            assert await waits(second, 2.2)
        with pytest.raises(FetchError, match=r"^did not answer within 2 s$"):
            await second


async def test_a_failure_gives_back_what_it_held(server: FeedServer, other: FeedServer) -> None:
    limits = FetchLimits(at_once=1, large_at_once=1, body_bytes=150_000)
    async with Fetcher(LOOPBACK, limits=limits) as fetcher:
        server.page("/bomb", Page(body=bytes(2**20), encoding="gzip"))
        for _ in range(2):
            with pytest.raises(FetchError) as raised:
                await answer(fetcher, server.url("/bomb"))
            assert raised.value.fault == FeedFault.LARGE
        assert (await answer(fetcher, other.url("/small"))).body == SMALL


async def test_who_gives_up_waiting_holds_nothing(server: FeedServer, other: FeedServer) -> None:
    limits = FetchLimits(at_once=1, large_at_once=1)
    async with Fetcher(LOOPBACK, limits=limits) as fetcher, AsyncExitStack() as block:
        await block.enter_async_context(fetcher.open(a_feed(server.url("/large")), known()))
        waiting = asyncio.ensure_future(answer(fetcher, other.url("/large")))
        assert await waits(waiting, 0.05)
        waiting.cancel()
        await asyncio.wait([waiting])
        await block.aclose()
        async with asyncio.timeout(30):
            assert (await answer(fetcher, other.url("/large"))).body == LARGE


async def test_an_error_in_the_block_gives_back_what_was_held(server: FeedServer) -> None:
    async with Fetcher(LOOPBACK, limits=FetchLimits(at_once=1, large_at_once=1)) as fetcher:
        with pytest.raises(KeyError):
            async with fetcher.open(a_feed(server.url("/large")), known()):
                raise KeyError
        async with asyncio.timeout(30):
            assert (await answer(fetcher, server.url("/large"))).body == LARGE
