"""The commands that ask: latest, search, digest, treaty, feeds, status, health. They work beside a running bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from bot import show, show_status
from bot.chat.discord import embeds as discord
from bot.chat.slack import blocks as slack
from bot.chat.terminal import Terminal, safe
from bot.cli.options import Options, Text, as_json, common, known, run_async
from bot.config import Config
from bot.delivery.count import count, treaty_lines, unread_line
from bot.errors import TreatywatchError
from bot.model import ChannelId, Found, Limits, Message
from bot.store import Reader
from bot.store.sqlite import SqliteStore
from bot.topics.marks import lately, precision, votes
from bot.ways import platforms_of
from bot.work.editor import Editor
from bot.work.health import ailments

T = TypeVar("T")

TWO_MONTHS = timedelta(days=62)  # no two are longer


def reading_archive(options: Options, ask: Callable[[Config, Reader], Awaitable[T]]) -> T:
    """Ask the database on a read-only connection, beside a bot that may be running."""
    config = options.load()

    async def asked() -> T:
        reader = await SqliteStore.read_only(config.database)
        try:
            return await ask(config, reader)
        finally:
            await reader.close()

    return run_async(asked())


def tell_found(config: Config, found: Sequence[Found], *, as_json: bool, none: str) -> None:
    """Print items of the archive, or say that there are none."""
    names = {topic.id: topic.name for topic in config.topics}
    if as_json:
        for one in found:
            click.echo(show.line(show.found_record(one)))
        return
    for number, one in enumerate(found):
        click.echo(("\n" if number else "") + "\n".join(show.found_lines(one, zone=config.bot.zone, names=names)))
    if not found:
        click.echo(none, err=True)


many = click.option("-n", "limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="At most so many.")


@click.command()
@click.argument("topic", required=False)
@many
@as_json
@common
def latest(options: Options, *, topic: str | None, limit: int, as_json: bool) -> None:
    """List the newest items, or those of one TOPIC."""

    async def ask(config: Config, reader: Reader) -> None:
        if topic is not None:
            known(topic, [each.id for each in config.topics], "topic")
        none = "Nothing about it in the archive yet; `treatywatch feeds` tells whether the feeds are read."
        tell_found(config, await reader.latest(topic=topic, limit=limit), as_json=as_json, none=none)

    reading_archive(options, ask)


@click.command()
@click.argument("words", nargs=-1, required=True, type=Text())
@many
@as_json
@common
def search(options: Options, *, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find items in the archive that hold all WORDS."""

    async def ask(config: Config, reader: Reader) -> None:
        found = await reader.search(" ".join(words), limit=limit)
        none = "No item holds all these words; try fewer, or the beginning of the name in another language."
        tell_found(config, found, as_json=as_json, none=none)

    reading_archive(options, ask)


@click.command()
@click.argument("channel")
@click.option("--format", "form", type=click.Choice(["text", "slack", "discord"]), default="text", show_default=True)
@as_json
@common
def digest(options: Options, *, channel: str, form: str, as_json: bool) -> None:
    """Show CHANNEL's next digest as it would be now."""

    async def ask(config: Config, reader: Reader) -> None:
        names = {name: each.id for each in await reader.channels() for name in written(each.id)}
        if channel not in names and any(channel in written(each.id) for each, _ in config.channels):
            raise TreatywatchError(f"{channel} is new in {options.path}: the bot has not run with it yet; start `run`")
        known(channel, list(names), "channel")
        claim = await reader.claim_view(names[channel])
        if claim is None or not claim.channel.digests:
            raise TreatywatchError(f"{channel} has no digest: all it follows is told at once")
        limits, render = RENDERERS[form]()
        editor = Editor(reader=reader, topics=config.topics, feeds=config.feeds)
        messages = (await editor.digest(claim, now=datetime.now(UTC), limits=limits)).messages
        for message in messages:
            click.echo(show.line(show.message_record(message)) if as_json else render(message))
        if not messages:
            click.echo("Nothing new: it would stay silent.", err=True)

    reading_archive(options, ask)


