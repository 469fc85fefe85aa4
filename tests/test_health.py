"""When the bot calls itself unhealthy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import ChannelId, Duty, FeedFault, FeedState, PostState, Reading, Status, Waiting
from bot.web import metrics
from bot.work.health import ailments
from bot.work.tally import Tally

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WELL = Status(
    feeds=(FeedState(feed="un-press", due=NOW),), items=3, matched=1, stories=1, beats={"poll": NOW, "post": NOW}
)


def waiting(platform: str) -> Status:
    """A story was owed nine hours ago, and could have been told for 61 minutes."""
    long_ago, lately = NOW - timedelta(hours=9), NOW - timedelta(minutes=61)
    one = Waiting(channel=ChannelId(platform, "T1", "C1"), owed=1, since=long_ago, wanted=lately)
    return replace(WELL, waiting=(one,))


def test_a_bot_that_beats_and_owes_nothing_is_healthy() -> None:
    assert ailments(WELL, now=NOW) == []


def test_a_bot_that_never_ran_is_not() -> None:
    assert ailments(replace(WELL, beats={}), now=NOW) == ["the bot has not run on this database yet"]


def test_two_minutes_without_a_sign_of_life_are_too_long() -> None:
    late = NOW + timedelta(minutes=2, seconds=1)
    assert ailments(WELL, now=late) == ["no sign of life since 2026-11-21 09:00 UTC"]


@pytest.mark.parametrize(
    ("beats", "told"),
    [
        ({"poll": NOW}, ["the posting part has not run on this database yet"]),
        (
            {"poll": NOW, "post": NOW - timedelta(minutes=3)},
            ["no sign of life of the posting part since 2026-11-21 08:57 UTC"],
        ),
        (
            {"poll": NOW - timedelta(hours=3), "post": NOW},
            ["no sign of life of the reading part since 2026-11-21 06:00 UTC"],
        ),
        (
            {"poll": NOW, "post": NOW, "chat": NOW - timedelta(hours=1)},
            ["no sign of life of the answering part since 2026-11-21 08:00 UTC"],
        ),
        ({"poll": NOW, "post": NOW, "chat": NOW, "web": NOW - timedelta(hours=25)}, []),
    ],
    ids=["never ran", "does not post", "does not read", "does not answer", "the web is not wanted any more"],
)
def test_the_part_that_is_silent_is_named(beats: dict[Duty, datetime], told: list[str]) -> None:
    assert ailments(replace(WELL, beats=beats), now=NOW) == told


def test_a_story_that_waits_for_an_hour_is_told() -> None:
    assert ailments(waiting("slack"), now=NOW) == ["a story has been waiting to be posted since 2026-11-21 07:59 UTC"]


def test_what_no_token_leads_to_is_kept_and_makes_nobody_unhealthy() -> None:
    both = replace(WELL, waiting=(*waiting("discord").waiting, *waiting("slack").waiting))
    assert ailments(waiting("slack"), now=NOW, ways=["terminal"]) == []
    assert len(ailments(both, now=NOW, ways=["discord"])) == 1
    assert (both.owed, both.oldest_owed) == (2, NOW - timedelta(hours=9))


def test_metrics_alert_only_for_channels_that_there_is_a_way_to() -> None:
    assert b"treatywatch_oldest_owed_timestamp_seconds 0.0" in metrics(waiting("slack"), None, ["terminal"])
    assert b"treatywatch_oldest_owed_timestamp_seconds 1.79524794e+09" in metrics(waiting("slack"), None, ["slack"])


def test_held_posts_need_a_person() -> None:
    held = replace(WELL, posts={PostState.HELD: 2})
    assert ailments(held, now=NOW) == ["2 posts wait for a person to decide"]


FULL = "the disk of the database is full: nothing is read until there is room; posts go on"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        pytest.param(replace(WELL, keeps_room=False), [FULL], id="the bot runs and keeps no room"),
        pytest.param(replace(WELL, has_room=False), [], id="it keeps the last room there is"),
        pytest.param(
            replace(WELL, keeps_room=False, beats=dict.fromkeys(("poll", "post"), NOW - timedelta(days=9))),
            ["no sign of life since 2026-11-12 09:00 UTC"],
            id="a copy that was put in place",
        ),
        pytest.param(
            replace(
                WELL, keeps_room=False, has_room=False, beats=dict.fromkeys(("poll", "post"), NOW - timedelta(days=9))
            ),
            ["no sign of life since 2026-11-12 09:00 UTC", FULL],
            id="so full that no sign of life could be written",
        ),
        pytest.param(replace(WELL, trouble="it is locked"), ["it is locked"], id="nothing can be written"),
    ],
)
def test_a_disk_without_room_is_told_while_a_bot_would_keep_some(status: Status, told: list[str]) -> None:
    assert ailments(status, now=NOW) == told


def test_one_failing_feed_of_two_is_the_publishers_affair() -> None:
    two = (FeedState(feed="a", due=NOW, failures=3), FeedState(feed="b", due=NOW))
    assert ailments(replace(WELL, feeds=two), now=NOW) == []


def test_no_readable_feed_at_all_is_ours() -> None:
    dead = (FeedState(feed="a", due=NOW, failures=3),)
    assert ailments(replace(WELL, feeds=dead), now=NOW) == ["no feed can be read"]


def test_metrics_are_in_the_text_format_of_prometheus() -> None:
    lines = metrics(replace(WELL, posts={PostState.SENT: 4}), Tally()).decode().splitlines()
    assert 'treatywatch_posts{state="sent"} 4.0' in lines
    assert "treatywatch_feeds 1.0" in lines
    assert "treatywatch_items_matched 1.0" in lines


def test_metrics_tell_when_each_part_was_last_seen_alive() -> None:
    lines = metrics(replace(WELL, beats={"poll": NOW}), Tally()).decode().splitlines()
    assert 'treatywatch_part_beat_timestamp_seconds{part="poll"} 1.7952516e+09' in lines
    assert 'treatywatch_part_beat_timestamp_seconds{part="post"} 0.0' in lines


def test_metrics_of_a_process_that_reads_nothing_count_no_readings() -> None:
    assert b"treatywatch_polls" not in metrics(WELL, None)


def test_metrics_tell_what_this_process_has_done() -> None:
    tally = Tally()
    took = timedelta(milliseconds=5)
    tally.note(Reading(feed="a", state="read", status=200, items=20, new=20, matched=2, held=1, took=took))
    tally.note(Reading(feed="a", state="unchanged", status=304, items=20, took=took))
    for fault in (FeedFault.KILLED, FeedFault.REFUSED, FeedFault.REFUSED):
        tally.note(Reading(feed="b", state="failed", status=None, fault=fault, took=took))
    lines = metrics(WELL, tally).decode().splitlines()
    for told in (
        'treatywatch_polls_total{outcome="read"} 1.0',
        'treatywatch_polls_total{outcome="unchanged"} 1.0',
        'treatywatch_polls_total{outcome="failed"} 3.0',
        'treatywatch_poll_faults_total{fault="refused"} 2.0',
        'treatywatch_poll_faults_total{fault="challenge"} 0.0',
        "treatywatch_polls_not_modified_total 1.0",
        "treatywatch_items_new_total 20.0",
        "treatywatch_items_new_matched_total 2.0",
        "treatywatch_stories_held_back_total 1.0",
        "treatywatch_parser_kills_total 1.0",
        "treatywatch_addresses_refused_total 2.0",
    ):
        assert told in lines
