"""relevant, not relevant: what people think of a story under its topic."""

from __future__ import annotations

from dataclasses import dataclass

from bot.delivery.compose import title_of
from bot.delivery.shelf import Shelf
from bot.model import Answer, Command, Example, Feedback, Line, Press
from bot.store import Store
from bot.work.commands.reasons import GONE
from bot.work.commands.standing import View

TITLE = 150  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Takes down what people say of stories."""

    store: Store

    async def say(self, press: Press, command: Command, view: View) -> Answer:
        """Keep a person's word, and say how many said what so far; it never changes a rule."""
        gone = Answer(parts=(Line(text=GONE), Example(command="latest", told="the newest items")))
        story = await self.store.story(press.story)
        topic = press.about or (story and Shelf(view.topics, ()).topic_of(story))
        if story is None or not topic:
            return gone
        where = command.channel
        word = Feedback(
            story=story.id,
            topic=topic,
            by=f"{where.platform}:{where.workspace}:{command.person}",
            channel=where,
            relevant=press.deed == "relevant",
            at=view.now,
        )
        if (counts := await self.store.say(word)) is None:
            return gone
        yes, no = counts
        said = "relevant" if word.relevant else "not relevant"
        so_far = f"so far {yes:,} relevant, {no:,} not"
        told = f"Noted: {said} to {view.name(topic)} ({so_far}): “{title_of(story.lead.item, TITLE)}”"
        rule = "Choose again to change your mind; the rules stay as they are."
        return Answer(parts=(Line(text=told), Line(text=rule)))
