"""What people marked, on the command line: a table, labelled lines, and a line of `status`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import ChannelId, Feedback, Item, Topic, Watched
from bot.store.sqlite import SqliteStore
from bot.topics.classify import classify
from bot.topics.rules import compile_rules
from tests import test_cli
from tests.conftest import ROOT
from tests.stores import GAZETTE, state
from tests.test_cli import Bot

bot = test_cli.bot

MONDAY = datetime(2025, 10, 27, 8, 30, tzinfo=UTC)
NOW = datetime.now(UTC)  # for what the program compares with its own clock
SECOND = timedelta(seconds=1)
TOPICS = (
    Topic(id="convention", name="UN Convention against Cybercrime", any=("un cybercrime treaty",)),
    Topic(id="ratification", name="Ratification", within="convention", any=("ratif*",)),
)
FILE = """feeds:
  - {id: gazette, name: The Gazette, url: "https://gazette.example/rss", every: 1h}
topics:
  convention: {name: UN Convention against Cybercrime, any: [un cybercrime treaty]}
  ratification: {name: Ratification, within: convention, any: [ratif*]}
"""
QATAR = "Qatar ratifies the UN cybercrime treaty"
STRAY = "A gallery ratifies its lease; beside it a UN cybercrime treaty poster"
MISSED = "Chile deposits its instrument"


@pytest.fixture
async def marked(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Three stories of one outlet, in a database beside a feeds.yaml."""
    (tmp_path / "feeds.yaml").write_text(FILE)
    store = await SqliteStore.open(tmp_path / "treatywatch.db", worker="one")
    await store.settle_config(feeds=(GAZETTE,), topics=TOPICS, channels=(), now=MONDAY)
    items = [
        Item(feed="gazette", key=key, link=f"https://gazette.example/{key}", title=title, lang="en", seen=MONDAY)
        for key, title in (("qatar", QATAR), ("stray", STRAY), ("chile", MISSED))
    ]
    items[2] = replace(items[2], summary="In New York.", content="The instrument was deposited in New York.")
    rules = compile_rules(TOPICS)
    await store.keep(
        Watched(
            state=state("gazette"),
            items=tuple(items),
            matches=tuple(match for item in items for match in classify(item, rules)),
            stories=tuple((item.key, item.id) for item in items),
        )
    )
    yield store
    await store.close()


async def mark(store: SqliteStore, story: str, told: str, *, by: str = "U1", at: datetime = MONDAY) -> None:
    """`+topic`: somebody says that the story belongs there; `-topic`: that it does not."""
    said = Feedback(
        story=story,
        topic=told[1:],
        by=f"slack:T1:{by}",
        channel=ChannelId("slack", "T1", "C1"),
        relevant=told[0] == "+",
        at=at,
    )
    assert await store.say(said)


async def test_where_nobody_marked_anything_it_says_how_that_is_done(bot: Bot, marked: SqliteStore) -> None:
    said = bot("feedback")
    assert (said.status, said.out) == (0, "")
    assert said.err.startswith("Nobody has marked a story yet. The menu beside each story")
    assert bot("feedback", "--json").out == ""
    assert bot("status", "--json").records()[0]["precision"] == []
    assert "precision" not in bot("status").out


async def test_a_table_by_topic_and_month_and_below_it_where_people_disagree(bot: Bot, marked: SqliteStore) -> None:
    await mark(marked, "qatar", "+ratification")
    await mark(marked, "stray", "-ratification", at=MONDAY - 2 * SECOND)
    await mark(marked, "chile", "+ratification", at=MONDAY - SECOND)
    await mark(marked, "qatar", "+convention", by="U1")
    await mark(marked, "qatar", "-convention", by="U2")
    said = bot("feedback")
    lines = said.out.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["topic", "month", "relevant", "not", "precision"],
        ["convention", "2025-10", "0", "0", "—"],
        ["ratification", "2025-10", "2", "1", "0.667"],
    ]
    assert lines[3:] == [
        "",
        f"2025-10-27  relevant  ratification: {MISSED} · The Gazette",
        f"2025-10-27  not       ratification: {STRAY} · The Gazette",
    ]
    assert said.err == "1 vote left out: as many persons say relevant as not.\n"


