"""The commands around the list of feeds: feeds find, import, export. None of them changes feeds.yaml."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import BinaryIO

import click

from bot import show, show_finding
from bot.app import find_feeds
from bot.cli.options import Bytes, Options, Text, as_json, common, progress, run_async
from bot.config import Config
from bot.config.values import address
from bot.delivery.notes import many
from bot.errors import FeedError, TreatywatchError
from bot.feeds.opml import MOST_BYTES, as_yaml, read_opml, write_opml
from bot.model import Outline, Tried
from bot.topics.text import host_of


@click.command()
@click.argument("url", type=Text())
@as_json
@common
def find(options: Options, *, url: str, as_json: bool) -> None:
    """Look for the feeds of a site, and ask each; exits 1 if there is none.

    URL is a page of the site, or a feed itself.
    """
    config = options.load()
    try:
        address(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with progress("addresses asked", every=1) as bar:
        try:
            found = run_async(find_feeds(config, url, bar.step))
        except FeedError as error:
            raise TreatywatchError(f"{url} {error}") from error
    for one in found:
        text = "\n".join(show_finding.tried_lines(one))
        click.echo(show.line(show_finding.tried_record(one)) if as_json else text)
    good = [one for one in found if show_finding.state_of(one) == "ok"]
    if not good:
        page = any(show_finding.state_of(one) == "watchable" for one in found)
        way_out = "; the page itself can be watched with selectors, see docs/feeds.md" if page else ""
        click.echo(f"treatywatch: no feed was found{way_out}", err=True)
        raise click.exceptions.Exit(1)
    if not as_json:
        _tell_line(config, good[0])


def _tell_line(config: Config, one: Tried) -> None:
    """What to write into feeds.yaml for it."""
    click.echo("\nTo watch the first, add under feeds: of feeds.yaml")
    outline = Outline(title=one.candidate.title[:200] or host_of(one.url), url=one.url)
    click.echo(as_yaml([outline], beside=config.feeds), nl=False)


@click.command(name="import")
@click.argument("file", type=Bytes(), metavar="FILE.opml")
@common
def import_(options: Options, *, file: BinaryIO) -> None:
    """Print the lines to add to feeds.yaml for an OPML file; edits nothing.

    - reads standard input. What cannot be taken over stands there as a comment.
    """
    config = options.load()
    outlines = read_opml(file.read(MOST_BYTES + 1))
    lines = as_yaml(outlines, beside=config.feeds)
    click.echo(lines.encode(), nl=False)
    new = sum(line.startswith("  - ") for line in lines.splitlines())
    left = f", {many(len(outlines) - new, 'feed')} left out" if new < len(outlines) else ""
    click.echo(f"{many(new, 'feed')} to add under feeds: of feeds.yaml{left}. No file was changed.", err=True)


@click.command()
@common
def export(options: Options) -> None:
    """Print the feeds of feeds.yaml as OPML, for other readers."""
    text = write_opml(options.load().feeds, title="treatywatch", now=datetime.now(UTC))
    click.echo(text.encode(), nl=False)  # in UTF-8, as the file says, whatever the terminal's own alphabet
