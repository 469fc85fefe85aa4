"""A new user's walk through Slack, from the manifest to the digest after a pause: what each step shows."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fake_slack.nouns import words_in
from tests.slack_walk import Picture, begun, walked


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Picture]:
    """What was seen at each step of one walk."""

    async def walk() -> dict[str, Picture]:
        async with begun(tmp_path_factory.mktemp("walk")) as begins:
            return await walked(begins)

    return asyncio.run(walk())


STEPS = {
    "welcome": ["I post only where somebody asked for it.", "– what there is", "Subscribe a channel"],
    "home-first": ["Subscribe a channel", "16 of 17 feeds are read well."],
    "help": ["Nothing is subscribed here yet.", "/treaty latest ratification 5", "Topics"],
    "form": [
        "Topics in the digest",
        "Europe/Vienna",
        "UN Convention against Cybercrime: daily digest at 09:00 Europe/Vienna, Monday to Friday",
        "Human rights and safeguards: at once, as each story is found. The first digest comes today at 09:00",
        "The newest about these topics",
    ],
    "subscribed": ["From now on here:", "at once"],
    "instant": [
        "La Haye veut des droits de l'homme",
        "At once: Human rights and safeguards · change with /treaty",
        "Not relevant",
    ],
    "why": ["is about 3 topics:", "droits de l'homme"],
    "not-relevant": [
        "Noted: not relevant to Human rights and safeguards (so far 0 relevant, 1 not)",
        "the rules stay as they are",
    ],
    "latest": ["The 3 newest items:"],
    "digest": ["6 new stories", "1 posted earlier", "Reste à la ", "ratifier", "Change what comes"],
    "home": [
        "72 signatories",
        "09:00 Europe/Vienna, Monday to Friday; next tomorrow",
        "Show next digest",
        "Subscribe another channel",
    ],
    "moved": ["daily digest moved from 09:00 Europe/Vienna to 10:00 Europe/Vienna"],
    "home-moved": ["10:00 Europe/Vienna, Monday to Friday; next tomorrow"],
    "pause": ["1 day", "3 days", "1 week"],
    "paused": ["TreatyWatch posts nothing here until tomorrow at"],
    "resumed": ["TreatyWatch posts here again."],
    "catch-up": ["while this channel was paused", "Mehr als 60 Staaten unterschreiben"],
    "weekly": ["week to Friday, 31 October 2025", "2 new stories", "posted earlier", "The week", "72 signatories"],
}


@pytest.mark.parametrize(("step", "told"), STEPS.items(), ids=STEPS)
def test_each_step_of_a_new_user_shows_what_it_should(seen: dict[str, Picture], step: str, told: list[str]) -> None:
    words = " ".join(word for message in seen[step] for word in words_in(message["blocks"])).replace("\n", " ")
    assert [one for one in told if one not in words] == []


def test_no_step_is_left_untold(seen: dict[str, Picture]) -> None:
    assert set(seen) == set(STEPS)


async def test_every_request_of_the_walk_is_as_slack_wants_it(shared: Path, tmp_path: Path) -> None:
    async with begun(tmp_path, shared / "oracles") as walk:  # leaving it fails where one is not
        await walked(walk)
    assert walk.slack.unchecked == ()
