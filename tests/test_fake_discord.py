"""The fake Discord tells what breaks Discord's rules or ours, and behaves as Discord is said to."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from tests import discord_chats
from tests.fake_discord import FakeDiscord
from tests.fake_discord.markdown import seen

Json = dict[str, Any]
GOOD: Json = {"content": "a", "allowed_mentions": {"parse": []}, "nonce": "n1", "enforce_nonce": True}


discord = discord_chats.discord


async def ask(discord: FakeDiscord, path: str, body: Json | None = None, method: str = "POST") -> tuple[int, Any]:
    """What a client gets that holds to nothing."""
    headers = {"Authorization": f"Bot {discord.token}"}
    async with (
        ClientSession() as session,
        session.request(method, f"{discord.url}{path}", json=body, headers=headers) as response,
    ):
        return response.status, await response.json() if response.content_type == "application/json" else None


async def say(discord: FakeDiscord, **body: object) -> tuple[int, Any]:
    return await ask(discord, "/channels/101/messages", {**GOOD, **body})


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"allowed_mentions": None}, "allowed_mentions are None"),
        ({"nonce": None}, "has no nonce that is enforced"),
        ({"content": "<@12>"}, "'@12' in '<@12>'"),
        ({"content": "@everyone"}, "'@everyone' in '@everyone'"),
        ({"content": "[bank.example](https://evil.example)"}, "forged link"),
        ({"content": "[a](javascript:alert)"}, "is no http or https link"),
        ({"content": "a\u202eb"}, "U+202E stands in"),
    ],
)
async def test_what_discord_would_take_and_we_do_not_want_is_a_violation(
    discord: FakeDiscord, body: Json, rule: str
) -> None:
    violations = discord.expect_violations()
    assert (await say(discord, **body))[0] == 200
    assert [what for what in violations if rule in what] != []


@pytest.mark.parametrize(
    "body",
    [
        {"content": "a" * 2001},
        {"embeds": [{"description": "a" * 4097}]},
        {"embeds": [{"title": "a" * 257}]},
        {"embeds": [{"description": "a" * 3001}, {"description": "a" * 3000}]},
        {"embeds": [{"title": "a", "url": "https://a.example"}, {"title": "b", "url": "https://a.example"}]},
        {"embeds": [{}]},
        {"components": [{"type": 1, "components": []}]},
        {"components": [{"type": 1, "components": [{"type": 2, "style": 2, "label": "a", "custom_id": "c" * 101}]}]},
        {"nonce": "n" * 26},
        {"contents": "a"},
    ],
)
async def test_what_is_over_a_limit_is_refused_and_a_violation(discord: FakeDiscord, body: Json) -> None:
    violations = discord.expect_violations()
    status, told = await say(discord, **body)
    assert (status, told["code"], bool(violations)) == (400, 50035, True)


async def test_an_empty_message_is_refused(discord: FakeDiscord) -> None:
    assert (await say(discord, content=""))[1]["code"] == 50006


async def test_a_nonce_gives_back_the_first_message_for_some_minutes(discord: FakeDiscord) -> None:
    _, first = await say(discord)
    _, second = await say(discord, content="b")
    assert (first["id"], second["content"]) == (second["id"], "a")
    discord.guild.window *= 0
    assert (await say(discord))[1]["id"] != first["id"]


async def test_who_looks_at_a_channel_sees_no_nonce(discord: FakeDiscord) -> None:
    await say(discord)
    _, (seen_one,) = await ask(discord, "/channels/101/messages?after=0&limit=5", method="GET")
    assert ("nonce" in seen_one, seen_one["content"]) == (False, "a")


async def test_a_message_has_one_thread_and_a_thread_has_none(discord: FakeDiscord) -> None:
    _, first = await say(discord)
    path = f"/channels/101/messages/{first['id']}/threads"
    assert (await ask(discord, path, {"name": "More"}))[1]["id"] == first["id"]
    assert (await ask(discord, path, {"name": "More"}))[1]["code"] == 160004
    _, inside = await ask(discord, f"/channels/{first['id']}/messages", {**GOOD, "nonce": "n2"})
    path = f"/channels/{first['id']}/messages/{inside['id']}/threads"
    assert (await ask(discord, path, {"name": "More"}))[1]["code"] == 50024


async def test_five_messages_in_five_seconds_are_the_limit_where_it_is_played(discord: FakeDiscord) -> None:
    discord.limits_messages = True
    statuses = [(await say(discord, nonce=f"n{number}"))[0] for number in range(6)]
    assert statuses == [200] * 5 + [429]


async def test_a_wrong_token_is_refused(discord: FakeDiscord) -> None:
    async with ClientSession() as session, session.get(f"{discord.url}/users/@me") as response:
        assert (response.status, response.headers["Content-Type"]) == (401, "application/json")


@pytest.mark.parametrize(
    ("text", "words", "links", "names", "marks"),
    [
        ("**a** _b_", "a b", [], [], 4),
        (r"\*\*a\*\*", "**a**", [], [], 0),
        ("[a](https://b.example)", "a", [("a", "https://b.example")], [], 0),
        (r"\[a](https://b.example)", "[a](https://b.example)", [("", "https://b.example)")], [], 0),
        ("<https://b.example>", "https://b.example", [("", "https://b.example")], [], 0),
        (r"https:\//b.example", "https://b.example", [], [], 0),
        ("`<@1>` <@1> <t:5:f>", "<@1> <@1> <t:5:f>", [], ["@1", "t:5:f"], 0),
    ],
)
def test_markdown_is_read_as_discord_shows_it(
    text: str, words: str, links: list[tuple[str, str]], names: list[str], marks: int
) -> None:
    told = seen(text)
    assert (told.words, told.names, told.marks) == (words, names, marks)
    assert [one[0] for one in told.links] == [one[0] for one in links]
