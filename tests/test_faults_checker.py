"""The checker of the fault runs names what is wrong, given a log and a database in which it is."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.store.sqlite import migrate
from tests.fake_discord import FakeDiscord, limited
from tests.fake_slack import FakeSlack, Fault
from tests.faults.checker import Found, check, main
from tests.faults.slack_log import read_log

NOW = "2026-03-02T10:00:00.000000Z"
MARK = "This may be a repeat: Slack did not say whether it took the message the first time."


class Scene:
    """A database with stories owed to C1, and what Slack wrote down."""

    def __init__(self, folder: Path) -> None:
        self.log, self.database = folder / "slack.jsonl", folder / "bot.db"
        self.rows: list[dict[str, Any]] = []
        self._number = 0
        migrate(self.database)
        self.sql(
            f"INSERT INTO feed (id, name, url, rank, watched, due) VALUES ('f', 'F', 'https://f.example/', 4, 1, '{NOW}')"
        )
        self.sql("INSERT INTO channel (id, listed, always) VALUES ('slack:T1:C1', 1, 0)")

    def sql(self, statement: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement)

    def post(self, post: str, state: str = "sent", message: str | None = None, edits: str | None = None) -> None:
        told = ", ".join("NULL" if one is None else f"'{one}'" for one in (message, edits))
        self.sql(
            "INSERT INTO post (id, channel, kind, payload, state, due, message, edits)"
            f" VALUES ('{post}', 'slack:T1:C1', 'instant', '', '{state}', '{NOW}', {told})"
        )

    def story(self, name: str, post: str | None = None, state: str = "told") -> None:
        """A story with the link https://gazette.example/NAME."""
        self.sql(f"INSERT INTO story (id, seen) VALUES ('{name}', '{NOW}')")
        self.sql(
            "INSERT INTO item (feed, key, link, title, summary, content, seen, given)"
            f" VALUES ('f', '{name}', '{link(name)}', '{name}', '', '', '{NOW}', '2026-03-02')"
        )
        self.sql(f"INSERT INTO story_item (item, story) VALUES ((SELECT max(id) FROM item), '{name}')")
        told = f"'{post}'" if post else "NULL"
        self.sql(
            "INSERT INTO delivery (channel, story, wish, before, state, since, post)"
            f" VALUES ('slack:T1:C1', '{name}', 'instant', 0, '{state}', '{NOW}', {told})"
        )

    def asked(
        self, post: str, second: float, answered: float | None = None, *, method: str = "chat.postMessage"
    ) -> None:
        """A request of a post; its times in seconds of one minute."""
        self._number += 1
        given = {"channel": "C1", "metadata": metadata(post)}
        told = {"number": self._number, "method": method, "arguments": given, "at": at(second)}
        self.rows.append({"event": "asked", "told": told})
        if answered is not None:
            self.rows.append({"event": "answered", "told": {"number": self._number, "at": at(answered)}})

    def taken(self, post: str, ts: str, *stories: str, marked: bool = False, event: str = "posted") -> None:
        """A message that Slack took."""
        elements = [{"type": "link", "url": link(name), "text": name} for name in stories]
        blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}]
        if marked:
            blocks.insert(0, {"type": "context", "elements": [{"type": "plain_text", "text": MARK}]})
        told = {"channel": "C1", "ts": ts, "metadata": metadata(post), "blocks": blocks, "text": "", "thread": None}
        self.rows.append({"event": event, "told": told})

    def found(self, **given: Any) -> Found:
        self.log.write_text("".join(json.dumps(row) + "\n" for row in self.rows))
        return check(self.log, self.database, **given)


def link(name: str) -> str:
    return f"https://gazette.example/{name}"


def metadata(post: str) -> dict[str, Any]:
    return {"event_type": "treatywatch_post", "event_payload": {"id": post}}


def at(second: float) -> str:
    return f"2026-03-02T10:00:{second:09.6f}+00:00"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """One story, told once, and all is well."""
    made = Scene(tmp_path)
    made.post("a", message="1.1")
    made.story("norway", "a")
    made.asked("a", 1, 1.1)
    made.taken("a", "1.1", "norway")
    return made


def test_a_story_told_once_is_well(scene: Scene) -> None:
    found = scene.found(owed={"C1": [link("norway")]}, pace_s=1)
    assert found.faults == []
    assert (found.told, found.messages, found.waiting, found.excused) == (1, 1, [], [])


def test_stories_that_share_a_message_are_each_told(scene: Scene) -> None:
    scene.post("b", message="2.1")
    scene.story("ghana", "b")
    scene.story("chile", "b")
    scene.taken("b", "2.1", "ghana", "chile")
    found = scene.found(owed={"C1": [link("norway"), link("ghana"), link("chile")]})
    assert (found.faults, found.told) == ([], 3)


def test_a_sent_post_whose_message_lacks_a_story_loses_it(scene: Scene) -> None:
    scene.story("ghana", "a")
    assert scene.found().faults == [
        "lost: C1: https://gazette.example/ghana: its post is sent, and no message tells it"
    ]


