"""What an error of Discord's means: who is paused, what is tried again, what never."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.discord.verdict import CHANNEL, OURS, Verdict, cannot_look, not_said, verdict, wait
from bot.errors import Closed, Refused, TryLater, Unsure


@pytest.mark.parametrize("code", sorted(CHANNEL))
def test_a_channel_that_takes_nothing_is_paused_at_once_and_says_why(code: int) -> None:
    found = verdict(code, status=403)
    assert (type(found), str(found)) == (Closed, f"{CHANNEL[code]} ({code})")
    assert isinstance(found, Closed)
    assert not found.workspace


@pytest.mark.parametrize("code", sorted(OURS))
def test_what_is_wrong_with_our_request_is_never_sent_again(code: int) -> None:
    assert isinstance(verdict(code, status=400), Refused)


@pytest.mark.parametrize(
    ("code", "status", "kind", "said"),
    [
        (0, 401, Closed, "Discord does not take DISCORD_TOKEN any more"),
        (0, 403, Closed, "Discord answered 403"),
        (99999, 403, Closed, "Discord says 99999"),
        (99999, 404, Closed, "Discord says 99999"),
        (99999, 400, Refused, "Discord says 99999"),
        (0, 500, Unsure, "Discord answered 500"),
        (50013, 502, Unsure, "Discord says 50013"),
        (0, 200, Unsure, "Discord answered 200"),
        (0, 429, TryLater, "Discord asks to wait"),
        (40062, 429, TryLater, "Discord asks to wait"),
    ],
)
def test_every_other_answer_is_judged_by_its_status(code: int, status: int, kind: type[Exception], said: str) -> None:
    found = verdict(code, status=status)
    assert (type(found), str(found)) == (kind, said)


def test_a_token_that_is_not_taken_closes_every_channel() -> None:
    found = verdict(0, status=401)
    assert isinstance(found, Closed)
    assert found.workspace


@pytest.mark.parametrize(
    ("told", "waited_s"),
    [(None, 30), (0.2, 1), (7.5, 7.5), (10**9, 600), (-1.0, 30), (float("nan"), 30), (float("inf"), 600)],
)
def test_what_discord_asks_to_wait_is_believed_within_bounds(told: float | None, waited_s: float) -> None:
    assert wait(told) == timedelta(seconds=waited_s)


def test_why_the_past_cannot_be_read_is_told() -> None:
    assert cannot_look(50001) == "the bot may not read this channel's past; that takes Read Message History"
    assert cannot_look(10003) == "the channel does not exist any more"
    assert (cannot_look(7), cannot_look(0)) == ("Discord says 7", "Discord did not answer as it should")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            verdict(50013, status=403),
            (
                "I cannot post in this channel yet: the bot may not post here; give it View Channel, Send Messages and Embed "
                "Links (50013). What you asked for stands; once I may, it comes within an hour."
            ),
        ),
        (
            verdict(160005, status=403),
            (
                "I cannot post in this channel: the thread is locked (160005). What you asked for stands; once that is "
                "mended, `/treaty resume` goes on."
            ),
        ),
        (
            Unsure("no answer"),
            "I do not know whether I could say this in this channel: no answer. What you asked for stands.",
        ),
        (
            TryLater("busy", retry_after=timedelta()),
            "I could not say this in this channel: busy. What you asked for stands.",
        ),
    ],
    ids=["not let in", "closed", "in doubt", "not now"],
)
def test_who_changed_something_hears_that_the_channel_did_not(error: Verdict, told: str) -> None:
    assert not_said(error) == told


def test_only_what_somebody_may_give_us_is_tried_again() -> None:
    hopes = {code for code in (10003, 10004, 50001, 50008, 50013, 160005) if is_hoped_for(verdict(code, status=403))}
    assert hopes == {50001, 50013}


def is_hoped_for(error: Verdict) -> bool:
    return isinstance(error, Closed) and error.uninvited
