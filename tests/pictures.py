"""Draws the pictures of the docs from what the bot really posts: `python -m tests.pictures docs/pictures [STEP …]`.

What is seen on a new user's way through Slack (tests/slack_walk.py) is drawn by the renderer beside the project
($SHARED/preview, which needs node and Chromium); a form and a home are drawn as the blocks of a message. Without a
STEP, all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT
from tests.slack_walk import TREATIES, Picture, begun, walked


async def shoot(folder: Path) -> dict[str, Picture]:
    """What each step shows."""
    async with begun(folder) as walk:
        return await walked(walk)


def named(picture: Picture) -> str:
    """The picture as JSON, its channel by its name: the renderer knows none."""
    return json.dumps(picture, ensure_ascii=False).replace(f'"channel_id": "{TREATIES}"', '"channel_id": "treaties"')


def main() -> None:
    """Draw them."""
    shared = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
    target, *steps = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        for step, picture in asyncio.run(shoot(Path(folder))).items():
            if steps and step not in steps:
                continue
            source, drawn = Path(folder) / f"{step}.json", Path(target) / f"slack-{step}.png"
            source.write_text(named(picture))
            subprocess.run([shared / "preview" / "preview", "slack", source, drawn], check=True)
            print(drawn)


if __name__ == "__main__":
    main()
