"""DiscordChat's posts, through discord.py to a Discord on loopback: sent once, found again, each failure told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.chat import CannotLook, Chat
from bot.chat.discord.app import DiscordChat
from bot.chat.discord.sending import nonce
from bot.errors import Closed, Refused, TreatywatchError, TryLater, Unsure
from bot.model import Channel
from tests import discord_chats
from tests.discord_chats import CHANNEL, opened, post
from tests.fake_discord import FakeDiscord, Fault, limited, refused, shut_out
from tests.slack_shapes import SIGNED, digest, entry

discord, chat = discord_chats.discord, discord_chats.chat


# ── the start ─────────────────────────────────────────────────────────────────


async def test_a_discord_chat_does_what_every_platform_does(chat: DiscordChat) -> None:
    same: Chat = chat
    assert (same.platform, same.workspace, same.edits, same.lags) == ("discord", "", True, False)


async def test_a_wrong_token_stops_the_start_and_is_named(discord: FakeDiscord) -> None:
    with pytest.raises(TreatywatchError, match='Discord does not take DISCORD_TOKEN; copy it from "Bot"'):
        async with opened(discord, token="wrong"):
            pass


@pytest.mark.parametrize("fault", [Fault.http(503), Fault.html(200), shut_out(), Fault.reset()])
async def test_a_discord_that_is_away_at_the_start_is_told_as_such(discord: FakeDiscord, fault: Fault) -> None:
    discord.faults.add("me", fault, times=None)
    with pytest.raises(TreatywatchError, match="Discord could not be asked whether DISCORD_TOKEN is right"):
        async with opened(discord):
            pass


# ── sending ───────────────────────────────────────────────────────────────────


async def test_a_post_stands_in_its_channel_with_its_id(chat: DiscordChat, discord: FakeDiscord) -> None:
    receipt = await chat.send(post(chat))
    (posted,) = discord.posts("101")
    assert (receipt.message, posted.key) == (posted.id, "p1")


async def test_what_discord_gets_is_what_was_rendered(chat: DiscordChat, discord: FakeDiscord) -> None:
    sent = post(chat)
    await chat.send(sent)
    (asked,) = discord.calls("say")
    rendered = json.loads(sent.payload)
    rendered["components"][0]["components"][-1]["custom_id"] = "words:p1::list"
    assert asked.body == rendered | {"nonce": nonce("p1"), "enforce_nonce": True}


def test_a_nonce_is_short_and_the_same_for_the_same_post() -> None:
    assert nonce("p1") == nonce("p1") != nonce("p2")
    assert len(nonce("a very long key indeed" * 9)) == 25


async def test_a_post_sent_again_within_minutes_stands_once(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("say", Fault.reset(accepted=True))
    with pytest.raises(Unsure):
        await chat.send(post(chat))
    receipt = await chat.send(post(chat))
    assert [one.id for one in discord.posts("101")] == [receipt.message]


async def test_discord_py_s_own_repeats_leave_one_message(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("say", Fault.http(502, accepted=True))
    await chat.send(post(chat))
    assert (len(discord.posts("101")), len(discord.calls("say"))) == (1, 2)


async def test_a_post_that_may_be_a_repeat_says_so(chat: DiscordChat, discord: FakeDiscord) -> None:
    await chat.send(post(chat, repeat=True))
    assert discord.posts("101")[0].words.startswith("This may be a repeat")


async def test_plain_text_is_taken_too(chat: DiscordChat, discord: FakeDiscord) -> None:
    payload = chat.render_plainly(digest(SIGNED, why="Daily at 09:00"))
    await chat.send(replace(post(chat), payload=payload, plain=True))
    (posted,) = discord.posts("101")
    assert (posted.key, posted.body.get("embeds")) == ("p1", None)
    assert "Sixty-five nations sign" in posted.words


async def test_a_changed_message_keeps_its_post(chat: DiscordChat, discord: FakeDiscord) -> None:
    sent = await chat.send(post(chat))
    changed = replace(post(chat), id="p2", edits="p1", target=sent.message)
    assert await chat.send(changed) == sent
    (posted,) = discord.posts("101")
    assert (posted.key, posted.edits) == ("p1", 1)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        pytest.param(limited(70), TryLater, id="429 for a route"),
        pytest.param(limited(70, whole=True), TryLater, id="429 for all"),
        pytest.param(shut_out(), TryLater, id="429 from what stands before Discord"),
        pytest.param(refused(401, 0), Closed, id="a revoked token"),
        pytest.param(refused(403, 50001), Closed, id="a hidden channel"),
        pytest.param(refused(403, 50013), Closed, id="a read-only channel"),
        pytest.param(refused(403, 77777), Closed, id="a 403 of tomorrow"),
        pytest.param(refused(404, 10003), Closed, id="a channel that is gone"),
        pytest.param(refused(400, 50035), Refused, id="a message that is wrong"),
        pytest.param(refused(400, 77777), Refused, id="a 400 of tomorrow"),
        pytest.param(Fault.http(503), Unsure, id="503"),
        pytest.param(Fault.html(503), Unsure, id="a gateway's page"),
        pytest.param(Fault.html(200), Unsure, id="a portal's page"),
        pytest.param(Fault(kind="answer", body="[1]"), Unsure, id="JSON but no message"),
        pytest.param(Fault(kind="answer", body="{"), Unsure, id="cut JSON"),
        pytest.param(Fault(kind="answer", body="{}"), Unsure, id="taken without a number"),
        pytest.param(Fault.reset(accepted=True), Unsure, id="reset after it was taken"),
        pytest.param(Fault.half(), Unsure, id="reset in the answer"),
    ],
)
async def test_a_failure_is_one_request_and_one_outcome(
    chat: DiscordChat, discord: FakeDiscord, fault: Fault, outcome: type[Exception]
) -> None:
    discord.faults.add("say", fault, times=None)
    with pytest.raises(outcome):
        await chat.send(post(chat))
    assert len(discord.calls("say")) == 1


async def test_how_long_discord_asks_to_wait_is_told(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("say", limited(70))
    with pytest.raises(TryLater) as caught:
        await chat.send(post(chat))
    assert caught.value.retry_after == timedelta(seconds=70)


async def test_a_short_wait_is_waited_out(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("say", limited(0.05))
    await chat.send(post(chat))
    assert (len(discord.posts("101")), len(discord.calls("say"))) == (1, 2)


async def test_a_discord_that_refuses_connections_surely_took_nothing(chat: DiscordChat, discord: FakeDiscord) -> None:
    await discord.go_down()
    with pytest.raises(TryLater, match="Discord cannot be reached"):
        await chat.send(post(chat))


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        ("102", "the bot may not post here; give it View Channel, Send Messages and Embed Links"),
        ("103", "the bot may not see this channel; give it View Channel there"),
        ("105", "the channel does not exist any more"),
        ("110", "no message can be sent into a channel of this kind"),
    ],
)
async def test_a_channel_that_takes_nothing_says_what_to_do(chat: DiscordChat, channel: str, why: str) -> None:
    with pytest.raises(Closed, match=why) as caught:
        await chat.send(post(chat, channel))
    assert not caught.value.workspace


# ── threads ───────────────────────────────────────────────────────────────────


async def test_later_coverage_goes_into_a_thread_that_is_begun_at_the_message(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    first = await chat.send(post(chat))
    more = await chat.send(replace(post(chat, thread=first.message), id="p2"))
    await chat.send(replace(post(chat, thread=first.message), id="p3"))
    assert [one.key for one in discord.posts(first.message)] == ["p2", "p3"]
    assert more.message == f"{first.message}/{discord.posts(first.message)[0].id}"
    assert len(discord.calls("begin")) == 1


async def test_a_thread_that_somebody_began_already_is_gone_on_with(chat: DiscordChat, discord: FakeDiscord) -> None:
    first = await chat.send(post(chat))
    discord.guild.begin("101", first.message, {"name": "Talk"})
    await chat.send(replace(post(chat, thread=first.message), id="p2"))
    assert [one.key for one in discord.posts(first.message)] == ["p2"]


@pytest.mark.parametrize("channel", ["104", "106"], ids=["a forum post", "a channel without our threads"])
async def test_where_no_thread_can_be_begun_it_is_an_answer_to_the_message(
    chat: DiscordChat, discord: FakeDiscord, channel: str
) -> None:
    discord.room("106").threads = False
    first = await chat.send(post(chat, channel))
    for name in ("p2", "p3"):
        await chat.send(replace(post(chat, channel, thread=first.message), id=name))
    _, *answers = discord.posts(channel)
    reference = {"message_id": first.message, "fail_if_not_exists": False}
    assert [(one.key, one.body["message_reference"]) for one in answers] == [("p2", reference), ("p3", reference)]
    assert len(discord.calls("begin")) == 1


async def test_a_thread_that_was_deleted_is_gone_on_with_as_answers(chat: DiscordChat, discord: FakeDiscord) -> None:
    first = await chat.send(post(chat))
    await chat.send(replace(post(chat, thread=first.message), id="p2"))
    discord.room(first.message).gone = True
    await chat.send(replace(post(chat, thread=first.message), id="p3"))
    assert [one.key for one in discord.posts("101")] == ["p1", "p3"]


async def test_no_post_is_spent_on_finding_out_whether_there_is_a_thread(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    first = await chat.send(post(chat))
    for name in ("p2", "p3"):
        await chat.send(replace(post(chat, thread=first.message), id=name))
    assert (len(discord.calls("say")), len(discord.calls("begin"))) == (3, 1)


async def test_what_stands_in_a_thread_can_be_changed(chat: DiscordChat, discord: FakeDiscord) -> None:
    first = await chat.send(post(chat))
    more = await chat.send(replace(post(chat, thread=first.message), id="p2"))
    await chat.send(replace(post(chat), id="p3", edits="p2", target=more.message))
    assert discord.posts(first.message)[0].edits == 1


# ── looking ───────────────────────────────────────────────────────────────────


async def test_a_post_whose_answer_was_lost_is_found(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("say", Fault.reset(accepted=True))
    with pytest.raises(Unsure):
        await chat.send(post(chat))
    found = await chat.find(post(chat))
    assert found is not None
    assert found.message == discord.posts("101")[0].id


async def test_a_post_is_found_after_it_was_edited(chat: DiscordChat, discord: FakeDiscord) -> None:
    looked_for = post(chat)
    sent = await chat.send(looked_for)
    await chat.send(
        replace(
            post(chat),
            id="p2",
            edits="p1",
            target=sent.message,
            payload=chat.render(digest(entry(title="Another title"))),
        )
    )
    assert await chat.find(looked_for) == sent


async def test_a_post_in_a_thread_is_looked_for_there(chat: DiscordChat) -> None:
    first = await chat.send(post(chat))
    looked_for = replace(post(chat, thread=first.message), id="p2")
    assert await chat.find(looked_for) is None
    sent = await chat.send(looked_for)
    assert await chat.find(looked_for) == sent


async def test_an_answer_in_place_of_a_thread_is_found(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.room("101").threads = False
    first = await chat.send(post(chat))
    looked_for = replace(post(chat, thread=first.message), id="p2")
    sent = await chat.send(looked_for)
    assert await chat.find(looked_for) == sent


async def test_what_is_not_there_is_not_found(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.said("101", "words:p1::list")
    await chat.send(replace(post(chat), id="another"))
    assert await chat.find(post(chat)) is None


async def test_a_post_is_found_behind_much_talk(chat: DiscordChat, discord: FakeDiscord) -> None:
    looked_for = post(chat)
    for number in range(240):
        discord.said("101", f"talk {number}")
    sent = await chat.send(looked_for)
    assert (await chat.find(looked_for), len(discord.calls("past"))) == (sent, 3)


async def test_too_much_talk_to_look_through_is_not_taken_for_absence(chat: DiscordChat, discord: FakeDiscord) -> None:
    looked_for = post(chat)
    for number in range(1000):
        discord.said("101", f"talk {number}")
    with pytest.raises(CannotLook, match="more than 1,000 messages were said since"):
        await chat.find(looked_for)


@pytest.mark.parametrize(
    ("fault", "later"),
    [(limited(50), 50), (Fault.http(503), 30), (Fault.half(), 30), (refused(403, 50001), 0)],
    ids=["429", "503", "a lost answer", "no permission"],
)
async def test_a_look_that_fails_is_no_absence(
    chat: DiscordChat, discord: FakeDiscord, fault: Fault, *, later: int
) -> None:
    discord.faults.add("past", fault)
    with pytest.raises(CannotLook) as caught:
        await chat.find(post(chat))
    assert caught.value.later * caught.value.after == timedelta(seconds=later)


async def test_what_stands_in_a_channel_and_its_threads_is_told(chat: DiscordChat, discord: FakeDiscord) -> None:
    sent = post(chat)
    first = await chat.send(sent)
    more = await chat.send(replace(post(chat, thread=first.message), id="p2"))
    discord.said("101", "https://example.org/")
    assert sent.first_try is not None
    found = await chat.recent(CHANNEL, since=sent.first_try)
    assert [(one.post, one.message) for one in found] == [("p1", first.message), ("p2", more.message)]
    assert found[0].links == ("https://press.un.org/en/2025/sgsm22878.doc.htm", "https://cepa.org/a")
    assert found[0].at is not None
    assert abs(found[0].at - sent.first_try) < timedelta(seconds=5)


# ── the owner ─────────────────────────────────────────────────────────────────

OWNED = Channel(id=CHANNEL, digest=None, set_by="chat", owner="11")


async def test_who_subscribed_a_channel_is_told_directly_and_of_which_channel(
    chat: DiscordChat, discord: FakeDiscord
) -> None:
    await chat.tell_owner(OWNED, "It is *gone*. Type `/treaty resume` there.")
    (told,) = discord.posts("11")
    assert told.words == "It is *gone*. Type /treaty resume there.\nChannel: <#101>"


async def test_a_channel_of_the_file_has_nobody_to_be_told(chat: DiscordChat, discord: FakeDiscord) -> None:
    await chat.tell_owner(replace(OWNED, owner=""), "It is gone.")
    assert discord.calls("direct") == []


async def test_an_owner_who_cannot_be_told_is_only_logged(chat: DiscordChat, discord: FakeDiscord) -> None:
    discord.faults.add("say", refused(403, 50007))
    with capture_logs() as logs:
        await chat.tell_owner(OWNED, "It is gone.")
    assert [(row["event"], row["channel"]) for row in logs] == [("owner.not_told", str(CHANNEL))]


# ── secrets and surroundings ──────────────────────────────────────────────────


async def test_no_token_stands_in_what_is_shown_of_a_chat_or_of_its_errors(discord: FakeDiscord) -> None:
    shown = []
    async with opened(discord) as chat:
        shown += [repr(chat), str(vars(chat))]
        for fault in (refused(401, 0), Fault.http(503), Fault.reset()):
            discord.faults.add("say", fault)
            with pytest.raises(TreatywatchError) as caught:
                await chat.send(post(chat))
            error: BaseException | None = caught.value
            while error is not None:
                shown += [str(error), repr(error)]
                error = error.__cause__
    assert [text for text in shown if discord.token in text] == []


async def test_nothing_is_read_from_the_environment(discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with opened(discord) as chat:
        await chat.send(post(chat))
    assert len(discord.posts("101")) == 1
