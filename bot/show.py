"""Records as lines on a screen or in a pipe, and as JSON Lines with stable keys.

Colours are click's: they vanish by themselves where standard output is no terminal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.chat.terminal import safe
from bot.delivery.notes import many
from bot.errors import Fault
from bot.feeds.moves import address_of
from bot.feeds.standing import standing, to_do
from bot.model import (
    Act,
    Change,
    ChangeKind,
    Evidence,
    Feed,
    FeedState,
    Found,
    KeptRecord,
    Match,
    Message,
    Post,
    Reading,
    TreatyCount,
)
from bot.model.treaty import CLOSES, NEEDED


def when(moment: datetime | None, zone: str) -> str:
    """A moment on the wall clock of a zone: 2025-10-26 14:02; a dash where there is none."""
    return "—" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def stamp(moment: datetime | None) -> str | None:
    """A moment for JSON: ISO 8601 in UTC."""
    return None if moment is None else moment.isoformat()


def line(record: Mapping[str, object]) -> str:
    """One JSON object on one line; half a character (a lone surrogate) stands there as it was given, escaped."""
    text = json.dumps(record, ensure_ascii=False)
    return text if is_whole(text) else json.dumps(record)


def is_whole(text: str) -> bool:
    """Whether it can be written as UTF-8: it holds no half character (a lone surrogate)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def evidence_record(evidence: Evidence) -> dict[str, object]:
    """A piece of evidence, with its place in the field as given."""
    return {
        "field": evidence.field,
        "phrase": evidence.phrase,
        "text": evidence.text,
        "start": evidence.start,
        "end": evidence.end,
    }


def judged_record(mark: str | float | None, matches: Sequence[Match], act: Act | None) -> dict[str, object]:
    """What `classify` answers to one line."""
    topics = [
        {"id": match.topic, "score": match.score, "evidence": [evidence_record(one) for one in match.evidence]}
        for match in matches
    ]
    return {"id": mark, "topics": topics, "act": None if act is None else act_record(act)}


def act_record(act: Act) -> dict[str, object]:
    """What a state is said to have done."""
    return {"kind": act.kind, "state": act.state, "sentence": act.sentence}


def fault_record(name: str, fault: Fault) -> dict[str, object]:
    """A fault of feeds.yaml or the environment; line and column are 0 where there is no place."""
    return {"file": name, "line": fault.line, "column": fault.column, "path": fault.path, "what": fault.what}


def found_record(found: Found) -> dict[str, object]:
    """An item of the archive."""
    item = found.item
    return {
        "feed": item.feed,
        "key": item.key,
        "outlet": found.outlet,
        "title": item.title,
        "link": item.link,
        "lang": item.lang,
        "published": stamp(item.published),
        "seen": stamp(item.seen),
        "topics": list(found.topics),
        "evidence": None if found.evidence is None else evidence_record(found.evidence),
    }


def found_lines(found: Found, *, zone: str, names: Mapping[str, str]) -> list[str]:
    """An item of the archive, for people: title, outlet and time, topics, link."""
    item = found.item
    topics = " · ".join(names.get(topic, topic) for topic in found.topics)
    moment = when(item.published or item.seen, zone)
    lines = [
        click.style(safe(item.title) or "(no title)", bold=True),
        f"  {safe(found.outlet)} · {moment}" + (f" · {topics}" if topics else ""),
    ]
    if found.evidence is not None and found.evidence.field != "title":
        lines.append(click.style(f"  “{safe(found.evidence.text)}”", dim=True))
    if item.link:
        lines.append(click.style(f"  {safe(item.link)}", fg="blue"))
    return lines


def reading_record(reading: Reading) -> dict[str, object]:
    """How one reading went."""
    return {
        "feed": reading.feed,
        "state": reading.state,
        "status": reading.status,
        "items": reading.items,
        "new": reading.new,
        "matched": reading.matched,
        "held": reading.held,
        "fault": reading.fault,
        "due": stamp(reading.due),
        "error": reading.error,
        "ms": round(reading.took.total_seconds() * 1000),
    }


def reading_line(reading: Reading, *, width: int) -> str:
    """How one reading went, for people; `width` is that of the longest feed id."""
    head = f"{reading.feed:<{width}}  {reading.status or '—':>4}"
    took = f"{round(reading.took.total_seconds() * 1000)} ms"
    if reading.state == "failed":
        fault = f" ({reading.fault})" if reading.fault else ""
        return f"{head}  {click.style('failed', fg='red')}{fault}: {safe(reading.error or '')} ({took})"
    counts = f"{many(reading.items, 'item')}, {reading.new} new, {reading.matched} about the convention"
    if reading.held:
        counts += f", {many(reading.held, 'story')} held back"
    return f"{head}  {click.style(reading.state, fg='green')}: {counts} ({took})"


def unread(feed: Feed) -> FeedState:
    """The state of a feed that the database does not know yet: due from the start."""
    return FeedState(feed=feed.id, due=datetime.now(UTC))


def feed_record(feed: Feed, state: FeedState | None, *, now: datetime) -> dict[str, object]:
    """A feed and its health; None: the database does not know it yet."""
    state = state or unread(feed)
    asked = address_of(feed, state)
    return {
        "id": feed.id,
        "name": feed.name,
        "url": feed.url,
        "state": standing(feed, state, now=now),
        "status": state.status,
        "items": state.items,
        "failures": state.failures,
        "failing_since": stamp(state.failing_since),
        "error": state.error,
        "to_do": to_do(feed, state, now=now),
        "moved_to": asked if asked != feed.url else None,
        "held": state.held,
        "held_at": stamp(state.held_at),
        "last_read": stamp(state.last_read),
        "due": stamp(state.due),
    }


