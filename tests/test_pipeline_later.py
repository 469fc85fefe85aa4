"""What comes after a story was told, and what is told later than at once: the whole app, over a screen or a Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_slack import FakeSlack, Fault, Posted
from tests.feed_server import Told
from tests.place import told
from tests.world import World, vienna

READABLE = ("commands", "chat:write", "chat:write.public", "channels:history")
MORNING = "2025-10-27 08:00"
QUIET = """
  - channel: slack:T1:C1
    instant: [ratification]
    quiet: {from: "20:00", to: "07:00"}
"""
BOTH = """
  - channel: slack:T1:C1
    topics: [convention]
    instant: [ratification]
    digest: {at: "09:00", zone: Europe/Vienna, days: daily}
"""


@pytest.fixture
async def slack(reference: Path | None) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(reference=reference, scopes=READABLE) as opened:
        yield opened


@pytest.fixture
async def world(tmp_path: Path, slack: FakeSlack) -> AsyncIterator[World]:
    async with World(tmp_path, channels=BOTH, slack=slack, bot=", settle: 1m") as opened:
        await opened.at(MORNING)
        yield opened


def norway(title: str = "Norway ratifies the UN Convention against Cybercrime") -> Told:
    return replace(told(0), title=title)


def elsewhere() -> Told:
    """Another outlet's report of what `told(0)` tells."""
    return Told(
        title="Norway ratifies UN Convention against Cybercrime",
        guid="courier-1",
        link="https://courier.example/norway",
        summary="Oslo has ratified the UN Convention against Cybercrime.",
    )


def titles(posts: list[Posted]) -> list[str]:
    """The first country that each message names."""
    names = ("Norway", "Ghana", "Chile", "Fiji", "Nepal", "Malta", "Togo", "Peru", "Laos", "Kenya", "Qatar", "Oman")
    return [next(name for name in names if name in post.words) for post in posts]


# ── corrections


