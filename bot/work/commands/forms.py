"""The form that a bare `subscribe` opens: what a channel has → fields, and what was filled in → what is wanted (pure).

Chats draw the fields and check nothing; what cannot be is said by `faults`, before a form is sent. A field that does
not come back was not shown, and stays as it was.

A form carries a stamp of what it showed. If the channel is another by now, be it that somebody changed it or that
another one was chosen in the form, nothing is changed; while the form is open it is drawn anew. One without a stamp
that named its channel itself never showed what that channel has, so it only adds to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import time

from bot.config.values import WEEK
from bot.config.words import say
from bot.delivery.notes import WEEKDAYS, many
from bot.delivery.quote import clip
from bot.model import DIGEST_KINDS, ChannelId, Choices, Field, Filled, Form, Hour, Lookup, Option, Part, Place
from bot.work.commands.plans import USUAL
from bot.work.commands.standing import View
from bot.work.commands.times import hour_of
from bot.work.commands.wanted import TOPICS, Arrange
from bot.work.commands.zones import zone_hint, zone_of

NAME = "subscribe"  # Form.name
DAYS = 30  # over which the items of a topic are counted
ROOM = 160  # characters in which it is said at a field what a channel gets; a chat may cut what is much longer
NOTHING_CHOSEN = "Choose at least one topic."


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What stands in the fields."""

    digest: tuple[str, ...]  # Topic.id
    instant: tuple[str, ...]  # Topic.id
    at: str  # HH:MM
    zone: str  # IANA name
    days: tuple[str, ...]  # as in feeds.yaml: mon, tue …
    quiet_from: str  # HH:MM, or "": none
    quiet_to: str


def values_of(view: View) -> Values:
    """What the channel has, or what is usual."""
    cadence, quiet = view.cadence("daily") or USUAL["daily"], view.channel.quiet if view.channel else None
    return Values(
        digest=tuple(view.followed("digest")),
        instant=tuple(view.followed("instant")),
        at=f"{cadence.at:%H:%M}",
        zone=view.zone,
        days=tuple(WEEK[day] for day in sorted(cadence.days)),
        quiet_from=f"{quiet.begins:%H:%M}" if quiet else "",
        quiet_to=f"{quiet.ends:%H:%M}" if quiet else "",
    )


def filled_in(filled: Filled, view: View) -> Values:
    """What stands in the fields by now; what feeds.yaml no longer has is left out."""
    had, known = values_of(view), {topic.id for topic in view.topics}
    digest, instant = (
        tuple(topic for topic in filled.values.get(name, default) if topic in known)
        for name, default in (("digest", had.digest), ("instant", had.instant))
    )
    return Values(
        digest=digest,
        instant=instant,
        at=_one(filled, "at", had.at),
        zone=_zone(_one(filled, "zone", had.zone)),
        days=filled.values.get("days", had.days),
        quiet_from=_one(filled, "quiet_from", had.quiet_from),
        quiet_to=_one(filled, "quiet_to", had.quiet_to),
    )


def meant(filled: Filled, view: View) -> Values:
    """What the channel is to have."""
    values = filled_in(filled, view)
    return values if filled.stamp or not (names_channel(filled) and view.subscribed) else _added(values, view)


def _added(values: Values, view: View) -> Values:
    """What the channel has and these topics besides; at its own hours."""
    had, chosen = values_of(view), {*values.digest, *values.instant}
    digest, instant = (tuple(topic for topic in topics if topic not in chosen) for topics in (had.digest, had.instant))
    return replace(had, digest=(*digest, *values.digest), instant=(*instant, *values.instant))


# ── what it showed


def stamp_of(view: View) -> str:
    """What a form shows of a channel, in eight characters; equal as long as it is."""
    channel = view.channel
    cadences = [(one.at, one.zone, sorted(one.days)) for kind in DIGEST_KINDS if (one := view.cadence(kind))]
    quiet = astuple(channel.quiet) if channel and channel.quiet else ()
    wishes = sorted((wish.topic, wish.wish) for wish in view.wishes)
    shown = repr((wishes, view.digests, cadences, quiet, [(topic.id, topic.name) for topic in view.topics]))
    return hashlib.sha256(shown.encode()).hexdigest()[:8]


