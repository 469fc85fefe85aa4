"""The demo's digest as a screen shows it, drawn for the README."""

from __future__ import annotations

import html
import re
from pathlib import Path

from bot.chat.terminal import BOLD, DIM, HEADING, MARKED, PLAIN, Terminal
from bot.demo.play import play
from tests.browser import shot

COLUMNS = 98
LINE, CELL, EDGE = 19, 8.43, 18  # pixels
ADDRESS = 90  # characters of an address that are shown
LOOKS = {BOLD: "b", DIM: "d", HEADING: "h", MARKED: "m"}
HYPERLINK = re.compile(r"\x1b\]8;;.*?\x1b\\")
STYLED = re.compile(f"({'|'.join(map(re.escape, (*LOOKS, PLAIN)))})")
LONG = re.compile(rf"https?://[!-~]{{{ADDRESS},}}")

PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: {edge}px; background: #0d1117; color: #f0f6fc }}
pre {{ margin: 0; font: 14px/{line}px "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace }}
.b {{ font-weight: bold }} .d {{ color: #8b949e }} .h {{ font-weight: bold; color: #56d4dd }}
.m {{ font-weight: bold; text-decoration: underline }}
</style><pre>{lines}</pre>"""


async def digest_on_a_screen(folder: Path, target: Path) -> None:
    """Play the demo, and draw the last message it tells."""
    with (folder / "screen").open("w+") as screen:
        await play(Terminal(screen, colour=True, width=COLUMNS), stay=False, tell=lambda _: None)
        screen.seek(0)
        told = screen.read().rstrip("\n")
    heading = told.rindex("═" * COLUMNS)
    digest = told[told.rindex("\n", 0, told.rindex("\n", 0, heading)) + 1 :]
    lines = [LONG.sub(_shortened, HYPERLINK.sub("", line)) for line in digest.splitlines()]
    drawn = "\n".join(_styled(html.escape(line, quote=False)) for line in lines)
    page = PAGE.format(lines=drawn, edge=EDGE, line=LINE)
    shot(page, folder, target, width=int(COLUMNS * CELL) + 2 * EDGE, height=len(lines) * LINE + 2 * EDGE)


def _shortened(found: re.Match[str]) -> str:
    """An address that a screen would break, without its middle."""
    return f"{found[0][: ADDRESS - 31]}…{found[0][-30:]}"


def _styled(line: str) -> str:
    """A line's looks as marks of HTML; each end is the end of all that began."""
    shown, begun = "", 0
    for piece in STYLED.split(line):
        if piece == PLAIN:
            shown, begun = shown + "</span>" * begun, 0
        elif piece in LOOKS:
            shown, begun = f'{shown}<span class="{LOOKS[piece]}">', begun + 1
        else:
            shown += piece
    return shown
