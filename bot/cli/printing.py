"""What cannot be printed: a full disk behind standard output, or an alphabet that lacks a letter."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from traceback import walk_tb
from typing import NoReturn

import click


def is_of_printing(error: BaseException) -> bool:
    """Whether it was raised while something was printed, and nowhere else: all that we print goes through click."""
    if not isinstance(error, OSError | UnicodeError):
        return False
    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(error.__traceback__))


def end_unprinted(error: OSError | UnicodeError) -> NoReturn:
    """Say so in one sentence, and exit with 1."""
    if isinstance(error, OSError):
        why = f"cannot be written ({error.strerror}); lead it elsewhere"
    else:
        why = "cannot show all letters; set PYTHONIOENCODING=utf-8"
    # What is left in the buffer would be written once more at the end, and fail once more.
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with suppress(OSError):
        click.echo(f"treatywatch: standard output {why}", err=True)
    sys.exit(1)
