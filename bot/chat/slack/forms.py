"""Form → a modal view of Slack's, and what was filled in there → our nouns (pure).

A field is an input block, whose block_id is the field's name; one with more options than Slack puts into a group
becomes several blocks, whose elements keep the one name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.chat.slack.answers import COMMAND, Piece, drawn
from bot.chat.slack.elements import Block, context, divider, plain_text
from bot.model import (
    Answer,
    Buttons,
    Choices,
    Entry,
    Field,
    Filled,
    Form,
    Heading,
    Hour,
    Line,
    Lookup,
    Message,
    Option,
    Place,
)

# https://docs.slack.dev/surfaces/modals and …/reference/block-kit: blocks of a view; options of a group, of a menu and
# of what a search finds; characters of a title, of an option, of a field's label, and of what a view keeps for us.
BLOCKS, GROUP, MENU, FOUND = 100, 10, 100, 100
TITLE, OPTION, LABEL, KEPT = 24, 75, 2000, 3000
FAULT = 300  # characters of what is said of a field; longer would push the form around
LEFT_OUT = "{count:,} more did not fit here."
WINDOW = "answer"  # the callback_id of a view that is only read

View = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a view keeps for us: for which channel it is, and how its answer comes back to who asked."""

    channel: str = ""  # Slack's id; "": a field says it
    url: str = field(default="", repr=False)  # a response_url: who knows it can answer in our name
    home: bool = False  # it was opened from the App Home
    stamp: str = ""  # Form.stamp
    turn: str = ""  # what its fields' block_ids end with: of a field with another one Slack forgets what was entered

    def __str__(self) -> str:
        """As a view's private_metadata; an address that has no room is left out, and the answer takes another way."""
        told = json.dumps({"c": self.channel, "u": self.url, "h": self.home, "s": self.stamp, "t": self.turn})
        return told if len(told) <= KEPT else str(replace(self, url=""))


def kept(view: Mapping[str, Any]) -> Kept:
    """What a view of ours kept."""
    try:
        told = json.loads(view.get("private_metadata") or "{}")
        channel, url, stamp, turn = (str(told.get(key, "")) for key in "cust")
        return Kept(channel=channel, url=url, home=bool(told.get("h")), stamp=stamp, turn=turn)
    except (ValueError, AttributeError):
        return Kept()


def modal(form: Form, keep: Kept) -> View:
    """The view of a form: its fields, and what it would come to below them."""
    # Drawn from something else than before, its fields begin with what the form says and not with what was entered.
    turn = form.stamp if keep.stamp and keep.stamp != form.stamp else keep.turn
    keep = replace(keep, stamp=form.stamp, turn=turn)
    fields = [
        block if isinstance(one, Place) or not turn else {**block, "block_id": f"{block['block_id']}@{turn}"}
        for one in form.fields
        for block in _field(one)
    ]
    return {
        "type": "modal",
        "callback_id": form.name,
        "title": plain_text(form.title, TITLE),
        "submit": plain_text(form.submit, TITLE),
        "close": plain_text("Cancel", TITLE),
        "private_metadata": str(keep),
        "blocks": _framed(form, keep, fields),
    }


def window(answer: Answer, keep: Kept) -> View:
    """An answer in a view of its own, for who asked where no conversation is; a press in it is answered in it."""
    return {
        "type": "modal",
        "callback_id": WINDOW,
        "title": plain_text("TreatyWatch", TITLE),
        "close": plain_text("Close", TITLE),
        "private_metadata": str(keep),
        "blocks": cut(drawn([*map(_unmarked, answer.parts), *map(_unmarked, answer.preview)]), BLOCKS),
    }


def cut(blocks: Sequence[Block], room: int) -> list[Block]:
    """The blocks in so many; those that have no place are counted in the last."""
    if len(blocks) <= room:
        return list(blocks)
    return [*blocks[: room - 1], context(LEFT_OUT.format(count=len(blocks) - room + 1))]


def _framed(form: Form, keep: Kept, fields: Sequence[Block]) -> list[Block]:
    """The fields, above what they would come to, and below the channel's name where it was not opened there."""
    above = drawn([Heading(text="For this channel:", channel=form.channel)]) if form.channel and keep.home else []
    return [*above, *fields, *_below(form.parts, room=BLOCKS - len(above) - len(fields))]


def _below(parts: Sequence[Piece], room: int) -> list[Block]:
    blocks = drawn([*map(_still, parts)])
    return [divider(), *cut(blocks, room - 1)] if blocks else []


def _still(piece: Piece) -> Piece:
    """The piece without anything to press: in a form that is half filled in, another answer has no place."""
    if isinstance(piece, Buttons):
        told = "; ".join(f"{button.label}: `{COMMAND} {button.words}`" for button in piece.buttons)
        return Line(text=told)
    return _unmarked(piece)


def _unmarked(piece: Piece) -> Piece:
    """The piece without the menus of its stories, whose answers belong into a conversation."""
    if isinstance(piece, Entry):
        return replace(piece, story="")
    if isinstance(piece, Message):
        groups = [replace(one, entries=tuple(replace(e, story="") for e in one.entries)) for one in piece.groups]
        return replace(piece, groups=tuple(groups), change="")
    return piece


