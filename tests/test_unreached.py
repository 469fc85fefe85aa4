"""A platform that cannot be reached when the bot starts: all else begins, and the platform is served once it is there."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Secret
from bot.errors import TreatywatchError, Unreached
from bot.ways import missing, ways_out
from tests import discord_chats, slack_chats
from tests.fake_slack import Fault, RemoteSlack, running
from tests.feed_server import FeedServer, Told
from tests.place import Place, told
from tests.test_discord_wiring import configured

GARDEN = Told(title="A page about gardening", guid="garden")
DOWN = Fault.http(503)
FILE_CHANNEL = '\n  - {channel: "slack:C1", instant: [ratification]}\n'


@pytest.fixture
async def slack(tmp_path: Path, reference: Path | None) -> AsyncIterator[RemoteSlack]:
    async with running(tmp_path / "slack.jsonl", reference=reference) as opened:
        await opened.fault("auth.test", DOWN, times=None)
        yield opened


@pytest.fixture
async def place(tmp_path: Path, slack: RemoteSlack) -> AsyncIterator[Place]:
    async with FeedServer() as server:
        server.feed("/rss", [GARDEN])
        here = Place(tmp_path, server, channels=FILE_CHANNEL, env=slack.env)
        here.turn("2025-10-27 08:00")
        yield here


async def test_feeds_are_read_meanwhile_and_once_it_is_there_what_is_owed_is_told_and_commands_are_answered(
    place: Place, slack: RemoteSlack
) -> None:
    async with place.runs(*place.turned()) as bot:
        unreached = await bot.logs("chat.unreached")
        assert (unreached["platform"], unreached["why"]) == ("slack", "Slack answered 503")
        await bot.logs("feed.watched")
        await slack.clear_faults()
        assert (await bot.logs("chat.reached"))["platform"] == "slack"
        place.server.feed("/rss", [told(0), GARDEN])
        place.turn("2025-10-27 08:05")
        await bot.logs("post.sent")
        (post,) = await slack.posts("C1")
        assert "Norway ratifies" in post.words
        await slack.connected()
        heard = await slack.command("/treaty", "latest", channel="C1", user="U1")
        assert "Norway ratifies" in heard.replies[0].words


async def test_what_a_channel_is_owed_waits_for_its_platform(place: Place, slack: RemoteSlack) -> None:
    await slack.clear_faults()
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
    await slack.fault("auth.test", DOWN, times=None)
    place.server.feed("/rss", [told(0), GARDEN])
    place.turn("2025-10-27 08:05")
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
        assert place.owes()
        assert await slack.posts("C1") == []
        await slack.clear_faults()
        await bot.logs("post.sent")
        assert not place.owes()
    assert len(await slack.posts("C1")) == 1


async def test_a_stop_meanwhile_is_in_order(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        bot.process.send_signal(signal.SIGTERM)
        assert await bot.ends() == 0


async def test_a_token_that_is_refused_then_ends_the_bot_as_it_would_at_the_start(
    place: Place, slack: RemoteSlack
) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("chat.unreached")
        await slack.clear_faults()
        await slack.fault("auth.test", Fault.error("invalid_auth"), times=None)
        said = await bot.says()
        assert await bot.ends() == 1
    assert "treatywatch: Slack does not take SLACK_BOT_TOKEN (invalid_auth)" in said
    assert "Traceback" not in said


async def test_a_single_pass_does_not_wait_for_it(place: Place) -> None:
    async with place.runs(*place.command("run", "--once")) as bot:
        said = await bot.says()
        assert await bot.ends() == 1
    assert "Slack could not be asked whether SLACK_BOT_TOKEN is right: Slack answered 503. Start again in a" in said


async def test_the_other_platform_is_served() -> None:
    async with slack_chats.fake() as slack, discord_chats.fake() as discord:
        slack.faults.add("auth.test", DOWN, times=None)
        both = configured(slack, discord)
        async with ways_out(both, all_at_once=False) as chats:
            assert [chat.platform for chat in chats] == ["discord"]
            assert missing(both, ["discord"], {"poll", "post", "chat"}) == ["slack"]
        with pytest.raises(Unreached):
            async with ways_out(both):
                pass


async def test_a_wrong_token_ends_the_start_whatever_the_other_platform_says() -> None:
    async with slack_chats.fake() as slack, discord_chats.fake() as discord:
        slack.faults.add("auth.test", DOWN, times=None)
        both = configured(slack, discord)
        assert both.discord is not None
        wrong = replace(both, discord=replace(both.discord, token=Secret("wrong")))
        with pytest.raises(TreatywatchError, match="Discord does not take DISCORD_TOKEN"):
            async with ways_out(wrong, all_at_once=False):
                pass


def test_who_only_reads_misses_nothing() -> None:
    assert missing(configured(), [], {"poll"}) == []
