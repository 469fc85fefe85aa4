"""What is owed to messages that stand: how they are corrected, and what goes into their threads (pure).

A correction changes what a reader saw: the title, the sentence that proves the match, or what the story is about. All
else (a comma, a word that was not shown) is not worth one. It says what was changed; the rest of the message stays.
Nothing that comes from an outlet which is muted in the channel goes there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.delivery.compose import Desk, entry_of
from bot.delivery.quote import clip
from bot.delivery.shelf import Shelf
from bot.model import Coverage, Entry, Group, ItemId, Limits, Message, Outdated, Sequel, Story
from bot.topics.text import normalise

SHOWN = 160  # characters of what stood there before


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes into the thread of a message."""

    message: Message
    sequels: tuple[Sequel, ...]  # that it tells


def corrected(outdated: Outdated, *, desk: Desk, limits: Limits) -> Message | None:
    """The message as it should stand; None: nothing that a reader saw has changed."""
    before = outdated.message
    changed = {sequel.item for sequel in outdated.sequels if sequel.kind == "correction" and _heard(sequel, desk)}
    if before is None or not changed:
        return None
    shelf = desk.shelf("instant") if outdated.post.kind == "instant" else desk.shelf("digest", "weekly", "instant")
    stories = {story.id: story for story in outdated.stories}

    def now(entry: Entry) -> Entry:
        return _corrected(entry, changed, stories, shelf, limits)

    groups = tuple(replace(group, entries=tuple(map(now, group.entries))) for group in before.groups)
    return None if groups == before.groups else replace(before, groups=groups)


def correction(outdated: Outdated, message: Message) -> Message:
    """What is said of it where nothing that stands can be changed: the stories of the message that changed."""
    before = outdated.message.groups if outdated.message else ()
    old = {entry for group in before for entry in group.entries}
    new = tuple(entry for group in message.groups for entry in group.entries if entry not in old)
    return Message(
        kind="instant", heading="Correction", lead="", groups=(Group(name="", entries=new),), zone=message.zone
    )


def _corrected(entry: Entry, changed: set[ItemId], stories: Mapping[str, Story], shelf: Shelf, limits: Limits) -> Entry:
    """The entry as its item is by now, with what was changed; the same one where that is nothing."""
    if entry.source not in changed or entry.story not in stories:
        return entry
    shown = [part for part in stories[entry.story].told_by if part.item.id == entry.source]
    if not shown:
        return entry
    new = entry_of(replace(stories[entry.story], told_by=tuple(shown)), shelf, limits)
    edited = _difference(entry, new)
    return replace(new, also=entry.also, edited=edited) if edited else entry


def _difference(old: Entry, new: Entry) -> str:
    """What a reader is told of a change, as a sentence; "": there is none that counts."""
    said = []
    if not _same(old.title, new.title):
        said.append(f"the title was “{clip(old.title, SHOWN)}”")
    elif not _same(old.quote.text, new.quote.text):
        said.append(f"the sentence was “{clip(old.quote.text, SHOWN)}”")
    if set(old.topics) != set(new.topics):
        said.append(f"it is now under {', '.join(new.topics)}, and was under {', '.join(old.topics)}")
    return f"Edited: {'; '.join(said)}." if said else ""


def _same(one: str, other: str) -> bool:
    return normalise(one).words == normalise(other).words


def coverage(outdated: Outdated, *, desk: Desk, limits: Limits) -> list[Reply]:
    """A reply for each story that somebody else tells by now, with those whose topics the channel follows at once."""
    shelf, wished = desk.shelf("instant"), set(desk.followed("instant"))
    replies = []
    for story in outdated.stories:
        sequels = [each for each in outdated.sequels if each.kind == "coverage" and each.story == story.id]
        late = {each.item for each in sequels if _heard(each, desk)}
        parts = [part for part in story.told_by if part.item.id in late and _wished(part, wished)]
        if parts:
            message = _late(story, parts, shelf, desk, limits)
            replies.append(Reply(message=message, sequels=tuple(sequels)))
    return replies


def _heard(sequel: Sequel, desk: Desk) -> bool:
    return sequel.item.feed not in desk.muted


def _wished(part: Coverage, wished: set[str]) -> bool:
    return any(match.topic in wished for match in part.matches)


def _late(story: Story, parts: Sequence[Coverage], shelf: Shelf, desk: Desk, limits: Limits) -> Message:
    shown = parts[: limits.stories]
    entries = tuple(entry_of(replace(story, told_by=(part,)), shelf, limits) for part in shown)
    more = f", and {len(parts) - len(shown)} more" if len(parts) > len(shown) else ""
    outlets = ", ".join(dict.fromkeys(entry.outlet for entry in entries))
    return Message(
        kind="instant",
        heading=f"Also told by {outlets}{more}",
        lead="",
        groups=(Group(name="", entries=entries),),
        zone=desk.zone,
    )
