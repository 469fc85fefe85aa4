"""The program with a name server that answers from a script: python -m tests.faults.names SCRIPT TURN COMMAND…

SCRIPT is JSON: name → {"answers": [[address, …], …], "delay_s": …}; TURN says which answer of each name it is (from 0;
the last stays). A name that is not in it does not exist. What plays the name server stands where the HTTP client would
ask one; all else is the program as it is.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import sys
from pathlib import Path

import aiohttp.resolver
from aiohttp.abc import ResolveResult

from bot.cli import main


class Script:
    """What each name is answered."""

    def __init__(self, path: Path, turn: int) -> None:
        self._names = json.loads(path.read_text())
        self._turn = turn

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name; OSError if it has none."""
        told = self._names.get(host, {})
        await asyncio.sleep(told.get("delay_s", 0))
        answers: list[list[str]] = told.get("answers", [])
        if not answers:
            raise OSError(None, "there is no such name")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in answers[min(self._turn, len(answers) - 1)]
        ]


if __name__ == "__main__":
    script = Script(Path(sys.argv[1]), int(sys.argv[2]))
    for kind in (aiohttp.resolver.AsyncResolver, aiohttp.resolver.ThreadedResolver):
        kind.resolve = script.resolve  # type: ignore[method-assign,assignment]  # the edge to the network, played
    sys.argv = ["treatywatch", *sys.argv[3:]]
    main()
