"""feeds.yaml and the environment → Config, or every fault with its line.

    text ─places.tree_of→ Tree ─┬─ schema.FileKeys ──────────────────┬→ Config, or ConfigError with every fault
                                ├─ the rules between entries (below) ┤
    environment ────────────────┴─ environment.outside ──────────────┘

Nothing but the variables named in VARIABLES is read from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from yarl import URL

from bot.config.environment import VARIABLES, DiscordToken, Secret, SlackTokens, outside
from bot.config.places import Loc, Tree, judged, spot_at, tree_of
from bot.config.schema import BotKeys, ChannelKeys, DigestKeys, FeedKeys, FileKeys, TopicKeys, WeeklyKeys, known_keys
from bot.config.words import did_you_mean, say
from bot.errors import ConfigError, Fault
from bot.model import Cadence, Channel, Deadline, Feed, Near, Quiet, Rank, Select, Some, Subscription, Topic, Wish

__all__ = [
    "VARIABLES",
    "Bot",
    "Config",
    "DiscordToken",
    "Secret",
    "SlackTokens",
    "config_path",
    "known_keys",
    "load",
    "read",
    "reread",
]

LONGEST_FILE = 1024 * 1024  # bytes; some ten thousand feeds
DEFAULT_FILE = "feeds.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """What holds for all feeds and channels."""

    contact: str = ""  # goes into the User-Agent
    poll: timedelta = timedelta(minutes=30)  # a feed without its own `every` is asked at most this often
    allow_networks: tuple[str, ...] = ()  # as written: 127.0.0.0/8, 10.1.2.3/32:8443, [::1/128]:8443
    zone: str = "UTC"  # IANA name, for digests that name none
    settle: timedelta = timedelta(seconds=60)  # how long after an unsure post its channel is looked at
    on_unknown: Literal["repeat", "hold"] = "repeat"  # what becomes of it where nobody can look
    instant_per_hour: int = 10  # messages at once for each channel
    keep: timedelta = timedelta(days=3 * 365)  # items older than this are dropped, but never one still owed
    may_change: str = "anyone"  # who may change what a channel gets: anyone, creators, admins, or the id of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All that the operator decides, without faults. Ids are unique; every topic that is named exists."""

    bot: Bot
    feeds: tuple[Feed, ...]  # in the order of the file, as are the others
    topics: tuple[Topic, ...]
    channels: tuple[tuple[Channel, tuple[Subscription, ...]], ...]  # never the same channel twice
    database: Path
    web: tuple[str, int] | None  # host without brackets, and port; None: off
    slack: SlackTokens | None = None  # None: there is no way to Slack
    discord: DiscordToken | None = None  # likewise
    dates: tuple[Deadline, ...] = ()  # past ones too; none with the same day and name as another


def config_path(option: str | None, environ: Mapping[str, str]) -> Path:
    """Where feeds.yaml is: as the command line says, else the environment, else in the working directory."""
    return Path(option or environ.get("TREATYWATCH_CONFIG") or DEFAULT_FILE)


def load(path: Path, *, environ: Mapping[str, str], database: str | None = None) -> Config:
    """The configuration of a file; `database` stands before TREATYWATCH_DATABASE. Raises ConfigError."""
    name = str(path)
    try:
        text = _text(path)
    except ConfigError as error:
        raise ConfigError(name, [*outside(environ, database).faults, *error.faults]) from error
    return read(text, name=name, environ=environ, database=database)


def reread(path: Path, config: Config) -> Config:
    """feeds.yaml as it stands now, with all that `config` has from the environment. Raises ConfigError."""
    new = load(path, environ={}, database=str(config.database))
    return replace(new, web=config.web, slack=config.slack, discord=config.discord)


def read(text: str, *, name: str, environ: Mapping[str, str], database: str | None = None) -> Config:
    """The configuration of a text; `name` is how faults call it. Raises ConfigError with every fault."""
    around = outside(environ, database)
    try:
        keys = _keys(text.removeprefix("\ufeff"))
    except ConfigError as error:
        raise ConfigError(name, [*around.faults, *error.faults]) from error
    if around.faults:
        raise ConfigError(name, around.faults)
    bot = keys.bot or BotKeys()
    return Config(
        bot=Bot(
            contact=bot.contact,
            poll=bot.poll,
            allow_networks=bot.allow_networks,
            zone=bot.zone,
            settle=bot.settle,
            on_unknown=bot.on_unknown,
            instant_per_hour=bot.instant_per_hour,
            keep=bot.keep,
            may_change=bot.may_change,
        ),
        feeds=tuple(_feed(feed, bot.poll) for feed in keys.feeds),
        topics=tuple(_topic(name, topic) for name, topic in keys.topics.items()),
        channels=tuple(_channel(channel, bot.zone) for channel in keys.channels or ()),
        database=around.database,
        web=around.web,
        slack=around.slack,
        discord=around.discord,
        dates=tuple(
            Deadline(day=one.date, what=one.what, topic=one.topic, source=one.source) for one in keys.dates or ()
        ),
    )


