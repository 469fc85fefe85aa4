"""Forms in Discord, through discord.py over the gateway: opened, filled in, sent, and corrected where that takes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.model import Answer, Choices, Filled, Line, Option
from tests.discord_chats import post
from tests.fake_discord import payloads
from tests.test_discord_hearing import FORM, OPENS, Office, office


@pytest.fixture
async def here() -> AsyncIterator[Office]:
    async with office() as made:
        yield made


async def test_a_form_is_filled_in_and_sent(here: Office) -> None:
    here.desk.reply = OPENS
    opened_by = await here.discord.command("subscribe")
    assert (opened_by.first, opened_by.replies) == (9, [])
    here.desk.reply = Answer(parts=(Line(text="Saved."),))
    sent = await here.discord.submit(opened_by, choices_digest=["ratification"], hour_at="16:30")
    assert (await sent.answer()).words == "Saved."
    assert here.last.filled == Filled(
        form="subscribe", values={"digest": ("ratification",), "at": ("16:30",), "zone": ("Europe/Vienna",)}
    )


async def test_a_form_gives_its_stamp_back(here: Office) -> None:
    here.desk.reply = Answer(parts=(), form=replace(FORM, stamp="1a2b3c4d"))
    opened_by = await here.discord.command("subscribe")
    here.desk.reply = Answer(parts=(Line(text="Saved."),))
    await (await here.discord.submit(opened_by)).answer()
    assert here.last.filled is not None
    assert (here.last.filled.stamp, here.last.channel.channel) == ("1a2b3c4d", "101")


async def test_a_form_that_cannot_show_all_that_is_chosen_is_told_in_words(here: Office) -> None:
    options = tuple(Option(value=f"t{number}", label=f"Topic {number}") for number in range(30))
    chosen = tuple(option.value for option in options)
    field = Choices(name="digest", label="Topics", options=options, chosen=chosen)
    here.desk.reply = replace(OPENS, form=replace(FORM, fields=(field,)))
    exchange = await here.discord.command("subscribe")
    assert (await exchange.answer()).words == "Type it."


async def test_a_form_with_a_fault_is_opened_again_as_it_was_filled_in(here: Office) -> None:
    here.desk.reply = OPENS
    first = await here.discord.command("subscribe")
    here.desk.wrong = {"at": "Write an hour as in 09:00."}
    wrong = await (await here.discord.submit(first, hour_at="noon")).answer()
    assert wrong.words == "Hour: Write an hour as in 09:00.\nCorrect it"
    again = await here.discord.press(wrong, "Correct it")
    assert again.first == 9
    assert here.last.filled == Filled(
        form="subscribe", values={"digest": (), "at": ("noon",), "zone": ("Europe/Vienna",)}, done=False
    )


async def test_what_was_filled_in_before_a_restart_is_asked_for_anew(here: Office) -> None:
    here.desk.reply = OPENS
    await here.chat.send(post(here.chat))
    (posted,) = here.discord.posts("101")
    exchange = await here.discord.use(posted, payloads.press("again:1"))
    assert (exchange.first, here.last.words) == (9, "subscribe")
