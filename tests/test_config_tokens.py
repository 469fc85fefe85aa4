"""Slack's and Discord's tokens: from the environment or from files, all that a platform needs or none, and never shown."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from bot.config import Config, DiscordToken, Secret, SlackTokens, read
from bot.errors import ConfigError

FILE = """
feeds:
  - {id: un-press, url: https://press.un.org/en/rss.xml}
topics:
  convention: {name: Convention, any: [cybercrime treaty]}
"""
HIDDEN = "1234-hunter2"
BOT, APP = f"xoxb-{HIDDEN}", f"xapp-{HIDDEN}"
BOTH = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}
TOKENS = SlackTokens(bot_token=Secret(BOT), app_token=Secret(APP), api_url="https://slack.com/api/")
FIND_BOT = "OAuth & Permissions on your app's page at https://api.slack.com/apps"
FIND_APP = "Basic Information on your app's page at https://api.slack.com/apps, with the scope connections:write"
NO_BOT = f"holds no bot token; that begins with xoxb- and is found under {FIND_BOT}"
NO_APP = f"holds no app-level token; that begins with xapp- and is found under {FIND_APP}"


def config(environ: dict[str, str]) -> Config:
    return read(FILE, name="feeds.yaml", environ=environ)


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config(environ)
    assert HIDDEN not in str(caught.value)
    assert HIDDEN not in repr(caught.value)
    return [str(fault) for fault in caught.value.faults]


# ── what is taken


@pytest.mark.parametrize("environ", [{}, {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN_FILE": ""}], ids=["none", "empty"])
def test_without_tokens_there_is_no_way_to_slack(environ: dict[str, str]) -> None:
    assert config(environ).slack is None


def test_with_both_tokens_there_is() -> None:
    assert config(BOTH).slack == TOKENS


@pytest.mark.parametrize("end", ["", "\n", "\r\n", " \n\n"], ids=["no-line-end", "unix", "dos", "careless"])
def test_each_token_may_stand_in_a_file_with_a_line_end_behind_it(tmp_path: Path, end: str) -> None:
    bot, app = tmp_path / "bot", tmp_path / "app"
    bot.write_text(BOT + end, newline="")
    app.write_text(APP + end, newline="")
    assert config({"SLACK_BOT_TOKEN_FILE": str(bot), "SLACK_APP_TOKEN_FILE": str(app)}).slack == TOKENS
    assert config({"SLACK_BOT_TOKEN_FILE": str(bot), "SLACK_APP_TOKEN": APP}).slack == TOKENS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "https://slack.com/api/"),
        ("https://slack-gov.com/api", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8081/api/", "http://127.0.0.1:8081/api/"),
        ("http://localhost:8081", "http://localhost:8081/"),
        ("http://[::1]:8081/", "http://[::1]:8081/"),
    ],
)
def test_the_address_of_the_methods_ends_with_a_slash(value: str, expected: str) -> None:
    slack = config({**BOTH, "SLACK_API_URL": value}).slack
    assert slack is not None
    assert slack.api_url == expected


# ── what is wrong


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param(
            {"SLACK_BOT_TOKEN": BOT},
            f"SLACK_APP_TOKEN: is missing, and SLACK_BOT_TOKEN alone is not enough; add the app-level token (it begins with xapp-) "
            f"from {FIND_APP}",
            id="no-app-token",
        ),
        pytest.param(
            {"SLACK_APP_TOKEN": APP},
            f"SLACK_BOT_TOKEN: is missing, and SLACK_APP_TOKEN alone is not enough; add the bot token (it begins with xoxb-) "
            f"from {FIND_BOT}",
            id="no-bot-token",
        ),
        pytest.param({**BOTH, "SLACK_BOT_TOKEN": f"xoxp-{HIDDEN}"}, f"SLACK_BOT_TOKEN: {NO_BOT}", id="a-user-token"),
        pytest.param({**BOTH, "SLACK_APP_TOKEN": HIDDEN}, f"SLACK_APP_TOKEN: {NO_APP}", id="something-else"),
        pytest.param({**BOTH, "SLACK_BOT_TOKEN": f"{BOT} {BOT}"}, f"SLACK_BOT_TOKEN: {NO_BOT}", id="two-tokens"),
        pytest.param({**BOTH, "SLACK_BOT_TOKEN": f"{BOT}\nX: y"}, f"SLACK_BOT_TOKEN: {NO_BOT}", id="two-lines"),
        pytest.param({**BOTH, "SLACK_BOT_TOKEN": "xoxb-"}, f"SLACK_BOT_TOKEN: {NO_BOT}", id="nothing-behind"),
        pytest.param(
            {**BOTH, "SLACK_BOT_TOKEN_FILE": "/run/secrets/bot"},
            "SLACK_BOT_TOKEN_FILE: is set, and so is SLACK_BOT_TOKEN; keep one of the two",
            id="both-variable-and-file",
        ),
        pytest.param(
            {"SLACK_BOT_TOKEN_FILE": "/nowhere/bot", "SLACK_APP_TOKEN": APP},
            'SLACK_BOT_TOKEN_FILE: "/nowhere/bot" cannot be read (No such file or directory); '
            "name a file that holds the bot token",
            id="no-such-file",
        ),
        pytest.param(
            {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN_FILE": "/"},
            'SLACK_APP_TOKEN_FILE: "/" cannot be read (Is a directory); name a file that holds the app-level token',
            id="a-folder",
        ),
        pytest.param(
            {"SLACK_BOT_TOKEN_FILE": "/dev/zero", "SLACK_APP_TOKEN": APP},
            f"SLACK_BOT_TOKEN_FILE: {NO_BOT}",
            id="a-file-without-an-end",
        ),
        pytest.param(
            {**BOTH, "SLACK_API_URL": "http://slack.com/api/"},
            "SLACK_API_URL: would send the tokens unencrypted; write https://…, or http://127.0.0.1:… in a test",
            id="unencrypted",
        ),
        pytest.param(
            {**BOTH, "SLACK_API_URL": "slack.com"},
            'SLACK_API_URL: "slack.com" is not a web address; write one as in https://example.org/feed.xml',
            id="no-address",
        ),
        pytest.param(
            {**BOTH, "SLACK_API_URL": f"https://slack.com/api/?token={HIDDEN}"},
            "SLACK_API_URL: holds more than host and path; write it as in https://slack.com/api/",
            id="an-address-with-a-token-in-it",
        ),
    ],
)
def test_a_wrong_token_is_a_fault_with_the_way_out_that_never_shows_it(environ: dict[str, str], expected: str) -> None:
    assert faults(environ) == [expected]


def test_the_tokens_in_each_others_place_are_two_faults() -> None:
    assert faults({"SLACK_BOT_TOKEN": APP, "SLACK_APP_TOKEN": BOT}) == [
        f"SLACK_APP_TOKEN: {NO_APP}",
        f"SLACK_BOT_TOKEN: {NO_BOT}",
    ]


def test_a_file_that_holds_something_else_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "bot"
    path.write_bytes(b"\xff" + HIDDEN.encode())
    assert faults({"SLACK_BOT_TOKEN_FILE": str(path), "SLACK_APP_TOKEN": APP}) == [f"SLACK_BOT_TOKEN_FILE: {NO_BOT}"]


# ── a secret


def test_a_secret_shows_as_stars_wherever_it_is_printed() -> None:
    slack = config(BOTH).slack
    assert slack is not None
    shown = [str(slack.bot_token), repr(slack), f"{slack.app_token}", str(asdict(slack))]
    assert [HIDDEN in text for text in shown] == [False, False, False, False]
    assert str(slack.bot_token) == "***"
    assert slack.bot_token.reveal() == BOT


def test_secrets_are_equal_by_what_they_hide() -> None:
    assert {Secret("a"), Secret("a"), Secret("b")} == {Secret("b"), Secret("a")}
    assert Secret("a") != "a"


# ── Discord

DISCORD = f"MTIzNDU2Nzg5MDEyMzQ1Njc4.G1a2b3.{HIDDEN}-abcdefghijklmnop"
FIND_DISCORD = "Bot on your application's page at https://discord.com/developers/applications"
NO_DISCORD = f"holds no bot token; that has three parts with dots between them and is found under {FIND_DISCORD}"


def test_one_token_opens_discord_beside_slack_or_alone() -> None:
    both = config({**BOTH, "DISCORD_TOKEN": DISCORD})
    assert (both.slack, both.discord) == (TOKENS, DiscordToken(token=Secret(DISCORD)))
    assert config({"DISCORD_TOKEN": DISCORD}).slack is None
    assert config(BOTH).discord is None


def test_discord_s_token_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{DISCORD}\n")
    assert config({"DISCORD_TOKEN_FILE": str(path)}).discord == DiscordToken(token=Secret(DISCORD))


def test_discord_may_be_elsewhere_in_a_test() -> None:
    environ = {
        "DISCORD_TOKEN": DISCORD,
        "DISCORD_API_URL": "http://127.0.0.1:8081/api/v10/",
        "DISCORD_GATEWAY_URL": "ws://127.0.0.1:8081/gateway",
    }
    discord = config(environ).discord
    assert discord is not None
    assert (discord.api_url, discord.gateway_url) == ("http://127.0.0.1:8081/api/v10", "ws://127.0.0.1:8081/gateway")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"DISCORD_TOKEN": HIDDEN}, f"DISCORD_TOKEN: {NO_DISCORD}", id="something-else"),
        pytest.param({"DISCORD_TOKEN": f"Bot {DISCORD}"}, f"DISCORD_TOKEN: {NO_DISCORD}", id="with-its-word-before-it"),
        pytest.param(
            {"DISCORD_TOKEN": DISCORD, "DISCORD_API_URL": "http://discord.com/api"},
            "DISCORD_API_URL: would send the tokens unencrypted; write https://…, or http://127.0.0.1:… in a test",
            id="unencrypted",
        ),
        pytest.param(
            {"DISCORD_TOKEN": DISCORD, "DISCORD_GATEWAY_URL": "ws://gateway.discord.gg/"},
            "DISCORD_GATEWAY_URL: would send the tokens unencrypted; write wss://…, or ws://127.0.0.1:… in a test",
            id="an-unencrypted-socket",
        ),
    ],
)
def test_what_is_wrong_with_discord_s_token_is_told_with_the_way_out(environ: dict[str, str], expected: str) -> None:
    assert faults(environ) == [expected]
