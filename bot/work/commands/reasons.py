"""why: which words put an item under its topics, or what it lacked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter

from bot.delivery.compose import title_of
from bot.delivery.notes import NAME, many
from bot.delivery.quote import clip, one_line
from bot.model import Answer, Example, Fact, Found, Line, Part
from bot.topics.rules import Rules
from bot.topics.why import Because, Proof, Why, judged_otherwise, not_kept, why
from bot.work.commands.standing import View
from bot.work.commands.wanted import WhyLink
from bot.work.editor import Editor

COPIES = 3  # items of one page, from different feeds, that are told
PROOFS = 3  # of one topic
TITLE, SENTENCE, WORDS = 150, 300, 80  # characters

GONE = "That story is no longer kept; it is older than the archive goes back."

HELD = "A feed holds only its newest items; older ones were never seen."
ELSEWHERE = (
    Example(command="feeds", told="what is read, and what cannot be"),
    Example(command="search data protection", told="find it by its words; it may have another address"),
)

_PLACES = {"title": "the title", "summary": "the summary", "content": "the text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Says why an item is where it is, by the rules that hold now."""

    editor: Editor
    rules: Rules

    async def why(self, wanted: WhyLink, view: View) -> Answer:
        """For each stored item of those pages, its topics with the words that prove them, or what it lacked."""
        parts: list[Part] = []
        unknown: list[Part] = []
        for link in wanted.links:
            found = await self.editor.reader.items_by_link(link)
            parts += [part for one in found[:COPIES] for part in self._parts(one, view)]
            if not found:
                told = f"{not_kept(link, self.editor.feeds)} {HELD}"
                alone = len(wanted.links) == 1
                unknown.append(Line(text=told) if alone else Fact(name=clip(link, TITLE), told=told))
        return Answer(parts=(*parts, *unknown, *(ELSEWHERE if unknown else ())))

    async def why_story(self, story: str, view: View) -> Answer:
        """The same for the items of a story that was told."""
        told = await self.editor.reader.story(story)
        if told is None:
            return Answer(parts=(Line(text=GONE), Example(command="latest", told="the newest items")))
        found = [
            Found(
                item=part.item,
                outlet=part.outlet,
                topics=tuple(match.topic for match in part.matches),
                evidence=next((proof for match in part.matches for proof in match.evidence[:1]), None),
            )
            for part in told.told_by[:COPIES]
        ]
        more = len(told.told_by) - COPIES
        rest = [Line(text=f"{more:,} more tell{'s' * (more == 1)} the same story.")] if more > 0 else []
        return Answer(parts=(*(part for one in found for part in self._parts(one, view)), *rest))

    def _parts(self, found: Found, view: View) -> Iterator[Part]:
        told = why(found.item, self.rules, self.editor.topics)
        name = f"“{title_of(found.item, TITLE)}” ({clip(one_line(found.outlet), NAME)})"
        if told.matched:
            yield Line(text=f"{name} is about {many(len(told.matched), 'topic')}:")
            yield from (Fact(name=view.name(because.topic), told=_proved(because)) for because in told.matched)
            yield from _quoted(told)
        else:
            yield Line(text=f"{name} is kept, but about no topic.")
            yield _nearest(told, view)
        if otherwise := judged_otherwise(found, told):
            yield Line(text=otherwise)


def _nearest(told: Why, view: View) -> Part:
    if told.nearest is None:
        return Line(text="No phrase of any topic stands in it.")
    return Fact(name=f"Nearest: {view.name(told.nearest.topic)}", told=told.nearest.lacking)


def _proved(because: Because) -> str:
    """The proving words as they stand there, with their places: `“ratifies”, “signed” in the title`."""
    proofs = _told_apart(because)
    rows = [
        f"{', '.join(f'“{clip(one_line(proof.text), WORDS)}”' for proof in run)} in {_PLACES[field]}"
        for field, run in groupby(proofs[:PROOFS], key=attrgetter("field"))
    ]
    more = len(proofs) - PROOFS
    return f"{', '.join(rows)}{f', and {more} more' if more > 0 else ''}"


def _told_apart(because: Because) -> list[Proof]:
    """The first of the proofs for each of the words: nobody wants to read of the same ones twice."""
    return list({one_line(proof.text).casefold(): proof for proof in reversed(because.proofs)}.values())[::-1]


def _quoted(told: Why) -> Iterator[Part]:
    """The sentence that proves most, unless it is the title, which stands there already."""
    proofs = (proof for because in told.matched for proof in _told_apart(because) if proof.field != "title")
    for proof in islice(proofs, 1):
        yield Line(text=f"“{clip(proof.sentence, SENTENCE)}”")
