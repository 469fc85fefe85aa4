"""What Discord asks to wait for, and pages that come in place of its answers: nothing stops, and no channel is closed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bot.chat import CannotLook
from bot.chat.discord.app import DiscordChat
from bot.chat.discord.requests import Bucket
from bot.errors import Refused, TreatywatchError, TryLater, Unsure
from bot.model import Channel
from tests import discord_chats
from tests.discord_chats import CHANNEL, listening, opened, post
from tests.fake_discord import FakeDiscord, Fault, limited, refused
from tests.slack_chats import Desk

discord, chat = discord_chats.discord, discord_chats.chat


# ── waiting ───────────────────────────────────────────────────────────────────


async def test_who_is_cancelled_in_a_wait_for_all_holds_up_nobody_after(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    limit = discord.faults.add("say", limited(3.5, whole=True))
    sending = asyncio.ensure_future(chat.send(post(chat)))
    await limit.hit()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await sending
    async with asyncio.timeout(3):
        await chat.send(replace(post(chat), id="p2"))
    assert [one.key for one in discord.posts("101")] == ["p2"]


async def test_discord_that_asks_all_to_wait_three_times_takes_the_next_post(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    discord.faults.add("say", limited(1.5, whole=True), times=3)
    with pytest.raises(TryLater) as caught:
        await chat.send(post(chat))
    assert caught.value.retry_after == timedelta(seconds=1.5)
    assert len(discord.calls("say")) == 3
    await chat.send(post(chat))
    assert [one.key for one in discord.posts("101")] == ["p1"]


async def test_a_bucket_with_room_takes_a_request_however_long_it_lasts() -> None:
    said = {"Limit": "5", "Remaining": "4", "Reset-After": "300"}
    answer, bucket = SimpleNamespace(headers={f"X-Ratelimit-{name}": told for name, told in said.items()}), Bucket(None)
    async with bucket:
        bucket.update(answer)  # type: ignore[arg-type]  # all that it looks at
    async with asyncio.timeout(60), bucket:
        pass


# ── the start ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(limited(30), "it asks to wait 30 s. Start again then.", id="429"),
        pytest.param(
            Fault(kind="answer", body="<html>"), "it cannot be reached. Start again in a minute.", id="no JSON"
        ),
    ],
)
async def test_a_start_that_has_to_wait_says_so_in_a_sentence(discord: FakeDiscord, fault: Fault, said: str) -> None:
    discord.faults.add("me", fault)
    with pytest.raises(TreatywatchError) as caught:
        async with opened(discord):
            pass
    assert str(caught.value) == f"Discord could not be asked whether DISCORD_TOKEN is right: {said}"


# ── pages in place of answers ─────────────────────────────────────────────────


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_proxy_s_page_closes_no_channel(chat: DiscordChat, discord: FakeDiscord, status: int) -> None:
    discord.faults.add("say", Fault.html(status))
    with pytest.raises(TryLater, match=rf"a web page came in place of Discord's answer \({status}\)"):
        await chat.send(post(chat))


@pytest.mark.parametrize("route", ["application", "commands"])
@pytest.mark.parametrize("fault", [Fault.html(200), Fault(kind="answer", body='["x"]')], ids=["a page", "strange JSON"])
async def test_a_portal_s_page_while_the_commands_are_registered_stops_nothing(
    chat: DiscordChat, discord: FakeDiscord, route: str, fault: Fault
) -> None:
    discord.faults.add(route, fault)
    with capture_logs() as logs:
        async with listening(chat, discord, Desk()):
            await discord.called(route)
            await (await discord.command("list")).answer()
    assert [row["event"] for row in logs if row["log_level"] == "warning"] == ["discord.not_registered"]


async def test_a_portal_s_page_is_no_past(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("past", Fault.html(200), times=2)
    with pytest.raises(CannotLook):
        await chat.find(post(chat))
    with pytest.raises(CannotLook):
        await chat.recent(CHANNEL, since=datetime.now(UTC) - timedelta(hours=1))


async def test_an_owner_whose_conversation_is_a_page_is_only_logged(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("direct", Fault.html(200))
    with capture_logs() as logs:
        await chat.tell_owner(Channel(id=CHANNEL, digest=None, set_by="chat", owner="11"), "It is gone.")
    assert [row["event"] for row in logs] == ["owner.not_told"]


# ── what may not be read ──────────────────────────────────────────────────────


async def old(chat: DiscordChat, discord: FakeDiscord) -> DiscordChat:
    """A post was lost so long ago that Discord knows its nonce no more."""
    discord.faults.add("say", Fault.reset(accepted=True))
    with pytest.raises(Unsure):
        await chat.send(post(chat))
    return chat


LONG_AGO = timedelta(minutes=10)


async def test_a_channel_that_may_not_be_read_is_not_taken_for_empty(chat: DiscordChat, discord: FakeDiscord) -> None:
    await old(chat, discord)
    discord.room("101").readable = False
    looked_for = replace(post(chat), first_try=datetime.now(UTC) - LONG_AGO)
    with pytest.raises(CannotLook, match="that takes Read Message History") as caught:
        await chat.find(looked_for)
    assert not caught.value.later
    with pytest.raises(CannotLook, match="that takes Read Message History"):
        await chat.recent(CHANNEL, since=datetime.now(UTC) - LONG_AGO)


async def test_while_discord_knows_the_nonce_nobody_needs_to_read(chat: DiscordChat, discord: FakeDiscord) -> None:
    await old(chat, discord)
    discord.room("101").readable = False
    assert await chat.find(post(chat)) is None
    await chat.send(post(chat))
    assert len(discord.posts("101")) == 1


async def test_a_channel_in_which_nothing_was_ever_said_is_empty(chat: DiscordChat) -> None:
    looked_for = replace(post(chat), first_try=datetime.now(UTC) - LONG_AGO)
    assert await chat.find(looked_for) is None
    assert await chat.recent(CHANNEL, since=datetime.now(UTC) - LONG_AGO) == []


async def test_a_message_that_is_gone_cannot_be_changed(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("change", refused(404, 10008))
    with pytest.raises(Refused):
        await chat.send(replace(post(chat), edits="p1", target="1"))
