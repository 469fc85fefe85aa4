"""The command line, as a person or a script meets it: words in, words and an exit status out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.feed_server import FeedServer, Page, Told
from tests.treaties import BEFORE
from tests.world import topics
from tests.zygote import command_line


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    def records(self) -> list[dict[str, object]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Bot = Callable[..., Said]


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    """The real program in an empty folder, as another process; `given` is its standard input."""

    def run(*words: str, given: bytes = b"", env: dict[str, str] | None = None) -> Said:
        said = Said(*command_line().run(words, given=given, env=env or {}, folder=tmp_path))
        assert "Traceback" not in said.err, said.err
        return said

    return run


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A feeds.yaml with the shipped topics and no feed."""
    path = tmp_path / "feeds.yaml"
    path.write_text(f"feeds: []\n{topics()}")
    return path


@pytest.fixture
async def publisher(tmp_path: Path) -> AsyncIterator[FeedServer]:
    """Two feeds on loopback, one of which fails, and the feeds.yaml that names them."""
    async with FeedServer() as server:
        guide = Told(
            title="A guide to the UN Convention against Cybercrime",
            link="https://gazette.example/guide",
            guid="guide",
            summary="What the UN Convention against Cybercrime says of electronic evidence.",
            published=datetime.now(UTC) - timedelta(days=1),  # the program's clock is the machine's
        )
        server.feed("/rss", [guide, Told(title="A page about gardening", guid="garden")])
        server.page("/down", Page(status=503))
        (tmp_path / "feeds.yaml").write_text(
            "bot: {allow_networks: [127.0.0.0/8]}\nfeeds:\n"
            f"  - {{id: gazette, name: The Gazette, url: {server.url('/rss')}, every: 1h}}\n"
            f"  - {{id: courier, name: The Courier, url: {server.url('/down')}, every: 1h}}\n"
            f"{topics()}\nchannels:\n  - {{channel: terminal, topics: [convention]}}\n"
        )
        yield server


async def after(function: Bot, *words: str) -> Said:
    """A command while the loopback server goes on answering."""
    return await asyncio.to_thread(function, *words)


# ── wrong usage, and files that are not there


def test_without_words_the_help_names_every_command(bot: Bot) -> None:
    said = bot("--help")
    assert said.status == 0
    for command in [
        "demo",
        "run",
        "check",
        "poll",
        "classify",
        "latest",
        "search",
        "digest",
        "feeds",
        "status",
        "migrate",
        "health",
    ]:
        assert f"  {command} " in said.out


def test_an_unknown_command_is_wrong_usage_with_the_nearest_known_one(bot: Bot) -> None:
    said = bot("serch", "hanoi")
    assert said.status == 2
    assert "search" in said.err


def test_without_feeds_yaml_the_way_out_is_said(bot: Bot) -> None:
    said = bot("run")
    assert said.status == 1
    assert "feeds.yaml" in said.err


def test_without_a_database_the_way_out_is_said(bot: Bot, configured: Path) -> None:
    said = bot("latest")
    assert said.status == 1
    assert "treatywatch run" in said.err


def test_an_unknown_topic_feed_or_channel_is_answered_with_the_nearest(bot: Bot, publisher: FeedServer) -> None:
    assert bot("migrate").status == 0
    for words, near in ([("latest", "ratificaton"), "ratification"], [("poll", "gazete"), "gazette"]):
        said = bot(*words)
        assert (said.status, f'did you mean "{near}"' in said.err) == (2, True)


def test_options_may_stand_before_or_behind_the_command(bot: Bot, configured: Path) -> None:
    other = configured.rename(configured.with_name("other.yaml"))
    assert bot("--config", other.name, "check").status == 0
    assert bot("check", "--config", other.name).status == 0
    assert bot("check", env={"TREATYWATCH_CONFIG": other.name}).status == 0


# ── check


