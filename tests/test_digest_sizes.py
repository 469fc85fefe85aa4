"""A digest of any size on every platform: each story in exactly one message, counted where it does not fit."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.slack import blocks
from bot.chat.slack.elements import weight
from bot.chat.terminal import Terminal
from bot.delivery.compose import Digest, compose_digest
from bot.model import Coverage, Delivery, Item, Limits, Owed, Rank, Story
from tests.desks import CHANNEL, MORNING, desk, edition, item, told_by
from tests.slack_shapes import links

TERMINAL = Terminal(StringIO(), colour=False, width=80)
SLACK_BLOCKS = 50  # https://docs.slack.dev/reference/block-kit/blocks
EMOJI = "\N{FACE WITH TEARS OF JOY}"


@dataclass(frozen=True)
class Kind:
    """What the stories of a digest are like."""

    title: str
    summary: str
    path: str  # of their addresses
    others: int = 5  # outlets beside the first


SHORT = Kind("Ghana and the convention", "A few words of it.", "", others=0)
COMMON = Kind(
    "A title of common length, about the convention", "A sentence of some length, which says more. " * 2, "x" * 60
)
KINDS = {
    "short": SHORT,
    "common": COMMON,
    "long": Kind("T" * 300, "word " * 80, "x" * 200),
    "long addresses": Kind("T" * 300, "word " * 80, "x" * 2_000),
    "emoji": Kind(EMOJI * 200, f"{EMOJI} " * 200, "x" * 60),
    "quotation marks": Kind('"\\' * 150, '"\\ ' * 100, "x" * 60),
    "Chinese": Kind("联合国打击网络犯罪公约" * 20, "联合国打击网络犯罪公约" * 30, "公" * 100),
    "Arabic addresses": Kind("A title", "A few words of it.", "اتفاقية-" * 30, others=0),
}


def stories(number: int, kind: Kind) -> list[Owed]:
    return [_story(place, kind) for place in range(number)]


def _story(place: int, kind: Kind) -> Owed:
    of = Item(
        feed="f",
        key=str(place),
        link=f"https://a.example/{place}/{kind.path}",
        title=f"{place} {kind.title}",
        summary=f"{kind.summary} PROOF {kind.summary}",
        seen=MORNING,
    )
    others = [
        Coverage(
            item=item(f"x{other}", link=f"https://b{other}.example/{kind.path}"),
            outlet=f"Outlet {other} {kind.title}",
            rank=Rank.OUTLET,
            matches=(),
        )
        for other in range(kind.others)
    ]
    told = (told_by(f"The Outlet {kind.title}", of, ("ratification" if place % 3 else "rights", 0.5, "PROOF")), *others)
    return Owed(
        delivery=Delivery(channel=CHANNEL.id, story=str(place), wish="digest"),
        story=Story(id=str(place), seen=MORNING, told_by=told),
        since=MORNING,
    )


def made(number: int, kind: Kind, limits: Limits) -> Digest:
    return compose_digest(stories(number, kind), desk=desk(), edition=edition(), limits=limits)


@given(number=st.integers(0, 300), kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=30, deadline=None)
def test_in_slack_each_story_stands_in_one_message_and_every_message_fits(number: int, kind: str) -> None:
    digest = made(number, KINDS[kind], blocks.LIMITS)
    payloads = [blocks.render(message) for message in digest.messages]
    told = [url for payload in payloads for url, _ in links(payload) if url.startswith("https://a.example/")]
    assert sorted(int(url.split("/")[3]) for url in told) == list(range(number))
    assert digest.dropped == ()
    for payload in payloads:
        shown = json.loads(payload)["blocks"]
        assert len(shown) <= SLACK_BLOCKS
        assert weight(shown) <= blocks.WEIGHT


@given(number=st.integers(0, 300), kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=6, deadline=None)
def test_in_a_terminal_each_story_stands_in_one_message_and_every_message_fits(number: int, kind: str) -> None:
    digest = made(number, KINDS[kind], TERMINAL.limits)
    shown = [TERMINAL.render(message) for message in digest.messages]
    told = "\n".join(shown)
    assert [told.count(f"https://a.example/{place}/") for place in range(number)] == [1] * number
    assert all(len(message.stories) <= TERMINAL.limits.stories for message in digest.messages)
    assert max(map(len, shown), default=0) <= TERMINAL.limits.whole


@pytest.mark.parametrize(
    ("limits", "in_thread"), [(blocks.LIMITS, 293), (TERMINAL.limits, 200)], ids=["Slack", "a terminal"]
)
def test_the_first_of_many_messages_says_how_many_stories_are_in_the_thread(limits: Limits, in_thread: int) -> None:
    first, *others = made(300, SHORT, limits).messages
    assert first.lead == f"300 new stories, {in_thread} of them in the thread"
    assert {message.kind for message in others} == {"rest"}
    assert sum(len(message.stories) for message in others) == in_thread


def test_a_weekly_digest_of_three_hundred_stories_holds_them_all_beside_the_week() -> None:
    weekly = replace(edition(), kind="weekly", weeks={"convention": [300] * 8, "rights": [1] * 8})
    digest = compose_digest(stories(300, COMMON), desk=desk(), edition=weekly, limits=blocks.LIMITS)
    told = [int(story) for message in digest.messages for story in message.stories]
    assert sorted(told) == list(range(300))
    assert digest.messages[0].glance is not None
    for message in digest.messages:
        assert weight(blocks.fitting(message)) <= blocks.WEIGHT
