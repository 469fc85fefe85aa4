"""Draws the pictures of docs/discord.md from what the bot really posts: `python -m tests.discord_pictures docs/pictures`.

As tests/pictures.py does for Slack. The renderer beside the project knows no timestamps and draws no words
in a menu; so times are written out as a reader in Vienna sees them, and a menu is drawn as a button.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import build
from bot.delivery.notes import moment
from bot.demo.play import DIGEST, FIRST_READING, SECOND_READING, Outlets, Turned, configured
from bot.demo.recordings import recordings
from bot.store.sqlite import SqliteStore
from tests.conftest import ROOT
from tests.discord_chats import listening, opened
from tests.fake_discord import FakeDiscord

Json = dict[str, Any]


async def shoot(folder: Path) -> dict[str, list[Json]]:
    """Every picture's messages, by its name."""
    outlets, clock = Outlets(recordings()), Turned(FIRST_READING)
    async with outlets.open() as address, FakeDiscord() as discord, opened(discord) as chat:
        config = replace(configured(address, recordings(), folder / "bot.db"), channels=())
        store = await SqliteStore.open(config.database, worker="pictures")
        async with (
            build(config, clock=clock, store=store, chats=[chat]) as app,
            listening(chat, discord, app.commands),
        ):

            async def answered(name: str, **options: object) -> list[Json]:
                exchange = await discord.command(name, **options)  # type: ignore[arg-type]
                return [reply.body for reply in await exchange.answers()]

            def posts() -> list[Json]:
                return [post.body for post in discord.posts("101") if post.key]

            pictures = {"discord-help": (await answered("help"))[:1]}
            await app.worker.once()
            subscribed = await answered(
                "subscribe", topics="convention", when="daily", hour="09:00", zone="Europe/Vienna"
            )
            pictures["discord-subscribe"] = [*subscribed, (await discord.posted("101"))[0].body]
            await answered("subscribe", topics="human-rights", when="instant")
            outlets.newest = True
            clock.turn(SECOND_READING)
            await app.worker.once()
            pictures["discord-instant"] = posts()[:1]
            told = len(posts())
            clock.turn(DIGEST)
            await app.worker.once()
            pictures["discord-digest"] = posts()[told : told + 1]
        await store.close()
    return pictures


def drawable(message: Json) -> Json:
    """A message without what the renderer does not know."""
    text = json.dumps(message, ensure_ascii=False)
    shown: Json = json.loads(re.sub(r"<t:(\d+):f>", _in_vienna, text))
    for row in shown.get("components", ()):
        row["components"] = [_as_button(one) for one in row["components"]]
    return shown


def _in_vienna(found: re.Match[str]) -> str:
    return moment(datetime.fromtimestamp(int(found[1]), UTC), "Europe/Vienna")


def _as_button(one: Json) -> Json:
    if one["type"] == 2:
        return one
    return {"type": 2, "style": 2, "label": f"{one['placeholder']}  ▾", "custom_id": "menu"}


def main() -> None:
    """Draw them all."""
    shared = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
    with tempfile.TemporaryDirectory() as folder:
        for name, messages in asyncio.run(shoot(Path(folder))).items():
            source, target = Path(folder) / f"{name}.json", Path(sys.argv[1]) / f"{name}.png"
            source.write_text(json.dumps([drawable(one) for one in messages], ensure_ascii=False))
            subprocess.run([shared / "preview" / "preview", "discord", source, target], check=True)
            print(target)


if __name__ == "__main__":
    main()
