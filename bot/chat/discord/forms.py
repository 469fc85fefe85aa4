"""Form → modal, and what was filled in → the same values as on any platform (pure).

A modal has at most five fields. Of a form with more, fields that are typed and stand beside each other are typed into
one line: an hour and a zone as `09:00 Europe/Vienna`, two hours as `20:00 07:00`. What does not fit even so is left
out, and then stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.chat.discord.embeds import OPTION, OPTIONS, Json
from bot.chat.shown import plain, short
from bot.model import ChannelId, Choices, Field, Filled, Form, Hour, Lookup, Option, Place

# https://discord.com/developers/docs/components/reference#label and …#text-input: characters, but for the fields.
FIELDS, TITLE, LABEL, HINT, TYPED = 5, 45, 45, 100, 100
WRAPPED, TEXT_INPUT, MENU, CHANNELS = 18, 4, 3, 8  # types of components
MODAL = "form"  # what its custom_id begins with
HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s?(am|pm)?", re.IGNORECASE)
APART = re.compile(r"(?<=\d)\s+(?=[ap]m\b)", re.IGNORECASE)  # 10 pm is one thing
RANGE = re.compile(r"[\s,;–—]+|(?<=[\dmM])-(?=\d)")  # between two things that are typed
BETWEEN = frozenset({"from", "to", "till", "until", "and"})  # hours; of no meaning by itself
# What a person sees who may have a channel chosen: text, announcements, threads.
KINDS = (0, 5, 10, 11, 12)

Group = Sequence[Field]  # one field, or several that are typed into one line


def modal(form: Form) -> Json:
    """The window in which a form is filled in."""
    channel = form.channel.channel if form.channel else ""
    drawn = [_drawn(group) for group in groups(form.fields)[:FIELDS]]
    custom_id = f"{MODAL}:{form.name}:{channel}" + f":{form.stamp}" * bool(form.stamp)
    return {"custom_id": custom_id, "title": short(form.title, TITLE), "components": drawn}


def has_room(form: Form) -> bool:
    """Whether all that is chosen in it can be shown: what was not shown would end when it is sent."""
    return all(len(field.chosen) <= OPTIONS for field in form.fields if isinstance(field, Choices))


def groups(fields: Sequence[Field]) -> list[list[Field]]:
    """The fields in order, each alone; where that is too many, typed ones together as far as that takes."""
    found: list[list[Field]] = [[field] for field in fields]
    while len(found) > FIELDS:
        place = next((number for number in range(len(found) - 1) if _may_join(found[number], found[number + 1])), None)
        if place is None:
            return found
        found[place : place + 2] = [[*found[place], *found[place + 1]]]
    return found


def _may_join(one: Group, other: Group) -> bool:
    """Whether both are typed, and can be told apart again: hours by their order, and one thing that is no hour."""
    both = [*one, *other]
    return all(isinstance(field, Hour | Lookup) for field in both) and len(both) <= 2 and not _lookups(both)[1:]


def _lookups(group: Group) -> list[Field]:
    return [field for field in group if isinstance(field, Lookup)]


def _drawn(group: Group) -> Json:
    label = short(" · ".join(field.label for field in group), LABEL)
    hint = " ".join(field.hint for field in group if not isinstance(field, Place) and field.hint)
    first = group[0]
    if isinstance(first, Choices) and len(first.options) > OPTIONS:
        cut = f"{OPTIONS} of {len(first.options)} topics; others by /treaty subscribe topics:"
        hint = f"{hint} {cut}".strip() if len(hint) + len(cut) < HINT else cut
    return {
        "type": WRAPPED,
        "label": label,
        **({"description": short(hint, HINT)} if hint else {}),
        "component": _component(group),
    }


def _component(group: Group) -> Json:
    first = group[0]
    if isinstance(first, Choices):
        options = [_option(option, option.value in first.chosen) for option in _shown(first)]
        bounds = {"min_values": 0, "max_values": len(options), "required": False}
        return {"type": MENU, "custom_id": _named(group), "options": options, **bounds}
    if isinstance(first, Place):
        return {"type": CHANNELS, "custom_id": _named(group), "channel_types": list(KINDS), "required": True}
    chosen = " ".join(field.chosen for field in group if isinstance(field, Hour | Lookup) and field.chosen)
    return {
        "type": TEXT_INPUT,
        "custom_id": _named(group),
        "style": 1,
        "required": False,
        "max_length": TYPED,
        "placeholder": " ".join(_sample(field, group) for field in group),
        **({"value": chosen} if chosen else {}),
    }


def _sample(field: Field, group: Group) -> str:
    """What may be typed for a field: of two hours, those of a night."""
    if not isinstance(field, Hour):
        return "Europe/Vienna"
    if not all(isinstance(other, Hour) for other in group[1:]) or len(group) == 1:
        return "09:00"
    return "20:00" if field is group[0] else "07:00"


def _shown(choices: Choices) -> Sequence[Option]:
    """As many as there is room for; where that is not for all, what is chosen goes first."""
    if len(choices.options) <= OPTIONS:
        return choices.options
    return sorted(choices.options, key=lambda option: option.value not in choices.chosen)[:OPTIONS]


def _option(option: Option, chosen: bool) -> Json:
    told = {"description": short(plain(option.told), OPTION)} if option.told else {}
    return {"label": short(plain(option.label), OPTION), "value": option.value, "default": chosen, **told}


def _named(group: Group) -> str:
    """The fields of a component, by which what was filled in is told apart: `hour.at+lookup.zone`."""
    return "+".join(f"{type(field).__name__.lower()}.{field.name}" for field in group)


# ── filled in ─────────────────────────────────────────────────────────────────


def form_of(custom_id: str, here: ChannelId) -> tuple[str, ChannelId, str] | None:
    """The form of a modal, by its name, the channel that it is for, and its stamp; None: it is none of ours."""
    kind, _, rest = custom_id.partition(":")
    name, _, rest = rest.partition(":")
    channel, _, stamp = rest.partition(":")
    return (name, here._replace(channel=channel or here.channel), stamp) if kind == MODAL and name else None


def filled(form: str, data: Mapping[str, Any], stamp: str = "") -> Filled:
    """What stands in a modal that was sent (interactions: modal submit data)."""
    values: dict[str, tuple[str, ...]] = {}
    for wrapped in data.get("components", ()):
        component = wrapped.get("component") or {}
        values |= dict(_values(str(component.get("custom_id", "")), component))
    return Filled(form=form, values=values, stamp=stamp)


def _values(custom_id: str, component: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    kinds = [(kind, name) for kind, _, name in (part.partition(".") for part in custom_id.split("+")) if name]
    if "values" in component:
        yield from ((name, tuple(map(str, component["values"]))) for _, name in kinds[:1])
        return
    words = [word for word in RANGE.split(APART.sub("", str(component.get("value", "")).strip())) if word]
    hours = [_hour(word) for word in words if HOUR.fullmatch(word)]
    others = [word for word in words if not HOUR.fullmatch(word)]
    told: dict[str, list[str]] = {name: [] for _, name in kinds}
    for _, name in (each for each in kinds if each[0] == "hour"):
        told[name] += [hours.pop(0)] if hours else []
    # What is no hour, or one too many, is handed on as it was typed, and whoever answers says what would be right.
    lookup = next((name for kind, name in kinds if kind == "lookup"), "")
    if not lookup and _says_nothing(others):
        others = []
    empty = next((name for _, name in kinds if not told[name]), "")
    if others:
        told[lookup or empty or kinds[-1][1]] += others
    if hours:
        told[next((name for _, name in reversed(kinds) if name != lookup), lookup)] += hours
    yield from ((name, (" ".join(said),) if said else ()) for name, said in told.items())


def _says_nothing(others: Sequence[str]) -> bool:
    """Whether words beside hours say no more than that these are two: 20:00 to 07:00."""
    return all(word.lower() in BETWEEN for word in others)


def _hour(written: str) -> str:
    """09:00, however it was written; what no clock shows stays as it was typed."""
    found = HOUR.fullmatch(written)
    if found is None:
        return written
    hour, minute, half = int(found[1]), found[2] or "00", (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return written
    return f"{hour % 12 + 12 * (half == 'pm') if half else hour:02}:{minute}"
