"""What people fill in, free of platform: each chat draws a form as it can, and gives back what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of several things to choose."""

    value: str  # what comes back; at most 75 characters
    label: str
    told: str = ""  # what is said of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Any number of a few things."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: tuple[str, ...] = ()  # Option.value
    folded: bool = False  # the things show only when asked for; what is told of each may be left out
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """A wall time; its value is HH:MM, and nothing where it was left empty."""

    name: str
    label: str
    chosen: str = ""
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One of very many things, found by typing a part of it; see Clerk.lookup."""

    name: str
    label: str
    chosen: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel of the platform; its value is the platform's id of it."""

    name: str
    label: str


Field = Choices | Hour | Lookup | Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as a person has filled it in."""

    form: str  # Form.name
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by Field.name; nothing chosen: ()
    done: bool = True  # False: something was changed and the form is still open
    stamp: str = ""  # Form.stamp of the form that was filled in; "": not told
