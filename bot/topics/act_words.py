"""Words for what a state does to a treaty, in eight languages, as bot/topics/names.py reads them.

Only forms that say it is done or being done: "signed", "signs", never "will sign" or "to sign". Where a noun looks the
same ("la firma", 签署仪式), the longer words stand here too, under `noun`, which proves nothing.
"""

from __future__ import annotations

from bot.topics.names import Names
from bot.topics.text import normalise

# English; French; Spanish; Portuguese; German; Russian; Chinese; Arabic.
DEEDS = Names("""
noun: la firma, una firma, de firma, a firma, su firma, para firma, para la firma, abre a firma, firma de, signing
    ceremony, signed up, sign up, sign language, signs of, sign of, sign that, signing parties, вступ* в силу,
    签署仪式, 签字仪式, 签约仪式, 开放签署, 开放供签署, 签署国, 签署方, 批准书, 通过率
signature: signed, signs, sign, inked, inks, became a signatory, becomes a signatory, put its signature, affixed its
    signature, signe, signent, signee, signees, a signe, ont signe, apposé leur signature, apposé sa signature, firma,
    firman, firmó, firmaron, firmado, firmada, suscribe, suscribió, suscribieron, assina, assinam, assinou, assinaram,
    assinado, assinada, firmou, firmaram, unterzeichnet, unterzeichnete, unterzeichneten, unterzeichnen,
    unterschrieben, unterschrieb, unterschreibt, подписал, подписала, подписали, подписало, подписывает, подписывают,
    подписана, подписано, 签署, 签字, 签约, 簽署, وقع, وقعت, وقعوا, توقع, يوقع, وقعتها
ratification: ratified, ratifies, ratify, deposited its instrument of ratification, deposits its instrument of
    ratification, deposits instrument of ratification, deposited the instrument of ratification, deposited instrument
    of ratification, ratifie, ratifient, ratifiee, déposé son instrument de ratification, ratifica, ratificó,
    ratifican, ratificaron, ratificado, ratificada, depositó su instrumento de ratificación, ratificou, ratificam,
    ratificaram, depositou o instrumento de ratificação, ratifiziert, ratifizierte, ratifizierten, ratifizieren,
    ратифицировал, ратифицировала, ратифицировали, ратифицирует, ратифицирована, 批准, 批准了, صادق, صادقت, صدقت, تصادق,
    تصدق, يصادق
accession: acceded, accedes, accede, deposited its instrument of accession, deposits its instrument of accession,
    deposits instrument of accession, deposited the instrument of accession, adhère, adhèrent, adhéré, a adhéré, se
    adhiere, se adhirió, se adhirieron, adhirió, adere, aderiu, aderiram, beigetreten, tritt, trat, присоединился,
    присоединилась, присоединились, присоединилось, присоединяется, присоединяются, 加入, 加入了, انضم, انضمت, تنضم,
    ينضم
acceptance: deposited its instrument of acceptance, deposits its instrument of acceptance, deposits instrument of
    acceptance
approval: deposited its instrument of approval, deposits its instrument of approval, deposits instrument of approval
reservation: made a reservation, made reservations, makes a reservation, makes reservations, entered a reservation,
    entered reservations, enters a reservation, enters reservations, lodged a reservation, lodged reservations,
    formulated a reservation, formulated reservations, formule des réserves, formulé des réserves, émis des réserves,
    formula reservas, formuló reservas, formulou reservas, Vorbehalt angebracht, Vorbehalte angebracht, сделал*
    оговорк*, сделала оговорк*, 提出保留, 作出保留, ابدت تحفظ*, تحفظت على
declaration: made a declaration, makes a declaration, made declarations, submitted a declaration, lodged a
    declaration, declared under article, declares under article, formulé une déclaration, formuló una declaración,
    formulou uma declaração, gab eine Erklärung nach Artikel, сделал* заявление в соответствии
withdrawal: withdrew, withdraws, withdrawn, withdrew its signature, withdraws its signature, denounced, denounces, se
    retire, s est retire, se retiró, se retira, retirou se, retira se, zieht, zog, вышла из, вышел из, выходит из,
    отозвал*, 退出, 退出了, انسحب, انسحبت, تنسحب, ينسحب
passing: adopted, adopts, adopt, approved, approves, approve, passed, passes, pass, endorsed, endorses, okays, okayed,
    clears, cleared, adopte, adoptent, adopté, adoptée, approuve, approuvé, approuvée, adopta, adoptó, aprueba,
    aprueban, aprobó, aprobaron, aprobada, aprobado, adota, adotou, aprova, aprovou, aprovaram, aprovada, aprovado,
    verabschiedet, verabschiedete, verabschieden, angenommen, nimmt, billigt, billigte, beschließt, beschloss, stimmt,
    genehmigt, принял, приняла, приняли, принимает, принята, одобрил, одобрила, одобрили, одобряет, одобрена, утвердил,
    утвердила, 通过, 通过了, 通過, 核准, اعتمد, اعتمدت, تعتمد, يعتمد, اقر, اقرت, تقر, يقر, وافق, وافقت, يوافق, توافق
""")
STATEMENTS = Names("""
statement: statement, statements, déclaration, declaración, declaração, erklärung, заявление, заявил, заявила, 声明,
    发言, بيان
""")
# Who passes a treaty: `state` behind the colon where only one state has such a house.
HOUSES = Names("""
parliament: parliament, parliaments, parliament s, senate, congress, national assembly, house of representatives, lower
    house, upper house, milli majlis, parlement, sénat, assemblée nationale, chambre des députés, parlamento, senado,
    congreso, asamblea nacional, cámara de diputados, congresso, câmara dos deputados, assembleia nacional, nationalrat,
    ständerat, парламент*, сенат*, мажилис*, олий мажлис*, милли меджлис*, 议会, 国会, 參議院, 参议院, 众议院,
    全国人大, 人大常委会, البرلمان, مجلس النواب, مجلس الشيوخ, مجلس الشوري, مجلس الامه
Germany: bundestag, bundesrat
Russian Federation: state duma, duma, госдум*, государственн* дум*, совет федерации
Portugal: assembleia da república, parlamento português
""")
GOVERNMENTS = Names("""
government: cabinet, government, council of ministers, president, conseil des ministres, gouvernement, consejo de
    ministros, gobierno, conselho de ministros, governo, kabinett, bundesregierung, ministerrat, правительств*,
    кабмин*, кабинет министров, президент*, 国务院, 内阁, 政府, مجلس الوزراء, الحكومه, رئيس الجمهوريه
""")
ASSEMBLIES = Names("""
United Nations: UN, UNO, united nations, unga, general assembly, ad hoc committee, third committee, ONU,
    nations unies, assemblée générale, naciones unidas, asamblea general, nações unidas, assembleia geral, vereinte
    nationen, generalversammlung, vollversammlung, оон, генассамбле*, генеральн* ассамбле*, спецкомитет*, 联合国, 联大,
    联合国大会, 聯合國, الامم المتحده, الجمعيه العامه
""")
TREATIES = Names("""
treaty: convention, conventions, treaty, pact, accord, agreement, instrument, document, text, traité, pacte, texte,
    convención, convenio, tratado, pacto, acuerdo, texto, documento, convenção, acordo, konvention, abkommen*,
    übereinkommen*, vertrag, vertrags, cybercrime konvention, конвенц*, договор*, соглашени*, документ*, пакт*,
    公约, 公約, 条约, 條約, اتفاقيه, معاهده, الاتفاق, اتفاق
""")
OTHERS = Names("""
other: budapest*, malabo, minamata, UNCAC, UNTOC, corruption, corrupción, corrupção, korruption, коррупц*, 反腐败,
    الفساد, torture, high seas, haute mer, climate, paris agreement, artificial intelligence, будапешт*, بودابست,
    布达佩斯, second additional protocol, extradition treaty, memorandum, free trade
""")


