"""How fast, how small and how punctual feeds are read: `python -m bench.poll [--quick] [--only PART …]`.

All publishers are on this machine: Debian's nginx (`apt-get install nginx-light newsboat`), one worker, on loopback
addresses. Four parts, each a table: feeds with nothing new, beside a bare HTTP client; a first fetch of full texts,
beside the `reader` library and newsboat; the memory of the whole program; how late feeds are while others hang. Who is
compared runs in the same run, in turns, and medians count. The goals stand beside; missing one is no failure of the
measurement. `--quick` is a small sample that proves that it can be measured, and nothing else.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import poll_first, poll_hanging, poll_memory, poll_steady
from bench.poll_program import QUICK, Scale
from bench.poll_site import MISSING, nginx_path

PARTS: dict[str, Callable[[Scale, Path], Iterator[str]]] = {
    "steady": poll_steady.measure,
    "first": poll_first.measure,
    "memory": poll_memory.measure,
    "hanging": poll_hanging.measure,
}


def main() -> None:
    """Print a table for each part."""
    options = _options()
    if (path := nginx_path()) is None:
        raise SystemExit(MISSING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nginx and the others end with us
    scale = QUICK if options.quick else Scale()
    if options.rounds:
        scale = replace(scale, rounds=options.rounds)
    nginx = subprocess.run([path, "-v"], check=False, capture_output=True, text=True).stderr.strip()  # noqa: S603 - ours
    print(
        f"{datetime.now(UTC):%d %B %Y}, Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" {platform.machine()}, {nginx.removeprefix('nginx version: ')}; medians of {scale.rounds}"
    )
    with tempfile.TemporaryDirectory(prefix="treatywatch-bench-") as folder:
        for part in options.only or PARTS:
            (Path(folder) / part).mkdir()
            print(flush=True)
            for line in PARTS[part](scale, Path(folder) / part):
                print(line, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few feeds, one round")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, help="instead of five")
    return parser.parse_args()


if __name__ == "__main__":
    main()
