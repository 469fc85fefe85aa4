"""Words as we compare them, and the way back to the text as the reader sees it.

A feed's text and the phrases of feeds.yaml go through the same `normalise`: lower case, one width, no accents, one
spelling of Arabic letters, one blank between words. Whatever is no letter or digit ends a word, with three
exceptions: the dots of an abbreviation ("U.N." is "un"), a possessive ("UN's" is "un"), and the marks around Chinese
titles, which go without a trace. HTML that stands in a text is passed over (bot/topics/markup.py). Lengths and
offsets are characters, and always those of the text as given.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from urllib.parse import urlsplit

from bot.topics.markup import entity_end, unmarked

# Thai, Lao, Myanmar, Khmer, kana and Chinese are written without blanks; in Hangul, particles hang on the word.
DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_DENSE_RUN = re.compile(f"[{DENSE}]+")
_STEP = re.compile(f" |[{DENSE}][{DENSE}]?")

# Accents of Latin, Greek, Cyrillic, Arabic and Hebrew; not the marks of kana (が is not か), nor vowel signs.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_FIRST_ACCENT = "\u0300"
# Soft hyphen, tatweel, joiners and marks of direction, variation selectors, the marks around Chinese titles.
_VANISHING = re.compile(
    "[\u00ad\u0640\u061c\u200c-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff《》〈〉「」『』]"
)
_SPELLINGS = {
    "\u0629": "\u0647",  # teh marbuta → heh, as many write it
    "\u06c1": "\u0647",  # Urdu heh
    "\u0649": "\u064a",  # alef maksura → yeh
    "\u06cc": "\u064a",  # Persian yeh
    "\u0671": "\u0627",  # alef wasla → alef; alef with hamza or madda comes apart by itself
    "\u06a9": "\u0643",  # Persian kaf
} | dict(
    zip(("ø", "ł", "đ", "ı", "æ", "œ", "’", "‘", "ʼ"), ("o", "l", "d", "i", "ae", "oe", "'", "'", "'"), strict=True)
)


class _Spelling(dict[int, str]):
    """How each character is written in normalised text, "" for one that vanishes; filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        written = self[code] = _respell(chr(code))
        return written


def _respell(char: str) -> str:
    if _VANISHING.match(char):
        return ""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", char).casefold())
    return unicodedata.normalize("NFC", "".join(map(_respell_plain, plain)))


def _respell_plain(char: str) -> str:
    if char in _SPELLINGS:
        return _SPELLINGS[char]
    if _ACCENT.match(char):
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    # A dot or an apostrophe may yet join what it stands between.
    return char if char in "'." or char.isalnum() or unicodedata.category(char)[0] == "M" else " "


_SPELLING = _Spelling()
_ASCII = {code: _SPELLING[code] for code in range(128)}
_NO_ASCII = re.compile("[^\x00-\x7f]+")
_MOSTLY_ASCII = 8  # one byte beyond ASCII in so many: then only these are taken one by one, three times as fast

_POSSESSIVE = re.compile(r"'s(?<=[\w.]'s)(?!\w)")
_INNER_DOT = re.compile(r"\.(?<=(?<!\w)[^\W\d_]\.)(?=[^\W\d_](?!\w))")  # the first of "U.N."
_GONE = "\0"  # stands for such a dot, so that no offset moves; a NUL in the text itself becomes a blank
_GAP = re.compile(f"  +|{_GONE}")


def _spell(text: str) -> str:
    """The text with every character respelled, blanks not yet joined."""
    spelled = _letters(text)
    if "'" in spelled:
        spelled = _POSSESSIVE.sub("  ", spelled).replace("'", " ")
    return _INNER_DOT.sub(_GONE, spelled).replace(".", " ")


def _letters(text: str) -> str:
    if text.isascii():
        return text.translate(_ASCII)
    beyond = len(text.encode("utf-8", "surrogatepass")) - len(text)
    if beyond * _MOSTLY_ASCII < len(text):
        plain = _NO_ASCII.sub(_respell_run, text)
        if plain.isascii():
            return plain.translate(_ASCII)
    return text.translate(_SPELLING)


def _respell_run(found: re.Match[str]) -> str:
    return found[0].translate(_SPELLING)


