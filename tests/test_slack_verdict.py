"""What becomes of a post when Slack says no, or says nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.slack.verdict import cannot_look, not_said, not_taken, verdict, wait, wrong_kind
from bot.errors import Closed, Refused, TryLater, Unsure

# Slack itself does not know whether it took the message; the codes speak of a key that we do not send.
AMBIGUOUS = {"duplicate_channel_not_found", "duplicate_message_not_found"}


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action"])
def test_a_channel_that_takes_nothing_is_closed_by_itself(code: str) -> None:
    found = verdict(code)
    assert isinstance(found, Closed)
    assert not found.workspace


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive", "missing_scope", "not_authed"])
def test_a_token_that_is_worth_nothing_closes_the_whole_workspace(code: str) -> None:
    found = verdict(code)
    assert isinstance(found, Closed)
    assert found.workspace


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "no_text", "metadata_too_large"])
def test_a_message_that_slack_finds_wrong_is_never_sent_again(code: str) -> None:
    assert isinstance(verdict(code), Refused)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ratelimited", 429),
        (None, 429),
        ("invalid_auth", 429),
        ("rate_limited", 200),
        ("message_limit_exceeded", 200),
        ("service_unavailable", 200),
    ],
)
def test_what_slack_surely_did_not_take_is_tried_later(code: str | None, status: int) -> None:
    assert isinstance(verdict(code, status=status), TryLater)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("fatal_error", 200),
        ("internal_error", 200),
        ("internal_error", 500),
        ("invalid_auth", 500),
        ("service_unavailable", 503),
        ("a_code_of_tomorrow", 200),
        (None, 200),
        (None, 404),
        (None, 502),
    ],
)
def test_what_slack_may_have_taken_is_looked_for(code: str | None, status: int) -> None:
    assert isinstance(verdict(code, status=status), Unsure)


@pytest.mark.shared
def test_every_documented_error_of_posting_has_a_verdict(shared: Path) -> None:
    path = shared / "oracles" / "slack-api-ref" / "docs.slack.dev" / "methods" / "chat.postMessage.json"
    codes = set(json.loads(path.read_text())["errors"])
    assert len(codes) > 30
    assert {code for code in codes if isinstance(verdict(code), Unsure)} == AMBIGUOUS


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("1", 1),
        ("86400", 600),
        ("9" * 400, 600),
        (None, 30),
        ("", 30),
        ("-5", 30),
        ("1.5", 30),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 30),
        ("²", 30),
    ],
)
def test_retry_after_is_believed_between_a_second_and_ten_minutes(said: str | None, seconds: int) -> None:
    assert wait(said) == timedelta(seconds=seconds)


def test_how_long_slack_asks_to_wait_comes_with_the_verdict() -> None:
    found = verdict("ratelimited", status=429, retry_after="7")
    assert isinstance(found, TryLater)
    assert found.retry_after == timedelta(seconds=7)


def test_a_closed_channel_says_what_to_do_there() -> None:
    assert str(verdict("not_in_channel")) == (
        "the app is not in this channel; type `/invite @TreatyWatch` there (not_in_channel)"
    )


@pytest.mark.parametrize(
    ("code", "needed", "why"),
    [
        (
            "missing_scope",
            "groups:history",
            "the app may not read this channel's past; that takes the scope groups:history",
        ),
        ("not_in_channel", None, "the app is not in this channel; type `/invite @TreatyWatch` there"),
        ("ratelimited", None, "Slack says ratelimited"),
        (None, None, "Slack did not answer as it should"),
    ],
)
def test_why_a_channel_cannot_be_looked_at_is_a_sentence(code: str | None, needed: str | None, why: str) -> None:
    assert cannot_look(code, needed) == why


def test_somebody_in_a_private_channel_is_told_to_invite_us_and_nothing_else() -> None:
    assert not_said(verdict("channel_not_found")) == (
        "I am not in this channel yet. Type `/invite @TreatyWatch` here; nothing else needs to be done, "
        "and what you asked for stands."
    )


def test_somebody_who_reads_it_elsewhere_is_told_to_do_it_there() -> None:
    assert not_said(verdict("not_in_channel"), there=True) == (
        "I am not in that channel yet. Type `/invite @TreatyWatch` there; nothing else needs to be done, "
        "and what you asked for stands."
    )


# ── tokens ────────────────────────────────────────────────────────────────────

BOT = 'copy the "Bot User OAuth Token" from "OAuth & Permissions" of the app at https://api.slack.com/apps.'
APP = 'make one with the scope connections:write in "App-Level Tokens" of the app at https://api.slack.com/apps.'


def test_tokens_of_the_right_kind_are_left_to_slack_to_judge() -> None:
    assert (wrong_kind("SLACK_BOT_TOKEN", "xoxb-1"), wrong_kind("SLACK_APP_TOKEN", "xapp-1")) == (None, None)


def test_tokens_in_each_other_s_place_are_told_apart() -> None:
    found = [str(wrong_kind("SLACK_BOT_TOKEN", "xapp-1")), str(wrong_kind("SLACK_APP_TOKEN", "xoxb-1"))]
    assert found == [
        f"SLACK_BOT_TOKEN is wrong: it holds what belongs into SLACK_APP_TOKEN; {BOT}",
        f"SLACK_APP_TOKEN is wrong: it holds what belongs into SLACK_BOT_TOKEN; {APP}",
    ]


def test_a_token_of_another_kind_is_never_repeated_in_the_complaint() -> None:
    assert str(wrong_kind("SLACK_BOT_TOKEN", "xoxp-secret")) == (
        f"SLACK_BOT_TOKEN is wrong: it does not begin with xoxb-; {BOT}"
    )


def test_a_token_that_slack_refuses_is_named_with_the_place_of_a_right_one() -> None:
    found = not_taken("SLACK_APP_TOKEN", verdict("invalid_auth"), "invalid_auth")
    assert str(found) == f"Slack does not take SLACK_APP_TOKEN (invalid_auth); {APP}"


def test_a_slack_that_is_away_is_not_blamed_on_the_token() -> None:
    found = not_taken("SLACK_BOT_TOKEN", TryLater("Slack cannot be reached", retry_after=wait(None)), None)
    assert str(found) == (
        "Slack could not be asked whether SLACK_BOT_TOKEN is right: Slack cannot be reached. Start again in a minute."
    )
