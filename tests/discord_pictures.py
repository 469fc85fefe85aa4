"""Draws the pictures of docs/discord.md from what the bot really posts: `python -m tests.discord_pictures docs/pictures`.

As tests/pictures.py does for Slack, but as tests/discord_page.py draws it. Times are as a reader in Vienna sees them.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bot.app import build
from bot.demo.play import DIGEST, FIRST_READING, SECOND_READING, Outlets, Turned, configured
from bot.demo.recordings import recordings
from bot.store.sqlite import SqliteStore
from tests.discord_chats import fake, listening, opened
from tests.discord_page import Said, Shown, Thread, Window, page
from tests.fake_discord import FakeDiscord, Posted, payloads
from tests.fake_discord.nouns import components_in
from tests.place import told
from tests.test_discord_whole import lived_in, says, stories
from tests.test_pipeline_later import elsewhere

SIZE = 672  # pixels, the width of a picture
HEIGHT = re.compile(r"<title>(\d+)</title>")


async def shoot(folder: Path) -> dict[str, list[Shown]]:
    """What each picture shows, by its name."""
    outlets, clock = Outlets(recordings()), Turned(FIRST_READING)
    async with outlets.open() as address, FakeDiscord() as discord, opened(discord) as chat:
        config = replace(configured(address, recordings(), folder / "bot.db"), channels=())
        store = await SqliteStore.open(config.database, worker="pictures")
        async with (
            build(config, clock=clock, store=store, chats=[chat]) as app,
            listening(chat, discord, app.commands),
        ):

            async def answered(name: str, **options: object) -> list[Shown]:
                used = " ".join([f"/treaty {name}", *(f"{key}:{value}" for key, value in options.items())])
                exchange = await discord.command(name, **options)  # type: ignore[arg-type]
                return [Said(body=reply.body, at=clock.now(), used=used) for reply in await exchange.answers()]

            def said(posts: list[Posted]) -> list[Shown]:
                return [Said(body=one.body, at=clock.now()) for one in posts]

            def posts() -> list[Posted]:
                return [post for post in discord.posts("101") if post.key]

            pictures = {"discord-help": (await answered("help"))[:1]}
            await app.worker.once()
            subscribed = await answered(
                "subscribe", topics="convention", when="daily", hour="09:00", zone="Europe/Vienna"
            )
            pictures["discord-subscribe"] = [*subscribed, *said(await discord.posted("101"))[:1]]
            await answered("subscribe", topics="human-rights", when="instant")
            form = await discord.command("subscribe")
            pictures["discord-form"] = [Window(modal=form.modal or {})]
            outlets.newest = True
            clock.turn(SECOND_READING)
            await app.worker.once()
            pictures["discord-instant"] = said(posts()[:1])
            before = len(posts())
            clock.turn(DIGEST)
            await app.worker.once()
            (digest,) = posts()[before : before + 1]
            pictures["discord-digest"] = said([digest])
            (menu,) = [one for one in components_in(digest.body) if one.get("options")]
            exchange = await discord.use(digest, payloads.press("story", [menu["options"][0]["value"]]))
            opened_menu = {"components": digest.body["components"][:1]}
            answer = Said(body=(await exchange.answer()).body, at=clock.now())
            pictures["discord-story"] = [Said(body=opened_menu, at=clock.now(), opened=True), answer]
        await store.close()
    return pictures


async def later(folder: Path) -> list[Shown]:
    """A story that was told at once, and who told it after that."""
    first, second = "2025-10-27 08:35", "2025-10-27 09:35"
    async with fake() as discord, lived_in(folder, discord, feeds=("gazette", "courier")) as world:
        await says(discord, "subscribe", topics="ratification", when="instant")
        world.feed("gazette").gains(told(0))
        await world.at(first)
        (post,) = stories(discord)
        begun = Said(body=post.body, at=world.clock.now())
        world.feed("courier").gains(elsewhere())
        await world.at(second)
        thread = discord.room(post.id)
        return [
            begun,
            Thread(name=thread.name),
            *(Said(body=one.body, at=world.clock.now()) for one in thread.messages),
        ]


def browse(*options: str) -> str:
    """What Chromium prints of a page."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium-browser"
    usual = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1.5")
    return subprocess.run([chromium, *usual, *options], check=True, capture_output=True, text=True).stdout


def draw(shown: list[Shown], target: Path, folder: Path) -> None:
    """A picture as high as what it shows."""
    source = folder / f"{target.stem}.html"
    measure = "<script>document.title = Math.ceil(document.body.getBoundingClientRect().height)</script>"
    source.write_text(page(shown) + measure)
    found = HEIGHT.search(browse("--dump-dom", f"--window-size={SIZE},100", source.as_uri()))
    height = int(found[1]) if found else SIZE
    browse(f"--screenshot={target.absolute()}", f"--window-size={SIZE},{height}", source.as_uri())


def main() -> None:
    """Draw them all, or those that are named."""
    target, *names = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        pictures = {**asyncio.run(shoot(Path(folder))), "discord-thread": asyncio.run(later(Path(folder)))}
        for name, shown in pictures.items():
            if not names or name in names:
                draw(shown, Path(target) / f"{name}.png", Path(folder))
                print(name)


if __name__ == "__main__":
    main()
