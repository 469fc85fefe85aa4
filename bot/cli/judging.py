"""The commands that judge, and let the rules be checked: classify, evaluate, replay, why, feedback. None posts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from bot import show, show_judging
from bot.cli.asking import reading_archive
from bot.cli.options import Bytes, Options, Progress, Text, as_json, common, json_anyway, progress
from bot.config import Config, config_path
from bot.config.places import Loc, tree_of
from bot.config.values import duration
from bot.delivery.notes import many
from bot.model import Found, Topic
from bot.store import Reader
from bot.topics import why as reasons
from bot.topics.acts import act_of
from bot.topics.classify import classify as judge
from bot.topics.evaluate import evaluate as evaluated
from bot.topics.lines import Labelled, LineError, read_labelled, read_line
from bot.topics.marks import labelled, votes
from bot.topics.rules import compile_rules
from bot.work.replay import Replay


@click.command()
@click.argument("file", type=Bytes(), default="-")
@json_anyway
@common
def classify(options: Options, *, file: BinaryIO) -> None:
    """Judge items given as JSON Lines: topics and proofs.

    FILE, or standard input: an object a line with title, and any of id, summary, content, url, lang. Answered one
    for one, in order.
    """
    rules, failed = compile_rules(options.load().topics), False
    for text in file:
        try:
            line = read_line(text)
        except LineError as error:
            failed = True
            click.echo(show.line({"id": error.id, "error": str(error)}))
        else:
            matches = judge(line.item, rules)
            click.echo(show.line(show.judged_record(line.id, matches, act_of(line.item, matches))))
    if failed:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("file", type=Bytes())
@click.option("--min-f1", type=click.FloatRange(0, 1), help="Exit 1 where the F1 of all items is below that.")
@as_json
@common
def evaluate(options: Options, *, file: BinaryIO, min_f1: float | None, as_json: bool) -> None:
    """Compare the rules with labelled items: precision, recall, F1, and the misses.

    FILE, or - for standard input: lines as for classify, each with relevant (true or false) and, if known, topics
    (a list of ids).
    """
    topics = options.load().topics
    faults: list[str] = []
    with progress("lines") as bar:
        told = evaluated(_labelled(file, faults, bar), compile_rules(topics), topics)
    for fault in faults:
        click.echo(fault, err=True)
    if as_json:
        for record in show_judging.evaluation_records(told):
            click.echo(show.line(record))
    else:
        click.echo("\n".join(show_judging.evaluation_lines(told)))
    below = min_f1 is not None and (told.total.f1 is None or told.total.f1 < min_f1)
    if below and min_f1 is not None:
        click.echo(f"F1 {show_judging.below(told.total.f1, min_f1)} is below {min_f1}.", err=True)
    if faults or below:
        raise click.exceptions.Exit(1)


def _labelled(file: BinaryIO, faults: list[str], bar: Progress) -> Iterator[Labelled]:
    """The labelled items of a file; what is wrong with the other lines goes into `faults`."""
    for number, text in enumerate(file, start=1):
        bar.step()
        try:
            yield read_labelled(text)
        except LineError as error:
            faults.append(f"{file.name}:{number}: {error}")


def since_when(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """A duration as feeds.yaml takes it; None where none is given."""
    try:
        return None if value is None else duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.option("--since", callback=since_when, default="90d", show_default=True, help="How far back: 90d, 12h.")
@as_json
@common
def replay(options: Options, *, since: timedelta, as_json: bool) -> None:
    """Show what changed rules would find in the stored items: added, removed, kept.

    With --config OTHER behind the command, OTHER beside the present file; else the present file beside what was found
    when the items were read.
    """
    present = _present(options)
    other = options if options.config != present.config else None
    after = (other or present).load().topics

    async def ask(config: Config, reader: Reader) -> None:
        before = compile_rules(config.topics) if other else None
        told = Replay(reader=reader, before=before, after=compile_rules(after))
        with progress("items") as bar:
            async for changed in told.changes(since=datetime.now(UTC) - since):
                bar.step()
                if changed is not None and (as_json or changed.change != "kept" or changed.moved):
                    bar.clear()
                    record = show.line(show_judging.changed_record(changed)) if as_json else None
                    click.echo(record or show_judging.changed_line(changed))
        _warn(told, after, config_path((other or present).config, os.environ))
        click.echo(show_judging.replay_sum(told), err=as_json)

    reading_archive(present, ask)


def _present(options: Options) -> Options:
    """The options with the file that holds now: not the one named behind `replay`, which is the other."""
    parent = click.get_current_context().parent
    outer = parent.obj if parent and isinstance(parent.obj, Options) else Options()
    return replace(options, config=outer.config)


def _warn(told: Replay, topics: tuple[Topic, ...], path: Path) -> None:
    """Name each phrase that is too common, with its line."""
    if common_ones := told.common(topics):
        lines = phrase_lines(path.read_text(encoding="utf-8-sig"))
        for one in common_ones:
            place = f"{path}:{lines[one.phrase]}" if one.phrase in lines else str(path)
            click.echo(show_judging.common_line(one, place), err=True)


def phrase_lines(text: str) -> dict[str, int]:
    """In which line of a feeds.yaml each phrase of any, some and none first stands."""
    tree = tree_of(text)
    lines: dict[str, int] = {}
    for loc, spot in tree.values.items():
        if loc[:1] == ("topics",) and loc[2:3] and loc[2] in {"any", "some", "none"}:
            value = _value(tree.value, loc)
            if isinstance(value, str):
                lines.setdefault(value, spot.line)
    return lines


def _value(tree: object, loc: Loc) -> object:
    for step in loc:
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int):
            tree = tree[step]
    return tree


@click.command()
@click.argument("url", type=Text())
@as_json
@common
def why(options: Options, *, url: str, as_json: bool) -> None:
    """Tell why the stored item of URL is under its topics, or what it lacked."""
    link = reasons.as_link(url)

    async def ask(config: Config, reader: Reader) -> list[Found]:
        found = await reader.items_by_link(link)
        rules = compile_rules(config.topics)
        names = {topic.id: topic.name for topic in config.topics}
        for number, one in enumerate(found):
            told = reasons.why(one.item, rules, config.topics)
            if as_json:
                click.echo(show.line(show_judging.why_record(one, told)))
            else:
                lines = show_judging.found_why_lines(one, told, names=names)
                click.echo(("\n" if number else "") + "\n".join(lines))
        if not found:
            click.echo(f"{reasons.not_kept(link, config.feeds)} {_WAY_OUT}", err=True)
        return found

    if not reading_archive(options, ask):
        raise click.exceptions.Exit(1)


_WAY_OUT = (
    "`treatywatch feeds` tells what is read; a feed holds only its newest items. `treatywatch classify` takes the text "
    "of the page and says what the rules make of it."
)


@click.command()
@click.option("--since", callback=since_when, help="Only what was marked so lately: 90d, 12h.  [default: all]")
@as_json
@common
def feedback(options: Options, *, since: timedelta | None, as_json: bool) -> None:
    """Show what people marked, and how right the rules were.

    With --json as labelled lines, which `evaluate` takes. The rules stay as they are.
    """

    async def ask(config: Config, reader: Reader) -> None:
        after = None if since is None else datetime.now(UTC) - since
        cast = votes(await reader.feedback(since=after))
        if as_json:
            for label in labelled(cast, config.topics):
                click.echo(show.line(show_judging.label_record(label)))
        elif cast:
            click.echo("\n".join(show_judging.feedback_lines(cast)))
        if undecided := sum(vote.relevant is None for vote in cast):
            click.echo(f"{many(undecided, 'vote')} left out: as many persons say relevant as not.", err=True)
        if not cast:
            click.echo(_NOBODY if since is None else _NOBODY_LATELY, err=True)

    reading_archive(options, ask)


_NOBODY = (
    "Nobody has marked a story yet. The menu beside each story in a channel has “Relevant” and “Not relevant”; what is "
    "chosen there is counted here."
)
_NOBODY_LATELY = "Nobody has marked a story since then; without --since all that was ever marked is told."
