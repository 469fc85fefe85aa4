"""How soon people are answered: `python -m bench.commands [--quick]`.

The real program as a process of its own, over an archive of 100,000 items, gets 200 slash commands a second through
Socket Mode from a fake Slack in this process. Told are the times until a command is acknowledged, and until its answer
stands at its response_url, by word and in all. Beside them stand the same for a bare Bolt app over the same fake, which
acknowledges and answers one word without looking anywhere. The goals stand beside; missing one is no failure of the
measurement. `--quick` is a small sample that proves that it can be measured, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from statistics import quantiles
from subprocess import DEVNULL

from bench.commands_archive import EVERY_NTH, FEEDS, TOGETHER, VOCABULARY, feeds, fill
from bench.poll_program import ROOT, Place, started
from bot.config import load
from bot.model import ChannelId
from tests.fake_slack import FakeSlack
from tests.fake_slack.checks import Checks, Findings
from tests.fake_slack.nouns import Exchange, Json

CHANNELS = 20
# How often each word is typed, of a hundred.
WORDS = {
    "latest": 20,
    "latest ratification 5": 10,
    "latest 20": 5,
    "search": 20,
    "list": 7,
    "subscribe convention instant": 3,  # as it is already: nothing changes, but that it was asked is written down
    "topics": 7,
    "help": 10,
    "why": 5,
    "digest": 5,
    "treaty": 3,
    "feeds": 2,
    "ratifications": 3,
}
PATIENCE, GLANCE = 60.0, 0.2  # seconds: with the last answers, between looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    items: int = 100_000
    a_second: int = 200
    seconds: int = 30


QUICK = Scale(items=2_000, a_second=20, seconds=2)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from when a command was sent, sorted by the word."""

    acks: dict[str, list[float]]
    answers: dict[str, list[float]]
    work: float  # seconds that a command kept the program's process busy


