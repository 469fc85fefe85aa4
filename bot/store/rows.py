"""Rows → nouns, and nouns → the values that statements bind."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from itertools import groupby
from typing import cast

from bot.model import (
    Cadence,
    Channel,
    ChannelId,
    Coverage,
    Delivery,
    Evidence,
    FeedState,
    FieldName,
    Found,
    Item,
    ItemId,
    Match,
    Owed,
    Pause,
    Post,
    PostState,
    Quiet,
    Rank,
    Story,
    Subscription,
    Telling,
    Waiting,
)
from bot.topics.text import canonical_link, index_words, search_terms

Values = dict[str, str | int | float | None]  # what a statement binds, by name

NEVER = "9999-12-31T23:59:59.999999Z"  # no stored time is later


def text_of(moment: datetime) -> str:
    """The stored form of a time: UTC, microseconds, always 27 characters, so that it sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def text_or_none(moment: datetime | None) -> str | None:
    """The stored form of a time that may be absent."""
    return None if moment is None else text_of(moment)


def moment_of(text: str) -> datetime:
    """The time of a stored form; aware, UTC."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    """The time of a stored form that may be absent."""
    return None if text is None else datetime.fromisoformat(text)


def values_of(noun: FeedState | Item) -> Values:
    """Every field of a noun by its name, times in their stored form."""
    found = ((name, getattr(noun, name)) for name in noun.__slots__)  # `fields` takes four times as long
    return {name: text_of(value) if isinstance(value, datetime) else value for name, value in found}


# ── items, matches, stories


def twin_of(item: Item) -> str | None:
    """The second key of an item, from canonical link and title; None without a link.

    A bulletin without links has the same title every week, so a title alone tells nothing.
    """
    if not item.link:
        return None
    told = f"{canonical_link(item.link)}\n{' '.join(item.title.split()).casefold()}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def item_values(item: Item) -> Values:
    """What is stored of an item, its search words included."""
    words = {"title_words": index_words(item.title), "body_words": index_words(f"{item.summary}\n{item.content}")}
    return values_of(item) | words | {"twin": twin_of(item)}


def match_values(match: Match, place: int) -> Values:
    """What is stored of a match; evidence as JSON, [[field, phrase, text, start, end], …]."""
    evidence = [[proof.field, proof.phrase, proof.text, proof.start, proof.end] for proof in match.evidence]
    return {
        "feed": match.item.feed,
        "key": match.item.key,
        "topic": match.topic,
        "place": place,
        "score": match.score,
        "evidence": json.dumps(evidence, ensure_ascii=False),
    }


def delivery_values(delivery: Delivery) -> Values:
    """What is stored of a delivery when it becomes owed."""
    return {
        "channel": str(delivery.channel),
        "story": delivery.story,
        "wish": delivery.wish,
        "before": delivery.before,
    }


def item(row: sqlite3.Row) -> Item:
    """One item of the archive."""
    return Item(
        feed=row["feed"],
        key=row["key"],
        link=row["link"],
        title=row["title"],
        summary=row["summary"],
        content=row["content"],
        lang=row["lang"],
        published=moment_or_none(row["published"]),
        seen=moment_of(row["seen"]),
    )


def matches(row: sqlite3.Row) -> tuple[Match, ...]:
    """The matches of a told item, most specific topic first."""
    stored: list[tuple[int, str, float, list[tuple[FieldName, str, str, int, int]]]] = json.loads(row["matches"])
    of = ItemId(row["feed"], row["key"])
    return tuple(
        Match(
            item=of,
            topic=topic,
            score=score,
            evidence=tuple(
                Evidence(field=field, phrase=phrase, text=text, start=start, end=end)
                for field, phrase, text, start, end in evidence
            ),
        )
        for _place, topic, score, evidence in sorted(stored)
    )


def found(row: sqlite3.Row, *, topic: str | None = None) -> Found:
    """An item as it is listed, proved by the evidence of that topic, or of its most specific one."""
    all_matches = matches(row)
    proofs = [match.evidence[0] for match in all_matches if topic in (None, match.topic)]
    return Found(
        item=item(row),
        outlet=row["outlet"],
        topics=tuple(match.topic for match in all_matches),
        evidence=proofs[0] if proofs else None,
    )


def coverage(row: sqlite3.Row) -> Coverage:
    """One item of a story."""
    return Coverage(item=item(row), outlet=row["outlet"], rank=Rank(row["rank"]), matches=matches(row))


def telling(row: sqlite3.Row) -> Telling:
    """An item of a story, as much of it as says which event it tells."""
    return Telling(
        serial=row["id"],
        story=row["story"],
        feed=row["feed"],
        link=row["link"],
        title=row["title"],
        opening=row["opening"],
        seen=moment_of(row["seen"]),
        published=moment_or_none(row["published"]),
    )


def stories(rows: Iterable[sqlite3.Row]) -> list[Story]:
    """Stories from the rows of their items; the rows of a story stand together, the lead first."""
    together = [list(group) for _, group in groupby(rows, key=lambda row: cast(str, row["story"]))]
    return [
        Story(id=group[0]["story"], seen=moment_of(group[0]["story_seen"]), told_by=tuple(map(coverage, group)))
        for group in together
    ]


def owed(deliveries: Iterable[sqlite3.Row], told: Sequence[Story]) -> list[Owed]:
    """Deliveries in the given order, each with its story."""
    by_id = {story.id: story for story in told}
    return [
        Owed(
            delivery=Delivery(
                channel=channel_id(row["channel"]), story=row["story"], wish=row["wish"], before=bool(row["before"])
            ),
            story=by_id[row["story"]],
            since=moment_of(row["since"]),
        )
        for row in deliveries
    ]


def search_query(words: str) -> str:
    """An FTS5 query for items that hold every word, each quoted; "" if there is no word to look for.

    Unquoted words are a language of their own: three of four odd inputs raised.
    """
    return " ".join('"' + term.replace('"', '""') + '"' for term in search_terms(words))


# ── channels


def channel_id(written: str) -> ChannelId:
    """The channel of a written id; `slack:C0123` names no workspace."""
    match written.split(":", 2):
        case [platform, place]:
            return ChannelId(platform, "", place)
        case parts:
            return ChannelId(*parts)


def cadence(row: sqlite3.Row) -> Cadence | None:
    """When the channel's daily digest comes; None: never."""
    if row["digest_at"] is None:
        return None
    return Cadence(
        at=time.fromisoformat(row["digest_at"]), zone=row["zone"], days=frozenset(int(day) for day in row["days"])
    )


