"""The days that a text names: weekdays, and days of a month, in eight languages.

"Friday" is a weekday; "October 13th", "25 de octubre" and "10月25日" are days of a month. Years are passed over.
"""

from __future__ import annotations

import re

from bot.topics.names import Names
from bot.topics.text import Normal

_WEEKDAYS = Names("""
0: monday, montag, lundi, lunes, понедельник*, الاثنين, 星期一, 周一, segunda feira, lunedi, senin, thứ hai
1: tuesday, dienstag, mardi, martes, вторник*, الثلاثاء, 星期二, 周二, terça feira, martedi, selasa, thứ ba
2: wednesday, mittwoch, mercredi, miércoles, среду, الاربعاء, 星期三, 周三, quarta feira, mercoledi, rabu, thứ tư
3: thursday, donnerstag, jeudi, jueves, четверг*, الخميس, 星期四, 周四, quinta feira, giovedi, kamis, thứ năm
4: friday, freitag, vendredi, viernes, пятниц*, الجمعه, 星期五, 周五, sexta feira, venerdi, jumat, thứ sáu
5: saturday, samstag, sonnabend, samedi, sábado, суббот*, السبت, 星期六, 周六, sabato, sabtu, thứ bảy
6: sunday, sonntag, dimanche, domingo, воскресень*, الاحد, 星期日, 周日, domenica, minggu, chủ nhật
""")
MONTHS = Names("""
1: january, jan, januar, janvier, enero, января, январе, يناير, janeiro, gennaio, januari
2: february, feb, februar, février, febrero, февраля, феврале, فبراير, fevereiro, febbraio, februari
3: march, märz, mars, marzo, марта, марте, مارس, março, maret
4: april, apr, avril, abril, апреля, апреле, ابريل, aprile
5: may, mai, mayo, мая, мае, مايو, maio, maggio, mei
6: june, juni, juin, junio, июня, июне, يونيو, junho, giugno
7: july, juli, juillet, julio, июля, июле, يوليو, julho, luglio
8: august, aug, août, agosto, августа, августе, اغسطس, agustus
9: september, sept, sep, septembre, septiembre, сентября, сентябре, سبتمبر, setembro, settembre
10: october, oct, oktober, octobre, octubre, октября, октябре, اكتوبر, outubro, ottobre
11: november, nov, novembre, noviembre, ноября, ноябре, نوفمبر, novembro
12: december, dec, dezember, décembre, diciembre, декабря, декабре, ديسمبر, dezembro, dicembre, desember
""")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?$")
_LINKS = frozenset({"de", "do", "of", "bis", "to", "und", "and", "y", "e", "et", "и", "di", "the"})
_CHINESE = re.compile(r"(\d{1,2})月(\d{1,2})日")


def weekdays_in(text: Normal) -> frozenset[int]:
    """0 = Monday … 6 = Sunday."""
    return frozenset(int(mention.name) for mention in _WEEKDAYS.find(text))


def days_in(text: Normal) -> frozenset[int]:
    """Days of the year, about: 31 for each month before, so that what stands close together is close in time."""
    found = {31 * (int(month) - 1) + int(day) for month, day in _CHINESE.findall(text.words)}
    for mention in MONTHS.find(text):
        before = [word for word in text.words[: mention.start].split()[-5:] if word not in _LINKS]
        after = text.words[mention.end :].split(" ", 3)[1:3]
        for word in (*before[-2:], *after[:1]):
            if (day := _DAY.match(word)) and 0 < int(day[1]) < 32:
                found.add(31 * (int(mention.name) - 1) + int(day[1]))
    return frozenset(found)
