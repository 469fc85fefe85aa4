"""One process serves Slack and Discord at once, and does without discord.py where there is no token for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Config, DiscordToken, Secret, SlackTokens, read
from bot.errors import TreatywatchError
from bot.ways import TokenTried, faces_of, try_tokens, ways_out
from tests import discord_chats, slack_chats
from tests.conftest import ROOT
from tests.fake_discord import FakeDiscord
from tests.fake_slack import FakeSlack

FILE = """
feeds:
  - {id: un-press, url: https://press.un.org/en/rss.xml}
topics:
  convention: {name: Convention, any: [cybercrime treaty]}
"""


def configured(slack: FakeSlack | None = None, discord: FakeDiscord | None = None) -> Config:
    tokens = token = None
    if slack is not None:
        bot, app = Secret(slack.bot_token), Secret(slack.app_token)
        tokens = SlackTokens(bot_token=bot, app_token=app, api_url=slack.url)
    if discord is not None:
        token = DiscordToken(token=Secret(discord.token), api_url=discord.url, gateway_url=discord.gateway_url)
    return replace(read(FILE, name="feeds.yaml", environ={}), slack=tokens, discord=token)


def configured_terminal() -> Config:
    return read(f"{FILE}channels:\n  - {{channel: terminal, instant: [convention]}}\n", name="feeds.yaml", environ={})


async def test_both_platforms_are_served_at_once() -> None:
    async with slack_chats.fake() as slack, discord_chats.fake() as discord:
        both = configured(slack, discord)
        async with ways_out(both) as chats:
            assert [chat.platform for chat in chats] == ["slack", "discord"]
        assert [face.platform for face in faces_of(both)] == ["slack", "discord"]
        assert await try_tokens(both) == [
            TokenTried(platform="slack", workspace="T1"),
            TokenTried(platform="discord"),
        ]


async def test_one_token_that_is_refused_keeps_no_other_from_being_tried() -> None:
    async with slack_chats.fake() as slack, discord_chats.fake() as discord:
        both = configured(slack, discord)
        assert both.slack is not None
        wrong = replace(both, slack=replace(both.slack, bot_token=Secret("xoxb-wrong")))
        slack_tried, discord_tried = await try_tokens(wrong)
    assert "SLACK_BOT_TOKEN" in slack_tried.error
    assert discord_tried == TokenTried(platform="discord")


async def test_discord_may_be_the_only_one() -> None:
    async with discord_chats.fake() as discord, ways_out(configured(discord=discord)) as chats:
        assert [chat.platform for chat in chats] == ["discord"]
    assert [face.platform for face in faces_of(configured(discord=discord))] == ["discord"]


async def test_a_terminal_that_the_file_names_is_a_channel_beside_the_others() -> None:
    async with slack_chats.fake() as slack:
        named = replace(configured(slack), channels=configured_terminal().channels)
        async with ways_out(named) as chats:
            assert [chat.platform for chat in chats] == ["slack", "terminal"]
        assert [face.platform for face in faces_of(named)] == ["slack", "terminal"]
        assert await try_tokens(named) == [TokenTried(platform="slack", workspace="T1")]


async def test_without_any_token_the_terminal_is_the_channel() -> None:
    async with ways_out(configured()) as chats:
        assert [chat.platform for chat in chats] == ["terminal"]
    assert await try_tokens(configured()) == []


async def test_a_part_that_only_reads_asks_discord_nothing() -> None:
    async with discord_chats.fake() as discord, ways_out(configured(discord=discord), frozenset({"poll"})) as chats:
        assert (chats, discord.asked) == ([], [])


async def test_a_token_without_discord_py_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bot.chat.discord.app", None)
    async with discord_chats.fake() as discord:
        with pytest.raises(
            TreatywatchError, match=r"discord.py is not installed; run pip install 'treatywatch\[discord\]'"
        ):
            async with ways_out(configured(discord=discord)):
                pass


def test_the_app_and_the_command_line_need_no_discord_py() -> None:
    look = "import sys; sys.modules['discord'] = None; import bot.cli, bot.app, bot.chat.discord.face; print('well')"
    run = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False, cwd=Path(ROOT))
    assert (run.stdout, run.stderr) == ("well\n", "")
