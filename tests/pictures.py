"""Draws the pictures of the README from what the bot really posts: `python -m tests.pictures docs/pictures`.

The demo's recorded feeds go through the very same app into the fake Slack; what stands there is drawn by the renderer
beside the project ($SHARED/preview, which needs node and Chromium).
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.app import App, build
from bot.chat.slack.app import SlackChat
from bot.demo.play import DIGEST, FIRST_READING, SECOND_READING, Outlets, Turned, configured
from bot.demo.recordings import recordings
from bot.store.sqlite import SqliteStore
from tests.conftest import ROOT
from tests.fake_slack import FakeSlack

Picture = list[Mapping[str, object]]  # messages as chat.postMessage takes them

SUBSCRIBE = "subscribe convention daily 09:00 Europe/Vienna"
AT_ONCE = "subscribe human-rights instant"


@asynccontextmanager
async def scene(folder: Path, slack: FakeSlack, clock: Turned, outlets: Outlets) -> AsyncIterator[App]:
    """The demo's app with Slack as its one chat, listening."""
    stop = asyncio.Event()
    async with outlets.open() as address:
        config = replace(configured(address, recordings(), folder / "bot.db"), channels=())
        store = await SqliteStore.open(config.database, worker="pictures")
        try:
            async with (
                SlackChat.open(bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.url) as chat,
                build(config, clock=clock, store=store, chats=[chat]) as app,
                asyncio.TaskGroup() as group,
            ):
                group.create_task(chat.listen(app.commands, stop))
                yield app
                stop.set()
        finally:
            await store.close()


async def shoot(folder: Path) -> dict[str, Picture]:
    """Every picture's messages, by its name."""
    outlets, clock = Outlets(recordings()), Turned(FIRST_READING)
    async with FakeSlack() as slack, scene(folder, slack, clock, outlets) as app:
        await slack.connected()

        async def answered(words: str) -> Picture:
            exchange = await slack.command("/treaty", words, channel="C1", user="U1")
            return [{"text": reply.text, "blocks": reply.blocks} for reply in [await exchange.answer()]]

        pictures = {"slack-help": await answered("help")}
        await app.worker.once()
        pictures["slack-subscribe"] = [*await answered(SUBSCRIBE), *_posts(slack)]
        await answered(AT_ONCE)
        told = len(slack.posts("C1"))
        outlets.newest = True
        clock.turn(SECOND_READING)
        await app.worker.once()
        pictures["slack-instant"] = _posts(slack)[told : told + 1]
        pictures["slack-latest"] = await answered("latest 3")
        told = len(slack.posts("C1"))
        clock.turn(DIGEST)
        await app.worker.once()
        pictures["slack-digest"] = _posts(slack)[told : told + 1]
    return pictures


def _posts(slack: FakeSlack) -> Picture:
    return [{"text": post.text, "blocks": post.blocks} for post in slack.posts("C1")]


def main() -> None:
    """Draw them all."""
    shared = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
    with tempfile.TemporaryDirectory() as folder:
        for name, messages in asyncio.run(shoot(Path(folder))).items():
            source = Path(folder) / f"{name}.json"
            source.write_text(json.dumps(messages, ensure_ascii=False))
            target = Path(sys.argv[1]) / f"{name}.png"
            subprocess.run([shared / "preview" / "preview", "slack", source, target], check=True)
            print(target)


if __name__ == "__main__":
    main()
