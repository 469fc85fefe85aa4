"""What an item says has happened: which act, by whom, about which treaty.

This is for comparing items, also across languages, not for telling readers of an act (bot/topics/acts.py proves one).
A title is taken by its words alone: the act is the first that it names, and who acts stands before it, or close behind
as in Arabic. Where the title names no act or nobody who acts, the opening of the text speaks for it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from bot.topics.names import Mention, Names
from bot.topics.states import states_in
from bot.topics.text import Normal, normalise

_ACTS = Names("""
after: after, following, since, nach, après, después de, tras, после, بعد, setelah, pagkatapos ng, dopo, após, depois
    de, sau khi
ceremony: signing ceremony, signing event, ceremonia de firma, cérémonie de signature, unterzeichnungszeremonie,
    церемони* подписания, حفل توقيع, مراسم توقيع, 签署仪式, 签字仪式, 签约仪式, lễ ký, lễ mở ký, cerimônia de
    assinatura, cerimónia de assinatura, upacara penandatanganan, cerimonia di firma
plan: to sign, will sign, to soon sign, may sign, plans to sign, set to sign, whether to sign, to be signed, will be
    signed, to join, will join, plans to join, to accede, authoris*, authoriz*, autoriz*, autoris*, ermächtig*, approv*
    signing, approv* signature, approv* the signature, approv* the signing, firmar, firmará, signera, signer, assinar,
    assinará, zu unterzeichnen, firmare, firmerà, подписать, подпишет, подпишут, присоединиться, присоединится,
    уполномоч*, تفويض, تفوض, يفوض, تاذن, تعتزم توقيع, 将签署, 拟签署, 授权, akan menandatangani, sẽ ký, қосылуға дайын*
force: enter into force, enters into force, entered into force, entry into force, come into force, comes into force,
    came into force, coming into force, enter into effect, take effect, takes effect, entra en vigor, entró en vigor,
    entrada en vigor, entrar en vigor, entrée en vigueur, entre en vigueur, entrada em vigor, entra em vigor, in kraft,
    inkrafttreten, вступ* в силу, حيز النفاذ, حيز التنفيذ, 生效, mulai berlaku, có hiệu lực, entra in vigore
ratify: ratif*, ратифи*, تصديق, صادق*, تصادق, يصادق, مصادقه, صدقت, تصدق, 批准, phê chuẩn, meratifikasi
call: calls on, calls for, call on, call for, called on, called for, calling for, calling on, urge*, ruft, rufen,
    aufruf*, llama, llaman, llamamiento, insta, instan, appelle, appellent, appel à, призыв*, призва*, تدعو, يدعو, دعت,
    دعا, تحث, 呼吁, 敦促, kêu gọi, menyerukan, apela, exorta, chiede
oppose: oppos*, object, objects, objected, reject*, refus*, declin*, will not sign, not sign, not signing, not to sign,
    rechaz*, rejett*, lehnt*, ablehn*, отказ*, отверг*, ترفض, رفضت, يرفض, 反对, 拒绝, menolak, phản đối, rejeita*,
    withdraw*
support: support*, backs, backed, backing, to back, endors*, mendukung, dukung*, apoya*, respald*, soutien*, soutenir,
    unterstütz*, apoia*, поддерж*, تدعم, يدعم, دعم, تاييد, تؤيد, 支持, ủng hộ, sostien*, sostegno, apoiará, welcomes,
    welcomed, hails, hailed
signing: signing, signature, signatures, unterzeichnung*, assinatura, подписани*, توقيع, انضمام, adesão, adhesión,
    adhésion, accession, присоединени*, penandatanganan, lagda, paglagda, la firma, firma de, firma del, a assinatura,
    beitritt zu
ratification: ratification, ratifications, ratificación, ratifizierung*, ratificação, ратификаци*, تصديق, مصادقه
sign: sign, signs, signed, signing, signatur*, signe, signent, signé, firma, firman, firmó, firmaron, firmado, firmada,
    firmato, firmano, unterzeichne*, unterzeichnung*, unterschr*, sottoscri*, assina, assinam, assinou, assinaram,
    assinatura, подпис*, توقيع, وقع, وقعت, وقعوا, توقع, يوقع, 签署, 签字, 签约, tanda tangan*, menandatangani,
    ditandatangani, ký kết, ký công ước, lagda, paglagda, pumirma, nilagdaan, கையெழுத*, қол қой*, join, joins, joined,
    joining, acced*, accession, adher*, adhér*, adesão, adhesión, rejoint, rejoignent, beitritt, tritt, beigetreten,
    присоедин*, انضم*, تنضم, ينضم, انضمام, 加入, gia nhập, bergabung, қосыл*, adere, aderisce, aderiu, se suma, se une,
    adhiere, adherirse, suscribe, suscriben, suscribió, tandatangani, penandatanganan
