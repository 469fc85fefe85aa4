"""What stands around feeds.yaml: the file as the disk gives it, and the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Config, config_path, load, read
from bot.errors import ConfigError

FEEDS_AND_TOPICS = """
feeds:
  - {id: un-press, url: https://press.un.org/en/rss.xml}
topics:
  convention: {name: Convention, any: [cybercrime treaty]}
"""


def with_environment(environ: dict[str, str], database: str | None = None) -> Config:
    return read(FEEDS_AND_TOPICS, name="feeds.yaml", environ=environ, database=database)


def faults_with(environ: dict[str, str], database: str | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        with_environment(environ, database)
    return caught.value.lines()


# ── the file itself


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    with pytest.raises(ConfigError) as caught:
        load(path, environ={"TREATYWATCH_WEP": ""})
    assert caught.value.lines() == [
        f"{path}: there is no such file; copy the project's feeds.yaml there, or name yours with --config FILE",
        f'{path}: TREATYWATCH_WEP: unknown variable; did you mean "TREATYWATCH_WEB"?',
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", ": the file is empty; write at least feeds and topics", id="empty"),
        pytest.param(
            "feeds: []\n# é ".encode() + b"\xe9\n", ":2:5: byte 0xe9 is not UTF-8; save the file as UTF-8", id="latin-1"
        ),
        pytest.param("feeds: []".encode("utf-16"), ":1:1: byte 0xff is not UTF-8; save the file as UTF-8", id="utf-16"),
        pytest.param(
            b"# " + b"x" * 1024 * 1024, ": is longer than 1 MiB; this is hardly a list of feeds", id="over 1 MiB"
        ),
    ],
)
def test_a_file_that_is_no_text_of_ours_is_told_what_it_is(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    assert caught.value.lines() == [f"{path}{expected}"]


def test_a_directory_is_told_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, environ={})
    assert caught.value.lines() == [f"{tmp_path}: is a directory; name the file in it, as in {tmp_path}/feeds.yaml"]


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.symlink_to(path)
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    assert caught.value.lines() == [f"{path}: cannot be read: Too many levels of symbolic links"]


# ── the environment


@pytest.mark.parametrize(
    ("environ", "option", "expected"),
    [
        pytest.param({}, None, "treatywatch.db", id="default"),
        pytest.param({"TREATYWATCH_DATABASE": ""}, None, "treatywatch.db", id="empty"),
        pytest.param({"TREATYWATCH_DATABASE": "/var/lib/tw.db"}, None, "/var/lib/tw.db", id="a path"),
        pytest.param({"TREATYWATCH_DATABASE": "sqlite:///data/tw.db"}, None, "data/tw.db", id="a relative address"),
        pytest.param({"TREATYWATCH_DATABASE": "sqlite:////var/tw.db"}, None, "/var/tw.db", id="an absolute address"),
        pytest.param({"TREATYWATCH_DATABASE": "one.db"}, "two.db", "two.db", id="the option goes before"),
        pytest.param({"TREATYWATCH_DATABASE": "redis://x"}, "two.db", "two.db", id="what is not used is not judged"),
    ],
)
def test_the_database_is_a_path_or_an_sqlite_address(
    environ: dict[str, str], option: str | None, expected: str
) -> None:
    assert with_environment(environ, option).database == Path(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", None),
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:8080", ("::1", 8080)),
    ],
)
def test_the_web_door_is_host_and_port_or_shut(value: str, expected: tuple[str, int] | None) -> None:
    assert with_environment({"TREATYWATCH_WEB": value}).web == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param(
            "TREATYWATCH_DATABASE",
            "postgresql://bot:hunter2@db/treatywatch",
            "postgresql is not possible, only SQLite is; write a path or sqlite:///path",
            id="another database, and its password is not shown",
        ),
        pytest.param(
            "TREATYWATCH_DATABASE",
            "sqlite://tw.db",
            '"sqlite://tw.db" names no file; write a path or sqlite:///path, without options',
            id="two slashes",
        ),
        pytest.param(
            "TREATYWATCH_DATABASE",
            "sqlite:///",
            '"sqlite:///" names no file; write a path or sqlite:///path, without options',
            id="no file",
        ),
        pytest.param(
            "TREATYWATCH_DATABASE",
            "sqlite:///tw.db?mode=ro",
            '"sqlite:///tw.db?mode=ro" names no file; write a path or sqlite:///path, without options',
            id="options",
        ),
        pytest.param(
            "TREATYWATCH_DATABASE",
            "sqlite:///:memory:",
            "a database in memory is lost at every stop; write a path",
            id="memory",
        ),
        pytest.param(
            "TREATYWATCH_WEB",
            "::1:8080",
            '"::1:8080" is not host:port; write 127.0.0.1:8080 or [::1]:8080',
            id="no brackets",
        ),
        pytest.param(
            "TREATYWATCH_WEB", ":8080", '":8080" is not host:port; write 127.0.0.1:8080 or [::1]:8080', id="no host"
        ),
        pytest.param(
            "TREATYWATCH_WEB",
            "localhost:65536",
            '"localhost:65536" is not host:port; write 127.0.0.1:8080 or [::1]:8080',
            id="no such port",
        ),
        pytest.param(
            "TREATYWATCH_WEB",
            "[::1::]:80",
            '"[::1::]:80" is not host:port; write 127.0.0.1:8080 or [::1]:8080',
            id="no address",
        ),
        pytest.param("TREATYWATCH_DATABSE", "x", 'unknown variable; did you mean "TREATYWATCH_DATABASE"?', id="a slip"),
        pytest.param(
            "TREATYWATCH_TOKEN",
            "hunter2",
            "unknown variable; known are TREATYWATCH_CONFIG, TREATYWATCH_DATABASE, TREATYWATCH_WEB",
            id="none of ours",
        ),
    ],
)
def test_a_wrong_variable_is_a_fault(name: str, value: str, expected: str) -> None:
    assert faults_with({name: value}) == [f"feeds.yaml: {name}: {expected}"]


def test_a_wrong_database_option_is_called_by_its_name() -> None:
    (fault,) = faults_with({}, "mysql://db")
    assert fault.startswith("feeds.yaml: --database: mysql is not possible")


def test_variables_of_others_are_none_of_our_business() -> None:
    assert with_environment({"PATH": "/bin", "SLACK_TOKEN": "x", "TREATYWATCHER": "x"}).web is None


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        (None, {}, "feeds.yaml"),
        (None, {"TREATYWATCH_CONFIG": ""}, "feeds.yaml"),
        (None, {"TREATYWATCH_CONFIG": "/etc/tw.yaml"}, "/etc/tw.yaml"),
        ("mine.yaml", {"TREATYWATCH_CONFIG": "/etc/tw.yaml"}, "mine.yaml"),
    ],
)
def test_the_option_names_the_file_before_the_environment(
    option: str | None, environ: dict[str, str], expected: str
) -> None:
    assert config_path(option, environ) == Path(expected)
