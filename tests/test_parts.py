"""The program as several processes over one database, each with its part: who may run beside whom, and what flows."""

from __future__ import annotations

import resource
import time
from contextlib import AsyncExitStack

import aiohttp
import pytest

from bot.model import DUTIES
from tests import offices
from tests.fake_slack import RemoteSlack
from tests.offices import GARDEN, a_free_address, said
from tests.place import Bot, Place, told

office, place, slack = offices.office, offices.place, offices.slack


async def part(stack: AsyncExitStack, place: Place, duties: str) -> Bot:
    """A part that runs until the stack is closed."""
    bot = await stack.enter_async_context(place.runs(*place.command("run", "--only", duties)))
    await bot.logs("bot.started")
    return bot


@pytest.mark.timeout(180)
async def test_items_flow_through_four_processes_and_each_may_be_killed(office: Place, slack: RemoteSlack) -> None:
    async with AsyncExitStack() as stack:
        parts = {duty: await part(stack, office, duty) for duty in DUTIES}
        await parts["poll"].logs("feed.watched")
        for number, duty in enumerate(DUTIES):
            parts[duty].process.kill()
            await parts[duty].process.wait()
            office.server.feed("/rss", [*(told(one) for one in range(number, -1, -1)), GARDEN])
            parts[duty] = await part(stack, office, duty)
            # One that was under way when its process was killed is looked for after 16 s, before the next goes out.
            posts = await slack.posted("C1", number + 1, within_s=60)
            assert f"{told(number).title}" in posts[-1].words
        await slack.connected(opened=2)
        assert len(await slack.posts("C1")) == len(DUTIES)


@pytest.mark.timeout(180)
async def test_what_is_typed_to_one_process_changes_what_another_posts(office: Place, slack: RemoteSlack) -> None:
    async with AsyncExitStack() as stack:
        poll, post, chat = [await part(stack, office, duty) for duty in ("poll", "post", "chat")]
        await poll.logs("feed.watched")
        await slack.connected()
        await slack.command("/treaty", "subscribe ratification instant", channel="C2", user="U1")
        await slack.command("/treaty", "pause 3d", channel="C1", user="U1")
        office.server.feed("/rss", [told(0), GARDEN])
        (_, story) = await slack.posted("C2", 2)
        assert "Norway ratifies" in story.words
        await slack.command("/treaty", "resume", channel="C1", user="U1")
        posts = await slack.posted("C1", 3)  # the pause, its end, the story
        assert [bot.process.returncode for bot in (poll, post, chat)] == [None, None, None]
        assert sum("Norway ratifies" in one.words for one in posts) == 1


async def test_a_process_that_does_not_answer_opens_no_socket(office: Place, slack: RemoteSlack) -> None:
    async with AsyncExitStack() as stack:
        poll = await part(stack, office, "poll,post")
        await poll.logs("feed.watched")
        office.server.feed("/rss", [told(0), GARDEN])
        await slack.posted("C1")
        assert await slack.called("apps.connections.open") == []


async def test_feeds_are_read_and_stories_owed_while_slack_is_down(office: Place) -> None:
    office.env = {**office.env, "SLACK_API_URL": f"http://{a_free_address()}/api/"}
    async with AsyncExitStack() as stack:
        poll = await part(stack, office, "poll")
        await poll.logs("feed.watched")
        office.server.feed("/rss", [told(0), GARDEN])
        while (await poll.logs("feed.watched"))["new"] == 0:
            pass
        assert office.count("SELECT count(*) FROM delivery WHERE state = 'owed' AND channel = 'slack:T1:C1'") == 1


async def test_the_web_part_says_which_part_is_silent_and_counts_no_readings(office: Place) -> None:
    async with AsyncExitStack() as stack:
        poll = await part(stack, office, "poll")
        await poll.logs("feed.watched")
        await part(stack, office, "web")
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with session.get(f"http://{office.env['TREATYWATCH_WEB']}/healthz") as answer:
            assert (await answer.json())["why"] == ["the posting part has not run on this database yet"]
        async with session.get(f"http://{office.env['TREATYWATCH_WEB']}/metrics") as answer:
            body = await answer.text()
        assert "treatywatch_feeds 1.0" in body
        assert "treatywatch_polls_total" not in body


async def test_a_duty_that_another_process_has_exits_with_75_within_two_seconds(place: Place) -> None:
    async with AsyncExitStack() as stack:
        await part(stack, place, "poll,post")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        status, told_why = await said(place, "run", "--only", "post")
        took, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        # Two seconds of work, since the machine may have other work to do; it waits for nothing.
        assert (status, busy < 2, took < 15) == (75, True, True)
        assert "another treatywatch has the duty post on" in told_why
        assert (await said(place, "poll"))[0] == 75


async def test_the_whole_program_and_its_parts_exclude_each_other(place: Place) -> None:
    async with AsyncExitStack() as stack:
        await part(stack, place, "chat")
        status, told_why = await said(place, "run")
        assert (status, "parts of treatywatch run on" in told_why) == (75, True)
        assert (await said(place, "migrate"))[0] == 75
        assert (await said(place, "poll"))[0] == 0
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("bot.started")
        status, told_why = await said(place, "run", "--only", "chat")
        assert (status, "another treatywatch holds" in told_why) == (75, True)


async def test_parts_that_start_together_without_a_database_all_come_up(place: Place) -> None:
    async with AsyncExitStack() as stack:
        bots = [
            await stack.enter_async_context(place.runs(*place.command("run", "--only", duty)))
            for duty in ("poll", "post", "chat")
        ]
        for bot in bots:
            await bot.logs("bot.started")
        place.server.feed("/rss", [told(0), GARDEN])
        await bots[0].logs("feed.watched")


async def test_a_part_that_is_no_part_is_wrong_usage(place: Place) -> None:
    status, told_why = await said(place, "run", "--only", "pol,post")
    assert (status, told_why.splitlines()[-1]) == (2, 'Error: no part "pol"; did you mean "poll"?')


async def test_a_single_pass_needs_a_part_that_makes_one(place: Place) -> None:
    status, told_why = await said(place, "run", "--once", "--only", "chat,web")
    assert (status, "--once makes one pass of poll and post" in told_why) == (2, True)


async def test_the_web_part_without_an_address_is_a_fault(place: Place) -> None:
    status, told_why = await said(place, "run", "--only", "web")
    assert (status, told_why.startswith("environment: TREATYWATCH_WEB: is empty")) == (1, True)


async def test_one_pass_of_each_part_brings_a_story_to_its_channel(place: Place) -> None:
    assert (await said(place, "run", "--once", "--only", "poll"))[0] == 0
    place.server.feed("/rss", [told(0), GARDEN])
    assert (await said(place, "poll", "gazette"))[0] == 0
    assert place.posted("https://gazette.example/norway") == 0
    async with place.runs(*place.command("run", "--once", "--only", "post")) as bot:
        assert await bot.ends() == 0
    assert place.posted("https://gazette.example/norway") == 1
