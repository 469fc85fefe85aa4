"""help, latest, search, topics, digest, treaty, feeds: what only looks, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.config.words import say
from bot.delivery.compose import TOPICS, title_of
from bot.delivery.count import treaty_lines, unread_line
from bot.delivery.notes import NAME, Count, failure, held_lines, many
from bot.delivery.quote import clip, one_line, quote_of
from bot.feeds.schedule import is_paused
from bot.model import (
    Answer,
    Button,
    Buttons,
    Coverage,
    Entry,
    Example,
    Fact,
    FeedState,
    Found,
    Limits,
    Line,
    Match,
    Part,
    Rank,
    Topic,
)
from bot.work.commands.standing import NOTHING_HERE, View, change, nothing_here
from bot.work.commands.wanted import Latest, Search
from bot.work.editor import Editor

BEST = 10  # items that `search` lists
LINES = 20  # feeds that cannot be read, named
SHELF = 40  # topics, listed
HELD = timedelta(days=7)  # how long it is told that a feed brought too much at once


def help_parts(view: View) -> tuple[Part, ...]:
    """Each word with an example, and where this channel stands."""
    one = view.sample
    stands = f"This channel gets {view.gets()}." if view.subscribed else NOTHING_HERE
    manage = Button(label="Manage" if view.subscribed else "Subscribe", words="subscribe")
    first = Button(label="What it gets", words="list") if view.set_by_file else manage
    others = (Button(label="Latest", words="latest"), Button(label="Topics", words="topics"))
    return (
        Line(text=stands),
        *view.paused()[:1],
        Example(
            command=f"subscribe {one} daily 09:00",
            told="a daily digest; instead of daily 09:00 also: instant, weekly fri 16:00",
        ),
        Example(command="subscribe", told="choose in a form"),
        Example(command=f"unsubscribe {one}", told="end it, or: all"),
        Example(command="list", told="what this channel gets, and when"),
        Example(command="topics", told="what there is to subscribe to"),
        Example(command=f"latest {one} 5", told="the newest items, of one topic or of all"),
        Example(command="search data protection", told="items that hold all these words"),
        Example(
            command="why https://example.org/article",
            told="which words put an item under its topics, or what it lacked",
        ),
        Example(command="digest", told="what the next digest would say now, only for you"),
        Example(command="treaty", told="who has signed and ratified, by the depositary's record"),
        Example(command="feeds", told="what is read, and what cannot be"),
        Example(command="pause 3d", told="post nothing here meanwhile, or: tomorrow, monday, 18:00, forever"),
        Example(command="resume", told="end the pause"),
        Example(
            command=f"mute {next(iter(view.outlets), 'OUTLET')}",
            told="tell nothing here that only this outlet tells, or: unmute",
        ),
        Buttons(buttons=(first, *others)),
    )


def topic_parts(view: View) -> tuple[Part, ...]:
    """What there is to subscribe to, what covers what, and what this channel has."""
    how = dict.fromkeys(view.followed("digest"), "subscribed here, in the digest")
    how |= dict.fromkeys(view.followed("weekly"), "subscribed here, in the weekly digest")
    how |= dict.fromkeys(view.followed("instant"), "subscribed here, at once")

    def told(topic: Topic) -> str:
        within = f"within {topic.within}" if topic.within else ""
        return " · ".join(filter(None, (view.name(topic.id), within, how.get(topic.id, ""))))

    return (
        Line(text="A topic covers those within it."),
        *(Fact(name=topic.id, told=told(topic)) for topic in view.topics[:SHELF]),
        *_more(len(view.topics) - SHELF),
        Example(command=f"subscribe {view.sample}", told="into the daily digest here"),
        *_buttons(change(view)),
    )


def health(states: Sequence[FeedState]) -> str:
    """How many feeds are read well, not read yet, and cannot be read."""
    if not states:
        return "No feed is watched yet; the operator names them in feeds.yaml."
    failing = sum(state.failures > 0 for state in states)
    unread = sum(not state.failures and state.last_read is None for state in states)
    well = len(states) - failing - unread
    said = [f"{well:,} of {many(len(states), 'feed')} {'is' if well == 1 else 'are'} read well."]
    said += [f"{unread:,} not read yet; that takes a few minutes."] * bool(unread)
    each = "it is" if failing == 1 else "each is"
    said += [f"{failing:,} cannot be read just now; {each} tried again by itself."] * bool(failing)
    return " ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Looks things up for a channel."""

    editor: Editor
    limits: Limits  # of the platform that asks

    async def latest(self, wanted: Latest, view: View) -> Answer:
        """The newest items, or those of a topic."""
        found = await self.editor.reader.latest(topic=wanted.topic, limit=wanted.limit)
        about = f" about {view.name(wanted.topic)}" if wanted.topic else ""
        if found:
            many_of = f"{len(found)} newest items" if len(found) > 1 else "newest item"
            return Answer(parts=(Line(text=f"The {many_of}{about}:"), *self.entries(found, view)))
        wider = [Example(command="latest", told="the newest of all topics")] if wanted.topic else []
        look = Example(command="feeds", told="whether the feeds are read")
        return Answer(parts=(Line(text=f"Nothing{about or ' about any topic'} in the archive yet."), *wider, look))

    async def search(self, wanted: Search, view: View) -> Answer:
        """Items that hold all the words."""
        found = await self.editor.reader.search(wanted.words, limit=BEST)
        if found:
            hold = "item holds" if len(found) == 1 else "items hold"
            count = f"The {BEST} best items, which hold" if len(found) == BEST else f"{len(found)} {hold}"
            return Answer(parts=(Line(text=f"{count} all of {say(wanted.words)}:"), *self.entries(found, view)))
        way = "Try fewer words, or a name as it is written in another language."
        return Answer(
            parts=(
                Line(text=f"No item holds all of {say(wanted.words)}. {way}"),
                Example(command="latest", told="the newest items"),
                Example(command="feeds", told="whether the feeds are read"),
            )
        )

    async def digest(self, view: View) -> Answer:
        """What the channel's next digest would say now."""
        if not view.subscribed or view.channel is None:
            return Answer(parts=nothing_here(view))
        claim = await self.editor.reader.claim_view(view.channel.id)
        if claim is None or not claim.channel.digests:
            text = "This channel has no digest: it gets every story at once."
            return Answer(parts=(Line(text=text), *_to_digest(view), *_buttons(change(view))))
        kind = claim.digest.cadence if claim.digest else claim.channel.digests[0]
        digest = await self.editor.digest(claim, now=view.now, limits=self.limits)
        which = "digest" if len(view.digests) == 1 else f"digest, the {kind} one,"
        comes = f"The next {which} comes {view.next_digest(kind)}."
        if digest.messages:
            text = f"{comes} Now it would say this; only you see it."
            return Answer(parts=(Line(text=text),), preview=digest.messages)  # it has a button of its own
        day = view.now.astimezone(ZoneInfo(view.zone)).date()
        earlier = await self.editor.reader.earlier(view.channel.id, since=claim.since, kind=kind)
        count = Count(kind=kind, new=0, before=0, earlier=earlier, since=claim.since, day=day, zone=view.zone)
        silent = "If that stays so, it is silent."
        latest = Example(command="latest", told="what was found before")
        said = Line(text=f"{count.lead(elsewhere=0)} {comes} {silent}")
        return Answer(parts=(said, latest, *_buttons(change(view))))

    async def treaty(self, view: View) -> Answer:
        """Where the convention stands, by the depositary's record, and when that was read."""
        day, kept = view.now.astimezone(ZoneInfo(view.zone)).date(), await self.editor.record()
        if kept is None:
            states = await self.editor.reader.feed_states()
            unread = unread_line(self.editor.feeds, states, day=day, zone=view.zone)
            return Answer(parts=(Line(text=unread), Example(command="feeds", told="whether the feeds are read")))
        told = treaty_lines(kept, now=view.now, zone=view.zone)
        return Answer(parts=tuple(Line(text=text) for text in told))

    async def feeds(self, view: View) -> Answer:
        """How many feeds are read, and which cannot be, since when and why."""
        states = await self.editor.reader.feed_states()
        failing = sorted(
            (state for state in states if state.failures), key=lambda state: state.failing_since or view.now
        )
        return Answer(
            parts=(
                Line(text=health(states)),
                *(self._failing(state, view) for state in failing[:LINES]),
                *_more(len(failing) - LINES),
                *(Line(text=f"{held}.") for held in held_lines(self._held(states, view), self._names())),
            )
        )

    def _names(self) -> dict[str, str]:
        return {feed.id: feed.name for feed in self.editor.feeds}

    def _held(self, states: Sequence[FeedState], view: View) -> list[FeedState]:
        return [state for state in states if state.held_at is not None and view.now - state.held_at < HELD]

    def _failing(self, state: FeedState, view: View) -> Part:
        name = self._names().get(state.feed, state.feed)
        zone = ZoneInfo(view.zone)
        told = failure(state, view.now.astimezone(zone).date(), zone)
        if is_paused(state, now=view.now):
            told += " · asked once a week only"
        return Fact(name=clip(one_line(name), NAME), told=told)

    def entries(self, found: Sequence[Found], view: View) -> list[Entry]:
        """Items as they would stand in a digest."""
        return [self._entry(one, view) for one in found]

    def _entry(self, found: Found, view: View) -> Entry:
        """An item as it would stand in a digest, with the sentence that proves what it is about."""
        item, proof = found.item, found.evidence
        matches = tuple(
            Match(item=item.id, topic=topic, score=1, evidence=(proof,)) for topic in found.topics[:1] if proof
        )
        coverage = Coverage(item=item, outlet=found.outlet, rank=Rank.OUTLET, matches=matches)
        return Entry(
            story="",
            title=title_of(item, self.limits.title),
            url=item.link,
            outlet=clip(one_line(found.outlet), NAME),
            published=item.published,
            quote=quote_of(coverage, found.topics, self.limits.quote),
            topics=tuple(map(view.name, found.topics[:TOPICS])),
        )


def _more(number: int) -> list[Part]:
    return [Line(text=f"… and {number:,} more.")] if number > 0 else []


def _buttons(buttons: tuple[Button, ...]) -> list[Part]:
    return [Buttons(buttons=buttons)] if buttons else []


def _to_digest(view: View) -> list[Part]:
    """How to get a digest, where chat can change that."""
    if view.set_by_file:
        return []
    return [Example(command=f"subscribe {view.subscribed[0]} daily 09:00", told="move a topic into a daily digest")]
