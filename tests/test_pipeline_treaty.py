"""The depositary's record through the whole program: what a channel hears of it, once, and of what damage it hears not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.model import ChannelId, FeedFault, FeedState, KeptRecord
from tests.feed_server import Page, Told
from tests.world import World, vienna

RECORD = """
  - {id: treaty-status, kind: treaty-status, name: UN Treaty Collection, url: "ADDRESS/Volume%20II/XVIII-16.en.xml",
     every: 6h, rank: 1}
"""
PATH = "/Volume II/XVIII-16.en.xml"
CHANNEL = """
  - channel: terminal
    topics: [convention]
    instant: [ratification]
    digest: {at: "17:00", zone: Europe/Vienna, days: mon-fri}
"""
TITLES = [
    "Mauritius signed the UN Convention against Cybercrime",
    "Qatar ratified the UN Convention against Cybercrime",
    "Viet Nam deposited its instrument of acceptance of the UN Convention against Cybercrime",
    "Canada signed the UN Convention against Cybercrime",
]


class Depositary:
    """Serves the documents of the corpus into a world."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.earlier = (folder / "XVIII-16.en.2025-10.xml").read_bytes()
        self.later = (folder / "XVIII-16.en.later.xml").read_bytes()
        self.maintenance = (folder / "maintenance.html").read_bytes()

    def serves(self, body: bytes, content_type: str = "text/xml") -> Page:
        return self.world.server.page(PATH, Page(body=body, headers={"Content-Type": content_type}))

    async def state(self) -> FeedState:
        return next(one for one in await self.world.app.store.feed_states() if one.feed == "treaty-status")

    async def kept(self) -> KeptRecord:
        (kept,) = await self.world.app.store.records()
        return kept


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, feeds=("gazette",), channels=CHANNEL, more=RECORD) as opened:
        yield opened


@pytest.fixture
async def depositary(world: World, shared: Path) -> Depositary:
    """Its first document has been read."""
    served = Depositary(world, shared / "corpus" / "treaty")
    served.serves(served.earlier)
    assert await world.at("2026-06-29 08:00") == ""
    return served


def told(screen: str) -> list[str]:
    """The titles of acts in the order in which they stand there; a long one is broken over lines."""
    text = " ".join(screen.split())
    return sorted((title for title in TITLES if title in text), key=text.index)


pytestmark = pytest.mark.shared


async def test_a_first_reading_is_silent_and_keeps_the_record(world: World, depositary: Depositary) -> None:
    kept = await depositary.kept()
    assert (len(kept.record.participants), kept.outlet) == (68, "UN Treaty Collection")
    assert kept.url.endswith("/Volume%20II/XVIII-16.en.xml")
    assert (await depositary.state()).items == 68
    assert "signed the UN Convention" not in await world.at("2026-06-29 17:00")


async def test_new_acts_are_posted_once_and_never_again(world: World, depositary: Depositary) -> None:
    depositary.serves(depositary.later)
    posted = await world.at("2026-07-01 08:00")
    assert told(posted) == TITLES
    assert "UN Treaty Collection · 30 June 2026" in posted
    assert (await depositary.state()).items == 70
    await world.close()
    await world.open()
    assert await world.at("2026-07-02 08:00") == ""
    digest = await world.at("2026-07-02 17:00")
    assert told(digest) == []


async def test_a_channel_that_has_muted_the_depositary_hears_no_act(world: World, depositary: Depositary) -> None:
    await world.app.store.mute(ChannelId("terminal"), "treaty-status", by="U1", now=world.clock.now())
    depositary.serves(depositary.later)
    assert await world.at("2026-07-01 08:00") == ""
    assert (await depositary.state()).items == 70


