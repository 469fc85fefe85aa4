"""The gateway as discord.py speaks it, and what discord.py does not survive by itself."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.chat.discord.app import DiscordChat
from bot.chat.discord.gateway import NO_INTENTS, NO_TOKEN
from tests import discord_chats
from tests.discord_chats import listening, post
from tests.fake_discord import FakeDiscord, Fault
from tests.slack_chats import Desk

discord, chat = discord_chats.discord, discord_chats.chat


async def works(discord: FakeDiscord) -> bool:
    """Whether a command is answered."""
    return (await (await discord.command("list")).answer()).words == "Done."


async def test_only_servers_are_asked_for_and_all_is_compressed(chat: DiscordChat, discord: FakeDiscord) -> None:
    async with listening(chat, discord, Desk()):
        assert await works(discord)
        (line,) = discord.gateway.live
        assert line.squeezed
        assert line.heartbeats >= 1


async def test_a_connection_that_discord_ends_is_resumed_and_nothing_is_missed(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    async with listening(chat, discord, Desk()):
        await discord.gateway.reconnect()
        await discord.connected(2)
        assert (discord.gateway.resumed, discord.gateway.identified) == (1, 1)
        assert await works(discord)


async def test_a_connection_that_is_lost_is_resumed(chat: DiscordChat, discord: FakeDiscord) -> None:
    async with listening(chat, discord, Desk()):
        discord.gateway.drop()
        await discord.connected(2)
        assert await works(discord)


@pytest.mark.parametrize("resumable", [True, False])
async def test_a_session_that_is_over_is_begun_anew(
    chat: DiscordChat, discord: FakeDiscord, *, resumable: bool
) -> None:
    async with listening(chat, discord, Desk()):
        await discord.gateway.invalidate(resumable=resumable)
        await discord.connected(2)
        assert discord.gateway.identified == (1 if resumable else 2)
        assert await works(discord)


async def test_d1_a_first_connection_that_fails_does_not_end_it(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("gateway", Fault.http(500), times=2)
    with capture_logs() as logs:
        async with listening(chat, discord, Desk()):
            assert await works(discord)
    assert "discord.connected" in {row["event"] for row in logs}


async def test_a_gateway_that_nobody_tells_of_is_asked_for_again(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("gateway_of", Fault.http(503), times=2)
    with capture_logs() as logs:
        async with listening(chat, discord, Desk()):
            assert await works(discord)
    lost = [row for row in logs if row["event"] == "discord.disconnected"]
    assert [(row["why"], row["failures"]) for row in lost] == [
        ("Discord cannot be reached", 1),
        ("Discord cannot be reached", 2),
    ]


async def test_d2_a_payload_that_nobody_understands_gets_a_new_client(chat: DiscordChat, discord: FakeDiscord) -> None:
    with capture_logs() as logs:
        async with listening(chat, discord, Desk()):
            await discord.gateway.break_()
            await discord.connected(2)
            assert await works(discord)
            assert chat.connected
    (lost,) = [row for row in logs if row["event"] == "discord.disconnected"]
    assert lost["why"] == "discord.py broke (KeyError)"


@pytest.mark.parametrize("code", [4000, 4004, 4009, 4014])
async def test_whatever_code_a_connection_is_closed_with_it_comes_back(
    chat: DiscordChat, discord: FakeDiscord, code: int
) -> None:
    async with listening(chat, discord, Desk()):
        await discord.gateway.close(code)
        await discord.connected(2)
        assert await works(discord)


@pytest.mark.parametrize(
    ("code", "level", "why"),
    [
        (4000, None, None),  # resumed without a word
        (4004, "error", NO_TOKEN),
        (4010, "warning", "Discord closed the connection with 4010"),
        (4014, "error", NO_INTENTS),
    ],
)
async def test_a_person_must_look_where_no_new_connection_mends_it(
    chat: DiscordChat, discord: FakeDiscord, code: int, level: str | None, why: str | None
) -> None:
    with capture_logs() as logs:
        async with listening(chat, discord, Desk()):
            await discord.gateway.close(code)
            await discord.connected(2)
    told = next((row for row in logs if row["event"] == "discord.disconnected"), {})
    assert (told.get("log_level"), told.get("why")) == (level, why)


async def test_posts_go_out_while_the_gateway_is_down(chat: DiscordChat, discord: FakeDiscord) -> None:
    async with listening(chat, discord, Desk()):
        discord.faults.add("gateway", Fault.http(503), times=None)
        discord.gateway.drop()
        await chat.send(post(chat))
        assert len(discord.posts("101")) == 1


async def test_no_token_stands_in_the_log_of_a_connection_that_breaks(chat: DiscordChat, discord: FakeDiscord) -> None:
    with capture_logs() as logs:
        async with listening(chat, discord, Desk()):
            await discord.gateway.break_()
            await discord.connected(2)
    assert discord.token not in str(logs)


async def test_discord_py_itself_says_nothing(
    chat: DiscordChat, discord: FakeDiscord, capsys: pytest.CaptureFixture[str]
) -> None:
    discord.faults.add("gateway_of", Fault.http(503))
    async with listening(chat, discord, Desk()):
        discord.gateway.drop()
        await discord.connected(2)
    assert "discord" not in capsys.readouterr().err.replace("discord.disconnected", "").replace("discord.connected", "")
