"""feeds.yaml and the environment: what is taken, and what is said about everything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.config import Bot, Config, known_keys, load, read
from bot.errors import ConfigError
from bot.feeds.guard import parse_network
from bot.model import Cadence, Channel, ChannelId, Deadline, Feed, Near, Rank, Select, Some, Subscription, Topic
from tests.conftest import ROOT

DATA = Path(__file__).parent / "data"
BAD = sorted((DATA / "bad").glob("*.yaml"))
WORKDAYS = frozenset({0, 1, 2, 3, 4})
FEEDS = "feeds:\n  - {id: un-press, url: https://press.un.org/en/rss.xml}\n"
TOPICS = "topics:\n  convention: {name: Convention, any: [cybercrime treaty]}\n"


def good(name: str) -> Config:
    return load(DATA / "good" / f"{name}.yaml", environ={})


def faults_of(text: str, environ: Mapping[str, str] | None = None, database: str | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text, name="feeds.yaml", environ=environ or {}, database=database)
    return caught.value.lines()


# ── what is wrong in the file


@pytest.mark.parametrize("path", BAD, ids=[path.stem for path in BAD])
def test_a_bad_file_gives_exactly_the_faults_written_in_its_first_lines(path: Path) -> None:
    expected = re.findall(r"^# expect: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    assert [line.removeprefix(f"{path}:").strip() for line in caught.value.lines()] == expected


def test_there_is_a_bad_file_for_each_kind_of_fault() -> None:
    assert len(BAD) >= 80


def test_eight_faults_come_all_at_once_by_line_and_with_the_name_of_the_file() -> None:
    text = (DATA / "bad" / "eight-faults.yaml").read_text(encoding="utf-8")
    assert faults_of(text) == [
        'feeds.yaml:10:9: bot.zone: "Europe/Viena" is no time zone; did you mean "Europe/Vienna"?',
        'feeds.yaml:11:3: bot.pol: unknown key; did you mean "poll"?',
        'feeds.yaml:13:65: feeds[0].every: "15 mins" is not a duration; write 15m, 2h or 1d',
        'feeds.yaml:14:10: feeds[1].id: "un-press" stands twice; first in line 13',
        "feeds.yaml:14:64: feeds[1].rank: 9 is not possible; write a whole number from 1 to 5",
        'feeds.yaml:18:11: topics.convention.any[0]: this "(" is never closed; a choice is written (one|other)',
        'feeds.yaml:19:46: topics.ratification.within: no topic "conventoin"; did you mean "convention"?',
        'feeds.yaml:22:14: channels[0].topics[0]: no topic "ratificaton"; did you mean "ratification"?',
    ]


def test_faults_of_the_environment_come_together_with_those_of_the_file() -> None:
    assert faults_of("feeds: []\n", {"TREATYWATCH_WEB": "8080"}) == [
        'feeds.yaml: TREATYWATCH_WEB: "8080" is not host:port; write 127.0.0.1:8080 or [::1]:8080',
        'feeds.yaml:1:1: "topics" is missing',
    ]


def test_a_billion_laughs_are_a_fault_and_not_a_billion() -> None:
    laughs = ["a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    laughs += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert faults_of("\n".join(laughs)) == [
        "feeds.yaml:1:12: aliases (*) repeat this too often; write out what you need"
    ]


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? "])
def test_a_million_levels_are_a_fault_and_no_crash(opening: str) -> None:
    (fault,) = faults_of(opening * 500_000)
    assert fault.endswith("nested deeper than 20 levels")


def test_too_many_values_are_one_fault() -> None:
    assert faults_of(f"feeds: [{'a, ' * 300_000}]") == [
        "feeds.yaml:1:450003: more than 150,000 values; this is hardly a list of feeds"
    ]


def test_columns_count_characters_and_lines_count_every_line_end() -> None:
    text = 'feeds: []\r\ntopics:\r  convention: {name: "履约 🌍 é", any: [(un]}\n'
    assert faults_of(text)[0].startswith("feeds.yaml:3:38: topics.convention.any[0]: ")


def test_a_byte_order_mark_counts_for_nothing() -> None:
    assert faults_of("\ufefffeeds: 5\ntopics: {}\n") == [
        "feeds.yaml:1:8: feeds: 5 stands here; write a list, as in [a, b]"
    ]


# ── what a good file gives


def test_a_page_has_its_kind_and_its_selectors() -> None:
    board, depositary = good("page").feeds
    assert (board.kind, board.select) == (
        "page",
        Select(item="#news > li, .more li", title="h3", link='a[href^="/news"]', date=".date", summary="p.lead"),
    )
    assert (depositary.kind, depositary.select) == ("treaty-status", None)


def test_the_pages_that_are_shipped_as_comments_would_be_taken() -> None:
    text = re.sub(r"^  # (- \{.*kind: page)", r"  \1", (ROOT / "feeds.yaml").read_text(), flags=re.MULTILINE)
    config = read(text, name="feeds.yaml", environ={})
    assert [feed.id for feed in config.feeds if feed.kind == "page"] == [
        "prif-publications",
        "unodc-convention",
        "unodc-committee",
    ]


def test_the_example_of_the_contract_gives_this_config() -> None:
    channel = ChannelId("slack", "T0123", "C0123ABCD")
    assert good("contract") == Config(
        bot=Bot(
            contact="https://example.org/treatywatch",
            poll=timedelta(minutes=30),
            allow_networks=(),
            zone="Europe/Vienna",
            keep=timedelta(days=1825),
        ),
        feeds=(
            Feed(
                id="un-press",
                name="UN Press",
                url="https://press.un.org/en/rss.xml",
                every=timedelta(hours=1),
                rank=Rank.UN,
            ),
        ),
        topics=(
            Topic(
                id="convention",
                name="UN Convention against Cybercrime",
                any=("(un|united nations) (draft|proposed|) cybercrime (convention|treaty|pact)",),
                near=(
                    Near(
                        words=12,
                        of=(("un", "united nations"), ("cybercrime", "cyber crime"), ("treaty", "convention")),
                    ),
                ),
                some=Some(least=2, of=("ad hoc committee", "hanoi", "cybercrime")),
                none=("council of europe",),
            ),
            Topic(
                id="ratification",
                name="Signature and ratification",
                within="convention",
                any=("ratif*", "signator*", "entry into force"),
            ),
        ),
        channels=(
            (
                Channel(
                    id=channel,
                    digest=Cadence(at=time(9), zone="Europe/Vienna", days=WORKDAYS),
                    weekly=Cadence(at=time(16), zone="Europe/Vienna", days=frozenset({4})),
                    always=False,
                ),
                (
                    Subscription(channel=channel, topic="convention", wish="digest"),
                    Subscription(channel=channel, topic="ratification", wish="instant"),
                ),
            ),
        ),
        database=Path("treatywatch.db"),
        web=None,
    )


def test_what_is_not_written_has_a_default() -> None:
    terminal = ChannelId("terminal")
    assert good("least") == Config(
        bot=Bot(contact="", poll=timedelta(minutes=30), allow_networks=(), zone="UTC", keep=timedelta(days=1095)),
        feeds=(
            Feed(
                id="un-press",
                name="un-press",
                url="https://press.un.org/en/rss.xml",
                every=timedelta(minutes=30),
                rank=Rank.OUTLET,
            ),
        ),
        topics=(Topic(id="convention", name="Convention", any=("cybercrime treaty",)),),
        channels=(
            (
                Channel(id=terminal, digest=Cadence(at=time(9), zone="UTC", days=WORKDAYS), always=False),
                (Subscription(channel=terminal, topic="convention", wish="digest"),),
            ),
        ),
        database=Path("treatywatch.db"),
        web=None,
    )


def test_sections_without_entries_are_taken() -> None:
    assert good("nothing-yet") == Config(
        bot=Bot(), feeds=(), topics=(), channels=(), database=Path("treatywatch.db"), web=None
    )


def test_a_list_may_be_meant_again_by_an_alias() -> None:
    convention, ratification = good("aliases").topics
    assert convention.any == ("cybercrime treaty", "convention against cybercrime")
    assert ratification.near == (
        Near(words=12, of=(("cybercrime treaty", "convention against cybercrime"), ("ratif*",))),
    )


def channel_of(written: str) -> tuple[Channel, tuple[Subscription, ...]]:
    text = f"bot: {{zone: Europe/Vienna}}\n{FEEDS}{TOPICS}channels:\n  - {written}\n"
    ((channel, wishes),) = read(text, name="feeds.yaml", environ={}).channels
    return channel, wishes


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("terminal", ChannelId("terminal"), id="terminal"),
        pytest.param("slack:T0123:C0123ABCD", ChannelId("slack", "T0123", "C0123ABCD"), id="slack with workspace"),
        pytest.param("slack:C0123ABCD", ChannelId("slack", "", "C0123ABCD"), id="slack without workspace"),
        pytest.param(
            "discord:81384788765712384:381887113391505410",
            ChannelId("discord", "81384788765712384", "381887113391505410"),
            id="discord",
        ),
    ],
)
def test_a_channel_is_named_by_platform_workspace_and_id(written: str, expected: ChannelId) -> None:
    assert channel_of(f"{{channel: '{written}', topics: [convention]}}")[0].id == expected


def test_a_channel_without_digest_topics_has_no_digest() -> None:
    channel, wishes = channel_of("{channel: terminal, instant: [convention]}")
    assert channel == Channel(id=ChannelId("terminal"), digest=None)
    assert [wish.wish for wish in wishes] == ["instant"]


def test_with_a_weekly_digest_alone_the_topics_go_into_it() -> None:
    channel, wishes = channel_of("{channel: terminal, topics: [convention], instant: [convention], weekly: {day: sun}}")
    on_sundays = Cadence(at=time(16), zone="Europe/Vienna", days=frozenset({6}))
    assert channel == Channel(id=ChannelId("terminal"), digest=None, weekly=on_sundays)
    assert [wish.wish for wish in wishes] == ["weekly", "instant"]


def test_with_both_digests_the_daily_one_has_the_topics() -> None:
    channel, wishes = channel_of("{channel: terminal, topics: [convention], digest: {}, weekly: {}}")
    assert channel.digest == Cadence(at=time(9), zone="Europe/Vienna", days=WORKDAYS)
    assert channel.weekly == Cadence(at=time(16), zone="Europe/Vienna", days=frozenset({4}))
    assert [wish.wish for wish in wishes] == ["digest"]


def test_a_channel_that_gets_all_at_once_may_have_a_weekly_look_back() -> None:
    channel, wishes = channel_of("{channel: terminal, instant: [convention], weekly: {at: '08:30'}}")
    assert (channel.digest, channel.weekly is not None, [wish.wish for wish in wishes]) == (None, True, ["instant"])


@pytest.mark.parametrize(
    ("digest", "weekly", "zone"),
    [
        ("{zone: Asia/Tokyo}", "{}", "Asia/Tokyo"),
        ("{}", "{zone: Asia/Tokyo}", "Asia/Tokyo"),
        ("{}", "{}", "Europe/Vienna"),
    ],
    ids=["the digest's", "the weekly digest's", "the bot's"],
)
def test_both_digests_are_in_the_one_zone_of_their_channel(digest: str, weekly: str, zone: str) -> None:
    channel, _ = channel_of(f"{{channel: terminal, topics: [convention], digest: {digest}, weekly: {weekly}}}")
    assert channel.digest
    assert channel.weekly
    assert (channel.digest.zone, channel.weekly.zone) == (zone, zone)


def test_a_topic_may_be_wished_at_once_and_in_the_digest() -> None:
    _, wishes = channel_of("{channel: terminal, topics: [convention], instant: [convention]}")
    assert [wish.wish for wish in wishes] == ["digest", "instant"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("{}", Cadence(at=time(9), zone="Europe/Vienna", days=WORKDAYS), id="nothing said"),
        pytest.param(
            '{at: "16:30", zone: Asia/Kathmandu, days: daily}',
            Cadence(at=time(16, 30), zone="Asia/Kathmandu", days=frozenset(range(7))),
            id="all said",
        ),
        pytest.param(
            "{days: 'mon, wed,fri'}",
            Cadence(at=time(9), zone="Europe/Vienna", days=frozenset({0, 2, 4})),
            id="single days",
        ),
        pytest.param(
            "{days: sat-mon}",
            Cadence(at=time(9), zone="Europe/Vienna", days=frozenset({5, 6, 0})),
            id="over the weekend",
        ),
        pytest.param(
            "{days: 'sun,tue-wed'}", Cadence(at=time(9), zone="Europe/Vienna", days=frozenset({6, 1, 2})), id="both"
        ),
    ],
)
def test_a_digest_comes_at_its_hour_on_its_days_in_its_zone(written: str, expected: Cadence) -> None:
    assert channel_of(f"{{channel: terminal, topics: [convention], digest: {written}}}")[0].digest == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1s", timedelta(seconds=1)),
        ("45s", timedelta(seconds=45)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("365d", timedelta(days=365)),
    ],
)
def test_durations_have_one_unit(written: str, expected: timedelta) -> None:
    text = f"bot: {{poll: {written}}}\n{FEEDS}{TOPICS}"
    assert read(text, name="feeds.yaml", environ={}).feeds[0].every == expected


@pytest.mark.parametrize("written", ["127.0.0.0/8", "10.1.2.3/32:8443", "::1/128", "[::1/128]:8443", "fd00::/8"])
def test_a_network_is_handed_on_as_written_and_the_guard_can_read_it(written: str) -> None:
    text = f"bot: {{allow_networks: ['{written}']}}\n{FEEDS}{TOPICS}"
    assert read(text, name="feeds.yaml", environ={}).bot.allow_networks == (written,)
    assert parse_network(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{}", Bot(settle=timedelta(seconds=60), on_unknown="repeat")),
        ("{settle: 2m, on_unknown: hold}", Bot(settle=timedelta(minutes=2), on_unknown="hold")),
        ("{on_unknown: repeat}", Bot(settle=timedelta(seconds=60), on_unknown="repeat")),
    ],
    ids=["by-default", "held", "repeated"],
)
def test_an_unsure_post_is_looked_for_after_a_while_and_else_repeated_or_held(written: str, expected: Bot) -> None:
    assert read(f"bot: {written}\n{FEEDS}{TOPICS}", name="feeds.yaml", environ={}).bot == expected


@pytest.mark.parametrize("who", ["anyone", "creators", "admins", "S0123ABCD", "123456789012345678"])
def test_who_may_change_a_channel_is_a_word_or_the_id_of_a_group(who: str) -> None:
    text = f'bot: {{may_change: "{who}"}}\n{FEEDS}{TOPICS}'
    assert read(text, name="feeds.yaml", environ={}).bot.may_change == who


def test_a_topic_is_unknown_where_there_is_none() -> None:
    text = "feeds: []\ntopics: {}\nchannels: [{channel: terminal, topics: [convention]}]\n"
    assert faults_of(text) == ['feeds.yaml:3:41: channels[0].topics[0]: no topic "convention"; there is none']


def test_dates_are_taken_with_quotes_and_without() -> None:
    dates = """dates:
  - {date: 2026-12-31, what: Signature closes, topic: convention, source: article 64}
  - {date: "2027-01-02", what: A session begins, topic: convention}