def test_a_story_that_nobody_owes_is_lost_where_it_should_be_told(scene: Scene) -> None:
    found = scene.found(owed={"C1": [link("ghana")], "C2": [link("norway")]})
    assert found.lost == [
        "C1: https://gazette.example/ghana: neither told nor owed",
        "C2: https://gazette.example/norway: neither told nor owed",
    ]


@pytest.mark.parametrize("state", ["refused", "held"])
def test_what_a_row_refuses_or_holds_is_no_loss(scene: Scene, state: str) -> None:
    scene.post("b", state)
    scene.story("ghana", "b")
    found = scene.found(owed={"C1": [link("ghana")]})
    assert (found.faults, found.excused) == ([], [f"C1: https://gazette.example/ghana: {state}"])


def test_what_was_dropped_is_no_loss(scene: Scene) -> None:
    scene.story("ghana", state="dropped")
    assert (scene.found().faults, scene.found().excused) == ([], ["C1: https://gazette.example/ghana: dropped"])


def test_what_is_owed_waits(scene: Scene) -> None:
    scene.story("ghana", state="owed")
    scene.post("b", "unknown")
    scene.story("chile", "b")
    found = scene.found()
    assert (found.faults, found.waiting) == (
        [],
        ["C1: https://gazette.example/ghana", "C1: https://gazette.example/chile"],
    )


def test_a_post_that_stands_twice_is_a_double(scene: Scene) -> None:
    scene.taken("a", "2.1", "norway")
    assert scene.found().faults == ["doubles: C1: post a as 2.1"]


def test_a_story_in_two_posts_is_a_double(scene: Scene) -> None:
    scene.post("b", message="2.1")
    scene.taken("b", "2.1", "norway")
    assert scene.found().faults == ["doubles: C1: https://gazette.example/norway in the posts a, b"]


def test_a_marked_repeat_is_counted_apart(scene: Scene) -> None:
    scene.taken("a", "2.1", "norway", marked=True)
    found = scene.found()
    assert (found.faults, found.repeats) == ([], ["C1: post a as 2.1"])


def test_an_edited_message_tells_what_it_tells_now_and_is_no_double(scene: Scene) -> None:
    scene.story("ghana", "a")
    scene.post("b", message="1.1", edits="a")
    scene.taken("a", "1.1", "norway", "ghana", event="edited")
    found = scene.found()
    assert (found.faults, found.told) == ([], 2)


def test_a_message_in_plain_text_tells_what_its_text_shows(scene: Scene) -> None:
    scene.post("b", message="2.1")
    scene.story("ghana", "b")
    scene.taken("b", "2.1")
    scene.rows[-1]["told"] |= {"blocks": [], "text": f"Ghana ratifies\n<{link('ghana')}>"}
    assert (scene.found().faults, scene.found().told) == ([], 2)


def test_an_edit_that_never_came_is_a_lie(scene: Scene) -> None:
    scene.post("b", message="1.1", edits="a")
    assert scene.found().faults == ["lies: C1: post b is sent, and 1.1 was never edited"]


def test_a_sent_post_without_a_message_is_a_lie(scene: Scene) -> None:
    scene.post("b", message="9.9")
    assert scene.found().faults == ["lies: C1: post b is sent as 9.9, where None stands"]


def test_a_refused_post_whose_message_stands_is_a_lie(scene: Scene) -> None:
    scene.post("b", "refused")
    scene.taken("b", "2.1")
    assert scene.found().faults == ["lies: C1: post b is refused, and its message stands"]


def test_a_message_of_an_unknown_post_is_a_lie(scene: Scene) -> None:
    scene.taken("c", "3.1")
    assert scene.found().faults == ["lies: C1: 3.1 is of post c, which the database does not know"]


def test_what_a_command_says_in_the_channel_is_no_post(scene: Scene) -> None:
    scene.taken("notice-1", "3.1")
    assert scene.found().faults == []


def test_a_post_that_is_being_sent_by_nobody_is_stuck(scene: Scene) -> None:
    scene.post("b", "sending")
    assert scene.found().faults == ["stuck: C1: post b"]


def test_two_requests_under_way_in_a_channel_are_named(scene: Scene) -> None:
    scene.asked("b", 5, 8)
    scene.asked("c", 7, 7.1)
    assert scene.found().faults == ["crowded: C1: no. 3 while no. 2 was under way"]
    assert scene.found(by_post=True).faults == ["crowded: C1: no. 3 while no. 2 was under way"]


def test_where_a_nonce_lets_a_post_stand_once_it_may_have_two_requests_under_way(scene: Scene) -> None:
    scene.asked("b", 5, 15.5)
    scene.asked("b", 9.9, 10)
    assert scene.found().faults == ["crowded: C1: no. 3 while no. 2 was under way"]
    assert scene.found(by_post=True).faults == []


