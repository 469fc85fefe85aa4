"""What an operator does beside a running bot: outbox, audit, backup, manifest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from bot import show
from bot.chat.slack.manifest import manifest as slack_manifest
from bot.cli.asking import reading_archive
from bot.cli.options import Options, Text, as_json, common, json_anyway, progress, run_async
from bot.config import Config
from bot.delivery.notes import many
from bot.store import Reader
from bot.store.backup import back_up
from bot.store.opening import put_in_place
from bot.store.outbox import SqliteOutbox
from bot.store.posts import DROPPED


@click.group(invoke_without_command=True)
@as_json
@common
def outbox(options: Options, *, as_json: bool) -> None:
    """List posts that are not simply sent, and decide about them."""
    if click.get_current_context().invoked_subcommand is None:
        _outbox(options, as_json=as_json)


@outbox.command(name="list")
@as_json
@common
def outbox_list(options: Options, *, as_json: bool) -> None:
    """List posts that are not simply sent (the same as `outbox`)."""
    _outbox(options, as_json=as_json)


def _outbox(options: Options, *, as_json: bool) -> None:
    async def ask(config: Config, reader: Reader) -> None:
        posts = [post for post in await reader.outbox() if post.why != DROPPED]
        for post in posts:
            click.echo(show.line(show.post_record(post)) if as_json else show.post_line(post, zone=config.bot.zone))
        if not posts and not as_json:
            click.echo("Every post is sent, or was dropped by you.", err=True)

    reading_archive(options, ask)


@outbox.command()
@click.argument("post", metavar="ID", type=Text())
@common
def retry(options: Options, *, post: str) -> None:
    """Send post ID again: one that is held, refused or unknown."""
    _decide(options, lambda box: box.retry(post), done=f"{post} is owed again.", not_so=f'no post "{post}" to retry')


@outbox.command()
@click.argument("post", metavar="ID", type=Text())
@common
def drop(options: Options, *, post: str) -> None:
    """Never send post ID."""
    _decide(options, lambda box: box.drop(post), done=f"{post} will not be sent.", not_so=f'no post "{post}" to drop')


def _decide(options: Options, what: Callable[[SqliteOutbox], Awaitable[bool]], *, done: str, not_so: str) -> None:
    config = options.load()

    async def decided() -> bool:
        box = await SqliteOutbox.beside(config.database)
        try:
            return await what(box)
        finally:
            await box.close()

    if not run_async(decided()):
        click.echo(f"treatywatch: {not_so}; `treatywatch outbox` lists those that wait", err=True)
        raise click.exceptions.Exit(1)
    click.echo(done)


@click.command()
@click.option("-n", "limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@as_json
@common
def audit(options: Options, *, limit: int, as_json: bool) -> None:
    """List who changed what in a channel, newest first."""

    async def ask(config: Config, reader: Reader) -> None:
        changes = await reader.changes(limit=limit)
        for change in changes:
            text = show.change_line(change, zone=config.bot.zone)
            click.echo(show.line(show.change_record(change)) if as_json else text)
        if not changes and not as_json:
            click.echo("Nobody has changed anything in a channel yet.", err=True)

    reading_archive(options, ask)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
@common
def backup(options: Options, *, file: Path, as_json: bool) -> None:
    """Copy the database to FILE, also while the bot runs."""
    database = options.load().database
    with progress("MiB copied", every=16) as bar:
        made = back_up(database, file, bar.step)
    if as_json:
        click.echo(show.line(show.backup_record(made.path, size=made.size, items=made.items, posts=made.posts)))
        return
    holds = f"{many(made.items, 'item')} and {many(made.posts, 'post')} in {made.size / 2**20:,.1f} MiB"
    click.echo(
        f"{file} holds {holds}. To restore it, stop the bot, {put_in_place(database, file)}, "
        "and go on with: treatywatch run --after-restore"
    )


@click.command()
@click.argument("platform", type=click.Choice(["slack"]))
@json_anyway
@common
def manifest(options: Options, *, platform: str) -> None:
    """Print the app manifest for PLATFORM, as JSON.

    It asks for the permissions that bot.may_change needs.
    """
    may_change = options.load().bot.may_change if options.path.exists() else "anyone"
    click.echo(slack_manifest(may_change))
