"""What became of every story, from Slack's or Discord's log and the database alone; nothing of the program is used.

    python -m tests.faults.checker LOG DATABASE [--pace SECONDS]

LOG is what the fake wrote while it ran (a JSON object a line); the database is only read. A story is known by its
items' links: it is told where one of them stands in a message that Slack took, whatever else that message tells.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.faults.slack_log import Accepted, Log, Request, read_log

SECRET = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+|/resp/[0-9a-f]{32}|[?&]ticket=\w+|[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}")
NOT_HELD_UP = ("notice-", "told-")  # said by a command or to a person, not planned in the database
GIVEN_UP_S = 5.0  # after it was read: the program's own limit of nine, less the four that its connection may take
CLOCKS_S = 0.01  # the program's clock and Slack's are one, but not read at once

STORIES = """
    SELECT delivery.channel, delivery.story, delivery.state, post.state AS post_state, coalesce(post.why, '') AS why,
        (SELECT json_group_array(item.link) FROM story_item JOIN item ON item.id = story_item.item
         WHERE story_item.story = delivery.story) AS links
    FROM delivery LEFT JOIN post ON post.id = delivery.post ORDER BY delivery.id
"""
POSTS = "SELECT id, channel, state, message, edits FROM post ORDER BY serial"
LINKS = "SELECT link FROM item WHERE link <> ''"


@dataclass(slots=True, kw_only=True)
class Found:
    """What does not hold, a sentence each; and beside it what may be so."""

    lost: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)  # the database says otherwise than Slack
    stuck: list[str] = field(default_factory=list)  # posts that are being sent by nobody
    crowded: list[str] = field(default_factory=list)  # a channel with two requests under way
    hurried: list[str] = field(default_factory=list)  # a channel asked too soon again
    deaf: list[str] = field(default_factory=list)  # a channel asked again before the end of a wait
    secrets: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    # What may be so:
    waiting: list[str] = field(default_factory=list)  # owed, and not told so far
    excused: list[str] = field(default_factory=list)  # not told, and a row says why
    repeats: list[str] = field(default_factory=list)  # messages that stand once more, and say that they may
    told: int = 0  # stories, in each channel that was told them
    messages: int = 0
    closest_s: float = float("inf")  # between two requests to one channel

    @property
    def faults(self) -> list[str]:
        """What must not be, each with the word for it."""
        kinds = ("lost", "doubles", "lies", "stuck", "crowded", "hurried", "deaf", "secrets", "damage")
        return [f"{kind}: {sentence}" for kind in kinds for sentence in getattr(self, kind)]

    @property
    def counts(self) -> str:
        """In a line."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return ", ".join(f"{name} {len(value)}" for name, value in told.items() if isinstance(value, list))