def test_check_tells_every_fault_with_its_place(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - {id: UN, url: nowhere}\ntopics: {}\nchanels: []\n")
    said = bot("check")
    assert said.status == 1
    assert [line.split(" ")[0] for line in said.err.splitlines()] == [
        "feeds.yaml:2:10:",
        "feeds.yaml:2:19:",
        "feeds.yaml:4:1:",
    ]
    assert 'did you mean "channels"' in said.err


def test_check_says_so_when_there_is_no_fault(bot: Bot, configured: Path) -> None:
    said = bot("check")
    assert (said.status, said.out) == (0, "No faults: 0 feeds, 13 topics, 0 channels.\n")


def test_the_shipped_feeds_yaml_has_no_fault(bot: Bot) -> None:
    assert bot("check", "--config", str(ROOT / "feeds.yaml")).status == 0


async def test_check_online_reads_each_feed_once_and_keeps_nothing(bot: Bot, publisher: FeedServer) -> None:
    said = await after(bot, "check", "--online", "--json")
    assert said.status == 1
    assert sorted((record["feed"], record["state"]) for record in said.records()) == [
        ("courier", "failed"),
        ("gazette", "read"),
    ]
    assert [record["matched"] for record in said.records() if record["feed"] == "gazette"] == [1]
    assert (await after(bot, "latest")).status == 1  # no database was made


async def test_check_online_tries_the_feeds_whatever_came_of_the_tokens(bot: Bot, publisher: FeedServer) -> None:
    nobody = publisher.url("/api/")  # answers 404
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": nobody}
    said = await asyncio.to_thread(bot, "check", "--online", "--json", env=tokens)
    token, *feeds = said.records()
    assert (said.status, len(feeds)) == (1, 2)
    assert (token["token"], token["state"], token["workspace"]) == ("slack", "failed", "")
    assert "Slack" in str(token["error"])
    told = await asyncio.to_thread(bot, "check", "--online", env=tokens)
    assert told.err == f"treatywatch: {token['error']}\n"
    assert "1 about the convention" in told.out


# ── classify


def test_classify_answers_line_for_line_and_goes_on_after_a_faulty_one(bot: Bot, configured: Path) -> None:
    lines = b'{"id": 1, "title": "UN cybercrime treaty signed"}\nnonsense\n{"id": 3, "title": "Gardening"}\n'
    said = bot("classify", given=lines)
    first, second, third = said.records()
    assert said.status == 1
    assert first["id"] == 1
    assert "convention" in [topic["id"] for topic in first["topics"]]  # type: ignore[attr-defined]  # JSON
    assert second["id"] is None
    assert "not JSON" in str(second["error"])
    assert third == {"id": 3, "topics": [], "act": None}


def test_the_evidence_of_classify_points_into_the_text_as_given(bot: Bot, configured: Path) -> None:
    summary = "  Häufig gefragt:\tdie UN-Konvention gegen Cyberkriminalität.  "
    said = bot("classify", "-", given=json.dumps({"id": "x", "title": "Fragen", "summary": summary}).encode())
    (record,) = said.records()
    evidence = record["topics"][0]["evidence"][0]  # type: ignore[index]  # JSON
    assert evidence["field"] == "summary"
    assert summary[evidence["start"] : evidence["end"]] == evidence["text"] == "UN-Konvention gegen Cyberkriminalität"


# ── poll and the archive


async def test_poll_reads_stores_and_posts_nothing(bot: Bot, publisher: FeedServer) -> None:
    said = await after(bot, "poll", "--json")
    assert said.status == 0
    records = {str(record["feed"]): record for record in said.records()}
    gazette, courier = records["gazette"], records["courier"]
    assert (gazette["state"], gazette["status"], gazette["items"], gazette["new"], gazette["matched"]) == (
        *("read", 200, 2, 2),
        1,
    )
    assert (courier["state"], courier["status"], courier["error"]) == (
        "failed",
        503,
        "answered 503 Service Unavailable",
    )
    again = await after(bot, "poll", "--json")
    assert (again.out, again.status) == ("", 0)  # none is due
    named = await after(bot, "poll", "gazette", "--json")
    assert [(record["state"], record["status"]) for record in named.records()] == [("unchanged", 304)]


async def test_the_archive_answers_from_the_command_line(bot: Bot, publisher: FeedServer) -> None:
    await after(bot, "poll")
    (latest,) = (await after(bot, "latest", "--json")).records()
    assert latest["title"] == "A guide to the UN Convention against Cybercrime"
    assert (await after(bot, "latest", "surveillance", "--json")).records() == []
    (found,) = (await after(bot, "search", "gardening", "--json")).records()
    assert (found["title"], found["topics"]) == ("A page about gardening", [])
    nothing = await after(bot, "search", "xylophone")
    assert (nothing.status, nothing.out) == (0, "")
    assert "No item" in nothing.err


@pytest.mark.parametrize("words", ['"', "a* NEAR(b"], ids=["quote", "operators"])
async def test_search_takes_any_words(bot: Bot, publisher: FeedServer, words: str) -> None:
    await after(bot, "migrate")
    assert (await after(bot, "search", words)).status == 0


async def test_feeds_and_status_tell_the_health_of_each(bot: Bot, publisher: FeedServer) -> None:
    await after(bot, "poll")
    states = {str(record["id"]): record["state"] for record in (await after(bot, "feeds", "--json")).records()}
    assert states == {"courier": "status", "gazette": "ok"}
    text = (await after(bot, "feeds", "list")).out
    assert "answered 503 Service Unavailable" in text
    (status,) = (await after(bot, "status", "--json")).records()
    assert (status["feeds"], status["items"], status["matched"]) == (2, 2, 1)
    assert set(status["versions"]) == {"Python", "SQLite", "expat"}  # type: ignore[call-overload]  # JSON


async def test_health_is_red_until_the_bot_runs(bot: Bot, publisher: FeedServer) -> None:
    await after(bot, "poll")
    assert (await after(bot, "health")).status == 1
    await after(bot, "run", "--once")
    assert (await after(bot, "health")).status == 0


async def test_digest_prints_what_the_next_one_would_say_and_posts_nothing(bot: Bot, publisher: FeedServer) -> None:
    await after(bot, "poll")
    publisher.feed(
        "/rss", [Told(title="More on the UN cybercrime treaty", guid="more", link="https://gazette.example/2")]
    )
    await after(bot, "poll", "gazette")
    first, second = [await after(bot, "digest", "terminal") for _ in range(2)]
    assert first == second
    assert "More on the UN cybercrime treaty" in first.out
    assert "Could not be read: The Courier" in first.out
    assert "\x1b" not in first.out
    (record,) = (await after(bot, "digest", "terminal", "--json")).records()
    assert record["kind"] == "digest"


async def test_a_weekly_digest_is_printed_with_the_week_at_a_glance(
    bot: Bot, publisher: FeedServer, tmp_path: Path
) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(path.read_text().replace("topics: [convention]}", "topics: [convention], weekly: {day: fri}}"))
    await after(bot, "poll")
    publisher.feed("/rss", [Told(title="More on the UN cybercrime treaty", guid="more")])
    await after(bot, "poll", "gazette")
    said = (await after(bot, "digest", "terminal")).out
    assert "More on the UN cybercrime treaty" in said
    assert "── The week at a glance" in said
    (record,) = (await after(bot, "digest", "terminal", "--json")).records()
    (topic, *_) = record["glance"]["topics"]  # type: ignore[index]  # JSON
    assert (topic["name"], topic["bar"][-1]) == ("UN Convention against Cybercrime", "█")
    assert "The week at a glance" in (await after(bot, "digest", "terminal", "--format", "slack")).out


async def test_treaty_counts_or_says_why_it_cannot(bot: Bot, publisher: FeedServer, tmp_path: Path) -> None:
    await after(bot, "poll")
    said = await after(bot, "treaty")
    assert (said.status, said.out) == (1, "")
    assert "No feed of feeds.yaml is the depositary's record" in said.err
    path = tmp_path / "feeds.yaml"
    row = f"feeds:\n  - {{id: record, kind: treaty-status, url: {publisher.url('/record')}}}\n"
    path.write_text(path.read_text().replace("feeds:\n", row, 1))
    publisher.page("/record", Page(body=BEFORE))
    assert "6 items, 0 new" in (await after(bot, "poll", "record")).out
    said = await after(bot, "treaty")
    assert said.status == 0
    assert "1 of 40 ratifications: Türkiye. 39 are missing." in said.out
    assert f"from record ({publisher.url('/record')})" in said.out
    (record,) = (await after(bot, "treaty", "--json")).records()
    assert (record["ratifications"], record["needed"], record["feed"]) == (1, 40, "record")


def test_migrate_twice_does_nothing_the_second_time(bot: Bot, configured: Path) -> None:
    assert "ran 0001" in bot("migrate").out
    assert "up to date" in bot("migrate").out


# ── demo


def test_the_demo_shows_posts_and_one_digest_of_at_least_four_outlets(bot: Bot) -> None:
    said = bot("demo")
    assert said.status == 0
    posts, digest = said.out.split("09:00: the daily digest.")
    assert "At once:" in posts
    outlets = [
        name for name in ("Deutsche Welle", "Agência Brasil", "Le Courrier", "Al Jazeera", "Lenta.ru") if name in digest
    ]
    assert len(outlets) >= 4
    assert "Also in" in digest
    assert "Read 15 of 16 feeds" in digest
    assert "Could not be read: Digital Watch (server out of order" in digest
    assert "\x1b" not in said.out
    for unrelated in ("Budapest", "DNS", "drug"):
        assert unrelated not in said.out
