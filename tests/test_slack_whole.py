"""Slack from outside: the bot as a whole process, a workspace beside it, people who type and a feed that gains items."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake_slack import Fault, RemoteSlack, running
from tests.feed_server import FeedServer, Told
from tests.place import Place, told

GARDEN = Told(title="A page about gardening", guid="garden")


@pytest.fixture
async def slack(tmp_path: Path, reference: Path | None) -> AsyncIterator[RemoteSlack]:
    async with running(tmp_path / "slack.jsonl", reference=reference) as opened:
        yield opened


@pytest.fixture
async def place(tmp_path: Path, slack: RemoteSlack) -> AsyncIterator[Place]:
    async with FeedServer() as server:
        server.feed("/rss", [GARDEN])
        here = Place(tmp_path, server, channels=" []\n", env=slack.env)
        here.turn("2025-10-27 08:00")
        yield here


async def say(slack: RemoteSlack, words: str, channel: str = "C1") -> str:
    """What a command is answered with."""
    heard = await slack.command("/treaty", words, channel=channel, user="U1")
    return "\n".join(reply.words for reply in heard.replies)


def stories(posts: list[object]) -> list[object]:
    """The posts that tell a story, without the notices."""
    return [post for post in posts if "gazette.example" in str(getattr(post, "blocks", ""))]


async def test_a_channel_subscribes_and_gets_its_digest_once_at_its_hour(place: Place, slack: RemoteSlack) -> None:
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
        await slack.connected()
        await say(slack, "subscribe ratification daily 09:00 Europe/Vienna")
        (notice,) = await slack.posted("C1")
        assert "Signature and ratification" in notice.words
        place.server.feed("/rss", [told(0), GARDEN])
        place.turn("2025-10-27 08:30")
        await bot.logs("feed.watched")
        assert stories(list(await slack.posts("C1"))) == []
        assert "Norway ratifies" in await say(slack, "latest")
        place.turn("2025-10-27 09:00")
        await bot.logs("post.sent")
        place.turn("2025-10-27 09:30")
        await bot.logs("feed.watched")
        (digest,) = stories(list(await slack.posts("C1")))
    assert "Norway ratifies the UN Convention against Cybercrime" in digest.words  # type: ignore[attr-defined]
    assert "1 new story" in digest.words  # type: ignore[attr-defined]
    assert await slack.violations() == []


async def test_another_channel_is_told_at_once(place: Place, slack: RemoteSlack) -> None:
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
        await slack.connected()
        await say(slack, "subscribe ratification daily 09:00 Europe/Vienna", "C1")
        await say(slack, "subscribe ratification instant", "C2")
        place.server.feed("/rss", [told(1), GARDEN])
        place.turn("2025-10-27 08:30")
        await bot.logs("post.sent")
        assert len(stories(list(await slack.posts("C2")))) == 1
        assert stories(list(await slack.posts("C1"))) == []


@pytest.mark.timeout(180)
async def test_killed_in_the_middle_each_channel_gets_one_post_and_none_is_lost(
    place: Place, slack: RemoteSlack
) -> None:
    """The worst moment: Slack has the message, its answer is still out, and the bot is killed."""
    await slack.grant(["commands", "chat:write", "chat:write.public", "channels:history", "groups:history"])
    async with place.runs(*place.turned()) as bot:
        await bot.logs("feed.watched")
        await slack.connected()
        await say(slack, "subscribe ratification instant", "C1")
        await say(slack, "subscribe convention instant", "C3")
    for number in range(4):
        stuck = await slack.fault("chat.postMessage", Fault.hangs(accepted=number % 2 == 0))
        place.server.feed("/rss", [told(one) for one in range(number, -1, -1)])
        place.turn(f"2025-10-27 08:0{2 * number + 1}")
        async with place.runs(*place.turned()) as bot:
            await slack.hit(stuck)
            bot.process.kill()
        await slack.clear_faults()
    place.turn("2025-10-27 08:29")
    async with place.runs(*place.turned()) as bot:
        # The kill may have come before the feed was read: by a post of the round before.
        await bot.logs("feed.watched")
        # Two stories that wait for one channel go out a second apart, by a clock that only we turn.
        minutes = iter(range(30, 60))
        while place.owes():
            place.turn(f"2025-10-27 08:{next(minutes)}")
            await bot.logs("feed.watched", "post.sent", "post.found")
    links = [told(number).link for number in range(4)]
    for channel in ("C1", "C3"):
        told_there = [link for post in await slack.posts(channel) for link in links if str(link) in str(post.blocks)]
        assert sorted(map(str, told_there)) == sorted(map(str, links))


async def test_a_wrong_token_is_named_and_the_bot_does_not_start(place: Place, slack: RemoteSlack) -> None:
    place.env = {**place.env, "SLACK_BOT_TOKEN": "xoxb-" + "nobody"}
    async with place.runs(*place.command("run")) as bot:
        said = await bot.says()
        assert await bot.ends() == 1
    assert "SLACK_BOT_TOKEN" in said
    assert "nobody" not in said
    assert "Traceback" not in said
