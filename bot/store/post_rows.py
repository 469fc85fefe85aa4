"""Posts that are about to be planned, what identifies them, and what is stored of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.model import ChannelId, DigestKey, Draft, FeedState, Follow, Post
from bot.store.rows import Values, text_of, text_or_none

FIRST_DAY = datetime.min.replace(tzinfo=UTC)


def planned(told: ChannelId, drafts: Sequence[Draft], *, digest: DigestKey | None, now: datetime) -> list[Post]:
    """The posts of some drafts; a `rest` goes into the thread of the post before it that is none."""
    posts: list[Post] = []
    parent: str | None = None
    for part, draft in enumerate(drafts):
        made = Post(
            id=post_id(told, draft, digest=digest, part=part, now=now),
            channel=told,
            kind=draft.kind,
            payload=draft.payload,
            due=now,
            planned=now,
            parent=parent if draft.kind == "rest" else None,
        )
        parent = made.parent or made.id
        posts.append(made)
    return posts


def announced(drafts: Sequence[tuple[ChannelId, Draft]], states: Sequence[FeedState]) -> list[Post]:
    """The posts that tell channels how these feeds stand.

    They are due since the latest thing known of the feeds, and named after it: the same is not told twice.
    """
    times = [(state.failing_since, state.last_read, state.held_at) for state in states]
    due = max((moment for moments in times for moment in moments if moment), default=FIRST_DAY)
    about = "\n".join(sorted(f"{state.feed} {state.told_failing} {state.held_at}" for state in states))
    return [
        Post(
            id=hashlib.sha256(f"{told}\n{about}\n{text_of(due)}\n{place}".encode()).hexdigest()[:24],
            channel=told,
            kind=draft.kind,
            payload=draft.payload,
            due=due,
            planned=due,
        )
        for place, (told, draft) in enumerate(drafts)
    ]


def following(follows: Sequence[Follow], *, now: datetime) -> list[Post]:
    """The posts that go on from others, each named after the other one, how, and when."""
    return [
        Post(
            id=hashlib.sha256(
                f"{one.how} {one.post.id}\n{text_of(now)}\n{' '.join(one.draft.stories)}".encode()
            ).hexdigest()[:24],
            channel=one.post.channel,
            kind=one.draft.kind,
            payload=one.draft.payload,
            due=now,
            planned=now,
            parent=(one.post.parent or one.post.id) if one.how == "reply" else None,
            edits=one.post.id if one.how == "edit" else None,
        )
        for one in follows
    ]


def post_id(told: ChannelId, draft: Draft, *, digest: DigestKey | None, part: int, now: datetime) -> str:
    """What identifies a post: its channel, and its digest and part, or its stories; 24 hexadecimal digits."""
    about = f"{digest.name} {digest.day}" if digest else " ".join(draft.stories) or text_of(now)
    return hashlib.sha256(f"{told}\n{about}\n{part}".encode()).hexdigest()[:24]


def post_values(made: Post) -> Values:
    """What is stored of a planned post."""
    return {
        "id": made.id,
        "channel": str(made.channel),
        "kind": made.kind,
        "payload": made.payload,
        "due": text_of(made.due),
        "parent": made.parent,
        "edits": made.edits,
        "planned": text_or_none(made.planned),
    }
