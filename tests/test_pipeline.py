"""From a publisher's bytes to words on a screen: the promises, through the whole program."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.feed_server import Page, Told
from tests.world import World, vienna

SIGNED = Told(
    title="Sixty-five states sign the UN Convention against Cybercrime",
    link="https://gazette.example/signed",
    guid="signed",
    summary="Delegations lined up in Hanoi on Saturday to sign the UN Convention against Cybercrime.",
    published=vienna("2025-10-27 07:40"),
)
SURVEY = Told(
    title="What the UN Convention against Cybercrime says about data",
    link="https://gazette.example/survey",
    guid="survey",
    summary="A reader's guide to the UN Convention against Cybercrime and what it says of real-time collection.",
    published=vienna("2025-10-27 07:45"),
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as opened:
        yield opened


async def test_a_first_reading_is_silent(world: World) -> None:
    world.feed("gazette").holds(SIGNED, SURVEY)
    assert await world.at("2025-10-27 08:00") == ""


async def test_an_item_that_a_feed_gains_is_posted_at_once(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(SIGNED)
    posted = await world.at("2025-10-27 08:35")
    assert "Sixty-five states sign the UN Convention against Cybercrime" in posted
    assert "https://gazette.example/signed" in posted
    assert "The Gazette" in posted


async def test_an_item_seen_twice_is_posted_once(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(SIGNED)
    await world.at("2025-10-27 08:35")
    world.feed("gazette").gains(Told(title="A page about bread", guid="bread"))
    assert await world.at("2025-10-27 08:55") == ""
    await world.at("2025-10-27 12:00")
    assert world.screen().count("https://gazette.example/signed") == 1


async def test_a_story_for_the_digest_waits_for_its_hour_and_comes_once(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(SURVEY)
    assert await world.at("2025-10-27 08:59") == ""
    digest = await world.at("2025-10-27 09:00")
    assert digest.count("https://gazette.example/survey") == 1
    assert "1 new story" in digest
    assert "Surveillance and access to data" in digest
    assert await world.at("2025-10-27 10:00") == ""
    assert await world.at("2025-10-28 09:00") == ""  # nothing new: silent


async def test_a_story_told_at_once_is_only_counted_in_the_digest(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").holds(SIGNED, SURVEY)
    await world.at("2025-10-27 08:35")
    digest = await world.at("2025-10-27 09:00")
    assert "posted earlier" in digest
    assert "https://gazette.example/signed" not in digest


async def test_the_same_story_of_two_outlets_is_told_once_with_both_named(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(SURVEY)
    again = Told(title=SURVEY.title, link="https://courier.example/guide", guid="c1", summary=SURVEY.summary)
    world.feed("courier").gains(again)
    await world.at("2025-10-27 08:35")
    digest = await world.at("2025-10-27 09:00")
    assert "1 new story" in digest
    assert re.search(r"[Aa]lso in.*The (Courier|Gazette)", digest)


async def test_what_was_there_before_comes_with_the_first_digest_under_its_own_name(world: World) -> None:
    old = Told(title="UN cybercrime treaty: a look back", guid="old", published=vienna("2025-09-01 09:00"))
    world.feed("gazette").holds(SIGNED, old)
    await world.at("2025-10-27 08:00")
    digest = await world.at("2025-10-27 09:00")
    assert "Before you subscribed" in digest
    assert "https://gazette.example/signed" in digest
    assert "a look back" not in digest  # older than seven days


async def test_a_feed_that_cannot_be_read_is_told_in_the_digest(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(SURVEY)
    world.feed("courier").page(Page(status=503))
    await world.at("2025-10-27 08:35")
    assert "The Courier" in await world.at("2025-10-27 09:00")
    assert "503" in world.screen()


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(body=b"<html><body>Just a moment...</body></html>", headers={"Content-Type": "text/html"}), "page"),
        (Page(body=b"<rss version='2.0'><channel><title>x</title></channel></rss>"), "no items"),
        (Page(body=b""), ""),
        (Page(status=404), "404"),
    ],
    ids=["html", "no items", "empty", "gone"],
)
async def test_a_feed_that_gives_nothing_readable_is_a_failure_with_its_reason(
    world: World, page: Page, said: str
) -> None:
    world.feed("courier").page(page)
    await world.at("2025-10-27 08:00")
    (state,) = [state for state in await world.app.store.feed_states() if state.feed == "courier"]
    assert state.failures == 1
    assert state.error
    assert said in state.error


async def test_a_feed_that_recovers_loses_nothing(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").page(Page(status=500))
    await world.at("2025-10-27 08:35")
    world.feed("gazette").gains(SIGNED)
    assert "Sixty-five" in await world.at("2025-10-27 10:00")


async def test_a_restart_repeats_nothing_and_forgets_nothing(world: World) -> None:
    await world.at("2025-10-27 07:05")
    world.feed("gazette").gains(SIGNED)
    await world.at("2025-10-27 07:50")
    await world.close()
    world.feed("gazette").gains(SURVEY)
    await world.open()
    assert await world.at("2025-10-27 07:55") == ""
    digest = await world.at("2025-10-27 09:10")
    assert digest.count("https://gazette.example/survey") == 1


async def test_days_of_silence_become_one_digest(world: World) -> None:
    await world.at("2025-10-27 08:00")
    world.feed("gazette").gains(SURVEY)
    await world.at("2025-10-27 08:35")
    posted = await world.at("2025-10-30 15:00")
    assert posted.count("1 new story") == 1


async def test_without_a_channel_the_terminal_is_told_everything_at_once(tmp_path: Path) -> None:
    async with World(tmp_path, channels=" []\n") as world:
        await world.at("2025-10-27 08:00")
        world.feed("gazette").gains(SURVEY)
        assert "What the UN Convention" in await world.at("2025-10-27 08:35")


async def test_a_channel_that_cannot_be_reached_keeps_what_it_is_owed(tmp_path: Path) -> None:
    room = "\n  - {channel: slack:T1:C1, instant: [convention]}\n"
    async with World(tmp_path, channels=room) as world:
        await world.at("2025-10-27 08:00")
        world.feed("gazette").gains(SURVEY)
        await world.at("2025-10-27 08:35")
        status = await world.app.store.status()
        assert status.owed == 1


# ── real input


SEEDS = {
    "circleid": "A Collision Between Tech Policy and Foreign Policy: the UN Cybercrime Convention",
    "cepa": "US Approving UN Cybercrime Treaty Would Legitimize Authoritarian Censorship",
    "globaldispatches": "Cybercrimes and the world",
    "gitoc": "The new convention and the new president",
    "prif": "Between a rock and a hard place",
}


@pytest.mark.shared
async def test_the_five_seeds_are_found_by_their_full_text_with_evidence(tmp_path: Path, shared: Path) -> None:
    async with World(tmp_path, feeds=tuple(SEEDS)) as world:
        await world.at("2025-10-27 07:30")
        for name, title in SEEDS.items():
            text = (shared / "seeds" / f"{name}.txt").read_text()
            body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n") if paragraph.strip())
            world.feed(name).gains(Told(title=title, guid=name, link=f"https://{name}.example/1", content=body))
        await world.at("2025-10-27 08:05")
        found = await world.app.store.latest(topic="convention", limit=50)
    assert sorted(one.item.feed for one in found) == sorted(SEEDS)
    for one in found:
        assert one.evidence is not None
        assert re.search(r"cyber ?crime|convention|treaty|criminal purposes", one.evidence.text, re.IGNORECASE)


def documents(shared: Path) -> dict[str, Path]:
    return {
        path.stem.lower().replace(".", "-").replace("_", "-"): path
        for path in sorted((shared / "corpus" / "feeds").iterdir())
        if path.suffix in {".xml", ".rss", ".atom"}
    }


@pytest.mark.shared
async def test_real_feeds_about_other_things_are_stored_and_none_of_them_is_posted(
    tmp_path: Path, shared: Path
) -> None:
    real = documents(shared)
    async with World(tmp_path, feeds=tuple(real)) as world:
        await world.at("2025-10-27 07:30")
        for name, path in real.items():
            world.feed(name).page(Page(body=path.read_bytes()))
        await world.at("2025-10-27 08:05")
        states = {state.feed: state.error for state in await world.app.store.feed_states() if state.failures}
        status = await world.app.store.status()
    assert world.screen() == ""
    assert status.items > 300
    assert status.matched == 0
    # Cut off by whoever stored them, in the middle of their first item.
    assert {name: states[name] for name in sorted(states)} == dict.fromkeys(
        [
            "globaldispatches-substack-2026-04-29-partial",
            "homelandsecuritynewswire-drupal-2026-05-partial",
            "invalid-1-feed-rs",
        ],
        "breaks off before its first item ends",
    )


@pytest.mark.shared
async def test_the_items_about_the_treaty_in_real_feeds_are_found(tmp_path: Path, shared: Path) -> None:
    entries = json.loads((shared / "corpus" / "feeds" / "eff_updates_2024_entries.json").read_text())
    async with World(tmp_path) as world:
        await world.at("2025-10-27 07:30")
        world.feed("gazette").holds(
            *(
                Told(title=entry["title"], link=entry["link"], guid=entry["link"], summary=entry["description"])
                for entry in entries
            )
        )
        await world.at("2025-10-27 08:05")
        found = await world.app.store.latest(topic="convention", limit=50)
    assert len(found) == len(entries) == 4
