"""What people do in Discord, through discord.py over the gateway: asked as in words anywhere, answered in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from structlog.testing import capture_logs

from bot.chat.discord.app import DiscordChat
from bot.model import (
    Answer,
    Button,
    Buttons,
    Choices,
    Command,
    Example,
    Fact,
    Form,
    Heading,
    Hour,
    ItemId,
    Line,
    Lookup,
    Option,
    Press,
)
from tests.discord_chats import CHANNEL, fake, listening, opened, post
from tests.fake_discord import FakeDiscord, Fault, payloads, refused
from tests.fake_discord.guild import BOT
from tests.slack_chats import Desk
from tests.slack_shapes import digest, entry

FORM = Form(
    name="subscribe",
    title="What this channel gets",
    submit="Save",
    channel=CHANNEL,
    fields=(
        Choices(name="digest", label="Topics", options=(Option(value="ratification", label="Ratification"),)),
        Hour(name="at", label="Hour", chosen="09:00"),
        Lookup(name="zone", label="Zone", chosen="Europe/Vienna"),
    ),
)
OPENS = Answer(parts=(Line(text="Type it."),), form=FORM)
STORIES = digest(
    entry(story="0123456789abcdef", topic="ratification", source=ItemId("cepa", "g1"), title="First"),
    entry(
        story="fedcba9876543210",
        topic="ratification",
        source=ItemId("prif", "g2"),
        title="Second [more]",
        outlet="PRIF",
    ),
)


@dataclass
class Office:
    """A chat that listens, the Discord that it hears, and who answers."""

    chat: DiscordChat
    discord: FakeDiscord
    desk: Desk
    stop: asyncio.Event

    @property
    def last(self) -> Command:
        return self.desk.commands[-1]


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    desk = Desk()
    async with fake() as discord, opened(discord) as chat, listening(chat, discord, desk) as stop:
        yield Office(chat, discord, desk, stop)


@pytest.fixture
async def here() -> AsyncIterator[Office]:
    async with office() as made:
        yield made


# ── the command ───────────────────────────────────────────────────────────────


async def test_a_command_is_asked_in_words_and_answered_to_the_asker_alone(here: Office) -> None:
    exchange = await here.discord.command("subscribe", topics="ratification", when="instant")
    answer = await exchange.answer()
    assert (answer.words, answer.private) == ("Done.", True)
    asked = here.last
    assert (asked.words, asked.channel, asked.person) == ("subscribe ratification instant", CHANNEL, "11")


async def test_the_command_is_registered_once_and_again_only_when_it_changed() -> None:
    async with fake() as discord:
        for _ in range(2):
            async with opened(discord) as chat, listening(chat, discord, Desk()):
                await discord.called("commands")
                await discord.until(lambda: bool(discord.guild.commands))
        assert discord.guild.registered == 1
        discord.guild.commands[0]["description"] = "As it was in an older release"
        async with opened(discord) as chat, listening(chat, discord, Desk()):
            await discord.until(lambda: discord.guild.registered == 2)


async def test_who_types_an_option_is_offered_what_there_is(here: Office) -> None:
    here.desk.found = (Option(value="ratification", label="Ratification"),)
    assert await here.discord.types("latest", "topic", topic="rat") == [
        {"name": "Ratification", "value": "ratification"}
    ]


async def test_an_answer_that_takes_long_is_put_off_and_then_given(here: Office) -> None:
    gate = asyncio.Event()

    async def slowly(_command: Command) -> Answer:
        await gate.wait()
        return OPENS

    here.desk.reply = slowly
    exchange = await here.discord.command("subscribe")
    assert exchange.first == 5  # put off
    gate.set()
    late = await exchange.answer()
    assert (late.words, late.buttons) == ("Type it.\nOpen the form", {"Open the form": "words::101:subscribe"})
    assert (await here.discord.press(late, "Open the form")).first == 9


async def test_an_answer_has_as_many_messages_as_it_takes(here: Office) -> None:
    parts = (
        Heading(text="Here", channel=CHANNEL),
        Fact(name="Daily", told="at 09:00"),
        Buttons(buttons=(Button(label="Pause", words="pause 1d"),)),
        Example(command="list", told="what comes"),
    )
    here.desk.reply = Answer(parts=parts, preview=(STORIES,))
    first, second = await (await here.discord.command("list")).answers(2)
    assert (first.words, first.buttons) == ("Here <#101>\nDaily at 09:00\nPause", {"Pause": "words:::pause 1d"})
    assert second.words.startswith("/treaty list what comes\nThe convention · Monday")


async def test_what_does_not_fit_into_five_messages_is_counted(here: Office) -> None:
    here.desk.reply = Answer(parts=tuple(Line(text="*" * 999) for _ in range(20)))
    answers = await (await here.discord.command("topics")).answers(5)
    assert answers[-1].words.endswith("more did not fit here.")


async def test_a_change_is_said_in_the_channel(here: Office) -> None:
    here.desk.reply = Answer(parts=(Line(text="Subscribed."),), notice="Ada subscribed this channel.")
    await here.discord.command("subscribe", topics="ratification")
    (notice,) = await here.discord.posted("101")
    assert notice.words == "Ada subscribed this channel."


@pytest.mark.parametrize("route", ["respond", "follow"])
async def test_a_change_is_said_in_the_channel_even_if_its_asker_cannot_be_answered(here: Office, route: str) -> None:
    parts = tuple(Line(text="*" * 999) for _ in range(6))
    here.desk.reply = Answer(parts=parts, notice="Ada subscribed this channel.")
    here.discord.faults.add(route, refused(404, 10062))
    await here.discord.send(payloads.COMMAND, payloads.command("list", {}), channel="101", user="11")
    (notice,) = await here.discord.posted("101")
    assert notice.words == "Ada subscribed this channel."


async def test_who_asks_is_called_as_in_that_server(here: Office) -> None:
    await (await here.discord.command("list")).answer()
    here.discord.guild.people["11"] = replace(here.discord.guild.people["11"], nick="Ada L.")
    await (await here.discord.command("list")).answer()
    assert [one.name for one in here.desk.commands] == ["ada", "Ada L."]


async def test_where_the_channel_cannot_be_told_the_asker_hears_what_to_do(here: Office) -> None:
    here.desk.reply = Answer(parts=(Line(text="Subscribed."),), notice="Ada subscribed this channel.")
    exchange = await here.discord.command("subscribe", topics="ratification", channel="102")
    _, second = await exchange.answers(2)
    assert second.words.startswith("I cannot post in this channel yet: the bot may not post here")


async def test_the_first_person_of_a_server_is_told_how_to_begin_and_nobody_after(here: Office) -> None:
    here.desk.welcoming = Answer(parts=(Line(text="Welcome."),))
    first = await (await here.discord.command("help")).answers(2)
    assert [one.words for one in first] == ["Done.", "Welcome."]
    assert len((await here.discord.command("help")).replies) == 1


async def test_a_fault_of_ours_is_told_with_a_reference_and_nobody_else_is_touched(here: Office) -> None:
    async def breaks(_command: Command) -> Answer:
        raise RuntimeError("no")

    here.desk.reply = breaks
    with capture_logs() as logs:
        said = (await (await here.discord.command("list")).answer()).words
    (reference,) = [row["reference"] for row in logs if row["event"] == "command.broke"]
    assert said == f"Something went wrong here; the operator's log has it under {reference}."
    here.desk.reply = Answer(parts=(Line(text="Well again."),))
    assert (await (await here.discord.command("list")).answer()).words == "Well again."


async def test_an_answer_that_discord_does_not_take_is_logged(here: Office) -> None:
    here.discord.faults.add("respond", refused(404, 10062))
    with capture_logs() as logs:
        await here.discord.send(payloads.COMMAND, payloads.command("list", {}), channel="101", user="11")
        await here.discord.called("respond")
        await (await here.discord.command("list")).answer()
    assert [row["event"] for row in logs if row["log_level"] == "warning"] == ["command.unanswered"]


async def test_who_asks_while_we_stop_is_told_so(here: Office) -> None:
    gate = asyncio.Event()

    async def slowly(_command: Command) -> Answer:
        await gate.wait()
        return Answer(parts=(Line(text="In time."),))

    here.desk.reply = slowly
    under_way = await here.discord.send(payloads.COMMAND, payloads.command("list", {}), channel="101", user="11")
    await here.discord.until(lambda: bool(under_way.first) or bool(here.desk.commands), "it was not asked")
    here.stop.set()
    await asyncio.sleep(0)
    turned_away = await here.discord.command("list")
    assert (await turned_away.answer()).words.startswith("TreatyWatch is being restarted")
    gate.set()
    assert (await under_way.answer()).words == "In time."


async def test_a_direct_message_is_answered_with_where_it_works(here: Office) -> None:
    data = payloads.command("list", {})
    exchange = await here.discord.send(payloads.COMMAND, data, channel="101", user="11", guild_id=None)  # type: ignore[arg-type]
    assert (await exchange.answer()).words == "This works in the channels of a server."


async def test_in_a_thread_that_we_began_its_channel_is_meant(here: Office) -> None:
    sent = await here.chat.send(post(here.chat))
    here.discord.guild.begin("101", sent.message, {"name": "Later coverage"})
    await here.discord.command("list", channel=sent.message)
    assert here.last.channel == CHANNEL
    await here.discord.command("list", channel="104")
    assert here.last.channel == CHANNEL._replace(channel="104")


# ── who may ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("user", "rule", "may"),
    [
        ("11", "anyone", True),
        ("12", "anyone", False),
        ("11", "admins", False),
        ("13", "admins", True),
        ("15", "501", True),
    ],
)
async def test_who_may_change_a_channel_comes_with_what_is_asked(
    here: Office, user: str, rule: str, *, may: bool
) -> None:
    await (await here.discord.command("list", user=user)).answer()
    assert (await here.chat.may_not_change(CHANNEL, user, rule) == "") is may
    assert await here.chat.zone(user) is None


async def test_what_somebody_may_in_one_channel_is_not_taken_for_another(here: Office) -> None:
    button = Button(label="Pause", words="pause 1d", channel=CHANNEL._replace(channel="106"))
    here.desk.reply = Answer(parts=(Buttons(buttons=(button,)),))
    person = here.discord.guild.people["12"]
    here.discord.guild.people["12"] = type(person)(id="12", name="bob", permissions=1 << 4)  # manages this channel
    answer = await (await here.discord.command("list", user="12")).answer()
    await here.discord.press(answer, "Pause", user="12")
    assert here.last.channel.channel == "106"
    assert await here.chat.may_not_change(CHANNEL, "12", "anyone") == ""
    assert await here.chat.may_not_change(CHANNEL._replace(channel="106"), "12", "anyone") != ""


# ── buttons ───────────────────────────────────────────────────────────────────


async def test_buttons_of_a_post_work_after_a_restart() -> None:
    async with fake() as discord:
        async with opened(discord) as chat:
            await chat.send(post(chat))
        (posted,) = discord.posts("101")
        desk = Desk()
        async with opened(discord) as chat, listening(chat, discord, desk):
            await (await discord.press(posted, "Settings")).answer()
            await (await discord.press(posted, "Why?")).answer()
        assert [(one.words, one.press) for one in desk.commands] == [
            ("list", None),
            ("", Press(deed="why", story="1", about="ratification")),
        ]


@pytest.mark.parametrize(
    ("label", "deed", "about"),
    [
        ("Why?", "why", "ratification"),
        ("Relevant", "relevant", "ratification"),
        ("Not relevant", "irrelevant", "ratification"),
        ("Mute PRIF", "mute", "prif"),
    ],
)
async def test_a_story_of_several_is_chosen_first(here: Office, label: str, deed: str, about: str) -> None:
    await here.chat.send(replace(post(here.chat), payload=here.chat.render(STORIES)))
    (posted,) = here.discord.posts("101")
    data = payloads.press("story", ["fedcba9876543210:ratification:prif"])
    offered = await (await here.discord.use(posted, data)).answer()
    assert (offered.private, list(offered.buttons)) == (True, ["Why?", "Relevant", "Not relevant", "Mute PRIF"])
    assert offered.words.startswith("What of Second [more] (PRIF)?\n")
    await (await here.discord.press(offered, label)).answer()
    press = here.last.press
    assert press is not None
    assert (press.deed, press.story, press.about) == (deed, "fedcba9876543210", about)


async def test_what_asks_first_is_done_only_on_a_second_press(here: Office) -> None:
    button = Button(label="End all", words="unsubscribe all", channel=CHANNEL, sure="End all subscriptions?")
    here.desk.reply = Answer(parts=(Buttons(buttons=(button,)),))
    answer = await (await here.discord.command("list")).answer()
    question = await (await here.discord.press(answer, "End all")).answer()
    assert (question.words, len(here.desk.commands)) == ("End all subscriptions?\nEnd all", 1)
    done = await here.discord.press(question, "End all")
    assert (here.last.words, done.first) == ("unsubscribe all", 7)  # it takes the question's place


async def test_what_asks_first_does_so_after_a_restart_too(here: Office) -> None:
    sure = payloads.press("sure::101:unsubscribe all")
    await here.chat.send(post(here.chat))
    question = await (await here.discord.use(here.discord.posts("101")[0], sure)).answer()
    assert question.words == "Shall I do /treaty unsubscribe topics:all?\nGo on"


async def test_a_button_of_an_older_release_says_so(here: Office) -> None:
    await here.chat.send(post(here.chat))
    (posted,) = here.discord.posts("101")
    exchange = await here.discord.use(posted, payloads.press("what was that"))
    assert "older TreatyWatch" in (await exchange.answer()).words


# ── the connection ────────────────────────────────────────────────────────────


async def test_an_answer_s_own_lost_answer_does_no_harm(here: Office) -> None:
    here.discord.faults.add("respond", Fault.reset(accepted=True))
    assert (await (await here.discord.command("list")).answer()).words == "Done."


async def test_our_own_number_is_the_application_s(here: Office) -> None:
    await here.discord.called("commands")
    assert here.discord.calls("commands")[0].path == f"/applications/{BOT}/commands"
