"""What all tests share: the data beside the project, and how many tests were skipped for want of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

ROOT = Path(__file__).resolve().parent.parent
NO_SHARED = "no data beside the project: set SHARED to its folder (default ../shared)"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real input and foreign checks; the test is skipped where it is absent."""
    folder = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
    if not (folder / "oracles").is_dir():
        pytest.skip(NO_SHARED)
    return folder


@pytest.fixture(scope="session")
def reference() -> Path | None:
    """Slack's own reference and schemas, for the fake to check each request by; None where they are absent."""
    folder = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "oracles"
    return folder if folder.is_dir() else None


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the machine's would be asked for 127.0.0.1 too: some clients know no NO_PROXY."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """A command that runs in this process sets the log up, for a stream that is gone when the next test begins."""
    yield
    structlog.reset_defaults()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many checks did not run for want of that data."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_SHARED in str(report.longrepr)]
    terminalreporter.write_line(f"{len(skipped)} tests were skipped because the data beside the project is absent")
