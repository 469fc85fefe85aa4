"""Bytes → text: a document in the alphabet that its bytes fit, without what XML forbids (pure).

What the server and the document say of the alphabet is a hint and no more: both lie, and a document can name a codec
that makes a parser raise.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# What the web means by these labels (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
# A label outside of these is not believed: Python has codecs that are no alphabets, and some that raise.
_ALPHABETS = re.compile(r"cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|tis-620")
_ALPHABETS_OF_MANY_BYTES = re.compile(r"gb18030|big5(hkscs)?|euc_(jp|kr)|cp9(32|49|50)|iso2022_(jp|kr).*|hz")

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The same the other way round: a text that is all right, as nearly all are, is seen to be so in a third of the time.
_ALLOWED = re.compile("[ -\ud7ff\t\n\r\ue000-\ufffd\U00010000-\U0010ffff]*")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")


def readable(body: bytes, content_type: str) -> str:
    """The document as text, without its XML declaration, blanks before it, and what XML forbids; may be empty."""
    text = _decoded(body, content_type).lstrip("\ufeff\0 \t\r\n")
    text = _DECLARATION.sub("", text)
    if not _ALLOWED.fullmatch(text):
        text = _FORBIDDEN.sub("", text)
    return _REFERENCE.sub(_allowed_reference, text) if "&#" in text else text


def _decoded(body: bytes, content_type: str) -> str:
    """What the bytes fit: servers and declarations lie about it, and some say nothing."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    labels = [match[1].decode() for match in [_DECLARED.search(body)] if match]
    labels += _CHARSET.findall(content_type)
    named = [name for label in labels if (name := _codec(label))]
    # UTF-8 first, whatever is said: other alphabets look like it only by a miracle. All-ASCII bytes prove nothing.
    for codec in ("utf-8", *filter(_ALPHABETS_OF_MANY_BYTES.fullmatch, named)):
        if (fitting := _fitting(body, codec)) is not None and not fitting.isascii():
            return fitting
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    # A few bad bytes are an emoji cut in half by someone's database; more bad than good is another alphabet.
    if bad * 2 <= len(text) - len(text.encode("ascii", "ignore")):
        return text
    return body.decode(next(filter(_ALPHABETS.fullmatch, named), "cp1252"), "replace")


def _codec(label: str) -> str | None:
    """Python's name of the encoding that a label means; None if there is none."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return _MEANT.get(name, name)


def _fitting(body: bytes, codec: str) -> str | None:
    """The text if all bytes fit, a last letter that is cut in half aside."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(body)
    except UnicodeDecodeError:
        return None


def _allowed_reference(match: re.Match[str]) -> str:
    """`&#…;` as it stands, or nothing where it means no character: feedparser raises on `&#xD800;`."""
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    number = int(digits.lstrip("0")[:9] or "0", base)
    if 0xD800 <= number < 0xE000 or number > 0x10FFFF or _FORBIDDEN.match(chr(number)):
        return ""
    return match[0]
