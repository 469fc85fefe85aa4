"""What was noted lately, so much and no more (pure)."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def remember(known: OrderedDict[Key, Value], key: Key, value: Value, *, most: int) -> None:
    """Note what is newest, and forget the oldest beyond so many."""
    known[key] = value
    known.move_to_end(key)
    while len(known) > most:
        known.popitem(last=False)
