"""Threads that take nothing: what belongs there goes on in the channel, and no channel is paused for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.embeds import render, title_of
from bot.chat.discord.requests import Requests
from bot.chat.discord.sending import Threads
from bot.errors import Closed
from tests import discord_chats
from tests.discord_chats import opened, post
from tests.discord_shapes import read
from tests.fake_discord import FakeDiscord, refused
from tests.slack_shapes import digest, entry

URL = "https://a.example/norway"


discord, chat = discord_chats.discord, discord_chats.chat


@pytest.mark.parametrize(
    ("status", "code"), [(404, 10003), (403, 50001), (403, 50013), (400, 50083), (403, 160005)], ids=str
)
async def test_what_a_thread_does_not_take_is_an_answer_in_its_channel(
    chat: DiscordChat, discord: FakeDiscord, status: int, code: int
) -> None:
    first = await chat.send(post(chat))
    discord.faults.add("say", refused(status, code))
    sent = await chat.send(replace(post(chat, thread=first.message), id="p2"))
    _, answer = discord.posts("101")
    assert (answer.key, answer.id) == ("p2", sent.message)
    assert answer.body["message_reference"] == {"message_id": first.message, "fail_if_not_exists": False}


async def test_what_goes_on_in_a_thread_that_was_locked_goes_on_in_the_channel(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    first = await chat.send(post(chat))
    second = await chat.send(replace(post(chat, thread=first.message), id="p2"))
    discord.room(first.message).locked = True
    for name, parent in (("p3", first), ("p4", second)):
        await chat.send(replace(post(chat, thread=parent.message), id=name))
    assert [one.key for one in discord.posts("101")] == ["p1", "p3", "p4"]


async def test_where_the_channel_takes_nothing_either_it_is_the_channel_s_fault(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    first = await chat.send(post(chat))
    discord.faults.add("say", refused(403, 50013), times=2)
    with pytest.raises(Closed, match="the bot may not post here"):
        await chat.send(replace(post(chat, thread=first.message), id="p2"))


async def test_what_belongs_under_a_message_that_was_deleted_is_told_all_the_same(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    first, other = await chat.send(post(chat)), await chat.send(replace(post(chat), id="q1"))
    del discord.room("101").messages[0]
    await chat.send(replace(post(chat, thread=first.message), id="p2"))
    await chat.send(replace(post(chat, thread=other.message), id="q2"))
    assert [one.key for one in discord.posts("101")] == ["q1", "p2"]
    assert [one.key for one in discord.posts(other.message)] == ["q2"]


async def test_a_channel_that_took_no_thread_is_tried_again_after_an_hour(discord: FakeDiscord) -> None:
    seconds = 0.0
    discord.room("101").threads = False
    async with (
        opened(discord) as chat,
        Requests.open(discord.token, api_url=discord.url, gateway_url=discord.gateway_url) as requests,
    ):
        threads = Threads(requests, now=lambda: seconds)
        first, body = await chat.send(post(chat)), read(chat.render(digest()))
        for seconds in (0.0, 3599.0):
            await threads.send("101", first.message, body, key=f"at {seconds}")
        assert len(discord.calls("begin")) == 1
        discord.room("101").threads = True
        seconds = 3601.0
        assert (await threads.send("101", first.message, body, key="later")).startswith(f"{first.message}/")


async def test_a_thread_is_called_as_its_story(chat: DiscordChat, discord: FakeDiscord) -> None:
    first = await chat.send(post(chat))
    later = digest(entry(title="Norway_ratifies [the] treaty", url=URL), kind="instant", heading="Also told by CEPA")
    await chat.send(replace(post(chat, thread=first.message), id="p2", payload=chat.render(later)))
    assert discord.room(first.message).name == "Norway_ratifies [the] treaty"


@pytest.mark.parametrize("title", ["Norway ratifies", "A *b* _c_ `d`", "\\_(ツ)_/", "https://a.example/ is new"])
def test_a_message_is_called_as_its_heading_or_its_first_story(title: str) -> None:
    told = digest(
        entry(title=title, url=URL), entry(title="Another", url=URL), kind="instant", heading="Also told by CEPA"
    )
    assert title_of(read(render(told))) == title
    assert title_of(read(render(digest(heading="The rest of *it*")))) == "The rest of *it*"
    assert title_of({"content": "nothing"}) == ""