@dataclass(frozen=True)
class Normal:
    """A text's normalised words, and the way back to it, worked out only when asked for."""

    text: str  # as given
    shown: str  # the same without its HTML, no character moved
    spelled: str  # character by character; what `words` is joined from
    words: str  # one blank between words, none at the ends

    @cached_property
    def _gaps(self) -> tuple[list[int], list[int]]:
        """What `words` lacks of `spelled`: from which offset into `words` on, and how many characters by then."""
        gone = len(self.spelled) - len(self.spelled.lstrip(" "))
        places, lacking = [], [gone]
        for found in _GAP.finditer(self.spelled, gone):
            blank = self.spelled[found.start()] == " "  # the first of several blanks stays
            places.append(found.start() - gone + blank)
            gone += found.end() - found.start() - blank
            lacking.append(gone)
        return places, lacking

    @cached_property
    def _odd(self) -> tuple[list[int], list[int]]:
        """The characters not spelled as one: where they stand in the text, and where they end in `spelled`."""
        beyond = set("".join(_NO_ASCII.findall(self.shown)))
        odd = {char for char in beyond if len(_SPELLING[ord(char)]) != 1}
        places, ends, shift = [], [], 0
        for found in re.finditer(f"[{re.escape(''.join(odd))}]", self.shown) if odd else ():
            shift += len(_SPELLING[ord(found[0])]) - 1
            places.append(found.start())
            ends.append(found.start() + 1 + shift)
        return places, ends

    @cached_property
    def _steps(self) -> list[int]:
        """Where each word but the first is set off from the one before."""
        if _DENSE_RUN.search(self.words):
            return list(map(re.Match.start, _STEP.finditer(self.words)))
        lengths = accumulate(map(len, self.words.split(" ")))
        return [letters + before for before, letters in enumerate(lengths)][:-1]

    def steps(self, offset: int) -> int:
        """How many words stand before this offset into `words`; two Chinese characters count as one word."""
        return bisect_left(self._steps, offset)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `words[start:end]` stands in the text, accents and the last dot of "U.N." included."""
        first, last = self._origin(start), self._origin(end - 1) + 1
        if self.shown[last - 1] != self.text[last - 1]:
            last = max(last, entity_end(self.text, last - 1))
        if self.text[last - 2 : last + 1 : 2] == "..":
            last += 1
        while self.text[last : last + 1] >= _FIRST_ACCENT and _ACCENT.match(self.text, last):
            last += 1
        return first, last

    def _origin(self, offset: int) -> int:
        """Which character of the text became this character of `words`."""
        places, lacking = self._gaps
        at = offset + lacking[bisect_right(places, offset)]
        places, ends = self._odd
        passed = bisect_right(ends, at)
        if passed:
            at -= ends[passed - 1] - (places[passed - 1] + 1)
        return min(at, places[passed]) if passed < len(places) else at


def normalise(text: str) -> Normal:
    """The text's words as we compare them; never raises.

    Letters are taken one by one, so a Korean syllable or a kana that was sent in pieces stays in pieces.
    """
    shown = unmarked(text) if "<" in text or "&" in text else text
    spelled = _spell(shown)
    return Normal(text, shown, spelled, " ".join(spelled.replace(_GONE, "").split()))


# ── sentences

_LONGEST = 400  # characters of a sentence we show; a longer one is cut at word borders
_END = re.compile(r"[.!?…؟۔।]+[\"'”’»)\]]*(?=\s|$)|[。！？][”’」』）]*|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b\w|\b(?:abs|art|bzw|ca|cf|co|dr|etc|inc|jr|lt|mr|mrs|ms|no|nos|nr|prof|rev|sen|sr|sra|st|vs"
    r"|гг|им|руб|ст|стр|ул))\.$",
    re.IGNORECASE,
)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the sentence that holds `text[start:end]`, at most 400 characters unless that is longer itself.

    A dot after a single letter or a common abbreviation, or before a small letter, ends no sentence.
    """
    first, last = max(0, start - _LONGEST), min(len(text), end + _LONGEST)
    for found in _END.finditer(text, first, start):
        if _ends_sentence(text, found):
            first = found.end()
    for found in _END.finditer(text, end, last):
        if _ends_sentence(text, found):
            last = found.end()
            break
    first, last = _cut(text, start, end, (first, last))
    first += len(text[first:start]) - len(text[first:start].lstrip())
    return first, end + len(text[end:last].rstrip())


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The offsets of each sentence in turn, without the blanks around it; none is empty."""
    first = 0
    for found in _END.finditer(text):
        if _ends_sentence(text, found):
            yield from _trimmed(text, first, found.end())
            first = found.end()
    yield from _trimmed(text, first, len(text))


def _trimmed(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    if sentence := text[first:last].strip():
        first += len(text[first:last]) - len(text[first:last].lstrip())
        yield first, first + len(sentence)


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    if not found[0].startswith("."):
        return True
    after = text[found.end() : found.end() + 8].lstrip()[:1]
    return not after.islower() and not _ABBREVIATION.search(text, max(0, found.start() - 6), found.start() + 1)


def _cut(text: str, start: int, end: int, sentence: tuple[int, int]) -> tuple[int, int]:
    """The part of a sentence around `start` and `end` that is not too long."""
    first, last = sentence
    room = max(0, _LONGEST - (end - start))
    if last - first > room + (end - start) or start - first > room:
        left = max(first, start - max(room // 2, room - (last - end)))
        right = min(last, end + room - (start - left))
        if left > first and (blank := text.find(" ", left - 1, start)) >= 0:
            left = blank + 1
        if right < last and (blank := text.rfind(" ", end, right + 1)) >= 0:
            right = blank
        return left, right
    return first, last


# ── search


def index_words(text: str) -> str:
    """The text's words for a full-text index that knows no Chinese: such runs as pairs of characters.

    "联合国公约 UN" gives "联合 合国 国公 公约 un"; a character alone stays alone.
    """
    return indexed(normalise(text))


def indexed(text: Normal) -> str:
    """The same of a text that is normalised already."""
    if text.words.isascii():
        return text.words
    return " ".join(_DENSE_RUN.sub(_pairs, text.words).split())


def _pairs(run: re.Match[str]) -> str:
    return " " + (" ".join(map("".join, pairwise(run[0]))) or run[0]) + " "


def search_terms(words: str) -> list[str]:
    """What a person typed, as words of such an index: each once, at most 20, of the first 200 characters."""
    return list(dict.fromkeys(index_words(words[:200]).split()))[:20]


# ── links

_TRACKERS = frozenset({
    "traffic_source", "at_medium", "at_campaign", "fbclid", "gclid", "dclid", "msclkid", "igshid",
    "mc_cid", "mc_eid", "cmpid", "ocid", "ncid",
})  # fmt: skip
_FROM_FEED = frozenset({"rss", "feed", "rssfeed", "atom"})  # ref=rss and the like
_UN_DOCUMENT = re.compile(r"/(\w\w)/(?:blog|\d{4})/(?:\d{4}/)?([a-z]+\d+)(?:\.doc)?(?:\.htm)?", re.IGNORECASE)


def canonical_link(url: str) -> str:
    """One form for all the addresses of one page. To compare, not to open: http counts as https, www. as nothing.

    A link that is none comes back as it is, bar blanks at its ends.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = host_of(url), parts.port
    except ValueError:
        return url.strip()
    if parts.scheme not in {"http", "https"} or not host:
        return url.strip()
    host = host.removeprefix("www.") + (f":{port}" if port not in {None, 80, 443} else "")
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair))
    # All that was done to a treaty stands on one page of the depositary's; which of it is meant, the fragment says.
    part = f"#{parts.fragment}" if host == "treaties.un.org" and parts.fragment else ""
    return f"https://{host}{_canonical_path(host, parts.path)}" + (f"?{query}" if query else "") + part


def _tracks(pair: str) -> bool:
    key, _, value = pair.lower().partition("=")
    return key.startswith("utm_") or key in _TRACKERS or (key in {"ref", "source"} and value in _FROM_FEED)


def _canonical_path(host: str, path: str) -> str:
    """The path without its trailing slash, and two publishers' doubles as one."""
    if host == "news.un.org":
        path = path.replace("/feed/view/", "/", 1)
    if host == "press.un.org" and (document := _UN_DOCUMENT.fullmatch(path.rstrip("/"))):
        # A meeting's live blog (/en/blog/sc16444) and its release (/en/2026/sc16444.doc.htm) are one document.
        return f"/{document[1]}/{document[2]}".lower()
    return path.rstrip("/")


def host_of(url: str) -> str:
    """The host a link leads to, in lower case; "" if it leads to none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""