def typed(word: str, number: int, items: int) -> str:
    """The words somebody types: of `search` two of the archive's, of `why` the address of an item."""
    chance = random.Random(number)  # noqa: S311 - the same words each time
    if word == "search":
        return f"search {' '.join(chance.sample(VOCABULARY[100:2_000], 2))}"
    if word == "why":
        key = chance.randrange(items // EVERY_NTH) * EVERY_NTH
        return f"why https://outlet{key // TOGETHER % FEEDS}.example/{key}"
    return word


async def ask(slack: FakeSlack, process: int, scale: Scale) -> Times:
    """So many commands a second, whether the ones before are answered or not."""
    loop = asyncio.get_running_loop()
    chance = random.Random(1)  # noqa: S311 - the same order each time
    order = chance.choices(list(WORDS), list(WORDS.values()), k=scale.a_second * scale.seconds)
    sent: list[tuple[str, datetime, Exchange]] = []
    begins, busy = loop.time(), busy_seconds(process)
    for number, word in enumerate(order):
        await asyncio.sleep(max(begins + number / scale.a_second - loop.time(), 0))
        where = f"C{number % CHANNELS + 1}"
        now = datetime.now(UTC)
        words = typed(word, number, scale.items)
        sent.append((word, now, await slack.send_command("/treaty", words, channel=where, user="U1")))
    # Asked only now, since each that waits for its own would be woken by every other's answer.
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            for _, _, exchange in sent:
                while not (exchange.acks and exchange.replies):  # noqa: ASYNC110 - the fake's bell would ring at each
                    await asyncio.sleep(GLANCE)
    work = (busy_seconds(process) - busy) / len(sent)
    times = Times({word: [] for word in WORDS}, {word: [] for word in WORDS}, work)
    for word, now, exchange in sent:
        times.acks[word].append(exchange.acks[0].took_s if exchange.acks else inf)
        times.answers[word].append((exchange.replies[0].at - now).total_seconds() if exchange.replies else inf)
    return times


def busy_seconds(process: int) -> float:
    """How long a process has had a core, by its own work and by what the system did for it."""
    words = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class Later(Checks):
    """Holds requests against Slack's rules only afterwards: it takes longer than to answer them."""

    def of(self, method: str, arguments: Json) -> Findings:
        """Nothing, for now."""
        return Findings()


def check(slack: FakeSlack) -> None:
    """Every twentieth request against the rules; RuntimeError where one broke them."""
    checks = Checks(None)
    faults = [fault for one in slack.asked[::20] for fault in checks.of(one.method, one.arguments).violations]
    if faults:
        raise RuntimeError(f"Slack's rules were broken: {faults[0]}")


# ── who answers


@asynccontextmanager
async def program(slack: FakeSlack, folder: Path, scale: Scale) -> AsyncIterator[int]:
    """treatywatch over the archive; its process."""
    topics = load(ROOT / "feeds.yaml", environ={}).topics
    shipped = (ROOT / "feeds.yaml").read_text(encoding="utf-8").split("\ntopics:\n", 1)[1].split("\nchannels:\n", 1)[0]
    rows = "".join(f"- {{id: {feed.id}, name: {feed.name}, url: '{feed.url}', every: 1d}}\n" for feed in feeds())
    place = Place(folder, f"bot: {{allow_networks: [127.0.0.0/8]}}\nfeeds:\n{rows}topics:\n{shipped}\n")
    channels = [ChannelId("slack", "T1", f"C{number + 1}") for number in range(CHANNELS)]
    await fill(place.database, scale.items, topics, channels)
    secrets = {"SLACK_API_URL": slack.url, "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
    with place.runs("run", secrets=secrets) as process:
        await slack.connected()
        yield process.pid


BARE = """
import asyncio, sys
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
url, bot, token = sys.argv[1:]
app = AsyncApp(client=AsyncWebClient(token=bot, base_url=url))
@app.command("/treaty")
async def answer(ack, respond):
    await ack()
    await respond("Done.")
async def main():
    await AsyncSocketModeHandler(app, token, web_client=app.client).connect_async()
    await asyncio.sleep(3600)
asyncio.run(main())
"""


@asynccontextmanager
async def bare(slack: FakeSlack) -> AsyncIterator[int]:
    """Slack's framework alone, as its first page shows it; its process."""
    words = [sys.executable, "-c", BARE, slack.url, slack.bot_token, slack.app_token]
    with started(words, stderr=DEVNULL) as process:
        await slack.connected()
        yield process.pid


# ── the table


def percentile(times: Iterable[float]) -> tuple[float, float]:
    """The 50th and the 95th, in seconds."""
    found = sorted(times)
    cuts = quantiles(found, n=20) if len(found) > 1 else found * 19
    return cuts[9], cuts[18]


def row(name: str, acks: Sequence[float], answers: Sequence[float], goal: str = "") -> str:
    """One line of the table: milliseconds."""
    cells = [f"{1000 * one:,.0f}" for times in (acks, answers) for one in percentile(times)]
    return f"| {name} | {len(answers):,} | {' | '.join(cells)} | {goal} |"


def table(ours: Times, theirs: Times) -> list[str]:
    """What is printed."""
    lines = [
        "| command | times | ack p50 | ack p95 | answer p50 | answer p95 | goal |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for word in sorted(WORDS, key=lambda word: -WORDS[word]):
        if ours.answers[word]:
            look = word.startswith(("latest", "search"))
            lines.append(row(f"`{word}`", ours.acks[word], ours.answers[word], "≤ 300 ms" if look else ""))
    every = [[one for times in part.values() for one in times] for part in (ours.acks, ours.answers)]
    bare_every = [[one for times in part.values() for one in times] for part in (theirs.acks, theirs.answers)]
    lines.append(row("all", every[0], every[1], "ack ≤ 100 ms, answer ≤ 1 s"))
    lines.append(row("Bolt alone, one word", bare_every[0], bare_every[1]))
    ratios = [percentile(mine)[1] / percentile(other)[1] for mine, other in zip(every, bare_every, strict=True)]
    lines.append(
        f"\nAgainst Bolt alone, at the 95th percentile: ack {ratios[0]:.1f} times, answer {ratios[1]:.1f} times."
    )
    lines.append(
        f"A command kept our process busy for {1000 * ours.work:.1f} ms, Bolt's alone {1000 * theirs.work:.1f}."
    )
    return lines


async def measure(scale: Scale, folder: Path) -> list[str]:
    """One after the other, with a fake each."""
    few = Scale(items=scale.items, a_second=20, seconds=2)  # what is slow only once
    async with FakeSlack() as slack:
        slack.checks = Later(None)
        async with program(slack, folder / "place", scale) as process:
            await ask(slack, process, few)
            ours = await ask(slack, process, scale)
        check(slack)
    async with FakeSlack() as slack:
        slack.checks = Later(None)
        async with bare(slack) as process:
            await ask(slack, process, few)
            theirs = await ask(slack, process, scale)
    return table(ours, theirs)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few items and commands")
    parser.add_argument("--a-second", type=int, help="so many commands (default: 200)")
    options = parser.parse_args()
    scale = QUICK if options.quick else Scale()
    scale = replace(scale, a_second=options.a_second or scale.a_second)
    print(
        f"{datetime.now(UTC):%d %B %Y}, Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" {platform.machine()}; {scale.items:,} items, {scale.a_second} commands a second for {scale.seconds} s;"
        " one run, no real Slack\n",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="treatywatch-bench-") as folder:
        print("\n".join(asyncio.run(measure(scale, Path(folder)))))


if __name__ == "__main__":
    main()
