"""Owed stories → messages that fit a platform's limits; what a reader sees is decided here, but for the marks.

A story stands once, under its most specific topic. What does not fit goes into further messages, for the thread of
the first, and is counted there. Nothing is cut without saying so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from string import punctuation
from typing import get_args
from urllib.parse import quote

from bot.delivery.count import count_line
from bot.delivery.glance import glance
from bot.delivery.notes import (
    NAME,
    Count,
    date_words,
    held_lines,
    many,
    read_line,
    set_where,
    unread_lines,
    why_line,
)
from bot.delivery.quote import clip, cut, one_line, quote_of
from bot.delivery.shelf import Shelf, newest
from bot.model import (
    Channel,
    Delivery,
    DigestKind,
    Entry,
    Feed,
    Glance,
    Group,
    Item,
    Limits,
    Link,
    Message,
    Owed,
    Readings,
    Story,
    Subscription,
    Topic,
    TreatyCount,
    Wish,
)

# Of a first reading at most the ten newest are told, under this name.
BEFORE, BEFORE_NAME = 10, "Before you subscribed"
TOO_OLD = f"more than {BEFORE} were older than the subscription"
ALSO = 5  # outlets named beside the lead's
TOPICS = 5  # named with a story
ROOM = 48  # characters a renderer may add to a story: its date, quotation marks, separators
# The least `Limits.whole` that holds a story with a long address and all that stands around it.
LEAST_WHOLE = 6500
WISHES: tuple[Wish, ...] = get_args(Wish)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is known of a channel beside the stories it is owed."""

    channel: Channel
    subscriptions: Sequence[Subscription]  # those of other channels are passed over
    topics: Sequence[Topic]  # in the order of feeds.yaml
    feeds: Sequence[Feed]  # for the names of those that could not be read
    muted: Collection[str] = ()  # Feed.id of those of which the channel does not want to hear
    home: str = "UTC"  # the zone of a channel that names none

    @property
    def zone(self) -> str:
        """The channel's, as far as it has one."""
        return self.channel.zone_or(self.home)

    @property
    def change(self) -> str:
        """The words of a command that changes what comes here; "": feeds.yaml decides."""
        return "subscribe" if self.channel.set_by == "chat" else ""

    def followed(self, how: Wish) -> list[str]:
        """Topics that the channel wants at once, or in one of its digests."""
        return [wish.topic for wish in self.subscriptions if wish.channel == self.channel.id and wish.wish == how]

    def shelf(self, *wishes: Wish) -> Shelf:
        """The topics as the channel sees them by these wishes, with names that fit."""
        topics = [replace(topic, name=clip(one_line(topic.name), NAME)) for topic in self.topics]
        return Shelf(topics, {topic for wish in wishes for topic in self.followed(wish)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a digest tells beside its stories."""

    kind: DigestKind = "daily"
    catch_up: bool = False  # it tells what a pause kept back, and comes besides
    day: date  # the channel's local date
    since: datetime | None  # when the last digest of its kind was made; None: this is the first
    readings: Readings  # since then
    earlier: int  # stories told since then at once, before a weekly digest also in daily ones
    count: TreatyCount | None = None  # on that day; None: the depositary's record was never read
    weeks: Mapping[str, Sequence[int]] = field(default_factory=dict)  # of a weekly one: Topic.id → stories, by week

    @property
    def week_had_stories(self) -> bool:
        """Whether there is a week to look back on."""
        return self.earlier > 0 or any(numbers[-1] for numbers in self.weeks.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One channel's digest of one day."""

    messages: tuple[Message, ...]  # the digest, then what did not fit; empty: silence
    dropped: tuple[Delivery, ...]  # told by none, and never to be


def compose_digest(owed: Sequence[Owed], *, desk: Desk, edition: Edition, limits: Limits) -> Digest:
    """The digest of stories owed to it, each exactly once over all messages, or dropped.

    Silent, that is without messages, when no story is owed, unless the channel wants to hear that too, or the digest is
    weekly and there were stories in the week.
    """
    looks_back = edition.kind == "weekly" and edition.week_had_stories
    if not owed and (edition.catch_up or not (desk.channel.always or looks_back)):
        return Digest(messages=(), dropped=())
    new = [one.story for one in owed if not one.delivery.before]
    before = sorted((one for one in owed if one.delivery.before), key=lambda one: newest(one.story))
    shelf = desk.shelf("digest", "weekly", "instant")
    groups = [*shelf.grouped(new), (BEFORE_NAME, [one.story for one in before[:BEFORE]])]
    count = Count(
        kind=edition.kind,
        new=len(new),
        before=len(before[:BEFORE]),
        earlier=edition.earlier,
        others=looks_back,
        since=edition.since,
        day=edition.day,
        zone=desk.zone,
    )
    named = [(name, entry_of(story, shelf, limits)) for name, stories in groups for story in stories]
    messages = _messages(named, _front(desk, shelf, edition), count, limits)
    return Digest(
        messages=tuple(messages), dropped=tuple(replace(one.delivery, why=TOO_OLD) for one in before[BEFORE:])
    )


def compose_instant(owed: Owed, *, desk: Desk, limits: Limits) -> Message:
    """The message that tells one story at once.

    Its heading is the story's most specific topic among those that the channel wants at once, which is also the name
    of its one group; its lead is empty.
    """
    story, shelf = owed.story, desk.shelf("instant")
    name = shelf.name(shelf.topic_of(story))
    wished = [match.topic for match in shelf.specific(story) if match.topic in desk.followed("instant")]
    why = f"At once: {shelf.name(wished[0]) if wished else name} · {_how_to_change(desk)}"
    front = Message(kind="instant", heading=name, lead="", groups=(), why=why, change=desk.change, zone=desk.zone)
    entry = _fit(entry_of(story, shelf, limits), limits.whole - size(front) - len(name))
    return replace(front, groups=(Group(name=name, entries=(entry,)),))


def compose_batch(owed: Sequence[Owed], *, desk: Desk, day: date, limits: Limits) -> tuple[Message, ...]:
    """One message for stories that are too many to be told at once one by one, and what does not fit for its thread."""
    shelf, roots = desk.shelf("instant"), desk.shelf("instant").roots()
    front = Message(
        kind="digest",
        heading=f"{roots[0] if len(roots) == 1 else 'TreatyWatch'} · {many(len(owed), 'story')} at once",
        lead="",
        groups=(),
        why=f"At once: {', '.join(shelf.names(desk.followed('instant')))} · {_how_to_change(desk)}",
        change=desk.change,
        zone=desk.zone,
    )
    count = Count(new=len(owed), before=0, earlier=0, since=None, day=day, zone=desk.zone)
    groups = shelf.grouped([one.story for one in owed])
    named = [(name, entry_of(story, shelf, limits)) for name, stories in groups for story in stories]
    return tuple(_messages(named, front, count, limits))


def compose_ended(topics: Sequence[str]) -> Message:
    """What a channel is told when feeds.yaml has topics no more that it had subscribed in chat; their ids."""
    named = ", ".join(topics)
    lead = f"feeds.yaml has no topic {named} any more, so this channel's subscription to it has ended."
    why = "/treaty list shows what it still gets, /treaty topics what there is."
    return Message(kind="digest", heading="A subscription has ended", lead=lead, groups=(), why=why)


def _front(desk: Desk, shelf: Shelf, edition: Edition) -> Message:
    """The first message of a digest without its stories and its lead."""
    roots, names = shelf.roots(), {feed.id: feed.name for feed in desk.feeds}
    counted = f"The depositary's record: {count_line(edition.count)}." if edition.count else ""
    weekly = edition.kind == "weekly" and not edition.catch_up
    what = "while this channel was paused" if edition.catch_up else f"{'week to ' * weekly}{date_words(edition.day)}"
    return Message(
        kind="digest",
        heading=f"{roots[0] if len(roots) == 1 else 'TreatyWatch'} · {what}",
        lead="",
        groups=(),
        glance=glance(edition.weeks, shelf, count=counted) if weekly else None,
        count="" if weekly else counted,
        read=read_line(edition.readings),
        unread=(
            *unread_lines(edition.readings.failing, names, day=edition.day, zone=desk.zone),
            *held_lines(edition.readings.held, names),
        ),
        why=why_line(desk.channel, edition.kind, {how: shelf.names(desk.followed(how)) for how in WISHES}),
        change=desk.change,
        zone=desk.zone,
    )


def _how_to_change(desk: Desk) -> str:
    """Where what comes at once is changed."""
    return "change with /treaty" if desk.change else set_where(desk.channel)


def entry_of(story: Story, shelf: Shelf, limits: Limits) -> Entry:
    """A story as it is told, by its lead."""
    item = story.lead.item
    topics = [match.topic for match in shelf.specific(story)]
    return Entry(
        story=story.id,
        title=title_of(item, limits.title),
        url=item.link,
        outlet=clip(one_line(story.lead.outlet), NAME),
        published=item.published,
        quote=quote_of(story.lead, shelf.path(topics[0]) if topics else (), limits.quote),
        topics=tuple(shelf.name(topic) for topic in topics[:TOPICS]),
        also=_also(story),
        source=item.id,
        topic=topics[0] if topics else "",
    )


def title_of(item: Item, limit: int) -> str:
    """What an item is called, in so many characters; where the feed gave no title, by its summary or its address."""
    return clip(one_line(item.title) or one_line(item.summary) or item.link or "(without a title)", limit)


def _also(story: Story) -> tuple[Link, ...]:
    """The other outlets of a story, each once; those beyond the fifth as a count without an address."""
    others: dict[str, str] = {}
    for part in story.told_by[1:]:
        if part.outlet != story.lead.outlet:
            others.setdefault(part.outlet, part.item.link)
    links = [Link(label=clip(one_line(outlet), NAME), url=url) for outlet, url in others.items()]
    more = [Link(label=f"and {len(links) - ALSO} more", url="")] if len(links) > ALSO else []
    return (*links[:ALSO], *more)


def _messages(named: Sequence[tuple[str, Entry]], front: Message, count: Count, limits: Limits) -> list[Message]:
    """The entries, each with its group's name, over as many messages as it takes."""
    day = f"{'Week to ' * (count.kind == 'weekly')}{date_words(count.day)}"
    rest = Message(kind="rest", heading=f"{day} · continued", lead="", groups=(), zone=front.zone)
    # Both leads are measured as long as they may become.
    rooms = (
        limits.whole - size(replace(front, lead=count.lead(elsewhere=count.told))),
        limits.whole - size(replace(rest, lead=count.span(count.told - 1, count.told))),
    )
    pages = _pages(named, rooms, limits.stories)
    told = len(pages[0])
    messages = [replace(front, lead=count.lead(elsewhere=count.told - told), groups=_groups(pages[0]))]
    for page in pages[1:]:
        messages.append(replace(rest, lead=count.span(told + 1, told + len(page)), groups=_groups(page)))
        told += len(page)
    return messages


def _groups(page: Sequence[tuple[str, Entry]]) -> tuple[Group, ...]:
    return tuple(
        Group(name=name, entries=tuple(entry for _, entry in run)) for name, run in groupby(page, key=itemgetter(0))
    )


def _pages(named: Sequence[tuple[str, Entry]], rooms: tuple[int, int], stories: int) -> list[list[tuple[str, Entry]]]:
    """Entries with their group's name, in order, as many on a page as fit; `rooms` of the first and of any other."""
    pages: list[list[tuple[str, Entry]]] = [[]]
    free = rooms[0]
    for name, whole in named:
        entry = _fit(whole, min(rooms) - len(name))
        needs = _size(entry) + len(name)
        if pages[-1] and (needs > free or len(pages[-1]) == stories):
            pages.append([])
            free = rooms[1]
        pages[-1].append((name, entry))
        free -= needs
    return pages


def _fit(entry: Entry, room: int) -> Entry:
    """The entry in so many characters: without the addresses of other outlets, then with a shorter quote."""
    if _size(entry) > room:
        entry = replace(entry, also=tuple(replace(link, url="") for link in entry.also))
    over = _size(entry) - room
    return replace(entry, quote=cut(entry.quote, max(len(entry.quote.text) - over, 0))) if over > 0 else entry


def size(message: Message) -> int:
    """Characters of a message as `Limits.whole` counts them: its text and addresses, and 48 more for each story.

    What lies beyond 16 bits counts as two, and an address as it is sent: percent-encoded.
    """
    groups = sum(_units(group.name) + sum(map(_size, group.entries)) for group in message.groups)
    return _units(message.heading, message.lead, *message.foot) + groups + _glance_size(message.glance)


def _glance_size(told: Glance | None) -> int:
    return _units(*told.lines, *(trend.bar for trend in told.trends)) if told else 0


def _size(entry: Entry) -> int:
    labels = [link.label for link in entry.also]
    text = _units(entry.title, entry.outlet, entry.quote.text, entry.edited, *entry.topics, *labels)
    return ROOM + text + sum(map(_address_size, (entry.url, *(link.url for link in entry.also))))


def _units(*texts: str) -> int:
    return sum(len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2 for text in texts)


def _address_size(url: str) -> int:
    return len(url) if url.isascii() else len(quote(url, safe=punctuation, errors="replace"))
