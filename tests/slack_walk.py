"""A new user's walk through Slack, each step with the real app against the fake: what is seen, by the name of its step.

From the manifest to a catch-up digest after a pause and a weekly one. The recorded feeds of the demo bring the news; one
outlet's come only while the channel is paused, those of two in the days after. The depositary's record is made up. tests/test_slack_walk.py holds each step against what it promises, and tests/pictures.py
draws them for docs/slack.md.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.app import App, build
from bot.chat.slack.app import SlackChat
from bot.chat.slack.manifest import manifest
from bot.config import Config
from bot.demo.play import DIGEST, FIRST_READING, SECOND_READING, Outlets, Turned, configured
from bot.demo.recordings import recordings
from bot.model import Feed, Rank
from bot.store.sqlite import SqliteStore
from bot.topics.states import EU, all_states
from tests.fake_slack import FakeSlack
from tests.fake_slack.nouns import Exchange, Json, Posted
from tests.fake_slack.workspace import View
from tests.treaties import document

ANNA, TREATIES = "U1", "C1"
IN_THE_PAUSE = "/dw.xml"  # whose news come only while the channel is paused
IN_THE_WEEK = ("/agencia-brasil.xml", "/aljazeera.xml")  # and only in the days after
THURSDAY, FRIDAY = (
    datetime(2025, 10, 30, 9, 0, tzinfo=UTC),
    datetime(2025, 10, 31, 15, 0, tzinfo=UTC),
)  # 16:00 in Vienna
RECORD = "/XVIII-16.en.xml"
DAY = timedelta(days=1)

Picture = list[Mapping[str, object]]  # messages as chat.postMessage takes them; a view is drawn as one


class Staged(Outlets):
    """The demo's outlets, some of which are late, and the depositary."""

    def __init__(self) -> None:
        super().__init__(recordings())
        self.late = {IN_THE_PAUSE, *IN_THE_WEEK}

    async def _serve(self, request: web.Request) -> web.Response:
        if request.path == RECORD:
            return web.Response(body=_record(), content_type="text/xml")
        newest, self.newest = self.newest, self.newest and request.path not in self.late
        try:
            return await super()._serve(request)
        finally:
            self.newest = newest


def _record() -> bytes:
    """As many signatures as the outlets tell of; those that the Home names are true."""
    signed = ["Algeria", "Angola", "Australia", "Austria", "Azerbaijan"]
    others = [state for state in sorted(all_states()) if state > signed[-1] and state != EU]
    return document(*(f"{state} | 25 Oct 2025 |" for state in (*signed, EU, *others[:66])))


def _watched(address: str, database: Path) -> Config:
    """The demo's feeds and topics and the depositary's record, without a channel."""
    config = configured(address, recordings(), database)
    record = Feed(
        id="treaty-status",
        name="UN Treaty Collection",
        url=address + RECORD,
        every=timedelta(hours=6),
        rank=Rank.DEPOSITARY,
        kind="treaty-status",
    )
    return replace(config, channels=(), feeds=(*config.feeds, record))


@dataclass
class Walk:
    """One person, one channel, one app."""

    slack: FakeSlack
    app: App
    clock: Turned
    outlets: Staged
    seen: dict[str, Picture] = field(default_factory=dict)  # by the name of the step

    # ── what people do

    async def types(self, words: str) -> Exchange:
        """/treaty and these words, in the channel."""
        return await self.slack.command("/treaty", words, channel=TREATIES, user=ANNA)

    async def form_after(self, deed: Exchange) -> View:
        """The form that a deed opened."""
        assert deed.acks
        await self.slack.until(lambda: any(form.open for form in self.slack.workspace.forms), "no form was opened")
        return next(form for form in reversed(self.slack.workspace.forms) if form.open)

    async def passes(self, at: datetime) -> list[Posted]:
        """It becomes later, the feeds are read and what is due is posted; what came to the channel."""
        told = len(self.slack.posts(TREATIES))
        self.clock.turn(at)
        await self.app.worker.once()
        return self.slack.posts(TREATIES)[told:]

    async def home(self, true: str) -> View:
        """The person's home, once it says this."""
        homes = self.slack.workspace.homes
        await self.slack.until(lambda: ANNA in homes and true in json.dumps(homes[ANNA].body), f"no home says {true}")
        return homes[ANNA]

    # ── what is seen

    def saw(self, name: str, *shown: Posted | View | Json) -> None:
        """Keep what a step shows."""
        self.seen[name] = [_drawn(one) for one in shown]


def _drawn(one: Posted | View | Json) -> Mapping[str, object]:
    if isinstance(one, View):
        frame: Json = {key: told for key, told in one.body.items() if key in ("title", "submit", "close")}
        return {"text": "", "blocks": one.body["blocks"], **frame}
    return {"text": one.text, "blocks": one.blocks} if isinstance(one, Posted) else one


