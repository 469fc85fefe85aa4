"""Draws the pictures of the docs from what the bot really posts: `python -m tests.pictures docs/pictures [STEP …]`.

What is seen on a new user's way through Slack (tests/slack_walk.py) is drawn by the renderer beside the project
($SHARED/preview, which needs node and Chromium); a form and a home are drawn as the blocks of a message. The step
`terminal` is the demo's digest on a screen (tests/screen.py). Without a STEP, all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.chat.slack.elements import divider, header
from tests.browser import cropped
from tests.conftest import ROOT
from tests.screen import digest_on_a_screen
from tests.slack_walk import TREATIES, Picture, begun, walked

Json = dict[str, Any]
MENUS = ("external_select", "static_select", "multi_static_select")
SENDER = "TreatyWatch"  # as the manifest names it


async def shoot(folder: Path) -> dict[str, Picture]:
    """What each step shows."""
    async with begun(folder) as walk:
        return await walked(walk)


def named(picture: Picture) -> str:
    """The picture as JSON, its channel by its name: the renderer knows none."""
    drawn = [{**message, "username": SENDER, "blocks": list(_blocks(message))} for message in picture]
    return json.dumps(drawn, ensure_ascii=False).replace(f'"channel_id": "{TREATIES}"', '"channel_id": "treaties"')


def _blocks(message: Mapping[str, Any]) -> Iterator[Json]:
    """The blocks of a message; of a form with its title above, and below the buttons that Slack draws."""
    if "submit" not in message:
        yield from message["blocks"]
        return
    yield header(message["title"]["text"])
    yield divider()
    yield from map(_filled_in, message["blocks"])
    yield divider()
    cancel = {"type": "button", "text": message["close"], "action_id": "close"}
    yield {
        "type": "actions",
        "elements": [cancel, {"type": "button", "text": message["submit"], "action_id": "submit", "style": "primary"}],
    }


def _filled_in(block: Json) -> Json:
    """A field as people see it: of a menu the renderer shows no more than how much is chosen, so it is a line of text."""
    element = block.get("element", {})
    if element.get("type") not in MENUS:
        return block
    chosen = [*element.get("initial_options", ()), *filter(None, [element.get("initial_option")])]
    if not chosen:
        return block
    words = ", ".join(one["text"]["text"] for one in chosen)
    field = {"type": "email_text_input", "action_id": element["action_id"], "initial_value": f"{words}  ▾"}
    return {**block, "element": field}


def main() -> None:
    """Draw them."""
    shared = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
    target, *steps = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        if not steps or "terminal" in steps:
            asyncio.run(digest_on_a_screen(Path(folder), Path(target) / "digest.png"))
        for step, picture in asyncio.run(shoot(Path(folder))).items():
            if steps and step not in steps:
                continue
            source, drawn = Path(folder) / f"{step}.json", Path(target) / f"slack-{step}.png"
            source.write_text(named(picture))
            subprocess.run([shared / "preview" / "preview", "slack", source, drawn], check=True)
            drawn.write_bytes(cropped(drawn.read_bytes(), Path(folder)))
            print(drawn)


if __name__ == "__main__":
    main()
