"""What a publisher puts under an article, and how to leave it out: it says nothing of what the article is about.

Other articles, comments, a call to subscribe, who the author is, "The post … appeared first on …", and in the
summary of a news search the headlines of other publishers.
"""

from __future__ import annotations

import re

# What WordPress puts under every item, in the languages of our feeds.
_SYNDICATED = re.compile(
    r"\b(?:The post|Der Beitrag|L.article|La entrada|O post|Запись|Сообщение|Artikel|L.articolo) .{1,400}?"
    r" (?:appeared first on|erschien zuerst auf|est apparu en premier sur|(?:apareció|se publicó) primero en"
    r"|apareceu primeiro em|впервые появилась|появил(?:ись|ось) сначала на|proviene da) .{1,200}\Z",
    re.DOTALL,
)
_LONGEST_SYNDICATED = 700  # characters from the end
# A line that begins such a part.
_UNDERNEATH = re.compile(
    r"[ \t]*(?:(?:related(?: \w+)?|read (?:more|next|also)|see also|more from .{1,60}|you (?:may|might) also like"
    r"|more stories|recommended|latest news|about the authors?|filed under|comments|leave a (?:comment|reply)|tags"
    r"|share this|lesen sie auch|mehr zum thema|weitere artikel|über (?:den autor|die autorin)|à lire aussi|lire aussi"
    r"|sur le même sujet|lea también|te puede interesar|leia também|leia mais|читайте также|по теме|اقرأ أيضا"
    r"|相关阅读|相关新闻|延伸阅读)[ \t]*[:：]?[ \t]*$"
    r"|(?:subscribe|sign up|join) .{0,80}(?:newsletter|mailing list|updates|digest)"
    r"|(?:abonnieren sie|abonnez-vous|inscrivez-vous|suscríbete|suscríbase|inscreva-se|assine) .{0,80}newsletter"
    r"|(?-i:[A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30}){1,4}) is (?:an?|the) .{0,80}"
    r"\b(?:fellow|director|professor|researcher|analyst|author|journalist|reporter|writer|editor|lawyer|advis[eo]r)\b)",
    re.IGNORECASE | re.MULTILINE,
)
# A news search gives a headline and its publisher two hard blanks apart, a line each, or as a list.
_HEADLINES = re.compile(r"[ \t]*[^\n]{1,400}?(?:\xa0\xa0|  )[^\n]{1,100}$", re.MULTILINE)
_LISTED = re.compile(r"\s{0,20}<ol>\s{0,20}<li>", re.IGNORECASE)


def without_tail(text: str) -> str:
    """The text up to what stands under it, so that no offset moves."""
    if found := _SYNDICATED.search(text, max(0, len(text) - _LONGEST_SYNDICATED)):
        text = text[: found.start()]
    at = text.find("\n", len(text) // 2)  # in the first half such a line may be the article's own
    while at >= 0:
        if _UNDERNEATH.match(text, at + 1):
            return text[:at]
        at = text.find("\n", at + 1)
    return text


def without_others(text: str) -> str:
    """The first headline of a news search's list of them; any other text as it is."""
    if (listed := _LISTED.match(text)) and (end := text.find("</li>", listed.end())) >= 0:
        return text[:end]
    lines = text.split("\n", 12)
    if len(lines) > 1 and all(_HEADLINES.match(line) for line in lines if line.strip()):
        return lines[0]
    return text