# ── the file


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            # One more than allowed: a device may never end.
            raw = file.read(LONGEST_FILE + 1).removeprefix(b"\xef\xbb\xbf")
        if len(raw) > LONGEST_FILE:
            raise _unreadable("is longer than 1 MiB; this is hardly a list of feeds")
        return raw.decode()
    except FileNotFoundError:
        what = "there is no such file; copy the project's feeds.yaml there, or name yours with --config FILE"
        raise _unreadable(what) from None
    except IsADirectoryError:
        raise _unreadable(f"is a directory; name the file in it, as in {path / DEFAULT_FILE}") from None
    except OSError as error:
        raise _unreadable(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        spot = spot_at(before, len(before))
        what = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise ConfigError("", [Fault(spot.line, spot.column, "", what)]) from None


def _unreadable(what: str) -> ConfigError:
    return ConfigError("", [Fault(0, 1, "", what)])


def _keys(text: str) -> FileKeys:
    tree = tree_of(text)
    faults = [*tree.faults, *_between(tree)]
    try:
        keys = FileKeys.model_validate(tree.value)
    except ValidationError as error:
        raise ConfigError("", [*faults, *judged(tree, error)]) from error
    if faults:
        raise ConfigError("", faults)
    return keys


def _feed(keys: FeedKeys, poll: timedelta) -> Feed:
    return Feed(
        id=keys.id,
        name=keys.name or keys.id,
        url=keys.url,
        every=keys.every or poll,
        rank=Rank(keys.rank),
        kind=keys.kind,
        select=Select(**keys.select.model_dump()) if keys.select else None,
    )


def _topic(name: str, keys: TopicKeys) -> Topic:
    return Topic(
        id=name,
        name=keys.name,
        within=keys.within or None,
        any=keys.any,
        near=tuple(Near(words=near.words, of=near.of) for near in keys.near),
        some=Some(least=keys.some.least, of=keys.some.of) if keys.some else None,
        none=keys.none,
    )


def _channel(keys: ChannelKeys, bot_zone: str) -> tuple[Channel, tuple[Subscription, ...]]:
    digest, weekly = keys.digest or DigestKeys(), keys.weekly or WeeklyKeys()
    zone = digest.zone or weekly.zone or bot_zone
    # The daily digest tells the stories, unless only a weekly one is asked for.
    daily = keys.digest is not None or keys.weekly is None
    wish: Wish = "digest" if daily else "weekly"
    channel = Channel(
        id=keys.channel,
        digest=Cadence(at=digest.at, zone=zone, days=digest.days) if keys.topics and daily else None,
        weekly=Cadence(at=weekly.at, zone=zone, days=frozenset({weekly.day})) if keys.weekly else None,
        quiet=Quiet(begins=keys.quiet.begins, ends=keys.quiet.ends, zone=zone) if keys.quiet else None,
        always=keys.always,
    )
    return channel, (
        *(Subscription(channel=channel.id, topic=topic, wish=wish) for topic in keys.topics),
        *(Subscription(channel=channel.id, topic=topic, wish="instant") for topic in keys.instant),
    )


# ── rules between entries. They look at the file as it stands, so that a fault elsewhere hides none of theirs.


def _between(tree: Tree) -> Iterator[Fault]:
    feeds, channels = _below(tree, "feeds"), _below(tree, "channels")
    yield from _twice(tree, [(*feed, "id") for feed in feeds])
    yield from _twice(tree, [(*feed, "url") for feed in feeds], _same_address)
    for feed in feeds:
        yield from _one_feed(tree, feed)
    for place in (dates := _below(tree, "dates")):
        yield from _unknown(tree, [(*place, "topic")])
    yield from _same_dates(tree, dates)
    for topic in _below(tree, "topics"):
        yield from _one_topic(tree, topic)
    yield from _circles(tree)
    places = [(*channel, "channel") for channel in channels]
    yield from _twice(tree, places, _same_channel([_get(tree, place) for place in places]))
    for channel in channels:
        yield from _one_channel(tree, channel)


def _get(tree: Tree, loc: Loc) -> object:
    """What stands there, whatever it is; None if nothing."""
    value: object = tree.value
    for step in loc:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        else:
            return None
    return value


def _below(tree: Tree, *loc: str | int) -> list[Loc]:
    """The way to each member of a list or mapping; [] where neither stands."""
    value = _get(tree, loc)
    steps = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
    return [(*loc, step) for step in steps]


def _twice(tree: Tree, locs: Iterable[Loc], same: Callable[[str], str] = str) -> Iterator[Fault]:
    """Texts that mean the same as an earlier one."""
    first: dict[str, Loc] = {}
    for loc in locs:
        value = _get(tree, loc)
        if isinstance(value, str) and (earlier := first.setdefault(same(value), loc)) != loc:
            yield tree.at(loc, f"{say(value)} stands twice; first in line {tree.values[earlier].line}")


def _same_address(url: str) -> str:
    try:
        return str(URL(url).with_fragment(None))
    except ValueError:
        return url  # a fault of its own


def _same_dates(tree: Tree, locs: Iterable[Loc]) -> Iterator[Fault]:
    """Dates that tell the same of the same day as an earlier one: they would be told once."""
    first: dict[tuple[str, str], Loc] = {}
    for loc in locs:
        day, what = (_get(tree, (*loc, key)) for key in ("date", "what"))
        if isinstance(what, str) and day is not None:
            earlier = first.setdefault((say(day).strip('"'), what.strip()), loc)
            if earlier != loc:
                line = tree.values[(*earlier, "what")].line
                yield tree.at((*loc, "what"), f"{say(what)} stands twice on that day; first in line {line}")


def _same_channel(written: Iterable[object]) -> Callable[[str], str]:
    """What a channel is compared by: `slack:ID` is the same as `slack:WORKSPACE:ID`."""
    bare = {value for value in written if isinstance(value, str) and re.fullmatch(r"slack:[^:]+", value)}

    def same(value: str) -> str:
        without = "slack:" + value.rpartition(":")[2]
        return without if value.startswith("slack:") and without in bare else value

    return same


def _one_feed(tree: Tree, loc: Loc) -> Iterator[Fault]:
    kind, select = _get(tree, (*loc, "kind")), (*loc, "select")
    if kind == "page" and _get(tree, select) is None:
        yield tree.at((*loc, "kind"), 'needs selectors; write beside it as in select: {item: "ul.news > li"}')
    if select in tree.keys and kind in (None, "feed", "treaty-status"):
        yield tree.at_key(select, "is for pages only; write kind: page beside it, or take it away")


def _one_topic(tree: Tree, loc: Loc) -> Iterator[Fault]:
    if isinstance(_get(tree, loc), dict) and not any(_get(tree, (*loc, key)) for key in ("any", "near", "some")):
        yield tree.at(loc, "can never match; give it any, near or some")
    yield from _unknown(tree, [(*loc, "within")])
    least, weak = _get(tree, (*loc, "some", "least")), _get(tree, (*loc, "some", "of"))
    if isinstance(least, int) and isinstance(weak, list) and 0 < len(weak) < least:
        yield tree.at((*loc, "some", "least"), f"{least} of {len(weak)} can never match; write at most {len(weak)}")


def _circles(tree: Tree) -> Iterator[Fault]:
    """Each circle of `within` once, at its first topic."""
    topics = [(str(loc[-1]), _get(tree, (*loc, "within"))) for loc in _below(tree, "topics")]
    parents = {topic: within for topic, within in topics if isinstance(within, str)}
    done: set[str] = set()
    for start in parents:
        way: list[str] = []
        topic = start
        while topic in parents and topic not in done:
            done.add(topic)
            way.append(topic)
            topic = parents[topic]
        if topic in way:
            circle = " within ".join(say(name) for name in [*way[way.index(topic) :], topic])
            yield tree.at(("topics", topic, "within"), f"goes round in a circle: {circle}")


def _one_channel(tree: Tree, loc: Loc) -> Iterator[Fault]:
    if not isinstance(_get(tree, loc), dict):
        return
    digest, instant = _get(tree, (*loc, "topics")), _get(tree, (*loc, "instant"))
    if not digest and not instant:
        yield tree.at(loc, "asks for nothing; give it topics or instant")
    if not digest and _get(tree, (*loc, "digest")) is not None:
        yield tree.at((*loc, "digest"), "has nothing to tell; write topics beside it")
    zones = [_get(tree, (*loc, key, "zone")) for key in ("digest", "weekly")]
    if all(isinstance(zone, str) for zone in zones) and zones[0] != zones[1]:
        yield tree.at((*loc, "weekly", "zone"), f"a channel has one time zone, and its digest has {say(zones[0])}")
    quiet = (*loc, "quiet")
    if not instant and _get(tree, quiet) is not None:
        yield tree.at(quiet, "has nothing to keep back; write instant beside it")
    hours = [_get(tree, (*quiet, key)) for key in ("from", "to")]
    if isinstance(hours[0], str) and hours[0] == hours[1]:
        yield tree.at((*quiet, "to"), f"{say(hours[1])} is where it begins; write another time of day")
    for key in ("topics", "instant"):
        yield from _unknown(tree, _below(tree, *loc, key))
        yield from _twice(tree, _below(tree, *loc, key))


def _unknown(tree: Tree, locs: Iterable[Loc]) -> Iterator[Fault]:
    """Texts that should name a topic of the file, and do not."""
    known = _get(tree, ("topics",))
    if not isinstance(known, dict):
        return  # a fault of its own
    there_is = ", ".join(say(topic) for topic in list(known)[:10]) or "none"
    for loc in locs:
        value = _get(tree, loc)
        if isinstance(value, str) and value not in known:
            yield tree.at(loc, f"no topic {say(value)}{did_you_mean(value, known) or f'; there is {there_is}'}")