vote: to vote, will vote, votes on, vote on, voting on, headed to
adopt: adopt*, pass, passes, passed, approv*, aprob*, aprueb*, aprova*, approuv*, approva*, verabschied*, angenommen,
    beschließ*, beschloss*, принял*, принят*, приним*, одобр*, اعتمد*, تعتمد, يعتمد, اعتماد, تبنى, تبنت, اقرت, تقر,
    通过, mengadopsi, mengesahkan, thông qua, қабылда*
open: opens, opened, open for signature, open for signing, apre, aperto, abre, abierto, abierta, aberta, ouvre,
    ouvert*, eröffn*, öffn*, открыт*, открыл*, فتح, افتتاح, 开放, dibuka, mở ký
host: host, hosts, hosting, hosted, acoge*, accueill*, gastgeber*, تستضيف, استضافه, 主办, đăng cai, menjadi tuan rumah
consult: consult*, konsult*, консульт*, مشاور*, 磋商, 协商, tham vấn
interview: interview*, entrevist*, entretien, интервью, مقابله, حوار, 专访, 采访, wawancara, phỏng vấn
stall: stall*, deadlock*, collapse*, blocked, blockier*, заблокир*, تعثر, 僵局
begin: begin*, start*, launch*, inici*, commenc*, beginn*, начал*, начин*, بدا, بدات, تطلق, اطلق*, 启动, 开始, mulai,
    bắt đầu
draft: shap*, contribut*, draft, drafts, drafting, propos*, particip*, предлож*, مشارك*, تشارك, شارك*
resolution: resolution*, resoluci*, résolution*, resolução, risoluzione, резолюци*, قرار, 决议, nghị quyết
speak: statement*, address, addresses, addressed, speech, remark*, erklärung, discurso, declaración, discours,
    déclaration, declaração, заявл*, выступ*, كلمه, بيان, 声明, 发言, 讲话, phát biểu, pernyataan, letter, carta,
    lettre, письм*, رساله
""")
_OPINIONS = Names("""
opinion: op ed, opinion, editorial, commentary, kommentar, comentario, comentário, analysis, analyse, análisis,
    analisi, explainer, explained, why, how, what, por qué, cómo, qué, pourquoi, comment, warum, wie, почему, зачем,
    как, к чему, لماذا, كيف, تحليل, 评论, 分析, 为什么, vì sao, perché, por que, мнение, неге
""")
_TREATIES = Names("""
budapest: budapest*, будапешт*, بودابست, 布达佩斯
malabo: malabo*, малабо, مالابو, 马拉博
ai: AI, KI, IA, artificial intelligence, künstlich* intelligenz, intelligence artificielle, inteligencia artificial,
    inteligência artificial, intelligenza artificiale, искусственн* интеллект*, الذكاء الاصطناعي, 人工智能, kecerdasan
    buatan
centre: centre for, center for, regional centre, regional center, centro regional, centre régional, مركز
cyber: cyber*, ciber*, cibern*, кибер*, سيبران*, الالكترونيه, 网络, siber, dunia maya, சைபர், hanoi, ha noi, hanoier,
    hanói, ханой*, هانوي, 河内, hà nội, computer*, digital*
""")
_BODIES = Names("""
United Nations: un, uno, united nations, general assembly, onu, asamblea general, assemblée générale, assembleia geral,
    assemblea generale, naciones unidas, nations unies, nações unidas, nazioni unite, vereinte* nationen,
    generalversammlung, vollversammlung, оон, генеральн* ассамбле*, الامم المتحده, الجمعيه العامه, 联合国, 联合国大会,
    联大, pbb, liên hợp quốc, бұұ
Council of Europe: council of europe, consejo de europa, conseil de l europe, europarat*, conselho da europa, consiglio
    d europa, совет* европы, مجلس اوروبا, 欧洲委员会
Third Committee: third committee, tercera comisión, troisième commission, dritte* ausschuss, трет* комитет*,
    第三委员会, اللجنه الثالثه, terceira comissão
