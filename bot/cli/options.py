"""What all commands share: the options common to all, and how a coroutine is run to its end."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.config import Config, config_path, load
from bot.config.words import did_you_mean
from bot.log import LEVELS, set_up
from bot.show import is_whole

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may stand before or after every command; the one behind it wins."""

    config: str | None = None
    database: str | None = None
    log_level: str | None = None

    def load(self) -> Config:
        """feeds.yaml and the environment; raises ConfigError."""
        return load(self.path, environ=os.environ, database=self.database)

    @property
    def path(self) -> Path:
        """Where feeds.yaml is."""
        return config_path(self.config, os.environ)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options common to all; the command gets them as its first argument."""

    @click.option("--config", metavar="FILE", help="The file of feeds, topics and channels.  [default: feeds.yaml]")
    @click.option("--database", metavar="URL", help="A path or sqlite:///PATH.  [default: treatywatch.db]")
    @click.option("--log-level", type=click.Choice(LEVELS), help="How much is told on standard error.")
    @wraps(command)
    def with_options(*, config: str | None, database: str | None, log_level: str | None, **rest: Any) -> object:
        ctx = click.get_current_context()
        outer = ctx.parent.obj if ctx.parent and isinstance(ctx.parent.obj, Options) else Options()
        options = Options(
            config=config or outer.config,
            database=database or outer.database,
            log_level=log_level or outer.log_level,
        )
        ctx.obj = options
        # On a terminal the posts themselves are being read; the log would stand between them.
        set_up(options.log_level or ("warning" if sys.stderr.isatty() else "info"))
        return command(options, **rest)

    return with_options


def _or_outer(ctx: click.Context, _param: click.Parameter, value: bool) -> bool:
    """Also asked for before the sub-command: `feeds --json list`."""
    return value or bool(ctx.parent and ctx.parent.params.get("as_json"))


as_json = click.option(
    "--json", "as_json", is_flag=True, callback=_or_outer, help="JSON Lines: one object a line, stable keys."
)
# For what is JSON in any case.
json_anyway = click.option("--json", is_flag=True, expose_value=False, help="No other than without it: it is JSON.")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine to its end.

    What stands by now (modules, feeds, topics) stays to the end, so the collector of cycles is told to pass it over,
    and to look less often: it took a fifth of the time of a poll.
    """
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)
    return asyncio.run(work)


class Progress:
    """How far long work is, in one line on a terminal's standard error; silent in a pipe."""

    def __init__(self, noun: str, *, every: int) -> None:
        self._noun, self._every, self._count, self._shown = noun, every, 0, sys.stderr.isatty()

    def step(self) -> None:
        """One more is done."""
        self._count += 1
        if self._shown and self._count % self._every == 0:
            click.echo(f"\r{self._count:,} {self._noun} …", err=True, nl=False)

    def clear(self) -> None:
        """Make room for what is printed next."""
        if self._shown and self._count >= self._every:
            click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def progress(noun: str, *, every: int = 50) -> Iterator[Progress]:
    """Progress that vanishes when the work is done; a word of it after so many steps."""
    bar = Progress(noun, every=every)
    try:
        yield bar
    finally:
        bar.clear()


class Text(click.ParamType[str]):
    """Words that can be looked for; bytes that are no UTF-8 are wrong usage."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The words as they were given."""
        if not is_whole(str(value)):
            self.fail("it is not UTF-8", param, ctx)
        return str(value)


class Bytes(click.File):
    """A file to be read, or - for standard input."""

    def __init__(self) -> None:
        super().__init__("rb")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The file, open; wrong usage where it cannot be opened."""
        if value == "-" and sys.stdin is None:
            self.fail("standard input is closed; name a file", param, ctx)
        return super().convert(value, param, ctx)


def known(word: str, words: Sequence[str], kind: str) -> None:
    """Wrong usage where the word is none of these, with the nearest of them, or a few to choose from."""
    if word not in words:
        some = ", ".join(sorted(words)[:5]) + (" …" if len(words) > 5 else "")
        hint = did_you_mean(word, words) or (f"; there is: {some}" if words else "; there is none yet")
        raise click.UsageError(f'no {kind} "{word}"{hint}')
