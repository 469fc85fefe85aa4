"""What a reader gets: messages, composed and free of platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.model.feeds import ItemId

# rest: what goes into the thread of another post, since it did not fit there or came later
PostKind = Literal["instant", "digest", "rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one message of a platform may hold."""

    title: int  # characters of a story's title
    quote: int  # characters of the sentence that proves the match
    stories: int  # in one message
    whole: int  # characters of all text in one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The sentence that proves the match, with the proving words set apart."""

    before: str
    words: str
    after: str

    @property
    def text(self) -> str:
        """The whole sentence."""
        return self.before + self.words + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A label and where it leads."""

    label: str
    url: str  # "" where the feed named none


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One story as it is told in a message."""

    story: str  # Story.id
    title: str
    url: str
    outlet: str
    published: datetime | None
    quote: Quote
    topics: tuple[str, ...]  # names, most specific first
    also: tuple[Link, ...] = ()  # the same story elsewhere: outlet and link
    source: ItemId | None = None  # the item that is shown
    topic: str = ""  # Topic.id of the shelf on which it stands; "": on none
    edited: str = ""  # what of it was changed since it was first told


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The stories of one topic in a digest."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How much there was of one topic, week by week."""

    name: str  # the topic's
    bar: str  # eight signs, the oldest week first; what it shows and `told` does not say is no more than looks
    told: str  # "7 stories, 2 the week before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The week at a glance: what a weekly digest tells below its stories."""

    heading: str
    trends: tuple[Trend, ...]
    notes: tuple[str, ...]  # topics without a line, how to read the bars, the depositary's count

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in words, the heading first."""
        return self.heading, *(f"{trend.name}: {trend.told}" for trend in self.trends), *self.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Composed, free of platform; a chat's renderer makes its payload."""

    kind: PostKind
    heading: str  # what it is: "UN Convention against Cybercrime · Monday, 27 October 2025"
    lead: str  # one sentence: how many stories are new
    groups: tuple[Group, ...]
    glance: Glance | None = None
    count: str = ""  # where the convention stands, by the depositary's record
    read: str = ""  # what was read
    unread: tuple[str, ...] = ()  # a line for each feed that could not be read
    why: str = ""  # how it comes to be here, and how to change it
    change: str = ""  # the words of a command that changes what comes here, for a button; "": it has none
    zone: str = "UTC"  # the channel's, for times where a platform does not know the reader's own

    @property
    def foot(self) -> tuple[str, ...]:
        """What stands below the stories, line by line; a line may be empty."""
        return self.count, self.read, *self.unread, self.why

    @property
    def stories(self) -> tuple[str, ...]:
        """Ids of the stories told in it, in order."""
        return tuple(entry.story for group in self.groups for entry in group.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A message of ours that stands in a channel, as the platform shows it."""

    post: str = ""  # Post.id; "": the platform keeps none
    message: str = ""  # the platform's id of it
    at: datetime | None = None  # when it was said
    links: tuple[str, ...] = ()  # in it, each once


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What a database got to know again of a channel's past."""

    posts: int = 0  # that it took for not sent
    digests: int = 0
    links: int = 0

    def __add__(self, other: Recalled) -> Recalled:
        """Both together."""
        return Recalled(
            posts=self.posts + other.posts, digests=self.digests + other.digests, links=self.links + other.links
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A platform's word that a message stands in its channel."""

    message: str  # the platform's id of it
