"""The fake as a process of its own: `python -m tests.fake_slack --port 0 --log FILE [--reference FOLDER] [--clock FILE]`.

Its first line on standard output is a JSON object with its `url` and tokens. It runs until SIGTERM and ends with status 1 if
any request broke a rule (each is a line of the log too). What a log that is there already says was posted stands again.
Its time is what the clock's file says (tests/clock_file.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.clock_file import time_in
from tests.fake_slack.control import Control
from tests.fake_slack.nouns import Clock, utc_now
from tests.fake_slack.server import FakeSlack


async def run(port: int, log: Path, reference: Path | None, stood: Sequence[str], now: Clock) -> list[str]:
    """Serve until SIGTERM; what was violated."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    slack = FakeSlack(port=port, journal=log, reference=reference, now=now)
    slack.workspace.stand_again(stood)
    Control(slack)
    async with slack:
        slack.expect_violations()
        told = {"url": slack.url, "bot_token": slack.bot_token, "app_token": slack.app_token}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await stop.wait()
    return slack.violations


def main() -> int:
    """Its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_slack")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--clock", type=Path)
    given = parser.parse_args()
    stood = given.log.read_text(encoding="utf-8").splitlines() if given.log.exists() else []
    now = partial(time_in, given.clock) if given.clock else utc_now
    violations = asyncio.run(run(given.port, given.log, given.reference, stood, now))
    sys.stderr.writelines(f"{what}\n" for what in violations)
    return 1 if violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
