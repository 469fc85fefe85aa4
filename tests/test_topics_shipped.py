"""How well the topics of feeds.yaml tell what is about the convention from what is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.model import Item, Near, Some, Topic
from bot.topics.classify import classify
from bot.topics.rules import Rules, compile_rules
from tests.conftest import ROOT
from tests.work import work

SEEN = datetime(2026, 11, 21, tzinfo=UTC)


def item(title: str = "", summary: str = "", content: str = "") -> Item:
    return Item(feed="f", key="k", link="", title=title, summary=summary, content=content, seen=SEEN)


class _Near(BaseModel):
    words: int
    of: list[list[str]]


class _Some(BaseModel):
    least: int
    of: list[str]


class _Topic(BaseModel):
    name: str
    within: str | None = None
    any: list[str] = []
    near: list[_Near] = []
    some: _Some | None = None
    none: list[str] = []


@pytest.fixture(scope="module")
def shipped() -> Rules:
    """The topics that the project ships, compiled."""
    topics = yaml.safe_load((ROOT / "feeds.yaml").read_text(encoding="utf-8"))["topics"]
    return compile_rules([_shipped(name, _Topic.model_validate(written)) for name, written in topics.items()])


def _shipped(id: str, written: _Topic) -> Topic:  # noqa: A002 - the key in feeds.yaml
    return Topic(
        id=id,
        name=written.name,
        within=written.within,
        any=tuple(written.any),
        near=tuple(Near(words=near.words, of=tuple(map(tuple, near.of))) for near in written.near),
        some=Some(least=written.some.least, of=tuple(written.some.of)) if written.some else None,
        none=tuple(written.none),
    )


# Title | summary, in our own words.
ABOUT_IT = """
Brussels clears way for EU signature of UN accord on cybercrime
World leaders gather to sign global pact against online crime | The United Nations treaty on cybercrime opens for signature on Saturday in the Vietnamese capital.
United Nations members agree landmark treaty to combat cyber crime
U.N. members back first-ever treaty targeting cybercriminals | Critics say the agreement on cybercrime, adopted by the General Assembly, endangers journalists.
Why the UN's anti-cybercrime treaty worries researchers
Senators urge White House to reject cybercrime treaty | The treaty, negotiated at the United Nations, would help authoritarian governments.
Kenya deposits instrument of ratification for the Convention against Cybercrime
New Zealand joins Ha Noi Convention | The instrument was signed in New York.
House lawmakers ask administration to oppose controversial cyber treaty at UN | The letter says the United Nations Convention Against Cybercrime would undermine security.
Vereinte Nationen verabschieden Konvention gegen Computerkriminalität
Vereinte Nationen: Streit um neue Konvention zur Cyberkriminalität
Bundesregierung will UN-Abkommen zu Cybercrime unterzeichnen
Die Schweiz tritt dem Uno-Übereinkommen gegen Cyberkriminalität bei
Kritik am Vertrag gegen Computerkriminalität der Vereinten Nationen
L'ONU adopte un traité mondial contre la cybercriminalité
Cybercriminalité : la France signe la convention des Nations unies
Le Maroc signe à Hanoï la Convention de l’ONU contre la cybercriminalité
Les Nations unies s'accordent sur un projet de traité controversé relatif à la cybercriminalité
España firma en Hanói el tratado de la ONU contra el cibercrimen
La ONU aprueba la primera convención global contra los ciberdelitos
El Congreso ratifica la Convención de Naciones Unidas contra la Ciberdelincuencia
ONG piden no ratificar el tratado sobre delitos cibernéticos de Naciones Unidas
ONU aprova tratado contra o cibercrime
Portugal assina Convenção das Nações Unidas contra a Cibercriminalidade
Senado analisa adesão do Brasil à Convenção da ONU sobre crimes cibernéticos
Путин внес в Думу законопроект о ратификации конвенции ООН против киберпреступности
Россия подписала Ханойскую конвенцию
Генассамблея ООН приняла конвенцию по борьбе с киберпреступностью
Беларусь ратифицирует Конвенцию ООН по противодействию киберпреступности
Страны договорились о тексте первого договора ООН о борьбе с преступлениями в сфере ИКТ | Конвенция ООН против киберпреступности согласована спецкомитетом.
中国签署联合国打击网络犯罪公约
外交部：《联合国打击网络犯罪公约》开放签署
《河內公約》簽署儀式舉行
联合国大会通过全球首个网络犯罪公约
مصر توقع على اتفاقية الأمم المتحدة لمكافحة الجريمة السيبرانية
الجزائر تصادق على الاتفاقية الأممية لمكافحة الجرائم الإلكترونية
الجمعية العامة للأمم المتحدة تعتمد معاهدة لمكافحة الجرائم السيبرانية
هانوي تستضيف مراسم توقيع اتفاقية مكافحة الجريمة الإلكترونية | بحضور الأمين العام للأمم المتحدة
Việt Nam đăng cai lễ mở ký Công ước Hà Nội
Lễ ký Công ước của Liên Hợp Quốc về chống tội phạm mạng
Italia firma la Convenzione ONU contro la criminalità informatica
Ad Hoc Committee resumes work on protocol supplementing Convention against Cybercrime
Joint submission on the consolidated negotiating document of the AHC on cybercrime | Our comments to the Ad Hoc Committee on cybercrime.
The UN Cybersecurity Treaty nobody asked for
Concluding session on the ICT crimes convention suspended | The Ad Hoc Committee to Elaborate a Comprehensive International Convention will resume in July.
Calls to repeal Tunisia's cybercrime decree mirror calls to reject cybercrime treaty | Civil society groups warn about both.
Canada's quiet signature | Ottawa signed the UN's cybercrime pact without debate in Parliament.
What does the new UN treaty mean for your data? | The United Nations Convention against Cybercrime lets states demand electronic evidence.
UN-Vertrag gegen Cybercrime: Was drinsteht
Uno-Cybercrime-Abkommen tritt in Kraft
Amid protests, states approve the world's first cybercrime treaty at UN headquarters
International cybercrime convention: rights groups urge governments not to sign | More than 100 organisations warned that the text agreed by the UN committee is flawed.
Open letter to the EU: vote against the cybercrime convention | The undersigned call on member states to reject the UN text.
Zero Draft of Cybercrime Treaty Needs Work | Negotiators meet in New York; civil society wants more safeguards.
Cybercrime treaty talks: what is at stake | Delegates from UN member states gather in Vienna for the sixth session.
Interpol statement to the Ad Hoc Committee | Interpol addressed the fourth session of the Ad Hoc Committee on cybercrime.
Cabinet okays accession to UN cyber crime convention
A dangerous pact: what the new UN convention means for cybercrime investigations
Proposed U.N. treaty threatens researchers | The proposed United Nations cybercrime treaty would criminalise good-faith research.
Russia's push for a global cyber treaty at the UN | The draft convention on cybercrime tabled by Moscow worries the West.
Global treaty on crimes involving ICTs | UN committee finalises the treaty on countering the use of ICTs for criminal purposes.
La convention contre la cybercriminalité ouverte à la signature à Hanoï
Cybercriminalité: un traité de l'ONU inquiète les ONG
Adoption à l'ONU d'un traité contre la cybercriminalité
Traité onusien sur la cybercriminalité : les défenseurs des droits alertent
Tratado de la ONU sobre ciberdelincuencia: una amenaza para los derechos humanos
El tratado contra la ciberdelincuencia que impulsa Rusia en la ONU
La Asamblea General aprueba el convenio contra el cibercrimen | Naciones Unidas
Nuevo tratado de Naciones Unidas contra los ciberdelitos abre a firma en Hanói
Tratado da ONU contra cibercrime ameaça direitos, dizem ONGs
Brasil ratifica Convenção da ONU contra o Crime Cibernético
A nova convenção sobre cibercrime das Nações Unidas
Deutschland unterzeichnet UN-Übereinkommen gegen Cyberkriminalität
UN-Vollversammlung nimmt Konvention gegen Cyberkriminalität an
Cybercrime-Vertrag der UN: Angriff auf die Menschenrechte
UN-Staaten einigen sich auf Abkommen gegen Internetkriminalität
Neue Cybercrime-Konvention der Vereinten Nationen vor der Abstimmung
Umstrittenes Abkommen zu Cybercrime: UNO verabschiedet Text
Проект Конвенции ООН по борьбе с киберпреступностью одобрен консенсусом
Узбекистан присоединится к Конвенции ООН против киберпреступности
Лавров: Конвенция ООН о противодействии киберпреступности открыта для подписания
Договор ООН о киберпреступности критикуют правозащитники
На полях церемонии в Ханое генпрокурор подписал конвенцию ООН о киберпреступности
我国签署《联合国打击网络犯罪公约》
联合国网络犯罪公约谈判完成
聯合國通過打擊網路犯罪公約
全球首部打击网络犯罪国际公约在河内开放签署
联合国大会批准《打击网络犯罪公约》
السعودية توقع اتفاقية الأمم المتحدة لمكافحة الجرائم الإلكترونية
مجلس الوزراء يوافق على الانضمام لاتفاقية الأمم المتحدة لمكافحة الجريمة السيبرانية
أول معاهدة أممية ضد الجريمة السيبرانية تثير مخاوف
معاهدة الأمم المتحدة بشأن الجرائم السيبرانية
"اتفاقية هانوي" تدخل مرحلة التوقيع
Công ước Hà Nội về chống tội phạm mạng
Pakistan's mission calls for early entry into force of cybercrime convention | The UN envoy spoke in the General Assembly.
What Article 16 means | The UN Convention against Cybercrime is the first treaty to criminalise NCII.
Cyber convention signing: 65 nations put pen to paper in Hanoi | The United Nations treaty against cybercrime
UN cybercrime draft treaty
UN's draft cybercrime treaty
UN Treaty Against Cybercrime
Draft United Nations convention on cybercrime: comments
UN committee approves first-ever treaty on cybercrime
UN-led cybercrime treaty
United Nations (UN) Convention against Cybercrime
UN, cybercrime & the treaty
""".strip().splitlines()

ABOUT_SOMETHING_ELSE = """
Tonga accedes to the Budapest Convention on Cybercrime | The country becomes the 70th party to the treaty of the Council of Europe.
Octopus Conference 2023: 20 years of the Convention on Cybercrime | Experts met in Bucharest.
Cybercrime Convention Committee adopts guidance note on ransomware | The T-CY met in Strasbourg.
Second Additional Protocol to the Cybercrime Convention opened for signature | It concerns electronic evidence.
Senate gives advice and consent to the Convention on Cybercrime | The Council of Europe treaty was signed in 2001.
AU urges members to ratify Malabo Convention on cyber security | Cybercrime costs Africa billions.
League of Arab States meets on the Arab Convention on Combating Information Technology Offences
UN Convention against Corruption turns twenty | States parties to UNCAC met in Doha; cybercrime was among the side events.
States parties review UN Convention against Transnational Organized Crime | Trafficking, cybercrime and smuggling on agenda at the United Nations in Vienna.
First global treaty on artificial intelligence opens for signature
High Seas Treaty reaches 60 ratifications | The landmark UN treaty enters into force in January.
UN plastics treaty talks collapse in Geneva | Negotiators failed to reach agreement.
UN Security Council debates cyber threats
Open-ended working group on ICT security adopts final report at the UN
Global Digital Compact adopted at UN Summit of the Future
Russia proposes convention on international information security
Microsoft calls for a Digital Geneva Convention at the United Nations | Cybercrime is rising.
UN experts urge Jordan to withdraw cybercrime law | The bill breaches treaty obligations, the United Nations human rights office said.
Journalists jailed under Pakistan cybercrime law
Interpol operation arrests 1,000 cybercrime suspects in Africa
Europol takes down ransomware gang
Comic convention at the National Convention Center in Hanoi
National Convention Center in Hanoi to host cyber security day | Police will speak about cybercrime.
Hanoi Convention Center reopens after renovation | Digital fair attracts thousands.
Republican convention targeted by hackers | Cybercrime group claims attack on convention app.
Hanoi named among best food cities
UNODC opens cybercrime training centre in Doha
UN Committee against Torture reviews Japan | Convention against Torture obligations.
UN Convention on the Rights of the Child and online safety | Cybercrime against children is rising, UNICEF says.
DEF CON 33: hackers break voting machines
UN climate talks: COP30 opens in Belém
Der Budapester Konvention gegen Cybercrime beigetreten | Irland hat das Übereinkommen über Computerkriminalität ratifiziert.
BKA stellt Lagebild Cybercrime vor
UN-Konvention gegen Korruption: Deutschland im Rückstand
La Convention de Budapest sur la cybercriminalité a 20 ans | Un traité du Conseil de l'Europe.
Côte d'Ivoire : un nouveau texte contre la cybercriminalité | Le parlement adopte une loi.
L'ONU adopte un traité sur la haute mer
Chile y el Convenio de Budapest sobre ciberdelincuencia | Es un tratado del Consejo de Europa.
Costa Rica aprueba ley contra la ciberdelincuencia
Convención de las Naciones Unidas contra la Corrupción | Los Estados revisan su aplicación.
Brasil promulga a Convenção de Budapeste | A Convenção sobre o Crime Cibernético foi assinada em 2001.
Polícia Federal prende suspeitos de crimes cibernéticos
Число киберпреступлений в России выросло
Россия не подпишет Будапештскую конвенцию о киберпреступности | Документ Совета Европы.
Конвенция ООН против коррупции: итоги
公安部通报打击网络犯罪成果
《布达佩斯网络犯罪公约》第二附加议定书 | 欧洲委员会
联合国反腐败公约缔约国会议
السعودية: نظام مكافحة الجرائم المعلوماتية
اتفاقية الأمم المتحدة لمكافحة الفساد | مؤتمر الدول الأطراف في الدوحة
الاتفاقية العربية لمكافحة جرائم تقنية المعلومات
المغرب ينضم إلى اتفاقية بودابست للجرائم المعلوماتية
Un hacker détenu après un traité d'extradition pour cybercrime
Vanuatu to host Pacific workshop on cybercrime legislation | UNODC and the Council of Europe support the event.
UN General Assembly debates treaty on crimes against humanity
Ghana's Cybersecurity Authority hosts UN delegation | The talks covered the Budapest Convention and cybercrime trends.
United Nations Convention on Contracts for the International Sale of Goods
UN cyber norms: what states agreed
Teachers union convention hears about cybercrime
US and UK sign data access agreement for cybercrime investigations
Council of Europe and the fight against cybercrime at UNODC's Commission on Crime Prevention
EU adopts e-evidence package | Regulation on electronic evidence enters into force; cybercrime investigators welcome it.
UN rapporteur criticises cybercrime law | The special rapporteur said the act violates the International Covenant.
Japan joins Second Additional Protocol | The protocol to the Convention on Cybercrime covers domain registration data.
Global Cybersecurity Index: ITU, a UN agency, ranks states
UN warns of cybercrime in South-East Asia scam centres | UNODC report describes industrial-scale fraud.
UN peacekeeping chief on information integrity
UNODC executive director visits Hanoi | Talks on drugs and crime prevention.
Kampala Convention on displaced persons | The UN refugee agency welcomed it.
Minamata Convention COP meets in Geneva
States negotiate UN framework convention on tax cooperation in New York | Delegates adopt draft text.
UN Cybersecurity Day in Geneva
BRICS leaders discuss cybercrime
Budapest Convention: Brazil deposits instrument of accession | The Council of Europe's convention on cybercrime now has 68 parties.
Council of Europe and UNODC strengthen cooperation on cybercrime | A workshop on electronic evidence was held in Strasbourg.
Convention 108+ and data protection
Lanzarote Convention protects children online | Cybercrime units of the Council of Europe support.
ECOWAS adopts directive on fighting cyber crime
Treaty of Rome anniversary; Europol cybercrime centre EC3
Hanoi police break up cybercrime ring
Vietnam and UN sign cooperation framework in Hanoi
Cybercrime conference opens in Hanoi | Experts from the region discuss scams.
Kongress zu Cybercrime in Berlin | UN-Vertreter sprach über Lieferketten.
Vereinte Nationen: Abkommen zum Schutz der Meere
Europarat: Konvention über Computerkriminalität feiert Jubiläum
UN-Behindertenrechtskonvention: Kritik an Deutschland
La France ratifie le deuxième protocole additionnel à la Convention sur la cybercriminalité | Conseil de l'Europe
Une nouvelle loi sur la cybercriminalité au Sénégal
L'ONU s'inquiète d'un projet de loi | Un texte sur la cybercriminalité menace la presse.
ONU pide derogar ley de ciberdelincuencia en Nicaragua
El Convenio de Budapest sobre ciberdelincuencia cumple 20 años | Es un tratado internacional.
Paraguay se adhiere al Segundo Protocolo Adicional al Convenio sobre la Ciberdelincuencia
Convenção de Budapeste entra em vigor no Brasil
Convenção-Quadro das Nações Unidas sobre a Mudança do Clima
Конвенция Совета Европы о компьютерных преступлениях
МВД: ущерб от киберпреступности вырос
Генассамблея ООН приняла резолюцию о международной информационной безопасности
Россия и Вьетнам подписали соглашение о сотрудничестве в борьбе с преступностью
中国与东盟合作打击网络犯罪
欧洲委员会《网络犯罪公约》缔约方会议
公安机关打击电信网络诈骗犯罪
联合国气候变化框架公约
الأمم المتحدة تدعو إلى إلغاء قانون الجرائم الإلكترونية في الأردن
مجلس الوزراء يقر نظام مكافحة الجرائم الإلكترونية
الإمارات توقع اتفاقية تعاون أمني لمكافحة الجرائم الإلكترونية مع الإنتربول
انضمام تونس إلى اتفاقية بودابست بشأن الجريمة الإلكترونية
الاتفاقية الأمم المتحدة الإطارية بشأن تغير المناخ
UN chief: killer robots treaty needed by 2026
Cyber Resilience Act enters into force
Nobel prize; UNCC charlotte wins football game
AHC Media closes
Podcast: conventions of crime fiction
UN adopts landmark resolution on AI
OEWG chair releases draft | states discuss use of information and communications technologies by states
Ransomware pact: Counter Ransomware Initiative members sign pledge | The White House hosted 68 members. Cybercrime costs rose.
""".strip().splitlines()


@pytest.mark.parametrize("line", ABOUT_IT)
def test_an_item_about_the_convention_is_known(shipped: Rules, line: str) -> None:
    title, _, summary = line.partition(" | ")
    matches = classify(item(title, summary), shipped)
    assert [match.topic for match in matches][-1:] == ["convention"]


@pytest.mark.parametrize("line", ABOUT_SOMETHING_ELSE)
def test_a_false_friend_is_left_alone(shipped: Rules, line: str) -> None:
    title, _, summary = line.partition(" | ")
    assert classify(item(title, summary), shipped) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ghana ratifies the UN Convention against Cybercrime", "ratification"),
        ("General Assembly adopts UN cybercrime treaty", "negotiation"),
        ("UN cybercrime treaty lacks human rights safeguards", "human-rights"),
        ("UN cybercrime treaty lets police intercept messages", "surveillance"),
        ("Grooming and intimate images in the UN Convention against Cybercrime", "criminalization"),
        ("What the UN cybercrime treaty means for security researchers", "researchers"),
        ("Tech companies warn of UN cybercrime treaty", "industry"),
        ("United States undecided on UN cybercrime treaty", "us"),
        ("European Commission on the UN cybercrime convention", "europe"),
        ("Russia and China welcome UN cybercrime convention", "blocs"),
        ("Rules of procedure for the parties to the UN cybercrime convention", "implementation"),
        ("Electronic evidence under the UN cybercrime convention", "cooperation"),
        ("España firma la Convención de la ONU contra la Ciberdelincuencia", "ratification"),
        ("Menschenrechte und die UN-Konvention gegen Cyberkriminalität", "human-rights"),
        ("Россия ратифицировала Конвенцию ООН против киберпреступности", "ratification"),
        ("《联合国打击网络犯罪公约》与电子证据", "cooperation"),
        ("توقيع اتفاقية الأمم المتحدة لمكافحة الجريمة السيبرانية", "ratification"),
    ],
)
def test_an_item_is_given_its_topic(shipped: Rules, text: str, expected: str) -> None:
    assert expected in [match.topic for match in classify(item(text), shipped)]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["cepa", "circleid", "gitoc", "globaldispatches", "prif"])
def test_the_articles_that_began_it_all_are_known_by_their_text(shared: Path, shipped: Rules, name: str) -> None:
    text = (shared / f"seeds/{name}.txt").read_text(encoding="utf-8")
    topics = [match.topic for match in classify(item(content=text), shipped)]
    assert topics[-1:] == ["convention"]
    assert {"negotiation", "human-rights", "blocs"} <= set(topics)


@pytest.mark.shared
def test_the_labelled_items_are_told_apart(shared: Path, shipped: Rules) -> None:
    lines = (shared / "corpus/dev.jsonl").read_text(encoding="utf-8").splitlines()
    labelled = [json.loads(line) for line in lines]
    pairs = [(bool(classify(item(each["title"], each["summary"]), shipped)), each["relevant"]) for each in labelled]
    right = pairs.count((True, True))
    assert 2 * right / (2 * right + pairs.count((True, False)) + pairs.count((False, True))) >= 0.97


@pytest.mark.shared
def test_naughty_strings_are_about_nothing(shared: Path, shipped: Rules) -> None:
    strings = json.loads((shared / "oracles/strings/blns.json").read_text(encoding="utf-8"))
    assert [text for text in strings if classify(item(text, text, text), shipped)] == []


@pytest.mark.parametrize(
    "piece",
    ["a", "中", "و", ".", "\n", "un ", "UN cybercrime treaty ", "网络犯罪公约联合国", "X Y is a ", "<b>", "&amp;"],
)
def test_the_work_grows_with_the_length_of_a_text(shipped: Rules, piece: str) -> None:
    once, tenfold = item(content=piece * 1_000), item(content=piece * 10_000)
    assert work(lambda: classify(tenfold, shipped)) < 12 * work(lambda: classify(once, shipped)) + 500


@pytest.mark.timeout(60)
def test_megabytes_of_one_character_are_judged(shipped: Rules) -> None:
    assert [char for char in "a中و.<" if classify(item(content=char * 2_000_000), shipped)] == []


@given(st.text(), st.text(), st.text())
def test_any_text_is_judged_and_quoted_as_given(shipped: Rules, title: str, summary: str, content: str) -> None:
    it = item(title, f"UN cybercrime treaty {summary}", content)
    assert all(
        getattr(it, piece.field)[piece.start : piece.end] == piece.text
        for match in classify(it, shipped)
        for piece in match.evidence
    )
