"""Time zones, as people type them and as they look for one (pure).

A rule takes words in lower case and gives an IANA name, or a ValueError: a sentence that says what would be right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.config.words import asked_back, nearest
from bot.model import Option

MOST = 25  # zones that are offered at once; some platforms take no more
# Where nothing has been typed yet: one for most hours of the day.
COMMON = (
    *("UTC", "Europe/London", "Europe/Vienna", "Europe/Kyiv", "Africa/Lagos", "Africa/Nairobi", "Asia/Dubai"),
    *("Asia/Kolkata", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "America/Los_Angeles"),
    *("America/Mexico_City", "America/New_York", "America/Sao_Paulo"),
)

# In IANA's own names of offsets the sign is turned round: Etc/GMT+5 is five hours behind. Only a whole name means it.
_MISLEADING = ("Etc/",)
# Whose names end with a city's. Not US/Central, Mexico/General or Australia/North: only a whole name means these.
_AREAS = frozenset({
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"),
})  # fmt: skip
_NO_CITIES = frozenset(
    f"Australia/{part}"
    for part in ("ACT", "LHI", "NSW", "North", "Queensland", "South", "Tasmania", "Victoria", "West")
)
_NEAR = 0.6  # as in config.words


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """IANA names by themselves and by their city, all in lower case; the whole name goes before the part."""
    names = sorted(available_timezones() - {"Factory", "localtime"})
    cities: dict[str, tuple[str, ...]] = {}
    for name in names:
        if name.partition("/")[0] in _AREAS and name not in _NO_CITIES:
            city = name.rpartition("/")[2].lower()
            cities[city] = (*cities.get(city, ()), name)
    return cities | {name.lower(): (name,) for name in names}


def zone_of(words: Sequence[str]) -> str | None:
    """`europe/vienna`, `vienna` or `new york` → the IANA name; None: no zone is called so.

    Raises ValueError where several are.
    """
    found = _zones().get("_".join(words), ())
    if len(found) > 1:
        raise ValueError(f"There are several time zones of that name; write {' or '.join(found)}.")
    return found[0] if found else None


def zone_hint(word: str) -> str:
    """`; did you mean "Europe/Vienna"?`, or "" where no zone or city is near."""
    return asked_back(zone_near(word))


def zone_near(word: str) -> str:
    """The zone that is nearest to a name or a city, or several with `or` between them; "": none is near."""
    near = nearest(word, _zones() if "/" in word else [city for city in _zones() if "/" not in city])
    return " or ".join(_zones().get(near, ()))


# ── looking for one


def zones_like(typed: str) -> tuple[Option, ...]:
    """The zones that somebody may mean who has typed so much, the likeliest first; nothing typed: a few common ones."""
    asked = _plain(typed)
    if not asked:
        return tuple(map(_option, COMMON))
    ranked = sorted((rank, _city(name), name) for name in _offered() if (rank := _rank(asked, name)) is not None)
    found = [name for _, _, name in ranked] or _close_to(asked)
    return tuple(map(_option, found[:MOST]))


def _option(name: str) -> Option:
    return Option(value=name, label=name.replace("_", " "))


@cache
def _offered() -> tuple[str, ...]:
    """All names but those of Etc/, whose signs mislead."""
    return tuple(sorted({name for names in _zones().values() for name in names if not name.startswith(_MISLEADING)}))


@cache
def _plain(name: str) -> str:
    """Small letters without accents, one blank between words."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("_", " "))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _city(name: str) -> str:
    return _plain(name).rpartition("/")[2]


def _rank(asked: str, name: str) -> int | None:
    """How likely the name is meant, 0 the most; None: it is not."""
    whole = _plain(name)
    city = _city(name)
    if asked in (whole, city):
        return 0
    if city.startswith(asked):
        return 1
    if whole.startswith(asked):
        return 2
    if re.search(rf"\b{re.escape(asked)}", whole):
        return 3
    return 4 if asked in whole else None


def _close_to(asked: str) -> list[str]:
    """Names that are spelled nearly so, the nearest first."""
    ends = {name: _plain(name) if "/" in asked else _city(name) for name in _offered()}
    found = process.extract(asked[:100], ends, scorer=OSA.normalized_similarity, score_cutoff=_NEAR, limit=MOST)
    return [name for _, _, name in sorted(found, key=lambda each: (-each[1], each[2]))]