Ad Hoc Committee: ad hoc committee, special committee, comité especial, comité spécial, спецкомитет*, специальн*
    комитет*, 特设委员会, اللجنه المخصصه
Africa: african, africa, africain*, afrikanisch*, африканск*, الافريقيه, 非洲
""")

# Nouns: "the signing of" may be of long ago, or of what somebody thinks of it.
_NOUNS = {"signing": "sign", "ratification": "ratify"}

# What is said beside an act, or of it; a real one in the same title or text goes before.
FAINT = frozenset({"speak", "ceremony", "open", "host", "resolution", ""})
# What a treaty goes through, one after the other, or not at all: two of these are never one event.
STEPS = frozenset({"plan", "sign", "ratify", "adopt", "force", "vote", "oppose"})
# Whoever does these to a treaty does it once. An assembly adopts a treaty once, but resolutions every year.
ONCE = STEPS - {"vote", "oppose"}

_PLACES = frozenset(normalise("in at en em na à au aux nel di ở в во на во hanoi noi vienna wien york").words.split())
_CLOSE = 40  # characters from an act to who does it, where that stands behind
_AFTER = 14  # characters from "after the" to the act that is over


class Event(NamedTuple):
    """What is said to have happened, as far as it is said."""

    act: str  # "" if none is named
    acts: frozenset[str]  # all that the title and the opening name
    actors: frozenset[str]  # states, or else bodies
    treaty: str  # "" if none is named
    titled: bool  # the title says that the act is done, with a verb
    opinion: bool  # the title is that of an explanation or of somebody's view


class _Said(NamedTuple):
    """What one stretch of text says."""

    act: str
    noun: bool  # the act stands there as a noun only
    acts: frozenset[str]
    actors: frozenset[str]


def event_of(title: Normal, opening: Normal) -> Event:
    """The event that a title tells, or else the beginning of the text."""
    head, below = _said(title), _said(opening)
    act = head.act if head.act not in FAINT else below.act or head.act
    if act in FAINT:
        act = head.act or below.act
    actors = head.actors or (below.actors if below.act == act else frozenset())
    return Event(
        act=act,
        acts=head.acts | below.acts,
        actors=actors,
        treaty=_treaty(title) or _treaty(opening),
        titled=head.act == act != "" and not head.noun,
        opinion=bool(_OPINIONS.find(title)),
    )


def _treaty(text: Normal) -> str:
    found = {mention.name for mention in _TREATIES.find(text)}
    return next((name for name in _TREATIES.all if name in found), "")


def _said(text: Normal) -> _Said:
    acts = _acts(text)
    names = {_NOUNS.get(act.name, act.name) for act in acts}
    main = next((act for act in acts if act.name not in FAINT), acts[0] if acts else Mention("", 0, 0))
    actors = _actors(text, main)
    act = _step(_NOUNS.get(main.name, main.name), names, actors)
    return _Said(act, main.name in _NOUNS, frozenset(names), actors)


def _step(act: str, acts: set[str], actors: frozenset[str]) -> str:
    """What a state's "approves" comes to: leave to sign, where that is named too, or else ratification."""
    if act != "adopt" or actors & set(_BODIES.all):
        return act
    if acts & {"plan", "sign"}:
        return "plan"
    return "ratify" if actors else act


def _acts(text: Normal) -> list[Mention]:
    """The acts that a text names, without those that are only spoken of as over."""
    acts = [Mention("", 0, 0), *_ACTS.find(text)]
    return [
        act
        for before, act in pairwise(acts)
        if act.name != "after" and not (before.name == "after" and act.start - before.end < _AFTER)
    ]


def _actors(text: Normal, main: Mention) -> frozenset[str]:
    """Who does it: the states before the act, or close behind; an assembly if it adopts; else a body."""
    states = [mention for mention in states_in(text) if not _is_place(text, mention)]
    bodies = _BODIES.find(text)
    before = frozenset(mention.name for mention in states if mention.start <= main.start)
    bodies_before = frozenset(mention.name for mention in bodies if mention.start < main.start)
    if before or (main.name == "adopt" and bodies_before):
        return before or bodies_before
    behind = [mention for mention in states if mention.start > main.start]
    if behind and (main.name == "plan" or behind[0].start - main.end < _CLOSE):
        return frozenset(mention.name for mention in behind)
    return bodies_before - {"United Nations"}


def _is_place(text: Normal, mention: Mention) -> bool:
    return text.words[: mention.start].rpartition(" ")[0].rpartition(" ")[2] in _PLACES
