"""The App Home: drawn of what there is, shown when it is opened, and kept up to date while somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.chat.slack.app import SlackChat
from bot.chat.slack.home import home
from bot.chat.slack.homes import Care
from bot.model import Answer, Button, Buttons, ChannelId, Command, Example, Fact, Heading, Line, Part
from tests import slack_chats
from tests.fake_slack import FakeSlack, Fault, View
from tests.fake_slack.checks import Checks
from tests.fake_slack.nouns import words_in
from tests.slack_chats import Desk, listening, opened
from tests.slack_forms import form
from tests.slack_shapes import Json, hostile, several, together

THERE = ChannelId("slack", "T1", "C3")
CHANNEL: tuple[Part, ...] = (
    Heading(text="What comes to", channel=THERE),
    Fact(name="Digest", told="daily at 09:00"),
    Buttons(buttons=(Button(label="Change", words="subscribe", channel=THERE),)),
)
PAGE = Answer(parts=(Heading(text="Your channels"), *CHANNEL, Heading(text="Feeds"), Line(text="All are well.")))


slack = slack_chats.slack


@pytest.fixture
async def chat(slack: FakeSlack) -> AsyncIterator[SlackChat]:
    async with opened(slack) as made:
        made.care = Care(calm=timedelta(milliseconds=10), every=timedelta(milliseconds=50))
        yield made


def page(words: str) -> Answer:
    """A page of a line."""
    return Answer(parts=(Line(text=words),))


def shown(slack: FakeSlack, person: str = "U1") -> str:
    """What a person's home says."""
    return "\n".join(words_in(slack.workspace.homes[person].body["blocks"]))


# ── drawing ───────────────────────────────────────────────────────────────────


def test_headings_are_those_of_a_page_and_each_channel_stands_apart() -> None:
    view = home(Answer(parts=(*PAGE.parts[:4], *CHANNEL, *PAGE.parts[4:])))
    assert [str(block["type"]) for block in _blocks(view)] == [
        *("header", "rich_text", "rich_text", "actions"),
        *("divider", "rich_text", "rich_text", "actions"),
        *("divider", "header", "rich_text"),
    ]


def _blocks(view: Json) -> list[Json]:
    blocks: list[Json] = view["blocks"]
    return blocks


def test_what_is_told_of_a_channel_stands_right_below_its_name() -> None:
    (named, told) = _blocks(home(Answer(parts=CHANNEL[:2])))
    assert named["elements"][0]["elements"][-1] == {"type": "channel", "channel_id": "C3"}
    assert told["elements"][0]["elements"][0] == {"type": "text", "text": "Digest", "style": {"bold": True}}


def test_a_page_of_too_much_counts_what_it_leaves_out() -> None:
    view = home(Answer(parts=CHANNEL * 60))
    assert len(_blocks(view)) == 100
    assert "more did not fit here." in "\n".join(words_in(_blocks(view)[-1:]))


@pytest.mark.shared
def test_slack_takes_every_page_and_no_text_can_do_anything_there(shared: Path) -> None:
    checks = Checks(shared / "oracles")
    pages = [PAGE, Answer(parts=CHANNEL * 60), Answer(parts=tuple(several(30))), Answer(parts=())]
    for texts in together(hostile(shared)):
        told = [part for text in texts for part in said(text)]
        pages.append(Answer(parts=(*told, *several(1))))
    views = [{"user_id": "U1", "view": home(one)} for one in pages]
    assert [checks.of("views.publish", view).violations for view in views] == [[]] * len(views)


def said(text: str) -> tuple[Part, ...]:
    """That, in every kind of part."""
    return (
        Heading(text=text or "x"),
        Fact(name=text, told=text),
        Line(text=text),
        Example(command=text, told=text),
    )


# ── when it is opened ─────────────────────────────────────────────────────────


async def look(slack: FakeSlack, user: str = "U1") -> None:
    """Somebody opens the home, and sees it."""
    count = len(slack.calls("views.publish"))
    await slack.event("app_home_opened", user=user, tab="home", channel="D1")
    await slack.called("views.publish", count + 1)


