"""The fake in another process, as far as runs of the whole program need it.

async with running(folder / "discord.jsonl", reference=shared / "oracles") as discord:
    …                                                        # DISCORD_API_URL=discord.url, its gateway and token
    await discord.fault("say", Fault.late(1.2), times=None, share=0.1)
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.fake_discord.nouns import Json
from tests.fake_slack.faults import Fault
from tests.fake_slack.nouns import PATIENCE_S

ROOT = Path(__file__).resolve().parent.parent.parent


class RemoteDiscord:
    """A fake that runs elsewhere."""

    def __init__(self, session: ClientSession, told: Json) -> None:
        self._session = session
        self.url, self.gateway_url, self.token = (str(told[key]) for key in ("url", "gateway_url", "token"))

    @property
    def env(self) -> dict[str, str]:
        """What the program's environment wants."""
        return {"DISCORD_TOKEN": self.token, "DISCORD_API_URL": self.url, "DISCORD_GATEWAY_URL": self.gateway_url}

    async def _do(self, verb: str, **given: object) -> Any:
        async with self._session.post(self.url.removesuffix("api/v10") + f"_control/{verb}", json=given) as response:
            response.raise_for_status()
            return await response.json()

    async def fault(self, name: str, fault: Fault, *, times: int | None = 1, share: float = 1, skip: int = 0) -> None:
        """Arm a fault."""
        await self._do("fault", name=name, fault=asdict(fault), times=times, share=share, skip=skip)

    async def clear_faults(self) -> None:
        """Disarm all."""
        await self._do("clear")

    async def down(self, seconds: float) -> None:
        """Nobody listens for so many seconds, from now on."""
        await self._do("down", seconds=seconds)

    async def change_room(self, channel: str, **changes: object) -> None:
        """Set fields of a channel (readable=False), made if it is not there yet."""
        await self._do("room", id=channel, changes=changes)

    async def remember(self, seconds: float) -> None:
        """Know a nonce again for so long."""
        await self._do("remember", seconds=seconds)

    async def command(self, name: str, *, channel: str = "101", **options: object) -> str:
        """What a command is answered with."""
        return "\n".join(await self._do("command", name=name, channel=channel, options=options))

    async def posted(self, channel: str, count: int = 0) -> list[Json]:
        """Our messages in a channel (id, words, key), once there are that many."""
        found: list[Json] = await self._do("posts", channel=channel, count=count)
        return found

    async def connected(self, identified: int = 1, *, within_s: float = PATIENCE_S) -> None:
        """Return once a client is connected."""
        await self._do("connected", identified=identified, within_s=within_s)

    async def violations(self) -> list[str]:
        """What was violated so far."""
        found: list[str] = await self._do("violations")
        return found


@asynccontextmanager
async def running(
    log: Path, *, reference: Path | None = None, clock: Path | None = None, quiet: bool = False
) -> AsyncIterator[RemoteDiscord]:
    """A fake as a process of its own, stopped at the end. `clock`: a file with its time."""
    words = [sys.executable, "-m", "tests.fake_discord", "--log", str(log)]
    words += ["--reference", str(reference)] if reference else []
    words += ["--clock", str(clock)] if clock else []
    errors = asyncio.subprocess.DEVNULL if quiet else None
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            told = json.loads(await process.stdout.readline())
        async with ClientSession() as session:
            yield RemoteDiscord(session, told)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()