async def test_a_title_that_changes_changes_the_message_and_says_so(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(norway())
    await world.at("2025-10-27 08:35")
    world.feed("gazette").holds(norway("Norway will ratify the UN Convention against Cybercrime"))
    await world.at("2025-10-27 09:30")
    (post,) = slack.posts("C1")
    assert post.edits == 1
    assert "Norway will ratify the UN Convention against Cybercrime" in post.words
    assert "Edited: the title was “Norway ratifies the UN Convention against Cybercrime”." in post.words
    assert post.key == slack.calls("chat.postMessage")[0].arguments["metadata"]["event_payload"]["id"]


async def test_an_edit_of_nothing_that_was_shown_asks_slack_for_nothing(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(norway())
    await world.at("2025-10-27 08:35")
    world.feed("gazette").holds(norway("NORWAY ratifies the U.N. Convention against Cybercrime."))
    await world.at("2025-10-27 09:30")
    assert slack.calls("chat.update") == []
    assert await world.app.store.next_channel() == vienna("2025-10-28 09:00")


async def test_each_correction_says_what_stood_there_before_it(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(norway())
    await world.at("2025-10-27 08:35")
    for minute, verb in (("09:30", "rejects"), ("10:30", "discusses")):
        world.feed("gazette").holds(norway(f"Norway {verb} the UN Convention against Cybercrime"))
        await world.at(f"2025-10-27 {minute}")
    (post,) = (one for one in slack.posts("C1") if "discusses" in one.words)
    assert post.edits == 2
    assert "the title was “Norway rejects the UN Convention against Cybercrime”" in post.words


async def test_a_story_of_a_digest_is_corrected_in_the_digest(world: World, slack: FakeSlack) -> None:
    guide = Told(
        title="What the UN Convention against Cybercrime says",
        guid="guide",
        link="https://gazette.example/guide",
        summary="A guide to the UN Convention against Cybercrime.",
    )
    world.feed("gazette").gains(guide)
    await world.at("2025-10-27 08:35")
    await world.at("2025-10-27 09:00")
    world.feed("gazette").holds(replace(guide, title="What the UN Convention against Cybercrime leaves out"))
    await world.at("2025-10-27 10:00")
    (post,) = slack.posts("C1")
    assert post.edits == 1
    assert "leaves out" in post.words
    assert "1 new story" in post.words


@pytest.mark.parametrize(
    "fault",
    [Fault.reset(), Fault.reset(accepted=True), Fault.http(500), Fault.rate_limited(20)],
    ids=lambda one: one.kind,
)
async def test_a_correction_whose_answer_is_lost_is_asked_for_again(
    world: World, slack: FakeSlack, fault: Fault
) -> None:
    world.feed("gazette").gains(norway())
    await world.at("2025-10-27 08:35")
    slack.faults.add("chat.update", fault)
    world.feed("gazette").holds(norway("Norway rejects the UN Convention against Cybercrime"))
    await world.at("2025-10-27 09:30")
    await world.at("2025-10-27 09:31")
    (post,) = slack.posts("C1")
    assert "rejects" in post.words
    assert not await world.app.store.outbox()


async def test_a_message_that_is_gone_is_not_corrected_and_holds_nothing_up(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(norway())
    await world.at("2025-10-27 08:35")
    slack.faults.add("chat.update", Fault.error("message_not_found"))
    world.feed("gazette").holds(norway("Norway rejects the UN Convention against Cybercrime"))
    world.feed("gazette").gains(told(1))
    await world.at("2025-10-27 09:30")
    assert titles(slack.posts("C1")) == ["Norway", "Ghana"]
    (refused,) = await world.app.store.outbox()
    assert (refused.state, refused.why) == ("refused", "Slack says message_not_found")


# ── later coverage


async def test_who_tells_a_story_later_goes_into_the_thread_of_its_message(world: World, slack: FakeSlack) -> None:
    world.feed("gazette").gains(norway())
    await world.at("2025-10-27 08:35")
    world.feed("courier").gains(elsewhere())
    await world.at("2025-10-27 09:30")
    first, reply = slack.posts("C1")
    assert reply.thread == first.ts
    assert "Also told by The Courier" in reply.words
    await world.at("2025-10-28 09:00")
    assert len(slack.posts("C1")) == 2  # nothing of it in the digest


async def test_a_story_told_in_a_digest_gets_no_thread(world: World, slack: FakeSlack) -> None:
    guide = replace(elsewhere(), title="A guide to the UN Convention against Cybercrime", summary="")
    world.feed("courier").gains(guide)
    await world.at("2025-10-27 08:35")
    await world.at("2025-10-27 09:00")
    world.feed("gazette").gains(replace(guide, guid="g", link="https://gazette.example/guide"))
    await world.at("2025-10-27 09:20")
    assert len(slack.posts("C1")) == 1


# ── quiet hours


async def test_at_night_nothing_is_told_and_in_the_morning_all(tmp_path: Path, slack: FakeSlack) -> None:
    async with World(tmp_path, channels=QUIET, slack=slack, bot=", settle: 1m") as world:
        await world.at("2025-10-27 19:00")
        world.feed("gazette").gains(told(0))
        await world.at("2025-10-27 20:00")
        world.feed("gazette").gains(told(1))
        await world.at("2025-10-28 06:59")
        assert slack.posts("C1") == []
        await world.at("2025-10-28 07:00")
        assert titles(slack.posts("C1")) == ["Norway", "Ghana"]


async def test_what_slack_put_off_into_the_night_waits_too(tmp_path: Path, slack: FakeSlack) -> None:
    async with World(tmp_path, channels=QUIET, slack=slack, bot=", settle: 1m") as world:
        await world.at("2025-10-27 19:00")
        slack.faults.add("chat.postMessage", Fault.rate_limited(600))
        world.feed("gazette").gains(told(0))
        await world.at("2025-10-27 19:55")
        await world.at("2025-10-27 20:06")
        assert slack.posts("C1") == []
        await world.at("2025-10-28 07:00")
        assert titles(slack.posts("C1")) == ["Norway"]


# ── too many at once


async def test_more_than_an_hour_may_bring_come_in_one_message_that_counts_them(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with World(tmp_path, channels=BOTH, slack=slack, bot=", settle: 1m, instant_per_hour: 3") as world:
        await world.at(MORNING)
        world.feed("gazette").holds(*(told(number) for number in range(5)))
        await world.at("2025-10-27 08:35")
        (post,) = slack.posts("C1")
        assert "UN Convention against Cybercrime · 5 stories at once" in post.words
        assert all(f"{name} ratifies" in post.words for name in ("Norway", "Ghana", "Chile", "Fiji", "Nepal"))


async def test_what_does_not_fit_into_that_message_stands_in_its_thread(tmp_path: Path, slack: FakeSlack) -> None:
    async with World(tmp_path, channels=BOTH, slack=slack, bot=", settle: 1m, instant_per_hour: 1") as world:
        await world.at(MORNING)
        # A feed may tell ten at once in an hour, so it takes two of them.
        world.feed("gazette").holds(*(told(number) for number in range(6)))
        world.feed("courier").holds(*(replace(told(n), link=f"https://c.example/{n}") for n in range(6, 12)))
        await world.at("2025-10-27 08:35")
        first, rest = slack.posts("C1")
        assert "12 new stories, 5 of them in the thread" in first.words
        assert rest.thread == first.ts
        assert "Stories 8 to 12 of 12" in rest.words


async def test_beyond_the_hours_room_they_wait_for_it(tmp_path: Path, slack: FakeSlack) -> None:
    async with World(tmp_path, channels=BOTH, slack=slack, bot=", settle: 1m, instant_per_hour: 2") as world:
        await world.at(MORNING)
        world.feed("gazette").gains(told(0))
        world.feed("courier").gains(replace(told(1), link="https://courier.example/ghana"))
        await world.at("2025-10-27 08:40")
        world.feed("gazette").gains(told(2))
        world.feed("courier").gains(replace(told(3), link="https://courier.example/fiji"))
        await world.at("2025-10-27 09:25")
        assert sorted(titles(slack.posts("C1"))) == ["Ghana", "Norway"]
        await world.at("2025-10-27 09:40")
        (post,) = slack.posts("C1")[2:]
        assert "2 stories at once" in post.words
        assert "Chile ratifies" in post.words
        assert "Fiji ratifies" in post.words


# ── news no more


async def test_a_story_that_could_not_be_told_for_six_hours_goes_into_the_digest(
    world: World, slack: FakeSlack
) -> None:
    slack.faults.add("chat.postMessage", Fault.rate_limited(600), times=None)
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 09:30")
    slack.faults.clear()
    await world.at("2025-10-27 15:31")
    assert slack.posts("C1") == []
    await world.at("2025-10-28 09:00")
    (post,) = slack.posts("C1")
    assert "1 new story" in post.words
    assert "Norway ratifies" in post.words


async def test_one_that_slack_may_have_taken_does_not(world: World, slack: FakeSlack) -> None:
    slack.workspace.scopes.discard("channels:history")
    slack.faults.add("chat.postMessage", Fault.reset(accepted=True))
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 09:30")
    await world.at("2025-10-27 16:00")
    _first, second = slack.posts("C1")
    assert "This may be a repeat" in second.words
    await world.at("2025-10-28 09:00")
    assert len(slack.posts("C1")) == 2


# ── after a pause


async def test_when_a_pause_ends_what_would_have_come_at_once_comes_in_a_digest_of_its_own(
    world: World, slack: FakeSlack
) -> None:
    await world.at("2025-10-27 09:00")
    await world.asks("pause 14:00")
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 10:00")
    world.feed("gazette").gains(told(1))
    await world.at("2025-10-27 13:59")
    assert slack.posts("C1") == []
    await world.at("2025-10-27 14:00")
    (post,) = slack.posts("C1")
    assert "UN Convention against Cybercrime · while this channel was paused" in post.words
    assert "2 new stories" in post.words
    world.feed("gazette").gains(told(2))
    await world.at("2025-10-27 16:00")
    assert "Chile ratifies" in slack.posts("C1")[1].words
    await world.at("2025-10-28 09:00")
    assert len(slack.posts("C1")) == 2  # and the digest of that day has nothing left to tell


async def test_a_pause_over_the_digests_hour_ends_with_that_digest_alone(world: World, slack: FakeSlack) -> None:
    await world.asks("pause 2025-10-28 12:00")
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 10:00")
    await world.at("2025-10-28 12:00")
    (post,) = slack.posts("C1")
    assert "Tuesday, 28 October 2025" in post.words
    assert "Norway ratifies" in post.words
    await world.at("2025-10-28 13:00")
    assert len(slack.posts("C1")) == 1


async def test_a_pause_in_which_nothing_came_ends_in_silence(world: World, slack: FakeSlack) -> None:
    await world.at("2025-10-27 09:00")
    await world.asks("pause 14:00")
    await world.at("2025-10-27 14:00")
    assert slack.posts("C1") == []
