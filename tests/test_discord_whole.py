"""A new user's walk on Discord, through the bot's own commands: from the first word to a digest and what is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.discord.app import DiscordChat
from bot.model import PostState
from tests import discord_chats
from tests.discord_chats import CHANNEL, fake, listening
from tests.fake_discord import FakeDiscord, Fault, Posted, limited
from tests.fake_slack import FakeSlack
from tests.place import told
from tests.test_pipeline_later import elsewhere
from tests.world import World

NOBODY = " []\n"


@asynccontextmanager
async def lived_in(
    folder: Path,
    discord: FakeDiscord,
    slack: FakeSlack | None = None,
    *,
    feeds: tuple[str, ...] = ("gazette",),
    bot: str = "",
) -> AsyncIterator[World]:
    """A world whose bot listens on Discord, and has read its feeds once."""
    async with World(folder, feeds=feeds, channels=NOBODY, discord=discord, slack=slack, bot=bot) as world:
        chat = world.app.chats["discord"]
        assert isinstance(chat, DiscordChat)
        async with listening(chat, discord, world.app.commands):
            await world.app.worker.once()
            yield world


discord = discord_chats.discord


@pytest.fixture
async def world(tmp_path: Path, discord: FakeDiscord) -> AsyncIterator[World]:
    async with lived_in(tmp_path, discord) as made:
        yield made


async def says(discord: FakeDiscord, name: str, *, user: str = "11", channel: str = "101", **options: object) -> str:
    """What a command is answered with."""
    answers = await (await discord.command(name, user=user, channel=channel, **options)).answers()
    return "\n".join(answer.words for answer in answers)


def stories(discord: FakeDiscord, channel: str = "101") -> list[Posted]:
    """Our posts, without the notices."""
    return [post for post in discord.posts(channel) if post.key]


async def test_a_channel_subscribes_by_words_and_gets_its_digest_once(world: World, discord: FakeDiscord) -> None:
    said = await says(discord, "subscribe", topics="ratification", when="daily", hour="09:00", zone="Europe/Vienna")
    assert "Signature and ratification" in said
    world.feed("gazette").gains(told(0))
    await world.at("2025-10-27 08:30")
    assert stories(discord) == []
    await world.at("2025-10-27 09:00")
    await world.at("2025-10-27 09:30")
    (digest,) = stories(discord)
    assert "Norway ratifies the UN Convention against Cybercrime" in digest.words
    assert list(digest.buttons) == ["Why?", "Relevant", "Not relevant", "Mute The Gazette", "Manage"]


async def test_a_channel_subscribes_by_a_form(world: World, discord: FakeDiscord) -> None:
    form = await discord.command("subscribe")
    assert form.first == 9
    sent = await discord.submit(form, choices_instant=["ratification"])
    assert "Signature and ratification" in (await sent.answer()).words
    world.feed("gazette").gains(told(1))
    await world.at("2025-10-27 08:30")
    (post,) = stories(discord)
    assert "Ghana ratifies" in post.words


async def test_a_form_with_a_wrong_hour_says_so_and_can_be_corrected(world: World, discord: FakeDiscord) -> None:
    form = await discord.command("subscribe")
    sent = await discord.submit(form, choices_digest=["ratification"], hour_at_lookup_zone="25:00 Europe/Vienna")
    wrong = await sent.answer()
    again = await discord.press(wrong, "Correct it")
    assert again.modal is not None
    corrected = await discord.submit(again, hour_at_lookup_zone="9 Europe/Vienna")
    await corrected.answer()
    assert "09:00" in await says(discord, "list")


async def test_of_two_open_forms_the_second_undoes_nothing_and_is_opened_anew(
    world: World, discord: FakeDiscord
) -> None:
    first, second = await discord.command("subscribe"), await discord.command("subscribe")
    await (await discord.submit(first, choices_digest=["ratification"])).answer()
    late = await (await discord.submit(second, choices_instant=["convention"])).answer()
    assert "Somebody changed this channel meanwhile: it now gets Signature and ratification" in late.words
    again = await discord.press(late, "Correct it")
    assert again.modal is not None
    await (await discord.submit(again)).answer()
    listed = await says(discord, "list")
    assert "Topics Signature and ratification" in listed
    assert "At once UN Convention against Cybercrime" in listed


async def test_what_is_said_of_a_story_is_kept(world: World, discord: FakeDiscord) -> None:
    await says(discord, "subscribe", topics="ratification", when="instant")
    world.feed("gazette").gains(told(2))
    await world.at("2025-10-27 08:30")
    (post,) = stories(discord)
    assert "ratifi" in (await (await discord.press(post, "Why?", user="12")).answer()).words.casefold()
    await (await discord.press(post, "Not relevant", user="12")).answer()
    (judged,) = await world.app.store.feedback()
    assert (judged.feedback.relevant, judged.feedback.channel) == (False, CHANNEL)
    assert judged.feedback.by.endswith(":12")


async def test_what_came_while_a_channel_was_paused_is_told_together(world: World, discord: FakeDiscord) -> None:
    await says(discord, "subscribe", topics="convention", when="daily", hour="09:00", zone="Europe/Vienna")
    await says(discord, "subscribe", topics="ratification", when="instant")
    asked = await (await discord.command("pause")).answer()
    assert "posts nothing here until" in (await (await discord.press(asked, "1 day")).answer()).words
    world.feed("gazette").gains(told(3))
    await world.at("2025-10-27 08:30")
    assert stories(discord) == []
    await says(discord, "resume")
    await world.at("2025-10-27 08:40")
    (digest,) = stories(discord)
    assert "while this channel was paused" in digest.words


async def test_who_may_not_manage_the_channel_changes_nothing(world: World, discord: FakeDiscord) -> None:
    said = await says(discord, "subscribe", user="12", topics="ratification", when="instant")
    assert "Only who has the permission Manage Channels" in said
    assert await world.app.store.settings(CHANNEL) is None


async def test_topics_and_zones_are_offered_to_who_types(world: World, discord: FakeDiscord) -> None:
    topics = await discord.types("subscribe", "topics", topics="ratif")
    zones = await discord.types("subscribe", "zone", zone="vienna")
    assert topics[0] == {"name": "Signature and ratification", "value": "ratification"}
    assert zones[0]["value"] == "Europe/Vienna"


async def test_one_process_serves_both_platforms_and_a_subscription_looks_the_same(tmp_path: Path) -> None:
    async with fake() as discord, FakeSlack() as slack, lived_in(tmp_path, discord, slack) as world:
        await says(discord, "subscribe", topics="ratification", when="instant")
        await world.asks("subscribe ratification instant")
        world.feed("gazette").gains(told(3))
        await world.at("2025-10-27 08:30")
        assert ["Fiji ratifies" in post.words for post in stories(discord)] == [True]
        assert "Fiji ratifies" in slack.posts("C1")[-1].words
        wishes = {(one.channel.platform, one.topic, one.wish) for one in await world.app.store.subscriptions()}
        changes = {(change.channel.platform, change.what) for change in await world.app.store.changes(limit=10)}
    assert wishes == {("slack", "ratification", "instant"), ("discord", "ratification", "instant")}
    assert changes == {("slack", "subscribed"), ("discord", "subscribed")}


async def test_a_thread_that_somebody_locks_pauses_no_channel(tmp_path: Path, discord: FakeDiscord) -> None:
    async with lived_in(tmp_path, discord, feeds=("gazette", "courier")) as world:
        await says(discord, "subscribe", topics="ratification", when="instant")
        world.feed("gazette").gains(told(0))
        await world.at("2025-10-27 08:35")
        (post,) = stories(discord)
        discord.guild.begin("101", post.id, {"name": "Talk"})
        discord.room(post.id).locked = True
        world.feed("courier").gains(elsewhere())
        await world.at("2025-10-27 09:35")
        world.feed("gazette").gains(told(1))
        await world.at("2025-10-27 10:55")
        first, more, other = stories(discord)
    assert (first, more.body["message_reference"]["message_id"]) == (post, post.id)
    assert "Also told by" in more.words
    assert "Ghana ratifies" in other.words


@pytest.mark.parametrize("readable", [True, False])
async def test_on_unknown_hold_holds_where_the_channel_may_not_be_read(
    tmp_path: Path, discord: FakeDiscord, *, readable: bool
) -> None:
    async with lived_in(tmp_path, discord, bot=", on_unknown: hold") as world:
        await says(discord, "subscribe", topics="ratification", when="instant")
        await discord.posted("101")  # what is said of the subscription
        discord.room("101").readable, discord.guild.window = readable, timedelta()
        discord.faults.add("say", Fault.reset(accepted=True))
        world.feed("gazette").gains(told(0))
        for time in ("08:35", "09:55", "10:55"):
            await world.at(f"2025-10-27 {time}")
        waiting = [post.state for post in await world.app.store.outbox()]
    assert (len(stories(discord)), waiting) == (1, [] if readable else [PostState.HELD])


async def test_a_look_into_the_past_waits_as_it_was_asked_to(world: World, discord: FakeDiscord) -> None:
    await says(discord, "subscribe", topics="ratification", when="instant")
    await discord.posted("101")  # what is said of the subscription
    discord.faults.add("say", Fault.reset(accepted=True))
    discord.faults.add("past", limited(50))
    world.feed("gazette").gains(told(0))
    looks = []
    for time in ("08:35:00", "08:35:00", "08:35:49", "08:35:51"):
        await world.at(f"2025-10-27 {time}")
        looks.append(len(discord.calls("past")))
    assert looks[1:] == [1, 1, 2]
    assert (len(stories(discord)), await world.app.store.outbox()) == (1, [])
