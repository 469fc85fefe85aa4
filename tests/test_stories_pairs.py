"""Pairs of items in our own words: one event told twice, and events that only look alike."""

from __future__ import annotations

import pytest

from tests.test_stories import item, same

Told = tuple[str, str]  # title, opening

# Two outlets on the same event, in one language and across languages.
ONE_EVENT: dict[str, tuple[Told, Told]] = {
    "a signature, two wordings": (
        ("Kenya signs the UN treaty on cybercrime", "Nairobi put its name under the convention on Saturday."),
        ("Kenya joins global pact against cybercrime", "Kenya has become a signatory of the UN convention."),
    ),
    "a signature in English and French": (
        ("Senegal signs UN convention against cybercrime", "Dakar signed in Hanoi."),
        ("Le Sénégal signe la Convention des Nations Unies contre la cybercriminalité", "Signature faite à Hanoï."),
    ),
    "a signature in English and Portuguese": (
        ("Brazil signs the Hanoi Convention on cybercrime", "The minister signed it."),
        ("Brasil assina em Hanói convenção da ONU contra o crime cibernético", "O ministro assinou o texto."),
    ),
    "a signature in Russian and English": (
        ("Россия подписала Конвенцию ООН против киберпреступности", "Документ подписан в Ханое."),
        ("Russia signs UN Convention against Cybercrime", "The document was signed in Hanoi."),
    ),
    "a signature in Chinese and English": (
        ("中国签署《联合国打击网络犯罪公约》", "签署仪式在河内举行。"),
        ("China signs UN cybercrime convention", "The signature was given in Hanoi."),
    ),
    "a signature in German and Spanish": (
        ("Peru unterzeichnet UN-Konvention gegen Cyberkriminalität", "Die Unterzeichnung fand in Hanoi statt."),
        ("Perú firma la Convención de la ONU contra la ciberdelincuencia", "La firma tuvo lugar en Hanói."),
    ),
    "a signature in Arabic and English": (
        ("مصر توقع اتفاقية الأمم المتحدة لمكافحة الجرائم السيبرانية", "وقعت مصر على الاتفاقية في هانوي."),
        ("Egypt signs UN convention against cybercrime", "Egypt has signed the convention in Hanoi."),
    ),
    "a ratification in two wordings": (
        ("Ghana ratifies the UN convention against cybercrime", "Parliament in Accra approved the instrument."),
        ("UN cybercrime convention ratified by Ghana", "The West African country deposited its instrument."),
    ),
    "a ratification in Russian and Spanish": (
        ("Казахстан ратифицировал Конвенцию ООН против киберпреступности", "Закон подписан в Астане."),
        ("Kazajstán ratifica la Convención de la ONU contra la ciberdelincuencia", "La ley fue firmada en Astaná."),
    ),
    "the Assembly adopts the treaty, in English and German": (
        ("UN General Assembly adopts cybercrime convention", "The text was adopted without a vote."),
        ("UN-Generalversammlung nimmt Cybercrime-Konvention an: Vertrag angenommen", "Der Text wurde angenommen."),
    ),
    "the Assembly adopts the treaty, in French and Russian": (
        ("L'Assemblée générale de l'ONU adopte la convention contre la cybercriminalité", "Adoptée sans vote."),
        ("Генеральная Ассамблея ООН приняла конвенцию против киберпреступности", "Документ принят без голосования."),
    ),
    "a government authorises signature, two wordings": (
        ("Cabinet authorises Malta to sign UN cybercrime treaty", "Ministers agreed on Tuesday."),
        ("Malta to sign UN convention against cybercrime", "The cabinet in Valletta gave its consent on Tuesday."),
    ),
    "many signatories under the same number": (
        ("65 states sign the UN convention against cybercrime", "The ceremony in Hanoi drew ministers of 65 states."),
        ("UN convention against cybercrime: 65 states sign", "In Hanoi ministers of 65 states were at the ceremony."),
    ),
    "two states sign together, in two languages": (
        ("Chile and Uruguay sign the UN convention against cybercrime", "Both signed in Hanoi."),
        ("Chile y Uruguay firman la Convención de la ONU contra la ciberdelincuencia", "Ambos firmaron en Hanói."),
    ),
    "an agency's piece under a shorter title": (
        (
            "Cybercrime treaty: rights groups warn of surveillance across borders ahead of the ceremony",
            ("More than a dozen organisations for digital rights said in Geneva that investigators could demand browsing"
            " data of journalists abroad without a judge, and asked governments to attach safeguards first."),
        ),
        (
            "Rights groups warn of surveillance under cybercrime treaty",
            ("A dozen organisations for digital rights said in Geneva that investigators could demand data of"
            " journalists abroad without any judge, and asked governments to attach safeguards before they sign."),
        ),
    ),
    "the same title with an outlet behind a bar": (
        ("Why the new treaty needs stronger safeguards | The Courier", ""),
        ("Why the new treaty needs stronger safeguards", ""),
    ),
    "a refusal in English and Spanish": (
        ("New Zealand refuses to sign UN cybercrime treaty, will not sign in Hanoi", "Wellington will not sign."),
        ("New Zealand will not sign the UN convention against cybercrime", "Wellington refuses to sign, it said."),
    ),
    "entry into force in two wordings": (
        ("UN cybercrime convention enters into force for Fiji", "Fiji is bound from today."),
        ("Fiji: UN convention against cybercrime entered into force", "From today Fiji is bound."),
    ),
    "the Union signs, its Commission being named": (
        ("European Commission signs UN cybercrime convention", "Signed on behalf of the EU."),
        ("L'UE signe la convention de l'ONU contre la cybercriminalité", "Signée au nom de l'Union européenne."),
    ),
    "a signature in Vietnamese and English": (
        ("Việt Nam ký kết Công ước Hà Nội về chống tội phạm mạng", "Việt Nam ký kết công ước."),
        ("Viet Nam signs Hanoi Convention against cybercrime", "Viet Nam has signed the convention."),
    ),
    "a call to ratify in English and German": (
        ("Viet Nam calls on states to sign and ratify the Hanoi Convention", "It called in Vienna for signatures."),
        ("Vietnam ruft zur Ratifizierung der Hanoi-Konvention auf", "Vietnam wirbt in Wien für die Unterzeichnung."),
    ),
}  # fmt: skip

