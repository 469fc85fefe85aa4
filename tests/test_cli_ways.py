"""The command line about channels that there is no way to: what they are owed is kept, and told as what it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.delivery.notes import moment
from tests import test_cli
from tests.feed_server import FeedServer, Told
from tests.test_cli import Bot, after

bot, publisher = test_cli.bot, test_cli.publisher  # the fixtures

NO_WAY = "there is no way to slack without its token"


async def test_what_a_channel_without_its_token_is_owed_is_shown_with_the_reason(
    bot: Bot, publisher: FeedServer, tmp_path: Path
) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(path.read_text().replace("channel: terminal, topics", "channel: slack:T1:C1, instant"))
    assert "no way" not in (await after(bot, "poll")).err, "whoever only reads needs no way out"
    publisher.feed("/rss", [Told(title="More on the UN cybercrime treaty", guid="more")])
    await after(bot, "poll", "gazette")
    assert NO_WAY in (await after(bot, "run", "--once")).err
    (status,) = (await after(bot, "status", "--json")).records()
    stuck = status["no_way_out"][0]  # type: ignore[index]  # JSON
    assert (status["owed"], stuck["channel"], stuck["owed"]) == (1, "slack:T1:C1", 1)
    assert f"slack:T1:C1: 1 owed, the oldest since {str(stuck['oldest_owed'])[:10]}" in (await after(bot, "status")).out
    assert (await after(bot, "health")).status == 0


def test_a_fresh_database_counts_posts_in_every_state(bot: Bot, publisher: FeedServer) -> None:
    bot("migrate")
    (status,) = bot("status", "--json").records()
    states = ["owed", "sending", "unknown", "sent", "refused", "held"]
    assert sorted(status["posts"].items()) == sorted(dict.fromkeys(states, 0).items())  # type: ignore[attr-defined]  # JSON
    assert "0 unknown, 0 refused, 0 held" in bot("status").out


async def test_a_channel_that_the_bot_has_not_run_with_yet_is_told_as_that(
    bot: Bot, publisher: FeedServer, tmp_path: Path
) -> None:
    bot("migrate")
    said = bot("digest", "terminal")
    assert (said.status, said.err) == (
        1,
        "treatywatch: terminal is new in feeds.yaml: the bot has not run with it yet; start `run`\n",
    )


async def test_a_channel_that_names_no_zone_is_told_the_hours_of_the_bot(
    bot: Bot, publisher: FeedServer, tmp_path: Path
) -> None:
    path = tmp_path / "feeds.yaml"
    text = path.read_text().replace("topics: [convention]}", "instant: [convention]}")
    path.write_text(text.replace("bot: {", "bot: {zone: Pacific/Kiritimati, "))
    await after(bot, "poll")
    published = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    publisher.feed("/rss", [Told(title="More on the UN cybercrime treaty", guid="more", published=published)])
    await after(bot, "poll", "gazette")
    assert moment(published, "Pacific/Kiritimati") in (await after(bot, "run", "--once")).out
