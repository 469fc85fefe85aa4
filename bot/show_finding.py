"""What is found at an address, and what the selectors of a page catch: as lines on a screen, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot import show
from bot.chat.terminal import safe
from bot.delivery.notes import many
from bot.model import Item, Tried

CAUGHT = 3  # items of a page that are shown


def newest_of(items: Sequence[Item]) -> Item | None:
    """The one with the latest date; where none has a date, the first, since feeds begin with the newest."""
    dated = [(item.published, item) for item in items if item.published]
    return max(dated, key=lambda pair: pair[0])[1] if dated else next(iter(items), None)


def state_of(tried: Tried) -> str:
    """How it stands, in one word: ok, a fault's name, or watchable for a page that can be read."""
    return tried.fault or ("watchable" if tried.candidate.kind == "page" else "ok")


def tried_record(tried: Tried) -> dict[str, object]:
    """An address that may be a feed, and what is there."""
    one, newest = tried.candidate, newest_of(tried.items)
    return {
        "url": one.url,
        "kind": one.kind,
        "title": one.title,
        "why": one.why,
        "state": state_of(tried),
        "items": len(tried.items),
        "newest": newest.title if newest else None,
        "newest_at": show.stamp(newest.published) if newest else None,
        "error": tried.error,
        "moved_to": tried.url if tried.url != one.url else None,
    }


def tried_lines(tried: Tried) -> list[str]:
    """The same for people: state and address, what it holds, how we came by it."""
    one, newest, state = tried.candidate, newest_of(tried.items), state_of(tried)
    styled = click.style(f"{state:<11}", fg={"ok": "green", "watchable": "yellow"}.get(state, "red"))
    lines = [f"{styled} {safe(tried.url)}"]
    if tried.error:
        lines.append(f"{'':11} {safe(tried.error)}")
    if newest:
        day = f" ({_day(newest)})" if newest.published else ""
        lines.append(f"{'':11} {many(len(tried.items), 'item')}, the newest: {safe(newest.title)}{day}")
    named = f"{safe(one.title)} · " if one.title else ""
    return [*lines, click.style(f"{'':11} {named}{one.why}", dim=True)]


def caught_records(items: Sequence[Item]) -> list[dict[str, object]]:
    """The first items of a page, as its selectors catch them."""
    return [
        {"title": item.title, "link": item.link, "published": show.stamp(item.published)} for item in items[:CAUGHT]
    ]


def caught_lines(items: Sequence[Item]) -> list[str]:
    """The same for people."""
    lines = []
    for item in items[:CAUGHT]:
        lines.append(f"    {safe(item.title)}")
        lines.append(click.style(f"      {_day(item)} · {safe(item.link) or 'no link'}", dim=True))
    more = len(items) - CAUGHT
    return [*lines, f"    and {many(more, 'more item')}"] if more > 0 else lines


def _day(item: Item) -> str:
    """In UTC: most pages name a day alone, and on another wall its midnight is the day before."""
    return f"{item.published:%Y-%m-%d}" if item.published else "no date"


def token_record(platform: str, workspace: str, error: str) -> dict[str, object]:
    """What came of trying a platform's token; no error: it is taken."""
    state = "failed" if error else "ok"
    return {"token": platform, "state": state, "workspace": workspace, "error": error or None}