async def test_the_example_of_the_docs_is_what_is_printed(bot: Bot, marked: SqliteStore) -> None:
    await mark(marked, "qatar", "+ratification")
    await mark(marked, "stray", "-ratification", at=MONDAY - 2 * SECOND)
    await mark(marked, "chile", "+ratification", at=MONDAY - SECOND)
    section = (ROOT / "docs" / "topics.md").read_text().split("\n    treatywatch feedback\n\n")[1].split("\nBelow")[0]
    assert "".join(f"    {line}".rstrip() + "\n" for line in bot("feedback").out.splitlines()) == section


async def test_where_all_agree_with_the_rules_that_is_said(bot: Bot, marked: SqliteStore) -> None:
    await mark(marked, "qatar", "+ratification")
    assert bot("feedback").out.splitlines()[-1] == "Nobody disagrees with the rules."


async def test_its_labelled_lines_are_what_evaluate_takes(bot: Bot, marked: SqliteStore) -> None:
    await mark(marked, "qatar", "+ratification", at=MONDAY - 3 * SECOND)
    await mark(marked, "stray", "-convention", at=MONDAY - 2 * SECOND)
    await mark(marked, "chile", "+ratification", at=MONDAY - SECOND)
    lines = bot("feedback", "--json")
    common = {"summary": "", "lang": "en"}
    assert lines.records() == [
        {
            "id": "qatar",
            "title": QATAR,
            **common,
            "url": "https://gazette.example/qatar",
            "relevant": True,
            "topics": ["ratification", "convention"],
        },
        {
            "id": "stray",
            "title": STRAY,
            **common,
            "url": "https://gazette.example/stray",
            "relevant": False,
            "topics": [],
        },
        {
            "id": "chile",
            "title": MISSED,
            "summary": "In New York.",
            "url": "https://gazette.example/chile",
            "lang": "en",
            "content": "The instrument was deposited in New York.",
            "relevant": True,
            "topics": ["ratification", "convention"],
        },
    ]
    told = bot("evaluate", "-", "--json", given=lines.out.encode())
    assert (told.status, told.err) == (0, "")
    whole, *others = told.records()
    assert [whole[name] for name in ("items", "relevant", "right", "false", "missed")] == [3, 2, 1, 1, 1]
    assert [(one["id"], one["miss"]) for one in others if one["kind"] == "miss"] == [
        ("stray", "false alarm"),
        ("chile", "missed"),
    ]


async def test_marking_changes_no_rule_and_moves_no_item(bot: Bot, marked: SqliteStore) -> None:
    await mark(marked, "stray", "-convention")
    assert [one["title"] for one in bot("latest", "ratification", "--json").records()] == [STRAY, QATAR]
    answered = bot("classify", given=f'{{"title": "{STRAY}"}}'.encode()).records()[0]["topics"]
    assert isinstance(answered, list)
    assert {topic["id"] for topic in answered} == {"convention", "ratification"}


async def test_since_when_can_be_said(bot: Bot, marked: SqliteStore) -> None:
    await mark(marked, "stray", "-ratification", at=NOW - timedelta(days=40))
    assert bot("feedback", "--since", "90d", "--json").records()[0]["id"] == "stray"
    none = bot("feedback", "--since", "12h")
    assert (none.out, none.status) == ("", 0)
    assert none.err.startswith("Nobody has marked a story since then; without --since")
    assert bot("feedback", "--since", "soon").status == 2


async def test_status_tells_the_precision_of_this_month_and_the_last(bot: Bot, marked: SqliteStore) -> None:
    await mark(marked, "qatar", "+ratification", at=NOW)
    await mark(marked, "stray", "-ratification", at=NOW)
    await mark(marked, "chile", "+convention", at=NOW)
    await mark(marked, "chile", "+ratification", at=NOW - timedelta(days=99))
    month = f"{NOW:%Y-%m}"
    assert bot("status", "--json").records()[0]["precision"] == [
        {"topic": topic, "month": month, "relevant": 1, "irrelevant": no, "undecided": 0, "precision": part}
        for topic, no, part in (("convention", 0, 1.0), ("ratification", 1, 0.5))
    ]
    lines = [line.split() for line in bot("status").out.splitlines()]
    assert ["precision", "convention:", month, "1", "of", "1", "relevant", "(100%)"] in lines
    assert ["ratification:", month, "1", "of", "2", "relevant", "(50%)"] in lines
