"""The sentence that proves a match, and texts cut to a length without breaking a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.model import Coverage, Evidence, Item, Quote
from bot.topics.text import sentence_around

NEAR = 8  # characters in which the end of a sentence, its closing marks and its blanks are found
STOP = re.compile(r"(?:[.!?…؟۔।。！？][\"'”’»)\]」』）]*|\n)\s*$")
NO_QUOTE = Quote(before="", words="", after="")


def quote_of(lead: Coverage, topics: Sequence[str], limit: int) -> Quote:
    """The sentence that proves best that the lead is about the first of these topics, or else the next ones.

    A sentence that only says the title again is passed over while there is another; where nothing but the title
    proves it, the quote is the title itself. The proof of some other topic is the last resort: under this topic's
    name it would seem to prove what it does not.
    """
    places = {topic: place for place, topic in enumerate(topics)}
    matches = sorted(lead.matches, key=lambda match: places.get(match.topic, len(places)))
    proofs = [(match.topic in places, proof) for match in matches for proof in match.evidence]
    titles = [_sentence(lead.item, proof) for _, proof in proofs if proof.field == "title"]
    others = [(ours, _sentence(lead.item, proof)) for ours, proof in proofs if proof.field != "title"]
    telling = [quote for ours, quote in others if ours and not _same(quote.text, lead.item.title)]
    return cut([*telling, *titles, *(quote for _, quote in others), NO_QUOTE][0], limit)


def _sentence(item: Item, proof: Evidence) -> Quote:
    """The sentence around a proof, on one line, with … where it is too long to be whole; of a title, all of it."""
    if proof.field == "title":
        text, start, end = item.title, 0, len(item.title)
    else:
        text = item.summary if proof.field == "summary" else item.content
        start, end = sentence_around(text, proof.start, proof.end)
    parts = text[start : proof.start], text[proof.start : proof.end], text[proof.end : end]
    before, words, after = (re.sub(r"\s+", " ", part) for part in parts)
    return Quote(
        before="…" * (not _stop(text, start)) + before.lstrip(),
        words=words,
        after=after.rstrip() + "…" * (not _stop(text, end)),
    )


def _stop(text: str, at: int) -> bool:
    """Whether a sentence ends, or the text begins or ends, at this place."""
    around = re.match(r"\s*", text[at : at + NEAR])
    blank = text[max(at - NEAR, 0) : at] + (around[0] if around else "")
    return not text[:at].strip() or not text[at:].strip() or bool(STOP.search(blank))


def _same(sentence: str, title: str) -> bool:
    """Whether a sentence says no more than the title, or the title and the outlet's name."""
    said, shown = (re.sub(r"\W", "", text).casefold() for text in (sentence, title))
    return said in shown or (bool(shown) and shown in said and len(said) - len(shown) <= 20)


def cut(quote: Quote, limit: int) -> Quote:
    """The quote in at most `limit` characters: whole words around the proving ones, … where some are left out."""
    room = limit - len(quote.words)
    if room < 0:
        return Quote(before="", words=clip(quote.words, limit), after="")
    before = _tail(quote.before, max(room // 2, room - len(quote.after)))
    return Quote(before=before, words=quote.words, after=clip(quote.after, room - len(before)))


def clip(text: str, limit: int) -> str:
    """The text in at most `limit` characters, ended at a word and with … where it is longer."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    if text[end] != " ":
        # Chinese has no blanks, and neither has an address: where a whole word would cost half, it is broken.
        word = text.rfind(" ", 0, end)
        end = word if word > end // 2 else end
    while end and _joined(text, end):
        end -= 1
    return f"{text[:end].rstrip()}…"[:limit]


def _tail(text: str, limit: int) -> str:
    """The end of the text in at most `limit` characters, begun at a word and with … where it is longer."""
    if len(text) <= limit:
        return text
    start = len(text) - max(limit - 1, 0)
    if text[start - 1] != " ":
        word = text.find(" ", start)
        start = word if 0 <= word - start < (len(text) - start) // 2 else start
    while start < len(text) and _joined(text, start):
        start += 1
    return f"…{text[start:].lstrip()}"[:limit]


def _joined(text: str, at: int) -> bool:
    """Whether the characters on both sides belong together: a letter and its accent, or an emoji made of several."""
    return unicodedata.category(text[at]).startswith("M") or "\N{ZERO WIDTH JOINER}" in text[at - 1 : at + 1]


def one_line(text: str) -> str:
    """The text with every run of blanks and line ends made one blank."""
    return " ".join(text.split())
