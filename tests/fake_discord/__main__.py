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
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from aiohttp import web

from tests.clock_file import time_in
from tests.fake_discord.nouns import Json
from tests.fake_discord.server import FakeDiscord
from tests.fake_slack.faults import Fault
from tests.fake_slack.nouns import Clock, utc_now
from tests.fake_slack.outages import Outages


class Control:
    """The verbs over one fake, told from outside: `POST /_control/{verb}`."""

    def __init__(self, discord: FakeDiscord) -> None:
        self._discord, self._outages = discord, Outages(discord)
        self._verbs: dict[str, Callable[[Json], Awaitable[object]]] = {
            "fault": self._fault,
            "clear": self._clear,
            "room": self._room,
            "remember": self._remember,
            "down": self._down,
            "command": self._command,
            "posts": self._posts,
            "connected": self._connected,
            "violations": self._violations,
        }
        discord.app.router.add_route("POST", "/_control/{verb}", self._do)

    async def _do(self, request: web.Request) -> web.Response:
        return web.json_response(await self._verbs[request.match_info["verb"]](await request.json()))

    async def _fault(self, given: Json) -> None:
        """Arm a fault."""
        chosen = {key: given[key] for key in ("times", "share", "skip")}
        self._discord.faults.add(given["name"], Fault(**given["fault"]), **chosen)

    async def _clear(self, _given: Json) -> None:
        """Disarm all."""
        self._discord.faults.clear()

    async def _room(self, given: Json) -> None:
        """A channel, made or changed."""
        for name, value in given["changes"].items():
            setattr(self._discord.room(given["id"]), name, value)

    async def _remember(self, given: Json) -> None:
        """How long nonces count."""
        self._discord.guild.window = timedelta(seconds=given["seconds"])

    async def _down(self, given: Json) -> None:
        """Nobody listens for a while."""
        self._outages.begin(given["seconds"])

    async def _command(self, given: Json) -> list[str]:
        """A person gives a command; the answers' words."""
        exchange = await self._discord.command(given["name"], channel=given["channel"], **given["options"])
        return [reply.words for reply in await exchange.answers()]

    async def _posts(self, given: Json) -> list[Json]:
        """Our messages in a channel, once there are so many."""
        found = await self._discord.posted(given["channel"], given["count"])
        return [{"id": one.id, "words": one.words, "key": one.key} for one in found]

    async def _connected(self, given: Json) -> None:
        """Once a client is connected."""
        await self._discord.connected(given["identified"], within_s=given["within_s"])

    async def _violations(self, _given: Json) -> list[str]:
        """What was violated so far."""
        return self._discord.violations


async def run(log: Path, reference: Path | None, now: Clock) -> list[str]:
    """Serve until SIGTERM; what was violated."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    discord = FakeDiscord(journal=log, reference=reference, now=now)
    Control(discord)
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
