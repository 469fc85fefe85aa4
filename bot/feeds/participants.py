"""Which state the depositary means by a name: "Iran (Islamic Republic of)" is Iran, "Türkiye" and "Turkey" are one.

Unlike bot/topics/states.py this guesses nothing: a name that is on no list is no state. Otherwise a damaged byte would
make a new one.
"""

from __future__ import annotations

from bot.topics.states import EU, all_states
from bot.topics.text import normalise

# Joined by treaties of the United Nations without being its members.
NOT_MEMBERS = ("Cook Islands", "Niue")
ORGANISATIONS = frozenset({EU})  # regional economic integration organisations, article 64

# What else a state is or was called in the depositary's records, beside the short name of bot/topics/states.py.
_CALLED = """
Bosnia and Herzegovina: Bosnia-Herzegovina
Brunei: Brunei Darussalam
Cabo Verde: Cape Verde
Côte d'Ivoire: Ivory Coast
Czechia: Czech Republic
Democratic People's Republic of Korea: North Korea
Eswatini: Swaziland
European Union: European Community
Lao People's Democratic Republic: Laos
Libya: Libyan Arab Jamahiriya
Micronesia: Micronesia (Federated States of)
Myanmar: Burma
Nauru: Naoero
North Macedonia: Macedonia; The former Yugoslav Republic of Macedonia
Republic of Korea: South Korea
Russian Federation: Russia
Saint Kitts and Nevis: St. Kitts and Nevis
Saint Lucia: St. Lucia
Saint Vincent and the Grenadines: St. Vincent and the Grenadines
Syrian Arab Republic: Syria
Timor-Leste: East Timor
Türkiye: Turkey
United Kingdom: United Kingdom of Great Britain and Northern Ireland
United Republic of Tanzania: Tanzania
United States: United States of America
Viet Nam: Vietnam
"""
# Words of a state's form, which come and go, before its name or in brackets behind it.
_FORM = frozenset({"the", "of", "republic", "kingdom", "state", "islamic", "plurinational", "bolivarian", "federal"})


def state_called(name: str) -> str | None:
    """The short English name of the state or organisation that the depositary calls so; None if there is none."""
    return _STATES.get(_key(name))


def _key(name: str) -> frozenset[str]:
    """Its telling words, whatever their order."""
    return frozenset(normalise(name).words.split()) - _FORM


def _known() -> dict[frozenset[str], str]:
    known = {_key(state): state for state in (*all_states(), *NOT_MEMBERS)}
    for line in _CALLED.strip().splitlines():
        state, _, names = line.partition(": ")
        known |= {_key(name): state for name in names.split("; ")}
    return known


_STATES = _known()
