"""The command as Discord is told of it, with typed options, and its words as anybody would type them (pure).

Each sub-command only puts together the words that stand behind /treaty elsewhere, so the same grammar reads them. What
is said of commands speaks of such words too; it is shown as one gives the command here, with named options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.model import MOST_LISTED, Option

Json = dict[str, Any]

NAME = "treaty"
# https://discord.com/developers/docs/interactions/application-commands: types of options
SUB_COMMAND, STRING, INTEGER = 1, 3, 4
LONGEST = 100  # characters of a choice
FOUND = 25  # choices at most
TYPED = 500  # characters of what is typed freely


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One option of a sub-command."""

    name: str
    told: str
    choices: tuple[tuple[str, str], ...] = ()  # what is shown, and what is typed for it
    looked_up: tuple[str, str] | None = None  # form and field of Clerk.lookup
    many: bool = False  # several words, of which the last is looked up
    number: bool = False
    needed: bool = False
    suggested: tuple[tuple[str, str], ...] = ()  # as choices, but anything else may be typed


TOPIC_WORDS = ("words", "topic")
WHEN = (("At once", "instant"), ("In a daily digest", "daily"), ("In a weekly digest", "weekly"))
DAYS = tuple((name, name[:3].lower()) for name in (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
))  # fmt: skip
UNTIL = (("For a day", "1d"), ("For three days", "3d"), ("For a week", "7d"), ("Until somebody resumes", "forever"))

_TOPIC = Given(name="topic", told="One topic; without it all", looked_up=TOPIC_WORDS)
_TOPICS = Given(name="topics", told="One topic, or several with blanks between them", looked_up=TOPIC_WORDS, many=True)
_ZONE = Given(name="zone", told="The zone in which hours are meant, as Europe/Vienna", looked_up=("subscribe", "zone"))

# In the order in which they are mostly needed; each with its options in the order in which they are typed.
SUBCOMMANDS: Mapping[str, tuple[str, tuple[Given, ...]]] = {
    "subscribe": (
        "What this channel gets; without topics a form opens",
        (
            _TOPICS,
            Given(name="when", told="At once, or in a digest", choices=WHEN),
            Given(name="day", told="Of a weekly digest", choices=DAYS),
            Given(name="hour", told="Of the digest, as 09:00"),
            _ZONE,
        ),
    ),
    "unsubscribe": ("End subscriptions of this channel", (
        Given(
            name="topics",
            told="Topics, or: all",
            looked_up=TOPIC_WORDS,
            many=True,
            needed=True,
            suggested=(("All of them", "all"),),
        ),
    )),
    "list": ("What this channel gets, and when", ()),
    "topics": ("What there is to subscribe to", ()),
    "latest": ("The newest items", (_TOPIC, Given(name="number", told="How many", number=True))),
    "search": ("Items that hold all these words", (Given(name="words", told="What to look for", needed=True),)),
    "why": ("Which words put an item under its topics", (Given(name="link", told="Its address", needed=True),)),
    "digest": ("What the next digest would say now, only for you", ()),
    "treaty": ("Who has signed and ratified, by the depositary's record", ()),
    "feeds": ("What is read, and what cannot be", ()),
    "pause": ("Post nothing here for a while", (
        Given(name="until", told="How long, or until when: 2h, friday, 2026-12-01 14:00", suggested=UNTIL),
    )),
    "resume": ("End the pause", ()),
    "mute": ("Tell nothing here that only this outlet tells", (
        Given(name="outlet", told="Its name, as a digest shows it", needed=True),
    )),
    "unmute": ("End that", (Given(name="outlet", told="Its name", needed=True),)),
    "help": ("All of this, with examples", ()),
}  # fmt: skip


def commands() -> list[Json]:
    """All commands of the application, as they are registered: one, for servers only."""
    return [
        {
            "type": 1,
            "name": NAME,
            "description": "News of the UN Convention against Cybercrime, for this channel",
            "contexts": [0],
            "integration_types": [0],
            "options": [
                {"type": SUB_COMMAND, "name": name, "description": told, "options": [_option(one) for one in options]}
                for name, (told, options) in SUBCOMMANDS.items()
            ],
        }
    ]


def _option(given: Given) -> Json:
    made: Json = {
        "type": INTEGER if given.number else STRING,
        "name": given.name,
        "description": given.told,
        "required": given.needed,
    }
    if given.choices:
        return made | {"choices": [{"name": name, "value": value} for name, value in given.choices]}
    if given.number:
        return made | {"min_value": 1, "max_value": MOST_LISTED}
    return made | {"max_length": TYPED, **({"autocomplete": True} if given.looked_up or given.suggested else {})}


