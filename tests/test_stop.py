"""An orderly stop, whatever is under way; and a program that stood still for long."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests import offices
from tests.fake_slack import Fault, RemoteSlack
from tests.feed_server import Page
from tests.offices import GARDEN
from tests.place import Bot, Place, told

office, place, slack = offices.office, offices.place, offices.slack

DIGEST = """
  - channel: slack:T1:C1
    topics: [convention]
    digest: {at: "09:00", zone: Europe/Vienna, days: daily}
"""
ORDERLY_S = 10.0


@asynccontextmanager
async def ending(place: Place, bot: Bot) -> AsyncIterator[None]:
    """The stop that the block asks for comes in time and in order, and leaves nothing in doubt that nobody looks at."""
    started = time.monotonic()
    yield
    assert await bot.ends() == 0
    assert time.monotonic() - started < ORDERLY_S
    assert place.count("SELECT count(*) FROM post WHERE state = 'sending'") == 0


async def test_while_a_message_is_sent_and_slack_does_not_answer(office: Place, slack: RemoteSlack) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        stuck = await slack.fault("chat.postMessage", Fault.hangs(accepted=True))
        office.server.feed("/rss", [told(0), GARDEN])
        await slack.hit(stuck)
        async with ending(office, bot):
            bot.process.send_signal(signal.SIGTERM)
    assert office.count("SELECT count(*) FROM post WHERE state = 'unknown'") == 1
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("post.found")
    assert len(await slack.posts("C1")) == 1


async def test_while_a_message_is_sent_that_slack_answers_in_time(office: Place, slack: RemoteSlack) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        stuck = await slack.fault("chat.postMessage", Fault.hangs(accepted=True))
        office.server.feed("/rss", [told(0), GARDEN])
        await slack.hit(stuck)
        async with ending(office, bot):
            bot.process.send_signal(signal.SIGTERM)
            await slack.release(stuck)
    assert office.count("SELECT count(*) FROM post WHERE state = 'sent'") == 1


async def test_while_a_feed_is_fetched_that_never_answers(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        place.server.page("/rss", Page(fault="hangs"))
        await place.server.asked_again("/rss")
        async with ending(place, bot):
            bot.process.send_signal(signal.SIGTERM)


async def test_while_a_single_pass_fetches_a_feed_that_never_answers(place: Place) -> None:
    place.server.page("/rss", Page(fault="hangs"))
    async with place.runs(*place.command("run", "--once")) as bot:
        await place.server.asked_again("/rss")
        async with ending(place, bot):
            bot.process.send_signal(signal.SIGTERM)


async def test_while_a_digest_is_planned_and_sent(office: Place, slack: RemoteSlack) -> None:
    office.config.write_text(office.config.read_text().split("channels:")[0] + f"channels:{DIGEST}")
    office.turn("2025-10-27 08:00")
    async with office.runs(*office.turned()) as bot:
        await bot.logs("feed.watched")
        office.server.feed("/rss", [*(told(one) for one in range(12)), GARDEN])
        office.turn("2025-10-27 08:30")
        await bot.logs("feed.watched")
        office.turn("2025-10-27 09:00")
        await bot.logs("digest.planned")
        async with ending(office, bot):
            bot.process.send_signal(signal.SIGTERM)
    office.turn("2025-10-27 09:05")
    async with office.runs(*office.turned()) as bot:
        await bot.logs("feed.watched")
        for minute in range(6, 60):  # between two messages Slack wants a second, which this clock has only if turned
            if not office.owes():
                break
            office.turn(f"2025-10-27 09:{minute:02}")
            await bot.logs("feed.watched", "post.sent", "post.found")
        assert not office.owes()
    posts = [post for post in await slack.posts("C1") if "Norway" in post.words]
    assert len(posts) == 1


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_does_not_break_it(office: Place, slack: RemoteSlack, second: signal.Signals) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        stuck = await slack.fault("chat.postMessage", Fault.hangs(accepted=True))
        office.server.feed("/rss", [told(0), GARDEN])
        await slack.hit(stuck)
        async with ending(office, bot):
            bot.process.send_signal(signal.SIGTERM)
            await slack.disconnected()  # the stop is under way: the socket is closed already
            for _ in range(3):
                bot.process.send_signal(second)
            await slack.release(stuck)
    assert office.count("SELECT count(*) FROM post WHERE state = 'sent'") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_until_the_very_end_do_not_break_it(place: Place, number: signal.Signals) -> None:
    # By way of another program, so that also the end of a whole interpreter is there to be disturbed.
    async with place.runs("env", *place.command("run")) as bot:
        await bot.logs("feed.watched")
        while bot.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(bot.process.pid, number)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.002):
                    await bot.process.wait()
        assert bot.process.returncode == 0


async def test_while_slack_is_waited_for_after_a_restore(office: Place, slack: RemoteSlack) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
    await slack.grant(["commands", "chat:write", "channels:history"])
    await slack.fault("conversations.history", Fault.rate_limited(30), times=None)
    async with office.runs(*office.command("run", "--after-restore")) as bot:
        await bot.logs("channel.asked_again")
        async with ending(office, bot):
            bot.process.send_signal(signal.SIGTERM)


async def test_each_part_ends_in_order(office: Place) -> None:
    for part in ("poll", "post", "chat", "web"):
        async with office.runs(*office.command("run", "--only", part)) as bot:
            await bot.logs("bot.started")
            async with ending(office, bot):
                bot.process.send_signal(signal.SIGTERM)


@pytest.mark.timeout(180)
async def test_a_program_that_stood_still_for_days_neither_floods_nor_repeats(
    office: Place, slack: RemoteSlack
) -> None:
    """Stopped in the middle of a send, with a digest every day; it goes on four days later."""
    instant = "\n    instant: [ratification]\n"
    office.config.write_text(office.config.read_text().split("channels:")[0] + f"channels:{DIGEST.rstrip()}{instant}")
    office.turn("2025-10-27 08:00")
    async with office.runs(*office.turned()) as bot:
        await bot.logs("feed.watched")
        stuck = await slack.fault("chat.postMessage", Fault.hangs(accepted=True))
        office.server.feed("/rss", [told(0), GARDEN])
        office.turn("2025-10-27 08:30")
        await slack.hit(stuck)
        os.kill(bot.process.pid, signal.SIGSTOP)
        guide = told(1)
        office.server.feed("/rss", [guide, told(0), GARDEN])
        office.turn("2025-10-31 12:00")
        await slack.release(stuck)
        os.kill(bot.process.pid, signal.SIGCONT)
        await bot.logs("feed.watched")
        office.turn("2025-10-31 12:10")
        await bot.logs("feed.watched")
        while office.owes():
            await bot.logs("feed.watched", "post.sent", "post.found", "digest.planned")
        digests = office.count("SELECT count(*) FROM digest")
        assert digests == 1  # of four days
    told_there = [post.words for post in await slack.posts("C1")]
    assert sum("Norway ratifies" in words for words in told_there) == 1
    assert sum("Ghana ratifies" in words for words in told_there) == 1
