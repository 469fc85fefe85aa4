"""Forms in Slack, filled in and sent by the real Bolt: opened in time, drawn anew, checked at once, answered after."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from bot.chat.slack.app import SlackChat
from bot.model import Answer, ChannelId, Command, Filled, Form, Line, Option
from tests import slack_chats
from tests.fake_slack import Exchange, FakeSlack, Fault, View
from tests.slack_chats import CHANNEL, Desk, listening, opened
from tests.slack_forms import DIGEST, HOUR, PLACE, ZONE, form

VIENNA = Option(value="Europe/Vienna", label="Europe/Vienna")
LIMA = Option(value="America/Lima", label="America/Lima", told="05:00 there now")


class Office(Desk):
    """Opens a form for `subscribe`, draws it anew with what it would come to, and takes it when it is sent."""

    def __init__(self, opens: Form | None = None) -> None:
        super().__init__(self._reply)
        self.opens = opens or form()

    async def _reply(self, command: Command) -> Answer:
        filled = command.filled
        if filled is None:
            return Answer(parts=(Line(text="Or type `/treaty subscribe ratification`."),), form=self.opens)
        if filled.done:
            return Answer(parts=(Line(text="Subscribed."),), notice="This channel now gets it.")
        return Answer(parts=(), form=replace(self.opens, parts=(Line(text=f"Now: {told(filled)}"),)))


def told(filled: Filled) -> str:
    """What was ticked."""
    return ", ".join(filled.values["digest"])


slack, chat = slack_chats.slack, slack_chats.chat


async def asked_for(slack: FakeSlack, channel: str = "C1") -> tuple[View, Exchange]:
    """The form that a command opens, and the command."""
    exchange = await slack.command("/treaty", "subscribe", channel=channel, user="U1")
    await slack.until(lambda: bool(slack.workspace.forms), "no form was opened")
    return slack.workspace.forms[-1], exchange


def below(view: View) -> str:
    """What stands last in a view."""
    return str(view.body["blocks"][-1]["elements"][0]["elements"][0]["text"])


# ── opening ───────────────────────────────────────────────────────────────────


async def test_a_command_that_wants_a_form_opens_it_and_says_nothing_else(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Office()):
        view, exchange = await asked_for(slack)
    assert (view.user, view.body["title"]["text"], exchange.replies) == ("U1", "Subscribe this channel", [])


@pytest.mark.parametrize(
    "fault",
    [
        Fault.error("expired_trigger_id"),
        Fault.error("exchanged_trigger_id"),
        Fault.error("view_too_large"),
        Fault.http(500),
        Fault.rate_limited(30),
        Fault.reset(),
    ],
    ids=["too late", "used", "too large", "a broken Slack", "too many", "lost"],
)
async def test_where_a_form_cannot_be_opened_it_is_said_how_to_do_it_in_words(
    chat: SlackChat, slack: FakeSlack, fault: Fault
) -> None:
    slack.faults.add("views.open", fault)
    async with listening(chat, slack, Office()):
        exchange = await slack.command("/treaty", "subscribe", channel="C1", user="U1")
        reply = await exchange.answer()
    assert reply.words == "Or type \n/treaty subscribe ratification\n."


# ── filling in ────────────────────────────────────────────────────────────────


async def test_what_is_changed_in_a_form_is_drawn_at_once(chat: SlackChat, slack: FakeSlack) -> None:
    office = Office()
    async with listening(chat, slack, office):
        view, _ = await asked_for(slack)
        await slack.fill(view, "digest", "ratification", user="U1")
        await slack.until(lambda: view.version == 2, "the form was not drawn anew")
    assert below(view) == "Now: ratification"
    assert office.commands[-1].filled == Filled(
        form="subscribe",
        values={
            "digest": ("ratification",),
            "at": ("09:00",),
            "zone": ("Europe/Vienna",),
            "days": ("mon",),
            "quiet": (),
        },
        done=False,
    )


async def test_of_several_changes_the_last_is_what_is_shown(chat: SlackChat, slack: FakeSlack) -> None:
    ready, held = asyncio.Event(), Office()
    first = held._reply

    async def slow(command: Command) -> Answer:
        if command.filled and told(command.filled) == "ratification":
            await ready.wait()
        return await first(command)

    held.reply = slow
    async with listening(chat, slack, held):
        view, _ = await asked_for(slack)
        await slack.fill(view, "digest", "ratification", user="U1")
        await slack.fill(view, "digest", "convention", "ratification", user="U1")
        await slack.until(lambda: view.version == 2, "the form was not drawn anew")
        ready.set()
    assert (below(view), view.version, len(slack.calls("views.update"))) == ("Now: convention, ratification", 2, 1)


async def test_a_change_made_before_the_last_drawing_was_seen_is_drawn_too(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Office()):
        view, _ = await asked_for(slack)
        late = slack.faults.add("views.update", Fault.hangs(accepted=True))
        await slack.fill(view, "digest", "ratification", user="U1")
        await late.hit()
        view.version -= 1  # the person's client has not seen it yet
        await slack.fill(view, "digest", user="U1")
        view.version += 1
        late.release()
        await slack.until(lambda: view.version == 3, "the form was not drawn anew")
    assert below(view) == "Now: "


async def test_a_form_that_somebody_else_of_ours_drew_later_is_left_alone(chat: SlackChat, slack: FakeSlack) -> None:
    office = Office()
    async with listening(chat, slack, office):
        view, _ = await asked_for(slack)
        view.version += 1
        await slack.fill(view, "digest", "ratification", user="U1")
        slack.faults.add("views.update", Fault.error("hash_conflict"))
        await slack.fill(view, "digest", "convention", user="U1")
        await slack.called("views.update", 2)
    assert view.open


async def test_what_is_typed_is_looked_up_at_once(chat: SlackChat, slack: FakeSlack) -> None:
    office = Office()
    office.found = (LIMA,)
    async with listening(chat, slack, office):
        view, _ = await asked_for(slack)
        found = await slack.type_into(view, "zone", "li", user="U1")
        await slack.fill(view, "zone", "America/Lima", user="U1")
        await slack.until(lambda: view.version == 2, "the form was not drawn anew")
    assert [(one["text"]["text"], one["value"]) for one in found] == [("America/Lima", "America/Lima")]
    assert office.commands[-1].filled is not None
    assert office.commands[-1].filled.values["zone"] == ("America/Lima",)


async def test_a_search_that_finds_nothing_says_so(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Office()):
        view, _ = await asked_for(slack)
        assert await slack.type_into(view, "zone", "zzz", user="U1") == []


# ── sending ───────────────────────────────────────────────────────────────────


async def test_a_form_with_faults_stays_open_and_names_them_at_their_fields(chat: SlackChat, slack: FakeSlack) -> None:
    office = Office()
    office.wrong = {"digest": "Choose at least one topic."}
    async with listening(chat, slack, office):
        view, _ = await asked_for(slack)
        await slack.submit(view, user="U1")
    assert (view.open, view.errors) == (True, {"digest": "Choose at least one topic."})
    assert [command.filled for command in office.commands] == [None]


async def test_a_form_that_is_right_closes_and_is_answered_where_it_came_from(
    chat: SlackChat, slack: FakeSlack
) -> None:
    office = Office()
    async with listening(chat, slack, office):
        view, exchange = await asked_for(slack)
        await slack.fill(view, "digest", "convention", "ratification", user="U1")
        await slack.submit(view, user="U1")
        reply = await exchange.answer()
        (notice,) = await slack.posted("C1")
    last = office.commands[-1]
    assert (view.open, reply.words, notice.words) == (False, "Subscribed.", "This channel now gets it.")
    assert (last.channel, last.filled and last.filled.done) == (CHANNEL, True)


async def test_a_form_that_is_sent_twice_is_taken_once(chat: SlackChat, slack: FakeSlack) -> None:
    office = Office()
    async with listening(chat, slack, office):
        view, exchange = await asked_for(slack)
        sent = await slack.submit(view, user="U1")
        await exchange.answer()
        await slack.redeliver(sent)
        await sent.acked()
    assert (len(office.commands), [ack.payload for ack in sent.acks]) == (2, [None, None])


async def test_an_answer_that_comes_when_its_address_has_lapsed_is_whispered(chat: SlackChat, slack: FakeSlack) -> None:
    async with listening(chat, slack, Office()):
        view, _ = await asked_for(slack)
        slack.faults.add("response_url", Fault.http(404))
        await slack.submit(view, user="U1")
        await slack.called("chat.postEphemeral")
    assert [one.words for one in slack.workspace.whispers] == ["Subscribed."]


async def test_a_form_that_asks_for_the_channel_is_for_the_one_that_is_chosen(
    chat: SlackChat, slack: FakeSlack
) -> None:
    office = Office(form(PLACE, DIGEST, HOUR, ZONE, channel=None))
    async with listening(chat, slack, office):
        await slack.shortcut("subscribe", user="U1")
        await slack.called("views.open")
        (view,) = slack.workspace.forms
        await slack.fill(view, "place", "C3", user="U1")
        await slack.submit(view, user="U1")
        (notice,) = await slack.posted("C3")
        await slack.called("views.open", 2)
    there = ChannelId("slack", "T1", "C3")
    assert [command.channel for command in office.commands] == [ChannelId("slack", "T1", ""), there, there]
    assert (notice.words, below(slack.workspace.forms[-1])) == ("This channel now gets it.", "Subscribed.")


async def test_a_form_that_is_put_away_is_only_acknowledged(chat: SlackChat, slack: FakeSlack) -> None:
    office = Office()
    async with listening(chat, slack, office):
        view, _ = await asked_for(slack)
        exchange = await slack.put_away(view, user="U1")
    assert (len(exchange.acks), len(office.commands)) == (1, 1)


async def test_while_we_stop_a_form_stays_open_and_says_why(chat: SlackChat, slack: FakeSlack) -> None:
    ready = asyncio.Event()

    async def slow(command: Command) -> Answer:
        await ready.wait()
        return Answer(parts=(Line(text="At last."),))

    office = Office()
    async with listening(chat, slack, office) as stop:
        view, _ = await asked_for(slack)
        office.reply = slow
        under_way = await slack.command("/treaty", "list", channel="C1", user="U2")
        stop.set()
        await slack.submit(view, user="U1")
        ready.set()
    assert (view.open, list(view.errors)) == (True, ["digest"])
    assert [reply.words for reply in under_way.replies] == ["At last."]


async def test_the_address_that_a_form_keeps_is_never_logged(
    slack: FakeSlack, capfd: pytest.CaptureFixture[str]
) -> None:
    slack.faults.add("response_url", Fault.reset())
    slack.faults.add("views.update", Fault.http(500))
    async with opened(slack) as chat, listening(chat, slack, Office()):
        view, exchange = await asked_for(slack)
        await slack.fill(view, "digest", "ratification", user="U1")
        await slack.called("views.update")
        await slack.submit(view, user="U1")
        await slack.called("chat.postEphemeral")
    assert json.loads(view.body["private_metadata"])["u"] == exchange.response_url
    assert exchange.response_url not in "".join(capfd.readouterr())
