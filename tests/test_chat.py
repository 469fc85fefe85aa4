"""What every platform keeps to, one suite for all: a message stands once, is found, changed, continued, and refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat import Chat
from bot.chat.terminal import Terminal
from bot.errors import Closed, Refused, TryLater, Unsure
from bot.model import Channel, ChannelId, Message, Post
from tests import discord_chats, slack_chats
from tests.fake_discord import Fault, limited, refused
from tests.slack_shapes import SIGNED, digest, entry

MESSAGE = digest(SIGNED, why="Daily at 09:00")
OTHER = digest(entry(title="Another title", url="https://cepa.org/b"), why="Daily at 09:00")
TITLE, LINK = "Sixty-five nations sign", "https://press.un.org/en/2025/sgsm22878.doc.htm"


@dataclass
class Stage:
    """One platform, and what stands there."""

    chat: Chat
    channel: ChannelId
    shown: Callable[[], list[str]]  # what is read in each message of ours, those in threads behind
    lose_answer: Callable[[], None] | None = None  # of the next message, which is taken
    refuse: Callable[[], None] | None = None
    close: Callable[[], None] | None = None
    ask_to_wait: Callable[[], None] | None = None

    def post(self, name: str = "p1", message: Message = MESSAGE, **fields: object) -> Post:
        """A message of ours that is being sent."""
        now = datetime.now(UTC)
        given = Post(
            id=name, channel=self.channel, kind="digest", payload=self.chat.render(message), due=now, first_try=now
        )
        return replace(given, **fields)  # type: ignore[arg-type]  # whatever a Post has


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Stage]:
    path = folder / "screen"
    with path.open("w") as stream:
        chat = Terminal(stream, colour=False, width=80)
        yield Stage(chat, ChannelId("terminal"), lambda: [path.read_text()] if path.read_text() else [])


@asynccontextmanager
async def slack(_folder: Path) -> AsyncIterator[Stage]:
    async with slack_chats.fake() as fake, slack_chats.opened(fake) as chat:
        yield Stage(
            chat,
            slack_chats.CHANNEL,
            lambda: [post.words for post in fake.posts("C1")],
            lose_answer=lambda: void(fake.faults.add("chat.postMessage", Fault.reset(accepted=True))),
            refuse=lambda: void(fake.faults.add("chat.postMessage", Fault.error("invalid_blocks"))),
            close=lambda: setattr(fake.room("C1"), "archived", True),
            ask_to_wait=lambda: void(fake.faults.add("chat.postMessage", Fault.rate_limited(70))),
        )


@asynccontextmanager
async def discord(_folder: Path) -> AsyncIterator[Stage]:
    async with discord_chats.fake() as fake, discord_chats.opened(fake) as chat:

        def shown() -> list[str]:
            posts = fake.posts("101")
            return [post.words for first in posts for post in [first, *(fake.posts(first.id) if first.thread else [])]]

        yield Stage(
            chat,
            discord_chats.CHANNEL,
            shown,
            lose_answer=lambda: void(fake.faults.add("say", Fault.reset(accepted=True))),
            refuse=lambda: void(fake.faults.add("say", refused(400, 50035))),
            close=lambda: setattr(fake.room("101"), "writable", False),
            ask_to_wait=lambda: void(fake.faults.add("say", limited(70))),
        )


def void(_: object) -> None:
    """Nothing, whatever it is."""


@pytest.fixture(params=[terminal, slack, discord], ids=["terminal", "slack", "discord"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    async with request.param(tmp_path) as made:
        yield made


def armed(fault: Callable[[], None] | None) -> None:
    """Let the platform misbehave; where nothing of the kind can happen, there is nothing to promise."""
    if fault is None:
        pytest.skip("the terminal cannot do this")
    fault()


# ── what it looks like ────────────────────────────────────────────────────────


async def test_its_channels_are_known_by_its_name(stage: Stage) -> None:
    assert stage.channel.platform == stage.chat.platform


async def test_equal_messages_look_equal_and_others_do_not(stage: Stage) -> None:
    assert stage.chat.render(MESSAGE) == stage.chat.render(replace(MESSAGE)) != stage.chat.render(OTHER)


async def test_a_message_of_all_that_its_limits_allow_is_taken(stage: Stage) -> None:
    limits = stage.chat.limits
    words = "word " * (limits.whole // limits.stories // 10)
    stories = [entry(story=f"{n:016x}", title=f"{n} {words}"[: limits.title]) for n in range(min(limits.stories, 20))]
    await stage.chat.send(stage.post(message=digest(*stories)))
    assert all(f"{n} word" in "".join(stage.shown()) for n in range(len(stories)))


# ── sending ───────────────────────────────────────────────────────────────────


async def test_what_is_sent_stands_there(stage: Stage) -> None:
    receipt = await stage.chat.send(stage.post())
    (shown,) = stage.shown()
    assert TITLE in shown
    assert receipt.message


async def test_plain_text_is_taken_as_well(stage: Stage) -> None:
    await stage.chat.send(stage.post(payload=stage.chat.render_plainly(MESSAGE), plain=True))
    assert TITLE in stage.shown()[0]


async def test_what_may_stand_there_already_says_so(stage: Stage) -> None:
    await stage.chat.send(stage.post(repeat=True))
    assert "repeat" in stage.shown()[0].partition("\n")[0]


async def test_what_goes_into_a_thread_is_told_under_its_message(stage: Stage) -> None:
    first = await stage.chat.send(stage.post())
    await stage.chat.send(stage.post("p2", OTHER, kind="rest", parent="p1", thread=first.message))
    told = "".join(stage.shown())
    assert told.index(TITLE) < told.index("Another title")


async def test_a_change_takes_the_message_s_place(stage: Stage) -> None:
    if not stage.chat.edits:
        pytest.skip("the terminal cannot do this")
    first = await stage.chat.send(stage.post())
    assert await stage.chat.send(stage.post("p2", OTHER, edits="p1", target=first.message)) == first
    (shown,) = stage.shown()
    assert "Another title" in shown
    assert await stage.chat.find(stage.post()) == first


# ── failing ───────────────────────────────────────────────────────────────────


async def test_what_was_taken_without_an_answer_is_found_and_stands_once(stage: Stage) -> None:
    armed(stage.lose_answer)
    with pytest.raises(Unsure):
        await stage.chat.send(stage.post())
    found = await stage.chat.find(stage.post())
    assert found is not None
    assert len(stage.shown()) == 1


async def test_what_does_not_stand_there_is_not_found(stage: Stage) -> None:
    await stage.chat.send(stage.post("p2", OTHER))
    assert await stage.chat.find(stage.post()) is None


async def test_a_message_that_is_wrong_is_never_taken(stage: Stage) -> None:
    armed(stage.refuse)
    with pytest.raises(Refused):
        await stage.chat.send(stage.post())
    assert stage.shown() == []


async def test_a_channel_that_takes_nothing_says_why(stage: Stage) -> None:
    armed(stage.close)
    with pytest.raises(Closed, match=r"\w+ \w+ \w+") as caught:
        await stage.chat.send(stage.post())
    assert not caught.value.workspace


async def test_how_long_to_wait_is_told(stage: Stage) -> None:
    armed(stage.ask_to_wait)
    with pytest.raises(TryLater) as caught:
        await stage.chat.send(stage.post())
    assert caught.value.retry_after == timedelta(seconds=70)


# ── looking back, and people ──────────────────────────────────────────────────


async def test_what_was_told_since_is_known_by_its_links(stage: Stage) -> None:
    sent = stage.post()
    await stage.chat.send(sent)
    assert sent.first_try is not None
    traces = await stage.chat.recent(stage.channel, since=sent.first_try - timedelta(minutes=1))
    assert LINK in {link for trace in traces for link in trace.links}


async def test_an_owner_is_told_or_nobody_is_but_nothing_breaks(stage: Stage) -> None:
    await stage.chat.tell_owner(Channel(id=stage.channel, digest=None, owner="404"), "It is closed.")
    assert stage.shown() == []


async def test_of_people_no_more_is_said_than_is_known(stage: Stage) -> None:
    assert await stage.chat.zone("nobody") is None
    assert isinstance(await stage.chat.may_not_change(stage.channel, "nobody", "anyone"), str)
