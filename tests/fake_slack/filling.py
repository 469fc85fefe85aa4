"""What stands in the fields of an open view, and what a person may put there (all pure)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fake_slack.nouns import Json

LISTS = ("checkboxes", "multi_static_select")


def inputs(body: Json) -> Iterator[Json]:
    """The input blocks of a view."""
    return (block for block in body.get("blocks", ()) if block.get("type") == "input")


def field_of(body: Json, block_id: str) -> Json:
    """The input block of that id, or of one that goes on behind an @."""
    for block in inputs(body):
        if block_id in (block["block_id"], block["block_id"].partition("@")[0]):
            return block
    raise AssertionError(f"no field has the block_id {block_id!r}")


def state_of(body: Json, entered: Json) -> Json:
    """What stands in each field: what was entered, as long as its ids are the same, else what it began with."""
    return {
        block["block_id"]: {
            block["element"]["action_id"]: entered.get(_key(block)) or _initial(block["element"]),
        }
        for block in inputs(body)
    }


def enter(block: Json, values: tuple[str, ...], found: list[Json]) -> tuple[str, Json]:
    """What a person chooses in a field, and under which key it is kept; `found`: what a search came to."""
    element = block["element"]
    kind = element["type"]
    told: Json = {"type": kind}
    if kind in LISTS:
        told["selected_options"] = [_option(_options(element), value) for value in values]
    elif kind == "external_select":
        told["selected_option"] = _option(found, values[0]) if values else None
    elif kind == "timepicker":
        told["selected_time"] = values[0] if values else None
    elif kind == "conversations_select":
        told["selected_conversation"] = values[0] if values else None
    else:
        raise AssertionError(f"nobody has taught the fake to fill in a {kind}")
    return _key(block), told


def _key(block: Json) -> str:
    return f"{block['block_id']} / {block['element']['action_id']}"


def _initial(element: Json) -> Json:
    kind = element["type"]
    told: Json = {"type": kind}
    if kind in LISTS:
        told["selected_options"] = element.get("initial_options", [])
    for name in ("option", "time", "conversation"):
        if f"initial_{name}" in element:
            told[f"selected_{name}"] = element[f"initial_{name}"]
    return told


def _options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", ()) for option in group["options"]]
    return [*element.get("options", ()), *grouped]


def _option(options: list[Json], value: str) -> Json:
    for option in options:
        if option["value"] == value:
            return option
    raise AssertionError(f"there is nothing to choose that is {value!r}")
