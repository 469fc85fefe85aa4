"""The states that a text names, in eleven languages and a few more.

One line of the table for each of the 193 members of the United Nations, and for the Holy See, Palestine and the
European Union: its short English name, by which we know it, and the words that name it, as bot/topics/names.py reads
them. Left out is what is more often something else: "Island" (German for Iceland), "того" (Russian for "that").
"""

from __future__ import annotations

from bot.topics.names import Mention, Names
from bot.topics.text import Normal

EU = "European Union"

# English, French, Spanish, German, Portuguese, Italian, Indonesian; Russian; Arabic; Chinese; then what else is cheap.
_TABLE = """
Afghanistan: afghan*, afgan*, afeganist*, афганис*, افغانستان, 阿富汗
Albania: albani*, albanie*, албан*, البانيا, 阿尔巴尼亚
Algeria: algeri*, algérie*, argelia, argelin*, argélia, algerij*, aljazair, алжир*, الجزائر, 阿尔及利亚
Andorra: andorr*, andorre, андорр*, اندورا, 安道尔
Angola: angola*, ангол*, انغولا, 安哥拉
Antigua and Barbuda: antigua and barbuda, antigua y barbuda, antigua und barbuda, антигуа*, 安提瓜和巴布达
Argentina: argentin*, аргентин*, الارجنتين, 阿根廷
Armenia: armeni*, arménie*, арменi*, армени*, армянск*, ارمينيا, 亚美尼亚
Australia: australi*, austrália, австрали*, استراليا, 澳大利亚
Austria: austria*, österreich*, autriche*, autrichien*, áustria, австри*, النمسا, 奥地利
Azerbaijan: azerbaijan*, aserbaidschan*, azerbaïdjan*, azerbaiy*, azerbaij*, азербайдж*, әзербайжан*, اذربيجان,
    阿塞拜疆
Bahamas: bahamas, багам*, 巴哈马
Bahrain: bahrain*, bahreïn*, baréin, barein, бахрейн*, البحرين, 巴林
Bangladesh: bangladesh*, bangladesch*, бангладеш*, بنغلاديش, 孟加拉国
Barbados: barbad*, barbade, барбадос*, 巴巴多斯
Belarus: belarus*, bielorrus*, biélorussi*, weißrussland, weissrussland, беларус*, белорус*, بيلاروس*, 白俄罗斯
Belgium: belgium, belgian*, belgique, belge, belges, bélgica, belgien, belgisch*, belgio, бельги*, بلجيكا, 比利时
Belize: belize*, belice, белиз*, 伯利兹
Benin: benin*, bénin*, бенин*, بنين, 贝宁
Bhutan: bhutan*, bhoutan*, bután, бутан*, 不丹
Bolivia: bolivi*, bolívia, боливи*, بوليفيا, 玻利维亚
Bosnia and Herzegovina: bosnia and herzegovina, bosni*, bosnie*, bosnien*, bosnisch*, bósnia, босни*, البوسنه,
    波斯尼亚, 波黑
Botswana: botswan*, ботсван*, بوتسوانا, 博茨瓦纳
Brazil: brazil*, brasil*, brésil*, бразил*, البرازيل, 巴西
Brunei: brunei*, brunéi, бруне*, بروناي, 文莱
Bulgaria: bulgari*, bulgarie*, bulgarisch*, болгар*, بلغاريا, 保加利亚
Burkina Faso: burkina faso, burkina*, буркина*, بوركينا فاسو, 布基纳法索
Burundi: burundi*, бурунди*, بوروندي, 布隆迪
Cabo Verde: cabo verde, cape verde, cap vert, kap verde, кабо верде, الراس الاخضر, 佛得角
Cambodia: cambodia*, cambodge*, camboya*, camboja*, kambodscha*, kamboja, campuchia, камбодж*, كمبوديا, 柬埔寨
Cameroon: cameroon*, cameroun*, camerún, camarões, kamerun*, камерун*, الكاميرون, 喀麦隆
Canada: canad*, kanad*, канад*, كندا, 加拿大
Central African Republic: central african republic, république centrafricaine, centrafrique, zentralafrikanische
    republik, república centroafricana, центральноафриканск*, 中非共和国
Chad: chad, chadian*, tchad*, tschad*, чад, чада, تشاد, 乍得
Chile: chile, chilean*, chilen*, chili, чили, чилийск*, تشيلي, شيلي, 智利
China: china, chinas, chinese*, chine, chinois*, chino, chinos, chines*, cina, tiongkok, trung quốc, китай*, китая,
    китае, китаю, китаем, кнр, الصين, الصينيه, 中国, 中方, қытай*
Colombia: colombia*, kolumbi*, colombie*, колумби*, كولومبيا, 哥伦比亚
Comoros: comor*, comore*, komoren, коморск*, جزر القمر, 科摩罗
Congo: congo, congolese, congolais*, republic of the congo, kongo, конго, الكونغو, 刚果共和国
Costa Rica: costa ric*, costarric*, коста рик*, كوستاريكا, 哥斯达黎加
Côte d'Ivoire: côte d ivoire, ivory coast, ivorian*, ivoirien*, costa de marfil, elfenbeinküste, costa do marfim, кот д
    ивуар*, كوت ديفوار, 科特迪瓦
Croatia: croati*, croatie*, croata*, croácia, kroati*, хорват*, كرواتيا, 克罗地亚
Cuba: cuba, cuban*, cubain*, kuba, kubanisch*, куба, кубы, кубинск*, كوبا, 古巴
Cyprus: cyprus, cypriot*, chypre*, chipre*, zypern, zyprisch*, cipro, кипр*, قبرص, 塞浦路斯
Czechia: czech*, tchéqu*, tchequ*, chequia, checa, tschech*, tcheca, checo, чехи*, чешск*, التشيك, 捷克
Democratic People's Republic of Korea: democratic people's republic of korea, north korea*, corée du nord, corea del
    norte, nordkorea*, coreia do norte, кндр, северн* коре*, DPRK, كوريا الشماليه, 朝鲜
Democratic Republic of the Congo: democratic republic of the congo, dr congo, république démocratique du congo, DRC,
    RDC, demokratische republik kongo, república democrática del congo, демократическая республика конго,
    刚果民主共和国
Denmark: denmark, danish, danemark, danois*, dinamarca, danés, dänemark*, dänisch*, danimarca, дания, дании, данию,
    датск*, الدنمارك, 丹麦
Djibouti: djibouti*, dschibuti, yibuti, джибути, جيبوتي, 吉布提
Dominica: dominica, доминика, 多米尼克
Dominican Republic: dominican republic, dominican, république dominicaine, república dominicana, dominikanische*
    republik, доминиканск*, الدومينيكان, 多米尼加
Ecuador: ecuador*, équateur, ecuatorian*, equador*, эквадор*, اكوادور, الاكوادور, 厄瓜多尔
Egypt: egypt*, égypt*, egipto, egipci*, egito, egitto, ägypt*, mesir, ai cập, египет*, египт*, مصر, المصريه, 埃及
El Salvador: el salvador, salvadoran*, salvadoreñ*, сальвадор*, السلفادور, 萨尔瓦多
Equatorial Guinea: equatorial guinea, guinée équatoriale, guinea ecuatorial, äquatorialguinea, guiné equatorial,
    экваториальн* гвине*, 赤道几内亚
Eritrea: eritre*, érythré*, эритре*, اريتريا, 厄立特里亚
Estonia: estoni*, estonie*, estnisch*, estland*, estônia, эстон*, استونيا, 爱沙尼亚
Eswatini: eswatini, swaziland, эсватини, اسواتيني, 斯威士兰
Ethiopia: ethiopia*, éthiopi*, etiop*, äthiopi*, эфиоп*, اثيوبيا, 埃塞俄比亚
Fiji: fiji*, fidji*, fidschi*, fiyi, фиджи*, فيجي, 斐济
Finland: finland, finnish, finlande*, finlandais*, finlandia, finlandés, finnland*, finnisch*, финлянд*, финск*,
    فنلندا, 芬兰
France: france, french, français*, francia, francés, francesa, franceses, frankreich*, französisch*, frança, prancis,
    франци*, французск*, فرنسا, الفرنسيه, 法国
Gabon: gabon*, gabun*, габон*, الغابون, 加蓬
Gambia: gambia*, gambie*, гамби*, غامبيا, 冈比亚
Georgia: georgia, georgien*, géorgie*, geórgia, georgian*, грузи*, جورجيا, 格鲁吉亚
Germany: german*, allemagne, allemand*, aleman*, deutschland*, jerman, герман*, немецк*, المانيا, الالمانيه, 德国
Ghana: ghana*, ghanéen*, гана, ганск*, غانا, 加纳
Greece: greece, greek*, grèce, grec, grecia, grieg*, griechenland*, griechisch*, grécia, греци*, греческ*, اليونان,
    希腊
Grenada: grenada*, гренад*, 格林纳达
Guatemala: guatemal*, гватемал*, غواتيمالا, 危地马拉
Guinea: guinea, guinean, guinée, guiné, гвинея, гвинеи, غينيا, 几内亚
Guinea-Bissau: guinea bissau, guinée bissau, guiné bissau, гвинея бисау, غينيا بيساو, 几内亚比绍
Guyana: guyan*, гайан*, غيانا, 圭亚那
Haiti: haiti*, haïti*, гаити*, هايتي, 海地
Holy See: holy see, vatican*, vatikan*, vaticano, saint siège, santa sede, heiliger stuhl, heiligen stuhl, santa sé,
    ватикан*, святой престол, святого престола, الكرسي الرسولي, الفاتيكان, 教廷, 梵蒂冈
Honduras: honduras, hondur*, гондурас*, هندوراس, 洪都拉斯
Hungary: hungar*, hongrie, hongrois*, hungría, húngar*, ungarn, ungarisch*, hungria, ungheria, венгри*, венгерск*,
    المجر, هنغاريا, 匈牙利
Iceland: iceland*, islande, islandais*, islandia, isländisch*, islândia, islanda, исланд*, ايسلندا, 冰岛
India: india, indian, indians, indias, inde, indien, indienne*, indiens, indisch*, índia, ấn độ, индия, индии, индию,
    индией, индийск*, الهند, الهنديه, 印度
Indonesia: indonesi*, indonésie*, indonésia, индонези*, اندونيسيا, 印度尼西亚, 印尼
Iran: iran*, irán, irã, иран*, ايران, الايرانيه, 伊朗
Iraq: iraq*, irak*, ирак*, العراق, 伊拉克
Ireland: ireland, irish, irlande, irlandais*, irland*, irisch*, ирланд*, ايرلندا, 爱尔兰
Israel: israel*, israël*, израил*, اسرائيل, 以色列
Italy: italy, italian*, italie*, itali*, italien*, itália, итали*, ايطاليا, 意大利
Jamaica: jamaica*, jamaika*, jamaïque, ямайк*, جامايكا, 牙买加
Japan: japan*, japon*, japón, japã*, giappon*, jepang, nhật bản, япони*, японск*, اليابان, 日本
Jordan: jordan, jordanian*, jordanie*, jordania*, jordanien*, giordania, иордан*, الاردن, الاردنيه, 约旦
Kazakhstan: kazakh*, kasach*, kazajst*, cazaquist*, kazajo*, казах*, қазақстан*, كازاخستان, 哈萨克斯坦
Kenya: kenya*, kenia*, kénya*, quênia, quénia, кени*, كينيا, 肯尼亚
Kiribati: kiribati, кирибати, 基里巴斯
Kuwait: kuwait*, koweït*, kuweit, кувейт*, الكويت, 科威特
Kyrgyzstan: kyrgyz*, kirghiz*, kirgis*, kirguis*, quirguist*, киргиз*, кыргыз*, قرغيزستان, 吉尔吉斯斯坦
Lao People's Democratic Republic: lao people's democratic republic, laos, lao pdr, laotian*, laotien*, лаос*, لاوس,
    老挝
Latvia: latvi*, lettonie*, letonia, lettland*, lettisch*, letônia, lettonia, латви*, латвийск*, لاتفيا, 拉脱维亚
Lebanon: lebanon, lebanese, liban*, líban*, libanes*, libanon*, libano, ливан*, لبنان, 黎巴嫩
Lesotho: lesotho, лесото, ليسوتو, 莱索托
Liberia: liberia*, libéria*, либери*, ليبيريا, 利比里亚
Libya: libya*, libye*, libia, libyen, líbia, ливи*, ливийск*, ليبيا, 利比亚
Liechtenstein: liechtenstein*, лихтенштейн*, 列支敦士登
Lithuania: lithuania*, lituani*, litauen*, litauisch*, lituânia, литв*, литовск*, ليتوانيا, 立陶宛
Luxembourg: luxemb*, lussemburgo, люксембург*, لوكسمبورغ, 卢森堡
Madagascar: madagas*, malgache*, мадагаскар*, مدغشقر, 马达加斯加
Malawi: malawi*, малави*, ملاوي, 马拉维
Malaysia: malaysia*, malaisie*, malasia*, malásia, малайзи*, ماليزيا, 马来西亚
Maldives: maldiv*, malediven, мальдив*, المالديف, 马尔代夫
Mali: mali, malian, malien*, мали, 马里
Malta: malta, maltese, malte, maltais*, maltesisch*, мальт*, مالطا, 马耳他
Marshall Islands: marshall islands, îles marshall, islas marshall, marshallinseln, маршаллов*, 马绍尔群岛
Mauritania: mauritani*, mauritanie*, mauretanien*, мавритан*, موريتانيا, 毛里塔尼亚
Mauritius: mauriti*, île maurice, маврики*, موريشيوس, 毛里求斯
Mexico: mexic*, méxico, mexiko, mexikan*, messico, мексик*, المكسيك, 墨西哥
Micronesia: micronesi*, micronésie*, микронез*, 密克罗尼西亚
Moldova: moldov*, moldavi*, moldau, moldawien*, молдов*, молдав*, مولدوفا, 摩尔多瓦
Monaco: monaco, monégasque*, mónaco, монако, موناكو, 摩纳哥
Mongolia: mongol*, монгол*, منغوليا, 蒙古
Montenegro: montenegr*, monténégro, черногор*, الجبل الاسود, 黑山
Morocco: morocc*, maroc, marocain*, marruecos, marroquí*, marokk*, marrocos, marocco, марокк*, المغرب, المغربيه, 摩洛哥
Mozambique: mozambi*, moçambi*, mosambi*, мозамбик*, موزمبيق, 莫桑比克
Myanmar: myanmar*, birman*, burma, burmese, мьянм*, ميانمار, 缅甸
Namibia: namibi*, namibie*, намиби*, ناميبيا, 纳米比亚
Nauru: nauru*, науру, 瑙鲁
Nepal: nepal*, népal*, непал*, نيبال, 尼泊尔
Netherlands: netherlands, dutch, pays bas, néerlandais*, países bajos, neerland*, niederlande*, niederländisch*, países
    baixos, holland*, paesi bassi, belanda, hà lan, нидерланд*, голланд*, هولندا, 荷兰
New Zealand: new zealand*, nouvelle zélande, nueva zelanda, nueva zelandia, neuseeland*, nova zelândia, selandia baru,
    новая зеландия, новой зеландии, نيوزيلندا, 新西兰
Nicaragua: nicarag*, никарагуа*, نيكاراغوا, 尼加拉瓜
Niger: niger, nigérien*, níger, nigrien*, нигер, нигера, النيجر, 尼日尔
Nigeria: nigeria*, nigéria, nigérian*, нигери*, نيجيريا, 尼日利亚
North Macedonia: north macedonia*, macedonia*, macédoine*, mazedonien*, nordmazedonien*, северная македония, македон*,
    مقدونيا, 北马其顿
Norway: norway, norwegian*, norvège, norvégien*, norueg*, norwegen*, norwegisch*, norvegia, норвег*, норвежск*,
    النرويج, 挪威
Oman: oman, omani*, omán, оман, омана, омане, оманск*, عمان, 阿曼
Pakistan: pakistan*, pakistán, paquist*, пакистан*, باكستان, 巴基斯坦
Palau: palau, палау, 帕劳
Palestine: palestin*, palästin*, палестин*, فلسطين, الفلسطينيه, 巴勒斯坦
Panama: panam*, панам*, بنما, 巴拿马
Papua New Guinea: papua new guinea*, papouasie*, papúa nueva guinea, papua neuguinea, papua nova guiné, papua nugini,
    папуа новая гвинея, папуа новой гвинеи, بابوا غينيا الجديده, 巴布亚新几内亚
Paraguay: paraguay*, paraguai*, парагва*, باراغواي, 巴拉圭
Peru: peru, peruvian*, pérou, péruvien*, perú, peruan*, перу, перуанск*, بيرو, 秘鲁
Philippines: philippin*, filipin*, PH, PHL, pilipinas, филиппин*, الفلبين, الفلبينيه, 菲律宾
Poland: poland, polish, pologne, polonais*, polonia, polac*, polen, polnisch*, polônia, польш*, польск*, بولندا, 波兰
Portugal: portug*, portugies*, portogallo, португал*, البرتغال, 葡萄牙
Qatar: qatar*, catar, catarí*, katar*, катар*, قطر, القطري, القطريه, 卡塔尔
Republic of Korea: south korea*, republic of korea, korea, korean*, corée du sud, corea del sur, südkorea*, ROK, coreia
    do sul, korea selatan, hàn quốc, южн* коре*, республик* корея, كوريا الجنوبيه, 韩国, 大韩民国
Romania: romania*, roumanie*, roumain*, ruman*, rumän*, romênia, румын*, رومانيا, 罗马尼亚
Russian Federation: russian federation, russia*, russie*, russe, russes, rusia*, ruso, rusos, rusa, russland*,
    russisch*, rússia, russo, russa, russas, росси*, российск*, рф, ресей*, روسيا, الروسيه, روسي, 俄罗斯, 俄方
Rwanda: rwand*, ruand*, руанд*, رواندا, 卢旺达
Saint Kitts and Nevis: saint kitts and nevis, saint kitts, st kitts, saint christophe et niévès, сент китс*,
    圣基茨和尼维斯
Saint Lucia: saint lucia, st lucia, sainte lucie, santa lucía, сент люси*, 圣卢西亚
Saint Vincent and the Grenadines: saint vincent and the grenadines, saint vincent and, st vincent and, san vicente y,
    сент винсент*, 圣文森特和格林纳丁斯
Samoa: samoa*, самоа, 萨摩亚
San Marino: san marino, сан марино, سان مارينو, 圣马力诺
Sao Tome and Principe: sao tome and principe, são tomé*, sao tome*, santo tomé*, сан томе*, 圣多美和普林西比
Saudi Arabia: saudi arabia, saudi*, arabie saoudite, saoudien*, arabia saudí, arabia saudita, saudí, arábia saudita,
    саудовск*, السعوديه, 沙特阿拉伯, 沙特, ả rập xê út
Senegal: senegal*, sénégal*, сенегал*, السنغال, 塞内加尔
Serbia: serbi*, serbie*, serbisch*, sérvia, серби*, сербск*, صربيا, 塞尔维亚
Seychelles: seychell*, seychelles, сейшел*, سيشيل, 塞舌尔
Sierra Leone: sierra leone*, сьерра леоне, سيراليون, 塞拉利昂
Singapore: singap*, сингапур*, سنغافوره, 新加坡
Slovakia: slovak*, slovaqu*, eslovaqu*, eslovac*, slowak*, slovacchia, словак*, словацк*, سلوفاكيا, 斯洛伐克
Slovenia: sloveni*, slovén*, esloveni*, slowenien*, slowenisch*, словен*, سلوفينيا, 斯洛文尼亚
Solomon Islands: solomon islands, îles salomon, islas salomón, salomonen, соломонов*, 所罗门群岛
Somalia: somali*, somalie*, сомали*, الصومال, 索马里
South Africa: south africa*, afrique du sud, sud africain*, sudáfrica, sudafrican*, südafrika*, áfrica do sul, afrika
    selatan, юар, южно африканск*, южноафриканск*, جنوب افريقيا, 南非
South Sudan: south sudan*, soudan du sud, sudán del sur, südsudan*, sudão do sul, южн* судан*, جنوب السودان, 南苏丹
Spain: spain, spanish, espagne, espagnol*, españ*, spanien*, spanisch*, espanha*, espanhol*, spagna, испани*, испанск*,
    اسبانيا, 西班牙
Sri Lanka: sri lanka*, srilanka*, шри ланк*, سريلانكا, 斯里兰卡, இலங்க*
Sudan: sudan, sudanese, soudan*, sudán, sudanés*, sudão, судан*, السودان, 苏丹
Suriname: surinam*, суринам*, 苏里南
Sweden: sweden, swedish, suède, suédois*, sueci*, suecia, schweden*, schwedisch*, suécia, svezia, швеци*, шведск*,
    السويد, 瑞典
Switzerland: switzerland, swiss, suisse*, suiza, suizo*, schweiz*, suíça, suíço*, svizzer*, швейцар*, سويسرا, 瑞士
Syrian Arab Republic: syrian arab republic, syria*, syrie*, siria, síria, syrisch*, сирия, сирии, сирию, сирийск*,
    سوريا, سوريه, 叙利亚
Tajikistan: tajik*, tadjik*, tayik*, tadschik*, таджик*, طاجيكستان, 塔吉克斯坦
Thailand: thailand*, thaïland*, tailand*, thailändisch*, thái lan, таиланд*, تايلاند, 泰国
Timor-Leste: timor leste, timor oriental, east timor, osttimor, восточн* тимор*, тимор лешти, تيمور ليشتي, 东帝汶
Togo: togo, togolese, togolais*, توغو, 多哥
Tonga: tonga, tongan, тонга, 汤加
Trinidad and Tobago: trinidad and tobago, trinidad*, trinité et tobago, тринидад*, 特立尼达和多巴哥
Tunisia: tunisia*, tunisie*, túnez, tunecin*, tunesi*, tunísia, тунис*, تونس, 突尼斯
Türkiye: türkiye, turkey, turkish, turquie, turc, turquía, turques, turco, turcos, türkei, türkisch*, turchia, turki,
    турци*, турецк*, تركيا, 土耳其
Turkmenistan: turkmen*, turcom*, туркмен*, تركمانستان, 土库曼斯坦
Tuvalu: tuvalu, тувалу, 图瓦卢
Uganda: uganda*, ouganda*, уганд*, اوغندا, 乌干达
Ukraine: ukrain*, ucrani*, ucrania, ucraina, украин*, اوكرانيا, 乌克兰
United Arab Emirates: united arab emirates, UAE, emirati*, émirats arabes unis, EAU, emiratos árabes unidos, VAE,
    vereinigte* arabische* emirate*, emirados árabes unidos, оаэ, эмират*, الامارات, 阿联酋, 阿拉伯联合酋长国
United Kingdom: united kingdom, UK, britain*, british, great britain, royaume uni, britannique*, reino unido,
    británic*, grande bretagne, gran bretaña, großbritannien*, britisch*, vereinigte* königreich*, britânic*, regno
    unito, inggris, anh quốc, великобритан*, британ*, соединенн* королевств*, بريطانيا, المملكه المتحده, 英国
United Republic of Tanzania: united republic of tanzania, tanzani*, tansani*, танзани*, تنزانيا, 坦桑尼亚
United States: united states, US, USA, american, americans, états unis, étasunien*, américain*, estados unidos, EE UU,
    EEUU, EUA, estadounidens*, vereinigte* staaten, us amerikan*, amerikanisch*, stati uniti, amerika serikat, norte
    american*, hoa kỳ, сша, американск*, الولايات المتحده, امريكا, الاميركيه, الامريكيه, 美国, ақш*
Uruguay: uruguay*, uruguai*, уругва*, اوروغواي, 乌拉圭
Uzbekistan: uzbek*, ouzbék*, usbek*, узбек*, өзбек*, اوزبكستان, 乌兹别克斯坦
Vanuatu: vanuatu*, вануату, 瓦努阿图
Venezuela: venez*, vénézu*, венесуэл*, فنزويلا, 委内瑞拉
Viet Nam: viet nam, vietnam*, viêt nam, вьетнам*, فيتنام, الفيتناميه, 越南
Yemen: yemen*, yémen*, jemen*, iêmen, йемен*, اليمن, 也门
Zambia: zambi*, zambie*, sambia*, замби*, زامبيا, 赞比亚
Zimbabwe: zimbab*, simbabwe*, зимбабв*, زيمبابوي, 津巴布韦
European Union: european union, EU, european commission, europäische* union, europäische* kommission, UE, eu
    kommission, eu commission, union européenne, commission européenne, unión europea, comisión europea, união
    europeia, comissão europeia, unione europea, commissione europea, uni eropa, komisi eropa, liên minh châu âu,
    европейск* союз*, еврокомисси*, европейск* комисси*, евросоюз*, ЕС, الاتحاد الاوروبي, المفوضيه الاوروبيه, 欧盟,
    欧洲联盟, еуропалық одақ*
"""

_STATES = Names(_TABLE)


def states_in(text: Normal) -> list[Mention]:
    """Every state that the text names, in the order of the text; of names that overlap the longest: "Guinea-Bissau"."""
    return _STATES.find(text)


def all_states() -> tuple[str, ...]:
    """The short English names of all 196, in the order of the table."""
    return _STATES.all