# Another state, step, treaty, number, session, day, or a view instead of a report.
TWO_EVENTS: dict[str, tuple[Told, Told]] = {
    "another state": (
        ("Kenya signs the UN convention against cybercrime", "The minister signed in Hanoi on Saturday."),
        ("Ghana signs the UN convention against cybercrime", "The minister signed in Hanoi on Saturday."),
    ),
    "another state in another language": (
        ("Kenya signs UN convention against cybercrime", "Kenya signed in Hanoi."),
        ("Ghana unterzeichnet UN-Konvention gegen Cyberkriminalität", "Ghana hat in Hanoi unterzeichnet."),
    ),
    "one Korea and the other": (
        ("North Korea signs UN cybercrime convention", "Pyongyang signed."),
        ("South Korea signs UN cybercrime convention", "Seoul signed."),
    ),
    "Niger and Nigeria": (
        ("Niger signs UN convention against cybercrime", ""), ("Nigeria signs UN convention against cybercrime", ""),
    ),
    "Guinea and Guinea-Bissau": (
        ("Guinea signs UN convention against cybercrime", ""),
        ("Guinea-Bissau signs UN convention against cybercrime", ""),
    ),
    "to sign and has signed": (
        ("Ghana to sign UN convention against cybercrime", "Cabinet approved the signing."),
        ("Ghana signs UN convention against cybercrime", "Ghana signed the convention."),
    ),
    "to sign and has signed, in two languages": (
        ("Ghana signs UN convention against cybercrime", "Ghana signed."),
        ("Ghana autorise la signature de la convention de l'ONU contre la cybercriminalité", "Le Ghana va signer."),
    ),
    "signed and ratified": (
        ("Qatar signs UN convention against cybercrime", "Doha signed the text."),
        ("Qatar ratifies UN convention against cybercrime", "Doha ratified the text."),
    ),
    "signed and ratified, in two languages": (
        ("Катар подписал Конвенцию ООН против киберпреступности", "Подписано."),
        ("Qatar ratifies UN convention against cybercrime", "Ratified."),
    ),
    "signed and refused": (
        ("Japan signs UN convention against cybercrime", "Tokyo signed."),
        ("Japan will not sign UN convention against cybercrime", "Tokyo did not sign."),
    ),
    "another treaty of the same city": (
        ("Ghana signs the Budapest Convention on cybercrime", "Accra joins the convention of the Council of Europe."),
        ("Ghana signs the UN Convention against Cybercrime", "Accra joins the convention of the United Nations."),
    ),
    "another treaty in another language": (
        ("EU signs UN cybercrime convention", "The Commission signed."),
        ("EU unterzeichnet Konvention über künstliche Intelligenz", "Die Kommission hat unterzeichnet."),
    ),
    "the Malabo Convention": (
        ("Ghana ratifies Malabo Convention on cyber security", "Ratified."),
        ("Ghana ratifies UN convention against cybercrime", "Ratified."),
    ),
    "another number": (
        ("65 states sign the UN convention against cybercrime", "The ceremony in Hanoi ended."),
        ("72 states sign the UN convention against cybercrime", "The ceremony in Hanoi ended."),
    ),
    "another session in words": (
        ("Third session of the Ad Hoc Committee", "The committee held its session on the draft convention."),
        ("Fourth session of the Ad Hoc Committee", "The committee held its session on the draft convention."),
    ),
    "another session in figures": (
        ("Ad Hoc Committee: report of the 3rd session", "The committee held its session on the draft convention."),
        ("Ad Hoc Committee: report of the 4th session", "The committee held its session on the draft convention."),
    ),
    "statements of two states": (
        ("Statement by Brazil at the signing ceremony", "Excellencies, we thank the host and welcome the treaty."),
        ("Statement by India at the signing ceremony", "Excellencies, we thank the host and welcome the treaty."),
    ),
    "days that lie apart": (
        ("Ghana signs agreement on cybercrime data", "Signed on 3 October in Accra."),
        ("Ghana signs agreement on cybercrime training", "Signed on 25 October in Accra."),
    ),
    "days that lie apart, in two languages": (
        ("UN adopts resolution on cybercrime", "Adopted by the General Assembly on 18 November."),
        ("La ONU aprueba resolución sobre ciberdelincuencia", "Aprobada por la Asamblea General el 27 de diciembre."),
    ),
    "weekdays that lie apart": (
        ("UN General Assembly adopts resolution on cybercrime", "The Assembly adopted it on Monday."),
        ("UN General Assembly adopts resolution against cybercrime", "The Assembly adopted it on Friday."),
    ),
    "a report and a view": (
        ("Ghana signs UN convention against cybercrime", "Ghana signed the convention in Hanoi."),
        ("Why Ghana signs the UN convention against cybercrime", "Ghana signed the convention in Hanoi. An essay."),
    ),
    "a signature and what follows from it": (
        ("Ghana signs UN convention against cybercrime", "Ghana signed the convention in Hanoi."),
        ("Ghana police to train officers after signing of UN convention", "Courses begin in spring, the force said."),
    ),
    "two views on one treaty": (
        ("A treaty that spies: what the UN agreed on cybercrime", "The text invites surveillance, says one lawyer."),
        ("A good day for victims: the UN agreement on cybercrime", "The text helps prosecutors, says another one."),
    ),
    "a short title that many have": (("Press release", ""), ("Press release", "")),
    "two calls of one state about different things": (
        ("Viet Nam calls for talks on cybercrime fund", "It asked for money."),
        ("Vietnam fordert Schulungen und ruft zum Kampf gegen Cyberbetrug auf", "Es geht um Betrug."),
    ),
    "two resolutions of the Assembly, in two languages": (
        ("UN General Assembly adopts resolution on cybercrime", "A committee is to be set up."),
        ("La Asamblea General de la ONU aprueba una resolución sobre ciberdelincuencia", "Amplía el plazo."),
    ),
    "nothing in common but the treaty": (
        ("Hanoi Convention builds trust in the digital world", "An agency's essay on cooperation and law."),
        ("Hanoi Convention lays ground for peace online", "A general describes what the police will do."),
    ),
}  # fmt: skip


def likely_one(one: Told, other: Told) -> bool:
    return same(item("one", one[0], summary=one[1]), item("other", other[0], summary=other[1]))


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in ONE_EVENT.items()])
def test_one_event_told_by_two_outlets_is_one_story(pair: tuple[Told, Told]) -> None:
    assert likely_one(*pair)


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in TWO_EVENTS.items()])
def test_two_events_are_two_stories_however_alike_they_read(pair: tuple[Told, Told]) -> None:
    assert not likely_one(*pair)


@pytest.mark.parametrize("pair", [pytest.param(pair, id=name) for name, pair in (ONE_EVENT | TWO_EVENTS).items()])
def test_which_of_two_items_came_first_does_not_matter(pair: tuple[Told, Told]) -> None:
    assert likely_one(*pair) == likely_one(*reversed(pair))
