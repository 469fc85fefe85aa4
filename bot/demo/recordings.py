"""What the demo's outlets serve: each document first without its newest items, then with them.

A document stands once, in recorded/; what is served only the second time stands between two comments in it.
Which real article each item stands for is listed in recorded/README.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from bot.model import Rank

# From one comment to the other, together with the line they stand on; a document may hold several such stretches.
_NEWEST = re.compile(rb"[ \t]*<!-- newest -->\n.*?<!-- /newest -->\n", re.DOTALL)

# Feed id, name, rank; the document is recorded/<id>.xml. The nearest to the facts first, else by the alphabet.
_OUTLETS = (
    ("un-press", "UN Press", Rank.UN),
    ("coe-cybercrime", "Council of Europe", Rank.GOVERNMENT),
    ("agencia-brasil", "Agência Brasil", Rank.OUTLET),
    ("aljazeera", "Al Jazeera", Rank.OUTLET),
    ("courrier", "Le Courrier du Vietnam", Rank.OUTLET),
    ("dw", "Deutsche Welle", Rank.OUTLET),
    ("lenta", "Lenta.ru", Rank.OUTLET),
    ("peoples-army", "People's Army Newspaper", Rank.OUTLET),
    ("viet-nam-news", "Việt Nam News", Rank.OUTLET),
    ("vna", "Vietnam Illustrated", Rank.OUTLET),
    ("cepa", "CEPA", Rank.COMMENT),
    ("circleid", "CircleID", Rank.COMMENT),
    ("gi-toc", "GI-TOC", Rank.COMMENT),
    ("global-dispatches", "Global Dispatches", Rank.COMMENT),
    ("prif", "PRIF Blog", Rank.COMMENT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One feed of the demo, and what its address answers."""

    feed: str  # Feed.id
    name: str  # Feed.name
    path: str  # of its address on the loopback server, from the slash on
    rank: Rank
    status: int = 200  # of both servings; another than 200 is answered without a body
    content_type: str = "application/rss+xml; charset=utf-8"
    before: bytes = b""  # the first serving
    after: bytes = b""  # the second; the same bytes where the outlet has nothing new


# One outlet that cannot be read, so that a visitor sees how that is told.
_OUT_OF_ORDER = Recording(feed="dig-watch", name="Digital Watch", path="/dig-watch.xml", rank=Rank.COMMENT, status=503)


def recordings() -> list[Recording]:
    """All feeds of the demo, ids unique; the last one fails."""
    return [*(_recording(*outlet) for outlet in _OUTLETS), _OUT_OF_ORDER]


def without_newest(document: bytes) -> bytes:
    """The document as it was served before its newest items came."""
    return _NEWEST.sub(b"", document)


def _recording(feed: str, name: str, rank: Rank) -> Recording:
    document = files("bot.demo").joinpath("recorded", f"{feed}.xml").read_bytes()
    kind = "atom" if b"http://www.w3.org/2005/Atom" in document else "rss"
    return Recording(
        feed=feed,
        name=name,
        path=f"/{feed}.xml",
        rank=rank,
        content_type=f"application/{kind}+xml; charset=utf-8",
        before=without_newest(document),
        after=document,
    )
