"""What an answer looks like in Discord, and that it is always one that Discord takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.discord.answers import bodies
from bot.chat.discord.embeds import embeds_of, weight
from bot.model import Answer, Line, Message, Quote
from tests.fake_discord.checks import Checks
from tests.slack_shapes import digest, entry

LONG = Quote(before="q" * 100, words="w", after="q" * 99)


def held_against(answer: Answer) -> list[list[str]]:
    """What Discord would not take of each message."""
    return [Checks(None).shape("", body) for body in bodies(answer)]


def full(characters: int) -> Message:
    """A digest whose embeds count so many characters."""
    told = entry(title="T" * 200, url=f"https://e.example/{'a' * 230}", quote=LONG)
    message = digest(*[replace(told, story=f"{number:016x}") for number in range(6)], why="w")
    made = replace(message, why="w" * (characters - weight(embeds_of(message)) + 1))
    assert weight(embeds_of(made)) == characters
    return made


@pytest.mark.parametrize(
    ("preview", "pages"),
    [((digest(entry()),) * 80, 5), ((full(5990),) * 12, 5), ((digest(entry()),) * 3, 1)],
    ids=["more than ten embeds", "full ones", "few"],
)
def test_discord_takes_an_answer_however_long_it_is(preview: tuple[Message, ...], pages: int) -> None:
    found = held_against(Answer(parts=(Line(text="x"),), preview=preview))
    assert found == [[]] * pages
