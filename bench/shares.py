"""How much of what serves a platform is its own: `python -m bench.shares`.

Lines of code are counted without blank lines, comments and docstrings. What serves a platform is all of bot/ but what
belongs to the other platforms and to the command line beside the bot.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "bot"
PLATFORMS = ("slack", "discord")
# Neither the demo nor the commands of a terminal take part in serving a chat.
ASIDE = ("demo", "cli", "show")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def lines_of(source: str) -> int:
    """Lines that hold code."""
    held = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in SILENT
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(held - set(_docstrings(ast.parse(source))))


def _docstrings(tree: ast.Module) -> Iterable[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            first = node.body[0]
            yield from range(first.lineno, (first.end_lineno or first.lineno) + 1)


def counted(root: Path) -> dict[str, int]:
    """Lines of code that are a platform's own, by its name; under "shared" all that serves each of them."""
    counts = dict.fromkeys((*PLATFORMS, "shared"), 0)
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0].startswith(ASIDE):
            continue
        own = next((name for name in PLATFORMS if parts[:2] == ("chat", name)), "shared")
        counts[own] += lines_of(path.read_text(encoding="utf-8"))
    return counts


def main() -> None:
    """A line for each platform."""
    counts = counted(ROOT)
    for name in PLATFORMS:
        whole = counts[name] + counts["shared"]
        print(f"{name:8} {counts[name]:6,} of {whole:6,} lines of code are its own: {counts[name] / whole:.1%}")


if __name__ == "__main__":
    main()
