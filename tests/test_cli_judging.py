"""evaluate, replay and why on the command line: words in, words and an exit status out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import test_cli
from tests.feed_server import FeedServer, Told
from tests.test_cli import Bot, after
from tests.world import topics

bot, shipped, publisher = test_cli.bot, test_cli.configured, test_cli.publisher

TOPICS = """topics:
  convention:
    name: UN Convention against Cybercrime
    any: ["(un|united nations) (cybercrime treaty|convention against cybercrime)"]
    near: [{words: 9, of: [[cybercrime], [treaty, pact], [un, unodc]]}]
  ratification: {name: Ratification, within: convention, any: [ratif*]}
"""

LINES = (
    {"id": 1, "title": "Senate ratifies the UN cybercrime treaty", "relevant": True, "topics": ["ratification"]},
    {"id": 2, "title": "UN cybercrime treaty signed", "relevant": False, "lang": "en"},
    {"id": 3, "title": "A treaty about cybercrime", "relevant": True, "lang": "en"},
)
GUIDE = "A guide to the UN Convention against Cybercrime"


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A feeds.yaml with the two topics above and no feed."""
    path = tmp_path / "feeds.yaml"
    path.write_text(f"feeds: []\n{TOPICS}")
    return path


def given(*records: object) -> bytes:
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()


# ── evaluate


def test_evaluate_prints_a_table_and_the_misses_below_it(bot: Bot, configured: Path) -> None:
    said = bot("evaluate", "-", given=given(*LINES))
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].split() == ["precision", "recall", "F1", "right", "false", "missed"]
    assert lines[1].split() == ["all", "3", "items", "0.500", "0.500", "0.500", "1", "1", "1"]
    assert "At least one right topic: 100% (1 of 1 labelled items)." in lines
    assert "false alarm: 2 · UN cybercrime treaty signed (en)" in lines
    assert "  title: (un|united nations) (cybercrime treaty|convention against cybercrime)" in said.out
    assert "missed: 3 · A treaty about cybercrime (en)" in lines
    assert re.search(
        r"nearest: convention\. Found “cybercrime”, “treaty” within 3 words; lacking one of: un, ", said.out
    )
    assert lines[-1] == "2 judged wrongly."


def test_the_columns_of_the_table_stand_below_each_other(bot: Bot, configured: Path) -> None:
    head, whole = bot("evaluate", "-", given=given(*LINES)).out.splitlines()[:2]
    ends = [found.end() for found in re.finditer(r"\S+", head)]
    assert all(whole[end - 1].isdigit() and whole[end : end + 1] in {"", " "} for end in ends)


def test_evaluate_gives_a_record_for_the_whole_each_language_topic_and_miss(bot: Bot, configured: Path) -> None:
    records = bot("evaluate", "-", "--json", given=given(*LINES)).records()
    assert [(one["kind"], one.get("lang", one.get("topic", one.get("f1")))) for one in records] == [
        ("total", 0.5),
        ("language", "en"),
        ("language", "?"),
        ("topic", "ratification"),
        ("miss", "en"),
        ("miss", "en"),
    ]
    assert (records[0]["items"], records[0]["topic_hit"]) == (3, 1.0)
    assert (records[4]["miss"], records[5]["nearest"]["id"]) == ("false alarm", "convention")  # type: ignore[index]  # JSON


@pytest.mark.parametrize(("bar", "status"), [("0.4", 0), ("0.97", 1)], ids=["reached", "missed"])
def test_below_the_bar_evaluate_exits_with_1(bot: Bot, configured: Path, bar: str, status: int) -> None:
    said = bot("evaluate", "-", "--min-f1", bar, given=given(*LINES))
    assert (said.status, said.err) == (status, "" if status == 0 else "F1 0.500 is below 0.97.\n")


def test_a_hair_below_the_bar_is_told_so_that_it_can_be_seen(bot: Bot, configured: Path) -> None:
    said = bot("evaluate", "-", "--min-f1", "0.5000001", given=given(*LINES))
    assert (said.status, said.err) == (1, "F1 0.500 is below 0.5000001.\n")
    two_of_three = [LINES[0], {**LINES[0], "relevant": False}]
    said = bot("evaluate", "-", "--min-f1", "0.667", given=given(*two_of_three))
    assert (said.status, said.err) == (1, "F1 0.6667 is below 0.667.\n")


def test_nothing_to_evaluate_reaches_no_bar(bot: Bot, configured: Path) -> None:
    assert bot("evaluate", "-", "--min-f1", "0.1").status == 1


def test_a_line_without_a_label_is_told_with_its_number_and_the_rest_is_evaluated(
    bot: Bot, configured: Path, tmp_path: Path
) -> None:
    (tmp_path / "set.jsonl").write_bytes(given(LINES[0], {"title": "x"}) + b"nonsense\n" + given(LINES[2]))
    said = bot("evaluate", "set.jsonl")
    assert said.status == 1
    assert said.err.splitlines() == [
        'set.jsonl:2: no label; write "relevant": true, or false',
        "set.jsonl:3: not JSON: Expecting value (column 1)",
    ]
    assert "all 2 items" in said.out


