"""What a digest and an instant message hold, and that no story is lost on the way into them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.compose import LEAST_WHOLE, compose_batch, compose_digest, compose_instant, size
from bot.model import Coverage, Delivery, Item, Limits, Link, Owed, Rank, Readings, Story, Topic
from tests.desks import (
    CHANNEL,
    LIMITS,
    MONDAY,
    MORNING,
    desk,
    digest,
    edition,
    failing,
    item,
    only,
    owed,
    plain,
    shown,
    told_by,
    wish,
)

# ── groups ────────────────────────────────────────────────────────────────────


def test_a_story_of_several_topics_stands_once_under_its_most_specific() -> None:
    made = digest([plain("Qatar ratifies", "convention", "ratification")])
    assert shown(made) == [("Signature and ratification", ["Qatar ratifies"])]
    assert only(made).topics == ("Signature and ratification", "UN Convention against Cybercrime")


def test_of_two_topics_equally_deep_the_surer_one_has_the_story() -> None:
    of = item("Rights in the ratification debate")
    story = owed(told_by("CEPA", of, ("ratification", 0.4, "ratification"), ("rights", 0.8, "Rights")))
    assert shown(digest([story])) == [("Human rights", [of.title])]


def test_a_topic_that_the_channel_does_not_follow_names_no_group_of_a_story_it_follows() -> None:
    story = plain("AI and the treaty", "ai", "convention", "ratification")
    assert shown(digest([story], desk(wish("ai")))) == [("Artificial intelligence", ["AI and the treaty"])]


def test_a_story_whose_topics_were_all_taken_out_of_the_file_is_told_all_the_same() -> None:
    assert shown(digest([plain("Left over", "gone")])) == [("Other", ["Left over"])]


def test_groups_follow_the_file_with_the_widest_topic_last() -> None:
    stories = [plain("a", "convention"), plain("b", "rights"), plain("c", "ai"), plain("d", "ratification")]
    assert shown(digest(stories, desk(wish("convention"), wish("ai")))) == [
        ("Signature and ratification", ["d"]),
        ("Human rights", ["b"]),
        ("UN Convention against Cybercrime", ["a"]),
        ("Artificial intelligence", ["c"]),
    ]


def test_in_a_group_the_nearest_to_the_facts_comes_first_then_acts_then_the_surest_then_the_newest() -> None:
    stories = [
        plain("older", "rights", score=0.5, age=3),
        plain("newer", "rights", score=0.5, age=1),
        plain("surer", "rights", score=0.9, age=9),
        plain("Ghana signs the convention", "rights", score=0.1, age=9),
        plain("Ghana ratifies the convention", "rights", score=0.1, age=9),
        plain("Ghana's parliament approved the convention", "rights", score=0.1, age=9),
        plain("Comment: Togo ratifies the convention", "rights", score=0.9, rank=Rank.COMMENT),
        plain("depositary", "rights", score=0.1, age=9, rank=Rank.DEPOSITARY),
    ]
    assert shown(digest(stories)) == [
        (
            "Human rights",
            [
                "depositary",
                "Ghana ratifies the convention",
                "Ghana signs the convention",
                "Ghana's parliament approved the convention",
                "surer",
                "newer",
                "older",
                "Comment: Togo ratifies the convention",
            ],
        )
    ]


def test_an_act_that_only_the_full_text_mentions_is_not_what_a_story_tells() -> None:
    of = replace(item("What to expect of the convention"), content="Last year Ghana ratified the convention.")
    stories = [owed(told_by("CEPA", of, ("rights", 0.1, "convention"))), plain("surer", "rights", score=0.9)]
    assert shown(digest(stories)) == [("Human rights", ["surer", "What to expect of the convention"])]


def test_a_statement_of_a_state_is_no_act_that_comes_before_what_is_surer() -> None:
    stories = [
        plain("Statement of Ghana on the cybercrime convention", "rights", score=0.1),
        plain("Analysis of the convention", "rights", score=0.9),
    ]
    assert [title for _, titles in shown(digest(stories)) for title in titles] == [
        "Analysis of the convention",
        "Statement of Ghana on the cybercrime convention",
    ]


# ── one story ─────────────────────────────────────────────────────────────────


def test_a_story_is_told_with_title_link_outlet_and_time() -> None:
    entry = only(digest([plain("Qatar ratifies", "convention")]))
    assert (entry.title, entry.url, entry.outlet, entry.published) == (
        "Qatar ratifies",
        "https://a.example/1",
        "CEPA",
        MORNING,
    )


def test_an_item_without_a_title_is_told_by_its_first_words() -> None:
    of = item("", "The UN cybercrime convention was signed in Hanoi.")
    entry = only(digest([owed(told_by("CEPA", of, ("convention", 0.5, "cybercrime convention")))]))
    assert entry.title == "The UN cybercrime convention was signed in Hanoi."


def test_other_outlets_are_named_once_each_without_the_first_and_counted_from_the_sixth_on() -> None:
    first = told_by("UN Press", item("Signed", link="https://un.example/"), ("convention", 0.5, "Signed"))
    names = ["CEPA", "UN Press", "PRIF", "CEPA", "GI-TOC", "EFF", "CircleID", "Heise", "epd"]
    others = [
        Coverage(item=item(f"x{n}", link=f"https://x.example/{n}"), outlet=name, rank=Rank.OUTLET, matches=())
        for n, name in enumerate(names)
    ]
    assert only(digest([owed(first, *others)])).also == (
        Link(label="CEPA", url="https://x.example/0"),
        Link(label="PRIF", url="https://x.example/2"),
        Link(label="GI-TOC", url="https://x.example/4"),
        Link(label="EFF", url="https://x.example/5"),
        Link(label="CircleID", url="https://x.example/6"),
        Link(label="and 2 more", url=""),
    )


# ── before you subscribed ─────────────────────────────────────────────────────


def test_of_a_first_reading_the_ten_newest_are_told_last_and_the_others_dropped() -> None:
    old = [plain(f"old {age:02}", "rights", age=age, before=True) for age in (11, 3, 5, 1, 2, 4, 6, 7, 8, 9, 10, 12)]
    made = digest([*old, plain("new", "convention")])
    assert shown(made) == [
        ("UN Convention against Cybercrime", ["new"]),
        ("Before you subscribed", [f"old {age:02}" for age in range(1, 11)]),
    ]
    assert [delivery.story for delivery in made.dropped] == ["story of old 11", "story of old 12"]


# ── what does not fit ─────────────────────────────────────────────────────────


def test_what_does_not_fit_goes_into_the_thread_and_says_so() -> None:
    stories = [plain(f"{n}", "rights" if n < 4 else "convention", age=n) for n in range(6)]
    made = digest(stories, limits=replace(LIMITS, stories=2))
    assert [(message.kind, message.heading, message.lead) for message in made.messages] == [
        (
            "digest",
            "UN Convention against Cybercrime · Monday, 27 October 2025",
            "6 new stories, 4 of them in the thread",
        ),
        ("rest", "Monday, 27 October 2025 · continued", "Stories 3 to 4 of 6"),
        ("rest", "Monday, 27 October 2025 · continued", "Stories 5 to 6 of 6"),
    ]
    assert shown(made) == [
        ("Human rights", ["0", "1"]),
        ("Human rights", ["2", "3"]),
        ("UN Convention against Cybercrime", ["4", "5"]),
    ]
    assert [(message.why, message.read) for message in made.messages[1:]] == [("", ""), ("", "")]


TEXT = st.text(st.sampled_from("abc 公é.\n👩\u200d🔬"), max_size=400)
STORIES = st.lists(
    st.tuples(TEXT, TEXT, st.sampled_from(["rights", "ratification", "gone"]), st.integers(0, 2100), st.booleans()),
    max_size=40,
)


# Many topics with long names, all within the first.
WORDY = tuple(
    Topic(id=name, name=f"{name} " * 40, within="convention" if number else None)
    for number, name in enumerate(["convention", "ratification", "rights", *(f"t{number}" for number in range(30))])
)


def wordy(number: int, title: str, summary: str, topic: str, address: int) -> Coverage:
    of = Item(
        feed="f",
        key=str(number),
        link=f"https://a.example/{'x' * address}"[:2048],
        title=title[:300],
        summary=f"{summary}PROOF{summary}",
        seen=MORNING,
    )
    return told_by(f"outlet {title}", of, (topic, 0.5, "PROOF"))


@given(
    told=STORIES,
    limits=st.builds(
        Limits,
        title=st.integers(10, 300),
        quote=st.integers(10, 3000),
        stories=st.integers(1, 12),
        whole=st.integers(LEAST_WHOLE, 40_000),
    ),
    fails=st.integers(0, 30),
    weeks=st.one_of(st.none(), st.lists(st.integers(0, 5000), min_size=8, max_size=8)),
)
def test_every_story_is_told_once_or_dropped_and_every_limit_is_kept(
    told: list[tuple[str, str, str, int, bool]], limits: Limits, fails: int, weeks: list[int] | None
) -> None:
    parts = [wordy(n, title, summary, topic, address) for n, (title, summary, topic, address, _) in enumerate(told)]
    stories = [
        Owed(
            delivery=Delivery(channel=CHANNEL.id, story=str(n), wish="digest", before=told[n][4]),
            story=Story(id=str(n), seen=MORNING, told_by=(part, *parts[:8])),
            since=MORNING,
        )
        for n, part in enumerate(parts)
    ]
    readings = Readings(
        feeds=40, items=1, matched=1, failing=tuple(failing("f" * 90, MORNING, error="e" * 300) for _ in range(fails))
    )
    told_in = edition(readings=readings)
    if weeks is not None:
        told_in = replace(told_in, kind="weekly", weeks={topic.id: weeks for topic in WORDY}, earlier=99_999)
    made = compose_digest(stories, desk=replace(desk(), topics=WORDY), edition=told_in, limits=limits)
    in_messages = [story for message in made.messages for story in message.stories]
    assert sorted(in_messages + [delivery.story for delivery in made.dropped]) == sorted(
        str(n) for n in range(len(told))
    )
    for message in made.messages:
        entries = [entry for group in message.groups for entry in group.entries]
        assert size(message) <= limits.whole
        assert 0 < len(entries) <= limits.stories or (not told and message.glance)
        assert max((len(entry.title) for entry in entries), default=0) <= limits.title
        assert max((len(entry.quote.text) for entry in entries), default=0) <= limits.quote
        assert all(entry.url for entry in entries)


# ── at once ───────────────────────────────────────────────────────────────────


def test_a_story_told_at_once_stands_under_its_most_specific_topic() -> None:
    on = desk(wish("convention"), wish("ratification", "instant"))
    message = compose_instant(plain("Qatar ratifies", "convention", "ratification"), desk=on, limits=LIMITS)
    assert (message.kind, message.heading, message.lead) == ("instant", "Signature and ratification", "")
    assert message.why == "At once: Signature and ratification · set in feeds.yaml"
    assert message.stories == ("story of Qatar ratifies",)
    assert (message.read, message.unread, message.zone) == ("", (), "Europe/Vienna")


def test_it_says_which_wish_brought_a_story_at_once() -> None:
    on = desk(wish("convention", "instant"), channel=replace(CHANNEL, digest=None))
    message = compose_instant(plain("Qatar ratifies", "convention", "ratification"), desk=on, limits=LIMITS)
    assert message.heading == "Signature and ratification"
    assert message.why == "At once: UN Convention against Cybercrime · set in feeds.yaml"
    assert message.zone == "UTC"


# ── what a button or a menu beside it would need ──────────────────────────────


def test_a_story_carries_the_topic_of_its_shelf() -> None:
    assert only(digest([plain("Qatar ratifies", "convention", "ratification")])).topic == "ratification"
    assert only(digest([plain("AI and the treaty", "ai", "ratification")], desk(wish("ai")))).topic == "ai"
    assert only(digest([plain("Left over", "gone")])).topic == ""


def test_a_story_told_at_once_carries_the_topic_under_which_it_stands() -> None:
    on = desk(wish("rights"), wish("convention", "instant"))
    message = compose_instant(plain("Qatar ratifies", "convention", "ratification"), desk=on, limits=LIMITS)
    assert [entry.topic for entry in message.groups[0].entries] == ["ratification"]


def test_only_what_is_set_in_chat_can_be_changed_from_a_message() -> None:
    two = replace(LIMITS, stories=1)
    stories = [plain("Qatar ratifies", "ratification"), plain("Fiji ratifies", "ratification")]

    def changes(set_by: Literal["file", "chat"]) -> list[str]:
        on = desk(wish("convention"), wish("ratification", "instant"), channel=replace(CHANNEL, set_by=set_by))
        alone = compose_instant(stories[0], desk=on, limits=LIMITS)
        together = compose_batch(stories, desk=on, day=MONDAY, limits=two)
        return [each.change for each in (alone, *together, *digest(stories, on, limits=two).messages)]

    assert changes("file") == ["", "", "", "", ""]
    assert changes("chat") == ["subscribe", "subscribe", "", "subscribe", ""]


def test_the_same_input_makes_the_same_digest() -> None:
    stories = [plain(f"{n}", "rights") for n in range(8)]
    assert digest(stories) == digest(stories[::-1])
