"""Addresses, names and redirects that lead into a private network: no connection is ever made there."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from yarl import URL

from bot.feeds.guard import Guard
from tests.faults.program import Json, Program
from tests.faults.publishers import Publishers, Reply, answer
from tests.faults.tally import Setting, Tally
from tests.faults.wire import LONGEST_S
from tests.feed_server import Told, rss

PUBLIC = "198.51.100.7"  # what the scripts take for a public address; a publisher of ours stands in for it
GOOD = answer(rss("Good", [Told(title="Gardening", guid="1")]), Content_Type="application/rss+xml")


@dataclass(slots=True)
class Listeners:
    """The same port of 127.0.0.1 and of ::1, counting who connects."""

    port: int = 0
    connections: int = 0
    addresses: int = 0  # that are listened on: 1 where the machine has no IPv6

    def called(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody did."""
        self.connections += 1
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Listeners]:
    """Listeners on a free port."""
    listeners = Listeners()
    servers = [await asyncio.start_server(listeners.called, "127.0.0.1", 0)]
    listeners.port = servers[0].sockets[0].getsockname()[1]
    with suppress(OSError):  # no IPv6 here
        servers.append(await asyncio.start_server(listeners.called, "::1", listeners.port))
    listeners.addresses = len(servers)
    try:
        yield listeners
    finally:
        for server in servers:
            server.close()


async def private(setting: Setting) -> Tally:
    """The guard by a list of addresses; then spellings, redirects and names through the running program."""
    tally = Tally()
    _addresses(setting, tally)
    async with listening() as listeners:
        setting.tell("spellings")
        await _spellings(setting, tally, listeners)
        setting.tell("redirects")
        await _redirects(setting, tally, listeners)
        if not setting.quick:
            setting.tell("names")
            await _names(setting, tally, listeners)
        tally.promise("connections", listeners.connections == 0, f"{listeners.connections} were made")
        tally.figures["connections"] = str(listeners.connections)
        tally.figures["listened on"] = "127.0.0.1 and ::1" if listeners.addresses == 2 else "127.0.0.1, no IPv6 here"
    return tally


