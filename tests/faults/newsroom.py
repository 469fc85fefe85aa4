"""Publishers that bring stories, a fake Slack or Discord with many channels, and the program between them.

async with newsroom(folder, Plan(instant=60, stories=9)) as room:
    async with room.program.runs() as run:
        room.publish(9)
        await run.until(room.is_done, 60)
    found = room.check()
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from tests.fake_discord import remote as fake_discord
from tests.fake_discord.guild import GUILD
from tests.fake_discord.remote import RemoteDiscord
from tests.fake_slack import RemoteSlack, running
from tests.faults.checker import Found, check
from tests.faults.liars import STATES
from tests.faults.program import FEW_TOPICS, Program, Run
from tests.faults.tally import Tally
from tests.feed_server import FeedServer, Told

POSTING = ("commands", "chat:write", "chat:write.public")
READING = ("channels:history", "groups:history")
Platform = Literal["slack", "discord"]
SAYING = {"slack": "chat.postMessage", "discord": "say"}  # the method that posts
PLACES = {"slack": "slack:T1", "discord": f"discord:{GUILD}"}
DEEDS = ("ratifies", "signs", "accedes to")
GARDEN = Told(title="A page about gardening", guid="garden", link="https://gazette.example/garden")
PACE_S = 1.0  # between two requests to one channel, as Slack and Discord want it
NONCE_S = 60.0  # so long the program counts on Discord to know a message again

# Owed at once, or to a digest that is due; and posts that are not settled.
UNDONE = """
    SELECT (SELECT count(*) FROM delivery WHERE state = 'owed')
         + (SELECT count(*) FROM post WHERE state NOT IN ('sent', 'refused', 'held'))
"""
UNDONE_AT_ONCE = UNDONE.replace("'owed')", "'owed' AND wish = 'instant')")
# What only the passing of time brings on.
WAITING = "SELECT count(*) FROM post WHERE state IN ('sending', 'unknown')"
KNOWN = "SELECT count(*) FROM story"


def news(number: int) -> Told:
    """The n-th development about the convention, like no other."""
    state, deed = STATES[number % len(STATES)], DEEDS[number // len(STATES)]
    return Told(
        title=f"{state} {deed} the UN Convention against Cybercrime",
        guid=f"item-{number}",
        link=f"https://gazette.example/{deed.split()[0]}/{state.lower()}",
        summary=f"Parliament in {state} approved it: {state} {deed} the UN Convention against Cybercrime.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many channels of each kind, how many stories for each of them, and how the program is set."""

    instant: int  # channels that want all at once
    digest: int = 0  # channels that want a daily digest
    stories: int = 10
    feeds: int = 2  # that share the stories
    settle: str = "2s"
    on_unknown: str = "repeat"
    reads: bool = True  # whether the app may read the channels' past
    with_digest: bool = False  # also for the channels that want all at once
    host: str = "127.90.0.1"  # of the first feed; the next have the next
    ports: tuple[int, ...] = ()  # of the feeds; none: any that are free
    platform: Platform = "slack"

    @property
    def channels(self) -> dict[str, dict[str, object]]:
        """What each channel wants, by the platform's id."""
        first, second = ("CI", "CD") if self.platform == "slack" else ("31", "32")
        at_nine = {"at": "09:00", "zone": "UTC", "days": "daily"}
        also = {"topics": ["ratification"], "digest": at_nine} if self.with_digest else {}
        at_once: dict[str, dict[str, object]] = {
            f"{first}{number:04}": {"instant": ["ratification"], **also} for number in range(self.instant)
        }
        daily: dict[str, dict[str, object]] = {
            f"{second}{number:04}": {"topics": ["convention"], "digest": at_nine} for number in range(self.digest)
        }
        return {**at_once, **daily}

    @property
    def deliveries(self) -> int:
        """Stories times channels."""
        return (self.instant + self.digest) * self.stories


