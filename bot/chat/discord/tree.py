"""The command as Discord is told of it, with typed options, and its words as anybody would type them (pure).

Each sub-command only puts together the words that stand behind /treaty elsewhere, so the same grammar reads them.
"""

from __future__ import annotations

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
    free: bool = False  # the choices are only offered: anything else may be typed
    looked_up: tuple[str, str] | None = None  # form and field of Clerk.lookup
    many: bool = False  # several words, of which the last is looked up
    number: bool = False
    needed: bool = False


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
        Given(name="topics", told="Topics, or: all", looked_up=TOPIC_WORDS, many=True, needed=True),
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
        Given(name="until", told="How long, as 3d, monday or 2026-12-01", choices=UNTIL, free=True),
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
    if given.choices and not given.free:
        return made | {"choices": [{"name": name, "value": value} for name, value in given.choices]}
    if given.number:
        return made | {"min_value": 1, "max_value": MOST_LISTED}
    return made | {"max_length": TYPED, **({"autocomplete": True} if given.looked_up or given.free else {})}


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

    form: str
    field: str
    typed: str
    before: str  # words that stand already
    offered: tuple[Option, ...] = ()  # what there is, where nothing needs to be looked up


def typing(data: Mapping[str, Any]) -> Typing | None:
    """The option that has the focus; None: it is none that is looked up."""
    sub = _sub(data)
    focused: Json = next((one for one in sub.get("options", ()) if one.get("focused")), {})
    _, options = SUBCOMMANDS.get(str(sub.get("name")), ("", ()))
    given = next((one for one in options if one.name == focused.get("name")), None)
    if given is not None and given.free:
        typed = str(focused.get("value", ""))
        return Typing(form="", field="", typed=typed, before="", offered=_like(typed, given.choices))
    if given is None or given.looked_up is None:
        return None
    form, field = given.looked_up
    before, _, typed = (
        str(focused.get("value", "")).rpartition(" ") if given.many else ("", "", focused.get("value", ""))
    )
    return Typing(form=form, field=field, typed=str(typed), before=f"{before} " if before else "")


def _like(typed: str, choices: Sequence[tuple[str, str]]) -> tuple[Option, ...]:
    """Those that hold what was typed."""
    word = typed.strip().casefold()
    return tuple(Option(value=value, label=name) for name, value in choices if word in f"{name} {value}".casefold())


def choices(found: Sequence[Option], before: str) -> list[Json]:
    """What there is, as an answer to who types; what would be too long is left out."""
    offered = [{"name": f"{before}{one.label}"[:LONGEST], "value": f"{before}{one.value}"} for one in found]
    return [one for one in offered if len(one["value"]) <= LONGEST][:FOUND]
