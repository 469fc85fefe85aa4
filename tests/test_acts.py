"""Which act of which state a sentence tells, and which only seem to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Item
from bot.topics.acts import act_of

SEEN = datetime(2026, 11, 21, tzinfo=UTC)


def item(title: str = "", summary: str = "", content: str = "") -> Item:
    return Item(feed="f", key="k", link="", title=title, summary=summary, content=content, seen=SEEN)


# kind | state | sentence, in our own words.
ACTS = """
signature | Qatar | Qatar signs UN Convention against Cybercrime in Hanoi
signature | Sri Lanka | Sri Lanka signed the UN cybercrime treaty on Saturday.
signature | European Union | EU signs UN Convention on Cybercrime
signature | European Union | The European Commission has signed the convention on behalf of its members.
signature | France | France and Spain sign the UN cybercrime treaty
signature | Brazil | Brazil, China and 63 other states signed the convention in Hanoi.
signature | Philippines | The convention was signed by the Philippines in October.
signature | United Kingdom | The UK's home secretary signed the treaty in Hanoi, Vietnam.
signature | United States | After months of doubt the U.S. signed the cybercrime treaty.
signature | Canada | In New York, Canada quietly signed the pact.
ratification | Ghana | Ghana ratifies the UN Convention against Cybercrime
ratification | Qatar | Qatar deposited its instrument of ratification of the convention on Monday.
ratification | Azerbaijan | Azerbaijan becomes the first: it ratified the cybercrime convention
ratification | Viet Nam | Viet Nam has ratified the Hanoi Convention.
accession | Tonga | Tonga acceded to the United Nations convention
accession | Monaco | Monaco deposited its instrument of accession to the convention.
acceptance | Japan | Japan deposited its instrument of acceptance of the convention.
approval | Denmark | Denmark deposits instrument of approval of UN cybercrime convention
reservation | Azerbaijan | Azerbaijan made a reservation to article 63 of the convention.
declaration | Singapore | Singapore made a declaration under article 24 of the convention.
withdrawal | Nauru | Nauru withdrew its signature from the convention.
parliament-approval | Azerbaijan | Azerbaijan's parliament ratifies UN cybercrime convention
parliament-approval | Azerbaijan | The Azerbaijani Parliament has adopted the bill approving the convention.
parliament-approval | Philippines | The Philippine Senate approved the convention on Tuesday.
parliament-approval | Nigeria | Nigeria: National Assembly passes cybercrime convention
government-approval | Jamaica | Jamaica's cabinet approves the UN convention against cybercrime
adoption | United Nations | UN General Assembly adopts cybercrime treaty
adoption | United Nations | The General Assembly adopted the convention without a vote.
adoption | United Nations | UN committee approves first treaty on cybercrime
statement | Canada | Canada's statement on the UN Convention against Cybercrime
signature | Morocco | Le Maroc signe à Hanoï la convention de l'ONU contre la cybercriminalité
signature | Algeria | L'Algérie a signé la convention de Hanoï.
signature | France | La convention a été signée par la France et la Belgique.
ratification | Senegal | Le Sénégal ratifie la convention contre la cybercriminalité
parliament-approval | France | En France, le Parlement français a approuvé la convention de l'ONU.
adoption | United Nations | L'Assemblée générale de l'ONU adopte la convention contre la cybercriminalité
signature | Spain | España firma en Hanói el tratado de la ONU contra el cibercrimen
signature | Peru | El Perú firmó la convención contra la ciberdelincuencia.
signature | Chile | La convención fue firmada por Chile en octubre.
ratification | Ecuador | Ecuador ratificó la convención de Hanói.
accession | Cuba | Cuba se adhirió a la convención de Naciones Unidas.
parliament-approval | Uruguay | El Senado de Uruguay aprobó la convención de la ONU.
adoption | United Nations | La Asamblea General aprobó la convención contra el cibercrimen
signature | Brazil | Brasil e mais 64 países assinam convenção da ONU contra crimes cibernéticos
signature | Portugal | Portugal assinou a Convenção de Hanói.
ratification | Brazil | O Brasil ratificou a convenção da ONU.
parliament-approval | Brazil | Senado aprova adesão do Brasil à convenção da ONU
signature | Austria | Österreich unterzeichnet UN-Konvention gegen Cyberkriminalität
signature | Germany | Deutschland hat das Übereinkommen der Vereinten Nationen unterzeichnet.
ratification | Switzerland | Die Schweiz ratifiziert das UN-Übereinkommen gegen Cyberkriminalität
accession | Liechtenstein | Liechtenstein ist dem Übereinkommen beigetreten.
parliament-approval | Germany | Der Bundestag hat das Abkommen der UN verabschiedet.
adoption | United Nations | UN-Generalversammlung verabschiedet Konvention gegen Cyberkriminalität
signature | Russian Federation | Россия подписала Ханойскую конвенцию
signature | Russian Federation | Гуцан от имени России подписал Конвенцию ООН против киберпреступности
signature | Belarus | Конвенцию подписала Беларусь.
ratification | Uzbekistan | Узбекистан ратифицировал Конвенцию ООН против киберпреступности
accession | Kazakhstan | Казахстан присоединился к конвенции ООН
parliament-approval | Russian Federation | Госдума ратифицировала конвенцию ООН против киберпреступности
adoption | United Nations | Генассамблея ООН приняла конвенцию по борьбе с киберпреступностью
signature | China | 中国签署联合国打击网络犯罪公约
signature | Viet Nam | 越南在河内签署《联合国打击网络犯罪公约》
ratification | Qatar | 卡塔尔批准《联合国打击网络犯罪公约》
adoption | United Nations | 联合国大会通过打击网络犯罪公约
parliament-approval | China | 中国全国人大常委会批准打击网络犯罪公约
signature | Egypt | مصر توقع على اتفاقية الأمم المتحدة لمكافحة الجريمة السيبرانية
signature | Egypt | وقعت مصر على اتفاقية الأمم المتحدة لمكافحة الجريمة السيبرانية
signature | Saudi Arabia | وقعت المملكة العربية السعودية اتفاقية الأمم المتحدة لمكافحة الجريمة السيبرانية
ratification | Algeria | الجزائر تصادق على معاهدة هانوي
accession | Qatar | قطر تنضم إلى اتفاقية الأمم المتحدة لمكافحة الجرائم الإلكترونية
adoption | United Nations | الجمعية العامة للأمم المتحدة تعتمد معاهدة لمكافحة الجرائم السيبرانية
""".strip().splitlines()

NO_ACTS = """
72 states ratify UN Convention against Cybercrime in Hanoi
More than 60 countries signed the UN cybercrime treaty in Viet Nam.
United States refuses to sign UN cybercrime treaty
The United States did not sign the convention.
The US has not ratified the treaty.
Canada must not sign the draft UN convention
Canada will sign the UN cybercrime convention next month.
Viet Nam urges countries to sign and ratify the Hanoi Convention
Civil society urged Germany to ratify the convention.
EU authorised to sign UN Convention on Cybercrime
Should India sign the UN cybercrime convention?
Japan may sign the convention in 2026.
Guterres praised Viet Nam as 65 countries signed the convention.
Why New Zealand has yet to sign the treaty
The Russian-led treaty was signed in Hanoi.
Qatar hosts talks on cybercrime
Nigeria signed the Budapest Convention on Cybercrime.
Brazil ratified the UN Convention against Corruption: what the Budapest Convention adds
The treaty enters into force once Fiji ratifies it.
Signing ceremony of the convention in Hanoi, Viet Nam
Vietnam to host signing of the UN cybercrime treaty
Italy's parliament will vote on the convention.
Signs of trouble for the UN treaty in Kenya
Le Canada n'a pas signé la convention de l'ONU
La France va signer la convention de l'ONU
Les ONG appellent la Belgique à ne pas signer le traité
México no firmó la convención de la ONU
La firma de la convención en Hanói, Vietnam
España firmará el tratado de la ONU
O Brasil não assinou a convenção da ONU
Deutschland hat die Konvention nicht unterzeichnet.
Deutschland will das UN-Abkommen unterzeichnen.
Österreich soll die Konvention nicht ratifizieren
США не подписали конвенцию ООН
Казахстан подпишет конвенцию ООН
Узбекистан присоединится к Конвенции ООН против киберпреступности
美国未签署联合国打击网络犯罪公约
日本拒绝签署打击网络犯罪公约
《联合国打击网络犯罪公约》签署仪式在越南河内举行
越南呼吁各国尽快签署公约
الولايات المتحدة لم توقع على اتفاقية الأمم المتحدة
من المقرر أن توقع مصر على الاتفاقية
Prensa argentina destaca firma en Hanoi de la Convención de la ONU
К чему присоединяется Казахстан: конвенция ООН
Un traité historique contre la cybercriminalité adopté
UN General Assembly passes resolution on a cybercrime treaty
65 دولة توقع معاهدة الأمم المتحدة في هانوي
""".strip().splitlines()


@pytest.mark.parametrize("line", ACTS)
def test_a_sentence_tells_its_act(line: str) -> None:
    kind, state, sentence = line.split(" | ")
    act = act_of(item(sentence))
    assert act is not None
    assert (act.kind, act.state, act.sentence) == (kind, state, sentence)


@pytest.mark.parametrize("sentence", NO_ACTS)
def test_what_is_not_done_or_names_no_state_is_no_act(sentence: str) -> None:
    assert act_of(item(sentence)) is None


def test_an_act_quotes_its_sentence_where_it_stands() -> None:
    it = item("A week in Hanoi", "It rained.  Qatar signed the convention. It rained again.")
    act = act_of(it)
    assert act is not None
    assert (act.field, act.sentence) == ("summary", "Qatar signed the convention.")
    assert it.summary[act.start : act.end] == act.sentence


def test_verb_and_state_in_two_sentences_make_no_act() -> None:
    assert act_of(item("", "Qatar sent its minister. The convention was signed.")) is None


def test_what_is_done_goes_before_what_is_said() -> None:
    act = act_of(item("Canada's statement on the convention", "Canada signed the convention."))
    assert act is not None
    assert act.kind == "signature"


def test_an_item_about_nothing_of_ours_tells_no_act() -> None:
    assert act_of(item("Qatar signs UN convention"), []) is None


def test_what_stands_under_an_article_tells_no_act() -> None:
    text = "The talks go on. " * 20 + "\nRelated articles\nQatar signed the convention."
    assert act_of(item("", "", text)) is None


PIECES = [
    "Qatar ",
    "signed ",
    "the convention",
    ". ",
    "签署",
    "公约",
    "卡塔尔",
    "وقعت ",
    "قطر ",
    "\n",
    "not ",
    "<b>",
    "&amp;",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_text_has_an_act_that_quotes_it_or_none(text: str) -> None:
    it = item("", text)
    act = act_of(it)
    assert act is None or it.summary[act.start : act.end] == act.sentence
