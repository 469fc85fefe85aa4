"""The fake in another process, with much the same face as the one in this process.

async with running(folder / "slack.jsonl", reference=shared / "oracles") as slack:
    …                                                        # SLACK_API_URL=slack.url, its two tokens
    lost = await slack.fault("chat.postMessage", Fault.hangs(accepted=True))
    await slack.hit(lost)                                    # now the message stands, and its answer does not come
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.fake_slack.faults import Fault
from tests.fake_slack.nouns import ACK_WITHIN_S, PATIENCE_S, Ack, Asked, Json, Posted, Reply

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came back for a command."""

    id: str  # of its envelope; for redeliver
    acks: list[Ack]
    replies: list[Reply]


class RemoteSlack:
    """A fake that runs elsewhere; what it waits for and does not come is an AssertionError here."""

    def __init__(self, session: ClientSession, told: Json) -> None:
        self._session = session
        self.url: str = told["url"]  # ends in /api/
        self.bot_token: str = told["bot_token"]
        self.app_token: str = told["app_token"]
        self.expected = False

    @property
    def env(self) -> dict[str, str]:
        """What the program's environment wants."""
        return {"SLACK_BOT_TOKEN": self.bot_token, "SLACK_APP_TOKEN": self.app_token, "SLACK_API_URL": self.url}

    def expect_violations(self) -> None:
        """Do not fail the test for violations."""
        self.expected = True

    async def _do(self, verb: str, **given: object) -> Any:
        async with self._session.post(self.url.removesuffix("api/") + f"_control/{verb}", json=given) as response:
            told = await response.json()
        if "failed" in told:
            raise AssertionError(told["failed"])
        return told["answer"]

    async def command(self, name: str, text: str, *, channel: str, user: str, replies: int = 1) -> Heard:
        """A person types a slash command; returns once it is acknowledged and has so many replies."""
        return await self.heard(await self.send_command(name, text, channel=channel, user=user), replies=replies)

    async def send_command(self, name: str, text: str, *, channel: str, user: str) -> str:
        """Likewise, without waiting; the envelope's id."""
        return str(await self._do("command", name=name, text=text, channel=channel, user=user))

    async def redeliver(self, envelope: str) -> None:
        """The same envelope once more."""
        await self._do("redeliver", id=envelope)

    async def heard(self, envelope: str, *, replies: int = 1, within_s: float = ACK_WITHIN_S) -> Heard:
        """What came back for an envelope, once its last delivery is acknowledged and there are so many replies."""
        told = await self._do("exchange", id=envelope, acked=True, replies=replies, within_s=within_s)
        return Heard(
            id=envelope,
            acks=[Ack(**_timed(row)) for row in told["acks"]],
            replies=[Reply(**_timed(row)) for row in told["replies"]],
        )

    async def fault(self, method: str, fault: Fault, *, times: int | None = 1, share: float = 1, skip: int = 0) -> int:
        """Arm a fault; its id, for hit and release."""
        armed = {"times": times, "share": share, "skip": skip}
        return int(await self._do("fault", method=method, fault=asdict(fault), **armed))

    async def hit(self, fault: int, count: int = 1, *, within_s: float = PATIENCE_S) -> None:
        """Return once so many requests have met the fault."""
        await self._do("hit", id=fault, count=count, within_s=within_s)

    async def release(self, fault: int) -> None:
        """Let go what hangs in it."""
        await self._do("release", id=fault)

    async def clear_faults(self, method: str | None = None) -> None:
        """Disarm those of a method, or all."""
        await self._do("clear", method=method)

    async def posts(self, channel: str) -> list[Posted]:
        """Our messages in a room, oldest first."""
        return await self.posted(channel, 0)

    async def posted(self, channel: str, count: int = 1, *, within_s: float = PATIENCE_S) -> list[Posted]:
        """Likewise, once there are that many."""
        rows = await self._do("posts", channel=channel, count=count, within_s=within_s)
        return [Posted(**row) for row in rows]

    async def asked(self) -> list[Asked]:
        """Every request so far."""
        return [Asked(**_timed(row)) for row in await self._do("asked", method=None)]

    async def called(self, method: str, count: int = 0, *, within_s: float = PATIENCE_S) -> list[Asked]:
        """The requests of one method, once there are that many."""
        rows = await self._do("asked", method=method, count=count, within_s=within_s)
        return [Asked(**_timed(row)) for row in rows]

    async def violations(self) -> list[str]:
        """What was violated so far."""
        return [str(one) for one in await self._do("violations")]

    async def connected(self, opened: int = 1, *, within_s: float = PATIENCE_S) -> int:
        """Return once a socket is open; how many were opened so far."""
        return int(await self._do("connected", opened=opened, within_s=within_s))

    async def disconnected(self, *, within_s: float = PATIENCE_S) -> None:
        """Return once no socket is open."""
        await self._do("disconnected", within_s=within_s)

    async def disconnect(self, reason: str) -> None:
        """Slack asks to go: warning, refresh_requested or link_disabled."""
        await self._do("disconnect", reason=reason)

    async def drop(self) -> None:
        """Every socket is reset without a word."""
        await self._do("drop")

    async def down(self, seconds: float) -> None:
        """Nobody listens for so many seconds, from now on."""
        await self._do("down", seconds=seconds)

    async def said(self, channel: str, text: str, *, by: str = "U2") -> None:
        """Somebody says something in a room."""
        await self._do("say", channel=channel, text=text, by=by)

    async def change_room(self, channel: str, **changes: object) -> None:
        """Set fields of a room: member=False, archived=True …"""
        await self._do("room", id=channel, changes=changes)

    async def open_rooms(self, channels: Iterable[str]) -> None:
        """Make rooms that are not there yet."""
        await self._do("rooms", ids=list(channels))

    async def limit(self, every: timedelta, answer: timedelta = timedelta()) -> None:
        """Take no message of a channel sooner after the one before (zero: no limit), and answer each so much later."""
        await self._do("limit", every_s=every.total_seconds(), answer_s=answer.total_seconds())

    async def grant(self, scopes: Iterable[str]) -> None:
        """Exactly these scopes from now on."""
        await self._do("scopes", scopes=sorted(scopes))


def _timed(row: Json) -> Json:
    return row | {"at": datetime.fromisoformat(row["at"])}


@asynccontextmanager
async def running(
    log: Path, *, port: int = 0, reference: Path | None = None, clock: Path | None = None, quiet: bool = False
) -> AsyncIterator[RemoteSlack]:
    """A fake as a process of its own, stopped at the end; its violations fail the test.

    `clock`: a file with its time; `quiet`: it says nothing of clients that were killed.
    """
    words = [sys.executable, "-m", "tests.fake_slack", "--port", str(port), "--log", str(log)]
    words += ["--reference", str(reference)] if reference else []
    words += ["--clock", str(clock)] if clock else []
    errors = asyncio.subprocess.DEVNULL if quiet else None
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            told = json.loads(await process.stdout.readline())
        async with ClientSession() as session:
            slack = RemoteSlack(session, told)
            yield slack
            broken = [] if slack.expected else await slack.violations()
        assert not broken, "Slack's rules or ours were broken:\n" + "\n".join(broken)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()
