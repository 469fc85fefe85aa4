"""The bytes of the depositary's document → its texts and its table, not yet judged; pure.

The bytes go to expat as they came: the document is in ISO-8859-1 and says so. Entity declarations are refused, so
nothing can grow, and nothing is ever loaded from elsewhere. Known of the document are Participants/Table/TGroup with
Thead/Row and Tbody/Rows/Row, and their Entry; all other elements are taken by their text and by where they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from bot.errors import ParseError
from bot.model import FeedFault

MOST_BYTES = 5 * 1024 * 1024  # treaties with many pages of reservations have less than one
_DEEPEST = 40  # elements within each other; the document has some ten
_ENCODINGS = frozenset({"iso-8859-1", "latin1", "utf-8", "utf-16", "us-ascii", "windows-1252"})
_MARK = re.compile(r"<superscript>[^<]*</superscript>", re.IGNORECASE)  # a footnote's; some documents escape it
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_DOWN = re.compile(rb"maintenance|currently unavailable", re.IGNORECASE)


class Text(NamedTuple):
    """What stands in an element beside its children."""

    path: tuple[str, ...]  # names of the elements around it, outermost first, its own last
    text: str  # one blank between words; without tags and footnote marks


@dataclass
class Page:
    """What a document holds."""

    texts: list[Text] = field(default_factory=list)  # outside of the table; never empty strings
    heads: list[list[str]] = field(default_factory=list)  # rows of column names
    rows: list[list[str]] = field(default_factory=list)


def page_of(body: bytes) -> Page:
    """The document's texts and its table.

    ParseError for what is no such document: fault MAINTENANCE for a site that says it is away, PAGE for any other web
    page, else UNREADABLE.
    """
    if _HTML.search(body[:2_000]):
        if _DOWN.search(body):
            raise ParseError("is under maintenance, says the site", fault=FeedFault.MAINTENANCE)
        raise ParseError("is a web page, not the treaty's record", fault=FeedFault.PAGE)
    if len(body) > MOST_BYTES:
        raise _unreadable("is larger than any treaty's record")
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise _unreadable(f"is no readable XML ({said}, line {error.lineno})") from error
    if not reader.page.heads and not reader.page.rows:
        raise _unreadable("holds no table of participants")
    return reader.page


def plain(text: str) -> str:
    """A text without its footnote marks and tags, one blank between words."""
    return " ".join(_TAG.sub(" ", _MARK.sub(" ", text)).split())


def _unreadable(what: str) -> ParseError:
    return ParseError(what, fault=FeedFault.UNREADABLE)


class _Reader:
    """Follows the document element by element and fills a page."""

    def __init__(self) -> None:
        self.page = Page()
        self._path: list[str] = []
        self._texts: list[list[str]] = []  # of each open element
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declared
        self.parser.EntityDeclHandler = self._entity
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Refuse what would hand the bytes to one of Python's codecs, some of which are no alphabets."""
        if encoding and encoding.lower() not in _ENCODINGS:
            raise _unreadable("is written in an alphabet that the treaty's record never uses")

    def _entity(self, *_declaration: object) -> None:
        raise _unreadable("declares entities of its own, which no treaty's record does")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            raise _unreadable("is nested deeper than any treaty's record")
        rows = self._rows()
        if name == "Row" and rows is not None:
            rows.append([])
        self._path.append(name)
        self._texts.append([])

    def _said(self, text: str) -> None:
        self._texts[-1].append(text)

    def _end(self, name: str) -> None:
        text = "".join(self._texts.pop())
        path = tuple(self._path)
        self._path.pop()
        if "Entry" in self._path:  # markup within a cell, as if it had been escaped
            self._texts[-1].append(f"<{name}>{text}</{name}>")
            return
        rows = self._rows()
        if name == "Entry" and rows and self._path[-1] == "Row":
            rows[-1].append(plain(text))
        elif rows is None and (said := plain(text)):
            self.page.texts.append(Text(path, said))

    def _rows(self) -> list[list[str]] | None:
        """The rows that are being read; None outside of the table."""
        if "Participants" not in self._path:
            return None
        return self.page.heads if "Thead" in self._path else self.page.rows