# ── fields ────────────────────────────────────────────────────────────────────


def _field(one: Field) -> Iterator[Block]:
    match one:
        case Choices(folded=False):
            yield from _boxes(one)
        case Choices():
            if one.options:
                yield _input(one, one.name, one.label, _folded(one), optional=True, hint=one.hint)
        case Hour():
            at = {"initial_time": one.chosen} if one.chosen else {}
            yield _input(one, one.name, one.label, {"type": "timepicker", **at}, optional=one.optional, hint=one.hint)
        case Lookup():
            chosen = {"initial_option": option(Option(value=one.chosen, label=one.chosen))} if one.chosen else {}
            element: Block = {"type": "external_select", "min_query_length": 1, **chosen}
            yield _input(one, one.name, one.label, element, hint=one.hint)
        case Place():
            element = {
                "type": "conversations_select",
                "default_to_current_conversation": True,
                "filter": {"include": ["public", "private"], "exclude_bot_users": True},
            }
            yield _input(one, one.name, one.label, element)


def _boxes(one: Choices) -> Iterator[Block]:
    """Check boxes, ten in a block."""
    for number, options in enumerate(_parts(one.options, GROUP)):
        block_id = f"{one.name} {number + 1}" if number else one.name
        label = f"{one.label} (continued)" if number else one.label
        hint = one.hint if GROUP * (number + 1) >= len(one.options) else ""
        element = {"type": "checkboxes", **_options(options, one.chosen)}
        yield _input(one, block_id, label, element, optional=True, hint=hint)


def _folded(one: Choices) -> Block:
    """A menu; one of very many things in groups."""
    bare = [replace(choice, told="") for choice in one.options]
    if len(bare) <= MENU:
        return {"type": "multi_static_select", **_options(bare, one.chosen)}
    groups = [
        {"label": plain_text(f"{part[0].label} – {part[-1].label}", OPTION), "options": list(map(option, part))}
        for part in _parts(bare, MENU)
    ]
    chosen = [option(choice) for choice in bare if choice.value in one.chosen]
    return {
        "type": "multi_static_select",
        "option_groups": groups,
        **({"initial_options": chosen} if chosen else {}),
    }


def _options(options: Sequence[Option], chosen: Sequence[str]) -> Block:
    ticked = [option(one) for one in options if one.value in chosen]
    return {"options": list(map(option, options)), **({"initial_options": ticked} if ticked else {})}


def _parts(options: Sequence[Option], size: int) -> Iterator[Sequence[Option]]:
    return (options[start : start + size] for start in range(0, len(options), size))


def option(one: Option) -> Block:
    """One thing to choose."""
    told = {"description": plain_text(one.told, OPTION)} if one.told else {}
    return {"text": plain_text(one.label, OPTION), "value": one.value, **told}


def _input(of: Field, block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """A field; whatever changes in it is told at once, so that what stands below it is true."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, LABEL),
        "dispatch_action": True,
        "optional": optional,
        "element": {**element, "action_id": of.name},
        **({"hint": plain_text(hint, LABEL)} if hint else {}),
    }


# ── what came back ────────────────────────────────────────────────────────────


def filled(view: Mapping[str, Any], *, done: bool) -> Filled:
    """What stands in a view by now."""
    state = (view.get("state") or {}).get("values") or {}
    values: dict[str, tuple[str, ...]] = {}
    for block in view.get("blocks") or ():
        for name, chosen in (state.get(block.get("block_id")) or {}).items():
            values[name] = (*values.get(name, ()), *_chosen(chosen))
    return Filled(form=str(view.get("callback_id", "")), values=values, done=done, stamp=kept(view).stamp)


def _chosen(state: Mapping[str, Any]) -> Iterable[str]:
    options = state.get("selected_options") or [state.get("selected_option")]
    yield from (str(one["value"]) for one in options if one)
    yield from (str(state[key]) for key in ("selected_time", "selected_conversation") if state.get(key))


def place(view: Mapping[str, Any]) -> str:
    """The channel that was chosen in a view; "": none is."""
    state = (view.get("state") or {}).get("values") or {}
    chosen = [str(one.get("selected_conversation") or "") for block in state.values() for one in block.values()]
    return next(filter(None, chosen), "")


def errors(faults: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, by block_id as Slack wants it; of a field that is not in the view, at the first one that is."""
    blocks = [block for block in view.get("blocks") or () if block.get("type") == "input"]
    ids = {(block.get("element") or {}).get("action_id"): str(block.get("block_id")) for block in reversed(blocks)}
    first = str(blocks[0].get("block_id")) if blocks else ""
    told: dict[str, str] = {}
    for name, what in faults.items():
        where = ids.get(name) or first or name
        told[where] = f"{told[where]} {what}" if where in told else what
    return {where: str(plain_text(what, FAULT)["text"]) for where, what in told.items()}
