"""What may stand where in feeds.yaml: a class for each mapping; bot.config.values says what each value may be.

The classes only say which keys there are; pydantic walks them and gathers every error.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Annotated, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from bot.config import values
from bot.model import ChannelId, FeedKind

# Named here, since inside a class `zone` would be its own key.
Ident = Annotated[str, PlainValidator(values.ident)]
Text = Annotated[str, PlainValidator(values.text)]
Line = Annotated[str, PlainValidator(values.line)]
Contact = Annotated[str, PlainValidator(values.contact)]
Url = Annotated[str, PlainValidator(values.address)]
Network = Annotated[str, PlainValidator(values.network)]
Duration = Annotated[timedelta, PlainValidator(values.duration)]
Keep = Annotated[timedelta, PlainValidator(values.keep)]
Day = Annotated[date, PlainValidator(values.day)]
Clock = Annotated[time, PlainValidator(values.clock)]
Zone = Annotated[str, PlainValidator(values.zone)]
Days = Annotated[frozenset[int], PlainValidator(values.days)]
Weekday = Annotated[int, PlainValidator(values.weekday)]
Place = Annotated[ChannelId, PlainValidator(values.channel_id)]
OnUnknown = Annotated[Literal["repeat", "hold"], PlainValidator(values.on_unknown)]
MayChange = Annotated[str, PlainValidator(values.may_change)]
Truth = Annotated[bool, PlainValidator(values.truth)]
Phrase = Annotated[str, PlainValidator(values.phrase)]
Phrases = tuple[Phrase, ...]
Kind = Annotated[FeedKind, PlainValidator(values.feed_kind)]
Selector = Annotated[str, PlainValidator(values.selector)]
RankNumber = Annotated[int, PlainValidator(values.whole(1, 5))]
Count = Annotated[int, PlainValidator(values.whole(1, 1000))]


class Keys(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class BotKeys(Keys):
    """`bot`: what holds for all."""

    contact: Contact = ""
    poll: Duration = timedelta(minutes=30)
    allow_networks: tuple[Network, ...] = ()
    zone: Zone = "UTC"
    settle: Duration = timedelta(seconds=60)
    on_unknown: OnUnknown = "repeat"
    instant_per_hour: Count = 10
    keep: Keep = timedelta(days=3 * 365)
    may_change: MayChange = "anyone"


class SelectKeys(Keys):
    """The `select` of a page."""

    item: Selector
    title: Selector = ""
    link: Selector = ""
    date: Selector = ""
    summary: Selector = ""


class DateKeys(Keys):
    """One of `dates`."""

    date: Day
    what: Line
    topic: Text
    source: Line = ""


class FeedKeys(Keys):
    """One of `feeds`."""

    id: Ident
    name: Line = ""  # "": the id
    url: Url
    every: Duration = timedelta()  # 0: bot.poll
    rank: RankNumber = 4
    kind: Kind = "feed"
    select: SelectKeys | None = None


class NearKeys(Keys):
    """One of a topic's `near`."""

    words: Count
    of: Annotated[tuple[Annotated[Phrases, Field(min_length=1)], ...], Field(min_length=2)]


class SomeKeys(Keys):
    """A topic's `some`."""

    least: Count
    of: Annotated[Phrases, Field(min_length=1)]


class TopicKeys(Keys):
    """One of `topics`."""

    name: Line
    within: Text = ""
    any: Phrases = ()
    near: tuple[NearKeys, ...] = ()
    some: SomeKeys | None = None
    none: Phrases = ()


class DigestKeys(Keys):
    """A channel's `digest`."""

    at: Clock = time(9)
    zone: Zone = ""  # "": bot.zone
    days: Days = frozenset(range(5))


class WeeklyKeys(Keys):
    """A channel's `weekly`."""

    day: Weekday = 4
    at: Clock = time(16)
    zone: Zone = ""  # "": the digest's, else bot.zone


class QuietKeys(Keys):
    """A channel's `quiet`."""

    begins: Clock = Field(alias="from")
    ends: Clock = Field(alias="to")


class ChannelKeys(Keys):
    """One of `channels`."""

    channel: Place
    topics: tuple[Text, ...] = ()
    instant: tuple[Text, ...] = ()
    digest: DigestKeys | None = None
    weekly: WeeklyKeys | None = None
    quiet: QuietKeys | None = None
    always: Truth = False


class FileKeys(Keys):
    """The whole of feeds.yaml. A section whose entries are all commented out (null) is as good as absent."""

    bot: BotKeys | None = None
    dates: tuple[DateKeys, ...] | None = None
    feeds: tuple[FeedKeys, ...]
    topics: dict[Ident, TopicKeys]
    channels: tuple[ChannelKeys, ...] | None = None


def known_keys() -> list[str]:
    """Every key that may be written, such as `bot.contact`, `feeds[].url` and `topics.ID.any`, in the order above."""
    return list(_keys(FileKeys, ""))


def _keys(mapping: type[Keys], before: str) -> Iterator[str]:
    for attribute, field in mapping.model_fields.items():
        name = field.alias or attribute
        yield before + name
        if inner := _inner(field.annotation):
            yield from _keys(inner[1], before + name + inner[0] + ".")


def _inner(annotation: object) -> tuple[str, type[Keys]] | None:
    """The class of mappings under a key, and how its path goes on: [] in a list, .ID under a chosen name."""
    if isinstance(annotation, type) and issubclass(annotation, Keys):
        return "", annotation
    origin = get_origin(annotation)
    step = "[]" if origin is tuple else ".ID" if origin is dict else ""
    found = next((inner for part in get_args(annotation) if (inner := _inner(part))), None)
    return (step + found[0], found[1]) if found else None
