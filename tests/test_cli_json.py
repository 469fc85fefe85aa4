"""`--json` wherever it may stand, and posts that an operator has done with."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import test_cli
from tests.feed_server import FeedServer
from tests.test_cli import Bot, after

bot, configured, publisher = test_cli.bot, test_cli.configured, test_cli.publisher  # the fixtures

POST = """
    INSERT INTO post (id, channel, kind, payload, state, tries, looks, due, why)
    VALUES ('p1', 'terminal', 'instant', 'x', 'refused', 1, 0, '2026-11-30T09:00:00.000000+00:00', 'invalid_blocks')
"""


def refused(folder: Path) -> None:
    """A post that the platform refused."""
    with closing(sqlite3.connect(folder / "treatywatch.db")) as connection, connection:
        connection.execute(POST)


@pytest.mark.parametrize("words", [("--json", "list"), ("list", "--json"), ("--json",)], ids=" ".join)
async def test_json_may_stand_before_the_word_behind_a_group(
    bot: Bot, publisher: FeedServer, tmp_path: Path, words: tuple[str, ...]
) -> None:
    await after(bot, "poll")
    refused(tmp_path)
    assert [record["id"] for record in bot("feeds", *words).records()] == ["gazette", "courier"]
    assert [record["id"] for record in bot("outbox", *words).records()] == ["p1"]


async def test_json_before_find_counts(bot: Bot, publisher: FeedServer) -> None:
    said = await after(bot, "feeds", "--json", "find", publisher.url("/rss"))
    assert [record["state"] for record in said.records()] == ["ok"]


def test_what_is_json_in_any_case_takes_the_word_too(bot: Bot, configured: Path) -> None:
    assert bot("classify", "--json", given=b'{"title": "Gardening"}').records() == [
        {"id": None, "topics": [], "act": None}
    ]
    assert bot("manifest", "slack", "--json") == bot("manifest", "slack")


async def test_a_refused_post_can_be_dropped_and_is_listed_no_more(
    bot: Bot, publisher: FeedServer, tmp_path: Path
) -> None:
    await after(bot, "poll")
    refused(tmp_path)
    assert bot("outbox", "drop", "p1").status == 0
    said = bot("outbox")
    assert (said.out, said.err) == ("", "Every post is sent, or was dropped by you.\n")


async def test_a_channel_without_a_digest_is_no_wrong_usage(bot: Bot, publisher: FeedServer, tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(path.read_text().replace("topics: [convention]}", "instant: [convention]}"))
    await after(bot, "poll")
    said = bot("digest", "terminal")
    assert (said.status, said.err) == (1, "treatywatch: terminal has no digest: all it follows is told at once\n")
