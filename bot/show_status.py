"""How the whole stands, as lines on a screen or as a record."""

from __future__ import annotations

import platform
import pyexpat
import sqlite3
from collections.abc import Collection, Sequence

import click

from bot.chat.terminal import safe
from bot.delivery.notes import many
from bot.model import DUTIES, FeedState, PostState, Status, Waiting
from bot.show import stamp, when
from bot.show_judging import precision_record
from bot.topics.marks import Precision
from bot.work.health import no_way

# Below these, known faults of the libraries stand open; a wish for the image, never a condition
# (CVE-2026-32776 and its fellows; the SQLite fault that can reset a write-ahead log).
WISHES = {"expat": (2, 7, 5), "SQLite": (3, 51, 3)}

TOLD_ALWAYS = (PostState.UNKNOWN, PostState.REFUSED, PostState.HELD)
FAILING = 10  # named by `status`; `feeds` names all


def versions() -> dict[str, str]:
    """What we run on."""
    return {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "expat": pyexpat.EXPAT_VERSION.removeprefix("expat_"),
    }


def version_warnings() -> list[str]:
    """A sentence for each library below our wishes."""
    return [
        f"{name} {have} has known faults; wished for is {'.'.join(map(str, WISHES[name]))} or newer"
        for name, have in versions().items()
        if name in WISHES and tuple(int(part) for part in have.split(".")) < WISHES[name]
    ]


def status_record(
    status: Status, *, ailing: Sequence[str], marks: Sequence[Precision], ways: Collection[str]
) -> dict[str, object]:
    """How the whole stands; `marks`: what people marked of late, by topic and month; `ways`: as `ailments` has it."""
    return {
        "healthy": not ailing,
        "why": list(ailing),
        "feeds": len(status.feeds),
        "feeds_failing": [
            {"id": state.feed, "fault": state.fault, "error": state.error, "since": stamp(state.failing_since)}
            for state in status.feeds
            if state.failures
        ],
        "items": status.items,
        "matched": status.matched,
        "stories": status.stories,
        "owed": status.owed,
        "oldest_owed": stamp(status.oldest_owed),
        "no_way_out": [
            {"channel": str(one.channel), "owed": one.owed, "oldest_owed": stamp(one.since)}
            for one in _stuck(status, ways)
        ],
        "never_told": dict(status.dropped),
        "posts": {state.value: status.posts.get(state, 0) for state in PostState},
        "digests": [{"channel": str(channel), "due": stamp(due)} for channel, due in status.digests],
        "beat": stamp(status.beat),
        "beats": {duty: stamp(status.beats.get(duty)) for duty in DUTIES},
        "precision": [precision_record(one) for one in marks],
        "versions": versions(),
    }


def status_lines(
    status: Status, *, ailing: Sequence[str], marks: Sequence[Precision], ways: Collection[str], zone: str
) -> list[str]:
    """How the whole stands, for people."""
    failing = [state for state in status.feeds if state.failures]
    waiting = f", the oldest since {when(status.oldest_owed, zone)}" if status.oldest_owed else ""
    rows = [
        ("health", _health(ailing)),
        ("feeds", f"{len(status.feeds) - len(failing)} well, {len(failing)} failing"),
        *(("", text) for text in _failing(failing, zone=zone)),
        ("archive", ", ".join(_archive(status))),
        ("owed", f"{status.owed} deliveries{waiting}"),
        *(("no way out", _told_stuck(one, zone=zone)) for one in _stuck(status, ways)),
        *_never_told(status),
        ("posts", ", ".join(_posts(status))),
        *_marked(marks),
        *(("next digest", f"{channel}: {when(due, zone)} {zone}") for channel, due in status.digests),
        ("seen alive", ", ".join(f"{duty} {when(at, zone)}" for duty, at in sorted(status.beats.items())) or "—"),
        ("runs on", ", ".join(f"{name} {version}" for name, version in versions().items())),
        *(("warning", click.style(warning, fg="yellow")) for warning in version_warnings()),
    ]
    return [f"{click.style(f'{name:<12}', dim=True)} {value}" for name, value in rows]


def _stuck(status: Status, ways: Collection[str]) -> list[Waiting]:
    """The channels that are owed something and that nothing can be sent to."""
    return [one for one in status.waiting if one.channel.platform not in ways]


def _told_stuck(one: Waiting, *, zone: str) -> str:
    oldest = f", the oldest since {when(one.since, zone)}" if one.since else ""
    return f"{one.channel}: {one.owed} owed{oldest}; {no_way(one.channel)}"


def _posts(status: Status) -> list[str]:
    """How many posts stand in each state; those that a person should know of also where there is none."""
    counts = {state: status.posts.get(state, 0) for state in PostState}
    return [f"{count} {state.value}" for state, count in counts.items() if count or state in TOLD_ALWAYS]


def _never_told(status: Status) -> list[tuple[str, str]]:
    """How many stories are never told, by the reason; no line where there is none."""
    names = ["never told", *[""] * len(status.dropped)]
    return [(name, f"{count}: {why}") for name, (why, count) in zip(names, status.dropped.items(), strict=False)]


def _marked(marks: Sequence[Precision]) -> list[tuple[str, str]]:
    """Of each topic about which people said anything of late, how much was right, the newest month first."""
    told: dict[str, list[str]] = {}
    for one in marks:
        decided = one.relevant + one.irrelevant
        what = f"{one.relevant} of {decided} relevant ({one.share:.0%})" if one.share is not None else "undecided"
        told.setdefault(one.topic, []).append(f"{one.month} {what}")
    names = ["precision", *[""] * len(told)]
    return [(name, f"{topic}: {', '.join(months)}") for name, (topic, months) in zip(names, told.items(), strict=False)]


def _archive(status: Status) -> list[str]:
    return [many(status.items, "item"), f"{status.matched} about the convention", many(status.stories, "story")]


def _health(ailing: Sequence[str]) -> str:
    if ailing:
        return click.style("unhealthy", fg="red") + ": " + "; ".join(ailing)
    return click.style("healthy", fg="green")


def _failing(states: Sequence[FeedState], *, zone: str) -> list[str]:
    """The first of the failing feeds, and how many more there are."""
    lines = [
        f"{state.feed}: {safe(state.error or '')}, since {when(state.failing_since, zone)}"
        for state in states[:FAILING]
    ]
    return lines + [f"and {len(states) - FAILING} more: treatywatch feeds"] * (len(states) > FAILING)