def outdated(filled: Filled, view: View) -> str:
    """Why a form is not of the channel as it is; "": it is, or nobody can tell."""
    if filled.stamp in ("", stamp_of(view)) or view.set_by_file:
        return ""
    gets = clip(view.gets(), ROOM) or "nothing"
    if names_channel(filled):
        return f"This form did not show yet what the channel has: it gets {gets}."
    return f"Somebody changed this channel meanwhile: it now gets {gets}."


def drawn_anew(filled: Filled, view: View) -> Values:
    """What the channel has, for a form that showed something else; topics chosen in one that showed nothing stay."""
    showed_nothing = filled.stamp == stamp_of(replace(view, settings=None))
    return _added(filled_in(filled, view), view) if showed_nothing and view.subscribed else values_of(view)


def names_channel(filled: Filled) -> bool:
    """Whether the form was one that asks for the channel too."""
    return "channel" in filled.values


def place_of(filled: Filled, where: ChannelId) -> ChannelId:
    """The channel that is meant: the one that was chosen, else the one where the form was opened."""
    chosen = _one(filled, "channel", "")
    return where._replace(channel=chosen) if chosen else where


def _one(filled: Filled, name: str, default: str) -> str:
    """The value of a field that has at most one."""
    values = filled.values.get(name)
    return default if values is None else next(iter(values), "")


# ── drawn


def form_of(
    values: Values, view: View, *, where: ChannelId | None, counts: Mapping[str, int], parts: Sequence[Part]
) -> Form:
    """The form; without a channel it asks for that too.

    `counts`: items of the last DAYS days by topic; `parts` stand below the fields.
    """
    return Form(
        name=NAME,
        title="What this channel gets" if where else "Subscribe a channel",
        submit="Save" if view.subscribed else "Subscribe",
        channel=where,
        fields=(*([] if where else [Place(name="channel", label="Channel")]), *_fields(values, _options(counts, view))),
        parts=tuple(parts),
        stamp=stamp_of(view),
    )


def _fields(values: Values, options: tuple[Option, ...]) -> tuple[Field, ...]:
    return (
        Choices(
            name="digest",
            label="Topics in the digest",
            options=options,
            chosen=values.digest,
            hint="A topic covers those within it.",
        ),
        Choices(
            name="instant",
            label="Topics at once",
            options=options,
            chosen=values.instant,
            folded=True,
            hint="Told as soon as a story is found. A topic that is chosen above as well comes at once.",
        ),
        Hour(name="at", label="Hour of the digest", chosen=values.at),
        Lookup(name="zone", label="Time zone", chosen=values.zone, hint="Type a part of a city's name."),
        Choices(
            name="days",
            label="Days of the digest",
            options=tuple(Option(value=day, label=name) for day, name in zip(WEEK, WEEKDAYS, strict=True)),
            chosen=values.days,
        ),
        Hour(name="quiet_from", label="Quiet from", chosen=values.quiet_from, optional=True),
        Hour(
            name="quiet_to",
            label="Quiet to",
            chosen=values.quiet_to,
            optional=True,
            hint="Nothing comes at once in these hours; it waits until they end.",
        ),
    )


def _options(counts: Mapping[str, int], view: View) -> tuple[Option, ...]:
    """The topics in the order of feeds.yaml, each with how much is to be expected of it."""
    return tuple(
        Option(value=topic.id, label=view.name(topic.id), told=_told(counts.get(topic.id, 0), view.within(topic.id)))
        for topic in view.topics
    )


def _told(items: int, covered: Sequence[str]) -> str:
    """12 items in the last 30 days; covers 3 other topics."""
    counted = f"{many(items, 'item')} in the last {DAYS} days" if items else f"nothing in the last {DAYS} days"
    return f"{counted}; covers {many(len(covered), 'other topic')}" if covered else counted


# ── judged


