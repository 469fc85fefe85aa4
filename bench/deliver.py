"""How fast and how evenly posts go out: `python -m bench.deliver [--quick] [--only PART …]`.

The real program as a process of its own posts to a fake Slack, another process, that holds Slack's limit (a message a
second and channel, 429 with Retry-After beyond) and logs each request with its time before it answers. Three parts,
each a table: a thousand channels whose digest is due at the same instant; many messages to one channel; an item's way
from its feed's server to the channel. Beside each stands a bare loop over aiohttp and the same fake in the same run,
without database and without promises. The goals stand beside; missing one is no failure of the measurement. `--quick`
is a small sample that proves that it can be measured, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import deliver_digests, deliver_line, deliver_way
from bench.deliver_stand import QUICK, Scale

PARTS: dict[str, Callable[[Scale, Path], Coroutine[None, None, Sequence[str]]]] = {
    "digests": deliver_digests.measure,
    "line": deliver_line.measure,
    "way": deliver_way.measure,
}


def main() -> None:
    """Print a table for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few channels and messages")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"some of: {', '.join(PARTS)}")
    options = parser.parse_args()
    scale = QUICK if options.quick else Scale()
    print(
        f"{datetime.now(UTC):%d %B %Y}, Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" {platform.machine()}; one run, no real Slack"
    )
    with tempfile.TemporaryDirectory(prefix="treatywatch-bench-") as folder:
        for part in options.only or PARTS:
            (Path(folder) / part).mkdir()
            print(flush=True)
            for line in asyncio.run(PARTS[part](scale, Path(folder) / part)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
