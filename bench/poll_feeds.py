"""Made-up feeds: full texts of words as unevenly frequent as those of a language, the same at each run."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_SYLLABLES = tuple(first + second for first in "bcdfghjklmnprstvw" for second in "aeiou")
_COMMON = re.findall(
    r"\w+",
    "the of and to in a is that for it as was with on by at from be this have are not which but they his had has were"
    " or an their one all we said more when who will would about there been if out up so them some can could only into",
)
_ABOUT = (
    "The UN Convention against Cybercrime was opened for signature in Hanoi.",
    "The General Assembly adopted the treaty by consensus after five years of negotiations.",
    "Human rights groups warn of surveillance and of cross-border requests for data.",
    "Mutual legal assistance, extradition and electronic evidence are its core.",
)
ITEMS = 20  # of a full-text feed
ABOUT = 2  # of these are about the convention, as in a specialised feed
_PARAGRAPHS, _WORDS = 4, 82  # so that a full-text feed has about 53 kB


class Newsroom:
    """Writes feeds."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same feeds each time
        made = {"".join(self._chance.choices(_SYLLABLES, k=self._chance.randint(2, 4))) for _ in range(8_000)}
        self._vocabulary = sorted(made)

    def full(self, number: int) -> bytes:
        """A feed of 20 items with their full text, some 53 kB, as WordPress makes them."""
        items = [self._full_item(number, place) for place in range(ITEMS)]
        return _document(number, items)

    def short(self, number: int, items: int = 1) -> bytes:
        """A feed of items with a sentence each, some 400 bytes an item."""
        rows = [self._item(number, place, self._words(6), self._sentence(12)) for place in range(items)]
        return _document(number, rows)

    def _full_item(self, number: int, place: int) -> str:
        about = place % (ITEMS // ABOUT) == 1
        title = ("UN Convention against Cybercrime: " if about else "") + self._words(6)
        told = [self._sentence(_WORDS) for _ in range(_PARAGRAPHS)]
        if about:
            told = [f"{telling} {text}" for telling, text in zip(_ABOUT, told, strict=True)]
        paragraphs = "".join(
            f'<p>{text} <a href="https://p{number}.example/{place}">{self._words(2)}</a></p>' for text in told
        )
        return self._item(number, place, title, f"<p>{self._sentence(40)}</p>", paragraphs)

    def _item(self, number: int, place: int, title: str, summary: str, content: str = "") -> str:
        published = format_datetime(datetime.now(UTC) - timedelta(hours=place + 1), usegmt=True)
        link = f"https://p{number}.example/{place}"
        full = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
        return (
            f"<item><title>{title}</title><link>{link}</link><pubDate>{published}</pubDate>"
            f'<guid isPermaLink="false">{link}</guid><description><![CDATA[{summary}]]></description>{full}</item>'
        )

    def _sentence(self, length: int) -> str:
        return self._words(length).capitalize() + "."

    def _words(self, count: int) -> str:
        chance, size = self._chance.random, len(self._vocabulary)
        return " ".join(
            self._chance.choice(_COMMON) if chance() < 0.45 else self._vocabulary[int(size * chance() ** 3)]
            for _ in range(count)
        )


def _document(number: int, items: list[str]) -> bytes:
    head = f"<title>Publisher {number}</title><link>https://p{number}.example/</link><language>en</language>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>\n'
        f"{head}\n" + "\n".join(items) + "\n</channel></rss>\n"
    ).encode()