@dataclass(slots=True)
class Newsroom:
    """All of it, running but for the program."""

    plan: Plan
    program: Program
    platform: RemoteSlack | RemoteDiscord
    log: Path  # the platform's
    servers: list[FeedServer]
    published: int = 0
    violations: list[str] = field(default_factory=list)

    async def resume(self, channel: str) -> None:
        """A person ends the pause of a channel."""
        if isinstance(self.platform, RemoteSlack):
            await self.platform.command("/treaty", "resume", channel=channel, user="U1")
        else:
            await self.platform.command("resume", channel=channel)

    def publish(self, count: int) -> None:
        """Let the first so many stories stand in the feeds, each in one of them."""
        self.published = count
        for place, server in enumerate(self.servers):
            stories = [news(number) for number in range(count) if number % len(self.servers) == place]
            server.feed("/rss", [*reversed(stories), GARDEN], title=f"Gazette {place}")

    @property
    def owed(self) -> dict[str, list[str]]:
        """The links that each channel must be told by now."""
        links = [str(news(number).link) for number in range(self.published)]
        return dict.fromkeys(self.plan.channels, links)

    def is_done(self, *, digests: bool = True) -> bool:
        """Whether all that was published is known, and nothing is owed any more (`digests`: for a digest either)."""
        undone = UNDONE if digests else UNDONE_AT_ONCE
        return self.program.rows(KNOWN) >= [(self.published,)] and self.program.rows(undone) == [(0,)]

    def done(self) -> int:
        """How many posts are settled."""
        return int(self.program.rows("SELECT count(*) FROM post WHERE state IN ('sent', 'refused', 'held')")[0][0])

    def check(self) -> Found:
        """What became of all that was published."""
        return check(
            self.log,
            self.program.database,
            owed=self.owed,
            pace_s=PACE_S,
            by_post=self.plan.platform == "discord",
            texts=[self.program.heard, self.program.screen],
        )


@asynccontextmanager
async def newsroom(folder: Path, plan: Plan) -> AsyncIterator[Newsroom]:
    """Over a folder: feeds that were read once, so that all that comes is news; what the fake Slack of an earlier run had stands."""
    log, clock = _made(folder) / f"{plan.platform}.jsonl", folder / "clock"
    if not clock.exists():
        clock.write_text("+0")  # the program's, if it has one of its own, and Slack's: they agree
    async with AsyncExitStack() as stack:
        platform, env = await _platform(stack, plan, log, clock)
        ports = plan.ports or (0,) * plan.feeds
        servers = [
            await stack.enter_async_context(FeedServer(port, host=str(ip_address(plan.host) + place)))
            for place, port in enumerate(ports)
        ]
        program = Program(
            folder,
            {f"gazette-{place}": server.url("/rss") for place, server in enumerate(servers)},
            about=FEW_TOPICS,
            bot={"settle": plan.settle, "on_unknown": plan.on_unknown},
            channels=[{"channel": f"{PLACES[plan.platform]}:{one}", **wishes} for one, wishes in plan.channels.items()],
            env=env,
        )
        room = Newsroom(plan, program, platform, log, servers)
        room.publish(0)
        if not program.database.exists():
            await program.asked("poll")
        yield room
        room.violations = await platform.violations()


async def _platform(
    stack: AsyncExitStack, plan: Plan, log: Path, clock: Path
) -> tuple[RemoteSlack | RemoteDiscord, dict[str, str]]:
    """The fake with its channels, and the environment that leads to it."""
    if plan.platform == "discord":
        discord = await stack.enter_async_context(fake_discord.running(log, clock=clock, quiet=True))
        if not plan.reads:
            await discord.remember(NONCE_S)
        for channel in plan.channels:
            await discord.change_room(channel, readable=plan.reads)
        return discord, discord.env
    slack = await stack.enter_async_context(running(log, clock=clock, quiet=True))
    slack.expect_violations()
    await slack.grant((*POSTING, *READING) if plan.reads else POSTING)
    for channel in plan.channels:
        await slack.change_room(channel, member=True)
    return slack, slack.env


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def judge(tally: Tally, name: str, room: Newsroom, found: Found) -> None:
    """Count each story of each channel as a case, and every fault against the row."""
    wrong = {"was lost": found.lost, "is still owed": found.waiting}
    for channel, links in room.owed.items():
        for link in links:
            tally.promise(f"{name}: {channel} {link}", kept=True, otherwise="")
    for word, sentences in wrong.items():
        for sentence in sentences:
            case = f"{name}: {' '.join(sentence.split(': ')[:2])}"
            tally.promise(case, kept=False, otherwise=word)
    for fault in found.faults:
        kind, _, sentence = fault.partition(": ")
        if kind != "lost":
            tally.promise(f"{name}: {kind}", kept=False, otherwise=sentence)
    for violation in room.violations:
        tally.promise(f"{name}: the platform's rules", kept=False, otherwise=violation)


def uncaught(tally: Tally, name: str, run: Run) -> None:
    """What should never stand in a log."""
    for line in run.uncaught:
        tally.promise(f"{name}: the log", kept=False, otherwise=line)
