"""The commands that do something: demo, run, check, poll, migrate."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import click

from bot import show, show_finding
from bot.app import App, Rereading, build, try_feeds
from bot.chat.terminal import Terminal
from bot.cli.options import Options, as_json, common, known, run_async
from bot.config import Config, reread
from bot.delivery.notes import many
from bot.demo.play import play
from bot.errors import Blocked, ConfigError, Fault
from bot.log import log, set_up
from bot.model import DUTIES, Duty, Feed, Item, Reading
from bot.store.locks import WHOLE
from bot.store.sqlite import SqliteStore, migrate
from bot.ways import try_tokens, ways_out
from bot.work.clock import SystemClock
from bot.work.restore import Restored
from bot.work.worker import GRACE_SECONDS, PASSING

STOPS = (signal.SIGTERM, signal.SIGINT)


@click.command()
@click.option("--stay", is_flag=True, help="Go on running when the digest is told, until Ctrl-C.")
@common
def demo(options: Options, *, stay: bool) -> None:
    """Show it all with recorded feeds: no account, no network."""
    set_up(options.log_level or "error")  # one of the recorded feeds fails, which the digest tells
    run_async(play(Terminal.for_stdout(), stay=stay, tell=lambda words: click.echo(click.style(words, dim=True))))


def duties_of(_context: click.Context, _option: click.Parameter, told: str | None) -> frozenset[Duty] | None:
    """The duties that --only names; None: it was not given. A word that is none is wrong usage."""
    if told is None:
        return None
    words = [word.strip() for word in told.split(",")]
    for word in words:
        known(word, DUTIES, "part")
    return frozenset(duty for duty in DUTIES if duty in words)


@click.command()
@click.option("--once", is_flag=True, help="One pass over all that is due, then exit.")
@click.option(
    "--only",
    callback=duties_of,
    metavar="PARTS",
    help="Only these parts, with commas between: poll,post,chat,web; others may run beside them.",
)
@click.option(
    "--after-restore",
    is_flag=True,
    help="After a backup was put in place: see first what the channels were told since it was made.",
)
@common
def run(options: Options, *, once: bool, only: frozenset[Duty] | None, after_restore: bool) -> None:
    """Watch, classify and post, until Ctrl-C or SIGTERM.

    SIGHUP makes it read feeds.yaml again; with a fault in it, the old one stays.
    """
    if once and only is not None and only.isdisjoint(PASSING):
        raise click.UsageError("--once makes one pass of poll and post; chat and web make none")
    if after_restore and only is not None and "post" not in only:
        raise click.UsageError("--after-restore is for the part that posts; add post to --only")
    run_async(_run(options, only, once=once, after_restore=after_restore))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What the signals of the system ask for."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)  # SIGTERM, Ctrl-C
    reread: asyncio.Event = field(default_factory=asyncio.Event)  # SIGHUP


async def _run(options: Options, only: frozenset[Duty] | None, *, once: bool, after_restore: bool) -> None:
    asked = Signals()
    _heed_hang_up(asked)  # before anything else: unheeded, one that comes while we open would end us
    config, path = options.load(), options.path
    if only and "web" in only and config.web is None:
        what = "is empty, and the part web has nowhere to listen; write host:port, as in 127.0.0.1:8080"
        raise ConfigError("environment", [Fault(0, 1, "TREATYWATCH_WEB", what)])
    _heed_stops(asked)
    if once:
        async with opened(config, only or WHOLE) as app:
            if after_restore:
                await _restore(app, asked.stop)
            await _once(app, asked.stop)
        return
    reread_config = Rereading(asked=asked.reread, load=partial(reread, path, config))
    trouble = ""
    while not asked.stop.is_set():
        try:
            async with opened(config, only or WHOLE, all_at_once=after_restore) as app:
                if after_restore:
                    await _restore(app, asked.stop)
                    after_restore = False
                if sys.stderr.isatty() and only is None:
                    told = f"Watching {many(len(config.feeds), 'feed')}; stories appear here. Ctrl-C stops."
                    click.echo(click.style(told, dim=True), err=True)
                await app.run(asked.stop, reread_config)
        except Blocked as error:  # at the start; whoever would start us anew would come no further
            if str(error) != trouble:
                log.error("store.blocked", why=str(error))
            trouble = str(error)
            await SystemClock().wait(None, asked.stop)


async def _once(app: App, stop: asyncio.Event) -> None:
    """One pass; when we are stopped meanwhile, what is under way gets a while to end."""
    async with asyncio.TaskGroup() as group:
        passing = group.create_task(app.worker.once(stop), name="one pass")
        stopping = group.create_task(stop.wait(), name="stopping")
        await asyncio.wait([passing, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not passing.done():
            await asyncio.wait([passing], timeout=GRACE_SECONDS)
        passing.cancel()  # a reading that is cut off changed nothing, and a post in doubt is looked for
        stopping.cancel()


async def _restore(app: App, stop: asyncio.Event) -> None:
    """See what the channels were told, unless we are stopped meanwhile: it may have to wait for Slack."""
    async with asyncio.TaskGroup() as group:
        restoring = group.create_task(app.restore(), name="restoring")
        stopping = group.create_task(stop.wait(), name="stopping")
        await asyncio.wait([restoring, stopping], return_when=asyncio.FIRST_COMPLETED)
        if restoring.done():
            _tell_restored(restoring.result())
        restoring.cancel()
        stopping.cancel()


def _tell_restored(restored: Restored) -> None:
    if sys.stderr.isatty():
        click.echo(restored.line(), err=True)


def _heed_hang_up(asked: Signals) -> None:
    """SIGHUP asks for feeds.yaml to be read again; where it comes from a screen that was closed, it is the end."""
    on_screen = sys.stderr.isatty()

    def heard() -> None:
        gone = on_screen and not sys.stderr.isatty()
        (asked.stop if gone else asked.reread).set()

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, heard)


def _heed_stops(asked: Signals) -> None:
    """SIGTERM and Ctrl-C stop us in order; a second one, until we have ended, does nothing more."""
    loop = asyncio.get_running_loop()

    def heard() -> None:
        asked.stop.set()
        for number in STOPS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)  # asyncio's own handlers would go with the loop, before the end

    for number in STOPS:
        loop.add_signal_handler(number, heard)


@asynccontextmanager
async def opened(config: Config, duties: frozenset[Duty] = WHOLE, *, all_at_once: bool = True) -> AsyncIterator[App]:
    """The app over the database and the chats that there are tokens for; raises TreatywatchError, Busy foremost.

    `all_at_once`: as `ways_out` has it.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}"
    store = await SqliteStore.open(config.database, worker=worker, duties=duties)
    try:
        async with (
            ways_out(config, duties, all_at_once=all_at_once) as chats,
            build(config, clock=SystemClock(), store=store, chats=chats, duties=duties) as app,
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


TAKEN = {"slack": "Slack takes both tokens: workspace {workspace}.", "discord": "Discord takes the token."}


async def _online(config: Config, *, as_json: bool) -> bool:
    """Try the tokens, then each feed; whether all is well."""
    tokens = await try_tokens(config)
    for one in tokens:
        if as_json:
            click.echo(show.line(show_finding.token_record(one.platform, one.workspace, one.error)))
        elif one.error:
            click.echo(f"treatywatch: {one.error}", err=True)
        else:
            click.echo(TAKEN[one.platform].format(workspace=one.workspace))
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

    readable = await try_feeds(config, tell)
    return readable and not any(one.error for one in tokens)


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
        async with opened(config, frozenset({"poll"})) as app:
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
