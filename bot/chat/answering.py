"""What is asked is answered by tasks of their own: none stops the others, and an orderly end waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from uuid import uuid4

from bot.chat import Clerk
from bot.log import log
from bot.model import Answer, Command, Line

GRACE_SECONDS = 8.0  # for what is being answered when we are told to stop
STOPPING = "TreatyWatch is being restarted. Please try again in a minute."
BROKE = "Something went wrong here; the operator's log has it under {reference}."


async def answered(clerk: Clerk, command: Command) -> Answer:
    """The answer to a command; of one that breaks, under which reference the log has it."""
    try:
        return await clerk.answer(command)
    except Exception:  # noqa: BLE001 - the top of a deed: one command's fault must not stop the others
        reference = uuid4().hex[:8]
        log.error("command.broke", reference=reference, channel=str(command.channel), exc_info=True)
        return Answer(parts=(Line(text=BROKE.format(reference=reference)),))


async def wind_up(busy: Collection[asyncio.Task[None]]) -> None:
    """Let what is being answered come to its end within eight seconds."""
    if busy:
        await asyncio.wait(busy, timeout=GRACE_SECONDS)
    for task in busy:
        task.cancel()
