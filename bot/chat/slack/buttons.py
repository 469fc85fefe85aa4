"""Buttons → Block Kit, and what one says that was pressed (pure)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.chat.slack.elements import Block, plain_text
from bot.model import Button

# https://docs.slack.dev/reference/block-kit/block-elements/button-element and …/composition-objects/confirmation-dialog
LABEL, VALUE, QUESTION, ANSWER = 75, 2000, 300, 30  # characters
WORDS = "words"  # what the action_id of such a button begins with


class Said(NamedTuple):
    """What a button says."""

    words: str
    channel: str  # Slack's id of it; "": where it was pressed


def actions(buttons: Sequence[Button]) -> list[Block]:
    """Buttons side by side; none where there is none whose words have room in it."""
    drawn = [_button(button, number) for number, button in enumerate(buttons)]
    fitting = [one for one in drawn if len(str(one["value"])) <= VALUE]
    return [{"type": "actions", "elements": fitting}] if fitting else []


def _button(button: Button, number: int) -> Block:
    where = button.channel.channel if button.channel else ""
    drawn: Block = {
        "type": "button",
        "text": plain_text(button.label, LABEL),
        "action_id": f"{WORDS} {number}",
        "value": json.dumps({"w": button.words, "c": where}, ensure_ascii=False),
    }
    if button.sure:
        drawn["confirm"] = {
            "title": plain_text("Are you sure?"),
            "text": plain_text(button.sure, QUESTION),
            "confirm": plain_text(button.label, ANSWER),
            "deny": plain_text("Cancel"),
        }
    return drawn


def said(action: Mapping[str, object]) -> Said | None:
    """What a button of ours says that was pressed; None: it says nothing."""
    if not str(action.get("action_id", "")).startswith(WORDS):
        return None
    try:
        value = json.loads(str(action.get("value", "")))
        return Said(words=str(value["w"]), channel=str(value["c"]))
    except (ValueError, KeyError, TypeError):
        return None
