"""SIGHUP: feeds.yaml is read again, and the running program goes on as it says, or as the old one said."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests import offices
from tests.fake_slack import Fault, RemoteSlack
from tests.feed_server import Page
from tests.offices import GARDEN
from tests.place import Bot, Place, told

office, place, slack = offices.office, offices.place, offices.slack

SECOND_ROOM = "  - channel: slack:T1:C2\n    instant: [ratification]\n"


def change(place: Place, *pairs: tuple[str, str]) -> None:
    """Write another feeds.yaml, these words in the place of those."""
    text = place.config.read_text()
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    new = place.config.with_suffix(".new")
    new.write_text(text)
    new.replace(place.config)  # in one step, as the program may be reading it


def another_feed(place: Place) -> tuple[str, str]:
    """A second feed beside the first."""
    row = f"  - {{id: courier, name: The Courier, url: {place.server.url('/courier')}, every: 1s}}\n"
    return "feeds:\n", "feeds:\n" + row


async def rereads(bot: Bot) -> dict[str, object]:
    """What came of a SIGHUP."""
    bot.process.send_signal(signal.SIGHUP)
    return await bot.logs("config.reloaded", "config.refused")


async def watches(bot: Bot, feed: str) -> None:
    """Return once that feed is read."""
    while (await bot.logs("feed.watched"))["feed"] != feed:
        pass


async def test_a_new_feed_is_watched_and_a_new_channel_posted_over_the_same_socket(
    office: Place, slack: RemoteSlack
) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        assert await slack.connected() == 1
        office.server.feed("/courier", [GARDEN])
        office.config.write_text(office.config.read_text() + SECOND_ROOM)
        change(office, another_feed(office))
        reloaded = await rereads(bot)
        assert (reloaded["event"], reloaded["feeds"], reloaded["channels"]) == ("config.reloaded", 2, 2)
        await watches(bot, "courier")
        office.server.feed("/courier", [told(0), GARDEN])
        assert "Norway ratifies" in (await slack.posted("C1"))[0].words
        assert "Norway ratifies" in (await slack.posted("C2"))[0].words
        assert await slack.connected() == 1


async def test_a_terminal_that_is_named_from_now_on_is_a_channel_from_now_on(office: Place) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        office.config.write_text(office.config.read_text() + "  - {channel: terminal, instant: [ratification]}\n")
        await rereads(bot)
        office.server.feed("/rss", [told(0), GARDEN])
        channels = {str((await bot.logs("post.sent"))["channel"]) for _ in range(2)}
    assert (channels, office.posted("https://gazette.example/norway")) == ({"slack:T1:C1", "terminal"}, 1)


async def test_a_channel_of_another_workspace_than_the_tokens_is_warned_of(office: Place) -> None:
    office.config.write_text(office.config.read_text() + SECOND_ROOM.replace("T1:C2", "T9:C1"))
    async with office.runs(*office.command("run")) as bot:
        warned = await bot.logs("channel.unserved")
    assert warned["why"] == "it is in workspace T9, and the token is that of T1"


async def test_a_faulty_file_is_refused_with_every_fault_and_the_old_one_stays(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        change(place, ("every: 1s", "every: soon"), ("settle: 1s", "settel: 1s"))
        faults = [(await rereads(bot))["fault"], (await bot.logs("config.refused"))["fault"]]
        unknown, odd = (str(fault).removeprefix(f"{place.config}:") for fault in faults)
        assert unknown == '1:38: bot.settel: unknown key; did you mean "settle"?'
        assert odd.startswith("3:")
        assert odd.endswith('feeds[0].every: "soon" is not a duration; write 15m, 2h or 1d')
        place.server.feed("/rss", [told(0), GARDEN])
        await bot.logs("post.sent")
    assert place.posted("https://gazette.example/norway") == 1


async def test_a_file_that_is_gone_is_refused_and_one_that_is_back_is_taken(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        text = place.config.read_text()
        place.config.unlink()
        assert "there is no such file" in str((await rereads(bot))["fault"])
        place.config.write_text(text)
        assert (await rereads(bot))["changed"] is False


async def test_what_is_being_sent_is_finished_and_nothing_is_told_twice(office: Place, slack: RemoteSlack) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        stuck = await slack.fault("chat.postMessage", Fault.hangs(accepted=True))
        office.server.feed("/rss", [told(0), GARDEN])
        await slack.hit(stuck)
        office.server.feed("/courier", [GARDEN])
        change(office, another_feed(office))
        assert (await rereads(bot))["event"] == "config.reloaded"
        await slack.release(stuck)
        await bot.logs("post.sent")
        office.server.feed("/rss", [told(1), told(0), GARDEN])
        await bot.logs("post.sent")
        assert len(await slack.posts("C1")) == 2


async def test_a_reading_that_is_cut_off_begins_anew_at_once_at_the_new_address(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        place.server.page("/rss", Page(fault="hangs"))
        place.server.feed("/moved", [told(0), GARDEN])
        await place.server.asked_again("/rss")
        change(place, ("/rss,", "/moved,"))
        assert (await rereads(bot))["changed"] is True
        async with asyncio.timeout(60):  # a lease would last 150 s
            await bot.logs("post.sent")
    assert place.posted("https://gazette.example/norway") == 1


async def test_networks_that_are_taken_out_are_reached_no_more(place: Place) -> None:
    async with place.runs(*place.command("run")) as bot:
        await bot.logs("feed.watched")
        change(place, ("allow_networks: [127.0.0.0/8]", "allow_networks: []"))
        await rereads(bot)
        assert (await bot.logs("feed.failed"))["fault"] == "refused"
        change(place, ("allow_networks: []", "allow_networks: [127.0.0.0/8]"))
        await rereads(bot)
        await bot.logs("feed.watched")


async def test_the_time_to_settle_is_taken_over(office: Place, slack: RemoteSlack) -> None:
    change(office, ("settle: 1s", "settle: 1h"))
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        change(office, ("settle: 1h", "settle: 1s"))
        await rereads(bot)
        await slack.fault("chat.postMessage", Fault.half())
        office.server.feed("/rss", [told(0), GARDEN])
        await bot.logs("post.unsure")
        await bot.logs("post.found")
        assert len(await slack.posts("C1")) == 1


async def test_a_topic_taken_out_is_told_to_who_subscribed_it_and_known_no_more(
    office: Place, slack: RemoteSlack
) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        await slack.connected()
        await slack.command("/treaty", "subscribe human-rights instant", channel="C2", user="U1")
        await slack.posted("C2")
        change(office, ("\n  human-rights:\n", "\n  rights:\n"))
        await rereads(bot)
        (_, ended) = await slack.posted("C2", 2)
        assert "human-rights" in ended.words
        heard = await slack.command("/treaty", "subscribe human-rights instant", channel="C2", user="U1")
        assert "no topic" in heard.replies[0].words


@pytest.mark.timeout(180)
async def test_a_storm_of_signals_loses_nothing_and_repeats_nothing(office: Place, slack: RemoteSlack) -> None:
    async with office.runs(*office.command("run")) as bot:
        await bot.logs("feed.watched")
        office.server.feed("/courier", [GARDEN])
        row = another_feed(office)
        for number in range(6):
            office.server.feed("/rss", [*(told(one) for one in range(number, -1, -1)), GARDEN])
            for turn in range(20):
                change(office, row if turn % 2 == 0 else (row[1], row[0]))
                bot.process.send_signal(signal.SIGHUP)
            await bot.logs("config.reloaded")
        posts = await slack.posted("C1", 6, within_s=30)
        assert bot.process.returncode is None
    assert sorted(post.words.split(" ratifies")[0].split()[-1] for post in posts) == [
        *("Chile", "Fiji", "Ghana", "Malta", "Nepal", "Norway"),
    ]
