"""The commands that do something: demo, run, check, poll, migrate."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import click

from bot import show, show_finding
from bot.app import App, build, try_feeds, try_tokens, ways_out
from bot.chat.terminal import Terminal
from bot.cli.options import Options, as_json, common, known, run_async
from bot.config import Config
from bot.delivery.notes import many
from bot.demo.play import play
from bot.errors import Blocked, ConfigError
from bot.log import log, set_up
from bot.model import Feed, Item, Reading
from bot.store.sqlite import SqliteStore, migrate
from bot.work.clock import SystemClock


@click.command()
@click.option("--stay", is_flag=True, help="Go on running when the digest is told, until Ctrl-C.")
@common
def demo(options: Options, *, stay: bool) -> None:
    """Show it all with recorded feeds: no account, no network."""
    set_up(options.log_level or "error")  # one of the recorded feeds fails, which the digest tells
    run_async(play(Terminal.for_stdout(), stay=stay, tell=lambda words: click.echo(click.style(words, dim=True))))


@click.command()
@click.option("--once", is_flag=True, help="One pass over all that is due, then exit.")
@common
def run(options: Options, *, once: bool) -> None:
    """Watch, classify and post, until Ctrl-C or SIGTERM."""
    run_async(_run(options.load(), once=once))


async def _run(config: Config, *, once: bool) -> None:
    if once:
        async with opened(config) as app:
            await app.worker.once()
        return
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    trouble = ""
    while not stop.is_set():
        try:
            await _run_until(stop, config)
        except Blocked as error:  # at the start; whoever would start us anew would come no further
            if str(error) != trouble:
                log.error("store.blocked", why=str(error))
            trouble = str(error)
            await SystemClock().wait(None, stop)


async def _run_until(stop: asyncio.Event, config: Config) -> None:
    async with opened(config) as app:
        if sys.stderr.isatty():
            told = f"Watching {many(len(config.feeds), 'feed')}; stories appear here. Ctrl-C stops."
            click.echo(click.style(told, dim=True), err=True)
        await app.run(stop)


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[App]:
    """The app over the database and the chats that there are tokens for; raises TreatywatchError, Busy foremost."""
    store = await SqliteStore.open(config.database, worker=f"{socket.gethostname()}:{os.getpid()}")
    try:
        async with (
            ways_out(config) as chats,
            build(config, clock=SystemClock(), store=store, chats=chats) as app,
        ):
            yield app
    finally:
        await store.close()


@click.command()
@click.option("--online", is_flag=True, help="Also read each feed once; nothing is kept.")
@as_json
@common
def check(options: Options, *, online: bool, as_json: bool) -> None:
    """Show every fault of feeds.yaml, with its line."""
    try:
        config = options.load()
    except ConfigError as error:
        if not as_json:
            raise
        for fault in error.faults:
            click.echo(show.line(show.fault_record(error.name, fault)))
        raise click.exceptions.Exit(1) from None
    if not as_json:
        counts = (len(config.feeds), "feed"), (len(config.topics), "topic"), (len(config.channels), "channel")
        click.echo("No faults: " + ", ".join(many(*count) for count in counts) + ".")
    if online and not run_async(_online(config, as_json=as_json)):
        raise click.exceptions.Exit(1)


async def _online(config: Config, *, as_json: bool) -> bool:
    """Try the tokens, then each feed; whether all is well."""
    if (workspace := await try_tokens(config)) is not None:
        told = {"token": "slack", "state": "ok", "workspace": workspace}
        click.echo(show.line(told) if as_json else f"Slack takes both tokens: workspace {workspace}.")
    tell_reading = told_reading(config.feeds, as_json=as_json)

    def tell(feed: Feed, reading: Reading, items: Sequence[Item]) -> None:
        caught = items if feed.kind == "page" else ()
        if as_json:
            record = {**show.reading_record(reading), "caught": show_finding.caught_records(caught)}
            click.echo(show.line(record))
            return
        tell_reading(reading)
        for text in show_finding.caught_lines(caught):
            click.echo(text)

    return await try_feeds(config, tell)


def told_reading(feeds: Sequence[Feed], *, as_json: bool) -> Callable[[Reading], None]:
    """Prints each reading as it is done."""
    width = max((len(feed.id) for feed in feeds), default=0)

    def tell(reading: Reading) -> None:
        click.echo(show.line(show.reading_record(reading)) if as_json else show.reading_line(reading, width=width))

    return tell


@click.command()
@click.argument("feeds", nargs=-1, metavar="[FEED]...")
@as_json
@common
def poll(options: Options, *, feeds: tuple[str, ...], as_json: bool) -> None:
    """Read feeds once; posts nothing.

    Those named, due or not; none named: those that are due.
    """
    config = options.load()
    for feed in feeds:
        known(feed, [feed.id for feed in config.feeds], "feed")

    async def read() -> list[Reading]:
        async with opened(config) as app:
            return await app.worker.poll(feeds or None, told_reading(config.feeds, as_json=as_json))

    if not run_async(read()) and not as_json:
        click.echo("No feed is due; name one to read it all the same.", err=True)


@click.command(name="migrate")
@as_json
@common
def migrate_command(options: Options, *, as_json: bool) -> None:
    """Bring the database up to date, as `run` does by itself."""
    ran = migrate(options.load().database)
    for name in ran:
        click.echo(show.line({"migration": name}) if as_json else f"ran {name}")
    if not ran and not as_json:
        click.echo("The database is up to date.")