def _addresses(setting: Setting, tally: Tally) -> None:
    guard, passed = Guard(), 0
    with (setting.shared / "oracles" / "ssrf" / "addresses.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            refused = guard.refusal(row["address"], 443) is not None
            passed += row["verdict"] == "allow" and not refused
            right = row["verdict"] == "either" or refused == (row["verdict"] == "block")
            tally.promise(f"address {row['address']}", right, "refused" if refused else "let through")
    tally.figures["public addresses let through"] = str(passed)


def _cases(setting: Setting, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((setting.shared / "oracles" / "ssrf" / name).read_text())
    return rows


async def _spellings(setting: Setting, tally: Tally, listeners: Listeners) -> None:
    """Each as a feed's address: refused in feeds.yaml, or by the guard."""
    urls = [row["url"].replace("{port}", str(listeners.port)) for row in _cases(setting, "urls.json") if "url" in row]
    named = {f"url-{number}": url for number, url in enumerate(urls)}
    everything = Program(setting.folder / "all", named, allow=())
    faults, _ = await everything.asked("check")
    refused = {
        f"url-{fault['path'].partition('[')[2].partition(']')[0]}" for fault in faults if "feeds[" in fault["path"]
    }
    # A name that only a server beyond this machine could look up is not asked for.
    near = {
        feed: url for feed, url in named.items() if feed not in refused and "example.com" not in (URL(url).host or "")
    }
    program = Program(setting.folder / "near", near, allow=())
    readings, run = await program.asked("poll", *near)
    told = {row["feed"]: row for row in readings}
    for feed, url in named.items():
        tally.promise(f"spelling {url!r}", feed not in near or _is_refused(told.get(feed)), f"told as {told.get(feed)}")
    tally.promise("the log", not run.uncaught, f"uncaught: {run.uncaught[:3]}")
    tally.figures["spellings refused in feeds.yaml"] = str(len(refused))
    tally.figures["beyond this machine"] = str(len(named) - len(refused) - len(near))


def _is_refused(reading: Json | None) -> bool:
    return reading is not None and reading["state"] == "failed" and bool(reading["error"])


async def _redirects(setting: Setting, tally: Tally, listeners: Listeners) -> None:
    """A server that may be reached sends us where nobody may go."""
    rows = [row for row in _cases(setting, "urls.json") if "location" in row]
    rows = rows[::9] if setting.quick else rows
    async with Publishers() as publishers:
        pages = {}
        for number, row in enumerate(rows):
            location = row["location"].replace("{port}", str(listeners.port))
            reply = Reply(answer(status=row["redirect_from_public"], Location=location))
            pages[f"from-{number}"] = await publishers.add(lambda _ask, reply=reply: reply)  # type: ignore[misc]
        good = await publishers.add(lambda _ask: Reply(GOOD))
        allow = [f"{page.host}/32:{page.port}" for page in (*pages.values(), good)]
        urls = {feed: page.url for feed, page in pages.items()} | {"good": good.url}
        program = Program(setting.folder / "moves", urls, allow=allow)
        readings, run = await program.asked("poll", *urls)
    told = {row["feed"]: row for row in readings}
    for feed, row in zip(pages, rows, strict=True):
        case = f"{row['redirect_from_public']} to {row['location']}"
        tally.promise(case, pages[feed].asked, "not even its own server was asked")
        tally.promise(case, _is_refused(told.get(feed)), f"told as {told.get(feed)}")
    tally.promise("allowed", told["good"]["state"] == "read", f"told as {told['good']}")
    tally.promise("the log", not run.uncaught, f"uncaught: {run.uncaught[:3]}")


async def _names(setting: Setting, tally: Tally, listeners: Listeners) -> None:
    """Names whose addresses change, mix or hide, looked up twice; then again with a reachable public address."""
    rows = _cases(setting, "dns.json")
    script = {row["name"]: _script(row) for row in rows}
    async with Publishers() as publishers:
        good = await publishers.add(lambda _ask: Reply(GOOD))
        script |= {"good.test": {"answers": [[good.host]]}}
        told = await _look_up(setting, tally, script, listeners, allow=f"{good.host}/32:{good.port}", port=good.port)
        tally.promise("good.test", told[0]["good"]["state"] == "read", "not even an allowed name was read")
        # One look at a name that takes half a minute is enough.
        script = {name: told for name, told in script.items() if not told.get("delay_s")}
        # The same with our publisher for the public address, on the port that is listened on.
        other = await publishers.add(lambda _ask: Reply(GOOD), port=listeners.port)
        stood_in = json.loads(json.dumps(script).replace(f'"{PUBLIC}"', f'"{other.host}"'))
        told = await _look_up(
            setting, tally, stood_in, listeners, allow=f"{other.host}/32:{other.port}", port=other.port
        )
        tally.promise("rebind.test: first its public address", told[0]["rebind"]["state"] == "read", "it was not read")
        tally.promise("mixed.test: its public address", told[0]["mixed"]["state"] == "read", "it was not read")
        tally.promise("rebind.test: then refused", told[1]["rebind"]["state"] == "failed", "it was read again")


def _script(row: Mapping[str, Any]) -> Json:
    answers = [["127.0.0.1"]] if "cname" in row else row.get("answers_in_turn", [])
    if "delay_s" in row:
        answers = [[PUBLIC]]
    return {"answers": answers, "delay_s": row.get("delay_s", 0)}


async def _look_up(
    setting: Setting, tally: Tally, script: Mapping[str, Json], listeners: Listeners, *, allow: str, port: int
) -> list[dict[str, Json]]:
    """What became of each name at the first and at the second answer, by the name's first label."""
    folder = setting.folder / f"names-{port}"
    feeds = {name: name.partition(".")[0] for name in script}
    program = Program(folder, {feed: f"http://{name}:{port}/feed" for name, feed in feeds.items()}, allow=[allow])
    (folder / "names.json").write_text(json.dumps(script))
    told = []
    for turn in (0, 1):
        feeds = {name: feed for name, feed in feeds.items() if turn == 0 or not script[name].get("delay_s")}
        before = listeners.connections
        command = program.command("poll", *feeds.values(), "--json")
        played = [command[0], "-m", "tests.faults.names", str(folder / "names.json"), str(turn), *command[3:]]
        readings, run = await program.answered(*played)
        told.append({row["feed"]: row for row in readings})
        for name, feed in feeds.items():
            case = f"name {name}, answer {turn + 1}, port {port}"
            row = told[-1].get(feed)
            tally.promise(case, row and (row["state"] != "failed" or row["error"]), "nothing was told")
            tally.promise(case, not row or row["ms"] <= LONGEST_S * 1000, "it held on for too long")
        tally.promise("the log", not run.uncaught, f"uncaught: {run.uncaught[:3]}")
        tally.promise("connections", listeners.connections == before, "a name led to a private address")
    return told