def weekly(row: sqlite3.Row) -> Cadence | None:
    """When its weekly digest comes; None: never."""
    if row["weekly_at"] is None:
        return None
    return Cadence(at=time.fromisoformat(row["weekly_at"]), zone=row["zone"], days=frozenset({row["weekly_day"]}))


def quiet(row: sqlite3.Row) -> Quiet | None:
    """Its quiet hours; None: it has none."""
    if row["quiet_from"] is None:
        return None
    return Quiet(
        begins=time.fromisoformat(row["quiet_from"]), ends=time.fromisoformat(row["quiet_to"]), zone=row["zone"]
    )


def channel(row: sqlite3.Row) -> Channel:
    """One channel."""
    return Channel(
        id=channel_id(row["id"]),
        digest=cadence(row),
        weekly=weekly(row),
        quiet=quiet(row),
        always=bool(row["always"]),
        set_by=row["set_by"],
        owner=row["owner"],
        pause=pause(row),
    )


def pause(row: sqlite3.Row) -> Pause | None:
    """The channel's pause; None: it has none."""
    if row["pause_why"] is None:
        return None
    return Pause(until=moment_or_none(row["paused_until"]), why=row["pause_why"])


def channel_values(told: Channel) -> Values:
    """What feeds.yaml or a command says of a channel."""
    digest, weekly, quiet = told.digest, told.weekly, told.quiet
    return {
        "id": str(told.id),
        "digest_at": _minutes(digest.at) if digest else None,
        "zone": told.zone if digest or weekly or quiet else None,
        "days": "".join(str(day) for day in sorted(digest.days)) if digest else None,
        "weekly_at": _minutes(weekly.at) if weekly else None,
        "weekly_day": min(weekly.days) if weekly else None,
        "quiet_from": _minutes(quiet.begins) if quiet else None,
        "quiet_to": _minutes(quiet.ends) if quiet else None,
        "always": told.always,
    }


def _minutes(wall: time) -> str:
    return wall.isoformat(timespec="minutes")


def wish_values(wish: Subscription) -> Values:
    """What is stored of a standing wish."""
    return {"channel": str(wish.channel), "topic": wish.topic, "wish": wish.wish}


def subscription(row: sqlite3.Row) -> Subscription:
    """One standing wish."""
    return Subscription(channel=channel_id(row["channel"]), topic=row["topic"], wish=row["wish"])


# ── posts


def post(row: sqlite3.Row) -> Post:
    """One post, with the message id of its thread."""
    return Post(
        id=row["id"],
        channel=channel_id(row["channel"]),
        kind=row["kind"],
        payload=row["payload"],
        state=PostState(row["state"]),
        tries=row["tries"],
        looks=row["looks"],
        due=moment_of(row["due"]),
        first_try=moment_or_none(row["first_try"]),
        message=row["message"],
        parent=row["parent"],
        thread=row["thread"],
        edits=row["edits"],
        target=row["target"],
        repeat=bool(row["repeat"]),
        planned=moment_or_none(row["planned"]),
        plain=bool(row["plain"]),
        why=row["why"] or "",
    )


def waiting(row: sqlite3.Row) -> Waiting:
    """What one channel is owed."""
    return Waiting(
        channel=channel_id(row["channel"]),
        owed=row["owed"],
        since=moment_or_none(row["since"]),
        wanted=moment_or_none(row["wanted"]),
    )