async def test_who_opens_it_sees_what_there_is(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    desk.page = PAGE
    async with listening(chat, slack, desk):
        await look(slack)
    assert (desk.looks[0], shown(slack).startswith("Your channels")) == ("U1", True)


async def test_a_look_that_is_delivered_again_is_handled_once(chat: SlackChat, slack: FakeSlack) -> None:
    chat.care = Care()
    desk = Desk()
    async with listening(chat, slack, desk):
        event = await slack.event("app_home_opened", user="U1", tab="home")
        await slack.called("views.publish")
        await slack.redeliver(event)
        await event.acked()
    assert (desk.looks, len(event.acks)) == (["U1"], 2)


async def test_the_first_who_meets_us_is_told_how_to_begin(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    desk.welcoming = page("Type /treaty in a channel.")
    async with listening(chat, slack, desk):
        await look(slack, "U2")
        (told,) = await slack.posted("U2")
        await look(slack, "U1")
    assert (told.words, slack.posts("U1")) == ("Type /treaty in a channel.", [])


@pytest.mark.parametrize(
    ("fault", "told"),
    [(Fault.error("messages_tab_disabled"), ["Type /treaty in a channel."]), (Fault.http(500), [])],
    ids=["surely not", "perhaps"],
)
async def test_who_comes_next_is_told_where_the_first_surely_was_not(
    chat: SlackChat, slack: FakeSlack, fault: Fault, told: list[str]
) -> None:
    desk = Desk()
    desk.welcoming = page("Type /treaty in a channel.")
    slack.faults.add("chat.postMessage", fault)
    async with listening(chat, slack, desk):
        await look(slack, "U2")
        await slack.called("chat.postMessage")
    async with listening(chat, slack, desk):
        await look(slack, "U1")
    assert [posted.words for posted in slack.posts("U1")] == told


async def test_a_home_that_breaks_is_logged_and_the_others_are_shown(chat: SlackChat, slack: FakeSlack) -> None:
    class Breaks(Desk):
        async def home(self, platform: str, workspace: str, person: str) -> Answer:
            if person == "U1":
                raise RuntimeError("on purpose")
            return PAGE

    with capture_logs() as logs:
        async with listening(chat, slack, Breaks()):
            await slack.event("app_home_opened", user="U1", tab="home")
            await look(slack, "U2")
    assert ("home.broke" in [row["event"] for row in logs], list(slack.workspace.homes)) == (True, ["U2"])


# ── while somebody looks ──────────────────────────────────────────────────────


async def test_what_anybody_changes_is_shown_to_who_looks(chat: SlackChat, slack: FakeSlack) -> None:
    chat.care = Care(calm=timedelta(milliseconds=10))
    desk = Desk(Answer(parts=(), notice="This channel is paused."))
    async with listening(chat, slack, desk):
        await look(slack)
        desk.page = page("Paused.")
        await slack.command("/treaty", "pause", channel="C1", user="U2")
        await slack.called("views.publish", 2)
    assert (shown(slack), list(slack.workspace.homes)) == ("Paused.", ["U1"])


async def test_what_changes_by_itself_is_shown_within_the_minute(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    async with listening(chat, slack, desk):
        await look(slack)
        desk.page = page("A feed has failed.")
        await slack.called("views.publish", 2)
    assert shown(slack) == "A feed has failed."


async def test_what_has_not_changed_is_not_shown_again(chat: SlackChat, slack: FakeSlack) -> None:
    often = asyncio.Event()

    class Counts(Desk):
        async def home(self, platform: str, workspace: str, person: str) -> Answer:
            if len(self.looks) == 4:
                often.set()
            return await super().home(platform, workspace, person)

    async with listening(chat, slack, Counts()):
        await look(slack)
        await asyncio.wait_for(often.wait(), 60)
    assert len(slack.calls("views.publish")) == 1


async def test_who_opened_it_long_ago_is_left_alone(chat: SlackChat, slack: FakeSlack) -> None:
    chat.care = replace(chat.care, lasting=timedelta())
    desk = Desk(Answer(parts=(Line(text="Done."),), notice="Changed."))
    async with listening(chat, slack, desk):
        await look(slack)
        desk.page = page("Changed.")
        exchange = await slack.command("/treaty", "pause", channel="C1", user="U2")
        await exchange.answer()
        await slack.posted("C1")
    assert len(slack.calls("views.publish")) == 1


async def test_only_those_who_came_last_are_kept_up_to_date(chat: SlackChat, slack: FakeSlack) -> None:
    chat.care = replace(chat.care, people=1)
    desk = Desk()
    async with listening(chat, slack, desk):
        await look(slack, "U1")
        await look(slack, "U2")
        desk.page = page("New.")
        await slack.called("views.publish", 3)
    assert (shown(slack, "U1"), shown(slack, "U2")) == ("Nothing is subscribed yet.", "New.")


async def test_a_slack_that_wants_to_be_left_alone_is(chat: SlackChat, slack: FakeSlack) -> None:
    chat.care = Care(calm=timedelta(milliseconds=10), every=timedelta(milliseconds=10))
    desk = Desk()
    async with listening(chat, slack, desk):
        await look(slack)
        slack.faults.add("views.publish", Fault.rate_limited(1))
        desk.page = page("New.")
        await slack.called("views.publish", 3)
        first, second = slack.calls("views.publish")[1:]
    assert second.at - first.at >= timedelta(seconds=1)


# ── what is pressed there ─────────────────────────────────────────────────────


async def pressed(slack: FakeSlack) -> View:
    """The home of a person, once its button is pressed."""
    await look(slack)
    view = slack.workspace.homes["U1"]
    await slack.press(view, "words 0", user="U1")
    return view


async def test_a_button_there_is_for_the_channel_that_it_stands_with(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk()
    desk.page = PAGE
    async with listening(chat, slack, desk):
        await pressed(slack)
        await slack.called("views.open")
    assert [(command.words, command.channel) for command in desk.commands] == [("subscribe", THERE)]


async def test_what_a_change_comes_to_is_seen_there_and_said_in_the_channel(chat: SlackChat, slack: FakeSlack) -> None:
    chat.care = Care()
    desk = Desk()
    desk.page = PAGE

    async def changes(_command: Command) -> Answer:
        desk.page = page("Paused.")
        return Answer(parts=(Line(text="Paused."),), notice="This channel is paused.")

    desk.reply = changes
    async with listening(chat, slack, desk):
        await pressed(slack)
        await slack.posted("C3")
        await slack.called("views.publish", 2)
    assert (shown(slack), slack.workspace.forms, slack.posts("U1")) == ("Paused.", [], [])


async def test_what_changed_nothing_is_told_in_a_view_of_its_own(chat: SlackChat, slack: FakeSlack) -> None:
    desk = Desk(page("Only an admin may."))
    desk.page = PAGE
    async with listening(chat, slack, desk):
        await pressed(slack)
        await slack.called("views.open")
    (view,) = slack.workspace.forms
    assert list(words_in(view.body["blocks"])) == ["In this channel:", " ", "Only an admin may."]


async def test_what_is_pressed_in_such_a_view_is_answered_in_it(chat: SlackChat, slack: FakeSlack) -> None:
    """Pause, in the home, asks until when."""
    asks = Answer(
        parts=(Line(text="Until when?"), Buttons(buttons=(Button(label="1 day", words="pause 1d", channel=THERE),)))
    )
    paused = Answer(parts=(Line(text="Paused until tomorrow."),), notice="This channel is paused.")

    async def reply(command: Command) -> Answer:
        return paused if command.words == "pause 1d" else asks

    desk = Desk(reply)
    desk.page = PAGE
    async with listening(chat, slack, desk):
        await pressed(slack)
        await slack.called("views.open")
        window = slack.workspace.forms[-1]
        await slack.press(window, "words 0", user="U1")
        await slack.called("views.update")
        await slack.posted("C3")
    assert desk.commands[-1].words == "pause 1d"
    assert list(words_in(window.body["blocks"]))[-1] == "Paused until tomorrow."


async def test_a_form_that_is_opened_there_is_answered_there(chat: SlackChat, slack: FakeSlack) -> None:
    chat.care = Care()
    desk = Desk()
    desk.page = PAGE

    async def fills(command: Command) -> Answer:
        if command.filled is None:
            return Answer(parts=(), form=form(channel=THERE))
        desk.page = page("Subscribed.")
        return Answer(parts=(Line(text="Subscribed."),), notice="This channel now gets it.")

    desk.reply = fills
    async with listening(chat, slack, desk):
        await pressed(slack)
        await slack.called("views.open")
        await slack.submit(slack.workspace.forms[0], user="U1")
        await slack.posted("C3")
        await slack.called("views.publish", 2)
    assert (shown(slack), len(slack.workspace.forms), slack.posts("U1")) == ("Subscribed.", 1, [])