@dataclass(frozen=True, slots=True)
class Story:
    """A story that a channel is owed, as the database has it."""

    channel: str
    id: str
    links: frozenset[str]
    state: str
    post: str | None  # its post's state
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database says."""

    stories: list[Story]
    posts: list[tuple[str, str, str, str | None, str | None]]  # id, channel, state, message, edits
    links: frozenset[str]
    damage: list[str]


def check(
    log: Path,
    database: Path,
    *,
    owed: Mapping[str, Collection[str]] | None = None,
    pace_s: float = 0,
    by_post: bool = False,
    texts: Iterable[Path] = (),
) -> Found:
    """All that a log and a database show.

    `owed`: links that must have been told, by Slack's id of the channel; without it, what the database says is owed.
    `pace_s`: the least time between two requests to a channel. `by_post`: the first ones of two posts count for that,
    and one post may have two under way, where its library repeats what failed and a nonce lets it stand once. `texts`:
    files in which no secret may stand.
    """
    said, kept = read_log(log), read_database(database)
    found = Found(messages=len(said.accepted), damage=kept.damage)
    wanted = {link for links in (owed or {}).values() for link in links}
    told = _told(said.accepted, kept.links | wanted)
    found.told = len(told)
    _look_for_lost(found, kept, told, owed or {})
    _look_for_doubles(found, said.accepted, told)
    found.lies += _lies(said, kept)
    found.stuck += [f"{channel}: post {post}" for post, channel, state, *_ in kept.posts if state == "sending"]
    _look_at_requests(found, said.requests, pace_s, by_post=by_post)
    for channel, looks in _by_channel(said.looks).items():
        found.deaf += _deaf(channel, looks)
    for text in texts:
        found.secrets += [f"{text.name}: {secret[:9]}…" for secret in SECRET.findall(text.read_text(errors="replace"))]
    return found


def read_database(database: Path) -> Kept:
    """Its rows, read beside a running program or after it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        damage = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        damage += [f"{row[0]} refers to no {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
        stories = [
            Story(
                channel=_bare(row["channel"]),
                id=row["story"],
                links=frozenset(filter(None, json.loads(row["links"]))),
                state=row["state"],
                post=row["post_state"],
                why=row["why"],
            )
            for row in connection.execute(STORIES)
        ]
        posts = [(row[0], _bare(row[1]), *row[2:]) for row in connection.execute(POSTS)]
        links = frozenset(row[0] for row in connection.execute(LINKS))
    return Kept(stories, posts, links, damage)


def _bare(channel: str) -> str:
    """slack:T1:C1 → C1."""
    return channel.rpartition(":")[2]


def _told(accepted: Iterable[Accepted], links: Collection[str]) -> dict[tuple[str, str], list[Accepted]]:
    """The messages that tell each link in each channel."""
    told = defaultdict(list)
    for message in accepted:
        for link in message.links & frozenset(links):
            told[message.channel, link].append(message)
    return dict(told)


def _look_for_lost(
    found: Found,
    kept: Kept,
    told: Mapping[tuple[str, str], Sequence[Accepted]],
    owed: Mapping[str, Collection[str]],
) -> None:
    known: set[tuple[str, str]] = set()
    for story in kept.stories:
        known |= {(story.channel, link) for link in story.links}
        if any((story.channel, link) in told for link in story.links):
            continue
        name = f"{story.channel}: {', '.join(sorted(story.links)) or story.id}"
        if story.state == "dropped" or story.post in {"refused", "held"}:
            found.excused.append(f"{name}: {story.post or story.state} {story.why}".rstrip())
        elif story.state == "owed" or story.post in {"owed", "unknown", "sending"}:
            found.waiting.append(name)
        else:
            found.lost.append(f"{name}: its post is {story.post}, and no message tells it")
    for channel, links in owed.items():
        missing = {(channel, link) for link in links} - known - set(told)
        found.lost += [f"{channel}: {link}: neither told nor owed" for _, link in sorted(missing)]


def _look_for_doubles(
    found: Found, accepted: Sequence[Accepted], told: Mapping[tuple[str, str], Sequence[Accepted]]
) -> None:
    by_key = defaultdict(list)
    for message in accepted:
        by_key[message.channel, message.key].append(message)
    for (channel, key), messages in by_key.items():
        extra = messages[1:]
        marked = [message for message in extra if message.marked]
        found.repeats += [f"{channel}: post {key} as {message.ts}" for message in marked]
        found.doubles += [f"{channel}: post {key} as {message.ts}" for message in extra if not message.marked]
    for (channel, link), telling in told.items():
        posts = sorted({message.key for message in telling})
        if len(posts) > 1:
            found.doubles.append(f"{channel}: {link} in the posts {', '.join(posts)}")


def _lies(said: Log, kept: Kept) -> Iterator[str]:
    """Where the database says of a post what Slack does not."""
    stands = {(message.channel, message.ts): message.key for message in said.accepted}
    taken = {(message.channel, message.key) for message in said.accepted}
    for post, channel, state, ts, edits in kept.posts:
        if state == "sent" and edits is not None:
            if (channel, ts) not in said.edited:
                yield f"{channel}: post {post} is sent, and {ts} was never edited"
        elif state == "sent" and stands.get((channel, ts or "")) != post:
            yield f"{channel}: post {post} is sent as {ts}, where {stands.get((channel, ts or ''))} stands"
        elif state == "refused" and (channel, post) in taken:
            yield f"{channel}: post {post} is refused, and its message stands"
    known = {(channel, post) for post, channel, *_ in kept.posts}
    for message in said.accepted:
        if not message.key.startswith(NOT_HELD_UP) and (message.channel, message.key) not in known:
            yield f"{message.channel}: {message.ts} is of post {message.key}, which the database does not know"


def _look_at_requests(found: Found, requests: Iterable[Request], pace_s: float, *, by_post: bool) -> None:
    for channel, asked in _by_channel(requests).items():
        found.hurried += _hurried(channel, _firsts(asked) if by_post else asked, timedelta(seconds=pace_s))
        found.deaf += _deaf(channel, asked)
        for one, other in pairwise(asked):
            gap = (other.at - one.at).total_seconds()
            found.closest_s = min(found.closest_s, gap)
            again = by_post and one.key == other.key
            if not again and gap < GIVEN_UP_S and (one.answered is None or one.answered > other.at):
                found.crowded.append(f"{channel}: no. {other.number} while no. {one.number} was under way")


def _by_channel(requests: Iterable[Request]) -> dict[str, list[Request]]:
    found = defaultdict(list)
    for request in requests:
        if not request.key.startswith(NOT_HELD_UP):
            found[request.channel].append(request)
    return found


def _firsts(asked: Iterable[Request]) -> Iterator[Request]:
    """The first request of each post."""
    seen: set[str] = set()
    for one in asked:
        if one.key not in seen:
            seen.add(one.key)
            yield one


def _hurried(channel: str, asked: Iterable[Request], pace: timedelta) -> Iterator[str]:
    """Requests beyond what the pace lets through, as Slack itself would count: one at a time, and one that is behind.

    The program waits from the beginning of one request to that of the next, and begins none before the last is
    answered. So a request that comes late may have the next one at its heels, however slow the machine is; but never
    two. Who keeps no pace sends the third there and then.
    """
    free: datetime | None = None
    for one in asked:
        if free and one.at < free - pace:
            yield f"{channel}: no. {one.number} {(free - pace - one.at).total_seconds():.2f} s too soon"
        free = max(free or one.at, one.at) + pace


def _deaf(channel: str, asked: Iterable[Request]) -> Iterator[str]:
    """Requests that came before the channel's wait was over."""
    barred: datetime | None = None
    for one in asked:
        if barred and one.at < barred - timedelta(seconds=CLOCKS_S):
            yield f"{channel}: no. {one.number} {(barred - one.at).total_seconds():.2f} s before its wait was over"
        if one.wait_s is not None and one.answered:
            until = one.answered + timedelta(seconds=one.wait_s)
            barred = max(barred or until, until)


def main() -> int:
    """0: all holds; 1: something does not."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.checker")
    parser.add_argument("log", type=Path)
    parser.add_argument("database", type=Path)
    parser.add_argument("--pace", type=float, default=0, metavar="SECONDS")
    given = parser.parse_args()
    found = check(given.log, given.database, pace_s=given.pace)
    print(f"{found.messages} messages, {found.told} stories told: {found.counts}")
    print("\n".join(found.faults))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
