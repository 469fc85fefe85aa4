"""What is kept of a message that was composed, so that it can be corrected later."""

from __future__ import annotations

from dataclasses import replace

from bot.delivery.compose import compose_instant
from bot.model import Message
from bot.store.messages import as_text, of_text
from tests.desks import CHANNEL, LIMITS, desk, plain, wish

OLD = """{
    "kind": "instant", "heading": "Ratification", "lead": "", "why": "At once: Ratification · set in feeds.yaml",
    "groups": [{"name": "Ratification", "entries": [{
        "story": "s1", "title": "Qatar ratifies", "url": "https://a.example/1", "outlet": "CEPA", "published": null,
        "quote": {"before": "", "words": "Qatar ratifies", "after": ""}, "topics": ["Ratification"],
        "source": ["cepa", "1"]}]}]
}"""


def composed() -> Message:
    """A story told at once in a channel that chat set."""
    on = desk(wish("ratification", "instant"), channel=replace(CHANNEL, set_by="chat"))
    return compose_instant(plain("Qatar ratifies", "ratification"), desk=on, limits=LIMITS)


def test_a_message_comes_back_as_it_was_composed_with_its_topics_and_what_changes_it() -> None:
    told = composed()
    assert (told.change, told.groups[0].entries[0].topic) == ("subscribe", "ratification")
    assert of_text(as_text(told)) == told


def test_a_message_kept_before_stories_had_topics_is_read_as_it_was() -> None:
    told = of_text(OLD)
    assert told is not None
    assert told.stories == ("s1",)
    assert (told.change, told.groups[0].entries[0].topic) == ("", "")