def is_registered(found: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the commands that Discord has are ours as they are; it adds keys of its own and leaves out empty ones."""
    return _core(list(found), commands())


def _core(found: object, wanted: object) -> bool:
    if isinstance(wanted, list):
        same = isinstance(found, list) and len(found) == len(wanted)
        return same and all(map(_core, found if isinstance(found, list) else [], wanted))
    if isinstance(wanted, dict):
        given = found if isinstance(found, dict) else {}
        return all(_core(given.get(key), value) if value else not given.get(key) for key, value in wanted.items())
    return found == wanted


# ── how a command is shown ────────────────────────────────────────────────────

COMMAND = f"/{NAME}"
HOUR = re.compile(r"\d{1,2}(?:[:.]\d{2})?(?:am|pm)?")
ZONE = re.compile(r"[A-Z]\w+(?:/[\w+-]+)+|UTC")
ID = re.compile(r"[a-z0-9][a-z0-9-]*")
ALIKE = {"when": {value for _, value in WHEN}, "day": {value for _, value in DAYS}}


def shown(typed: str) -> str:
    """`/treaty subscribe ratification daily 09:00` as it is given here: `/treaty subscribe topics:ratification when:…`.

    What has no options, or cannot be told apart, stays as it is.
    """
    begin, name, *rest = typed.split() if typed.startswith(f"{COMMAND} ") else ("", "")
    _, options = SUBCOMMANDS.get(name, ("", ()))
    if not begin or not options or not rest:
        return typed
    values = _by_name(rest) if name == "subscribe" else _in_order(rest, options)
    known = [option.name for option in options if option.name in values]
    if not values or " ".join(rest) != " ".join(values[one] for one in known):
        return typed
    return " ".join([begin, name, *(f"{one}:{values[one]}" for one in known)])


def _by_name(rest: Sequence[str]) -> dict[str, str]:
    """The options of `subscribe`, each known by its looks; none where one is not."""
    values: dict[str, list[str]] = {}
    for word in rest:
        name = next((name for name, words in ALIKE.items() if word in words), "")
        name = name or ("hour" if HOUR.fullmatch(word) else "zone" if ZONE.fullmatch(word) else "")
        if not name and not ID.fullmatch(word):
            return {}
        values.setdefault(name or "topics", []).append(word)
    return {name: " ".join(words) for name, words in values.items()}


def _in_order(rest: Sequence[str], options: Sequence[Given]) -> dict[str, str]:
    """The options of any other: one takes all, and of two the last takes a number."""
    if len(options) == 1:
        return {options[0].name: " ".join(rest)}
    words = [word for word in rest if not word.isdecimal()]
    numbers = [word for word in rest if word.isdecimal()]
    return {option.name: " ".join(found) for option, found in zip(options, (words, numbers), strict=True) if found}


# ── what was typed ────────────────────────────────────────────────────────────


def words(data: Mapping[str, Any]) -> str:
    """A command that was given (interactions: application command data), in words."""
    name, values = _given(data)
    _, options = SUBCOMMANDS.get(name, ("", ()))
    typed = {option.name: str(values[option.name]).strip() for option in options if option.name in values}
    if name == "subscribe" and "when" not in typed and "day" in typed:
        typed["when"] = "weekly"
    return " ".join([name, *(typed[option.name] for option in options if typed.get(option.name))])


def _given(data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The sub-command, and its options as they were given."""
    sub = _sub(data)
    return str(sub.get("name", "help")), {one["name"]: one.get("value", "") for one in sub.get("options", ())}


def _sub(data: Mapping[str, Any]) -> Json:
    found: Json = next(iter(data.get("options", ())), {})
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """What somebody is typing into an option, who wants to see what there is."""

    form: str  # form and field of Clerk.lookup; "": it is not asked
    field: str
    typed: str
    before: str  # words that stand already
    known: tuple[Option, ...] = ()  # offered by ourselves


def typing(data: Mapping[str, Any]) -> Typing | None:
    """The option that has the focus; None: it is none that is looked up."""
    sub = _sub(data)
    focused: Json = next((one for one in sub.get("options", ()) if one.get("focused")), {})
    _, options = SUBCOMMANDS.get(str(sub.get("name")), ("", ()))
    given = next((one for one in options if one.name == focused.get("name")), None)
    if given is None or not (given.looked_up or given.suggested):
        return None
    value = str(focused.get("value", ""))
    before, _, typed = value.rpartition(" ") if given.many else ("", "", value)
    form, field = given.looked_up or ("", "")
    known = tuple(
        Option(value=kept, label=label)
        for label, kept in given.suggested
        if not before and typed.strip().casefold() in f"{label} {kept}".casefold()
    )
    return Typing(form=form, field=field, typed=typed, before=f"{before} " if before else "", known=known)


def choices(found: Sequence[Option], before: str) -> list[Json]:
    """What there is, as an answer to who types; what would be too long is left out."""
    offered = [{"name": f"{before}{one.label}"[:LONGEST], "value": f"{before}{one.value}"} for one in found]
    return [one for one in offered if len(one["value"]) <= LONGEST][:FOUND]