def _words(text: str) -> frozenset[str]:
    return frozenset(normalise(text).words.split())


# Negations, wishes, conditions and futures, which undo a verb that follows.
NOT_DONE = _words("""
not never no hasn didn haven don won t cannot yet will would shall may might should must could can to if unless until
whether before once expected refuses refused declines declined urged urges without why let please who
ne n pas jamais va vont devrait pourrait si avant refuse doit
nunca sin antes debe podría rechaza não sem deve pode vai
nicht kein keine nie wollen soll sollen sollte wird werden kann könnte muss müssen zu ohne bevor falls noch
не нет если бы чтобы чему может должна должен будет прежде
لم لن لا ان سوف قد قبل اذا عدم ترفض رفضت
""")
NOT_DONE_CHINESE = normalise("未 没 沒 不 拒绝 将 拟 呼吁 敦促 准备 计划 有望 促请 应 须 待 若 邀请").words.split()
# In Spanish and Portuguese also a noun, unless the state stands right before it.
NOUN_TOO = _words("firma")
# An assembly that passes one adopts no treaty yet.
RESOLUTION = _words("resolution resolución résolution resolução резолюцию резолюция bid")
# German verbs mostly stand last, and what undoes them anywhere before.
GERMAN = _words("hat haben wurde wird unterzeichnet ratifiziert beigetreten bei das die der und von")
GERMAN_NOT_DONE = _words("nicht kein keine keiner will wollen soll sollen sollte sollten wird werden zu muss")
# Before who does it, and between a verb and who only has part in it.
BY = _words("by par por pelo pela von durch")
WITH = _words("with avec con com mit с مع to against for from of")
PLACES = _words("in at en em na à au aux nel im beim в во на في hanoi noi hanói ханое هانوي")
# "the Russian-led treaty" is nobody's act.
LED = _words("led backed drafted sponsored proposed initiated born based")
AND = _words("and et y e und и و with along among including plus sowie a the la le die der el o")
