"""Whatever a publisher writes, in Slack it pings nobody, forges no link, and breaks no message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.chat.slack.answers import payloads
from bot.chat.slack.blocks import render
from bot.chat.slack.forms import Kept, modal, window
from bot.chat.slack.home import home
from bot.model import Answer, Button, Buttons, Example, Fact, Heading, Line, Link, Part, Quote
from tests.fake_slack.checks import Checks
from tests.slack_forms import form
from tests.slack_shapes import SIGNED, digest, entry, held_against, hostile, injections, together

pytestmark = pytest.mark.shared
WHEN = datetime(2025, 10, 25, 9, tzinfo=UTC)
Place = Callable[[str], dict[str, Any]]


def as_title(text: str) -> dict[str, Any]:
    return {"title": text, "url": "https://a.example/1"}


def as_quote(text: str) -> dict[str, Any]:
    return {"quote": Quote(before=text, words=text, after=text)}


def as_outlet(text: str) -> dict[str, Any]:
    return {"outlet": text, "url": "https://a.example/1", "also": (Link(label=text, url="https://b.example/2"),)}


def as_link(text: str) -> dict[str, Any]:
    return {"title": text, "url": text, "also": (Link(label=text, url=text),)}


def everywhere(text: str) -> dict[str, Any]:
    return {**as_quote(text), **as_outlet(text), "title": text, "topics": (text,), "edited": text}


@pytest.mark.parametrize("place", [as_title, as_quote, as_outlet, as_link])
def test_a_text_made_to_ping_or_to_forge_does_neither(shared: Path, place: Place) -> None:
    messages = [digest(entry(story="1", published=WHEN, **place(text))) for text in injections(shared)]
    assert len(messages) == 51
    assert [held_against(render(message), shared) for message in messages] == [[]] * 51


@pytest.mark.parametrize("place", [everywhere, as_link])
def test_a_text_that_breaks_other_programs_breaks_no_message(shared: Path, place: Place) -> None:
    messages = [digest(entry(story="1", published=WHEN, **place(text))) for text in hostile(shared)]
    assert [held_against(render(message), shared) for message in messages] == [[]] * len(messages)


def test_such_a_text_around_the_stories_does_no_harm_either(shared: Path) -> None:
    messages = [
        digest(SIGNED, heading=text, lead=text, read=text, unread=(text,), why=text) for text in injections(shared)
    ]
    assert [held_against(render(message), shared) for message in messages] == [[]] * 51


def test_such_a_text_in_an_answer_does_no_harm_either(shared: Path) -> None:
    answers: list[tuple[Part, ...]] = [
        (
            Line(text=text),
            Example(command=text, told=text),
            Fact(name=text, told=text),
            Heading(text=text),
            Buttons(buttons=(Button(label=text, words=text, sure=text),)),
            entry(title=text, url=text, outlet=text, also=(Link(label=text, url="https://b.example/"),)),
        )
        for text in injections(shared)
    ]
    said = [payload for parts in answers for payload in payloads(Answer(parts=parts))]
    assert [held_against(payload, shared) for payload in said] == [[]] * len(said)


def test_such_a_text_in_a_form_or_a_home_does_no_harm_either(shared: Path) -> None:
    checks = Checks(shared / "oracles")
    for texts in together(injections(shared)):
        told = [entry(story=str(number), published=WHEN, **everywhere(text)) for number, text in enumerate(texts)]
        lines, headings = [Line(text=text) for text in texts], [Heading(text=text or "x") for text in texts]
        answer = Answer(parts=tuple(told), preview=(digest(*told),))
        views = [
            ("views.open", {"trigger_id": "1", "view": modal(form(parts=(*told, *lines)), Kept())}),
            ("views.open", {"trigger_id": "1", "view": window(answer, Kept())}),
            ("views.publish", {"user_id": "U1", "view": home(Answer(parts=(*told, *headings)))}),
        ]
        assert [checks.of(method, given).violations for method, given in views] == [[]] * 3