async def test_a_program_that_ends_between_reading_and_posting_posts_them_when_it_is_back(
    world: World, depositary: Depositary
) -> None:
    depositary.serves(depositary.later)
    world.clock.moment = vienna("2026-07-01 08:00")
    await world.app.worker.poll(None)
    await world.close()
    await world.open()
    assert told(await world.at("2026-07-01 08:01")) == TITLES
    assert await world.at("2026-07-01 20:00") == ""


async def test_new_acts_are_fetched_twice_and_an_unchanged_record_once(world: World, depositary: Depositary) -> None:
    page = depositary.serves(depositary.earlier)
    asked = len(page.asked)
    await world.at("2026-06-29 20:00")
    assert len(page.asked) == asked + 1
    page = depositary.serves(depositary.later)
    await world.at("2026-06-30 20:00")
    assert len(page.asked) == asked + 3


async def test_the_count_stands_under_each_digest(world: World, depositary: Depositary) -> None:
    depositary.serves(depositary.later)
    await world.at("2026-07-01 08:00")
    world.feed("gazette").gains(
        Told(
            title="A guide to the UN Convention against Cybercrime", guid="guide", published=vienna("2026-07-01 12:00")
        )
    )
    digest = " ".join((await world.at("2026-07-01 17:00")).split())
    count = "70 signatories, 2 of 40 ratifications; signature closes in 183 days (31 December 2026)."
    assert f"The depositary's record: {count}" in digest


async def test_an_outlet_that_tells_an_act_too_joins_it_and_does_not_lead(world: World, depositary: Depositary) -> None:
    outlet = Told(
        title="Canada signs the UN cybercrime convention",
        link="https://gazette.example/canada",
        guid="canada",
        published=vienna("2026-06-30 18:00"),
    )
    depositary.serves(depositary.later)
    await world.at("2026-07-01 08:00")
    world.feed("gazette").gains(outlet)
    assert "Also told by The Gazette" in await world.at("2026-07-01 09:00")
    found = await world.app.store.told(
        next(iter(await world.app.store.channels())).id, since=vienna("2026-06-01 00:00")
    )
    (canada,) = [story for story in found if "Canada" in story.lead.item.title]
    assert [part.outlet for part in canada.told_by] == ["UN Treaty Collection", "The Gazette"]


async def test_what_an_outlet_told_first_is_confirmed_under_it_when_the_record_has_it(
    world: World, depositary: Depositary
) -> None:
    outlet = Told(
        title="Canada signs the UN cybercrime convention",
        link="https://gazette.example/canada",
        guid="canada",
        published=vienna("2026-06-30 18:00"),
    )
    world.feed("gazette").gains(outlet)
    assert "Canada signs" in await world.at("2026-06-30 19:00")
    depositary.serves(depositary.later)
    posted = await world.at("2026-07-01 08:00")
    assert told(posted)[:3] == TITLES[:3]
    assert "Also told by UN Treaty Collection" in posted


# ── what is not believed


