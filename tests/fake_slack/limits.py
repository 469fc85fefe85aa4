"""Slack's limits of blocks and views: lengths, counts and uniqueness (all pure).

From docs.slack.dev/reference/block-kit; where the Python and the Node SDK differ (the value of an option: 150 and 75) the
smaller counts. Lengths are characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.fake_slack.nouns import Json

IN_MESSAGE, IN_VIEW = 50, 100  # blocks
OBJECT = {"block_id": 255, "action_id": 255, "alt_text": 2000, "private_metadata": 3000, "callback_id": 255}
BUTTON = {"value": 2000, "url": 3000, "accessibility_label": 75}
TEXTS: dict[str, dict[str, int]] = {  # type → field with a text object → longest
    "header": {"text": 150},
    "section": {"text": 3000},
    "button": {"text": 75},
    "input": {"label": 2000, "hint": 2000},
    "modal": {"title": 24, "submit": 24, "close": 24},
}
PARTS: dict[str, dict[str, int]] = {  # type → field with a list → most
    "section": {"fields": 10},
    "context": {"elements": 10},
    "actions": {"elements": 25},
    "static_select": {"options": 100, "option_groups": 100},
    "multi_static_select": {"options": 100, "option_groups": 100},
    "checkboxes": {"options": 10},
    "radio_buttons": {"options": 10},
    "overflow": {"options": 5},
}
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
RICH = {"link": {"url": 3000}, "date": {"url": 3000}}


def of_blocks(blocks: object, *, most: int = IN_MESSAGE) -> list[str]:
    """Everything in the blocks that is too long, too many, empty or not unique."""
    if not isinstance(blocks, list):
        return ["blocks is not a list"]
    found = [f"{len(blocks)} blocks, more than {most}"] if len(blocks) > most else []
    for place, block in enumerate(blocks):
        if not isinstance(block, dict):
            found.append(f"blocks[{place}] is not an object")
            continue
        found += [f"blocks[{place}] ({block.get('type')}): {what}" for what in _faults(block)]
    ids = Counter(block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block)
    return found + [f"block_id {one!r} stands {times} times" for one, times in ids.items() if times > 1]


def of_view(view: Json) -> list[str]:
    """Likewise for a modal or a home tab."""
    return [
        *_faults({key: value for key, value in view.items() if key != "blocks"}),
        *of_blocks(view.get("blocks"), most=IN_VIEW),
    ]


def _faults(node: Json) -> Iterator[str]:
    """The faults of one object and of all inside it."""
    kind = str(node.get("type", ""))
    yield from _too_long(node, OBJECT)
    yield from _too_long(node, RICH.get(kind, {}))
    yield from _texts(node, TEXTS.get(kind, {}))
    yield from _counts(node, PARTS.get(kind, {}))
    if kind == "button":
        yield from _too_long(node, BUTTON)
    if kind in ("mrkdwn", "plain_text"):
        yield from _own_text(node, 3000)
    if kind in ("text", "link") and node.get("text") == "":
        yield f"a {kind} of a rich_text is empty"
    yield from _beside(node)
    for value in node.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _faults(part)


def _beside(node: Json) -> Iterator[str]:
    """Faults of what hangs on an element: its options, question, placeholder, and its neighbours' ids."""
    for option in node.get("options") or []:
        if isinstance(option, dict):
            yield from _texts(option, {"text": 75, "description": 75})
            yield from _too_long(option, {"value": 75})
    if isinstance(node.get("confirm"), dict):
        yield from _texts(node["confirm"], CONFIRM)
    yield from _texts(node, {"placeholder": 150})
    if node.get("type") == "section":
        yield from (f"a field is longer than 2000: {len(one)}" for one in _field_texts(node) if len(one) > 2000)
    ids = Counter(one["action_id"] for one in _elements(node) if "action_id" in one)
    yield from (f"action_id {one!r} stands {times} times in one block" for one, times in ids.items() if times > 1)


def _elements(node: Json) -> list[Json]:
    elements = node.get("elements")
    return [one for one in elements if isinstance(one, dict)] if isinstance(elements, list) else []


def _field_texts(node: Json) -> list[str]:
    fields = node.get("fields")
    return [str(one.get("text", "")) for one in fields if isinstance(one, dict)] if isinstance(fields, list) else []


def _too_long(node: Json, longest: Mapping[str, int]) -> Iterator[str]:
    for name, most in longest.items():
        value = node.get(name)
        if isinstance(value, str) and len(value) > most:
            yield f"{name} is {len(value)} characters, more than {most}"


def _texts(node: Json, longest: Mapping[str, int]) -> Iterator[str]:
    for name, most in longest.items():
        part = node.get(name)
        if isinstance(part, dict) and isinstance(part.get("text"), str) and len(part["text"]) > most:
            yield f"{name} is {len(part['text'])} characters, more than {most}"


def _own_text(node: Json, most: int) -> Iterator[str]:
    text = node.get("text")
    if isinstance(text, str) and not text:
        yield f"a {node['type']} is empty"
    if isinstance(text, str) and len(text) > most:
        yield f"a {node['type']} is {len(text)} characters, more than {most}"


def _counts(node: Json, most: Mapping[str, int]) -> Iterator[str]:
    for name, limit in most.items():
        parts = node.get(name)
        if isinstance(parts, list) and len(parts) > limit:
            yield f"{len(parts)} {name}, more than {limit}"
        if isinstance(parts, list) and not parts:
            yield f"{name} is empty"