COLOURS = {"ok": "green", "new": "yellow", "moved": "yellow"}  # all else is red


def feed_lines(pairs: Sequence[tuple[Feed, FeedState | None]], *, zone: str, now: datetime) -> list[str]:
    """Every feed with its health, failing ones first, each with what can be done; and a sum."""
    known = [(feed, state or unread(feed)) for feed, state in pairs]
    failing = sum(1 for _, state in known if state.failures)
    width = max((len(feed.id) for feed, _ in known), default=0)
    wide = max((len(standing(feed, state, now=now)) for feed, state in known), default=0)
    lines = []
    for feed, state in sorted(known, key=lambda pair: (not pair[1].failures, pair[0].id)):
        word = standing(feed, state, now=now)
        styled = click.style(f"{word:<{wide}}", fg=COLOURS.get(word, "red"))
        lines.append(f"{feed.id:<{width}}  {styled}  {safe(feed.name)} · {_feed_told(state, zone)}")
        if (advice := to_do(feed, state, now=now)) is not None:
            lines.append(" " * (width + wide + 4) + click.style(safe(advice), dim=True))
    return [*lines, f"{many(len(known), 'feed')}, {failing} failing."]


def _feed_told(state: FeedState, zone: str) -> str:
    """What is known of a feed's last reading, and when the next is."""
    following = f"next {when(state.due, zone)}"
    if state.failures:
        since = f"since {when(state.failing_since, zone)}, {many(state.failures, 'time')}"
        return f"{safe(state.error or '')} · {since}, {following}"
    held = f", {many(state.held, 'story')} held back {when(state.held_at, zone)}" if state.held else ""
    return f"{many(state.items, 'item')}, read {when(state.last_read, zone)}{held}, {following}"


def message_record(message: Message) -> dict[str, object]:
    """A composed message, free of platform."""
    return {
        "kind": message.kind,
        "heading": message.heading,
        "lead": message.lead,
        "groups": [
            {
                "name": group.name,
                "stories": [
                    {
                        "title": entry.title,
                        "url": entry.url,
                        "outlet": entry.outlet,
                        "published": stamp(entry.published),
                        "quote": entry.quote.text,
                        "topics": list(entry.topics),
                        "also": [{"outlet": link.label, "url": link.url} for link in entry.also],
                    }
                    for entry in group.entries
                ],
            }
            for group in message.groups
        ],
        "glance": message.glance
        and {
            "topics": [{"name": trend.name, "bar": trend.bar, "told": trend.told} for trend in message.glance.trends],
            "notes": list(message.glance.notes),
        },
        "count": message.count,
        "read": message.read,
        "unread": list(message.unread),
        "why": message.why,
    }


def treaty_record(kept: KeptRecord, counted: TreatyCount) -> dict[str, object]:
    """Where the convention stands, by the depositary's record."""
    return {
        "day": str(counted.day),
        "signatories": counted.signatories,
        "signed": list(counted.signed),
        "organisations_signed": list(counted.organisations_signed),
        "ratifications": len(counted.bound),
        "needed": NEEDED,
        "missing": counted.missing,
        "bound": list(counted.bound),
        "organisations_bound": list(counted.organisations_bound),
        "latest": [{"state": act.state, "kind": act.kind, "day": act.day and str(act.day)} for act in counted.latest],
        "in_force": counted.in_force and str(counted.in_force),
        "earliest": str(counted.earliest),
        "closes": str(CLOSES),
        "closes_in": counted.closes_in,
        "feed": kept.state.feed,
        "url": kept.url,
        "read": stamp(kept.state.last_read),
        "fault": kept.state.fault,
        "error": kept.state.error,
    }


def post_record(post: Post) -> dict[str, object]:
    """A post and why it is not simply sent."""
    return {
        "id": post.id,
        "channel": str(post.channel),
        "kind": post.kind,
        "state": post.state.value,
        "tries": post.tries,
        "due": stamp(post.due),
        "why": post.why,
    }


def post_line(post: Post, *, zone: str) -> str:
    """A post and why it is not simply sent, for people."""
    told = f"{post.id}  {click.style(post.state.value, fg='yellow')}  {post.channel} · {post.kind}"
    tries = f"{post.tries} tries" if post.tries != 1 else "1 try"
    return f"{told}, {tries}, due {when(post.due, zone)}" + (f" · {safe(post.why)}" if post.why else "")


def change_record(change: Change) -> dict[str, object]:
    """Who changed what in a channel."""
    return {
        "at": stamp(change.at),
        "channel": str(change.channel),
        "by": change.by,
        "what": change.what,
        "told": change.told,
    }


_DEEDS: Mapping[ChangeKind, str] = {
    "subscribed": "subscribed",
    "unsubscribed": "unsubscribed",
    "cadence": "set the digest",
    "quiet": "set quiet hours",
    "paused": "paused",
    "resumed": "resumed",
    "muted": "muted an outlet",
    "unmuted": "unmuted an outlet",
}


def change_line(change: Change, *, zone: str) -> str:
    """Who changed what in a channel, for people."""
    told = f": {safe(change.told)}" if change.told else ""
    return f"{when(change.at, zone)}  {change.channel}  {safe(change.by)} {_DEEDS[change.what]}{told}"


def backup_record(path: Path, *, size: int, items: int, posts: int) -> dict[str, object]:
    """A copy of the database, and what it holds."""
    return {"path": str(path), "bytes": size, "items": items, "posts": posts}
