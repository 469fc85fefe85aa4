"""The fake as a process of its own: `python -m tests.fake_discord --log FILE [--reference FOLDER] [--clock FILE]`.

Its first line on standard output is a JSON object with its addresses and its token. It runs until SIGTERM and ends with
status 1 if any request broke a rule. Its time is what the clock's file says (tests/clock_file.py). `remote` is its client.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from functools import partial
from pathlib import Path

from aiohttp import web

from tests.clock_file import time_in
from tests.fake_discord.server import FakeDiscord
from tests.fake_slack.faults import Fault
from tests.fake_slack.nouns import Clock, utc_now


def controlled(discord: FakeDiscord) -> None:
    """Let it be told what to do from outside: `POST /_control/{verb}`."""

    async def do(request: web.Request) -> web.Response:
        given = await request.json()
        match request.match_info["verb"]:
            case "fault":
                chosen = {key: given[key] for key in ("times", "share", "skip")}
                discord.faults.add(given["name"], Fault(**given["fault"]), **chosen)
            case "room":
                discord.room(given["id"])
            case "command":
                exchange = await discord.command(given["name"], channel=given["channel"], **given["options"])
                return web.json_response([reply.words for reply in await exchange.answers()])
            case "posts":
                found = await discord.posted(given["channel"], given["count"])
                return web.json_response([{"id": one.id, "words": one.words, "key": one.key} for one in found])
            case "connected":
                await discord.connected(given["identified"], within_s=given["within_s"])
            case "violations":
                return web.json_response(discord.violations)
        return web.json_response(None)

    discord.app.router.add_route("POST", "/_control/{verb}", do)


async def run(log: Path, reference: Path | None, now: Clock) -> list[str]:
    """Serve until SIGTERM; what was violated."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    discord = FakeDiscord(journal=log, reference=reference, now=now)
    controlled(discord)
    async with discord:
        discord.expect_violations()
        told = {"url": discord.url, "gateway_url": discord.gateway_url, "token": discord.token}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await stop.wait()
    return discord.violations


def main() -> int:
    """Its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_discord")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--clock", type=Path)
    given = parser.parse_args()
    now = partial(time_in, given.clock) if given.clock else utc_now
    violations = asyncio.run(run(given.log, given.reference, now))
    sys.stderr.writelines(f"{what}\n" for what in violations)
    return 1 if violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