@asynccontextmanager
async def begun(folder: Path, reference: Path | None = None) -> AsyncIterator[Walk]:
    """The app that the manifest makes, in a workspace where nobody has heard of it."""
    made = json.loads(manifest())
    outlets, clock = Staged(), Turned(FIRST_READING)
    scopes = made["oauth_config"]["scopes"]["bot"]
    async with FakeSlack(reference=reference, scopes=scopes) as slack, outlets.open() as address:
        config = _watched(address, folder / "bot.db")
        store = await SqliteStore.open(config.database, worker="walk")
        stop = asyncio.Event()
        try:
            async with (
                SlackChat.open(bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.url) as chat,
                build(config, clock=clock, store=store, chats=[chat]) as app,
                asyncio.TaskGroup() as group,
            ):
                group.create_task(chat.listen(app.commands, stop))
                await slack.connected()
                yield Walk(slack, app, clock, outlets)
                stop.set()
        finally:
            await store.close()


async def walked(walk: Walk) -> dict[str, Picture]:
    """The whole way; what was seen at each step."""
    for step in (_met, _subscribed, _told, _judged, _digested, _moved, _paused, _weekly):
        await step(walk)
    return walk.seen


async def _met(walk: Walk) -> None:
    await walk.app.worker.once()
    await walk.slack.event("app_home_opened", user=ANNA, tab="home")
    (welcome,) = await walk.slack.posted(ANNA)
    walk.saw("welcome", welcome)
    walk.saw("home-first", await walk.home("Subscribe a channel"))
    reply = await (await walk.types("")).answer()
    walk.saw("help", {"text": reply.text, "blocks": reply.blocks})


async def _subscribed(walk: Walk) -> None:
    """By the form: the convention into the digest, human rights at once."""
    form = await walk.form_after(await walk.types("subscribe"))
    await walk.slack.fill(form, "digest", "convention", user=ANNA)
    await walk.slack.fill(form, "instant", "human-rights", user=ANNA)
    await walk.slack.until(lambda: "safeguards: at once" in json.dumps(form.body), "no preview was drawn")
    walk.saw("form", form)
    sent = await walk.slack.submit(form, user=ANNA)
    assert not form.errors
    (notice,) = await walk.slack.posted(TREATIES)
    walk.saw("subscribed", notice)
    await walk.slack.until(lambda: bool(sent.acks))


async def _told(walk: Walk) -> None:
    walk.outlets.newest = True
    (instant,) = await walk.passes(SECOND_READING)
    walk.saw("instant", instant)


async def _judged(walk: Walk) -> None:
    (instant,) = walk.slack.posts(TREATIES)[-1:]
    (menu,) = [block["block_id"] for block in instant.blocks if block["type"] == "actions"]
    why = await (await walk.slack.choose(instant, menu, "why", user=ANNA)).answer()
    walk.saw("why", {"text": why.text, "blocks": why.blocks})
    marked = await (await walk.slack.choose(instant, menu, "irrelevant", user=ANNA)).answer()
    walk.saw("not-relevant", {"text": marked.text, "blocks": marked.blocks})


async def _digested(walk: Walk) -> None:
    newest = await (await walk.types("latest 3")).answer()
    walk.saw("latest", {"text": newest.text, "blocks": newest.blocks})
    (digest,) = await walk.passes(DIGEST)
    walk.saw("digest", digest)


async def _moved(walk: Walk) -> None:
    """The digest comes an hour later, from the App Home."""
    await walk.slack.event("app_home_opened", user=ANNA, tab="home")
    home = await walk.home("next tomorrow")
    walk.saw("home", home)
    change = next(
        element["action_id"]
        for block in home.body["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["text"]["text"].startswith("Change")
    )
    form = await walk.form_after(await walk.slack.press(home, change, user=ANNA))
    await walk.slack.fill(form, "at", "10:00", user=ANNA)
    told = len(walk.slack.posts(TREATIES))
    await walk.slack.submit(form, user=ANNA)
    moved = (await walk.slack.posted(TREATIES, told + 1))[-1]
    walk.saw("moved", moved)
    walk.saw("home-moved", await walk.home("10:00"))


async def _paused(walk: Walk) -> None:
    """For a day, in which somebody tells what would have come at once."""
    asked = await (await walk.types("pause")).answer()
    walk.saw("pause", {"text": asked.text, "blocks": asked.blocks})
    told = len(walk.slack.posts(TREATIES))
    await walk.types("pause 1d")
    walk.saw("paused", (await walk.slack.posted(TREATIES, told + 1))[-1])
    walk.outlets.late.discard(IN_THE_PAUSE)
    assert await walk.passes(DIGEST + timedelta(hours=1)) == []
    told = len(walk.slack.posts(TREATIES))
    await walk.types("resume")
    walk.saw("resumed", (await walk.slack.posted(TREATIES, told + 1))[-1])
    walk.saw("catch-up", *await walk.passes(DIGEST + timedelta(hours=1, minutes=5)))


async def _weekly(walk: Walk) -> None:
    """From now on once a week, in words; what comes in the days until then is told on Friday."""
    await (await walk.types("subscribe convention weekly fri 16:00")).answer()
    walk.outlets.late.clear()
    await walk.passes(THURSDAY)
    walk.saw("weekly", *await walk.passes(FRIDAY))
