"""Events with fields: `log.info("feed.watched", feed=…, new=3)`; secrets never get through.

info = something happened that an operator would want counted; warning = we will try again; error = a person must look.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

LEVELS = ("debug", "info", "warning", "error")

# Slack's and Discord's tokens, webhook paths, and a password inside an address.
_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=/services/)[\w/-]+|(?<=/webhooks/)[\w/-]+"
    r"|[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}|(?<=://)[^/\s@]+(?=@)"
)
STRUCK = "***"

log: structlog.stdlib.BoundLogger = structlog.get_logger("treatywatch")


def strike(text: str) -> str:
    """The text without tokens, webhook paths and passwords."""
    return _SECRETS.sub(STRUCK, text)


def _strike_fields(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: strike(value) if isinstance(value, str) else value for name, value in event.items()}


def set_up(level: str = "info") -> None:
    """Log to standard error: coloured lines on a terminal, one JSON object a line elsewhere."""
    terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=True) if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _strike_fields,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
