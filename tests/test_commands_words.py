"""What is understood of the words after /treaty, and what is said of the rest."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Topic
from bot.work.commands.wanted import (
    Ask,
    Latest,
    Mute,
    PauseUntil,
    Search,
    Subscribe,
    Unclear,
    Unmute,
    Unsubscribe,
    Wanted,
    WhyLink,
)
from bot.work.commands.words import Grammar

NOW = datetime(2025, 10, 22, 8, 30, tzinfo=UTC)  # a Wednesday; half past ten in Vienna, four days before winter time
TOPICS = (
    Topic(id="convention", name="UN Convention against Cybercrime"),
    Topic(id="ratification", name="Signature and ratification", within="convention"),
    Topic(id="human-rights", name="Human rights and safeguards", within="convention"),
    Topic(id="blocs", name="Russia, China and the blocs", within="convention"),
    Topic(id="asia", name="Elsewhere"),
    Topic(id="africa", name="Elsewhere"),
)
OUTLETS = {"un-press": "UN Press", "gazette": "The Gazette"}
GRAMMAR = Grammar(topics=TOPICS, now=NOW, zone="Europe/Vienna", outlets=OUTLETS)


def subscribe(*topics: str, at: time | None = None, zone: str | None = None) -> Subscribe:
    return Subscribe(topics=topics, at=at, zone=zone)


def until(moment: str) -> PauseUntil:
    return PauseUntil(until=datetime.fromisoformat(moment).replace(tzinfo=UTC))


INSTANT = Subscribe(topics=("ratification",), how="instant")
DAILY = Subscribe(topics=("ratification",), how="daily")
AT_NINE = Subscribe(topics=("ratification",), how="daily", at=time(9))
WEEKLY = Subscribe(topics=("ratification",), how="weekly")
ON_FRIDAYS = Subscribe(topics=("ratification",), how="weekly", day=4)
FRIDAYS_AT_FOUR = Subscribe(topics=("ratification",), how="weekly", day=4, at=time(16))
IN_NEW_YORK = Subscribe(topics=("ratification",), zone="America/New_York")

UNDERSTOOD: list[tuple[str, Wanted]] = [
    # words that need no others
    ("", Ask(what="help")),
    ("   ", Ask(what="help")),
    ("help", Ask(what="help")),
    ("HELP subscribe", Ask(what="help")),
    ("/treaty list", Ask(what="list")),
    ("list", Ask(what="list")),
    ("topics", Ask(what="topics")),
    ("digest", Ask(what="digest")),
    ("feeds", Ask(what="feeds")),
    ("resume!", Ask(what="resume")),
    # latest
    ("latest", Latest()),
    ("latest 7", Latest(limit=7)),
    ("latest ratification", Latest(topic="ratification")),
    ("latest ratification 20", Latest(topic="ratification", limit=20)),
    ("latest 1 Ratification", Latest(topic="ratification", limit=1)),
    ("latest about human rights and safeguards", Latest(topic="human-rights")),
    # search
    ("search data protection", Search(words="data protection")),
    ("search 公约", Search(words="公约")),
    ("search list", Search(words="list")),
    # topics of a subscription
    ("subscribe ratification", subscribe("ratification")),
    ("Subscribe RATIFICATION", subscribe("ratification")),
    ("subscribe ratification, human-rights", subscribe("ratification", "human-rights")),
    ("subscribe human-rights ratification", subscribe("human-rights", "ratification")),
    ("subscribe ratification ratification", subscribe("ratification")),
    ("subscribe to ratification and convention", subscribe("ratification", "convention")),
    ("subscribe human rights", subscribe("human-rights")),
    ('subscribe "Signature and ratification"', subscribe("ratification")),
    ("subscribe “Signature and ratification”", subscribe("ratification")),
    ("subscribe signature and ratification", subscribe("ratification")),
    ("subscribe Russia, China and the blocs, ratification", subscribe("blocs", "ratification")),
    ("subscribe `ratification`", subscribe("ratification")),
    ("*subscribe* _ratification_", subscribe("ratification")),
    ("subscribe asia", subscribe("asia")),
    # how, when, where
    ("subscribe ratification instant", INSTANT),
    ("subscribe instant ratification", INSTANT),
    ("subscribe ratification weekly", WEEKLY),
    ("subscribe ratification weekly fri", ON_FRIDAYS),
    ("subscribe ratification weekly on Fridays", ON_FRIDAYS),
    ("subscribe ratification every friday", ON_FRIDAYS),
    ("subscribe ratification weekly fri 16:00", FRIDAYS_AT_FOUR),
    ("subscribe weekly friday at 4 pm ratification", FRIDAYS_AT_FOUR),
    (
        "subscribe ratification weekly sun 9 new york",
        Subscribe(topics=("ratification",), how="weekly", day=6, at=time(9), zone="America/New_York"),
    ),
    ("subscribe ratification daily", DAILY),
    ("subscribe ratification daily 9", AT_NINE),
    ("subscribe ratification daily 9:00", AT_NINE),
    ("subscribe ratification daily 09:00", AT_NINE),
    ("subscribe ratification daily 9am", AT_NINE),
    ("subscribe ratification daily at 9 AM", AT_NINE),
    ("subscribe ratification 9.00 daily", AT_NINE),
    ("subscribe ratification 21:30", subscribe("ratification", at=time(21, 30))),
    ("subscribe ratification 9:30pm", subscribe("ratification", at=time(21, 30))),
    ("subscribe ratification 12am", subscribe("ratification", at=time(0))),
    ("subscribe ratification 12pm", subscribe("ratification", at=time(12))),
    ("subscribe ratification 0:00", subscribe("ratification", at=time(0))),
    ("subscribe ratification America/New_York", IN_NEW_YORK),
    ("subscribe ratification america/new_york", IN_NEW_YORK),
    ("subscribe ratification in New York", IN_NEW_YORK),
    ('subscribe ratification "new york"', IN_NEW_YORK),
    ("subscribe ratification UTC", subscribe("ratification", zone="UTC")),
    ("subscribe ratification Vienna 8", subscribe("ratification", at=time(8), zone="Europe/Vienna")),
    ("subscribe ratification 8 Vienna", subscribe("ratification", at=time(8), zone="Europe/Vienna")),
    ("subscribe ＲＡＴＩＦＩＣＡＴＩＯＮ　９：００", subscribe("ratification", at=time(9))),
    ("subscribe \u202eratification\u202c \u200b9:00", subscribe("ratification", at=time(9))),
    ("subscribe ratification ٩:٠٠", subscribe("ratification", at=time(9))),
    # unsubscribe
    ("unsubscribe ratification", Unsubscribe(topics=("ratification",))),
    ("unsubscribe from human rights, blocs", Unsubscribe(topics=("human-rights", "blocs"))),
    ("unsubscribe all", Unsubscribe(topics=None)),
    ("unsubscribe from everything", Unsubscribe(topics=None)),
    # what asks back
    ("subscribe", Ask(what="subscribe")),
    ("/treaty subscribe", Ask(what="subscribe")),
    ("mute", Ask(what="mute")),
    ("unmute", Ask(what="mute")),
    # outlets
    ("mute gazette", Mute(feed="gazette")),
    ("mute The Gazette", Mute(feed="gazette")),
    ("mute “the gazette”", Mute(feed="gazette")),
    ("MUTE un-press", Mute(feed="un-press")),
    ("unmute UN Press", Unmute(feed="un-press")),
    # links
    ("why https://un.example/a", WhyLink(links=("https://un.example/a",))),
    (
        "why <https://un.example/a|an article of x.example/b> and <https://y.example/c>, <https://un.example/a>",
        WhyLink(links=("https://un.example/a", "https://y.example/c")),
    ),
    # pause; Vienna is two hours ahead until the 26th, then one
    ("pause", Ask(what="pause")),
    ("pause until", Ask(what="pause")),
    ("pause forever", PauseUntil(until=None)),
    ("pause until resumed", PauseUntil(until=None)),
    ("pause until somebody resumes", PauseUntil(until=None)),
    ("pause 30m", until("2025-10-22 09:00")),
    ("pause 2h", until("2025-10-22 10:30")),
    ("pause for 2 hours", until("2025-10-22 10:30")),
    ("pause 3d", until("2025-10-25 08:30")),
    ("pause 1w", until("2025-10-29 09:30")),
    ("pause tomorrow", until("2025-10-23 07:00")),
    ("pause until tomorrow 18:00", until("2025-10-23 16:00")),
    ("pause today 18:00", until("2025-10-22 16:00")),
    ("pause monday", until("2025-10-27 08:00")),
    ("pause Mon at 2pm", until("2025-10-27 13:00")),
    ("pause wednesday", until("2025-10-29 08:00")),
    ("pause 18:00", until("2025-10-22 16:00")),
    ("pause 9:00", until("2025-10-23 07:00")),
    ("pause 2025-12-01", until("2025-12-01 08:00")),
    ("pause 2025-12-01 14:00", until("2025-12-01 13:00")),
]


@pytest.mark.parametrize(("words", "wanted"), UNDERSTOOD, ids=[words or "nothing" for words, _ in UNDERSTOOD])
def test_what_people_type_is_understood(words: str, wanted: Wanted) -> None:
    assert GRAMMAR.read(words) == wanted


SUBSCRIBE, PAUSE = "subscribe ratification daily 09:00", "pause 3d"
NO_TIME = "write 2h, 3d, tomorrow, monday, 18:00, 2026-12-01, 2026-12-01 14:00 or forever."
TOO_LONG = "That is more than a year away; `/treaty pause forever` lasts until somebody resumes."
UNCLEAR = [
    ("subscrbe ratification", '"subscrbe" is no word that I know; did you mean "subscribe"?', SUBSCRIBE),
    ("follow ratification", '"follow" is no word that I know; did you mean "subscribe"?', SUBSCRIBE),
    ("weekly", '"weekly" is no word that I know.', "help"),
    ("🙂", '"🙂" is no word that I know.', "help"),
    ("Ratification", '"ratification" is a topic; this lists its newest items:', "latest ratification"),
    ("subscribe to", "Name one topic or several; `/treaty topics` lists them all.", SUBSCRIBE),
    ("subscribe daily 9", "Name one topic or several; `/treaty topics` lists them all.", SUBSCRIBE),
    (
        "subscribe ratificaton",
        '"ratificaton" is no topic, day, hour or time zone; did you mean "ratification"?',
        "subscribe ratification",
    ),
    (
        "subscribe safeguards",
        '"safeguards" is no topic, day, hour or time zone; did you mean "human-rights"?',
        "subscribe human-rights",
    ),
    (
        "subscribe ratification dayly 8:00 new york",
        '"dayly" is no topic, day, hour or time zone; did you mean "daily"?',
        "subscribe ratification daily 8:00 new york",
    ),
    (
        'subscribe "human rights" ratificaton dayly',
        '"ratificaton" is no topic, day, hour or time zone; did you mean "ratification"?',
        SUBSCRIBE,  # what was typed would still not be right
    ),
    (
        "latest convetion 7",
        '"convetion" is no topic; did you mean "convention"?',
        "latest convention 7",
    ),
    ("unsubscribe convetion", '"convetion" is no topic; did you mean "convention"?', "unsubscribe convention"),
    (
        "subscribe ratification weakly",
        '"weakly" is no topic, day, hour or time zone; did you mean "weekly"?',
        "subscribe ratification weekly",
    ),
    (
        "subscribe ratification daily mon",
        "A day belongs to a weekly digest: write weekly fri 16:00, or leave the day out.",
        SUBSCRIBE,
    ),
    (
        "subscribe ratification weekly mon fri",
        "A channel has one daily and one weekly digest, in one time zone: name one day, one hour, one zone.",
        SUBSCRIBE,
    ),
    (
        "subscribe ratification europe/viena",
        '"europe/viena" is no time zone; did you mean "Europe/Vienna"?',
        "subscribe ratification Europe/Vienna",
    ),
    (
        "subscribe ratification viena",
        '"viena" is no topic, day, hour or time zone; did you mean "Europe/Vienna"?',
        "subscribe ratification Europe/Vienna",
    ),
    ("subscribe ratification a/b/c/d", '"a/b/c/d" is no time zone; write one as in Europe/Vienna.', SUBSCRIBE),
    (
        "subscribe ratification Indianapolis",
        "There are several time zones of that name; write America/Indiana/Indianapolis or America/Indianapolis.",
        SUBSCRIBE,
    ),
    ("subscribe ratification 25:00", '"25:00" is no time of day; write 09:00, 9am or 21:30.', SUBSCRIBE),
    ("subscribe ratification 13pm", '"13pm" is no time of day; write 09:00, 9am or 21:30.', SUBSCRIBE),
    ("subscribe ratification 0am", '"0am" is no time of day; write 09:00, 9am or 21:30.', SUBSCRIBE),
    (
        "subscribe ratification 9 10",
        "A channel has one daily and one weekly digest, in one time zone: name one day, one hour, one zone.",
        SUBSCRIBE,
    ),
    (
        "subscribe ratification instant 9",
        "Name one of these: instant, which has no hour; daily at an hour; weekly on a day.",
        SUBSCRIBE,
    ),
    (
        "subscribe ratification instant daily",
        "Name one of these: instant, which has no hour; daily at an hour; weekly on a day.",
        SUBSCRIBE,
    ),
    (
        "subscribe everything",
        "Name the topics themselves; those that cover the most: convention, asia, africa.",
        SUBSCRIBE,
    ),
    ("subscribe elsewhere", "Several topics have that name; name one of asia, africa.", SUBSCRIBE),
    ("unsubscribe", "Name the topics to end, or all.", "unsubscribe ratification"),
    ("unsubscribe al", '"al" is no topic; did you mean "all"?', "unsubscribe all"),
    ("latest 0", "Name one number, from 1 to 20: how many items to list.", "latest ratification 5"),
    ("latest 21", "Name one number, from 1 to 20: how many items to list.", "latest ratification 5"),
    ("latest 5 6", "Name one number, from 1 to 20: how many items to list.", "latest ratification 5"),
    ("latest blocs asia", "Name one topic at a time, or none to list the newest of all.", "latest ratification 5"),
    ("latest qqqq", '"qqqq" is no topic; `/treaty topics` lists them all.', "latest ratification 5"),
    ("search", "Name the words to look for; items that hold all of them are listed.", "search data protection"),
    ("search ?!", "Name the words to look for; items that hold all of them are listed.", "search data protection"),
    ("pause 2025-10-21", "That day has passed; name one that is still to come.", PAUSE),
    ("pause 2025-10-22", "That time has passed; name one that is still to come.", PAUSE),
    ("pause today 9:00", "That time has passed; name one that is still to come.", PAUSE),
    ("pause 0h", "That time has passed; name one that is still to come.", PAUSE),
    ("pause 2025-02-30", '"2025-02-30" is no date; write one as in 2026-12-01.', PAUSE),
    ("pause 0000-00-00", '"0000-00-00" is no date; write one as in 2026-12-01.', PAUSE),
    ("pause 9999-12-31", TOO_LONG, PAUSE),
    ("pause 99999w", TOO_LONG, PAUSE),
    ("pause 18", f'"18" is no time that I understand; {NO_TIME}', PAUSE),
    ("pause a while", f'"a while" is no time that I understand; {NO_TIME}', PAUSE),
    ("pause monday tuesday", f'"monday tuesday" is no time that I understand; {NO_TIME}', PAUSE),
    ("mute gazete", '"gazete" is no outlet that is read here; did you mean "gazette"?', "mute gazette"),
    ("mute press", '"press" is no outlet that is read here; did you mean "un-press"?', "mute un-press"),
    ("mute the", '"the" is no outlet that is read here; name it as it stands beside a story.', "mute un-press"),
    ("unmute xyz", '"xyz" is no outlet that is read here; name it as it stands beside a story.', "unmute un-press"),
    ("ignore gazette", '"ignore" is no word that I know; did you mean "mute"?', "mute un-press"),
    ("pause 24:30", '"24:30" is no time of day; write 09:00, 9am or 21:30.', PAUSE),
]


@pytest.mark.parametrize(("words", "what", "nearest"), UNCLEAR, ids=[words for words, _, _ in UNCLEAR])
def test_what_is_unclear_is_named_with_a_way_out(words: str, what: str, nearest: str) -> None:
    assert GRAMMAR.read(words) == Unclear(what=what, nearest=nearest)


ELSEWHERE = [
    ("subscribe #general convention", "subscribe convention"),
    ("subscribe <#C2|general> convention", "subscribe convention"),
    ("subscribe convention #london daily 9", "subscribe convention daily 9"),
    ("subscribe #ratification", "subscribe"),
    ('subscribe "human rights" (#met)', 'subscribe "human rights"'),
    ("unsubscribe all #victoria", "unsubscribe all"),
    ("pause #general 3d", "pause 3d"),
    ("resume #general", "resume"),
    ("mute gazette <#123456>", "mute gazette"),
]


@pytest.mark.parametrize(("words", "nearest"), ELSEWHERE, ids=[words for words, _ in ELSEWHERE])
def test_a_channel_that_is_named_is_taken_for_nothing_else(words: str, nearest: str) -> None:
    what = "A command changes the channel that it is typed in. Type this in the one that you mean:"
    assert GRAMMAR.read(words) == Unclear(what=what, nearest=nearest)


@pytest.mark.parametrize("word", ["general", "central", "eastern", "victoria", "north", "act", "west"])
def test_what_is_no_city_is_no_time_zone(word: str) -> None:
    read = GRAMMAR.read(f"subscribe convention {word}")
    assert isinstance(read, Unclear)
    assert read.what.startswith(f'"{word}" is no topic, day, hour or time zone')


def test_the_example_of_what_ends_is_a_topic_that_the_channel_has() -> None:
    grammar = Grammar(topics=TOPICS, now=NOW, zone="UTC", have=("convention",))
    assert grammar.read("unsubscribe xx") == Unclear(
        what='"xx" is no topic; `/treaty topics` lists them all.', nearest="unsubscribe convention"
    )


@pytest.mark.parametrize("words", ["x" * 10_000, "subscribe " + "ratification " * 1000, '"' * 10_000, "ﷺ" * 10_000])
def test_a_flood_of_characters_is_refused_without_being_read(words: str) -> None:
    assert GRAMMAR.read(words) == Unclear(
        what=f"That is too long: {len(words):,} characters, where a few words do.", nearest="help"
    )


@pytest.mark.parametrize("words", ["!!!", "`` ` ``", '"" “” «»', "...---...", "\u202e\u200f", "\0\n\t", "***"])
def test_punctuation_alone_is_answered_with_help(words: str) -> None:
    assert GRAMMAR.read(words) == Ask(what="help")


def test_an_unknown_word_is_shown_on_one_line_and_cut_short() -> None:
    shown = "31m" + "q" * 77
    assert GRAMMAR.read("subscribe \u202e\x1b[31m" + "q" * 300) == Unclear(
        what=f'"{shown}…" is no topic, day, hour or time zone; `/treaty topics` lists them all.', nearest=SUBSCRIBE
    )


def test_the_hour_of_a_pause_is_the_channels_own() -> None:
    grammar = Grammar(topics=TOPICS, now=NOW, zone="America/New_York")
    assert grammar.read("pause 18:00") == until("2025-10-22 22:00")


def test_a_pause_over_the_change_of_the_clocks_ends_at_the_same_hour_on_the_wall() -> None:
    grammar = Grammar(topics=TOPICS, now=datetime(2025, 10, 25, 8, 30, tzinfo=UTC), zone="Europe/Vienna")
    assert grammar.read("pause 1d") == until("2025-10-26 09:30")


def test_no_more_links_are_explained_at_once_than_a_message_has_mostly() -> None:
    links = tuple(f"https://un.example/{number}" for number in range(12))
    assert GRAMMAR.read(f"why {' '.join(links)}") == WhyLink(links=links[:10])


def test_without_any_topic_the_examples_have_a_placeholder() -> None:
    assert Grammar(topics=(), now=NOW, zone="UTC").read("subscribe x") == Unclear(
        what='"x" is no topic, day, hour or time zone; `/treaty topics` lists them all.',
        nearest="subscribe TOPIC daily 09:00",
    )


@settings(deadline=None)
@given(
    st.text(max_size=80),
    st.sampled_from(["", "subscribe ", "unsubscribe ", "latest ", "search ", "pause ", "mute ", "why "]),
)
def test_whatever_is_typed_gets_an_answer(words: str, verb: str) -> None:
    wanted = GRAMMAR.read(verb + words)
    assert not isinstance(wanted, Unclear) or wanted.what.isprintable()