@pytest.mark.shared
def test_the_labelled_items_beside_the_project_reach_the_bar(bot: Bot, shipped: Path, shared: Path) -> None:
    assert bot("evaluate", str(shared / "corpus" / "dev.jsonl"), "--min-f1", "0.97").status == 0


# ── replay


@pytest.fixture
async def other(bot: Bot, publisher: FeedServer, tmp_path: Path) -> Path:
    """An archive with a guide to the convention and a page about gardening, and a file that wants the latter."""
    present = tmp_path / "feeds.yaml"
    present.write_text(present.read_text().replace(topics(), TOPICS))
    await after(bot, "poll")
    path = tmp_path / "other.yaml"
    path.write_text("feeds: []\ntopics:\n  garden: {name: Gardens, any: [garden*]}\n")
    return path


async def test_replay_tells_what_another_file_would_find(bot: Bot, other: Path) -> None:
    said = await after(bot, "replay", "--since", "1d", "--config", other.name)
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"removed  {GUIDE} · The Gazette · convention",
        "added    A page about gardening · The Gazette · garden",
        "added 1, removed 1, kept 0 (of 2 items)",
    ]


async def test_replay_gives_an_object_for_each_item(bot: Bot, other: Path) -> None:
    said = await after(bot, "replay", "--json", "--config", other.name)
    assert said.records()[1] == {
        "change": "added",
        "title": "A page about gardening",
        "link": "",
        "outlet": "The Gazette",
        "topics_before": [],
        "topics_after": ["garden"],
    }
    assert said.err == "added 1, removed 1, kept 0 (of 2 items)\n"


async def test_replay_without_another_file_compares_with_what_was_found(bot: Bot, other: Path, tmp_path: Path) -> None:
    assert (await after(bot, "replay")).out == "added 0, removed 0, kept 1 (of 2 items)\n"
    (tmp_path / other.name).replace(tmp_path / "feeds.yaml")
    assert (await after(bot, "replay")).out.splitlines()[-1] == "added 1, removed 1, kept 0 (of 2 items)"


async def test_the_file_named_before_the_command_is_the_present_one(bot: Bot, other: Path) -> None:
    said = await after(bot, "--config", other.name, "replay", "--config", "feeds.yaml")
    assert said.out.splitlines()[0].startswith(f"added    {GUIDE}")


async def test_a_phrase_that_stands_nearly_everywhere_is_warned_of_with_its_line(
    bot: Bot, publisher: FeedServer, tmp_path: Path
) -> None:
    publisher.feed("/rss", [Told(title=f"Notice {number}", guid=f"{number}") for number in range(60)])
    await after(bot, "poll", "gazette")
    (tmp_path / "other.yaml").write_text("feeds: []\ntopics:\n  all:\n    name: All\n    any:\n      - notice\n")
    said = await after(bot, "replay", "--config", "other.yaml")
    assert said.err == (
        'other.yaml:6: "notice" stands in 100% of the stored items, so common that it would match everything\n'
    )


@pytest.mark.parametrize("since", ["90", "3 weeks", "0d"])
def test_a_duration_is_written_as_in_feeds_yaml(bot: Bot, configured: Path, since: str) -> None:
    said = bot("replay", "--since", since)
    assert (said.status, "write" in said.err) == (2, True)


def test_a_faulty_other_file_tells_its_faults(bot: Bot, configured: Path, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("feeds: []\ntopics:\n  a: {name: A, any: [(x]}\n")
    said = bot("replay", "--config", "other.yaml")
    assert (said.status, said.err.startswith("other.yaml:3:")) == (1, True)


# ── why


async def test_why_tells_which_phrases_matched_where(bot: Bot, other: Path) -> None:
    said = await after(bot, "why", "https://www.gazette.example/guide?utm_source=x")
    lines = said.out.splitlines()
    assert (said.status, lines[:4]) == (0, [GUIDE, "  The Gazette", "", "  UN Convention against Cybercrime  0.85"])
    assert lines[4].startswith("    title: (un|united nations)")
    assert lines[5] == f"      “{GUIDE}”"
    (record,) = (await after(bot, "why", "gazette.example/guide", "--json")).records()
    assert (record["stored"], record["nearest"]) == (["convention"], None)


async def test_why_tells_what_a_changed_file_makes_of_an_item(bot: Bot, other: Path) -> None:
    said = await after(bot, "why", "https://gazette.example/guide", "--config", other.name)
    assert said.out.splitlines()[3:] == [
        "  no phrase of any topic stands in it",
        "  When it was read, the rules put it under convention.",
    ]


async def test_a_page_that_is_not_stored_is_told_with_the_way_out(bot: Bot, other: Path) -> None:
    said = await after(bot, "why", "https://127.0.0.1/unheard-of")
    assert (said.status, said.out) == (1, "")
    assert "It should have come from The Gazette (gazette) or The Courier (courier)." in said.err
    assert "`treatywatch feeds`" in said.err
    assert "`treatywatch classify`" in said.err


def test_without_a_database_the_way_out_is_said(bot: Bot, configured: Path) -> None:
    assert [bot(*words).status for words in (("why", "https://x.example/a"), ("replay",))] == [1, 1]