async def test_maintenance_changes_nothing(world: World, depositary: Depositary) -> None:
    before = await depositary.kept()
    depositary.serves(depositary.maintenance, "text/html")
    assert await world.at("2026-06-30 08:00") == ""
    state = await depositary.state()
    assert (state.fault, state.error) == (FeedFault.MAINTENANCE, "is under maintenance, says the site")
    after = await depositary.kept()
    assert (after.record, after.since, after.state.last_read) == (before.record, before.since, before.state.last_read)
    depositary.serves(depositary.later)
    assert told(await world.at("2026-07-01 20:00")) == TITLES


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        pytest.param(
            lambda body: re.sub(rb"<Row><Entry>(?!Z|P)[^\n]*\n", b"", body),
            FeedFault.DOUBTED,
            id="most rows have vanished",
        ),
        pytest.param(
            lambda body: body.replace(b"against Cybercrime", b"against Corruption"), FeedFault.CHANGED, id="treaty"
        ),
        pytest.param(lambda body: body.replace(b">Signature<", b">Signed<"), FeedFault.CHANGED, id="another column"),
        pytest.param(lambda body: body[: len(body) // 2], FeedFault.UNREADABLE, id="cut"),
        pytest.param(
            lambda body: body.replace(b"<Row><Entry>Algeria", b"<Row><Entry>Algebra"), FeedFault.DOUBTED, id="state"
        ),
        pytest.param(
            lambda body: re.sub(rb"<Row><Entry>Algeria[^\n]*\n", b"", body), FeedFault.DOUBTED, id="a row has vanished"
        ),
        pytest.param(lambda body: body.replace(b"30 Jun", b"31 Jun"), FeedFault.DOUBTED, id="a day that cannot be"),
    ],
)
async def test_a_damaged_record_is_a_failure_with_a_name_and_posts_nothing(
    world: World, depositary: Depositary, damage: Callable[[bytes], bytes], fault: FeedFault
) -> None:
    before = await depositary.kept()
    body = damage(depositary.later)
    assert body != depositary.later
    depositary.serves(body)
    assert await world.at("2026-07-01 08:00") == ""
    assert (await depositary.state()).fault is fault
    assert (await depositary.kept()).record == before.record
    depositary.serves(depositary.later)
    assert told(await world.at("2026-07-03 08:00")) == TITLES


@pytest.mark.parametrize("moment", ["first", "second"])
async def test_a_digit_damaged_in_one_of_two_answers_posts_nothing(
    world: World, depositary: Depositary, moment: str
) -> None:
    wrong = depositary.later.replace(b"30 Jun", b"20 Jun")
    page = depositary.serves(depositary.later if moment == "first" else wrong)
    page.next = [wrong if moment == "first" else depositary.later]
    assert await world.at("2026-07-01 08:00") == ""
    state = await depositary.state()
    assert (state.fault, state.status) == (FeedFault.DOUBTED, 200)
    assert state.error == "told two different records within a moment; what it said before is kept"
    depositary.serves(depositary.later)
    posted = await world.at("2026-07-02 08:00")
    assert told(posted) == TITLES
    assert "20 June" not in posted


async def test_a_very_first_record_is_believed_only_if_it_is_told_twice(world: World, shared: Path) -> None:
    depositary = Depositary(world, shared / "corpus" / "treaty")
    page = depositary.serves(depositary.later)
    page.next = [depositary.earlier]  # as a cut one would be: two states would come back as new
    await world.at("2026-07-01 08:00")
    assert await world.app.store.records() == []
    assert await world.at("2026-07-02 08:00") == ""
    assert len((await depositary.kept()).record.participants) == 70


async def test_a_slight_contradiction_is_believed_when_the_record_says_so_on_the_third_day(
    world: World, depositary: Depositary
) -> None:
    depositary.serves(re.sub(rb"<Row><Entry>Algeria[^\n]*\n", b"", depositary.later))
    assert await world.at("2026-07-01 08:00") == ""
    assert await world.at("2026-07-02 08:00") == ""
    kept = await depositary.kept()
    assert kept.doubt is not None
    assert (kept.doubt.days, len(kept.record.participants)) == (2, 68)
    assert told(await world.at("2026-07-04 08:00")) == TITLES
    kept = await depositary.kept()
    assert (kept.doubt, len(kept.record.participants)) == (None, 69)


async def test_a_contradiction_is_forgotten_when_the_record_says_again_what_it_said(
    world: World, depositary: Depositary
) -> None:
    cut = re.sub(rb"<Row><Entry>Algeria[^\n]*\n", b"", depositary.later)
    depositary.serves(cut)
    await world.at("2026-07-01 08:00")
    await world.at("2026-07-02 08:00")
    depositary.serves(depositary.earlier)
    await world.at("2026-07-04 08:00")
    assert (await depositary.kept()).doubt is None
    depositary.serves(cut)
    assert await world.at("2026-07-05 08:00") == ""
    doubt = (await depositary.kept()).doubt
    assert doubt is not None
    assert doubt.days == 1