@pytest.mark.parametrize("second", [10.1, 22])
def test_a_request_that_the_program_has_given_up_crowds_nobody(scene: Scene, second: float) -> None:
    scene.asked("b", 5, 15.5)
    scene.asked("b", second, second + 0.1)
    assert scene.found().faults == []


def test_a_burst_is_named_where_there_is_a_pace(scene: Scene) -> None:
    scene.asked("b", 1.2, 1.3)
    scene.asked("c", 1.4, 1.5)
    assert scene.found().faults == []
    assert scene.found(pace_s=1).faults == ["hurried: C1: no. 3 0.60 s too soon"]


def test_a_request_that_the_machine_delays_may_have_the_next_one_at_its_heels(scene: Scene) -> None:
    scene.asked("b", 5.9, 6)  # begun after two seconds
    scene.asked("c", 6.01, 6.1)
    scene.asked("d", 7.02, 7.1)
    assert scene.found(pace_s=1).faults == []


def test_a_channel_that_is_asked_a_little_too_soon_each_time_is_named_too(scene: Scene) -> None:
    for second in (1.8, 2.6, 3.4, 4.2, 5.0, 5.8):
        scene.asked("b", second, second + 0.1)
    assert scene.found(pace_s=1).faults == ["hurried: C1: no. 7 0.20 s too soon"]


def test_where_the_library_repeats_requests_the_pace_is_that_of_posts(scene: Scene) -> None:
    for post, second in (("b", 2), ("b", 3), ("c", 3.1), ("c", 4.1), ("d", 4.2)):
        scene.asked(post, second, second + 0.05)
    assert scene.found(pace_s=1).hurried == ["C1: no. 6 0.80 s too soon"]
    assert scene.found(pace_s=1, by_post=True).faults == []


@pytest.mark.parametrize(
    ("retry_after", "too_soon", "in_time"),
    [("3", 8, 8.1), ("0.5", 5.5, 5.6), (None, 6, 6.1), ("abc", 6, 6.1)],
)
def test_a_channel_waits_as_it_was_asked_to(
    scene: Scene, retry_after: str | None, too_soon: float, in_time: float
) -> None:
    scene.asked("b", 5, 5.1)
    scene.rows.insert(-1, {"event": "limited", "told": {"number": 2, "retry_after": retry_after}})
    scene.asked("b", in_time, in_time + 0.05)
    assert scene.found().faults == []
    scene.rows.pop()
    scene.rows[-1]["told"]["at"] = at(too_soon)
    assert scene.found().faults == ["deaf: C1: no. 3 0.10 s before its wait was over"]


def test_a_look_into_the_past_waits_as_it_was_asked_to(scene: Scene) -> None:
    scene.asked("", 5, 5.1, method="conversations.history")
    scene.rows.insert(-1, {"event": "limited", "told": {"number": 2, "retry_after": "3"}})
    scene.asked("b", 6, 6.1)
    scene.asked("", 7, 7.1, method="conversations.history")
    assert scene.found().faults == ["deaf: C1: no. 4 1.10 s before its wait was over"]


def test_a_wait_without_end_is_one_of_ten_minutes(scene: Scene) -> None:
    scene.asked("b", 5, 5.1)
    scene.rows.insert(-1, {"event": "limited", "told": {"number": 2, "retry_after": "99999999"}})
    scene.asked("b", 50)
    assert scene.found().deaf == ["C1: no. 3 555.10 s before its wait was over"]


async def test_slack_and_discord_write_down_how_long_they_ask_to_wait(tmp_path: Path) -> None:
    async with (
        FakeSlack(journal=tmp_path / "slack") as slack,
        FakeDiscord(journal=tmp_path / "discord") as discord,
        ClientSession() as session,
    ):
        slack.faults.add("chat.postMessage", Fault.rate_limited(30))
        discord.faults.add("say", limited(0.3))
        slack.expect_violations()
        discord.expect_violations()
        for address in (f"{slack.url}chat.postMessage", f"{discord.url}/channels/101/messages"):
            async with session.post(address, json={"channel": "C1"}) as response:
                assert response.status == 429
    asked = [one for name in ("slack", "discord") for one in read_log(tmp_path / name).requests]
    assert [(one.channel, one.wait_s) for one in asked] == [("C1", 30), ("101", 0.3)]


def test_a_token_in_a_log_is_named_and_not_shown(scene: Scene, tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    log.write_text('{"event": "bot.started", "token": "xoxb-of-the-fake"}\n')
    assert scene.found(texts=[log]).faults == ["secrets: bot.log: xoxb-of-t…"]


def test_a_damaged_database_is_named(scene: Scene) -> None:
    scene.sql("UPDATE delivery SET channel = 'slack:T1:nowhere'")
    assert scene.found().damage == ["delivery refers to no channel"]


def test_it_is_a_command_too(scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scene.taken("a", "2.1", "norway")
    scene.found()
    monkeypatch.setattr("sys.argv", ["checker", str(scene.log), str(scene.database)])
    assert main() == 1
    assert "doubles: C1: post a as 2.1" in capsys.readouterr().out
