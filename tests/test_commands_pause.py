"""Pausing and going on, and what becomes of what was found meanwhile."""

from __future__ import annotations

import pytest

from tests import rooms
from tests.rooms import HERE, Room, buttons, told
from tests.stores import DAY, HOUR, LEASE, NOW, TERMINAL, a_reading, an_item

room = rooms.room


async def test_a_pause_is_told_to_the_channel_and_what_becomes_of_the_stories(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("subscribe human-rights instant")
    answer = await room.types("pause friday")
    assert (
        answer.notice
        == "TreatyWatch posts nothing here until Friday at 09:00 Europe/Vienna. `/treaty resume` ends that."
    )
    assert told(answer) == [
        "TreatyWatch posts nothing here until Friday at 09:00 Europe/Vienna.",
        (
            "Nothing is lost: what is found meanwhile is told in the first digest after the pause. "
            "Stories that would have come at once come together when it ends."
        ),
        "/treaty resume → go on before that",
        "[Resume: resume]",
    ]
    assert await room.store.claim_channels(NOW + DAY, limit=1, lease=LEASE, platforms=["slack"]) == []


async def test_a_bare_pause_asks_until_when_and_does_nothing(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("pause")
    assert (answer.notice, told(answer)) == (
        "",
        [
            (
                "Until when shall nothing be posted here? "
                "Nothing is lost: what is found meanwhile is told in the first digest after the pause."
            ),
            "[1 day: pause 1d] [3 days: pause 3d] [1 week: pause 1w] [Until somebody resumes: pause until resumed]",
            "/treaty pause monday 14:00 → until any other time: 2h, tomorrow, 2026-12-01",
        ],
    )
    assert (await room.settings()).channel.pause is None


async def test_every_button_of_the_question_pauses(room: Room) -> None:
    await room.types("subscribe ratification")
    for button in buttons(await room.types("pause")):
        await room.types("resume")
        assert (await room.types(button.words)).notice.startswith("TreatyWatch posts nothing here until")


async def test_a_bare_pause_of_what_is_paused_offers_to_go_on(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("pause friday")
    assert told(await room.types("pause")) == [
        "TreatyWatch posts nothing here until Friday at 09:00 Europe/Vienna.",
        "/treaty pause 1w → until another time",
        "[Resume: resume]",
    ]


async def test_pausing_as_it_is_paused_changes_nothing(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("pause forever")
    answer = await room.types("pause forever")
    assert (answer.notice, told(answer)[0]) == ("", "Already paused until somebody resumes it; nothing changed.")


async def test_a_channel_that_the_file_names_can_be_paused_and_resumed(room: Room) -> None:
    paused = await room.types("pause 2h", to=TERMINAL)
    assert (
        paused.notice
        == "TreatyWatch posts nothing here until today at 11:30 Europe/Vienna. `/treaty resume` ends that."
    )
    resumed = await room.types("resume", to=TERMINAL)
    assert resumed.notice == "TreatyWatch posts here again."


async def test_resuming_says_what_comes_next(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("pause forever")
    room.clock.moment = NOW + DAY
    assert told(await room.types("resume")) == [
        "TreatyWatch posts here again.",
        "What was found meanwhile is told in the next digest.",
        "The next digest comes in a moment, if there is anything new by then.",
    ]


WAITED = "What was found meanwhile comes now, in one digest"


@pytest.mark.parametrize(
    ("others", "at_once", "comes"),
    [
        (["subscribe human-rights"], 1, f"{WAITED}."),
        (["subscribe human-rights weekly fri"], 1, f"{WAITED}."),
        (
            ["subscribe human-rights", "subscribe ratification weekly fri"],
            1,
            f"{WAITED}; what is for the weekly digest waits for that.",
        ),
        (["subscribe human-rights"], 0, "What was found meanwhile is told in the next digest."),
        ([], 1, "What was found meanwhile is posted now."),
    ],
    ids=["with a daily one", "with a weekly one", "with both", "nothing waited", "no digest"],
)
async def test_what_waited_comes_in_one_digest_as_the_pause_ends_and_that_is_said(
    room: Room, others: list[str], at_once: int, comes: str
) -> None:
    for words in ["subscribe convention instant", *others, "pause forever"]:
        await room.types(words)
    await room.store.keep(a_reading(an_item("daily"), to=(HERE,), wish="digest"))
    if at_once:
        await room.store.keep(a_reading(an_item("now"), to=(HERE,), wish="instant"))
    assert told(await room.types("resume"))[1] == comes


async def test_resuming_what_is_not_paused_is_no_error(room: Room) -> None:
    await room.types("subscribe ratification")
    answer = await room.types("resume")
    assert (answer.notice, told(answer)[0]) == ("", "Nothing is paused here; nothing changed.")


async def test_a_pause_that_has_run_out_is_none(room: Room) -> None:
    await room.types("subscribe ratification")
    await room.types("pause 2h")
    room.clock.moment = NOW + 3 * HOUR
    assert not [line for line in told(await room.types("list")) if "aused" in line]
