"""What becomes of a post when Slack does not simply take it: the whole app in this process, and a Slack that misbehaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model import PostState
from tests.fake_slack import FakeSlack, Fault
from tests.place import told
from tests.world import World

READABLE = ("commands", "chat:write", "chat:write.public", "channels:history")


@pytest.fixture
async def slack(reference: Path | None) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(reference=reference, scopes=READABLE) as opened:
        yield opened


@pytest.fixture
async def world(tmp_path: Path, slack: FakeSlack) -> AsyncIterator[World]:
    async with World(tmp_path, channels=" []\n", slack=slack, bot=", settle: 1m") as opened:
        await opened.asks("subscribe ratification instant")
        await opened.at("2025-10-27 08:00")
        yield opened


async def state_of_posts(world: World) -> dict[PostState, int]:
    return {state: count for state, count in (await world.app.store.status()).posts.items() if count}


async def test_a_story_is_posted_once_with_its_key(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    await world.at("2025-10-27 09:10")
    (post,) = slack.posts("C1")
    assert "Norway ratifies" in post.words
    assert post.metadata is not None
    assert post.metadata["event_payload"]["id"] == post.key


async def test_after_429_the_channel_waits_as_long_as_slack_asks_and_others_go_on(
    world: World, slack: FakeSlack
) -> None:
    await world.asks("subscribe ratification instant", "C2")
    slack.faults.add("chat.postMessage", Fault.rate_limited(90))
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    assert len(slack.posts("C1")) + len(slack.posts("C2")) == 1
    await world.at("2025-10-27 08:36")
    assert len(slack.posts("C1")) + len(slack.posts("C2")) == 1
    await world.at("2025-10-27 08:37")
    assert (len(slack.posts("C1")), len(slack.posts("C2"))) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.reset(accepted=True),
        Fault.half(),
        Fault.http(500, accepted=True),
        Fault.error("fatal_error", accepted=True),
    ],
    ids=["reset", "half an answer", "500", "fatal_error"],
)
async def test_a_post_whose_answer_is_lost_is_found_in_the_channel_and_not_repeated(
    world: World, slack: FakeSlack, fault: Fault
) -> None:
    slack.faults.add("chat.postMessage", fault)
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    assert await state_of_posts(world) == {PostState.UNKNOWN: 1}
    await world.at("2025-10-27 08:36")
    assert (len(slack.posts("C1")), await state_of_posts(world)) == (1, {PostState.SENT: 1})


async def test_a_post_that_slack_never_took_is_sent_again_after_two_looks(world: World, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.http(500))
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    await world.at("2025-10-27 08:36")
    assert slack.posts("C1") == []
    await world.at("2025-10-27 08:37")
    (post,) = slack.posts("C1")
    assert "repeat" not in post.words


async def test_while_slack_cannot_be_asked_the_post_waits_instead_of_being_repeated(
    world: World, slack: FakeSlack
) -> None:
    slack.faults.add("chat.postMessage", Fault.reset(accepted=True))
    slack.faults.add("conversations.history", Fault.http(503))
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    await world.at("2025-10-27 08:36")
    assert await state_of_posts(world) == {PostState.UNKNOWN: 1}
    await world.at("2025-10-27 08:37")
    assert (len(slack.posts("C1")), await state_of_posts(world)) == (1, {PostState.SENT: 1})


async def test_where_nobody_can_look_the_post_is_repeated_once_and_says_so(world: World, slack: FakeSlack) -> None:
    slack.workspace.scopes.discard("channels:history")
    slack.faults.add("chat.postMessage", Fault.reset(accepted=True))
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    await world.at("2025-10-27 08:36")
    first, second = slack.posts("C1")
    assert "This may be a repeat" not in first.words
    assert "This may be a repeat" in second.words


async def test_where_the_operator_wants_to_decide_it_is_held(tmp_path: Path, slack: FakeSlack) -> None:
    slack.workspace.scopes.discard("channels:history")
    async with World(tmp_path, channels=" []\n", slack=slack, bot=", settle: 1m, on_unknown: hold") as world:
        await world.asks("subscribe ratification instant")
        await world.at("2025-10-27 08:00")
        slack.faults.add("chat.postMessage", Fault.reset(accepted=True))
        world.feed("gazette").gains(told(0))
        await world.at("2025-10-27 08:35")
        await world.at("2025-10-27 08:36")
        assert await state_of_posts(world) == {PostState.HELD: 1}
        world.feed("gazette").gains(told(1))
        await world.at("2025-10-27 09:20")
        assert ["Ghana" in post.words for post in slack.posts("C1")] == [False, True]  # it holds nothing else up
        (held,) = await world.app.store.outbox()
        assert "channels:history" in held.why


async def test_a_post_whose_blocks_slack_refuses_is_said_as_plain_text(world: World, slack: FakeSlack) -> None:
    slack.faults.add("chat.postMessage", Fault.error("invalid_blocks"))
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    (post,) = slack.posts("C1")
    assert post.blocks == []
    assert post.text.startswith(
        "Signature and ratification\n"
        "• Norway ratifies the UN Convention against Cybercrime (The Gazette)\nhttps://gazette.example/norway"
    )
    assert await state_of_posts(world) == {PostState.SENT: 1}


async def test_a_post_that_slack_refuses_as_plain_text_too_is_refused_and_the_next_goes_on(
    world: World, slack: FakeSlack
) -> None:
    slack.faults.add("chat.postMessage", Fault.error("invalid_blocks"), times=2)
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    world.feed("gazette").gains(told(1))
    await world.at("2025-10-27 09:20")
    assert await state_of_posts(world) == {PostState.REFUSED: 1, PostState.SENT: 1}


async def test_an_archived_channel_is_paused_its_subscriber_told_once_and_resumed_with_all_it_is_owed(
    world: World, slack: FakeSlack
) -> None:
    slack.room("C1").archived = True
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    world.feed("gazette").gains(told(1))
    await world.at("2025-10-27 09:20")
    (letter,) = slack.posts("U1")
    assert "archived" in letter.words
    assert "/treaty resume" in letter.words
    slack.room("C1").archived = False
    await world.asks("resume")
    await world.at("2025-10-27 09:30")
    assert sorted(post.words.split(" ratifies")[0] for post in slack.posts("C1")) == ["Ghana", "Norway"]


async def lacks_a_post(world: World, slack: FakeSlack) -> None:
    """The channel is a private one without us, and a story was to be told there at 08:35."""
    slack.room("C1").private = True
    slack.room("C1").member = False
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")


async def test_a_private_channel_without_us_goes_on_by_itself_once_we_are_invited(
    world: World, slack: FakeSlack
) -> None:
    await lacks_a_post(world, slack)
    await world.at("2025-10-27 09:36")
    assert len(slack.calls("chat.postMessage")) == 3
    (letter,) = slack.posts("U1")
    assert "type \n/invite @TreatyWatch\n there" in letter.words
    assert "try again each hour for a week; nothing else needs to be done." in letter.words
    slack.room("C1").member = True
    await world.at("2025-10-27 10:30")
    assert slack.posts("C1") == []
    await world.at("2025-10-27 10:37")
    (post,) = slack.posts("C1")
    assert "Norway ratifies" in post.words


async def test_a_channel_that_we_are_not_let_into_for_a_week_waits_for_somebody_to_resume_it(
    world: World, slack: FakeSlack
) -> None:
    await lacks_a_post(world, slack)
    await world.at("2025-11-03 08:36")
    (channel,) = await world.app.store.channels()
    assert (channel.pause and channel.pause.until, "/treaty resume" in slack.posts("U1")[-1].words) == (None, True)
    assert len(slack.posts("U1")) == 2


async def test_a_revoked_token_pauses_the_whole_workspace(world: World, slack: FakeSlack) -> None:
    await world.asks("subscribe ratification instant", "C2")
    slack.faults.add("chat.postMessage", Fault.error("token_revoked"))
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:35")
    assert [channel.pause is not None for channel in await world.app.store.channels()] == [True, True]
    assert len(slack.calls("chat.postMessage")) <= 2


async def test_a_topic_that_feeds_yaml_loses_is_told_to_its_channel_once(tmp_path: Path, slack: FakeSlack) -> None:
    async with World(tmp_path, channels=" []\n", slack=slack) as world:
        await world.asks("subscribe us instant")
        await world.close()
        world.without_topic("us")
        await world.open()
        await world.at("2025-10-27 08:00")
        await world.close()
        await world.open()
        await world.at("2025-10-27 08:40")
        (notice,) = slack.posts("C1")
        assert "feeds.yaml has no topic us any more" in notice.words
