"""The command line: `treatywatch`. A fault is one plain sentence and an exit status, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import click

from bot.cli import asking, doing, finding, judging, operating
from bot.cli.options import Options, common
from bot.cli.printing import end_unprinted, is_of_printing
from bot.errors import Busy, ConfigError, TreatywatchError

EXIT_BUSY = 75  # EX_TEMPFAIL of sysexits.h: another instance holds the database


E = TypeVar("E", bound=BaseException)


class Commands(click.Group):
    """Turns our errors into one sentence on standard error and the right exit status."""

    def main(self, *words: Any, **rest: Any) -> Any:
        """Run the program to its end; that something cannot be printed is no bug of ours either."""
        try:
            return super().main(*words, **rest)
        except (OSError, UnicodeError) as error:
            if not is_of_printing(error):
                raise
            end_unprinted(error)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            click.echo("\n".join(error.lines()), err=True)
            ctx.exit(1)
        except TreatywatchError as error:
            click.echo(f"treatywatch: {error}", err=True)
            ctx.exit(EXIT_BUSY if isinstance(error, Busy) else 1)
        except BaseExceptionGroup as group:
            printing, rest = group.split(is_of_printing)
            if printing is not None and rest is None:
                raise next(leaves(printing)) from None
            # What stopped several tasks at once: a database that was damaged while the bot ran.
            ours, others = group.split(TreatywatchError)
            if ours is None or others is not None:
                raise
            for told in dict.fromkeys(map(str, leaves(ours))):
                click.echo(f"treatywatch: {told}", err=True)
            ctx.exit(1)


def leaves(group: BaseExceptionGroup[E]) -> Iterator[E]:
    """The errors in a group of groups."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="treatywatch", message="treatywatch %(version)s")
@common
def main(_options: Options) -> None:
    """Watch feeds for the UN Convention against Cybercrime, and tell your channels what is new and why."""


for command in (
    *(doing.demo, doing.run, doing.check, doing.poll, doing.migrate_command),
    *(judging.classify, judging.evaluate, judging.replay, judging.why, judging.feedback),
    *(asking.latest, asking.search, asking.digest, asking.treaty, asking.feeds, asking.status, asking.health),
    *(operating.outbox, operating.audit, operating.backup, operating.manifest),
):
    main.add_command(command)
for command in (finding.find, finding.import_, finding.export):
    asking.feeds.add_command(command)
