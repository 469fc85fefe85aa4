"""States, days and acts as texts name them."""

from __future__ import annotations

import pytest

from bot.topics.days import days_in, weekdays_in
from bot.topics.events import event_of
from bot.topics.names import Names
from bot.topics.states import all_states, states_in
from bot.topics.text import normalise


def named(text: str) -> list[str]:
    return [mention.name for mention in states_in(normalise(text))]


def test_all_members_of_the_un_and_three_more_are_known() -> None:
    assert len(all_states()) == len(set(all_states())) == 193 + 3


@pytest.mark.parametrize("state", all_states())
def test_a_state_is_known_by_its_own_name(state: str) -> None:
    assert named(f"{state} signs") == [state]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        pytest.param("Sri Lanka and Viet Nam", ["Sri Lanka", "Viet Nam"], id="English"),
        pytest.param("la Russie et le Brésil", ["Russian Federation", "Brazil"], id="French"),
        pytest.param("España y EE.UU.", ["Spain", "United States"], id="Spanish"),
        pytest.param("Österreich und die Vereinigten Staaten", ["Austria", "United States"], id="German"),
        pytest.param("США и Республика Корея", ["United States", "Republic of Korea"], id="Russian"),
        pytest.param("Россией подписано в Китае", ["Russian Federation", "China"], id="Russian endings"),
        pytest.param("中国和越南签署", ["China", "Viet Nam"], id="Chinese"),
        pytest.param("وقعت قطر والمملكة المتحدة", ["Qatar", "United Kingdom"], id="Arabic"),
        pytest.param("الوفد القطري والروسي", ["Qatar", "Russian Federation"], id="Arabic adjectives"),
        pytest.param("África do Sul e Moçambique", ["South Africa", "Mozambique"], id="Portuguese"),
        pytest.param("Giappone e Germania", ["Japan", "Germany"], id="Italian"),
        pytest.param("Amerika Serikat dan Tiongkok", ["United States", "China"], id="Indonesian"),
        pytest.param("இலங்கையின் கையெழுத்து", ["Sri Lanka"], id="Tamil"),
        pytest.param("Қазақстан мен Ресей", ["Kazakhstan", "Russian Federation"], id="Kazakh"),
        pytest.param("Guinea-Bissau", ["Guinea-Bissau"], id="the longest name"),
        pytest.param("Niger, Nigeria, Nigerian", ["Niger", "Nigeria", "Nigeria"], id="names alike"),
        pytest.param("South Sudan and Sudan", ["South Sudan", "Sudan"], id="a name within a name"),
        pytest.param("DR Congo and Congo", ["Democratic Republic of the Congo", "Congo"], id="the two Congos"),
        pytest.param("let us go; the US went", ["United States"], id="capitals"),
        pytest.param("a Comissão Europeia e a UE", ["European Union", "European Union"], id="the Union"),
        pytest.param("eu fui; il a eu", [], id="what the Union is not"),
        pytest.param("jamais, individuel, indique", [], id="words that begin like a state"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_states_are_found_in_many_languages(text: str, states: list[str]) -> None:
    assert named(text) == states


def test_a_mention_leads_back_to_the_text_as_given() -> None:
    text = normalise("Vor Ort: Österreich!")
    [mention] = states_in(text)
    first, last = text.span(mention.start, mention.end)
    assert text.text[first:last] == "Österreich"


def test_of_two_lines_with_one_form_the_first_counts() -> None:
    names = Names("one: alpha\ntwo: alpha, beta gam*")
    assert [mention.name for mention in names.find(normalise("alpha, beta, beta gamma"))] == ["one", "two"]


@pytest.mark.parametrize(
    "text",
    ["on October 13th", "13 October 2025", "le 13 octobre", "el 13 de octubre", "am 13. Oktober", "13 октября", "10月13日",
     "13 de outubro", "13 أكتوبر", "Oct. 13, 2025"],
)  # fmt: skip
def test_a_day_is_the_same_day_in_every_language(text: str) -> None:
    assert days_in(normalise(text)) == frozenset({9 * 31 + 13})


def test_a_month_without_a_day_is_no_day() -> None:
    assert days_in(normalise("in October 2025 72 states")) == frozenset()


@pytest.mark.parametrize(
    "text", ["on Friday", "am Freitag", "vendredi", "el viernes", "в пятницу", "星期五", "يوم الجمعة"]
)
def test_a_weekday_is_the_same_in_every_language(text: str) -> None:
    assert weekdays_in(normalise(text)) == frozenset({4})


@pytest.mark.parametrize(
    ("title", "act", "actors"),
    [
        pytest.param(
            "Ghana signs UN cybercrime treaty in Hanoi, Viet Nam", "sign", {"Ghana"}, id="a place is no actor"
        ),
        pytest.param("Ghana to sign UN cybercrime treaty", "plan", {"Ghana"}, id="before the act"),
        pytest.param("Council authorises EU to sign", "plan", {"European Union"}, id="who is authorised"),
        pytest.param("Ghana's parliament approves treaty", "ratify", {"Ghana"}, id="a parliament approves"),
        pytest.param("Ghana approves signature of treaty", "plan", {"Ghana"}, id="leave to sign"),
        pytest.param("UN General Assembly adopts treaty", "adopt", {"United Nations"}, id="the Assembly"),
        pytest.param("وقعت قطر على الاتفاقية", "sign", {"Qatar"}, id="the verb first"),
        pytest.param("Training after signing by Ghana", "", {"Ghana"}, id="an act that is over"),
        pytest.param("Treaty signed by Chile and Peru", "sign", {"Chile", "Peru"}, id="the passive"),
        pytest.param("Viet Nam calls on states to sign", "call", {"Viet Nam"}, id="the first act counts"),
        pytest.param("The weather", "", set(), id="nothing"),
    ],
)
def test_a_title_tells_who_did_what(title: str, act: str, actors: set[str]) -> None:
    event = event_of(normalise(title), normalise(""))
    assert (event.act, set(event.actors)) == (act, actors)


def test_the_opening_names_the_actor_that_the_title_leaves_out() -> None:
    event = event_of(normalise("La Comisión firma el convenio"), normalise("La Comisión Europea ha firmado hoy."))
    assert (event.act, event.actors, event.titled) == ("sign", frozenset({"European Union"}), True)