"""
    assert read(dates + FEEDS + TOPICS, name="feeds.yaml", environ={}).dates == (
        Deadline(day=date(2026, 12, 31), what="Signature closes", topic="convention", source="article 64"),
        Deadline(day=date(2027, 1, 2), what="A session begins", topic="convention"),
    )


# ── every key


def test_every_key_is_listed_with_its_path() -> None:
    assert known_keys() == [
        *("bot", "bot.contact", "bot.poll", "bot.allow_networks", "bot.zone", "bot.settle", "bot.on_unknown"),
        *("bot.instant_per_hour", "bot.keep", "bot.may_change"),
        *("dates", "dates[].date", "dates[].what", "dates[].topic", "dates[].source"),
        *("feeds", "feeds[].id", "feeds[].name", "feeds[].url", "feeds[].every", "feeds[].rank"),
        *("feeds[].kind", "feeds[].select", "feeds[].select.item", "feeds[].select.title"),
        *("feeds[].select.link", "feeds[].select.date", "feeds[].select.summary"),
        *("topics", "topics.ID.name", "topics.ID.within", "topics.ID.any"),
        *("topics.ID.near", "topics.ID.near[].words", "topics.ID.near[].of"),
        *("topics.ID.some", "topics.ID.some.least", "topics.ID.some.of", "topics.ID.none"),
        *("channels", "channels[].channel", "channels[].topics", "channels[].instant"),
        *("channels[].digest", "channels[].digest.at", "channels[].digest.zone", "channels[].digest.days"),
        *("channels[].weekly", "channels[].weekly.day", "channels[].weekly.at", "channels[].weekly.zone"),
        *("channels[].quiet", "channels[].quiet.from", "channels[].quiet.to"),
        "channels[].always",
    ]