def written(channel: ChannelId) -> tuple[str, str]:
    """A channel's id, and its short form, as feeds.yaml takes it too: slack:C0123."""
    return str(channel), str(channel._replace(workspace=""))


def as_text() -> tuple[Limits, Callable[[Message], str]]:
    """The limits and the renderer of the terminal."""
    terminal = Terminal.for_stdout()
    return terminal.limits, terminal.render


def as_slack() -> tuple[Limits, Callable[[Message], str]]:
    """Those of Slack."""
    return slack.LIMITS, slack.render


def as_discord() -> tuple[Limits, Callable[[Message], str]]:
    """Those of Discord."""
    return discord.LIMITS, discord.render


RENDERERS = {"text": as_text, "slack": as_slack, "discord": as_discord}


@click.group(invoke_without_command=True)
@as_json
@common
def feeds(options: Options, *, as_json: bool) -> None:
    """List the feeds and their health (the same as `feeds list`)."""
    if click.get_current_context().invoked_subcommand is None:
        _feeds(options, as_json=as_json)


@feeds.command(name="list")
@as_json
@common
def feeds_list(options: Options, *, as_json: bool) -> None:
    """List the feeds and their health."""
    _feeds(options, as_json=as_json)


def _feeds(options: Options, *, as_json: bool) -> None:
    async def ask(config: Config, reader: Reader) -> None:
        states = {state.feed: state for state in await reader.feed_states()}
        pairs = [(feed, states.get(feed.id)) for feed in config.feeds]
        now = datetime.now(UTC)
        if as_json:
            for feed, state in pairs:
                click.echo(show.line(show.feed_record(feed, state, now=now)))
            return
        for text in show.feed_lines(pairs, zone=config.bot.zone, now=now):
            click.echo(text)

    reading_archive(options, ask)


@click.command()
@as_json
@common
def treaty(options: Options, *, as_json: bool) -> None:
    """Count who has signed and ratified, by the depositary's record."""

    async def ask(config: Config, reader: Reader) -> bool:
        now, zone = datetime.now(UTC), config.bot.zone
        today = now.astimezone(ZoneInfo(zone)).date()
        kept = await Editor(reader=reader, topics=config.topics, feeds=config.feeds).record()
        if kept is None:
            click.echo(unread_line(config.feeds, await reader.feed_states(), day=today, zone=zone), err=True)
        elif as_json:
            click.echo(show.line(show.treaty_record(kept, count(kept.record, now=today))))
        else:
            click.echo("\n".join(map(safe, treaty_lines(kept, now=now, zone=zone))))
        return kept is not None

    if not reading_archive(options, ask):
        raise click.exceptions.Exit(1)


@click.command()
@as_json
@common
def status(options: Options, *, as_json: bool) -> None:
    """Tell how the whole stands, the next digests included."""

    async def ask(config: Config, reader: Reader) -> None:
        state, now = await reader.status(), datetime.now(UTC)
        ways = platforms_of(config)
        ailing = ailments(state, now=now, ways=ways)
        marks = lately(precision(votes(await reader.feedback(since=now - TWO_MONTHS))), now=now)
        if as_json:
            click.echo(show.line(show_status.status_record(state, ailing=ailing, marks=marks, ways=ways)))
            return
        for text in show_status.status_lines(state, ailing=ailing, marks=marks, ways=ways, zone=config.bot.zone):
            click.echo(text)

    reading_archive(options, ask)


@click.command()
@as_json
@common
def health(options: Options, *, as_json: bool) -> None:
    """Say whether the bot is well: exit 0, or 1 with the reasons."""

    async def ask(config: Config, reader: Reader) -> list[str]:
        return ailments(await reader.status(), now=datetime.now(UTC), ways=platforms_of(config))

    ailing = reading_archive(options, ask)
    if as_json:
        click.echo(show.line({"healthy": not ailing, "why": ailing}))
    else:
        click.echo("healthy" if not ailing else "unhealthy: " + "; ".join(ailing))
    if ailing:
        raise click.exceptions.Exit(1)