def arrange_of(values: Values) -> Arrange:
    """What is wanted by a form without faults; a topic that was chosen twice comes at once."""
    quiet = (_time(values.quiet_from), _time(values.quiet_to)) if values.quiet_from and values.quiet_to else None
    return Arrange(
        digest=tuple(topic for topic in values.digest if topic not in values.instant),
        instant=values.instant,
        at=_time(values.at or f"{USUAL['daily'].at:%H:%M}"),
        zone=values.zone or "UTC",
        days=frozenset(WEEK.index(day) for day in values.days) or USUAL["daily"].days,
        quiet=quiet,
    )


def faults_of(filled: Filled) -> dict[str, str]:
    """What cannot be as it was filled in, by the field's name; fields that did not come back are not judged.

    That nothing was chosen is no fault where a channel may have had something: it then ends. See faults_there.
    """
    faults: dict[str, str] = {}
    digest, instant = filled.values.get("digest"), filled.values.get("instant")
    if names_channel(filled):
        if not _one(filled, "channel", ""):
            faults["channel"] = "Choose the channel."
        if not digest and not instant and not filled.stamp:
            faults["digest"] = NOTHING_CHOSEN
    if set(digest or ()) - set(instant or ()) and filled.values.get("days") == ():
        faults["days"] = "Choose at least one day, or no topic for the digest."
    for name in ("at", "quiet_from", "quiet_to"):
        if fault := _hour_fault(_one(filled, name, "")):
            faults[name] = fault
    if digest and filled.values.get("at") == ():
        faults["at"] = "Choose the hour of the digest."
    if fault := _zone_fault(filled):
        faults["zone"] = fault
    return _quiet_faults(filled) | faults


def faults_there(filled: Filled, view: View) -> dict[str, str]:
    """What cannot be in that channel as it stands."""
    if late := outdated(filled, view):
        return {"digest": f"{late} {_way_out(filled)}"}
    values = filled_in(filled, view)
    all_of_it = {*values.digest, *values.instant, *view.followed("weekly")}
    if not all_of_it and not view.subscribed:
        return {"digest": NOTHING_CHOSEN}
    if len(all_of_it) > max(TOPICS, len(view.subscribed)):
        return {"digest": f"A channel can have {TOPICS} topics: choose fewer, or a wider one, which covers others."}
    return {}


def _way_out(filled: Filled) -> str:
    return "Change anything in it to see that." if names_channel(filled) else "Close this form and open it again."


def _hour_fault(written: str) -> str:
    try:
        return "" if not written or hour_of(written) else "Write an hour as in 09:00."
    except ValueError as wrong:
        return str(wrong)


def _zone_fault(filled: Filled) -> str:
    zone = _one(filled, "zone", "UTC")
    if not zone.strip():
        return "Choose a time zone: type a part of a city's name."
    try:
        if zone_of(zone.lower().split()):
            return ""
    except ValueError as several:
        return str(several)
    return f"{say(zone)} is no time zone{zone_hint(zone.lower()) or '; write one as in Europe/Vienna.'}"


def _zone(typed: str) -> str:
    """The IANA name of what was chosen, or typed where a chat cannot offer any; what is none stays as it is."""
    try:
        return zone_of(typed.lower().split()) or typed
    except ValueError:
        return typed


def _quiet_faults(filled: Filled) -> dict[str, str]:
    """Quiet hours have two ends, and these differ; a form that shows only one of the fields is not judged."""
    if not {"quiet_from", "quiet_to"} <= filled.values.keys():
        return {}
    begins, ends = (_one(filled, name, "") for name in ("quiet_from", "quiet_to"))
    if begins and begins == ends:
        return {"quiet_to": "Quiet hours need two different times; leave both empty for none."}
    if begins and not ends:
        return {"quiet_to": "Say until when it is quiet, or leave both empty."}
    if ends and not begins:
        return {"quiet_from": "Say from when it is quiet, or leave both empty."}
    return {}


def _time(written: str) -> time:
    """09:00; what is no hour was refused before."""
    hour = hour_of(written)
    if hour is None:
        raise ValueError(f"{written!r} is no hour")
    return hour
